//! The folder that git works in: made, taken for one program alone, made again when it is broken.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ring::digest::{SHA256, digest};

use super::environment_allowlist::GitEnvironment;
use super::error::GitError;
use super::git_command::{Git, GitCommand};
use super::git_user_and_token::GitLogin;
use super::leftovers::remove_leftovers;
use super::version_check::check_git_version;
use crate::domain::{Branch, CommitId, Remote};

/// Most characters of a list's name in the name of its folder.
const NAME_CHARS_MAX: usize = 60;

/// Where a repository is, and how git works with it.
#[derive(Debug, Clone)]
pub struct LocalCloneSettings {
    /// The program: `git`, as `PATH` has it.
    pub program: OsString,
    /// What git gets of our environment.
    pub environment: GitEnvironment,
    /// The folder to work in; it is made if it is not there. Only this user can read what is in it.
    pub folder: PathBuf,
    /// The repository.
    pub remote: Remote,
    /// What opens it; without effect over ssh and in a folder.
    pub login: Option<GitLogin>,
    /// The longest that one run may speak with the remote. Some minutes suffice for any list.
    pub network_time: Duration,
}

/// One remote repository with the folder that we work in. Its methods are runs of git: each may take as long
/// as its time limit, and each can be given up at any moment.
#[derive(Debug)]
pub struct Repository {
    pub(super) git: Git,
    pub(super) folder: PathBuf,
    /// Of each branch the commit that is known to be here, and kept, since the last fetch.
    pub(super) pinned: HashMap<Branch, CommitId>,
    /// Held for as long as we work in the folder; the system lets go of it with the process.
    _lock: FolderLock,
}

/// The name of a list's folder among those of all repositories: readable, and of its own for each name.
pub fn cache_folder_name(list: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let readable: String = list.chars().take(NAME_CHARS_MAX).map(plain).collect();
    let hash = digest(&SHA256, list.as_bytes());
    let print = u32::from_be_bytes(*hash.as_ref().first_chunk().expect("a SHA-256 has 32 bytes"));
    format!("{readable}-{print:08x}.git")
}

impl Repository {
    /// Takes the folder for us alone, makes it if it is not there, and sees that git is new enough. Asks
    /// the remote nothing yet.
    pub async fn open(options: LocalCloneSettings) -> Result<Self, GitError> {
        check_git_version(&options.program, &options.environment).await?;
        let lock = lock_repository_folder(&options.folder)?;
        let LocalCloneSettings { program, environment, folder, remote, login, network_time } = &options;
        let git = Git::git_in_folder(program, environment, folder, remote, login.clone(), *network_time);
        let mut repository = Self { git, folder: options.folder, pinned: HashMap::new(), _lock: lock };
        if repository.folder.join("HEAD").exists() {
            remove_leftovers(&repository.folder).map_err(|error| folder_error(&repository.folder, &error))?;
            repository
                .git
                .write_local_remote_config()
                .map_err(|error| folder_error(&repository.folder, &error))?;
        } else {
            repository.init_bare_repository().await?;
        }
        Ok(repository)
    }

    /// Throws away what is cached and begins again: a process that was killed, or a disk that was full, can leave
    /// what git no longer reads.
    pub(super) async fn recreate_folder(&mut self) -> Result<(), GitError> {
        std::fs::remove_dir_all(&self.folder).map_err(|error| folder_error(&self.folder, &error))?;
        self.init_bare_repository().await
    }

    async fn init_bare_repository(&mut self) -> Result<(), GitError> {
        self.pinned.clear();
        create_private_folder(&self.folder)
            .and_then(|()| self.git.write_local_remote_config())
            .map_err(|error| folder_error(&self.folder, &error))?;
        self.git.run_for_bytes(GitCommand::new(&["init", "--quiet", "--bare", "--template="])).await.map(drop)
    }
}

/// A folder that only this user can look into: a list's repository may be a private one.
fn create_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The lock of a folder. A child that is just being begun holds a copy of the file for a moment, and with it the lock, if
/// that is only closed.
#[derive(Debug)]
struct FolderLock(File);

impl Drop for FolderLock {
    fn drop(&mut self) {
        // What cannot be let go of here ends with the process.
        let _ = self.0.unlock();
    }
}

/// The lock is next to the folder, which can be thrown away.
fn lock_repository_folder(folder: &Path) -> Result<FolderLock, GitError> {
    let lock_file = folder.with_extension("lock");
    let open = || {
        lock_file.parent().map_or(Ok(()), create_private_folder)?;
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock_file)
    };
    let file = open().map_err(|error| folder_error(folder, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock(file)),
        Err(TryLockError::WouldBlock) => Err(GitError::Busy),
        Err(TryLockError::Error(error)) => Err(folder_error(folder, &error)),
    }
}

fn folder_error(folder: &Path, error: &io::Error) -> GitError {
    GitError::Other(format!("cannot work in {}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Secret;

    #[test]
    fn each_list_has_a_folder_of_its_own_that_stays_in_its_place() {
        let name = cache_folder_name("../Größe/List");
        assert!(name.starts_with("---gr--e-list-"), "{name}");
        assert!(Path::new(&name).extension().is_some_and(|end| end == "git"));
        assert_ne!(cache_folder_name("a/b"), cache_folder_name("a-b"));
        assert!(cache_folder_name(&"ü".repeat(200)).len() < 80);
    }

    #[test]
    fn a_token_is_in_nothing_that_is_shown() {
        let remote: Remote = "https://github.com/owner/list".parse().unwrap();
        let login = GitLogin { user: "bot".to_owned(), token: Secret::new("tok-canary") };
        let git = Git::git_in_folder(
            "git".as_ref(),
            &GitEnvironment::default(),
            Path::new("/x"),
            &remote,
            Some(login),
            Duration::ZERO,
        );
        let shown = format!("{git:?}");
        assert!(!shown.contains("canary") && !shown.contains("Ym90OnRvay1jYW5hcnk"), "{shown}");
    }
}
