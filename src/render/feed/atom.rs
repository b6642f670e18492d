//! Atom 1.0: <https://www.rfc-editor.org/rfc/rfc4287>.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::{PublishedFeed, feed_entry_id, feed_summary_of_paper, percent_encode};
use crate::domain::{PublishedFeedEntry, find_code_url};
use crate::render::chat_phrases::readable_title;
use crate::render::safe_url::{article_url, safe_external_paper_url, safe_url};

/// The feed as an Atom document.
pub fn render_atom_feed(feed: &PublishedFeed<'_>) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n",
    );
    let updated = feed.entries.iter().map(|entry| entry.version_seen).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let _ = writeln!(out, "  <title>{}</title>", escape_xml(feed.title));
    let _ = writeln!(out, "  <id>urn:paperwire:topic:{}</id>", percent_encode(feed.title));
    let _ = writeln!(out, "  <updated>{updated:.0}</updated>");
    let _ = writeln!(
        out,
        "  <generator uri=\"{}\" version=\"{}\">Paperwire</generator>",
        env!("CARGO_PKG_REPOSITORY"),
        env!("CARGO_PKG_VERSION")
    );
    out.push_str("  <rights>Thank you to arXiv for use of its open access interoperability.</rights>\n");
    for one in feed.entries {
        write_atom_entry(&mut out, one);
    }
    out.push_str("</feed>\n");
    out
}

fn write_atom_entry(out: &mut String, entry: &PublishedFeedEntry) {
    let PublishedFeedEntry { paper, first_seen, version_seen } = entry;
    let _ = writeln!(out, "  <entry>\n    <title>{}</title>", escape_xml(&readable_title(paper)));
    let _ = writeln!(out, "    <id>{}</id>", feed_entry_id(&paper.id));
    let _ = writeln!(out, "    <updated>{version_seen:.0}</updated>");
    let _ = writeln!(out, "    <published>{first_seen:.0}</published>");
    // Each entry must have an author where the feed has none.
    if paper.authors.is_empty() {
        out.push_str("    <author><name>unknown</name></author>\n");
    }
    for author in &paper.authors {
        let _ = writeln!(out, "    <author><name>{}</name></author>", escape_xml(&author.name));
    }
    for category in &paper.categories {
        let _ = writeln!(out, "    <category term=\"{}\"/>", escape_xml(&category.0));
    }
    if let Some(address) = safe_external_paper_url(paper) {
        let _ = writeln!(
            out,
            "    <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>",
            escape_xml(&address)
        );
    }
    if let Some(article) = article_url(paper) {
        let _ =
            writeln!(out, "    <link rel=\"related\" title=\"Journal\" href=\"{}\"/>", escape_xml(&article));
    }
    let code = find_code_url(&paper.abstract_.0, paper.comment.as_deref(), &[]);
    if let Some(code) = code.and_then(|code| safe_url(&code)) {
        let _ = writeln!(out, "    <link rel=\"related\" title=\"Code\" href=\"{}\"/>", escape_xml(&code));
    }
    let _ = writeln!(out, "    <summary>{}</summary>\n  </entry>", escape_xml(&feed_summary_of_paper(paper)));
}

/// A text between tags or in a quoted attribute. Characters that XML cannot have are left out:
/// <https://www.w3.org/TR/xml/#charsets>.
fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, Paper};
    use crate::render::digest_fixtures::{self, sample_feed_entry};

    #[test]
    fn a_feed_says_what_a_paper_is_and_where() {
        let entries = [sample_feed_entry(sample_digest::sample_paper("An $\\ell_2$ <b> & \"more\""))];
        insta::assert_snapshot!(render_atom_feed(&PublishedFeed { title: "Nets & <nets>", entries: &entries }), @r#"
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>Nets &amp; &lt;nets&gt;</title>
  <id>urn:paperwire:topic:Nets%20%26%20%3Cnets%3E</id>
  <updated>2025-04-02T06:15:00Z</updated>
  <generator uri="https://github.com/paperwire/paperwire" version="0.1.0">Paperwire</generator>
  <rights>Thank you to arXiv for use of its open access interoperability.</rights>
  <entry>
    <title>An ℓ₂ &lt;b&gt; &amp; &quot;more&quot;</title>
    <id>https://arxiv.org/abs/2503.20246</id>
    <updated>2025-04-02T06:15:00Z</updated>
    <published>2025-04-01T06:15:00Z</published>
    <author><name>Ada Lovelace</name></author>
    <author><name>Bo Li</name></author>
    <author><name>Cy Young</name></author>
    <author><name>Di Wu</name></author>
    <author><name>Ed Poe</name></author>
    <category term="cs.CV"/>
    <category term="cs.LG"/>
    <link rel="alternate" type="text/html" href="https://arxiv.org/abs/2503.20246v1"/>
    <link rel="related" title="Code" href="https://github.com/lab/net_2"/>
    <summary>We classify images.
Code: https://github.com/lab/net_2
Submitted 2025-03-26.</summary>
  </entry>
</feed>
"#);
    }

    #[test]
    fn a_preprint_is_linked_with_its_article() {
        let paper = Paper {
            doi: Some("10.1000/a(b)".to_owned()),
            journal_ref: Some("J. of <b> & \"c\" 12".to_owned()),
            ..sample_digest::sample_paper("A title")
        };
        let text = render_atom_feed(&PublishedFeed { title: "t", entries: &[sample_feed_entry(paper)] });
        let entry = &feed_rs::parser::parse(text.as_bytes()).unwrap().entries[0];
        let links: Vec<_> =
            entry.links.iter().map(|link| (link.rel.as_deref(), link.href.as_str())).collect();
        let article = "https://doi.org/10.1000/a%28b%29";
        assert_eq!(
            links[..2],
            [(Some("alternate"), "https://arxiv.org/abs/2503.20246v1"), (Some("related"), article)]
        );
        let summary = entry.summary.as_ref().unwrap().content.as_str();
        assert!(summary.ends_with(&format!("\nPublished in J. of <b> & \"c\" 12: {article}")), "{summary}");
    }

    #[test]
    fn an_empty_feed_and_a_paper_without_anything_are_still_read() {
        let bare = Paper {
            authors: vec![],
            categories: vec![],
            published: None,
            ..sample_digest::sample_paper("\u{1}")
        };
        for entries in [&[][..], &[sample_feed_entry(bare)][..]] {
            let text = render_atom_feed(&PublishedFeed { title: "t", entries });
            let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
            assert_eq!(feed.entries.len(), entries.len());
        }
    }

    #[test]
    fn a_reader_gets_hostile_words_as_they_are() {
        let hostile = "]]> </title> &amp; <!-- <script> \u{0}\u{b}\u{ffff} é \u{1f600} ]]>";
        let mut paper = sample_digest::sample_paper(hostile);
        paper.authors = vec![Author { name: hostile.to_owned(), affiliations: vec![] }];
        let text = render_atom_feed(&PublishedFeed { title: hostile, entries: &[sample_feed_entry(paper)] });
        let document = roxmltree::Document::parse(&text).unwrap();
        let words: Vec<_> = document
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.w3.org/2005/Atom", "title")))
            .map(|node| node.text().unwrap())
            .collect();
        let kept = "]]> </title> &amp; <!-- <script>  é \u{1f600} ]]>";
        assert_eq!(words, [kept, kept]);
    }
}
