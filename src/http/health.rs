//! Whether the process lives, and whether what it tells can be relied on.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::House;
use super::answer::passing;
use crate::render::page::Order;

const TEXT: &str = "text/plain; charset=utf-8";

/// The process answers.
pub(super) async fn alive() -> Response {
    passing(StatusCode::OK, TEXT, "ok\n")
}

/// The store answers, and all is in order; a line for each thing that is not.
pub(super) async fn ready(State(house): State<Arc<House>>) -> Response {
    let (look, now) = (Arc::clone(&house.settings.look), house.now());
    let standing = match house.readers.read(move |reader| look(reader, now)).await {
        Ok(standing) => standing,
        Err(error) => {
            tracing::warn!("not ready: {error}");
            return passing(StatusCode::SERVICE_UNAVAILABLE, TEXT, "the history does not answer\n");
        }
    };
    let mut wrong = String::new();
    for topic in standing.topics.iter().filter(|topic| topic.judgement.wrong_since().is_some()) {
        let _ = writeln!(wrong, "topic {}: {}", topic.name, topic.judgement);
    }
    for thing in standing.things.iter().filter(|thing| thing.order != Order::Well) {
        let _ = writeln!(wrong, "{} {}: {}", thing.kind, thing.name, thing.words);
    }
    if wrong.is_empty() {
        passing(StatusCode::OK, TEXT, "ready\n")
    } else {
        passing(StatusCode::SERVICE_UNAVAILABLE, TEXT, wrong)
    }
}
