//! Papers that became part of another one: kept as they were, so that they can be taken apart again.

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::connection::{Store, StoreReader};
use super::list_checkpoints::{bump_tables_revision, read_tables_revision};
use super::paper_keys::{identities, keys_of_paper, read_keys};
use super::paper_row::{PAPER, conversion_error, paper_by_row, read_paper, read_time};
use super::paper_titles::record_title;
use super::statement::{execute_cached, find_row, find_rows};
use super::text_index::mark_unindexed;
use crate::domain::{
    DoiKind, Paper, PaperId, Publication, StrongEvidence, WorkDescription, WorkIdentity, compare_works,
    named_ids,
};
use crate::store::records::{JoinReason, PaperRowId, RecordedWork, WorkPart, WorkRecord};

/// The columns of a paper's row, and how each is read back from the JSON of a part.
const RECORD_COLUMNS: [&str; 16] = [
    "paper_id",
    "version",
    "title",
    "abstract",
    "authors",
    "primary_category",
    "categories",
    "published",
    "updated",
    "comment",
    "journal_ref",
    "doi",
    "links",
    "origin",
    "content",
    "later_article",
];

impl Store {
    /// All by which a paper is known; none of one that the history does not have.
    pub fn work_record(&self, id: &PaperId) -> Result<Option<WorkRecord>> {
        find_work_record(&self.db, id)
    }

    /// Takes a part out of its paper on a person's word: both are papers from then on, neither is news, and no evidence joins
    /// them again. A preprint of which only the part said that it has appeared has not. The identity of the new one.
    pub fn split_part(&mut self, part: &WorkPart, now: Timestamp) -> Result<PaperId> {
        let change = self.db.transaction()?;
        let sql = "SELECT paper FROM work_parts WHERE id = ?1";
        let from: i64 = find_row(&change, sql, [part.id], |row| row.get(0))?
            .with_context(|| format!("{} is no part of another paper any more", part.paper.id))?;
        let row = restore_row(&change, part.id)?;
        restore_keys(&change, from, row, part)?;
        restore_sightings(&change, from, row, now)?;
        let sql = "INSERT OR IGNORE INTO works_apart (one, other) VALUES (min(?1, ?2), max(?1, ?2))";
        execute_cached(&change, sql, [from, row])?;
        move_parts_of_part(&change, part.id, row)?;
        execute_cached(&change, "DELETE FROM work_parts WHERE id = ?1", [part.id])?;
        for row in [from, row] {
            forget_article(&change, row)?;
            mark_unindexed(&change, row)?;
        }
        bump_tables_revision(&change)?;
        change.commit()?;
        Ok(part.paper.id.clone())
    }

    /// Notes that a part is certainly of the same work as the rest of its paper: a source shows these keys as one work's, and
    /// of them the part has some and the paper's own record others.
    pub fn confirm_parts(&mut self, work: &RecordedWork, keys: &[String]) -> Result<()> {
        let own = own_keys(&work.paper);
        if !keys.iter().any(|key| own.contains(key)) {
            return Ok(());
        }
        for part in &work.parts {
            let shared = keys.iter().find(|key| part.keys.contains(key) && !own.contains(key));
            if let (JoinReason::Evidence(_), Some(key)) = (&part.reason, shared) {
                let sql = "UPDATE work_parts SET reason = 'key', words = ?2 WHERE id = ?1";
                execute_cached(&self.db, sql, params![part.id, key])?;
            }
        }
        Ok(())
    }
}

/// Adds to the keys of a part what its source shows it under now, as a JSON list. What it has already is not written again.
pub(super) fn add_keys_to_part(db: &Connection, paper: &PaperId, keys: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE work_parts SET keys = (SELECT json_group_array(value) FROM
             (SELECT value FROM json_each(work_parts.keys) UNION SELECT value FROM json_each(?2)))
         WHERE paper = (SELECT id FROM papers WHERE paper_id = ?1)
             AND EXISTS (SELECT 1 FROM json_each(work_parts.keys) JOIN json_each(?2) USING (value))
             AND EXISTS (SELECT value FROM json_each(?2) EXCEPT SELECT value FROM json_each(work_parts.keys))";
    execute_cached(db, sql, [paper.as_str(), keys])?;
    Ok(())
}

/// The keys that a paper's own record names.
fn own_keys(paper: &Paper) -> Vec<String> {
    named_ids(paper).iter().map(PaperId::to_string).collect()
}

impl StoreReader {
    /// All by which a paper is known; none of one that the history does not have.
    pub fn work_record(&self, id: &PaperId) -> Result<Option<WorkRecord>> {
        find_work_record(&self.db, id)
    }
}

impl WorkRecord {
    /// The key that makes a part and the rest of its paper certainly one work, if there is one.
    pub fn certain_key(&self, part: &WorkPart) -> Option<String> {
        if let JoinReason::Key(key) = &part.reason {
            return Some(key.clone());
        }
        // What was learnt of its article from the part itself says nothing.
        let own = Paper { later_article: None, ..self.paper.clone() };
        let (own, other) = (WorkDescription::from(&own), WorkDescription::from(&part.paper));
        match compare_works(&own, &other) {
            WorkIdentity::SameByKey(key) => Some(key.to_string()),
            WorkIdentity::SameByEvidence(_) | WorkIdentity::Similar { .. } | WorkIdentity::Different => None,
        }
    }
}

fn find_work_record(db: &Connection, id: &PaperId) -> Result<Option<WorkRecord>> {
    let sql =
        format!("SELECT p.id, {PAPER} FROM paper_keys k JOIN papers p ON p.id = k.paper WHERE k.key = ?1");
    let found = find_row(db, &sql, [id.as_str()], |row| Ok((row.get(0)?, read_paper(row, 1)?)))?;
    let Some((row, paper)) = found else { return Ok(None) };
    let sql = "SELECT source FROM paper_keys WHERE key = ?1";
    let mut known = Vec::new();
    for id in identities(&keys_of_paper(db, row)?) {
        let source = find_row(db, sql, [id.as_str()], |row| row.get(0))?.unwrap_or_default();
        known.push((id, source));
    }
    known.sort_by_key(|(id, _)| *id != paper.id);
    Ok(Some(WorkRecord { row: PaperRowId(row), paper, identities: known, parts: read_parts(db, row)? }))
}

/// Keeps a paper, which becomes part of another one, as it is now.
pub(super) fn record_part(
    db: &Connection,
    (into, part): (i64, i64),
    reason: &JoinReason,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let (name, words) = match reason {
        JoinReason::Key(key) => ("key", key.clone()),
        JoinReason::Evidence(evidence) => ("evidence", evidence.to_stored()),
        JoinReason::Hand => ("hand", String::new()),
    };
    let record = RECORD_COLUMNS.map(|column| match column {
        "content" => "'content', hex(p.content)".to_owned(),
        column => format!("'{column}', p.{column}"),
    });
    let sql = format!(
        "INSERT INTO work_parts (paper, joined, reason, words, source, keys, record)
         SELECT ?1, ?3, ?4, ?5, coalesce((SELECT source FROM paper_keys WHERE key = p.paper_id), ''),
             (SELECT json_group_array(key) FROM paper_keys WHERE paper = p.id), json_object({})
         FROM papers p WHERE p.id = ?2",
        record.join(", ")
    );
    execute_cached(db, &sql, params![into, part, now.as_microsecond(), name, words])?;
    // What the part consisted of goes with it.
    let sql = "UPDATE work_parts SET paper = ?1, within = coalesce(within, ?3) WHERE paper = ?2";
    execute_cached(db, sql, params![into, part, db.last_insert_rowid()])?;
    Ok(())
}

/// The parts of a paper, the latest last.
pub(super) fn read_parts(db: &Connection, row: i64) -> rusqlite::Result<Vec<WorkPart>> {
    let sql = format!(
        "SELECT {PAPER}, p.part, p.joined, p.reason, p.words, p.source, p.keys FROM ({}) p WHERE p.paper = ?1 ORDER BY p.part",
        recorded_parts()
    );
    find_rows(db, &sql, [row], read_part)
}

fn read_part(row: &Row<'_>) -> rusqlite::Result<WorkPart> {
    let id = row.get("part")?;
    let broken =
        |what: String| conversion_error(0, Type::Text, format!("row {id} of work_parts: {what}").into());
    Ok(WorkPart {
        id,
        paper: read_paper(row, 0)?,
        keys: read_keys(row).map_err(|error| broken(format!("its keys are no list: {error}")))?,
        source: row.get("source")?,
        reason: read_reason(row)?.map_err(broken)?,
        joined_at: read_time(row, 16)?,
    })
}

/// Reads why a part is one, or says what is there instead.
fn read_reason(row: &Row<'_>) -> rusqlite::Result<Result<JoinReason, String>> {
    let words: String = row.get("words")?;
    Ok(match row.get_ref("reason")?.as_str()? {
        "evidence" => match StrongEvidence::from_stored(&words) {
            Some(evidence) => Ok(JoinReason::Evidence(evidence)),
            None => Err(format!("`{words}` is no evidence")),
        },
        "key" => Ok(JoinReason::Key(words)),
        "hand" => Ok(JoinReason::Hand),
        other => Err(format!("`{other}` is no reason")),
    })
}

/// The parts with the columns of their papers.
fn recorded_parts() -> String {
    let columns = RECORD_COLUMNS.map(|column| match column {
        "content" => "unhex(nullif(record ->> 'content', '')) AS content".to_owned(),
        column => format!("record ->> '{column}' AS {column}"),
    });
    format!(
        "SELECT id AS part, paper, joined, reason, words, source, keys, {} FROM work_parts",
        columns.join(", ")
    )
}

fn restore_row(db: &Connection, part: i64) -> Result<i64> {
    let columns = RECORD_COLUMNS.join(", ");
    let taken: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM papers WHERE paper_id = (SELECT record ->> 'paper_id' FROM work_parts WHERE id = ?1))",
        [part],
        |row| row.get(0),
    )?;
    if taken {
        bail!("another paper has this part's identity now");
    }
    let sql = format!(
        "INSERT INTO papers ({columns}) SELECT {columns} FROM ({}) WHERE part = ?1 RETURNING id",
        recorded_parts()
    );
    Ok(db.query_row(&sql, [part], |row| row.get(0))?)
}

/// Undoes what was recorded of a preprint's article, unless something that is left says that it has appeared: its own record,
/// or another part. When it does appear, that is news.
fn forget_article(db: &Connection, row: i64) -> rusqlite::Result<()> {
    let is_article =
        |part: &WorkPart| part.paper.id.as_doi().is_some_and(|doi| doi.kind() == DoiKind::Article);
    let paper = paper_by_row(db, row)?;
    if Publication::from(&paper).is_known() || read_parts(db, row)?.iter().any(is_article) {
        return Ok(());
    }
    for sql in [
        "DELETE FROM news WHERE paper = ?1 AND kind = 'published'",
        "DELETE FROM announced_articles WHERE paper = ?1",
        "UPDATE sightings SET has_article = 0 WHERE paper = ?1 AND has_article <> 0",
    ] {
        execute_cached(db, sql, [row])?;
    }
    // The next news has the number behind the last that is left.
    let last = "(SELECT coalesce(max(id), 0) FROM news)";
    let sql = format!("UPDATE subscription_topics SET news_through = {last} WHERE news_through > {last}");
    execute_cached(db, &sql, [])?;
    Ok(())
}

/// What the part consisted of is the paper's that it is now: its own parts, theirs, and so on.
fn move_parts_of_part(db: &Connection, part: i64, row: i64) -> rusqlite::Result<()> {
    let sql = "WITH RECURSIVE inner_parts (id) AS (
             SELECT id FROM work_parts WHERE within = ?1
             UNION SELECT w.id FROM work_parts w JOIN inner_parts i ON w.within = i.id)
         UPDATE work_parts SET paper = ?2, within = nullif(within, ?1) WHERE id IN inner_parts";
    execute_cached(db, sql, [part, row])?;
    Ok(())
}

/// The part's keys and its title are its own again, but for those that the record of the rest names itself.
fn restore_keys(db: &Connection, from: i64, row: i64, part: &WorkPart) -> rusqlite::Result<()> {
    let kept = own_keys(&paper_by_row(db, from)?);
    for key in part.keys.iter().filter(|key| !kept.contains(key)) {
        execute_cached(
            db,
            "UPDATE paper_keys SET paper = ?2 WHERE key = ?1 AND paper = ?3",
            params![key, row, from],
        )?;
    }
    let sql = "INSERT OR IGNORE INTO paper_keys (key, paper, source) VALUES (?1, ?2, ?3)";
    execute_cached(db, sql, params![part.paper.id.as_str(), row, part.source])?;
    // What was said of an article by the part alone is no more said of the rest.
    let sql = "UPDATE papers SET later_article = NULL WHERE id = ?1
         AND 'doi:' || lower(later_article ->> 'doi') IN (SELECT key FROM paper_keys WHERE paper = ?2)";
    execute_cached(db, sql, [from, row])?;
    record_title(db, row, &part.paper.title)
}

/// Whoever has seen the one paper has seen both, and was told of both; who took the one out of a list took both out.
fn restore_sightings(db: &Connection, from: i64, row: i64, now: Timestamp) -> rusqlite::Result<()> {
    let next = read_tables_revision(db)? + 1;
    let sql = "INSERT INTO versions (paper, version, updated, seen) SELECT id, version, updated, ?2 FROM papers WHERE id = ?1";
    execute_cached(db, sql, params![row, now.as_microsecond()])?;
    let sql = "INSERT INTO sightings (topic, paper, version, updated, tie, seen, settled, revision, source, has_article)
         SELECT s.topic, p.id, p.version, p.updated, 0, s.seen, 0, ?3, NULL, s.has_article
         FROM sightings s JOIN papers p ON p.id = ?2 WHERE s.paper = ?1";
    execute_cached(db, sql, params![from, row, next])?;
    execute_cached(db, "UPDATE sightings SET revision = ?2 WHERE paper = ?1", params![from, next])?;
    let sql =
        "UPDATE topics SET known = known + 1 WHERE id IN (SELECT topic FROM sightings WHERE paper = ?1)";
    execute_cached(db, sql, [row])?;
    let sql = "INSERT INTO announced_versions (subscription, paper, version, digest)
         SELECT a.subscription, p.id, p.version, max(a.digest) FROM announced_versions a JOIN papers p ON p.id = ?2
         WHERE a.paper = ?1 GROUP BY a.subscription";
    execute_cached(db, sql, [from, row])?;
    let sql = "INSERT OR IGNORE INTO dismissals (list, topic, paper_id, seen)
         SELECT list, topic, (SELECT paper_id FROM papers WHERE id = ?2), seen FROM dismissals
         WHERE paper_id = (SELECT paper_id FROM papers WHERE id = ?1) AND is_restored = 0";
    execute_cached(db, sql, [from, row])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Abstract, Fingerprint, Origin, Revision, StoreUrl};
    use crate::store::sqlite::paper_row::write_paper;

    fn store_of(folder: &tempfile::TempDir) -> Store {
        Store::open(&StoreUrl::Sqlite(folder.path().join("works.db"))).unwrap()
    }

    /// Records a paper that is known by its own identity alone.
    fn record(store: &Store, id: &str) -> PaperRowId {
        let paper = Paper {
            id: PaperId::from_stored(id.to_owned()),
            revision: Revision::Content(Fingerprint::of(id)),
            title: format!("A title of some words for {id}"),
            abstract_: Abstract::default(),
            authors: vec![],
            primary: None,
            categories: vec![],
            published: None,
            updated: Timestamp::UNIX_EPOCH,
            comment: None,
            journal_ref: None,
            doi: None,
            later_article: None,
            links: vec![],
        };
        let row = write_paper(&store.db, &paper, paper.updated, Origin::Source).unwrap();
        let sql = "INSERT INTO paper_keys (key, paper, source) VALUES (?1, ?2, 'lab')";
        store.db.execute(sql, params![id, row]).unwrap();
        PaperRowId(row)
    }

    fn join(store: &mut Store, into: PaperRowId, part: PaperRowId) {
        store.join_papers(into, part, &JoinReason::Hand, Timestamp::UNIX_EPOCH).unwrap();
    }

    fn ids_of_parts(store: &Store, id: &str) -> Vec<String> {
        let record = store.work_record(&PaperId::from_stored(id.to_owned())).unwrap().unwrap();
        assert_eq!(record.paper.id.as_str(), id);
        record.parts.iter().map(|part| part.paper.id.to_string()).collect()
    }

    fn split(store: &mut Store, paper: &str, part: &str) {
        let record = store.work_record(&PaperId::from_stored(paper.to_owned())).unwrap().unwrap();
        let part = record.parts.iter().find(|own| own.paper.id.as_str() == part).unwrap();
        store.split_part(part, Timestamp::UNIX_EPOCH).unwrap();
    }

    #[test]
    fn keys_that_a_part_has_already_are_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store_of(&folder);
        let (preprint, article) = (record(&store, "arxiv:2503.20246"), record(&store, "doi:10.1000/1"));
        join(&mut store, preprint, article);
        let keys = ["doi:10.1000/1".to_owned(), "lab guid 1".to_owned()];
        let noted = [(PaperId::from_stored("arxiv:2503.20246".to_owned()), keys.to_vec())];
        let written = |store: &mut Store| -> i64 {
            let sql = "SELECT total_changes()";
            let before: i64 = store.db.query_row(sql, [], |row| row.get(0)).unwrap();
            store.note_paper_keys("lab", &noted).unwrap();
            store.db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() - before
        };
        assert_eq!(written(&mut store), 2, "the key, and the part's keys");
        assert_eq!(written(&mut store), 0);
        let record = store.work_record(&noted[0].0).unwrap().unwrap();
        assert_eq!(record.parts[0].keys, keys);
    }

    #[test]
    fn a_part_takes_all_of_its_own_parts_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store_of(&folder);
        let rows = ["arxiv:2503.20246", "doi:10.1000/1", "doi:10.1000/2", "doi:10.1000/3"];
        let [paper, part, second, third] = rows.map(|id| record(&store, id));
        join(&mut store, second, third);
        join(&mut store, part, second);
        join(&mut store, paper, part);
        assert_eq!(ids_of_parts(&store, "arxiv:2503.20246").len(), 3);
        split(&mut store, "arxiv:2503.20246", "doi:10.1000/1");
        assert_eq!(ids_of_parts(&store, "arxiv:2503.20246"), [""; 0]);
        assert_eq!(ids_of_parts(&store, "doi:10.1000/1"), ["doi:10.1000/3", "doi:10.1000/2"]);
        split(&mut store, "doi:10.1000/1", "doi:10.1000/2");
        assert_eq!(ids_of_parts(&store, "doi:10.1000/1"), [""; 0]);
        assert_eq!(ids_of_parts(&store, "doi:10.1000/2"), ["doi:10.1000/3"]);
    }

    #[test]
    fn a_part_that_cannot_be_read_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store_of(&folder);
        let (paper, part) = (record(&store, "arxiv:2503.20246"), record(&store, "doi:10.1000/1"));
        join(&mut store, paper, part);
        store.db.pragma_update(None, "ignore_check_constraints", true).unwrap();
        for (change, message) in [
            ("reason = 'evidence', words = 'a hunch'", "row 1 of work_parts: `a hunch` is no evidence"),
            ("reason = 'guess'", "row 1 of work_parts: `guess` is no reason"),
            ("reason = 'hand', keys = 'none'", "row 1 of work_parts: its keys are no list"),
        ] {
            store.db.execute(&format!("UPDATE work_parts SET {change}"), []).unwrap();
            let error = store.recorded_work(paper).unwrap_err();
            assert!(format!("{error:#}").contains(message), "{change}: {error:#}");
        }
    }
}
