//! How tests of a receiver ask what an answer means.

use super::read_receiver_response::{BodyEnd, ReceiverResponse};
use super::receiver_api::ReceiverApi;
use crate::domain::{Attempt, RefusalScope};

/// What a receiver's whole answer comes to.
pub(crate) fn judge_response(receiver: &dyn ReceiverApi, status: u16, body: &str) -> Attempt {
    let answer = ReceiverResponse { status, wait: None, body: body.into(), body_end: BodyEnd::Complete };
    receiver.classify_response(&answer).into_attempt(receiver.display_name(), &answer)
}

/// What an attempt came to, in a word.
pub(crate) fn one_word_for_attempt(attempt: &Attempt) -> &'static str {
    match attempt {
        Attempt::Accepted => "accepted",
        Attempt::AcceptedWithWarning { .. } => "oddly",
        Attempt::Deferred { .. } => "later",
        Attempt::Refused { what: RefusalScope::Message, .. } => "message",
        Attempt::Refused { what: RefusalScope::Sink, .. } => "sink",
    }
}

/// What an attempt came to, in words; empty if there is nothing to say.
pub(crate) fn attempt_outcome_words(attempt: &Attempt) -> &str {
    match attempt {
        Attempt::Accepted => "",
        Attempt::AcceptedWithWarning { words }
        | Attempt::Deferred { words, .. }
        | Attempt::Refused { words, .. } => words,
    }
}
