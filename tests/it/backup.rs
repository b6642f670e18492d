//! `backup`: a copy of the history, and a life after the loss of the original.

use std::fs;

use paperwire::domain::DatabaseUrl;
use paperwire::store::Store;

use crate::support::program_command::{config_folder, program_command, run_for_stdout, stderr_text};

#[test]
fn a_copy_made_while_the_writer_runs_replaces_a_lost_history() {
    let folder = config_folder();
    let at = |name: &str| folder.path().join(name);
    run_for_stdout(folder.path(), &["import", "list.md"]);
    let found = run_for_stdout(folder.path(), &["search", "thrush"]);
    assert!(found.contains("A Thrush Sings"), "{found}");

    let writer = Store::open(&DatabaseUrl::Sqlite(at("paperwire.db"))).unwrap();
    let told = run_for_stdout(folder.path(), &["backup", "copy.db", "--json"]);
    drop(writer);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((told["papers"].as_u64(), told["file"].as_str()), (Some(2), Some("copy.db")));
    assert_eq!(told["bytes"].as_u64(), Some(at("copy.db").metadata().unwrap().len()));

    for lost in ["paperwire.db", "paperwire.db-wal", "paperwire.db-shm", "paperwire.db.lock"] {
        let _ = fs::remove_file(at(lost));
    }
    fs::copy(at("copy.db"), at("paperwire.db")).unwrap();
    assert_eq!(run_for_stdout(folder.path(), &["search", "thrush"]), found);
    let again = run_for_stdout(folder.path(), &["import", "list.md"]);
    assert_eq!(again, "Birds: 2 rows read, 0 filled in silently, 2 known\n");
}

#[test]
fn nothing_is_overwritten_and_nothing_is_copied_from_nothing() {
    let folder = config_folder();
    let refused = |words: &[&str]| {
        let done = program_command(folder.path(), words).output().unwrap();
        assert_eq!((done.status.code(), done.stdout.len()), (Some(1), 0));
        stderr_text(&done)
    };
    let words = refused(&["backup", "copy.db"]);
    assert!(words.contains("there is no history at paperwire.db yet"), "{words}");
    assert!(!folder.path().join("copy.db").exists());

    run_for_stdout(folder.path(), &["import", "list.md"]);
    fs::write(folder.path().join("copy.db"), "an older copy").unwrap();
    let words = refused(&["backup", "copy.db"]);
    assert!(words.contains("copy.db exists already"), "{words}");
    assert_eq!(fs::read_to_string(folder.path().join("copy.db")).unwrap(), "an older copy");
    let words = refused(&["backup", "none/copy.db"]);
    assert!(words.contains("none/copy.db: the copy needs a folder that exists"), "{words}");
}
