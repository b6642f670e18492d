//! The cells of a table as comrak renders them, an independent renderer of GitHub's Markdown.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

/// What a reader is shown in one cell, and what it is made of.
#[derive(Debug)]
pub(super) struct RenderedCell {
    /// All text in it.
    pub(super) text: String,
    /// Its text outside links and code, where GitHub looks for names and numbers, each piece of it alone.
    pub(super) open_text: String,
    pub(super) links: Vec<(String, String)>,
    pub(super) tags: Vec<String>,
    /// Any node but those above.
    pub(super) others: Vec<String>,
}

fn markdown_options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.render.r#unsafe = true;
    options
}

/// The heading and the cells of a text that must be one heading and one table.
pub(super) fn render_cells(markdown: &str) -> (String, Vec<Vec<RenderedCell>>) {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &markdown_options());
    let blocks: Vec<_> = root.children().collect();
    assert_eq!(blocks.len(), 2, "a heading and a table: {markdown}");
    assert!(matches!(blocks[0].data().value, NodeValue::Heading(_)), "{markdown}");
    assert!(matches!(blocks[1].data().value, NodeValue::Table(_)), "{markdown}");
    let rows = blocks[1].children().map(|row| row.children().map(rendered_cell).collect()).collect();
    (rendered_cell(blocks[0]).text, rows)
}

fn rendered_cell<'a>(node: &'a AstNode<'a>) -> RenderedCell {
    let mut cell = RenderedCell {
        text: String::new(),
        open_text: String::new(),
        links: Vec::new(),
        tags: Vec::new(),
        others: Vec::new(),
    };
    for child in node.children() {
        collect_text(child, &mut cell, false);
    }
    cell
}

fn collect_text<'a>(node: &'a AstNode<'a>, cell: &mut RenderedCell, is_in_link: bool) {
    let mut is_link = false;
    match &node.data().value {
        NodeValue::Text(text) => {
            cell.text.push_str(text);
            cell.open_text.push_str(if is_in_link { "\n" } else { text });
        }
        NodeValue::Code(code) => {
            cell.text.push_str(&code.literal);
            cell.others.push("code".into());
            cell.open_text.push('\n');
        }
        NodeValue::HtmlInline(tag) => {
            cell.tags.push(tag.clone());
            cell.open_text.push('\n');
        }
        NodeValue::Link(link) => {
            is_link = true;
            cell.links.push((cell_text(node), link.url.clone()));
        }
        NodeValue::Strong => cell.others.push("strong".into()),
        other => cell.others.push(format!("{other:?}")),
    }
    if node.first_child().is_some() {
        cell.open_text.push('\n');
        for child in node.children() {
            collect_text(child, cell, is_in_link || is_link);
        }
        cell.open_text.push('\n');
    }
}

fn cell_text<'a>(node: &'a AstNode<'a>) -> String {
    rendered_cell(node).text
}
