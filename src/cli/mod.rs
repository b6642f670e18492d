//! The command line: reads it, does what it says, prints the answer on standard output and nothing else
//! there, and ends with 0 for done, 1 for a step that failed, 2 for a wrong command or configuration.
//! Knows words and exit statuses; must never know how anything is done.

mod backup;
mod check;
mod completions_and_man;
mod demo;
mod explain;
mod import;
mod list;
mod logs;
mod once;
mod outbox;
mod output;
mod plan;
mod progress;
mod run;
mod search;
mod status;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use logs::{LogFormat, LogOutput};

/// A wire service for papers: watches arXiv for new papers on a topic and keeps a Markdown list of them
/// current.
#[derive(Debug, Parser)]
#[command(name = "paperwire", version, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    options: GlobalOptions,
}

/// Options of every command; they may stand before or after it.
#[derive(Debug, Args)]
struct GlobalOptions {
    /// The configuration [default: paperwire.toml, else the built-in one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Prints the answer as JSON
    #[arg(long, global = true)]
    json: bool,
    /// What to take for the present, such as 2025-03-26T08:00:00Z
    #[arg(long, global = true, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Tells more of what happens, on standard error; twice: everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// How it is told: in words, or as a JSON object a line
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Plain)]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watches: polls by the crontab, keeps the lists current, sends what is due, until it is stopped
    Run,
    /// Polls every topic, brings the lists up to date, sends what is due, and stops
    Once,
    /// Loads the configuration and explains it; touches nothing
    Check,
    /// Shows what the next turn would write and send; writes, sends and asks for nothing
    Plan {
        /// Leaves the mails as HTML pages and shows the first
        #[arg(long)]
        open: bool,
    },
    /// Fills the history from an existing list, silently
    Import {
        /// A Markdown file with tables of papers; a list of the configuration is read with its archive
        #[arg(required_unless_present = "from_repository")]
        file: Option<PathBuf>,
        /// Reads the lists that the configuration has in repositories instead
        #[arg(long, conflicts_with = "file")]
        from_repository: bool,
        /// The topic that its rows belong to [default: the one that each table's heading names]
        #[arg(long, value_name = "NAME")]
        topic: Option<String>,
    },
    /// Finds papers in the history by words of title, abstract and authors, newest first
    Search {
        /// All of them must occur
        #[arg(required = true)]
        words: Vec<String>,
        /// Papers to show at the most
        #[arg(long, value_name = "NUMBER", default_value_t = 20)]
        limit: u32,
    },
    /// Shows what people took out of the lists, and takes it back
    List {
        #[command(subcommand)]
        verb: list::ListCommand,
    },
    /// Says whether all is in order, and what to do where it is not; ends with 0 or 1
    Status,
    /// Tells the life of one paper here: when it was seen, where it stands, whom it was told to or why not
    Explain {
        /// The paper's identifier or address, or words that only it has
        #[arg(required = true)]
        paper: Vec<String>,
    },
    /// Looks at the messages on their way, and steps in
    Outbox {
        #[command(subcommand)]
        verb: Option<outbox::OutboxCommand>,
    },
    /// Sends one harmless message to a sink, now, by the real way
    Test {
        /// The sink's name
        sink: String,
    },
    /// Copies the history into a new file, also while the daemon is at work
    Backup {
        /// The copy; it must not exist yet
        file: PathBuf,
    },
    /// Shows the whole job, offline, on papers shipped with the program
    Demo {
        /// Where to leave what it writes
        #[arg(long, value_name = "FOLDER", default_value = "paperwire-demo")]
        folder: PathBuf,
        /// Then serves the pages, feeds and metrics of it, until Ctrl-C
        #[arg(long)]
        serve: bool,
    },
    /// Prints the script that lets a shell complete this command line
    Completions {
        /// The shell that it is for
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Prints the manual page, or writes one page for each command
    Man {
        /// Where to write the pages [default: only this program's own, on standard output]
        folder: Option<PathBuf>,
    },
}

/// Runs the program on its own command line.
pub fn main() -> ExitCode {
    let line = CommandLine::parse();
    // A daemon's log is where its operator looks: it tells what it does without being asked.
    let told = u8::from(matches!(line.command, Command::Run));
    let logs = LogOutput::start(line.options.log_format, line.options.verbose.max(told));
    match run_command(&line.command, &line.options) {
        Ok(CommandOutcome::Complete) => ExitCode::SUCCESS,
        Ok(CommandOutcome::WithFailures) => ExitCode::from(1),
        Err(error) => {
            logs.report_error(&error);
            ExitCode::from(if error.is::<ConfigError>() || error.is::<UsageError>() { 2 } else { 1 })
        }
    }
}

/// Whether all of a command was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CommandOutcome {
    Complete,
    WithFailures,
}

/// Words on the command line that fit the grammar and yet cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UsageError(String);

/// What a command's tasks run on: one thread, for what they share.
fn build_runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("cannot start")
}

fn run_command(command: &Command, options: &GlobalOptions) -> anyhow::Result<CommandOutcome> {
    let clock = options.now.map_or(Clock::Real, Clock::Fixed);
    let config = || Config::load(options.config.as_deref());
    match command {
        Command::Run => run::run(options.config.as_deref(), clock),
        Command::Once => once::once(&config()?, clock, options.json),
        Command::Check => check::check(&config()?, clock, options.json),
        Command::Plan { open } => plan::plan(&config()?, clock, *open, options.json),
        Command::Import { file, from_repository: _, topic } => {
            import::import(&config()?, file.as_deref(), topic.as_deref(), clock, options.json)
        }
        Command::Search { words, limit } => search::search(&config()?, words, *limit, options.json),
        Command::List { verb } => list::list(&config()?, verb, options.json),
        Command::Status => status::status(&config()?, clock, options.json),
        Command::Explain { paper } => explain::explain(&config()?, paper, clock, options.json),
        Command::Outbox { verb } => outbox::outbox(&config()?, verb.as_ref(), clock, options.json),
        Command::Test { sink } => test::test(&config()?, sink, clock, options.json),
        Command::Backup { file } => backup::backup(&config()?, file, options.json),
        Command::Demo { folder, serve } => demo::demo(folder, *serve, options.json),
        Command::Completions { shell } => completions_and_man::completions(*shell, options.json),
        Command::Man { folder } => completions_and_man::man(folder.as_deref(), options.json),
    }
}
