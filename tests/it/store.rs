//! The history's file: one writer, an older or newer schema, what a crash leaves.

use paperwire::store::{Files, Generated, Reader, Store};

#[test]
fn a_second_writer_is_refused_by_name_while_readers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state/paperwire.db");
    let first = Store::open(&file).unwrap();
    let refused = Store::open(&file).unwrap_err().to_string();
    let holder = format!("another paperwire (process {}) is at work on", std::process::id());
    assert!(refused.starts_with(&holder), "{refused}");
    assert!(Reader::open(&file).unwrap().is_some());
    drop(first);
    Store::open(&file).unwrap();
}

#[test]
fn a_file_of_a_newer_paperwire_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paperwire.db");
    drop(Store::open(&file).unwrap());
    let db = rusqlite::Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let refused = format!("{:#}", Store::open(&file).unwrap_err());
    assert!(refused.contains("its schema is of version 99"), "{refused}");
    assert!(format!("{:#}", Reader::open(&file).unwrap_err()).contains("version 99"));
}

#[test]
fn a_file_that_is_no_history_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paperwire.db");
    std::fs::write(&file, "a letter to a friend, which is not a database at all").unwrap();
    let refused = format!("{:#}", Store::open(&file).unwrap_err());
    assert!(refused.contains("as the history"), "{refused}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("a letter"));
}

#[test]
fn a_file_that_is_no_longer_generated_is_forgotten_once_its_list_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&folder.path().join("paperwire.db")).unwrap();
    let files = |files: &[(&str, &str)]| -> Files {
        files.iter().map(|(file, text)| ((*file).to_owned(), (*text).into())).collect()
    };
    let (old, new) = (files(&[("", "a"), ("x.md", "b"), ("y.md", "c")]), files(&[("", "a"), ("z.md", "d")]));
    store.intend("list", &Files::new(), &old, &[]).unwrap();
    store.settle("list", None).unwrap();
    store.intend("list", &old, &new, &[]).unwrap();
    let both = Generated { written: old.clone(), intended: new.clone() };
    assert_eq!(store.generated("list").unwrap(), both);
    store.settle("list", None).unwrap();
    assert_eq!(store.generated("list").unwrap(), Generated { written: new.clone(), intended: Files::new() });
    assert!(store.generated("list").unwrap().is_settled(&new));
}

#[test]
fn a_list_that_was_cut_off_between_intention_and_writing_knows_both_texts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paperwire.db");
    let mut store = Store::open(&file).unwrap();
    let files = |text: &str| Files::from([(String::new(), text.into())]);
    store.intend("README.md", &Files::new(), &files("first"), &[]).unwrap();
    store.settle("README.md", None).unwrap();
    assert!(store.generated("README.md").unwrap().is_settled(&files("first")));
    store.intend("README.md", &files("first"), &files("second"), &[]).unwrap();
    drop(store);
    let mut store = Store::open(&file).unwrap();
    let ours = Generated { written: files("first"), intended: files("second") };
    assert_eq!(store.generated("README.md").unwrap(), ours);
    assert!(!store.generated("README.md").unwrap().is_settled(&files("first")));
    store.settle("README.md", None).unwrap();
    let ours = Generated { written: files("second"), intended: Files::new() };
    assert_eq!(store.generated("README.md").unwrap(), ours);
    assert!(store.generated("README.md").unwrap().is_settled(&files("second")));
    assert!(!store.generated("README.md").unwrap().is_settled(&files("first")));
}
