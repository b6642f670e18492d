//! Keeps a request from what is behind our wall, whatever its URL or its name server says.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::public_ip::is_public_ip;

/// How far a URL may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressPolicy {
    /// To public addresses.
    PublicOnly,
    /// Anywhere: `allow_private`.
    AnyAddress,
}

/// A host that is, or resolves to, no public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrivateAddressError;

impl fmt::Display for PrivateAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host is on the loopback or in a private network")
    }
}

impl std::error::Error for PrivateAddressError {}

impl AddressPolicy {
    /// Whether the URL's host may be asked as far as its own text says. An address in it never meets the resolver;
    /// in whatever notation it was written, the parser has turned it into the usual one.
    pub(crate) fn check_url_host(self, url: &Url) -> Result<(), PrivateAddressError> {
        match ip_literal(url) {
            Some(address) => self.check_addresses(&[address]),
            None => Ok(()),
        }
    }

    /// Whether a name that resolves to these may be used: one bad address among good ones is somebody's
    /// trick.
    fn check_addresses(self, addresses: &[IpAddr]) -> Result<(), PrivateAddressError> {
        match self {
            Self::AnyAddress => Ok(()),
            Self::PublicOnly if addresses.iter().copied().all(is_public_ip) => Ok(()),
            Self::PublicOnly => Err(PrivateAddressError),
        }
    }
}

fn ip_literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// A host that is asked, and how far its name may lead. That is resolved once a connection, which goes to one of the
/// addresses that were looked at. Any other name is a proxy's, which the operator has set; what is behind it, the proxy
/// resolves and must guard.
#[derive(Debug)]
pub(crate) struct GuardedHost {
    host: String,
    policy: AddressPolicy,
}

tokio::task_local! {
    /// The host of the request that a task is making.
    static ASKED_HOST: GuardedHost;
}

impl GuardedHost {
    /// The host of this URL.
    pub(crate) fn of_url(url: &Url, policy: AddressPolicy) -> Self {
        Self { host: url.host_str().unwrap_or_default().to_owned(), policy }
    }

    /// Makes a request to this host by a client that has a [`SharedGuardedResolver`].
    pub(crate) async fn run_under_private_network_guard<T>(self, request: impl Future<Output = T>) -> T {
        ASKED_HOST.scope(self, request).await
    }

    fn address_policy_of_host(&self, name: &Name) -> AddressPolicy {
        if name.as_str().eq_ignore_ascii_case(&self.host) { self.policy } else { AddressPolicy::AnyAddress }
    }
}

/// Resolves names for the client of one host.
#[derive(Debug)]
pub(crate) struct GuardedResolver(GuardedHost);

impl GuardedResolver {
    /// For the host of this URL.
    pub(crate) fn resolver_for_url(url: &Url, policy: AddressPolicy) -> Self {
        Self(GuardedHost::of_url(url, policy))
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.address_policy_of_host(&name);
        resolve_under_policy(policy, name)
    }
}

/// Resolves names for a client of many hosts, each by the guard of the request that wants to know it. Outside of one, no name
/// leads behind the wall.
#[derive(Debug)]
pub(crate) struct SharedGuardedResolver;

impl Resolve for SharedGuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = ASKED_HOST.try_with(|asked| asked.address_policy_of_host(&name));
        resolve_under_policy(policy.unwrap_or(AddressPolicy::PublicOnly), name)
    }
}

fn resolve_under_policy(policy: AddressPolicy, name: Name) -> Resolving {
    Box::pin(async move {
        let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
        let addresses: Vec<_> = found.iter().map(SocketAddr::ip).collect();
        policy.check_addresses(&addresses)?;
        Ok(Box::new(found.into_iter()) as Addrs)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_behind_the_wall_is_known_in_every_notation() {
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://127.0.0.1./",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://0/",
            "https://10.1.2.3:8443/",
            "https://169.254.169.254/latest",
            "https://user:word@192.168.0.1/",
            "https://１２７.0.0.1/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!(AddressPolicy::PublicOnly.check_url_host(&parsed), Err(PrivateAddressError), "{url}");
            assert_eq!(AddressPolicy::AnyAddress.check_url_host(&parsed), Ok(()), "{url}");
        }
        for url in ["https://1.1.1.1/", "https://hooks.slack.com/", "https://[2606:4700::1111]/"] {
            assert_eq!(AddressPolicy::PublicOnly.check_url_host(&Url::parse(url).unwrap()), Ok(()), "{url}");
        }
    }

    #[test]
    fn one_private_address_among_public_ones_is_enough_to_refuse() {
        let mixed = ["1.1.1.1".parse().unwrap(), "10.0.0.1".parse().unwrap()];
        assert_eq!(AddressPolicy::PublicOnly.check_addresses(&mixed), Err(PrivateAddressError));
        assert_eq!(AddressPolicy::PublicOnly.check_addresses(&mixed[..1]), Ok(()));
    }
}
