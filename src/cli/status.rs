//! `status`: whether all is in order, and what to do if it is not. Ends with 0 or 1, as cron and Nagios
//! want it.

use std::io::IsTerminal;

use anyhow::Result;

use super::command_outcome::CommandOutcome;
use super::output;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::health_report::{Colours, HealthReport};

pub(super) fn run_status_command(config: &Config, clock: Clock, json: bool) -> Result<CommandOutcome> {
    let health = HealthReport::read_from_store(config, clock.now())?;
    output::print_text(&if json { health.to_json()? } else { health.to_plain_text(detect_colours()) })?;
    let is_in_order = health.incidents().is_empty();
    Ok(if is_in_order { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

/// <https://no-color.org>
fn detect_colours() -> Colours {
    let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|word| word.is_empty());
    if is_wanted && std::io::stdout().is_terminal() { Colours::On } else { Colours::Off }
}
