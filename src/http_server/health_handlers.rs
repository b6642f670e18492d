//! Health for programs that watch this one, each for another kind: whether the process is alive (for what starts it
//! again), whether the store can be used (for load balancers), whether all is in order (for uptime monitors).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::app_state::AppState;
use super::cache_control_headers::{PLAIN_TEXT, uncacheable_response};
use super::health_snapshot::ServedStatus;
use super::http_error::HttpError;
use crate::store::StoreReader;

/// <https://www.rfc-editor.org/rfc/rfc8259#section-11>
const JSON: &str = "application/json";

/// The process answers.
pub(super) async fn serve_liveness() -> Response {
    uncacheable_response(StatusCode::OK, PLAIN_TEXT, "ok\n")
}

/// The store can be read and written. What is wrong with a topic, a sink or a list is no reason to send nobody here:
/// the pages say what it is.
pub(super) async fn serve_readiness(State(app): State<Arc<AppState>>) -> Result<Response, HttpError> {
    let (check, now) = (Arc::clone(&app.settings.store_write_check), app.now());
    let read = move |reader: &StoreReader| {
        reader.paper_count()?;
        Ok(check(now))
    };
    Ok(match app.readers.read(read).await? {
        None => uncacheable_response(StatusCode::OK, PLAIN_TEXT, "ready\n"),
        Some(reason) => uncacheable_response(
            StatusCode::SERVICE_UNAVAILABLE,
            PLAIN_TEXT,
            format!("the history: {reason}\n"),
        ),
    })
}

/// The words of `paperwire status`.
pub(super) async fn serve_status_text(State(app): State<Arc<AppState>>) -> Result<Response, HttpError> {
    let status = app.read_health().await?.status;
    Ok(uncacheable_response(health_status_code(&status), PLAIN_TEXT, status.text))
}

/// The JSON of `paperwire status --json`.
pub(super) async fn serve_status_json(State(app): State<Arc<AppState>>) -> Result<Response, HttpError> {
    let status = app.read_health().await?.status;
    Ok(uncacheable_response(health_status_code(&status), JSON, status.json))
}

fn health_status_code(status: &ServedStatus) -> StatusCode {
    if status.is_in_order { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
