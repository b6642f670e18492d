//! Whose interface a forge speaks.

/// Whose interface a forge speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgeVendor {
    /// GitHub, at `https://api.github.com`; an Enterprise server at `https://<host>/api/v3`.
    GitHub,
    /// Gitea and Forgejo, at `https://<host>/api/v1`.
    Gitea,
    /// GitLab, at `https://<host>/api/v4`.
    GitLab,
}
