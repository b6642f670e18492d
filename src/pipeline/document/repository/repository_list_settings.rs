//! A list in a repository, as the configuration has it.

use anyhow::{Context, Result};

use crate::domain::{Branch, ProposalTextTemplate, TreePath};
use crate::list::forge::ForgeClient;
use crate::pipeline::document::list_settings_and_report::List;

/// A list in a repository as the configuration has it.
#[derive(Debug)]
pub struct RepositoryListSettings<'a> {
    /// The list; its file is the path in the repository.
    pub list: List<'a>,
    /// The list's path in the repository.
    pub path: &'a TreePath,
    /// The branch that the list is on; none for the remote's default.
    pub base: Option<&'a Branch>,
    /// How the list gets into the repository.
    pub mode: PublishMode<'a>,
    /// What a commit says; none for our own words.
    pub commit_message: Option<&'a ProposalTextTemplate>,
    /// Whether a commit's message is signed off by the program.
    pub signoff: bool,
}

/// How a list gets into its repository.
#[derive(Debug)]
pub enum PublishMode<'a> {
    /// Committed to the base.
    Direct,
    /// Pushed to this branch; a person merges it.
    Branch(&'a Branch),
    /// Pushed to this branch, or a later one of its name, and proposed by a pull request.
    PullRequest(&'a Branch, PullRequestSettings<'a>),
}

/// How a pull request is made.
#[derive(Debug)]
pub struct PullRequestSettings<'a> {
    /// The forge that the pull request is made at.
    pub forge: &'a ForgeClient,
    /// The pull request's title.
    pub title: &'a ProposalTextTemplate,
    /// The pull request's labels.
    pub labels: &'a [String],
    /// Who is asked to review it, once.
    pub reviewers: &'a [String],
    /// Whether it is opened as a draft.
    pub draft: bool,
}

impl RepositoryListSettings<'_> {
    /// The folder of the list's path, with a slash behind it; empty at the top.
    pub(super) fn folder_prefix(&self) -> &str {
        let path = self.path.as_str();
        path.rfind('/').map_or("", |slash| &path[..=slash])
    }

    /// The branch that ours are named after.
    pub(super) fn proposal_branch(&self) -> Result<Branch> {
        match &self.mode {
            PublishMode::Branch(branch) | PublishMode::PullRequest(branch, _) => Ok((*branch).clone()),
            PublishMode::Direct => "paperwire".parse().context("a name of our own"),
        }
    }
}

/// How messages name it.
pub(super) fn list_label(target: &RepositoryListSettings<'_>) -> String {
    format!("list \"{}\"", target.list.name)
}
