//! Finding the papers of the history that a description may be of: by keys, and by titles.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::paper_keys::{keys_of_paper, work_keys};
use super::paper_row::{PAPER, read_paper};
use super::statement::{find_row, find_rows};
use super::work_parts::read_parts;
use crate::domain::{KnownWork, Origin, Paper, PaperId, SAME_TITLE_MAX, WorkDescription, title_key};
use crate::store::records::{JoinReason, PaperByKey, PaperRowId, RecordedWork};

impl Store {
    /// The papers that are known by any of these keys, each once, in the keys' order.
    pub fn papers_by_keys(&self, keys: &[String]) -> Result<Vec<PaperByKey>> {
        let sql =
            "SELECT p.id, p.paper_id FROM paper_keys k JOIN papers p ON p.id = k.paper WHERE k.key = ?1";
        let mut papers: Vec<PaperByKey> = Vec::new();
        for key in keys {
            let found = find_row(&self.db, sql, [key], |row| {
                let (row, id) = (PaperRowId(row.get(0)?), PaperId::from_stored(row.get(1)?));
                Ok(PaperByKey { row, id, key: key.clone() })
            })?;
            papers.extend(found.filter(|found| !papers.iter().any(|paper| paper.row == found.row)));
        }
        Ok(papers)
    }

    /// The identities that are displayed of those of these papers that have another one by now.
    pub fn displayed_ids<'p>(
        &self,
        ids: impl IntoIterator<Item = &'p PaperId>,
    ) -> Result<BTreeMap<PaperId, PaperId>> {
        let mut ids = ids.into_iter().peekable();
        if ids.peek().is_none() {
            return Ok(BTreeMap::new());
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM work_parts)";
        let has_parts: bool = self.db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        let sql = "SELECT p.paper_id FROM paper_keys k JOIN papers p ON p.id = k.paper
             WHERE k.key = ?1 AND p.paper_id <> k.key";
        let mut displayed = BTreeMap::new();
        // One of arXiv's is displayed, unless it is part of another one.
        for id in ids.filter(|id| has_parts || id.as_arxiv().is_none()) {
            let found = find_row(&self.db, sql, [id.as_str()], |row| Ok(PaperId::from_stored(row.get(0)?)))?;
            displayed.extend(found.map(|own| (id.clone(), own)));
        }
        Ok(displayed)
    }

    /// The papers that have or had this title, unless it is one that says nothing: it is too short, too many have it, or a
    /// person said of two of them that they are two works.
    pub fn works_by_title(&self, title: &str) -> Result<Vec<RecordedWork>> {
        let Some(key) = title_key(title) else { return Ok(Vec::new()) };
        let sql = "SELECT paper FROM paper_titles WHERE title = ?1 ORDER BY paper LIMIT ?2";
        let rows: Vec<i64> =
            find_rows(&self.db, sql, params![key.as_str(), SAME_TITLE_MAX + 1], |row| row.get(0))?;
        if rows.len() > SAME_TITLE_MAX || has_pair_apart(&self.db, &rows)? {
            return Ok(Vec::new());
        }
        rows.into_iter().map(|row| self.recorded_work(PaperRowId(row))).collect()
    }

    /// Whether a person said of two papers that they are two works.
    pub fn are_works_apart(&self, one: PaperRowId, other: PaperRowId) -> Result<bool> {
        has_pair_apart(&self.db, &[one.0, other.0])
    }

    /// The paper of a row, as a work.
    pub fn recorded_work(&self, row: PaperRowId) -> Result<RecordedWork> {
        let sql = format!(
            "SELECT {PAPER}, own.source AS first_source, p.origin = 'list' AS is_listed
             FROM papers p LEFT JOIN paper_keys own ON own.key = p.paper_id WHERE p.id = ?1"
        );
        let mut find = self.db.prepare_cached(&sql)?;
        let (paper, source, origin) = find.query_row([row.0], |row| {
            let origin = if row.get("is_listed")? { Origin::List } else { Origin::Source };
            Ok((read_paper(row, 0)?, row.get::<_, Option<String>>("first_source")?, origin))
        })?;
        let keys: Vec<String> = keys_of_paper(&self.db, row.0)?;
        let work = self.known_work(row, &paper, &keys)?;
        let keys = work_keys(&keys).collect();
        Ok(RecordedWork { row, paper, source: source.unwrap_or_default(), origin, keys, work })
    }

    /// What a paper is described as. What became part of it by a key is one description with it.
    fn known_work(&self, row: PaperRowId, paper: &Paper, keys: &[String]) -> Result<KnownWork> {
        let titles: Vec<String> =
            find_rows(&self.db, "SELECT title FROM paper_titles WHERE paper = ?1", [row.0], |row| {
                row.get(0)
            })?;
        let (mut descriptions, mut of_parts) = (Vec::new(), HashSet::new());
        for part in read_parts(&self.db, row.0)? {
            match part.reason {
                JoinReason::Key(_) => {}
                JoinReason::Evidence(_) | JoinReason::Hand => {
                    let own = WorkDescription::from(&part.paper);
                    descriptions.push(WorkDescription { keys: work_keys(&part.keys).collect(), ..own });
                    of_parts.extend(part.keys);
                }
            }
        }
        let mut own = WorkDescription::from(paper);
        own.titles.extend(titles);
        let others = keys.iter().filter(|key| !of_parts.contains(*key)).cloned().collect::<Vec<_>>();
        own.keys.extend(work_keys(&others));
        descriptions.insert(0, own);
        Ok(KnownWork { descriptions })
    }
}

/// Whether a person said of two of these that they are two works.
fn has_pair_apart(db: &Connection, rows: &[i64]) -> Result<bool> {
    if rows.len() < 2 {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM works_apart WHERE one IN (SELECT value FROM json_each(?1))
         AND other IN (SELECT value FROM json_each(?1)))";
    let rows = serde_json::to_string(rows)?;
    Ok(db.prepare_cached(sql)?.query_row([rows], |row| row.get(0))?)
}
