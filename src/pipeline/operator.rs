//! Telling the operator what has been wrong for long, and what is well again: decided, rendered and queued as
//! any message is.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::style::Style;
use crate::domain::{Notice, Trouble, tell_troubles};
use crate::store::Store;

/// Queues a notice to this sink where it is time for one, and remembers what is wrong; whether one was queued. A sink is not told of its
/// own trouble: that would arrive when it is over.
pub fn tell(
    store: &mut Store,
    found: &[Trouble],
    sink: &str,
    style: &Style,
    after: SignedDuration,
    now: Timestamp,
) -> Result<bool> {
    let own = what("sink", sink);
    let found: Vec<_> = found.iter().filter(|trouble| trouble.what != own).cloned().collect();
    let records = store.troubles()?;
    let told = tell_troubles(&records, &found, after, now);
    let messages = if told.begun.is_empty() && told.ended.is_empty() {
        Vec::new()
    } else {
        let number = store.notice_next()?;
        let notice = Notice { number, composed: now, begun: told.begun, ended: told.ended };
        style.render_notice(&notice, sink, &store.id()?).context("cannot render a notice to the operator")?
    };
    if messages.is_empty() && records == told.records {
        return Ok(false);
    }
    store.remember_troubles(&told.records, sink, &messages, now)?;
    Ok(!messages.is_empty())
}

/// What a trouble is with: `topic "Birds"`.
pub fn what(kind: &str, name: &str) -> String {
    format!("{kind} \"{name}\"")
}
