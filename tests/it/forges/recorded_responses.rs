//! Answers that GitHub, Forgejo and GitLab really gave, read through the forge's client. `PAPERWIRE_SHARED`
//! names the folder that holds `rigs/recorded/`; without it there is nothing to read.

use std::fs;
use std::path::Path;

use paperwire::list::forge::{
    ForgePullRequestState, ForgeVendor, OpenedPullRequest, PullRequest, PullRequestBranches,
};
use serde_json::Value;

use super::{forge_client, new_pull_request};
use crate::support::fake_forge::FakeForge;

/// The recorded answers to requests whose path ends like this.
fn recorded_answers(kind: ForgeVendor, is_wanted: impl Fn(&Value, &str) -> bool) -> Option<Vec<Value>> {
    let file = Path::new(&std::env::var_os("PAPERWIRE_SHARED")?).join("rigs/recorded/recorded.jsonl");
    let forge = match kind {
        ForgeVendor::GitHub => "github",
        ForgeVendor::Gitea => "forgejo",
        ForgeVendor::GitLab => "gitlab",
    };
    let all = fs::read_to_string(file).unwrap();
    let all = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let wanted = |answer: &Value| {
        let path = answer["url"].as_str().unwrap().split('?').next().unwrap().to_owned();
        answer["forge"] == forge && is_wanted(answer, &path)
    };
    Some(all.filter(wanted).collect())
}

/// Every pull request in the recorded answers, as the forge had it.
fn recorded_pull_requests(kind: ForgeVendor) -> Option<Vec<Value>> {
    let noun = if kind == ForgeVendor::GitLab { "/merge_requests" } else { "/pulls" };
    let answers = recorded_answers(kind, |answer, path| {
        let at = path.split_once(noun).map(|(_, after)| after.trim_start_matches('/'));
        at.is_some_and(|at| at.chars().all(|c| c.is_ascii_digit())) && answer["status"].as_u64() < Some(300)
    })?;
    let bodies = answers.into_iter().map(|mut answer| answer["body"].take());
    Some(bodies.flat_map(|body| body.as_array().cloned().unwrap_or_else(|| vec![body])).collect())
}

/// The branches, and what else counts, by the forge's own members.
fn expected_pull_request(
    kind: ForgeVendor,
    pull: &Value,
) -> (PullRequestBranches, u64, ForgePullRequestState, bool) {
    let text = |at: &str| pull.pointer(at).unwrap().as_str().unwrap().to_owned();
    let (head, base, number) = match kind {
        ForgeVendor::GitHub => (text("/head/ref"), text("/base/ref"), "number"),
        ForgeVendor::Gitea => (text("/head/label"), text("/base/ref"), "number"),
        ForgeVendor::GitLab => (text("/source_branch"), text("/target_branch"), "iid"),
    };
    let is_merged = pull["merged"] == true || pull["state"] == "merged" || pull["merged_at"].is_string();
    let state = match pull["state"].as_str().unwrap() {
        _ if is_merged => ForgePullRequestState::Merged,
        "closed" => ForgePullRequestState::Closed,
        _ => ForgePullRequestState::Open,
    };
    let from = |at: &str| pull.pointer(at).filter(|id| !id.is_null());
    let ends = if kind == ForgeVendor::GitLab {
        (from("/source_project_id"), from("/target_project_id"))
    } else {
        (from("/head/repo/id"), from("/base/repo/id"))
    };
    let is_a_forks = ends.1.is_some() && ends.0 != ends.1;
    (PullRequestBranches { head, base }, pull[number].as_u64().unwrap(), state, is_a_forks)
}

#[tokio::test]
async fn every_recorded_pull_request_is_read() {
    for (kind, at_least) in
        [(ForgeVendor::GitHub, 180), (ForgeVendor::Gitea, 180), (ForgeVendor::GitLab, 300)]
    {
        let Some(pulls) = recorded_pull_requests(kind) else { return };
        let fake = FakeForge::start(kind).await;
        let forge = forge_client(kind, &fake.api);
        assert!(pulls.len() >= at_least, "{kind:?}: {}", pulls.len());
        for pull in &pulls {
            let (branches, number, state, is_a_forks) = expected_pull_request(kind, pull);
            fake.reply_with(200, &[], &format!("[{pull}]"));
            let found = match state {
                ForgePullRequestState::Open => forge.find_open_pull_request(&branches).await,
                ForgePullRequestState::Closed | ForgePullRequestState::Merged => {
                    forge.find_last_closed_pull_request(&branches).await
                }
            };
            let found = found.unwrap().map(|PullRequest { number, state, .. }| (number, state));
            assert_eq!(found, (!is_a_forks).then_some((number, state)), "{kind:?}: {pull}");
        }
    }
}

#[tokio::test]
async fn a_recorded_duplicate_is_adopted() {
    let duplicates = recorded_answers(ForgeVendor::GitLab, |answer, _| answer["status"] == 409);
    let recorded =
        duplicates.into_iter().flatten().map(|answer| (ForgeVendor::GitLab, 409, answer["body"].to_string()));
    // Gitea 1.15.11 as it answered by hand; GitHub as its users report it.
    let by_hand = [
        (
            ForgeVendor::Gitea,
            409,
            r#"{"message": "pull request already exists for these targets [id: 3, issue_id: 3, head_repo_id: 1, base_repo_id: 1, head_branch: x, base_branch: main]"}"#,
        ),
        (
            ForgeVendor::GitHub,
            422,
            r#"{"message": "Validation Failed", "errors": [{"resource": "PullRequest", "code": "custom", "message": "A pull request already exists for owner:x."}]}"#,
        ),
        (
            ForgeVendor::GitLab,
            409,
            r#"{"message": ["Another open merge request already exists for this source branch: !1"]}"#,
        ),
    ];
    let by_hand = by_hand.map(|(kind, status, body)| (kind, status, body.to_owned()));
    for (kind, status, body) in by_hand.into_iter().chain(recorded) {
        let fake = FakeForge::start(kind).await;
        let forge = forge_client(kind, &fake.api);
        let ours = super::pull_request_branches();
        forge.open_pull_request(&ours, &new_pull_request("standing")).await.unwrap();
        fake.reply_with(status, &[], &body);
        let adopted = forge.open_pull_request(&ours, &new_pull_request("another")).await.unwrap();
        assert!(
            matches!(&adopted, OpenedPullRequest::Adopted(standing) if standing.title == "standing"),
            "{adopted:?}"
        );
    }
}
