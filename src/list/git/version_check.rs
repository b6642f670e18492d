//! Whether the git that is there is new enough.

use std::ffi::OsStr;

use super::environment_allowlist::GitEnvironment;
use super::error::GitError;
use super::git_command::{Git, GitCommand};
use super::version::{GitVersion, NEEDED, parse_git_version};

/// The version of the git that this program finds; an error if there is none or it is too old.
pub async fn check_git_version(
    program: &OsStr,
    environment: &GitEnvironment,
) -> Result<GitVersion, GitError> {
    let git = Git::git_without_folder(program, environment);
    let said = git.run_for_text(GitCommand::new(&["version"])).await?;
    match parse_git_version(&said) {
        Some(found) if found >= NEEDED => Ok(found),
        Some(found) => Err(GitError::GitTooOld(found)),
        None => Err(GitError::Other(format!("`git version` says `{}`, which is no version", said.trim()))),
    }
}
