//! What a commit and a pull request say of a list's change.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::Result;

use super::repository_list_settings::RepositoryListSettings;
use crate::domain::pull_request_plan::ProposedContentFingerprints;
use crate::domain::{PaperId, ProposalCounts, ProposalTextTemplate};
use crate::list::git::{ADDRESS, NAME};
use crate::pipeline::document::exports::{is_export_file, table_rows_of_topic};
use crate::pipeline::document::list_settings_and_report::List;
use crate::pipeline::document::merged_list::MergedList;
use crate::render::pull_request::{EditedCellConflict, ProposedTopicChanges, VersionReplacingRow};
use crate::render::{SingleLine, texts_between_valid_markers};
use crate::store::{FileTexts, Store};

/// Longest title that is made of a template. Source: GitHub and GitLab take 255 or 256 characters.
const TITLE_CHARS_MAX: usize = 250;

/// The message of a commit that changes so much: the same for the same change.
pub(super) fn commit_message(
    target: &RepositoryListSettings<'_>,
    changes: &[ProposedTopicChanges],
) -> String {
    let message = target
        .commit_message
        .map_or_else(|| default_commit_message(changes), |template| fill_template(template, changes));
    let signoff =
        if target.signoff { format!("\n\nSigned-off-by: {NAME} <{ADDRESS}>") } else { String::new() };
    format!("{message}{signoff}\n")
}

fn default_commit_message(changes: &[ProposedTopicChanges]) -> String {
    let ProposalCounts { new, replaced, published } = count_changes(changes);
    let published = match published {
        0 => String::new(),
        published => format!(", {published} published"),
    };
    format!("Update the list of papers\n\n{new} new, {replaced} replaced{published}.")
}

/// The title of a pull request that changes so much.
pub(super) fn pull_request_title(
    template: &ProposalTextTemplate,
    changes: &[ProposedTopicChanges],
) -> String {
    let title = SingleLine::new(&fill_template(template, changes));
    match title.as_str().char_indices().nth(TITLE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &title.as_str()[..end]),
        None => title.as_str().to_owned(),
    }
}

fn fill_template(template: &ProposalTextTemplate, changes: &[ProposedTopicChanges]) -> String {
    let topics: Vec<&str> =
        changes.iter().filter(|topic| !topic.is_empty()).map(|topic| topic.topic.as_str()).collect();
    template.fill(count_changes(changes), &topics)
}

fn count_changes(changes: &[ProposedTopicChanges]) -> ProposalCounts {
    let count = |number: fn(&ProposedTopicChanges) -> usize| changes.iter().map(number).sum();
    ProposalCounts {
        new: count(|topic| topic.new.len()),
        replaced: count(|topic| topic.replaced.len()),
        published: count(|topic| topic.published.len()),
    }
}

/// What a change brings: the lines of tables that are nowhere in the list's files, those that will not be, and the list's
/// exports. Who closed a pull request and then mends a row, or takes some of it over by hand, has not asked for
/// the rest again.
pub(super) fn content_fingerprints_of_change(
    current: &FileTexts,
    merged: &MergedList,
) -> ProposedContentFingerprints {
    let desired = &merged.files;
    let differing: Vec<&String> =
        desired.keys().filter(|file| current.get(*file) != desired.get(*file)).collect();
    let lines = |files: &'_ FileTexts| -> BTreeSet<String> {
        let tables =
            differing.iter().filter(|file| !is_export_file(file)).filter_map(|file| files.get(*file));
        tables.flat_map(|text| table_lines(text)).map(str::to_owned).collect()
    };
    let (before, after) = (lines(current), lines(desired));
    let gone = before.difference(&after).map(|line| format!("gone {line}"));
    let exports = differing.iter().filter(|file| is_export_file(file)).map(|file| format!("beside {file}"));
    ProposedContentFingerprints::from_texts(after.difference(&before).cloned().chain(gone).chain(exports))
}

fn table_lines(text: &str) -> Vec<&str> {
    let tables = texts_between_valid_markers(text);
    tables.into_iter().flat_map(|(_, table)| table.lines().map(str::trim_end)).collect()
}

/// What would change in each topic.
pub(super) fn proposed_topic_changes(
    store: &Store,
    list: &List<'_>,
    current: &FileTexts,
    merged: &MergedList,
) -> Result<Vec<ProposedTopicChanges>> {
    list.topics.iter().map(|topic| changes_of_topic(store, topic, current, merged)).collect()
}

fn changes_of_topic(
    store: &Store,
    topic: &str,
    current: &FileTexts,
    merged: &MergedList,
) -> Result<ProposedTopicChanges> {
    // Nothing comes or goes in a file that stays as it is.
    let differs = |file: &str| current.get(file) != merged.files.get(file) && !is_export_file(file);
    let mut before = existing_rows(topic, current.iter().filter(|(file, _)| differs(file)));
    // A row may have led to its paper by another identity before.
    for (id, own) in store.displayed_ids_by_former_id(before.keys().collect::<Vec<_>>())? {
        if let Some(known) = before.remove(&id) {
            before.entry(own).or_insert(known);
        }
    }
    // A row of a person's own that leads to a page is no paper.
    let generated = existing_rows(topic, merged.generated.iter());
    let is_paper = |paper: &PaperId| paper.is_surely_paper() || generated.contains_key(paper);
    let (mut new, mut replaced, mut published, mut archived) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (file, text) in merged.files.iter().filter(|(file, _)| differs(file)) {
        for row in table_rows_of_topic(topic, text) {
            let Some(link) = row.link.as_ref().filter(|link| is_paper(&link.paper)) else { continue };
            match before.get(&link.paper) {
                None => new.push(row),
                Some(known) if link.version > known.version => {
                    replaced.push(VersionReplacingRow { row, previous_version: known.version });
                }
                Some(known) if known.file.is_empty() && !file.is_empty() => archived += 1,
                Some(known) if !known.has_article && row.article_link.is_some() => published.push(row),
                Some(_) => {}
            }
        }
    }
    let of_topic = |name: &str| name == topic;
    let dismissed = merged.dismissed.iter().filter(|one| of_topic(&one.topic));
    let conflicts = merged.conflicts.iter().filter(|one| of_topic(&one.topic));
    Ok(ProposedTopicChanges {
        topic: topic.to_owned(),
        new,
        replaced,
        published,
        dismissed: dismissed.map(|one| SingleLine::new(one.paper.as_str())).collect(),
        conflicts: conflicts
            .map(|one| EditedCellConflict {
                title: SingleLine::new(&one.paper),
                column: one.column.clone(),
                edited: SingleLine::new(&one.edited),
                desired: SingleLine::new(&one.desired),
            })
            .collect(),
        archived_rows: archived,
    })
}

/// What a paper's row says in the files that are there.
struct ExistingRow<'a> {
    /// The file that has it.
    file: &'a str,
    version: Option<crate::domain::Version>,
    has_article: bool,
}

/// The row of each paper of a topic.
fn existing_rows<'a>(
    topic: &str,
    files: impl Iterator<Item = (&'a String, &'a Arc<str>)>,
) -> HashMap<PaperId, ExistingRow<'a>> {
    let mut known = HashMap::new();
    for (file, text) in files {
        for row in table_rows_of_topic(topic, text) {
            let has_article = row.article_link.is_some();
            let known_row = |version| ExistingRow { file: file.as_str(), version, has_article };
            known.extend(row.link.map(|link| (link.paper, known_row(link.version))));
        }
    }
    known
}
