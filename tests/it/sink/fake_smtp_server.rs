//! A mail server on the loopback that behaves until the test says otherwise, and remembers what it got.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::pause;

/// What it does when it comes to a verb. The verbs are `GREETING` and `MESSAGE` next to SMTP's own.
#[derive(Debug, Clone, Copy)]
pub(super) enum SmtpFault {
    Nothing,
    Says(&'static str, &'static str),
    SilentAt(&'static str),
    /// An answer at this point, once; from then on all is well.
    SaysOnce(&'static str, &'static str),
    /// An answer from the second message of a connection on; none cuts the connection.
    SaysWhenWorn(&'static str, Option<&'static str>),
    CutsAt(&'static str),
    ResetsAt(&'static str),
    /// The first bytes, and then the second ones for as long as somebody reads.
    FloodsAt(&'static str, &'static [u8], &'static [u8]),
    /// The beginning of an answer, and then one byte after another.
    DripsAt(&'static str, &'static str),
    Slow,
}

/// A reader without a limit must fail its test and not take all memory.
const FLOOD_BYTES: usize = 64 << 20;

#[derive(Clone, Default)]
pub(super) struct SmtpExtensions {
    /// What it offers after EHLO.
    pub(super) extensions: &'static [&'static str],
    /// TLS from the first byte.
    pub(super) tls: Option<TlsAcceptor>,
    /// TLS after STARTTLS.
    pub(super) starttls: Option<TlsAcceptor>,
}

/// How many bytes must have dripped before whoever reads has surely read the first.
const DRIPS_MIN: usize = 3;

pub(super) struct FakeSmtpServer {
    pub(super) address: SocketAddr,
    stalled: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<String>>>,
    flooded: Arc<AtomicUsize>,
}

impl FakeSmtpServer {
    /// The server on a thread of its own, for a test that waits for nobody else meanwhile.
    pub(super) fn start_on_thread(fault: SmtpFault, offer: SmtpExtensions) -> Self {
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tell.send(Self::start(fault, offer).await).unwrap();
                std::future::pending::<()>().await;
            });
        });
        told.recv().unwrap()
    }

    /// How many bytes of a flood it got rid of.
    pub(super) fn flooded_bytes(&self) -> usize {
        self.flooded.load(Ordering::Relaxed)
    }

    /// Whether it came to where it answers no more, or by drips.
    pub(super) fn has_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed) >= DRIPS_MIN
    }

    /// How many connections came to say who they are.
    pub(super) fn sessions(&self) -> usize {
        self.received_lines().iter().filter(|line| line.starts_with("EHLO")).count()
    }

    pub(super) async fn start(fault: SmtpFault, offer: SmtpExtensions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&heard);
        let flooded = Arc::new(AtomicUsize::new(0));
        let stalled = Arc::new(AtomicUsize::new(0));
        let (poured, dripped) = (Arc::clone(&flooded), Arc::clone(&stalled));
        tokio::spawn(async move {
            let said = Arc::new(AtomicUsize::new(0));
            while let Ok((stream, _)) = listener.accept().await {
                let (memory, offer) = (Arc::clone(&memory), offer.clone());
                let (flooded, said) = (Arc::clone(&poured), Arc::clone(&said));
                let stalled = Arc::clone(&dripped);
                tokio::spawn(async move {
                    if matches!(fault, SmtpFault::ResetsAt(_)) {
                        let socket = socket2::SockRef::from(&stream);
                        socket.set_linger(Some(Duration::ZERO)).unwrap();
                    }
                    let extensions = offer.extensions;
                    let mut talk =
                        SmtpConversation { fault, extensions, memory, flooded, stalled, said, messages: 0 };
                    if let Some(tls) = offer.tls {
                        return talk.hold(tls.accept(stream).await.ok()?, true).await.map(drop);
                    }
                    let stream = talk.hold(stream, true).await?;
                    talk.hold(offer.starttls?.accept(stream).await.ok()?, false).await.map(drop)
                });
            }
        });
        Self { address, stalled, heard, flooded }
    }

    /// Every line that it got; a message is one of them, with its bytes as they came.
    pub(super) fn received_lines(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub(super) fn received_messages(&self) -> usize {
        self.received_lines().iter().filter(|line| line.contains("\r\n")).count()
    }
}

struct SmtpConversation {
    fault: SmtpFault,
    extensions: &'static [&'static str],
    memory: Arc<Mutex<Vec<String>>>,
    flooded: Arc<AtomicUsize>,
    stalled: Arc<AtomicUsize>,
    /// How often a fault that comes once has come.
    said: Arc<AtomicUsize>,
    /// The messages of this connection.
    messages: usize,
}

impl SmtpConversation {
    /// Talks until the end, or until STARTTLS, and gives the stream back then.
    async fn hold<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: S, greets: bool) -> Option<S> {
        let mut stream = BufReader::new(stream);
        if greets {
            self.answer_command(&mut stream, "GREETING", "220 loopback").await?;
        }
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
            let line = line.trim_end().to_owned();
            let verb = line.split(' ').next().unwrap_or_default().to_owned();
            self.memory.lock().unwrap().push(line);
            match verb.as_str() {
                "EHLO" => {
                    let offers: String =
                        self.extensions.iter().map(|offer| ["250-", offer, "\r\n"].concat()).collect();
                    self.answer_command(&mut stream, "EHLO", &format!("{offers}250 loopback")).await?;
                }
                "STARTTLS" => {
                    self.answer_command(&mut stream, "STARTTLS", "220 go").await?;
                    return Some(stream.into_inner());
                }
                "AUTH" => {
                    self.answer_command(&mut stream, "AUTH", "235 welcome").await?;
                }
                "DATA" => {
                    if !self.answer_command(&mut stream, "DATA", "354 go").await? {
                        continue;
                    }
                    let message = read_message(&mut stream).await?;
                    self.memory.lock().unwrap().push(message);
                    self.messages += 1;
                    self.answer_command(&mut stream, "MESSAGE", "250 queued").await?;
                }
                "QUIT" => {
                    self.answer_command(&mut stream, "QUIT", "221 bye").await?;
                    return None;
                }
                verb => {
                    self.answer_command(&mut stream, verb, "250 ok").await?;
                }
            }
        }
    }

    /// Answers, and returns whether that was what is usual.
    async fn answer_command<S: AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        verb: &str,
        usual: &str,
    ) -> Option<bool> {
        let said = match self.fault {
            SmtpFault::Says(at, said) if at == verb => said,
            SmtpFault::SilentAt(at) if at == verb => {
                self.stalled.fetch_add(DRIPS_MIN, Ordering::Relaxed);
                std::future::pending().await
            }
            SmtpFault::CutsAt(at) | SmtpFault::ResetsAt(at) if at == verb => return None,
            SmtpFault::SaysOnce(at, said) if at == verb && self.said.fetch_add(1, Ordering::Relaxed) == 0 => {
                said
            }
            SmtpFault::SaysWhenWorn(at, said) if at == verb && self.messages > 0 => said?,
            SmtpFault::FloodsAt(at, start, more) if at == verb => {
                return self.send_flood(stream, start, more).await;
            }
            SmtpFault::DripsAt(at, start) if at == verb => return self.drip_bytes(stream, start).await,
            SmtpFault::Slow => {
                pause(Duration::from_millis(30)).await;
                usual
            }
            _ => usual,
        };
        stream.write_all(format!("{said}\r\n").as_bytes()).await.ok()?;
        Some(said == usual)
    }

    async fn send_flood<S: AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        start: &[u8],
        more: &[u8],
    ) -> Option<bool> {
        stream.write_all(start).await.ok()?;
        while self.flooded.load(Ordering::Relaxed) < FLOOD_BYTES {
            stream.write_all(more).await.ok()?;
            self.flooded.fetch_add(more.len(), Ordering::Relaxed);
        }
        None
    }

    async fn drip_bytes<S: AsyncWrite + Unpin>(&self, stream: &mut S, start: &str) -> Option<bool> {
        stream.write_all(start.as_bytes()).await.ok()?;
        loop {
            pause(Duration::from_millis(20)).await;
            stream.write_all(b"x").await.ok()?;
            stream.flush().await.ok()?;
            self.stalled.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn read_message<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut message = String::new();
    while !message.ends_with("\r\n.\r\n") {
        stream.read_line(&mut message).await.ok().filter(|read| *read > 0)?;
    }
    message.truncate(message.len() - 3);
    Some(message)
}
