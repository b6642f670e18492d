//! The section `[operator]`: who is told what is wrong with the program itself.

use std::time::Duration;

use super::mistake::{Mistakes, Wrong};
use super::nearest::named;
use super::section::{Kind, Section};
use super::value;

/// The keys of `[operator]`.
pub(super) const KIND: Kind = Kind { title: "[operator]", keys: &["sink", "after"], secrets: &[] };

/// For how long something is wrong before it is told, where the file does not say.
const AFTER: &str = "12h";

/// Whoever wants to hear later hears nothing.
const AFTER_MAX: Duration = Duration::from_hours(30 * 24);

/// Where the operator is told what is wrong, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name of the sink.
    pub sink: String,
    /// For how long something must have been wrong, and then well again.
    pub after: Duration,
}

pub(super) fn read(section: &Section, sinks: &[String], mistakes: &mut Mistakes) -> Option<Operator> {
    let right = "the name of the [[sink]] at which you are told what is wrong, as in sink = \"lab\"";
    let sink = section.required("sink", right, |text| named(text, "sink", sinks), mistakes);
    let after = section.or("after", AFTER, after, mistakes);
    Some(Operator { sink: sink?.into_inner(), after: after?.into_inner() })
}

fn after(text: &str) -> Result<Duration, Wrong> {
    let after = value::days(text)?;
    if after <= AFTER_MAX {
        return Ok(after);
    }
    Err(Wrong::new("is too long", format!("at most {}", value::shown_days(AFTER_MAX))))
}
