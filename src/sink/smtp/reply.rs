//! A mail server's reply.

use lettre::transport::smtp::extension::ServerInfo;
use lettre::transport::smtp::response::{Category, Code, Detail, Response, Severity};

/// The longest name of a way to log in. Source: RFC 4422 section 3.1.
const MECHANISM_CHARS_MAX: usize = 20;

/// More ways to log in are not named.
const MECHANISMS_MAX: usize = 10;

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SmtpReply {
    /// The reply's code, 200 to 599.
    pub(super) code: u16,
    /// The text of the reply, line by line.
    pub(super) lines: Vec<String>,
}

/// One line of a reply. Source: RFC 5321 section 4.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SmtpReplyLine {
    /// The reply's code.
    pub(super) code: u16,
    /// Whether the reply ends with it.
    pub(super) is_last: bool,
    /// The text behind the code; what is no UTF-8 in it is replaced.
    pub(super) text: String,
}

impl SmtpReplyLine {
    /// Reads a whole line, without its end; none if it is no SMTP.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let code = Self::parse_reply_code(line)?;
        let text = String::from_utf8_lossy(line.get(4..).unwrap_or_default()).into_owned();
        Some(Self { code, is_last: line.get(3) != Some(&b'-'), text })
    }

    /// The code with which a line begins, of which there may be more to come.
    pub(super) fn parse_reply_code(line: &[u8]) -> Option<u16> {
        let (code, rest) = line.split_at_checked(3)?;
        let is_code = matches!(code[0], b'2'..=b'5') && code.iter().all(u8::is_ascii_digit);
        let ends = matches!(rest.first(), None | Some(b' ' | b'-' | b'\r'));
        std::str::from_utf8(code).ok()?.parse().ok().filter(|_| is_code && ends)
    }
}

impl SmtpReply {
    /// The challenge in it, as lettre wants it; none if it is no challenge.
    pub(super) fn smtp_auth_challenge(&self) -> Option<Response> {
        let code = Code::new(Severity::PositiveIntermediate, Category::Unspecified3, Detail::Four);
        (self.code == 334).then(|| Response::new(code, self.lines.clone()))
    }

    /// What a reply to EHLO offers. Its keywords may be in any case: RFC 5321 section 4.1.1.1.
    pub(super) fn ehlo_capabilities(&self) -> ServerInfo {
        let code = Code::new(Severity::PositiveCompletion, Category::MailSystem, Detail::Zero);
        // lettre panics at a line of nothing but white space.
        let lines = self.lines.iter().map(|line| line.trim().to_uppercase()).filter(|line| !line.is_empty());
        ServerInfo::from_response(&Response::new(code, lines.collect())).unwrap_or_default()
    }

    /// The ways to log in that a reply to EHLO names. What is no name of one is left out. Source: RFC 4954 section 3.
    pub(super) fn auth_mechanisms(&self) -> Vec<String> {
        let is_mechanism = |word: &&str| {
            (1..=MECHANISM_CHARS_MAX).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        let lines = self.lines.iter().map(|line| line.trim().to_ascii_uppercase());
        let offers = lines.filter_map(|line| Some(line.strip_prefix("AUTH ")?.to_owned()));
        let names = offers.flat_map(|offer| {
            offer.split_whitespace().filter(is_mechanism).map(str::to_owned).collect::<Vec<_>>()
        });
        names.take(MECHANISMS_MAX).collect()
    }

    /// How many messages a session may carry, if the reply to EHLO says so. Source: RFC 9422 section 4.
    pub(super) fn mailmax_from_ehlo_reply(&self) -> Option<u32> {
        let limits =
            self.lines.iter().map(|line| line.to_uppercase()).find(|line| line.starts_with("LIMITS "))?;
        limits.split_whitespace().find_map(|word| word.strip_prefix("MAILMAX=")?.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use lettre::transport::smtp::authentication::Mechanism;
    use lettre::transport::smtp::extension::Extension;

    use super::*;

    #[test]
    fn a_line_of_a_reply_is_read_whatever_stands_behind_its_code() {
        for (line, read) in [
            (&b"250 ok"[..], Some((250, true, "ok"))),
            (b"250", Some((250, true, ""))),
            (b"250-PIPELINING", Some((250, false, "PIPELINING"))),
            (b"550 caf\xe9", Some((550, true, "caf\u{fffd}"))),
            (b"354 ", Some((354, true, ""))),
            (b"25", None),
            (b"2500 ok", None),
            (b"25x ok", None),
            (b"150 ok", None),
            (b"650 ok", None),
            (b"what?", None),
            (b"\0\x01\x02\x03", None),
            (b"", None),
        ] {
            let expected =
                read.map(|(code, is_last, text)| SmtpReplyLine { code, is_last, text: text.to_owned() });
            assert_eq!(SmtpReplyLine::parse(line), expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn what_a_server_offers_is_read_in_any_case_and_from_any_lines() {
        let lines = ["mail.example.org", "   ", "", "starttls", "Auth plain", "limits RCPTMAX=5 mailmax=20"];
        let reply = SmtpReply { code: 250, lines: lines.map(str::to_owned).to_vec() };
        assert!(reply.ehlo_capabilities().supports_feature(Extension::StartTls));
        assert!(reply.ehlo_capabilities().supports_auth_mechanism(Mechanism::Plain));
        assert_eq!(reply.mailmax_from_ehlo_reply(), Some(20));
        let nothing = SmtpReply { code: 250, lines: vec![" ".to_owned()] };
        assert!(!nothing.ehlo_capabilities().supports_feature(Extension::StartTls));
        assert_eq!(nothing.mailmax_from_ehlo_reply(), None);
    }
}
