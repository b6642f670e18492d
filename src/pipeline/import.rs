//! Reading a history out of an existing list: every row is filled in silently.

use std::collections::HashMap;

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::poll::latest_versions;
use crate::domain::{
    Abstract, ArticleOfPreprint, Doi, Fingerprint, Link, MetadataOrigin, Paper, PaperId, PaperLink, Revision,
    Version, detect_change_from_list, estimated_date, mark_estimated, merge_paper,
};
use crate::render::{TableRow, is_placeholder_text};
use crate::store::{KnownPaper, PaperWithDetectedChange, PollRecord, RecordedPaperCounts, Store};

/// What became of the rows of a list.
#[derive(Debug)]
pub struct RowImportOutcome {
    /// The papers that were recorded.
    pub counts: RecordedPaperCounts,
    /// What the rows link that stay a person's own.
    pub own_rows: Vec<PaperId>,
}

/// Fills a topic's history with the rows of a list, in their order. First contact with these sources ends with it: what the
/// next poll of one finds in addition to them is news. A page that the history does not have may be anything, and so may what
/// an archive of data keeps: its row is a person's own.
pub fn import_list_rows(
    store: &mut Store,
    topic: &str,
    sources: &[String],
    rows: &[TableRow],
    now: Timestamp,
) -> Result<RowImportOutcome> {
    let record = store.ensure_topic(topic)?;
    let sources = sources.iter().map(|source| store.ensure_topic_source(&record, source));
    let sources = sources.collect::<Result<Vec<_>>>()?;
    let papers =
        rows.iter().filter_map(|row| paper_from_table_row(row, now)).map(without_placeholders).collect();
    let papers = combine_duplicate_papers(replace_former_ids_with_displayed(store, papers)?);
    let ids: Vec<_> = papers.iter().map(|paper| paper.id.clone()).collect();
    let known = store.known_papers(&record, sources.first(), &ids)?;
    let (listed, own): (Vec<_>, Vec<_>) = papers
        .into_iter()
        .zip(known)
        .partition(|(paper, known)| known.recorded.is_some() || is_importable_as_paper(&paper.id));
    let listed = listed.into_iter().map(|(paper, known)| assess_list_paper(paper, known));
    let counts = store.record_papers(&record, &PollRecord::of_import(now, listed.collect(), sources))?;
    Ok(RowImportOutcome { counts, own_rows: own.into_iter().map(|(paper, _)| paper.id).collect() })
}

/// Whether a row that links this is a paper's although the history does not have that.
fn is_importable_as_paper(id: &PaperId) -> bool {
    id.as_arxiv_id().is_some() || id.as_doi().is_some_and(|doi| !doi.is_of_data_archive())
}

/// A paper of a list, with what was known of it and what that means.
pub(super) fn assess_list_paper(paper: Paper, known: KnownPaper) -> PaperWithDetectedChange {
    let finding = detect_change_from_list(&paper, known.recorded.as_ref(), known.sighting);
    PaperWithDetectedChange { paper, known, finding }
}

/// A paper of a row without what only fills a cell: it says nothing, and takes the place of nothing that is known.
fn without_placeholders(paper: Paper) -> Paper {
    let abstract_ = Some(paper.abstract_).filter(|abstract_| !is_placeholder_text(&abstract_.0));
    let comment = paper.comment.filter(|comment| !is_placeholder_text(comment));
    Paper { abstract_: abstract_.unwrap_or_default(), comment, ..paper }
}

/// The papers, each under the identity by which the history displays it.
pub(super) fn replace_former_ids_with_displayed(store: &Store, mut papers: Vec<Paper>) -> Result<Vec<Paper>> {
    let displayed = store.displayed_ids_by_former_id(papers.iter().map(|paper| &paper.id))?;
    for paper in &mut papers {
        if let Some(own) = displayed.get(&paper.id) {
            paper.id = own.clone();
        }
    }
    Ok(papers)
}

/// Each paper once, in its latest version, with what any of its rows says of it.
pub(super) fn combine_duplicate_papers(papers: Vec<Paper>) -> Vec<Paper> {
    let order: Vec<PaperId> = latest_versions(papers.clone()).into_iter().map(|paper| paper.id).collect();
    let mut each: HashMap<PaperId, Paper> = HashMap::new();
    for paper in papers {
        let paper = match each.remove(&paper.id) {
            None => paper,
            Some(other) if paper.revision.version_if_numbered() > other.revision.version_if_numbered() => {
                merge_paper(other, paper, MetadataOrigin::List)
            }
            Some(other) => merge_paper(paper, other, MetadataOrigin::List),
        };
        each.insert(paper.id.clone(), paper);
    }
    order.iter().filter_map(|id| each.remove(id)).collect()
}

/// What a date may be ahead of our present: it is tomorrow already where somebody lives.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The paper of a row, if it links one. Its date is a day, or an estimate if the row names none that can be; the
/// source's next answer adds the time and the rest.
pub(super) fn paper_from_table_row(row: &TableRow, now: Timestamp) -> Option<Paper> {
    let PaperLink { paper: id, version, address } = row.link.as_ref()?;
    let estimate = || id.as_arxiv_id().map_or_else(|| mark_estimated(now), |id| estimated_date(&id, now));
    let updated = date_of_table_row(row).filter(|date| *date <= now + AHEAD_MAX).unwrap_or_else(estimate);
    let own = id.as_arxiv_id().is_none().then(|| Link {
        href: address.clone(),
        rel: None,
        media_type: None,
        title: None,
    });
    Some(Paper {
        id: id.clone(),
        revision: revision_from_table_row(row, id, *version),
        title: row.title.to_string(),
        abstract_: Abstract(row.abstract_.to_string()),
        authors: Vec::new(),
        primary: None,
        categories: Vec::new(),
        published: None,
        updated,
        comment: row.comment.as_ref().map(ToString::to_string),
        journal_ref: None,
        doi: own.as_ref().and_then(|own| Doi::parse(&own.href)).map(|doi| doi.to_string()),
        later_article: row.article_link.as_deref().and_then(article_from_link),
        links: own.into_iter().collect(),
    })
}

/// What a row says of the article as which its paper appeared.
fn article_from_link(link: &str) -> Option<ArticleOfPreprint> {
    let doi = PaperId::from_link(link)?.as_doi()?;
    Some(ArticleOfPreprint { doi: Some(doi.as_str().to_owned()), journal_ref: None })
}

/// The version that a row links, or arXiv's first; of a paper without numbers what the row says.
fn revision_from_table_row(row: &TableRow, id: &PaperId, version: Option<Version>) -> Revision {
    if id.as_arxiv_id().is_some() {
        return Revision::Numbered(version.unwrap_or(Version::FIRST));
    }
    Revision::Content(Fingerprint::of_text(format!("{} {}", row.title, row.abstract_)))
}

/// The beginning of the day that a row names.
pub(super) fn date_of_table_row(row: &TableRow) -> Option<Timestamp> {
    Some(row.date?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
