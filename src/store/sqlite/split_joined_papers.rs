//! Taking a part out of its paper: both are papers from then on.

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::list_tables_revision::{bump_list_tables_revision, read_list_tables_change_counter};
use super::mark_unindexed_papers::mark_unindexed;
use super::paper_keys::keys_named_by_paper;
use super::paper_row::paper_by_row_id;
use super::papers_joined_into_others::{RECORD_COLUMNS, joined_papers_sql, read_joined_papers};
use super::record_paper_titles::record_paper_title;
use super::statement::{begin_nested_transaction, execute_cached, query_first_row};
use crate::domain::{DoiKind, JournalPublication, PaperId};
use crate::store::records::JoinedPaper;

impl Store {
    /// Takes a part out of its paper on a person's word: both are papers from then on, neither is news, and no evidence joins
    /// them again. A preprint of which only the part said that it has appeared has not. The identity of the new one.
    pub fn split_joined_paper_by_hand(&mut self, part: &JoinedPaper, now: Timestamp) -> Result<PaperId> {
        let change = begin_nested_transaction(&mut self.db)?;
        let (from, row) = split_joined_paper(&change, part, now)?;
        let sql = "INSERT OR IGNORE INTO works_apart (one, other) VALUES (min(?1, ?2), max(?1, ?2))";
        execute_cached(&change, sql, [from, row])?;
        for row in [from, row] {
            forget_unsupported_article(&change, row)?;
        }
        change.commit()?;
        Ok(part.paper.id.clone())
    }

    /// Takes a part out of its paper that the paper's own record contradicts: both are papers from then on, and neither is
    /// news. That the paper has appeared stays announced.
    pub fn split_contradicted_paper(&mut self, part: &JoinedPaper, now: Timestamp) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        split_joined_paper(&change, part, now)?;
        change.commit()?;
        Ok(())
    }
}

/// Makes a part a paper of its own; the rows of the paper that it was part of, and its own.
fn split_joined_paper(db: &Connection, part: &JoinedPaper, now: Timestamp) -> Result<(i64, i64)> {
    let sql = "SELECT paper FROM work_parts WHERE id = ?1";
    let from: i64 = query_first_row(db, sql, [part.id], |row| row.get(0))?
        .with_context(|| format!("{} is no part of another paper any more", part.paper.id))?;
    let row = restore_paper_of_joined_part(db, part.id)?;
    restore_paper_keys(db, from, row, part)?;
    copy_sightings_to_split_paper(db, from, row, now)?;
    move_parts_to_split_off_paper(db, part.id, row)?;
    execute_cached(db, "DELETE FROM work_parts WHERE id = ?1", [part.id])?;
    for row in [from, row] {
        mark_unindexed(db, row)?;
    }
    bump_list_tables_revision(db)?;
    Ok((from, row))
}

fn restore_paper_of_joined_part(db: &Connection, part: i64) -> Result<i64> {
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
        joined_papers_sql()
    );
    Ok(db.query_row(&sql, [part], |row| row.get(0))?)
}

/// Undoes what was recorded of a preprint's article, unless something that is left says that it has appeared: its own record,
/// or another part. When it does appear, that is news.
fn forget_unsupported_article(db: &Connection, row: i64) -> rusqlite::Result<()> {
    let is_article = |part: &JoinedPaper| {
        part.paper.id.as_doi().is_some_and(|doi| doi.kind_by_prefix() == DoiKind::Article)
    };
    let paper = paper_by_row_id(db, row)?;
    if JournalPublication::from(&paper).is_known_to_have_appeared()
        || read_joined_papers(db, row)?.iter().any(is_article)
    {
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
fn move_parts_to_split_off_paper(db: &Connection, part: i64, row: i64) -> rusqlite::Result<()> {
    let sql = "WITH RECURSIVE inner_parts (id) AS (
             SELECT id FROM work_parts WHERE within = ?1
             UNION SELECT w.id FROM work_parts w JOIN inner_parts i ON w.within = i.id)
         UPDATE work_parts SET paper = ?2, within = nullif(within, ?1) WHERE id IN inner_parts";
    execute_cached(db, sql, [part, row])?;
    Ok(())
}

/// The part's keys and its title are its own again, but for those that the record of the rest names itself.
fn restore_paper_keys(db: &Connection, from: i64, row: i64, part: &JoinedPaper) -> rusqlite::Result<()> {
    let kept = keys_named_by_paper(&paper_by_row_id(db, from)?);
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
    record_paper_title(db, row, &part.paper.title)
}

/// Who has seen the one paper has seen both, and both were announced to them; who took the one out of a list took both out.
fn copy_sightings_to_split_paper(
    db: &Connection,
    from: i64,
    row: i64,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let next = read_list_tables_change_counter(db)? + 1;
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
    use crate::domain::paper_fixture::paper_with_only_id;
    use crate::domain::{DatabaseUrl, Fingerprint, MetadataOrigin, Paper, Revision};
    use crate::store::records::{PaperDatabaseRowId, SameWorkReason};
    use crate::store::sqlite::paper_row::write_paper_row;

    fn open_test_store(folder: &tempfile::TempDir) -> Store {
        Store::open(&DatabaseUrl::Sqlite(folder.path().join("works.db"))).unwrap()
    }

    /// Records a paper that is known by its own identity alone.
    fn record(store: &Store, id: &str) -> PaperDatabaseRowId {
        let paper = Paper {
            revision: Revision::Content(Fingerprint::of_text(id)),
            title: format!("A title of some words for {id}"),
            ..paper_with_only_id(PaperId::from_stored(id.to_owned()))
        };
        let row = write_paper_row(&store.db, &paper, paper.updated, MetadataOrigin::Source).unwrap();
        let sql = "INSERT INTO paper_keys (key, paper, source) VALUES (?1, ?2, 'lab')";
        store.db.execute(sql, params![id, row]).unwrap();
        PaperDatabaseRowId(row)
    }

    fn join(store: &mut Store, into: PaperDatabaseRowId, part: PaperDatabaseRowId) {
        store.join_duplicate_papers(into, part, &SameWorkReason::Hand, Timestamp::UNIX_EPOCH).unwrap();
    }

    fn ids_of_joined_parts(store: &Store, id: &str) -> Vec<String> {
        let record = store.paper_identity_record(&PaperId::from_stored(id.to_owned())).unwrap().unwrap();
        assert_eq!(record.paper.id.as_str(), id);
        record.parts.iter().map(|part| part.paper.id.to_string()).collect()
    }

    fn split_part_by_hand(store: &mut Store, paper: &str, part: &str) {
        let record = store.paper_identity_record(&PaperId::from_stored(paper.to_owned())).unwrap().unwrap();
        let part = record.parts.iter().find(|own| own.paper.id.as_str() == part).unwrap();
        store.split_joined_paper_by_hand(part, Timestamp::UNIX_EPOCH).unwrap();
    }

    #[test]
    fn keys_of_a_joined_paper_are_not_written_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open_test_store(&folder);
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
        let record = store.paper_identity_record(&noted[0].0).unwrap().unwrap();
        assert_eq!(record.parts[0].keys, keys);
    }

    #[test]
    fn a_part_takes_all_of_its_own_parts_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open_test_store(&folder);
        let rows = ["arxiv:2503.20246", "doi:10.1000/1", "doi:10.1000/2", "doi:10.1000/3"];
        let [paper, part, second, third] = rows.map(|id| record(&store, id));
        join(&mut store, second, third);
        join(&mut store, part, second);
        join(&mut store, paper, part);
        assert_eq!(ids_of_joined_parts(&store, "arxiv:2503.20246").len(), 3);
        split_part_by_hand(&mut store, "arxiv:2503.20246", "doi:10.1000/1");
        assert_eq!(ids_of_joined_parts(&store, "arxiv:2503.20246"), [""; 0]);
        assert_eq!(ids_of_joined_parts(&store, "doi:10.1000/1"), ["doi:10.1000/3", "doi:10.1000/2"]);
        split_part_by_hand(&mut store, "doi:10.1000/1", "doi:10.1000/2");
        assert_eq!(ids_of_joined_parts(&store, "doi:10.1000/1"), [""; 0]);
        assert_eq!(ids_of_joined_parts(&store, "doi:10.1000/2"), ["doi:10.1000/3"]);
    }

    #[test]
    fn a_part_that_cannot_be_read_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open_test_store(&folder);
        let (paper, part) = (record(&store, "arxiv:2503.20246"), record(&store, "doi:10.1000/1"));
        join(&mut store, paper, part);
        store.db.pragma_update(None, "ignore_check_constraints", true).unwrap();
        for (change, message) in [
            ("reason = 'evidence', words = 'a hunch'", "row 1 of work_parts: `a hunch` is no evidence"),
            ("reason = 'guess'", "row 1 of work_parts: `guess` is no reason"),
            ("reason = 'hand', keys = 'none'", "row 1 of work_parts: its keys are no list"),
        ] {
            store.db.execute(&format!("UPDATE work_parts SET {change}"), []).unwrap();
            let error = store.recorded_work_of_row(paper).unwrap_err();
            assert!(format!("{error:#}").contains(message), "{change}: {error:#}");
        }
    }
}
