//! The tags of a page whose attributes matter: HTML as it is written, which is seldom XML.

use crate::source::xml_repair::decode_entities;

/// As many attributes of a tag as are read.
const ATTRIBUTES_MAX: usize = 64;

/// A tag that begins an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HtmlTag<'h> {
    /// As it is written, in capitals or not.
    pub(super) name: &'h str,
    attributes: Vec<(&'h str, String)>,
    /// What is behind it.
    pub(super) rest: &'h str,
}

impl HtmlTag<'_> {
    /// The value of an attribute, without white space around it; empty if it has none.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut found = self.attributes.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }
}

/// The first tag of any of these names, in capitals or not; comments are passed over.
pub(super) fn next_html_tag<'h>(mut html: &'h str, names: &[&str]) -> Option<HtmlTag<'h>> {
    loop {
        html = &html[memchr::memchr(b'<', html.as_bytes())? + 1..];
        if let Some(comment) = html.strip_prefix("!--") {
            html = &comment[comment.find("-->")?..];
            continue;
        }
        let length = html.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = &html[..length];
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let (attributes, rest) = read_attributes(&html[length..]);
            return Some(HtmlTag { name, attributes, rest });
        }
    }
}

/// The attributes up to the tag's end, and what is behind that.
fn read_attributes(mut html: &str) -> (Vec<(&str, String)>, &str) {
    let mut attributes = Vec::new();
    loop {
        html = html.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(rest) = html.strip_prefix('>') {
            return (attributes, rest);
        }
        let end =
            html.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(html.len());
        // A sign that nothing begins with, such as a `=` alone, is passed over.
        let end = if end == 0 { html.chars().next().map_or(0, char::len_utf8) } else { end };
        if end == 0 || attributes.len() == ATTRIBUTES_MAX {
            return (attributes, html);
        }
        let (name, behind) = html.split_at(end);
        let (value, behind) = match behind.trim_start().strip_prefix('=') {
            Some(value) => read_attribute_value(value.trim_start()),
            None => ("", behind),
        };
        attributes.push((name, decode_entities(value).trim().to_owned()));
        html = behind;
    }
}

fn read_attribute_value(html: &str) -> (&str, &str) {
    let quote = html.chars().next().filter(|c| matches!(c, '"' | '\''));
    match quote {
        Some(quote) => html[1..].split_once(quote).unwrap_or((&html[1..], "")),
        None => html.split_at(html.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(html.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_as_they_are_written() {
        for (html, href, title) in [
            (r#"<p><LINK REL=alternate HREF="/a?b&amp;c" title='x > y'> z"#, Some("/a?b&c"), Some("x > y")),
            ("<link href=/a/b/ title>", Some("/a/b/"), Some("")),
            ("<link title = \"t\"\n href = ' /a '/>", Some("/a"), Some("t")),
            ("<!-- <link href=/no> --><link href=/a><link title=t>", Some("/a"), None),
            ("<linked href=/no><link>", None, None),
            ("<link = href=/a title=\"no end", Some("/a"), Some("no end")),
        ] {
            let tag = next_html_tag(html, &["link"]).unwrap_or_else(|| panic!("{html}"));
            assert_eq!((tag.attribute("href"), tag.attribute("TITLE")), (href, title), "{html}");
        }
        assert_eq!(next_html_tag("<!-- <link href=/no>", &["link"]), None);
        assert_eq!(next_html_tag("<li><b>a < link", &["link"]), None);
    }
}
