//! What all clients share that speak to other machines: whom TLS trusts, which addresses are behind our wall, what
//! broke below the protocol, what this machine is called, how long an answer asks us to wait, and what of it may be
//! quoted. A leaf; it must never know who is asked, or for what.

pub(crate) mod connection_error_text;
pub(crate) mod http_client_builder;
pub(crate) mod machine_name;
mod pinned_certificate;
pub(crate) mod private_network_guard;
mod public_ip;
pub(crate) mod retry_after_and_quote;
pub(crate) mod tls_roots;

use std::time::Duration;

/// How long connecting may take, with name, TCP, TLS and a proxy's tunnel; far more than a working way needs,
/// and short of every total limit, so that "no connection" is not taken for "no answer".
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// How other machines see us.
pub(crate) const USER_AGENT: &str =
    concat!("paperwire/", env!("CARGO_PKG_VERSION"), " (", env!("CARGO_PKG_REPOSITORY"), ")");
