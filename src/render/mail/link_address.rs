//! Foreign addresses made fit to be linked in a mail.

use crate::domain::percent_encode;

/// The longest address that is linked, in bytes. Longer ones are no help to a reader.
pub(super) const ADDRESS_BYTES_MAX: usize = 500;

/// An `http` or `https` address in ASCII, fit for an attribute and for a line of its own; none for anything
/// else, or if it names a user before its host, as only a disguise does.
pub(super) fn sanitize_address(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let known = scheme == "https" || scheme == "http";
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if !known || host.is_empty() || !host.chars().all(plain) {
        return None;
    }
    let scheme =
        if host == "arxiv.org" || host.ends_with(".arxiv.org") { "https".to_owned() } else { scheme };
    let is_kept = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    let address = format!("{scheme}://{}", percent_encode(rest, is_kept));
    (address.len() <= ADDRESS_BYTES_MAX).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_honest_web_address_is_linked() {
        for (text, linked) in [
            ("https://github.com/a/b", Some("https://github.com/a/b")),
            ("http://arxiv.org/pdf/2503.20246v1", Some("https://arxiv.org/pdf/2503.20246v1")),
            ("HTTP://x.org/a b\"><script>", Some("http://x.org/a%20b%22%3E%3Cscript%3E")),
            ("https://x.org/ü?q={1}", Some("https://x.org/%C3%BC?q=%7B1%7D")),
            ("javascript://x.org/%0aalert(1)", None),
            ("javascript:alert(1)", None),
            ("https://github.com@evil.example/", None),
            ("https://gіthub.com/a", None),
            ("https:///x", None),
            ("data:text/html,x", None),
        ] {
            assert_eq!(sanitize_address(text).as_deref(), linked, "{text}");
        }
        assert_eq!(sanitize_address(&format!("https://x.org/{}", "a".repeat(600))), None);
    }
}
