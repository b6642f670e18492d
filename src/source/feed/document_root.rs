//! What is before the root of a document: a declaration, a DOCTYPE, a server's warnings; and whether it is a feed at all.

use super::error::FeedError;
use super::html_text::one_line;

/// How far junk before a feed may reach.
const JUNK_BYTES_MAX: usize = 64 * 1024;

/// As much of a page as is searched for what kind of page it is.
const PAGE_BYTES: usize = 64 * 1024;

/// As much of a name or a title as a message shows.
const EXCERPT_CHARS: usize = 60;

/// What only a page has that wants to see a person.
const CHALLENGES: [&str; 14] = [
    "just a moment",
    "challenge-platform",
    "_cf_chl",
    "cf-chl",
    "attention required",
    "checking your browser",
    "verify you are human",
    "are you a robot",
    "ddos-guard",
    "px-captcha",
    "g-recaptcha",
    "h-captcha",
    "incapsula",
    "making sure you&#39;re not a bot",
];

/// A document from its root on.
#[derive(Debug)]
pub(super) enum XmlOrJsonDocument<'t> {
    Xml(&'t str),
    Json(&'t str),
}

/// Finds the root of a feed. What is not a feed is refused with its name.
pub(super) fn find_feed_root<'t>(
    text: &'t str,
    notes: &mut Vec<String>,
) -> Result<XmlOrJsonDocument<'t>, FeedError> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    match text.chars().next() {
        None => return Err(FeedError::Empty),
        Some('{') => return Ok(XmlOrJsonDocument::Json(text)),
        Some('[') => return Err(FeedError::NotAFeed("a JSON list".to_owned())),
        Some(_) => {}
    }
    let root = skip_prolog(text)?;
    match root_element_name(root) {
        Some(name) if is_feed_root(&name) => return Ok(XmlOrJsonDocument::Xml(root)),
        Some(name) if name == "html" => return Err(html_page_error(text)),
        Some(_) | None => {}
    }
    let Some(root) = root_behind_junk(text) else { return Err(not_a_feed_error(text, root)) };
    notes.push("text before the feed was skipped".to_owned());
    Ok(XmlOrJsonDocument::Xml(skip_prolog(root)?))
}

/// Skips the declaration, instructions, comments and a DOCTYPE without declarations of its own.
fn skip_prolog(mut text: &str) -> Result<&str, FeedError> {
    loop {
        text = text.trim_start();
        let end = if text.starts_with("<?") {
            "?>"
        } else if text.starts_with("<!--") {
            "-->"
        } else if has_prefix_ignoring_case(text, "<!doctype") {
            let end = text.find('>').unwrap_or(text.len());
            if has_prefix_ignoring_case(text["<!doctype".len()..].trim_start(), "html") {
                return Err(html_page_error(text));
            }
            if text[..end].contains('[') {
                return Err(FeedError::InternalSubset);
            }
            ">"
        } else {
            return Ok(text);
        };
        let Some(at) = text.find(end) else { return Err(FeedError::CutOff(text.len())) };
        text = &text[at + end.len()..];
    }
}

fn has_prefix_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// The local name of the element that a text begins with, in lower case.
fn root_element_name(text: &str) -> Option<String> {
    let tag = text.strip_prefix('<')?;
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(tag.len());
    let name = tag[..end].rsplit(':').next()?;
    (!name.is_empty() && name.len() <= EXCERPT_CHARS).then(|| name.to_ascii_lowercase())
}

fn is_feed_root(name: &str) -> bool {
    matches!(name, "rss" | "rdf" | "feed" | "channel")
}

fn root_behind_junk(text: &str) -> Option<&str> {
    let head = &text.as_bytes()[..text.len().min(JUNK_BYTES_MAX)];
    memchr::memchr_iter(b'<', head).map(|at| &text[at..]).find(|rest| {
        rest.starts_with("<?xml ")
            || root_element_name(rest).is_some_and(|name| is_feed_root(&name) && name != "channel")
    })
}

fn not_a_feed_error(text: &str, root: &str) -> FeedError {
    let head = beginning_of_page(text).to_ascii_lowercase();
    if ["<html", "<body", "</div>", "</script>"].iter().any(|sign| head.contains(sign)) {
        return html_page_error(text);
    }
    FeedError::NotAFeed(match root_element_name(root) {
        Some(name) => format!("XML whose root is <{name}>"),
        None => format!("text that begins with `{}`", feed_text_excerpt(text)),
    })
}

fn html_page_error(text: &str) -> FeedError {
    let head = beginning_of_page(text);
    let lower = head.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let start = at + lower[at..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        Some(feed_text_excerpt(&one_line(&head[start..end])))
    });
    let title = title.unwrap_or_default();
    if CHALLENGES.iter().any(|sign| lower.contains(sign)) {
        FeedError::ChallengePage(title)
    } else {
        FeedError::HtmlPage(title)
    }
}

fn beginning_of_page(text: &str) -> &str {
    &text[..text.floor_char_boundary(PAGE_BYTES)]
}

/// The beginning of a text as a part of a message: one line, nothing that a terminal obeys.
pub(super) fn feed_text_excerpt(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(EXCERPT_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_feed_is_refused_by_its_name() {
        for (text, says) in [
            ("", "the answer is empty"),
            (" \n", "the answer is empty"),
            (
                "<!DOCTYPE html><title>Sign in &amp; read</title>",
                "an HTML page (`Sign in & read`), not a feed",
            ),
            ("<?xml version=\"1.0\"?>\n<html xmlns=\"x\"><body/></html>", "an HTML page, not a feed"),
            (
                "<!doctype HTML><html><head><title>Just a moment...</title>",
                "a challenge page (`Just a moment...`), which asks for a person and a browser, not a feed",
            ),
            ("<div>x</div>", "an HTML page, not a feed"),
            ("<opml version=\"2.0\"/>", "XML whose root is <opml>, not a feed"),
            ("[{\"id\":1}]", "a JSON list, not a feed"),
            ("Rate exceeded.", "text that begins with `Rate exceeded.`, not a feed"),
            ("<?xml version", "the feed is cut off after 13 bytes"),
            (
                "<!DOCTYPE rss [<!ENTITY a \"b\">]><rss/>",
                "the feed is not read: its DOCTYPE declares entities of its own, which are never expanded",
            ),
        ] {
            let error = find_feed_root(text, &mut Vec::new()).unwrap_err();
            assert_eq!(error.to_string(), says, "{text}");
        }
    }

    #[test]
    fn a_feed_begins_at_its_root() {
        for (text, notes) in [
            ("<rss/>", 0),
            ("\u{feff} <?xml version=\"1.0\"?><?xml-stylesheet href=\"x\"?><!-- <rss> --><rss/>", 0),
            ("<!DOCTYPE rss PUBLIC \"-//Netscape\" \"http://my.netscape.com/rss-0.91.dtd\"><rss/>", 0),
            ("<br />\n<b>Warning</b>: foo in bar.php<br />\n<?xml version=\"1.0\"?><rss/>", 1),
            ("PHP Notice: x\n<rss/>", 1),
        ] {
            let mut noted = Vec::new();
            let found = find_feed_root(text, &mut noted).unwrap();
            assert!(matches!(found, XmlOrJsonDocument::Xml("<rss/>")), "{text}: {found:?}");
            assert_eq!(noted.len(), notes, "{text}");
        }
    }
}
