//! The papers of a table between its markers, as far as its rows say what they are: whoever keeps the table may have
//! left columns out, or called them otherwise.

use super::cell_escaping;
use super::single_line::SingleLine;
use super::table::{OptionalCells, TableRow};
use super::table_import::{
    article_link_in_title_cell, code_url_in_cell, parse_date, unescape_pipes, unescape_title_link,
    unwrap_details,
};
use super::table_parser::parse_table_with_links;

/// Every row that links a paper, in the table's order. What is in it is curated row by row.
pub fn parse_paper_rows(block: &str) -> Vec<TableRow> {
    let Some((sheet, links)) = parse_table_with_links(block) else { return Vec::new() };
    let place = |names: &[&str]| sheet.columns.iter().position(|column| names.contains(&column.as_str()));
    let (date, abstract_) = (place(&["date"]), place(&["abstract"]));
    let (comment, code) = (place(&["comment", "comments"]), place(&["coderepository", "code"]));
    let rows = sheet.lines.iter().zip(links).filter_map(|(line, link)| {
        let cell = |column: Option<usize>| {
            unescape_pipes(column.and_then(|column| line.cells.get(column)).copied().unwrap_or_default())
        };
        let words = |column| {
            SingleLine::from_owned_text(cell_escaping::unescape_cell_text(unwrap_details(&cell(column))))
        };
        let (link, title) = unescape_title_link(link?);
        Some(TableRow {
            link: Some(link),
            title,
            date: parse_date(&cell(date)),
            abstract_: words(abstract_),
            comment: Some(words(comment)).filter(|comment| !comment.is_empty()),
            code_link: code_url_in_cell(&cell(code)),
            article_link: article_link_in_title_cell(&cell(place(&["title"]))),
            optional: OptionalCells::default(),
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::parse_paper_table;

    #[test]
    fn a_row_says_what_its_columns_say_whatever_they_are_called() {
        let block = "## T\n\n| Paper | When | Comments |\n| --- | --- | --- |\n\
            | [A\\|B](https://arxiv.org/abs/2503.20246v1) | soon | good |\na note\n\
            | [C](https://doi.org/10.1000/1) | 2025-01-01 | |\n| no link | | |\n";
        let rows = parse_paper_rows(block);
        let said: Vec<_> = rows
            .iter()
            .map(|row| (row.title.as_str(), row.date, row.comment.as_ref().map(SingleLine::as_str)))
            .collect();
        assert_eq!(said, [("A|B", None, Some("good")), ("C", None, None)]);
        assert_eq!(rows[1].link.as_ref().unwrap().paper.as_str(), "doi:10.1000/1");
        assert_eq!(parse_paper_rows("no table"), []);
    }

    #[test]
    fn a_row_is_read_as_the_paper_that_the_sheet_knows_it_by() {
        for (header, row, title) in [
            ("Title | Date", "[code](https://github.com/a/b) T: <https://arxiv.org/abs/2503.20246> | x", "T"),
            ("Title | PDF", "My title | [pdf](https://arxiv.org/pdf/2503.20246v2)", "My title"),
            ("PDF | Title", "[pdf](https://arxiv.org/pdf/2503.20246v2) | My title", "My title"),
            ("Stars | Title | Date", "**[T](https://arxiv.org/abs/2503.20246)** | 2025-03-26", "T"),
            ("PDF | Date", "[pdf](https://arxiv.org/abs/2503.20246) | 2025-03-26", "pdf"),
            ("Title | Date", "T a\\|b https://arxiv.org/abs/2503.20246\\|c | x", "T a|b"),
        ] {
            let block = format!("| {header} |\n| --- | --- |\n| {row} |\n");
            let key = parse_paper_table(&block).unwrap().lines[0].key.clone();
            let [read] = &parse_paper_rows(&block)[..] else { panic!("{block}") };
            let paper = read.link.as_ref().map(|link| link.paper.clone());
            assert_eq!(key, paper, "{block}");
            let paper = paper.unwrap_or_else(|| panic!("{block}"));
            assert_eq!((paper.as_str(), read.title.as_str()), ("arxiv:2503.20246", title), "{block}");
        }
    }
}
