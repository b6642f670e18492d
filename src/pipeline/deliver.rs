//! Delivering what is due at one sink, one message after the other. The attempt is counted before it is
//! made, so that a message which ends the program is not tried forever.

use anyhow::Result;
use jiff::Timestamp;

use crate::clock::{self, Clock};
use crate::domain::{Attempt, Settled, is_given_up, settle};
use crate::sink::{Http, Maildir, Smtp};
use crate::store::{ACCEPTED, Claimed, Outbox};

/// A sink's way out.
#[derive(Debug)]
pub enum Way {
    /// One POST a message.
    Http(Http),
    /// One mail a message.
    Smtp {
        /// The server.
        server: Smtp,
        /// The envelope's sender.
        from: String,
    },
    /// One file a message.
    Maildir(Maildir),
}

/// What one message came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The message's row.
    pub id: i64,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// What became of it.
    pub settled: Settled,
    /// Why, in words; [`ACCEPTED`] if there is nothing to say.
    pub words: String,
    /// Whether the message that was delivered before had the same words.
    pub is_known: bool,
}

/// Tries the message of this sink that is longest due; none where nothing is. A wait counts from the end of the
/// try, which may have taken its time. `jitter` is between 0 and 1.
pub async fn deliver_one(
    outbox: &mut Outbox,
    sink: &str,
    way: &mut Way,
    clock: Clock,
    jitter: f64,
) -> Result<Option<Delivered>> {
    let Some(claimed) = outbox.claim(sink, clock.now())? else { return Ok(None) };
    if is_given_up(claimed.attempt, claimed.unfinished) {
        return give_up(outbox, sink, claimed, clock.now()).map(Some);
    }
    let attempt = way.try_once(&claimed).await;
    let now = clock.now();
    let settled = settle(&attempt, claimed.attempt, now, jitter);
    let words = words(attempt);
    // It only spares the log a line that it has already: if it cannot be read, the message is settled all the same.
    let said_before = outbox.said_last(sink).ok().flatten();
    outbox.settle(&claimed, sink, &settled, &words, now)?;
    let is_known = said_before.is_some_and(|said| said == words);
    Ok(Some(Delivered { id: claimed.id, attempt: claimed.attempt, settled, words, is_known }))
}

impl Way {
    /// Ends what is kept open for the next message.
    pub async fn close(&mut self) {
        match self {
            Self::Smtp { server, from: _ } => server.close().await,
            Self::Http(_) | Self::Maildir(_) => {}
        }
    }

    /// One try, now.
    pub async fn try_once(&mut self, message: &Claimed) -> Attempt {
        match self {
            Self::Http(door) => door.deliver(&message.body, &message.key, clock::real_now()).await,
            Self::Smtp { server, from } => server.deliver(from, &message.recipient, &message.body).await,
            Self::Maildir(folder) => folder.deliver(&message.key, &message.body),
        }
    }
}

/// Keeps a message as failed whose last tries never came to an end: the program was stopped in them, perhaps by
/// it. This try is not made, and so not counted.
fn give_up(outbox: &mut Outbox, sink: &str, claimed: Claimed, now: Timestamp) -> Result<Delivered> {
    let claimed = Claimed { attempt: claimed.attempt - 1, ..claimed };
    let Claimed { id, attempt, unfinished, .. } = claimed;
    let words = format!(
        "paperwire was ended during {unfinished} of its {attempt} tries, the last one among them; it is not tried again"
    );
    outbox.settle(&claimed, sink, &Settled::Failed, &words, now)?;
    Ok(Delivered { id, attempt, settled: Settled::Failed, words, is_known: false })
}

fn words(attempt: Attempt) -> String {
    match attempt {
        Attempt::Accepted => ACCEPTED.to_owned(),
        Attempt::AcceptedOddly { words }
        | Attempt::Deferred { wait: _, words }
        | Attempt::Refused { what: _, words } => words,
    }
}
