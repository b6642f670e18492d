//! What a receiver says of itself: how it is named, how it is asked, and what its answers mean.

use std::borrow::Cow;

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{HeaderMap, InvalidHeaderValue};

use super::read_receiver_response::ReceiverResponse;
use super::response_verdict::VerdictWithReceiverQuote;

/// A receiver that takes a message as JSON by POST, by rules of its own.
pub trait ReceiverApi: Send + Sync {
    /// How words name it. Its host is not said: that may be its owner's secret.
    fn display_name(&self) -> &'static str;

    /// Where messages are posted, if the address is this one.
    fn request_url(&self, url: Url) -> Url {
        url
    }

    /// What is posted of a message's bytes. What was rendered is stored, so a part of it that is a secret is put in here.
    fn request_body<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        Cow::Borrowed(body)
    }

    /// The headers that a message has in addition to its content type. `id` is the message's, the same on every attempt.
    fn headers(&self, body: &[u8], id: &str, at: Timestamp) -> Result<HeaderMap, InvalidHeaderValue> {
        let _ = (body, id, at);
        Ok(HeaderMap::new())
    }

    /// Judges an answer.
    fn classify_response(&self, response: &ReceiverResponse) -> VerdictWithReceiverQuote;
}
