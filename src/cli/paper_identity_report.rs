//! What `explain` says of a paper's identities: which it has, what was joined to it and why, and which other papers may be the same work.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use crate::daemon::health_report::format_utc_to_minute;
use crate::domain::{PaperId, title_key, title_similarity};
use crate::store::{JoinedPaper, PaperDatabaseRowId, PaperIdentityRecord, SameWorkReason, StoreReader};

/// Similar titles that are named.
const SIMILAR_MAX: usize = 5;

/// By what a paper is known.
#[derive(Debug, Default, Serialize)]
pub(super) struct IdentityReport {
    identities: Vec<ExplainedIdentity>,
    joined: Vec<ExplainedJoin>,
    similar: Vec<SimilarPaper>,
}

#[derive(Debug, Serialize)]
struct ExplainedIdentity {
    id: String,
    /// The source that showed it first; none if that was a list.
    source: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExplainedJoin {
    id: String,
    title: String,
    source: Option<String>,
    since: Timestamp,
    is_certain: bool,
    why: String,
}

#[derive(Debug, Serialize)]
struct SimilarPaper {
    id: String,
    title: String,
    percent: u8,
}

impl IdentityReport {
    pub(super) fn of_paper(reader: &StoreReader, id: &PaperId) -> Result<Self> {
        let Some(record) = reader.paper_identity_record(id)? else { return Ok(Self::default()) };
        let identities = record
            .identities
            .iter()
            .map(|(id, source)| ExplainedIdentity { id: id.to_string(), source: non_empty_source(source) });
        Ok(Self {
            identities: identities.collect(),
            joined: record.parts.iter().map(|part| explain_join(&record, part)).collect(),
            similar: papers_with_similar_titles(reader, &record)?,
        })
    }

    /// A line for each thing: what it is about, its name, and what there is to say. A paper of one identity needs none.
    pub(super) fn to_lines(&self) -> Vec<(&'static str, &str, String)> {
        let has_others = self.identities.len() > 1;
        let identities =
            self.identities.iter().filter(|_| has_others).map(|ExplainedIdentity { id, source }| {
                let source =
                    source.as_deref().map_or("in a list".to_owned(), |source| format!("shown by {source}"));
                ("known as", id.as_str(), source)
            });
        let joined = self.joined.iter().map(|ExplainedJoin { id, title, source, since, is_certain, why }| {
            let source = source.as_deref().map(|source| format!(" by {source}")).unwrap_or_default();
            let undo = if *is_certain {
                String::new()
            } else {
                format!("; `paperwire paper split {id}` undoes that")
            };
            (
                "joined",
                id.as_str(),
                format!("{title}{source}, one work since {}: {why}{undo}", format_utc_to_minute(*since)),
            )
        });
        let similar = self.similar.iter().map(|SimilarPaper { id, title, percent }| {
            (
                "similar",
                id.as_str(),
                format!("{title}: its title is {percent} % the same, which does not make it one work"),
            )
        });
        identities.chain(joined).chain(similar).collect()
    }
}

fn non_empty_source(source: &str) -> Option<String> {
    Some(source.to_owned()).filter(|source| !source.is_empty())
}

fn explain_join(record: &PaperIdentityRecord, part: &JoinedPaper) -> ExplainedJoin {
    let certain = record.certain_common_key(part);
    let why = match (&certain, &part.reason) {
        (Some(key), _) | (None, SameWorkReason::Key(key)) => format!("both have the key {key}"),
        (None, SameWorkReason::Evidence(evidence)) => evidence.to_string(),
        (None, SameWorkReason::Hand) => "merged by hand".to_owned(),
    };
    ExplainedJoin {
        id: part.paper.id.to_string(),
        title: part.paper.title.clone(),
        source: non_empty_source(&part.source),
        since: part.joined_at,
        is_certain: certain.is_some(),
        why,
    }
}

/// The papers whose titles are most like this one's.
fn papers_with_similar_titles(
    reader: &StoreReader,
    record: &PaperIdentityRecord,
) -> Result<Vec<SimilarPaper>> {
    let Some(own) = title_key(&record.paper.title) else { return Ok(Vec::new()) };
    let mut found: BTreeMap<PaperDatabaseRowId, u8> = BTreeMap::new();
    reader.read_all_titles(|title, row| {
        if row != record.row
            && let Some(percent) = title_similarity(&own, &title)
        {
            let most = found.entry(row).or_default();
            *most = percent.max(*most);
        }
    })?;
    let mut found: Vec<(PaperDatabaseRowId, u8)> = found.into_iter().collect();
    found.sort_by_key(|(row, percent)| (std::cmp::Reverse(*percent), *row));
    let named = found.into_iter().take(SIMILAR_MAX).map(|(row, percent)| {
        let (id, title) = reader.paper_id_and_title(row)?;
        Ok(SimilarPaper { id: id.to_string(), title, percent })
    });
    named.collect()
}
