//! What a webhook's receiver gets, and what no receiver can make of us.

use paperwire::domain::{Attempt, Secret};

use super::web_server::{WebReply, WebServer};
use super::{
    AttemptOutcome, BODY, CANARY, HttpSinkKind, attempt_outcome, attempt_outcome_words, deliver_message,
    http_sink,
};

const KEY: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5";

fn ok_reply() -> WebReply {
    WebReply::Says(204, "", String::new())
}

#[tokio::test]
async fn a_repeat_has_the_same_id_and_bytes_and_a_signature_of_its_own_time() {
    let web = WebServer::start(ok_reply(), None).await;
    let sink = http_sink(
        HttpSinkKind::Webhook { secret: Some(Secret::new(KEY)) },
        &format!("http://{}/hook", web.address),
    );
    for at in ["2026-11-22T08:00:00Z", "2026-11-22T09:30:00Z"] {
        assert_eq!(sink.deliver(BODY, "msg_7", at.parse().unwrap()).await, Attempt::Accepted);
    }
    let heard = web.requests();
    let all = |name: &str| heard.iter().map(|heard| heard.header(name).unwrap()).collect::<Vec<_>>();
    assert_eq!(all("webhook-id"), ["msg_7", "msg_7"]);
    assert_eq!(all("webhook-timestamp"), ["1795334400", "1795339800"]);
    assert_eq!(all("content-type"), ["application/json"; 2]);
    assert!(all("user-agent").iter().all(|agent| agent.starts_with("paperwire/")));
    assert_ne!(all("webhook-signature")[0], all("webhook-signature")[1]);
    assert!(
        heard.iter().all(|heard| heard.body == BODY && heard.head.starts_with("POST /hook HTTP/1.1\r\n"))
    );
}

#[tokio::test]
async fn only_a_webhook_with_a_key_is_signed() {
    for (kind, headers) in [
        (HttpSinkKind::Slack, [false, false]),
        (HttpSinkKind::Discord, [false, false]),
        (HttpSinkKind::Ntfy { token: None }, [false, false]),
        (HttpSinkKind::Webhook { secret: None }, [true, false]),
        (HttpSinkKind::Webhook { secret: Some(Secret::new(KEY)) }, [true, true]),
    ] {
        let web = WebServer::start(ok_reply(), None).await;
        deliver_message(&http_sink(kind.clone(), &format!("http://{}/{CANARY}", web.address))).await;
        let heard = &web.requests()[0];
        let found = ["webhook-id", "webhook-signature"].map(|name| heard.header(name).is_some());
        assert_eq!(found, headers, "{kind:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let web = WebServer::start(ok_reply(), None).await;
    let sink = http_sink(HttpSinkKind::Webhook { secret: None }, &format!("http://{}/", web.address));
    for (status, expected) in [
        (301, AttemptOutcome::Sink),
        (302, AttemptOutcome::Later(None)),
        (307, AttemptOutcome::Later(None)),
        (308, AttemptOutcome::Sink),
    ] {
        web.reply_with(WebReply::Says(status, "Location: /elsewhere\r\n", String::new()));
        let attempt = deliver_message(&sink).await;
        assert_eq!(attempt_outcome(&attempt), expected, "{status}: {attempt:?}");
    }
    assert_eq!(web.requests().len(), 4);
}

#[tokio::test]
async fn a_receiver_that_echoes_secrets_gets_them_into_no_message_of_ours() {
    let echo = format!("http://127.0.0.1/{CANARY} {CANARY} {KEY}");
    let bodies = [
        echo.clone(),
        format!(r#"{{"code": 1, "message": "{echo}"}}"#),
        format!(r#"{{"message": "{CANARY}"}}"#),
        format!(r#"{{"code": 40301, "error": "no {CANARY}"}}"#),
    ];
    for kind in [
        HttpSinkKind::Slack,
        HttpSinkKind::Discord,
        HttpSinkKind::Webhook { secret: Some(Secret::new(KEY)) },
        HttpSinkKind::Ntfy { token: Some(Secret::new(KEY)) },
    ] {
        let web = WebServer::start(ok_reply(), None).await;
        let sink = http_sink(kind, &format!("http://{}/{CANARY}", web.address));
        for (status, body) in
            [200, 302, 400, 401, 404, 429, 500].into_iter().flat_map(|s| bodies.iter().map(move |b| (s, b)))
        {
            web.reply_with(WebReply::Says(status, "", body.clone()));
            let shown = format!("{:?}", deliver_message(&sink).await);
            assert!(
                !shown.contains(CANARY) && !shown.contains(KEY) && !shown.contains("127.0.0.1"),
                "{shown}"
            );
        }
    }
}

#[tokio::test]
async fn an_ntfy_server_that_echoes_its_topic_or_token_in_other_capitals_gets_them_into_no_message_of_ours() {
    let web = WebServer::start(ok_reply(), None).await;
    let kind = HttpSinkKind::Ntfy { token: Some(Secret::new("tk_canarytoken")) };
    let sink = http_sink(kind, &format!("http://{}/Canary_topic", web.address));
    for (code, shown) in
        [(40301, "ntfy answered 403 (40301 forbidden)"), (40399, "ntfy answered 403 (40399)")]
    {
        for secret in ["tk_canarytoken", "TK_CanaryToken", "Canary_topic", "canary_topic", "CANARY_TOPIC"] {
            let body = format!(r#"{{"code": {code}, "error": "token {secret} is not valid"}}"#);
            web.reply_with(WebReply::Says(403, "", body));
            let attempt = deliver_message(&sink).await;
            assert!(attempt_outcome_words(&attempt).starts_with(shown), "{attempt:?}");
            assert!(!format!("{attempt:?}").to_lowercase().contains("canary"), "{attempt:?}");
        }
    }
    web.reply_with(WebReply::Says(403, "", r#"{"code": 123456}"#.to_owned()));
    let attempt = deliver_message(&sink).await;
    assert!(
        attempt_outcome_words(&attempt).starts_with("ntfy answered 403: "),
        "a number that is not ntfy's: {attempt:?}"
    );
}

#[tokio::test]
async fn an_answer_without_end_is_read_as_far_as_it_is_of_use() {
    let page = "x".repeat(8 << 20);
    let web = WebServer::start(WebReply::Says(500, "", page), None).await;
    let attempt = deliver_message(&http_sink(HttpSinkKind::Slack, &format!("http://{}/", web.address))).await;
    assert_eq!(attempt_outcome_words(&attempt), "Slack answered 500");
}

#[tokio::test]
async fn an_unreachable_receiver_is_distinguished_from_one_that_may_have_the_message() {
    let nobody = format!("127.0.0.1:{}", crate::support::loopback_server::free_port());
    let attempt =
        deliver_message(&http_sink(HttpSinkKind::Discord, &format!("http://{nobody}/{CANARY}"))).await;
    assert_eq!(
        attempt_outcome_words(&attempt),
        format!("Discord: no connection to {nobody}: connection refused; nothing was sent")
    );
    let web = WebServer::start(WebReply::Cut, None).await;
    let attempt =
        deliver_message(&http_sink(HttpSinkKind::Slack, &format!("http://{}/{CANARY}", web.address))).await;
    assert!(
        attempt_outcome_words(&attempt).ends_with("the message may have arrived all the same"),
        "{attempt:?}"
    );
    // No name has a part of more than 63 letters, and so nobody needs to be asked for it.
    let attempt =
        deliver_message(&http_sink(HttpSinkKind::Slack, &format!("http://{}.invalid/", CANARY.repeat(7))))
            .await;
    assert_eq!(attempt_outcome_words(&attempt), "Slack: its host could not be resolved; nothing was sent");
}

#[tokio::test]
async fn an_id_that_would_break_out_of_its_header_is_refused() {
    let web = WebServer::start(ok_reply(), None).await;
    let sink = http_sink(HttpSinkKind::Webhook { secret: None }, &format!("http://{}/", web.address));
    let attempt = sink.deliver(BODY, "msg\r\nx: y", jiff::Timestamp::now()).await;
    assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Message);
    assert!(web.requests().is_empty());
}
