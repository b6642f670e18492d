//! One mail, ready to be sent or stored.

use crate::domain::DigestPartNumber;

/// One message, ready to be sent or stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailMessage {
    /// The bare address that it goes to, as the envelope wants it.
    pub recipient: String,
    /// Which part of its digest it is.
    pub part: DigestPartNumber,
    /// The Message-ID with its angle brackets, the same on every rendering.
    pub message_id: String,
    /// The whole message, each line ended by CRLF; not dot-stuffed.
    pub bytes: Vec<u8>,
}
