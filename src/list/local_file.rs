//! The Markdown files that carry tables, read and replaced whole.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};

use crate::regular_file;

/// A list is read whole. A hundred thousand papers, which is more than any list has, make some 170 MB.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// The text of a list's file; none if there is no file yet.
pub fn read_list_file(file: &Path) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    let is_there = read_file_into(file, &mut bytes)?;
    is_there.then(|| decode_utf8(file, bytes)).transpose()
}

fn decode_utf8(file: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count();
        anyhow!("{}:{line}: not UTF-8: save the file as UTF-8", file.display())
    })
}

/// Reads a file into the buffer, in place of what was in it; whether there is a file. Only a plain file is read. Of a file that
/// is half written in its place, the whole text is next to it.
pub fn read_file_into(file: &Path, bytes: &mut Vec<u8>) -> Result<bool> {
    bytes.clear();
    match regular_file::open(&in_place_text_path(file)) {
        Ok(whole) => read_opened_file(Ok(whole), file, bytes),
        Err(_) => read_opened_file(regular_file::open(file), file, bytes),
    }
}

/// What a person hands over to be read once. It may be a pipe, as a shell's `<(…)` is one.
pub fn read_input_file(file: &Path) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    let is_there = read_opened_file(File::open(file), file, &mut bytes)?;
    is_there.then(|| decode_utf8(file, bytes)).transpose()
}

/// Reads a file that was opened, if it is there; whether it is.
fn read_opened_file(opened: io::Result<File>, file: &Path, bytes: &mut Vec<u8>) -> Result<bool> {
    match opened {
        Ok(opened) => read_whole_file(opened, file, bytes).map(|()| true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Reads to the end, and not forever. The file may grow meanwhile; its length saves the growing of the buffer.
fn read_whole_file(opened: File, file: &Path, bytes: &mut Vec<u8>) -> Result<()> {
    let length = opened.metadata().map_or(0, |found| found.len());
    let too_large =
        || anyhow!("{} is larger than {} MiB: is it the right file?", file.display(), FILE_BYTES_MAX >> 20);
    if length > FILE_BYTES_MAX {
        return Err(too_large());
    }
    bytes.reserve_exact(usize::try_from(length + 1).unwrap_or(0));
    let mut limited = opened.take(FILE_BYTES_MAX + 1);
    limited.read_to_end(bytes).with_context(|| format!("cannot read {}", file.display()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX { Err(too_large()) } else { Ok(()) }
}

/// Puts a new text in the file's place, whole or not at all: written next to it, flushed to the disk, then
/// renamed over it. The file keeps its mode and owner, and a symbolic link stays one. A file that is mounted by itself, as
/// into a container, has nothing renamed over it: it is written in its place, and what a program that was killed meanwhile
/// has left undone is done by [`finish_write_in_place`].
pub fn replace_file(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    // A rename onto a symbolic link would replace the link.
    let target = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    rename_over(&target, text).with_context(|| format!("cannot write {}", file.display()))
}

/// What is written next to the file has a name of its own, always the same: a program that is killed before it
/// renames leaves one such file at the most, and the next one to write removes it. One that fails leaves none.
fn rename_over(target: &Path, text: &str) -> io::Result<()> {
    let name = target.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
    let temporary = target.with_file_name(format!(".{name}.paperwire-new"));
    write_replacement_file(&temporary, target, text)
        .and_then(|()| match std::fs::rename(&temporary, target) {
            Err(error) if error.kind() == ErrorKind::ResourceBusy => {
                let whole = in_place_text_path(target);
                std::fs::rename(&temporary, &whole)?;
                sync_folder_of(target)?;
                write_in_place(target, &whole, text)
            }
            renamed => renamed,
        })
        .inspect_err(|_| {
            // What went wrong is reported; what cannot be removed either is removed by the next one.
            let _ = std::fs::remove_file(&temporary);
        })?;
    sync_folder_of(target)
}

fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Where the whole text of a file is while it is written in its place.
fn in_place_text_path(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.paperwire-whole"))
}

/// Does what a program that was killed while it wrote a file in its place has left undone.
pub fn finish_write_in_place(file: &Path) -> Result<()> {
    let target = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let whole = in_place_text_path(&target);
    let mut bytes = Vec::new();
    if !read_opened_file(regular_file::open(&whole), &whole, &mut bytes)? {
        return Ok(());
    }
    overwrite_file(&target, &bytes)
        .and_then(|()| std::fs::remove_file(&whole))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Writes a text over the one that a file has. If there is no room for it, the old text is put back.
fn write_in_place(target: &Path, whole: &Path, text: &str) -> io::Result<()> {
    let before = std::fs::read(target)?;
    overwrite_file(target, text.as_bytes()).or_else(|error| {
        overwrite_file(target, &before)?;
        std::fs::remove_file(whole)?;
        Err(error)
    })?;
    std::fs::remove_file(whole)
}

/// The file is as long as the longer of the two texts until the new one is there, so that the old one has its room still.
fn overwrite_file(target: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(target)?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)?;
    file.sync_all()
}

/// A new file, with the owner and mode of the one that it takes the place of.
fn write_replacement_file(temporary: &Path, target: &Path, text: &str) -> io::Result<()> {
    // Whatever it is: a pipe of that name would be waited for, and a link would be followed.
    match std::fs::remove_file(temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut new = OpenOptions::new().write(true).create_new(true).open(temporary)?;
    if let Ok(current) = target.metadata() {
        // Only root may give a file away; if it is not ours to give, it becomes ours.
        let _ = fchown(&new, Some(current.uid()), Some(current.gid()));
        new.set_permissions(current.permissions())?;
    }
    new.write_all(text.as_bytes())?;
    new.sync_all()
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
        replace_file(&link, "new").unwrap();
        assert_eq!(read_list_file(&file).unwrap().as_deref(), Some("new"));
        assert!(link.is_symlink());
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_is_missing_is_none_and_one_that_is_not_utf8_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.md");
        assert_eq!(read_list_file(&file).unwrap(), None);
        std::fs::write(&file, b"# Papers\n\xff\n").unwrap();
        let error = read_list_file(&file).unwrap_err().to_string();
        assert!(error.ends_with("list.md:2: not UTF-8: save the file as UTF-8"), "{error}");
    }

    #[test]
    fn what_a_killed_program_left_beside_the_file_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("README.md");
        std::fs::write(&file, "old").unwrap();
        std::fs::write(folder.path().join(".README.md.paperwire-new"), "half of something longer").unwrap();
        replace_file(&file, "new").unwrap();
        assert_eq!(read_list_file(&file).unwrap().as_deref(), Some("new"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_half_written_in_its_place_is_read_and_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("README.md");
        std::fs::write(&file, "the new te old text").unwrap();
        std::fs::write(in_place_text_path(&file), "the new text").unwrap();
        assert_eq!(read_list_file(&file).unwrap().as_deref(), Some("the new text"));
        finish_write_in_place(&file).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "the new text");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        finish_write_in_place(&file).unwrap();
        finish_write_in_place(&folder.path().join("no.md")).unwrap();
    }

    #[test]
    fn a_pipe_in_the_place_of_the_file_beside_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.md");
        let pipe = folder.path().join(".list.md.paperwire-new");
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
        replace_file(&file, "x").unwrap();
        assert_eq!(read_list_file(&file).unwrap().as_deref(), Some("x"));
        assert!(file.symlink_metadata().unwrap().is_file());
    }

    #[test]
    fn a_new_file_gets_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/b/list.md");
        replace_file(&file, "x").unwrap();
        assert_eq!(read_list_file(&file).unwrap().as_deref(), Some("x"));
    }
}
