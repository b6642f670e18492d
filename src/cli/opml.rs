//! `opml`: lists of feeds from and for other readers of feeds.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::editable_config_file::EditableConfigFile;
use super::output;
use super::require_known_topics::require_known_topics;
use super::usage_error::{UsageError, quote_names};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::opml_import_export::{export_feed_list, import_feed_list};
use crate::list;

/// What to do with lists of feeds.
#[derive(Debug, Subcommand)]
pub(super) enum OpmlCommand {
    /// Writes the feeds of a list into the configuration; asks none of them
    Import {
        /// A list in OPML
        file: PathBuf,
        /// A topic that takes papers from them; may be repeated
        #[arg(long = "topic", value_name = "NAME")]
        topics: Vec<String>,
    },
    /// Prints the feeds of the configuration as a list in OPML, but for those whose addresses are secrets
    Export,
}

pub(super) fn run_opml_command(
    config: &Config,
    verb: &OpmlCommand,
    clock: Clock,
    json: bool,
) -> Result<CommandOutcome> {
    match verb {
        OpmlCommand::Import { file, topics } => import_opml(config, file, topics, json),
        OpmlCommand::Export if json => {
            let words = "opml export --json: a list in OPML is no JSON; leave --json out";
            Err(UsageError(words.to_owned()).into())
        }
        OpmlCommand::Export => {
            let (text, secret) = export_feed_list(config, clock.now());
            if !secret.is_empty() {
                let names = quote_names(secret.iter().map(String::as_str));
                tracing::warn!("left out, because their addresses are secrets: {names}");
            }
            output::print_text(&text)?;
            Ok(CommandOutcome::Complete)
        }
    }
}

#[derive(Serialize)]
struct OpmlImportReport {
    added: Vec<OpmlAddedSource>,
    known: Vec<String>,
    refused: Vec<RefusedFeed>,
    file: String,
}

#[derive(Serialize)]
struct OpmlAddedSource {
    name: String,
    url: String,
}

#[derive(Serialize)]
struct RefusedFeed {
    title: String,
    reason: String,
}

fn import_opml(config: &Config, file: &Path, topics: &[String], json: bool) -> Result<CommandOutcome> {
    require_known_topics(config, topics)?;
    let config_file = EditableConfigFile::open(config)?;
    let text =
        list::read_input_file(file)?.with_context(|| format!("there is no file {}", file.display()))?;
    let mut import = None;
    let written = config_file.edit_and_save(|edit| {
        import = Some(
            import_feed_list(config, edit, text.as_bytes(), topics)
                .with_context(|| file.display().to_string())?,
        );
        Ok(())
    })?;
    // The change is made, or this is not reached.
    let import = import.unwrap_or_default();
    let report = OpmlImportReport {
        added: import.added.into_iter().map(|new| OpmlAddedSource { name: new.name, url: new.url }).collect(),
        known: import.known,
        refused: import.refused.into_iter().map(|(title, reason)| RefusedFeed { title, reason }).collect(),
        file: written.display().to_string(),
    };
    output::print_answer(json, &report, || format_report(&report, topics))?;
    Ok(if report.refused.is_empty() { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

fn format_report(report: &OpmlImportReport, topics: &[String]) -> String {
    let mut text = String::new();
    // A text takes what is written.
    for new in &report.added {
        let _ = writeln!(text, "{}  {}", new.name, new.url);
    }
    for refused in &report.refused {
        let _ = writeln!(text, "refused: \"{}\": {}", refused.title, refused.reason);
    }
    let _ = writeln!(
        text,
        "{} added to {}, {} known, {} refused",
        report.added.len(),
        report.file,
        report.known.len(),
        report.refused.len()
    );
    if topics.is_empty() && !report.added.is_empty() {
        text += "no topic takes papers from them yet: name them in a topic's `sources`\n";
    }
    text
}
