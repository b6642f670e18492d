//! One topic's table of papers, byte for byte as the lists have it that people already keep.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::Offset;

use super::single_line::SingleLine;
use super::{cell_escaping, chat_phrases, title_escaping};
use crate::domain::{Column, Paper, PaperLink, find_code_url, is_estimated};

/// How many characters a comment may have that is shown without a fold.
const COMMENT_CHARS: usize = 20;

/// How many characters of a longer comment are its summary.
const SUMMARY_CHARS: usize = 5;

/// What the link is called that leads to the article as which a row's paper appeared.
pub(super) const ARTICLE: &str = "Published";

/// What a row has in addition to its texts, in bytes.
const ROW_BYTES: usize = 256;

/// One paper as a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Where its title leads; none if the source gave no address.
    pub link: Option<PaperLink>,
    /// The paper's title.
    pub title: SingleLine,
    /// The day of this version, UTC; none if the row was read from a table and does not say.
    pub date: Option<Date>,
    /// The paper's abstract.
    pub abstract_: SingleLine,
    /// The authors' comment; an empty one is none.
    pub comment: Option<SingleLine>,
    /// The address of its code repository: http or https.
    pub code_link: Option<String>,
    /// Where the article is as which it appeared after it was known.
    pub article_link: Option<String>,
    /// What only columns have that a list may ask for.
    pub optional: OptionalCells,
}

/// What a row has for the columns that are not among the usual ones; empty if it was read from a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OptionalCells {
    /// The first authors, and how many more there are.
    pub authors: SingleLine,
    /// The primary category.
    pub category: SingleLine,
    /// The day of the first version, UTC.
    pub published: Option<Date>,
}

impl TableRow {
    /// About how long its text is, in bytes.
    fn estimated_bytes(&self) -> usize {
        let comment = self.comment.as_ref().map_or(0, |comment| comment.as_str().len());
        // The beginning of a comment is there twice; escapes make some texts longer.
        ROW_BYTES + (self.title.as_str().len() + self.abstract_.as_str().len() + comment) * 11 / 10
    }

    /// The paper's row. Code on GitHub counts, and on these hosts.
    pub fn from_paper(paper: Paper, other_hosts: &[String]) -> Self {
        let link = PaperLink::from_paper(&paper);
        let optional = OptionalCells::from_paper(&paper);
        // Of a paper that came with its article the row is as it always was.
        let article_link = paper.later_article.is_some().then(|| paper.article_url()).flatten();
        let abstract_ = paper.abstract_.into_one_line();
        Self {
            link,
            title: SingleLine::from_owned_text(paper.title),
            date: (!is_estimated(paper.updated)).then(|| Offset::UTC.to_datetime(paper.updated).date()),
            code_link: find_code_url(&abstract_, paper.comment.as_deref(), other_hosts),
            article_link,
            abstract_: SingleLine::from_owned_text(abstract_),
            comment: paper.comment.map(SingleLine::from_owned_text).filter(|comment| !comment.is_empty()),
            optional,
        }
    }
}

impl OptionalCells {
    fn from_paper(paper: &Paper) -> Self {
        Self {
            authors: SingleLine::from_owned_text(
                chat_phrases::author_phrase(&paper.authors).unwrap_or_default(),
            ),
            category: paper.primary.as_ref().map(|primary| SingleLine::new(&primary.0)).unwrap_or_default(),
            published: paper.published.map(|published| Offset::UTC.to_datetime(published).date()),
        }
    }
}

/// The whole block: heading, blank line, header and rule, the rows in the order given, blank line.
/// Any text is safe in any cell.
pub fn render_table(topic: &str, columns: &[Column], rows: &[TableRow]) -> String {
    let mut table = TableWriter::begin_table(topic, columns);
    table.text.reserve_exact(rows.iter().map(TableRow::estimated_bytes).sum());
    for row in rows {
        table.add_row(row);
    }
    table.finish()
}

/// Writes one topic's table row by row.
#[derive(Debug)]
pub struct TableWriter<'c> {
    columns: &'c [Column],
    text: String,
}

impl<'c> TableWriter<'c> {
    /// A table without rows so far.
    pub fn begin_table(topic: &str, columns: &'c [Column]) -> Self {
        let mut text = String::new();
        title_escaping::write_heading(&mut text, &SingleLine::new(topic));
        text.push_str("\n\n|");
        for column in columns {
            text.extend([" **", column.name(), "** |"]);
        }
        text.push_str("\n|");
        text.push_str(&" --- |".repeat(columns.len()));
        text.push('\n');
        Self { columns, text }
    }

    /// Adds a row below the others.
    pub fn add_row(&mut self, row: &TableRow) {
        write_row(&mut self.text, self.columns, row);
    }

    /// Adds a row that is written already.
    pub fn add_rendered_row(&mut self, row: &str) {
        self.text.push_str(row);
    }

    /// How long its text is so far, in bytes.
    pub fn byte_count(&self) -> usize {
        self.text.len()
    }

    /// The whole block.
    pub fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }
}

/// One row of a table, a whole line.
pub fn render_row(columns: &[Column], row: &TableRow) -> String {
    let mut text = String::with_capacity(row.estimated_bytes());
    write_row(&mut text, columns, row);
    text
}

fn write_row(out: &mut String, columns: &[Column], row: &TableRow) {
    out.push('|');
    for column in columns {
        out.push(' ');
        write_cell(out, *column, row);
        out.push_str(" |");
    }
    out.push('\n');
}

fn write_cell(out: &mut String, column: Column, row: &TableRow) {
    match column {
        Column::Title => {
            out.push_str("**");
            write_linked_title(out, row);
            out.push_str("**");
            if has_article_link(row) {
                out.push(' ');
                write_article_link(out, row, ARTICLE);
            }
        }
        Column::Date => row.date.iter().for_each(|day| {
            let _ = write!(out, "{day}");
        }),
        Column::Abstract => write_html_details(out, "Show", &row.abstract_),
        Column::Comment => row.comment.iter().for_each(|comment| write_comment_cell(out, comment)),
        Column::CodeRepository if has_code_link(row) => write_code_link(out, row, "Code Link"),
        Column::CodeRepository => out.push_str("None"),
        Column::Authors => cell_escaping::write_cell(out, &row.optional.authors),
        Column::Category => cell_escaping::write_cell(out, &row.optional.category),
        Column::Published => row.optional.published.iter().for_each(|day| {
            let _ = write!(out, "{day}");
        }),
        Column::Pdf => write_pdf_link(out, row),
    }
}

fn write_pdf_link(out: &mut String, row: &TableRow) {
    if let Some(address) = row.link.as_ref().and_then(PaperLink::pdf_url) {
        let _ = write!(out, "[PDF]({address})");
    }
}

/// Whether a row links code.
pub(super) fn has_code_link(row: &TableRow) -> bool {
    row.code_link.as_deref().is_some_and(is_http_url)
}

/// Whether a row links the article as which its paper appeared.
pub(super) fn has_article_link(row: &TableRow) -> bool {
    row.article_link.as_deref().is_some_and(is_http_url)
}

/// Writes the link to a row's code, where it has one.
pub(super) fn write_code_link(out: &mut String, row: &TableRow, words: &str) {
    write_link(out, row.code_link.as_deref(), words);
}

/// Writes the link to the article as which a row's paper appeared, where it has one.
pub(super) fn write_article_link(out: &mut String, row: &TableRow, words: &str) {
    write_link(out, row.article_link.as_deref(), words);
}

fn write_link(out: &mut String, link: Option<&str>, words: &str) {
    if let Some(link) = link.filter(|link| is_http_url(link)) {
        out.extend(["[", words, "]("]);
        write_link_target(out, link);
        out.push(')');
    }
}

/// Writes a row's title, as a link where it leads anywhere.
pub(super) fn write_linked_title(out: &mut String, row: &TableRow) {
    let Some(link) = row.link.as_ref().filter(|link| is_http_url(&link.address)) else {
        return title_escaping::write_escaped_title(out, &row.title);
    };
    out.push('[');
    title_escaping::write_escaped_title(out, &row.title);
    out.push_str("](");
    write_link_target(out, &link.address);
    out.push(')');
}

fn write_html_details(out: &mut String, summary: &str, text: &SingleLine) {
    out.push_str("<details><summary>");
    out.push_str(summary);
    out.push_str("</summary><p>");
    cell_escaping::write_cell(out, text);
    out.push_str("</p></details>");
}

fn write_comment_cell(out: &mut String, comment: &SingleLine) {
    if comment.as_str().chars().nth(COMMENT_CHARS).is_none() {
        return cell_escaping::write_cell(out, comment);
    }
    let end = comment.as_str().char_indices().nth(SUMMARY_CHARS).map_or(0, |(at, _)| at);
    let mut summary = String::new();
    cell_escaping::write_escaped_details_summary(&mut summary, &comment.as_str()[..end]);
    summary.push_str("...");
    write_html_details(out, &summary, comment);
}

/// Writes an address as the target of a link, which no character of it can end.
fn write_link_target(out: &mut String, address: &str) {
    for byte in address.bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'\\' | b'|' | b'`' | b'"' | b'{' | b'}' => {
                let _ = write!(out, "%{byte:02X}");
            }
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// Whether an address may be made a link: a script's or a file's may not.
pub(super) fn is_http_url(address: &str) -> bool {
    let is_scheme =
        |scheme: &str| address.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme));
    is_scheme("https://") || is_scheme("http://")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper_fixture::paper_with_only_id;
    use crate::domain::{Abstract, ArticleOfPreprint, ArxivId, Link, PaperId};

    fn paper_with_id(id: PaperId) -> Paper {
        Paper {
            title: "Titles  of\nPapers".into(),
            abstract_: Abstract("One.\nTwo: github.com/ada/engine".into()),
            updated: "2025-03-25T23:30:00-01:00".parse().unwrap(),
            comment: Some(" ".into()),
            ..paper_with_only_id(id)
        }
    }

    fn rendered_row_line(row: &TableRow) -> String {
        let table = render_table("T", &Column::USUAL, std::slice::from_ref(row));
        table.lines().nth(4).unwrap().to_owned()
    }

    #[test]
    fn a_paper_is_one_row() {
        let (id, _) = ArxivId::parse_with_version("2503.20246").unwrap();
        assert_eq!(
            rendered_row_line(&TableRow::from_paper(paper_with_id(PaperId::from_arxiv_id(&id)), &[])),
            "| **[Titles of Papers](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 \
             | <details><summary>Show</summary><p>One. Two: github.com/ada/engine</p></details> |  \
             | [Code Link](http://github.com/ada/engine) |"
        );
    }

    #[test]
    fn a_paper_that_is_not_arxivs_leads_to_its_doi_or_its_own_page() {
        let doi = paper_with_id(PaperId::from_stored("doi:10.1000/1".into()));
        let page = |href: &str| Paper {
            links: vec![Link { href: href.into(), rel: None, media_type: None, title: None }],
            ..paper_with_id(
                PaperId::from_link(href).unwrap_or_else(|| PaperId::from_stored("tag:example.org,1".into())),
            )
        };
        for (paper, title) in [
            (doi, "**[Titles of Papers](https://doi.org/10.1000/1)**"),
            (page("https://example.org/1"), "**[Titles of Papers](https://example.org/1)**"),
            (page("javascript:alert(1)"), "**Titles of Papers**"),
        ] {
            let row = rendered_row_line(&TableRow::from_paper(paper, &[]));
            assert!(row.starts_with(&format!("| {title} | ")), "{row}");
        }
    }

    #[test]
    fn an_article_that_came_later_is_linked_behind_the_title() {
        let (id, _) = ArxivId::parse_with_version("2503.20246").unwrap();
        let later = |doi: &str| ArticleOfPreprint { doi: Some(doi.into()), journal_ref: None };
        for (doi, later_article, behind) in [
            (Some("10.1000/a"), None, ""),
            (
                Some("10.1000/a"),
                Some(ArticleOfPreprint::default()),
                " [Published](https://doi.org/10.1000/a)",
            ),
            (None, Some(later("10.1000/b")), " [Published](https://doi.org/10.1000/b)"),
            (None, Some(ArticleOfPreprint::default()), ""),
            (
                Some("10.1000/x)|<b>`](http://e.vil)[y](z"),
                Some(ArticleOfPreprint::default()),
                " [Published](https://doi.org/10.1000/x%29%7C%3Cb%3E%60%5D%28http://e.vil%29%5By%5D%28z)",
            ),
        ] {
            let paper = Paper {
                doi: doi.map(str::to_owned),
                later_article,
                ..paper_with_id(PaperId::from_arxiv_id(&id))
            };
            let row = rendered_row_line(&TableRow::from_paper(paper, &[]));
            let title = format!("| **[Titles of Papers](http://arxiv.org/abs/2503.20246v1)**{behind} | 2025");
            assert!(row.starts_with(&title), "{row}");
            let table = format!("| **Title** | **Date** |\n| --- | --- |\n{row}\n");
            let read = crate::render::parse_paper_rows(&table);
            assert_eq!(read[0].link.as_ref().unwrap().paper, PaperId::from_arxiv_id(&id));
            assert_eq!(read[0].article_link.is_some(), !behind.is_empty());
        }
    }

    #[test]
    fn a_comment_over_twenty_characters_is_folded() {
        let (id, _) = ArxivId::parse_with_version("2503.20246").unwrap();
        for (comment, cell) in [
            ("", ""),
            ("twenty characters, 1", "twenty characters, 1"),
            ("twénty chäracters, 1", "twénty chäracters, 1"),
            (
                "twénty chäracters, 12",
                "<details><summary>twént...</summary><p>twénty chäracters, 12</p></details>",
            ),
        ] {
            let paper = Paper { comment: Some(comment.into()), ..paper_with_id(PaperId::from_arxiv_id(&id)) };
            let row = rendered_row_line(&TableRow::from_paper(paper, &[]));
            assert!(row.contains(&format!("</details> | {cell} | [Code Link]")), "{row}");
        }
    }

    #[test]
    fn a_table_without_rows_is_header_and_rule_alone() {
        assert_eq!(
            render_table("T", &Column::USUAL, &[]),
            "## T\n\n| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |\n| --- | --- | --- | --- | --- |\n\n"
        );
    }
}
