//! The entities of HTML, which XML does not know and its writers use.

use std::borrow::Cow;

/// An address or a name with its entities decoded.
pub(in crate::source) fn decode_entities(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    decode_entities_into(text, |text| decoded.push_str(text));
    Cow::Owned(decoded)
}

/// Writes a text piece by piece, with its entities decoded.
pub(in crate::source) fn decode_entities_into(text: &str, mut write: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        write(&rest[..at]);
        rest = &rest[at..];
        let end = memchr::memchr2(b'&', b';', &rest.as_bytes()[1..]).map_or(rest.len(), |at| at + 1);
        // A `;` belongs to it; another `&` is the next one.
        let end = if rest[end..].starts_with(';') { end + 1 } else { end };
        match &rest[..end] {
            "&amp;" => write("&"),
            "&lt;" => write("<"),
            "&gt;" => write(">"),
            "&quot;" => write("\""),
            "&nbsp;" => write("\u{a0}"),
            entity => write(&html_escape::decode_html_entities(entity)),
        }
        rest = &rest[end..];
    }
    write(rest);
}
