//! A small disk that the program lives on, full whenever a test wants it: `small_disk.c` says how.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::support::test_env::TestEnv;

const BLOCK: u64 = 4096;

/// The disk of a folder.
pub(crate) struct SmallDisk {
    folder: PathBuf,
    /// Apart from the folder, for it says how much room there is.
    room: TempDir,
}

impl SmallDisk {
    /// The disk that this folder is on, with room.
    pub(crate) fn with_room(folder: &Path) -> Self {
        Self { folder: folder.canonicalize().unwrap(), room: tempfile::tempdir().unwrap() }
    }

    /// An environment whose program finds that its folder is on this disk.
    pub(crate) fn limit_env(&self, mut env: TestEnv) -> TestEnv {
        env.environment = self.environment_variables();
        env
    }

    fn environment_variables(&self) -> Vec<(&'static str, PathBuf)> {
        let room = self.room.path().join("room");
        vec![
            ("LD_PRELOAD", compiled_library().to_owned()),
            ("SMALL_DISK", self.folder.clone()),
            ("SMALL_DISK_ROOM", room),
        ]
    }

    /// Fills it, so that no more than this is left.
    pub(crate) fn fill_up_to(&self, bytes_left: u64) {
        let new = self.room.path().join("new");
        std::fs::write(&new, (used_bytes(&self.folder) + bytes_left).to_string()).unwrap();
        std::fs::rename(new, self.room.path().join("room")).unwrap();
    }

    /// Makes room.
    pub(crate) fn make_room(&self) {
        std::fs::remove_file(self.room.path().join("room")).unwrap();
    }
}

/// As the library counts it.
fn used_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => used_bytes(&entry.path()),
        Ok(found) if found.is_file() => found.len().next_multiple_of(BLOCK),
        // What is no plain file, or is gone again.
        Ok(_) | Err(_) => 0,
    });
    sizes.sum()
}

/// The library, made once: the compiler is there, because SQLite is made with it.
fn compiled_library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/small_disk.c");
        let made =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("small_disk.{}.so", std::process::id()));
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let mut compile = Command::new(compiler);
        compile.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&made).arg(source).arg("-ldl");
        assert!(compile.status().unwrap().success());
        made
    })
}
