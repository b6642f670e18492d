//! A list's repository, by real git against real remotes: a folder, and `git http-backend` behind a server of
//! the tests. What a person does there is done with git as well.

mod check_command;
mod git_operations;
pub(crate) mod git_server_rig;
mod http_remote;
mod persons_commits;
