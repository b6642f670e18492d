//! The titles that papers have or had, in the form in which titles are compared: by them the papers are found that may be the
//! same work as a new one.

use anyhow::Result;
use rusqlite::{Connection, params};

use super::statement::execute_cached;
use crate::domain::title_key;

/// Keeps a title as one of a paper's. One that is too short to say which work it is of is not kept.
pub(super) fn record_paper_title(db: &Connection, row: i64, title: &str) -> rusqlite::Result<()> {
    if let Some(key) = title_key(title) {
        let sql = "INSERT OR IGNORE INTO paper_titles (title, paper) VALUES (?1, ?2)";
        execute_cached(db, sql, params![key.as_str(), row])?;
    }
    Ok(())
}

/// Keeps the title of every paper: what a history has that was written before titles were kept.
pub(super) fn record_titles_of_all_papers(db: &Connection) -> Result<()> {
    let mut papers = db.prepare("SELECT id, title FROM papers")?;
    let mut rows = papers.query([])?;
    while let Some(row) = rows.next()? {
        record_paper_title(db, row.get(0)?, row.get_ref(1)?.as_str()?)?;
    }
    Ok(())
}
