//! The address of a page, in the one form in which it is compared.

use std::fmt::Write as _;

/// An http or https address in the form in which two that lead to the same page are equal, as far as that is certain;
/// none if it is no such address. The page is the same over http and over https, and however its characters are encoded.
pub(super) fn normalize_url(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    let host = [":80", ":443"].iter().find_map(|port| host.strip_suffix(port)).unwrap_or(&host);
    if host.is_empty() || host.contains(char::is_whitespace) {
        return None;
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("https://{host}{slash}{}", normalize_percent_encoding(path)))
}

/// What is behind the host, with each character encoded that ends a link in somebody's markup; what is encoded is in
/// capitals, and what needs no encoding is not: <https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2>.
fn normalize_percent_encoding(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    let mut bytes = path.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        let hex = path.get(at + 1..at + 3).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match (byte, hex) {
            (b'%', Some(hex)) => {
                let plain = u8::from_str_radix(hex, 16).ok().filter(|byte| is_unreserved(*byte));
                match plain {
                    Some(plain) => encoded.push(char::from(plain)),
                    None => encoded.extend(["%", &hex.to_ascii_uppercase()]),
                }
                bytes.nth(1);
            }
            (byte, _) if is_link_terminator(byte) => {
                let _ = write!(encoded, "%{byte:02X}");
            }
            (byte, _) => encoded.push(char::from(byte)),
        }
    }
    encoded
}

/// What an address has the same meaning with, encoded or not: <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn is_link_terminator(byte: u8) -> bool {
    !byte.is_ascii_graphic() || b"()<>[]\\|`\"{}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_address_however_it_is_written() {
        for (text, address) in [
            ("https://example.org/1", "https://example.org/1"),
            ("HTTP://Example.org:80/A", "https://example.org/A"),
            ("https://example.org", "https://example.org/"),
            ("https://example.org?a=1&b=2#c", "https://example.org/?a=1&b=2#c"),
            ("https://example.org/a(b)|é%2f%zz", "https://example.org/a%28b%29%7C%C3%A9%2F%zz"),
            ("https://example.org/a%28b%29%7C%C3%A9%2F%zz", "https://example.org/a%28b%29%7C%C3%A9%2F%zz"),
            ("https://example.org/%7Eada/%41%2d%5F", "https://example.org/~ada/A-_"),
            ("ftp://example.org/1", ""),
            ("javascript:alert(1)", ""),
            ("https:///1", ""),
            ("a b://c", ""),
            ("example.org/1", ""),
        ] {
            assert_eq!(normalize_url(text).unwrap_or_default(), address, "{text}");
        }
    }
}
