//! What stopped an attempt.

use std::io::{self, ErrorKind};
use std::time::Duration;

use super::reply::SmtpReply;

/// What stopped an attempt.
#[derive(Debug)]
pub(super) enum SmtpError {
    /// The name of the server resolves to nothing.
    UnresolvedHost,
    /// A server that is not on this machine would get the message unencrypted.
    UnencryptedRemote,
    /// The server has no STARTTLS, or somebody in between has taken it out.
    NoEncryption,
    /// The server knows no AUTH of ours, but those of these names.
    NoAuthMechanism(Vec<String>),
    /// The server expects TLS from the first byte, and this was to begin in clear.
    TlsExpected,
    /// No greeting within the limit, not a byte of it.
    NoGreeting(Duration),
    /// The server does not speak TLS from the first byte.
    NoTlsAtStart,
    /// The message has bytes above 127 and the server takes none.
    NoEightBit,
    /// An address has signs above 127 and the server takes none.
    NoInternationalAddress,
    /// No whole answer within the limit.
    Timeout(Duration),
    /// More bytes than any answer has.
    ReplyTooLong,
    /// An answer that is no SMTP, or none to what was said.
    ProtocolViolation,
    /// The connection broke, or was never made.
    Io(io::Error),
    /// The server's no.
    NegativeReply(SmtpReply),
}

impl From<io::Error> for SmtpError {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::QuotaExceeded { Self::ReplyTooLong } else { Self::Io(error) }
    }
}

impl From<ErrorKind> for SmtpError {
    fn from(kind: ErrorKind) -> Self {
        Self::Io(kind.into())
    }
}
