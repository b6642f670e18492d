//! Making one row part of another one: all that the history has of either is that one's.
//!
//! Nothing that was announced of either is announced again, and nothing that was not is lost.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::list_tables_revision::{bump_list_tables_revision, read_list_tables_change_counter};
use super::mark_unindexed_papers::mark_unindexed;
use super::paper_keys::{keys_of_paper, work_identifiers_among_keys};
use super::paper_row::{paper_by_row_id, read_timestamp_column};
use super::papers_joined_into_others::record_joined_paper;
use super::statement::{execute_cached, query_all_rows, query_first_row};
use crate::domain::{DoiKind, PaperId, are_two_arxiv_works, ids_named_by_paper};
use crate::store::records::SameWorkReason;

/// Makes one paper of each preprint and the article that its own record names: what a history has two of that was written
/// before papers became one. That was known as soon as both were.
pub(super) fn join_preprints_with_articles(db: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT id FROM papers WHERE paper_id LIKE 'arxiv:%' AND doi IS NOT NULL ORDER BY id";
    let preprints: Vec<i64> = query_all_rows(db, sql, [], |row| row.get(0))?;
    for preprint in preprints {
        for id in ids_named_by_paper(&paper_by_row_id(db, preprint)?) {
            let sql = "SELECT paper FROM paper_keys WHERE key = ?1 AND paper <> ?2";
            let found: Option<i64> =
                query_first_row(db, sql, params![id.as_str(), preprint], |row| row.get(0))?;
            if let Some(article) = found
                && !are_two_arxiv_papers(db, preprint, article)?
            {
                let sql = "SELECT coalesce(max(seen), 0) FROM versions WHERE paper IN (?1, ?2)";
                let known = db.query_row(sql, [preprint, article], |row| read_timestamp_column(row, 0))?;
                join_duplicate_rows(db, (preprint, article), &SameWorkReason::Key(id.to_string()), known)?;
            }
        }
    }
    Ok(())
}

fn are_two_arxiv_papers(db: &Connection, one: i64, other: i64) -> rusqlite::Result<bool> {
    let keys = |row| {
        Ok::<_, rusqlite::Error>(work_identifiers_among_keys(&keys_of_paper(db, row)?).collect::<Vec<_>>())
    };
    Ok(are_two_arxiv_works(&keys(one)?, &keys(other)?))
}

/// Makes one row part of another one.
pub(super) fn join_duplicate_rows(
    db: &Connection,
    (into, part): (i64, i64),
    reason: &SameWorkReason,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let ids = (paper_id(db, into)?, paper_id(db, part)?);
    record_joined_paper(db, (into, part), reason, now)?;
    // Which rows of lists a person can see is a question of the sightings as they are before.
    move_row_records_to_joined_paper(db, (into, &ids.0), (part, &ids.1))?;
    let is_article = ids.1.as_doi().is_some_and(|doi| doi.kind_by_prefix() == DoiKind::Article);
    move_sightings(db, (into, part), is_article)?;
    move_news(db, into, part)?;
    move_announced_versions(db, (into, part), is_article)?;
    for table in ["versions", "paper_titles", "paper_keys"] {
        execute_cached(
            db,
            &format!("UPDATE OR IGNORE {table} SET paper = ?1 WHERE paper = ?2"),
            [into, part],
        )?;
        execute_cached(db, &format!("DELETE FROM {table} WHERE paper = ?1"), [part])?;
    }
    move_known_different_pairs(db, into, part)?;
    remove_from_index(db, part)?;
    execute_cached(db, "DELETE FROM papers WHERE id = ?1", [part])?;
    mark_unindexed(db, into)?;
    bump_list_tables_revision(db)
}

fn paper_id(db: &Connection, row: i64) -> rusqlite::Result<PaperId> {
    let mut find = db.prepare_cached("SELECT paper_id FROM papers WHERE id = ?1")?;
    find.query_row([row], |row| Ok(PaperId::from_stored(row.get(0)?)))
}

/// What is known of the rows of lists. A row that a person took out stays out, unless the other paper's row is there: who has
/// taken one of two rows of a work out has kept the other one.
fn move_row_records_to_joined_paper(
    db: &Connection,
    (into, into_id): (i64, &PaperId),
    (part, part_id): (i64, &PaperId),
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM dismissals AS d WHERE paper_id = ?1 AND is_restored = 0
             AND EXISTS (SELECT 1 FROM sightings s JOIN topics t ON t.id = s.topic WHERE s.paper = ?3 AND t.name = d.topic)
             AND NOT EXISTS (SELECT 1 FROM dismissals o WHERE o.list = d.list AND o.topic = d.topic AND o.paper_id = ?2
                 AND o.is_restored = 0)";
    let kept = [(into_id, part_id, part), (part_id, into_id, into)]
        .map(|(own, other, row)| execute_cached(db, sql, params![own.as_str(), other.as_str(), row]));
    kept.into_iter().collect::<rusqlite::Result<Vec<_>>>()?;
    for table in ["dismissals", "rows_seen", "manual_rows"] {
        let sql = format!("UPDATE OR IGNORE {table} SET paper_id = ?1 WHERE paper_id = ?2");
        execute_cached(db, &sql, [into_id.as_str(), part_id.as_str()])?;
        execute_cached(db, &format!("DELETE FROM {table} WHERE paper_id = ?1"), [part_id.as_str()])?;
    }
    Ok(())
}

/// A topic that has seen either has seen the one; one that has seen the article was shown it.
fn move_sightings(db: &Connection, (into, part): (i64, i64), is_article: bool) -> rusqlite::Result<()> {
    let sql = "UPDATE topics SET known = known - 1 WHERE id IN (SELECT topic FROM sightings WHERE paper = ?1
             INTERSECT SELECT topic FROM sightings WHERE paper = ?2)";
    execute_cached(db, sql, [into, part])?;
    let next = read_list_tables_change_counter(db)? + 1;
    let sql = "INSERT INTO sightings (topic, paper, version, updated, tie, seen, settled, revision, source, has_article)
         SELECT s.topic, p.id, s.version, p.updated, s.tie, s.seen, s.settled, ?3, s.source,
             max(s.has_article, ?4)
         FROM sightings s JOIN papers p ON p.id = ?1 WHERE s.paper = ?2
         ON CONFLICT (topic, paper) DO UPDATE SET version = max(version, excluded.version),
             seen = min(seen, excluded.seen), settled = iif(source IS NULL, excluded.settled, settled),
             source = coalesce(source, excluded.source), has_article = max(has_article, excluded.has_article)";
    execute_cached(db, sql, params![into, part, next, is_article])?;
    execute_cached(db, "UPDATE sightings SET revision = ?2 WHERE paper = ?1", params![into, next])?;
    execute_cached(db, "DELETE FROM sightings WHERE paper = ?1", [part])?;
    Ok(())
}

/// Of two pieces of news of one version the later one stays: whoever got the earlier one does not get it, for that
/// version was announced, and whoever has begun in between has it still to come.
fn move_news(db: &Connection, into: i64, part: i64) -> rusqlite::Result<()> {
    let pairs = "news a JOIN news b ON b.topic = a.topic AND (b.kind = 'published') = (a.kind = 'published')
             AND (b.version = a.version OR a.kind = 'published') WHERE a.paper = ?1 AND b.paper = ?2";
    let sql = format!(
        "UPDATE news SET kind = 'new' WHERE id IN (SELECT max(a.id, b.id) FROM {pairs} AND 'new' IN (a.kind, b.kind))"
    );
    execute_cached(db, &sql, [into, part])?;
    let sql = format!("DELETE FROM news WHERE id IN (SELECT min(a.id, b.id) FROM {pairs})");
    execute_cached(db, &sql, [into, part])?;
    execute_cached(db, "UPDATE news SET paper = ?1 WHERE paper = ?2", [into, part])?;
    Ok(())
}

/// To whom the part was announced, the work is announced as it is now.
fn move_announced_versions(
    db: &Connection,
    (into, part): (i64, i64),
    is_article: bool,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO announced_articles (subscription, paper, digest)
         SELECT subscription, ?1, digest FROM announced_articles WHERE paper = ?2 UNION ALL
         SELECT subscription, ?1, digest FROM announced_versions WHERE paper = ?2 AND ?3";
    execute_cached(db, sql, params![into, part, is_article])?;
    execute_cached(db, "DELETE FROM announced_articles WHERE paper = ?1", [part])?;
    let sql = "INSERT INTO announced_versions (subscription, paper, version, digest)
         SELECT a.subscription, p.id, p.version, max(a.digest) FROM announced_versions a JOIN papers p ON p.id = ?1
         WHERE a.paper = ?2
             AND a.subscription NOT IN (SELECT subscription FROM announced_versions WHERE paper = ?1)
         GROUP BY a.subscription";
    execute_cached(db, sql, [into, part])?;
    execute_cached(db, "UPDATE OR IGNORE announced_versions SET paper = ?1 WHERE paper = ?2", [into, part])?;
    execute_cached(db, "DELETE FROM announced_versions WHERE paper = ?1", [part])?;
    Ok(())
}

/// To whom a paper was announced before its versions had numbers, the first one that it is seen with is announced.
pub(super) fn assign_announced_version_number(
    db: &Connection,
    row: i64,
    version: u32,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO announced_versions (subscription, paper, version, digest)
         SELECT subscription, paper, ?2, digest FROM announced_versions WHERE paper = ?1 AND version = 0";
    execute_cached(db, sql, params![row, version])?;
    Ok(())
}

fn move_known_different_pairs(db: &Connection, into: i64, part: i64) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO works_apart (one, other)
         SELECT min(?1, other), max(?1, other) FROM
             (SELECT iif(one = ?2, other, one) AS other FROM works_apart WHERE ?2 IN (one, other)) WHERE other <> ?1";
    execute_cached(db, sql, [into, part])?;
    execute_cached(db, "DELETE FROM works_apart WHERE ?1 IN (one, other)", [part])?;
    Ok(())
}

fn remove_from_index(db: &Connection, row: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM text_rowids WHERE paper = ?1 RETURNING text_rowid";
    let found: Option<i64> = query_first_row(db, sql, [row], |row| row.get(0))?;
    if let Some(rowid) = found {
        execute_cached(db, "DELETE FROM papers_text WHERE rowid = ?1", [rowid])?;
    }
    execute_cached(db, "DELETE FROM unindexed WHERE paper = ?1", [row])?;
    Ok(())
}
