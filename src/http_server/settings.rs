//! What a server is started with.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use super::health_snapshot::ServedHealth;
use crate::clock::Clock;
use crate::domain::DatabaseUrl;
use crate::store::StoreReader;

/// Reads the health of topics, sinks and lists at a moment.
pub type HealthCheck = Arc<dyn Fn(&StoreReader, Timestamp) -> Result<ServedHealth> + Send + Sync>;

/// Finds why the store cannot be written at a moment, if it cannot.
pub type StoreWriteCheck = Arc<dyn Fn(Timestamp) -> Option<String> + Send + Sync>;

/// What is served, and at which address.
#[derive(Clone)]
pub struct HttpServerSettings {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// Names, in addition to this machine's own, by which a request may call this server; in lower case.
    pub hosts: Vec<String>,
    /// The history.
    pub state: DatabaseUrl,
    /// The topics to show, in this order.
    pub topics: Vec<String>,
    /// Hosts other than GitHub whose repositories count as code.
    pub code_hosts: Vec<String>,
    /// Reads the health of everything.
    pub health_check: HealthCheck,
    /// Finds whether the store can be written.
    pub store_write_check: StoreWriteCheck,
    /// What the pages take for the present.
    pub clock: Clock,
}

impl std::fmt::Debug for HttpServerSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpServerSettings")
            .field("listen", &self.listen)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
