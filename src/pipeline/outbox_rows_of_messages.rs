//! A sink's messages as rows of the outbox.

use crate::sink::SinkMessage;
use crate::store::OutboxMessage;

pub(super) fn outbox_rows_of_messages(messages: Vec<SinkMessage>) -> Vec<OutboxMessage> {
    let row = |SinkMessage { key, recipient, part, body }| OutboxMessage { key, recipient, part, body };
    messages.into_iter().map(row).collect()
}
