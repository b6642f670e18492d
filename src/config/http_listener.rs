//! The section `[http]`: where the pages, the feeds and the metrics are served.

use std::net::SocketAddr;

use serde::Serialize;

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;

/// The keys of `[http]`.
pub(super) const SCHEMA: ConfigSectionSchema =
    ConfigSectionSchema { title: "[http]", keys: &["listen", "hosts"], secrets: &[] };

/// Where to listen, for an error to show.
const EXAMPLE: &str = "an address and a port, as in listen = \"127.0.0.1:8717\"";

/// What is served over HTTP, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpListenerConfig {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// Names by which a request may call this server, in addition to this machine's own; in lower case.
    pub hosts: Vec<String>,
}

/// What the section says; none if there is no section, for then nothing is served.
pub(super) fn read_http_section(
    section: &ConfigTable,
    is_there: bool,
    mistakes: &mut Diagnostics,
) -> Option<HttpListenerConfig> {
    if !is_there {
        return None;
    }
    let listen = section.required_value("listen", EXAMPLE, parse_listen_address, mistakes);
    let hosts = section.string_list("hosts", parse_host, mistakes).unwrap_or_default();
    let listen = listen?;
    if !listen.ip().is_loopback() && hosts.is_empty() {
        let words = "is open to other machines, and it has no password";
        let right =
            "127.0.0.1, or say under which names it is meant to be reached: hosts = [\"papers.example.org\"]";
        section.report_invalid("listen", InvalidValue::new(words, right), mistakes);
    }
    Some(HttpListenerConfig { listen, hosts })
}

fn parse_listen_address(text: &str) -> Result<SocketAddr, InvalidValue> {
    let address: SocketAddr =
        text.parse().map_err(|_| InvalidValue::new("is not an address with a port", EXAMPLE))?;
    if address.port() == 0 {
        return Err(InvalidValue::new("has port 0, which is another one each time", EXAMPLE));
    }
    Ok(address)
}

/// A name or an address, without a port.
fn parse_host(text: &str) -> Result<String, InvalidValue> {
    let host = text.to_ascii_lowercase();
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    if is_address || value_parsers::is_valid_host_name(&host) {
        return Ok(host);
    }
    Err(InvalidValue::new(
        "is not the name of a host",
        "a name without scheme and port, as in \"papers.example.org\"",
    ))
}
