//! The repository that a list is in, in plain words. A secret's place is told, and whether it can be read.

use std::fmt;

use serde::Serialize;

use super::line;
use super::telling::Kept;
use crate::config::{Credential, ListRepository, Route};

/// One repository: where it is, and how the list gets there.
#[derive(Debug, Clone, Serialize)]
pub(super) struct InRepository {
    remote: String,
    base: Option<String>,
    branch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forge: Option<OnForge>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    secret: Option<Kept>,
}

/// Where its pull requests are, and what they are given.
#[derive(Debug, Clone, Serialize)]
struct OnForge {
    kind: &'static str,
    api: String,
    project: String,
    title: String,
    labels: Vec<String>,
    reviewers: Vec<String>,
    draft: bool,
}

impl InRepository {
    pub(super) fn of(repository: &ListRepository) -> Self {
        let forge = match &repository.route {
            Route::Direct | Route::Branch(_) => None,
            Route::PullRequest(_, forge) => Some(OnForge {
                kind: forge.kind.word(),
                api: forge.api.to_string(),
                project: forge.project.clone(),
                title: forge.title.clone(),
                labels: forge.labels.clone(),
                reviewers: forge.reviewers.clone(),
                draft: forge.draft,
            }),
        };
        Self {
            remote: repository.remote.to_string(),
            base: repository.base.as_ref().map(ToString::to_string),
            branch: repository.branch().map(ToString::to_string),
            forge,
            app: match &repository.credential {
                Credential::App { id, .. } => Some(id.clone()),
                Credential::Surroundings | Credential::Token { .. } => None,
            },
            secret: repository.secret().map(|(what, from, standing)| Kept::of(what, from, standing)),
        }
    }

    pub(super) fn lacks_a_secret(&self) -> bool {
        self.secret.as_ref().is_some_and(Kept::is_lacking)
    }
}

impl fmt::Display for InRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.base.as_deref().unwrap_or("the default branch");
        line(f, "  in", &self.remote)?;
        match (&self.branch, &self.forge) {
            (None, _) => line(f, "  commits", format_args!("to {base}"))?,
            (Some(branch), None) => line(f, "  pushes", format_args!("to {branch}, for {base}"))?,
            (Some(branch), Some(forge)) => {
                line(f, "  proposes", format_args!("by a pull request from {branch} into {base}"))?;
                write!(f, "{forge}")?;
            }
        }
        self.app.iter().try_for_each(|app| line(f, "  app", app))?;
        self.secret.iter().try_for_each(|secret| write!(f, "{secret}"))
    }
}

impl fmt::Display for OnForge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let draft = if self.draft { ", as a draft" } else { "" };
        line(f, "  forge", format_args!("{} at {}, {}", self.kind, self.api, self.project))?;
        line(f, "  title", format_args!("{}{draft}", self.title))?;
        for (about, names) in [("  labels", &self.labels), ("  asks", &self.reviewers)] {
            if !names.is_empty() {
                line(f, about, names.join(", "))?;
            }
        }
        Ok(())
    }
}
