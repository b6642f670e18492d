//! A feed's server on the loopback: it answers at each path as the test says, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::FEED;

/// One answer.
#[derive(Debug, Clone)]
pub(crate) enum FeedReply {
    /// A status, header lines and a body.
    Says(u16, String, Vec<u8>),
    /// Some bytes, and then the end of the connection.
    Bytes(Vec<u8>),
    /// A feed with this tag and title; to who has the tag, that it is not modified.
    Tagged(&'static str, &'static str),
    /// A body with a tag; who has the tag is told that it is not modified.
    TaggedBody(String, Vec<u8>),
    /// A body with a tag; who has any tag is told that it is not modified.
    UnmodifiedForever(String, Vec<u8>),
    /// A head, and then one byte after another, forever.
    Drip,
    /// A body that never ends, in pieces.
    Endless,
    /// Some 32 KiB that unpack to 32 MiB.
    GzipBomb,
    /// Some bytes, and then nothing.
    StallsAfter(&'static str),
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedFeedRequest {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
}

pub(crate) struct FakeFeedServer {
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    memory: Arc<Mutex<ServerMemory>>,
    /// How many connections are over.
    closed: watch::Receiver<usize>,
}

#[derive(Default)]
struct ServerMemory {
    replies: BTreeMap<String, FeedReply>,
    asked: Vec<ReceivedFeedRequest>,
}

impl FeedReply {
    /// The small feed, with these header lines.
    pub(crate) fn feed(lines: &str) -> Self {
        Self::Says(200, lines.to_owned(), FEED.into())
    }

    pub(crate) fn status(code: u16, lines: &str, body: &str) -> Self {
        Self::Says(code, lines.to_owned(), body.into())
    }

    pub(crate) fn redirect(code: u16, to: &str) -> Self {
        Self::Says(code, format!("location: {to}\r\n"), Vec::new())
    }
}

impl FakeFeedServer {
    pub(crate) async fn start(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let memory = Arc::new(Mutex::new(ServerMemory::default()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::clone(&memory);
        let (count_closed, closed) = watch::channel(0);
        let count_closed = Arc::new(count_closed);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (memory, tls, count_closed) =
                    (Arc::clone(&shared), tls.clone(), Arc::clone(&count_closed));
                tokio::spawn(async move {
                    let _ = match tls {
                        None => converse(stream, &memory).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => converse(stream, &memory).await,
                            Err(_) => None,
                        },
                    };
                    count_closed.send_modify(|closed| *closed += 1);
                });
            }
        });
        Self { address, scheme, memory, closed }
    }

    /// One for a test that waits for programs: it lives on a thread of its own, as long as the tests do.
    pub(crate) fn start_on_thread() -> Self {
        let (sender, started) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let _ = sender.send(Self::start(None).await);
                std::future::pending::<()>().await;
            });
        });
        started.recv().unwrap()
    }

    /// One that answers so at `/feed`.
    pub(crate) async fn replying(reply: FeedReply) -> Self {
        let server = Self::start(None).await;
        server.reply_at("/feed", reply);
        server
    }

    /// From now on it answers so at this path, whatever query is behind it.
    pub(crate) fn reply_at(&self, path: &str, reply: FeedReply) {
        self.memory.lock().unwrap().replies.insert(path.to_owned(), reply);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://127.0.0.1:{}{path}", self.scheme, self.address.port())
    }

    /// Waits until so many connections are over.
    pub(crate) async fn wait_for_closed(&self, connections: usize) {
        self.closed.clone().wait_for(|closed| *closed >= connections).await.unwrap();
    }

    pub(crate) fn asked(&self) -> Vec<ReceivedFeedRequest> {
        self.memory.lock().unwrap().asked.clone()
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    memory: &Mutex<ServerMemory>,
) -> Option<()> {
    let asked = read_head(&mut stream).await?;
    let reply = {
        let mut memory = memory.lock().unwrap();
        let path = asked.path.split('?').next().unwrap_or_default();
        let reply = memory.replies.get(path).cloned();
        memory.asked.push(asked.clone());
        reply.unwrap_or_else(|| FeedReply::status(404, "", "nothing here"))
    };
    match reply {
        FeedReply::Says(code, lines, body) => say(&mut stream, code, &lines, &body).await,
        FeedReply::Bytes(bytes) => stream.write_all(&bytes).await.ok()?,
        FeedReply::Tagged(tag, title) => {
            let known = asked.headers.get("if-none-match").is_some_and(|tags| tags.contains(tag));
            say_unless(known, &mut stream, tag, FEED.replace("On x", title).into()).await;
        }
        FeedReply::TaggedBody(tag, body) => {
            let known = asked.headers.get("if-none-match").is_some_and(|tags| tags.contains(&tag));
            say_unless(known, &mut stream, &tag, body).await;
        }
        FeedReply::UnmodifiedForever(tag, body) => {
            say_unless(asked.headers.contains_key("if-none-match"), &mut stream, &tag, body).await;
        }
        FeedReply::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n<rss>").await.ok()?;
            loop {
                stream.write_all(b" ").await.ok()?;
                stream.flush().await.ok()?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        FeedReply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<rss>").await.ok()?;
            loop {
                stream.write_all(&[b' '; 8192]).await.ok()?;
            }
        }
        FeedReply::GzipBomb => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            for _ in 0..32 {
                packed.write_all(&vec![b' '; 1 << 20]).unwrap();
            }
            let body = packed.finish().unwrap();
            say(&mut stream, 200, "content-encoding: gzip\r\n", &body).await;
        }
        FeedReply::StallsAfter(start) => {
            stream.write_all(start.as_bytes()).await.ok()?;
            stream.flush().await.ok()?;
            std::future::pending::<()>().await;
        }
    }
    stream.shutdown().await.ok()?;
    // Over once the program hangs up too.
    stream.read_to_end(&mut Vec::new()).await.ok()?;
    Some(())
}

async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Option<ReceivedFeedRequest> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let headers = lines.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Some(ReceivedFeedRequest { path, headers })
}

/// Says that it is not modified if that is known, and else this body.
async fn say_unless<S: AsyncWrite + Unpin>(known: bool, stream: &mut S, tag: &str, body: Vec<u8>) {
    let (code, body) = if known { (304, Vec::new()) } else { (200, body) };
    say(stream, code, &format!("etag: {tag}\r\n"), &body).await;
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, code: u16, lines: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {code} X\r\ncontent-length: {}\r\n{lines}\r\n", body.len());
    let head = if code == 304 { head.replace("content-length: 0\r\n", "") } else { head };
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
}
