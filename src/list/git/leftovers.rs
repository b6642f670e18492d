//! What a git that was killed leaves in its folder.

use std::io::{self, ErrorKind};
use std::path::Path;

/// A git that was killed leaves its own locks, and the next one would wait for nobody; and half of a pack, which may be
/// large. We are alone here.
pub(super) fn remove_leftovers(folder: &Path) -> io::Result<()> {
    let objects = folder.join("objects");
    let mut folders = vec![folder.to_owned(), objects.join("pack"), objects];
    while let Some(next) = folders.pop() {
        let entries = match std::fs::read_dir(&next) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let (entry, is_refs) =
                entry.map(|entry| (entry.path(), next.starts_with(folder.join("refs"))))?;
            if is_leftover(&entry, is_refs) && !entry.is_dir() {
                std::fs::remove_file(&entry)?;
            } else if entry.is_dir() && (is_refs || entry.ends_with("refs")) {
                folders.push(entry);
            }
        }
    }
    Ok(())
}

/// A lock, or what git was about to write. Source: git's builtin/index-pack.c and pack-write.c.
fn is_leftover(entry: &Path, is_refs: bool) -> bool {
    let name = entry.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.ends_with(".lock") || (!is_refs && name.starts_with("tmp_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_git_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let kept = ["HEAD", "refs/paperwire/main", "objects/pack/pack-1.pack", "refs/paperwire/tmp_branch"];
        let left = ["shallow.lock", "refs/paperwire/main.lock", "objects/x.lock", "objects/pack/tmp_pack_x"];
        for name in kept.iter().chain(&left) {
            std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            std::fs::write(path(name), "").unwrap();
        }
        remove_leftovers(folder.path()).unwrap();
        assert!(kept.iter().all(|name| path(name).exists()));
        assert!(!left.iter().any(|name| path(name).exists()));
    }
}
