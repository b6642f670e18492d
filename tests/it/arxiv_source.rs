//! The arXiv source through its public interface, against an arXiv that can fail in every way.

use std::time::{Duration, SystemTime};

use paperwire::domain::{EntryFlaw, FetchError, FetchErrorKind, Paper, ResultEntry, ResultPage, Retry};
use paperwire::source::arxiv::{Arxiv, ArxivEndpoint, ArxivRequest};
use reqwest::Url;

use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_arxiv::{ArxivReply, AtomDialect, FakeArxiv, refusing_url};

/// More than any reply here takes, so that only a hang runs into a limit.
const AMPLE: Duration = Duration::from_secs(30);

fn test_endpoint(url: &str) -> ArxivEndpoint {
    ArxivEndpoint { url: Url::parse(url).unwrap(), contact: "ada@example.org".to_owned() }
}

fn sample_page_papers(count: usize) -> Vec<Paper> {
    (0..count).map(sample_paper).collect()
}

async fn fetch_first_page(url: &str, time_max: Duration) -> Result<ResultPage, FetchError> {
    let request = ArxivRequest { query: "cat:cs.CV", start: 0, max_results: 10 };
    Arxiv::new(&test_endpoint(url)).unwrap().fetch_result_page(&request, time_max).await
}

/// The fault that one reply comes to.
async fn fault_of(reply: ArxivReply) -> FetchError {
    let fake = FakeArxiv::serve_papers(sample_page_papers(10));
    fake.reply_next([reply]);
    fetch_first_page(&fake.url(), AMPLE).await.expect_err("the reply is to be refused")
}

/// The answer that one reply comes to.
async fn answer_of(reply: ArxivReply) -> ResultPage {
    let fake = FakeArxiv::serve_papers(sample_page_papers(10));
    fake.reply_next([reply]);
    fetch_first_page(&fake.url(), AMPLE).await.expect("the reply is to be taken")
}

fn reply_with_status(code: u16, headers: &[(&'static str, &str)], body: &str) -> ArxivReply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    ArxivReply::Status { code, headers, body: body.into() }
}

/// The paper as every dialect shows it; its links differ between them.
fn without_links(paper: &Paper) -> Paper {
    Paper { links: Vec::new(), ..paper.clone() }
}

fn complete_papers(answer: &ResultPage) -> Vec<Paper> {
    let papers = answer.entries.iter().map(|entry| match entry {
        ResultEntry::Complete(paper) => without_links(paper),
        ResultEntry::Flawed { flaw, .. } => panic!("{flaw:?}"),
    });
    papers.collect()
}

#[tokio::test]
async fn each_dialect_brings_the_same_papers() {
    for dialect in AtomDialect::ALL {
        let fake = FakeArxiv::serve_papers(sample_page_papers(60));
        fake.set_dialect(dialect);
        fake.set_stamp("2025-03-26T04:00:00Z".parse().unwrap());
        let arxiv = Arxiv::new(&test_endpoint(&fake.url())).unwrap();
        let request = ArxivRequest { query: "all:x", start: 20, max_results: 30 };
        let answer = arxiv.fetch_result_page(&request, AMPLE).await.unwrap();
        assert_eq!((answer.total, answer.start), (60, 20), "{dialect:?}");
        assert_eq!(answer.stamp, Some("2025-03-26T04:00:00Z".parse().unwrap()), "{dialect:?}");
        assert_eq!(complete_papers(&answer), sample_page_papers(60)[20..50], "{dialect:?}");
    }
}

#[tokio::test]
async fn links_come_as_the_dialect_has_them() {
    for (dialect, doi) in
        [(AtomDialect::Y2016, "http://dx.doi.org/"), (AtomDialect::Current, "https://doi.org/")]
    {
        let fake = FakeArxiv::serve_papers(vec![sample_paper(3)]);
        fake.set_dialect(dialect);
        let answer = fetch_first_page(&fake.url(), AMPLE).await.unwrap();
        let ResultEntry::Complete(paper) = &answer.entries[0] else { panic!("{answer:?}") };
        let [.., pdf] =
            paper.links.iter().filter(|link| link.title.as_deref() == Some("pdf")).collect::<Vec<_>>()[..]
        else {
            panic!("{paper:?}")
        };
        assert_eq!(pdf.media_type.as_deref(), Some("application/pdf"));
        assert_eq!(pdf.rel.as_deref(), Some("related"));
        assert!(paper.links.iter().any(|link| link.href.starts_with(doi)), "{paper:?}");
    }
}

#[tokio::test]
async fn a_request_is_encoded_and_sorted_as_arxiv_asks() {
    let fake = FakeArxiv::serve_papers(sample_page_papers(1));
    let arxiv = Arxiv::new(&test_endpoint(&fake.url())).unwrap();
    let query = r#"(ti:"image classification" OR abs:"a+b & c") ANDNOT cat:cs.*"#;
    arxiv.fetch_result_page(&ArxivRequest { query, start: 200, max_results: 150 }, AMPLE).await.unwrap();
    let asked = fake.requests();
    assert!(
        asked[0].target.starts_with("/api/query?search_query=%28ti%3A%22image+classification%22+OR+abs%3A%22a%2Bb+%26+c%22%29+ANDNOT+cat"),
        "{}",
        asked[0].target
    );
    assert_eq!((asked[0].query(), asked[0].start(), asked[0].max_results()), (query, 200, 150));
    assert_eq!(asked[0].params["sortBy"], "lastUpdatedDate");
    assert_eq!(asked[0].params["sortOrder"], "descending");
    assert_eq!(asked[0].params.len(), 5);
}

#[tokio::test]
async fn a_query_of_a_hundred_authors_is_posted_and_a_short_one_is_not() {
    let fake = FakeArxiv::serve_papers(sample_page_papers(1));
    fake.refuse_targets_above(2_048);
    let arxiv = Arxiv::new(&test_endpoint(&fake.url())).unwrap();
    let authors = |count: usize| {
        let authors: Vec<_> = (0..count).map(|n| format!("au:\"author_{n} of the group\"")).collect();
        format!("({})", authors.join(" OR "))
    };
    for (count, method) in [(1, "GET"), (20, "GET"), (110, "POST")] {
        let query = authors(count);
        fake.set_papers_of(&query, sample_page_papers(count + 1));
        let request = ArxivRequest { query: &query, start: 1, max_results: 200 };
        let answer = arxiv.fetch_result_page(&request, AMPLE).await.unwrap();
        assert_eq!((answer.entries.len(), answer.start), (count, 1), "{count}");
        let asked = fake.requests().pop().unwrap();
        assert_eq!((asked.method.as_str(), asked.query(), asked.start()), (method, query.as_str(), 1));
        assert_eq!(asked.params["sortBy"], "lastUpdatedDate");
        assert_eq!(asked.params.len(), 5);
        assert_eq!(asked.headers["accept"], "application/atom+xml");
        assert_eq!((asked.target == "/api/query", asked.connection), (method == "POST", 0));
    }
    let query = authors(110);
    let request = ArxivRequest { query: &query, start: 0, max_results: 10 };
    for reply in [ArxivReply::RedirectTo(307, "/login".to_owned()), ArxivReply::ErrorEntry(400)] {
        fake.reply_next([reply.clone()]);
        let fault = arxiv.fetch_result_page(&request, AMPLE).await.unwrap_err();
        assert!(fault.message.len() < 400 && !fault.message.contains("author_"), "{reply:?}: {fault}");
    }
}

#[tokio::test]
async fn requests_to_arxiv_name_the_client_and_share_one_connection() {
    let fake = FakeArxiv::serve_papers(sample_page_papers(3));
    let arxiv = Arxiv::new(&test_endpoint(&fake.url())).unwrap();
    for start in 0..3 {
        arxiv
            .fetch_result_page(&ArxivRequest { query: "all:x", start, max_results: 1 }, AMPLE)
            .await
            .unwrap();
    }
    for asked in fake.requests() {
        let agent = &asked.headers["user-agent"];
        assert!(agent.starts_with(&format!("paperwire/{} (+https://", env!("CARGO_PKG_VERSION"))), "{agent}");
        assert!(agent.ends_with("; ada@example.org)"), "{agent}");
        assert_eq!(asked.headers["accept"], "application/atom+xml");
        assert!(asked.headers["accept-encoding"].contains("gzip"), "{asked:?}");
        assert_eq!(asked.connection, 0);
    }
}

#[tokio::test]
async fn what_cannot_be_trusted_is_refused_whole_and_by_name() {
    use FetchErrorKind::{Broken, BrokenXml, NotAFeed, Refused, ServerError, Throttled, TooLarge};
    let wait = |seconds| Retry::After(Duration::from_secs(seconds));
    for (reply, kind, retry, phrase) in [
        (ArxivReply::ResetAtOnce, Broken, Retry::Later, "broke before an answer"),
        (ArxivReply::Reset, Broken, Retry::Later, "connection reset"),
        (ArxivReply::CutContentLength, Broken, Retry::Later, "the answer broke off after"),
        (ArxivReply::CutGzip, Broken, Retry::Later, "the answer broke off after"),
        (ArxivReply::Endless, TooLarge, Retry::Later, "larger than 16 MiB"),
        (ArxivReply::GzipBomb, TooLarge, Retry::Later, "larger than 16 MiB"),
        (ArxivReply::ZeroBytes, NotAFeed, Retry::Later, "the body is empty"),
        (ArxivReply::Html, NotAFeed, Retry::Later, "502 Bad Gateway"),
        (ArxivReply::CutXml, BrokenXml, Retry::Later, "cut off after"),
        (ArxivReply::TwoFeeds, BrokenXml, Retry::Later, "behind the end of the feed"),
        (ArxivReply::OtherEncoding, BrokenXml, Retry::Later, "ISO-8859-1"),
        (ArxivReply::Doctype, BrokenXml, Retry::Later, "DOCTYPE"),
        (ArxivReply::AttributeBomb, BrokenXml, Retry::Later, "more than 64 attributes"),
        (ArxivReply::NestingBomb, BrokenXml, Retry::Later, "deeper than 64"),
        (ArxivReply::ErrorEntry(200), Refused, Retry::Never, "incorrect id format for abc"),
        (
            ArxivReply::ErrorEntry(400),
            Refused,
            Retry::Never,
            "400 Bad Request: arXiv refuses the request: incorrect id",
        ),
        (ArxivReply::ErrorEntry(500), ServerError, Retry::Later, "incorrect id format for abc"),
        (ArxivReply::BareRateExceeded, Throttled, Retry::Later, "429 Too Many Requests: throttled"),
        (reply_with_status(429, &[("Retry-After", "120")], "no"), Throttled, wait(120), "a wait of 120 s"),
        (reply_with_status(406, &[], ""), Throttled, Retry::Later, "406 Not Acceptable"),
        (reply_with_status(406, &[("Retry-After", "7")], ""), Throttled, wait(7), "a wait of 7 s"),
        (
            reply_with_status(429, &[("Retry-After", "999999999")], ""),
            Throttled,
            wait(86_400),
            "a wait of 86400 s",
        ),
        (reply_with_status(429, &[("Retry-After", "0")], ""), Throttled, Retry::Later, "429"),
        (reply_with_status(429, &[("Retry-After", "soon")], ""), Throttled, Retry::Later, "429"),
        (
            reply_with_status(503, &[("Retry-After", "30")], "down"),
            ServerError,
            wait(30),
            "503 Service Unavailable: \"down\"; it asks for a wait of 30 s",
        ),
        (reply_with_status(500, &[], ""), ServerError, Retry::Later, "500 Internal Server Error"),
        (
            reply_with_status(404, &[], "nothing\u{7}\nhere"),
            Refused,
            Retry::Never,
            "404 Not Found: \"nothing here\"",
        ),
        (reply_with_status(403, &[("Retry-After", "30")], ""), Refused, Retry::Never, "403 Forbidden"),
        (reply_with_status(408, &[], ""), Refused, Retry::Later, "408"),
        (reply_with_status(204, &[], ""), NotAFeed, Retry::Later, "the body is empty"),
    ] {
        let fault = fault_of(reply.clone()).await;
        assert_eq!((fault.kind, fault.retry), (kind, retry), "{reply:?}: {fault}");
        assert!(fault.message.contains(phrase), "{reply:?}: {fault}");
        assert!(fault.message.starts_with("127.0.0.1: "), "{reply:?}: {fault}");
        assert!(!fault.message.contains("search_query"), "{reply:?}: {fault}");
    }
}

#[tokio::test]
async fn a_wait_until_a_date_is_held_against_the_servers_clock() {
    let headers =
        [("Retry-After", "Wed, 26 Mar 2025 18:02:30 GMT"), ("Date", "Wed, 26 Mar 2025 18:00:00 GMT")];
    assert_eq!(
        fault_of(reply_with_status(503, &headers, "")).await.retry,
        Retry::After(Duration::from_secs(150))
    );
    assert_eq!(
        fault_of(reply_with_status(503, &headers[..1], "")).await.retry,
        Retry::Later,
        "a date that is past"
    );
    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_hours(1));
    let Retry::After(wait) = fault_of(reply_with_status(429, &[("Retry-After", &soon)], "")).await.retry
    else {
        panic!("a date ahead is a wait")
    };
    assert!((3500..=3600).contains(&wait.as_secs()), "{wait:?}");
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let elsewhere = FakeArxiv::serve_papers(sample_page_papers(1));
    let target = elsewhere.url().replace("http://", "http://ada:secret@") + "?token=secret";
    for (code, retry) in [(301, Retry::Never), (308, Retry::Never), (302, Retry::Later), (307, Retry::Later)]
    {
        let fault = fault_of(ArxivReply::RedirectTo(code, target.clone())).await;
        assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Redirected, retry), "{fault}");
        assert!(fault.message.contains(&elsewhere.url()) && fault.message.contains("set `url`"), "{fault}");
        assert!(!fault.message.contains("secret"), "{fault}");
    }
    assert_eq!(elsewhere.requests().len(), 0);
    let fault = fault_of(reply_with_status(304, &[], "")).await;
    assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Redirected, Retry::Later), "{fault}");
}

#[tokio::test]
async fn an_unreachable_host_is_named_without_the_address() {
    let url = refusing_url().replace("http://", "http://ada:secret@") + "?token=secret";
    let fault = fetch_first_page(&url, AMPLE).await.unwrap_err();
    assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Unreachable, Retry::Later), "{fault}");
    assert!(fault.message.starts_with("127.0.0.1: no connection to port "), "{}", fault.message);
    assert!(fault.message.ends_with(": connection refused"), "{}", fault.message);
}

#[tokio::test]
async fn a_hang_ends_at_the_callers_limit() {
    for reply in [ArxivReply::Hang, ArxivReply::HangInBody] {
        let fake = FakeArxiv::serve_papers(sample_page_papers(10));
        fake.reply_next([reply.clone()]);
        let fault = fetch_first_page(&fake.url(), Duration::from_millis(300)).await.unwrap_err();
        assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Timeout, Retry::Later), "{reply:?}: {fault}");
        assert_eq!(fault.message, "127.0.0.1: no whole answer within 0.3 s");
    }
}

#[tokio::test]
async fn one_source_serves_well_after_every_fault() {
    let fake = FakeArxiv::serve_papers(sample_page_papers(5));
    let arxiv = Arxiv::new(&test_endpoint(&fake.url())).unwrap();
    let request = ArxivRequest { query: "all:x", start: 0, max_results: 5 };
    for reply in [
        ArxivReply::Reset,
        ArxivReply::CutContentLength,
        ArxivReply::Endless,
        ArxivReply::CutGzip,
        ArxivReply::ErrorEntry(500),
    ] {
        fake.reply_next([reply]);
        arxiv.fetch_result_page(&request, AMPLE).await.unwrap_err();
        assert_eq!(
            complete_papers(&arxiv.fetch_result_page(&request, AMPLE).await.unwrap()),
            sample_page_papers(5)
        );
    }
}

#[tokio::test]
async fn what_is_only_odd_is_taken_with_its_flaw_named() {
    let good = answer_of(ArxivReply::Good).await;
    assert_eq!(complete_papers(&good), sample_page_papers(10));

    let empty = answer_of(ArxivReply::EmptyPageWithTotal).await;
    assert_eq!((empty.entries.len(), empty.total), (0, 10));
    let none = answer_of(ArxivReply::TotalZero).await;
    assert_eq!((none.entries.len(), none.total), (0, 0));
    let short = answer_of(ArxivReply::ShortPage).await;
    assert_eq!((short.entries.len(), short.total), (5, 10));
    let stale = answer_of(ArxivReply::StaleStamp).await;
    assert_eq!(stale.stamp, Some("2025-02-24T18:00:00Z".parse().unwrap()));
    let unsorted: Vec<_> = sample_page_papers(10).into_iter().rev().collect();
    assert_eq!(complete_papers(&answer_of(ArxivReply::Unsorted).await), unsorted);
    assert_eq!(
        complete_papers(&answer_of(ArxivReply::DuplicateEntry).await)[..2],
        [sample_paper(0), sample_paper(0)]
    );
    assert_eq!(answer_of(ArxivReply::HttpsIds).await.entries.len(), 10);
    assert_eq!(complete_papers(&answer_of(ArxivReply::HttpsIds).await), sample_page_papers(10));
    let later = |hours| sample_paper(0).updated + jiff::SignedDuration::from_hours(hours);
    assert_eq!(complete_papers(&answer_of(ArxivReply::OtherUpdated).await)[0].updated, later(1));
    assert_eq!(complete_papers(&answer_of(ArxivReply::FutureDate).await)[0].updated, later(87_600));

    let id = Some((sample_paper(0).id, sample_paper(0).revision));
    let hollow = answer_of(ArxivReply::HollowEntry).await;
    assert_eq!(hollow.entries[0], ResultEntry::Flawed { id: id.clone(), flaw: EntryFlaw::NoTitle });
    assert_eq!(hollow.entries.len(), 11);
    let dateless = answer_of(ArxivReply::NoDate).await;
    assert_eq!(dateless.entries[0], ResultEntry::Flawed { id, flaw: EntryFlaw::NoDate });
    let broken = answer_of(ArxivReply::BrokenEntry).await;
    let id = Some((sample_paper(0).id, sample_paper(0).revision));
    assert_eq!(broken.entries[0], ResultEntry::Flawed { id, flaw: EntryFlaw::BrokenForm });
    assert_eq!(broken.entries.len(), 10);
    for mended in [ArxivReply::BadUtf8, ArxivReply::HtmlEntity, ArxivReply::BareMarkup] {
        let answer = answer_of(mended).await;
        assert_eq!((complete_papers(&answer)[..9].to_vec(), answer.notes.len()), (sample_page_papers(9), 1));
    }
    let counted = answer_of(ArxivReply::NoTotal).await;
    assert_eq!((counted.entries.len(), counted.total), (10, 10));
}

#[tokio::test]
async fn each_query_can_have_its_own_papers_and_these_can_change() {
    let fake = FakeArxiv::serve_papers(sample_page_papers(1));
    fake.set_papers_of("all:x", sample_page_papers(2));
    fake.set_papers(sample_page_papers(3));
    let arxiv = Arxiv::new(&test_endpoint(&fake.url())).unwrap();
    for (query, count) in [("all:x", 2), ("all:y", 3)] {
        let answer =
            arxiv.fetch_result_page(&ArxivRequest { query, start: 0, max_results: 9 }, AMPLE).await.unwrap();
        assert_eq!((answer.entries.len(), answer.total), (count, count as u64));
    }
    assert!(fake.requests()[0].at <= fake.requests()[1].at);
}

#[test]
fn a_wrong_setting_is_named() {
    for (url, contact, phrase) in [
        ("ftp://arxiv.org/api", "ada@example.org", "only http: and https:"),
        ("http://arxiv.org/api", "ada\r\nX: y", "contact"),
    ] {
        let settings = ArxivEndpoint { url: Url::parse(url).unwrap(), contact: contact.to_owned() };
        let error = Arxiv::new(&settings).unwrap_err();
        assert!(format!("{error:#}").contains(phrase), "{error:#}");
    }
}

#[test]
fn an_https_address_is_prepared_and_never_shown() {
    let arxiv =
        Arxiv::new(&test_endpoint("https://ada:secret@export.arxiv.org/api/query?token=secret")).unwrap();
    assert_eq!(format!("{arxiv:?}"), r#"Arxiv { host: "export.arxiv.org", .. }"#);
}
