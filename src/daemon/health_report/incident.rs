//! What is wrong with a part of what is judged.

use jiff::Timestamp;

use crate::domain::Incident;

/// An incident with advice that is always the same.
pub(super) fn incident(
    subject: impl Into<String>,
    since: Timestamp,
    description: String,
    advice: &str,
) -> Incident {
    Incident { subject: subject.into(), since, description, advice: advice.to_owned() }
}
