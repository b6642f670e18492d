//! The repository that a list is in, in plain words. It says where a secret is, and whether it can be read.

use std::fmt;

use serde::Serialize;

use super::explanation_line::write_explanation_line;
use super::secret::SecretExplanation;
use crate::config::{CredentialConfig, ForgeConfig, PublishConfig, RepositoryConfig};

/// One repository: where it is, and how the list gets there.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RepositoryExplanation {
    remote: String,
    base: Option<String>,
    branch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forge: Option<ForgeConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit_message: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    signoff: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    secret: Option<SecretExplanation>,
}

impl RepositoryExplanation {
    pub(super) fn from_config(repository: &RepositoryConfig) -> Self {
        let forge = match &repository.publish {
            PublishConfig::Direct | PublishConfig::Branch(_) => None,
            PublishConfig::PullRequest(_, forge) => Some(forge.clone()),
        };
        Self {
            remote: repository.remote.to_string(),
            base: repository.base.as_ref().map(ToString::to_string),
            branch: repository.branch_pushed_to().map(ToString::to_string),
            forge,
            commit_message: repository.commit_message.as_ref().map(ToString::to_string),
            signoff: repository.signoff,
            app: match &repository.credential {
                CredentialConfig::App { id, .. } => Some(id.clone()),
                CredentialConfig::Ambient | CredentialConfig::Token { .. } => None,
            },
            secret: repository
                .repository_secret()
                .map(|(what, from, standing)| SecretExplanation::from_secret_location(what, from, standing)),
        }
    }

    pub(super) fn lacks_a_secret(&self) -> bool {
        self.secret.as_ref().is_some_and(SecretExplanation::is_secret_unreadable)
    }
}

impl fmt::Display for RepositoryExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.base.as_deref().unwrap_or("the default branch");
        write_explanation_line(f, "  in", &self.remote)?;
        match (&self.branch, &self.forge) {
            (None, _) => write_explanation_line(f, "  commits", format_args!("to {base}"))?,
            (Some(branch), None) => {
                write_explanation_line(f, "  pushes", format_args!("to {branch}, for {base}"))?;
            }
            (Some(branch), Some(forge)) => {
                write_explanation_line(
                    f,
                    "  proposes",
                    format_args!("by a pull request from {branch} into {base}"),
                )?;
                write_forge_explanation(f, forge)?;
            }
        }
        let signed = if self.signoff { ", signed off" } else { "" };
        match self.commit_message.as_deref().and_then(|message| message.lines().next()) {
            Some(subject) => write_explanation_line(f, "  message", format_args!("{subject}{signed}"))?,
            None if self.signoff => write_explanation_line(f, "  message", "signed off")?,
            None => {}
        }
        self.app.iter().try_for_each(|app| write_explanation_line(f, "  app", app))?;
        self.secret.iter().try_for_each(|secret| write!(f, "{secret}"))
    }
}

fn write_forge_explanation(f: &mut fmt::Formatter<'_>, forge: &ForgeConfig) -> fmt::Result {
    let ForgeConfig { kind, api, project, title, labels, reviewers, draft } = forge;
    let draft = if *draft { ", as a draft" } else { "" };
    write_explanation_line(f, "  forge", format_args!("{} at {api}, {project}", kind.config_name()))?;
    write_explanation_line(f, "  title", format_args!("{title}{draft}"))?;
    for (about, names) in [("  labels", labels), ("  asks", reviewers)] {
        if !names.is_empty() {
            write_explanation_line(f, about, names.join(", "))?;
        }
    }
    Ok(())
}
