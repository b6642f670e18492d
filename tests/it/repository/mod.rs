//! A list's repository, by real git against real remotes: a folder, and `git http-backend` behind a server of
//! ours. What a person does there is done with git as well.

pub(crate) mod backend;
pub(crate) mod bare;
mod check;
mod http;
mod human;
pub(crate) mod rig;
mod work;
