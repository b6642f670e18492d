//! Where a secret comes from: a file, a credential of systemd or an environment variable. The config has
//! its place, never the secret itself.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::config_file_paths;
use super::diagnostic::{Diagnostics, InvalidValue};
use super::toml_table::ConfigTable;
use crate::domain::Secret;
use crate::regular_file;

/// A larger file is not a secret: the longest tokens in use have a few kilobytes.
const BYTES_MAX: u64 = 16 * 1024;

/// Longest name of a variable; who names a longer one has written something else there.
const VARIABLE_CHARS_MAX: usize = 100;

/// Where systemd says the folder of this unit's credentials is.
/// Source: <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>, `LoadCredential=`.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Below it systemd keeps the credentials of each unit, for as long as it runs.
const UNIT_CREDENTIALS: &str = "/run/credentials";

/// How a file in that folder is written in a config.
const CREDENTIAL_PREFIXES: [&str; 2] = ["${CREDENTIALS_DIRECTORY}/", "$CREDENTIALS_DIRECTORY/"];

/// What secrets begin with that may be by mistake in the place of a file, and how many bytes each has if a file's
/// name could begin with the same: of Standard Webhooks and of ntfy.
/// Source: `tokenLength` in <https://github.com/binwiederhier/ntfy>, `user/manager.go`.
const SECRET_PREFIXES: [(&str, Option<usize>); 2] = [("whsec_", None), ("tk_", Some(32))];

/// Who can read a file whose mode has this bit: every user.
const MODE_READ_BY_ALL: u32 = 0o004;

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretLocation {
    /// A file that has nothing else in it.
    File(PathBuf),
    /// A file of that name among the credentials that systemd gives to the unit.
    Credential(String),
    /// An environment variable.
    Variable(String),
}

/// A secret that cannot be read; it says where the secret is, never what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{from}: {why}")]
pub struct SecretError {
    from: String,
    why: String,
}

/// Whether a secret can be had now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretAvailability {
    /// The secret can be read.
    Readable,
    /// systemd gives it to the unit alone, and this is not the unit.
    GivenByUnit,
    /// The secret cannot be read; why.
    Unreadable(String),
}

/// The two keys of one secret; a section has one of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretConfigKeys {
    pub(crate) file: &'static str,
    pub(crate) variable: &'static str,
    /// What the secret is, and how both keys are written.
    pub(crate) hint: &'static str,
}

impl SecretLocation {
    /// The secret as it is now, without the white space around it.
    pub fn read(&self) -> Result<Secret, SecretError> {
        self.read_secret_with_parser(parse_secret_value)
    }

    /// A private key in PEM, which has many lines.
    pub fn read_pem(&self) -> Result<Secret, SecretError> {
        self.read_secret_with_parser(parse_pem)
    }

    fn read_secret_with_parser(
        &self,
        checked: fn(&str) -> Result<Secret, String>,
    ) -> Result<Secret, SecretError> {
        let text = match self {
            Self::File(path) => read_secret_file(path),
            Self::Credential(name) => match std::env::var_os(CREDENTIALS) {
                Some(folder) => read_secret_file(&Path::new(&folder).join(name)),
                None => Err(missing_credentials_message(name)),
            },
            Self::Variable(name) => match std::env::var(name) {
                Ok(text) => Ok(text),
                Err(std::env::VarError::NotPresent) => Err("it is not set".to_owned()),
                Err(std::env::VarError::NotUnicode(_)) => Err("it is not UTF-8 text".to_owned()),
            },
        };
        // Some editors put a byte order mark before every text.
        let secret = text.and_then(|text| checked(text.trim_start_matches('\u{feff}')));
        secret.map_err(|why| SecretError { from: self.to_string(), why })
    }

    /// Whether the secret can be read now.
    pub fn secret_availability(&self) -> SecretAvailability {
        self.secret_availability_with_parser(parse_secret_value)
    }

    /// Whether a private key in PEM can be read there now.
    pub fn private_key_availability(&self) -> SecretAvailability {
        self.secret_availability_with_parser(parse_pem)
    }

    fn secret_availability_with_parser(
        &self,
        checked: fn(&str) -> Result<Secret, String>,
    ) -> SecretAvailability {
        if matches!(self, Self::Credential(_)) && std::env::var_os(CREDENTIALS).is_none() {
            return SecretAvailability::GivenByUnit;
        }
        match self.read_secret_with_parser(checked) {
            Ok(_) => SecretAvailability::Readable,
            Err(bad) => SecretAvailability::Unreadable(bad.why),
        }
    }

    /// Why no user could read the secret, if that is sure here: what one user may not read another may, and each has an
    /// environment of its own.
    pub fn unreadable_by_anybody(&self) -> Option<SecretError> {
        let Self::File(path) = self else { return None };
        if path.starts_with(UNIT_CREDENTIALS) {
            return None;
        }
        let is_forbidden =
            regular_file::open(path).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
        if is_forbidden { None } else { self.read().err() }
    }

    /// Whether it is in a file that every user of the machine may read.
    pub fn is_world_readable(&self) -> bool {
        match self {
            Self::File(path) => {
                path.metadata().is_ok_and(|file| file.permissions().mode() & MODE_READ_BY_ALL != 0)
            }
            Self::Credential(_) | Self::Variable(_) => false,
        }
    }
}

/// As a person speaks of it: `the file conf/smtp`.
impl fmt::Display for SecretLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Credential(name) => write!(f, "systemd's credential {name}"),
            Self::Variable(name) => write!(f, "the variable {name}"),
        }
    }
}

/// What is wrong, and how the same is tried by hand.
fn missing_credentials_message(name: &str) -> String {
    format!(
        "systemd gave no credentials to this process ({CREDENTIALS} is not set); to try it by hand, name the folder that \
         has the file {name}, as in {CREDENTIALS}=/etc/paperwire/secrets before the command, or let systemd give it: \
         systemd-run --pty -p LoadCredential={name}:/etc/paperwire/secrets/{name} with the command"
    )
}

fn read_secret_file(path: &Path) -> Result<String, String> {
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        _ => error.to_string(),
    };
    let mut bytes = Vec::new();
    regular_file::open(path).map_err(unread)?.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(format!("it has more than {BYTES_MAX} bytes, too many for a secret"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

fn parse_secret_value(text: &str) -> Result<Secret, String> {
    let secret = Secret::new(text);
    if secret.reveal().is_empty() {
        return Err("it is empty".to_owned());
    }
    if secret.reveal().contains(['\n', '\r']) {
        return Err("it has more than one line; it must hold only the secret".to_owned());
    }
    if secret.reveal().chars().any(char::is_control) {
        return Err("it has a control character in it".to_owned());
    }
    Ok(secret)
}

fn parse_pem(text: &str) -> Result<Secret, String> {
    let key = Secret::new(text);
    let is_pem = key.reveal().starts_with("-----BEGIN ") && key.reveal().ends_with("-----");
    if is_pem { Ok(key) } else { Err("it is no private key in PEM".to_owned()) }
}

/// Whether the section says where the secret is, right or wrong.
pub(crate) fn has_secret_location(section: &ConfigTable, keys: SecretConfigKeys) -> bool {
    [keys.file, keys.variable]
        .into_iter()
        .any(|key| section.has_config_key(key) || section.has_misspelling_of(key))
}

/// Where a secret is that must be there.
pub(crate) fn required_secret_location(
    section: &ConfigTable,
    keys: SecretConfigKeys,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<SecretLocation> {
    if !has_secret_location(section, keys) {
        let wrong = InvalidValue::new("is missing", keys.hint);
        section.report_invalid(keys.file, wrong, mistakes);
    }
    optional_secret_location(section, keys, folder, mistakes)
}

/// Where a secret is, if the section says so, and says it right.
pub(crate) fn optional_secret_location(
    section: &ConfigTable,
    keys: SecretConfigKeys,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<SecretLocation> {
    let file = section.optional_value(
        keys.file,
        |text| parse_secret_file_location(text, folder, keys.hint),
        mistakes,
    );
    let variable =
        section.optional_value(keys.variable, |text| parse_secret_variable_name(text, keys.hint), mistakes);
    if section.has_config_key(keys.file) && section.has_config_key(keys.variable) {
        let words = format!("{} is set too", keys.file);
        let wrong = InvalidValue::error_hiding_value(words, "write only one of them");
        section.report_invalid(keys.variable, wrong, mistakes);
    }
    file.or(variable)
}

fn parse_secret_file_location(
    text: &str,
    folder: &Path,
    right: &str,
) -> Result<SecretLocation, InvalidValue> {
    if text.contains("://") || has_form_of_secret(text) {
        return Err(InvalidValue::error_hiding_value(
            "is the secret itself, and this file is no place for it",
            right,
        ));
    }
    if let Some(name) = CREDENTIAL_PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        return parse_credential_name(name);
    }
    if text.starts_with('$') {
        let right = "write the whole path, or \"${CREDENTIALS_DIRECTORY}/name\" for a credential of systemd";
        return Err(InvalidValue::error_hiding_value(
            "begins with a variable, and only CREDENTIALS_DIRECTORY is known",
            right,
        ));
    }
    config_file_paths::parse_file_path(text, folder)
        .map(SecretLocation::File)
        .map_err(|wrong| InvalidValue::error_hiding_value(wrong.message, wrong.hint))
}

fn has_form_of_secret(text: &str) -> bool {
    SECRET_PREFIXES
        .iter()
        .any(|(prefix, bytes)| text.starts_with(prefix) && bytes.is_none_or(|bytes| text.len() == bytes))
}

fn parse_credential_name(name: &str) -> Result<SecretLocation, InvalidValue> {
    let is_name = !name.is_empty() && name != "." && name != ".." && !name.contains('/');
    if is_name && !name.chars().any(char::is_control) {
        return Ok(SecretLocation::Credential(name.to_owned()));
    }
    let right =
        "as in \"${CREDENTIALS_DIRECTORY}/smtp\", for LoadCredential=smtp:/etc/paperwire/smtp in the unit";
    Err(InvalidValue::error_hiding_value("names no credential", right))
}

/// In capitals, so that a secret that was written here by mistake is not taken for a name and shown.
fn parse_secret_variable_name(text: &str, right: &str) -> Result<SecretLocation, InvalidValue> {
    let is_name = !text.starts_with(|c: char| c.is_ascii_digit())
        && (1..=VARIABLE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    if is_name {
        return Ok(SecretLocation::Variable(text.to_owned()));
    }
    Err(InvalidValue::error_hiding_value("is not the name of an environment variable, in capitals", right))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};

    use super::*;

    /// What is reported of a secret file of these bytes, its folder left out.
    fn read_secret_file_of_bytes(bytes: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp");
        write(&path, bytes).unwrap();
        let read = SecretLocation::File(path).read();
        let bare = |told: String| told.replace(&format!("{}/", folder.path().display()), "");
        read.map(|secret| secret.reveal().to_owned()).map_err(|bad| bare(bad.to_string()))
    }

    #[test]
    fn a_secret_is_read_without_the_line_end_of_its_file() {
        assert_eq!(read_secret_file_of_bytes(b"canary\n"), Ok("canary".into()));
        assert_eq!(read_secret_file_of_bytes("k\u{e4}se \r\n".as_bytes()), Ok("k\u{e4}se".into()));
        assert_eq!(read_secret_file_of_bytes(&[b'x'; 16 * 1024]), Ok("x".repeat(16 * 1024)));
    }

    #[test]
    fn a_file_that_is_no_secret_is_told_by_name_and_never_shown() {
        for (bytes, words) in [
            (&b""[..], "it is empty"),
            (b" \n", "it is empty"),
            (b"canary\ncanary", "it has more than one line; it must hold only the secret"),
            (b"can\0ary", "it has a control character in it"),
            (b"canary\xff", "it is not UTF-8 text"),
            (&"c".repeat(16 * 1024 + 1).into_bytes(), "it has more than 16384 bytes, too many for a secret"),
        ] {
            assert_eq!(read_secret_file_of_bytes(bytes), Err(format!("the file smtp: {words}")));
        }
    }

    #[test]
    fn what_an_editor_adds_to_a_file_is_no_part_of_its_secret() {
        assert_eq!(read_secret_file_of_bytes(b"\xef\xbb\xbfcanary\r\n").as_deref(), Ok("canary"));
    }

    #[test]
    fn a_secret_that_is_not_there_is_told_by_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let told = |from: SecretLocation| from.read().unwrap_err().to_string();
        let gone = folder.path().join("gone");
        let words = format!("the file {}: there is no such file", gone.display());
        assert_eq!(told(SecretLocation::File(gone)), words);
        let is_folder = told(SecretLocation::File(folder.path().to_owned()));
        assert!(is_folder.ends_with(": it is no plain file"), "{is_folder}");
        let variable = SecretLocation::Variable("PAPERWIRE_NO_SUCH_VARIABLE".into());
        assert_eq!(variable.secret_availability(), SecretAvailability::Unreadable("it is not set".into()));
        assert_eq!(told(variable), "the variable PAPERWIRE_NO_SUCH_VARIABLE: it is not set");
        assert!(SecretLocation::Variable("PATH".into()).read().is_ok());
    }

    #[test]
    fn a_credential_that_was_not_given_says_how_to_try_it_by_hand() {
        let words = missing_credentials_message("smtp");
        assert!(words.contains("CREDENTIALS_DIRECTORY=/etc/paperwire/secrets before the command"), "{words}");
        assert!(words.contains("-p LoadCredential=smtp:/etc/paperwire/secrets/smtp"), "{words}");
    }

    #[test]
    fn what_no_user_can_read_is_told_from_what_another_user_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp");
        let gone = SecretLocation::File(path.clone()).unreadable_by_anybody();
        assert!(gone.is_some_and(|error| error.to_string().ends_with("there is no such file")));
        write(&path, "").unwrap();
        assert!(SecretLocation::File(path.clone()).unreadable_by_anybody().is_some(), "it is empty for all");
        write(&path, "canary").unwrap();
        assert_eq!(SecretLocation::File(path).unreadable_by_anybody(), None);
        let variable = SecretLocation::Variable("PAPERWIRE_NO_SUCH_VARIABLE".into());
        assert_eq!(variable.unreadable_by_anybody(), None, "the daemon may have it");
    }

    #[test]
    fn a_private_key_has_many_lines_and_nothing_else_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.pem");
        let pem = "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----\n";
        write(&path, pem).unwrap();
        let from = SecretLocation::File(path.clone());
        assert_eq!(from.read_pem().unwrap().reveal(), pem.trim());
        assert!(from.read().is_err());
        write(&path, "canary").unwrap();
        let why = "it is no private key in PEM".to_owned();
        assert_eq!(from.private_key_availability(), SecretAvailability::Unreadable(why));
    }

    #[test]
    fn a_secret_that_every_user_may_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp");
        write(&path, "canary").unwrap();
        for (mode, is_open) in [(0o600, false), (0o640, false), (0o644, true), (0o604, true)] {
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(SecretLocation::File(path.clone()).is_world_readable(), is_open, "{mode:o}");
        }
    }

    #[test]
    fn a_place_is_told_from_a_secret_that_was_written_there() {
        let folder = Path::new("conf");
        let file = |text: &str| parse_secret_file_location(text, folder, "");
        for name in ["smtp", "tk_file", "tk_ntfy-token"] {
            assert_eq!(file(name), Ok(SecretLocation::File(folder.join(name))));
        }
        for text in ["${CREDENTIALS_DIRECTORY}/smtp", "$CREDENTIALS_DIRECTORY/smtp"] {
            assert_eq!(file(text), Ok(SecretLocation::Credential("smtp".into())));
        }
        for text in [
            "https://hooks.example.org/canary",
            "whsec_canary",
            "tk_canaryabcdefghijklmnopqrstuvw",
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
        assert_eq!(
            parse_secret_variable_name("SLACK_URL", ""),
            Ok(SecretLocation::Variable("SLACK_URL".into()))
        );
        for text in ["canary", "whsec_CANARY", "https://CANARY", "1CANARY", "", "$CANARY", "CANARY=1"] {
            let wrong = parse_secret_variable_name(text, "").expect_err(text);
            assert!(!format!("{wrong:?}").to_lowercase().contains("canary"), "{wrong:?}");
        }
    }
}
