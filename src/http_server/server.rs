//! The server's own thread: takes connections, and bounds each in what it may send and how long it may last.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use super::app_state::AppState;
use super::router::router;
use super::settings::HttpServerSettings;
use super::store_reader_pool;
use crate::clock;

/// Connections at one time; further ones wait until one of these has ended.
const CONNECTIONS_MAX: usize = 128;

/// From the first byte of a request's head to its last, and between two requests.
const HEAD_TIME: Duration = Duration::from_secs(5);

/// After this a connection is closed behind the answer that it is at.
const CONNECTION_TIME: Duration = Duration::from_secs(30);

/// Who has not read that answer by then does not get the rest of it.
const LAST_ANSWER_TIME: Duration = Duration::from_secs(30);

/// A request's head in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Lines of a request's head; browsers send about twenty.
const HEADERS_MAX: usize = 64;

/// After a fault in taking connections (too many open files) the next one is taken so much later.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// What is being answered when the server stops has so long to end.
const STOP_TIME: Duration = Duration::from_secs(1);

/// A server at work; it stops when it is dropped.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// Begins to serve, on a thread of its own.
    pub fn start_server_thread(settings: HttpServerSettings) -> Result<Self> {
        let listen = settings.listen;
        let listener = TcpListener::bind(listen)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .with_context(|| format!("cannot listen on {listen}"))?;
        let address = listener.local_addr().context("cannot find out where this listens")?;
        let app = Arc::new(AppState::new(settings)?);
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(store_reader_pool::AT_ONCE)
            .thread_name("http-reader")
            .build()
            .context("cannot start to serve HTTP")?;
        let serving = move || {
            runtime.block_on(serve_connections(listener, router(&app), stopped));
            runtime.shutdown_timeout(STOP_TIME);
        };
        let thread = std::thread::Builder::new()
            .name("http".to_owned())
            .spawn(serving)
            .context("cannot start to serve HTTP")?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// The address that the server listens on.
    pub fn listen_address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended all the same.
            let _ = thread.join();
        }
    }
}

async fn serve_connections(listener: TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!("HTTP is not served: {error}"),
    };
    tokio::select! {
        () = accept_connections(&listener, &router) => {}
        _ = stopped => {}
    }
}

/// Answers whoever connects, until it is dropped: then its connections end too.
pub async fn accept_connections(listener: &tokio::net::TcpListener, router: &Router) {
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let router = router.clone();
                connections.spawn(async move {
                    serve_connection(stream, router).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!("a connection could not be taken: {error}");
                clock::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection until its end. What goes wrong with it is the client's affair.
async fn serve_connection(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut served = std::pin::pin!(served);
    tokio::select! {
        _ = served.as_mut() => return,
        () = clock::sleep(CONNECTION_TIME) => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(LAST_ANSWER_TIME, served).await;
}
