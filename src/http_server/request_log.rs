//! The request log: one event for each request. It has the path and not the query, for what somebody looks for is
//! theirs, and nothing of who asked.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use super::hardening_middleware::ANSWER_TIME;
use crate::clock::Deadline;

pub(super) async fn log_request(request: Request, next: Next) -> Response {
    let limit = Deadline::starting_now(ANSWER_TIME);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let milliseconds = u64::try_from(limit.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    tracing::debug!(%method, path, status, milliseconds, "answered a request");
    response
}
