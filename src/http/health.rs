//! Whether the process lives, and whether what it tells can be relied on.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::AppState;
use super::response::{PLAIN_TEXT, no_store};
use crate::render::page::ComponentHealth;

/// The process answers.
pub(super) async fn alive() -> Response {
    no_store(StatusCode::OK, PLAIN_TEXT, "ok\n")
}

/// The store answers, and all is in order; a line for each thing that is not.
pub(super) async fn ready(State(app): State<Arc<AppState>>) -> Response {
    let (look, now) = (Arc::clone(&app.settings.health_check), app.now());
    let standing = match app.readers.read(move |reader| look(reader, now)).await {
        Ok(standing) => standing,
        Err(error) => {
            tracing::warn!("not ready: {error}");
            return no_store(StatusCode::SERVICE_UNAVAILABLE, PLAIN_TEXT, "the history does not answer\n");
        }
    };
    let mut wrong = String::new();
    for topic in standing.topics.iter().filter(|topic| topic.health.wrong_since().is_some()) {
        let _ = writeln!(wrong, "topic {}: {}", topic.name, topic.health);
    }
    for thing in standing.components.iter().filter(|thing| thing.health != ComponentHealth::Healthy) {
        let _ = writeln!(wrong, "{} {}: {}", thing.kind, thing.name, thing.words);
    }
    if wrong.is_empty() {
        no_store(StatusCode::OK, PLAIN_TEXT, "ready\n")
    } else {
        no_store(StatusCode::SERVICE_UNAVAILABLE, PLAIN_TEXT, wrong)
    }
}
