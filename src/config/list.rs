//! The sections `[[list]]`: the Markdown files that carry the tables.

use std::path::{Path, PathBuf};

use crate::domain::{ArchivePattern, ArchivePatternError, Column, ExportFormat, TreePath};

use super::output_conflicts::{
    check_archive_path_clashes, check_export_path_clashes, file_identity, report_list_conflicts,
};
use super::repository::{self, RepositoryConfig};
use super::resolved_list_config::ListConfig;
use super::topic;
use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::{config_file_paths, value_parsers};

/// The keys of `[[list]]`.
pub(super) const SCHEMA: ConfigSectionSchema = ConfigSectionSchema {
    title: "[[list]]",
    keys: &KEYS,
    secrets: &[("token", "token"), ("password", "token"), ("key", "key")],
};

/// What every list may have.
const OWN_KEYS: [&str; 10] =
    ["file", "topics", "rows", "name", "code_hosts", "columns", "archive", "feed", "bibtex", "page"];

/// All keys of a list, also those of a list in a repository.
const KEYS: [&str; OWN_KEYS.len() + repository::KEYS.len()] = {
    let mut keys = [""; OWN_KEYS.len() + repository::KEYS.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = if at < OWN_KEYS.len() { OWN_KEYS[at] } else { repository::KEYS[at - OWN_KEYS.len()] };
        at += 1;
    }
    keys
};

/// How many rows a table has, if the file does not say.
const ROWS: u32 = 200;

/// No Markdown file of that many rows is shown by any renderer.
const ROWS_MAX: u32 = 100_000;

/// What the lists of a file are checked against.
#[derive(Debug)]
pub(super) struct ListCheckContext<'a> {
    /// The config's folder.
    pub(super) folder: &'a Path,
    /// The identities of the files that no list may have, each with what it is.
    pub(super) reserved_files: Vec<(&'static str, PathBuf)>,
    /// The names of all topics.
    pub(super) topics: &'a [String],
}

pub(super) fn read_list_sections(
    sections: &[ConfigTable],
    constraints: &ListCheckContext,
    mistakes: &mut Diagnostics,
) -> Vec<ListConfig> {
    let mut lists: Vec<(ListConfig, PathBuf)> = Vec::new();
    let mut whose: Vec<&ConfigTable> = Vec::new();
    for section in sections {
        let Some(list) = read_list_section(section, constraints, mistakes) else { continue };
        let file = file_identity(&list, &list.file);
        let list = (list, file);
        report_list_conflicts(section, &list, &lists, &constraints.reserved_files, mistakes);
        lists.push(list);
        whose.push(section);
    }
    check_export_path_clashes(&whose, &lists, &constraints.reserved_files, mistakes);
    check_archive_path_clashes(&whose, &lists, &constraints.reserved_files, mistakes);
    let mut lists: Vec<ListConfig> = lists.into_iter().map(|(list, _)| list).collect();
    name_lists_that_read_alike(&mut lists);
    lists
}

/// Lists of one repository and file are told apart by their names.
fn name_lists_that_read_alike(lists: &mut [ListConfig]) {
    let shown: Vec<String> = lists.iter().map(|list| list.display_name.clone()).collect();
    for list in lists.iter_mut() {
        if shown.iter().filter(|shown| **shown == list.display_name).count() > 1 {
            list.display_name = format!("{} (\"{}\")", list.display_name, list.name);
        }
    }
}

fn read_list_section(
    section: &ConfigTable,
    constraints: &ListCheckContext,
    mistakes: &mut Diagnostics,
) -> Option<ListConfig> {
    let topics = topic::read_topic_names(section, constraints.topics, mistakes);
    let rows = section.bounded_number("rows", ROWS, 1..=ROWS_MAX, mistakes);
    let name = section.optional_value("name", value_parsers::parse_topic_or_list_name, mistakes);
    let code_hosts =
        section.string_list("code_hosts", value_parsers::parse_host, mistakes).unwrap_or_default();
    let columns = read_columns_setting(section, mistakes);
    let archive = section.optional_value("archive", parse_archive_pattern, mistakes);
    let exports = read_exports_setting(section, constraints.folder, mistakes);
    let ListLocation { repository, file, display_name: shown, default_name } =
        read_list_location(section, name.as_deref(), constraints, mistakes)?;
    if let (Some(archive), Some(_)) = (&archive, &repository) {
        report_path_outside_tree(section, archive, &file, mistakes);
    }
    let name = name.unwrap_or(default_name);
    let rows = rows?;
    Some(ListConfig {
        name,
        repository,
        file,
        display_name: shown,
        topics,
        rows,
        code_hosts,
        columns,
        archive,
        exports,
    })
}

/// Where a list's file is.
#[derive(Debug)]
struct ListLocation {
    repository: Option<RepositoryConfig>,
    file: PathBuf,
    display_name: String,
    default_name: String,
}

fn read_list_location(
    section: &ConfigTable,
    name: Option<&str>,
    constraints: &ListCheckContext,
    mistakes: &mut Diagnostics,
) -> Option<ListLocation> {
    if section.has_config_key("repository") {
        let repository = repository::read_repository_config(section, name, constraints.folder, mistakes)?;
        let project = repository.remote.forge_project_path().to_owned();
        let file = PathBuf::from(repository.path.as_str());
        let shown = format!("{project}: {}", repository.path);
        return Some(ListLocation {
            repository: Some(repository),
            file,
            display_name: shown,
            default_name: project,
        });
    }
    repository::report_keys_needing_repository(section, &KEYS, mistakes);
    let right = "the Markdown file to keep, as in file = \"papers/README.md\"";
    let written = |text: &str| {
        config_file_paths::parse_file_path(text, constraints.folder).map(|file| (file, text.to_owned()))
    };
    let (file, shown) = section.required_value("file", right, written, mistakes)?;
    Some(ListLocation { repository: None, file, default_name: shown.clone(), display_name: shown })
}

/// The exports that are kept next to the list: on this machine from the config's folder, in a repository from its top.
fn read_exports_setting(
    section: &ConfigTable,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Vec<(ExportFormat, PathBuf)> {
    let place = |text: &str| {
        if section.has_config_key("repository") {
            repository::parse_path_in_repository(text)
        } else {
            config_file_paths::parse_file_path(text, folder)
        }
    };
    let each = ExportFormat::ALL.into_iter().filter_map(|form| {
        let place = section.optional_value(form.name(), place, mistakes)?;
        Some((form, place))
    });
    each.collect()
}

/// The columns in the order given; the title leads to the paper, so no table is without it.
fn read_columns_setting(section: &ConfigTable, mistakes: &mut Diagnostics) -> Vec<Column> {
    let Some(columns) = section.string_list("columns", parse_column, mistakes) else {
        return Column::USUAL.to_vec();
    };
    let twice = columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column));
    if let Some((_, column)) = twice {
        let words = format!("names the column \"{}\" twice", column.name());
        section.report_invalid("columns", InvalidValue::new(words, "each column once"), mistakes);
    } else if !columns.contains(&Column::Title) {
        let wrong = InvalidValue::new("has no \"Title\"", "the title among them: it leads to the paper");
        section.report_invalid("columns", wrong, mistakes);
    }
    columns
}

fn parse_column(text: &str) -> Result<Column, InvalidValue> {
    let names = || Column::ALL.map(|column| format!("\"{}\"", column.name())).join(", ");
    let found = Column::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| InvalidValue::new("is no column", names()))
}

/// What an archive is called.
const ARCHIVE: &str = "a file below the list's folder, as in \"archive/{year}-{month}.md\"";

fn parse_archive_pattern(text: &str) -> Result<ArchivePattern, InvalidValue> {
    text.parse().map_err(|bad: ArchivePatternError| InvalidValue::new(bad.to_string(), ARCHIVE))
}

/// Not every path below a list's folder is one that a list in a repository may write to. One file says it for all,
/// for only digits differ.
fn report_path_outside_tree(
    section: &ConfigTable,
    archive: &ArchivePattern,
    file: &Path,
    mistakes: &mut Diagnostics,
) {
    let first = file.with_file_name(archive.file_path(2025, 1, 1));
    if let Err(bad) = first.to_string_lossy().parse::<TreePath>() {
        let wrong = InvalidValue::new(bad.to_string(), ARCHIVE);
        section.report_invalid("archive", wrong, mistakes);
    }
}
