//! The Atom dialect in which arXiv's query API has answered since November 2025.

use jiff::Timestamp;
use quick_xml::escape::partial_escape;

use super::DemoPaper;

/// What a page of results says of itself.
pub(super) struct DemoResultPageHeader<'a> {
    /// The search expression.
    pub(super) query: &'a str,
    /// The first result's place among all, from 0.
    pub(super) start: usize,
    /// How many results were asked for.
    pub(super) max_results: usize,
    /// How many results there are in all.
    pub(super) total: usize,
}

/// One page of results, made at `now`.
pub(super) fn demo_arxiv_results_xml(
    page: &DemoResultPageHeader<'_>,
    entries: &[DemoPaper],
    now: Timestamp,
) -> String {
    let DemoResultPageHeader { query, start, max_results, total } = page;
    let query = partial_escape(*query);
    let now = format_timestamp_in_seconds(now);
    let entries: String = entries.iter().map(entry_xml).collect();
    format!(
        r#"<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/query</id>
  <title>arXiv Query: search_query={query}&amp;id_list=&amp;start={start}&amp;max_results={max_results}</title>
  <updated>{now}</updated>
  <opensearch:itemsPerPage>{max_results}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
{entries}</feed>
"#
    )
}

/// One paper. Every one is in the category cs.CV, as they all treat of computer vision.
fn entry_xml(paper: &DemoPaper) -> String {
    let name = format!("{}{}", paper.id, paper.version);
    let comment = paper.comment.as_deref().map_or_else(String::new, |comment| {
        format!("    <arxiv:comment>{}</arxiv:comment>\n", partial_escape(comment))
    });
    format!(
        r#"  <entry>
    <id>http://arxiv.org/abs/{name}</id>
    <title>{title}</title>
    <updated>{updated}</updated>
    <link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>
    <summary>{summary}</summary>
    <category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>
    <published>{published}</published>
{comment}    <arxiv:primary_category term="cs.CV"/>
  </entry>
"#,
        title = partial_escape(&paper.title),
        updated = format_timestamp_in_seconds(paper.updated),
        summary = partial_escape(&paper.abstract_),
        published = format_timestamp_in_seconds(paper.published),
    )
}

/// A time as arXiv writes it, in whole seconds.
fn format_timestamp_in_seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
