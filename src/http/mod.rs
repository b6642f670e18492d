//! What is served over HTTP: pages, a search, feeds, health and metrics, all read from the store. Knows requests,
//! headers, their limits and status codes; runs on threads and connections of its own, so that no
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
mod request_log;
mod response;
mod search_params;
mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::middleware::{from_fn, map_response, map_response_with_state};
use axum::routing::get;
use jiff::Timestamp;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use crate::clock::Clock;
use crate::domain::StoreUrl;
use crate::render::page::{ComponentSummary, PageTemplates, TopicSummary};
use crate::store::{SinkQueue, StoreReader};
use allowed_hosts::AllowedHosts;
use conditional::answer_conditional_request;
use page_error::render_error_page;
use reader_pool::{ReaderPool, StoreReadError};
use response::CacheValidators;
pub use server::HttpServer;

/// A smaller response fits one packet as it is. All that is served is text, so all of it compresses; and no page has a
/// secret that its compressed length could give away.
const COMPRESSED_BYTES_MIN: u16 = 1_024;

/// Reads the health of topics, sinks and lists at a moment.
pub type HealthCheck = Arc<dyn Fn(&StoreReader, Timestamp) -> Result<ServedHealth> + Send + Sync>;

/// Finds why the store cannot be written at a moment, if it cannot.
pub type StoreWriteCheck = Arc<dyn Fn(Timestamp) -> Option<String> + Send + Sync>;

/// The health of everything.
#[derive(Debug)]
pub struct ServedHealth {
    /// The whole of it, as `paperwire status` has it.
    pub status: ServedStatus,
    /// The topics to show, in their order.
    pub topics: Vec<TopicSummary>,
    /// All else, in its order.
    pub components: Vec<ComponentSummary>,
    /// The messages of each sink.
    pub queues: Vec<(String, SinkQueue)>,
}

/// The health of everything in words.
#[derive(Debug)]
pub struct ServedStatus {
    /// Whether nothing is wrong.
    pub is_in_order: bool,
    /// The words of `paperwire status`.
    pub text: String,
    /// The JSON of `paperwire status --json`.
    pub json: String,
}

/// What is served, and at which address.
#[derive(Clone)]
pub struct HttpServerSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Names, in addition to this machine's own, by which a request may call this server; in lower case.
    pub hosts: Vec<String>,
    /// The history.
    pub state: StoreUrl,
    /// The topics to show, in this order.
    pub topics: Vec<String>,
    /// Hosts other than GitHub whose repositories count as code.
    pub code_hosts: Vec<String>,
    /// Reads the health of everything.
    pub health_check: HealthCheck,
    /// Finds whether the store can be written.
    pub store_write_check: StoreWriteCheck,
    /// What the pages take for the present.
    pub clock: Clock,
}

impl std::fmt::Debug for HttpServerSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpServerSettings")
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

    async fn read_health(&self) -> Result<ServedHealth, StoreReadError> {
        let (check, now) = (Arc::clone(&self.settings.health_check), self.now());
        self.readers.read(move |reader| check(reader, now)).await
    }
}

/// Every address there is.
fn router(app: &Arc<AppState>) -> Router {
    let pages = Router::new()
        .route("/", get(pages::status))
        .route("/search", get(pages::search))
        .route("/topic/{name}", get(pages::topic))
        .route("/paper/{*id}", get(pages::paper))
        .route("/style.css", get(pages::style))
        .route("/search.js", get(pages::script))
        .route("/icon.svg", get(pages::icon))
        .fallback(pages::not_found);
    let monitoring = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/status", get(health::status))
        .route("/status.json", get(health::status_json))
        .route("/metrics", get(metrics::metrics));
    with_layers(pages, monitoring, app, guard::ANSWER_TIME)
}

/// What is around every address: of these layers the last one meets a request first. A person gets an error as a
/// page, a program as plain text.
fn with_layers(
    pages: Router<Arc<AppState>>,
    monitoring: Router<Arc<AppState>>,
    app: &Arc<AppState>,
    time_max: Duration,
) -> Router {
    let pages = guard::within_limits(pages, app, time_max)
        .layer(map_response_with_state(Arc::clone(app), render_error_page));
    pages
        .merge(guard::within_limits(monitoring, app, time_max))
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::new(COMPRESSED_BYTES_MIN)))
        .layer(from_fn(answer_conditional_request))
        .layer(map_response(guard::set_security_headers))
        .layer(from_fn(request_log::log_request))
        .with_state(Arc::clone(app))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use axum::response::Response;
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    async fn panics() -> Response {
        panic!("no {}", "luck")
    }

    async fn never_ends() -> Response {
        std::future::pending().await
    }

    fn app() -> Arc<AppState> {
        let settings = HttpServerSettings {
            listen: "127.0.0.1:8717".parse().unwrap(),
            hosts: vec![],
            state: StoreUrl::Sqlite("no-history.db".into()),
            topics: vec![],
            code_hosts: vec![],
            health_check: Arc::new(|_, _| anyhow::bail!("no health")),
            store_write_check: Arc::new(|_| None),
            clock: Clock::Real,
        };
        Arc::new(AppState::new(settings).unwrap())
    }

    /// Status, media type and policy of what routes that are broken answer to this host.
    async fn answer_of_broken(path: &str, host: &str) -> (StatusCode, String, bool) {
        let broken = || Router::new().fallback(never_ends);
        let pages = broken().route("/panics", get(panics));
        let monitoring = Router::new().route("/metrics", get(panics));
        let router = with_layers(pages, monitoring, &app(), Duration::from_millis(20));
        let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
        let response = TowerToHyperService::new(router).call(request).await.unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let has_policy = header("content-security-policy").is_some();
        (response.status(), header("content-type").unwrap_or_default(), has_policy)
    }

    #[tokio::test]
    async fn a_panic_and_a_handler_without_end_are_answered_behind_the_same_guard() {
        let (html, text) = (response::HTML.to_owned(), response::PLAIN_TEXT.to_owned());
        for (path, host, expected) in [
            ("/panics", "localhost", (StatusCode::INTERNAL_SERVER_ERROR, &html)),
            ("/metrics", "localhost", (StatusCode::INTERNAL_SERVER_ERROR, &text)),
            ("/endless", "localhost", (StatusCode::SERVICE_UNAVAILABLE, &html)),
            ("/panics", "evil.example", (StatusCode::MISDIRECTED_REQUEST, &html)),
            ("/metrics", "evil.example", (StatusCode::MISDIRECTED_REQUEST, &text)),
        ] {
            let (status, media_type, has_policy) = answer_of_broken(path, host).await;
            assert_eq!((status, &media_type, has_policy), (expected.0, expected.1, true), "{path} {host}");
        }
    }
}
