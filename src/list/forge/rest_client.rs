//! The way to one repository at one forge: requests by one who may do them, one after another, and their answers.

use anyhow::ensure;
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::github_app::GitHubApp;
use super::reply::{BoundedJsonArray, ForgeReply};
use super::rest_transport::{ForgeApiPath, RestTransport, authorization_header};
use super::{ForgeError, WritePace};
use crate::domain::Secret;

/// How many of what it lists are asked for in one page. Gitea gives 50 at the most unless its settings
/// say otherwise.
const PAGE: usize = 50;

/// How many pages are read: of a repository with 1,000 pull requests all.
const PAGES_MAX: usize = 20;

/// Who asks, ready for use.
#[derive(Debug)]
pub(super) enum TokenOrGitHubApp {
    Token(Secret),
    App(GitHubApp),
}

/// Sends requests about one repository to its forge.
#[derive(Debug)]
pub(super) struct RestClient {
    pub(super) transport: RestTransport,
    token_source: TokenOrGitHubApp,
    pace: WritePace,
}

/// What was found on the pages that a forge lists.
#[derive(Debug)]
pub(super) enum ListingSearchOutcome<T> {
    Found(T),
    /// Nothing on any page.
    NotFound,
    /// Nothing on as many pages as are read, but there are more.
    PageLimitReached,
}

impl RestClient {
    pub(super) fn new(
        transport: RestTransport,
        token_source: TokenOrGitHubApp,
        pace: WritePace,
    ) -> anyhow::Result<Self> {
        if let TokenOrGitHubApp::Token(token) = &token_source {
            let token = token.reveal();
            let is_sendable = !token.is_empty() && authorization_header(transport.dialect, token).is_some();
            ensure!(is_sendable, "the token is empty or holds a sign that no token has");
        }
        Ok(Self { transport, token_source, pace })
    }

    /// The token of the moment.
    pub(super) async fn current_token(&self) -> Result<Secret, ForgeError> {
        match &self.token_source {
            TokenOrGitHubApp::Token(token) => Ok(token.clone()),
            TokenOrGitHubApp::App(app) => app.cached_or_new_token(&self.transport).await,
        }
    }

    /// What is at a place.
    pub(super) async fn get_json<T: DeserializeOwned>(
        &self,
        place: ForgeApiPath<'_>,
    ) -> Result<T, ForgeError> {
        let reply = self.send_with_token(Method::GET, self.transport.forge_api_url(place, &[]), None).await?;
        self.transport.parse_json_reply(&self.transport.require_success(reply)?)
    }

    /// The first of what a place lists that `select` makes something of, over all pages.
    pub(super) async fn find_in_pages<T: DeserializeOwned, F>(
        &self,
        place: ForgeApiPath<'_>,
        query: &[(&str, &str)],
        select: impl Fn(T) -> Option<F>,
    ) -> Result<ListingSearchOutcome<F>, ForgeError> {
        let (per_page, mut seen) = (PAGE.to_string(), 0);
        for page in 1..=PAGES_MAX {
            let page = page.to_string();
            let paging = [(self.transport.dialect.page_size, per_page.as_str()), ("page", page.as_str())];
            let paged = [query, &paging].concat();
            let reply =
                self.send_with_token(Method::GET, self.transport.forge_api_url(place, &paged), None).await?;
            let reply = self.transport.require_success(reply)?;
            let BoundedJsonArray::<T>(listed) = self.transport.parse_json_reply(&reply)?;
            seen += listed.len();
            let is_last = listed.is_empty() || !reply.has_more_items_than(seen);
            if let Some(found) = listed.into_iter().find_map(&select) {
                return Ok(ListingSearchOutcome::Found(found));
            }
            if is_last {
                return Ok(ListingSearchOutcome::NotFound);
            }
        }
        Ok(ListingSearchOutcome::PageLimitReached)
    }

    /// Changes something, when the pace lets us; the answer has whatever status it has.
    pub(super) async fn send_paced_write(
        &self,
        method: Method,
        place: ForgeApiPath<'_>,
        body: &Value,
    ) -> Result<ForgeReply, ForgeError> {
        let _turn = self.pace.acquire().await;
        self.send_with_token(method, self.transport.forge_api_url(place, &[]), Some(body)).await
    }

    /// Changes something, and takes nothing but success.
    pub(super) async fn send_json_and_require_success(
        &self,
        method: Method,
        place: ForgeApiPath<'_>,
        body: &Value,
    ) -> Result<ForgeReply, ForgeError> {
        let reply = self.send_paced_write(method, place, body).await?;
        self.transport.require_success(reply)
    }

    async fn send_with_token(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<ForgeReply, ForgeError> {
        let reply = self.transport.send_request(method, url, body, &self.current_token().await?).await?;
        if let (TokenOrGitHubApp::App(app), 401) = (&self.token_source, reply.status) {
            app.forget_token().await;
        }
        Ok(reply)
    }
}
