//! The HTTP clients of a feed client: to make one for each request would cost more than the request.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use reqwest::Client;
use reqwest::header::HeaderValue;
use rustls::ClientConfig;

use crate::network::http_client_builder::http_client_builder_for_url;
use crate::network::private_network_guard::SharedGuardedResolver;
use crate::network::tls_roots::tls_client_config;
use crate::source::feed::address::FeedAddress;

/// Makes HTTP clients as they are wanted, and keeps them. They keep no connection: feeds are asked hours apart.
#[derive(Debug)]
pub(super) struct FeedHttpClients {
    user_agent: HeaderValue,
    ca_file: Option<PathBuf>,
    made: Mutex<HashMap<ClientTransportKind, ReusableHttpClient>>,
}

/// What a client is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ClientTransportKind {
    /// One without TLS needs no authorities.
    has_tls: bool,
    /// No proxy reaches this machine itself.
    is_for_loopback: bool,
}

/// A client, and the TLS that it was made with.
#[derive(Debug)]
struct ReusableHttpClient {
    client: Client,
    tls: Option<Arc<ClientConfig>>,
}

impl FeedHttpClients {
    pub(super) fn new(user_agent: HeaderValue, ca_file: Option<PathBuf>) -> Self {
        Self { user_agent, ca_file, made: Mutex::default() }
    }

    /// The client for an address, which looks up no name but for a request that is guarded. One that trusts older authorities
    /// than there are now is made again.
    pub(super) fn client_for(&self, address: &FeedAddress) -> anyhow::Result<Client> {
        let kind =
            ClientTransportKind { has_tls: address.is_https(), is_for_loopback: address.is_loopback() };
        let tls = kind.has_tls.then(|| tls_client_config(self.ca_file.as_deref())).transpose()?;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ReusableHttpClient { client, tls: known }) = made.get(&kind)
            && known.as_ref().map(Arc::as_ptr) == tls.as_ref().map(Arc::as_ptr)
        {
            return Ok(client.clone());
        }
        let client = self.build_client(address, kind)?;
        made.insert(kind, ReusableHttpClient { client: client.clone(), tls });
        Ok(client)
    }

    fn build_client(&self, address: &FeedAddress, kind: ClientTransportKind) -> anyhow::Result<Client> {
        let builder = http_client_builder_for_url(address.full_feed_url(), self.ca_file.as_deref())?
            .user_agent(self.user_agent.clone())
            .pool_max_idle_per_host(0)
            .dns_resolver(SharedGuardedResolver);
        let builder = if kind.is_for_loopback { builder.no_proxy() } else { builder };
        builder.build().map_err(reqwest::Error::without_url).context("the HTTP client does not start")
    }
}
