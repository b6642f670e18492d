//! The schema of a history: whether a file has one that this program knows, and how an older one becomes the current one.

use anyhow::Result;
use rusqlite::Connection;

use super::join_rows::join_named_papers;
use super::paper_titles::record_known_titles;
use crate::store::error::SchemaError;

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
    // each paper's latest. `fill_tables` makes up for both.
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
    apply_steps(db, STEPS, fill_tables)
}

/// What a step has no SQL for, in a file that was of this version before.
fn fill_tables(db: &Connection, found: usize) -> Result<()> {
    if (1..TITLES_SINCE).contains(&found) {
        record_known_titles(db)?;
        join_named_papers(db)?;
    }
    Ok(())
}

/// An error unless a reader understands this file.
pub(super) fn require_current_schema(db: &Connection) -> Result<()> {
    let found = require_known_schema(db)?;
    if found < version_after(STEPS) {
        let words = format!(
            "its schema is of version {found}, an older one: run `paperwire once` to bring it up to date"
        );
        return Err(SchemaError(words).into());
    }
    Ok(())
}

/// The version of the schema, 0 in an empty file. An error if this is no history, or a newer one. Only reads.
pub(super) fn require_known_schema(db: &Connection) -> Result<usize> {
    known_version(db, version_after(STEPS))
}

fn apply_steps(
    db: &mut Connection,
    steps: &[&str],
    fill_tables: fn(&Connection, usize) -> Result<()>,
) -> Result<()> {
    let newest = version_after(steps);
    let found = known_version(db, newest)?;
    if found == newest {
        return Ok(());
    }
    let change = db.transaction()?;
    match found.checked_sub(1) {
        None => change.execute_batch(CURRENT)?,
        Some(behind) => steps[behind..].iter().try_for_each(|step| change.execute_batch(step))?,
    }
    fill_tables(&change, found)?;
    change.pragma_update(None, "application_id", APPLICATION_ID)?;
    change.pragma_update(None, "user_version", newest)?;
    change.commit()?;
    Ok(())
}

fn version_after(steps: &[&str]) -> usize {
    1 + steps.len()
}

fn known_version(db: &Connection, newest: usize) -> Result<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables of a file of version 1.
    const FIRST: &str = include_str!("schema_v1.sql");

    fn first_released_schema() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(FIRST).unwrap();
        db.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        db.pragma_update(None, "user_version", 1).unwrap();
        db
    }

    /// All that a file consists of, its comments and white space left out.
    fn schema_shape(db: &Connection) -> Vec<(String, String)> {
        let mut find =
            db.prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").unwrap();
        let all = find.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).unwrap();
        let bare = |sql: &str| {
            let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
            let words = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
            words.replace('"', "").replace(" )", ")").replace(" ,", ",")
        };
        all.map(|found| found.map(|(name, sql)| (name, bare(&sql))).unwrap()).collect()
    }

    fn schema_marks(db: &Connection) -> (i32, usize) {
        let mark = |name| db.pragma_query_value(None, name, |row| row.get(0)).unwrap();
        (mark("application_id"), usize::try_from(mark("user_version")).unwrap())
    }

    #[test]
    fn all_steps_lead_to_the_schema_of_a_new_file() {
        let (mut new, mut first) = (Connection::open_in_memory().unwrap(), first_released_schema());
        migrate_schema(&mut new).unwrap();
        migrate_schema(&mut first).unwrap();
        assert_eq!(schema_shape(&new), schema_shape(&first));
        assert_eq!(
            (schema_marks(&new), schema_marks(&first)),
            ((APPLICATION_ID, 1 + STEPS.len()), schema_marks(&new))
        );
        assert!(require_current_schema(&new).is_ok());
    }

    #[test]
    fn a_row_that_was_seen_under_its_address_is_known_by_its_identity() {
        let mut db = first_released_schema();
        let seen = ["https://example.org/A", "http://example.org/B", "doi:10.1000/AbC", "arxiv:2503.20246"];
        for paper in seen {
            db.execute("INSERT INTO rows_seen VALUES ('list', ?1, 7)", [paper]).unwrap();
        }
        migrate_schema(&mut db).unwrap();
        let mut find = db.prepare("SELECT paper_id FROM rows_seen WHERE seen = 7 ORDER BY paper_id").unwrap();
        let known = find.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<Vec<String>>>();
        let expected =
            ["arxiv:2503.20246", "doi:10.1000/abc", "url:https://example.org/A", "url:https://example.org/B"];
        assert_eq!(known.unwrap(), expected);
    }

    #[test]
    fn the_progress_of_a_topic_becomes_that_with_arxiv() {
        let mut db = first_released_schema();
        db.execute_batch(
            "INSERT INTO topics VALUES (3, 'Birds', 'established', 7, 6, 5, 1), (4, 'Bees', 'backfill', NULL, NULL, NULL, 0);
             INSERT INTO papers VALUES (9, 'arxiv:2503.20246', 2, 'A title', '', '[]', NULL, '[]', NULL, 8, NULL, NULL, NULL,
                 '[]', 'source');
             INSERT INTO sightings (topic, paper, version, updated, tie, seen, settled) VALUES (3, 9, 2, 8, 0, 7, 1);
             INSERT INTO polls VALUES (1, 3, 7, 'complete', NULL, NULL, 1, 0, 0, 2);
             INSERT INTO poll_tallies VALUES (3, 'complete', '', 11, 12);",
        )
        .unwrap();
        migrate_schema(&mut db).unwrap();
        let read = |sql: &str| -> String { db.query_row(sql, [], |row| row.get(0)).unwrap() };
        let progress = "SELECT group_concat(concat_ws(' ', t.name, source, phase, watermark, source_time, last_full_sweep, known), ', ')
             FROM topics t JOIN topic_sources s ON s.topic = t.id";
        assert_eq!(read(progress), "Birds arxiv established 7 6 5 1, Bees arxiv backfill 0");
        let of_birds = "(SELECT id FROM topic_sources WHERE topic = 3)";
        for (table, column) in
            [("sightings", "source"), ("polls", "topic_source"), ("poll_tallies", "topic_source")]
        {
            let sql = format!("SELECT concat(count(*)) FROM {table} WHERE {column} = {of_birds}");
            assert_eq!(read(&sql), "1", "{table}");
        }
        let broken: i64 =
            db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
        assert_eq!(broken, 0);
    }

    #[test]
    fn news_from_before_stays_and_a_preprint_is_published_once() {
        let mut db = first_released_schema();
        db.execute_batch(
            "INSERT INTO topics VALUES (3, 'Birds', 'established', 7, 6, 5, 1);
             INSERT INTO papers VALUES (9, 'arxiv:2503.20246', 2, 'A title', '', '[]', NULL, '[]', NULL, 8, NULL, NULL, NULL,
                 '[]', 'source');
             INSERT INTO news VALUES (5, 3, 9, 1, 'new', 7), (6, 3, 9, 2, 'replacement', 8);",
        )
        .unwrap();
        migrate_schema(&mut db).unwrap();
        let add = |version: u32, kind: &str| {
            let sql = "INSERT INTO news (topic, paper, version, kind, seen) VALUES (3, 9, ?1, ?2, 9)";
            db.execute(sql, (version, kind)).is_ok()
        };
        assert_eq!([add(2, "published"), add(3, "published"), add(2, "replacement")], [true, false, false]);
        let all = "SELECT group_concat(concat_ws(' ', id, version, kind), ', ') FROM (SELECT * FROM news ORDER BY id)";
        let all: String = db.query_row(all, [], |row| row.get(0)).unwrap();
        assert_eq!(all, "5 1 new, 6 2 replacement, 7 2 published");
    }

    #[test]
    fn a_preprint_and_the_article_that_its_record_names_become_one_paper_in_silence() {
        let mut db = first_released_schema();
        db.execute_batch(
            "INSERT INTO topics VALUES (3, 'Birds', 'established', 7, 6, 5, 2);
             INSERT INTO papers VALUES
                 (6, 'doi:10.1000/birds', 1, 'Birds', '', '[]', NULL, '[]', NULL, 8, NULL, NULL, NULL, '[]', 'source'),
                 (7, 'doi:10.1000/owls', 1, 'Owls', '', '[]', NULL, '[]', NULL, 8, NULL, NULL, NULL, '[]', 'source'),
                 (8, 'arxiv:2503.20245', 1, 'Birds', '', '[]', NULL, '[]', NULL, 8, NULL, NULL, '10.1000/Birds', '[]', 'source'),
                 (9, 'arxiv:2503.20246', 1, 'Other birds', '', '[]', NULL, '[]', NULL, 8, NULL, NULL, '10.1000/birds', '[]', 'source');
             INSERT INTO versions VALUES (6, 1, 8, 5), (8, 1, 8, 6);
             INSERT INTO sightings (topic, paper, version, updated, tie, seen, settled)
                 VALUES (3, 6, 1, 8, 0, 5, 1), (3, 8, 1, 8, 0, 6, 1);
             INSERT INTO news VALUES (4, 3, 6, 1, 'new', 5), (5, 3, 8, 1, 'new', 6);",
        )
        .unwrap();
        migrate_schema(&mut db).unwrap();
        let read = |sql: &str| -> String { db.query_row(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(
            read("SELECT group_concat(paper_id, ', ' ORDER BY id) FROM papers"),
            "doi:10.1000/owls, arxiv:2503.20245, arxiv:2503.20246",
            "the first of two of arXiv's"
        );
        assert_eq!(read("SELECT concat(paper) FROM paper_keys WHERE key = 'doi:10.1000/birds'"), "8");
        let parts = "SELECT concat_ws(' ', paper, joined, reason, words) FROM work_parts";
        assert_eq!(read(parts), "8 6 key doi:10.1000/birds");
        let sightings = "SELECT group_concat(concat_ws(' ', paper, has_article)) FROM sightings";
        assert_eq!(read(sightings), "8 1", "its article was shown");
        assert_eq!(read("SELECT group_concat(concat_ws(' ', paper, kind)) FROM news"), "8 new");
        assert_eq!(read("SELECT concat(count(*)) FROM pragma_foreign_key_check"), "0");
    }

    #[test]
    fn a_paper_that_is_known_already_is_found_by_its_title() {
        let mut db = first_released_schema();
        db.execute_batch(
            "INSERT INTO papers VALUES
                 (3, 'arxiv:2503.20246', 2, 'On the <i>Song</i> of Birds at Night', '', '[]', NULL, '[]', NULL, 8, NULL, NULL,
                  NULL, '[]', 'source'),
                 (4, 'arxiv:2503.20247', 2, 'Too short', '', '[]', NULL, '[]', NULL, 8, NULL, NULL, NULL, '[]', 'source');",
        )
        .unwrap();
        migrate_schema(&mut db).unwrap();
        let all = "SELECT group_concat(paper || ' ' || title, ', ') FROM paper_titles";
        let titles: String = db.query_row(all, [], |row| row.get(0)).unwrap();
        assert_eq!(titles, "3 on the song of birds at night");
    }

    #[test]
    fn an_older_file_takes_the_steps_that_it_lacks_each_once_and_all_or_none() {
        let mut db = first_released_schema();
        let steps = [
            "ALTER TABLE meta ADD COLUMN one TEXT",
            "UPDATE meta SET one = coalesce(one, '') || 'x'",
            "no SQL",
        ];
        apply_steps(&mut db, &steps[..1], |_, _| Ok(())).unwrap();
        assert_eq!(schema_marks(&db), (APPLICATION_ID, 2));
        assert!(require_current_schema(&db).unwrap_err().to_string().contains("its schema is of version 2"));
        assert!(apply_steps(&mut db, &steps, |_, _| Ok(())).is_err());
        let ones = |db: &Connection| -> Option<String> {
            db.query_row("SELECT one FROM meta WHERE name = 'id'", [], |row| row.get(0)).unwrap()
        };
        assert_eq!((schema_marks(&db), ones(&db)), ((APPLICATION_ID, 2), None));
        for _ in 0..2 {
            apply_steps(&mut db, &steps[..2], |_, _| Ok(())).unwrap();
            assert_eq!((schema_marks(&db), ones(&db).as_deref()), ((APPLICATION_ID, 3), Some("x")));
        }
    }

    #[test]
    fn only_an_empty_file_and_a_history_are_known() {
        let file = |id: i32, version: i32, table: &str| {
            let db = Connection::open_in_memory().unwrap();
            db.execute_batch(table).unwrap();
            db.pragma_update(None, "application_id", id).unwrap();
            db.pragma_update(None, "user_version", version).unwrap();
            require_known_schema(&db).ok()
        };
        let table = "CREATE TABLE papers (id INTEGER)";
        assert_eq!((file(0, 0, ""), file(APPLICATION_ID, 1, table)), (Some(0), Some(1)));
        for (id, version, table) in [
            (0, 0, table),
            (0, 1, table),
            (0, 1, ""),
            (0, 22, table),
            (0, -1, table),
            (7, 0, ""),
            (7, 1, table),
            (APPLICATION_ID, 0, table),
            (APPLICATION_ID, -1, table),
            (APPLICATION_ID, 99, table),
        ] {
            assert_eq!(file(id, version, table), None, "{id} {version} {table}");
        }
    }
}
