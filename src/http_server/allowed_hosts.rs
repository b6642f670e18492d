//! Under which name a request may call this server. A page elsewhere can let its own name point to this machine
//! and have a reader's browser ask here in that name (DNS rebinding); no browser can be made to ask for a name
//! that is not in the address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The names that are good.
#[derive(Debug)]
pub(super) struct AllowedHosts {
    configured_names: Vec<String>,
    /// Whether a request by any address is meant for here, or only one by an address of the loopback.
    allows_any_address: bool,
}

impl AllowedHosts {
    pub(super) fn new(listen: SocketAddr, named: &[String]) -> Self {
        Self { configured_names: named.to_vec(), allows_any_address: !listen.ip().is_loopback() }
    }

    /// Whether a request with this `Host` is meant for here.
    pub(super) fn is_host_header_allowed(&self, host: &str) -> bool {
        let Some(name) = host_without_port(host) else { return false };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        match parse_host_as_ip(&name) {
            Some(ip) => self.allows_any_address || ip.is_loopback() || self.configured_names.contains(&name),
            None => {
                name == "localhost" || name.ends_with(".localhost") || self.configured_names.contains(&name)
            }
        }
    }
}

/// The name, or the address in its brackets; none if what follows is no port.
fn host_without_port(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(rest) => 2 + rest.find(']')?,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_port = |port: &str| port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    (!name.is_empty() && (port.is_empty() || is_port(port))).then_some(name)
}

fn parse_host_as_ip(name: &str) -> Option<IpAddr> {
    match name.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => name.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_loopback_only_this_machines_own_names_are_good() {
        let hosts = AllowedHosts::new("127.0.0.1:8717".parse().unwrap(), &["papers.example.org".to_owned()]);
        for good in [
            "localhost",
            "LOCALHOST:8717",
            "localhost.",
            "a.localhost",
            "127.0.0.1",
            "127.0.0.1:1",
            "127.1.2.3:80",
            "[::1]",
            "[::1]:8717",
            "papers.example.org",
            "Papers.Example.org:443",
        ] {
            assert!(hosts.is_host_header_allowed(good), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "10.0.0.1",
            "[::2]",
            "[::1",
            "::1",
            "127.0.0.1:x",
            "localhost:99999",
            "127.0.0.1.evil.example",
            "papers.example.org.evil",
            "a@localhost",
            "[::1]x",
            ":80",
        ] {
            assert!(!hosts.is_host_header_allowed(bad), "{bad}");
        }
    }

    #[test]
    fn where_other_machines_ask_an_address_is_good_and_a_strange_name_is_not() {
        let hosts = AllowedHosts::new("0.0.0.0:8717".parse().unwrap(), &["papers.example.org".to_owned()]);
        for good in ["10.0.0.1:8717", "[fd00::1]", "papers.example.org", "localhost"] {
            assert!(hosts.is_host_header_allowed(good), "{good}");
        }
        assert!(!hosts.is_host_header_allowed("evil.example"));
    }
}
