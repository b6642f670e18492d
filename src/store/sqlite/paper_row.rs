//! How a paper is kept in its row, and how it is read back.

use jiff::Timestamp;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use crate::domain::{
    Abstract, ArticleOfPreprint, Author, Category, Column, Fingerprint, Link, MetadataOrigin, News, Paper,
    PaperAddenda, PaperId, Revision, StoredPaperState, Version,
};

/// The columns that [`read_paper`] reads, in its order; `p` is the papers table.
pub(super) const PAPER: &str = "p.paper_id, p.version, p.title, p.abstract, p.authors, p.primary_category, \
     p.categories, p.published, p.updated, p.comment, p.journal_ref, p.doi, p.links, p.content, p.later_article";

/// The columns that [`read_stored_paper_state`] reads, in its order.
pub(super) const RECORDED: &str = "p.version, p.updated, p.categories, p.comment, p.journal_ref, p.doi, p.origin, p.content, p.later_article";

/// An author as JSON: the name, and the affiliations where there are any.
#[derive(Serialize, Deserialize)]
struct StoredAuthorJson<'a> {
    name: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    affiliations: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct LinkJson {
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rel: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct LaterArticleJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    doi: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal_ref: Option<String>,
}

/// Writes a paper with this date into its row, new or not, and gives the row's id.
pub(super) fn write_paper_row(
    db: &Connection,
    paper: &Paper,
    updated: Timestamp,
    origin: MetadataOrigin,
) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO papers (paper_id, version, title, abstract, authors, primary_category, categories,
             published, updated, comment, journal_ref, doi, links, origin, content, later_article)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT (paper_id) DO UPDATE SET version = excluded.version, title = excluded.title,
             abstract = excluded.abstract, authors = excluded.authors,
             primary_category = excluded.primary_category, categories = excluded.categories,
             published = excluded.published, updated = excluded.updated, comment = excluded.comment,
             journal_ref = excluded.journal_ref, doi = excluded.doi, links = excluded.links,
             origin = excluded.origin, content = excluded.content, later_article = excluded.later_article
         RETURNING id",
    )?
    .query_row(
        params![
            paper.id.as_str(),
            version_number_or_zero(paper.revision.version_if_numbered()),
            paper.title,
            paper.abstract_.0,
            authors_as_stored_json(&paper.authors),
            paper.primary.as_ref().map(|category| &category.0),
            categories_json(&paper.categories),
            paper.published.map(Timestamp::as_microsecond),
            updated.as_microsecond(),
            paper.comment,
            paper.journal_ref,
            paper.doi,
            links_json(&paper.links),
            metadata_origin_name(origin),
            content_fingerprint_bytes(paper.revision),
            later_article_json(paper.later_article.as_ref()),
        ],
        |row| row.get(0),
    )
}

/// Writes what was added to the paper of a row. What a list added is replaced by what its source says next.
pub(super) fn write_paper_addenda(
    db: &Connection,
    row: i64,
    addenda: &PaperAddenda,
    origin: MetadataOrigin,
) -> rusqlite::Result<()> {
    let PaperAddenda { categories, comment, journal_ref, doi, later_article } = addenda;
    db.prepare_cached(
        "UPDATE papers SET categories = ?2, comment = ?3, journal_ref = ?4, doi = ?5, origin = ?6, later_article = ?7
         WHERE id = ?1",
    )?
    .execute(params![
        row,
        categories_json(categories),
        comment,
        journal_ref,
        doi,
        metadata_origin_name(origin),
        later_article_json(later_article.as_ref()),
    ])?;
    Ok(())
}

/// Reads the columns [`RECORDED`], which begin at `first`.
pub(super) fn read_stored_paper_state(row: &Row<'_>, first: usize) -> rusqlite::Result<StoredPaperState> {
    let is_by_hand = row.get_ref(first + 6)?.as_str()? == "list";
    Ok(StoredPaperState {
        revision: read_paper_revision(row, first, first + 7)?,
        updated: read_timestamp_column(row, first + 1)?,
        addenda: PaperAddenda {
            categories: read_categories_column(row, first + 2)?,
            comment: row.get(first + 3)?,
            journal_ref: row.get(first + 4)?,
            doi: row.get(first + 5)?,
            later_article: read_later_article(row, first + 8)?,
        },
        origin: if is_by_hand { MetadataOrigin::List } else { MetadataOrigin::Source },
    })
}

/// Reads the columns [`PAPER`], which begin at `first`.
pub(super) fn read_paper(row: &Row<'_>, first: usize) -> rusqlite::Result<Paper> {
    Ok(Paper {
        authors: read_authors_column(row, first + 4)?,
        categories: read_categories_column(row, first + 6)?,
        links: read_links_column(row, first + 12)?,
        ..read_paper_without_lists(row, first)?
    })
}

/// Reads a paper as far as a row of a table with these columns shows it; the other lists are empty.
pub(super) fn read_paper_for_columns(
    row: &Row<'_>,
    first: usize,
    columns: &[Column],
) -> rusqlite::Result<Paper> {
    let mut paper = read_paper_without_lists(row, first)?;
    if columns.contains(&Column::Authors) {
        paper.authors = read_authors_column(row, first + 4)?;
    }
    // The address of one on arXiv is known.
    if paper.id.as_arxiv_id().is_none() {
        paper.links = read_links_column(row, first + 12)?;
    }
    Ok(paper)
}

fn read_paper_without_lists(row: &Row<'_>, first: usize) -> rusqlite::Result<Paper> {
    Ok(Paper {
        id: PaperId::from_stored(row.get(first)?),
        revision: read_paper_revision(row, first + 1, first + 13)?,
        title: row.get(first + 2)?,
        abstract_: Abstract(row.get(first + 3)?),
        authors: Vec::new(),
        primary: row.get::<_, Option<String>>(first + 5)?.map(Category),
        categories: Vec::new(),
        published: read_optional_time(row, first + 7)?,
        updated: read_timestamp_column(row, first + 8)?,
        comment: row.get(first + 9)?,
        journal_ref: row.get(first + 10)?,
        doi: row.get(first + 11)?,
        later_article: read_later_article(row, first + 14)?,
        links: Vec::new(),
    })
}

fn read_authors_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<Author>> {
    Ok(read_json_column::<Vec<StoredAuthorJson<'_>>>(row, column)?
        .into_iter()
        .map(author_from_json)
        .collect())
}

fn read_links_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<Link>> {
    Ok(read_json_column::<Vec<LinkJson>>(row, column)?.into_iter().map(link_from_stored_json).collect())
}

fn read_categories_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<Category>> {
    Ok(read_json_column::<Vec<String>>(row, column)?.into_iter().map(Category).collect())
}

fn read_later_article(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ArticleOfPreprint>> {
    if row.get_ref(column)? == ValueRef::Null {
        return Ok(None);
    }
    let LaterArticleJson { doi, journal_ref } = read_json_column(row, column)?;
    Ok(Some(ArticleOfPreprint { doi, journal_ref }))
}

/// Reads why a paper is news.
pub(super) fn read_news_kind(row: &Row<'_>, column: usize) -> rusqlite::Result<News> {
    Ok(match row.get_ref(column)?.as_str()? {
        "new" => News::New,
        "published" => News::Published,
        _ => News::Replacement,
    })
}

/// Reads a version; none for 0, which is in the place of one without a number.
pub(super) fn read_version(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Version>> {
    Ok(Version::new(row.get(column)?))
}

/// The number of a version as it is stored: 0 if it has none.
pub(super) fn version_number_or_zero(version: Option<Version>) -> u32 {
    version.map_or(0, Version::version_number)
}

fn content_fingerprint_bytes(revision: Revision) -> Option<[u8; 16]> {
    match revision {
        Revision::Numbered(_) => None,
        Revision::Content(content) => Some(content.to_stored_bytes()),
    }
}

fn read_paper_revision(row: &Row<'_>, version: usize, content: usize) -> rusqlite::Result<Revision> {
    match (read_version(row, version)?, row.get::<_, Option<[u8; 16]>>(content)?) {
        (Some(version), _) => Ok(Revision::Numbered(version)),
        (None, Some(content)) => Ok(Revision::Content(Fingerprint::from_stored(content))),
        (None, None) => Err(conversion_error(version, Type::Integer, "version 0 without a content".into())),
    }
}

/// Reads a time.
pub(super) fn read_timestamp_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    timestamp_from_micros(row.get(column)?, column)
}

/// Reads a time that may be missing.
pub(super) fn read_optional_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(|micros| timestamp_from_micros(micros, column)).transpose()
}

fn timestamp_from_micros(micros: i64, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(micros)
        .map_err(|error| conversion_error(column, Type::Integer, Box::new(error)))
}

/// Reads JSON.
pub(super) fn read_json_column<T: for<'a> Deserialize<'a>>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| conversion_error(column, Type::Text, Box::new(error)))
}

/// An error of a row that cannot be read.
pub(super) fn conversion_error(
    column: usize,
    kind: Type,
    why: Box<dyn std::error::Error + Send + Sync + 'static>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, why)
}

fn authors_as_stored_json(authors: &[Author]) -> String {
    let authors: Vec<_> = authors
        .iter()
        .map(|a| StoredAuthorJson { name: a.name.as_str().into(), affiliations: a.affiliations.clone() })
        .collect();
    to_json(&authors)
}

fn categories_json(categories: &[Category]) -> String {
    to_json(&categories.iter().map(|category| &category.0).collect::<Vec<_>>())
}

fn links_json(links: &[Link]) -> String {
    let links: Vec<_> = links
        .iter()
        .cloned()
        .map(|Link { href, rel, media_type, title }| LinkJson { href, rel, media_type, title })
        .collect();
    to_json(&links)
}

fn later_article_json(article: Option<&ArticleOfPreprint>) -> Option<String> {
    article
        .cloned()
        .map(|ArticleOfPreprint { doi, journal_ref }| to_json(&LaterArticleJson { doi, journal_ref }))
}

fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and lists of texts always have a JSON form")
}

fn author_from_json(json: StoredAuthorJson<'_>) -> Author {
    Author { name: json.name.into_owned(), affiliations: json.affiliations }
}

fn link_from_stored_json(json: LinkJson) -> Link {
    Link { href: json.href, rel: json.rel, media_type: json.media_type, title: json.title }
}

fn metadata_origin_name(origin: MetadataOrigin) -> &'static str {
    match origin {
        MetadataOrigin::Source => "source",
        MetadataOrigin::List => "list",
    }
}

/// The paper of a row.
pub(super) fn paper_by_row_id(db: &Connection, row: i64) -> rusqlite::Result<Paper> {
    let mut find = db.prepare_cached(&format!("SELECT {PAPER} FROM papers p WHERE p.id = ?1"))?;
    find.query_row([row], |row| read_paper(row, 0))
}
