//! What a `[[list]]` says of the repository that its file is in.

mod value_parsers;

use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::{Serialize, Serializer};

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::did_you_mean::parse_choice;
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::secret_location::{self, SecretAvailability, SecretConfigKeys, SecretLocation};
use crate::config_table::toml_table::ConfigTable;
use crate::domain::{Branch, ForgeVendor, GitTransport, ProposalTextTemplate, Remote, TreePath};
use value_parsers::{
    parse_api_url, parse_app_id, parse_basic_auth_user, parse_branch, parse_commit_message, parse_label,
    parse_project, parse_pull_request_title, parse_remote, parse_reviewer, parse_tree_path, slug,
};

/// What opens a repository and its forge.
const TOKEN: SecretConfigKeys = SecretConfigKeys {
    file: "token_file",
    variable: "token_env",
    hint: "a file with the token in it, as in token_file = \"/etc/paperwire/token\", or a variable, as in \
            token_env = \"LIST_TOKEN\"",
};

/// The private key of an App.
const APP_KEY: SecretConfigKeys = SecretConfigKeys {
    file: "key_file",
    variable: "key_env",
    hint: "a file with the App's private key in it, as in key_file = \"/etc/paperwire/app.pem\", or a variable, as \
            in key_env = \"APP_KEY\"",
};

/// The keys that only a list in a repository has.
pub(super) const KEYS: [&str; 19] = [
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
    "commit_message",
    "signoff",
];

/// Keys that say how a pull request is made, and so mean nothing without a forge.
const OF_A_FORGE: [&str; 9] =
    ["app_id", "key_file", "key_env", "api", "project", "labels", "reviewers", "title", "draft"];

/// The user's name that goes with a token: GitHub asks for this name with an App's token, and every forge takes any
/// name with a token of its own.
const USER: &str = "x-access-token";

/// The title of a pull request, if the file does not say.
const TITLE: &str = "Update the list of papers";

/// The folder of our branches, if the file does not say.
const BRANCH_FOLDER: &str = "paperwire";

/// Each forge, as it is written.
const WORDS: [(&str, ForgeChoice); 4] = [
    ("github", ForgeChoice::Kind(ForgeVendor::GitHub)),
    ("gitea", ForgeChoice::Kind(ForgeVendor::Gitea)),
    ("gitlab", ForgeChoice::Kind(ForgeVendor::GitLab)),
    ("none", ForgeChoice::NoForge),
];

/// Hosts whose forge is known.
const HOSTS: [(&str, ForgeVendor); 4] = [
    ("github.com", ForgeVendor::GitHub),
    ("gitlab.com", ForgeVendor::GitLab),
    ("codeberg.org", ForgeVendor::Gitea),
    ("gitea.com", ForgeVendor::Gitea),
];

/// The repository that a list's file is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryConfig {
    /// The repository's address.
    pub remote: Remote,
    /// The list's file in it.
    pub path: TreePath,
    /// The branch that the list is on; none for the remote's default.
    pub base: Option<Branch>,
    /// The credential that opens the repository and its forge.
    pub credential: CredentialConfig,
    /// How the list gets there.
    pub publish: PublishConfig,
    /// What a commit says; none for our own words.
    pub commit_message: Option<ProposalTextTemplate>,
    /// Whether a commit's message is signed off by the program.
    pub signoff: bool,
}

/// What opens a repository and its forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialConfig {
    /// Nothing of ours: the user's ssh key, or the rights on a folder.
    Ambient,
    /// A token.
    Token {
        /// The user's name that goes with it over HTTP.
        user: String,
        /// The place where the token is kept.
        token: SecretLocation,
    },
    /// An App of GitHub that is installed at the repository.
    App {
        /// The App's client id, or its number.
        id: String,
        /// Where its private key in PEM is.
        key: SecretLocation,
    },
}

/// How a list gets into its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishConfig {
    /// Committed to the base.
    Direct,
    /// Pushed to a branch; a person merges it.
    Branch(Branch),
    /// Pushed to a branch that a pull request is kept for.
    PullRequest(Branch, ForgeConfig),
}

/// Where and how pull requests are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForgeConfig {
    /// Whose interface it speaks.
    #[serde(serialize_with = "serialize_vendor")]
    pub kind: ForgeVendor,
    /// The root of its interface.
    #[serde(serialize_with = "serialize_url")]
    pub api: Url,
    /// The forge's name for the repository: `owner/list`.
    pub project: String,
    /// The title of a pull request.
    #[serde(serialize_with = "serialize_title")]
    pub title: ProposalTextTemplate,
    /// The labels of a pull request.
    pub labels: Vec<String>,
    /// Who is asked to look at it, by the forge's names.
    pub reviewers: Vec<String>,
    /// Whether the pull request is a draft.
    pub draft: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a field over by reference")]
fn serialize_vendor<S: Serializer>(vendor: &ForgeVendor, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(vendor.config_name())
}

fn serialize_title<S: Serializer>(title: &ProposalTextTemplate, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(title)
}

fn serialize_url<S: Serializer>(url: &Url, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(url.as_str())
}

/// The value of the key `forge`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ForgeChoice {
    Kind(ForgeVendor),
    NoForge,
}

impl RepositoryConfig {
    /// The secret that it needs: what it is, where, and whether it can be read.
    pub fn repository_secret(&self) -> Option<(&'static str, &SecretLocation, SecretAvailability)> {
        match &self.credential {
            CredentialConfig::Ambient => None,
            CredentialConfig::Token { token, .. } => Some(("token", token, token.secret_availability())),
            CredentialConfig::App { key, .. } => Some(("key", key, key.private_key_availability())),
        }
    }

    /// The branch that is pushed to; none if that is the base.
    pub fn branch_pushed_to(&self) -> Option<&Branch> {
        match &self.publish {
            PublishConfig::Direct => None,
            PublishConfig::Branch(branch) | PublishConfig::PullRequest(branch, _) => Some(branch),
        }
    }
}

/// What a section says of its repository; the name is the list's.
pub(super) fn read_repository_config(
    section: &ConfigTable,
    name: Option<&str>,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<RepositoryConfig> {
    let right = "the file in the repository, as in file = \"README.md\"";
    let path = section.required_value("file", right, parse_tree_path, mistakes);
    let remote = section.optional_value("repository", parse_remote, mistakes)?;
    let base = section.optional_value("base", parse_branch, mistakes);
    let word = read_forge_choice(section, &remote, mistakes);
    let route = read_publish_config(section, &remote, name, word, mistakes);
    let credential = read_credential_config(section, &remote, word, folder, mistakes);
    let commit_message = section.optional_value("commit_message", parse_commit_message, mistakes);
    let signoff = section.boolean_value("signoff", mistakes)?;
    let repository = RepositoryConfig {
        path: path?,
        credential: credential?,
        publish: route?,
        remote,
        base,
        commit_message,
        signoff,
    };
    if repository.base.is_some() && repository.base.as_ref() == repository.branch_pushed_to() {
        let wrong = InvalidValue::new("is the base itself", "a branch of its own: it is moved and deleted");
        section.report_invalid("branch", wrong, mistakes);
    }
    Some(repository)
}

/// Where another file of the same list is in the repository.
pub(super) fn parse_path_in_repository(text: &str) -> Result<PathBuf, InvalidValue> {
    parse_tree_path(text).map(|path| PathBuf::from(path.as_str()))
}

/// A key of the repository in a list that is in none would do nothing.
pub(super) fn report_keys_needing_repository(
    section: &ConfigTable,
    others: &[&str],
    mistakes: &mut Diagnostics,
) {
    let fit: Vec<&str> = others.iter().copied().filter(|key| !KEYS.contains(key)).collect();
    let wrong = |key: &str| {
        let words = format!("`{key}` means nothing for a list in a file of this machine");
        InvalidValue::new(words, "it belongs to a list with repository = \"https://…\"")
    };
    section.report_inapplicable_keys(&fit, wrong, mistakes);
}

/// Which forge it is: what is written, or what the host says.
fn read_forge_choice(
    section: &ConfigTable,
    remote: &Remote,
    mistakes: &mut Diagnostics,
) -> Option<ForgeChoice> {
    if section.has_config_key("forge") {
        return section.optional_value("forge", |text| parse_choice(text, &WORDS), mistakes);
    }
    let known = HOSTS.iter().find(|(host, _)| *host == remote.host());
    if let Some((_, kind)) = known {
        return Some(ForgeChoice::Kind(*kind));
    }
    if remote.git_transport() == GitTransport::File {
        return Some(ForgeChoice::NoForge);
    }
    let right = "one of \"github\", \"gitea\", \"gitlab\", or \"none\" for a branch without a pull request";
    let words = format!("is missing, and {} does not say which", redacted_excerpt(remote.host()));
    section.report_invalid("forge", InvalidValue::new(words, right), mistakes);
    None
}

fn read_publish_config(
    section: &ConfigTable,
    remote: &Remote,
    name: Option<&str>,
    word: Option<ForgeChoice>,
    mistakes: &mut Diagnostics,
) -> Option<PublishConfig> {
    let direct = section.boolean_value("direct", mistakes)?;
    let named = || format!("{BRANCH_FOLDER}/{}", slug(name.unwrap_or_else(|| remote.forge_project_path())));
    let branch = section.value_or_default("branch", &named(), parse_branch, mistakes);
    match word? {
        ForgeChoice::Kind(kind) => {
            if direct {
                let words = "would leave out the pull request that the forge is there for";
                let wrong = InvalidValue::new(words, "write forge = \"none\" next to it");
                section.report_invalid("direct", wrong, mistakes);
            }
            let forge = read_forge_config(section, remote, kind, mistakes);
            Some(PublishConfig::PullRequest(branch?, forge?))
        }
        ForgeChoice::NoForge => {
            report_inapplicable_keys(section, &OF_A_FORGE, "without a forge", mistakes);
            if direct {
                report_inapplicable_keys(section, &["branch"], "next to direct = true", mistakes);
            }
            Some(if direct { PublishConfig::Direct } else { PublishConfig::Branch(branch?) })
        }
    }
}

fn read_forge_config(
    section: &ConfigTable,
    remote: &Remote,
    kind: ForgeVendor,
    mistakes: &mut Diagnostics,
) -> Option<ForgeConfig> {
    let host = remote.host();
    let is_own = remote.git_transport() != GitTransport::File;
    let of_host = |kind: ForgeVendor| match kind {
        ForgeVendor::GitHub if host == "github.com" => "https://api.github.com".to_owned(),
        // What ssh listens on is another port.
        _ if remote.git_transport() == GitTransport::Ssh => {
            format!("https://{}/{}", host.split(':').next().unwrap_or(host), kind.self_hosted_api_path())
        }
        _ => {
            format!("{}{}", remote.origin_that_gets_token().unwrap_or_default(), kind.self_hosted_api_path())
        }
    };
    let api = if is_own {
        section.value_or_default("api", &of_host(kind), parse_api_url, mistakes)
    } else {
        let right = "the root of the forge's interface, as in api = \"https://git.example.org/api/v1\"";
        section.required_value("api", right, parse_api_url, mistakes)
    };
    let project_of = |text: &str| parse_project(text, kind);
    let is_known = section.has_config_key("project") || project_of(remote.forge_project_path()).is_ok();
    let project = if !is_own {
        section.required_value("project", "as in project = \"owner/list\"", project_of, mistakes)
    } else if is_known {
        section.value_or_default("project", remote.forge_project_path(), project_of, mistakes)
    } else {
        let words = "is missing, and the repository's address does not say it";
        let wrong = InvalidValue::new(words, "what the forge calls it, as in project = \"owner/list\"");
        section.report_invalid("project", wrong, mistakes);
        None
    };
    let labels = section.string_list("labels", parse_label, mistakes).unwrap_or_default();
    let reviewers = section.string_list("reviewers", parse_reviewer, mistakes).unwrap_or_default();
    let title = section.value_or_default("title", TITLE, parse_pull_request_title, mistakes);
    let draft = section.boolean_value("draft", mistakes);
    Some(ForgeConfig { kind, api: api?, project: project?, labels, reviewers, title: title?, draft: draft? })
}

fn read_credential_config(
    section: &ConfigTable,
    remote: &Remote,
    word: Option<ForgeChoice>,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<CredentialConfig> {
    let user = section.value_or_default("user", USER, parse_basic_auth_user, mistakes);
    let is_web = remote.origin_that_gets_token().is_some();
    if !is_web {
        report_inapplicable_keys(section, &["user"], "if the repository is not reached over HTTP", mistakes);
    }
    let needs_token = match word? {
        ForgeChoice::NoForge if !is_web => {
            report_inapplicable_keys(
                section,
                &["token_file", "token_env"],
                "without a forge and without HTTP",
                mistakes,
            );
            return Some(CredentialConfig::Ambient);
        }
        ForgeChoice::NoForge => false,
        ForgeChoice::Kind(kind) => {
            if kind != ForgeVendor::GitHub {
                report_inapplicable_keys(
                    section,
                    &["app_id", "key_file", "key_env"],
                    "but for GitHub's Apps",
                    mistakes,
                );
            } else if section.has_config_key("app_id")
                || secret_location::has_secret_location(section, APP_KEY)
            {
                return read_app_credential_config(section, folder, mistakes);
            }
            true
        }
    };
    let token = if needs_token {
        Some(secret_location::required_secret_location(section, TOKEN, folder, mistakes)?)
    } else {
        secret_location::optional_secret_location(section, TOKEN, folder, mistakes)
    };
    let user = user?;
    Some(token.map_or(CredentialConfig::Ambient, |token| CredentialConfig::Token { user, token }))
}

fn read_app_credential_config(
    section: &ConfigTable,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<CredentialConfig> {
    report_inapplicable_keys(section, &["token_file", "token_env", "user"], "next to an App", mistakes);
    let id = section.required_value(
        "app_id",
        "the App's client id, as in app_id = \"Iv1.…\"",
        parse_app_id,
        mistakes,
    );
    let key = secret_location::required_secret_location(section, APP_KEY, folder, mistakes);
    Some(CredentialConfig::App { id: id?, key: key? })
}

/// Notes keys that do nothing next to others.
fn report_inapplicable_keys(
    section: &ConfigTable,
    keys: &[&str],
    condition: &str,
    mistakes: &mut Diagnostics,
) {
    for key in keys.iter().filter(|key| section.has_config_key(key)) {
        let wrong = InvalidValue::error_hiding_value(format!("means nothing {condition}"), "leave it away");
        section.report_invalid(key, wrong, mistakes);
    }
}
