//! Where messages go: Slack, Discord, a webhook, a mail server, a folder of mail. It knows sockets, status
//! and reply codes, tokens and certificates. It takes bytes that were rendered before, delivers them once and
//! tells what came of it; it must never know what stands in them, when to try again, or the store.

pub mod discord;
pub mod http;
pub mod maildir;
mod public_ip;
pub mod slack;
pub mod smtp;
pub mod webhook;

pub use http::HttpSink;
pub use maildir::Maildir;
pub use smtp::SmtpSink;

/// Says after a broken conversation that a message may have arrived all the same.
const MAYBE_THERE: &str = "the message may have arrived all the same";
