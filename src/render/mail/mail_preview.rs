//! A rendered mail read back, for a person to look at before it goes.

use mailparse::{MailHeaderMap as _, ParsedMail};

/// What a reader of the mail sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPreview {
    /// When it was composed, in seconds since 1970.
    pub date: i64,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML page.
    pub html: String,
}

/// Reads a mail that this module rendered; none if the bytes are something else.
pub fn parse_mail(mail: &[u8]) -> Option<MailPreview> {
    let mail = mailparse::parse_mail(mail).ok()?;
    Some(MailPreview {
        date: mailparse::dateparse(&mail.headers.get_first_value("Date")?).ok()?,
        subject: mail.headers.get_first_value("Subject")?,
        text: decode_part_of_media_type(&mail, "text/plain")?,
        html: decode_part_of_media_type(&mail, "text/html")?,
    })
}

/// The first part of this type.
fn decode_part_of_media_type(mail: &ParsedMail<'_>, media_type: &str) -> Option<String> {
    let part = mail.parts().find(|part| part.ctype.mimetype == media_type)?;
    part.get_body().ok().map(|text| text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bodies_and_the_subject_are_read_and_other_bytes_are_refused() {
        let mail = "Date: Thu, 27 Mar 2025 08:00:00 +0100\r\nSubject: =?utf-8?q?1_new_paper_=E2=80=93_x?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             a=3Db\r\nc\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>a</p>\r\n--b--\r\n";
        let look = parse_mail(mail.as_bytes()).unwrap();
        assert_eq!(look.date, 1_743_058_800);
        assert_eq!(look.subject, "1 new paper – x");
        assert_eq!(look.text.trim_end(), "a=b\nc");
        assert_eq!(look.html.trim_end(), "<p>a</p>");
        assert_eq!(parse_mail(b"{\"text\": \"chat\"}"), None);
    }
}
