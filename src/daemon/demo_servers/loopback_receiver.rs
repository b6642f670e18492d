//! A receiver on the loopback that takes what is posted to it and keeps it to be looked at.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::post;

use super::loopback_server::LoopbackServer;

/// What every receiver of chat and webhook messages understands as taken; Slack's own word.
const TAKEN: &str = "ok";

/// A server that answers `POST /<name>` as a channel's webhook does. It stops when it is dropped.
#[derive(Debug)]
pub struct LoopbackReceiver {
    server: LoopbackServer,
    posted: Arc<Mutex<Vec<PostedMessage>>>,
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
    /// Starts the server.
    pub async fn start() -> anyhow::Result<Self> {
        let posted = Arc::new(Mutex::new(Vec::new()));
        let router =
            Router::new().route("/{name}", post(record_posted_message)).with_state(Arc::clone(&posted));
        Ok(Self { server: LoopbackServer::start("receiver", router).await?, posted })
    }

    /// The address to post to under a name.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.server.address)
    }

    /// What was posted since the last call, in its order.
    pub fn take_posted_messages(&self) -> Vec<PostedMessage> {
        std::mem::take(&mut *self.posted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn record_posted_message(
    State(posted): State<Arc<Mutex<Vec<PostedMessage>>>>,
    Path(name): Path<String>,
    body: Bytes,
) -> &'static str {
    posted.lock().unwrap_or_else(PoisonError::into_inner).push(PostedMessage { name, body: body.into() });
    TAKEN
}
