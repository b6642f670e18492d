//! Gitea and Forgejo, which follow GitHub's example but for labels, drafts and what they answer to a
//! duplicate. Source: <https://docs.gitea.com/api/next/#tag/repository>.

use reqwest::Method;
use serde_json::json;

use super::ForgeError;
use super::error_classification::FailedReply;
use super::github::LabelJson;
use super::rest_client::{ListingSearchOutcome, RestClient};
use super::rest_transport::ForgeApiPath;
use super::vendor_dialect::ForgeApiDialect;

/// The colour of a label that the repository lacked: a grey that is read in light and dark.
const LABEL_COLOUR: &str = "#6e7781";

/// Older Giteas know no `Bearer`. Marks of a draft, unless a server names others:
/// <https://docs.gitea.com/usage/issues-prs/pull-request#work-in-progress-pull-requests>.
pub(super) static DIALECT: ForgeApiDialect = ForgeApiDialect {
    name: "Gitea",
    auth_scheme: "token",
    headers: &[("accept", "application/json")],
    page_size: "limit",
    pulls: "pulls",
    list_states: ["open", "closed"],
    head: "head",
    base: "base",
    body: "body",
    update: Method::PATCH,
    close: ("state", "closed"),
    comments: ("issues", "comments"),
    draft_marks: &["WIP:", "[WIP]"],
    classify_forge_error,
};

/// The numbers of labels, which older versions take in place of names. A label of the organisation counts as lacking:
/// to see those a token needs another scope.
pub(super) async fn label_ids(client: &RestClient, labels: &[&str]) -> Result<Vec<u64>, ForgeError> {
    let mut ids = Vec::new();
    for label in labels {
        ids.push(find_gitea_label_id(client, label).await?);
    }
    Ok(ids)
}

async fn find_gitea_label_id(client: &RestClient, name: &str) -> Result<u64, ForgeError> {
    let place = ForgeApiPath::Repository(&["labels"]);
    let same = |label: LabelJson| label.id.filter(|_| label.name == name);
    if let ListingSearchOutcome::Found(id) = client.find_in_pages(place, &[], same).await? {
        return Ok(id);
    }
    let new = json!({"name": name, "color": LABEL_COLOUR});
    let reply = client.send_json_and_require_success(Method::POST, place, &new).await?;
    let label: LabelJson = client.transport.parse_json_reply(&reply)?;
    label.id.ok_or_else(|| ForgeError::Rejected("Gitea: a new label has no number".to_owned()))
}

/// The scopes of which a token lacks one, as the page on which a token is made calls them, of `… required=[write:issue], …`.
fn required_scopes(message: &str) -> Option<String> {
    let (_, named) = message.split_once("required=[")?;
    let scopes: Option<Vec<_>> = named
        .split_once(']')?
        .0
        .split(',')
        .map(|scope| {
            let (access, what) = scope.trim().split_once(':')?;
            let access = match access {
                "write" => "Read and Write",
                "read" => "Read",
                _ => return None,
            };
            let is_plain = !what.is_empty() && what.chars().all(|c| c.is_ascii_lowercase());
            is_plain.then(|| format!("{what}: {access}"))
        })
        .collect();
    scopes.map(|scopes| scopes.join(" or "))
}

/// What Gitea has rules of its own for. Source of the scopes:
/// <https://docs.gitea.com/development/oauth2-provider#scopes>.
fn classify_forge_error(answered: &FailedReply<'_>) -> Option<ForgeError> {
    match answered.reply.status {
        403 if answered.has_error_message_with_words("scope") => {
            let named = answered.messages().iter().find_map(|text| required_scopes(text));
            let missing = named.unwrap_or_else(|| "repository: Read and Write".to_owned());
            Some(answered.missing_permission_error(&missing))
        }
        403 => {
            Some(answered.missing_permission_error("Write access to the repository's code and pull requests"))
        }
        423 => Some(ForgeError::Rejected(answered.describe("the repository is archived"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scopes_that_a_token_lacks_are_named_as_the_page_of_tokens_names_them() {
        let said = |scopes: &str| {
            format!(
                "token does not have at least one of required scope(s), required=[{scopes}], token scope=read:user"
            )
        };
        for (scopes, expected) in [
            ("write:issue", Some("issue: Read and Write")),
            ("read:repository", Some("repository: Read")),
            ("write:issue,write:repository", Some("issue: Read and Write or repository: Read and Write")),
            ("sudo", None),
            ("", None),
        ] {
            assert_eq!(required_scopes(&said(scopes)).as_deref(), expected, "{scopes}");
        }
    }
}
