//! What an answer means for the message and for the sink.

use super::read_receiver_response::{BodyEnd, ReceiverResponse};
use crate::domain::{Attempt, RefusalScope};

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseVerdict {
    /// The receiver has the message.
    Accepted,
    /// A status of success with a body that does not belong to it. The status counts, for whoever sent it has read the
    /// message: another try would be another message.
    AcceptedWithUnexpectedBody(UnexpectedBody),
    /// The receiver may take the message later.
    Deferred,
    /// The receiver never takes this message.
    BadMessage,
    /// The receiver takes no message as the sink is configured.
    BadSink,
}

/// What is odd about the body of an answer whose status is success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnexpectedBody {
    /// The body broke off or did not end.
    Truncated,
    /// Nothing.
    Empty,
    /// A page for a browser.
    Html,
    /// Anything else.
    Other,
}

impl UnexpectedBody {
    fn description(self) -> &'static str {
        match self {
            Self::Truncated => "with a body that broke off or did not end",
            Self::Empty => "with an empty body",
            Self::Html => "with a page for a browser",
            Self::Other => "with another body than is usual",
        }
    }
}

/// What an answer means, and what of it can be quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictWithReceiverQuote {
    /// What the response means.
    pub verdict: ResponseVerdict,
    /// What the receiver says, if that can be shown.
    pub quote: Option<String>,
}

impl VerdictWithReceiverQuote {
    /// The outcome of the try, in words that name the receiver so.
    pub(super) fn into_attempt(self, name: &str, answer: &ReceiverResponse) -> Attempt {
        let said = self.quote.map(|said| format!(" ({said})")).unwrap_or_default();
        let answered = format!("{name} answered {}{said}", answer.status);
        let hint = status_hint(answer.status);
        match self.verdict {
            ResponseVerdict::Accepted => Attempt::Accepted,
            ResponseVerdict::AcceptedWithUnexpectedBody(oddity) => Attempt::AcceptedWithWarning {
                words: format!("{answered} {}: see whether the message is there", oddity.description()),
            },
            ResponseVerdict::Deferred => {
                Attempt::Deferred { wait: answer.wait, words: format!("{answered}{hint}") }
            }
            ResponseVerdict::BadMessage => Attempt::Refused {
                what: RefusalScope::Message,
                words: format!("{answered}: it refuses this message"),
            },
            ResponseVerdict::BadSink => {
                Attempt::Refused { what: RefusalScope::Sink, words: format!("{answered}{hint}") }
            }
        }
    }
}

/// What a status says where nobody knows better. Sources: RFC 9110 section 15; Standard Webhooks 1.0.0: only
/// 2xx is success, redirects are not followed, 410 ends it.
pub(crate) fn verdict_of_status(status: u16) -> ResponseVerdict {
    match status {
        200..=299 => ResponseVerdict::Accepted,
        // 301 and 308, moved for good: the URL is wrong from now on. Any other redirect may be a page of
        // maintenance.
        301 | 308 | 401..=405 | 407 | 410 | 451 => ResponseVerdict::BadSink,
        408 | 421 | 423 | 425 | 429 => ResponseVerdict::Deferred,
        400..=499 => ResponseVerdict::BadMessage,
        _ => ResponseVerdict::Deferred,
    }
}

fn status_hint(status: u16) -> &'static str {
    match status {
        300..=399 => ": it points elsewhere, and redirects are not followed; the URL must be the final one",
        401 | 403 => ": it refuses our credentials; the URL or the secret is wrong or withdrawn",
        404 | 410 => ": there is no receiver at this URL any more; it needs a new one",
        407 => ": the proxy wants other credentials",
        408 | 425 | 429 => ": it wants us to come later",
        401..=499 => ": it takes no messages at this URL",
        _ => "",
    }
}

/// The oddity of a body that is not what the receiver says to a message that it has.
pub(crate) fn classify_unexpected_body(answer: &ReceiverResponse) -> UnexpectedBody {
    if answer.body_end == BodyEnd::Truncated {
        UnexpectedBody::Truncated
    } else if answer.body.trim_ascii().is_empty() {
        UnexpectedBody::Empty
    } else if answer.is_html() {
        UnexpectedBody::Html
    } else {
        UnexpectedBody::Other
    }
}
