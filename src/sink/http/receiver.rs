//! What a receiver is called and how it is asked.

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};

use super::signature::SigningKey;

/// A [`HttpSinkKind`](super::HttpSinkKind), ready for use.
pub(super) enum Receiver {
    Slack,
    Discord,
    Webhook(Option<SigningKey>),
}

impl Receiver {
    /// How words name it: a webhook's host is its owner's secret.
    pub(super) fn display_name(&self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Discord => "Discord",
            Self::Webhook(_) => "the webhook's receiver",
        }
    }

    /// Discord answers before it has looked at a message unless it is asked to wait.
    /// Source: <https://discord.com/developers/docs/resources/webhook#execute-webhook>.
    pub(super) fn request_url(&self, mut url: Url) -> Url {
        match self {
            Self::Slack | Self::Webhook(_) => {}
            Self::Discord => {
                let kept: Vec<_> =
                    url.query_pairs().into_owned().filter(|(name, _)| name != "wait").collect();
                url.query_pairs_mut().clear().extend_pairs(kept).append_pair("wait", "true");
            }
        }
        url
    }

    pub(super) fn headers(
        &self,
        body: &[u8],
        id: &str,
        at: Timestamp,
    ) -> Result<HeaderMap, InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self {
            Self::Slack | Self::Discord => {}
            Self::Webhook(key) => {
                let timestamp = at.as_second().to_string();
                headers.insert(HeaderName::from_static("webhook-id"), HeaderValue::from_str(id)?);
                if let Some(key) = key {
                    let signature = HeaderValue::from_str(&key.sign(id, &timestamp, body))?;
                    headers.insert(HeaderName::from_static("webhook-signature"), signature);
                }
                headers
                    .insert(HeaderName::from_static("webhook-timestamp"), HeaderValue::from_str(&timestamp)?);
            }
        }
        Ok(headers)
    }
}
