//! Where mail is sent to: a server on the loopback that takes every message and remembers it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::loopback_server::Door;

/// The server.
#[derive(Debug)]
pub(crate) struct Letterbox {
    door: Door,
    letters: Arc<Mutex<Vec<String>>>,
    sessions: Arc<AtomicUsize>,
}

impl Letterbox {
    /// It says so late that it has a letter.
    pub(crate) fn answering_after(latency: Duration) -> Self {
        let letters = Arc::default();
        let inside = Arc::clone(&letters);
        let sessions = Arc::new(AtomicUsize::new(0));
        let begun = Arc::clone(&sessions);
        let door = Door::open(move |connection| {
            let _: Option<()> = talk(connection, &inside, &begun, latency);
        });
        Self { door, letters, sessions }
    }

    /// The `[[sink]]` of this name, for these readers.
    pub(crate) fn sink(&self, name: &str, to: &[&str]) -> String {
        format!(
            "[[sink]]\nname = \"{name}\"\nkind = \"email\"\nserver = \"smtp+plain://{}\"\n\
             from = \"papers@example.org\"\nto = {to:?}\n\n",
            self.door.address
        )
    }

    /// How many clients have said who they are.
    pub(crate) fn sessions(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }

    /// All that it took, oldest first.
    pub(crate) fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }

    /// Waits until nobody is talking to it.
    pub(crate) fn until_quiet(&self) {
        self.door.until_empty();
    }
}

/// Talks until the other side ends; a letter counts once its last line is here, whether or not the other side
/// hears of it.
fn talk(
    connection: &TcpStream,
    letters: &Mutex<Vec<String>>,
    sessions: &AtomicUsize,
    latency: Duration,
) -> Option<()> {
    let mut reader = BufReader::new(connection);
    let answer = |words: &str| {
        let mut connection = connection;
        connection.write_all(format!("{words}\r\n").as_bytes()).ok()
    };
    answer("220 loopback")?;
    loop {
        let line = line(&mut reader)?;
        match line.split_whitespace().next()? {
            "DATA" => {
                answer("354 go")?;
                let letter = letter(&mut reader)?;
                letters.lock().unwrap().push(letter);
                thread::sleep(latency);
                answer("250 queued")?;
            }
            "EHLO" => {
                sessions.fetch_add(1, Ordering::Relaxed);
                answer("250 loopback")?;
            }
            "QUIT" => return answer("221 bye"),
            _ => answer("250 ok")?,
        }
    }
}

fn letter(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut letter = String::new();
    loop {
        match line(reader)?.as_str() {
            ".\r\n" => return Some(letter),
            line => letter.push_str(line.strip_prefix('.').unwrap_or(line)),
        }
    }
}

fn line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    Some(line)
}
