//! The command line: reads it, does what it says, prints the answer on standard output and nothing else
//! there, and ends with 0 for done, 1 for a step that failed, 2 for a wrong command or configuration.
//! Knows words and exit statuses; must never know how anything is done.

mod answer;
mod check;
mod demo;
mod import;
mod logs;
mod once;
mod progress;
mod search;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use crate::clock::Clock;
use crate::config::{BadConfig, Config};

/// A wire service for papers: watches arXiv for new papers on a topic and keeps a Markdown list of them
/// current.
#[derive(Debug, Parser)]
#[command(name = "paperwire", version, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    options: Options,
}

/// Options of every command; they may stand before or after it.
#[derive(Debug, Args)]
struct Options {
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
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Polls every topic, brings the lists up to date, and stops
    Once,
    /// Loads the configuration and explains it; touches nothing
    Check,
    /// Fills the history from an existing list, silently
    Import {
        /// A Markdown file with tables of papers
        file: PathBuf,
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
    /// Shows the whole job, offline, on papers shipped with the program
    Demo {
        /// Where to leave what it writes
        #[arg(long, value_name = "FOLDER", default_value = "paperwire-demo")]
        folder: PathBuf,
    },
}

/// Runs the program on its own command line.
pub fn main() -> ExitCode {
    let line = Line::parse();
    logs::begin(line.options.verbose);
    match run(&line.command, &line.options) {
        Ok(Done::Whole) => ExitCode::SUCCESS,
        Ok(Done::WithFailures) => ExitCode::from(1),
        Err(error) => {
            logs::tell_error(&error);
            ExitCode::from(if error.is::<BadConfig>() || error.is::<BadCommand>() { 2 } else { 1 })
        }
    }
}

/// Whether all of a command was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Whole,
    WithFailures,
}

/// Words on the command line that fit the grammar and yet cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct BadCommand(String);

fn run(command: &Command, options: &Options) -> anyhow::Result<Done> {
    let clock = options.now.map_or(Clock::Real, Clock::Set);
    let config = || Config::load(options.config.as_deref());
    match command {
        Command::Once => once::once(&config()?, clock, options.json),
        Command::Check => check::check(&config()?, clock, options.json),
        Command::Import { file, topic } => {
            import::import(&config()?, file, topic.as_deref(), clock, options.json)
        }
        Command::Search { words, limit } => search::search(&config()?, words, *limit, options.json),
        Command::Demo { folder } => demo::demo(folder, options.json),
    }
}
