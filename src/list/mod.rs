//! The Markdown files that carry tables, read and replaced whole. Knows files and folders; must never
//! know what stands in them or where it came from.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use atomic_write_file::AtomicWriteFile;

/// A list is read whole. A hundred thousand papers, which is more than any list has, make some 170 MB.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// What stands in a list's file; none where there is no file yet.
pub fn read(file: &Path) -> Result<Option<String>> {
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    let mut bytes = Vec::new();
    opened
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", file.display()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        bail!("{} is larger than {} MiB: is it the right file?", file.display(), FILE_BYTES_MAX >> 20);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count();
            bail!("{}:{line}: not UTF-8: save the file as UTF-8", file.display())
        }
    }
}

/// Puts a new text in the file's place, whole or not at all: written beside it, flushed to the disk, then
/// renamed over it. The file keeps its mode, and a symbolic link stays one.
pub fn replace(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let target = behind_link(file);
    AtomicWriteFile::open(&target)
        .and_then(|mut new| new.write_all(text.as_bytes()).and_then(|()| new.commit()))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// The file that a symbolic link leads to; a rename onto the link would replace the link.
fn behind_link(file: &Path) -> PathBuf {
    std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_replaced_file_keeps_its_mode_and_its_link_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.md"), folder.path().join("README.md"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real.md", &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(read(&file).unwrap().as_deref(), Some("new"));
        assert!(link.is_symlink());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_is_missing_is_none_and_one_that_is_not_utf8_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.md");
        assert_eq!(read(&file).unwrap(), None);
        std::fs::write(&file, b"# Papers\n\xff\n").unwrap();
        let error = read(&file).unwrap_err().to_string();
        assert!(error.ends_with("list.md:2: not UTF-8: save the file as UTF-8"), "{error}");
    }

    #[test]
    fn a_new_file_gets_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/b/list.md");
        replace(&file, "x").unwrap();
        assert_eq!(read(&file).unwrap().as_deref(), Some("x"));
    }
}
