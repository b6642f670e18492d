//! Tests of how a person's tables are imported.

use jiff::civil::date;

use super::*;
use crate::domain::Version;

const FIVE: &str = "| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |\n| --- | --- | --- | --- | --- |\n";
const FOUR: &str = "| **Title** | **Date** | **Abstract** | **Comment** |\n| --- | --- | --- | --- |\n";

fn parse_only_table(text: &str) -> MarkdownTable {
    let mut tables = parse_markdown_tables(text);
    assert_eq!(tables.len(), 1, "{text}");
    tables.remove(0)
}

fn parse_only_row(text: &str) -> TableRow {
    let mut table = parse_only_table(text);
    assert_eq!((table.rows.len(), &table.invalid_rows), (1, &vec![]), "{text}");
    table.rows.remove(0)
}

/// The identifier and the number of the version that a row links.
fn arxiv_id_and_version(row: &TableRow) -> (String, Option<u32>) {
    let link = row.link.as_ref().unwrap();
    (link.paper.as_arxiv_id().unwrap().to_string(), link.version.map(Version::version_number))
}

#[test]
fn tables_are_read_with_the_heading_above_each() {
    let row = "| **[T](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 | a | c | None |\n";
    let text = format!(
        "# Papers\r\n\r\n## One\r\n\r\n{FIVE}{row}{row}\n### Two ##\n| x | y |\n|---|---|\n\n{FIVE}{row}"
    );
    let tables = parse_markdown_tables(&text);
    let told: Vec<_> = tables.iter().map(|t| (t.heading.as_deref(), t.line, t.rows.len())).collect();
    assert_eq!(told, [(Some("One"), 5, 2), (Some("Two"), 14, 1)]);
    assert_eq!(parse_only_table(&format!("{FIVE}{row}")).heading, None);
    assert_eq!(parse_markdown_tables("no table | here\n"), []);
}

#[test]
fn a_table_in_a_code_block_is_none() {
    assert_eq!(parse_markdown_tables(&format!("```\n{FIVE}```\n~~~\n{FIVE}")), []);
}

#[test]
fn rows_without_a_code_column_are_read() {
    let row = parse_only_row(&format!(
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
        let row = parse_only_row(&format!("{FIVE}{row}"));
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
        let row = parse_only_row(&format!(
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
        let row = parse_only_row(&format!("{FOUR}| **[T]({address})** | 2025-03-26 | a | |"));
        assert_eq!(arxiv_id_and_version(&row), (id.to_owned(), number));
    }
}

#[test]
fn columns_are_known_by_their_names() {
    let row = parse_only_row(
        "|Date|Stars|Code|Title|\n|:-|:-:|-:|-|\n|2025-03-26|5|null|[T](http://arxiv.org/abs/2503.20246v1)|",
    );
    assert_eq!((row.title.as_str(), row.date, row.code_link), ("T", Some(date(2025, 3, 26)), None));
}

#[test]
fn a_title_without_a_link_is_the_papers_that_another_cell_links() {
    let header = "| Title | Date | PDF |\n| --- | --- | --- |\n";
    let row =
        parse_only_row(&format!("{header}| T | 2025-03-26 | [pdf](https://arxiv.org/pdf/2503.20246v2) |"));
    assert_eq!(arxiv_id_and_version(&row), ("2503.20246".to_owned(), Some(2)));
    assert_eq!(row.title.as_str(), "T");
}

#[test]
fn a_row_that_leads_to_a_paper_is_read_whatever_its_header_and_its_date() {
    let link = "[T](http://arxiv.org/abs/2503.20246v1)";
    let day = Some(date(2025, 3, 26));
    for (header, row, expected) in [
        ("Title | Authors", format!("{link} | Ada"), None),
        ("Paper | When", format!("{link} | 2025-03-26"), None),
        ("Paper | Date", format!("{link} | 2025-03-26"), day),
        ("Stars | Title | Date | Code", format!("{link} | 2025-03-26 | a"), day),
        ("Title | Date", format!("{link} | 2025-02-30"), None),
        ("Title | Date", format!("{link} | 26.3.2025"), None),
        ("Title | Date", link.to_owned(), None),
        ("Date | Title", format!("| {link}"), None),
    ] {
        let rule = "| - ".repeat(header.matches('|').count() + 1);
        let row = parse_only_row(&format!("| {header} |\n{rule}|\n| {row} |"));
        assert_eq!((row.title.as_str(), row.date), ("T", expected), "{header}");
    }
}

#[test]
fn a_table_whose_rows_lead_to_no_paper_is_none_and_the_next_one_is_read() {
    let paper = "| [T](http://arxiv.org/abs/2503.20246v1) | 2025-03-26 |\n";
    for other in ["Title | Author", "Model | Score", "Data | DOI"] {
        let text = format!(
            "| {other} |\n| - | - |\n| A | B |\n| [A](https://x.org) | [C](https://doi.org/10.1000/1) |\n\
             | Title | Date |\n| - | - |\n{paper}| - | - |\n{paper}"
        );
        let table = parse_only_table(&text);
        assert_eq!((table.line, table.rows.len(), table.invalid_rows.len()), (5, 2, 1), "{other}");
    }
    assert_eq!(parse_only_table("| Title | Authors |\n| - | - |\n").rows, []);
    assert_eq!(parse_markdown_tables("| Model | Score |\n| - | - |\n"), []);
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
        let tables = parse_markdown_tables(&format!("{FIVE}|{line}|\n{line}\n|{line}\n|-|\n"));
        assert!(tables[0].rows.is_empty(), "{unit}");
    }
}
