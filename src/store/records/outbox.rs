//! The messages on their way: one row is one request.

use jiff::Timestamp;

/// The words of a message that was delivered and of which there is nothing else to say.
pub const ACCEPTED: &str = "accepted";

/// A message that is to be tried now; the attempt is counted already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// The row.
    pub id: i64,
    /// The message's identity at the receiver, the same on every attempt.
    pub key: String,
    /// Whom it is for at the sink; empty if the sink is one place.
    pub recipient: String,
    /// The request's body.
    pub body: Vec<u8>,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How many attempts just before this one never came to an end.
    pub unfinished: u32,
}

/// One message as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The row.
    pub id: i64,
    /// The sink's name.
    pub sink: String,
    /// The subscription's name, and the digest's number in it; or the number of a notice to the operator.
    pub digest: String,
    /// Which of how many parts, as `1/3`.
    pub part: String,
    /// `queued`, `delivered`, `failed` or `dropped`.
    pub state: String,
    /// Attempts made.
    pub attempts: u32,
    /// When the message is tried next.
    pub due: Option<Timestamp>,
    /// The answer to the last attempt, or what kept it from being made.
    pub last_response: Option<String>,
}

/// One message that goes next, as it will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// The sink's name.
    pub sink: String,
    /// The subscription's name, and the digest's number in it; or the number of a notice to the operator.
    pub digest: String,
    /// Which of how many parts, as `1/3`.
    pub part: String,
    /// The request's body.
    pub body: Vec<u8>,
}

/// Why a sink gets nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkPause {
    /// The sink.
    pub sink: String,
    /// When the sink was paused.
    pub since: Timestamp,
    /// The reason in words.
    pub reason: String,
}
