//! What opens a remote.

use crate::domain::Secret;

/// What opens a remote over HTTP.
#[derive(Debug, Clone)]
pub struct GitLogin {
    /// The user's name. GitHub takes `x-access-token` with any token; GitLab, Gitea and Forgejo take any name.
    pub user: String,
    /// The token, or a password.
    pub token: Secret,
}
