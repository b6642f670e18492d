//! The Atom dialect in which arXiv's query API has answered since November 2025.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;
use quick_xml::escape::{escape, partial_escape};

use super::DemoPaper;

/// The category that the demo files every paper under, as its papers all treat of computer vision.
const CATEGORY: &str = "cs.CV";

const HEAD: &str = "<?xml version='1.0' encoding='UTF-8'?>\n\
    <feed xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" \
    xmlns:arxiv=\"http://arxiv.org/schemas/atom\" xmlns=\"http://www.w3.org/2005/Atom\">\n";

/// What a page of results says of itself.
pub(super) struct DemoFeedHeader<'a> {
    /// The search expression, decoded.
    pub(super) query: &'a str,
    /// The search expression as it stood in the request's address.
    pub(super) raw_query: &'a str,
    /// The first result's place among all, from 0.
    pub(super) start: usize,
    /// How many results were asked for.
    pub(super) max_results: usize,
    /// How many results there are in all.
    pub(super) total: usize,
}

/// One page of results, made at `now`.
pub(super) fn results_feed(page: &DemoFeedHeader<'_>, entries: &[DemoPaper], now: Timestamp) -> String {
    let DemoFeedHeader { query, raw_query, start, max_results, total } = page;
    let query = partial_escape(*query);
    let about = format!("search_query={query}&amp;id_list=&amp;start={start}&amp;max_results={max_results}");
    let itself = format!(
        "https://arxiv.org/api/query?search_query={}&amp;start={start}&amp;max_results={max_results}&amp;id_list=",
        escape(*raw_query)
    );
    let mut xml = HEAD.to_owned();
    push_line(&mut xml, format_args!("  <id>https://arxiv.org/api/{}</id>", feed_id(&about)));
    push_line(&mut xml, format_args!("  <title>arXiv Query: {about}</title>"));
    push_line(&mut xml, format_args!("  <updated>{}</updated>", format_seconds(now)));
    push_line(&mut xml, format_args!("  <link href=\"{itself}\" type=\"application/atom+xml\"/>"));
    push_totals(&mut xml, *max_results, *total, *start);
    for paper in entries {
        push_entry(&mut xml, paper);
    }
    xml + "</feed>\n"
}

/// The feed with one entry by which arXiv says that it refuses a request.
pub(super) fn error_feed(words: &str, now: Timestamp) -> String {
    let now = format_seconds(now);
    let words = partial_escape(words);
    let mut xml = HEAD.to_owned();
    push_line(&mut xml, format_args!("  <id>https://arxiv.org/</id>"));
    push_line(&mut xml, format_args!("  <title>arXiv Search Results</title>"));
    push_line(&mut xml, format_args!("  <updated>{now}</updated>"));
    push_totals(&mut xml, 1, 1, 0);
    push_line(&mut xml, format_args!("  <entry>"));
    push_line(&mut xml, format_args!("    <id>https://arxiv.org/api/errors</id>"));
    push_line(&mut xml, format_args!("    <title>Error</title>"));
    push_line(&mut xml, format_args!("    <updated>{now}</updated>"));
    push_line(
        &mut xml,
        format_args!(
            "    <link href=\"https://arxiv.org/api/errors\" rel=\"alternate\" type=\"text/html\"/>"
        ),
    );
    push_line(&mut xml, format_args!("    <summary>{words}</summary>"));
    push_line(
        &mut xml,
        format_args!("    <author>\n      <name>arXiv api core</name>\n    </author>\n  </entry>"),
    );
    xml + "</feed>\n"
}

fn push_totals(xml: &mut String, per_page: usize, total: usize, start: usize) {
    push_line(xml, format_args!("  <opensearch:itemsPerPage>{per_page}</opensearch:itemsPerPage>"));
    push_line(xml, format_args!("  <opensearch:totalResults>{total}</opensearch:totalResults>"));
    push_line(xml, format_args!("  <opensearch:startIndex>{start}</opensearch:startIndex>"));
}

fn push_entry(xml: &mut String, paper: &DemoPaper) {
    let name = format!("{}{}", paper.id, paper.version);
    let text = |text: &str| partial_escape(text.to_owned());
    push_line(xml, format_args!("  <entry>"));
    push_line(xml, format_args!("    <id>http://arxiv.org/abs/{name}</id>"));
    push_line(xml, format_args!("    <title>{}</title>", text(&paper.title)));
    push_line(xml, format_args!("    <updated>{}</updated>", format_seconds(paper.updated)));
    push_links(xml, &name);
    push_line(xml, format_args!("    <summary>{}</summary>", text(&paper.abstract_)));
    push_line(
        xml,
        format_args!("    <category term=\"{CATEGORY}\" scheme=\"http://arxiv.org/schemas/atom\"/>"),
    );
    push_line(xml, format_args!("    <published>{}</published>", format_seconds(paper.published)));
    if let Some(comment) = &paper.comment {
        push_line(xml, format_args!("    <arxiv:comment>{}</arxiv:comment>", text(comment)));
    }
    push_line(xml, format_args!("    <arxiv:primary_category term=\"{CATEGORY}\"/>"));
    push_line(xml, format_args!("  </entry>"));
}

fn push_links(xml: &mut String, name: &str) {
    let page = format!("https://arxiv.org/abs/{name}");
    let pdf = format!("https://arxiv.org/pdf/{name}");
    push_line(xml, format_args!("    <link href=\"{page}\" rel=\"alternate\" type=\"text/html\"/>"));
    push_line(
        xml,
        format_args!("    <link href=\"{pdf}\" rel=\"related\" type=\"application/pdf\" title=\"pdf\"/>"),
    );
}

fn push_line(xml: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(xml, "{line}").expect("a string takes every line");
}

/// What tells one query's feed from another's. arXiv takes a SHA-1 here; nobody reads it back.
fn feed_id(about: &str) -> String {
    let mut hasher = DefaultHasher::new();
    about.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A time as arXiv writes it, in whole seconds.
fn format_seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
