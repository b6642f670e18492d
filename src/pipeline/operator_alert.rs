//! Telling the operator what has been wrong for long, and what is well again: decided, rendered and queued as
//! any message is.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::outbox_rows_of_messages::outbox_rows_of_messages;
use crate::domain::{Incident, OperatorAlert, update_incidents};
use crate::sink::{MessageKeys, SinkAdapter};
use crate::store::Store;

/// Queues a notice to this sink if it is time for one, and remembers what is wrong; whether one was queued. A sink's own
/// incident is not reported there: the message would arrive when it is over.
pub fn queue_alert_if_due(
    store: &mut Store,
    found: &[Incident],
    sink: &str,
    adapter: &dyn SinkAdapter,
    after: SignedDuration,
    now: Timestamp,
) -> Result<bool> {
    let own = incident_kind_and_name("sink", sink);
    let found: Vec<_> = found.iter().filter(|trouble| trouble.subject != own).cloned().collect();
    let records = store.remembered_incidents()?;
    let update = update_incidents(&records, &found, after, now);
    let messages = if update.opened.is_empty() && update.resolved.is_empty() {
        Vec::new()
    } else {
        let number = store.next_alert_number()?;
        let notice =
            OperatorAlert { number, composed: now, opened: update.opened, resolved: update.resolved };
        let id = store.store_id()?;
        let rendered = adapter.render_alert(&notice, sink, MessageKeys::new(&id));
        outbox_rows_of_messages(rendered.context("cannot render a notice to the operator")?)
    };
    if messages.is_empty() && records == update.records {
        return Ok(false);
    }
    store.replace_incidents_and_alert(&update.records, sink, &messages, now)?;
    Ok(!messages.is_empty())
}

/// What a trouble is with: `topic "Birds"`.
pub fn incident_kind_and_name(kind: &str, name: &str) -> String {
    format!("{kind} \"{name}\"")
}
