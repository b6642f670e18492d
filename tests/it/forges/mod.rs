//! The life of a pull request at every forge: against one on the loopback that remembers and answers as the
//! vendors' pages have it, against GitHub's own description of its interface, and against recorded answers.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod app;
pub(crate) mod fake;
mod life;
mod recorded;
mod refusals;
pub(crate) mod rig;

use std::time::Duration;

use paperwire::domain::Secret;
use paperwire::list::forge::{Branches, Credential, Forge, Kind, Pace, Proposal, Settings};

/// Stands in every token that a test plants, and must stand nowhere else.
const CANARY: &str = "canary7f3a";

const KINDS: [Kind; 3] = [Kind::GitHub, Kind::Gitea, Kind::GitLab];

fn settings(kind: Kind, api: &str) -> Settings {
    let credential = Credential::Token(Secret::new(CANARY));
    Settings { kind, api: api.parse().unwrap(), project: "owner/list".to_owned(), credential }
}

fn forge(kind: Kind, api: &str) -> Forge {
    Forge::new(settings(kind, api), Pace::of(Duration::ZERO)).unwrap()
}

fn branches() -> Branches {
    Branches { head: "paperwire/image-classification".to_owned(), base: "main".to_owned() }
}

fn proposal(title: &str) -> Proposal {
    Proposal { title: title.to_owned(), body: "Two papers came.\n".to_owned(), draft: false }
}
