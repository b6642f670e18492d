//! Asking people to look at a pull request.

use reqwest::Method;
use serde_json::json;

use super::rest_transport::ForgeApiPath;
use super::{ForgeClient, ForgeError, ForgeVendor, PullRequest, github, gitlab};

impl ForgeClient {
    /// Asks people to look at a pull request; `organisation/team` asks a team, if the forge has teams. If the forge will not
    /// have one of them, the others are asked all the same.
    pub async fn ask_reviewers(&self, pull: &PullRequest, names: &[String]) -> Result<(), ForgeError> {
        if names.is_empty() {
            return Ok(());
        }
        match self.request_reviews(pull, names).await {
            Err(ForgeError::Rejected(_)) if names.len() > 1 => {}
            asked => return asked,
        }
        let mut refused = Vec::new();
        for name in names {
            match self.request_reviews(pull, std::slice::from_ref(name)).await {
                Err(ForgeError::Rejected(words)) => refused.push(words),
                asked => asked?,
            }
        }
        if refused.is_empty() { Ok(()) } else { Err(ForgeError::Rejected(refused.join("; "))) }
    }

    async fn request_reviews(&self, pull: &PullRequest, names: &[String]) -> Result<(), ForgeError> {
        let number = pull.number.to_string();
        if self.kind == ForgeVendor::GitLab {
            let place = ForgeApiPath::Repository(&[self.dialect.pulls, &number]);
            let ids = gitlab::reviewer_ids(&self.client, place, names).await?;
            return self.patch_pull_request(pull, &json!({"reviewer_ids": ids})).await;
        }
        let place = ForgeApiPath::Repository(&["pulls", &number, "requested_reviewers"]);
        let reply =
            self.client.send_paced_write(Method::POST, place, &github::review_request_json(names)).await?;
        // Gitea says of a person whom it does not know what it says of a repository.
        if let 404 | 422 = reply.status {
            return Err(ForgeError::Rejected(format!(
                "{} answered {}: it does not ask {} for a review",
                self.dialect.name,
                reply.describe_status(),
                names.join(", ")
            )));
        }
        self.client.transport.require_success(reply).map(drop)
    }
}
