//! A fake mail server on the loopback that accepts every message and remembers it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::support::loopback_server::LoopbackServer;

/// The server.
#[derive(Debug)]
pub(crate) struct FakeSmtp {
    server: LoopbackServer,
    messages: Arc<Mutex<Vec<String>>>,
    sessions: Arc<AtomicUsize>,
}

impl FakeSmtp {
    /// A server that accepts a message only after this long.
    pub(crate) fn answering_after(latency: Duration) -> Self {
        let messages = Arc::default();
        let received = Arc::clone(&messages);
        let sessions = Arc::new(AtomicUsize::new(0));
        let started = Arc::clone(&sessions);
        let server = LoopbackServer::start(move |connection| {
            let _: Option<()> = serve_session(connection, &received, &started, latency);
        });
        Self { server, messages, sessions }
    }

    /// The `[[sink]]` of this name, for these readers.
    pub(crate) fn sink_config(&self, name: &str, to: &[&str]) -> String {
        format!(
            "[[sink]]\nname = \"{name}\"\nkind = \"email\"\nserver = \"smtp+plain://{}\"\n\
             from = \"papers@example.org\"\nto = {to:?}\n\n",
            self.server.address
        )
    }

    /// How many clients have said who they are.
    pub(crate) fn session_count(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }

    /// All that it took, oldest first.
    pub(crate) fn received_messages(&self) -> Vec<String> {
        self.messages.lock().unwrap().clone()
    }

    /// Waits until nobody is talking to it.
    pub(crate) fn wait_until_idle(&self) {
        self.server.wait_until_idle();
    }
}

/// Talks until the other side ends; a message counts once its last line is here, whether or not the other side
/// hears of it.
fn serve_session(
    connection: &TcpStream,
    messages: &Mutex<Vec<String>>,
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
        let line = read_line(&mut reader)?;
        match line.split_whitespace().next()? {
            "DATA" => {
                answer("354 go")?;
                let message = read_message(&mut reader)?;
                messages.lock().unwrap().push(message);
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

fn read_message(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut message = String::new();
    loop {
        match read_line(reader)?.as_str() {
            ".\r\n" => return Some(message),
            line => message.push_str(line.strip_prefix('.').unwrap_or(line)),
        }
    }
}

fn read_line(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    Some(line)
}
