//! A history that one may only read: all that reads answers, and nothing is written.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NOW, TestEnv, stderr, stdout};

/// The user nobody, for root is let in everywhere.
const NOBODY: u32 = 65534;

/// What is next to the history's own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WalState {
    /// Nothing: whoever wrote last ended well.
    Nothing,
    /// The log and its index, of a program that was killed or lives.
    LogAndIndex,
    /// The log alone.
    Log,
}

/// An environment that may only be read, the program that reads it, and a folder to write copies into.
struct ReadOnlyEnv {
    env: TestEnv,
    program: PathBuf,
    copies: tempfile::TempDir,
}

impl ReadOnlyEnv {
    /// Four papers, of which the last is in the log alone, if there is one.
    fn with_wal(beside: WalState) -> Self {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        let env = TestEnv::with_arxiv(&fake);
        env.run_once_without_failure(NOW);
        if beside != WalState::Nothing {
            let reader = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
            reader.query_row("SELECT count(*) FROM papers", [], |_| Ok(())).unwrap();
            fake.set_papers(sample_papers(4));
            env.run_once_without_failure(LATER);
            let names = ["paperwire.db", "paperwire.db-wal", "paperwire.db-shm"];
            let names = if beside == WalState::Log { &names[..2] } else { &names };
            let files = names.iter().map(|name| (name, fs::read(env.path(name)).unwrap()));
            let files: Vec<_> = files.collect();
            drop(reader);
            for (name, bytes) in files {
                fs::write(env.path(name), bytes).unwrap();
            }
        }
        // Where everybody may run it.
        let program = env.path("program");
        crate::support::executable_files::copy_program(env!("CARGO_BIN_EXE_paperwire").as_ref(), &program);
        let copies = tempfile::tempdir().unwrap();
        fs::set_permissions(copies.path(), Permissions::from_mode(0o777)).unwrap();
        let library = Self { env, program, copies };
        for name in library.file_names() {
            if name != "program" {
                fs::set_permissions(library.env.path(&name), Permissions::from_mode(0o444)).unwrap();
            }
        }
        library.set_folder_mode(0o555);
        library
    }

    fn set_folder_mode(&self, mode: u32) {
        fs::set_permissions(self.env.folder(), Permissions::from_mode(mode)).unwrap();
    }

    fn file_names(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.env.folder()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The program's answer to somebody who may only read.
    fn run_read_only(&self, line: &[&str]) -> Output {
        let mut command = Command::new(&self.program);
        command.args(line).current_dir(self.env.folder()).env("TMPDIR", self.copies.path());
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().unwrap()
    }

    /// What a command prints. It must succeed and report nothing else.
    fn stdout_read_only(&self, line: &[&str]) -> String {
        let done = self.run_read_only(line);
        assert_eq!((done.status.code(), stderr(&done)), (Some(0), ""), "{line:?}: {}", stdout(&done));
        stdout(&done).to_owned()
    }
}

impl Drop for ReadOnlyEnv {
    fn drop(&mut self) {
        self.set_folder_mode(0o755);
    }
}

#[test]
fn a_read_only_history_is_read_whatever_files_are_next_to_it() {
    for beside in [WalState::Nothing, WalState::LogAndIndex, WalState::Log] {
        let library = ReadOnlyEnv::with_wal(beside);
        let before = library.file_names();
        let copy = library.copies.path().join("copy.db");
        let papers = if beside == WalState::Nothing { 3 } else { 4 };
        let text = library.stdout_read_only(&["status", "--now", LATER]);
        assert!(
            text.starts_with("in order") && text.contains(&format!("; {papers} papers, ")),
            "{beside:?}: {text}"
        );
        let found = library.stdout_read_only(&["search", "image"]);
        assert_eq!(found.lines().count(), 2 * papers, "{beside:?}: {found}");
        let last = sample_papers(papers).pop().unwrap();
        let life = library.stdout_read_only(&["explain", last.id.as_str()]);
        assert!(life.starts_with(&last.title), "{life}");
        let copied = library.stdout_read_only(&["backup", copy.to_str().unwrap()]);
        assert!(copied.contains(&format!(": {papers} papers, ")), "{copied}");
        library.stdout_read_only(&["plan", "--now", LATER]);
        assert_eq!(library.stdout_read_only(&["outbox"]), "nothing is on its way\n");
        assert_eq!(library.stdout_read_only(&["list", "dismissed"]), "nothing was taken out of any list\n");
        assert_eq!(library.file_names(), before, "{beside:?}: nothing was written");
    }
}

#[test]
fn a_search_that_may_only_read_finds_papers_that_are_not_indexed_yet() {
    for beside in [WalState::Nothing, WalState::LogAndIndex, WalState::Log] {
        let library = ReadOnlyEnv::with_wal(beside);
        let found = |words: &[&str]| library.stdout_read_only(&[&["search"], words].concat());
        library.set_folder_mode(0o755);
        let mode = Permissions::from_mode(0o644);
        fs::set_permissions(library.env.path("paperwire.db"), mode).unwrap();
        let all = stdout(&library.env.run_program(&["search", "image"])).to_owned();
        let writer = rusqlite::Connection::open(library.env.path("paperwire.db")).unwrap();
        // One that is in the index by what it was before it changed, and one that is not there at all.
        let papers = "SELECT id FROM papers WHERE id IN (1, 3)";
        writer.execute(&format!("INSERT OR IGNORE INTO unindexed (paper) {papers}"), []).unwrap();
        writer.execute("DELETE FROM papers_text WHERE rowid & 0x1fffffff = 3", []).unwrap();
        writer.execute("DELETE FROM text_rowids WHERE paper = 3", []).unwrap();
        writer.execute("UPDATE papers SET title = 'Another image' WHERE id = 1", []).unwrap();
        let named: String =
            writer.query_row("SELECT paper_id FROM papers WHERE id = 3", [], |row| row.get(0)).unwrap();
        writer.pragma_update(None, "wal_checkpoint", "truncate").unwrap();
        drop(writer);
        library.set_folder_mode(0o555);
        assert!(all.lines().count() >= 6, "{all}");
        assert_eq!(found(&["image"]).lines().count(), all.lines().count(), "{beside:?}: each once");
        assert!(found(&["another"]).contains("Another image"));
        assert_eq!(found(&[&named]).lines().count(), 2, "{named}");
        assert_eq!(found(&["image", "-"]).lines().count(), all.lines().count());
    }
}

#[test]
fn a_search_that_may_only_read_says_that_too_many_papers_are_not_indexed() {
    let library = ReadOnlyEnv::with_wal(WalState::Nothing);
    library.set_folder_mode(0o755);
    let writer = rusqlite::Connection::open(library.env.path("paperwire.db")).unwrap();
    writer.pragma_update(None, "foreign_keys", false).unwrap();
    let numbers = "WITH RECURSIVE n (n) AS (VALUES (100) UNION ALL SELECT n + 1 FROM n WHERE n < 5100)";
    writer.execute(&format!("{numbers} INSERT INTO unindexed (paper) SELECT n FROM n"), []).unwrap();
    drop(writer);
    library.set_folder_mode(0o555);
    let found = library.run_read_only(&["search", "image"]);
    assert!(found.status.success(), "{found:?}");
    let words = "papers are not found by their words yet: the index cannot be written";
    assert!(stderr(&found).contains(words), "{found:?}");
}

#[test]
fn a_read_only_history_is_read_while_its_writer_runs() {
    let library = ReadOnlyEnv::with_wal(WalState::LogAndIndex);
    let writer = rusqlite::Connection::open(library.env.path("paperwire.db")).unwrap();
    writer.query_row("SELECT count(*) FROM papers", [], |_| Ok(())).unwrap();
    let text = library.stdout_read_only(&["status", "--now", LATER]);
    assert!(text.contains("; 4 papers, "), "{text}");
}

#[test]
fn a_history_that_may_not_be_read_is_reported_with_its_file() {
    let library = ReadOnlyEnv::with_wal(WalState::Nothing);
    fs::set_permissions(library.env.path("paperwire.db"), Permissions::from_mode(0o000)).unwrap();
    for line in [&["status"][..], &["search", "x"], &["explain", "x"], &["outbox"], &["plan"]] {
        let done = library.run_read_only(line);
        let told = stderr(&done);
        assert_eq!(done.status.code(), Some(1), "{line:?}: {told}");
        assert!(told.contains("cannot read paperwire.db: Permission denied"), "{line:?}: {told}");
    }
}

#[test]
fn a_write_to_a_read_only_history_is_refused_with_the_reason() {
    let library = ReadOnlyEnv::with_wal(WalState::Nothing);
    let done = library.run_read_only(&["once", "--now", LATER]);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        stderr(&done).contains("cannot open the lock paperwire.db.lock: Permission denied"),
        "{}",
        stderr(&done)
    );
}

#[test]
fn a_history_in_a_folder_that_may_not_be_entered_is_not_taken_for_one_that_is_not_there() {
    let library = ReadOnlyEnv::with_wal(WalState::Nothing);
    library.set_folder_mode(0o755);
    let config = fs::read_to_string(library.env.path("paperwire.toml")).unwrap();
    let closed = config.replace("\"paperwire.db\"", "\"closed/paperwire.db\"");
    fs::write(library.env.path("closed.toml"), closed).unwrap();
    fs::create_dir(library.env.path("closed")).unwrap();
    fs::set_permissions(library.env.path("closed"), Permissions::from_mode(0o000)).unwrap();
    for line in [&["check"][..], &["status"], &["search", "x"], &["outbox"], &["outbox", "drop", "1"]] {
        let done = library.run_read_only(&[line, &["--config", "closed.toml"]].concat());
        let told = format!("{}{}", stdout(&done), stderr(&done));
        assert_eq!(done.status.code(), Some(1), "{line:?}: {told}");
        assert!(told.contains("cannot look for closed/paperwire.db: Permission denied"), "{line:?}: {told}");
        assert!(
            !told.contains("there is no history") && !told.contains("the first poll makes it"),
            "{line:?}: {told}"
        );
    }
    fs::set_permissions(library.env.path("closed"), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_history_that_its_owner_may_not_write_is_wrong() {
    let library = ReadOnlyEnv::with_wal(WalState::Nothing);
    library.set_folder_mode(0o755);
    let owner = if fs::metadata("/proc/self").unwrap().uid() == 0 {
        NOBODY
    } else {
        fs::metadata("/proc/self").unwrap().uid()
    };
    for path in [
        library.env.folder().to_owned(),
        library.env.path("paperwire.db"),
        library.env.path("paperwire.db.lock"),
    ] {
        std::os::unix::fs::chown(path, Some(owner), None).unwrap();
    }
    let done = library.run_read_only(&["status", "--now", LATER]);
    let words = "cannot be written: paperwire.db may not be written by this user";
    assert_eq!(done.status.code(), Some(1), "{}", stdout(&done));
    assert!(stdout(&done).contains(words), "{}", stdout(&done));
}
