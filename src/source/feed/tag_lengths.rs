//! How long the tags of a document are.

use super::error::FeedError;

/// A picture may be in an attribute.
const TAG_BYTES_MAX: usize = 4 << 20;

/// Refuses a document with a tag that is longer than any: the reader keeps names and namespaces of open elements a second time.
pub(super) fn check_xml_tag_lengths(text: &str) -> Result<(), FeedError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'<', &bytes[at..]) {
        at += next;
        let rest = &bytes[at..];
        let length = if rest.starts_with(b"<![CDATA[") {
            memchr::memmem::find(rest, b"]]>")
        } else if rest.starts_with(b"<!--") {
            memchr::memmem::find(rest, b"-->")
        } else {
            let length = memchr::memchr(b'>', rest);
            if length.unwrap_or(rest.len()) > TAG_BYTES_MAX {
                let mib = TAG_BYTES_MAX >> 20;
                return Err(FeedError::PastLimit(format!("a tag has more than {mib} MiB")));
            }
            length
        };
        // What has no end is found by the reader.
        let Some(length) = length else { return Ok(()) };
        at += length;
    }
    Ok(())
}
