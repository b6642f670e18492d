//! What a mail server must not be quoted with: the login that it was given, in every form that it was given in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// What is shown in the place of what is left out.
pub(super) const ELLIPSIS: &str = "…";

/// The secrets of a login. It shows itself to nobody.
#[derive(Default)]
pub(super) struct LoginRedaction {
    /// Longest first, for one may be a part of another; none is empty.
    secrets: Vec<String>,
}

impl LoginRedaction {
    /// What a login by PLAIN (RFC 4616) or by LOGIN sends, and the password itself.
    pub(super) fn of_login(user: &str, password: &str) -> Self {
        let plain = format!("\0{user}\0{password}");
        // What fills up the end of base64 is no secret, and may be left out by who quotes it.
        let sent = [plain.as_str(), password, user].map(|text| STANDARD_NO_PAD.encode(text));
        let mut secrets = Vec::from(sent);
        secrets.push(collapse_to_one_line(password));
        secrets.retain(|secret| !secret.is_empty());
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets }
    }

    /// The text in one line, without any of the secrets.
    pub(super) fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(collapse_to_one_line(text), |text, secret| text.replace(secret, ELLIPSIS))
    }
}

/// The words with one space between them, for white space is not kept when a reply is quoted.
fn collapse_to_one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
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
    fn a_secret_within_another_leaves_no_part_of_it() {
        let redaction = LoginRedaction::of_login("x", "A");
        assert_eq!(redaction.redact("AHgAQQ== QQ A"), "…== … …");
    }
}
