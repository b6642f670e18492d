//! Whose interface a forge speaks.

/// Whose interface a forge speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgeKind {
    /// GitHub, or GitHub Enterprise.
    GitHub,
    /// Gitea or Forgejo.
    Gitea,
    /// GitLab.
    GitLab,
}

impl ForgeKind {
    /// As the config writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Gitea => "gitea",
            Self::GitLab => "gitlab",
        }
    }

    /// Where its interface is on a host of somebody's own.
    pub(super) fn api_path(self) -> &'static str {
        match self {
            Self::GitHub => "api/v3",
            Self::Gitea => "api/v1",
            Self::GitLab => "api/v4",
        }
    }
}
