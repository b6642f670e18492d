//! Redirects: where they are followed to, and where not.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;

use paperwire::domain::{FetchErrorKind, RedirectTargetKind, Retry};
use paperwire::source::feed::{AddressPolicy, FeedClient, FeedRedirection, FeedRequest};

use super::fake_server::{FakeFeedServer, FeedReply};
use super::{AMPLE, FEED, address, body, client, fetch, now};
use crate::support::certificate_authority::CertificateAuthority;

#[tokio::test]
async fn redirects_are_followed_and_known_as_what_they_are() {
    use FeedRedirection::{Permanent, Temporary};
    let server = FakeFeedServer::start(None).await;
    let elsewhere = server.url("/feed").replace("127.0.0.1", "localhost");
    server.reply_at("/feed", FeedReply::feed(""));
    for (path, code, to) in [
        ("/1", 301, "/feed"),
        ("/2", 308, server.url("/1").as_str()),
        ("/3", 302, "/2"),
        ("/4", 303, "/feed#part"),
        ("/5", 307, "feed?a=1"),
        ("/6", 301, &elsewhere),
    ] {
        server.reply_at(path, FeedReply::redirect(code, to));
    }
    for (path, redirection, end) in [
        ("/1", Permanent(RedirectTargetKind::SameSite), server.url("/feed")),
        ("/2", Permanent(RedirectTargetKind::SameSite), server.url("/feed")),
        ("/3", Temporary, server.url("/feed")),
        ("/4", Temporary, server.url("/feed")),
        ("/5", Temporary, server.url("/feed?a=1")),
        ("/6", Permanent(RedirectTargetKind::OtherSite), elsewhere.clone()),
    ] {
        let response = fetch(&server.url(path), None).await.unwrap();
        assert_eq!(body(&response).bytes, FEED.as_bytes());
        assert_eq!(response.redirection, redirection, "{path}");
        assert_eq!(response.address.full_feed_url().as_str(), end, "{path}");
        assert!(response.notes.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn validators_hold_over_the_same_redirects() {
    let server = FakeFeedServer::start(None).await;
    server.reply_at("/old", FeedReply::redirect(302, "/feed?session=1"));
    server.reply_at("/feed", FeedReply::Tagged("\"a\"", "On x"));
    let validators = fetch(&server.url("/old"), None).await.unwrap().validators.unwrap();
    server.reply_at("/old", FeedReply::redirect(302, "/feed?session=2"));
    let response = fetch(&server.url("/old"), Some(&validators)).await.unwrap();
    assert_eq!(response.validators.as_ref(), Some(&validators));
    let asked = server.asked();
    let sent: Vec<bool> = asked.iter().map(|asked| asked.headers.contains_key("if-none-match")).collect();
    assert_eq!(sent, [false, false, false, true]);
}

#[tokio::test]
async fn redirects_that_lead_nowhere_are_not_followed() {
    let server = FakeFeedServer::start(None).await;
    let front = server.url("/").replace("127.0.0.1", "localhost");
    let other_query = server.url("/?feed=rss2").replace("127.0.0.1", "localhost");
    for n in 0..9 {
        server.reply_at(&format!("/{n}"), FeedReply::redirect(302, &format!("/{}", n + 1)));
    }
    server.reply_at("/5", FeedReply::feed(""));
    for (path, to, phrase) in [
        ("/self", "/self", "it redirects in a circle, over http://127.0.0.1"),
        ("/there", "/back", "it redirects in a circle"),
        ("/back", "/there", "it redirects in a circle"),
        ("/six", "/0", "more than 5 redirects"),
        ("/front", &front, "the front page of another site, http://localhost; the feed may have moved"),
        ("/file", "file:///canary", "302 Found: it points elsewhere, and not to a page of the web"),
        ("/none", "", "it redirects in a circle"),
    ] {
        server.reply_at(path, FeedReply::redirect(302, to));
        if path == "/there" {
            server.reply_at("/back", FeedReply::redirect(302, "/there"));
        }
        let fault = fetch(&server.url(path), None).await.unwrap_err();
        assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Redirected, Retry::Later), "{path}: {fault}");
        assert!(fault.message.contains(phrase) && !fault.message.contains("canary"), "{path}: {fault}");
    }
    server.reply_at("/without", FeedReply::status(302, "", ""));
    let fault = fetch(&server.url("/without"), None).await.unwrap_err();
    assert_eq!(fault.kind, FetchErrorKind::Redirected);
    // Five are followed, and so is one to what is no page but a feed's address.
    fetch(&server.url("/0"), None).await.unwrap();
    server.reply_at("/query", FeedReply::redirect(302, &other_query));
    server.reply_at("/", FeedReply::feed(""));
    fetch(&server.url("/query"), None).await.unwrap();
}

#[tokio::test]
async fn credentials_are_sent_to_the_same_origin_and_nowhere_else() {
    let [server, other] = [FakeFeedServer::start(None).await, FakeFeedServer::start(None).await];
    server.reply_at("/feed", FeedReply::redirect(302, "/here"));
    server.reply_at("/here", FeedReply::redirect(302, &other.url("/there").replace("//", "//bob:canary@")));
    other.reply_at("/there", FeedReply::feed(""));
    let url = server.url("/feed").replace("//", "//ada:word@");
    let response = fetch(&url, None).await.unwrap();
    let sent = |server: &FakeFeedServer| {
        let asked = server.asked();
        asked.iter().map(|asked| asked.headers.get("authorization").cloned()).collect::<Vec<_>>()
    };
    let basic = Some("Basic YWRhOndvcmQ=".to_owned());
    assert_eq!(sent(&server), [basic.clone(), basic]);
    assert_eq!(sent(&other), [None]);
    assert!(!format!("{response:?}").contains("canary") && !format!("{response:?}").contains("there"));
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_followed_and_said() {
    let authority = CertificateAuthority::new("feeds");
    let secure = FakeFeedServer::start(Some(authority.tls_acceptor("127.0.0.1"))).await;
    let plain = FakeFeedServer::replying(FeedReply::feed("")).await;
    secure.reply_at("/feed", FeedReply::redirect(301, &plain.url("/feed")));
    let ca_file = authority.ca_file();
    let client = FeedClient::new("ada@example.org", Some(ca_file.as_path())).unwrap();
    let asked = address(&secure.url("/feed").replace("//", "//ada:word@"));
    let request =
        FeedRequest { address: &asked, validators: None, policy: AddressPolicy::AnyAddress, time_max: AMPLE };
    let response = client.fetch(&request, now()).await.unwrap();
    assert_eq!(
        response.notes,
        ["it redirects from https to http://127.0.0.1, which anybody on the network can read"]
    );
    assert!(secure.asked()[0].headers.contains_key("authorization"));
    assert!(!plain.asked()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_private_address_is_asked_only_if_that_is_allowed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["127.0.0.1", "2130706433", "127.1", "localhost", "[::ffff:7f00:1]", "0.0.0.0"] {
        let asked = address(&format!("http://{host}:{port}/canary"));
        let request = FeedRequest {
            address: &asked,
            validators: None,
            policy: AddressPolicy::PublicOnly,
            time_max: AMPLE,
        };
        let fault = client().fetch(&request, now()).await.unwrap_err();
        assert_eq!(
            (fault.kind, fault.retry),
            (FetchErrorKind::PrivateAddress, Retry::Never),
            "{host}: {fault}"
        );
        assert!(
            fault.message.contains("allow_private = true") && !fault.message.contains("canary"),
            "{fault}"
        );
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody knocked");
}

#[tokio::test]
async fn one_client_asks_behind_the_wall_only_for_the_feed_that_may() {
    let server = FakeFeedServer::start(None).await;
    let client = client();
    let ask = async |path: &str, policy| {
        server.reply_at(path, FeedReply::feed(""));
        let asked = address(&format!("http://localhost:{}{path}", server.address.port()));
        let request = FeedRequest { address: &asked, validators: None, policy, time_max: AMPLE };
        client.fetch(&request, now()).await.map(drop).map_err(|fault| fault.kind)
    };
    let refused = Err(FetchErrorKind::PrivateAddress);
    let answers = tokio::join!(
        ask("/public", AddressPolicy::PublicOnly),
        ask("/private", AddressPolicy::AnyAddress),
        ask("/public", AddressPolicy::PublicOnly),
    );
    assert_eq!(answers, (refused, Ok(()), refused));
    let asked: Vec<_> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, ["/private"]);
}

/// Set only for the child, which asks a public name through a proxy of ours: where it is redirected to.
const CHILD: &str = "PAPERWIRE_TEST_REDIRECTED";

#[tokio::test]
async fn a_public_feed_cannot_redirect_into_a_private_network() {
    if let Ok(target) = std::env::var(CHILD) {
        return behind_a_proxy(&target).await;
    }
    let proxy = FakeFeedServer::start(None).await;
    let inner = FakeFeedServer::replying(FeedReply::feed("")).await;
    proxy.reply_at("http://feeds.example.org/feed", FeedReply::redirect(302, &inner.url("/feed")));
    let (port, target) = (proxy.address.port(), inner.url("/feed"));
    let child = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "feeds::redirects::a_public_feed_cannot_redirect_into_a_private_network"])
            .env(CHILD, target)
            .env("HTTP_PROXY", format!("http://127.0.0.1:{port}"))
            .envs(["ALL_PROXY", "NO_PROXY", "all_proxy", "no_proxy", "http_proxy"].map(|name| (name, "")))
            .output()
            .unwrap()
    });
    let output = child.await.unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
    assert_eq!(proxy.asked().len(), 1);
    assert_eq!(inner.asked().len(), 0);
}

async fn behind_a_proxy(target: &str) {
    let asked = address("http://feeds.example.org/feed");
    let request =
        FeedRequest { address: &asked, validators: None, policy: AddressPolicy::PublicOnly, time_max: AMPLE };
    let fault = client().fetch(&request, now()).await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.retry),
        (FetchErrorKind::PrivateAddress, Retry::Never),
        "{target}: {fault}"
    );
    assert_eq!(
        fault.message,
        "http://feeds.example.org: it redirects to http://127.0.0.1, which is on the loopback or in a private network; \
         that is followed only with allow_private = true"
    );
}
