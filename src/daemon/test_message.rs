//! One harmless message to a sink by the real way, so that a person sees whether it arrives.

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::sinks;
use crate::config::SinkConfig;
use crate::domain::Attempt;
use crate::store::ClaimedMessage;

/// Sends it now, once to each recipient; what each try came to, in the recipients' order.
pub async fn send_test(sink: &SinkConfig, now: Timestamp) -> Result<Vec<Attempt>> {
    let mut transport = sinks::open_transport(&sink.kind)?;
    let key = format!("test_{}", now.as_microsecond());
    let mut attempts = Vec::new();
    for (recipient, body) in
        sinks::renderer(&sink.kind).render_test(&sink.name, &key, &now.to_zoned(TimeZone::UTC))?
    {
        let message = ClaimedMessage { id: 0, key: key.clone(), recipient, body, attempt: 1, unfinished: 0 };
        attempts.push(transport.try_once(&message).await);
    }
    transport.close().await;
    Ok(attempts)
}
