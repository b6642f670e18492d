//! The pages, each from what the store has at the moment.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::response::{HTML, cacheable, error_page, store_error_page};
use super::search_params::SearchParams;
use super::{AppState, ServedHealth, feeds};
use crate::domain::{Paper, PaperId};
use crate::render::page::{
    CHART_DAYS, DailyCounts, ICON, PaperPage, SCRIPT, STYLE, SearchPage, StatusPage, TopicPage,
};
use crate::store::{SearchQuery, StoreReader};

/// Papers of the first page.
const LATEST_MAX: u32 = 20;

/// Papers of one page of a search, and of a topic.
const PAPERS_MAX: u32 = 20;

/// Papers of an answer while somebody types: there will be another one in a moment.
const PAPERS_LIVE_MAX: u32 = 10;

/// The longest identity of a paper that is looked up.
const ID_BYTES_MAX: usize = 500;

pub(super) async fn status(State(house): State<Arc<AppState>>, asked: HeaderMap) -> Response {
    let (settings, now) = (house.settings.clone(), house.now());
    let read = move |reader: &StoreReader| {
        let ServedHealth { topics, components: things, queues: _ } = (settings.health_check)(reader, now)?;
        let daily = settings.topics.iter().map(|topic| papers_by_day(reader, topic, now));
        let daily = daily.collect::<Result<_>>()?;
        Ok(StatusPage {
            now,
            topics,
            components: things,
            daily,
            latest: latest_papers(reader, &settings.topics)?,
        })
    };
    match house.readers.read(read).await {
        Ok(status) => page_response(&house, &asked, house.pages.status(&status)),
        Err(error) => store_error_page(&house, &error),
    }
}

pub(super) async fn search(State(house): State<Arc<AppState>>, uri: Uri, asked: HeaderMap) -> Response {
    let Some(fields) = SearchParams::of(&uri) else {
        return error_page(
            &house,
            StatusCode::BAD_REQUEST,
            "Not understood",
            "This is not what the search form sends.",
        );
    };
    let sought = match fields.validate() {
        Ok(sought) => sought,
        Err(words) => return search_response(&house, &asked, &fields, Err(words), None),
    };
    let papers_max = if fields.is_live() { PAPERS_LIVE_MAX } else { PAPERS_MAX };
    match house.readers.read(move |reader| find_papers(reader, &sought, papers_max)).await {
        Ok((papers, last)) => {
            let older = last.map(|place| fields.older_page_url(place));
            search_response(&house, &asked, &fields, Ok(papers), older)
        }
        Err(error) => store_error_page(&house, &error),
    }
}

/// A page of papers with their topics, and the place where it ends if there are more.
type SearchResults = (Vec<(Paper, Vec<String>)>, Option<i64>);

fn find_papers(reader: &StoreReader, sought: &SearchQuery, papers_max: u32) -> Result<SearchResults> {
    let mut found = reader.find(sought, papers_max + 1)?;
    let has_more = found.len() > papers_max as usize;
    found.truncate(papers_max as usize);
    let last = found.last().map(|found| found.cursor).filter(|_| has_more);
    Ok((found.into_iter().map(|found| (found.paper, found.topics)).collect(), last))
}

fn search_response(
    house: &AppState,
    asked: &HeaderMap,
    fields: &SearchParams,
    found: Result<Vec<(Paper, Vec<String>)>, String>,
    older: Option<String>,
) -> Response {
    let status = if found.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let search = SearchPage {
        form: &fields.form_values(),
        topics: &house.settings.topics,
        results: found,
        older_link: older,
    };
    let shown =
        if fields.is_live() { house.pages.search_results(&search) } else { house.pages.search(&search) };
    let mut response = page_response(house, asked, shown);
    // A word that is too long is a mistake of the form's; the script shows what is wrong in its place.
    if status != StatusCode::OK && response.status() == StatusCode::OK && !fields.is_live() {
        *response.status_mut() = status;
    }
    response
}

/// A topic's page, or with an ending behind its name one of its feeds.
pub(super) async fn topic(
    State(house): State<Arc<AppState>>,
    Path(name): Path<String>,
    uri: Uri,
    asked: HeaderMap,
) -> Response {
    if !house.settings.topics.contains(&name) {
        return match feeds::parse_feed_name(&name).filter(|(topic, _)| house.settings.topics.contains(topic))
        {
            Some((topic, form)) => feeds::feed(&house, topic, form, uri.path(), &asked).await,
            None => not_found_page(&house, "There is no such topic"),
        };
    }
    let (look, now) = (Arc::clone(&house.settings.health_check), house.now());
    let read = move |reader: &StoreReader| {
        let mut topics = look(reader, now)?.topics.into_iter();
        let standing = topics.find(|topic| topic.name == name).context("a topic that does not stand")?;
        let papers = reader.latest_papers(&name, PAPERS_MAX)?;
        Ok(TopicPage { now, summary: standing, daily: papers_by_day(reader, &name, now)?, papers })
    };
    match house.readers.read(read).await {
        Ok(topic) => page_response(&house, &asked, house.pages.topic(&topic)),
        Err(error) => store_error_page(&house, &error),
    }
}

pub(super) async fn paper(
    State(house): State<Arc<AppState>>,
    Path(id): Path<String>,
    asked: HeaderMap,
) -> Response {
    if id.len() > ID_BYTES_MAX {
        return not_found_page(&house, "There is no such paper");
    }
    let id = PaperId::from_text(&id);
    match house.readers.read(move |reader| reader.paper_history(&id)).await {
        Ok(Some(life)) => {
            let topics = life.topics.into_iter().map(|topic| (topic.topic, topic.first_seen)).collect();
            let life = PaperPage { paper: life.paper, topics, versions: life.versions };
            page_response(&house, &asked, house.pages.paper(&life))
        }
        Ok(None) => not_found_page(&house, "There is no such paper"),
        Err(error) => store_error_page(&house, &error),
    }
}

pub(super) async fn style(asked: HeaderMap) -> Response {
    cacheable(&asked, "text/css; charset=utf-8", STYLE)
}

pub(super) async fn script(asked: HeaderMap) -> Response {
    cacheable(&asked, "text/javascript; charset=utf-8", SCRIPT)
}

pub(super) async fn icon(asked: HeaderMap) -> Response {
    cacheable(&asked, "image/svg+xml", ICON)
}

pub(super) async fn not_found(State(house): State<Arc<AppState>>) -> Response {
    not_found_page(&house, "There is no such page")
}

fn not_found_page(house: &AppState, title: &str) -> Response {
    error_page(house, StatusCode::NOT_FOUND, title, "The address may be mistyped, or what it names is gone.")
}

/// A page that was rendered. A mistake in a template is the operator's affair.
fn page_response(
    house: &AppState,
    asked: &HeaderMap,
    rendered: Result<String, impl std::fmt::Display>,
) -> Response {
    match rendered {
        Ok(page) => cacheable(asked, HTML, page),
        Err(error) => {
            tracing::error!("a page's own template cannot be filled in: {error:#}");
            error_page(
                house,
                StatusCode::INTERNAL_SERVER_ERROR,
                "A mistake of ours",
                "The log says what is wrong.",
            )
        }
    }
}

fn papers_by_day(reader: &StoreReader, topic: &str, now: Timestamp) -> Result<DailyCounts> {
    let since = now.checked_sub(SignedDuration::from_hours(24 * CHART_DAYS)).unwrap_or(Timestamp::MIN);
    Ok(DailyCounts { topic: topic.to_owned(), days: reader.papers_by_day(topic, since)? })
}

/// The latest papers of these topics, each once with those of them that have seen it.
fn latest_papers(reader: &StoreReader, topics: &[String]) -> Result<Vec<(Paper, Vec<String>)>> {
    let mut papers: Vec<(Paper, Vec<String>)> = Vec::new();
    let mut places: HashMap<PaperId, usize> = HashMap::new();
    for topic in topics {
        for paper in reader.latest_papers(topic, LATEST_MAX)? {
            let place = *places.entry(paper.id.clone()).or_insert(papers.len());
            match papers.get_mut(place) {
                Some((_, topics)) => topics.push(topic.clone()),
                None => papers.push((paper, vec![topic.clone()])),
            }
        }
    }
    papers.sort_by_key(|(paper, _)| std::cmp::Reverse(paper.updated));
    papers.truncate(LATEST_MAX as usize);
    Ok(papers)
}
