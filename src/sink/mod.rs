//! Where messages go: Slack, Discord, a webhook, a mail server, a folder of mail. It knows sockets, status
//! and reply codes, tokens and certificates. It takes bytes that were rendered before, delivers them once and
//! tells what came of it; it must never know what stands in them, when to try again, or the store.

mod address;
pub mod http;
pub mod maildir;
mod roots;
pub mod smtp;
mod trouble;

pub use http::Http;
pub use maildir::Maildir;
pub use smtp::Smtp;

use std::time::Duration;

/// How long connecting may take, with name, TCP, TLS and a proxy's tunnel; far more than a working way needs,
/// and short of every total limit, so that "no connection" can be told from "no answer".
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Says after a broken conversation that a message may have arrived all the same.
const MAYBE_THERE: &str = "the message may have arrived all the same";
