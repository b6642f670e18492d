//! A text that opens something.

use std::fmt;

/// A URL with a token in it, a password, a signing key. It shows itself to nobody who does not ask by name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret out of a file's or a variable's text, without the white space around it: an editor ends the
    /// last line of a file, and a password has none there.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_only_by_name() {
        let secret = Secret::new("  tok-canary\r\n");
        assert_eq!(secret.reveal(), "tok-canary");
        assert_eq!(format!("{:?} {:#?}", secret, Some(&secret)), "[redacted] Some(\n    [redacted],\n)");
    }
}
