//! Every fault that an upstream can have, met by a whole run: what cannot be trusted changes nothing, what is
//! only odd costs nothing, each is reported in words, and a clean run afterwards ends where it would have ended.

use std::time::Duration;

use paperwire::domain::Paper;

use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_arxiv::{ArxivReply, FakeArxiv, refusing_url};
use crate::support::sample_papers::{
    newest_first, next_version, paper_of_date, sample_papers, versioned_ids,
};
use crate::support::test_env::{AnnouncedPaper, LATER, NEXT_DAY, NOW, OnceOutput, TestEnv};

/// The evening of the day after.
const AFTERWARDS: &str = "2025-03-27T22:00:00Z";

/// No time for a second try: the first wait after a fault is a second at least.
const ONE_TRY: &str = "1s";

fn reply_with_status(code: u16, headers: &[(&'static str, &str)], body: &str) -> ArxivReply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    ArxivReply::Status { code, headers, body: body.into() }
}

/// What cannot be trusted, each with words that its reason must have.
fn untrusted_replies() -> Vec<(ArxivReply, &'static str)> {
    vec![
        (ArxivReply::ResetAtOnce, "broke before an answer"),
        (ArxivReply::Reset, "broke off after"),
        (ArxivReply::CutContentLength, "broke off after"),
        (ArxivReply::CutGzip, "broke off after"),
        (ArxivReply::Endless, "larger than 16 MiB"),
        (ArxivReply::GzipBomb, "larger than 16 MiB"),
        (ArxivReply::ZeroBytes, "the body is empty"),
        (ArxivReply::Html, "502 Bad Gateway"),
        (ArxivReply::CutXml, "cut off after"),
        (ArxivReply::TwoFeeds, "behind the end of the feed"),
        (ArxivReply::OtherEncoding, "ISO-8859-1"),
        (ArxivReply::Doctype, "DOCTYPE"),
        (ArxivReply::AttributeBomb, "attributes"),
        (ArxivReply::NestingBomb, "deeper than"),
        (ArxivReply::ErrorEntry(200), "incorrect id format for abc"),
        (ArxivReply::ErrorEntry(400), "incorrect id format for abc"),
        (ArxivReply::ErrorEntry(500), "500 Internal Server Error"),
        (ArxivReply::BareRateExceeded, "429 Too Many Requests"),
        (reply_with_status(429, &[("Retry-After", "1")], ""), "asked to be left alone until"),
        (reply_with_status(406, &[], ""), "406 Not Acceptable"),
        (reply_with_status(500, &[], ""), "500 Internal Server Error"),
        (reply_with_status(503, &[], "down for maintenance"), "down for maintenance"),
        (reply_with_status(404, &[], "nothing here"), "404 Not Found: \"nothing here\""),
        (reply_with_status(403, &[], ""), "403 Forbidden"),
        (ArxivReply::RedirectTo(301, "https://elsewhere.example/api".to_owned()), "elsewhere.example"),
        (ArxivReply::RedirectTo(302, "/login".to_owned()), "302 Found"),
        (ArxivReply::EmptyPageWithTotal, "an empty page"),
    ]
}

/// What cannot be trusted where there were papers before, and is as good as any other answer at first contact.
fn refused_once_established() -> Vec<(ArxivReply, &'static str)> {
    vec![(ArxivReply::TotalZero, "no results at all"), (ArxivReply::StaleStamp, "an old answer")]
}

/// What never ends by itself.
fn endless_replies() -> Vec<(ArxivReply, &'static str)> {
    vec![(ArxivReply::Hang, "no whole answer within"), (ArxivReply::HangInBody, "no whole answer within")]
}

/// What is only odd: the status that it comes to when all else is well, words of the reason, and how many of the
/// page's papers can be kept.
fn tolerated_replies(page: usize) -> Vec<(ArxivReply, &'static str, &'static str, usize)> {
    vec![
        (ArxivReply::ShortPage, "incomplete", "a short page", page / 2),
        (ArxivReply::Unsorted, "ok", "not sorted by date", page),
        (ArxivReply::DuplicateEntry, "ok", "is twice on a page", page),
        (ArxivReply::NoDate, "incomplete", "no readable date", page - 1),
        (ArxivReply::FutureDate, "incomplete", "past tomorrow", page - 1),
        (ArxivReply::HttpsIds, "ok", "", page),
        (ArxivReply::OtherUpdated, "ok", "", page),
        (ArxivReply::NoTotal, "ok", "", page),
        (ArxivReply::BadUtf8, "ok", "1 byte is not UTF-8 and read as Windows-1252", page),
        (ArxivReply::HtmlEntity, "ok", "references that XML does not have, read as HTML has them: 3", page),
        (ArxivReply::HalfCharacter, "ok", "references that XML does not have", page),
        (ArxivReply::BareMarkup, "ok", "bare `&` and `<` read as text: 2", page),
        (ArxivReply::ControlCharacter, "ok", "", page),
        (ArxivReply::NoAbstract, "incomplete", "no abstract", page - 1),
        (ArxivReply::BrokenEntry, "incomplete", "has a form that cannot be read", page - 1),
    ]
}

/// What arXiv shows on the first day and on the second: by then two papers are new and one is replaced.
fn papers_of_two_days() -> (Vec<Paper>, Vec<Paper>) {
    let first = sample_papers(30);
    let second = next_version(&first[7], 26);
    let mut papers: Vec<_> = first.iter().filter(|paper| paper.id != second.id).cloned().collect();
    papers.extend([
        second,
        paper_of_date("2503.21001", "2025-03-27T09:00:00Z"),
        paper_of_date("2503.11111", "2025-03-26T10:00:00Z"),
    ]);
    (first, newest_first(papers))
}

/// An environment that has had a first good run, and its arXiv, which now shows the second day.
fn env_after_first_run() -> (FakeArxiv, TestEnv) {
    let (first, second) = papers_of_two_days();
    let fake = FakeArxiv::serve_papers(first);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    fake.set_papers(second);
    (fake, env)
}

/// The end of an environment that never met a fault: its list and its news.
fn outcome_without_faults() -> (String, Vec<AnnouncedPaper>) {
    let (_fake, env) = env_after_first_run();
    assert_eq!(env.run_once_without_failure(AFTERWARDS).status_and_counts(), ("ok", 2, 1, 0));
    (env.list_text(), env.announced_news())
}

/// Asserts that a poll failed, in words, and that one who reads standard error alone knows it too.
fn assert_failure_reported(answer: &OnceOutput, status: &str, words: &str, what: &str) {
    assert_eq!((answer.status, answer.only_topic().status.as_str()), (1, status), "{what}: {answer:?}");
    assert!(answer.reason().contains(words), "{what}: {answer:?}");
    assert!(answer.stderr.contains(answer.reason()), "{what}: {answer:?}");
    assert!(!answer.reason().contains("search_query"), "{what}: {answer:?}");
}

#[test]
fn what_cannot_be_trusted_leaves_a_history_and_its_list_as_they_were() {
    let (list_after, news_after) = outcome_without_faults();
    let refused = untrusted_replies().into_iter().chain(refused_once_established());
    for (reply, words) in refused.chain(endless_replies()) {
        let what = format!("{reply:?}");
        let (fake, env) = env_after_first_run();
        let before = (env.list_file_id(), env.list_text(), env.history_rows());
        fake.reply_next([reply]);
        let env = env.with_patience(ONE_TRY);
        let answer = env.run_once(NEXT_DAY);
        assert_failure_reported(&answer, "failed", words, &what);
        assert_eq!(
            (answer.status_and_counts(), answer.only_topic().known),
            (("failed", 0, 0, 0), 30),
            "{what}"
        );
        assert_eq!((answer.only_topic().requests, answer.only_list().changed), (1, false), "{what}");
        assert_eq!((env.list_file_id(), env.list_text(), env.history_rows()), before, "{what}");

        let env = env.with_patience("2m");
        assert_eq!(env.run_once_without_failure(AFTERWARDS).status_and_counts(), ("ok", 2, 1, 0), "{what}");
        assert_eq!(
            (env.list_text(), env.announced_news()),
            (list_after.clone(), news_after.clone()),
            "{what}"
        );
    }
}

#[test]
fn what_cannot_be_trusted_at_first_contact_begins_nothing() {
    for (reply, words) in untrusted_replies().into_iter().chain(endless_replies()) {
        let what = format!("{reply:?}");
        let fake = FakeArxiv::serve_papers(sample_papers(30));
        fake.reply_next([reply]);
        let env = TestEnv::with_arxiv(&fake).with_patience(ONE_TRY);
        let answer = env.run_once(NOW);
        assert_failure_reported(&answer, "failed", words, &what);
        assert!(!env.path("README.md").exists(), "{what}");
        assert!(env.history_rows().iter().all(Vec::is_empty), "{what}");

        let env = env.with_patience("2m");
        assert_eq!(
            env.run_once_without_failure(LATER).status_and_counts(),
            ("ok", 0, 0, 30),
            "first contact stays silent: {what}"
        );
        assert_eq!(
            (env.list_rows(), env.announced_news()),
            (versioned_ids(&sample_papers(30)), vec![]),
            "{what}"
        );
    }
}

#[test]
fn what_is_only_odd_is_reported_and_the_good_part_is_recorded() {
    let (list_after, news_after) = outcome_without_faults();
    for (reply, status, words, _) in tolerated_replies(32) {
        let what = format!("{reply:?}");
        let (fake, env) = env_after_first_run();
        let watermark = env.history_rows()[4].clone();
        fake.reply_next([reply.clone()]);
        let answer = env.run_once(NEXT_DAY);
        assert_eq!(answer.only_topic().status, status, "{what}: {answer:?}");
        assert!(answer.reason().contains(words), "{what}: {answer:?}");
        assert_eq!(answer.reason().is_empty(), words.is_empty(), "{what}: {answer:?}");
        assert_eq!(answer.status, i32::from(status == "incomplete"), "{what}");
        assert!(env.list_rows().len() >= 30, "{what}");
        let is_moved = env.history_rows()[4][0][2] != watermark[0][2];
        assert_eq!(is_moved, status == "ok", "the watermark moves with a complete poll alone: {what}");

        let last = env.run_once_without_failure(AFTERWARDS);
        assert_eq!(answer.only_topic().new + last.only_topic().new, 2, "{what}");
        assert_eq!(answer.only_topic().replaced + last.only_topic().replaced, 1, "{what}");
        assert_eq!(env.announced_news(), news_after, "{what}");
        match reply {
            // The date that was seen first stays, and the row with it.
            ArxivReply::OtherUpdated => assert_eq!(env.list_rows().len(), 32),
            _ => assert_eq!(env.list_text(), list_after, "{what}"),
        }
    }
}

#[test]
fn what_is_only_odd_at_first_contact_keeps_it_silent() {
    for (reply, status, words, kept) in tolerated_replies(30) {
        let what = format!("{reply:?}");
        let fake = FakeArxiv::serve_papers(sample_papers(30));
        fake.reply_next([reply]);
        let env = TestEnv::with_arxiv(&fake);
        let first = env.run_once(NOW);
        assert_eq!(first.status_and_counts(), (status, 0, 0, kept as u64), "{what}: {first:?}");
        assert!(first.reason().contains(words), "{what}: {first:?}");
        assert_eq!(env.list_rows().len(), kept, "{what}");
        let rest = 30 - kept as u64;
        let second = if rest > 0 { "ok" } else { "quiet" };
        assert_eq!(env.run_once_without_failure(LATER).status_and_counts(), (second, 0, 0, rest), "{what}");
        let mut rows = (env.list_rows(), versioned_ids(&sample_papers(30)));
        rows.0.sort();
        rows.1.sort();
        assert_eq!((rows.0, env.announced_news()), (rows.1, vec![]), "{what}");
    }
}

#[test]
fn a_hollow_entry_hides_a_paper_unless_the_whole_one_is_on_the_page_or_known() {
    let (fake, env) = env_after_first_run();
    fake.reply_next([ArxivReply::HollowAlone]);
    let hidden = env.run_once(NEXT_DAY);
    assert_failure_reported(&hidden, "incomplete", "no title", "a new version, hollow");
    assert_eq!((hidden.only_topic().new, hidden.only_topic().replaced), (2, 0), "the others are kept");
    fake.reply_next([ArxivReply::HollowEntry, ArxivReply::HollowAlone]);
    for (status, replaced) in [("ok", 1), ("quiet", 0)] {
        let harmless = env.run_once_without_failure(AFTERWARDS);
        assert_eq!(
            (harmless.only_topic().status.as_str(), harmless.only_topic().replaced),
            (status, replaced),
            "{harmless:?}"
        );
        assert!(harmless.reason().contains("no title"), "{harmless:?}");
    }
    assert_eq!((env.list_text(), env.announced_news()), outcome_without_faults());
}

#[test]
fn an_entry_that_stays_unreadable_keeps_no_poll_incomplete_and_is_found_once_it_is_mended() {
    for reply in [ArxivReply::NoAbstract, ArxivReply::BrokenEntry, ArxivReply::NoDate, ArxivReply::FutureDate]
    {
        let (fake, env) = env_after_first_run();
        fake.set_papers({
            let mut papers = papers_of_two_days().1;
            papers.insert(0, paper_of_date("2503.29999", "2025-03-27T19:00:00Z"));
            papers
        });
        let what = format!("{reply:?}");
        for (now, status) in [
            ("2025-03-27T20:00:00Z", "incomplete"),
            ("2025-03-27T23:00:00Z", "incomplete"),
            ("2025-03-28T20:00:00Z", "quiet"),
            ("2025-04-10T20:00:00Z", "quiet"),
        ] {
            fake.reply_next([reply.clone()]);
            let answer = env.run_once(now);
            assert_eq!(answer.only_topic().status, status, "{what} {now}: {answer:?}");
            assert!(answer.reason().contains("arxiv:2503.29999 v1 "), "it is named: {what}: {answer:?}");
        }
        let status = status_words(&env, "2025-04-10T20:30:00Z");
        assert!(status.contains("\"unreadable\":[\"arxiv:2503.29999 v1 "), "{what}: {status}");
        assert!(!env.list_rows().iter().any(|row| row.contains("2503.29999")), "{what}");

        let mended = env.run_once_without_failure("2025-04-11T21:00:00Z");
        assert_eq!(mended.status_and_counts(), ("ok", 1, 0, 0), "{what}: no paper is lost");
        assert!(mended.reason().is_empty(), "{what}: {mended:?}");
        assert!(!status_words(&env, "2025-04-11T21:30:00Z").contains("unreadable"), "{what}");
    }
}

fn status_words(env: &TestEnv, now: &str) -> String {
    String::from_utf8(env.run_program(&["status", "--json", "--now", now]).stdout).unwrap()
}

#[test]
fn first_contact_ends_though_an_entry_cannot_be_read() {
    let fake = FakeArxiv::serve_papers(sample_papers(30));
    let env = TestEnv::with_arxiv(&fake);
    for (now, status, seeded) in
        [(NOW, "incomplete", 29), (LATER, "incomplete", 0), ("2025-03-27T20:00:00Z", "quiet", 0)]
    {
        fake.reply_next([ArxivReply::NoAbstract]);
        assert_eq!(env.run_once(now).status_and_counts(), (status, 0, 0, seeded), "{now}");
    }
    let mut papers = sample_papers(30);
    papers.insert(0, paper_of_date("2503.29999", "2025-03-27T21:00:00Z"));
    fake.set_papers(papers);
    let answer = env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!(
        answer.status_and_counts(),
        ("ok", 2, 0, 0),
        "the one that is new, and the one that is mended"
    );
}

#[test]
fn a_damaged_entry_of_a_page_costs_none_of_the_others() {
    let fake = FakeArxiv::serve_papers(sample_papers(30));
    for reply in [
        ArxivReply::BadUtf8,
        ArxivReply::HtmlEntity,
        ArxivReply::HalfCharacter,
        ArxivReply::BareMarkup,
        ArxivReply::ControlCharacter,
    ] {
        let env = TestEnv::with_arxiv(&fake);
        fake.reply_next([reply.clone()]);
        let answer = env.run_once_without_failure(NOW);
        assert_eq!(answer.status_and_counts(), ("ok", 0, 0, 30), "{reply:?}: {answer:?}");
        let list = env.list_text();
        let shown = match reply {
            ArxivReply::BadUtf8 => "émage",
            ArxivReply::HtmlEntity => "é",
            ArxivReply::HalfCharacter => "😀",
            _ => "mage",
        };
        assert!(list.contains(shown), "{reply:?}");
    }
}

#[test]
fn a_fault_that_passes_is_waited_out() {
    for reply in
        [ArxivReply::ResetAtOnce, ArxivReply::CutXml, ArxivReply::EmptyPageWithTotal, ArxivReply::StaleStamp]
    {
        let (fake, env) = env_after_first_run();
        fake.reply_next([reply.clone()]);
        let answer = env.run_once_without_failure(NEXT_DAY);
        assert_eq!(
            (answer.status_and_counts(), answer.only_topic().requests),
            (("ok", 2, 1, 0), 2),
            "{reply:?}"
        );
    }
}

#[test]
fn what_the_same_request_would_meet_again_is_asked_once() {
    for reply in [
        ArxivReply::ErrorEntry(400),
        reply_with_status(404, &[], ""),
        reply_with_status(403, &[], ""),
        ArxivReply::RedirectTo(301, "https://elsewhere.example/".to_owned()),
    ] {
        let (fake, env) = env_after_first_run();
        fake.reply_next([reply.clone()]);
        let answer = env.run_once(NEXT_DAY);
        assert_eq!(
            (answer.only_topic().status.as_str(), answer.only_topic().requests),
            ("failed", 1),
            "{reply:?}"
        );
        assert_eq!(fake.requests().len(), 2, "{reply:?}");
    }
}

#[test]
fn a_fault_on_a_later_page_keeps_the_pages_before_it_and_settles_nothing() {
    let (first, second) = papers_of_two_days();
    for reply in [ArxivReply::CutXml, ArxivReply::ErrorEntry(400), ArxivReply::EmptyPageWithTotal] {
        let fake = FakeArxiv::serve_papers(first.clone());
        let env = TestEnv::with_arxiv(&fake).with_page(10).with_patience(ONE_TRY);
        env.run_once_without_failure(NOW);
        fake.set_papers(second.clone());
        let topic = env.history_rows()[4].clone();
        fake.reply_next([ArxivReply::Good, reply.clone()]);
        let answer = env.run_once(NEXT_DAY);
        assert_eq!(
            (answer.status_and_counts(), answer.only_topic().requests),
            (("incomplete", 1, 1, 0), 2),
            "{reply:?}"
        );
        assert!(!answer.reason().is_empty());
        assert_eq!(env.list_rows().len(), 31, "{reply:?}");
        assert_eq!(
            env.history_rows()[4][0][1..5],
            topic[0][1..5],
            "contact, watermark, stamp and sweep stay"
        );
        let last = env.run_once_without_failure(AFTERWARDS);
        assert_eq!(last.status_and_counts(), ("ok", 1, 0, 0), "{reply:?}");
        assert_eq!((env.list_rows(), env.announced_news().len()), (versioned_ids(&second), 3), "{reply:?}");
    }
}

#[test]
fn a_page_that_was_recorded_by_a_broken_poll_does_not_end_the_next_one() {
    let fake = FakeArxiv::serve_papers(sample_papers(60)[30..].to_vec());
    let env = TestEnv::with_arxiv(&fake).with_page(10).with_patience(ONE_TRY);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(60));
    fake.reply_next([ArxivReply::Good, ArxivReply::CutXml]);
    assert_eq!(env.run_once(LATER).status_and_counts(), ("incomplete", 10, 0, 0));
    // No sweep is due yet, and every paper on the first page is known: behind it are some that are not.
    let env = env.with_patience("2m");
    assert_eq!(env.run_once_without_failure("2025-03-26T23:30:00Z").status_and_counts(), ("ok", 20, 0, 0));
    assert_eq!(env.list_rows(), versioned_ids(&sample_papers(60)));
}

#[test]
fn patience_bounds_a_poll_that_hangs_again_and_again() {
    let (fake, env) = env_after_first_run();
    fake.reply_next(vec![ArxivReply::Hang; 10]);
    let answer = env.with_patience("300ms").run_once(NEXT_DAY);
    assert_failure_reported(&answer, "failed", "no whole answer within", "hang");
    assert_eq!(answer.only_topic().requests, 1);
}

#[test]
fn a_wait_that_was_asked_for_holds_across_restarts() {
    let (fake, env) = env_after_first_run();
    fake.reply_next([reply_with_status(429, &[("Retry-After", "2")], "")]);
    let env = env.with_patience(ONE_TRY);
    assert_failure_reported(&env.run_once(NEXT_DAY), "failed", "left alone until", "told to wait");
    let not_asked = env.run_once(NEXT_DAY);
    assert_failure_reported(&not_asked, "failed", "not asked", "still shut");
    assert_eq!((not_asked.only_topic().requests, fake.requests().len()), (0, 2));

    let env = env.with_patience("1m");
    assert_eq!(env.run_once_without_failure(NEXT_DAY).status_and_counts(), ("ok", 2, 1, 0));
    let [_, told, after] = &fake.requests()[..] else { panic!("three requests") };
    assert!(after.at - told.at >= Duration::from_secs(2), "{:?}", after.at - told.at);
}

#[test]
fn a_wait_longer_than_the_patience_is_not_waited_for() {
    let (fake, env) = env_after_first_run();
    fake.reply_next([reply_with_status(503, &[("Retry-After", "86400")], "")]);
    let answer = env.run_once(NEXT_DAY);
    assert_failure_reported(&answer, "failed", "left alone until", "a day");
    assert_eq!(answer.only_topic().requests, 1);
}

#[test]
fn the_pace_is_kept_over_pages_topics_and_restarts() {
    let fake = FakeArxiv::serve_papers(sample_papers(30));
    let env = TestEnv::with_arxiv(&fake).with_page(20).with_pace("400ms");
    let env = env.with_topics(&[("A", "cat:cs.CV"), ("B", "all:x")]);
    env.run_once_without_failure(NOW);
    env.run_once_without_failure(LATER);
    let asked = fake.requests();
    assert_eq!(asked.len(), 6, "two pages of each topic, and then one");
    for pair in asked.windows(2) {
        let apart = pair[1].at - pair[0].at;
        assert!(apart >= Duration::from_millis(400), "{apart:?}");
    }
    let connections: Vec<_> = asked.iter().map(|asked| asked.connection).collect();
    assert_eq!(connections, [0, 0, 0, 0, 1, 1], "one connection for each run");
}

#[test]
fn a_host_that_cannot_be_reached_leaves_all_as_it_was() {
    let (fake, env) = env_after_first_run();
    let before = (env.list_file_id(), env.history_rows());
    let env = env.with_url(&refusing_url()).with_patience(ONE_TRY);
    assert_failure_reported(&env.run_once(NEXT_DAY), "failed", "connection refused", "no connection");
    assert_eq!((env.list_file_id(), env.history_rows()), before);
    assert_eq!(
        env.with_url(&fake.url()).run_once_without_failure(AFTERWARDS).status_and_counts(),
        ("ok", 2, 1, 0)
    );
}

#[test]
fn a_fault_of_one_topic_is_its_own() {
    let fake = FakeArxiv::serve_papers(vec![sample_paper(0)]);
    let env = TestEnv::with_arxiv(&fake).with_topics(&[("A", "cat:cs.CV"), ("B", "all:x")]);
    fake.reply_next([ArxivReply::ErrorEntry(400)]);
    let answer = env.run_once(NOW);
    let told: Vec<_> = answer.topics.iter().map(|topic| (topic.status.as_str(), topic.known)).collect();
    assert_eq!((answer.status, told), (1, vec![("failed", 0), ("ok", 1)]));
    assert_eq!(env.list_rows(), versioned_ids(&[sample_paper(0)]));
    assert_eq!(env.history_rows()[4].len(), 1, "of the other there is nothing to remember");
}
