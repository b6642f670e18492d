//! What is served over HTTP: pages, a search, feeds, health and metrics, all read from the store. Knows requests,
//! headers, their limits and status codes; runs on threads and connections of its own, so that no
//! request holds up a poll or a delivery. It must never know of SQL, a source, a sink or a list, and never write.

mod allowed_hosts;
mod app_state;
mod cache_control_headers;
mod conditional_response;
mod hardening_middleware;
mod health_handlers;
mod health_snapshot;
mod http_error;
mod metrics;
mod page_handlers;
mod request_log;
mod router;
mod search_params;
mod served_last_modified;
mod server;
mod settings;
mod store_reader_pool;
mod topic_feeds;

pub use health_snapshot::{ServedFeedHealth, ServedHealth, ServedStatus};
pub use server::{HttpServer, accept_connections};
pub use settings::{HealthCheck, HttpServerSettings, StoreWriteCheck};
