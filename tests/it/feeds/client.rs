//! One request of one feed, against a server that can fail in every way.

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::SignedDuration;
use paperwire::domain::{FetchError, FetchErrorKind, NextRequestHints, Retry};
use paperwire::source::feed::{
    AddressPolicy, FeedClient, FeedContent, FeedError, FeedRedirection, FeedRequest, parse_feed,
};

use super::fake_server::{FakeFeedServer, FeedReply};
use super::{AMPLE, FEED, address, body, client, fetch, fetch_at, now};
use crate::support::fake_arxiv::refusing_url;

async fn fault_of(reply: FeedReply) -> FetchError {
    let server = FakeFeedServer::replying(reply).await;
    fetch(&server.url("/feed?token=canary"), None).await.expect_err("the reply is to be refused")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn packed(body: Vec<u8>) -> FeedReply {
    FeedReply::Says(200, "content-encoding: gzip\r\n".to_owned(), body)
}

#[tokio::test]
async fn a_feed_comes_whole_with_what_its_server_wishes() {
    let lines = "etag: W/\"a\"\r\nlast-modified: Sat, 21 Nov 2026 08:00:00 GMT\r\ncache-control: max-age=600\r\n\
                 content-type: text/xml; charset=ISO-8859-1\r\ncontent-encoding: gzip\r\n";
    let server = FakeFeedServer::replying(FeedReply::Says(200, lines.to_owned(), gzip(FEED))).await;
    let response = fetch(&server.url("/feed?a=1#x"), None).await.unwrap();
    assert_eq!(body(&response).bytes, FEED.as_bytes());
    assert_eq!(body(&response).charset.as_deref(), Some("ISO-8859-1"));
    let validators = response.validators.unwrap();
    assert_eq!(validators.etag.as_deref(), Some("W/\"a\""));
    assert_eq!(validators.last_modified.as_deref(), Some("Sat, 21 Nov 2026 08:00:00 GMT"));
    assert_eq!(validators.received_at, now());
    let max_age = Some(Duration::from_mins(10));
    assert_eq!(response.freshness, NextRequestHints { max_age, ..NextRequestHints::NONE });
    assert_eq!(response.address.full_feed_url().as_str(), server.url("/feed?a=1"));
    assert_eq!((response.redirection, &response.notes[..]), (FeedRedirection::None, &[][..]));

    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/feed?a=1");
    let agent = &asked.headers["user-agent"];
    assert!(agent.starts_with("paperwire/") && agent.ends_with("; ada@example.org)"), "{agent}");
    assert!(asked.headers["accept"].starts_with("application/rss+xml, application/atom+xml"));
    assert_eq!(asked.headers["accept-encoding"], "gzip");
    for name in ["if-none-match", "if-modified-since", "cookie", "referer", "authorization"] {
        assert_eq!(asked.headers.get(name), None);
    }
}

#[tokio::test]
async fn a_feed_that_did_not_change_is_not_sent_again() {
    let server = FakeFeedServer::replying(FeedReply::Tagged("\"a\"", "On x")).await;
    let url = server.url("/feed");
    let validators = fetch(&url, None).await.unwrap().validators.unwrap();
    let later = now() + SignedDuration::from_hours(24);
    let second = fetch_at(later, &url, Some(&validators)).await.unwrap();
    assert!(matches!(second.content, FeedContent::NotModified));
    assert_eq!(second.validators.as_ref(), Some(&validators), "their age is that of the feed");
    server.reply_at("/feed", FeedReply::Tagged("\"b\"", "On y"));
    let third = fetch_at(later, &url, Some(&validators)).await.unwrap();
    assert!(String::from_utf8_lossy(&body(&third).bytes).contains("On y"));
    assert_eq!(third.validators.unwrap().received_at, later);
}

#[tokio::test]
async fn validators_are_sent_for_a_week_and_only_where_they_are_from() {
    // Its feed changes, and its tag does not: it says forever that nothing changed.
    let server = FakeFeedServer::replying(FeedReply::Tagged("\"a\"", "On x")).await;
    server.reply_at("/moved", FeedReply::redirect(302, "/feed"));
    let validators = fetch(&server.url("/feed"), None).await.unwrap().validators.unwrap();
    server.reply_at("/feed", FeedReply::Tagged("\"a\"", "On y"));
    for (days, path, is_sent) in [
        (6, "/feed", true),
        (7, "/feed", false),
        (-1, "/feed", false),
        (1, "/feed?b=2", false),
        (1, "/moved", false),
    ] {
        let at = now() + SignedDuration::from_hours(24 * days);
        let response = fetch_at(at, &server.url(path), Some(&validators)).await.unwrap();
        assert_eq!(matches!(response.content, FeedContent::NotModified), is_sent, "{days} {path}");
        let sent = server.asked().last().unwrap().headers.contains_key("if-none-match");
        assert_eq!(sent, is_sent, "{days} {path}");
    }
}

#[tokio::test]
async fn what_cannot_be_trusted_is_refused_by_name() {
    use FetchErrorKind::{
        Broken, Challenged, Empty, Gone, NotAFeed, NotFound, Redirected, Refused, ServerError, Throttled,
        TooLarge,
    };
    use Retry::{Later, Never};
    let wait = |seconds| Retry::After(Duration::from_secs(seconds));
    let challenge = "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>";
    let login = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>";
    let soon = "date: Sun, 22 Nov 2026 08:00:00 GMT\r\nretry-after: Sun, 22 Nov 2026 08:02:30 GMT\r\n";
    let longer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{FEED}", FEED.len() + 9);
    let cut =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{}", FEED.len(), &FEED[..90]);
    let status = FeedReply::status;
    for (reply, kind, retry, phrase) in [
        (status(410, "", ""), Gone, Never, "410 Gone: the feed was given up"),
        (status(404, "", ""), NotFound, Later, "404 Not Found: there is no feed at this address"),
        (status(401, "", ""), Refused, Never, "401 Unauthorized: it refuses us"),
        (status(403, "", login), Refused, Never, "403 Forbidden: it refuses us"),
        (status(403, "cf-mitigated: challenge\r\n", ""), Challenged, Never, "the header `cf-mitigated` says"),
        (status(403, "", challenge), Challenged, Never, "a challenge page (`Just a moment...`)"),
        (status(503, "", challenge), Challenged, Never, "503 Service Unavailable: it wants to see a person"),
        (status(202, "x-amzn-waf-action: challenge\r\n", ""), Challenged, Never, "x-amzn-waf-action"),
        (status(200, "", challenge), Challenged, Never, "a challenge page"),
        (status(429, "", ""), Throttled, Later, "429 Too Many Requests: too many requests"),
        (status(429, "retry-after: 120\r\n", ""), Throttled, wait(120), "a wait of 120 s"),
        (status(429, soon, ""), Throttled, wait(150), "a wait of 150 s"),
        (status(429, "retry-after: 999999999\r\n", ""), Throttled, wait(86_400), "a wait of 86400 s"),
        (
            status(503, "retry-after: 30\r\n", ""),
            Throttled,
            wait(30),
            "it asks to be left alone; it asks for a wait of 30 s",
        ),
        (status(503, "", ""), ServerError, Later, "503 Service Unavailable: the server is out of order"),
        (status(500, "", ""), ServerError, Later, "500"),
        (status(408, "", ""), Refused, Later, "408"),
        (status(406, "", ""), Refused, Never, "406"),
        (status(304, "", ""), Empty, Later, "it was not asked whether anything had changed"),
        (status(204, "", ""), Empty, Later, "204"),
        (status(300, "", ""), Redirected, Later, "300"),
        (status(200, "", ""), NotAFeed, Later, "the answer is empty"),
        (
            status(200, "content-type: text/html\r\n", login),
            NotAFeed,
            Later,
            "an HTML page (`Sign in`), not a feed",
        ),
        (status(200, "", "Rate exceeded."), NotAFeed, Later, "text that begins with `Rate exceeded.`"),
        (
            status(200, "content-encoding: br\r\n", "x"),
            Broken,
            Later,
            "packed as `br`, which was not asked for",
        ),
        (packed(b"not packed at all".to_vec()), Broken, Later, "the answer broke off after 0 bytes"),
        (packed(gzip(&FEED.repeat(9))[..90].to_vec()), Broken, Later, "the answer broke off after"),
        (FeedReply::Bytes(longer.into()), Broken, Later, "the answer broke off after 157 bytes"),
        (FeedReply::Bytes(cut.into()), Broken, Later, "the answer broke off after 90 bytes"),
        (FeedReply::Bytes(Vec::new()), Broken, Later, "the connection broke before an answer"),
        (FeedReply::Bytes(b"<rss/>".to_vec()), Broken, Later, "the connection broke before an answer"),
        (FeedReply::Endless, TooLarge, Later, "larger than 15 MiB, unpacked"),
        (FeedReply::GzipBomb, TooLarge, Later, "larger than 15 MiB, unpacked"),
        (
            FeedReply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n".to_vec()),
            TooLarge,
            Later,
            "larger than 15 MiB",
        ),
    ] {
        let fault = fault_of(reply.clone()).await;
        assert_eq!((fault.kind, fault.retry), (kind, retry), "{reply:?}: {fault}");
        assert!(fault.message.contains(phrase), "{reply:?}: {fault}");
        assert!(fault.message.starts_with("http://127.0.0.1: "), "{fault}");
        assert!(!fault.message.contains("canary"), "{fault}");
    }
}

#[tokio::test]
async fn a_body_that_is_longer_than_it_says_is_no_shorter_feed() {
    let bytes = format!("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{FEED}").into_bytes();
    let server = FakeFeedServer::replying(FeedReply::Bytes(bytes)).await;
    let response = fetch(&server.url("/feed"), None).await.unwrap();
    assert_eq!(parse_feed(&body(&response).bytes, None, None), Err(FeedError::CutOff(100)));
}

#[tokio::test]
async fn a_wait_until_a_date_is_held_against_our_clock_if_the_server_has_none() {
    let later = httpdate::fmt_http_date(SystemTime::from(now() + SignedDuration::from_hours(1)));
    let fault = fault_of(FeedReply::status(429, &format!("retry-after: {later}\r\n"), "")).await;
    assert_eq!(fault.retry, Retry::After(Duration::from_hours(1)));
}

#[tokio::test]
async fn a_hang_ends_at_the_callers_limit() {
    for reply in [
        FeedReply::StallsAfter(""),
        FeedReply::StallsAfter("HTTP/1.1 200 O"),
        FeedReply::StallsAfter("HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n"),
        FeedReply::StallsAfter("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n<rss>"),
        FeedReply::Drip,
    ] {
        let server = FakeFeedServer::replying(reply.clone()).await;
        let request = FeedRequest {
            address: &address(&server.url("/feed?token=canary")),
            validators: None,
            policy: AddressPolicy::AnyAddress,
            time_max: Duration::from_millis(300),
        };
        let fault = client().fetch(&request, now()).await.unwrap_err();
        assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Timeout, Retry::Later), "{reply:?}: {fault}");
        assert_eq!(fault.message, "http://127.0.0.1: no whole answer within 0.3 s");
    }
}

#[tokio::test]
async fn a_host_that_is_not_reached_is_named_without_the_address() {
    let url = refusing_url().replace("http://", "http://ada:canary@") + "?token=canary";
    let fault = fetch(&url, None).await.unwrap_err();
    assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Unreachable, Retry::Later));
    assert_eq!(fault.message, "http://127.0.0.1: no connection: connection refused");
}

#[test]
fn a_wrong_setting_is_named() {
    let error = FeedClient::new("ada\r\nX: y", None).unwrap_err();
    assert!(format!("{error:#}").contains("contact"), "{error:#}");
    let error = FeedClient::new("ada@example.org", Some("/gone/ca.pem".as_ref())).unwrap_err();
    assert!(format!("{error:#}").contains("/gone/ca.pem"), "{error:#}");
}

#[tokio::test]
async fn of_large_feeds_one_is_held_at_a_time() {
    let large = FEED.replace("<item>", &format!("<item><description>{}</description>", "x".repeat(3 << 20)));
    let server = FakeFeedServer::replying(FeedReply::status(200, "", &large)).await;
    server.reply_at("/small", FeedReply::feed(""));
    let first = fetch(&server.url("/feed"), None).await.unwrap();
    assert!(body(&first).permit.is_some() && body(&first).bytes.len() == large.len());
    let url = server.url("/feed");
    let mut second = Box::pin(fetch(&url, None));
    // A small one comes meanwhile, and the large one does not.
    tokio::select! {
        biased;
        _ = &mut second => panic!("two are held"),
        small = async {
            fetch(&server.url("/small"), None).await.unwrap();
            fetch(&server.url("/small"), None).await.unwrap()
        } => assert!(body(&small).permit.is_none()),
    }
    drop(first);
    assert_eq!(body(&second.await.unwrap()).bytes.len(), large.len());
}

#[tokio::test]
async fn a_large_feed_that_waits_for_another_one_holds_no_connection() {
    let large = FEED.replace("<item>", &format!("<item><description>{}</description>", "x".repeat(3 << 20)));
    let server = FakeFeedServer::replying(FeedReply::status(200, "", &large)).await;
    let first = fetch(&server.url("/feed"), None).await.unwrap();
    let connections = server.asked().len() + 1;
    let url = server.url("/feed");
    let mut second = Box::pin(fetch(&url, None));
    tokio::select! {
        biased;
        _ = &mut second => panic!("two are held"),
        closed = tokio::time::timeout(AMPLE, server.wait_for_closed(connections)) => closed.unwrap(),
    }
    drop(first);
    assert_eq!(body(&second.await.unwrap()).bytes.len(), large.len());
    assert!(server.asked().len() > connections, "it is asked again");
}
