//! Paths as a config writes them: from its own folder, and to be compared with each other.

use std::path::{Component, Path, PathBuf};

use super::mistake::Wrong;

/// A file's path, from the config's folder. The file need not be there; a folder must not be.
pub(super) fn file(text: &str, folder: &Path) -> Result<PathBuf, Wrong> {
    let right = "the path of a file, from this config's folder";
    let path = whole(text, folder, right)?;
    let is_folder = text.ends_with('/') || Path::new(text).file_name().is_none() || path.is_dir();
    if is_folder { Err(Wrong::new("is a folder", right)) } else { Ok(path) }
}

/// A folder's path, from the config's folder. It need not be there; a file must not be.
pub(super) fn folder(text: &str, folder: &Path) -> Result<PathBuf, Wrong> {
    let right = "the path of a folder, from this config's folder";
    let path = whole(text, folder, right)?;
    if path.is_file() { Err(Wrong::new("is a file", right)) } else { Ok(path) }
}

fn whole(text: &str, folder: &Path, right: &str) -> Result<PathBuf, Wrong> {
    if text.is_empty() {
        return Err(Wrong::new("is empty", right));
    }
    if text.chars().any(char::is_control) {
        return Err(Wrong::new("has a control character in it", right));
    }
    if text == "~" || text.starts_with("~/") {
        return Err(Wrong::new("begins with `~`, which only a shell knows", "write the whole path"));
    }
    Ok(folder.join(text))
}

/// The same for every way to write one file's path, links among its folders followed.
pub(super) fn identity(path: &Path) -> PathBuf {
    let whole = without_dots(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let real = whole.ancestors().find_map(|folder| {
        let rest = whole.strip_prefix(folder).ok()?;
        folder
            .canonicalize()
            .ok()
            .map(|real| if rest.as_os_str().is_empty() { real } else { real.join(rest) })
    });
    real.unwrap_or(whole)
}

fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_from_the_configs_folder() {
        assert_eq!(file("papers/a.md", Path::new("conf")).unwrap(), Path::new("conf/papers/a.md"));
        assert_eq!(file("/srv/a.md", Path::new("conf")).unwrap(), Path::new("/srv/a.md"));
        assert_eq!(file("a.md", Path::new("")).unwrap(), Path::new("a.md"));
        for text in ["", "a\0b", "~/a.md", "~", "a/", ".", "..", "a/..", "src"] {
            assert!(file(text, Path::new(env!("CARGO_MANIFEST_DIR"))).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_folder_may_be_there_and_a_file_in_its_place_may_not() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(folder("papers/mail/", Path::new("conf")).unwrap(), Path::new("conf/papers/mail"));
        assert_eq!(folder("src", here).unwrap(), here.join("src"));
        for text in ["", "a\0b", "~/mail", "Cargo.toml"] {
            assert!(folder(text, here).is_err(), "{text:?}");
        }
    }

    #[test]
    fn one_file_has_one_identity_however_its_path_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        std::fs::create_dir(&real).unwrap();
        let plain = identity(&real.join("new/a.md"));
        assert_eq!(identity(&real.join("./x/../new/./a.md")), plain);
        assert_ne!(identity(&real.join("new/b.md")), plain);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
            assert_eq!(identity(&folder.path().join("link/new/a.md")), plain);
        }
    }
}
