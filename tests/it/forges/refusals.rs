//! What a forge answers when it does not do what it is asked, and what is reported to the operator.

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::Secret;
use paperwire::list::forge::{
    ForgeClient, ForgeCredential, ForgeError, ForgeSettings, ForgeVendor, WritePace,
};

use super::{CANARY, KINDS, forge_client, forge_settings, new_pull_request, pull_request_branches};
use crate::support::fake_forge::FakeForge;

/// A refusal without its words.
fn error_kind(refusal: &ForgeError) -> &'static str {
    match refusal {
        ForgeError::NothingToPropose(_) => "nothing",
        ForgeError::MissingPermission { .. } => "permission",
        ForgeError::NoAccess(_) => "access",
        ForgeError::RateLimited { .. } => "limited",
        ForgeError::Transient(_) => "passing",
        ForgeError::Rejected(_) => "refused",
    }
}

/// A forge, the status, a header line and the body of its answer, what it means, and the end of the words.
type RefusalCase =
    (ForgeVendor, u16, &'static [(&'static str, &'static str)], &'static str, &'static str, &'static str);

const CASES: &[RefusalCase] = &[
    (
        ForgeVendor::GitHub,
        403,
        &[("x-accepted-github-permissions", "pull_requests=write")],
        r#"{"message": "Resource not accessible by personal access token", "status": "403"}"#,
        "permission",
        r#"GitHub answered 403 (Resource not accessible by personal access token): the token lacks "Pull requests: write""#,
    ),
    (
        ForgeVendor::GitHub,
        403,
        &[("x-accepted-github-permissions", "issues=write; pull_requests=write,contents=read")],
        r#"{"message": "Resource not accessible by integration"}"#,
        "permission",
        r#"the token lacks "Pull requests: write and Contents: read""#,
    ),
    (
        ForgeVendor::GitHub,
        403,
        &[("x-accepted-github-permissions", "https://canary7f3a=write")],
        r#"{"message": "Resource not accessible by integration"}"#,
        "permission",
        r#"the token lacks "Pull requests: write""#,
    ),
    (
        ForgeVendor::GitHub,
        403,
        &[],
        r#"{"message": "GitHub Actions is not permitted to create or approve pull requests."}"#,
        "permission",
        "a setting of the repository forbids it (Settings, Actions, General: \
         Allow GitHub Actions to create and approve pull requests)",
    ),
    (
        ForgeVendor::GitHub,
        403,
        &[],
        r#"{"message": "Resource protected by organization SAML enforcement. You must grant your token access."}"#,
        "access",
        "You must grant your token access.): the organisation wants the token to be authorised for SSO",
    ),
    (
        ForgeVendor::GitHub,
        403,
        &[],
        r#"{"message": "Repository was archived so is read-only."}"#,
        "refused",
        "the repository is archived",
    ),
    (
        ForgeVendor::GitHub,
        422,
        &[],
        r#"{"message": "Validation Failed", "errors": [{"code": "custom", "message": "No commits between main and x"}]}"#,
        "nothing",
        "GitHub answered 422 (Validation Failed; custom; No commits between main and x): the branch holds nothing that the base has not",
    ),
    (
        ForgeVendor::GitHub,
        422,
        &[],
        r#"{"message": "Validation Failed", "errors": [{"resource": "PullRequest", "field": "head", "code": "invalid"}]}"#,
        "refused",
        "GitHub answered 422 (Validation Failed; invalid; head): it will not do this",
    ),
    (
        ForgeVendor::GitHub,
        301,
        &[("location", "https://canary7f3a.example/")],
        r#"{"message": "Moved Permanently"}"#,
        "access",
        "redirects are not followed: name where it is now",
    ),
    (
        ForgeVendor::GitHub,
        401,
        &[],
        r#"{"message": "Bad credentials"}"#,
        "access",
        "GitHub answered 401 (Bad credentials): the token is wrong, withdrawn or has expired",
    ),
    (
        ForgeVendor::Gitea,
        401,
        &[],
        r#"{"message": "token is required", "url": "https://canary7f3a/api/swagger"}"#,
        "access",
        "Gitea answered 401 (token is required): the token is wrong, withdrawn or has expired",
    ),
    (
        ForgeVendor::Gitea,
        403,
        &[],
        r#"{"message": "token does not have at least one of required scope(s), required=[write:issue]"}"#,
        "permission",
        r#"required scope(s), required=[write:issue]): the token lacks "issue: Read and Write""#,
    ),
    (
        ForgeVendor::Gitea,
        403,
        &[],
        r#"{"message": "token does not have at least one of required scope(s), required=[write:repository]"}"#,
        "permission",
        r#"the token lacks "repository: Read and Write""#,
    ),
    (
        ForgeVendor::Gitea,
        404,
        &[],
        r#"{"message": "The target couldn't be found.", "errors": []}"#,
        "access",
        "Gitea answered 404 (The target couldn't be found.): \
         there is no such repository, or the token may not see it",
    ),
    (ForgeVendor::Gitea, 423, &[], r#"{"message": "is archived"}"#, "refused", "the repository is archived"),
    (
        ForgeVendor::GitLab,
        403,
        &[],
        r#"{"error": "insufficient_scope", "error_description": "The request requires higher privileges", "scope": "api"}"#,
        "permission",
        r#"GitLab answered 403 (insufficient_scope; The request requires higher privileges): the token lacks "scope api""#,
    ),
    (
        ForgeVendor::GitLab,
        403,
        &[],
        r#"{"message": "403 Forbidden"}"#,
        "permission",
        r#"GitLab answered 403: the token lacks "role Developer""#,
    ),
    (
        ForgeVendor::GitLab,
        400,
        &[],
        r#"{"message": {"source_branch": ["is invalid"]}}"#,
        "refused",
        "GitLab answered 400 (is invalid): it will not do this",
    ),
    (
        ForgeVendor::GitLab,
        502,
        &[],
        "<html>https://canary7f3a</html>",
        "passing",
        "GitLab answered 502: it is out of order",
    ),
    (
        ForgeVendor::GitLab,
        201,
        &[],
        "<html>log in to the hotel's network</html>",
        "passing",
        "GitLab answered 201, but not what was asked for: something may be in between, or api is wrong",
    ),
];

#[tokio::test]
async fn a_refusal_says_what_is_missing_and_shows_no_secret() {
    for (kind, status, headers, body, expected, words) in CASES {
        let fake = FakeForge::start(*kind).await;
        fake.reply_with(*status, headers, body);
        let refusal = forge_client(*kind, &fake.api)
            .open_pull_request(&pull_request_branches(), &new_pull_request("x"))
            .await
            .unwrap_err();
        assert_eq!(error_kind(&refusal), *expected, "{status} {body}: {refusal:?}");
        assert!(refusal.to_string().ends_with(words), "{refusal}");
        assert!(!format!("{refusal:?}").contains(CANARY), "{refusal:?}");
        assert_eq!(fake.write_requests().len(), 1, "nothing is tried again");
    }
}

#[tokio::test]
async fn a_limit_is_obeyed_whatever_it_is_said_with() {
    let in_ten_minutes = (Timestamp::now() + SignedDuration::from_mins(10)).as_second().to_string();
    let reset = in_ten_minutes.as_str();
    let secondary = r#"{"message": "You have exceeded a secondary rate limit. Please wait."}"#;
    for (kind, status, headers, body, seconds) in [
        (ForgeVendor::GitHub, 403, &[("retry-after", "42")][..], secondary, 42),
        (ForgeVendor::GitHub, 403, &[], secondary, 60),
        (ForgeVendor::GitHub, 429, &[], "", 60),
        (
            ForgeVendor::GitHub,
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)],
            "{}",
            600,
        ),
        (
            ForgeVendor::GitLab,
            429,
            &[("ratelimit-remaining", "0"), ("ratelimit-reset", reset)],
            "Retry later\n",
            600,
        ),
        (ForgeVendor::GitLab, 429, &[("retry-after", "9")], "", 9),
        (ForgeVendor::Gitea, 429, &[], "<html>", 60),
    ] {
        let fake = FakeForge::start(kind).await;
        fake.reply_with(status, headers, body);
        let asked = Timestamp::now();
        let refusal =
            forge_client(kind, &fake.api).find_open_pull_request(&pull_request_branches()).await.unwrap_err();
        let ForgeError::RateLimited { until, words } = refusal else { unreachable!("{refusal:?}") };
        let waits = until.duration_since(asked).as_secs();
        assert!((seconds - 2..seconds + 20).contains(&waits), "{status} {headers:?}: {waits}");
        assert!(words.contains(&format!("we asked too much; again from {until}")), "{words}");
    }
}

#[tokio::test]
async fn a_forge_that_is_not_there_is_passing_and_stays_unnamed() {
    let api = format!("http://127.0.0.1:{}/{CANARY}", crate::support::loopback_server::free_port());
    for kind in KINDS {
        let refusal =
            forge_client(kind, &api).find_open_pull_request(&pull_request_branches()).await.unwrap_err();
        assert_eq!(refusal, ForgeError::Transient(format!("{kind:?}: no connection: connection refused")));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let fake = FakeForge::start(ForgeVendor::Gitea).await;
    fake.reply_with(200, &[], &format!("[{}]", " ".repeat(17 << 20)));
    let refusal = forge_client(ForgeVendor::Gitea, &fake.api)
        .find_open_pull_request(&pull_request_branches())
        .await
        .unwrap_err();
    assert_eq!(refusal, ForgeError::Transient("Gitea: its answer is too large".to_owned()));
}

#[tokio::test]
async fn a_duplicate_that_is_gone_again_is_passing() {
    for (kind, status, message) in [
        (ForgeVendor::GitHub, 422, "A pull request already exists for owner:x."),
        (ForgeVendor::Gitea, 409, "pull request already exists for these targets"),
        (ForgeVendor::GitLab, 409, "Another open merge request already exists for this source branch: !1"),
    ] {
        let fake = FakeForge::start(kind).await;
        fake.reply_with(status, &[], &format!(r#"{{"message": "{message}"}}"#));
        let refusal = forge_client(kind, &fake.api)
            .open_pull_request(&pull_request_branches(), &new_pull_request("x"))
            .await
            .unwrap_err();
        assert_eq!(error_kind(&refusal), "passing", "{refusal:?}");
    }
}

#[test]
fn settings_that_cannot_be_right_are_refused_without_the_token() {
    let api = "https://forge.example/api";
    let with = |kind, api: &str, project: &str, token: &str| {
        let credential = ForgeCredential::Token(Secret::new(token));
        ForgeSettings { project: project.to_owned(), credential, ..forge_settings(kind, api) }
    };
    let app = ForgeCredential::App { id: "1".to_owned(), key: Secret::new(CANARY) };
    let app = |kind| ForgeSettings { credential: app.clone(), ..forge_settings(kind, api) };
    for (wrong, expected) in [
        (with(ForgeVendor::GitHub, api, "list", CANARY), "owner/list is expected"),
        (with(ForgeVendor::GitHub, api, "owner/../list", CANARY), "owner/list is expected"),
        (with(ForgeVendor::Gitea, api, "a/b/c", CANARY), "owner/list is expected"),
        (with(ForgeVendor::GitLab, api, "a//c", CANARY), "owner/list is expected"),
        (with(ForgeVendor::GitHub, "http://forge.example", "a/b", CANARY), "https://… is expected"),
        (with(ForgeVendor::GitHub, "mailto:x@y", "a/b", CANARY), "https://… is expected"),
        (with(ForgeVendor::GitHub, api, "a/b", ""), "the token is empty"),
        (with(ForgeVendor::GitHub, api, "a/b", "canary7f3a\nx"), "holds a sign that no token has"),
        (app(ForgeVendor::GitHub), "no private RSA key in PEM"),
        (app(ForgeVendor::Gitea), "only GitHub knows Apps; Gitea needs a token"),
    ] {
        assert!(!format!("{wrong:?}").contains(CANARY), "{wrong:?}");
        let error = format!("{:#}", ForgeClient::new(wrong, WritePace::one_write_per_second()).unwrap_err());
        assert!(error.contains(expected) && !error.contains(CANARY), "{error}");
    }
    assert!(
        ForgeClient::new(with(ForgeVendor::GitLab, api, "a/b/c", CANARY), WritePace::one_write_per_second())
            .is_ok()
    );
    let shown = format!(
        "{:?}",
        ForgeClient::new(forge_settings(ForgeVendor::GitHub, api), WritePace::one_write_per_second())
            .unwrap()
    );
    assert!(!shown.contains(CANARY), "{shown}");
}
