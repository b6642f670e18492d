//! A list's repository, by real git against real remotes: a folder, and `git http-backend` behind a server of
//! the tests. What a person does there is done with git as well.

pub(crate) mod bare_repository;
mod check_command;
mod commits;
pub(crate) mod http_backend;
mod http_remote;
mod persons_commits;
pub(crate) mod real_remote;
