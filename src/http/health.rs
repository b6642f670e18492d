//! Whether the process lives, and whether what it tells can be relied on.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::AppState;
use super::response::no_store;
use crate::render::page::ComponentHealth;

const TEXT: &str = "text/plain; charset=utf-8";

/// The process answers.
pub(super) async fn alive() -> Response {
    no_store(StatusCode::OK, TEXT, "ok\n")
}

/// The store answers, and all is in order; a line for each thing that is not.
pub(super) async fn ready(State(house): State<Arc<AppState>>) -> Response {
    let (look, now) = (Arc::clone(&house.settings.health_check), house.now());
    let standing = match house.readers.read(move |reader| look(reader, now)).await {
        Ok(standing) => standing,
        Err(error) => {
            tracing::warn!("not ready: {error}");
            return no_store(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the history does not answer\n");
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
        no_store(StatusCode::OK, TEXT, "ready\n")
    } else {
        no_store(StatusCode::SERVICE_UNAVAILABLE, TEXT, wrong)
    }
}
