//! The history's file: one writer, an older or newer schema, what a crash leaves.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use paperwire::domain::{DatabaseUrl, Fingerprint};
use paperwire::store::{
    DismissalStore, FileTexts, GeneratedFiles, Outbox, PushHistory, PushRecord, Store, StoreErrorKind,
    StoreReader, TextCacheByFingerprint, TextIndex, store_error_kind,
};
use rusqlite::config::DbConfig;

use crate::support::program_command::{CONFIG, config_folder, program_command, run_for_stdout, stderr_text};

#[test]
fn a_second_writer_is_refused_by_name_while_readers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let store_url = DatabaseUrl::Sqlite(folder.path().join("state/paperwire.db"));
    let first = Store::open(&store_url).unwrap();
    let refused = Store::open(&store_url).unwrap_err().to_string();
    let holder = format!("another paperwire (process {}) is at work on", std::process::id());
    assert!(refused.starts_with(&holder), "{refused}");
    assert!(StoreReader::open(&store_url).unwrap().is_some());
    drop(first);
    Store::open(&store_url).unwrap();
}

#[test]
fn a_file_of_a_newer_paperwire_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paperwire.db");
    let store_url = DatabaseUrl::Sqlite(file.clone());
    drop(Store::open(&store_url).unwrap());
    let db = rusqlite::Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let refused = format!("{:#}", Store::open(&store_url).unwrap_err());
    assert!(refused.contains("its schema is of version 99"), "{refused}");
    assert!(format!("{:#}", StoreReader::open(&store_url).unwrap_err()).contains("version 99"));
}

#[test]
fn a_file_that_is_no_history_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paperwire.db");
    let store_url = DatabaseUrl::Sqlite(file.clone());
    fs::write(&file, "a letter to a friend, which is not a database at all").unwrap();
    let refused = format!("{:#}", Store::open(&store_url).unwrap_err());
    assert!(refused.contains("as the history"), "{refused}");
    assert!(fs::read_to_string(&file).unwrap().starts_with("a letter"));
}

/// A history from before the first release, with this journal and some of it in the journal only.
fn old_history(file: &Path, version: i32, journal: &str) {
    let db = rusqlite::Connection::open(file).unwrap();
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    db.pragma_update(None, "journal_mode", journal).unwrap();
    db.execute_batch("CREATE TABLE papers (id INTEGER PRIMARY KEY); INSERT INTO papers VALUES (1), (2);")
        .unwrap();
    db.pragma_update(None, "user_version", version).unwrap();
}

/// All that is in a folder but what any reader shares with others.
fn folder_contents(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_shared = |path: &PathBuf| path.extension().is_some_and(|end| end == "db-shm" || end == "lock");
    let kept = entries.filter(|path| !is_shared(path));
    kept.map(|path| (path.file_name().unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

#[test]
fn a_history_from_before_the_first_release_is_refused_and_left_as_it_is() {
    for (version, journal) in [(1, "wal"), (1, "delete"), (22, "wal"), (22, "delete")] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.db");
        let store_url = DatabaseUrl::Sqlite(file.clone());
        old_history(&file, version, journal);
        let before = folder_contents(folder.path());
        assert_eq!(before.len(), if journal == "wal" { 2 } else { 1 }, "{:?}", before.keys());
        for refused in [
            Store::open(&store_url).map(drop),
            StoreReader::open(&store_url).map(drop),
            Outbox::open(&store_url).map(drop),
            Outbox::open_store_for_reading(&store_url).map(drop),
            DismissalStore::open(&store_url).map(drop),
            TextIndex::open(&store_url).map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert_eq!(store_error_kind(&refused), Some(StoreErrorKind::Unusable), "{refused:#}");
            let words = format!("{refused:#}");
            assert!(
                words.contains("paperwire.db") && words.contains("from before the first release"),
                "{words}"
            );
            assert!(words.contains("with a new file as `state`, and fill it from your list with"), "{words}");
        }
        assert!(folder_contents(folder.path()) == before, "version {version}, {journal}");
    }
}

#[test]
fn every_command_that_needs_the_history_refuses_an_old_one_and_import_begins_a_new_one() {
    let folder = config_folder();
    let file = folder.path().join("paperwire.db");
    old_history(&file, 22, "wal");
    let before = folder_contents(folder.path());
    for words in [
        &["once"][..],
        &["import", "list.md"],
        &["backup", "copy.db"],
        &["search", "thrush"],
        &["status"],
        &["plan"],
        &["outbox", "list"],
        &["outbox", "retry", "1"],
        &["list", "dismissed"],
    ] {
        let done = program_command(folder.path(), words).output().unwrap();
        assert_eq!((done.status.code(), done.stdout.len()), (Some(1), 0), "{words:?}");
        let said = stderr_text(&done);
        assert!(said.contains("fill it from your list with `paperwire import`"), "{words:?}: {said}");
    }
    assert!(folder_contents(folder.path()) == before);
    fs::write(folder.path().join("paperwire.toml"), CONFIG.replace("paperwire.db", "sqlite:new.db")).unwrap();
    let answer = run_for_stdout(folder.path(), &["import", "list.md"]);
    assert_eq!(answer, "Birds: 2 rows read, 2 filled in silently, 2 known\n");
}

fn file_texts(files: &[(&str, &str)]) -> FileTexts {
    files.iter().map(|(file, text)| ((*file).to_owned(), (*text).into())).collect()
}

#[test]
fn a_file_that_is_no_longer_generated_is_forgotten_once_its_list_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("paperwire.db"))).unwrap();
    let (old, new) =
        (file_texts(&[("", "a"), ("x.md", "b"), ("y.md", "c")]), file_texts(&[("", "a"), ("z.md", "d")]));
    store.note_intended_files("list", &old, &[]).unwrap();
    store.note_written_files("list", None).unwrap();
    store.note_intended_files("list", &new, &[]).unwrap();
    let both = GeneratedFiles { written: old.clone(), intended: new.clone() };
    assert_eq!(store.recorded_generated_files("list", &mut TextCacheByFingerprint::default()).unwrap(), both);
    store.note_written_files("list", None).unwrap();
    assert_eq!(
        store.recorded_generated_files("list", &mut TextCacheByFingerprint::default()).unwrap(),
        GeneratedFiles { written: new.clone(), intended: FileTexts::new() }
    );
    assert!(
        store
            .recorded_generated_files("list", &mut TextCacheByFingerprint::default())
            .unwrap()
            .is_known_written(&new)
    );
}

#[test]
fn a_list_that_was_cut_off_between_intention_and_writing_knows_both_texts() {
    let folder = tempfile::tempdir().unwrap();
    let store_url = DatabaseUrl::Sqlite(folder.path().join("paperwire.db"));
    let mut store = Store::open(&store_url).unwrap();
    let files = |text: &str| FileTexts::from([(String::new(), text.into())]);
    store.note_intended_files("README.md", &files("first"), &[]).unwrap();
    store.note_written_files("README.md", None).unwrap();
    assert!(
        store
            .recorded_generated_files("README.md", &mut TextCacheByFingerprint::default())
            .unwrap()
            .is_known_written(&files("first"))
    );
    store.note_intended_files("README.md", &files("second"), &[]).unwrap();
    drop(store);
    let mut store = Store::open(&store_url).unwrap();
    let ours = GeneratedFiles { written: files("first"), intended: files("second") };
    assert_eq!(
        store.recorded_generated_files("README.md", &mut TextCacheByFingerprint::default()).unwrap(),
        ours
    );
    assert!(
        !store
            .recorded_generated_files("README.md", &mut TextCacheByFingerprint::default())
            .unwrap()
            .is_known_written(&files("first"))
    );
    store.note_written_files("README.md", None).unwrap();
    let ours = GeneratedFiles { written: files("second"), intended: FileTexts::new() };
    assert_eq!(
        store.recorded_generated_files("README.md", &mut TextCacheByFingerprint::default()).unwrap(),
        ours
    );
    assert!(
        store
            .recorded_generated_files("README.md", &mut TextCacheByFingerprint::default())
            .unwrap()
            .is_known_written(&files("second"))
    );
    assert!(
        !store
            .recorded_generated_files("README.md", &mut TextCacheByFingerprint::default())
            .unwrap()
            .is_known_written(&files("first"))
    );
}

#[test]
fn a_text_that_is_at_hand_is_not_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("paperwire.db"))).unwrap();
    let written = file_texts(&[("", "a"), ("x.md", "b")]);
    store.note_intended_files("list", &written, &[]).unwrap();
    store.note_written_files("list", None).unwrap();
    let standing: Arc<str> = "b".into();
    let mut at_hand = TextCacheByFingerprint::default();
    at_hand.cache_text(&standing);
    let first = store.recorded_generated_files("list", &mut at_hand).unwrap().written;
    assert!(first == written && Arc::ptr_eq(&first["x.md"], &standing));
    let again = store.recorded_generated_files("list", &mut at_hand).unwrap().written;
    assert!(Arc::ptr_eq(&first[""], &again[""]), "what was read is at hand as well");
    assert_eq!(store.generated_file_names("list").unwrap(), ["", "x.md"]);
}

/// A push of a commit that is known by this digit, of these files.
fn push_record(digit: char, generated: &[(&str, &str)]) -> PushRecord {
    let commit = digit.to_string().repeat(40).parse().unwrap();
    PushRecord {
        commit,
        replaced: (digit == '2').then(|| "1".repeat(40).parse().unwrap()),
        tables_fingerprint: Fingerprint::of_text([digit as u8]),
        files: file_texts(generated),
    }
}

#[test]
fn every_push_is_known_until_it_or_a_later_one_is_merged() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("paperwire.db"))).unwrap();
    let pushes = [
        push_record('1', &[("", "a"), ("x.md", "b")]),
        push_record('2', &[("", "a2"), ("x.md", "b")]),
        push_record('3', &[("", "b")]),
        push_record('4', &[("", "a"), ("x.md", "b"), ("y.md", "b")]),
    ];
    store.note_push("other", &pushes[0]).unwrap();
    for push in &pushes {
        store.note_push("list", push).unwrap();
    }
    // What is pushed again is the newest.
    store.note_push("list", &pushes[1]).unwrap();
    let newest = |order: &[usize]| order.iter().map(|at| pushes[*at].clone()).collect::<Vec<_>>();
    let known = |store: &Store| store.push_history("list", &mut TextCacheByFingerprint::default()).unwrap();
    assert_eq!(known(&store), PushHistory { unmerged: newest(&[1, 3, 2, 0]), merged: vec![] });
    let base = GeneratedFiles { written: pushes[2].files.clone(), intended: file_texts(&[("", "may be")]) };
    store.note_merged_push("list", &base, Some(&pushes[2].commit), &[7]).unwrap();
    let merged = vec![pushes[2].commit.clone(), pushes[0].commit.clone()];
    assert_eq!(known(&store), PushHistory { unmerged: newest(&[1, 3]), merged });
    assert_eq!(store.recorded_generated_files("list", &mut TextCacheByFingerprint::default()).unwrap(), base);
    assert_eq!(store.pushed_file_names("list").unwrap(), ["", "x.md", "y.md"]);
    assert_eq!(
        store.push_history("other", &mut TextCacheByFingerprint::default()).unwrap().unmerged,
        newest(&[0])
    );
}

#[test]
fn a_pull_request_that_waits_for_years_does_not_fill_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paperwire.db");
    let store_url = DatabaseUrl::Sqlite(file.clone());
    let mut store = Store::open(&store_url).unwrap();
    let text = |number: u32| format!("{number}");
    for number in 0..100 {
        let commit = format!("{number:040x}").parse().unwrap();
        let files = file_texts(&[("", &text(number)), ("x.md", "the same")]);
        store
            .note_push(
                "list",
                &PushRecord { commit, replaced: None, tables_fingerprint: Fingerprint::of_text("x"), files },
            )
            .unwrap();
    }
    let known = store.push_history("list", &mut TextCacheByFingerprint::default()).unwrap().unmerged;
    assert!((2..50).contains(&known.len()) && *known[0].files[""] == *text(99), "{}", known.len());
    let db = rusqlite::Connection::open(&file).unwrap();
    let texts: usize = db.query_row("SELECT count(*) FROM push_texts", [], |row| row.get(0)).unwrap();
    assert_eq!(texts, known.len() + 1);
}
