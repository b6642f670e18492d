//! What stopped an attempt, and what that means for the message and for the sink.

use lettre::Address;

use super::error::SmtpError;
use super::login_redaction::{ELLIPSIS, LoginRedaction};
use super::reply::SmtpReply;
use super::server_url::SmtpServerUrl;
use super::stage::SmtpStage;
use crate::domain::{Attempt, RefusalScope};
use crate::network::connection_error_text;
use crate::sink::MAYBE_THERE;

/// The longest part of a server's reply that is quoted; a whole reply line has 512 bytes (RFC 5321 section
/// 4.5.3.1.5).
const QUOTE_CHARS: usize = 160;

/// Judges what stopped an attempt, at the stage that it had come to.
pub(super) fn classify_smtp_error(
    stage: SmtpStage,
    stop: &SmtpError,
    recipient: &Address,
    server: &SmtpServerUrl,
    redaction: &LoginRedaction,
) -> Attempt {
    match stop {
        SmtpError::UnresolvedHost => {
            deferred_attempt("mail: the server's name could not be resolved; nothing was sent")
        }
        SmtpError::TlsExpected => permanent_refusal(
            RefusalScope::Sink,
            format!(
                "mail: the server expects TLS from the start: write smtps://{server} for it; nothing was sent"
            ),
        ),
        SmtpError::NoGreeting(limit) => deferred_attempt(format!(
            "mail, at the greeting: no whole answer within {} s from {server}; it may expect TLS from the start, which is \
             smtps://; nothing was sent",
            limit.as_secs_f64()
        )),
        SmtpError::NoTlsAtStart => deferred_attempt(format!(
            "mail, at the greeting: no TLS could be agreed on with {server}; it may begin in clear and offer STARTTLS, which \
             is smtp://; nothing was sent"
        )),
        SmtpError::UnencryptedRemote => permanent_refusal(
            RefusalScope::Sink,
            "mail: smtp+plain is only for a server on this machine, and this one is not; use smtp:// or smtps://. \
             Nothing was sent",
        ),
        SmtpError::NoEncryption => deferred_attempt(
            "mail: the server offers no STARTTLS, or somebody in between has taken it out; nothing was sent",
        ),
        SmtpError::NoAuthMechanism(offered) => permanent_refusal(RefusalScope::Sink, login_advice(offered)),
        SmtpError::NoEightBit => permanent_refusal(
            RefusalScope::Message,
            "mail: the server takes no 8-bit message; nothing was sent",
        ),
        SmtpError::NoInternationalAddress => permanent_refusal(
            RefusalScope::Message,
            "mail: the server takes no address beyond ASCII; nothing was sent",
        ),
        SmtpError::Timeout(limit) => {
            let words = format!("no whole answer within {} s", limit.as_secs_f64());
            deferred_for_connection_failure(stage, &words, recipient)
        }
        SmtpError::ReplyTooLong => deferred_for_connection_failure(
            stage,
            "the server's answer has no end, and was not read any further",
            recipient,
        ),
        SmtpError::ProtocolViolation => {
            deferred_for_connection_failure(stage, "the server's answer is no SMTP", recipient)
        }
        SmtpError::Io(error) => {
            let words = connection_error_text::describe_connection_error(error);
            let words = match stage {
                // As long as nothing was said, the address may be wrong.
                SmtpStage::Greeting => format!("{words} ({server})"),
                _ => words.to_owned(),
            };
            deferred_for_connection_failure(stage, &words, recipient)
        }
        SmtpError::NegativeReply(reply) => classify_smtp_reply(stage, reply, recipient, redaction),
    }
}

/// What a server that takes no password offers instead, and what to do about it.
fn login_advice(offered: &[String]) -> String {
    let offered = offered.join(", ");
    let is_oauth = offered.contains("XOAUTH2") || offered.contains("OAUTHBEARER");
    let words = "mail: the server offers no login by PLAIN or LOGIN here";
    match (offered.is_empty(), is_oauth) {
        (true, _) => format!("{words}; nothing was sent"),
        (false, false) => format!("{words}, but by {offered}; nothing was sent"),
        (false, true) => format!(
            "{words}, but by {offered}: it wants OAuth, which paperwire does not speak. Let its administrator allow a password \
             for an application (SMTP AUTH), or send by a relay that takes a password; nothing was sent"
        ),
    }
}

fn classify_smtp_reply(
    stage: SmtpStage,
    SmtpReply { code, lines }: &SmtpReply,
    recipient: &Address,
    redaction: &LoginRedaction,
) -> Attempt {
    let code = *code;
    let lines = lines.join(" ");
    let said = match stage {
        // What a server says to a login may hold the login.
        SmtpStage::Login => redaction
            .login_reply_if_harmless(&lines)
            .map(|lines| quote_redacted_reply(lines, recipient.user(), redaction))
            .unwrap_or_default(),
        SmtpStage::Greeting
        | SmtpStage::Encryption
        | SmtpStage::Sender
        | SmtpStage::Recipient
        | SmtpStage::Message => quote_redacted_reply(&lines, recipient.user(), redaction),
    };
    let words = format!("mail, {}: the server answered {code}{said}", stage.description(recipient));
    if code < 500 {
        return deferred_attempt(words);
    }
    permanent_refusal(stage.refusal_scope(code), words)
}

fn deferred_for_connection_failure(stage: SmtpStage, words: &str, recipient: &Address) -> Attempt {
    deferred_attempt(format!(
        "mail, {}: {words}; {}",
        stage.description(recipient),
        stage.note_on_broken_delivery()
    ))
}

impl SmtpStage {
    /// What a permanent no at this stage refuses.
    fn refusal_scope(self, code: u16) -> RefusalScope {
        match (self, code) {
            // Authentication required, too weak, wrong, wants encryption: at whatever command. RFC 4954
            // section 6.
            (_, 530 | 534 | 535 | 538) | (Self::Greeting | Self::Encryption | Self::Login, _) => {
                RefusalScope::Sink
            }
            // Too large (RFC 1870); any other no to a sender is one to all that this sink sends.
            (Self::Sender, 552) | (Self::Recipient | Self::Message, _) => RefusalScope::Message,
            (Self::Sender, _) => RefusalScope::Sink,
        }
    }

    fn description(self, recipient: &Address) -> String {
        match self {
            Self::Greeting => "at the greeting".to_owned(),
            Self::Encryption => "at STARTTLS".to_owned(),
            Self::Login => "at the login".to_owned(),
            Self::Sender => "at the sender".to_owned(),
            Self::Recipient => format!("at the recipient {}", mask_mail_address(recipient)),
            Self::Message => format!("after the message to {}", mask_mail_address(recipient)),
        }
    }

    /// What a break at this stage leaves.
    fn note_on_broken_delivery(self) -> &'static str {
        match self {
            Self::Greeting | Self::Encryption | Self::Login | Self::Sender | Self::Recipient => {
                "nothing was sent"
            }
            Self::Message => MAYBE_THERE,
        }
    }
}

fn deferred_attempt(words: impl Into<String>) -> Attempt {
    Attempt::Deferred { wait: None, words: words.into() }
}

fn permanent_refusal(what: RefusalScope, words: impl Into<String>) -> Attempt {
    Attempt::Refused { what, words: words.into() }
}

/// Enough of an address to know it again, and too little to write to it.
fn mask_mail_address(address: &Address) -> String {
    let first: String = address.user().chars().take(1).collect();
    format!("{first}…@{}", address.domain())
}

/// What the server said, without the login, without any address, and without what is before the @ of the
/// recipient's.
fn quote_redacted_reply(reply: &str, user: &str, redaction: &LoginRedaction) -> String {
    let tells = |word: &str| {
        word.contains('@') || word.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case(user)
    };
    let reply = redaction.redact(reply);
    let words: Vec<_> =
        reply.split_whitespace().map(|word| if tells(word) { ELLIPSIS } else { word }).collect();
    let text: String = words.join(" ").chars().take(QUOTE_CHARS).collect();
    if text.is_empty() { text } else { format!(": {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_quoted_without_its_addresses_and_without_the_login_and_in_one_line() {
        let redaction = LoginRedaction::of_login("papers", "open sesame");
        let long = "x".repeat(500);
        for (reply, quoted) in [
            (
                "5.1.1 <ada@example.org>:\r\nRecipient address\u{7} rejected: no (Ada)",
                ": 5.1.1 … Recipient address rejected: no …",
            ),
            ("open sesame is it", ": … is it"),
            ("no <open\r\nsesame@example.org>", ": no …"),
            ("open sesame@ada", ": …"),
            (&long, &format!(": {}", "x".repeat(QUOTE_CHARS))),
            (
                &format!("{}open sesame", "x".repeat(QUOTE_CHARS - 4)),
                &format!(": {}…", "x".repeat(QUOTE_CHARS - 4)),
            ),
            ("\r\n", ""),
        ] {
            assert_eq!(quote_redacted_reply(reply, "ada", &redaction), quoted, "{reply:?}");
        }
    }

    #[test]
    fn a_server_that_takes_no_password_is_named_with_what_it_takes() {
        for (offered, words) in [
            (&[][..], "here; nothing was sent"),
            (&["GSSAPI", "NTLM"], "here, but by GSSAPI, NTLM; nothing was sent"),
            (&["XOAUTH2"], "here, but by XOAUTH2: it wants OAuth, which paperwire does not speak."),
            (&["OAUTHBEARER", "GSSAPI"], "but by OAUTHBEARER, GSSAPI: it wants OAuth"),
        ] {
            let offered: Vec<String> = offered.iter().map(|&name| name.to_owned()).collect();
            let advice = login_advice(&offered);
            assert!(
                advice.starts_with("mail: the server offers no login by PLAIN or LOGIN")
                    && advice.contains(words),
                "{advice}"
            );
        }
    }

    #[test]
    fn a_recipient_is_told_by_its_first_letter() {
        assert_eq!(mask_mail_address(&"ada@example.org".parse().unwrap()), "a…@example.org");
    }

    #[test]
    fn a_permanent_no_is_the_sinks_or_the_messages_by_what_it_answers() {
        for (stage, code, refused) in [
            (SmtpStage::Greeting, 554, RefusalScope::Sink),
            (SmtpStage::Encryption, 554, RefusalScope::Sink),
            (SmtpStage::Login, 535, RefusalScope::Sink),
            (SmtpStage::Login, 504, RefusalScope::Sink),
            (SmtpStage::Sender, 530, RefusalScope::Sink),
            (SmtpStage::Sender, 550, RefusalScope::Sink),
            (SmtpStage::Sender, 552, RefusalScope::Message),
            (SmtpStage::Recipient, 550, RefusalScope::Message),
            (SmtpStage::Recipient, 554, RefusalScope::Message),
            (SmtpStage::Recipient, 530, RefusalScope::Sink),
            (SmtpStage::Message, 552, RefusalScope::Message),
            (SmtpStage::Message, 554, RefusalScope::Message),
        ] {
            assert_eq!(stage.refusal_scope(code), refused, "{stage:?} {code}");
        }
    }
}
