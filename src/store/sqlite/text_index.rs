//! The full-text index over the papers: their words, and what a search may be narrowed to.
//!
//! A poll only notes which papers have changed, for indexing costs more than all else that is done with a new paper. The
//! daemon brings the index up to date between its polls, and whoever searches before that does it then.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use super::connection::open_brief_writer;
use super::paper_row::{PAPER, read_paper};
use super::statement::{execute_cached, query_all_rows, query_first_row};
use crate::domain::{DatabaseUrl, Paper, find_code_url};
use crate::store::records::IndexProgress;

/// Papers indexed in one transaction: some milliseconds, so that nobody waits long for the store.
const BATCH_MAX: u32 = 200;

/// A connection that keeps the full-text index, next to a writer or without one.
#[derive(Debug)]
pub struct TextIndex {
    db: Connection,
    /// Whether it was damaged and is built again. What is damaged after that stays so.
    is_rebuilt: bool,
}

impl TextIndex {
    /// Opens the index of an existing store.
    pub fn open(store: &DatabaseUrl) -> Result<Self> {
        Ok(Self { db: open_brief_writer(store)?, is_rebuilt: false })
    }

    /// Indexes every paper that has changed.
    pub fn index_all_changed_papers(&mut self) -> Result<()> {
        while self.index_next_batch()? != IndexProgress::UpToDate {}
        Ok(())
    }

    /// Indexes some of the papers that have changed. All that the index knows is in the papers: it is built again if it
    /// is damaged.
    pub fn index_next_batch(&mut self) -> Result<IndexProgress> {
        match self.try_index_batch() {
            Err(error) if !self.is_rebuilt && is_corrupt_index_error(&error) => {
                self.reset_index()?;
                self.is_rebuilt = true;
                Ok(IndexProgress::Reset)
            }
            indexed => indexed,
        }
    }

    fn try_index_batch(&mut self) -> Result<IndexProgress> {
        let is_behind: bool =
            self.db.query_row("SELECT EXISTS (SELECT 1 FROM unindexed)", [], |row| row.get(0))?;
        if !is_behind {
            return Ok(IndexProgress::UpToDate);
        }
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rows = index_batch(&change)?;
        for row in &rows {
            execute_cached(&change, "DELETE FROM unindexed WHERE paper = ?1", [row])?;
        }
        change.commit()?;
        Ok(if rows.is_empty() { IndexProgress::UpToDate } else { IndexProgress::MorePending })
    }

    fn reset_index(&mut self) -> Result<()> {
        let change = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute_batch(
            "INSERT INTO papers_text (papers_text) VALUES ('delete-all');
             DELETE FROM text_rowids;
             DELETE FROM words;
             INSERT OR IGNORE INTO unindexed (paper) SELECT id FROM papers;",
        )?;
        change.commit()?;
        Ok(())
    }
}

/// Whether the content of the index makes no sense to SQLite, in tables that are whole.
fn is_corrupt_index_error(error: &anyhow::Error) -> bool {
    let sqlite = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error);
    sqlite.is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CORRUPT_VTAB)
}

/// So many of the lower bits of a place are the paper's row; the upper ones are its date in seconds.
const ROW_BITS: u32 = 29;

/// What leaves of a place the paper's row.
pub(super) const ROW_MASK: i64 = (1 << ROW_BITS) - 1;

/// The place of a paper among all by date: later ones are higher, and no two have one place.
pub(super) fn index_rowid(row: i64, updated: Timestamp) -> i64 {
    updated.as_second().clamp(0, PLACE_SECONDS_MAX) << ROW_BITS | row
}

/// The year 2514.
const PLACE_SECONDS_MAX: i64 = (1 << (62 - ROW_BITS)) - 1;

/// Indexes the papers that have changed in tables of this connection's own.
pub(super) fn index_papers_in_memory(db: &Connection) -> Result<()> {
    let mut last = 0;
    loop {
        let mut batch = read_unindexed_papers_batch(db, last)?;
        let Some((row, _)) = batch.last() else { return Ok(()) };
        last = *row;
        index_batch_papers(db, &mut batch)?;
    }
}

fn index_batch(db: &Connection) -> Result<Vec<i64>> {
    let mut batch = read_unindexed_papers_batch(db, 0)?;
    let rows: Vec<i64> = batch.iter().map(|(row, _)| *row).collect();
    for row in &rows {
        let sql = "DELETE FROM text_rowids WHERE paper = ?1 RETURNING text_rowid";
        let found: Option<i64> = query_first_row(db, sql, [row], |row| row.get(0))?;
        if let Some(rowid) = found {
            execute_cached(db, "DELETE FROM papers_text WHERE rowid = ?1", [rowid])?;
        }
    }
    index_batch_papers(db, &mut batch)?;
    count_papers_per_word(db, &batch)?;
    Ok(rows)
}

fn index_batch_papers(db: &Connection, batch: &mut [(i64, Paper)]) -> Result<()> {
    // The index takes a batch in one go only if its places rise.
    batch.sort_unstable_by_key(|(row, paper)| index_rowid(*row, paper.updated));
    batch.iter().try_for_each(|(row, paper)| index_paper(db, *row, paper))
}

/// Counts each word of these papers. A paper that changes counts again: it is enough to know the common ones.
fn count_papers_per_word(db: &Connection, batch: &[(i64, Paper)]) -> Result<()> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for (_, paper) in batch {
        let authors = paper.authors.iter().map(|author| author.name.as_str());
        let texts = [paper.title.as_str(), &paper.abstract_.0].into_iter().chain(authors);
        let words: HashSet<String> = texts.flat_map(indexable_words).collect();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut count = db.prepare_cached(
        "INSERT INTO words (word, papers) VALUES (?1, ?2)
         ON CONFLICT (word) DO UPDATE SET papers = papers + excluded.papers",
    )?;
    for (word, papers) in counts {
        count.execute(params![word, papers])?;
    }
    Ok(())
}

/// The words of a text in lower case, as the index parts them.
fn indexable_words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| (WORD_BYTES_MIN..=WORD_BYTES_MAX).contains(&word.len())).map(str::to_lowercase)
}

/// A shorter word is found as soon as it is typed.
const WORD_BYTES_MIN: usize = 3;

/// What is longer is no word of a language that parts its words.
const WORD_BYTES_MAX: usize = 40;

/// The first of the papers that have changed, by their rows, of those behind a row.
fn read_unindexed_papers_batch(db: &Connection, after: i64) -> Result<Vec<(i64, Paper)>> {
    let sql = format!(
        "SELECT p.id, {PAPER} FROM unindexed u JOIN papers p ON p.id = u.paper WHERE u.paper > ?1
         ORDER BY u.paper LIMIT {BATCH_MAX}"
    );
    Ok(query_all_rows(db, &sql, [after], |row| Ok((row.get(0)?, read_paper(row, 1)?)))?)
}

fn index_paper(db: &Connection, row: i64, paper: &Paper) -> Result<()> {
    let topics: Vec<i64> =
        query_all_rows(db, "SELECT topic FROM sightings WHERE paper = ?1", [row], |row| row.get(0))?;
    let authors: Vec<&str> = paper.authors.iter().map(|author| author.name.as_str()).collect();
    let rowid = index_rowid(row, paper.updated);
    let (title, abstract_) =
        (strip_index_marker_chars(&paper.title), strip_index_marker_chars(&paper.abstract_.0));
    let authors = authors.join(", ");
    let sql = "INSERT INTO papers_text (rowid, title, abstract, authors, facets) VALUES (?1, ?2, ?3, ?4, ?5)";
    execute_cached(
        db,
        sql,
        params![rowid, title, abstract_, strip_index_marker_chars(&authors), paper_facets(paper, &topics)],
    )?;
    execute_cached(db, "INSERT INTO text_rowids (paper, text_rowid) VALUES (?1, ?2)", [row, rowid])?;
    Ok(())
}

/// Everything that a search may be narrowed to, each as one word of the index.
fn paper_facets(paper: &Paper, topics: &[i64]) -> String {
    let mut facets: Vec<String> = topics.iter().map(|topic| topic_facet_word(*topic)).collect();
    for category in &paper.categories {
        facets.push(category_facet_word(&category.0));
        facets.push(category_facet_word(category.arxiv_archive()));
    }
    if find_code_url(&paper.abstract_.0, paper.comment.as_deref(), &[]).is_some() {
        facets.push(CODE_FACET.to_owned());
    }
    facets.join(" ")
}

/// What begins a facet's word and is in no other: a character without a meaning, which the index takes for a
/// letter all the same. A word that ends with a digit has no stem but itself.
const FACET: char = '\u{e000}';

/// The word of all papers with code.
pub(super) const CODE_FACET: &str = "\u{e000}code0";

/// The word of all papers that a topic has seen.
pub(super) fn topic_facet_word(topic: i64) -> String {
    format!("{FACET}topic{topic}")
}

/// The word of all papers in a category or an archive, whatever its capitals and its signs.
pub(super) fn category_facet_word(category: &str) -> String {
    let bytes = category.bytes().map(|byte| format!("{:02x}", byte.to_ascii_lowercase()));
    format!("{FACET}in{}0", bytes.collect::<String>())
}

/// A text in which no word can be taken for a facet, nor for the end of what the index is asked for.
pub(super) fn strip_index_marker_chars(text: &str) -> Cow<'_, str> {
    const NO_WORDS: [char; 2] = [FACET, '\0'];
    if text.contains(NO_WORDS) { text.replace(NO_WORDS, " ").into() } else { text.into() }
}
