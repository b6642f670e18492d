//! The HTTP client: who we say we are, whom we trust, and how long we wait for a connection.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::endpoint_settings::ArxivEndpoint;
use crate::domain::user_agent;
use crate::network::http_client_builder::with_tls_for_url;

/// That a machine has no network must be reported within ten seconds; this leaves room for a second try.
pub(super) const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Longer than the pace, so that a poll of several pages keeps its connection; shorter than servers keep one.
const IDLE_MAX: Duration = Duration::from_secs(20);

pub(super) fn build_client(settings: &ArxivEndpoint) -> anyhow::Result<Client> {
    let builder = Client::builder()
        .user_agent(user_agent_header(&settings.contact)?)
        .redirect(Policy::none())
        .connect_timeout(CONNECT_MAX)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE_MAX);
    let builder = match settings.url.scheme() {
        "http" | "https" => with_tls_for_url(builder, &settings.url, None).context("arxiv")?,
        other => bail!("arxiv: url begins with {other}:, but only http: and https: can be asked"),
    };
    // A proxy cannot reach our own loopback, whatever the environment names.
    let builder = if is_loopback(&settings.url) { builder.no_proxy() } else { builder };
    builder.build().context("arxiv: the HTTP client does not start")
}

fn user_agent_header(contact: &str) -> anyhow::Result<HeaderValue> {
    HeaderValue::from_str(&user_agent(contact)).with_context(|| {
        format!("arxiv: contact {contact:?} must be one line of plain ASCII, such as you@example.org")
    })
}

fn is_loopback(url: &Url) -> bool {
    let host = host_name_of_url(url).trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The host of an address, for messages: a mirror's address may have a password in it.
pub(super) fn host_name_of_url(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}
