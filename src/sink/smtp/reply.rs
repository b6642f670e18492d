//! What a mail server's no means for the message and for the sink.

use std::error::Error as _;

use lettre::Address;
use lettre::transport::smtp::Error;

use super::limited::TooLong;
use super::{Stage, Stop};
use crate::domain::{Attempt, Refused};
use crate::sink::MAYBE_THERE;
use crate::wire::trouble;

/// The longest part of a server's reply that is quoted; a whole reply line has 512 bytes (RFC 5321 section
/// 4.5.3.1.5).
const QUOTE_CHARS: usize = 160;

/// Judges what stopped an attempt, at the stage that it had come to.
pub(super) fn judge(stage: Stage, stop: &Stop, recipient: &Address) -> Attempt {
    match stop {
        Stop::Unknown => later("mail: the server's name could not be resolved; nothing was sent"),
        Stop::Exposed => never(
            Refused::Sink,
            "mail: smtp+plain is only for a server on this machine, and this one is not; use smtp:// or smtps://. \
             Nothing was sent",
        ),
        Stop::NoEncryption => later(
            "mail: the server offers no STARTTLS, or somebody on the way has taken it out; nothing was sent",
        ),
        Stop::NoLogin => {
            never(Refused::Sink, "mail: the server offers no login by PLAIN or LOGIN here; nothing was sent")
        }
        Stop::NoEightBit => {
            never(Refused::Message, "mail: the server takes no 8-bit message; nothing was sent")
        }
        Stop::NoInternationalAddress => {
            never(Refused::Message, "mail: the server takes no address beyond ASCII; nothing was sent")
        }
        Stop::TooSlow(limit) => {
            let words = format!("no whole answer within {} s", limit.as_secs_f64());
            broke(stage, &words, recipient)
        }
        Stop::Unconnected(error) => broke(stage, trouble::words(error), recipient),
        Stop::Smtp(error) => match stop.code() {
            Some(code) => replied(stage, code, error, recipient),
            None => broke(stage, broken_words(error), recipient),
        },
    }
}

fn replied(stage: Stage, code: u16, error: &Error, recipient: &Address) -> Attempt {
    let said = match stage {
        // What a server says to a login may hold the login.
        Stage::Login => String::new(),
        Stage::Greeting | Stage::Encryption | Stage::Sender | Stage::Recipient | Stage::Message => {
            error.source().map(|reply| quote(&reply.to_string(), recipient.user())).unwrap_or_default()
        }
    };
    let words = format!("mail, {}: the server answered {code}{said}", stage.told(recipient));
    if code < 500 {
        return later(words);
    }
    never(stage.refused(code), words)
}

fn broke(stage: Stage, words: &str, recipient: &Address) -> Attempt {
    later(format!("mail, {}: {words}; {}", stage.told(recipient), stage.left()))
}

impl Stage {
    /// What a permanent no at this stage refuses.
    fn refused(self, code: u16) -> Refused {
        match (self, code) {
            // Authentication required, too weak, wrong, wants encryption: at whatever command. RFC 4954
            // section 6.
            (_, 530 | 534 | 535 | 538) | (Self::Greeting | Self::Encryption | Self::Login, _) => {
                Refused::Sink
            }
            // Too large (RFC 1870); any other no to a sender is one to all that this sink sends.
            (Self::Sender, 552) | (Self::Recipient | Self::Message, _) => Refused::Message,
            (Self::Sender, _) => Refused::Sink,
        }
    }

    fn told(self, recipient: &Address) -> String {
        match self {
            Self::Greeting => "at the greeting".to_owned(),
            Self::Encryption => "at STARTTLS".to_owned(),
            Self::Login => "at the login".to_owned(),
            Self::Sender => "at the sender".to_owned(),
            Self::Recipient => format!("at the recipient {}", masked(recipient)),
            Self::Message => format!("after the message to {}", masked(recipient)),
        }
    }

    /// What a break at this stage leaves.
    fn left(self) -> &'static str {
        match self {
            Self::Greeting | Self::Encryption | Self::Login | Self::Sender | Self::Recipient => {
                "nothing was sent"
            }
            Self::Message => MAYBE_THERE,
        }
    }
}

fn later(words: impl Into<String>) -> Attempt {
    Attempt::Deferred { wait: None, words: words.into() }
}

fn never(what: Refused, words: impl Into<String>) -> Attempt {
    Attempt::Refused { what, words: words.into() }
}

fn broken_words(error: &Error) -> &'static str {
    if trouble::causes(error).any(<dyn std::error::Error>::is::<TooLong>) {
        return "the server's answer is longer than any that SMTP knows";
    }
    if error.is_response() { "the server's answer was cut or is no SMTP" } else { trouble::words(error) }
}

/// Enough of an address to know it again, and too little to write to it.
fn masked(address: &Address) -> String {
    let first: String = address.user().chars().take(1).collect();
    format!("{first}…@{}", address.domain())
}

/// What the server said, without any address in it, and without what stands before the @ of the recipient's.
fn quote(reply: &str, user: &str) -> String {
    let tells = |word: &str| {
        word.contains('@') || word.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case(user)
    };
    let words: Vec<_> = reply
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| if tells(word) { "…" } else { word })
        .collect();
    let text: String = words.join(" ").chars().take(QUOTE_CHARS).collect();
    if text.is_empty() { text } else { format!(": {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_quoted_without_its_addresses_and_in_one_line() {
        assert_eq!(
            quote("5.1.1 <ada@example.org>:\r\nRecipient address\u{7} rejected: no (Ada)", "ada"),
            ": 5.1.1 … Recipient address rejected: no …"
        );
        assert_eq!(quote("x".repeat(500).as_str(), "ada").chars().count(), QUOTE_CHARS + 2);
        assert_eq!(quote("\r\n", "ada"), "");
    }

    #[test]
    fn a_recipient_is_told_by_its_first_letter() {
        assert_eq!(masked(&"ada@example.org".parse().unwrap()), "a…@example.org");
    }

    #[test]
    fn a_permanent_no_is_the_sinks_or_the_messages_by_what_it_answers() {
        for (stage, code, refused) in [
            (Stage::Greeting, 554, Refused::Sink),
            (Stage::Encryption, 554, Refused::Sink),
            (Stage::Login, 535, Refused::Sink),
            (Stage::Login, 504, Refused::Sink),
            (Stage::Sender, 530, Refused::Sink),
            (Stage::Sender, 550, Refused::Sink),
            (Stage::Sender, 552, Refused::Message),
            (Stage::Recipient, 550, Refused::Message),
            (Stage::Recipient, 554, Refused::Message),
            (Stage::Recipient, 530, Refused::Sink),
            (Stage::Message, 552, Refused::Message),
            (Stage::Message, 554, Refused::Message),
        ] {
            assert_eq!(stage.refused(code), refused, "{stage:?} {code}");
        }
    }
}
