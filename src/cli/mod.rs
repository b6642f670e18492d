//! The command line: reads it, does what it says, prints the answer on standard output and nothing else
//! there, and ends with 0 for done, 1 for a step that failed, 2 for a wrong command or configuration.
//! Knows words and exit statuses; must never know how anything is done.

mod backup;
mod check;
mod command_line;
mod command_outcome;
mod completions_and_man;
mod composed_digest_report;
mod demo;
mod dismissed_papers;
mod editable_config_file;
mod explain_paper_timeline;
mod import;
mod join_and_split_papers;
mod logging;
mod once;
mod opml;
mod outbox;
mod output;
mod paper_identity_report;
mod plan;
mod progress;
mod require_known_topics;
mod run_daemon;
mod runtime;
mod search;
mod source;
mod status;
mod test_sink;
mod test_source;
mod usage_error;

use std::process::ExitCode;

use clap::Parser as _;

use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use command_line::{Command, CommandLine, GlobalOptions};
use command_outcome::CommandOutcome;
use usage_error::UsageError;

/// Runs the program on its own command line.
pub fn main() -> ExitCode {
    let line = CommandLine::parse();
    // A daemon's log is where its operator looks: it says what it does without being asked.
    let level_min = u8::from(matches!(line.command, Command::Run));
    let logs = line.options.log_format.start_logging(line.options.verbose.max(level_min));
    match run_cli_command(&line.command, &line.options) {
        Ok(CommandOutcome::Complete) => ExitCode::SUCCESS,
        Ok(CommandOutcome::WithFailures) => ExitCode::from(1),
        Err(error) => {
            logs.report_error(&error);
            ExitCode::from(if error.is::<ConfigError>() || error.is::<UsageError>() { 2 } else { 1 })
        }
    }
}

fn run_cli_command(command: &Command, options: &GlobalOptions) -> anyhow::Result<CommandOutcome> {
    let clock = options.now.map_or(Clock::Real, Clock::Fixed);
    let config = || Config::load_or_default(options.config.as_deref());
    match command {
        Command::Run => run_daemon::run_daemon_command(options.config.as_deref(), clock),
        Command::Once => once::run_once_command(&config()?, clock, options.json),
        Command::Check => check::run_check_command(&config()?, clock, options.json),
        Command::Plan { open } => plan::run_plan_command(&config()?, clock, *open, options.json),
        Command::Import { file, from_repository: _, topic } => {
            import::run_import_command(&config()?, file.as_deref(), topic.as_deref(), clock, options.json)
        }
        Command::Search { words, limit } => {
            search::run_search_command(&config()?, words, *limit, options.json)
        }
        Command::List { verb } => dismissed_papers::run_list_command(&config()?, verb, options.json),
        Command::Status => status::run_status_command(&config()?, clock, options.json),
        Command::Explain { paper } => {
            explain_paper_timeline::explain_paper(&config()?, paper, clock, options.json)
        }
        Command::Paper { verb } => {
            join_and_split_papers::run_paper_command(&config()?, verb, clock, options.json)
        }
        Command::Outbox { verb } => {
            outbox::run_outbox_command(&config()?, verb.as_ref(), clock, options.json)
        }
        Command::Source { verb } => source::run_source_command(&config()?, verb, clock, options.json),
        Command::Opml { verb } => opml::run_opml_command(&config()?, verb, clock, options.json),
        Command::Test { name } => run_test_command(&config()?, name, clock, options.json),
        Command::Backup { file } => backup::run_backup_command(&config()?, file, options.json),
        Command::Demo { folder, serve } => demo::run_demo_command(folder, *serve, options.json),
        Command::Completions { shell } => completions_and_man::print_completions(*shell, options.json),
        Command::Man { folder } => completions_and_man::write_man_pages(folder.as_deref(), options.json),
    }
}

/// A sink gets a message, a feed is asked. If both have the name, it is the sink's, as it was before there were feeds.
fn run_test_command(config: &Config, name: &str, clock: Clock, json: bool) -> anyhow::Result<CommandOutcome> {
    if let Some(sink) = config.sinks.iter().find(|sink| sink.name == name) {
        return test_sink::run_sink_test(sink, clock, json);
    }
    if let Some(feed) = config.feeds.iter().find(|feed| feed.name == name) {
        return test_source::run_source_test(config, feed, clock, json);
    }
    let sinks = config.sinks.iter().map(|sink| sink.name.as_str());
    let known = sinks.chain(config.feeds.iter().map(|feed| feed.name.as_str()));
    Err(UsageError::unknown_name_error("sink or feed", name, known).into())
}
