//! The sections `[[list]]`: the Markdown files that carry the tables.

use std::path::{Path, PathBuf};

use crate::domain::{ArchivePattern, BadArchivePattern, Beside, Column, TreePath};

use super::mistake::{Mistakes, Wrong};
use super::repository::{self, ListRepository};
use super::section::{Kind, Section};
use super::twins::{identity, refuse_twins, refuse_twins_beside, refuse_twins_in_archives};
use super::{path, topic, value};

/// The keys of `[[list]]`.
pub(super) const KIND: Kind = Kind {
    title: "[[list]]",
    keys: &KEYS,
    secrets: &[("token", "token"), ("password", "token"), ("key", "key")],
};

/// What every list may have.
const OWN_KEYS: [&str; 10] =
    ["file", "topics", "rows", "name", "code_hosts", "columns", "archive", "feed", "bibtex", "page"];

/// The same with what only a list in a repository has.
const KEYS: [&str; OWN_KEYS.len() + repository::KEYS.len()] = {
    let mut keys = [""; OWN_KEYS.len() + repository::KEYS.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = if at < OWN_KEYS.len() { OWN_KEYS[at] } else { repository::KEYS[at - OWN_KEYS.len()] };
        at += 1;
    }
    keys
};

/// Rows of each table, where the file does not say.
const ROWS: u32 = 200;

/// No Markdown file of that many rows is shown by any renderer.
const ROWS_MAX: u32 = 100_000;

/// One Markdown file that carries tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its identity.
    pub name: String,
    /// The repository that its file is in; none for a file of this machine.
    pub repository: Option<ListRepository>,
    /// Where it is, from where the program runs; in a repository, from its top.
    pub file: PathBuf,
    /// The same as the config writes it.
    pub shown: String,
    /// The topics that it has a table of, in the tables' order.
    pub topics: Vec<String>,
    /// The most rows that one table has.
    pub rows: u32,
    /// Hosts beside GitHub whose repositories count as code links, in lower case.
    pub code_hosts: Vec<String>,
    /// The columns of its tables, in their order; the title among them.
    pub columns: Vec<Column>,
    /// Where its older rows go.
    pub archive: Option<ArchivePattern>,
    /// The files that are kept beside it, with their places as `file` has its own.
    pub beside: Vec<(Beside, PathBuf)>,
}

impl List {
    /// Whether a path leads to its own file. Of what is in a repository none does.
    pub fn is_at(&self, path: &Path) -> bool {
        self.repository.is_none() && path::identity(path) == path::identity(&self.file)
    }
}

/// What the lists of a file are checked against.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The config's folder.
    pub(super) folder: &'a Path,
    /// The identities of the files that no list may have, each with what it is.
    pub(super) taken: Vec<(&'static str, PathBuf)>,
    /// The names of all topics.
    pub(super) topics: &'a [String],
}

pub(super) fn read(sections: &[Section], around: &Around, mistakes: &mut Mistakes) -> Vec<List> {
    let mut lists: Vec<(List, PathBuf)> = Vec::new();
    let mut whose: Vec<&Section> = Vec::new();
    for section in sections {
        let Some(list) = list(section, around, mistakes) else { continue };
        let file = identity(&list, &list.file);
        let list = (list, file);
        refuse_twins(section, &list, &lists, around, mistakes);
        lists.push(list);
        whose.push(section);
    }
    refuse_twins_beside(&whose, &lists, around, mistakes);
    refuse_twins_in_archives(&whose, &lists, around, mistakes);
    lists.into_iter().map(|(list, _)| list).collect()
}

fn list(section: &Section, around: &Around, mistakes: &mut Mistakes) -> Option<List> {
    let topics = topic::chosen(section, around.topics, mistakes);
    let rows = section.number("rows", ROWS, 1..=ROWS_MAX, mistakes);
    let name = section.given("name", value::name, mistakes);
    let code_hosts = section.each_text("code_hosts", value::host, mistakes).unwrap_or_default();
    let columns = columns(section, mistakes);
    let archive = section.given("archive", archive, mistakes).map(toml::Spanned::into_inner);
    let name = name.map(toml::Spanned::into_inner);
    let beside = beside(section, around.folder, mistakes);
    let Home { repository, file, shown, default_name } = home(section, name.as_deref(), around, mistakes)?;
    if let (Some(archive), Some(_)) = (&archive, &repository) {
        refuse_outside_tree(section, archive, &file, mistakes);
    }
    let name = name.unwrap_or(default_name);
    let rows = rows?;
    Some(List { name, repository, file, shown, topics, rows, code_hosts, columns, archive, beside })
}

/// Where a list's file is.
#[derive(Debug)]
struct Home {
    repository: Option<ListRepository>,
    file: PathBuf,
    shown: String,
    default_name: String,
}

fn home(section: &Section, name: Option<&str>, around: &Around, mistakes: &mut Mistakes) -> Option<Home> {
    if section.has("repository") {
        let repository = repository::repository(section, name, around.folder, mistakes)?;
        let project = repository.remote.project().to_owned();
        let file = PathBuf::from(repository.path.as_str());
        let shown = format!("{project}: {}", repository.path);
        return Some(Home { repository: Some(repository), file, shown, default_name: project });
    }
    repository::refuse_without(section, &KEYS, mistakes);
    let right = "the Markdown file to keep, as in file = \"papers/README.md\"";
    let written = |text: &str| path::file(text, around.folder).map(|file| (file, text.to_owned()));
    let (file, shown) = section.required("file", right, written, mistakes)?.into_inner();
    Some(Home { repository: None, file, default_name: shown.clone(), shown })
}

/// What is kept beside it: on this machine from the config's folder, in a repository from its top.
fn beside(section: &Section, folder: &Path, mistakes: &mut Mistakes) -> Vec<(Beside, PathBuf)> {
    let place = |text: &str| {
        if section.has("repository") { repository::place(text) } else { path::file(text, folder) }
    };
    let each = Beside::ALL.into_iter().filter_map(|form| {
        let place = section.given(form.word(), place, mistakes)?;
        Some((form, place.into_inner()))
    });
    each.collect()
}

/// The columns in the order given; the title leads to the paper, so no table is without it.
fn columns(section: &Section, mistakes: &mut Mistakes) -> Vec<Column> {
    let Some(columns) = section.each_text("columns", column, mistakes) else { return Column::USUAL.to_vec() };
    let twice = columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column));
    if let Some((_, column)) = twice {
        let words = format!("names the column \"{}\" twice", column.name());
        mistakes.add(
            section.place("columns"),
            &section.whose("columns"),
            Wrong::new(words, "each column once"),
        );
    } else if !columns.contains(&Column::Title) {
        let wrong = Wrong::new("has no \"Title\"", "the title among them: it leads to the paper");
        mistakes.add(section.place("columns"), &section.whose("columns"), wrong);
    }
    columns
}

fn column(text: &str) -> Result<Column, Wrong> {
    let names = || Column::ALL.map(|column| format!("\"{}\"", column.name())).join(", ");
    let found = Column::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| Wrong::new("is no column", names()))
}

/// What an archive is called.
const ARCHIVE: &str = "a file below the list's folder, as in \"archive/{year}-{month}.md\"";

fn archive(text: &str) -> Result<ArchivePattern, Wrong> {
    text.parse().map_err(|bad: BadArchivePattern| Wrong::new(bad.to_string(), ARCHIVE))
}

/// Not every path below a list's folder is one that a list in a repository may write to. One file tells of all, for only
/// digits differ.
fn refuse_outside_tree(section: &Section, archive: &ArchivePattern, file: &Path, mistakes: &mut Mistakes) {
    let first = file.with_file_name(archive.file(2025, 1, 1));
    if let Err(bad) = first.to_string_lossy().parse::<TreePath>() {
        let wrong = Wrong::new(bad.to_string(), ARCHIVE);
        mistakes.add(section.place("archive"), &section.whose("archive"), wrong);
    }
}
