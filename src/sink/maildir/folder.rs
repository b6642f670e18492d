//! A folder of mail, as <https://cr.yp.to/proto/maildir.html> has it: mail without a server.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

use crate::domain::{Attempt, RefusalScope};

/// How many bytes of the key's hash name a file: no two of a hundred million keys meet.
const NAME_BYTES: usize = 16;

/// A Maildir. It is made at the first delivery, readable by its owner alone.
#[derive(Debug, Clone)]
pub struct Maildir {
    path: PathBuf,
}

impl Maildir {
    /// The Maildir at this path; nothing is touched.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Puts the message into it, with the line ends that a file has here. It is there whole and for good
    /// before this returns, or not at all. A second delivery under the same key finds the first, read or
    /// unread, and leaves it alone.
    pub fn deliver(&self, key: &str, message: &[u8]) -> Attempt {
        match self.write_message_if_absent(&file_name_of_key(key), message) {
            Ok(()) => Attempt::Accepted,
            Err(error) => classify_io_error(&error),
        }
    }

    fn write_message_if_absent(&self, name: &str, message: &[u8]) -> io::Result<()> {
        self.create_maildir_folders()?;
        if self.is_message_in_maildir(name)? {
            return Ok(());
        }
        let passing = self.path.join("tmp").join(name);
        let stored = write_message_file(&passing, message)
            .and_then(|()| fs::rename(&passing, self.path.join("new").join(name)))
            .inspect_err(|_| {
                // Half a message is of no use, and takes room on a disk that may be full.
                let _ = fs::remove_file(&passing);
            });
        stored?;
        File::open(self.path.join("new"))?.sync_all()
    }

    fn create_maildir_folders(&self) -> io::Result<()> {
        for folder in ["tmp", "new", "cur"].map(|folder| self.path.join(folder)) {
            DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|error| {
                match error.kind() {
                    ErrorKind::AlreadyExists => {
                        io::Error::new(error.kind(), format!("{} is there and no folder", folder.display()))
                    }
                    _ => error,
                }
            })?;
        }
        File::open(&self.path)?.sync_all()
    }

    /// Whether it is there, unread in `new` or read in `cur`, where readers add flags to the name.
    fn is_message_in_maildir(&self, name: &str) -> io::Result<bool> {
        for folder in ["new", "cur"] {
            for entry in fs::read_dir(self.path.join(folder))? {
                if entry?.file_name().as_encoded_bytes().starts_with(name.as_bytes()) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// A name that is the key's forever, and of signs that every file system takes.
fn file_name_of_key(key: &str) -> String {
    let hash = digest(&SHA256, key.as_bytes());
    let start = hash.as_ref().first_chunk::<NAME_BYTES>().expect("a SHA-256 has 32 bytes");
    format!("{:032x}.paperwire", u128::from_be_bytes(*start))
}

/// Leavings of a try that was killed here have the same name and are written over.
fn write_message_file(path: &Path, message: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(&crlf_to_lf(message))?;
    file.sync_all()
}

/// Mail travels with CRLF and is stored with LF, as every delivery agent of a Unix does it.
fn crlf_to_lf(message: &[u8]) -> Vec<u8> {
    let crlf = |at: usize| message[at] == b'\r' && message.get(at + 1) == Some(&b'\n');
    (0..message.len()).filter(|at| !crlf(*at)).map(|at| message[at]).collect()
}

fn classify_io_error(error: &io::Error) -> Attempt {
    let words = format!("the Maildir cannot be written: {error}");
    match error.kind() {
        ErrorKind::PermissionDenied
        | ErrorKind::NotADirectory
        | ErrorKind::AlreadyExists
        | ErrorKind::IsADirectory
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::InvalidInput
        | ErrorKind::InvalidFilename => Attempt::Refused { what: RefusalScope::Sink, words },
        // A full disk, above all.
        _ => Attempt::Deferred { wait: None, words },
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn file_names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_message_arrives_whole_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("papers/mail");
        let maildir = Maildir::new(&path);
        assert_eq!(maildir.deliver("k1", b"Subject: x\r\n\r\na\rb\r\n"), Attempt::Accepted);
        assert_eq!(maildir.deliver("k1", b"Subject: x\r\n\r\nagain\r\n"), Attempt::Accepted);
        assert_eq!(maildir.deliver("k2", b"other"), Attempt::Accepted);
        assert_eq!(file_names(&path), ["cur", "new", "tmp"]);
        assert_eq!((file_names(&path.join("new")).len(), file_names(&path.join("tmp")).len()), (2, 0));
        let file = path.join("new").join(file_name_of_key("k1"));
        assert_eq!(fs::read(&file).unwrap(), b"Subject: x\n\na\rb\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_message_that_was_read_is_not_delivered_again() {
        let dir = tempfile::tempdir().unwrap();
        let maildir = Maildir::new(dir.path());
        maildir.deliver("k", b"one");
        let name = file_name_of_key("k");
        fs::rename(dir.path().join("new").join(&name), dir.path().join("cur").join(format!("{name}:2,S")))
            .unwrap();
        assert_eq!(maildir.deliver("k", b"one"), Attempt::Accepted);
        assert_eq!(file_names(&dir.path().join("new")), [""; 0]);
        assert_eq!(file_names(&dir.path().join("cur")), [format!("{name}:2,S")]);
    }

    #[test]
    fn leavings_of_a_killed_try_do_no_harm() {
        let dir = tempfile::tempdir().unwrap();
        let maildir = Maildir::new(dir.path());
        maildir.create_maildir_folders().unwrap();
        fs::write(dir.path().join("tmp").join(file_name_of_key("k")), "half a message that was longer")
            .unwrap();
        assert_eq!(maildir.deliver("k", b"whole"), Attempt::Accepted);
        assert_eq!(fs::read(dir.path().join("new").join(file_name_of_key("k"))).unwrap(), b"whole");
        assert_eq!(file_names(&dir.path().join("tmp")), [""; 0]);
    }

    #[test]
    fn a_key_of_any_signs_makes_a_plain_name() {
        for key in ["<d.1@x>", "../../etc/passwd", "", "a/b:2,S\0"] {
            let name = file_name_of_key(key);
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'), "{name}");
        }
        assert_ne!(file_name_of_key("a"), file_name_of_key("b"));
    }

    #[test]
    fn a_path_that_can_never_be_one_pauses_the_sink_and_a_full_disk_only_waits() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("below")] {
            let attempt = Maildir::new(&path).deliver("k", b"x");
            assert!(matches!(attempt, Attempt::Refused { what: RefusalScope::Sink, .. }), "{attempt:?}");
        }
        fs::create_dir(dir.path().join("mail")).unwrap();
        fs::write(dir.path().join("mail/new"), "").unwrap();
        let attempt = format!("{:?}", Maildir::new(&dir.path().join("mail")).deliver("k", b"x"));
        assert!(attempt.contains("mail/new is there and no folder"), "{attempt}");
        for (kind, passes) in [(ErrorKind::StorageFull, true), (ErrorKind::ReadOnlyFilesystem, false)] {
            assert_eq!(
                matches!(classify_io_error(&kind.into()), Attempt::Deferred { wait: None, .. }),
                passes
            );
        }
    }
}
