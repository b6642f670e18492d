//! A list's repository, by real `git` as a child process. It works in a bare folder of its own, with plumbing
//! alone and without a work tree: it looks at the remote's branches, fetches little, writes commits that come
//! out the same for the same base and content, and pushes by lease.
//!
//! Nothing that the remote or a person wrote is lost by it: a push names what it takes the branch to be, and is
//! refused where that is not so. The folder is a cache: what is in it can be fetched again.
//!
//! A token goes to git in its environment, as a header for the remote's own host, and is neither in an
//! argument nor in a file. The user's and the system's git configuration is left out, so that no alias, hook,
//! signature, `insteadOf` or credential helper has a part in it; `~/.ssh/config` is in force as for any program,
//! and of the environment what [`GitEnvironment`] keeps.

mod branch_commits;
mod branch_heads;
mod child_process;
mod clone_folder;
mod environment_allowlist;
mod error;
mod git_command;
mod git_user_and_token;
mod leftovers;
mod merge_detection;
mod merge_onto_persons_branch;
mod objects;
mod push;
mod version;
mod version_check;

pub use branch_commits::{Commit, CommitsAheadOfBase};
pub use branch_heads::{BranchHead, BranchHeads};
pub use clone_folder::{LocalCloneSettings, Repository, cache_folder_name};
pub use environment_allowlist::GitEnvironment;
pub use error::GitError;
pub use git_user_and_token::GitLogin;
pub use merge_onto_persons_branch::GitMergeOutcome;
pub use objects::{Blob, TreeFile, TreeFileWrite};
pub use push::PushOutcome;
pub use version::{GitVersion, NEEDED};
pub use version_check::check_git_version;

/// Largest file that is read from a repository. Forges show 512,000 bytes of one; a person's own text may be longer.
pub(super) const FILE_BYTES_MAX: u64 = 8 << 20;

/// Most branches of ours that are looked at, each by runs of its own. One comes for each proposal that somebody closed.
pub(super) const BRANCHES_MAX: usize = 1000;

/// Who writes our commits. It is the same always: a commit's id depends on it, and so does whether a commit
/// counts as ours.
pub const NAME: &str = "paperwire";

/// The address of our commits' author; `.invalid` is nobody's. Source: RFC 2606, section 2.
pub const ADDRESS: &str = "paperwire@noreply.invalid";
