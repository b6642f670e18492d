//! The way into a server on the loopback, and who is inside.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// A guest who does not leave must fail the test and not hang it.
const PATIENCE: Duration = Duration::from_secs(20);

/// It serves each connection on a thread of its own. Its threads end with the test's process.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    book: Arc<Book>,
}

#[derive(Debug, Default)]
struct Book {
    guests: Mutex<Guests>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Guests {
    came: HashSet<SocketAddr>,
    inside: usize,
}

impl Door {
    pub(crate) fn open(serve: impl Fn(&TcpStream) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let book = Arc::new(Book::default());
        let at_door = Arc::clone(&book);
        thread::spawn(move || {
            while let Ok((connection, guest)) = listener.accept() {
                at_door.note(|guests| {
                    guests.came.insert(guest);
                    guests.inside += 1;
                });
                let (book, serve) = (Arc::clone(&at_door), serve.clone());
                thread::spawn(move || {
                    serve(&connection);
                    book.note(|guests| guests.inside -= 1);
                });
            }
        });
        Self { address, book }
    }

    /// Waits until all is read that was sent by those who are gone: what a program that was killed sent last can
    /// still be on its way.
    pub(crate) fn until_empty(&self) {
        // Guests come in one after the other, so everybody before this one is inside by then.
        let last = TcpStream::connect(self.address).unwrap().local_addr().unwrap();
        let is_busy = |guests: &mut Guests| !guests.came.contains(&last) || guests.inside > 0;
        let waited =
            self.book.changed.wait_timeout_while(self.book.guests.lock().unwrap(), PATIENCE, is_busy);
        assert!(!waited.unwrap().1.timed_out(), "{}: somebody is still there", self.address);
    }
}

impl Book {
    fn note(&self, what: impl FnOnce(&mut Guests)) {
        what(&mut self.guests.lock().unwrap());
        self.changed.notify_all();
    }
}
