//! The stream below lettre, which reads a line to its end, however long it is, and takes no sign beyond ASCII in it. The
//! other end may say only so much before we say something, each byte above 127 reads as `?`, and how an answer begins
//! is known also if it never ends.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many bytes a server may send at once: a reply of many lines has some hundreds.
const BYTES_MAX: usize = 64 << 10;

/// A stream of which no more than so many bytes are read without anything being written.
#[derive(Debug)]
pub(super) struct Limited<S> {
    stream: S,
    peer: SocketAddr,
    /// What is read before anything that the other end says.
    greeting: &'static [u8],
    read: usize,
    answer: AnswerStart,
}

/// The first three bytes of the latest answer, as far as they came.
#[derive(Debug, Clone, Default)]
pub(super) struct AnswerStart(Arc<AtomicU32>);

/// The other end said more than it may.
#[derive(Debug)]
pub(super) struct TooLong;

impl<S> Limited<S> {
    pub(super) fn new(stream: S, peer: SocketAddr, answer: &AnswerStart) -> Self {
        Self { stream, peer, greeting: b"", read: 0, answer: answer.clone() }
    }

    /// The same with a greeting of our own in front, for a server that has said its own before.
    pub(super) fn greeted(stream: S, peer: SocketAddr, answer: &AnswerStart) -> Self {
        Self { greeting: b"220 encrypted\r\n", ..Self::new(stream, peer, answer) }
    }
}

impl AnswerStart {
    /// Whether the answer begins with a code that says yes: 2yz.
    pub(super) fn is_positive(&self) -> bool {
        let [_, first, second, third] = self.0.load(Ordering::Relaxed).to_be_bytes();
        first == b'2' && second.is_ascii_digit() && third.is_ascii_digit()
    }

    fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn take_in(&self, bytes: &[u8]) {
        for byte in bytes.iter().take(3) {
            let start = self.0.load(Ordering::Relaxed);
            if start >= 1 << 16 {
                return;
            }
            self.0.store(start << 8 | u32::from(*byte), Ordering::Relaxed);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.greeting.is_empty() {
            let (now, later) = self.greeting.split_at(self.greeting.len().min(buffer.remaining()));
            buffer.put_slice(now);
            self.greeting = later;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let new = &mut buffer.filled_mut()[before..];
        self.answer.take_in(new);
        new.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b'?');
        self.read += new.len();
        if self.read > BYTES_MAX {
            return Poll::Ready(Err(io::Error::new(ErrorKind::InvalidData, TooLong)));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.read = 0;
        self.answer.begin();
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug> AsyncTokioStream for Limited<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {BYTES_MAX} bytes came at once")
    }
}

impl std::error::Error for TooLong {}
