//! What a mail server must not be quoted with: the login that it was given, in every form that it was given in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::domain::{is_invisible, is_joiner, sanitize_to_visible_line};

/// What is shown in the place of what is left out.
pub(super) const ELLIPSIS: &str = "…";

/// So many characters of a secret in a row, however they are broken up, are no accident.
const TELLING_CHARS: usize = 8;

/// So many may be one in the answer to the login itself.
const TELLING_CHARS_AT_LOGIN: usize = 4;

/// The secrets of a login. It shows itself to nobody.
#[derive(Default)]
pub(super) struct LoginRedaction {
    /// Longest first, for one may be a part of another; none is empty.
    secrets: Vec<String>,
    user: String,
}

impl LoginRedaction {
    /// What a login by PLAIN (RFC 4616) or by LOGIN sends, and the password itself.
    pub(super) fn of_login(user: &str, password: &str) -> Self {
        let plain = format!("\0{user}\0{password}");
        // What fills up the end of base64 is no secret, and may be left out by who quotes it.
        let sent = [plain.as_str(), password, user].map(|text| STANDARD_NO_PAD.encode(text));
        let mut secrets = Vec::from(sent);
        secrets.push(sanitize_to_visible_line(password));
        secrets.retain(|secret| !secret.is_empty());
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets, user: user.to_owned() }
    }

    /// The text in one line, without any of the secrets; nothing of it if it has a part of one, or one with something in
    /// between.
    pub(super) fn redact(&self, text: &str) -> String {
        let redacted = self
            .secrets
            .iter()
            .fold(sanitize_to_visible_line(text), |text, secret| text.replace(secret, ELLIPSIS));
        if self.has_part_of_secret(&redacted, TELLING_CHARS) { ELLIPSIS.to_owned() } else { redacted }
    }

    /// What a server answers to the login, if it says nothing of the login.
    pub(super) fn login_reply_if_harmless<'t>(&self, text: &'t str) -> Option<&'t str> {
        let names_user = !self.user.is_empty() && text.to_lowercase().contains(&self.user.to_lowercase());
        (!names_user && !self.has_part_of_secret(text, TELLING_CHARS_AT_LOGIN)).then_some(text)
    }

    /// Whether a text has so many characters of a secret in a row, or a whole one that is shorter, whatever is between them and in
    /// capitals or not.
    fn has_part_of_secret(&self, text: &str, telling_chars: usize) -> bool {
        let text: String = visible_chars(text).collect::<String>().to_lowercase();
        self.secrets.iter().any(|secret| {
            let secret: Vec<char> = visible_chars(&secret.to_lowercase()).collect();
            let part_chars = telling_chars.min(secret.len()).max(1);
            secret.windows(part_chars).any(|part| text.contains(&part.iter().collect::<String>()))
        })
    }
}

/// The characters of a text that a reader sees.
fn visible_chars(text: &str) -> impl Iterator<Item = char> {
    let is_hidden = |c: &char| c.is_whitespace() || c.is_control() || is_invisible(*c) || is_joiner(*c);
    text.chars().filter(move |c| !is_hidden(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_left_out_in_every_form_that_it_was_sent_in() {
        let redaction = LoginRedaction::of_login("ada", "open  sesame");
        for (reply, left) in [
            ("open  sesame is it", "… is it"),
            ("5.7.1 <open sesame>:\r\nno", "5.7.1 <…>: no"),
            ("open\tsesame", "…"),
            ("xopen  sesamex", "x…x"),
            ("AGFkYQBvcGVuICBzZXNhbWU=", "…="),
            ("AGFkYQBvcGVuICBzZXNhbWU", "…"),
            ("b3BlbiAgc2VzYW1l", "…"),
            ("YWRh b3BlbiAgc2VzYW1l", "… …"),
            ("open the door", "open the door"),
        ] {
            assert_eq!(redaction.redact(reply), left, "{reply:?}");
        }
        assert_eq!(LoginRedaction::default().redact("open\r\nsesame"), "open sesame");
    }

    #[test]
    fn a_reply_with_a_part_of_a_secret_or_one_broken_up_is_not_quoted() {
        let redaction = LoginRedaction::of_login("ada", "Pl4ntedS3cret-Wörd=xyz");
        for reply in [
            "you said Pl4ntedS3cretQWx...",
            "you said Pl4nted\0S3cret-W",
            "you said Pl4nt\u{200B}edS3cr\u{202E}et-Wö",
            "you said Pl4ntedS3cre t-Wörd=xyz",
            "you said S3cret-WÃ¶rd=xyz",
        ] {
            assert_eq!(redaction.redact(reply), "…", "{reply:?}");
        }
        let reply = "the secret is not Pl4nted";
        assert_eq!(redaction.redact(reply), reply);
        assert_eq!(redaction.redact("a\u{202E}b"), "ab");
    }

    #[test]
    fn the_answer_to_a_login_is_quoted_if_it_says_nothing_of_it() {
        let redaction = LoginRedaction::of_login("ada", "open sesame");
        let reason = "5.7.9 Application-specific password required";
        assert_eq!(redaction.login_reply_if_harmless(reason), Some(reason));
        for reply in ["not ope n", "b3Blb", "AGFkYQ is wrong", "YWRh?", "OPEN SESAME", "not you, Ada"] {
            assert_eq!(redaction.login_reply_if_harmless(reply), None, "{reply}");
        }
        assert_eq!(LoginRedaction::of_login("ada", "abc").login_reply_if_harmless("no a b c"), None);
    }

    #[test]
    fn a_secret_within_another_leaves_no_part_of_it() {
        let redaction = LoginRedaction::of_login("x", "A");
        assert_eq!(redaction.redact("AHgAQQ== QQ A"), "…== … …");
    }
}
