//! What a `[[list]]` says of the repository that its file is in.

mod values;

use std::path::{Path, PathBuf};

use reqwest::Url;

use super::mistake::{Mistakes, Wrong};
use super::nearest::one_of;
use super::secret::{self, SecretFrom, SecretStanding};
use super::section::{Section, printable};
use crate::domain::{Branch, Remote, Transport, TreePath};
use values::{api, app_id, branch, label, path, project, remote, reviewer, slug, title, user};

/// The keys that only a list in a repository has.
pub(super) const KEYS: [&str; 17] = [
    "repository",
    "base",
    "branch",
    "user",
    "token_file",
    "token_env",
    "app_id",
    "key_file",
    "key_env",
    "forge",
    "api",
    "project",
    "labels",
    "reviewers",
    "title",
    "draft",
    "direct",
];

/// Those that say how a pull request is made, and so mean nothing without a forge.
const OF_A_FORGE: [&str; 9] =
    ["app_id", "key_file", "key_env", "api", "project", "labels", "reviewers", "title", "draft"];

/// Who is told to be beside a token: GitHub asks for this name with an App's token, and every forge takes any
/// name with a token of its own.
const USER: &str = "x-access-token";

/// The title of a pull request, where the file does not say.
const TITLE: &str = "Update the list of papers";

/// Where our branches are, where the file does not say.
const BRANCH_FOLDER: &str = "paperwire";

/// Each forge, as it is written.
const WORDS: [(&str, Word); 4] = [
    ("github", Word::Kind(ForgeKind::GitHub)),
    ("gitea", Word::Kind(ForgeKind::Gitea)),
    ("gitlab", Word::Kind(ForgeKind::GitLab)),
    ("none", Word::NoForge),
];

/// Hosts whose forge is known.
const HOSTS: [(&str, ForgeKind); 4] = [
    ("github.com", ForgeKind::GitHub),
    ("gitlab.com", ForgeKind::GitLab),
    ("codeberg.org", ForgeKind::Gitea),
    ("gitea.com", ForgeKind::Gitea),
];

/// The repository that a list's file is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRepository {
    /// Where it is.
    pub remote: Remote,
    /// The list's file in it.
    pub path: TreePath,
    /// The branch that the list is on; none for the remote's default.
    pub base: Option<Branch>,
    /// What opens it.
    pub credential: Credential,
    /// How the list gets there.
    pub route: Route,
}

/// What opens a repository and its forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing of ours: the user's ssh key, or the rights on a folder.
    Surroundings,
    /// A token.
    Token {
        /// The name that is told beside it over HTTP.
        user: String,
        /// Where it is.
        token: SecretFrom,
    },
    /// An App of GitHub that is installed at the repository.
    App {
        /// Its client id, or its number.
        id: String,
        /// Where its private key in PEM is.
        key: SecretFrom,
    },
}

/// How a list gets into its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Committed to the base.
    Direct,
    /// Pushed to a branch; a person merges it.
    Branch(Branch),
    /// Pushed to a branch that a pull request is kept for.
    PullRequest(Branch, Forge),
}

/// Where and how pull requests are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forge {
    /// Whose interface it speaks.
    pub kind: ForgeKind,
    /// The root of its interface.
    pub api: Url,
    /// What it calls the repository: `owner/list`.
    pub project: String,
    /// Labels for a pull request.
    pub labels: Vec<String>,
    /// Who is asked to look at it, by the forge's names.
    pub reviewers: Vec<String>,
    /// Its title.
    pub title: String,
    /// Whether it is a draft.
    pub draft: bool,
}

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

/// What stands behind `forge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Kind(ForgeKind),
    NoForge,
}

impl ForgeKind {
    /// As the config writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Gitea => "gitea",
            Self::GitLab => "gitlab",
        }
    }

    /// Where its interface is on a host of somebody's own.
    fn api_path(self) -> &'static str {
        match self {
            Self::GitHub => "api/v3",
            Self::Gitea => "api/v1",
            Self::GitLab => "api/v4",
        }
    }
}

impl ListRepository {
    /// The secret that it needs: what it is, where, and whether it can be read.
    pub fn secret(&self) -> Option<(&'static str, &SecretFrom, SecretStanding)> {
        match &self.credential {
            Credential::Surroundings => None,
            Credential::Token { token, .. } => Some(("token", token, token.standing())),
            Credential::App { key, .. } => Some(("key", key, key.standing_of_pem())),
        }
    }

    /// The branch that is pushed to; none where that is the base.
    pub fn branch(&self) -> Option<&Branch> {
        match &self.route {
            Route::Direct => None,
            Route::Branch(branch) | Route::PullRequest(branch, _) => Some(branch),
        }
    }
}

/// What a section says of its repository; the name is the list's.
pub(super) fn repository(
    section: &Section,
    name: Option<&str>,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<ListRepository> {
    let right = "the file in the repository, as in file = \"README.md\"";
    let path = section.required("file", right, path, mistakes);
    let remote = section.given("repository", remote, mistakes)?.into_inner();
    let base = section.given("base", branch, mistakes).map(toml::Spanned::into_inner);
    let word = word(section, &remote, mistakes);
    let route = route(section, &remote, name, word, mistakes);
    let credential = credential(section, &remote, word, folder, mistakes);
    let repository =
        ListRepository { path: path?.into_inner(), credential: credential?, route: route?, remote, base };
    if repository.base.is_some() && repository.base.as_ref() == repository.branch() {
        let wrong = Wrong::new("is the base itself", "a branch of its own: it is moved and deleted");
        mistakes.add(section.place("branch"), &section.whose("branch"), wrong);
    }
    Some(repository)
}

/// Where another file of the same list is in the repository.
pub(super) fn place(text: &str) -> Result<PathBuf, Wrong> {
    path(text).map(|path| PathBuf::from(path.as_str()))
}

/// A key of the repository in a list that is in none would do nothing.
pub(super) fn refuse_without(section: &Section, others: &[&str], mistakes: &mut Mistakes) {
    let fit: Vec<&str> = others.iter().copied().filter(|key| !KEYS.contains(key)).collect();
    let wrong = |key: &str| {
        let words = format!("`{key}` means nothing for a list in a file of this machine");
        Wrong::new(words, "it belongs to a list with repository = \"https://…\"")
    };
    section.refuse_unfit(&fit, wrong, mistakes);
}

/// Which forge it is: what is written, or what the host says.
fn word(section: &Section, remote: &Remote, mistakes: &mut Mistakes) -> Option<Word> {
    if section.has("forge") {
        return Some(section.given("forge", |text| one_of(text, &WORDS), mistakes)?.into_inner());
    }
    let known = HOSTS.iter().find(|(host, _)| *host == remote.host());
    if let Some((_, kind)) = known {
        return Some(Word::Kind(*kind));
    }
    if remote.transport() == Transport::File {
        return Some(Word::NoForge);
    }
    let right = "one of \"github\", \"gitea\", \"gitlab\", or \"none\" for a branch without a pull request";
    let words = format!("is missing, and {} does not tell it", printable(remote.host()));
    mistakes.add(section.place("forge"), &section.whose("forge"), Wrong::new(words, right));
    None
}

fn route(
    section: &Section,
    remote: &Remote,
    name: Option<&str>,
    word: Option<Word>,
    mistakes: &mut Mistakes,
) -> Option<Route> {
    let direct = section.flag("direct", mistakes)?;
    let named = || format!("{BRANCH_FOLDER}/{}", slug(name.unwrap_or_else(|| remote.project())));
    let branch = section.or("branch", &named(), branch, mistakes).map(toml::Spanned::into_inner);
    match word? {
        Word::Kind(kind) => {
            if direct {
                let words = "would leave out the pull request that the forge is there for";
                let wrong = Wrong::new(words, "write forge = \"none\" beside it");
                mistakes.add(section.place("direct"), &section.whose("direct"), wrong);
            }
            let forge = forge(section, remote, kind, mistakes);
            Some(Route::PullRequest(branch?, forge?))
        }
        Word::NoForge => {
            refuse(section, &OF_A_FORGE, "without a forge", mistakes);
            if direct {
                refuse(section, &["branch"], "beside direct = true", mistakes);
            }
            Some(if direct { Route::Direct } else { Route::Branch(branch?) })
        }
    }
}

fn forge(section: &Section, remote: &Remote, kind: ForgeKind, mistakes: &mut Mistakes) -> Option<Forge> {
    let host = remote.host();
    let is_own = remote.transport() != Transport::File;
    let of_host = |kind: ForgeKind| match kind {
        ForgeKind::GitHub if host == "github.com" => "https://api.github.com".to_owned(),
        // What ssh listens on is another port.
        _ if remote.transport() == Transport::Ssh => {
            format!("https://{}/{}", host.split(':').next().unwrap_or(host), kind.api_path())
        }
        _ => format!("{}{}", remote.origin().unwrap_or_default(), kind.api_path()),
    };
    let api = if is_own {
        section.or("api", &of_host(kind), api, mistakes)
    } else {
        let right = "the root of the forge's interface, as in api = \"https://git.example.org/api/v1\"";
        section.required("api", right, api, mistakes)
    };
    let project_of = |text: &str| project(text, kind);
    let project = if is_own {
        let known = section.or("project", remote.project(), project_of, mistakes);
        if known.is_none() && !section.has("project") {
            let words = "is missing, and the repository's address does not tell it";
            let wrong = Wrong::new(words, "what the forge calls it, as in project = \"owner/list\"");
            mistakes.add(section.place("project"), &section.whose("project"), wrong);
        }
        known
    } else {
        section.required("project", "as in project = \"owner/list\"", project_of, mistakes)
    };
    let labels = section.each_text("labels", label, mistakes).unwrap_or_default();
    let reviewers = section.each_text("reviewers", reviewer, mistakes).unwrap_or_default();
    let title = section.or("title", TITLE, title, mistakes);
    let draft = section.flag("draft", mistakes);
    Some(Forge {
        kind,
        api: api?.into_inner(),
        project: project?.into_inner(),
        labels,
        reviewers,
        title: title?.into_inner(),
        draft: draft?,
    })
}

fn credential(
    section: &Section,
    remote: &Remote,
    word: Option<Word>,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<Credential> {
    let user = section.or("user", USER, user, mistakes);
    let is_web = remote.origin().is_some();
    if !is_web {
        refuse(section, &["user"], "where the repository is not reached over HTTP", mistakes);
    }
    let needs_token = match word? {
        Word::NoForge if !is_web => {
            refuse(section, &["token_file", "token_env"], "without a forge and without HTTP", mistakes);
            return Some(Credential::Surroundings);
        }
        Word::NoForge => false,
        Word::Kind(kind) => {
            if kind != ForgeKind::GitHub {
                refuse(section, &["app_id", "key_file", "key_env"], "but for GitHub's Apps", mistakes);
            } else if section.has("app_id") || secret::is_given(section, secret::APP_KEY) {
                return app(section, folder, mistakes);
            }
            true
        }
    };
    let token = if needs_token {
        Some(secret::required(section, secret::TOKEN, folder, mistakes)?)
    } else {
        secret::given(section, secret::TOKEN, folder, mistakes)
    };
    let user = user?.into_inner();
    Some(token.map_or(Credential::Surroundings, |token| Credential::Token { user, token }))
}

fn app(section: &Section, folder: &Path, mistakes: &mut Mistakes) -> Option<Credential> {
    refuse(section, &["token_file", "token_env", "user"], "beside an App", mistakes);
    let id = section.required("app_id", "the App's client id, as in app_id = \"Iv1.…\"", app_id, mistakes);
    let key = secret::required(section, secret::APP_KEY, folder, mistakes);
    Some(Credential::App { id: id?.into_inner(), key: key? })
}

/// Keys that do nothing beside others.
fn refuse(section: &Section, keys: &[&str], beside: &str, mistakes: &mut Mistakes) {
    for key in keys.iter().filter(|key| section.has(key)) {
        let wrong = Wrong::hidden(format!("means nothing {beside}"), "leave it away");
        mistakes.add(section.place(key), &section.whose(key), wrong);
    }
}
