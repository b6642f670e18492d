//! What the next run would write and send, as far as the history goes. It is worked out in a folder of its own, on a copy
//! of the store and on repositories fetched again, so that nothing is written or sent and a running daemon is not
//! disturbed. arXiv and the sinks are not asked.

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::run_steps;
use super::sink_delivery::{orphaned_messages, orphaned_messages_text};
use crate::config::Config;
use crate::domain::DatabaseUrl;
use crate::pipeline::compose_digest::ComposeOutcome;
use crate::pipeline::document::merged_list::ListFilesBeforeAndAfter;
use crate::render::mail::{self, MailPreview};
use crate::store::{Outbox, OutgoingMessage, Store, StoreReader};

/// What a run would do.
#[derive(Debug)]
pub struct NextRunPlan {
    /// Each list of the configuration, in its order: what it would be, nothing if there is nothing to
    /// say yet; an error says why it would be left as it is.
    pub lists: Vec<(String, Result<Option<ListFilesBeforeAndAfter>>)>,
    /// Each subscription, in its order; an error says why it could not be composed.
    pub digests: Vec<(String, Result<ComposeOutcome>)>,
    /// The messages that would go, oldest first.
    pub messages: Vec<MessagePreview>,
    /// What waits for sinks that the configuration does not have.
    pub unsent: Vec<UnsentMessages>,
}

/// Messages that wait for a sink, and that nobody sends.
#[derive(Debug, Serialize)]
pub struct UnsentMessages {
    /// The sink's name.
    pub sink: String,
    /// How many they are.
    pub messages: u64,
    /// Why nobody sends them, and what to do, in words.
    pub reason: String,
}

/// One message as it would go, to so many recipients of its sink.
#[derive(Debug, Serialize)]
pub struct MessagePreview {
    /// The sink's name.
    pub sink: String,
    /// The subscription's name, and the digest's number in it.
    pub digest: String,
    /// Which of how many parts, as `1/3`.
    pub part: String,
    /// To how many it goes.
    pub recipients: usize,
    /// What is in it.
    #[serde(flatten)]
    pub content: MessagePreviewContent,
}

/// What is in a message.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum MessagePreviewContent {
    /// A mail.
    Mail {
        /// The mail's subject.
        subject: String,
        /// The mail's plain text.
        text: String,
        /// The mail's HTML.
        html: String,
    },
    /// A request.
    Json {
        /// The message's JSON.
        body: Box<RawValue>,
    },
}

/// Works out what a run would do. An error is one of the store.
pub async fn preview_next_run(config: &Config, now: Timestamp) -> Result<NextRunPlan> {
    let Some(reader) = StoreReader::open(&config.state)? else {
        bail!(
            "there is no history yet at {}, and a plan is made from what it has: `paperwire once` asks arXiv and \
             begins one",
            config.state
        );
    };
    let folder =
        tempfile::tempdir().context("cannot make a folder for a copy of the history and for repositories")?;
    let copy = folder.path().join("plan.db");
    reader.backup(&copy)?;
    let copy = DatabaseUrl::Sqlite(copy);
    let mut store = Store::open(&copy)?;
    run_steps::start_new_subscriptions(config, &mut store, now)?;
    let fetched =
        run_steps::observe_lists(config, &mut store, &folder.path().join("repositories"), now).await?;
    let lists = run_steps::preview_lists(config, &store, fetched, now).await;
    let digests = run_steps::compose_digests(config, &mut store, now);
    let mut outgoing = Outbox::open(&copy)?.outgoing_messages(now)?;
    outgoing.retain(|message| config.sinks.iter().any(|sink| sink.name == message.sink));
    let messages = count_recipients_per_message(outgoing)?;
    let unsent = orphaned_messages(config, &store)?.into_iter().map(|(sink, messages)| UnsentMessages {
        sink,
        messages,
        reason: orphaned_messages_text(messages),
    });
    Ok(NextRunPlan { lists, digests, messages, unsent: unsent.collect() })
}

/// The messages, those that differ only in whom they go to taken together.
fn count_recipients_per_message(outgoing: Vec<OutgoingMessage>) -> Result<Vec<MessagePreview>> {
    let mut messages: Vec<MessagePreview> = Vec::new();
    for OutgoingMessage { sink, digest, part, body } in outgoing {
        let same = messages
            .iter_mut()
            .find(|message| (&message.sink, &message.digest, &message.part) == (&sink, &digest, &part));
        match same {
            Some(message) => message.recipients += 1,
            None => messages.push(MessagePreview {
                sink,
                digest,
                part,
                recipients: 1,
                content: message_preview_content(&body)?,
            }),
        }
    }
    Ok(messages)
}

fn message_preview_content(body: &[u8]) -> Result<MessagePreviewContent> {
    if let Some(MailPreview { subject, text, html, .. }) = mail::parse_mail(body) {
        return Ok(MessagePreviewContent::Mail { subject, text, html });
    }
    let body = serde_json::from_slice(body).context("a message is neither a mail nor JSON")?;
    Ok(MessagePreviewContent::Json { body })
}
