//! Where a secret comes from: a file, a credential of systemd or an environment variable. The config has
//! its place, never the secret itself.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::mistake::{Mistakes, Wrong};
use super::path;
use super::section::Section;
use crate::domain::Secret;
use crate::plain_file;

/// A larger file is not a secret: the longest tokens in use have a few kilobytes.
const BYTES_MAX: u64 = 16 * 1024;

/// Longest name of a variable; who names a longer one has written something else there.
const VARIABLE_CHARS_MAX: usize = 100;

/// Where systemd says the folder of this unit's credentials is.
/// Source: <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>, `LoadCredential=`.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// How a file in that folder is written in a config.
const CREDENTIAL_PREFIXES: [&str; 2] = ["${CREDENTIALS_DIRECTORY}/", "$CREDENTIALS_DIRECTORY/"];

/// Who can read a file whose mode has this bit: every user.
const MODE_READ_BY_ALL: u32 = 0o004;

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFrom {
    /// A file that has nothing else in it.
    File(PathBuf),
    /// A file of that name among the credentials that systemd gives to the unit.
    Credential(String),
    /// An environment variable.
    Variable(String),
}

/// A secret that cannot be had; says its place, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{from}: {why}")]
pub struct NoSecret {
    from: String,
    why: String,
}

/// Whether a secret can be had now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStanding {
    /// It can be read.
    Readable,
    /// systemd gives it to the unit alone, and this is not the unit.
    GivenByUnit,
    /// It cannot be read; why.
    Unreadable(String),
}

/// The two keys of one secret, of which a section has one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys {
    file: &'static str,
    variable: &'static str,
    /// What the secret is, and how both keys are written.
    right: &'static str,
}

/// The address of a webhook.
pub(super) const URL: Keys = Keys {
    file: "url_file",
    variable: "url_env",
    right: "a file with the webhook's address in it, as in url_file = \"/etc/paperwire/slack-url\", or a variable, \
            as in url_env = \"SLACK_URL\"",
};

/// A mail server's password.
pub(super) const PASSWORD: Keys = Keys {
    file: "password_file",
    variable: "password_env",
    right: "a file with the password in it, as in password_file = \"/etc/paperwire/smtp\", or a variable, as in \
            password_env = \"SMTP_PASSWORD\"",
};

/// What a webhook's messages are signed with.
pub(super) const SIGNING: Keys = Keys {
    file: "secret_file",
    variable: "secret_env",
    right: "a file with the `whsec_…` in it, as in secret_file = \"/etc/paperwire/signing\", or a variable, as in \
            secret_env = \"WEBHOOK_SECRET\"",
};

/// What opens a repository and its forge.
pub(super) const TOKEN: Keys = Keys {
    file: "token_file",
    variable: "token_env",
    right: "a file with the token in it, as in token_file = \"/etc/paperwire/token\", or a variable, as in \
            token_env = \"LIST_TOKEN\"",
};

/// The private key of an App.
pub(super) const APP_KEY: Keys = Keys {
    file: "key_file",
    variable: "key_env",
    right: "a file with the App's private key in it, as in key_file = \"/etc/paperwire/app.pem\", or a variable, as \
            in key_env = \"APP_KEY\"",
};

impl SecretFrom {
    /// The secret as it stands there now, without the white space around it.
    pub fn read(&self) -> Result<Secret, NoSecret> {
        self.read_as(checked)
    }

    /// A private key in PEM, which has many lines.
    pub fn read_pem(&self) -> Result<Secret, NoSecret> {
        self.read_as(checked_pem)
    }

    fn read_as(&self, checked: fn(&str) -> Result<Secret, String>) -> Result<Secret, NoSecret> {
        let text = match self {
            Self::File(path) => text(path),
            Self::Credential(name) => match std::env::var_os(CREDENTIALS) {
                Some(folder) => text(&Path::new(&folder).join(name)),
                None => {
                    Err(format!("systemd gave no credentials to this process ({CREDENTIALS} is not set)"))
                }
            },
            Self::Variable(name) => match std::env::var(name) {
                Ok(text) => Ok(text),
                Err(std::env::VarError::NotPresent) => Err("it is not set".to_owned()),
                Err(std::env::VarError::NotUnicode(_)) => Err("it is not UTF-8 text".to_owned()),
            },
        };
        let secret = text.and_then(|text| checked(&text));
        secret.map_err(|why| NoSecret { from: self.to_string(), why })
    }

    /// Whether it can be read now.
    pub fn standing(&self) -> SecretStanding {
        self.standing_as(checked)
    }

    /// Whether a private key in PEM can be read there now.
    pub fn standing_of_pem(&self) -> SecretStanding {
        self.standing_as(checked_pem)
    }

    fn standing_as(&self, checked: fn(&str) -> Result<Secret, String>) -> SecretStanding {
        if matches!(self, Self::Credential(_)) && std::env::var_os(CREDENTIALS).is_none() {
            return SecretStanding::GivenByUnit;
        }
        match self.read_as(checked) {
            Ok(_) => SecretStanding::Readable,
            Err(bad) => SecretStanding::Unreadable(bad.why),
        }
    }

    /// Whether it is in a file that every user of the machine may read.
    pub fn is_open_to_all(&self) -> bool {
        match self {
            Self::File(path) => {
                path.metadata().is_ok_and(|file| file.permissions().mode() & MODE_READ_BY_ALL != 0)
            }
            Self::Credential(_) | Self::Variable(_) => false,
        }
    }
}

/// As a person speaks of it: `the file conf/smtp`.
impl fmt::Display for SecretFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Credential(name) => write!(f, "systemd's credential {name}"),
            Self::Variable(name) => write!(f, "the variable {name}"),
        }
    }
}

fn text(path: &Path) -> Result<String, String> {
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        _ => error.to_string(),
    };
    let mut bytes = Vec::new();
    plain_file::open(path).map_err(unread)?.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(format!("it has more than {BYTES_MAX} bytes, too many for a secret"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

fn checked(text: &str) -> Result<Secret, String> {
    let secret = Secret::new(text);
    if secret.reveal().is_empty() {
        return Err("it is empty".to_owned());
    }
    if secret.reveal().contains(['\n', '\r']) {
        return Err("it has more than one line; the secret must stand alone".to_owned());
    }
    if secret.reveal().chars().any(char::is_control) {
        return Err("it has a control character in it".to_owned());
    }
    Ok(secret)
}

fn checked_pem(text: &str) -> Result<Secret, String> {
    let key = Secret::new(text);
    let is_pem = key.reveal().starts_with("-----BEGIN ") && key.reveal().ends_with("-----");
    if is_pem { Ok(key) } else { Err("it is no private key in PEM".to_owned()) }
}

/// Whether the section says where the secret is, right or wrong.
pub(super) fn is_given(section: &Section, keys: Keys) -> bool {
    [keys.file, keys.variable].into_iter().any(|key| section.has(key) || section.is_misspelt(key))
}

/// Where a secret is that must be there.
pub(super) fn required(
    section: &Section,
    keys: Keys,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<SecretFrom> {
    if !is_given(section, keys) {
        let wrong = Wrong::new("is missing", keys.right);
        mistakes.add(section.place(keys.file), &section.whose(keys.file), wrong);
    }
    given(section, keys, folder, mistakes)
}

/// Where a secret is, if the section says so, and says it right.
pub(super) fn given(
    section: &Section,
    keys: Keys,
    folder: &Path,
    mistakes: &mut Mistakes,
) -> Option<SecretFrom> {
    let file = section.given(keys.file, |text| file(text, folder, keys.right), mistakes);
    let variable = section.given(keys.variable, |text| variable(text, keys.right), mistakes);
    if section.has(keys.file) && section.has(keys.variable) {
        let words = format!("stands here beside {}", keys.file);
        let wrong = Wrong::hidden(words, "only one of them can be meant");
        mistakes.add(section.place(keys.variable), &section.whose(keys.variable), wrong);
    }
    file.or(variable).map(toml::Spanned::into_inner)
}

fn file(text: &str, folder: &Path, right: &str) -> Result<SecretFrom, Wrong> {
    if text.contains("://") || text.starts_with("whsec_") {
        return Err(Wrong::hidden("is the secret itself, and this file is no place for it", right));
    }
    if let Some(name) = CREDENTIAL_PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        return credential(name);
    }
    if text.starts_with('$') {
        let right = "write the whole path, or \"${CREDENTIALS_DIRECTORY}/name\" for a credential of systemd";
        return Err(Wrong::hidden("begins with a variable, and only CREDENTIALS_DIRECTORY is known", right));
    }
    path::file(text, folder).map(SecretFrom::File).map_err(|wrong| Wrong::hidden(wrong.words, wrong.right))
}

fn credential(name: &str) -> Result<SecretFrom, Wrong> {
    let is_name = !name.is_empty() && name != "." && name != ".." && !name.contains('/');
    if is_name && !name.chars().any(char::is_control) {
        return Ok(SecretFrom::Credential(name.to_owned()));
    }
    let right =
        "as in \"${CREDENTIALS_DIRECTORY}/smtp\", for LoadCredential=smtp:/etc/paperwire/smtp in the unit";
    Err(Wrong::hidden("names no credential", right))
}

/// In capitals, so that a secret that was written here by mistake is not taken for a name and shown.
fn variable(text: &str, right: &str) -> Result<SecretFrom, Wrong> {
    let is_name = !text.starts_with(|c: char| c.is_ascii_digit())
        && (1..=VARIABLE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if is_name {
        return Ok(SecretFrom::Variable(text.to_owned()));
    }
    Err(Wrong::hidden("is not the name of an environment variable, in capitals", right))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};

    use super::*;

    /// What is told of a secret file of these bytes, its folder left out.
    fn told_of(bytes: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp");
        write(&path, bytes).unwrap();
        let read = SecretFrom::File(path).read();
        let bare = |told: String| told.replace(&format!("{}/", folder.path().display()), "");
        read.map(|secret| secret.reveal().to_owned()).map_err(|bad| bare(bad.to_string()))
    }

    #[test]
    fn a_secret_is_read_without_the_line_end_of_its_file() {
        assert_eq!(told_of(b"canary\n"), Ok("canary".into()));
        assert_eq!(told_of("k\u{e4}se \r\n".as_bytes()), Ok("k\u{e4}se".into()));
        assert_eq!(told_of(&[b'x'; 16 * 1024]), Ok("x".repeat(16 * 1024)));
    }

    #[test]
    fn a_file_that_is_no_secret_is_told_by_name_and_never_shown() {
        for (bytes, words) in [
            (&b""[..], "it is empty"),
            (b" \n", "it is empty"),
            (b"canary\ncanary", "it has more than one line; the secret must stand alone"),
            (b"can\0ary", "it has a control character in it"),
            (b"canary\xff", "it is not UTF-8 text"),
            (&"c".repeat(16 * 1024 + 1).into_bytes(), "it has more than 16384 bytes, too many for a secret"),
        ] {
            assert_eq!(told_of(bytes), Err(format!("the file smtp: {words}")));
        }
    }

    #[test]
    fn a_secret_that_is_not_there_is_told_by_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let told = |from: SecretFrom| from.read().unwrap_err().to_string();
        let gone = folder.path().join("gone");
        let words = format!("the file {}: there is no such file", gone.display());
        assert_eq!(told(SecretFrom::File(gone)), words);
        let is_folder = told(SecretFrom::File(folder.path().to_owned()));
        assert!(is_folder.ends_with(": it is no plain file"), "{is_folder}");
        let variable = SecretFrom::Variable("PAPERWIRE_NO_SUCH_VARIABLE".into());
        assert_eq!(variable.standing(), SecretStanding::Unreadable("it is not set".into()));
        assert_eq!(told(variable), "the variable PAPERWIRE_NO_SUCH_VARIABLE: it is not set");
        assert!(SecretFrom::Variable("PATH".into()).read().is_ok());
    }

    #[test]
    fn a_private_key_has_many_lines_and_nothing_else_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.pem");
        let pem = "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----\n";
        write(&path, pem).unwrap();
        let from = SecretFrom::File(path.clone());
        assert_eq!(from.read_pem().unwrap().reveal(), pem.trim());
        assert!(from.read().is_err());
        write(&path, "canary").unwrap();
        let why = "it is no private key in PEM".to_owned();
        assert_eq!(from.standing_of_pem(), SecretStanding::Unreadable(why));
    }

    #[test]
    fn a_secret_that_every_user_may_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp");
        write(&path, "canary").unwrap();
        for (mode, is_open) in [(0o600, false), (0o640, false), (0o644, true), (0o604, true)] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(SecretFrom::File(path.clone()).is_open_to_all(), is_open, "{mode:o}");
        }
    }

    #[test]
    fn a_place_is_told_from_a_secret_that_was_written_there() {
        let folder = Path::new("conf");
        let file = |text: &str| file(text, folder, "");
        assert_eq!(file("smtp"), Ok(SecretFrom::File("conf/smtp".into())));
        for text in ["${CREDENTIALS_DIRECTORY}/smtp", "$CREDENTIALS_DIRECTORY/smtp"] {
            assert_eq!(file(text), Ok(SecretFrom::Credential("smtp".into())));
        }
        for text in [
            "https://hooks.example.org/canary",
            "whsec_canary",
            "$HOME/canary",
            "${CREDENTIALS_DIRECTORY}/",
            "${CREDENTIALS_DIRECTORY}/../canary",
            "~/canary",
            "canary/",
            "",
        ] {
            let wrong = file(text).expect_err(text);
            assert!(!format!("{wrong:?}").contains("canary"), "{wrong:?}");
        }
        assert_eq!(variable("SLACK_URL", ""), Ok(SecretFrom::Variable("SLACK_URL".into())));
        for text in ["canary", "whsec_CANARY", "https://CANARY", "1CANARY", "", "$CANARY", "CANARY=1"] {
            let wrong = variable(text, "").expect_err(text);
            assert!(!format!("{wrong:?}").to_lowercase().contains("canary"), "{wrong:?}");
        }
    }
}
