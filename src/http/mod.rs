//! What is served over HTTP: pages, a search, feeds, health and metrics, all read from the store. Knows requests,
//! headers, their limits, and what an answer is called; runs on threads and connections of its own, so that no
//! request holds up a poll or a delivery. It must never know of SQL, a source, a sink or a list, and never write.

mod allowed_hosts;
mod conditional;
mod feeds;
mod guard;
mod health;
mod metrics;
mod page_error;
mod pages;
mod reader_pool;
mod response;
mod search_params;
mod server;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response, map_response_with_state};
use axum::routing::get;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::render::page::{ComponentSummary, PageTemplates, TopicSummary};
use crate::store::{SinkQueue, StoreReader};
use allowed_hosts::AllowedHosts;
use conditional::answer_conditional_request;
use page_error::render_error_page;
use reader_pool::ReaderPool;
use response::CacheValidators;
pub use server::HttpServer;

/// Reads the health of topics, sinks and lists at a moment.
pub type HealthCheck = Arc<dyn Fn(&StoreReader, Timestamp) -> Result<ServedHealth> + Send + Sync>;

/// How things stand.
#[derive(Debug)]
pub struct ServedHealth {
    /// The topics to show, in their order.
    pub topics: Vec<TopicSummary>,
    /// All else, in its order.
    pub components: Vec<ComponentSummary>,
    /// The messages of each sink.
    pub queues: Vec<(String, SinkQueue)>,
}

/// What is served, and where.
#[derive(Clone)]
pub struct HttpServerSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Names, beside this machine's own, by which a request may call this server; in lower case.
    pub hosts: Vec<String>,
    /// The history.
    pub state: PathBuf,
    /// The topics to show, in this order.
    pub topics: Vec<String>,
    /// Hosts beside GitHub whose repositories count as code.
    pub code_hosts: Vec<String>,
    /// How things stand.
    pub health_check: HealthCheck,
    /// What the pages take for the present.
    pub clock: Clock,
}

impl std::fmt::Debug for HttpServerSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("listen", &self.listen)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What every request is answered from.
struct AppState {
    settings: HttpServerSettings,
    pages: PageTemplates,
    readers: ReaderPool,
    hosts: AllowedHosts,
    validators: CacheValidators,
}

impl AppState {
    fn new(settings: HttpServerSettings) -> Result<Self> {
        Ok(Self {
            pages: PageTemplates::new()?,
            readers: ReaderPool::new(settings.state.clone()),
            hosts: AllowedHosts::new(settings.listen, &settings.hosts),
            validators: CacheValidators::default(),
            settings,
        })
    }

    fn now(&self) -> Timestamp {
        self.settings.clock.now()
    }
}

/// Every address there is, and what is around all of them: the last layer meets a request first.
fn router(app: &Arc<AppState>) -> Router {
    Router::new()
        .route("/", get(pages::status))
        .route("/search", get(pages::search))
        .route("/topic/{name}", get(pages::topic))
        .route("/paper/{*id}", get(pages::paper))
        .route("/style.css", get(pages::style))
        .route("/search.js", get(pages::script))
        .route("/icon.svg", get(pages::icon))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .fallback(pages::not_found)
        .layer(from_fn_with_state(Arc::clone(app), guard::guard))
        .layer(map_response_with_state(Arc::clone(app), render_error_page))
        .layer(from_fn(answer_conditional_request))
        .layer(map_response(guard::set_security_headers))
        .with_state(Arc::clone(app))
}
