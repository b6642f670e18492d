//! How messages get to a sink.

use super::http::HttpSink;
use super::maildir::folder::Maildir;
use super::smtp::SmtpSink;
use crate::clock;
use crate::domain::Attempt;

/// The way to a sink, made ready.
#[derive(Debug)]
pub enum Transport {
    /// One POST a message.
    Http(HttpSink),
    /// One mail a message.
    Smtp {
        /// The server.
        server: Box<SmtpSink>,
        /// The envelope's sender.
        from: String,
    },
    /// One file a message.
    Maildir(Maildir),
}

impl Transport {
    /// Tries a message once, now.
    pub async fn deliver(&mut self, key: &str, recipient: &str, body: &[u8]) -> Attempt {
        match self {
            Self::Http(sink) => sink.deliver(body, key, clock::real_now()).await,
            Self::Smtp { server, from } => server.deliver(from, recipient, body).await,
            Self::Maildir(folder) => folder.deliver(key, body),
        }
    }

    /// Ends what is kept open for the next message.
    pub async fn close_kept_session(&mut self) {
        match self {
            Self::Smtp { server, from: _ } => server.close_kept_session().await,
            Self::Http(_) | Self::Maildir(_) => {}
        }
    }
}
