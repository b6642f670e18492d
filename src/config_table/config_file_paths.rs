//! Paths as a config writes them: from its own folder, and to be compared with each other.

use std::os::unix::fs::FileTypeExt as _;
use std::path::{Component, Path, PathBuf};

use super::diagnostic::InvalidValue;

/// A file's path, from the config's folder. The file need not be there; a folder must not be.
pub(crate) fn parse_file_path(text: &str, folder: &Path) -> Result<PathBuf, InvalidValue> {
    let right = "the path of a file, from this config's folder";
    let path = resolve_path(text, folder, right)?;
    if text.ends_with('/') || Path::new(text).file_name().is_none() {
        return Err(InvalidValue::new("is a folder", right));
    }
    match file_kind_at_path(&path) {
        None | Some(PathKind::File) => Ok(path),
        Some(PathKind::Other(what)) => Err(InvalidValue::new(format!("is {what}"), right)),
    }
}

/// A folder's path, from the config's folder. It need not be there; a file must not be.
pub(crate) fn parse_folder_path(text: &str, folder: &Path) -> Result<PathBuf, InvalidValue> {
    let right = "the path of a folder, from this config's folder";
    let path = resolve_path(text, folder, right)?;
    match file_kind_at_path(&path) {
        None | Some(PathKind::Other(FOLDER)) => Ok(path),
        Some(PathKind::File) => Err(InvalidValue::new("is a file", right)),
        Some(PathKind::Other(what)) => Err(InvalidValue::new(format!("is {what}"), right)),
    }
}

/// What is at a path, links followed.
enum PathKind {
    File,
    Other(&'static str),
}

const FOLDER: &str = "a folder";

/// What is at a path; none if nothing is. Reading a pipe, a device or a socket may never end, and a file written in its
/// place would end what it is there for.
fn file_kind_at_path(path: &Path) -> Option<PathKind> {
    let kind = path.metadata().ok()?.file_type();
    Some(if kind.is_file() {
        PathKind::File
    } else if kind.is_dir() {
        PathKind::Other(FOLDER)
    } else if kind.is_fifo() {
        PathKind::Other("a pipe")
    } else if kind.is_socket() {
        PathKind::Other("a socket")
    } else {
        PathKind::Other("a device")
    })
}

fn resolve_path(text: &str, folder: &Path, right: &str) -> Result<PathBuf, InvalidValue> {
    if text.is_empty() {
        return Err(InvalidValue::new("is empty", right));
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidValue::new("has a control character in it", right));
    }
    if text.contains("://") {
        return Err(InvalidValue::error_hiding_value("is an address, and no path", right));
    }
    if text == "~" || text.starts_with("~/") {
        return Err(InvalidValue::new("begins with `~`, which only a shell knows", "write the whole path"));
    }
    Ok(folder.join(text))
}

/// One path for all ways to write a file's path, links among its folders followed.
pub(crate) fn canonical_file_path(path: &Path) -> PathBuf {
    let whole = normalize_path_lexically(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let real = whole.ancestors().find_map(|folder| {
        let rest = whole.strip_prefix(folder).ok()?;
        folder
            .canonicalize()
            .ok()
            .map(|real| if rest.as_os_str().is_empty() { real } else { real.join(rest) })
    });
    real.unwrap_or(whole)
}

fn normalize_path_lexically(path: &Path) -> PathBuf {
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
        assert_eq!(parse_file_path("papers/a.md", Path::new("conf")).unwrap(), Path::new("conf/papers/a.md"));
        assert_eq!(parse_file_path("/srv/a.md", Path::new("conf")).unwrap(), Path::new("/srv/a.md"));
        assert_eq!(parse_file_path("a.md", Path::new("")).unwrap(), Path::new("a.md"));
        for text in
            ["", "a\0b", "~/a.md", "~", "a/", ".", "..", "a/..", "src", "postgres://ada:canary@host/db"]
        {
            assert!(parse_file_path(text, Path::new(env!("CARGO_MANIFEST_DIR"))).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_folder_may_be_there_and_a_file_in_its_place_may_not() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(
            parse_folder_path("papers/mail/", Path::new("conf")).unwrap(),
            Path::new("conf/papers/mail")
        );
        assert_eq!(parse_folder_path("src", here).unwrap(), here.join("src"));
        for text in ["", "a\0b", "~/mail", "Cargo.toml"] {
            assert!(parse_folder_path(text, here).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_may_never_end_is_no_file_and_no_folder() {
        let here = tempfile::tempdir().unwrap();
        let at = |name: &str| here.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        std::os::unix::fs::symlink("pipe", at("link")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("zero")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (name, words) in [
            ("pipe", "is a pipe"),
            ("link", "is a pipe"),
            ("zero", "is a device"),
            ("/dev/null", "is a device"),
            ("socket", "is a socket"),
        ] {
            assert_eq!(parse_file_path(name, here.path()).unwrap_err().message, words, "{name}");
            assert_eq!(parse_folder_path(name, here.path()).unwrap_err().message, words, "{name}");
        }
    }

    #[test]
    fn one_file_has_one_identity_however_its_path_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        std::fs::create_dir(&real).unwrap();
        let plain = canonical_file_path(&real.join("new/a.md"));
        assert_eq!(canonical_file_path(&real.join("./x/../new/./a.md")), plain);
        assert_ne!(canonical_file_path(&real.join("new/b.md")), plain);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
            assert_eq!(canonical_file_path(&folder.path().join("link/new/a.md")), plain);
        }
    }
}
