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

impl ForgeVendor {
    /// As a configuration writes it.
    pub fn config_name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Gitea => "gitea",
            Self::GitLab => "gitlab",
        }
    }

    /// Where its interface is on a host of somebody's own.
    pub fn self_hosted_api_path(self) -> &'static str {
        match self {
            Self::GitHub => "api/v3",
            Self::Gitea => "api/v1",
            Self::GitLab => "api/v4",
        }
    }
}
