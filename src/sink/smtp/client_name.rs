//! The name by which a mail server is greeted.

use std::net::Ipv4Addr;

use lettre::transport::smtp::extension::ClientId;

use crate::config_table::value_parsers::is_valid_host_name;
use crate::network::machine_name::machine_name;

/// An address literal, as RFC 5321 section 4.1.4 wants of a client that has no name of its own; the loopback's, so that no
/// mail shows the addresses of the network behind it.
pub(super) const LOOPBACK: ClientId = ClientId::Ipv4(Ipv4Addr::LOCALHOST);

/// This machine's own name if it is fully qualified, with its domain: many servers refuse any other.
pub(super) fn client_id_of_machine() -> ClientId {
    machine_name().as_deref().and_then(client_id_from_host_name).unwrap_or(LOOPBACK)
}

/// Domains that no server outside knows; names in them may tell of the network behind: RFC 6762, RFC 8375, and what clouds use.
const INNER_DOMAINS: [&str; 6] = [".local", ".internal", ".lan", ".localdomain", ".home.arpa", ".localhost"];

fn client_id_from_host_name(name: &str) -> Option<ClientId> {
    let is_inner = INNER_DOMAINS.iter().any(|domain| name.to_ascii_lowercase().ends_with(domain));
    let is_fully_qualified = name.contains('.') && !is_inner && name.parse::<Ipv4Addr>().is_err();
    (is_fully_qualified && is_valid_host_name(name)).then(|| ClientId::Domain(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_named_if_its_name_is_fully_qualified() {
        let named = |name: &str| client_id_from_host_name(name).map(|id| id.to_string());
        assert_eq!(named("papers.example.org").as_deref(), Some("papers.example.org"));
        for other in
            ["", "papers", "localhost", "localhost.localdomain", "192.0.2.1", "a_b.example.org", "a..b"]
        {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
