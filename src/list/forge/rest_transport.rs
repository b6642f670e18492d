//! Requests about one repository by whoever holds a token, and what their answers mean.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ForgeError;
use super::error_classification::classify_forge_error;
use super::reply::ForgeReply;
use super::vendor_dialect::ForgeApiDialect;
use crate::clock::{TimeBudget, real_now};
use crate::domain::Secret;
use crate::network::http_client_builder::http_client_builder;
use crate::network::{CONNECT_LIMIT, connection_error_text};

/// How long one request may take, from the name to the last byte of the answer. GitHub itself gives up on a
/// request after ten seconds. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts>.
const TOTAL_LIMIT: Duration = Duration::from_secs(30);

/// How long all requests of one run may take together: a forge that answers each just in time is as good as one
/// that does not answer.
const RUN_LIMIT: Duration = Duration::from_mins(2);

/// What is asked for, by its path's segments.
#[derive(Debug, Clone, Copy)]
pub(super) enum ForgeApiPath<'p> {
    /// Within the repository.
    Repository(&'p [&'p str]),
    /// From the interface's root.
    Root(&'p [&'p str]),
}

/// Sends requests about one repository to its forge, each with a token that comes with it.
#[derive(Debug)]
pub(super) struct RestTransport {
    pub(super) dialect: &'static ForgeApiDialect,
    api: Url,
    repository: Vec<String>,
    client: Client,
    time_budget: TimeBudget,
}

impl RestTransport {
    /// To a repository whose path is given in segments from the interface's root.
    pub(super) fn new(
        dialect: &'static ForgeApiDialect,
        api: Url,
        repository: Vec<String>,
    ) -> anyhow::Result<Self> {
        ensure!(
            !api.cannot_be_a_base() && may_receive_token(&api),
            "api: https://… is expected, without a name in it; http goes no further than this machine"
        );
        let client = http_client_builder(None)?.build().map_err(reqwest::Error::without_url);
        let client = client.context("the way to the forge could not be prepared")?;
        let time_budget = TimeBudget::with_unspent_total(RUN_LIMIT);
        Ok(Self { dialect, api, repository, client, time_budget })
    }

    /// One request by whoever holds the token, and its answer.
    pub(super) async fn send_request(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        token: &Secret,
    ) -> Result<ForgeReply, ForgeError> {
        let mut request =
            self.client.request(method, url).headers(self.forge_request_headers(token)).timeout(TOTAL_LIMIT);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let reply = async { ForgeReply::read(request.send().await?, real_now()).await };
        let fault = match self.time_budget.within_time_limit(RUN_LIMIT, reply).await {
            Some(Ok(Some(reply))) => return Ok(reply),
            Some(Ok(None)) => "its answer is too large",
            Some(Err(error)) => return Err(self.transport_error(error)),
            None => "its answers take too long",
        };
        Err(ForgeError::Transient(format!("{}: {fault}", self.name())))
    }

    pub(super) fn forge_api_url(&self, place: ForgeApiPath<'_>, query: &[(&str, &str)]) -> Url {
        let mut url = self.api.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            match place {
                ForgeApiPath::Repository(segments) => path.extend(&self.repository).extend(segments),
                ForgeApiPath::Root(segments) => path.extend(segments),
            };
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The answer, if it is a success.
    pub(super) fn require_success(&self, reply: ForgeReply) -> Result<ForgeReply, ForgeError> {
        if reply.is_success() {
            Ok(reply)
        } else {
            Err(classify_forge_error(self.name(), self.dialect.classify_forge_error, &reply))
        }
    }

    /// What a successful answer says. One that is no such thing comes from something in between,
    /// or was cut.
    pub(super) fn parse_json_reply<T: DeserializeOwned>(&self, reply: &ForgeReply) -> Result<T, ForgeError> {
        let unreadable = || {
            let words = "but not what was asked for: something may be in between, or api is wrong";
            ForgeError::Transient(format!("{} answered {}, {words}", self.name(), reply.status))
        };
        reply.body_as_json().ok_or_else(unreadable)
    }

    fn forge_request_headers(&self, token: &Secret) -> HeaderMap {
        let own = self.dialect.headers.iter();
        let own = own.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let who = authorization_header(self.dialect, token.reveal()).map(|value| (AUTHORIZATION, value));
        own.chain(who).collect()
    }

    fn transport_error(&self, error: reqwest::Error) -> ForgeError {
        let error = error.without_url();
        let name = self.name();
        ForgeError::Transient(if error.is_dns() {
            format!("{name}: its host could not be resolved")
        } else if error.is_connect() && error.is_timeout() {
            format!("{name}: no connection within {} s", CONNECT_LIMIT.as_secs())
        } else if error.is_connect() {
            format!("{name}: no connection: {}", connection_error_text::describe_connection_error(&error))
        } else if error.is_timeout() {
            format!("{name}: no whole answer within {} s", TOTAL_LIMIT.as_secs())
        } else {
            format!("{name}: no whole answer: {}", connection_error_text::describe_connection_error(&error))
        })
    }

    fn name(&self) -> &'static str {
        self.dialect.name
    }
}

/// The header that says who asks.
pub(super) fn authorization_header(dialect: &ForgeApiDialect, token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("{} {token}", dialect.auth_scheme)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A token goes over TLS, or not beyond this machine.
fn may_receive_token(api: &Url) -> bool {
    let host = api.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback =
        || host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let is_bare = api.username().is_empty() && api.password().is_none();
    is_bare && (api.scheme() == "https" || (api.scheme() == "http" && is_loopback()))
}
