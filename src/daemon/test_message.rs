//! One harmless message to a sink in the same way as a real one, so that a person sees whether it arrives.

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::SinkConfig;
use crate::domain::Attempt;

/// Sends it now, once to each recipient; what each try came to, in the recipients' order.
pub async fn send_test_message(sink: &SinkConfig, now: Timestamp) -> Result<Vec<Attempt>> {
    let adapter = sink.kind.sink_adapter();
    let mut transport = adapter.open_sink_transport()?;
    let key = format!("test_{}", now.as_microsecond());
    let mut attempts = Vec::new();
    for message in adapter.render_test_message(&sink.name, &key, &now.to_zoned(TimeZone::UTC))? {
        attempts.push(transport.deliver(&message.key, &message.recipient, &message.body).await);
    }
    transport.close_kept_session().await;
    Ok(attempts)
}
