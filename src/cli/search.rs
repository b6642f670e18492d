//! `search WORDS`: papers of the history, newest first.

use std::fmt::Write;

use anyhow::Result;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use super::usage_error::UsageError;
use crate::config::Config;
use crate::domain::{Author, Paper, find_code_url};
use crate::store::{SearchHit, StoreReader, TextIndex, error_chain_message};

/// The most papers that are indexed in memory: about a second, and some ten megabytes.
const MEMORY_INDEX_MAX: u64 = 5000;

pub(super) fn run_search_command(
    config: &Config,
    words: &[String],
    papers_max: u32,
    json: bool,
) -> Result<CommandOutcome> {
    if words.iter().all(|word| word.trim().is_empty()) {
        return Err(UsageError("search: say at least one word to look for".to_owned()).into());
    }
    let reader = open_searchable_history(config)?;
    let found = reader.search_papers_by_words(words, papers_max)?;
    let papers: Vec<_> = found.iter().map(SearchResultPaper::from_hit).collect();
    output::print_answer(json, &serde_json::json!({ "papers": papers }), || format_search_results(&found))?;
    Ok(CommandOutcome::Complete)
}

/// A reader that finds every paper by its words. If so many are not indexed that it would take too long in memory, it says
/// that those are not found.
pub(super) fn open_searchable_history(config: &Config) -> Result<StoreReader> {
    let mut reader = StoreReader::open_existing(&config.state)?;
    let unindexed = reader.unindexed_paper_count()?;
    if unindexed == 0 {
        return Ok(reader);
    }
    let why = if reader.is_opened_without_locks() {
        "the history can only be read here".to_owned()
    } else {
        match TextIndex::open(&config.state).and_then(|mut index| index.index_all_changed_papers()) {
            Ok(()) => return Ok(reader),
            Err(error) => error_chain_message(&error),
        }
    };
    if unindexed <= MEMORY_INDEX_MAX {
        reader.index_unindexed_in_memory()?;
    } else {
        tracing::warn!(papers = unindexed, error = %why, "papers are not found by their words yet: the index cannot be written");
    }
    Ok(reader)
}

fn format_search_results(found: &[SearchHit]) -> String {
    if found.is_empty() {
        return "no paper of the history has all of these words\n".to_owned();
    }
    let mut text = String::new();
    for SearchHit { paper, .. } in found {
        let day = paper.updated.to_zoned(TimeZone::UTC).date();
        let _ = writeln!(text, "{day}  {}\n            {}", paper.title, paper_url(paper));
    }
    text
}

/// Where a person reads the paper.
fn paper_url(paper: &Paper) -> String {
    paper.paper_page_urls().into_iter().next().unwrap_or_else(|| paper.id.to_string())
}

/// A paper with all that the history has of it.
#[derive(Serialize)]
struct SearchResultPaper<'a> {
    id: &'a str,
    version: Option<u32>,
    title: &'a str,
    #[serde(rename = "abstract")]
    abstract_: &'a str,
    authors: Vec<SearchResultAuthorJson<'a>>,
    primary_category: Option<&'a str>,
    categories: Vec<&'a str>,
    published: Option<String>,
    updated: String,
    comment: Option<&'a str>,
    journal_ref: Option<&'a str>,
    doi: Option<&'a str>,
    article: Option<SearchResultArticleJson<'a>>,
    code_link: Option<String>,
    url: String,
    topics: &'a [String],
}

/// What a preprint appeared as.
#[derive(Serialize)]
struct SearchResultArticleJson<'a> {
    doi: Option<String>,
    url: Option<String>,
    journal: Option<&'a str>,
}

#[derive(Serialize)]
struct SearchResultAuthorJson<'a> {
    name: &'a str,
    affiliations: &'a [String],
}

impl<'a> SearchResultPaper<'a> {
    fn from_hit(found: &'a SearchHit) -> Self {
        let SearchHit { paper, topics, cursor: _ } = found;
        Self {
            id: paper.id.as_str(),
            version: paper.revision.version_number(),
            title: &paper.title,
            abstract_: &paper.abstract_.0,
            authors: paper.authors.iter().map(SearchResultAuthorJson::from_author).collect(),
            primary_category: paper.primary.as_ref().map(|category| category.0.as_str()),
            categories: paper.categories.iter().map(|category| category.0.as_str()).collect(),
            published: paper.published.map(|published| published.to_string()),
            updated: paper.updated.to_string(),
            comment: paper.comment.as_deref(),
            journal_ref: paper.journal_ref.as_deref(),
            doi: paper.doi.as_deref(),
            article: SearchResultArticleJson::article_of_preprint(paper),
            code_link: find_code_url(&paper.abstract_.0, paper.comment.as_deref(), &[]),
            url: paper_url(paper),
            topics,
        }
    }
}

impl<'a> SearchResultArticleJson<'a> {
    fn article_of_preprint(paper: &'a Paper) -> Option<Self> {
        let doi = paper.article_doi().map(|doi| doi.to_string());
        let article = Self { doi, url: paper.article_url(), journal: paper.article_journal() };
        (article.doi.is_some() || article.journal.is_some()).then_some(article)
    }
}

impl<'a> SearchResultAuthorJson<'a> {
    fn from_author(author: &'a Author) -> Self {
        Self { name: &author.name, affiliations: &author.affiliations }
    }
}
