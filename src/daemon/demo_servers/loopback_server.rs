//! A server on a free port of the loopback.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::http_server::accept_connections;

/// A server on a free port of 127.0.0.1, which answers from the current runtime until it is dropped.
#[derive(Debug)]
pub(super) struct LoopbackServer {
    pub(super) address: SocketAddr,
    pub(super) task: JoinHandle<()>,
}

impl LoopbackServer {
    /// Starts to serve; `name` is for the error.
    pub(super) async fn start(name: &str, router: Router) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener =
            listener.with_context(|| format!("the demo's {name} could not listen on 127.0.0.1"))?;
        let address = listener.local_addr().with_context(|| format!("the demo's {name} has no address"))?;
        let task = tokio::spawn(async move { accept_connections(&listener, &router).await });
        Ok(Self { address, task })
    }
}

impl Drop for LoopbackServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
