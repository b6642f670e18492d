//! A receiver on the loopback that takes what is posted to it and keeps it to be looked at.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What every receiver of chat and webhook messages understands as taken; Slack's own word.
const TAKEN: &str = "ok";

/// A server that answers `POST /<name>` as a channel's webhook does. It stops when it is dropped.
#[derive(Debug)]
pub struct LoopbackReceiver {
    address: SocketAddr,
    posted: Arc<Mutex<Vec<PostedMessage>>>,
    serving: JoinHandle<()>,
}

/// One message that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedMessage {
    /// The receiver's name.
    pub name: String,
    /// The request's body.
    pub body: Vec<u8>,
}

impl LoopbackReceiver {
    /// Listens on a free port of 127.0.0.1 and answers from the current runtime.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("the demo's receiver could not listen on 127.0.0.1")?;
        let address = listener.local_addr().context("the demo's receiver has no address")?;
        let posted = Arc::new(Mutex::new(Vec::new()));
        let router = Router::new().route("/{name}", post(handle_post)).with_state(Arc::clone(&posted));
        let serving = tokio::spawn(async move {
            // It ends only with the task: an error on one connection is that connection's own.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, posted, serving })
    }

    /// The address to post to under a name.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// What was posted since the last call, in its order.
    pub fn take_posted(&self) -> Vec<PostedMessage> {
        std::mem::take(&mut *self.posted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for LoopbackReceiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn handle_post(
    State(posted): State<Arc<Mutex<Vec<PostedMessage>>>>,
    Path(name): Path<String>,
    body: Bytes,
) -> &'static str {
    posted.lock().unwrap_or_else(PoisonError::into_inner).push(PostedMessage { name, body: body.into() });
    TAKEN
}
