//! The section `[operator]`: who hears what is wrong with the program itself.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::did_you_mean::require_known_name;
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;

/// The keys of `[operator]`.
pub(super) const SCHEMA: ConfigSectionSchema =
    ConfigSectionSchema { title: "[operator]", keys: &["sink", "after"], secrets: &[] };

/// For how long something is wrong before it is reported, if the file does not say.
const AFTER: &str = "12h";

/// Whoever wants to hear later hears nothing.
const AFTER_MAX: Duration = Duration::from_hours(30 * 24);

/// The sink at which the operator hears what is wrong, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperatorConfig {
    /// The name of the sink.
    pub sink: String,
    /// For how long something must have been wrong, and then well again.
    #[serde(serialize_with = "serialize_days")]
    pub after: Duration,
}

/// Writes a time as the file has it, for a person reads it too.
fn serialize_days<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&value_parsers::format_days(*time))
}

pub(super) fn read_operator_alert_config(
    section: &ConfigTable,
    sinks: &[String],
    mistakes: &mut Diagnostics,
) -> Option<OperatorConfig> {
    let right = "the name of the [[sink]] at which you are told what is wrong, as in sink = \"lab\"";
    let sink =
        section.required_value("sink", right, |text| require_known_name(text, "sink", sinks), mistakes);
    let after = section.value_or_default("after", AFTER, parse_alert_delay, mistakes);
    Some(OperatorConfig { sink: sink?, after: after? })
}

fn parse_alert_delay(text: &str) -> Result<Duration, InvalidValue> {
    let after = value_parsers::parse_duration_in_days(text)?;
    if after <= AFTER_MAX {
        return Ok(after);
    }
    Err(InvalidValue::new("is too long", format!("at most {}", value_parsers::format_days(AFTER_MAX))))
}
