//! The way to one repository at one forge: requests with its headers, one after another, and their answers.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Method, Url, redirect, retry};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::github_app::GitHubApp;
use super::reply::{ForgeReply, Items, ReplyReadError};
use super::{ForgeError, ForgeVendor, Pace, classification};
use crate::clock::{TimeBudget, real_now};
use crate::domain::Secret;
use crate::wire::{CONNECT_LIMIT, USER_AGENT, connection_error, tls_roots};

/// How long one request may take, from the name to the last byte of the answer. GitHub itself gives up on a
/// request after ten seconds. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts>.
const TOTAL_LIMIT: Duration = Duration::from_secs(30);

/// How long all requests of one turn may take together: a forge that answers each just in time is as good as one
/// that does not answer.
const TURN_LIMIT: Duration = Duration::from_mins(2);

/// How many of what it lists are asked for in one page. Gitea gives 50 at the most unless it is told
/// otherwise.
pub(super) const PAGE: usize = 50;

/// How many pages are read: of a repository with 1,000 pull requests all.
const PAGES_MAX: usize = 20;

/// GitHub's interface as it was at this date, until it is retired. Source:
/// <https://docs.github.com/en/rest/about-the-rest-api/api-versions>.
const GITHUB_VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-github-api-version"), HeaderValue::from_static("2022-11-28"));

/// Who asks, ready for use.
#[derive(Debug)]
pub(super) enum TokenSource {
    Token(Secret),
    App(GitHubApp),
}

/// What is asked for, by its path's segments.
#[derive(Debug, Clone, Copy)]
pub(super) enum ApiPath<'p> {
    /// Within the repository.
    Repository(&'p [&'p str]),
    /// From the interface's root.
    Root(&'p [&'p str]),
}

/// Sends requests about one repository to its forge.
#[derive(Debug)]
pub(super) struct RestClient {
    pub(super) kind: ForgeVendor,
    api: Url,
    repository: Vec<String>,
    token_source: TokenSource,
    pace: Pace,
    client: Client,
    time_budget: TimeBudget,
}

/// What was found on the pages that a forge lists.
#[derive(Debug)]
pub(super) enum ListingSearch<T> {
    Found(T),
    /// Nothing on any page.
    NotFound,
    /// Nothing on as many pages as are read, but there are more.
    PageLimitReached,
}

impl RestClient {
    pub(super) fn new(
        kind: ForgeVendor,
        api: Url,
        repository: Vec<String>,
        credentials: TokenSource,
        pace: Pace,
    ) -> anyhow::Result<Self> {
        ensure!(
            !api.cannot_be_a_base() && may_receive_token(&api),
            "api: https://… is expected, without a name in it; http goes no further than this machine"
        );
        if let TokenSource::Token(token) = &credentials {
            let sendable = !token.reveal().is_empty() && authorization(kind, token.reveal()).is_some();
            ensure!(sendable, "the token is empty or holds a sign that no token has");
        }
        Ok(Self {
            kind,
            api,
            repository,
            token_source: credentials,
            pace,
            client: build_client()?,
            time_budget: TimeBudget::of(TURN_LIMIT),
        })
    }

    /// The token of the moment.
    pub(super) async fn token(&self) -> Result<Secret, ForgeError> {
        match &self.token_source {
            TokenSource::Token(token) => Ok(token.clone()),
            TokenSource::App(app) => app.token(self).await,
        }
    }

    /// What stands at a place.
    pub(super) async fn get<T: DeserializeOwned>(&self, place: ApiPath<'_>) -> Result<T, ForgeError> {
        let reply = self.exchange(Method::GET, self.url(place, &[]), None).await?;
        self.parse(&self.require_success(reply)?)
    }

    /// The first of what a place lists that `wanted` makes something of, over all pages.
    pub(super) async fn find_in_pages<T: DeserializeOwned, F>(
        &self,
        place: ApiPath<'_>,
        query: &[(&str, &str)],
        wanted: impl Fn(T) -> Option<F>,
    ) -> Result<ListingSearch<F>, ForgeError> {
        let size = if self.kind == ForgeVendor::Gitea { "limit" } else { "per_page" };
        let (per_page, mut seen) = (PAGE.to_string(), 0);
        for page in 1..=PAGES_MAX {
            let page = page.to_string();
            let paging = [(size, per_page.as_str()), ("page", page.as_str())];
            let paged = [query, &paging].concat();
            let reply = self.exchange(Method::GET, self.url(place, &paged), None).await?;
            let reply = self.require_success(reply)?;
            let Items::<T>(listed) = self.parse(&reply)?;
            seen += listed.len();
            let is_last = listed.is_empty() || !reply.announces_more_than(seen);
            if let Some(found) = listed.into_iter().find_map(&wanted) {
                return Ok(ListingSearch::Found(found));
            }
            if is_last {
                return Ok(ListingSearch::NotFound);
            }
        }
        Ok(ListingSearch::PageLimitReached)
    }

    /// Changes something, when it is our turn; the answer has whatever status it has.
    pub(super) async fn try_write(
        &self,
        method: Method,
        place: ApiPath<'_>,
        body: &Value,
    ) -> Result<ForgeReply, ForgeError> {
        let _turn = self.pace.acquire().await;
        self.exchange(method, self.url(place, &[]), Some(body)).await
    }

    /// Changes something, and takes nothing but success.
    pub(super) async fn write(
        &self,
        method: Method,
        place: ApiPath<'_>,
        body: &Value,
    ) -> Result<ForgeReply, ForgeError> {
        let reply = self.try_write(method, place, body).await?;
        self.require_success(reply)
    }

    /// The answer, if it is a success.
    pub(super) fn require_success(&self, reply: ForgeReply) -> Result<ForgeReply, ForgeError> {
        if reply.is_success() { Ok(reply) } else { Err(classification::classify(self.kind, &reply)) }
    }

    /// What a successful answer says. One that is no such thing comes from something that stands in between,
    /// or was cut.
    pub(super) fn parse<T: DeserializeOwned>(&self, reply: &ForgeReply) -> Result<T, ForgeError> {
        let unreadable = || {
            let words = "but not what was asked for: something may stand in between, or api is wrong";
            ForgeError::Transient(format!("{} answered {}, {words}", self.name(), reply.status))
        };
        reply.json().ok_or_else(unreadable)
    }

    async fn exchange(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<ForgeReply, ForgeError> {
        let reply = match &self.token_source {
            TokenSource::Token(token) => self.send(method, url, body, token).await?,
            TokenSource::App(app) => {
                let token = app.token(self).await?;
                let reply = self.send(method, url, body, &token).await?;
                if reply.status == 401 {
                    app.forget_token().await;
                }
                reply
            }
        };
        Ok(reply)
    }

    /// One request by whoever holds the token, and its answer.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        token: &Secret,
    ) -> Result<ForgeReply, ForgeError> {
        let mut request = self.client.request(method, url).headers(self.headers(token)).timeout(TOTAL_LIMIT);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = async {
            let response = request.send().await.map_err(ReplyReadError::Broken)?;
            ForgeReply::read(response, real_now()).await
        };
        match self.time_budget.within(TURN_LIMIT, answer).await {
            Some(read) => read.map_err(|unread| self.read_error(unread)),
            None => Err(ForgeError::Transient(format!("{}: its answers take too long", self.name()))),
        }
    }

    fn read_error(&self, unread: ReplyReadError) -> ForgeError {
        match unread {
            ReplyReadError::Broken(error) => self.transport_error(error),
            ReplyReadError::TooLarge => {
                ForgeError::Transient(format!("{}: its answer is too large", self.name()))
            }
        }
    }

    fn headers(&self, token: &Secret) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.kind == ForgeVendor::GitHub {
            headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
            headers.extend([GITHUB_VERSION]);
        } else {
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        headers.extend(authorization(self.kind, token.reveal()).map(|value| (AUTHORIZATION, value)));
        headers
    }

    pub(super) fn url(&self, place: ApiPath<'_>, query: &[(&str, &str)]) -> Url {
        let mut url = self.api.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            match place {
                ApiPath::Repository(segments) => path.extend(&self.repository).extend(segments),
                ApiPath::Root(segments) => path.extend(segments),
            };
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn transport_error(&self, error: reqwest::Error) -> ForgeError {
        let error = error.without_url();
        let name = self.name();
        ForgeError::Transient(if error.is_dns() {
            format!("{name}: its host could not be resolved")
        } else if error.is_connect() && error.is_timeout() {
            format!("{name}: no connection within {} s", CONNECT_LIMIT.as_secs())
        } else if error.is_connect() {
            format!("{name}: no connection: {}", connection_error::describe(&error))
        } else if error.is_timeout() {
            format!("{name}: no whole answer within {} s", TOTAL_LIMIT.as_secs())
        } else {
            format!("{name}: no whole answer: {}", connection_error::describe(&error))
        })
    }

    fn name(&self) -> &'static str {
        self.kind.name()
    }
}

impl ForgeVendor {
    /// How words name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::Gitea => "Gitea",
            Self::GitLab => "GitLab",
        }
    }
}

/// The header that says who asks. Older Giteas know no `Bearer`.
fn authorization(kind: ForgeVendor, token: &str) -> Option<HeaderValue> {
    let scheme = if kind == ForgeVendor::Gitea { "token" } else { "Bearer" };
    let mut value = HeaderValue::from_str(&format!("{scheme} {token}")).ok()?;
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

fn build_client() -> anyhow::Result<Client> {
    let roots = tls_roots::extra_root_certificates(None)?;
    let roots: Vec<_> = roots.iter().map(|root| Certificate::from_der(root)).collect::<Result<_, _>>()?;
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(CONNECT_LIMIT)
        .tls_certs_merge(roots)
        .build()
        .map_err(reqwest::Error::without_url)
        .context("the way to the forge could not be prepared")
}
