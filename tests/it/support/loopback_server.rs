//! A server on the loopback, and its open connections.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// A client that does not disconnect must fail the test and not hang it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A port of this machine on which nobody listens, and which nobody gets by chance while whoever is to have it begins: it
/// lies below those that a system gives away by itself.
pub(crate) fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = std::process::id().wrapping_mul(97).wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(next % 10_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A server on the loopback, with a thread for each connection. Its threads end with the test's process.
#[derive(Debug)]
pub(crate) struct LoopbackServer {
    pub(crate) address: SocketAddr,
    connections: Arc<OpenConnections>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    open: Mutex<HashSet<SocketAddr>>,
    changed: Condvar,
}

impl LoopbackServer {
    pub(crate) fn start(serve: impl Fn(&TcpStream) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(OpenConnections::default());
        let shared = Arc::clone(&connections);
        thread::spawn(move || {
            loop {
                let Ok((connection, peer)) = listener.accept() else { continue };
                shared.update_connections(|open| open.insert(peer));
                let (connections, serve) = (Arc::clone(&shared), serve.clone());
                thread::spawn(move || {
                    serve(&connection);
                    connections.update_connections(|open| open.remove(&peer));
                });
            }
        });
        Self { address, connections }
    }

    /// Waits until all is read that was sent by those who are gone: what a program that was killed sent last can
    /// still be on its way.
    pub(crate) fn wait_until_idle(&self) {
        // Connections are accepted one after the other, so each earlier one is open once this one is.
        let last = TcpStream::connect(self.address).unwrap();
        let own = last.local_addr().unwrap();
        self.connections.wait_while(|open| !open.contains(&own));
        drop(last);
        self.connections.wait_while(|open| !open.is_empty());
    }
}

impl OpenConnections {
    fn wait_while(&self, mut is_so: impl FnMut(&HashSet<SocketAddr>) -> bool) {
        let open = self.open.lock().unwrap();
        let waited = self.changed.wait_timeout_while(open, PATIENCE, |open| is_so(open)).unwrap();
        assert!(!waited.1.timed_out(), "a connection is still open: {:?}", *waited.0);
    }

    fn update_connections(&self, what: impl FnOnce(&mut HashSet<SocketAddr>) -> bool) {
        what(&mut self.open.lock().unwrap());
        self.changed.notify_all();
    }
}
