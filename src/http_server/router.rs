//! Every address that there is, and the layers around them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, map_response, map_response_with_state};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use super::app_state::AppState;
use super::conditional_response::answer_conditional_request;
use super::http_error::render_error_page;
use super::{hardening_middleware, health_handlers, metrics, page_handlers, request_log};

/// A smaller response fits one packet as it is. All that is served is text, so all of it compresses; and no page has a
/// secret that its compressed length could give away.
const COMPRESSED_BYTES_MIN: u16 = 1_024;

/// Every address there is.
pub(super) fn router(app: &Arc<AppState>) -> Router {
    let pages = Router::new()
        .route("/", get(page_handlers::serve_status_page))
        .route("/search", get(page_handlers::serve_search_page))
        .route("/topic/{name}", get(page_handlers::serve_topic_page))
        .route("/paper/{*id}", get(page_handlers::serve_paper_page))
        .route("/style.css", get(page_handlers::serve_stylesheet))
        .route("/search.js", get(page_handlers::serve_script))
        .route("/icon.svg", get(page_handlers::serve_favicon))
        .fallback(page_handlers::serve_not_found);
    let monitoring = Router::new()
        .route("/healthz", get(health_handlers::serve_liveness))
        .route("/readyz", get(health_handlers::serve_readiness))
        .route("/status", get(health_handlers::serve_status_text))
        .route("/status.json", get(health_handlers::serve_status_json))
        .route("/metrics", get(metrics::serve_metrics));
    add_middleware_layers(pages, monitoring, app, hardening_middleware::ANSWER_TIME)
}

/// What is around every address: of these layers the last one meets a request first. A person gets an error as a
/// page, a program as plain text.
fn add_middleware_layers(
    pages: Router<Arc<AppState>>,
    monitoring: Router<Arc<AppState>>,
    app: &Arc<AppState>,
    time_max: Duration,
) -> Router {
    let pages = hardening_middleware::add_limit_layers(pages, app, time_max)
        .layer(map_response_with_state(Arc::clone(app), render_error_page));
    pages
        .merge(hardening_middleware::add_limit_layers(monitoring, app, time_max))
        .layer(CompressionLayer::new().gzip(true).compress_when(SizeAbove::new(COMPRESSED_BYTES_MIN)))
        .layer(from_fn(answer_conditional_request))
        .layer(map_response(hardening_middleware::set_security_headers))
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
    use crate::clock::Clock;
    use crate::domain::DatabaseUrl;
    use crate::http_server::cache_control_headers;
    use crate::http_server::settings::HttpServerSettings;

    async fn panicking_handler() -> Response {
        panic!("no {}", "luck")
    }

    async fn never_responds() -> Response {
        std::future::pending().await
    }

    fn test_app_state() -> Arc<AppState> {
        let settings = HttpServerSettings {
            listen: "127.0.0.1:8717".parse().unwrap(),
            hosts: vec![],
            state: DatabaseUrl::Sqlite("no-history.db".into()),
            topics: vec![],
            code_hosts: vec![],
            health_check: Arc::new(|_, _| anyhow::bail!("no health")),
            store_write_check: Arc::new(|_| None),
            clock: Clock::Real,
        };
        Arc::new(AppState::new(settings).unwrap())
    }

    /// Status, media type and policy of what routes that are broken answer to this host.
    async fn response_of_broken_route(path: &str, host: &str) -> (StatusCode, String, bool) {
        let broken = || Router::new().fallback(never_responds);
        let pages = broken().route("/panics", get(panicking_handler));
        let monitoring = Router::new().route("/metrics", get(panicking_handler));
        let router = add_middleware_layers(pages, monitoring, &test_app_state(), Duration::from_millis(20));
        let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
        let response = TowerToHyperService::new(router).call(request).await.unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let has_policy = header("content-security-policy").is_some();
        (response.status(), header("content-type").unwrap_or_default(), has_policy)
    }

    #[tokio::test]
    async fn a_panic_and_a_handler_without_end_are_answered_behind_the_same_guard() {
        let (html, text) = (response_caching::HTML.to_owned(), response_caching::PLAIN_TEXT.to_owned());
        for (path, host, expected) in [
            ("/panics", "localhost", (StatusCode::INTERNAL_SERVER_ERROR, &html)),
            ("/metrics", "localhost", (StatusCode::INTERNAL_SERVER_ERROR, &text)),
            ("/endless", "localhost", (StatusCode::SERVICE_UNAVAILABLE, &html)),
            ("/panics", "evil.example", (StatusCode::MISDIRECTED_REQUEST, &html)),
            ("/metrics", "evil.example", (StatusCode::MISDIRECTED_REQUEST, &text)),
        ] {
            let (status, media_type, has_policy) = response_of_broken_route(path, host).await;
            assert_eq!((status, &media_type, has_policy), (expected.0, expected.1, true), "{path} {host}");
        }
    }
}
