//! What the configuration says for all sinks.

use crate::config::Config;

/// Hosts whose repositories count as code in any list of the configuration.
pub(super) fn code_hosts(config: &Config) -> Vec<String> {
    config.lists.iter().flat_map(|list| list.code_hosts.iter().cloned()).collect()
}
