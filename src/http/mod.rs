//! What is served over HTTP: pages, a search, feeds, health and metrics, all read from the store. Knows requests,
//! headers, their limits and status codes; runs on threads and connections of its own, so that no
//! request holds up a poll or a delivery. It must never know of SQL, a source, a sink or a list, and never write.

mod allowed_hosts;
mod app_state;
mod conditional_request;
mod feeds;
mod health;
mod last_modified_times;
mod metrics;
mod page_error;
mod pages;
mod reader_pool;
mod request_guard;
mod request_log;
mod response;
mod router;
mod search_params;
mod served_health;
mod server;
mod settings;

pub use served_health::{ServedFeed, ServedHealth, ServedStatus};
pub use server::{HttpServer, accept_connections};
pub use settings::{HealthCheck, HttpServerSettings, StoreWriteCheck};
