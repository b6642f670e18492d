//! The formats in which the publishers write their feeds.

use jiff::Timestamp;
use serde_json::json;

/// One item of a feed.
#[derive(Debug, Clone, Default)]
pub(super) struct WrittenItem {
    pub(super) guid: Option<String>,
    pub(super) link: String,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) text: String,
    pub(super) date: Timestamp,
    pub(super) doi: Option<String>,
    /// In what `dc:identifier` has next to the DOI.
    pub(super) identifier: Option<String>,
    /// The volume of its journal, once it has one.
    pub(super) volume: Option<i64>,
}

const NAMESPACES: &str = "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
     xmlns:prism=\"http://prismstandard.org/namespaces/basic/2.0/\"";

/// RSS 2.0 with this XML declaration, if any.
pub(super) fn rss(declaration: &str, items: &[WrittenItem]) -> String {
    let items: String = items.iter().map(rss_item).collect();
    format!(
        "{declaration}<rss version=\"2.0\" {NAMESPACES}><channel><title>A journal</title>\
         <link>http://journal.example.org/</link>{items}</channel></rss>"
    )
}

fn rss_item(item: &WrittenItem) -> String {
    let guid = item.guid.as_ref().map(|guid| format!("<guid isPermaLink=\"false\">{guid}</guid>"));
    let date = item.date.strftime("%a, %d %b %Y %H:%M:%S GMT");
    format!("<item>{}{}<pubDate>{date}</pubDate></item>", common(item), guid.unwrap_or_default())
}

/// What RSS of both kinds has.
fn common(item: &WrittenItem) -> String {
    let WrittenItem { title, author, text, link, doi, identifier, volume, .. } = item;
    let link = link.replace('&', "&amp;");
    let journal = "<prism:publicationName>A Journal</prism:publicationName>";
    let doi = doi.as_ref().map(|doi| format!("<prism:doi>{doi}</prism:doi>{journal}"));
    let identifier = identifier.as_ref().map(|id| format!("<dc:identifier>{id}</dc:identifier>"));
    let volume = volume.map(|volume| format!("<prism:volume>{volume}</prism:volume>"));
    let more = [doi, identifier, volume].into_iter().flatten().collect::<String>();
    format!(
        "<title>{title}</title><link>{link}</link><dc:creator>{author}</dc:creator>\
         <description>{text}</description>{more}"
    )
}

/// RSS 1.0.
pub(super) fn rdf(items: &[WrittenItem]) -> String {
    let items = items.iter().map(|item| {
        format!("<item rdf:about=\"{}\">{}<dc:date>{}</dc:date></item>", item.link, common(item), item.date)
    });
    format!(
        "<rdf:RDF xmlns=\"http://purl.org/rss/1.0/\" xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" {NAMESPACES}>\
         <channel rdf:about=\"http://journal.example.org/\"><title>A journal</title>\
         <link>http://journal.example.org/</link></channel>{}</rdf:RDF>",
        items.collect::<String>()
    )
}

pub(super) fn atom(items: &[WrittenItem]) -> String {
    let entries = items.iter().map(|item| {
        let WrittenItem { title, author, text, link, date, .. } = item;
        let id = item.guid.as_deref().unwrap_or_default();
        format!(
            "<entry><id>{id}</id><title>{title}</title><link href=\"{link}\"/><author><name>{author}</name></author>\
             <summary>{text}</summary><published>{date}</published><updated>{date}</updated></entry>"
        )
    });
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>urn:journal</id><title>A journal</title>\
         <updated>2025-03-01T00:00:00Z</updated>{}</feed>",
        entries.collect::<String>()
    )
}

/// A JSON Feed in which every item has this id.
pub(super) fn json_with_one_id(id: &str, items: &[WrittenItem]) -> String {
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            json!({
                "id": id, "url": item.link, "title": item.title, "content_text": item.text,
                "authors": [{ "name": item.author }], "date_published": item.date.to_string(),
            })
        })
        .collect();
    json!({ "version": "https://jsonfeed.org/version/1.1", "title": "A journal", "items": items }).to_string()
}
