//! The HTTP client that senders share, before each adds its own.

use std::path::Path;

use reqwest::{Certificate, ClientBuilder, redirect, retry};

use super::tls_roots::extra_root_certificates;
use super::{CONNECT_LIMIT, USER_AGENT};

/// A client that goes nowhere else and tries nothing twice by itself: no redirect, no retry. `HTTPS_PROXY`,
/// `HTTP_PROXY` and `NO_PROXY` are honoured; the authorities of `ca_file` are trusted too.
pub(crate) fn client_builder(ca_file: Option<&Path>) -> anyhow::Result<ClientBuilder> {
    let roots = extra_root_certificates(ca_file)?;
    let roots: Vec<_> = roots.iter().map(|root| Certificate::from_der(root)).collect::<Result<_, _>>()?;
    Ok(ClientBuilder::new()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(CONNECT_LIMIT)
        .tls_certs_merge(roots))
}
