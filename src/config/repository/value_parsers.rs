//! Single values of what a list says of its repository.

use std::net::IpAddr;

use reqwest::Url;

use crate::config_table::diagnostic::InvalidValue;
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::value_parsers::breaks_line;
use crate::domain::{
    Branch, BranchNameError, ForgeVendor, ProposalTextTemplate, Remote, RemoteAddressError, TreePath,
    TreePathError,
};

/// Longest label. Source: GitHub's interface refuses a longer one.
const LABEL_CHARS_MAX: usize = 50;

/// Longest title. Source: GitHub and GitLab take 255 or 256 characters.
const TITLE_CHARS_MAX: usize = 200;

/// Longest message of a commit.
const MESSAGE_CHARS_MAX: usize = 2000;

pub(super) fn parse_remote(text: &str) -> Result<Remote, InvalidValue> {
    let right =
        "as in \"https://github.com/owner/list\", \"git@host:owner/list.git\" or \"file:///srv/list.git\"";
    let wrong = |bad: RemoteAddressError| {
        let right = match bad {
            RemoteAddressError::Credentials => {
                "write the address alone, and token_file or token_env next to it"
            }
            RemoteAddressError::Cleartext => "write https://; http:// is only for this machine",
            _ => right,
        };
        // A token or a password may be before, behind or in the place of any of these.
        if text.contains(['@', '?', '#', '%']) {
            InvalidValue::error_hiding_value(bad.to_string(), right)
        } else {
            InvalidValue::new(bad.to_string(), right)
        }
    };
    text.parse().map_err(wrong)
}

pub(super) fn parse_tree_path(text: &str) -> Result<TreePath, InvalidValue> {
    let right = "a file's path from the repository's top, as in \"README.md\"";
    text.parse().map_err(|bad: TreePathError| InvalidValue::new(bad.to_string(), right))
}

pub(super) fn parse_branch(text: &str) -> Result<Branch, InvalidValue> {
    let right = "a branch's name, as in \"main\"";
    text.parse().map_err(|bad: BranchNameError| InvalidValue::new(bad.to_string(), right))
}

/// Small letters, digits and single hyphens, as a branch's name may have them.
pub(super) fn slug(name: &str) -> String {
    const CHARS_MAX: usize = 60;
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let spread: String = name.chars().map(plain).collect();
    let words: Vec<&str> = spread.split('-').filter(|word| !word.is_empty()).collect();
    let joined: String = words.join("-").chars().take(CHARS_MAX).collect();
    let slug = joined.trim_end_matches('-');
    if slug.is_empty() { "list".to_owned() } else { slug.to_owned() }
}

pub(super) fn parse_api_url(text: &str) -> Result<Url, InvalidValue> {
    let right = "the root of the forge's interface, as in \"https://git.example.org/api/v1\"";
    let wrong = |words: &str| InvalidValue::error_hiding_value(words, right);
    let url = Url::parse(text).map_err(|_| wrong("is no web address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("has a user or a password in it, and this file is no place for it"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has more behind its path than an interface's root has"));
    }
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        "http" => Err(wrong("would send the token in clear")),
        _ => Err(wrong("is no web address")),
    }
}

pub(super) fn parse_project(text: &str, kind: ForgeVendor) -> Result<String, InvalidValue> {
    let parts: Vec<&str> = text.split('/').collect();
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(breaks_line);
    let is_right = parts.iter().copied().all(is_plain) && !text.contains([' ', '?', '#', '%', '\\']);
    let count = parts.len();
    let fits = count == 2 || (count > 2 && kind == ForgeVendor::GitLab);
    if is_right && fits {
        return Ok(text.to_owned());
    }
    Err(InvalidValue::new(
        format!("`{}` is not what a forge calls a repository", redacted_excerpt(text)),
        "as in \"owner/list\"",
    ))
}

pub(super) fn parse_label(text: &str) -> Result<String, InvalidValue> {
    let is_label = text.trim() == text && (1..=LABEL_CHARS_MAX).contains(&text.chars().count());
    if is_label && !text.contains(breaks_line) && !text.contains(',') {
        return Ok(text.to_owned());
    }
    let right = format!("a label's name in at most {LABEL_CHARS_MAX} characters, without a comma");
    Err(InvalidValue::new("is no label", right))
}

pub(super) fn parse_reviewer(text: &str) -> Result<String, InvalidValue> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.is_empty() && text.chars().all(is_name) {
        return Ok(text.to_owned());
    }
    Err(InvalidValue::error_hiding_value(
        "is no user's name",
        "the name that the forge knows them by, without @, as in \"ada\"",
    ))
}

pub(super) fn parse_pull_request_title(text: &str) -> Result<ProposalTextTemplate, InvalidValue> {
    let is_title = text.trim() == text && (1..=TITLE_CHARS_MAX).contains(&text.chars().count());
    if is_title && !text.contains(breaks_line) {
        return parse_proposal_text(text);
    }
    Err(InvalidValue::new("is no title", format!("one line of at most {TITLE_CHARS_MAX} characters")))
}

pub(super) fn parse_commit_message(text: &str) -> Result<ProposalTextTemplate, InvalidValue> {
    let is_message = !text.trim().is_empty() && text.chars().count() <= MESSAGE_CHARS_MAX;
    if is_message && text.lines().all(|line| !line.contains(breaks_line)) {
        return parse_proposal_text(text.trim());
    }
    let right =
        format!("a text of at most {MESSAGE_CHARS_MAX} characters, the first line of which is its subject");
    Err(InvalidValue::new("is no message", right))
}

fn parse_proposal_text(text: &str) -> Result<ProposalTextTemplate, InvalidValue> {
    ProposalTextTemplate::parse(text).map_err(|wrong| {
        let places = ProposalTextTemplate::PLACES.join(", ");
        InvalidValue::new(wrong.to_string(), format!("text, with any of {places} in it"))
    })
}

/// The user name of HTTP basic authentication, which a colon ends.
pub(super) fn parse_basic_auth_user(text: &str) -> Result<String, InvalidValue> {
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != ':');
    let right = "the name that belongs to the token, as in user = \"bot\"";
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(InvalidValue::error_hiding_value("is no user's name", right))
    }
}

pub(super) fn parse_app_id(text: &str) -> Result<String, InvalidValue> {
    let is_id = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let right = "the App's client id or number, as its page shows it";
    if is_id { Ok(text.to_owned()) } else { Err(InvalidValue::error_hiding_value("is no App's id", right)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_named_after_its_list() {
        for (name, slug_of) in [
            ("Image Classification", "image-classification"),
            ("owner/list", "owner-list"),
            ("  C++ & Größe!", "c-gr-e"),
            ("论文", "list"),
            (&"a-".repeat(50), "a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a"),
        ] {
            assert_eq!(slug(name), slug_of.trim_end_matches('-'), "{name}");
            assert!(format!("paperwire/{}", slug(name)).parse::<Branch>().is_ok());
        }
    }
}
