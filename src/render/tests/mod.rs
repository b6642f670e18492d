//! What a Markdown renderer makes of a table whose papers are out to break it, and what reading makes
//! of it. The judge is comrak, an independent renderer of GitHub's Markdown.

mod hostile_text_samples;
mod rendered_cell;

use std::fmt::Write as _;
use std::sync::LazyLock;

use jiff::civil::date;
use proptest::prelude::*;
use regex::Regex;

use hostile_text_samples::{HOSTILE, faithfully_shown_text, hostile_text};
use rendered_cell::{RenderedCell, render_cells};

use super::{OptionalCells, SingleLine, TableRow, parse_markdown_tables, table::render_table};
use crate::domain::{Column, PaperLink};

const ADDRESS: &str = "http://arxiv.org/abs/2503.20246v2";
const FOLD: [&str; 6] = ["<details>", "<summary>", "</summary>", "<p>", "</p>", "</details>"];

fn sample_table_row(title: &str, abstract_: &str, comment: &str) -> TableRow {
    TableRow {
        link: PaperLink::parse_row_link_url("http://arxiv.org/abs/2503.20246v2"),
        title: SingleLine::new(title),
        date: Some(date(2025, 3, 26)),
        abstract_: SingleLine::new(abstract_),
        comment: Some(SingleLine::new(comment)).filter(|comment| !comment.is_empty()),
        code_link: Some("https://github.com/ada/engine".into()),
        article_link: None,
        optional: OptionalCells::default(),
    }
}

/// What a reader sees of a text: spaces of no width are not seen.
fn visible_text(text: &str) -> String {
    text.replace('\u{200B}', "")
}

fn assert_rows_survive_rendering(rows: &[TableRow]) {
    let markdown = render_table("Image Classification", &Column::USUAL, rows);
    let (_, cells) = render_cells(&markdown);
    assert_eq!(cells.len(), rows.len() + 1, "{markdown}");
    for (row, cells) in rows.iter().zip(&cells[1..]) {
        let [title, day, abstract_, comment, code] = &cells[..] else { panic!("five cells: {markdown}") };
        assert_eq!(visible_text(&title.text), visible_text(row.title.as_str()), "{markdown}");
        assert_eq!(
            (&title.links, &title.tags),
            (&vec![(title.text.clone(), ADDRESS.into())], &vec![]),
            "{markdown}"
        );
        assert_eq!(title.others, ["strong"], "{markdown}");
        assert_eq!((day.text.as_str(), day.others.len()), ("2025-03-26", 0));
        assert_eq!(abstract_.tags, FOLD, "{markdown}");
        let is_folded = row.comment.as_ref().is_some_and(|c| c.as_str().chars().count() > 20);
        assert_eq!(comment.tags, if is_folded { &FOLD[..] } else { &[] }, "{markdown}");
        assert_eq!(code.links, [("Code Link".into(), "https://github.com/ada/engine".into())]);
        for cell in [abstract_, comment] {
            assert!(
                cell.links.iter().all(|(text, url)| is_autolink(text, url)),
                "{:?} {markdown}",
                cell.links
            );
            assert!(!cell.others.iter().any(|other| other.contains("Image")), "{markdown}");
        }
        for cell in cells {
            assert!(!mentions_somebody(&cell.open_text), "{:?} {markdown}", cell.open_text);
            assert!(!cell.text.contains(['\u{202E}', '\u{2066}', '\0', '\u{1b}']), "{markdown}");
        }
    }
    let read = parse_markdown_tables(&markdown);
    assert_eq!(read.len(), 1, "{markdown}");
    assert_eq!((&read[0].invalid_rows, &read[0].rows[..]), (&vec![], rows), "{markdown}");
}

/// Whether a link is what GitHub makes of a bare address in a text.
fn is_autolink(text: &str, url: &str) -> bool {
    ["", "http://", "mailto:"].iter().any(|scheme| format!("{scheme}{text}") == url)
}

fn mentions_somebody(text: &str) -> bool {
    static PING: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)(^|[^A-Za-z0-9_])@[A-Za-z0-9]|#[0-9]|(?i:\bgh-[0-9])").unwrap());
    PING.is_match(text)
}

/// The text that a cell of an abstract shows.
fn shown_abstract(text: &str) -> String {
    let (_, cells) = render_cells(&render_table("T", &Column::USUAL, &[sample_table_row("t", text, "")]));
    cells[1][2].text.strip_prefix("Show").unwrap().to_owned()
}

#[test]
fn a_hostile_text_stays_in_its_cell_and_is_read_back_as_it_was() {
    for hostile in HOSTILE {
        assert_rows_survive_rendering(&[
            sample_table_row(hostile, hostile, hostile),
            sample_table_row("next", "next", "next"),
        ]);
        let cut: String = hostile.chars().take(20).collect();
        assert_rows_survive_rendering(&[
            sample_table_row("t", "a", &cut),
            sample_table_row("t", "a", &format!("{hostile} and twenty characters more")),
        ]);
    }
    let all = HOSTILE.join(" ");
    assert_rows_survive_rendering(&[sample_table_row(&all, &all, &all)]);
}

#[test]
fn ten_thousand_characters_stay_in_their_cell() {
    for unit in
        ["x", "| ", "](", "<b>", "`", "*a", "\\", "\\|", "_a ", "[", "![", "&#64;", "@a ", "~a", "``` ` "]
    {
        let text = unit.repeat(10_000 / unit.len());
        assert_rows_survive_rendering(&[sample_table_row(&text, &text, &text)]);
    }
}

#[test]
fn every_hostile_abstract_is_shown_as_it_was_written() {
    for hostile in HOSTILE.iter().filter(|text| !text.contains(['`', '\\', '&']) && !text.contains("_e_")) {
        assert_eq!(visible_text(&shown_abstract(hostile)), visible_text(SingleLine::new(hostile).as_str()));
    }
}

#[test]
fn what_lists_leave_bare_in_abstracts_stays_bare() {
    let bare = "TeX's ``quotes'' and ``more'', \\(x_i\\), 92\\% of $\\mathcal{L}_{1}$ & $y_2$ [1], R@1, Caf\\`e, p < 0.05, by~\\cite{a}, f^* x!";
    let comment = "_see_ [1] `a' & $b$ \\";
    let text = render_table("T", &Column::USUAL, &[sample_table_row("t", bare, comment)]);
    assert!(text.contains(&format!("<p>{bare}</p>")), "{text}");
    assert!(text.contains("<p>_see_ [1] `a' & $b$ &#92;</p>"), "{text}");
}

#[test]
fn a_heading_shows_the_topic_as_it_is_named() {
    for topic in
        ["Image Classification", "C #", "#", "C# ##", "a *b* `c` [d](e) <f> &amp;", "x | y", "1. one"]
    {
        let text = render_table(topic, &Column::USUAL, &[]);
        assert_eq!(render_cells(&text).0, topic, "{text}");
        assert_eq!(parse_markdown_tables(&text)[0].heading.as_deref(), Some(topic), "{text}");
    }
}

#[test]
fn a_link_elsewhere_cannot_leave_its_brackets() {
    for (address, target) in [
        ("https://doi.org/10.1000/a(b)c", Some("https://doi.org/10.1000/a%28b%29c")),
        ("https://example.org/a b|c\\d<e>", Some("https://example.org/a%20b%7Cc%5Cd%3Ce%3E")),
        ("https://example.org/?a=1&copy;=é", Some("https://example.org/?a=1&copy;=%C3%A9")),
        ("javascript:alert(1)", None),
    ] {
        let link = PaperLink::parse_row_link_url(address);
        let text = render_table(
            "T",
            &Column::USUAL,
            &[TableRow { link, code_link: Some(address.into()), ..sample_table_row("t", "a", "c") }],
        );
        let (_, cells) = render_cells(&text);
        let leads = |cell: &RenderedCell| cell.links.first().map(|(_, url)| url.clone());
        assert_eq!(leads(&cells[1][0]).as_deref(), target, "{text}");
        assert_eq!(leads(&cells[1][4]).as_deref(), target, "{text}");
        assert_eq!(cells[1][0].text, "t");
    }
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(150))]

    #[test]
    fn any_text_stays_in_its_cell_and_is_read_back(title in hostile_text(), text in hostile_text(), comment in hostile_text()) {
        assert_rows_survive_rendering(&[sample_table_row(&title, &text, &comment), sample_table_row("next", "next", "next")]);
    }

    #[test]
    fn any_faithful_abstract_is_shown_as_it_was_written(text in faithfully_shown_text()) {
        prop_assert_eq!(visible_text(&shown_abstract(&text)), visible_text(SingleLine::new(&text).as_str()));
    }
}

#[test]
fn the_seed_is_written_byte_for_byte() {
    let mut small = String::from("## Image Classification\n\n");
    small.push_str("| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |\n| --- | --- | --- | --- | --- |\n");
    let rows = [
        (
            "M$^3$amba: Tests & Bias",
            "2503.20246v1",
            "Our code & models: github.com/ada/engine.",
            "",
            "[Code Link](http://github.com/ada/engine)",
        ),
        (
            "$(\\varepsilon, )$ Harmful",
            "hep-ex/0307015v12",
            "by 10\\%-20\\% of \\(2^\\circ\\), ``so'' R@1~\\cite{a}.",
            "17 pages, 12 figures",
            "None",
        ),
        (
            "Plain",
            "2211.15143v3",
            "See https://ada.github.io.",
            "<details><summary>Code:...</summary><p>Code: https://github.com/ada/engine</p></details>",
            "[Code Link](https://github.com/ada/engine)",
        ),
    ];
    for (title, id, text, comment, code) in rows {
        let _ = writeln!(
            small,
            "| **[{title}](http://arxiv.org/abs/{id})** | 2025-03-26 | <details><summary>Show</summary><p>{text}</p></details> | {comment} | {code} |"
        );
    }
    small.push('\n');
    assert_table_round_trips(&small, 3);
    if let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") {
        let seed = std::path::Path::new(&shared).join("seed/image-classification.md");
        assert_table_round_trips(
            &std::fs::read_to_string(seed).expect("the seed is in PAPERWIRE_SHARED"),
            200,
        );
    }
}

/// Reading and writing again gives the same bytes, code links found again.
fn assert_table_round_trips(text: &str, rows: usize) {
    let read = parse_markdown_tables(text);
    assert_eq!((read.len(), read[0].rows.len(), read[0].invalid_rows.len()), (1, rows, 0));
    let found: Vec<TableRow> = read[0]
        .rows
        .iter()
        .map(|row| {
            let comment = row.comment.as_ref().map(SingleLine::as_str);
            TableRow {
                code_link: crate::domain::find_code_url(row.abstract_.as_str(), comment, &[]),
                article_link: None,
                ..row.clone()
            }
        })
        .collect();
    assert_eq!(found, read[0].rows);
    assert_eq!(render_table(read[0].heading.as_deref().unwrap(), &Column::USUAL, &found), text);
}
