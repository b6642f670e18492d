//! Papers that became part of another one: kept as they were, so that they can be taken apart again.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::paper_keys::read_keys_column;
use super::paper_row::{PAPER, conversion_error, read_paper, read_timestamp_column};
use super::statement::{execute_cached, query_all_rows};
use crate::domain::{PaperId, TitleAndAuthorMatch};
use crate::store::records::{JoinedPaper, SameWorkReason};

/// The columns of a paper's row, and how each is read back from the JSON of a part.
pub(super) const RECORD_COLUMNS: [&str; 16] = [
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

/// Adds to the keys of a part what its source shows it under now, as a JSON list. What it has already is not written again.
pub(super) fn add_keys_to_joined_paper(db: &Connection, paper: &PaperId, keys: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE work_parts SET keys = (SELECT json_group_array(value) FROM
             (SELECT value FROM json_each(work_parts.keys) UNION SELECT value FROM json_each(?2)))
         WHERE paper = (SELECT id FROM papers WHERE paper_id = ?1)
             AND EXISTS (SELECT 1 FROM json_each(work_parts.keys) JOIN json_each(?2) USING (value))
             AND EXISTS (SELECT value FROM json_each(?2) EXCEPT SELECT value FROM json_each(work_parts.keys))";
    execute_cached(db, sql, [paper.as_str(), keys])?;
    Ok(())
}

/// Keeps a paper, which becomes part of another one, as it is now.
pub(super) fn record_joined_paper(
    db: &Connection,
    (into, part): (i64, i64),
    reason: &SameWorkReason,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let (name, words) = match reason {
        SameWorkReason::Key(key) => ("key", key.clone()),
        SameWorkReason::Evidence(evidence) => ("evidence", evidence.to_stored()),
        SameWorkReason::Hand => ("hand", String::new()),
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
pub(super) fn read_joined_papers(db: &Connection, row: i64) -> rusqlite::Result<Vec<JoinedPaper>> {
    let sql = format!(
        "SELECT {PAPER}, p.part, p.joined, p.reason, p.words, p.source, p.keys FROM ({}) p WHERE p.paper = ?1 ORDER BY p.part",
        joined_papers_sql()
    );
    query_all_rows(db, &sql, [row], read_joined_paper)
}

fn read_joined_paper(row: &Row<'_>) -> rusqlite::Result<JoinedPaper> {
    let id = row.get("part")?;
    let broken =
        |what: String| conversion_error(0, Type::Text, format!("row {id} of work_parts: {what}").into());
    Ok(JoinedPaper {
        id,
        paper: read_paper(row, 0)?,
        keys: read_keys_column(row).map_err(|error| broken(format!("its keys are no list: {error}")))?,
        source: row.get("source")?,
        reason: read_join_reason(row)?.map_err(broken)?,
        joined_at: read_timestamp_column(row, 16)?,
    })
}

/// Reads why a part is one, or says what is there instead.
fn read_join_reason(row: &Row<'_>) -> rusqlite::Result<Result<SameWorkReason, String>> {
    let words: String = row.get("words")?;
    Ok(match row.get_ref("reason")?.as_str()? {
        "evidence" => match TitleAndAuthorMatch::from_stored(&words) {
            Some(evidence) => Ok(SameWorkReason::Evidence(evidence)),
            None => Err(format!("`{words}` is no evidence")),
        },
        "key" => Ok(SameWorkReason::Key(words)),
        "hand" => Ok(SameWorkReason::Hand),
        other => Err(format!("`{other}` is no reason")),
    })
}

/// The parts with the columns of their papers.
pub(super) fn joined_papers_sql() -> String {
    let columns = RECORD_COLUMNS.map(|column| match column {
        "content" => "unhex(nullif(record ->> 'content', '')) AS content".to_owned(),
        column => format!("record ->> '{column}' AS {column}"),
    });
    format!(
        "SELECT id AS part, paper, joined, reason, words, source, keys, {} FROM work_parts",
        columns.join(", ")
    )
}
