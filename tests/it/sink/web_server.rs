//! A web server on the loopback that answers as the test says and remembers what it got.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::pause;

/// How it answers.
#[derive(Debug, Clone)]
pub(super) enum WebReply {
    /// With this status, header lines and body.
    Says(u16, &'static str, String),
    /// With this status, header lines and body, after a while.
    Late(u16, &'static str, String),
    /// Never.
    Silence,
    /// By cutting the connection.
    Cut,
    /// With a head and then one byte after another, forever.
    Drip,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(super) struct WebRequest {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

pub(super) struct WebServer {
    pub(super) address: SocketAddr,
    heard: Arc<Mutex<Vec<WebRequest>>>,
    reply: Arc<Mutex<WebReply>>,
}

impl WebRequest {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl WebServer {
    pub(super) async fn start(reply: WebReply, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&heard);
        let reply = Arc::new(Mutex::new(reply));
        let next = Arc::clone(&reply);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (memory, reply, tls) = (Arc::clone(&memory), next.lock().unwrap().clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve_connection(stream, &memory, reply).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve_connection(stream, &memory, reply).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { address, heard, reply }
    }

    /// Changes how it answers from now on.
    pub(super) fn reply_with(&self, reply: WebReply) {
        *self.reply.lock().unwrap() = reply;
    }

    pub(super) fn requests(&self) -> Vec<WebRequest> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve_connection<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    memory: &Mutex<Vec<WebRequest>>,
    reply: WebReply,
) -> Option<()> {
    let heard = read_request(&mut stream).await?;
    memory.lock().unwrap().push(heard);
    match reply {
        WebReply::Says(status, lines, body) => write_response(&mut stream, status, lines, &body).await,
        WebReply::Late(status, lines, body) => {
            pause(Duration::from_millis(200)).await;
            write_response(&mut stream, status, lines, &body).await
        }
        WebReply::Silence => std::future::pending().await,
        WebReply::Cut => None,
        WebReply::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await.ok()?;
            loop {
                stream.write_all(b"o").await.ok()?;
                stream.flush().await.ok()?;
                pause(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<WebRequest> {
    let mut start = Vec::new();
    while !start.ends_with(b"\r\n\r\n") {
        start.push(stream.read_u8().await.ok()?);
    }
    let mut heard = WebRequest { head: String::from_utf8(start).unwrap(), body: Vec::new() };
    heard.body = vec![0; heard.header("content-length").unwrap_or("0").parse().unwrap()];
    stream.read_exact(&mut heard.body).await.ok()?;
    Some(heard)
}

async fn write_response<S: AsyncWrite + Unpin>(
    stream: &mut S,
    status: u16,
    lines: &str,
    body: &str,
) -> Option<()> {
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{lines}\r\n{body}");
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
