//! An App of GitHub borrows a token, uses it while it holds, and asks for another before it ends.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use paperwire::domain::Secret;
use paperwire::list::forge::{
    ForgeClient, ForgeCredential, ForgeError, ForgeSettings, ForgeVendor, WritePace,
};
use serde_json::Value;

use super::{forge_settings, pull_request_branches};
use crate::support::fake_forge::FakeForge;

/// Made for this test alone.
const KEY: &str = include_str!("app.pem");

fn github_app_client(fake: &FakeForge) -> ForgeClient {
    let credential = ForgeCredential::App { id: "Iv1.test".to_owned(), key: Secret::new(KEY) };
    ForgeClient::new(
        ForgeSettings { credential, ..forge_settings(ForgeVendor::GitHub, &fake.api) },
        WritePace::with_write_interval(Duration::ZERO),
    )
    .unwrap()
}

fn queue_token(fake: &FakeForge, token: &str, holds: SignedDuration) {
    fake.reply_with(200, &[], r#"{"id": 77, "app_slug": "paperwire"}"#);
    let until = Timestamp::now() + holds;
    fake.reply_with(201, &[], &format!(r#"{{"token": "{token}", "expires_at": "{until:.0}"}}"#));
}

/// The requests so far: what was asked for, and with what.
fn received_requests(fake: &FakeForge) -> Vec<(String, String)> {
    let heard = fake.lock_memory().heard.clone();
    let asked = |line: &str| line.split('?').next().unwrap().to_owned();
    heard
        .iter()
        .map(|heard| (asked(&heard.line), heard.header("authorization").unwrap().to_owned()))
        .collect()
}

#[tokio::test]
async fn a_borrowed_token_is_used_until_shortly_before_its_end() {
    let fake = FakeForge::start(ForgeVendor::GitHub).await;
    let forge = github_app_client(&fake);
    queue_token(&fake, "ghs_short", SignedDuration::from_mins(4));
    forge.find_open_pull_request(&pull_request_branches()).await.unwrap();
    queue_token(&fake, "ghs_long", SignedDuration::from_hours(1));
    forge.find_open_pull_request(&pull_request_branches()).await.unwrap();
    forge.find_open_pull_request(&pull_request_branches()).await.unwrap();
    let heard = received_requests(&fake);
    let asked: Vec<_> = heard.iter().map(|(asked, _)| asked.as_str()).collect();
    let borrow = ["GET /api/repos/owner/list/installation", "POST /api/app/installations/77/access_tokens"];
    let find = ["GET /api/repos/owner/list/pulls"];
    assert_eq!(asked, [&borrow[..], &find, &borrow, &find, &find].concat());
    let used: Vec<_> =
        heard.iter().map(|(_, with)| with.as_str()).filter(|with| with.contains("ghs_")).collect();
    assert_eq!(used, ["Bearer ghs_short", "Bearer ghs_long", "Bearer ghs_long"]);
    let (_, signed) = &heard[0];
    let parts: Vec<_> = signed.trim_start_matches("Bearer ").split('.').collect();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, claims) = (read(parts[0]), read(parts[1]));
    assert_eq!((parts.len(), &header["alg"], &claims["iss"]), (3, &"RS256".into(), &"Iv1.test".into()));
    let now = Timestamp::now().as_second();
    assert!(claims["iat"].as_i64().unwrap() < now && claims["exp"].as_i64().unwrap() > now, "{claims}");
    assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 600, "{claims}");
}

#[tokio::test]
async fn a_token_that_is_revoked_is_requested_again() {
    let fake = FakeForge::start(ForgeVendor::GitHub).await;
    let forge = github_app_client(&fake);
    queue_token(&fake, "ghs_first", SignedDuration::from_hours(1));
    fake.reply_with(401, &[], r#"{"message": "Bad credentials"}"#);
    assert!(matches!(
        forge.find_open_pull_request(&pull_request_branches()).await.unwrap_err(),
        ForgeError::NoAccess(_)
    ));
    queue_token(&fake, "ghs_second", SignedDuration::from_hours(1));
    forge.find_open_pull_request(&pull_request_branches()).await.unwrap();
    assert_eq!(received_requests(&fake).last().unwrap().1, "Bearer ghs_second");
}

#[tokio::test]
async fn an_app_that_is_not_installed_or_not_known_is_reported() {
    for (status, words) in [
        (404, "GitHub answered 404: the App is not installed at the repository"),
        (401, "GitHub answered 401: the App's id or key is wrong, or the clock here"),
    ] {
        let fake = FakeForge::start(ForgeVendor::GitHub).await;
        fake.reply_with(status, &[], r#"{"message": "Not Found"}"#);
        let refusal =
            github_app_client(&fake).find_open_pull_request(&pull_request_branches()).await.unwrap_err();
        assert_eq!(refusal, ForgeError::NoAccess(words.to_owned()));
    }
}
