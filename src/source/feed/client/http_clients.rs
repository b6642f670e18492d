//! The HTTP clients of a feed client: to make one for each request would cost more than the request, and so would a new
//! connection for each journal of a publisher.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use reqwest::header::HeaderValue;
use reqwest::{Client, RequestBuilder, Response, Url};
use rustls::ClientConfig;

use crate::clock::Deadline;
use crate::network::http_client_builder::http_client_builder_for_url;
use crate::network::private_network_guard::{AddressPolicy, SharedGuardedResolver};
use crate::network::tls_roots::tls_client_config;
use crate::source::feed::address::FeedAddress;

/// How long a connection is kept for the next feed of its host. Apache closes one after 5 s:
/// <https://httpd.apache.org/docs/2.4/mod/core.html#keepalivetimeout>.
const IDLE_MAX: Duration = Duration::from_secs(4);

/// Makes HTTP clients as they are wanted, and keeps them.
#[derive(Debug)]
pub(super) struct FeedHttpClients {
    user_agent: HeaderValue,
    ca_file: Option<PathBuf>,
    made: Mutex<HashMap<ClientTransportKind, ReusableHttpClient>>,
    /// How long a connection to each host, with scheme and port, may be kept yet.
    kept: Mutex<HashMap<(String, AddressPolicy), Deadline>>,
}

/// What a client is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ClientTransportKind {
    /// One without TLS needs no authorities.
    has_tls: bool,
    /// No proxy reaches this machine itself.
    is_for_loopback: bool,
    /// A connection that one feed may have is not used by another one that may not.
    policy: AddressPolicy,
}

/// A client, and the TLS that it was made with.
#[derive(Debug)]
struct ReusableHttpClient {
    client: Client,
    tls: Option<Arc<ClientConfig>>,
}

impl FeedHttpClients {
    pub(super) fn new(user_agent: HeaderValue, ca_file: Option<PathBuf>) -> Self {
        Self { user_agent, ca_file, made: Mutex::default(), kept: Mutex::default() }
    }

    /// The client for an address, which looks up no name but for a request that is guarded. One that trusts older authorities
    /// than there are now is made again.
    pub(super) fn client_for(&self, address: &FeedAddress, policy: AddressPolicy) -> anyhow::Result<Client> {
        let kind = ClientTransportKind {
            has_tls: address.is_https(),
            is_for_loopback: address.is_loopback(),
            policy,
        };
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

    /// Sends a request to this address: once more if there is no answer on a connection that was kept, since its server may
    /// have closed it at that moment.
    pub(super) async fn send_request(
        &self,
        request: RequestBuilder,
        url: &Url,
        policy: AddressPolicy,
    ) -> reqwest::Result<Response> {
        let host = (url.origin().ascii_serialization(), policy);
        let again = if self.may_have_kept_connection(&host) { request.try_clone() } else { None };
        let answer = match (request.send().await, again) {
            (Err(error), Some(again)) if !error.is_connect() && !error.is_timeout() => again.send().await?,
            (answer, _) => answer?,
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, until| !until.remaining_time().is_zero());
        kept.insert(host, Deadline::starting_now(IDLE_MAX));
        Ok(answer)
    }

    fn may_have_kept_connection(&self, host: &(String, AddressPolicy)) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(host).is_some_and(|until| !until.remaining_time().is_zero())
    }

    fn build_client(&self, address: &FeedAddress, kind: ClientTransportKind) -> anyhow::Result<Client> {
        let builder = http_client_builder_for_url(address.full_feed_url(), self.ca_file.as_deref())?
            .user_agent(self.user_agent.clone())
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(IDLE_MAX)
            .dns_resolver(SharedGuardedResolver);
        let builder = if kind.is_for_loopback { builder.no_proxy() } else { builder };
        builder.build().map_err(reqwest::Error::without_url).context("the HTTP client does not start")
    }
}
