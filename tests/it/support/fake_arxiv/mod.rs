//! A loopback arXiv that remembers: it serves a list of papers as the API serves it, keeps every request
//! for a test to look at, and answers the next ones as badly as the test says.

pub(crate) mod page;
mod reply;

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use paperwire::domain::Paper;

pub(crate) use page::AtomDialect;
use page::{AtomPage, entry_xml};
pub(crate) use reply::ArxivReply;
use reply::{ConnectionEnd, ReplyBytes};

/// The server. It stops when it is dropped, and every connection to it with it.
#[derive(Debug)]
pub(crate) struct FakeArxiv {
    address: SocketAddr,
    shared: Arc<Mutex<FakeArxivState>>,
    threads: Vec<JoinHandle<()>>,
}

/// One request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct ArxivRequest {
    pub(crate) at: Instant,
    /// Which connection it came over, from 0.
    pub(crate) connection: usize,
    /// GET, or POST with the parameters as a form.
    pub(crate) method: String,
    /// Path and query as they stood on the request line.
    pub(crate) target: String,
    pub(crate) params: HashMap<String, String>,
    /// Names in lower case.
    pub(crate) headers: HashMap<String, String>,
}

impl ArxivRequest {
    pub(crate) fn query(&self) -> &str {
        self.params.get("search_query").map_or("", String::as_str)
    }

    pub(crate) fn start(&self) -> usize {
        self.query_number("start", 0)
    }

    pub(crate) fn max_results(&self) -> usize {
        self.query_number("max_results", 10)
    }

    fn query_number(&self, name: &str, default: usize) -> usize {
        self.params.get(name).map_or(default, |text| text.parse().unwrap_or(default))
    }
}

#[derive(Debug)]
struct FakeArxivState {
    /// By query; the empty query's papers are for all others.
    papers: HashMap<String, Vec<Paper>>,
    dialect: AtomDialect,
    stamp: Timestamp,
    /// The longest target that is read: a longer one is answered with 414.
    target_bytes_max: usize,
    replies: VecDeque<ArxivReply>,
    /// What the papers become once so many requests have come.
    changes: VecDeque<(usize, Vec<Paper>)>,
    asked: Vec<ArxivRequest>,
    /// Told of each request as it comes.
    watching: Vec<Sender<()>>,
    /// The open connections, to be closed at the end.
    open: HashMap<usize, TcpStream>,
    connections: usize,
    is_stopping: bool,
}

impl FakeArxiv {
    /// Serves these papers, in this order, to every query.
    pub(crate) fn serve_papers(papers: Vec<Paper>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(FakeArxivState {
            papers: HashMap::from([(String::new(), papers)]),
            dialect: AtomDialect::Current,
            stamp: "2025-03-26T18:00:00Z".parse().unwrap(),
            target_bytes_max: usize::MAX,
            replies: VecDeque::new(),
            changes: VecDeque::new(),
            asked: Vec::new(),
            watching: Vec::new(),
            open: HashMap::new(),
            connections: 0,
            is_stopping: false,
        }));
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept_connections(&listener, &shared)
        });
        Self { address, shared, threads: vec![acceptor] }
    }

    /// The server's address: what goes into `[arxiv] url`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/api/query", self.address)
    }

    /// From now on, these papers for every query that has none of its own.
    pub(crate) fn set_papers(&self, papers: Vec<Paper>) {
        self.set_papers_of("", papers);
    }

    /// From now on, these papers for this query.
    pub(crate) fn set_papers_of(&self, query: &str, papers: Vec<Paper>) {
        self.lock_state().papers.insert(query.to_owned(), papers);
    }

    /// From now on, this dialect.
    pub(crate) fn set_dialect(&self, dialect: AtomDialect) {
        self.lock_state().dialect = dialect;
    }

    /// From now on, a request line whose target has more bytes than these is refused, as servers do.
    pub(crate) fn refuse_targets_above(&self, bytes: usize) {
        self.lock_state().target_bytes_max = bytes;
    }

    /// From now on, this time on every page.
    pub(crate) fn set_stamp(&self, stamp: Timestamp) {
        self.lock_state().stamp = stamp;
    }

    /// The replies to the next requests, behind those that wait already; after them all are good.
    pub(crate) fn reply_next(&self, replies: impl IntoIterator<Item = ArxivReply>) {
        self.lock_state().replies.extend(replies);
    }

    /// Forgets the replies that still wait: from now on all are good.
    pub(crate) fn drop_queued_replies(&self) {
        self.lock_state().replies.clear();
    }

    /// Shows these papers once so many more requests have come: what moves between two pages of one poll.
    pub(crate) fn set_papers_after(&self, requests: usize, papers: Vec<Paper>) {
        let mut shared = self.lock_state();
        let requests = shared.asked.len() + requests;
        shared.changes.push_back((requests, papers));
    }

    /// Hears of each request from now on.
    pub(crate) fn watch_requests(&self) -> Receiver<()> {
        let (sender, receiver) = mpsc::channel();
        self.lock_state().watching.push(sender);
        receiver
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<ArxivRequest> {
        self.lock_state().asked.clone()
    }

    fn lock_state(&self) -> MutexGuard<'_, FakeArxivState> {
        lock_ignoring_poison(&self.shared)
    }
}

/// An address on which nobody listens, so that a connection to it is refused.
pub(crate) fn refusing_url() -> String {
    format!("http://127.0.0.1:{}/api/query", crate::support::loopback_server::free_port())
}

impl Drop for FakeArxiv {
    fn drop(&mut self) {
        let open: Vec<_> = {
            let mut shared = self.lock_state();
            shared.is_stopping = true;
            shared.open.drain().collect()
        };
        for (_, stream) in open {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // The acceptor waits for a connection; this one only wakes it.
        drop(TcpStream::connect(self.address));
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// A test that failed while it held the lock has said so already.
fn lock_ignoring_poison(shared: &Mutex<FakeArxivState>) -> MutexGuard<'_, FakeArxivState> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn accept_connections(listener: &TcpListener, shared: &Arc<Mutex<FakeArxivState>>) {
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let Some(number) = register_connection(&stream, shared) else { return };
            scope.spawn(move || {
                // A client may go away at any moment; that is its right and no failure of the server.
                let _ = serve_connection(stream, number, shared);
                lock_ignoring_poison(shared).open.remove(&number);
            });
        }
    });
}

/// The number of the new connection; none once the server stops.
fn register_connection(stream: &TcpStream, shared: &Mutex<FakeArxivState>) -> Option<usize> {
    let mut shared = lock_ignoring_poison(shared);
    if shared.is_stopping {
        return None;
    }
    let number = shared.connections;
    shared.connections += 1;
    shared.open.insert(number, stream.try_clone().ok()?);
    Some(number)
}

/// Answers on one connection until one side ends it.
fn serve_connection(stream: TcpStream, number: usize, shared: &Mutex<FakeArxivState>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read_request(&mut reader, number)? {
        let sending = choose_reply(&asked, shared);
        let unpacks = asked.headers.get("accept-encoding").is_some_and(|names| names.contains("gzip"));
        if let Some(end) = send_reply(reader.get_mut(), sending, unpacks)? {
            return end_connection(reader.into_inner(), end, number, shared);
        }
    }
    Ok(())
}

fn read_request(reader: &mut BufReader<TcpStream>, connection: usize) -> io::Result<Option<ArxivRequest>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let at = Instant::now();
    let method = line.split(' ').next().unwrap_or_default().to_owned();
    let target = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let url = reqwest::Url::parse("http://arxiv/").and_then(|base| base.join(&target));
    let mut params: HashMap<String, String> =
        url.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    if method == "POST" {
        let mut form = vec![0; length];
        reader.read_exact(&mut form)?;
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        params.extend(url::form_urlencoded::parse(&form).into_owned());
    }
    Ok(Some(ArxivRequest { at, connection, method, target, params, headers }))
}

/// Notes the request, and makes the reply to it.
fn choose_reply(asked: &ArxivRequest, shared: &Mutex<FakeArxivState>) -> ReplyBytes {
    let mut shared = lock_ignoring_poison(shared);
    while shared.changes.front().is_some_and(|(requests, _)| *requests <= shared.asked.len()) {
        let (_, papers) = shared.changes.pop_front().expect("there is one in front");
        shared.papers.insert(String::new(), papers);
    }
    shared.asked.push(asked.clone());
    shared.watching.retain(|watching| watching.send(()).is_ok());
    if asked.target.len() > shared.target_bytes_max {
        return ReplyBytes::OnceJson { code: 414, headers: Vec::new(), body: Vec::new() };
    }
    let reply = shared.replies.pop_front().unwrap_or(ArxivReply::Good);
    let all = shared.papers.get(asked.query()).or_else(|| shared.papers.get("")).expect("there is a default");
    let start = asked.start().min(all.len());
    let end = start.saturating_add(asked.max_results()).min(all.len());
    let papers = &all[start..end];
    let page = AtomPage {
        dialect: shared.dialect,
        stamp: shared.stamp,
        query: asked.query().to_owned(),
        total: all.len(),
        start: asked.start(),
        max_results: asked.max_results(),
        entries: papers.iter().map(|paper| entry_xml(paper, shared.dialect)).collect(),
    };
    reply.into_bytes(page, papers)
}

/// Sends it. If the connection cannot go on after it, returns how it ends.
fn send_reply(
    stream: &mut TcpStream,
    sending: ReplyBytes,
    unpacks: bool,
) -> io::Result<Option<ConnectionEnd>> {
    match sending {
        ReplyBytes::OnceJson { code, mut headers, mut body } => {
            if unpacks && !headers.iter().any(|(name, _)| *name == "Content-Encoding") {
                body = reply::gzip(&body);
                headers.push(("Content-Encoding", "gzip".to_owned()));
            }
            stream.write_all(&http_response_bytes(code, &headers, &body))?;
            Ok(None)
        }
        ReplyBytes::Half { body, end } => {
            let mut message = http_response_bytes(200, &[], &body);
            message.truncate(message.len() - body.len() / 2);
            stream.write_all(&message)?;
            Ok(Some(end))
        }
        ReplyBytes::Nothing { end } => Ok(Some(end)),
        ReplyBytes::ForEver { piece } => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&piece)?;
            }
        }
        ReplyBytes::Bomb => {
            let (head, piece) = reply::gzip_bomb();
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n")?;
            stream.write_all(&head)?;
            for _ in 0..64 {
                stream.write_all(&piece)?;
            }
            Ok(Some(ConnectionEnd::Close))
        }
    }
}

fn http_response_bytes(code: u16, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    let mut message = format!("HTTP/1.1 {code} Status\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        message.extend([name, ": ", value, "\r\n"]);
    }
    message.push_str("\r\n");
    [message.as_bytes(), body].concat()
}

fn end_connection(
    mut stream: TcpStream,
    end: ConnectionEnd,
    number: usize,
    shared: &Mutex<FakeArxivState>,
) -> io::Result<()> {
    match end {
        ConnectionEnd::Close => stream.shutdown(Shutdown::Both),
        // Until the client gives up or the server stops.
        ConnectionEnd::Hang => stream.read_to_end(&mut Vec::new()).map(|_| ()),
        // Without lingering, the close of the last handle is a reset.
        ConnectionEnd::Reset => {
            lock_ignoring_poison(shared).open.remove(&number);
            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))
        }
    }
}
