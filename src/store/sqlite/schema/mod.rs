//! The schema of a history: whether a file has one that this program knows, and how an older one becomes the current one.

#[cfg(test)]
mod tests;

use anyhow::Result;
use rusqlite::Connection;

use super::join_duplicate_rows::join_preprints_with_articles;
use super::record_paper_titles::record_titles_of_all_papers;
use crate::store::store_error_kind::SchemaError;

/// The tables of a new file.
const CURRENT: &str = include_str!("schema.sql");

/// What leads from version 1 of the schema to version 2, and so on. The current schema has all of it.
const STEPS: &[&str] = &[
    // Identities of other papers than arXiv's were addresses as they were written.
    "ALTER TABLE papers ADD COLUMN content BLOB CHECK ((version = 0) = (content IS NOT NULL));
     UPDATE OR IGNORE rows_seen SET paper_id = CASE
         WHEN paper_id LIKE 'doi:%' THEN lower(paper_id)
         WHEN paper_id LIKE 'http://%' THEN 'url:https://' || substr(paper_id, 8)
         WHEN paper_id LIKE 'https://%' THEN 'url:' || paper_id
         ELSE paper_id END;",
    // A topic had one source, and its progress was the topic's.
    "CREATE TABLE topic_sources (
         id INTEGER PRIMARY KEY,
         topic INTEGER NOT NULL REFERENCES topics (id),
         source TEXT NOT NULL,
         phase TEXT NOT NULL CHECK (phase IN ('backfill', 'established')),
         watermark INTEGER,
         source_time INTEGER,
         last_full_sweep INTEGER,
         UNIQUE (topic, source)
     ) STRICT;
     INSERT INTO topic_sources (id, topic, source, phase, watermark, source_time, last_full_sweep)
         SELECT id, id, 'arxiv', phase, watermark, source_time, last_full_sweep FROM topics;
     ALTER TABLE topics DROP COLUMN phase;
     ALTER TABLE topics DROP COLUMN watermark;
     ALTER TABLE topics DROP COLUMN source_time;
     ALTER TABLE topics DROP COLUMN last_full_sweep;
     ALTER TABLE sightings ADD COLUMN source INTEGER REFERENCES topic_sources (id);
     UPDATE sightings SET source = topic;
     DROP INDEX polls_by_topic;
     ALTER TABLE polls RENAME TO earlier_polls;
     CREATE TABLE polls (
         id INTEGER PRIMARY KEY,
         topic_source INTEGER NOT NULL REFERENCES topic_sources (id),
         at INTEGER NOT NULL,
         outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
         fault TEXT,
         words TEXT,
         new INTEGER NOT NULL,
         replaced INTEGER NOT NULL,
         seeded INTEGER NOT NULL,
         requests INTEGER NOT NULL
     ) STRICT;
     INSERT INTO polls SELECT * FROM earlier_polls;
     DROP TABLE earlier_polls;
     CREATE INDEX polls_by_source ON polls (topic_source, id);
     ALTER TABLE poll_tallies RENAME TO earlier_tallies;
     CREATE TABLE poll_tallies (
         topic_source INTEGER NOT NULL REFERENCES topic_sources (id),
         outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
         fault TEXT NOT NULL,
         polls INTEGER NOT NULL,
         requests INTEGER NOT NULL,
         PRIMARY KEY (topic_source, outcome, fault)
     ) STRICT, WITHOUT ROWID;
     INSERT INTO poll_tallies SELECT * FROM earlier_tallies;
     DROP TABLE earlier_tallies;",
    // There were no feeds.
    "CREATE TABLE feeds (
         source TEXT PRIMARY KEY,
         etag TEXT,
         last_modified TEXT,
         origin BLOB,
         received INTEGER,
         ttl INTEGER,
         next_poll INTEGER,
         failures INTEGER NOT NULL,
         CHECK ((origin IS NULL) = (received IS NULL))
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE paper_keys (
         key TEXT PRIMARY KEY,
         paper INTEGER NOT NULL REFERENCES papers (id),
         source TEXT NOT NULL
     ) STRICT, WITHOUT ROWID;
     INSERT INTO paper_keys SELECT paper_id, id, iif(origin = 'list', '', 'arxiv') FROM papers;
     INSERT OR IGNORE INTO paper_keys SELECT 'doi:' || lower(trim(doi)), id, 'arxiv' FROM papers
         WHERE trim(doi) LIKE '10.%' AND trim(doi) NOT LIKE '% %';",
    // A preprint that appeared in a journal was no news.
    "ALTER TABLE papers ADD COLUMN later_article TEXT;
     ALTER TABLE sightings ADD COLUMN has_article INTEGER NOT NULL DEFAULT 0;
     DROP INDEX news_by_topic;
     ALTER TABLE news RENAME TO earlier_news;
     CREATE TABLE news (
         id INTEGER PRIMARY KEY,
         topic INTEGER NOT NULL REFERENCES topics (id),
         paper INTEGER NOT NULL REFERENCES papers (id),
         version INTEGER NOT NULL,
         kind TEXT NOT NULL CHECK (kind IN ('new', 'replacement', 'published')),
         seen INTEGER NOT NULL,
         UNIQUE (topic, paper, version, kind)
     ) STRICT;
     INSERT INTO news SELECT * FROM earlier_news;
     DROP TABLE earlier_news;
     CREATE UNIQUE INDEX news_of_articles ON news (topic, paper) WHERE kind = 'published';
     CREATE INDEX news_by_topic ON news (topic, id);
     CREATE TABLE announced_articles (
         subscription INTEGER NOT NULL REFERENCES subscriptions (id),
         paper INTEGER NOT NULL REFERENCES papers (id),
         digest INTEGER NOT NULL REFERENCES digests (id),
         PRIMARY KEY (subscription, paper)
     ) STRICT, WITHOUT ROWID;",
    // Of a feed as such nothing was remembered.
    "CREATE TABLE feed_histories (
         source TEXT PRIMARY KEY,
         address BLOB NOT NULL,
         polled INTEGER NOT NULL,
         outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'incomplete', 'failed')),
         since INTEGER NOT NULL,
         fault TEXT,
         words TEXT,
         first_read INTEGER,
         last_new INTEGER,
         newest_item INTEGER
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE feed_item_keys (
         source TEXT PRIMARY KEY,
         keys BLOB NOT NULL
     ) STRICT;
     CREATE TABLE feed_days (
         source TEXT NOT NULL,
         day TEXT NOT NULL,
         items INTEGER NOT NULL,
         PRIMARY KEY (source, day)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE feed_moves (
         source TEXT PRIMARY KEY,
         target TEXT NOT NULL CHECK (target IN ('same-site', 'other-site', 'front-page', 'less-secure')),
         fingerprint BLOB NOT NULL,
         address TEXT,
         polls INTEGER NOT NULL,
         first_seen INTEGER NOT NULL,
         last_seen INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;",
    // A work had one identity of each kind that it was shown under, and two papers never became one. No titles were kept but
    // each paper's latest. `fill_migrated_tables` makes up for both.
    "CREATE TABLE paper_titles (
         title TEXT NOT NULL,
         paper INTEGER NOT NULL REFERENCES papers (id),
         PRIMARY KEY (title, paper)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX paper_titles_by_paper ON paper_titles (paper);
     CREATE TABLE work_parts (
         id INTEGER PRIMARY KEY,
         paper INTEGER NOT NULL REFERENCES papers (id),
         within INTEGER REFERENCES work_parts (id),
         joined INTEGER NOT NULL,
         reason TEXT NOT NULL CHECK (reason IN ('key', 'evidence', 'hand')),
         words TEXT NOT NULL,
         source TEXT NOT NULL,
         keys TEXT NOT NULL,
         record TEXT NOT NULL
     ) STRICT;
     CREATE INDEX work_parts_by_paper ON work_parts (paper);
     CREATE TABLE works_apart (
         one INTEGER NOT NULL REFERENCES papers (id),
         other INTEGER NOT NULL REFERENCES papers (id),
         PRIMARY KEY (one, other)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX paper_keys_by_paper ON paper_keys (paper);",
    // It was not known what a push had replaced.
    "ALTER TABLE pushes ADD COLUMN replaced TEXT;",
    // An entry that could not be taken made every poll incomplete, and nothing was remembered of it.
    "CREATE TABLE unreadable_entries (
         topic_source INTEGER NOT NULL REFERENCES topic_sources (id),
         name TEXT NOT NULL,
         words TEXT NOT NULL,
         first_seen INTEGER NOT NULL,
         last_seen INTEGER NOT NULL,
         polls INTEGER NOT NULL,
         PRIMARY KEY (topic_source, name)
     ) STRICT, WITHOUT ROWID;",
];

/// The version of the schema since which titles are kept, and papers become one.
const TITLES_SINCE: usize = 7;

/// By this a file is known as a history: <https://sqlite.org/pragma.html#pragma_application_id>. The histories from before
/// the first release count their versions from 1 as well, and have none.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"ppwr");

/// What is said of any other file.
const UNKNOWN: &str = "it is a history from before the first release, or another program's database, and stays as it is: \
                       begin with a new file as `state`, and fill it from your list with `paperwire import`";

/// Makes the tables of a new file, or brings those of an older one up to date, in one transaction.
pub(super) fn migrate_schema(db: &mut Connection) -> Result<()> {
    apply_migration_steps(db, STEPS, fill_migrated_tables)
}

/// What a step has no SQL for, in a file that was of this version before.
fn fill_migrated_tables(db: &Connection, found: usize) -> Result<()> {
    if (1..TITLES_SINCE).contains(&found) {
        record_titles_of_all_papers(db)?;
        join_preprints_with_articles(db)?;
    }
    Ok(())
}

/// An error unless a reader understands this file.
pub(super) fn require_current_schema(db: &Connection) -> Result<()> {
    let found = require_known_schema(db)?;
    if found < schema_version_after(STEPS) {
        let words = format!(
            "its schema is of version {found}, an older one: run `paperwire once` to bring it up to date"
        );
        return Err(SchemaError(words).into());
    }
    Ok(())
}

/// The version of the schema, 0 in an empty file. An error if this is no history, or a newer one. Only reads.
pub(super) fn require_known_schema(db: &Connection) -> Result<usize> {
    read_known_schema_version(db, schema_version_after(STEPS))
}

fn apply_migration_steps(
    db: &mut Connection,
    steps: &[&str],
    fill_migrated_tables: fn(&Connection, usize) -> Result<()>,
) -> Result<()> {
    let newest = schema_version_after(steps);
    let found = read_known_schema_version(db, newest)?;
    if found == newest {
        return Ok(());
    }
    let change = db.transaction()?;
    match found.checked_sub(1) {
        None => change.execute_batch(CURRENT)?,
        Some(behind) => steps[behind..].iter().try_for_each(|step| change.execute_batch(step))?,
    }
    fill_migrated_tables(&change, found)?;
    change.pragma_update(None, "application_id", APPLICATION_ID)?;
    change.pragma_update(None, "user_version", newest)?;
    change.commit()?;
    Ok(())
}

fn schema_version_after(steps: &[&str]) -> usize {
    1 + steps.len()
}

fn read_known_schema_version(db: &Connection, newest: usize) -> Result<usize> {
    let id: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let is_empty = || db.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_master)", [], |row| row.get(0));
    match usize::try_from(version) {
        Ok(0) if id == 0 && is_empty()? => Ok(0),
        Ok(version @ 1..) if id == APPLICATION_ID && version <= newest => Ok(version),
        Ok(version @ 1..) if id == APPLICATION_ID => {
            let words = format!(
                "its schema is of version {version}, and this paperwire knows versions up to {newest}: use the newer \
                 paperwire that wrote it"
            );
            Err(SchemaError(words).into())
        }
        Ok(_) | Err(_) => Err(SchemaError(UNKNOWN.to_owned()).into()),
    }
}
