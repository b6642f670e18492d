//! What one run of a list costs: a table of 200 papers, its place in the file, and reading it back.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::date;
use paperwire::domain::{Column, PaperLink};
use paperwire::render::{
    OptionalCells, SingleLine, TableRow, parse_markdown_tables, render_table, splice_tables,
};

/// How many rows a list has by default.
const ROWS: u32 = 200;

/// Sentences of the kind that abstracts are made of, to the length that they have on average.
const ABSTRACT: &str = "We study how a model's accuracy depends on $\\mathcal{L}_{1}$ & its bias, and improve it by \
    10\\%-20\\% over the baselines~\\cite{a}. Our code is available at https://github.com/ada/engine. ";

fn row(number: u32) -> TableRow {
    TableRow {
        link: PaperLink::parse_row_link_url(&format!("http://arxiv.org/abs/2503.{number:05}v1")),
        title: SingleLine::new("A Title of Usual Length: With a Colon, and M$^3$ in It, for the Table"),
        date: Some(date(2025, 3, 26)),
        abstract_: SingleLine::new(&ABSTRACT.repeat(7)),
        comment: Some(SingleLine::new("Accepted at a conference, 17 pages, 12 figures")),
        code_link: Some("https://github.com/ada/engine".to_owned()),
        article_link: None,
        optional: OptionalCells::default(),
    }
}

fn render(c: &mut Criterion) {
    let rows: Vec<TableRow> = (1..=ROWS).map(row).collect();
    let written = render_table("Image Classification", &Column::USUAL, &rows);
    let tables = [("Image Classification", written.as_str())];
    let list = splice_tables(None, &tables).expect("a new list has no markers that could be wrong");
    let mut group = c.benchmark_group("render");
    group.throughput(Throughput::Bytes(written.len() as u64));
    group.bench_function("table of 200 rows", |b| {
        b.iter(|| render_table("Image Classification", &Column::USUAL, &rows));
    });
    group.bench_function("splice", |b| b.iter(|| splice_tables(Some(&list), &tables)));
    group.bench_function("read", |b| b.iter(|| parse_markdown_tables(&list)));
    group.finish();
}

criterion_group!(benches, render);
criterion_main!(benches);
