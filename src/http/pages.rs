//! The pages, each from what the store has at the moment.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::answer::{HTML, kept, trouble, unread};
use super::ask::Fields;
use super::{House, Standing, feeds};
use crate::domain::{Paper, PaperId};
use crate::render::page::{CHART_DAYS, Daily, ICON, PaperPage, SCRIPT, STYLE, Search, Status, TopicPage};
use crate::store::{Reader, Sought};

/// Papers of the first page.
const LATEST_MAX: u32 = 20;

/// Papers of one page of a search, and of a topic.
const PAPERS_MAX: u32 = 20;

/// Papers of an answer while somebody types: there will be another one in a moment.
const PAPERS_LIVE_MAX: u32 = 10;

/// The longest identity of a paper that is looked up.
const ID_BYTES_MAX: usize = 500;

pub(super) async fn status(State(house): State<Arc<House>>, asked: HeaderMap) -> Response {
    let (settings, now) = (house.settings.clone(), house.now());
    let read = move |reader: &Reader| {
        let Standing { topics, things, queues: _ } = (settings.look)(reader, now)?;
        let daily = settings.topics.iter().map(|topic| daily(reader, topic, now));
        let daily = daily.collect::<Result<_>>()?;
        Ok(Status { now, topics, things, daily, latest: latest(reader, &settings.topics)? })
    };
    match house.readers.read(read).await {
        Ok(status) => page(&house, &asked, house.pages.status(&status)),
        Err(error) => unread(&house, &error),
    }
}

pub(super) async fn search(State(house): State<Arc<House>>, uri: Uri, asked: HeaderMap) -> Response {
    let Some(fields) = Fields::of(&uri) else {
        return trouble(
            &house,
            StatusCode::BAD_REQUEST,
            "Not understood",
            "This is not what the search form sends.",
        );
    };
    let sought = match fields.sought() {
        Ok(sought) => sought,
        Err(words) => return found(&house, &asked, &fields, Err(words), None),
    };
    let papers_max = if fields.is_live() { PAPERS_LIVE_MAX } else { PAPERS_MAX };
    match house.readers.read(move |reader| find(reader, &sought, papers_max)).await {
        Ok((papers, last)) => {
            let older = last.map(|place| fields.older(place));
            found(&house, &asked, &fields, Ok(papers), older)
        }
        Err(error) => unread(&house, &error),
    }
}

/// A page of papers with their topics, and the place where it ends if there are more.
type Page = (Vec<(Paper, Vec<String>)>, Option<i64>);

fn find(reader: &Reader, sought: &Sought, papers_max: u32) -> Result<Page> {
    let mut found = reader.find(sought, papers_max + 1)?;
    let has_more = found.len() > papers_max as usize;
    found.truncate(papers_max as usize);
    let last = found.last().map(|found| found.place).filter(|_| has_more);
    Ok((found.into_iter().map(|found| (found.paper, found.topics)).collect(), last))
}

fn found(
    house: &House,
    asked: &HeaderMap,
    fields: &Fields,
    found: Result<Vec<(Paper, Vec<String>)>, String>,
    older: Option<String>,
) -> Response {
    let status = if found.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let search = Search { asked: &fields.asked(), topics: &house.settings.topics, found, older };
    let shown = if fields.is_live() { house.pages.found(&search) } else { house.pages.search(&search) };
    let mut response = page(house, asked, shown);
    // A word that is too long is a mistake of the form's; the script shows what is wrong in its place.
    if status != StatusCode::OK && response.status() == StatusCode::OK && !fields.is_live() {
        *response.status_mut() = status;
    }
    response
}

/// A topic's page, or with an ending behind its name one of its feeds.
pub(super) async fn topic(
    State(house): State<Arc<House>>,
    Path(name): Path<String>,
    uri: Uri,
    asked: HeaderMap,
) -> Response {
    if !house.settings.topics.contains(&name) {
        return match feeds::named(&name).filter(|(topic, _)| house.settings.topics.contains(topic)) {
            Some((topic, form)) => feeds::feed(&house, topic, form, uri.path(), &asked).await,
            None => no_such(&house, "There is no such topic"),
        };
    }
    let (look, now) = (Arc::clone(&house.settings.look), house.now());
    let read = move |reader: &Reader| {
        let mut topics = look(reader, now)?.topics.into_iter();
        let standing = topics.find(|topic| topic.name == name).context("a topic that does not stand")?;
        let papers = reader.latest(&name, PAPERS_MAX)?;
        Ok(TopicPage { now, standing, daily: daily(reader, &name, now)?, papers })
    };
    match house.readers.read(read).await {
        Ok(topic) => page(&house, &asked, house.pages.topic(&topic)),
        Err(error) => unread(&house, &error),
    }
}

pub(super) async fn paper(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    asked: HeaderMap,
) -> Response {
    if id.len() > ID_BYTES_MAX {
        return no_such(&house, "There is no such paper");
    }
    let id = PaperId::from_text(&id);
    match house.readers.read(move |reader| reader.life(&id)).await {
        Ok(Some(life)) => {
            let topics = life.topics.into_iter().map(|topic| (topic.topic, topic.seen)).collect();
            let life = PaperPage { paper: life.paper, topics, versions: life.versions };
            page(&house, &asked, house.pages.paper(&life))
        }
        Ok(None) => no_such(&house, "There is no such paper"),
        Err(error) => unread(&house, &error),
    }
}

pub(super) async fn style(asked: HeaderMap) -> Response {
    kept(&asked, "text/css; charset=utf-8", STYLE)
}

pub(super) async fn script(asked: HeaderMap) -> Response {
    kept(&asked, "text/javascript; charset=utf-8", SCRIPT)
}

pub(super) async fn icon(asked: HeaderMap) -> Response {
    kept(&asked, "image/svg+xml", ICON)
}

pub(super) async fn nowhere(State(house): State<Arc<House>>) -> Response {
    no_such(&house, "There is no such page")
}

fn no_such(house: &House, title: &str) -> Response {
    trouble(house, StatusCode::NOT_FOUND, title, "The address may be mistyped, or what it names is gone.")
}

/// A page that was rendered. A mistake in a template is the operator's affair.
fn page(house: &House, asked: &HeaderMap, rendered: Result<String, impl std::fmt::Display>) -> Response {
    match rendered {
        Ok(page) => kept(asked, HTML, page),
        Err(error) => {
            tracing::error!("a page's own template cannot be filled in: {error:#}");
            trouble(
                house,
                StatusCode::INTERNAL_SERVER_ERROR,
                "A mistake of ours",
                "The log says what is wrong.",
            )
        }
    }
}

fn daily(reader: &Reader, topic: &str, now: Timestamp) -> Result<Daily> {
    let since = now.checked_sub(SignedDuration::from_hours(24 * CHART_DAYS)).unwrap_or(Timestamp::MIN);
    Ok(Daily { topic: topic.to_owned(), days: reader.papers_by_day(topic, since)? })
}

/// The latest papers of these topics, each once with those of them that have seen it.
fn latest(reader: &Reader, topics: &[String]) -> Result<Vec<(Paper, Vec<String>)>> {
    let mut papers: Vec<(Paper, Vec<String>)> = Vec::new();
    let mut places: HashMap<PaperId, usize> = HashMap::new();
    for topic in topics {
        for paper in reader.latest(topic, LATEST_MAX)? {
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
