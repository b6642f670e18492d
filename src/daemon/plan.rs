//! What the next turn would write and send, as far as the history goes. It is worked out in a folder of its own, on a copy
//! of the store and on repositories fetched anew, so that nothing is written or sent and a running daemon is not disturbed.
//! arXiv and the sinks are not asked.

use anyhow::{Context, Result, bail};
use jiff::Timestamp;

use super::turn;
use crate::config::Config;
use crate::pipeline::compose::Composition;
use crate::pipeline::project::Proposal;
use crate::render::mail::{self, Look};
use crate::store::{Outbox, Outgoing, Reader, Store};

/// What a turn would do.
#[derive(Debug)]
pub struct Plan {
    /// Each list of the configuration, in its order: what it would be, nothing where there is nothing to
    /// say yet; an error says why it would be left as it is.
    pub lists: Vec<(String, Result<Option<Proposal>>)>,
    /// Each subscription, in its order; an error says why it could not be composed.
    pub digests: Vec<(String, Result<Composition>)>,
    /// The messages that would go, oldest first.
    pub messages: Vec<Message>,
}

/// One message as it would go, to so many recipients of its sink.
#[derive(Debug)]
pub struct Message {
    /// The sink's name.
    pub sink: String,
    /// The subscription's name, and the digest's number in it.
    pub digest: String,
    /// Which of how many parts, as `1/3`.
    pub part: String,
    /// To how many it goes.
    pub recipients: usize,
    /// What is in it.
    pub content: Content,
}

/// What is in a message.
#[derive(Debug)]
pub enum Content {
    /// A mail.
    Mail(Look),
    /// The JSON body of a request.
    Json(String),
}

/// Works out what a turn would do. An error is one of the store.
pub async fn plan(config: &Config, now: Timestamp) -> Result<Plan> {
    let Some(reader) = Reader::open(&config.state)? else {
        bail!(
            "there is no history yet at {}, and a plan is made from what it has: `paperwire once` asks arXiv and \
             begins one",
            config.state.display()
        );
    };
    let folder =
        tempfile::tempdir().context("cannot make a folder for a copy of the history and for repositories")?;
    let copy = folder.path().join("plan.db");
    reader.backup(&copy)?;
    let mut store = Store::open(&copy)?;
    turn::begin_all(config, &mut store, now)?;
    let visits = turn::observe_all(config, &mut store, &folder.path().join("repositories"), now).await?;
    let lists = turn::propose_all(config, &store, visits, now).await;
    let digests = turn::compose_all(config, &mut store, now);
    let messages = messages(Outbox::open(&copy)?.outgoing(now)?);
    Ok(Plan { lists, digests, messages })
}

/// The messages, those that differ only in whom they go to taken together.
fn messages(outgoing: Vec<Outgoing>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for Outgoing { sink, digest, part, body } in outgoing {
        let same = messages
            .iter_mut()
            .find(|message| (&message.sink, &message.digest, &message.part) == (&sink, &digest, &part));
        match same {
            Some(message) => message.recipients += 1,
            None => messages.push(Message { sink, digest, part, recipients: 1, content: content(&body) }),
        }
    }
    messages
}

fn content(body: &[u8]) -> Content {
    match mail::look(body) {
        Some(look) => Content::Mail(look),
        None => Content::Json(String::from_utf8_lossy(body).into_owned()),
    }
}
