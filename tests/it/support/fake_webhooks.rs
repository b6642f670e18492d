//! A fake receiver of webhooks on the loopback, which remembers each request and answers as the test says.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::loopback_server::LoopbackServer;
use crate::support::test_env::TestEnv;

/// A request that does not come must fail the test and not hang it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server.
#[derive(Debug)]
pub(crate) struct FakeWebhooks {
    server: LoopbackServer,
    shared: Arc<FakeWebhooksState>,
}

/// One request that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebhookRequest {
    /// The receiver: `/slack`, `/hook/secret`.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
    /// Whether its answer was good, and went out.
    pub(crate) was_accepted: bool,
}

/// What a receiver does with a request.
#[derive(Debug, Clone)]
pub(crate) enum WebhookReply {
    /// Takes it.
    Accept,
    /// Answers so, with these more header lines.
    Refuse(u16, &'static str),
    /// Takes it, and the answer is lost.
    Vanish,
    /// Takes it, and says nothing for as long as the other side waits.
    Hang,
    /// Answers with these bytes as they are, and ends.
    Raw(&'static [u8]),
    /// Answers with these bytes, and goes on with the second ones for as long as the other side reads.
    Endless(&'static [u8], &'static [u8]),
}

#[derive(Debug, Default)]
struct FakeWebhooksState {
    memory: Mutex<WebhookMemory>,
    /// Told of each request, and when answers may go.
    changed: Condvar,
    latency: Duration,
}

#[derive(Debug, Default)]
struct WebhookMemory {
    heard: Vec<WebhookRequest>,
    replies: HashMap<String, VecDeque<WebhookReply>>,
    /// Whether answers wait for the test's word.
    is_holding: bool,
}

impl FakeWebhooks {
    pub(crate) fn start() -> Self {
        Self::answering_after(Duration::ZERO)
    }

    /// Receivers that answer only after this long.
    pub(crate) fn answering_after(latency: Duration) -> Self {
        let shared = Arc::new(FakeWebhooksState { latency, ..FakeWebhooksState::default() });
        let inside = Arc::clone(&shared);
        let server = LoopbackServer::start(move |connection| serve_connection(connection, &inside));
        Self { server, shared }
    }

    /// The address of the receiver with this path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    /// The `[[sink]]` of this name and kind, which posts to `/<name>`.
    pub(crate) fn sink_config(&self, env: &TestEnv, name: &str, kind: &str) -> String {
        std::fs::write(env.path(&format!("{name}-url")), self.url(&format!("/{name}"))).unwrap();
        format!(
            "[[sink]]\nname = \"{name}\"\nkind = \"{kind}\"\nurl_file = \"{name}-url\"\nallow_private = true\n\n"
        )
    }

    /// The digests that a webhook of this name got, each once, however often it was sent.
    pub(crate) fn received_digests(&self, name: &str) -> Vec<ReceivedDigest> {
        let heard = self.requests_at(&format!("/{name}"));
        heard.iter().filter(|heard| heard.was_accepted).map(ReceivedDigest::from_request).collect()
    }

    /// The next requests to this path are answered so; those after them are accepted.
    pub(crate) fn reply_with(&self, path: &str, replies: impl IntoIterator<Item = WebhookReply>) {
        self.lock_memory().replies.entry(path.to_owned()).or_default().extend(replies);
    }

    /// Answers to all requests from now on wait until [`release_answers`](Self::release_answers).
    pub(crate) fn hold_answers(&self) {
        self.lock_memory().is_holding = true;
    }

    /// Lets the answers go.
    pub(crate) fn release_answers(&self) {
        self.lock_memory().is_holding = false;
        self.shared.changed.notify_all();
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<WebhookRequest> {
        self.lock_memory().heard.clone()
    }

    /// The requests to this path so far.
    pub(crate) fn requests_at(&self, path: &str) -> Vec<WebhookRequest> {
        self.requests().into_iter().filter(|heard| heard.path == path).collect()
    }

    /// The requests to this path, once there are so many.
    pub(crate) fn wait_for_requests(&self, path: &str, count: usize) -> Vec<WebhookRequest> {
        let are_too_few = |memory: &mut WebhookMemory| {
            memory.heard.iter().filter(|heard| heard.path == path).count() < count
        };
        let waited = self.shared.changed.wait_timeout_while(self.lock_memory(), PATIENCE, are_too_few);
        assert!(!waited.unwrap().1.timed_out(), "{path} heard fewer than {count}: {:?}", self.requests());
        self.requests_at(path)
    }

    /// Waits until nobody is talking to it.
    pub(crate) fn wait_until_idle(&self) {
        self.server.wait_until_idle();
    }

    fn lock_memory(&self) -> MutexGuard<'_, WebhookMemory> {
        self.shared.memory.lock().unwrap()
    }
}

impl FakeWebhooksState {
    fn until_answers_may_go(&self) {
        let memory = self.memory.lock().unwrap();
        let waited = self.changed.wait_timeout_while(memory, PATIENCE, |memory| memory.is_holding);
        assert!(!waited.unwrap().1.timed_out(), "the test gave no word to answer");
    }
}

/// One message of a webhook, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedDigest {
    pub(crate) number: u64,
    /// Each paper with its version, why it is news, and its topics.
    pub(crate) papers: Vec<(String, u64, String, Vec<String>)>,
}

impl ReceivedDigest {
    fn from_request(heard: &WebhookRequest) -> Self {
        let body: Value = serde_json::from_str(&heard.body).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let papers = body["data"]["papers"].as_array().unwrap().iter().map(|paper| {
            let topics = paper["topics"].as_array().unwrap().iter().map(text).collect();
            (text(&paper["id"]), paper["version"].as_u64().unwrap(), text(&paper["news"]), topics)
        });
        Self { number: body["data"]["digest"].as_u64().unwrap(), papers: papers.collect() }
    }

    /// The digest's papers with their versions, in its order.
    pub(crate) fn paper_versions(&self) -> Vec<(&str, u64)> {
        self.papers.iter().map(|(id, version, ..)| (id.as_str(), *version)).collect()
    }
}

fn serve_connection(connection: &TcpStream, shared: &FakeWebhooksState) {
    let mut reader = BufReader::new(connection);
    while let Some(mut heard) = read_request(&mut reader) {
        let mut memory = shared.memory.lock().unwrap();
        let reply =
            memory.replies.get_mut(&heard.path).and_then(VecDeque::pop_front).unwrap_or(WebhookReply::Accept);
        heard.was_accepted = matches!(reply, WebhookReply::Accept);
        let target = heard.path.clone();
        memory.heard.push(heard);
        drop(memory);
        shared.changed.notify_all();
        thread::sleep(shared.latency);
        shared.until_answers_may_go();
        let answer = match reply {
            WebhookReply::Accept => {
                let body = accepting_body(&target);
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            }
            WebhookReply::Refuse(status, headers) => {
                format!("HTTP/1.1 {status} No\r\n{headers}Content-Length: 0\r\n\r\n")
            }
            WebhookReply::Vanish => return,
            WebhookReply::Raw(bytes) => return write_raw(connection, bytes),
            WebhookReply::Endless(start, more) => {
                write_raw(connection, start);
                let mut connection = connection;
                while connection.write_all(more).is_ok() {}
                return;
            }
            WebhookReply::Hang => {
                let _ = reader.read(&mut [0]);
                return;
            }
        };
        let mut connection = connection;
        if connection.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// What a receiver says to a message that it takes. Only an ntfy server is asked at its root.
fn accepting_body(path: &str) -> &'static str {
    if path == "/" { r#"{"id":"sPs71M8A2T","time":1743022800,"event":"message"}"# } else { "ok" }
}

/// Writes so much, whoever reads it.
fn write_raw(mut connection: &TcpStream, bytes: &[u8]) {
    let _ = connection.write_all(bytes);
}

/// The next request of a connection; none if it ends.
fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<WebhookRequest> {
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        Some(line.trim_end().to_owned())
    };
    let target = line()?.split(' ').nth(1)?.to_owned();
    let path = target.split('?').next()?.to_owned();
    let mut headers = HashMap::new();
    while let Some((name, value)) = line()?.split_once(": ") {
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(WebhookRequest { path, headers, body: String::from_utf8(body).ok()?, was_accepted: false })
}
