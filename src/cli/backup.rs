//! `backup FILE`: a copy of the history, next to a running daemon or without one.

use std::path::Path;

use anyhow::{Result, bail};
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use crate::config::Config;
use crate::domain::count_of;
use crate::store::{BackupSummary, StoreReader};

#[derive(Serialize)]
struct BackupReport<'a> {
    file: &'a str,
    papers: u64,
    bytes: u64,
}

pub(super) fn run_backup_command(config: &Config, file: &Path, json: bool) -> Result<CommandOutcome> {
    let Some(reader) = StoreReader::open(&config.state)? else {
        bail!("there is no history at {} yet, and so nothing to copy", config.state);
    };
    let BackupSummary { papers, bytes } = reader.backup(file)?;
    let copy = file.display().to_string();
    output::print_answer(json, &BackupReport { file: &copy, papers, bytes }, || {
        format!("{copy}: {}, {}\n", count_of(papers, "paper"), count_of(bytes, "byte"))
    })?;
    Ok(CommandOutcome::Complete)
}
