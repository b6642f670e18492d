//! The tables of papers that a Markdown text has, our own and those of other programs and hands.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;
use memchr::memchr_iter;

use super::code_fence::CodeFence;
use super::row_link_parser::{
    TitleLink, last_link, paper_links_of_rows, parse_title_cell, split_article_link,
};
use super::single_line::SingleLine;
use super::table::{OptionalCells, TableRow, is_web_address};
use super::{cell_text, markdown_title};
use crate::domain::PaperLink;

/// A header with more columns is no table of papers; the widest known has six.
const COLUMNS_MAX: usize = 16;

/// A table of papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownTable {
    /// The text of the heading above it.
    pub heading: Option<String>,
    /// The line of its header, from 1.
    pub line: usize,
    /// Its rows, in their order.
    pub rows: Vec<TableRow>,
    /// What stands in it and could not be read as a paper.
    pub invalid_rows: Vec<InvalidTableRow>,
}

/// A row that could not be read as a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTableRow {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong with it and what would be right, in words.
    pub reason: String,
}

/// Every table of papers in a Markdown text: those whose header names a title and a date. The columns
/// may stand in any order; abstract, comment and code may be missing, others are passed over.
pub fn read_tables(text: &str) -> Vec<MarkdownTable> {
    let mut tables = Vec::new();
    let mut heading = None;
    let mut fence = CodeFence::default();
    let mut lines = (1..).zip(text.strip_prefix('\u{feff}').unwrap_or(text).lines()).peekable();
    while let Some((number, line)) = lines.next() {
        if fence.is_code_after(line) {
            continue;
        }
        if let Some(words) = heading_text(line) {
            heading = Some(words);
        }
        let Some(columns) = ColumnPositions::from_header(line) else { continue };
        if lines.next_if(|(_, line)| is_delimiter_row(line)).is_none() {
            continue;
        }
        let mut table = MarkdownTable {
            heading: heading.clone(),
            line: number,
            rows: Vec::new(),
            invalid_rows: Vec::new(),
        };
        let body: Vec<_> = std::iter::from_fn(|| lines.next_if(|(_, line)| is_table_row(line))).collect();
        let rows: Vec<Vec<&str>> = body.iter().map(|(_, text)| columns.row_cells(text)).collect();
        let cells: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let papers = paper_links_of_rows(&cells, columns.title, columns.count);
        for (((line, _), cells), link) in body.into_iter().zip(&cells).zip(papers) {
            match columns.parse_row(cells, link) {
                Ok(row) => table.rows.push(row),
                Err(why) => table.invalid_rows.push(InvalidTableRow { line, reason: why }),
            }
        }
        tables.push(table);
    }
    tables
}

/// The text of `## …`.
fn heading_text(line: &str) -> Option<String> {
    let text = line.trim_start_matches('#');
    if !(1..=6).contains(&(line.len() - text.len())) || !text.starts_with([' ', '\t']) {
        return None;
    }
    let text = text.trim();
    let words = text.trim_end_matches('#');
    let has_closing = words.is_empty() || words.ends_with([' ', '\t']);
    Some(markdown_title::read_title(if has_closing { words.trim_end() } else { text }))
}

/// `| --- | :-: |`.
pub(super) fn is_delimiter_row(line: &str) -> bool {
    line.contains('-') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

/// Whether a table goes on with this line: it has a cell's end in it, and begins no heading, comment or
/// code block.
fn is_table_row(line: &str) -> bool {
    line.contains('|')
        && heading_text(line).is_none()
        && !line.starts_with("<!--")
        && !line.starts_with("```")
        && !line.starts_with("~~~")
}

/// Which column has what.
struct ColumnPositions {
    count: usize,
    title: usize,
    date: usize,
    abstract_: Option<usize>,
    comment: Option<usize>,
    code: Option<usize>,
}

impl ColumnPositions {
    fn from_header(line: &str) -> Option<Self> {
        if !line.contains('|') {
            return None;
        }
        let cells = cell_ranges(line);
        if cells.len() > COLUMNS_MAX {
            return None;
        }
        let names: Vec<String> = cells.iter().map(|cell| column_name(&line[cell.clone()])).collect();
        let find = |name: &str| names.iter().position(|n| n == name);
        Some(Self {
            count: names.len(),
            title: find("title")?,
            date: find("date")?,
            abstract_: find("abstract"),
            comment: find("comment").or_else(|| find("comments")),
            code: find("coderepository").or_else(|| find("code")),
        })
    }

    /// The cells of a row, as many as there are columns, or fewer.
    fn row_cells<'a>(&self, line: &'a str) -> Vec<&'a str> {
        let mut cells = cell_ranges(line);
        if cells.len() > self.count {
            self.join_split_cells(&mut cells, line);
        }
        cells.into_iter().map(|cell| &line[cell]).collect()
    }

    fn parse_row(&self, cells: &[&str], link: Option<TitleLink<'_>>) -> Result<TableRow, String> {
        let cell = |column: Option<usize>| {
            unescape_pipes(column.and_then(|column| cells.get(column)).copied().unwrap_or_default())
        };
        let (link, title) = match link {
            Some(link) => parse_title_link(link),
            None => parse_title(&cell(Some(self.title)))?,
        };
        let comment = SingleLine::from_text(cell_text::read_cell(unwrap_details(&cell(self.comment))));
        Ok(TableRow {
            link: Some(link),
            title,
            date: Some(parse_date(&cell(Some(self.date)))?),
            abstract_: SingleLine::from_text(cell_text::read_cell(unwrap_details(&cell(self.abstract_)))),
            comment: Some(comment).filter(|comment| !comment.is_empty()),
            code_link: parse_code_link(&cell(self.code)),
            article_link: parse_article_link(&cell(Some(self.title))),
            optional: OptionalCells::default(),
        })
    }

    /// Joins what a bare pipe parted, in rows by programs that escape none: a title up to the end of
    /// its link, a fold up to its end, and with the comment whatever is then too much.
    fn join_split_cells(&self, cells: &mut Vec<Range<usize>>, line: &str) {
        for column in 0..self.count {
            let last = column + cells.len() - self.count;
            let is_open = |end: usize| {
                let whole = &line[cells[column].start..cells[end].end];
                (whole.starts_with("**[") && !split_article_link(whole).0.ends_with(")**"))
                    || (whole.starts_with("<details>") && !whole.ends_with("</details>"))
            };
            let end = match self.comment {
                Some(comment) if comment == column => last,
                Some(_) | None => (column..=last).find(|end| !is_open(*end)).unwrap_or(column),
            };
            let whole = cells[column].start..cells[end].end;
            cells.splice(column..=end, [whole]);
        }
        cells.truncate(self.count);
    }
}

/// What a column is known by: its header's words in lower case, without emphasis, link and HTML.
pub(super) fn column_name(cell: &str) -> String {
    let linked = last_link(cell).map_or(cell, |link| link.text);
    let mut is_tag = false;
    let words = linked.chars().filter(|c| match c {
        '<' | '>' => {
            is_tag = *c == '<';
            false
        }
        '*' | '`' => false,
        _ => !is_tag,
    });
    words.collect::<String>().trim_matches(['_', '~', ' ', '\t']).to_ascii_lowercase()
}

/// Where the cells of a row stand, the white space around them left out. A pipe behind a backslash
/// ends none, unless that backslash is itself behind one.
pub(super) fn cell_ranges(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let mut cells = Vec::with_capacity(8);
    let mut start = line.len() - line.trim_start().len();
    start += usize::from(line[start..].starts_with('|'));
    let first = start;
    for at in memchr_iter(b'|', &bytes[first..]).map(|step| first + step) {
        if cell_text::trailing_backslashes(&line[start..at]).is_multiple_of(2) {
            cells.push(trim_range(line, start..at));
            start = at + 1;
        }
    }
    let last = trim_range(line, start..line.len());
    cells.extend(Some(last).filter(|last| !last.is_empty()));
    cells
}

fn trim_range(line: &str, cell: Range<usize>) -> Range<usize> {
    let text = &line[cell.clone()];
    let start = cell.start + text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// Where a title leads, and its text.
pub(super) fn parse_title(cell: &str) -> Result<(PaperLink, SingleLine), String> {
    parse_title_cell(cell).map(parse_title_link)
}

/// Where a link leads, and its words.
pub(super) fn parse_title_link(link: TitleLink<'_>) -> (PaperLink, SingleLine) {
    let TitleLink { link, text } = link;
    (link, SingleLine::from_text(markdown_title::read_title(&unescape_pipes(text))))
}

/// A cell without the backslashes that let a pipe end no cell.
pub(super) fn unescape_pipes(cell: &str) -> Cow<'_, str> {
    let has_escape = memchr_iter(b'|', cell.as_bytes()).any(|at| cell[..at].ends_with('\\'));
    if has_escape { Cow::Owned(cell.replace("\\|", "|")) } else { Cow::Borrowed(cell) }
}

/// Where the article is as which the paper of a title's cell appeared.
pub(super) fn parse_article_link(cell: &str) -> Option<String> {
    split_article_link(cell).1.map(Cow::into_owned)
}

pub(super) fn parse_code_link(cell: &str) -> Option<String> {
    let address = last_link(cell).map_or_else(|| cell.to_owned(), |link| link.address.into_owned());
    Some(address).filter(|address| is_web_address(address) && !address.contains(' '))
}

/// `2025-03-26`, and no other way to write a day.
pub(super) fn parse_date(cell: &str) -> Result<Date, String> {
    let bad = || format!("`{cell}` is not a day such as 2025-03-26");
    let mut parts = cell.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(bad());
    };
    let is_plain = [year, month, day].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if !is_plain || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return Err(bad());
    }
    let number = |part: &str| part.parse::<i8>().map_err(|_| bad());
    let year = year.parse::<i16>().map_err(|_| bad())?;
    Date::new(year, number(month)?, number(day)?).map_err(|_| bad())
}

/// The text inside `<details><summary>…</summary><p>…</p></details>`, or the text itself.
pub(super) fn unwrap_details(cell: &str) -> &str {
    if !cell.starts_with("<details") {
        return cell;
    }
    let inside = cell.split_once("</summary>").map_or(cell, |(_, inside)| inside).trim();
    let inside = inside.strip_suffix("</details>").unwrap_or(inside).trim_end();
    let inside = inside.strip_prefix("<p>").unwrap_or(inside);
    inside.strip_suffix("</p>").unwrap_or(inside)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::Version;

    const FIVE: &str = "| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |\n| --- | --- | --- | --- | --- |\n";
    const FOUR: &str = "| **Title** | **Date** | **Abstract** | **Comment** |\n| --- | --- | --- | --- |\n";

    fn parse_only_table(text: &str) -> MarkdownTable {
        let mut tables = read_tables(text);
        assert_eq!(tables.len(), 1, "{text}");
        tables.remove(0)
    }

    fn only_row(text: &str) -> TableRow {
        let mut table = parse_only_table(text);
        assert_eq!((table.rows.len(), &table.invalid_rows), (1, &vec![]), "{text}");
        table.rows.remove(0)
    }

    /// The identifier and the number of the version that a row links.
    fn arxiv_id_and_version(row: &TableRow) -> (String, Option<u32>) {
        let link = row.link.as_ref().unwrap();
        (link.paper.as_arxiv().unwrap().to_string(), link.version.map(Version::number))
    }

    #[test]
    fn tables_are_read_with_the_heading_above_each() {
        let row = "| **[T](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 | a | c | None |\n";
        let text = format!(
            "# Papers\r\n\r\n## One\r\n\r\n{FIVE}{row}{row}\n### Two ##\n| x | y |\n|---|---|\n\n{FIVE}{row}"
        );
        let tables = read_tables(&text);
        let told: Vec<_> = tables.iter().map(|t| (t.heading.as_deref(), t.line, t.rows.len())).collect();
        assert_eq!(told, [(Some("One"), 5, 2), (Some("Two"), 14, 1)]);
        assert_eq!(parse_only_table(&format!("{FIVE}{row}")).heading, None);
        assert_eq!(read_tables("no table | here\n"), []);
    }

    #[test]
    fn a_table_in_a_code_block_is_none() {
        assert_eq!(read_tables(&format!("```\n{FIVE}```\n~~~\n{FIVE}")), []);
    }

    #[test]
    fn rows_without_a_code_column_are_read() {
        let row = only_row(&format!(
            "{FOUR}| **[T](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 | <details><summary>Show</summary><p>An abstract.</p></details> | 17 pages |"
        ));
        assert_eq!((row.abstract_.as_str(), row.code_link), ("An abstract.", None));
        assert_eq!((row.comment.unwrap().as_str(), row.date), ("17 pages", Some(date(2025, 3, 26))));
    }

    #[test]
    fn a_row_that_was_edited_by_hand_is_read() {
        for row in [
            "| **[T](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 | a | c | [x](https://github.com/a/b) |",
            "[T](https://www.arxiv.org/abs/2503.20246v1?context=cs#x)|2025-03-26|a|c|https://github.com/a/b",
            "|[T]( https://arxiv.org/pdf/2503.20246v1.pdf)|2025-03-26|<details open><summary>S</summary> a </details>|c| [y](https://github.com/a/b)",
            "  | **[T](https://arxiv.org/abs/2503.20246v1/)** (best paper) | 2025-03-26 | a | c | see [z](https://github.com/a/b)",
        ] {
            let row = only_row(&format!("{FIVE}{row}"));
            assert_eq!(arxiv_id_and_version(&row), ("2503.20246".to_owned(), Some(1)));
            assert_eq!((row.title.as_str(), row.abstract_.as_str()), ("T", "a"));
            assert!(row.comment.unwrap().as_str().starts_with('c'));
        }
    }

    #[test]
    fn a_bare_pipe_in_another_programs_row_parts_nothing() {
        let fold = |text: &str| format!("<details><summary>Show</summary><p>{text}</p></details>");
        for (comment, expected) in
            [("x|y", "x|y"), ("plain", "plain"), (&*fold("a long | comment"), "a long | comment")]
        {
            let row = only_row(&format!(
                "{FOUR}| **[p(x|y) | z](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 | {} | {comment} |",
                fold("|a| and |b|")
            ));
            assert_eq!((row.title.as_str(), row.abstract_.as_str()), ("p(x|y) | z", "|a| and |b|"));
            assert_eq!(row.comment.unwrap().as_str(), expected);
        }
    }

    #[test]
    fn identifiers_of_both_forms_are_read_with_and_without_a_version() {
        for (address, id, number) in [
            ("http://arxiv.org/abs/hep-ex/0307015v2", "hep-ex/0307015", Some(2)),
            ("https://arxiv.org/abs/math.GT/0309136", "math/0309136", None),
            ("http://arxiv.org/abs/2503.20246", "2503.20246", None),
        ] {
            let row = only_row(&format!("{FOUR}| **[T]({address})** | 2025-03-26 | a | |"));
            assert_eq!(arxiv_id_and_version(&row), (id.to_owned(), number));
        }
    }

    #[test]
    fn columns_are_known_by_their_names() {
        let row = only_row(
            "|Date|Stars|Code|Title|\n|:-|:-:|-:|-|\n|2025-03-26|5|null|[T](http://arxiv.org/abs/2503.20246v1)|",
        );
        assert_eq!((row.title.as_str(), row.date, row.code_link), ("T", Some(date(2025, 3, 26)), None));
    }

    #[test]
    fn a_title_without_a_link_is_the_papers_that_another_cell_links() {
        let header = "| Title | Date | PDF |\n| --- | --- | --- |\n";
        let row =
            only_row(&format!("{header}| T | 2025-03-26 | [pdf](https://arxiv.org/pdf/2503.20246v2) |"));
        assert_eq!(arxiv_id_and_version(&row), ("2503.20246".to_owned(), Some(2)));
        assert_eq!(row.title.as_str(), "T");
    }

    #[test]
    fn a_row_that_is_no_paper_is_refused_with_its_line_and_the_reason() {
        for (row, why) in [
            (
                "| T | 2025-03-26 | a | |",
                "the title is not a link; `**[Title](http://arxiv.org/abs/2503.20246v1)**` is wanted",
            ),
            (
                "| [T](http://arxiv.org/abs/2503.2024612) | 2025-03-26 | a | |",
                "`http://arxiv.org/abs/2503.2024612` is not an arXiv identifier such as 2503.20246v1 or hep-ex/0307015v2",
            ),
            (
                "| [T](javascript:x) | 2025-03-26 | a | |",
                "`javascript:x` is no web address for a title to lead to",
            ),
            (
                "| [T](http://arxiv.org/abs/2503.20246v1) | 2025-02-30 | a | |",
                "`2025-02-30` is not a day such as 2025-03-26",
            ),
            (
                "| [T](http://arxiv.org/abs/2503.20246v1) | 26.3.2025 | a | |",
                "`26.3.2025` is not a day such as 2025-03-26",
            ),
            ("| [T](http://arxiv.org/abs/2503.20246v1) |", "`` is not a day such as 2025-03-26"),
        ] {
            let good = "| [T](http://arxiv.org/abs/2503.20246v1) | 2025-03-26 | a | |";
            let table = parse_only_table(&format!("## H\n\n{FOUR}{good}\n{row}\n{good}\n"));
            assert_eq!(
                (table.rows.len(), &table.invalid_rows[..]),
                (2, &[InvalidTableRow { line: 6, reason: why.into() }][..])
            );
        }
    }

    #[test]
    fn a_text_that_is_made_to_be_slow_is_read_in_its_length() {
        for unit in ["|", "\\|", "**[|", "<details>|", "&#", "[](", "`", "#"] {
            let line = unit.repeat((1 << 16) / unit.len());
            let tables = read_tables(&format!("{FIVE}|{line}|\n{line}\n|{line}\n|-|\n"));
            assert!(tables[0].rows.is_empty(), "{unit}");
        }
    }
}
