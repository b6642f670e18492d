//! The pages, each from what the store has at the moment.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::app_state::AppState;
use super::cache_control_headers::{HTML, cacheable_response};
use super::health_snapshot::ServedHealth;
use super::http_error::HttpError;
use super::search_params::SearchParams;
use super::topic_feeds;
use crate::domain::{Paper, PaperId};
use crate::render::page::{
    CHART_DAYS, DailyPaperCounts, ICON, PaperPageView, SCRIPT, STYLE, SearchPageView, StatusPageView,
    TopicPageView,
};
use crate::store::{SearchQuery, StoreReader};

/// Papers of the first page.
const LATEST_MAX: u32 = 20;

/// Papers of one page of a search, and of a topic.
const PAPERS_MAX: u32 = 20;

/// Papers of an answer while somebody types: there will be another one in a moment.
const PAPERS_LIVE_MAX: u32 = 10;

/// The longest identity of a paper that is looked up.
const ID_BYTES_MAX: usize = 1_100;

pub(super) async fn serve_status_page(State(app): State<Arc<AppState>>) -> Result<Response, HttpError> {
    let (settings, now) = (app.settings.clone(), app.now());
    let read = move |reader: &StoreReader| {
        let ServedHealth { topics, components, .. } = (settings.health_check)(reader, now)?;
        let daily = settings.topics.iter().map(|topic| count_papers_by_day(reader, topic, now));
        let daily = daily.collect::<Result<_>>()?;
        let latest = latest_papers(reader, &settings.topics)?;
        Ok(StatusPageView { now, topics, components, daily, latest })
    };
    let status = app.readers.read(read).await?;
    page_response(app.pages.status_page(&status))
}

pub(super) async fn serve_search_page(
    State(app): State<Arc<AppState>>,
    uri: Uri,
) -> Result<Response, HttpError> {
    let params = SearchParams::from_uri(&uri);
    let query = match params.to_search_query() {
        Ok(query) => query,
        Err(reason) => return search_response(&app, &params, Err(reason), None),
    };
    let papers_max = if params.is_live_search() { PAPERS_LIVE_MAX } else { PAPERS_MAX };
    let (papers, last) = app.readers.read(move |reader| find_papers(reader, &query, papers_max)).await?;
    let older = last.map(|place| params.older_page_url(place));
    search_response(&app, &params, Ok(papers), older)
}

/// A page of papers with their topics, and the place where it ends if there are more.
type SearchResults = (Vec<(Paper, Vec<String>)>, Option<i64>);

fn find_papers(reader: &StoreReader, sought: &SearchQuery, papers_max: u32) -> Result<SearchResults> {
    let mut found = reader.search_papers(sought, papers_max + 1)?;
    let has_more = found.len() > papers_max as usize;
    found.truncate(papers_max as usize);
    let last = found.last().map(|found| found.cursor).filter(|_| has_more);
    Ok((found.into_iter().map(|found| (found.paper, found.topics)).collect(), last))
}

fn search_response(
    app: &AppState,
    params: &SearchParams,
    results: Result<Vec<(Paper, Vec<String>)>, String>,
    older: Option<String>,
) -> Result<Response, HttpError> {
    let is_refused = results.is_err();
    let form = params.to_search_page_form();
    let search = SearchPageView { form: &form, topics: &app.settings.topics, results, older_link: older };
    // The script shows what is wrong with a word in the place of the results.
    if params.is_live_search() {
        return page_response(app.pages.render_search_results(&search));
    }
    let mut response = page_response(app.pages.search_page(&search))?;
    if is_refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// A topic's page, or with an ending behind its name one of its feeds.
pub(super) async fn serve_topic_page(
    State(app): State<Arc<AppState>>,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, HttpError> {
    if !app.settings.topics.contains(&name) {
        let feed = topic_feeds::parse_served_feed_file_name(&name)
            .filter(|(topic, _)| app.settings.topics.contains(topic));
        let (topic, form) = feed.ok_or(HttpError::NotFound("There is no such topic"))?;
        return topic_feeds::serve_topic_feed(&app, topic, form, uri.path()).await;
    }
    let (check, now) = (Arc::clone(&app.settings.health_check), app.now());
    let read = move |reader: &StoreReader| {
        let mut topics = check(reader, now)?.topics.into_iter();
        let summary = topics.find(|topic| topic.name == name).context("a topic without health")?;
        let papers = reader.latest_papers(&name, PAPERS_MAX)?;
        Ok(TopicPageView { now, summary, daily: count_papers_by_day(reader, &name, now)?, papers })
    };
    let topic = app.readers.read(read).await?;
    page_response(app.pages.topic_page(&topic))
}

pub(super) async fn serve_paper_page(
    State(app): State<Arc<AppState>>,
    Path(id): Path<String>,
) -> Result<Response, HttpError> {
    let not_found = || HttpError::NotFound("There is no such paper");
    if id.len() > ID_BYTES_MAX {
        return Err(not_found());
    }
    let id = PaperId::from_link(&id).ok_or_else(not_found)?;
    let history = app.readers.read(move |reader| reader.paper_timeline(&id)).await?.ok_or_else(not_found)?;
    let topics = history.topics.into_iter().map(|topic| (topic.topic, topic.first_seen)).collect();
    let page = PaperPageView { paper: history.paper, topics, versions: history.versions };
    page_response(app.pages.paper_page(&page))
}

pub(super) async fn serve_stylesheet() -> Response {
    cacheable_response("text/css; charset=utf-8", STYLE)
}

pub(super) async fn serve_script() -> Response {
    cacheable_response("text/javascript; charset=utf-8", SCRIPT)
}

pub(super) async fn serve_favicon() -> Response {
    cacheable_response("image/svg+xml", ICON)
}

pub(super) async fn serve_not_found() -> HttpError {
    HttpError::NotFound("There is no such page")
}

fn page_response(rendered: Result<String, impl Into<anyhow::Error>>) -> Result<Response, HttpError> {
    Ok(cacheable_response(HTML, rendered.map_err(HttpError::from_template_error)?))
}

fn count_papers_by_day(reader: &StoreReader, topic: &str, now: Timestamp) -> Result<DailyPaperCounts> {
    let since = now.checked_sub(SignedDuration::from_hours(24 * CHART_DAYS)).unwrap_or(Timestamp::MIN);
    Ok(DailyPaperCounts { topic: topic.to_owned(), days: reader.paper_counts_by_day(topic, since)? })
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
