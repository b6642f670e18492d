//! Whether whoever works on the history may write it, as far as the rights of its files say. A history in which nothing may
//! be written, as a copy is, is there to be read, and that is in order.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::StatVfsMountFlags;

use super::lock::{LockState, lock_path, lock_state};
use super::side_files::side_file_paths;
use crate::domain::DatabaseUrl;

/// The user for whom rights mean nothing.
const ROOT: u32 = 0;

/// The bits of a mode that let a file's owner, and others, write it.
const MODE_WRITTEN_BY_OWNER: u32 = 0o200;
const MODE_WRITTEN_BY_OTHERS: u32 = 0o022;

/// Whose a file is, and who may write it.
#[derive(Debug, Clone, Copy)]
struct FileRights {
    owner: u32,
    mode: u32,
}

/// Why the history at this address cannot be written, if its files say so.
pub fn missing_write_access(store: &DatabaseUrl) -> Option<String> {
    let DatabaseUrl::Sqlite(file) = store;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if lock_state(store) == LockState::Held {
        // Who is at work has opened it, and finds out about all else.
        return is_on_read_only_disk(folder)
            .then(|| "its disk takes no writes: it is mounted read-only".to_owned());
    }
    let history = FileRights::of_file(file)?;
    let me = rustix::process::geteuid().as_raw();
    let home = FileRights::of_file(folder)?;
    let writer = choose_writer(me, history, home)?;
    if !history.may_be_written_by(writer) && !home.may_be_written_by(writer) {
        return None;
    }
    let is_closed =
        |path: &&Path| FileRights::of_file(path).is_some_and(|rights| !rights.may_be_written_by(writer));
    let side_files: Vec<_> = side_file_paths(file).into_iter().chain([lock_path(file)]).collect();
    let side_files = side_files.iter().map(AsRef::as_ref).filter(|path: &&Path| path.is_file());
    let closed = [file.as_path(), folder].into_iter().chain(side_files).find(is_closed)?;
    let whom = if writer == me { "this user" } else { "the user to whom the history belongs" };
    Some(format!("{} may not be written by {whom}", closed.display()))
}

/// Who works on the history: this user, if it is theirs; for root, who may look at everything, whoever owns it.
fn choose_writer(me: u32, history: FileRights, folder: FileRights) -> Option<u32> {
    if me == ROOT {
        return Some(history.owner).filter(|owner| *owner != ROOT);
    }
    (history.owner == me || folder.owner == me).then_some(me)
}

impl FileRights {
    fn of_file(path: &Path) -> Option<Self> {
        let found = path.metadata().ok()?;
        Some(Self { owner: found.uid(), mode: found.mode() })
    }

    /// Whether this user may write it. Of a right that others have it is not asked whether the user is one of them.
    fn may_be_written_by(self, user: u32) -> bool {
        let bits = if self.owner == user { MODE_WRITTEN_BY_OWNER } else { MODE_WRITTEN_BY_OTHERS };
        self.mode & bits != 0
    }
}

fn is_on_read_only_disk(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::RDONLY))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: u32 = 1000;
    const BOB: u32 = 1001;

    fn rights(owner: u32, mode: u32) -> FileRights {
        FileRights { owner, mode }
    }

    #[test]
    fn a_history_is_written_by_its_owner_and_looked_at_by_anybody() {
        for (me, history, folder, writer) in [
            (ADA, ADA, ADA, Some(ADA)),
            (ADA, ROOT, ADA, Some(ADA)),
            (ADA, ADA, ROOT, Some(ADA)),
            (BOB, ADA, ADA, None),
            (ROOT, ADA, ADA, Some(ADA)),
            (ROOT, ADA, ROOT, Some(ADA)),
            (ROOT, ROOT, ADA, None),
            (ROOT, ROOT, ROOT, None),
        ] {
            let (history, folder) = (rights(history, 0o644), rights(folder, 0o755));
            assert_eq!(choose_writer(me, history, folder), writer, "{me}: {history:?}, {folder:?}");
        }
    }

    #[test]
    fn a_file_is_written_by_whom_its_mode_lets() {
        for (owner, mode, may) in [
            (ADA, 0o600, true),
            (ADA, 0o444, false),
            (ROOT, 0o644, false),
            (ROOT, 0o600, false),
            (ROOT, 0o664, true),
            (ROOT, 0o777, true),
        ] {
            assert_eq!(rights(owner, mode).may_be_written_by(ADA), may, "{owner} {mode:o}");
        }
    }
}
