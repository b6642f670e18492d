//! What a list's repository is called: the remote, its branches, its commits and the paths in its trees.

mod branch;
mod commit_id;
mod remote;
mod tree_path;

pub use branch::{BadBranch, Branch};
pub use commit_id::{BadCommitId, CommitId};
pub use remote::{BadRemote, Remote, Transport};
pub use tree_path::{BadTreePath, TreePath};
