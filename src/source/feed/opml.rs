//! Lists of feeds in OPML, by which readers of feeds hand them to each other: <https://opml.org/spec2.opml>.
//!
//! What programs write of it is seldom whole XML: bare `&`, other capitals, folders in folders. All of it that is a feed is
//! read. What is written is exact.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::{Timestamp, fmt::rfc2822};
use quick_xml::escape::escape;

use super::charset_decoding::decode_body;
use super::html_tag::{HtmlTag, next_html_tag};
use crate::domain::sanitize_to_visible_line;

/// What is ours in a file that everybody may read has a namespace.
const NAMESPACE: &str = "https://github.com/paperwire/paperwire#opml";

/// Who reads more feeds than that has another program.
const FEEDS_MAX: usize = 10_000;

/// A feed of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpmlFeed {
    /// One line; empty if the list gives it no name.
    pub title: String,
    /// As it is written: it may be none.
    pub address: String,
    /// Which of its items are kept: what the configuration calls `keep`, if the list was written by this program.
    pub keep: Option<String>,
    /// How often it is polled: what the configuration calls `every`, likewise.
    pub every: Option<String>,
}

/// Why a file is no list of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpmlError {
    /// Something else.
    #[error("this is no OPML: a list of feeds begins with <opml …>")]
    NotOpml,
    /// OPML of something else.
    #[error("this OPML has no feed in it: an <outline> with an xmlUrl is one")]
    NoFeed,
    /// Longer than any list of a person.
    #[error("this list has more than {FEEDS_MAX} feeds")]
    TooLong,
}

/// The feeds of a list, in its order, whichever folder they are in.
pub fn read_opml(bytes: &[u8]) -> Result<Vec<OpmlFeed>, OpmlError> {
    let decoded = decode_body(Cow::Borrowed(bytes), None).map_err(|_| OpmlError::NotOpml)?;
    let mut rest = next_html_tag(&decoded.text, &["opml", "outline"]).ok_or(OpmlError::NotOpml)?;
    let mut feeds = Vec::new();
    loop {
        feeds.extend(read_outline(&rest));
        if feeds.len() > FEEDS_MAX {
            return Err(OpmlError::TooLong);
        }
        match next_html_tag(rest.rest, &["outline"]) {
            Some(next) => rest = next,
            None if feeds.is_empty() => return Err(OpmlError::NoFeed),
            None => return Ok(feeds),
        }
    }
}

fn read_outline(tag: &HtmlTag<'_>) -> Option<OpmlFeed> {
    let is_feed = |kind: &&str| ["rss", "atom", "feed"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    // Some have the address in `url`, where OPML has those of pages.
    let other = || tag.attribute("url").filter(|_| tag.attribute("type").as_ref().is_some_and(is_feed));
    let address = tag.attribute("xmlUrl").or_else(other).filter(|address| !address.is_empty())?;
    let title =
        ["title", "text"].iter().filter_map(|name| tag.attribute(name)).find(|title| !title.is_empty());
    let own = |name: &str| tag.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
    Some(OpmlFeed {
        title: title.map(sanitize_to_visible_line).unwrap_or_default(),
        address: address.to_owned(),
        keep: own("paperwire:keep"),
        every: own("paperwire:every"),
    })
}

/// A list of these feeds, whole and exact; `now` is when it was made.
pub fn write_opml(feeds: &[OpmlFeed], now: Timestamp) -> String {
    // A date of four digits, which every present has.
    let created = rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" xmlns:paperwire=\"{NAMESPACE}\">\n  <head>\n    \
         <title>Feeds of paperwire</title>\n    <dateCreated>{created}</dateCreated>\n  </head>\n  <body>\n"
    );
    for feed in feeds {
        let title = escape(feed.title.as_str());
        let address = escape(feed.address.as_str());
        // A text takes what is written.
        let _ =
            write!(text, "    <outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{address}\"");
        for (name, value) in [("keep", &feed.keep), ("every", &feed.every)] {
            if let Some(value) = value {
                let _ = write!(text, " paperwire:{name}=\"{}\"", escape(value.as_str()));
            }
        }
        text += "/>\n";
    }
    text + "  </body>\n</opml>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(title: &str, address: &str) -> OpmlFeed {
        OpmlFeed { title: title.to_owned(), address: address.to_owned(), keep: None, every: None }
    }

    #[test]
    fn what_other_programs_write_is_read() {
        let text = r#"<?xml version="1.0" encoding="ISO-8859-1"?><OPML version="1.1"><head><title>x</title></head><body>
            <outline text="Folder" title="Folder"><outline text="A & B" type="rss" xmlurl="https://a.example.org/?x=1&y=2">
            <outline text='C &lt;i&gt;d&lt;/i&gt;' title="" xmlUrl='https://c.example.org/&amp;c' htmlUrl="https://c.example.org/"/>
            </outline></outline><!-- <outline xmlUrl="https://no.example.org/"/> -->
            <outline type="link" url="https://page.example.org/"/><outline type="RSS" url="https://e.example.org/"/>
            <outline xmlUrl="  "/><outline type="include" url="https://more.example.org/list.opml"/>"#;
        let mut latin1 = text.as_bytes().to_vec();
        latin1.extend(b"<outline text=\"\xe9\" xmlUrl=\"https://f.example.org/\"/></body>");
        assert_eq!(
            read_opml(&latin1).unwrap(),
            [
                feed("A & B", "https://a.example.org/?x=1&y=2"),
                feed("C <i>d</i>", "https://c.example.org/&c"),
                feed("", "https://e.example.org/"),
                feed("é", "https://f.example.org/"),
            ]
        );
    }

    #[test]
    fn what_is_no_list_of_feeds_is_refused() {
        for (text, error) in [
            ("", OpmlError::NotOpml),
            ("<html><body>x</body></html>", OpmlError::NotOpml),
            ("{\"feeds\": []}", OpmlError::NotOpml),
            ("<opml version=\"2.0\"><body><outline text=\"x\"/></body></opml>", OpmlError::NoFeed),
        ] {
            assert_eq!(read_opml(text.as_bytes()), Err(error), "{text}");
        }
        let many = "<outline xmlUrl='x'>".repeat(FEEDS_MAX + 1);
        assert_eq!(read_opml(many.as_bytes()), Err(OpmlError::TooLong));
    }

    #[test]
    fn what_is_written_is_xml_and_reads_as_it_was() {
        let feeds = [
            OpmlFeed {
                keep: Some("all".to_owned()),
                every: Some("6h".to_owned()),
                ..feed("<b> & \"q\" 'a'", "https://a.example.org/?x=1&y=2")
            },
            feed("日本語", "https://b.example.org/"),
        ];
        let text = write_opml(&feeds, "2026-11-22T08:00:00Z".parse().unwrap());
        let xml = roxmltree::Document::parse(&text).unwrap();
        let created = xml.descendants().find(|node| node.has_tag_name("dateCreated")).unwrap();
        assert_eq!(created.text(), Some("Sun, 22 Nov 2026 08:00:00 +0000"));
        let outlines = xml.descendants().filter(|node| node.has_tag_name("outline"));
        let titles: Vec<_> = outlines.map(|node| node.attribute("text").unwrap()).collect();
        assert_eq!(titles, feeds.iter().map(|feed| feed.title.as_str()).collect::<Vec<_>>());
        assert_eq!(read_opml(text.as_bytes()).unwrap(), [feeds[0].clone(), feeds[1].clone()]);
    }
}
