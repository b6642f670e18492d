//! What a list's repository is called: the remote, its branches, its commits and the paths in its trees.

mod branch;
mod commit_id;
mod remote;
mod tree_path;

pub use branch::{Branch, BranchNameError};
pub use commit_id::{CommitId, CommitIdError};
pub use remote::{GitTransport, Remote, RemoteAddressError};
pub use tree_path::{TreePath, TreePathError};
