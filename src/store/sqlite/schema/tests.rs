//! Every older schema, filled with rows, is lifted to today's and still answers.

use std::path::Path;

use super::paper_id_migration::IDENTITIES;
use super::*;
use crate::domain::{Gate, PaperId, PollOutcome, StoreUrl};
use crate::store::{
    GeneratedFiles, NewsStatus, Outbox, PushRecord, Store, StoreReader, TextCache, TextIndex,
};

/// What stands in a history before the step after: rows for the tables that each step brings.
const FILLS: [&str; STEPS.len()] = [
    r#"INSERT INTO papers VALUES (1, 'arxiv:2503.20246', 2, 'Songs of birds', 'They sing.',
           '[{"name":"Ada Lovelace"}]', 'cs.CV', '["cs.CV"]', 1000000, 2000000, 'Eight pages', NULL, NULL, '[]', 'source');
       INSERT INTO versions VALUES (1, 1, 1000000, 3000000), (1, 2, 2000000, 4000000);
       INSERT INTO topics VALUES (1, 'Birds', 'established', 5000000, 5000000, 5000000, 1);
       INSERT INTO sightings VALUES (1, 1, 2, 2000000, 0, 3000000, 1);
       INSERT INTO news VALUES (1, 1, 1, 1, 'new', 3000000), (2, 1, 1, 2, 'replacement', 4000000);
       INSERT INTO gates VALUES ('export.arxiv.org', 5000000, 6000000);
       INSERT INTO texts VALUES (1, CAST('written' AS BLOB)), (2, CAST('intended' AS BLOB));
       INSERT INTO lists VALUES ('birds.md', 1, 2);
       INSERT INTO papers_text (rowid, title, abstract, authors) VALUES (1, 'Songs of birds', 'They sing.', 'Ada Lovelace');"#,
    "INSERT INTO subscriptions VALUES (1, 'mail', 2500000, 4500000, 1, 0);
     INSERT INTO subscription_topics VALUES (1, 'Birds', 1);
     INSERT INTO digests VALUES (1, 1, 1, 4500000);
     INSERT INTO digest_news VALUES (1, 1);
     INSERT INTO outbox (id, digest, sink, recipient, part, of, key, body, state, attempts, due, queued, settled, words)
         VALUES (1, 1, 'mail', 'ada', 1, 2, 'a', x'61', 'delivered', 1, 4500000, 4500000, 4600000, '250 OK'),
                (2, 1, 'mail', 'ada', 2, 2, 'b', x'62', 'queued', 3, 5500000, 4500000, NULL, '451 later'),
                (3, 1, 'mail', 'bob', 1, 1, 'c', x'63', 'failed', 8, 4500000, 4500000, 4700000, '550 no');
     INSERT INTO pauses VALUES ('lab', 4000000, '410 Gone');",
    "INSERT INTO dismissed VALUES ('birds.md', 'Birds', 'arxiv:2503.00001', 4000000);
     INSERT INTO generated VALUES ('birds.md', 'written', '2025.md', 'archived');",
    "INSERT INTO told VALUES (1, 1, 2, 1);",
    "INSERT INTO proposed VALUES ('birds.md', 'pushed', '', 'proposed'), ('birds.md', 'pushed', 'x.md', 'x'),
                                     ('birds.md', 'pushing', '', 'being proposed');
     INSERT INTO pull_requests VALUES ('birds.md', 7, 0), ('birds.md', 6, 1);",
    "INSERT INTO polls VALUES (1, 1, 4000000, 'complete', NULL, NULL, 1, 0, 0, 1),
                              (2, 1, 5000000, 'failed', 'throttled', '429', 0, 0, 0, 3);
     INSERT INTO list_faults VALUES ('birds.md', 4000000, 'no markers');
     INSERT INTO troubles VALUES ('topic \"Birds\"', 4000000, 'failing', NULL, NULL);
     INSERT INTO notices VALUES (1, 4000000);
     INSERT INTO outbox (id, notice, sink, recipient, part, of, key, body, state, attempts, due, queued)
         VALUES (4, 1, 'ops', '', 1, 1, 'd', x'64', 'queued', 0, 4000000, 4000000);",
    "INSERT INTO lists_left VALUES ('birds.md', zeroblob(16), 1);
     INSERT INTO files_left VALUES ('birds.md', '', zeroblob(16));",
    "INSERT INTO unindexed VALUES (1) ON CONFLICT DO NOTHING;",
    "UPDATE delivery_tallies SET deliveries = 5 WHERE outcome = 'delivered';",
    "INSERT INTO awaited VALUES ('birds.md', 'open', 'paperwire/birds', 7, 'https://example.org/7', 4000000);",
    "INSERT INTO reviewers_asked VALUES ('birds.md', 7);",
    "INSERT INTO archived VALUES ('birds.md', '2025.md', 'Birds', 0, '2025.md', zeroblob(16), zeroblob(16));",
    "INSERT INTO pushes VALUES ('birds.md', 'pushed', '123456789abcdef0123456789abcdef012345678', zeroblob(16)),
                               ('birds.md', 'pushing', '0123456789abcdef0123456789abcdef01234567', zeroblob(16));",
    "INSERT INTO dismissed VALUES ('birds.md', 'Birds', 'arxiv:2503.00002', 4000000, 1);",
    "UPDATE pushes SET tables = zeroblob(16);",
    "INSERT INTO rows_seen VALUES ('birds.md', 'doi:10.1000/1', 4000000);",
    "INSERT INTO doubts VALUES ('birds.md', 'Birds', zeroblob(16));",
    "UPDATE outbox SET due = 5400000 WHERE id = 2;",
    "UPDATE papers SET doi = '10.1000/1';",
    "INSERT INTO doubts VALUES ('birds.md', '', 'Birds', zeroblob(16), 4000000);",
    "UPDATE dismissed SET newest_push = 1 WHERE is_restored = 1;",
    "INSERT INTO rows_by_hand VALUES ('birds.md', '', 'Birds', 'arxiv:2503.00001');",
];

/// A history as the program of that many steps left it.
fn left_by(steps: usize, file: &Path) {
    let db = Connection::open(file).unwrap();
    for (step, fill) in STEPS.iter().zip(FILLS).take(steps) {
        db.execute_batch(step).unwrap();
        db.execute_batch(fill).unwrap();
    }
    db.pragma_update(None, "user_version", steps).unwrap();
}

#[test]
fn every_older_schema_is_lifted_with_all_that_is_in_it_and_still_answers() {
    for steps in 1..=STEPS.len() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.db");
        left_by(steps, &file);
        let store = Store::open(&StoreUrl::Sqlite(file.clone())).unwrap();
        let reader = StoreReader::open(&StoreUrl::Sqlite(file.clone())).unwrap().unwrap();
        the_papers_are_there(&store, &reader, &file);
        let GeneratedFiles { written, intended } =
            store.generated_files("birds.md", &mut TextCache::default()).unwrap();
        assert_eq!(intended.get("").map(AsRef::as_ref), Some("intended"), "{steps}");
        assert_eq!(written.get("").map(AsRef::as_ref), Some("written"), "{steps}");
        if steps >= 2 {
            the_messages_are_there(&reader, &file, steps);
        }
        if steps >= 3 {
            assert_eq!(store.dismissals("birds.md").unwrap().len(), 1, "{steps}");
            assert_eq!(
                store.restored_dismissals("birds.md").unwrap().len(),
                usize::from(steps >= 14),
                "{steps}"
            );
            assert_eq!(written.get("2025.md").map(AsRef::as_ref), Some("archived"), "{steps}");
        }
        if steps >= 5 {
            assert_eq!(store.open_pull_request("birds.md").unwrap(), Some(7), "{steps}");
            let pushes = store.push_history("birds.md", &mut TextCache::default()).unwrap().unmerged;
            let texts = |push: &PushRecord| push.files.values().map(ToString::to_string).collect::<Vec<_>>();
            let texts: Vec<_> = pushes.iter().map(texts).collect();
            // Before that it was not known by which commits.
            let known = [vec!["being proposed".to_owned()], vec!["proposed".to_owned(), "x".to_owned()]];
            assert_eq!(texts, if steps >= 13 { &known[..] } else { &[] }, "{steps}");
            assert!(store.is_closed_by_us("birds.md", 6).unwrap(), "{steps}");
        }
        if steps >= 6 {
            the_standing_is_there(&store, &reader, steps);
        }
        if steps >= 7 {
            assert_eq!(store.checkpoint("birds.md").unwrap().map(|left| left.rows), Some(1), "{steps}");
        }
        assert_eq!(store.archive_volumes("birds.md").unwrap().len(), usize::from(steps >= 12), "{steps}");
        assert_eq!(store.manual_rows("birds.md").unwrap().len(), usize::from(steps >= 22), "{steps}");
        let awaited = reader.pending_review("birds.md").unwrap();
        assert_eq!(awaited.is_some(), steps >= 10, "{steps}");
        is_whole(&store.db);
    }
}

/// All that a file consists of, its comments and white space left out.
fn shape(db: &Connection) -> Vec<(String, String)> {
    let mut find =
        db.prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").unwrap();
    let all = find.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).unwrap();
    let bare = |sql: &str| {
        let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
        lines
            .flat_map(str::split_whitespace)
            .collect::<Vec<_>>()
            .join(" ")
            .replace('"', "")
            .replace(" )", ")")
            .replace(" ,", ",")
    };
    all.map(|found| found.map(|(name, sql)| (name, bare(&sql))).unwrap()).collect()
}

#[test]
fn a_new_file_is_what_all_steps_come_to() {
    let (new, lifted) = (Connection::open_in_memory().unwrap(), Connection::open_in_memory().unwrap());
    new.execute_batch(CURRENT).unwrap();
    apply_migrations(&lifted, 0, STEPS.len()).unwrap();
    assert_eq!(shape(&new), shape(&lifted));
    let said = |db: &Connection| -> Vec<String> {
        let mut find = db.prepare("SELECT name FROM meta ORDER BY name").unwrap();
        find.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(said(&new), said(&lifted));
}

fn the_papers_are_there(store: &Store, reader: &StoreReader, file: &Path) {
    let topic = store.ensure_topic("Birds").unwrap();
    let places = store.paper_positions(&topic, 9).unwrap();
    let mut papers = Vec::new();
    let take = |paper| {
        papers.push(paper);
        std::ops::ControlFlow::Continue(())
    };
    store.read_papers_at(&places, &[], take).unwrap();
    assert_eq!((topic.paper_count, papers.len()), (1, 1));
    let gate = Gate {
        last_request: Some("1970-01-01T00:00:05Z".parse().unwrap()),
        blocked_until: Some("1970-01-01T00:00:06Z".parse().unwrap()),
    };
    assert_eq!(reader.gate("export.arxiv.org").unwrap(), gate);
    TextIndex::open(&StoreUrl::Sqlite(file.to_owned())).unwrap().catch_up().unwrap();
    for words in ["song", "lovelace sing"] {
        let found = reader.search(&[words.to_owned()], 9).unwrap();
        assert_eq!(found.len(), 1, "{words}");
    }
    let life = reader.paper_history(&PaperId::from_stored("arxiv:2503.20246".to_owned())).unwrap().unwrap();
    assert_eq!((life.versions.len(), life.topics[0].news.len()), (2, 2));
}

fn the_messages_are_there(reader: &StoreReader, file: &Path, steps: usize) {
    let listed = Outbox::open(&StoreUrl::Sqlite(file.to_owned()))
        .unwrap()
        .list(&["queued", "delivered", "failed"])
        .unwrap();
    assert_eq!(listed.len(), if steps >= 6 { 4 } else { 3 }, "{steps}");
    assert_eq!((listed[1].digest.as_str(), listed[1].attempts), ("mail #1", 3), "{steps}");
    let queue = reader.sink_queue("mail").unwrap();
    assert_eq!(
        (queue.waiting, queue.failed, queue.last_response.as_deref()),
        (1, 1, Some("451 later")),
        "{steps}"
    );
    assert_eq!(reader.sink_pause("lab").unwrap().unwrap().reason, "410 Gone", "{steps}");
    let life = reader.paper_history(&PaperId::from_stored("arxiv:2503.20246".to_owned())).unwrap().unwrap();
    let fate = reader.news_status("mail", "Birds", &life.topics[0].news[0]).unwrap();
    assert!(matches!(fate, NewsStatus::Announced { number: 1, .. }), "{steps}: {fate:?}");
    let tallies = reader.delivery_tallies().unwrap();
    let delivered = tallies.iter().find(|tally| tally.outcome == "delivered").unwrap();
    assert_eq!(
        (delivered.sink.as_str(), delivered.deliveries),
        ("mail", if steps >= 9 { 5 } else { 1 }),
        "{steps}"
    );
}

fn the_standing_is_there(store: &Store, reader: &StoreReader, steps: usize) {
    let watched = reader.topic_activity("Birds").unwrap();
    let outcomes: Vec<_> = watched.polls.iter().map(|poll| poll.outcome).collect();
    assert_eq!(outcomes, [PollOutcome::Complete, PollOutcome::Failed], "{steps}");
    assert_eq!(reader.list_failure("birds.md").unwrap().unwrap().reason, "no markers", "{steps}");
    assert_eq!((store.incidents().unwrap().len(), store.next_alert_number().unwrap()), (1, 2), "{steps}");
    let tallies = reader.poll_tallies().unwrap();
    // The steps that count begin with what the polls table still knows.
    let counted: Vec<_> = tallies.iter().map(|tally| (tally.polls, tally.requests)).collect();
    assert_eq!(counted, [(1, 1), (1, 3)], "{steps}");
}

/// SQLite's own judgement of the file.
fn is_whole(db: &Connection) {
    let words: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(words, "ok");
    let dangling = db.prepare("PRAGMA foreign_key_check").unwrap().query_map([], |_| Ok(())).unwrap().count();
    assert_eq!(dangling, 0);
}

#[test]
fn a_paper_whose_identity_had_a_subject_class_is_the_one_without() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paperwire.db");
    left_by(STEPS.iter().position(|step| *step == IDENTITIES).unwrap(), &file);
    let db = Connection::open(&file).unwrap();
    for (id, name) in [
        (2, "math.GT/0309136"),
        (3, "math/0309136"),
        (4, "cs.CV/0501001"),
        (5, "cs.AI/0501001"),
        (6, "hep-ex/0307015"),
    ] {
        let paper = format!(
            "INSERT INTO papers SELECT {id}, 'arxiv:{name}', 1, title, abstract, authors, primary_category, categories,
                 published, updated + {id}, comment, journal_ref, doi, links, origin FROM papers WHERE id = 1;
             INSERT INTO versions VALUES ({id}, {id}, 1, 1);
             INSERT INTO news (topic, paper, version, kind, seen) VALUES (1, {id}, {id}, 'new', 1);
             INSERT INTO told VALUES (1, {id}, {id}, 1);
             INSERT INTO unindexed VALUES ({id});"
        );
        db.execute_batch(&paper).unwrap();
    }
    db.execute_batch(
        "INSERT INTO topics VALUES (2, 'Knots', 'established', 1, 1, 1, 2);
         INSERT INTO sightings VALUES (1, 2, 3, 2000002, 0, 10, 1, 0), (1, 3, 1, 2000003, 0, 20, 0, 0),
             (2, 2, 1, 2000002, 0, 10, 1, 0), (1, 4, 1, 2000004, 0, 10, 1, 0), (1, 5, 2, 2000005, 0, 10, 1, 0);
         INSERT INTO dismissed VALUES ('birds.md', 'Knots', 'arxiv:math.GT/0309136', 1, 0),
             ('birds.md', 'Birds', 'arxiv:hep-ex/0307015', 1, 0), ('birds.md', 'Birds', 'arxiv:HEP-EX/0307015', 1, 0);",
    )
    .unwrap();
    drop(db);
    let store = Store::open(&StoreUrl::Sqlite(file.clone())).unwrap();
    let lines = |sql: &str| -> Vec<String> {
        let mut find = store.db.prepare(sql).unwrap();
        find.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(
        lines("SELECT id || ' ' || paper_id || ' ' || updated FROM papers WHERE id > 1 ORDER BY id"),
        ["3 arxiv:math/0309136 2000003", "4 arxiv:cs/0501001 2000004", "6 arxiv:hep-ex/0307015 2000006"]
    );
    for table in ["versions", "news", "told"] {
        let kept =
            format!("SELECT paper || ' v' || version FROM {table} WHERE paper > 1 ORDER BY paper, version");
        assert_eq!(lines(&kept), ["3 v2", "3 v3", "4 v4", "4 v5", "6 v6"], "{table}");
    }
    assert_eq!(
        lines(
            "SELECT topic || ' ' || paper || ' v' || version || ' ' || updated || ' ' || seen || ' ' || settled
             FROM sightings WHERE paper > 1 ORDER BY topic, paper"
        ),
        ["1 3 v3 2000003 10 1", "1 4 v2 2000004 10 1", "2 3 v1 2000003 10 1"]
    );
    assert_eq!(lines("SELECT name || ' ' || known FROM topics ORDER BY id"), ["Birds 3", "Knots 1"]);
    assert_eq!(
        lines("SELECT topic || ' ' || paper_id FROM dismissed WHERE paper_id LIKE '%/%' ORDER BY paper_id"),
        ["Birds arxiv:hep-ex/0307015", "Knots arxiv:math/0309136"]
    );
    is_whole(&store.db);
    TextIndex::open(&StoreUrl::Sqlite(file.clone())).unwrap().catch_up().unwrap();
    assert_eq!(
        StoreReader::open(&StoreUrl::Sqlite(file.clone()))
            .unwrap()
            .unwrap()
            .search(&["song".to_owned()], 9)
            .unwrap()
            .len(),
        4
    );
}
