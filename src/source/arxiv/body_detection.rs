//! What a body is before its XML is read: nothing, plain text, HTML, another encoding, or perhaps a feed.

use std::borrow::Cow;

use super::clean_text::sanitize_line;
use crate::domain::{FetchError, FetchErrorKind};
use crate::source::xml_repair::decode_utf8_with_stray_bytes;

/// How much of a body that is no feed is shown; enough for `Rate exceeded.` or a gateway's title.
const QUOTE_CHARS: usize = 60;

/// How much of a body is looked at for the quote; a character has at most four bytes, white space and
/// what is hidden may be between.
const QUOTE_BYTES: usize = 1024;

/// No larger page is mended, which takes as much memory again, several times. arXiv's of 2,000 results have some 5 MB.
pub(super) const REPAIRED_BYTES_MAX: usize = 6 << 20;

/// The body as text that may be XML, and how many of its bytes are not UTF-8.
pub(super) fn body_as_xml(body: &[u8]) -> Result<(Cow<'_, str>, usize), FetchError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let start = body.trim_ascii_start();
    if start.is_empty() {
        return Err(not_a_feed_error(format!("the body is empty ({} bytes)", body.len())));
    }
    if start[0] != b'<' {
        return Err(not_a_feed_error(format!("no XML but \"{}\"", quote_beginning(start))));
    }
    if begins_with(start, b"<!doctype html") || begins_with(start, b"<html") {
        return Err(not_a_feed_error(format!("an HTML page, not a feed: \"{}\"", quote_beginning(start))));
    }
    if body.len() > REPAIRED_BYTES_MAX {
        let text = std::str::from_utf8(body).map_err(|error| {
            let (at, all) = (error.valid_up_to(), body.len());
            broken_xml_error(format!("the XML is not UTF-8 at byte {at} of {all}"))
        })?;
        return Ok((Cow::Borrowed(text), 0));
    }
    Ok(decode_utf8_with_stray_bytes(body))
}

/// The first visible characters of a body, as a message may have them.
pub(super) fn quote_beginning(body: &[u8]) -> String {
    sanitize_line(&String::from_utf8_lossy(&body[..body.len().min(QUOTE_BYTES)]), QUOTE_CHARS)
}

/// Another answer than the asked one. It may pass: a gateway, a portal, an overload.
pub(super) fn not_a_feed_error(words: String) -> FetchError {
    FetchError::transient(FetchErrorKind::NotAFeed, words)
}

/// XML that cannot be trusted. It may pass: most often the connection or a cache lost a part.
pub(super) fn broken_xml_error(words: String) -> FetchError {
    FetchError::transient(FetchErrorKind::BrokenXml, words)
}

fn begins_with(text: &[u8], lower: &[u8]) -> bool {
    text.get(..lower.len()).is_some_and(|head| head.eq_ignore_ascii_case(lower))
}
