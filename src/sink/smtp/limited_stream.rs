//! The bytes between us and a mail server: no more of them are read than a conversation needs, and none waits longer
//! than its attempt may take.

use std::cell::Cell;
use std::fmt;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::error::SmtpError;
use crate::clock::Deadline;

/// No reply line is longer. RFC 5321 section 4.5.3.1.5 allows 512 bytes; this is for servers that do not count.
const LINE_BYTES: usize = 4 << 10;

/// All that a server may send during one attempt, TLS's own bytes among them: a handshake with a long chain has some
/// 20 KiB, the replies some 2 KiB.
const ATTEMPT_BYTES: usize = 256 << 10;

/// How much is read at once.
const CHUNK_BYTES: usize = 4 << 10;

/// How long one attempt may take, and what is left of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttemptTimeLimit {
    whole: Duration,
    deadline: Deadline,
}

impl AttemptTimeLimit {
    /// Starts the limit now.
    pub(super) fn new(whole: Duration) -> Self {
        Self { whole, deadline: Deadline::starting_now(whole) }
    }

    /// The step's outcome, if it comes in time.
    pub(super) async fn within_time_limit<T>(self, step: impl Future<Output = T>) -> Result<T, SmtpError> {
        timeout(self.deadline.remaining_time(), step).await.map_err(|_| SmtpError::Timeout(self.whole))
    }
}

trait ByteStream: AsyncRead + AsyncWrite + Unpin {}

impl<C: AsyncRead + AsyncWrite + Unpin> ByteStream for C {}

/// A connection to a mail server.
pub(super) struct LimitedSmtpStream {
    stream: Box<dyn ByteStream>,
    /// How many bytes the server may still send.
    bytes_left: Rc<Cell<usize>>,
    limit: AttemptTimeLimit,
    /// What was read and is not yet taken.
    unread: Vec<u8>,
}

impl LimitedSmtpStream {
    /// Over this connection, for an attempt with this limit.
    pub(super) fn new(stream: TcpStream, limit: AttemptTimeLimit) -> Self {
        let bytes_left = Rc::new(Cell::new(ATTEMPT_BYTES));
        let stream = Box::new(ByteLimitedStream { stream, bytes_left: Rc::clone(&bytes_left) });
        Self { stream, bytes_left, limit, unread: Vec::new() }
    }

    /// The limits begin again, for another attempt.
    pub(super) fn reset_smtp_attempt_limits(&mut self, limit: AttemptTimeLimit) {
        self.limit = limit;
        self.bytes_left.set(ATTEMPT_BYTES);
    }

    /// The connection, encrypted from here on. What the server sent before cannot be trusted to be its own, so it
    /// must have sent nothing: <https://www.rfc-editor.org/rfc/rfc3207> and CVE-2011-0411.
    pub(super) async fn encrypt_connection(
        self,
        tls: &Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Self, SmtpError> {
        if self.has_unread_server_bytes() {
            return Err(SmtpError::ProtocolViolation);
        }
        let Self { stream: channel, bytes_left: allowance, limit, unread } = self;
        let connecting = TlsConnector::from(Arc::clone(tls)).connect(name, channel);
        let channel = Box::new(limit.within_time_limit(connecting).await??);
        Ok(Self { stream: channel, bytes_left: allowance, limit, unread })
    }

    /// Whether the server sent more than what was asked for.
    pub(super) fn has_unread_server_bytes(&self) -> bool {
        !self.unread.is_empty()
    }

    /// What was read and is not yet taken.
    pub(super) fn received_but_unparsed_bytes(&self) -> &[u8] {
        &self.unread
    }

    /// Sends all of this.
    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), SmtpError> {
        let channel = &mut self.stream;
        let sending = async {
            channel.write_all(bytes).await?;
            channel.flush().await
        };
        Ok(self.limit.within_time_limit(sending).await??)
    }

    /// Waits until there is something to be read, for as long as the attempt may take. What is wrong shows when it is read.
    pub(super) async fn wait_for_bytes(&mut self) {
        let mut chunk = [0; CHUNK_BYTES];
        if let Ok(Ok(read)) = self.limit.within_time_limit(self.stream.read(&mut chunk)).await {
            self.unread.extend_from_slice(&chunk[..read]);
        }
    }

    /// The next line, without its end. A line that does not come to its end stays unread.
    pub(super) async fn read_line(&mut self) -> Result<Vec<u8>, SmtpError> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.unread.drain(..=end).collect();
                line.truncate(line.trim_ascii_end().len());
                return Ok(line);
            }
            if self.unread.len() > LINE_BYTES {
                return Err(SmtpError::ReplyTooLong);
            }
            let mut chunk = [0; CHUNK_BYTES];
            let read = self.limit.within_time_limit(self.stream.read(&mut chunk)).await??;
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.unread.extend_from_slice(&chunk[..read]);
        }
    }
}

impl fmt::Debug for LimitedSmtpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

/// A connection that gives no more bytes than are allowed, below TLS, so that nothing of TLS's own is without a limit.
struct ByteLimitedStream {
    stream: TcpStream,
    bytes_left: Rc<Cell<usize>>,
}

impl AsyncRead for ByteLimitedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.bytes_left.get() == 0 {
            return Poll::Ready(Err(ErrorKind::QuotaExceeded.into()));
        }
        let before = bytes.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, bytes);
        let read = bytes.filled().len() - before;
        self.bytes_left.set(self.bytes_left.get().saturating_sub(read));
        polled
    }
}

impl AsyncWrite for ByteLimitedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
