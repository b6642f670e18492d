//! Finding the papers of the history that a description may be of: by keys, and by titles.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use rusqlite::{Connection, params};

use super::connection::{Store, StoreReader};
use super::paper_keys::{
    identities, keys_named_by_paper, keys_of_paper, read_keys_column, work_identifiers_among_keys,
};
use super::paper_row::{PAPER, read_paper};
use super::papers_joined_into_others::read_joined_papers;
use super::statement::{execute_cached, query_all_rows, query_first_row};
use crate::domain::{
    KnownWork, MetadataOrigin, Paper, PaperId, SAME_TITLE_MAX, WorkComparison, WorkDescription,
    WorkIdentifier, compare_for_same_work, title_key,
};
use crate::store::records::{
    DescribedWork, JoinedPaper, PaperByKey, PaperDatabaseRowId, PaperIdentityRecord, RecordedWork,
    SameWorkReason,
};

impl Store {
    /// The papers that are known by any of these keys, each once, in the keys' order.
    pub fn papers_by_keys(&self, keys: &[String]) -> Result<Vec<PaperByKey>> {
        let sql =
            "SELECT p.id, p.paper_id, EXISTS (SELECT 1 FROM work_parts w WHERE w.paper = p.id) AS has_parts
             FROM paper_keys k JOIN papers p ON p.id = k.paper WHERE k.key = ?1";
        let mut papers: Vec<PaperByKey> = Vec::new();
        for key in keys {
            let found = query_first_row(&self.db, sql, [key], |row| {
                Ok(PaperByKey {
                    row: PaperDatabaseRowId(row.get(0)?),
                    id: PaperId::from_stored(row.get(1)?),
                    key: key.clone(),
                    has_parts: row.get("has_parts")?,
                })
            })?;
            papers.extend(found.filter(|found| !papers.iter().any(|paper| paper.row == found.row)));
        }
        Ok(papers)
    }

    /// The identities that are displayed of those of these papers that have another one by now.
    pub fn displayed_ids_by_former_id<'p>(
        &self,
        ids: impl IntoIterator<Item = &'p PaperId>,
    ) -> Result<BTreeMap<PaperId, PaperId>> {
        let ids: Vec<&str> = ids.into_iter().map(PaperId::as_str).collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = "SELECT k.key, p.paper_id FROM json_each(?1) JOIN paper_keys k ON k.key = value
             JOIN papers p ON p.id = k.paper WHERE p.paper_id <> k.key";
        Ok(query_all_rows(&self.db, sql, [serde_json::to_string(&ids)?], |row| {
            Ok((PaperId::from_stored(row.get(0)?), PaperId::from_stored(row.get(1)?)))
        })?)
    }

    /// The papers that have or had this title, unless it is one that says nothing: it is too short, too many have it, or a
    /// person said of two of them that they are two works.
    pub fn works_by_title(&self, title: &str) -> Result<Vec<DescribedWork>> {
        let Some(key) = title_key(title) else { return Ok(Vec::new()) };
        let sql = "SELECT paper FROM paper_titles WHERE title = ?1 ORDER BY paper LIMIT ?2";
        let rows: Vec<i64> =
            query_all_rows(&self.db, sql, params![key.as_str(), SAME_TITLE_MAX + 1], |row| row.get(0))?;
        if rows.len() > SAME_TITLE_MAX || has_pair_separated_by_person(&self.db, &rows)? {
            return Ok(Vec::new());
        }
        rows.into_iter().map(|row| self.described_work(PaperDatabaseRowId(row))).collect()
    }

    /// Whether a person said of two papers that they are two works.
    pub fn are_known_different_works(
        &self,
        one: PaperDatabaseRowId,
        other: PaperDatabaseRowId,
    ) -> Result<bool> {
        has_pair_separated_by_person(&self.db, &[one.0, other.0])
    }

    /// The paper of a row, as a work.
    pub fn recorded_work_of_row(&self, row: PaperDatabaseRowId) -> Result<RecordedWork> {
        let sql = format!(
            "SELECT {PAPER}, own.source AS first_source, p.origin = 'list' AS is_listed,
                 (SELECT json_group_array(key ORDER BY key) FROM paper_keys WHERE paper = p.id) AS keys,
                 EXISTS (SELECT 1 FROM work_parts WHERE paper = p.id) AS has_parts
             FROM papers p LEFT JOIN paper_keys own ON own.key = p.paper_id WHERE p.id = ?1"
        );
        let mut find = self.db.prepare_cached(&sql)?;
        let (work, has_parts) = find.query_row([row.0], |found| {
            let work = RecordedWork {
                row,
                paper: read_paper(found, 0)?,
                source: found.get::<_, Option<String>>("first_source")?.unwrap_or_default(),
                origin: if found.get("is_listed")? { MetadataOrigin::List } else { MetadataOrigin::Source },
                identifiers: work_identifiers_among_keys(&read_keys_column(found)?).collect(),
                parts: Vec::new(),
            };
            Ok((work, found.get("has_parts")?))
        })?;
        let parts = if has_parts { read_joined_papers(&self.db, row.0)? } else { Vec::new() };
        Ok(RecordedWork { parts, ..work })
    }

    /// All by which a paper is known; none of one that the history does not have.
    pub fn paper_identity_record(&self, id: &PaperId) -> Result<Option<PaperIdentityRecord>> {
        find_paper_identity_record(&self.db, id)
    }

    /// Notes that a part is certainly of the same work as the rest of its paper: a source shows these keys as one work's, and
    /// of them the part has some and the paper's own record others.
    pub fn confirm_joined_papers(&mut self, work: &RecordedWork, keys: &[String]) -> Result<()> {
        let own = keys_named_by_paper(&work.paper);
        if !keys.iter().any(|key| own.contains(key)) {
            return Ok(());
        }
        for part in &work.parts {
            let shared = keys.iter().find(|key| part.keys.contains(key) && !own.contains(key));
            if let (SameWorkReason::Evidence(_), Some(key)) = (&part.reason, shared) {
                let sql = "UPDATE work_parts SET reason = 'key', words = ?2 WHERE id = ?1";
                execute_cached(&self.db, sql, params![part.id, key])?;
            }
        }
        Ok(())
    }

    /// What a paper is described as. What became part of it by a key is one description with it.
    pub fn described_work(&self, row: PaperDatabaseRowId) -> Result<DescribedWork> {
        let recorded = self.recorded_work_of_row(row)?;
        let titles: Vec<String> =
            query_all_rows(&self.db, "SELECT title FROM paper_titles WHERE paper = ?1", [row.0], |row| {
                row.get(0)
            })?;
        let parts = recorded.parts.iter().filter(|part| !part.reason.is_certain());
        let parts: Vec<WorkDescription> = parts.map(JoinedPaper::description).collect();
        let of_parts: HashSet<&WorkIdentifier> = parts.iter().flat_map(|part| &part.identifiers).collect();
        let mut own = WorkDescription::from(&recorded.paper);
        own.titles.extend(titles);
        own.identifiers.extend(recorded.identifiers.iter().filter(|key| !of_parts.contains(key)).cloned());
        let work = KnownWork { descriptions: std::iter::once(own).chain(parts.iter().cloned()).collect() };
        Ok(DescribedWork { recorded, work })
    }
}

impl JoinedPaper {
    /// What its source said of it, under the keys that it had.
    pub fn description(&self) -> WorkDescription {
        let identifiers = work_identifiers_among_keys(&self.keys).collect();
        WorkDescription { identifiers, ..WorkDescription::from(&self.paper) }
    }
}

impl StoreReader {
    /// All by which a paper is known; none of one that the history does not have.
    pub fn paper_identity_record(&self, id: &PaperId) -> Result<Option<PaperIdentityRecord>> {
        find_paper_identity_record(&self.db, id)
    }
}

impl PaperIdentityRecord {
    /// The key that makes a part and the rest of its paper certainly one work, if there is one.
    pub fn certain_common_key(&self, part: &JoinedPaper) -> Option<String> {
        if let SameWorkReason::Key(key) = &part.reason {
            return Some(key.clone());
        }
        // What was learnt of its article from the part itself says nothing.
        let own = Paper { later_article: None, ..self.paper.clone() };
        let (own, other) = (WorkDescription::from(&own), WorkDescription::from(&part.paper));
        match compare_for_same_work(&own, &other) {
            WorkComparison::SameByIdentifier(key) => Some(key.to_string()),
            WorkComparison::SameByEvidence(_)
            | WorkComparison::Similar { .. }
            | WorkComparison::Different => None,
        }
    }
}

fn find_paper_identity_record(db: &Connection, id: &PaperId) -> Result<Option<PaperIdentityRecord>> {
    let sql =
        format!("SELECT p.id, {PAPER} FROM paper_keys k JOIN papers p ON p.id = k.paper WHERE k.key = ?1");
    let found = query_first_row(db, &sql, [id.as_str()], |row| Ok((row.get(0)?, read_paper(row, 1)?)))?;
    let Some((row, paper)) = found else { return Ok(None) };
    let sql = "SELECT source FROM paper_keys WHERE key = ?1";
    let mut known = Vec::new();
    for id in identities(&keys_of_paper(db, row)?) {
        let source = query_first_row(db, sql, [id.as_str()], |row| row.get(0))?.unwrap_or_default();
        known.push((id, source));
    }
    known.sort_by_key(|(id, _)| *id != paper.id);
    Ok(Some(PaperIdentityRecord {
        row: PaperDatabaseRowId(row),
        paper,
        identities: known,
        parts: read_joined_papers(db, row)?,
    }))
}

/// Whether a person said of two of these that they are two works.
fn has_pair_separated_by_person(db: &Connection, rows: &[i64]) -> Result<bool> {
    if rows.len() < 2 {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM works_apart WHERE one IN (SELECT value FROM json_each(?1))
         AND other IN (SELECT value FROM json_each(?1)))";
    let rows = serde_json::to_string(rows)?;
    Ok(db.prepare_cached(sql)?.query_row([rows], |row| row.get(0))?)
}
