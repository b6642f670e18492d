//! The HTTP client that senders share, before each adds its own.

use std::path::Path;

use reqwest::{ClientBuilder, Url, redirect, retry};
use rustls::ClientConfig;

use super::tls_roots::tls_client_config;
use super::{CONNECT_LIMIT, USER_AGENT};

/// A client that goes nowhere else and tries nothing twice by itself: no redirect, no retry. `HTTPS_PROXY`,
/// `HTTP_PROXY` and `NO_PROXY` are honoured; the authorities of `ca_file` are trusted too.
pub(crate) fn http_client_builder(ca_file: Option<&Path>) -> anyhow::Result<ClientBuilder> {
    Ok(without_redirects_and_retries(with_tls(ClientBuilder::new(), ca_file)?))
}

/// A client for one address. Without TLS it needs no authorities.
pub(crate) fn http_client_builder_for_url(
    url: &Url,
    ca_file: Option<&Path>,
) -> anyhow::Result<ClientBuilder> {
    Ok(without_redirects_and_retries(with_tls_for_url(ClientBuilder::new(), url, ca_file)?))
}

/// A client of this address that trusts the authorities of `ca_file` too.
pub(crate) fn with_tls_for_url(
    builder: ClientBuilder,
    url: &Url,
    ca_file: Option<&Path>,
) -> anyhow::Result<ClientBuilder> {
    if url.scheme() == "https" {
        return with_tls(builder, ca_file);
    }
    // The client wants cryptography also if it never needs any. A second try finds the first one's and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(builder.tls_certs_only([]))
}

fn with_tls(builder: ClientBuilder, ca_file: Option<&Path>) -> anyhow::Result<ClientBuilder> {
    let mut tls = ClientConfig::clone(&*tls_client_config(ca_file)?);
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(builder.tls_backend_preconfigured(tls))
}

fn without_redirects_and_retries(builder: ClientBuilder) -> ClientBuilder {
    builder
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(CONNECT_LIMIT)
}
