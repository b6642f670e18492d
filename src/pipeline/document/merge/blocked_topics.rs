//! Topics of a list that are blocked until a person acts: something is wrong with their place in one of its files. Their tables stay as
//! they are in all files, and their base stays the same, so that what a person does meanwhile is seen later. The
//! other topics are written.

use std::sync::Arc;

use anyhow::{Error, Result, anyhow};

use super::topic_tables::{TableTextsByTopic, table_texts_by_topic};
use crate::pipeline::document::list_settings_and_report::List;
use crate::pipeline::document::merged_list::GeneratedMergeBase;
use crate::render::{TableMarkerError, append_tables, texts_between_valid_markers};

/// A topic that is not written for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockedTopic {
    pub(super) topic: String,
    /// What is wrong, and where.
    pub(super) reason: String,
}

impl BlockedTopic {
    /// The topic that has to wait because of an error; the error if no topic is at fault, or no other one would remain.
    pub(super) fn blocked_by_error(error: Error, list: &List<'_>, others: &[Self]) -> Result<Self> {
        let fault = error.downcast_ref::<TableMarkerError>();
        let Some(topic) = fault.and_then(TableMarkerError::topic).map(str::to_owned) else {
            return Err(error);
        };
        if others.iter().any(|other| other.topic == topic) {
            return Err(error);
        }
        let reason = format!("{error:#}");
        if others.len() + 1 < list.topics.len() {
            return Ok(Self { topic, reason });
        }
        let all: Vec<&str> = others.iter().map(|other| other.reason.as_str()).chain([&*reason]).collect();
        Err(if others.is_empty() { error } else { anyhow!(all.join("\n")) })
    }
}

/// The topics of a list that are written now.
pub(super) fn unblocked_topics(list: &List<'_>, blocked: &[BlockedTopic]) -> Vec<String> {
    let topics = list.topics.iter();
    topics.filter(|topic| !blocked.iter().any(|one| one.topic == **topic)).cloned().collect()
}

/// A list's own file with the base's tables in the place of those that wait.
pub(super) fn append_tables_of_blocked_topics(
    list_file: &str,
    generated: &str,
    blocked: &[BlockedTopic],
) -> Arc<str> {
    let mut base = texts_between_valid_markers(generated);
    base.retain(|(topic, _)| blocked.iter().any(|one| one.topic == *topic));
    append_tables(list_file, &base).into()
}

/// The base's tables of those topics that are not written now and have their place in a file.
pub(super) fn base_tables_of_unwritten_topics<'a>(
    base: &'a GeneratedMergeBase,
    list: &List<'_>,
    file: &str,
    edited: Option<&Arc<str>>,
) -> TableTextsByTopic<'a> {
    let blocks = edited.map(|text| texts_between_valid_markers(text)).unwrap_or_default();
    let mut others = base_tables_of_other_topics(base, list, file);
    others.retain(|(topic, _)| blocks.iter().any(|(name, _)| name == topic));
    others
}

/// A file as it is generated, with the base's tables of the topics that wait and have no place there.
pub(super) fn append_missing_blocked_tables(
    base: &GeneratedMergeBase,
    list: &List<'_>,
    blocked: &[BlockedTopic],
    file: &str,
    text: Arc<str>,
) -> Arc<str> {
    let blocks = texts_between_valid_markers(&text);
    let mut others = base_tables_of_other_topics(base, list, file);
    others.retain(|(topic, _)| {
        blocked.iter().any(|one| one.topic == *topic) && !blocks.iter().any(|(name, _)| name == topic)
    });
    if others.is_empty() { text } else { append_tables(&text, &others).into() }
}

fn base_tables_of_other_topics<'a>(
    base: &'a GeneratedMergeBase,
    list: &List<'_>,
    file: &str,
) -> TableTextsByTopic<'a> {
    let base = base.files.iter().rev().find_map(|base| base.get(file));
    let mut tables = base.map_or_else(Vec::new, |text| table_texts_by_topic(text));
    tables.retain(|(topic, _)| !list.has_topic(topic));
    tables
}
