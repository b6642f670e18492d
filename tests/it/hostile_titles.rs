//! Papers whose words are out to break a list, from arXiv's XML to the list on the disk, which is then read by an
//! independent renderer of GitHub's Markdown.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use paperwire::domain::{Abstract, Paper};

use crate::support::fake_arxiv::page::{AtomPage, entry_xml, sample_paper};
use crate::support::fake_arxiv::{ArxivReply, AtomDialect, FakeArxiv};
use crate::support::sample_papers::{versioned_id, versioned_ids};
use crate::support::test_env::{LATER, NOW, TOPIC, TestEnv};

/// Words that break a row, a link, a page or a reader, or try to.
fn hostile_texts() -> Vec<String> {
    let mut words: Vec<String> = [
        "a | b || c |",
        "back\\|slash and \\\\| two, ends in one \\",
        "](http://evil.example) and [a](javascript:alert(1))",
        "![pixel](http://evil.example/p.png)",
        "<script>alert(1)</script>",
        "</p></details></td></tr></table>",
        "<details open ontoggle=alert(1)>",
        "<!-- paperwire:end Image Classification -->",
        "<!-- paperwire:begin Image Classification -->",
        "<!-- never closed",
        "<http://evil.example> <a@b.example>",
        "p<0.05, x<y>z, <3 < 4",
        "`code` and ``more` and `a|b`",
        "```",
        "*a* **b** _c_ __d__ ~~e~~ a** b **c",
        "$x_1 < y$ and $a|b$, 5 $ of *it*",
        "&amp; &lt;b&gt; &#64;octocat &copy; R&D",
        "@octocat (@octocat) R@1, #1 GH-3 owner/repo#2",
        "# heading",
        "- [ ] item",
        "> quote",
        "1. one",
        "| --- | --- |",
        "www.example.org http://example.org/x?a=1&b=2 mail@example.org",
        "שלום | עולם, مرحبا, 你好*世界*",
        "\u{202E}override\u{202C} \u{2066}isolate\u{2069} \u{200F}mark",
        "zero\u{200B}width\u{200D}join\u{FEFF}mark",
        "tab\there\nline\r\nline\u{85}line\u{2028}line\u{2029}end\u{7f}\u{9b}",
        "\u{1F469}\u{200D}\u{1F4BB} e\u{301} \u{10FFFD}",
    ]
    .map(str::to_owned)
    .into();
    words.extend(
        ["x", "| ", "](", "<b>", "`", "*a", "\\", "[", "@a "].map(|unit| unit.repeat(10_000 / unit.len())),
    );
    words
}

fn hostile_papers() -> Vec<Paper> {
    let hostile = hostile_texts();
    let papers = hostile.iter().enumerate().map(|(n, words)| Paper {
        title: words.clone(),
        abstract_: Abstract(words.clone()),
        comment: Some(words.clone()),
        ..sample_paper(n)
    });
    papers.collect()
}

/// What a reader sees of a text: one line, without what has no width or runs the others round.
fn visible_text(text: &str) -> String {
    let is_unseen =
        |c: char| c == '\u{200B}' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text = text.replace(is_unseen, "").replace(char::is_control, " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A cell as it is rendered.
#[derive(Debug, Default)]
struct RenderedTableCell {
    text: String,
    links: Vec<String>,
    tags: Vec<String>,
    has_image: bool,
}

/// The rows of the list's one table, and nothing else may are in the list but its own frame.
fn render_table_rows(list: &str) -> Vec<Vec<RenderedTableCell>> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    let arena = Arena::new();
    let blocks: Vec<_> = parse_document(&arena, list, &options).children().collect();
    let kinds: Vec<_> = blocks.iter().map(|block| node_kind(&block.data().value)).collect();
    assert_eq!(kinds, ["heading", "text", "comment", "heading", "table", "comment"], "{list}");
    let rows = blocks[4].children().skip(1);
    rows.map(|row| row.children().map(render_cell).collect()).collect()
}

fn node_kind(block: &NodeValue) -> &'static str {
    match block {
        NodeValue::Heading(_) => "heading",
        NodeValue::Paragraph => "text",
        NodeValue::HtmlBlock(html) if html.literal.starts_with("<!-- paperwire:") => "comment",
        NodeValue::Table(_) => "table",
        _ => "another",
    }
}

fn render_cell<'a>(node: &'a AstNode<'a>) -> RenderedTableCell {
    let mut cell = RenderedTableCell::default();
    for node in node.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => cell.text.push_str(text),
            NodeValue::Code(code) => cell.text.push_str(&code.literal),
            NodeValue::HtmlInline(tag) => cell.tags.push(tag.clone()),
            NodeValue::Link(link) => cell.links.push(link.url.clone()),
            NodeValue::Image(_) => cell.has_image = true,
            _ => {}
        }
    }
    cell
}

fn assert_list_is_intact(list: &str, papers: &[Paper]) {
    const FOLD: [&str; 6] = ["<details>", "<summary>", "</summary>", "<p>", "</p>", "</details>"];
    let rows = render_table_rows(list);
    assert_eq!(rows.len(), papers.len(), "{list}");
    for (row, paper) in rows.iter().zip(papers) {
        let [title, date, abstract_, comment, code] = &row[..] else { panic!("five cells: {row:?}") };
        assert_eq!(visible_text(&title.text), visible_text(&paper.title));
        assert_eq!(title.links, [format!("http://arxiv.org/abs/{}", versioned_id(paper))], "{title:?}");
        assert!(title.tags.is_empty(), "{title:?}");
        assert_eq!(date.text, paper.updated.to_string()[..10]);
        assert_eq!(abstract_.tags, FOLD, "{abstract_:?}");
        assert!(comment.tags.is_empty() || comment.tags == FOLD, "{comment:?}");
        assert_eq!((code.text.as_str(), code.links.len()), ("None", 0));
        for cell in [abstract_, comment] {
            assert!(
                cell.links.iter().all(|link| cell
                    .text
                    .contains(link.trim_start_matches("mailto:").trim_start_matches("http://"))),
                "{cell:?}"
            );
        }
        assert!(row.iter().all(|cell| !cell.has_image), "{row:?}");
        assert!(row.iter().all(|cell| !cell.text.contains(['\u{202E}', '\u{2066}', '\u{7f}', '\u{9b}'])));
    }
}

#[test]
fn hostile_words_stay_in_their_cells_and_render_as_themselves() {
    for dialect in AtomDialect::ALL {
        let papers = hostile_papers();
        let fake = FakeArxiv::serve_papers(papers.clone());
        fake.set_dialect(dialect);
        let env = TestEnv::with_arxiv(&fake);
        assert_eq!(env.run_once_without_failure(NOW).only_topic().seeded, papers.len() as u64);
        assert_list_is_intact(&env.list_text(), &papers);
        let print = env.list_file_id();
        env.run_once_without_failure(LATER);
        assert_eq!(env.list_file_id(), print, "and a second turn finds its own markers again");
    }
}

#[test]
fn hostile_words_are_read_back_out_of_a_list_as_they_were() {
    let papers = hostile_papers();
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let again = TestEnv::with_arxiv(&fake);
    again.write_list(&env.list_text());
    let imported = again.run_program(&["import", "README.md"]);
    assert!(imported.status.success(), "{imported:?}");
    let answer = again.run_once_without_failure(LATER);
    assert_eq!((answer.status_and_counts(), answer.only_list().changed), (("quiet", 0, 0, 0), false));
    assert_eq!(again.list_rows(), versioned_ids(&papers));
}

/// XML forbids most control characters. Who sends them all the same may be refused, but breaks nothing.
#[test]
fn a_control_character_in_the_xml_breaks_no_row() {
    for control in ["\u{1}", "\u{1b}[2J", "\u{8}", "\u{0}", "&#1;", "&#27;", "&#x9f;", "&#10;", "\u{FFFE}"] {
        let marked = Paper { title: "be CONTROL fore".to_owned(), ..sample_paper(0) };
        let page = AtomPage {
            dialect: AtomDialect::Current,
            stamp: "2025-03-26T18:00:00Z".parse().unwrap(),
            query: String::new(),
            total: 1,
            start: 0,
            max_results: 200,
            entries: vec![entry_xml(&marked, AtomDialect::Current)],
        };
        let fake = FakeArxiv::serve_papers(vec![sample_paper(0)]);
        let body = page.to_xml().replace("CONTROL", control).into_bytes();
        fake.reply_next([ArxivReply::Status { code: 200, headers: Vec::new(), body }]);
        let env = TestEnv::with_arxiv(&fake).with_patience("1s");
        let answer = env.run_once(NOW);
        if answer.status == 0 {
            let rows = render_table_rows(&env.list_text());
            let [row] = &rows[..] else { panic!("{control:?}: one row: {rows:?}") };
            assert_eq!(row.len(), 5, "{control:?}");
            let title = &row[0].text;
            assert!(title.starts_with("be ") && title.ends_with(" fore"), "{control:?}: {title:?}");
            assert!(!title.contains(char::is_control), "{control:?}: {title:?}");
        } else {
            assert!(!answer.reason().is_empty() && !answer.reason().contains(char::is_control), "{answer:?}");
        }
    }
}

#[test]
fn a_topic_of_hostile_words_keeps_its_own_table() {
    for name in ["C #", "a *b* `c` [d](e) <f> &amp;", "x | y", TOPIC] {
        let fake = FakeArxiv::serve_papers(vec![sample_paper(0), sample_paper(1)]);
        let env = TestEnv::with_arxiv(&fake).with_topics(&[(name, "all:x"), ("Other", "all:y")]);
        env.run_once_without_failure(NOW);
        assert_eq!(env.list_rows().len(), 4, "{name}");
        let print = env.list_file_id();
        env.run_once_without_failure(LATER);
        assert_eq!(env.list_file_id(), print, "{name}");
    }
}
