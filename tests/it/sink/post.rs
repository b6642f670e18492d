//! A mail server on the loopback that behaves until it is told not to, and remembers what it heard.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::pause;

/// What it does when it comes to a verb. The verbs are `GREETING` and `MESSAGE` beside SMTP's own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    Nothing,
    Says(&'static str, &'static str),
    SilentAt(&'static str),
    CutsAt(&'static str),
    /// Says this, and then more than 64 MiB without a line's end, as long as somebody reads it.
    EndlessAt(&'static str, &'static str),
    /// Ends each conversation after so many messages, without a word.
    EndsAfter(usize),
    Slow,
}

#[derive(Clone, Default)]
pub(super) struct Offer {
    /// What it offers after EHLO.
    pub(super) extensions: &'static [&'static str],
    /// TLS from the first byte.
    pub(super) tls: Option<TlsAcceptor>,
    /// TLS after STARTTLS.
    pub(super) starttls: Option<TlsAcceptor>,
}

pub(super) struct Post {
    pub(super) address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Post {
    pub(super) async fn start(fault: Fault, offer: Offer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (memory, offer) = (Arc::clone(&memory), offer.clone());
                tokio::spawn(async move {
                    let mut talk = Talk { fault, extensions: offer.extensions, memory, messages: 0 };
                    if let Some(tls) = offer.tls {
                        return talk.hold(tls.accept(stream).await.ok()?, true).await.map(drop);
                    }
                    let stream = talk.hold(stream, true).await?;
                    talk.hold(offer.starttls?.accept(stream).await.ok()?, false).await.map(drop)
                });
            }
        });
        Self { address, heard }
    }

    /// Every line that it heard; a message is one of them, with its bytes as they came.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub(super) fn messages(&self) -> usize {
        self.heard().iter().filter(|line| line.contains("\r\n")).count()
    }
}

struct Talk {
    fault: Fault,
    extensions: &'static [&'static str],
    memory: Arc<Mutex<Vec<String>>>,
    messages: usize,
}

impl Talk {
    /// Talks until the end, or until STARTTLS, and gives the stream back then.
    async fn hold<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: S, greets: bool) -> Option<S> {
        let mut stream = BufReader::new(stream);
        if greets {
            self.answer(&mut stream, "GREETING", "220 loopback").await?;
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
                    self.answer(&mut stream, "EHLO", &format!("{offers}250 loopback")).await?;
                }
                "STARTTLS" => {
                    self.answer(&mut stream, "STARTTLS", "220 go").await?;
                    return Some(stream.into_inner());
                }
                "AUTH" => self.answer(&mut stream, "AUTH", "235 welcome").await?,
                "DATA" => {
                    self.answer(&mut stream, "DATA", "354 go").await?;
                    let message = message(&mut stream).await?;
                    self.memory.lock().unwrap().push(message);
                    self.answer(&mut stream, "MESSAGE", "250 queued").await?;
                    self.messages += 1;
                    if matches!(self.fault, Fault::EndsAfter(count) if count == self.messages) {
                        return None;
                    }
                }
                "QUIT" => {
                    self.answer(&mut stream, "QUIT", "221 bye").await?;
                    return None;
                }
                verb => self.answer(&mut stream, verb, "250 ok").await?,
            }
        }
    }

    async fn answer<S: AsyncWrite + Unpin>(&self, stream: &mut S, verb: &str, usual: &str) -> Option<()> {
        let said = match self.fault {
            Fault::Says(at, said) if at == verb => said,
            Fault::SilentAt(at) if at == verb => std::future::pending().await,
            Fault::CutsAt(at) if at == verb => return None,
            Fault::EndlessAt(at, start) if at == verb => {
                stream.write_all(start.as_bytes()).await.ok()?;
                let line = vec![b'x'; 64 << 10];
                for _ in 0..1024 {
                    stream.write_all(&line).await.ok()?;
                }
                self.memory.lock().unwrap().push("all of it was read".to_owned());
                return None;
            }
            Fault::Slow => {
                pause(Duration::from_millis(30)).await;
                usual
            }
            Fault::Nothing
            | Fault::Says(..)
            | Fault::SilentAt(_)
            | Fault::CutsAt(_)
            | Fault::EndlessAt(..)
            | Fault::EndsAfter(_) => usual,
        };
        stream.write_all(format!("{said}\r\n").as_bytes()).await.ok()
    }
}

async fn message<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut message = String::new();
    while !message.ends_with("\r\n.\r\n") {
        stream.read_line(&mut message).await.ok().filter(|read| *read > 0)?;
    }
    message.truncate(message.len() - 3);
    Some(message)
}
