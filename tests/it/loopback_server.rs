//! The way into a server on the loopback, and who is inside.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// A guest who does not leave must fail the test and not hang it.
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

/// It serves each connection on a thread of its own. Its threads end with the test's process.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    book: Arc<Book>,
}

#[derive(Debug, Default)]
struct Book {
    inside: Mutex<HashSet<SocketAddr>>,
    changed: Condvar,
}

impl Door {
    pub(crate) fn open(serve: impl Fn(&TcpStream) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let book = Arc::new(Book::default());
        let at_door = Arc::clone(&book);
        thread::spawn(move || {
            loop {
                let Ok((connection, guest)) = listener.accept() else { continue };
                at_door.note(|inside| inside.insert(guest));
                let (book, serve) = (Arc::clone(&at_door), serve.clone());
                thread::spawn(move || {
                    serve(&connection);
                    book.note(|inside| inside.remove(&guest));
                });
            }
        });
        Self { address, book }
    }

    /// Waits until all is read that was sent by those who are gone: what a program that was killed sent last can
    /// still be on its way.
    pub(crate) fn until_empty(&self) {
        // Guests come in one after the other, so everybody before this one is inside once this one is.
        let last = TcpStream::connect(self.address).unwrap();
        let name = last.local_addr().unwrap();
        self.book.wait_while(|inside| !inside.contains(&name));
        drop(last);
        self.book.wait_while(|inside| !inside.is_empty());
    }
}

impl Book {
    fn wait_while(&self, mut is_so: impl FnMut(&HashSet<SocketAddr>) -> bool) {
        let inside = self.inside.lock().unwrap();
        let waited = self.changed.wait_timeout_while(inside, PATIENCE, |inside| is_so(inside)).unwrap();
        assert!(!waited.1.timed_out(), "somebody is still there: {:?}", *waited.0);
    }

    fn note(&self, what: impl FnOnce(&mut HashSet<SocketAddr>) -> bool) {
        what(&mut self.inside.lock().unwrap());
        self.changed.notify_all();
    }
}
