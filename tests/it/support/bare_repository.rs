//! A bare repository as a forge has it, what a person does in it, and our own folder next to it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use paperwire::domain::{Branch, CommitId, Secret, TreePath};
use paperwire::list::git::{
    BranchHead, BranchHeads, GitEnvironment, GitError, GitLogin, LocalCloneSettings, Repository,
    TreeFileWrite,
};
use tempfile::TempDir;

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(5);

/// The folder `list.git` with one commit on `main`: `README.md`, a script, and a file of somebody else's.
#[derive(Debug)]
pub(crate) struct BareRepository {
    folder: TempDir,
}

impl BareRepository {
    pub(crate) fn new() -> Self {
        let bare = Self { folder: tempfile::tempdir().unwrap() };
        run_git(bare.folder(), &["init", "--quiet", "--bare", "--initial-branch=main", "list.git"]);
        run_git(bare.folder(), &["init", "--quiet", "--initial-branch=main", "person"]);
        run_git(&bare.persons_clone(), &["remote", "add", "origin", &bare.url()]);
        bare.write_in_clone("README.md", "# List\n\nold\n");
        bare.write_in_clone("other.md", "theirs\n");
        bare.write_in_clone("make.sh", "#!/bin/sh\n");
        let runnable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(bare.persons_clone().join("make.sh"), runnable).unwrap();
        bare.commit_in_clone("Begin");
        run_git(&bare.persons_clone(), &["push", "--quiet", "origin", "main"]);
        bare
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The repository itself.
    pub(crate) fn repository_path(&self) -> PathBuf {
        self.folder().join("list.git")
    }

    /// Where a person works.
    pub(crate) fn persons_clone(&self) -> PathBuf {
        self.folder().join("person")
    }

    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.repository_path().display())
    }

    /// A person writes a file, without committing it.
    pub(crate) fn write_in_clone(&self, name: &str, text: &str) {
        std::fs::write(self.persons_clone().join(name), text).unwrap();
    }

    /// A person commits all that they wrote.
    pub(crate) fn commit_in_clone(&self, message: &str) {
        run_git(&self.persons_clone(), &["add", "."]);
        run_git(&self.persons_clone(), &["commit", "--quiet", "-m", message]);
    }

    /// A person commits a text on a branch of the remote, after what is there.
    pub(crate) fn commit_as_person(&self, branch: &str, name: &str, text: &str) -> CommitId {
        run_git(&self.persons_clone(), &["fetch", "--quiet", "origin"]);
        run_git(&self.persons_clone(), &["checkout", "--quiet", "-B", branch, &format!("origin/{branch}")]);
        self.write_in_clone(name, text);
        self.commit_in_clone("By hand");
        run_git(&self.persons_clone(), &["push", "--quiet", "origin", branch]);
        self.branch_head(branch).unwrap()
    }

    /// Where a branch of the remote is.
    pub(crate) fn branch_head(&self, branch: &str) -> Option<CommitId> {
        let name = format!("refs/heads/{branch}");
        let listed = run_git(&self.repository_path(), &["for-each-ref", "--format=%(objectname)", &name]);
        (!listed.trim().is_empty()).then(|| parse_commit_id(&listed))
    }

    /// A file's text at a branch of the remote.
    pub(crate) fn file_at_branch(&self, branch: &str, name: &str) -> String {
        run_git(&self.repository_path(), &["show", &format!("{branch}:{name}")])
    }

    /// A hook of the remote that refuses every push and says why.
    pub(crate) fn refuse_pushes(&self, words: &str) {
        let hook = self.repository_path().join("hooks/pre-receive");
        crate::support::executable_files::write_script(
            &hook,
            &format!("#!/bin/sh\nprintf '{words}\\n' >&2\nexit 1\n"),
        );
    }

    /// Our own folder for this remote.
    pub(crate) fn repository_options(&self) -> LocalCloneSettings {
        self.repository_options_at(&self.url(), None)
    }

    /// The options of a list in this repository at another address, with a token.
    pub(crate) fn repository_options_at(&self, url: &str, token: Option<&str>) -> LocalCloneSettings {
        LocalCloneSettings {
            program: "git".into(),
            environment: GitEnvironment::from_variables(std::env::vars_os()),
            folder: self.folder().join("state/list.git"),
            remote: url.parse().unwrap(),
            login: token.map(|token| GitLogin { user: "bot".to_owned(), token: Secret::new(token) }),
            network_time: LONG,
        }
    }

    /// Our own folder, taken.
    pub(crate) async fn open_repository(&self) -> Repository {
        Repository::open(self.repository_options()).await.unwrap()
    }
}

/// Runs git as a person does, apart from the configuration of whoever runs the tests.
pub(crate) fn run_git(folder: &Path, args: &[&str]) -> String {
    let run = Command::new("git")
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.org")])
        .env_remove("GIT_DIR")
        .output()
        .unwrap();
    assert!(run.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// Waits for what git does, as the program does.
pub(crate) fn block_on<T>(doing: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(doing)
}

/// The branch that we propose on.
pub(crate) fn list_branch() -> Branch {
    "paperwire/list".parse().unwrap()
}

/// Where the branch that we propose on is; none if it is not there.
pub(crate) fn list_head(heads: &BranchHeads) -> Option<&BranchHead> {
    heads.ours.iter().find(|head| head.branch == list_branch())
}

pub(crate) fn parse_commit_id(text: &str) -> CommitId {
    text.trim().parse().unwrap()
}

pub(crate) fn parse_tree_path(text: &str) -> TreePath {
    text.parse().unwrap()
}

/// A file with this text.
pub(crate) fn file_change(name: &str, text: &str) -> TreeFileWrite {
    TreeFileWrite { path: parse_tree_path(name), bytes: text.as_bytes().to_vec() }
}

/// What a first look at an address comes to that does not succeed.
pub(crate) fn first_fetch_error(place: LocalCloneSettings) -> GitError {
    block_on(async {
        let mut repository = Repository::open(place).await?;
        repository.fetch_branch_heads(None, &list_branch()).await
    })
    .unwrap_err()
}
