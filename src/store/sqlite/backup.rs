//! A copy of the whole history in one file, taken next to a running writer.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::connection::StoreReader;
use crate::store::records::BackupSummary;

/// The history is a person's: nobody else reads a copy of it.
const MODE: u32 = 0o600;

impl StoreReader {
    /// Copies the store, as it is at one moment, into a file that does not exist yet. The file appears
    /// whole, checked and flushed to the disk, or not at all; a writer is not held up meanwhile. It needs
    /// no second file next to it, and opens as a store.
    pub fn backup(&self, file: &Path) -> Result<BackupSummary> {
        require_no_existing_file(file)?;
        let part = PartialBackup::create_hidden_part_file(file)?;
        self.vacuum_database_into(&part.0)
            .and_then(|()| verify_backup(&part.0))
            .and_then(|copied| part.move_into_place(file).map(|()| copied))
            .with_context(|| format!("cannot write the copy {}", file.display()))
    }

    /// One statement is one read transaction, and so one moment.
    fn vacuum_database_into(&self, part: &Path) -> Result<()> {
        let part = part.to_str().context("its name is not UTF-8, and SQLite takes no other")?;
        match self.db.execute("VACUUM INTO ?1", [part]) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
                Err(error).context("the history itself is damaged: go back to an older copy")
            }
            done => Ok(done.map(drop)?),
        }
    }
}

fn require_no_existing_file(file: &Path) -> Result<()> {
    if file.symlink_metadata().is_ok() {
        bail!("{} exists already, and an older copy is not overwritten: name another file", file.display());
    }
    Ok(())
}

/// Opens the copy as it would be opened after the loss of the original, and reads all of it.
fn verify_backup(part: &Path) -> Result<BackupSummary> {
    let db = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        bail!("it does not read back as it was written ({found})");
    }
    let papers = db.query_row("SELECT count(*) FROM papers", [], |row| row.get(0))?;
    Ok(BackupSummary { papers, bytes: part.metadata()?.len() })
}

/// The copy while it is being made, next to its place. What is left of one that failed goes with this.
struct PartialBackup(PathBuf);

impl PartialBackup {
    fn create_hidden_part_file(file: &Path) -> Result<Self> {
        let name = file.file_name().with_context(|| format!("{} is no file's name", file.display()))?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let part = file.with_file_name(hidden);
        OpenOptions::new().write(true).create_new(true).mode(MODE).open(&part).with_context(|| {
            format!(
                "cannot write next to {}: the copy needs a folder that exists and may be written to",
                file.display()
            )
        })?;
        Ok(Self(part))
    }

    fn move_into_place(&self, file: &Path) -> Result<()> {
        File::open(&self.0)?.sync_all()?;
        require_no_existing_file(file)?;
        std::fs::rename(&self.0, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for PartialBackup {
    fn drop(&mut self) {
        // Gone already if the copy is in its place; and if it cannot be removed, the error that led here is reported.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::domain::DatabaseUrl;
    use crate::store::Store;

    struct BackupFixture {
        _folder: tempfile::TempDir,
        state: PathBuf,
        store: DatabaseUrl,
        copy: PathBuf,
    }

    fn backup_fixture() -> BackupFixture {
        let folder = tempfile::tempdir().unwrap();
        let (state, copy) = (folder.path().join("state/paperwire.db"), folder.path().join("copy.db"));
        BackupFixture { _folder: folder, store: DatabaseUrl::Sqlite(state.clone()), state, copy }
    }

    #[test]
    fn a_copy_taken_within_a_transaction_has_what_was_committed_and_holds_up_nobody() {
        let fixture = backup_fixture();
        let store = Store::open(&fixture.store).unwrap();
        store.ensure_topic("committed").unwrap();
        store.db.execute_batch("BEGIN IMMEDIATE").unwrap();
        store.ensure_topic("under way").unwrap();
        StoreReader::open(&fixture.store).unwrap().unwrap().backup(&fixture.copy).unwrap();
        store.db.execute_batch("COMMIT").unwrap();
        let copy = Store::open(&DatabaseUrl::Sqlite(fixture.copy.clone())).unwrap();
        let names: String =
            copy.db.query_row("SELECT group_concat(name) FROM topics", [], |row| row.get(0)).unwrap();
        assert_eq!(names, "committed");
    }

    #[test]
    fn every_copy_beside_a_busy_writer_is_of_one_moment() {
        const TURNS: i64 = 100;
        let fixture = backup_fixture();
        let store = Store::open(&fixture.store).unwrap();
        let reader = StoreReader::open(&fixture.store).unwrap().unwrap();
        store.ensure_topic("sum").unwrap();
        std::thread::scope(|scope| {
            let writing = scope.spawn(move || {
                for turn in 1..=TURNS {
                    let sql = format!(
                        "BEGIN IMMEDIATE; UPDATE topics SET known = {turn};
                         INSERT INTO generated_files (list, stage, file, text)
                         VALUES ('', 'written', '{turn}', hex(randomblob(1000))); COMMIT"
                    );
                    store.db.execute_batch(&sql).unwrap();
                }
            });
            let mut copies = 0;
            while !writing.is_finished() || copies == 0 {
                let file = fixture.copy.with_file_name(format!("copy{copies}.db"));
                reader.backup(&file).unwrap();
                let db = Connection::open(&file).unwrap();
                let (known, texts): (i64, i64) = db
                    .query_row(
                        "SELECT known, (SELECT count(*) FROM generated_files) FROM topics",
                        [],
                        |row| Ok((row.get(0)?, row.get(1)?)),
                    )
                    .unwrap();
                assert_eq!(known, texts);
                copies += 1;
            }
        });
    }

    #[test]
    fn a_copy_is_private_and_stands_alone() {
        let fixture = backup_fixture();
        let _store = Store::open(&fixture.store).unwrap();
        let copied = StoreReader::open(&fixture.store).unwrap().unwrap().backup(&fixture.copy).unwrap();
        let file = fixture.copy.metadata().unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        assert_eq!(copied, BackupSummary { papers: 0, bytes: file.len() });
        assert!(StoreReader::open(&DatabaseUrl::Sqlite(fixture.copy.clone())).unwrap().is_some());
        let neighbours: Vec<_> = std::fs::read_dir(fixture.copy.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(neighbours.len(), 2, "the state's folder and the copy: {neighbours:?}");
    }

    #[test]
    fn an_older_copy_stays_and_a_missing_folder_is_named() {
        let fixture = backup_fixture();
        let _store = Store::open(&fixture.store).unwrap();
        let reader = StoreReader::open(&fixture.store).unwrap().unwrap();
        std::fs::create_dir(&fixture.copy).unwrap();
        let refused = format!("{:#}", reader.backup(&fixture.copy).unwrap_err());
        assert!(refused.contains("exists already, and an older copy is not overwritten"), "{refused}");
        let refused = format!("{:#}", reader.backup(&fixture.copy.join("none/copy.db")).unwrap_err());
        assert!(refused.contains("none/copy.db: the copy needs a folder that exists"), "{refused}");
        let refused = format!("{:#}", reader.backup(Path::new("/")).unwrap_err());
        assert!(refused.contains("exists already"), "{refused}");
    }

    #[test]
    fn a_damaged_history_is_told_and_leaves_no_copy() {
        let fixture = backup_fixture();
        let store = Store::open(&fixture.store).unwrap();
        let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
                    INSERT INTO generated_files (list, stage, file, text)
                    SELECT '', 'written', i, hex(randomblob(1000)) FROM n";
        store.db.execute_batch(many).unwrap();
        drop(store);
        let mut bytes = std::fs::read(&fixture.state).unwrap();
        let half = bytes.len() / 2;
        bytes[half..].fill(0);
        std::fs::write(&fixture.state, bytes).unwrap();
        let reader = StoreReader::open(&fixture.store).unwrap().unwrap();
        let refused = format!("{:#}", reader.backup(&fixture.copy).unwrap_err());
        assert!(refused.contains("copy.db: the history itself is damaged: go back"), "{refused}");
        let left = std::fs::read_dir(fixture.copy.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "the state's folder and nothing else");
    }
}
