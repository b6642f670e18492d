//! `backup FILE`: a copy of the history, beside a running daemon or without one.

use std::path::Path;

use anyhow::{Result, bail};
use serde::Serialize;

use super::{Done, answer};
use crate::config::Config;
use crate::store::{Copied, Reader};

#[derive(Serialize)]
struct Answer {
    file: String,
    papers: u64,
    bytes: u64,
}

pub(super) fn backup(config: &Config, file: &Path, json: bool) -> Result<Done> {
    let Some(reader) = Reader::open(&config.state)? else {
        bail!("there is no history at {} yet, and so nothing to copy", config.state.display());
    };
    let Copied { papers, bytes } = reader.backup(file)?;
    let copy = file.display().to_string();
    if json {
        answer::print_json(&Answer { file: copy, papers, bytes })?;
    } else {
        answer::print(&format!("{copy}: {papers} papers, {bytes} bytes\n"))?;
    }
    Ok(Done::Whole)
}
