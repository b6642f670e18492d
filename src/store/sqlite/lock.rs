//! One writer at a time. The kernel drops the lock with the process, however that ends. The lock's file also says
//! why its holder cannot write the history, if that is so, because then the history itself cannot say it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::domain::DatabaseUrl;
use crate::regular_file;
use crate::store::records::FailureSince;
use crate::store::store_error_kind::StoreFileError;

/// The size of the lock's file: a process and the text of one error.
const NOTE_BYTES: usize = 1024;

/// Who looks whether the lock is held has it for less than this.
const LOOK: Duration = Duration::from_millis(10);

/// How often the lock is tried before it is taken to be held by another program.
const TRIES: u32 = 10;

/// The lock of a store, held until it is dropped.
#[derive(Debug)]
pub(super) struct StoreLock {
    file: File,
}

impl StoreLock {
    /// Takes the lock of the store in this file, or says who has it.
    pub(super) fn acquire(store: &Path) -> Result<Self> {
        let path = lock_path(store);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = regular_file::open_regular_file_with(&mut options, &path)
            .map_err(StoreFileError)
            .with_context(|| format!("cannot open the lock {}", path.display()))?;
        match try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another paperwire{} is at work on {}: wait until it has ended, or stop it",
                holder_description(&mut file),
                store.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(StoreFileError(error)).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        write_lock_note(&file, None);
        Ok(Self { file })
    }

    /// Where the holder of the lock says that it cannot write the history.
    pub(super) fn open_write_failure_note_file(&self) -> Result<WriteFailureNoteFile> {
        Ok(WriteFailureNoteFile { file: self.file.try_clone().context("cannot open the lock again")? })
    }
}

/// A child that is just being begun holds a copy of the file for a moment, and with it the lock.
impl Drop for StoreLock {
    fn drop(&mut self) {
        write_lock_note(&self.file, None);
        // What cannot be let go of here ends with the process.
        let _ = self.file.unlock();
    }
}

/// Where the holder of the lock says that it cannot write the history, for whoever looks from outside.
#[derive(Debug)]
pub struct WriteFailureNoteFile {
    file: File,
}

impl WriteFailureNoteFile {
    /// Says since when and why; nothing if the history can be written.
    pub fn set_write_failure(&self, fault: Option<&FailureSince>) {
        write_lock_note(&self.file, fault);
    }
}

/// Why the holder of this store's lock cannot write the history, by its own word. One that was killed says nothing any
/// more.
pub fn read_write_failure_note(store: &DatabaseUrl) -> Option<FailureSince> {
    let DatabaseUrl::Sqlite(store) = store;
    let mut file = regular_file::open(&lock_path(store)).ok()?;
    if !is_locked_by_another(&file) {
        return None;
    }
    let text = read_lock_note(&mut file);
    let (since, words) = text.lines().nth(1)?.trim_end().split_once(' ')?;
    Some(FailureSince { since: since.parse().ok()?, reason: words.to_owned() })
}

/// Whether a program is at work on a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockState {
    /// One holds the lock.
    Held,
    /// None does.
    Free,
    /// The lock may not be looked at.
    Unknown,
}

/// Whether a program is at work on this history.
pub fn lock_state(store: &DatabaseUrl) -> LockState {
    let DatabaseUrl::Sqlite(store) = store;
    match regular_file::open(&lock_path(store)) {
        Ok(file) if is_locked_by_another(&file) => LockState::Held,
        Ok(_) => LockState::Free,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => LockState::Free,
        Err(_) => LockState::Unknown,
    }
}

/// Whether somebody holds the lock of this store. A lock that may not be looked at is held by nobody.
pub(super) fn is_lock_held(store: &Path) -> bool {
    lock_state(&DatabaseUrl::Sqlite(store.to_owned())) == LockState::Held
}

/// The lock can be looked at only by sharing it for a moment. A file system without locks does not say.
fn is_locked_by_another(file: &File) -> bool {
    match file.try_lock_shared() {
        Ok(()) => {
            // What cannot be let go of here ends with the file.
            let _ = file.unlock();
            false
        }
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
    }
}

/// Takes the lock, though somebody may just be looking at it.
fn try_lock(file: &File) -> Result<(), TryLockError> {
    for _ in 1..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
            done => return done,
        }
    }
    file.try_lock()
}

/// An error if there is something else in the place of the lock of the store in this file.
pub(super) fn require_plain_lock(store: &Path) -> Result<()> {
    let path = lock_path(store);
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        bail!("cannot open the lock {}: it is no plain file; move it away", path.display());
    }
    Ok(())
}

pub(super) fn lock_path(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Writes over the whole file in its place, which needs no room once the file is there. A lock that cannot be signed
/// still holds.
fn write_lock_note(file: &File, fault: Option<&FailureSince>) {
    let words =
        fault.map(|FailureSince { since, reason: words }| format!("{since} {}", words.replace('\n', " ")));
    let mut text = format!("{}\n{}", std::process::id(), words.unwrap_or_default()).into_bytes();
    text.resize(NOTE_BYTES, b' ');
    let _ = file.write_all_at(&text, 0);
}

fn read_lock_note(file: &mut File) -> String {
    let mut bytes = Vec::with_capacity(NOTE_BYTES);
    // What cannot be read says nothing.
    let _ = file.take(NOTE_BYTES as u64).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The process that signed the lock, in brackets.
fn holder_description(file: &mut File) -> String {
    match read_lock_note(file).lines().next() {
        Some(pid) if !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()) => {
            format!(" (process {pid})")
        }
        Some(_) | None => String::new(),
    }
}
