//! Addresses that are safe to link in anybody's markup.

use crate::domain::Paper;

/// The longest address that is linked, in bytes. Discord takes 2,048 (its `OpenAPI`, `RichEmbed.url`); the rest
/// is kept so that one paper with four links always fits a Slack message.
pub(crate) const ADDRESS_BYTES_MAX: usize = 1_000;

/// Where a person reads the article that a preprint became.
pub(crate) fn article_url(paper: &Paper) -> Option<String> {
    paper.article_url().and_then(|address| safe_url(&address))
}

/// Where a person reads the paper.
pub(crate) fn safe_external_paper_url(paper: &Paper) -> Option<String> {
    paper.paper_page_urls().iter().find_map(|address| safe_url(address))
}

/// An address of somebody else's as it may be linked: of the web, with a host in plain letters, and with every
/// character percent-encoded that an address may not have or that ends a link in somebody's markup. Nothing
/// where that cannot be.
pub(crate) fn safe_url(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let scheme = ["http", "https"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let address = format!("{scheme}://{host}{}", percent_encode(path));
    (is_valid_url_host(host) && address.len() <= ADDRESS_BYTES_MAX).then_some(address)
}

/// `example.org`, `localhost:8080`.
fn is_valid_url_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    port.parse::<u16>().is_ok()
        && port.bytes().all(|b| b.is_ascii_digit())
        && name.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

/// What is behind the host, within RFC 3986 (<https://www.rfc-editor.org/rfc/rfc3986#appendix-A>); brackets
/// and stars, which markup knows, are encoded as well.
fn percent_encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    let mut fragment = false;
    for (at, byte) in path.bytes().enumerate() {
        let is_escape =
            || path.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let kept = match byte {
            b'%' => is_escape(),
            b'#' => !std::mem::replace(&mut fragment, true),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'+,;=".contains(&byte),
        };
        push_byte_or_percent_escape(&mut encoded, byte, kept);
    }
    encoded
}

/// A path from one file to another as it may be linked. Every character is encoded that is more than a part of a name in
/// an address or in markup.
pub(crate) fn path_to_link_target(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        push_byte_or_percent_escape(
            &mut encoded,
            byte,
            byte.is_ascii_alphanumeric() || b"-._~/+,=@".contains(&byte),
        );
    }
    encoded
}

fn push_byte_or_percent_escape(encoded: &mut String, byte: u8, kept: bool) {
    if kept {
        encoded.push(char::from(byte));
    } else {
        encoded.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Link, PaperId};
    use crate::render::digest_fixtures;

    #[test]
    fn an_address_ends_no_link_in_anybodys_markup() {
        for (text, address) in [
            ("https://github.com/a/b_c", Some("https://github.com/a/b_c")),
            ("HTTP://Example.org:8080", Some("http://Example.org:8080")),
            ("https://x.org/a|b>c)d]e`*", Some("https://x.org/a%7Cb%3Ec%29d%5De%60%2A")),
            ("https://x.org/?q=é%20%zz#a#b", Some("https://x.org/?q=%C3%A9%20%25zz#a%23b")),
            ("https://x.org?a=1", Some("https://x.org?a=1")),
            ("javascript:alert(1)", None),
            ("javascript://x.org/%0aalert(1)", None),
            ("https://a@evil.example/", None),
            ("https://.../x", None),
            ("https:///x", None),
            ("https://x.org:http/", None),
            ("github.com/a/b", None),
            ("", None),
        ] {
            assert_eq!(safe_url(text).as_deref(), address, "{text}");
        }
        assert_eq!(safe_url(&format!("https://x.org/{}", "é".repeat(400))), None);
    }

    #[test]
    fn a_paper_is_linked_where_it_can_be_read() {
        let mut paper = sample_digest::sample_paper("A title");
        assert_eq!(safe_external_paper_url(&paper).as_deref(), Some("https://arxiv.org/abs/2503.20246v1"));
        paper.id = PaperId::from_stored("doi:10.1000/a".to_owned());
        assert_eq!(safe_external_paper_url(&paper).as_deref(), Some("https://doi.org/10.1000/a"));
        paper.doi = Some("10.1016/S0140-6736(20)1".to_owned());
        assert_eq!(
            safe_external_paper_url(&paper).as_deref(),
            Some("https://doi.org/10.1016/S0140-6736%2820%291")
        );
        let link = |href: &str, rel: &str| Link {
            href: href.to_owned(),
            rel: Some(rel.to_owned()),
            media_type: None,
            title: None,
        };
        paper.links = vec![link("https://x.org/a.pdf", "related"), link("https://x.org/a", "alternate")];
        assert_eq!(safe_external_paper_url(&paper).as_deref(), Some("https://x.org/a"));
    }
}
