//! The messages that a digest becomes at a sink, and what identifies each of them.

use ring::digest::{SHA256, digest};

use crate::domain::{Digest, DigestPartNumber, OperatorAlert};
use crate::render::DigestPartBody;

/// One message: one request to a receiver, one mail, one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkMessage {
    /// The message's identity at the receiver, the same on every attempt.
    pub key: String,
    /// Whose it is; empty if the sink has one reader.
    pub recipient: String,
    /// Which part of its digest.
    pub part: DigestPartNumber,
    /// The bytes to send.
    pub body: Vec<u8>,
}

impl SinkMessage {
    /// One that is whole, for a sink with one reader.
    pub(super) fn single_part_message(key: String, body: Vec<u8>) -> Self {
        Self { key, recipient: String::new(), part: DigestPartNumber { number: 1, of: 1 }, body }
    }
}

/// Gives messages their identities, which are one history's own.
#[derive(Debug, Clone, Copy)]
pub struct MessageKeys<'a> {
    store_id: &'a str,
}

impl<'a> MessageKeys<'a> {
    /// The keys of the messages of the history with this random id.
    pub fn new(store_id: &'a str) -> Self {
        Self { store_id }
    }

    pub(super) fn store_id(self) -> &'a str {
        self.store_id
    }

    /// The key of a part of a digest: the same on every attempt, and no other message's.
    pub(super) fn digest_part_key(self, digest: &Digest, part: DigestPartNumber) -> String {
        // A history that was put back from a copy counts its digests from there again; their times differ.
        let composed = digest.composed.as_microsecond();
        let Digest { subscription, number, .. } = digest;
        hash_message_key(&format!("{}\n{subscription}\n{number}\n{composed}\n{}", self.store_id, part.number))
    }

    /// The key of an alert: the same on every attempt, and no other message's.
    pub(super) fn alert_key(self, alert: &OperatorAlert) -> String {
        hash_message_key(&format!("{}\noperator\n{}", self.store_id, alert.number))
    }

    /// A digest's bodies as messages to a sink with one reader.
    pub(super) fn into_sink_messages(self, digest: &Digest, bodies: Vec<DigestPartBody>) -> Vec<SinkMessage> {
        let message = |DigestPartBody { part, body }| SinkMessage {
            key: self.digest_part_key(digest, part),
            recipient: String::new(),
            part,
            body,
        };
        bodies.into_iter().map(message).collect()
    }
}

fn hash_message_key(named: &str) -> String {
    let hash = digest(&SHA256, named.as_bytes());
    let number = hash.as_ref().iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    format!("msg_{number:032x}")
}
