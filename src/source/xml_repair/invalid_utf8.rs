//! Text that is UTF-8 but for some bytes.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

/// The text of these bytes, and how many of them are not UTF-8. Only those are read as Windows-1252, which is what a
/// program writes that does not know of UTF-8: <https://encoding.spec.whatwg.org/#names-and-labels>.
pub(in crate::source) fn decode_utf8_with_stray_bytes(bytes: &[u8]) -> (Cow<'_, str>, usize) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), 0);
    }
    let (mut text, mut strays) = (String::with_capacity(bytes.len()), 0);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        strays += chunk.invalid().len();
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    (Cow::Owned(text), strays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bytes_that_are_not_utf8_are_read_as_windows_1252() {
        for (bytes, text, strays) in [
            (&b"plain"[..], "plain", 0),
            ("Caf\u{e9}".as_bytes(), "Café", 0),
            (b"Caf\xe9", "Café", 1),
            (b"\x93Caf\xe9\x94 and Caf\xc3\xa9", "“Café” and Café", 3),
            (b"\xff", "ÿ", 1),
        ] {
            assert_eq!(decode_utf8_with_stray_bytes(bytes), (Cow::Borrowed(text), strays));
        }
    }
}
