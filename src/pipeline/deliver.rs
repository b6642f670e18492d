//! Delivering what is due at one sink, one message after the other. The attempt is counted before it is
//! made, so that a message which ends the program is not tried forever.

use anyhow::Result;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::domain::{Attempt, DeliveryDecision, decide_after_attempt, is_given_up};
use crate::sink::Transport;
use crate::store::{ACCEPTED, ClaimedMessage, Outbox};

/// What one message came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryAttemptReport {
    /// The message's row.
    pub id: i64,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// What became of it.
    pub settled: DeliveryDecision,
    /// Why; [`ACCEPTED`] if there is nothing to say.
    pub reason: String,
    /// Whether the message that was tried before it at this sink had the same reason.
    pub is_repeated: bool,
}

/// Tries the message of this sink that is longest due; none if nothing is. A wait counts from the end of the
/// try, which may have taken its time. `jitter` is between 0 and 1.
pub async fn deliver_next_message(
    outbox: &mut Outbox,
    sink: &str,
    way: &mut Transport,
    clock: Clock,
    jitter: f64,
) -> Result<Option<DeliveryAttemptReport>> {
    let Some(claimed) = outbox.claim_due_message(sink, clock.now())? else { return Ok(None) };
    if is_given_up(claimed.attempt, claimed.unfinished) {
        return give_up_on_message(outbox, sink, claimed, clock.now()).map(Some);
    }
    let attempt = way.deliver(&claimed.key, &claimed.recipient, &claimed.body).await;
    let now = clock.now();
    let settled = decide_after_attempt(&attempt, claimed.attempt, now, jitter);
    let words = delivery_outcome_reason(attempt);
    // It only spares the log a line that it has already: if it cannot be read, the message is settled all the same.
    let said_before = outbox.last_delivery_remark(sink).ok().flatten();
    outbox.record_delivery_decision(&claimed, sink, &settled, &words, now)?;
    let is_known = said_before.is_some_and(|said| said == words);
    Ok(Some(DeliveryAttemptReport {
        id: claimed.id,
        attempt: claimed.attempt,
        settled,
        reason: words,
        is_repeated: is_known,
    }))
}

/// Keeps a message as failed whose last tries never came to an end: the program was stopped in them, perhaps by
/// it. This try is not made, and so not counted.
fn give_up_on_message(
    outbox: &mut Outbox,
    sink: &str,
    claimed: ClaimedMessage,
    now: Timestamp,
) -> Result<DeliveryAttemptReport> {
    let claimed = ClaimedMessage { attempt: claimed.attempt - 1, ..claimed };
    let ClaimedMessage { id, attempt, unfinished, .. } = claimed;
    let words = format!(
        "paperwire was ended during {unfinished} of its {attempt} tries, the last one among them; it is not tried again"
    );
    outbox.record_delivery_decision(&claimed, sink, &DeliveryDecision::Failed, &words, now)?;
    Ok(DeliveryAttemptReport {
        id,
        attempt,
        settled: DeliveryDecision::Failed,
        reason: words,
        is_repeated: false,
    })
}

fn delivery_outcome_reason(attempt: Attempt) -> String {
    match attempt {
        Attempt::Accepted => ACCEPTED.to_owned(),
        Attempt::AcceptedWithWarning { words }
        | Attempt::Deferred { wait: _, words }
        | Attempt::Refused { what: _, words } => words,
    }
}
