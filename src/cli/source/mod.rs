//! `source`: where papers come from.

mod add;
mod list;

use clap::Subcommand;

use self::add::NewSource;
use super::command_outcome::CommandOutcome;
use crate::clock::Clock;
use crate::config::Config;

/// What to do with the sources.
#[derive(Debug, Subcommand)]
pub(super) enum SourceCommand {
    /// Looks at a feed, shows what is in it, and writes it into the configuration
    Add(NewSource),
    /// Lists the sources: how each is doing, when something new came last, when it is polled next, and for which topics
    List,
}

pub(super) fn run_source_command(
    config: &Config,
    verb: &SourceCommand,
    clock: Clock,
    json: bool,
) -> anyhow::Result<CommandOutcome> {
    match verb {
        SourceCommand::Add(new) => add::add_source(config, new, clock, json),
        SourceCommand::List => list::list_sources(config, clock, json),
    }
}
