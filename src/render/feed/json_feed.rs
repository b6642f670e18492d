//! JSON Feed 1.1: <https://www.jsonfeed.org/version/1.1/>.

use serde::Serialize;

use super::{PublishedFeed, feed_entry_id, feed_summary_of_paper};
use crate::domain::{PublishedFeedEntry, find_code_url};
use crate::render::chat_phrases::readable_title;
use crate::render::safe_url::{safe_external_paper_url, safe_url};

#[derive(Serialize)]
struct PublishedJsonFeed<'a> {
    version: &'static str,
    title: &'a str,
    description: &'static str,
    language: &'static str,
    items: Vec<ServedJsonFeedItem<'a>>,
}

#[derive(Serialize)]
struct ServedJsonFeedItem<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_url: Option<String>,
    title: String,
    content_text: String,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<JsonFeedAuthor<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonFeedAuthor<'a> {
    name: &'a str,
}

/// The feed as a JSON Feed, ended by a line's end.
pub fn json_feed(feed: &PublishedFeed<'_>) -> String {
    let document = PublishedJsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: feed.title,
        description: "Thank you to arXiv for use of its open access interoperability.",
        language: "en",
        items: feed.entries.iter().map(json_feed_item).collect(),
    };
    let text = serde_json::to_string(&document).expect("texts and lists of texts always have a JSON form");
    text + "\n"
}

fn json_feed_item(entry: &PublishedFeedEntry) -> ServedJsonFeedItem<'_> {
    let PublishedFeedEntry { paper, first_seen, version_seen } = entry;
    let code = find_code_url(&paper.abstract_.0, paper.comment.as_deref(), &[]);
    ServedJsonFeedItem {
        id: feed_entry_id(&paper.id),
        url: safe_external_paper_url(paper),
        external_url: code.and_then(|code| safe_url(&code)),
        title: readable_title(paper).into_owned(),
        content_text: feed_summary_of_paper(paper),
        date_published: format!("{first_seen:.0}"),
        date_modified: format!("{version_seen:.0}"),
        authors: paper.authors.iter().map(|author| JsonFeedAuthor { name: &author.name }).collect(),
        tags: paper.categories.iter().map(|category| category.0.as_str()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::digest_fixtures::{self, sample_feed_entry};

    #[test]
    fn a_feed_says_what_a_paper_is_and_where() {
        let entries = [sample_feed_entry(sample_digest::sample_paper("An $\\ell_2$ <b> & \"more\""))];
        insta::assert_snapshot!(json_feed(&PublishedFeed { title: "Nets & <nets>", entries: &entries }), @r#"
{"version":"https://jsonfeed.org/version/1.1","title":"Nets & <nets>","description":"Thank you to arXiv for use of its open access interoperability.","language":"en","items":[{"id":"https://arxiv.org/abs/2503.20246","url":"https://arxiv.org/abs/2503.20246v1","external_url":"https://github.com/lab/net_2","title":"An ℓ₂ <b> & \"more\"","content_text":"We classify images.\nCode: https://github.com/lab/net_2\nSubmitted 2025-03-26.","date_published":"2025-04-01T06:15:00Z","date_modified":"2025-04-02T06:15:00Z","authors":[{"name":"Ada Lovelace"},{"name":"Bo Li"},{"name":"Cy Young"},{"name":"Di Wu"},{"name":"Ed Poe"}],"tags":["cs.CV","cs.LG"]}]}
"#);
    }

    #[test]
    fn another_reader_finds_it_all() {
        let entries = ["One", ""].map(|title| sample_feed_entry(sample_digest::sample_paper(title)));
        let text = json_feed(&PublishedFeed { title: "Nets", entries: &entries });
        let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
        assert_eq!(feed.title.unwrap().content, "Nets");
        assert_eq!(feed.entries.len(), 2);
        assert_eq!(feed.entries[0].authors.len(), 5);
        assert_eq!(feed.entries[1].title.as_ref().unwrap().content, "arxiv:2503.20246");
    }
}
