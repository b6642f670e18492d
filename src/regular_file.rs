//! Opening the files that a configuration names, and the history's lock. A pipe, a device or a socket in the place of one
//! is refused, because it could keep the program waiting forever.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a plain file to read it. Nothing is waited for: not for a pipe's writer, and not for what the kernel has yet to say
/// in a file of its own.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    open_regular_file_with(OpenOptions::new().read(true), path)
}

/// Opens a plain file with these options, without waiting for it.
pub(crate) fn open_regular_file_with(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = options.custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_is_no_plain_file_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        symlink("pipe", at("link")).unwrap();
        symlink("/dev/zero", at("zero")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        std::fs::create_dir(at("folder")).unwrap();
        std::fs::write(at("file"), "x").unwrap();
        symlink("file", at("good link")).unwrap();
        for name in ["pipe", "link", "zero", "folder"] {
            assert_eq!(open(&at(name)).unwrap_err().to_string(), "it is no plain file", "{name}");
        }
        assert!(open(&at("socket")).is_err());
        assert_eq!(open(&at("gone")).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(open(&at("file")).is_ok() && open(&at("good link")).is_ok());
    }
}
