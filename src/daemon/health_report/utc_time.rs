//! A time as a health report shows it.

use jiff::Timestamp;

/// `2025-03-26 08:00 UTC`.
pub fn format_utc(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
