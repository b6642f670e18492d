//! The envelope: headers, MIME parts, and the identities that make a repeated message recognisable.
//!
//! What is foreign reaches a header only cleaned, so that it cannot end it; the structured headers
//! (Message-ID, `List-*`) are made of ASCII alone, as Gmail and Apple Mail ignore them when encoded.

use jiff::Zoned;
use lettre::message::header::{self, ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use ring::digest::{Context, SHA256};

use super::content::MailContent;
use super::error::MailRenderError;
use super::rendered_mail::MailMessage;
use super::sender_and_links::{MailRenderSettings, UnsubscribeLink};
use super::truncation::truncate_at_word;
use crate::render::safe_url::safe_url;

/// What the headers of a message may take of its weight; each of them is bounded, and a test adds them up.
pub(super) const HEADERS_BYTES_MAX: usize = 8_000;

/// The longest address in a header.
const ADDRESS_BYTES_MAX: usize = 500;

/// How much of a display name is shown.
const DISPLAY_CHARS_MAX: usize = 80;

/// How much of a subscription's name is in the List-Id.
const LABEL_BYTES_MAX: usize = 40;

/// How many bytes of a SHA-256 make an id: enough that no two are ever the same.
const ID_BYTES: usize = 16;

/// A name, if there is one, and an address in ASCII.
#[derive(Debug, Clone)]
pub(super) struct NamedMailAddress {
    name: Option<String>,
    address: lettre::Address,
}

/// What is the same on all messages of one digest.
#[derive(Debug)]
pub(super) struct MailHeaders {
    from: NamedMailAddress,
    date: String,
    list_id: String,
    unsubscribe: Option<UnsubscribeLink>,
    /// What the ids of the messages are made of, before recipient and part.
    id_parts: Vec<String>,
}

impl NamedMailAddress {
    /// Reads `Ada <ada@example.org>`, `"Lovelace, Ada" <ada@example.org>` or the bare address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (unquote_display_name(name), address),
            None => (String::new(), text),
        };
        let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>,;\"".contains(&byte));
        let address = address.parse().ok().filter(|_| plain)?;
        let name = truncate_at_word(&name, DISPLAY_CHARS_MAX);
        Some(Self { name: (!name.is_empty()).then_some(name), address })
    }

    fn to_lettre(&self) -> lettre::message::Mailbox {
        lettre::message::Mailbox::new(self.name.clone(), self.address.clone())
    }

    /// The address's domain as the right side of an id.
    fn message_id_domain(&self) -> String {
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
        let domain: String = self.address.domain().chars().map(plain).collect();
        domain.trim_matches(['-', '.']).to_owned()
    }
}

impl MailHeaders {
    /// The letterhead of one digest, whose identity within the store is given. Refuses settings that no
    /// mail can carry.
    pub(super) fn new(
        settings: &MailRenderSettings,
        subscription: &str,
        identity: &[&str],
        composed: &Zoned,
    ) -> Result<Self, MailRenderError> {
        let from = NamedMailAddress::parse(&settings.from).ok_or(MailRenderError::Sender)?;
        settings.list.as_deref().map_or(Ok(()), |list| check_https("list", list))?;
        settings.unsubscribe.as_ref().map_or(Ok(()), check_unsubscribe)?;
        let stored = std::iter::once(settings.store_id.as_str());
        Ok(Self {
            date: jiff::fmt::rfc2822::to_string(composed).map_err(MailRenderError::Date)?,
            list_id: list_id(&settings.store_id, subscription, &from.message_id_domain()),
            unsubscribe: settings.unsubscribe.clone(),
            id_parts: stored.chain(identity.iter().copied()).map(str::to_owned).collect(),
            from,
        })
    }

    /// The MIME content of a part, with its Content-Type, which is the same for all recipients.
    pub(super) fn encode_mime_content(&self, page: &MailContent) -> Vec<u8> {
        // `=_` cannot occur in quoted-printable text, so the boundary cannot either (RFC 2045, 6.7).
        let boundary = format!("=_{}", self.mail_id_hash(&["boundary", &page.part.number.to_string()]));
        multipart_alternative(page, &boundary)
    }

    /// One message: the content of a part under the headers for one recipient.
    pub(super) fn build_mail_message(
        &self,
        to: &NamedMailAddress,
        page: &MailContent,
        content: &[u8],
    ) -> MailMessage {
        let message_id = self.message_id(to, page.part.number);
        let mut headers = header::Headers::new();
        headers.set(header::From::from(lettre::message::Mailboxes::from(self.from.to_lettre())));
        headers.set(header::To::from(lettre::message::Mailboxes::from(to.to_lettre())));
        // ASCII that looks like an encoded word would be decoded by the reader.
        headers.set(header::Subject::from(page.subject.replace("=?", "= ?")));
        headers.set(header::MIME_VERSION_1_0);
        let mut set = |name, value| headers.insert_raw(HeaderValue::new(name, value));
        set(HeaderName::new_from_ascii_str("Date"), self.date.clone());
        set(HeaderName::new_from_ascii_str("Message-ID"), message_id.clone());
        if page.part.number > 1 {
            let first = self.message_id(to, 1);
            set(HeaderName::new_from_ascii_str("In-Reply-To"), first.clone());
            set(HeaderName::new_from_ascii_str("References"), first);
        }
        set(HeaderName::new_from_ascii_str("List-Id"), self.list_id.clone());
        self.set_unsubscribe_headers(&mut set);
        // RFC 3834: nobody's absence notice is to answer this.
        set(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        set(HeaderName::new_from_ascii_str("Precedence"), "bulk".to_owned());
        let mut bytes = headers.to_string().into_bytes();
        bytes.extend_from_slice(content);
        MailMessage { recipient: to.address.to_string(), part: page.part, message_id, bytes }
    }

    /// RFC 2369, and RFC 8058's one click where there is an address that answers it.
    fn set_unsubscribe_headers(&self, set: &mut impl FnMut(HeaderName, String)) {
        let Some(way) = &self.unsubscribe else { return };
        set(HeaderName::new_from_ascii_str("List-Unsubscribe"), format!("<{}>", way.unsubscribe_uri()));
        match way {
            UnsubscribeLink::Https(_) => {
                let one_click = "List-Unsubscribe=One-Click".to_owned();
                set(HeaderName::new_from_ascii_str("List-Unsubscribe-Post"), one_click);
            }
            UnsubscribeLink::Mailto(_) => {}
        }
    }

    fn message_id(&self, to: &NamedMailAddress, part: u32) -> String {
        let hash = self.mail_id_hash(&["message", to.address.as_ref(), &part.to_string()]);
        format!("<paperwire.{hash}@{}>", self.from.message_id_domain())
    }

    fn mail_id_hash(&self, of: &[&str]) -> String {
        hash_parts(self.id_parts.iter().map(String::as_str).chain(of.iter().copied()))
    }
}

/// Text first, then HTML: a reader shows the last that it can (RFC 2046, 5.1.4).
fn multipart_alternative(page: &MailContent, boundary: &str) -> Vec<u8> {
    let part = |content_type, text: &str| {
        SinglePart::builder()
            .header(content_type)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(text.to_owned())
    };
    MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &page.text))
        .singlepart(part(ContentType::TEXT_HTML, &page.html))
        .formatted()
}

/// How many bytes a text of whole lines takes in a message.
pub(super) fn quoted_printable_len(text: &str) -> usize {
    let encoded =
        lettre::message::Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable);
    encoded.expect("quoted-printable encodes every text").len()
}

/// How many bytes the MIME content of a page takes.
pub(super) fn mime_content_len(page: &MailContent) -> usize {
    multipart_alternative(page, &format!("=_{}", hash_parts(std::iter::empty()))).len()
}

/// RFC 2919: `"lab" <lab.1f3a….example.org>`. The name only if it needs no encoding.
fn list_id(store_id: &str, subscription: &str, domain: &str) -> String {
    let hash = hash_parts([store_id, "list", subscription].into_iter());
    let label: String =
        subscription.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let label =
        label.to_ascii_lowercase().split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let label = if label.is_empty() { "paperwire" } else { &label[..label.len().min(LABEL_BYTES_MAX)] };
    let name = truncate_at_word(subscription, DISPLAY_CHARS_MAX);
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_.,:/()&+".contains(c);
    let name =
        if name.is_empty() || !name.chars().all(plain) { String::new() } else { format!("\"{name}\" ") };
    format!("{name}<{}.{}.{domain}>", label.trim_end_matches('-'), &hash[..12])
}

/// The first half of the SHA-256 of the parts, none of which can run into the next.
fn hash_parts<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut sha = Context::new(&SHA256);
    for part in parts {
        sha.update(&(part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    let whole = sha.finish();
    whole.as_ref().iter().take(ID_BYTES).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A display name without the quotes around it.
fn unquote_display_name(name: &str) -> String {
    let name = name.trim();
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    }
}

fn check_https(key: &'static str, text: &str) -> Result<(), MailRenderError> {
    let is_fine = text.starts_with("https://") && is_plain_header_url(text) && safe_url(text).is_some();
    is_fine.then_some(()).ok_or(MailRenderError::Link {
        key,
        wanted: "an address like https://example.org/list",
        bytes_max: ADDRESS_BYTES_MAX,
    })
}

fn check_unsubscribe(way: &UnsubscribeLink) -> Result<(), MailRenderError> {
    match way {
        UnsubscribeLink::Https(https) => check_https("unsubscribe", https),
        UnsubscribeLink::Mailto(mailto) => check_mailto(mailto),
    }
}

/// Whether an address stands in a header as it is.
fn is_plain_header_url(address: &str) -> bool {
    address.len() <= ADDRESS_BYTES_MAX
        && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte))
}

fn check_mailto(text: &str) -> Result<(), MailRenderError> {
    let to = text.strip_prefix("mailto:").map(|to| to.split('?').next().unwrap_or_default());
    let is_fine = is_plain_header_url(text) && to.is_some_and(|to| NamedMailAddress::parse(to).is_some());
    let wanted = "an address like https://example.org/leave or mailto:leave@example.org";
    is_fine.then_some(()).ok_or(MailRenderError::Link {
        key: "unsubscribe",
        wanted,
        bytes_max: ADDRESS_BYTES_MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_read_with_and_without_its_name() {
        for (text, name, address) in [
            ("papers@example.org", None, "papers@example.org"),
            ("Paperwire <papers@example.org>", Some("Paperwire"), "papers@example.org"),
            ("\"Ångström, B. \\\"Bo\\\"\" <a@b.org>", Some("Ångström, B. \"Bo\""), "a@b.org"),
            ("Å, B. <a@localhost>", Some("Å, B."), "a@localhost"),
            (" <a@[127.0.0.1]> ", None, "a@[127.0.0.1]"),
            ("x\r\nBcc: y <a@b.org>", Some("x Bcc: y"), "a@b.org"),
        ] {
            let mailbox = NamedMailAddress::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((mailbox.name.as_deref(), mailbox.address.as_ref()), (name, address));
        }
        for text in [
            "",
            "ada",
            "ada@",
            "a@b.org, c@d.org",
            "a@b.org\r\nBcc: c@d.org",
            "ä@b.org",
            "a@bücher.de",
            "<a@b>x",
        ] {
            assert!(NamedMailAddress::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_list_id_is_ascii_and_tells_stores_and_subscriptions_apart() {
        let id = list_id("s", "Vision (lab)", "example.org");
        assert!(id.starts_with("\"Vision (lab)\" <vision-lab.") && id.ends_with(".example.org>"), "{id}");
        let id = list_id("s", "Bücher\r\nX: y", "example.org");
        assert!(id.starts_with("<b-cher-x-y.") && id.is_ascii() && !id.contains('\n'), "{id}");
        assert!(list_id("s", "字", "localhost").starts_with("<paperwire."));
        assert_ne!(list_id("s", "a b", "x"), list_id("s", "a-b", "x"));
        assert_ne!(list_id("s", "a", "x"), list_id("t", "a", "x"));
    }

    #[test]
    fn parts_of_an_identity_do_not_run_into_each_other() {
        assert_ne!(hash_parts(["ab", "c"].into_iter()), hash_parts(["a", "bc"].into_iter()));
    }
}
