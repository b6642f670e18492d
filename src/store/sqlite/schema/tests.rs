//! Tests of the schema and its steps.

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
    let all =
        "SELECT group_concat(concat_ws(' ', id, version, kind), ', ') FROM (SELECT * FROM news ORDER BY id)";
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
    let steps =
        ["ALTER TABLE meta ADD COLUMN one TEXT", "UPDATE meta SET one = coalesce(one, '') || 'x'", "no SQL"];
    apply_migration_steps(&mut db, &steps[..1], |_, _| Ok(())).unwrap();
    assert_eq!(schema_marks(&db), (APPLICATION_ID, 2));
    assert!(require_current_schema(&db).unwrap_err().to_string().contains("its schema is of version 2"));
    assert!(apply_migration_steps(&mut db, &steps, |_, _| Ok(())).is_err());
    let ones = |db: &Connection| -> Option<String> {
        db.query_row("SELECT one FROM meta WHERE name = 'id'", [], |row| row.get(0)).unwrap()
    };
    assert_eq!((schema_marks(&db), ones(&db)), ((APPLICATION_ID, 2), None));
    for _ in 0..2 {
        apply_migration_steps(&mut db, &steps[..2], |_, _| Ok(())).unwrap();
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
