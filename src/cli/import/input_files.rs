//! The files of lists, as they are read for an import.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use crate::cli::runtime::build_runtime;
use crate::cli::usage_error::UsageError;
use crate::config::Config;
use crate::daemon::list_repositories::read_list_texts;
use crate::list;
use crate::render::{MarkdownTable, parse_markdown_tables};

/// A file with the tables of papers that it has.
pub(super) struct ParsedImportFile {
    /// As a person knows it.
    pub(super) display_name: String,
    pub(super) tables: Vec<MarkdownTable>,
}

/// A file of this machine; if it is a list's own, those of the list's archive too, the newest first.
pub(super) fn read_list_and_archive_files(config: &Config, file: &Path) -> Result<Vec<ParsedImportFile>> {
    let text =
        list::read_input_file(file)?.with_context(|| format!("there is no file {}", file.display()))?;
    let mut files = vec![parse_list_file(file.display().to_string(), &text)?];
    let Some(list) = config.lists.iter().find(|list| list.is_path_of_list_file(file)) else {
        return Ok(files);
    };
    let Some(pattern) = &list.archive else { return Ok(files) };
    let folder = list.file.parent().unwrap_or(Path::new(""));
    for name in list::find_archive_files(folder, pattern)? {
        let path = folder.join(name);
        // A link that leads nowhere is no file.
        let text = list::read_list_file(&path)?;
        files.extend(text.map(|text| parse_archive_file(path.display().to_string(), &text)));
    }
    Ok(files)
}

/// The files of each list that is in a repository, with those of its archive.
pub(super) fn read_lists_in_repositories(config: &Config) -> Result<Vec<Vec<ParsedImportFile>>> {
    let runtime = build_runtime()?;
    let mut lists = Vec::new();
    for list in &config.lists {
        let Some(repository) = &list.repository else { continue };
        let texts = runtime.block_on(read_list_texts(config, list, repository))?;
        let texts = texts.with_context(|| format!("{}: there is no such file", list.display_name))?;
        lists.push(parse_list_and_archive_files(repository.remote.forge_project_path(), texts)?);
    }
    if lists.is_empty() {
        let words = "--from-repository: no list of the configuration is in a repository";
        return Err(UsageError(words.to_owned()).into());
    }
    Ok(lists)
}

/// A list's own file and those of its archive, as a repository has them.
fn parse_list_and_archive_files(
    project: &str,
    texts: Vec<(String, Arc<str>)>,
) -> Result<Vec<ParsedImportFile>> {
    let mut texts = texts.into_iter().map(|(path, text)| (format!("{project}: {path}"), text));
    let mut files = Vec::with_capacity(texts.len());
    if let Some((shown, text)) = texts.next() {
        files.push(parse_list_file(shown, &text)?);
    }
    files.extend(texts.map(|(shown, text)| parse_archive_file(shown, &text)));
    Ok(files)
}

/// A list's own file, which has a table at least.
fn parse_list_file(shown: String, text: &str) -> Result<ParsedImportFile> {
    let tables = parse_markdown_tables(text);
    if tables.is_empty() {
        bail!(
            "{shown} has no table of papers: the rows of a table need links to arXiv, or its header Title and Date"
        );
    }
    Ok(ParsedImportFile { display_name: shown, tables })
}

/// A file of an archive, in which there may be nothing.
fn parse_archive_file(shown: String, text: &str) -> ParsedImportFile {
    ParsedImportFile { display_name: shown, tables: parse_markdown_tables(text) }
}
