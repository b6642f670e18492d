//! The files of a list's archive, in folders of this machine.

use std::fs::DirEntry;
use std::io::{self, ErrorKind};
use std::path::Path;

use anyhow::{Context, Result};

use crate::domain::ArchivePattern;

/// The files of an archive, by their paths from the list's folder, the one with the newest rows first. Only folders
/// that they can be in are looked into; a symbolic link counts as what it leads to.
pub fn find_archive_files(folder: &Path, pattern: &ArchivePattern) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        let named = folder_entries(&folder.join(&below))?.into_iter();
        let (into, other): (Vec<_>, Vec<_>) = named
            .map(|name| if below.is_empty() { name } else { format!("{below}/{name}") })
            .partition(|path| pattern.may_have_files_in(path));
        folders.extend(into);
        found.extend(other);
    }
    Ok(pattern.files_newest_first(found))
}

/// What is in a folder, if there is one. A name that is not UTF-8 is none of an archive's.
fn folder_entries(folder: &Path) -> Result<Vec<String>> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let name = |entry: io::Result<DirEntry>| Ok(entry?.file_name().into_string().ok());
    match std::fs::read_dir(here).and_then(|entries| entries.map(name).collect::<io::Result<Vec<_>>>()) {
        Ok(names) => Ok(names.into_iter().flatten().collect()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(error).with_context(|| format!("cannot look into {}", here.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_files_of_an_archive_are_found_below_their_folder_and_through_links() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let pattern: ArchivePattern = "old/{year}/{month}.md".parse().unwrap();
        assert_eq!(find_archive_files(folder.path(), &pattern).unwrap(), [""; 0]);
        for name in
            ["old/2025/03.md", "old/2025/03-2.md", "old/2025/x.md", "old/x/03.md", "2024/12.md", "far/01.md"]
        {
            std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            std::fs::write(path(name), "").unwrap();
        }
        std::fs::write(path("old/2026"), "a file in a folder's place").unwrap();
        std::fs::write(path("old/2025").join(std::ffi::OsString::from_vec(b"\xff.md".to_vec())), "").unwrap();
        symlink(path("2024"), path("old/2023")).unwrap();
        symlink(path("far/01.md"), path("old/2025/01.md")).unwrap();
        symlink(path("old"), path("old/2022")).unwrap();
        assert_eq!(
            find_archive_files(folder.path(), &pattern).unwrap(),
            ["old/2025/03-2.md", "old/2025/03.md", "old/2025/01.md", "old/2023/12.md"]
        );
        assert!(find_archive_files(Path::new(""), &"{year}.md".parse().unwrap()).unwrap().is_empty());
    }
}
