//! Bytes that an address cannot have: <https://www.rfc-editor.org/rfc/rfc3986#section-2.1>.

use std::fmt::Write as _;

/// A text with each of its bytes percent-encoded but those that are kept, which are ASCII.
pub fn percent_encode(text: impl AsRef<[u8]>, is_kept: impl Fn(u8) -> bool) -> String {
    text.as_ref().iter().fold(String::new(), |mut encoded, &byte| {
        if byte.is_ascii() && is_kept(byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
