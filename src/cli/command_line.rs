//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use jiff::Timestamp;

use super::dismissed_papers::ListCommand;
use super::join_and_split_papers::PaperCommand;
use super::logging::LogFormat;
use super::opml::OpmlCommand;
use super::outbox::OutboxCommand;
use super::source::SourceCommand;

/// A wire service for papers: watches arXiv and feeds for new papers on a topic and keeps a Markdown list of
/// them current.
#[derive(Debug, Parser)]
#[command(name = "paperwire", version, max_term_width = 100)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) options: GlobalOptions,
}

/// Options of every command; they may be before or after it.
#[derive(Debug, Args)]
pub(super) struct GlobalOptions {
    /// The configuration [default: paperwire.toml, else the built-in one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Prints the answer as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// The time to use instead of now, such as 2025-03-26T08:00:00Z
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_time)]
    pub(super) now: Option<Timestamp>,
    /// Logs more to standard error; twice: everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// The log format: plain words, or one JSON object per line
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Plain)]
    pub(super) log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Runs as a daemon: polls on schedule, keeps the lists current, sends what is due, until it is stopped
    Run,
    /// Polls every topic, brings the lists up to date, sends what is due, and stops
    Once,
    /// Loads the configuration and explains it; touches nothing
    Check,
    /// Shows what the next run would write and send; writes and sends nothing, and asks no source
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
        #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = parse_paper_count)]
        limit: u32,
    },
    /// Shows papers that people deleted from the lists, and restores them
    List {
        #[command(subcommand)]
        verb: ListCommand,
    },
    /// Says whether all is in order, and what to do if it is not; ends with 0 or 1
    Status,
    /// Explains one paper: when it was seen, which lists have it, and who was notified of it, or why not
    Explain {
        /// The paper's identifier or address, or words that only it has
        #[arg(required = true)]
        paper: Vec<String>,
    },
    /// Takes apart or makes one what is two papers, or one work under two identifiers
    Paper {
        #[command(subcommand)]
        verb: PaperCommand,
    },
    /// Shows the messages on their way, and lets you retry, drop or hold them back
    Outbox {
        #[command(subcommand)]
        verb: Option<OutboxCommand>,
    },
    /// Lists the sources of the configuration, and adds feeds to it
    Source {
        #[command(subcommand)]
        verb: SourceCommand,
    },
    /// Reads and writes lists of feeds in OPML, as other readers of feeds do
    Opml {
        #[command(subcommand)]
        verb: OpmlCommand,
    },
    /// Sends one harmless message to a sink, or asks a feed once, now, in the same way as a real run
    Test {
        /// The sink's name, or the feed's
        name: String,
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

/// A moment in UTC or with its offset.
fn parse_time(text: &str) -> Result<Timestamp, &'static str> {
    text.parse().map_err(|_| "it is no moment; write it whole, as in 2025-03-26T08:00:00Z")
}

fn parse_paper_count(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "it is no number of papers; write it in digits, as in 20")
}
