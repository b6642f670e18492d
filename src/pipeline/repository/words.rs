//! What a commit and a pull request say of a list's change.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::domain::PaperId;
use crate::domain::proposal::Content;
use crate::pipeline::beside::{is_beside, rows_of};
use crate::pipeline::curate::Curation;
use crate::pipeline::project::List;
use crate::render::pull_request::{self, Changes, Conflict, Replaced};
use crate::render::{Line, PaperLink, Row, sound_blocks};
use crate::store::Files;

/// Stands in the body of a pull request, unseen, before what the list has in it: whoever closes it has looked at that.
const MARK: &str = "<!-- paperwire content=";

/// The body of a pull request that changes so much.
pub(super) fn body(changes: &[Changes], content: &Content) -> String {
    let body = pull_request::body(changes);
    format!("{body}\n{MARK}{content} -->\n")
}

/// The content that a body was written for.
pub(super) fn content(body: &str) -> Option<Content> {
    let (_, rest) = body.split_once(MARK)?;
    let (content, _) = rest.split_once(" -->")?;
    content.parse().ok()
}

/// Whether two bodies are the same; a forge may have changed line ends, or white space at the end.
pub(super) fn say_the_same(standing: &str, body: &str) -> bool {
    standing.trim_end().lines().map(str::trim_end).eq(body.trim_end().lines().map(str::trim_end))
}

/// The message of a commit that changes so much: the same for the same change.
pub(super) fn message(changes: &[Changes]) -> String {
    let count = |number: fn(&Changes) -> usize| changes.iter().map(number).sum::<usize>();
    let (new, replaced) = (count(|topic| topic.new.len()), count(|topic| topic.replaced.len()));
    format!("Update the list of papers\n\n{new} new, {replaced} replaced.\n")
}

/// What a change brings: the lines of tables that stand nowhere in the list's files, those that will not, and the files
/// beside the list. Who closed a pull request and then mends a row, or takes some of it over by hand, has not asked for
/// the rest again.
pub(super) fn brought(standing: &Files, curation: &Curation) -> Content {
    let wanted = &curation.wanted;
    let differing: Vec<&String> =
        wanted.keys().filter(|file| standing.get(*file) != wanted.get(*file)).collect();
    let lines = |files: &'_ Files| -> BTreeSet<String> {
        let tables = differing.iter().filter(|file| !is_beside(file)).filter_map(|file| files.get(*file));
        tables.flat_map(|text| table_lines(text)).map(str::to_owned).collect()
    };
    let (before, after) = (lines(standing), lines(wanted));
    let gone = before.difference(&after).map(|line| format!("gone {line}"));
    let beside = differing.iter().filter(|file| is_beside(file)).map(|file| format!("beside {file}"));
    Content::of(after.difference(&before).cloned().chain(gone).chain(beside))
}

fn table_lines(text: &str) -> Vec<&str> {
    let tables = sound_blocks(text);
    tables.into_iter().flat_map(|(_, table)| table.lines().map(str::trim_end)).collect()
}

/// What would change in each topic.
pub(super) fn changes(list: &List<'_>, standing: &Files, curation: &Curation) -> Vec<Changes> {
    list.topics.iter().map(|topic| changes_of(topic, standing, curation)).collect()
}

fn changes_of(topic: &str, standing: &Files, curation: &Curation) -> Changes {
    // Nothing comes or goes in a file that stays as it is.
    let differs = |file: &str| standing.get(file) != curation.wanted.get(file) && !is_beside(file);
    let before = versions(topic, standing.iter().filter(|(file, _)| differs(file)));
    let (mut new, mut replaced, mut archived) = (Vec::new(), Vec::new(), 0);
    for (file, text) in curation.wanted.iter().filter(|(file, _)| differs(file)) {
        for row in rows_of(topic, text) {
            let Some((paper, version)) = paper(&row) else { continue };
            match before.get(&paper) {
                None => new.push(row),
                Some((_, known)) if version > *known => {
                    replaced.push(Replaced { row, before: *known });
                }
                Some((was_in, _)) if was_in.is_empty() && !file.is_empty() => archived += 1,
                Some(_) => {}
            }
        }
    }
    let of_topic = |name: &str| name == topic;
    let dismissed = curation.dismissed.iter().filter(|one| of_topic(&one.topic));
    let conflicts = curation.conflicts.iter().filter(|one| of_topic(&one.topic));
    Changes {
        topic: topic.to_owned(),
        new,
        replaced,
        dismissed: dismissed.map(|one| Line::new(one.paper.as_str())).collect(),
        conflicts: conflicts
            .map(|one| Conflict {
                title: Line::new(&one.paper),
                column: one.column.clone(),
                standing: Line::new(&one.theirs),
                wanted: Line::new(&one.wanted),
            })
            .collect(),
        archived,
    }
}

type Version = Option<crate::domain::Version>;

/// Each paper of a topic with the file that it stands in and its version.
fn versions<'a>(
    topic: &str,
    files: impl Iterator<Item = (&'a String, &'a Arc<str>)>,
) -> HashMap<PaperId, (&'a str, Version)> {
    let mut versions = HashMap::new();
    for (file, text) in files {
        let papers = rows_of(topic, text).into_iter().filter_map(|row| paper(&row));
        versions.extend(papers.map(|(paper, version)| (paper, (file.as_str(), version))));
    }
    versions
}

fn paper(row: &Row) -> Option<(PaperId, Version)> {
    match &row.link {
        PaperLink::Arxiv { id, version } => Some((PaperId::arxiv(id), *version)),
        PaperLink::Elsewhere(_) | PaperLink::Nowhere => None,
    }
}
