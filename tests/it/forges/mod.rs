//! The life of a pull request at every forge: against one on the loopback that remembers and answers as the
//! vendors' pages have it, against GitHub's own description of its interface, and against recorded answers.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod github_app;
pub(crate) mod github_emulator;
mod lifecycle;
mod recorded_responses;
mod refusals;

use std::time::Duration;

use paperwire::domain::Secret;
use paperwire::list::forge::{
    ForgeClient, ForgeCredential, ForgeSettings, ForgeVendor, NewPullRequest, PullRequestBranches, WritePace,
};

/// Part of every token that a test plants; it must appear nowhere else.
const CANARY: &str = "canary7f3a";

const KINDS: [ForgeVendor; 3] = [ForgeVendor::GitHub, ForgeVendor::Gitea, ForgeVendor::GitLab];

fn forge_settings(kind: ForgeVendor, api: &str) -> ForgeSettings {
    let credential = ForgeCredential::Token(Secret::new(CANARY));
    ForgeSettings { kind, api: api.parse().unwrap(), project: "owner/list".to_owned(), credential }
}

fn forge_client(kind: ForgeVendor, api: &str) -> ForgeClient {
    ForgeClient::new(forge_settings(kind, api), WritePace::with_write_interval(Duration::ZERO)).unwrap()
}

fn pull_request_branches() -> PullRequestBranches {
    PullRequestBranches { head: "paperwire/image-classification".to_owned(), base: "main".to_owned() }
}

fn new_pull_request(title: &str) -> NewPullRequest {
    NewPullRequest { title: title.to_owned(), body: "Two papers came.\n".to_owned(), draft: false }
}
