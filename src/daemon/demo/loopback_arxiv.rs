//! An arXiv on the loopback that knows the demo's papers and the simulated time.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Query, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{DemoPaper, days, feed, papers};

/// How many results arXiv gives when the request does not say.
/// Source: <https://info.arxiv.org/help/api/user-manual.html>, 3.1.1.
const DEFAULT_RESULTS: usize = 10;

/// How many results arXiv gives at most in one answer. Source: as above, 3.1.1.2.
const MAX_RESULTS: usize = 2000;

/// A server that answers `GET /api/query` as arXiv does, with those of the demo's papers that are
/// announced by the simulated time. Every query gets the same papers, as all of them speak of image
/// classification. It stops when it is dropped.
#[derive(Debug)]
pub struct LoopbackArxiv {
    address: SocketAddr,
    state: Arc<LoopbackArxivState>,
    serving: JoinHandle<()>,
}

impl LoopbackArxiv {
    /// Listens on a free port of 127.0.0.1 and answers from the current runtime, at first for the
    /// first simulated day.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("the demo's arXiv could not listen on 127.0.0.1")?;
        let address = listener.local_addr().context("the demo's arXiv has no address")?;
        let world = Arc::new(LoopbackArxivState::new());
        let router = Router::new().route("/api/query", get(handle_query)).with_state(Arc::clone(&world));
        let serving = tokio::spawn(async move {
            // It ends only with the task: an error on one connection is that connection's own.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, state: world, serving })
    }

    /// What to put into the config as arXiv's address.
    pub fn url(&self) -> String {
        format!("http://{}/api/query", self.address)
    }

    /// Sets the simulated time, which decides what is announced and what the answers are dated.
    pub fn set_now(&self, now: Timestamp) {
        *self.state.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// How many requests it has had so far, refused ones included.
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::Relaxed)
    }
}

impl Drop for LoopbackArxiv {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What the server knows.
#[derive(Debug)]
struct LoopbackArxivState {
    papers: Vec<DemoPaper>,
    now: Mutex<Timestamp>,
    requests: AtomicUsize,
}

impl LoopbackArxivState {
    fn new() -> Self {
        let first = days().into_iter().next().expect("the simulated days are not empty");
        Self { papers: papers(), now: Mutex::new(first), requests: AtomicUsize::new(0) }
    }

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The papers announced by then, each in its newest version.
    fn announced_papers(&self, now: Timestamp) -> Vec<DemoPaper> {
        let mut shown: Vec<_> = self.papers.iter().filter(|p| p.announced_at() <= now).cloned().collect();
        shown.sort_by_key(|paper| std::cmp::Reverse(paper.version));
        let mut seen = HashSet::new();
        shown.retain(|paper| seen.insert(paper.id.clone()));
        shown
    }
}

/// A request's parameters as they came.
#[derive(Debug, Deserialize)]
struct LoopbackParams {
    search_query: Option<String>,
    start: Option<String>,
    max_results: Option<String>,
    #[serde(rename = "sortBy")]
    sort_by: Option<String>,
    #[serde(rename = "sortOrder")]
    sort_order: Option<String>,
}

/// A request's parameters, understood.
struct LoopbackRequest {
    query: String,
    start: usize,
    max_results: usize,
    date: SortDate,
    order: SortOrder,
}

/// The date to sort by. Relevance, arXiv's default, is nothing that the demo's papers differ in;
/// it falls to the date of the version too.
enum SortDate {
    Updated,
    Published,
}

enum SortOrder {
    Ascending,
    Descending,
}

async fn handle_query(
    State(world): State<Arc<LoopbackArxivState>>,
    RawQuery(raw): RawQuery,
    Query(asked): Query<LoopbackParams>,
) -> Response {
    world.requests.fetch_add(1, Ordering::Relaxed);
    let now = world.now();
    match LoopbackRequest::parse(asked) {
        Ok(request) => atom_response(
            StatusCode::OK,
            results_page(&world, &request, raw.as_deref().unwrap_or_default(), now),
        ),
        Err(words) => atom_response(StatusCode::BAD_REQUEST, feed::error_feed(&words, now)),
    }
}

fn atom_response(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], body).into_response()
}

fn results_page(world: &LoopbackArxivState, request: &LoopbackRequest, raw: &str, now: Timestamp) -> String {
    let mut papers = world.announced_papers(now);
    match request.date {
        SortDate::Updated => papers.sort_by_key(|paper| paper.updated),
        SortDate::Published => papers.sort_by_key(|paper| paper.published),
    }
    match request.order {
        SortOrder::Ascending => {}
        SortOrder::Descending => papers.reverse(),
    }
    let page = feed::DemoFeedHeader {
        query: &request.query,
        raw_query: raw.split('&').find_map(|pair| pair.strip_prefix("search_query=")).unwrap_or_default(),
        start: request.start,
        max_results: request.max_results,
        total: papers.len(),
    };
    let from = request.start.min(papers.len());
    let to = from.saturating_add(request.max_results).min(papers.len());
    feed::results_feed(&page, &papers[from..to], now)
}

impl LoopbackRequest {
    /// Reads the parameters, or says in arXiv's words what is wrong with them.
    fn parse(asked: LoopbackParams) -> Result<Self, String> {
        let query = asked.search_query.filter(|query| !query.trim().is_empty());
        let query = query.ok_or("Either a search_query or id_list must be specified for the classic API.")?;
        Ok(Self {
            query,
            start: parse_count("start", asked.start.as_deref(), 0)?,
            max_results: parse_count("max_results", asked.max_results.as_deref(), DEFAULT_RESULTS)?
                .min(MAX_RESULTS),
            date: parse_sort_date(asked.sort_by.as_deref())?,
            order: parse_sort_order(asked.sort_order.as_deref())?,
        })
    }
}

fn parse_count(name: &str, text: Option<&str>, default: usize) -> Result<usize, String> {
    let Some(text) = text else { return Ok(default) };
    let number: i64 = text.parse().map_err(|_| format!("{name} must be an integer"))?;
    usize::try_from(number).map_err(|_| format!("{name} must be non-negative"))
}

fn parse_sort_date(text: Option<&str>) -> Result<SortDate, String> {
    match text {
        None | Some("relevance" | "lastUpdatedDate") => Ok(SortDate::Updated),
        Some("submittedDate") => Ok(SortDate::Published),
        Some(_) => Err("sortBy must be in: relevance, lastUpdatedDate, submittedDate".to_owned()),
    }
}

fn parse_sort_order(text: Option<&str>) -> Result<SortOrder, String> {
    match text {
        None | Some("descending") => Ok(SortOrder::Descending),
        Some("ascending") => Ok(SortOrder::Ascending),
        Some(_) => Err("sortOrder must be in: ascending, descending".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENSEARCH: &str = "http://a9.com/-/spec/opensearch/1.1/";
    const ARXIV: &str = "http://arxiv.org/schemas/atom";
    const ATOM: &str = "http://www.w3.org/2005/Atom";

    const QUERY: &str = "search_query=(ti:%22image+classification%22+OR+abs:%22image+classification%22)";

    #[tokio::test]
    async fn an_answer_has_the_slice_that_was_asked_for_and_the_total_of_the_day() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        for (day, total) in days().into_iter().zip([32, 38, 39, 42, 48, 53, 56, 59, 60]) {
            arxiv.set_now(day);
            for (start, asked) in [(0, 200), (0, 7), (5, 20), (total - 3, 10), (total, 10), (500, 10)] {
                let body = ask(&arxiv, &format!("{QUERY}&start={start}&max_results={asked}")).await.1;
                let here = asked.min(total - start.min(total));
                assert_eq!(names(&body).len(), here, "{day} {start} {asked}");
                let feed = roxmltree::Document::parse(&body).unwrap();
                let number = |name| child(feed.root_element(), OPENSEARCH, name).parse::<usize>().unwrap();
                assert_eq!(
                    (number("totalResults"), number("startIndex"), number("itemsPerPage")),
                    (total, start, asked)
                );
                assert_eq!(child(feed.root_element(), ATOM, "updated"), day.to_string());
            }
        }
        assert_eq!(arxiv.requests(), days().len() * 6);
    }

    #[tokio::test]
    async fn an_entry_tells_the_paper_as_arxiv_would_and_in_its_order() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        arxiv.set_now(*days().last().unwrap());
        let body = ask(&arxiv, &format!("{QUERY}&max_results=100&sortBy=lastUpdatedDate")).await.1;
        let feed = roxmltree::Document::parse(&body).unwrap();
        for paper in arxiv.state.announced_papers(*days().last().unwrap()) {
            let id = format!("http://arxiv.org/abs/{}{}", paper.id, paper.version);
            let entry = entries(&feed).find(|entry| child(*entry, ATOM, "id") == id).unwrap();
            assert_eq!(child(entry, ATOM, "title"), paper.title);
            assert_eq!(child(entry, ATOM, "summary"), paper.abstract_);
            assert_eq!(child(entry, ATOM, "updated"), paper.updated.to_string());
            assert_eq!(child(entry, ATOM, "published"), paper.published.to_string());
            let comment = entry.children().find(|node| node.has_tag_name((ARXIV, "comment")));
            assert_eq!(comment.and_then(|node| node.text()), paper.comment.as_deref());
            let mut order =
                vec!["id", "title", "updated", "link", "link", "summary", "category", "published"];
            order.extend(comment.map(|_| "comment"));
            order.push("primary_category");
            let tags: Vec<_> = entry.children().filter(roxmltree::Node::is_element).collect();
            assert_eq!(tags.iter().map(|tag| tag.tag_name().name()).collect::<Vec<_>>(), order);
        }
    }

    #[tokio::test]
    async fn the_newest_comes_first_unless_the_request_says_otherwise() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        arxiv.set_now(*days().last().unwrap());
        let newest = names(&ask(&arxiv, &format!("{QUERY}&max_results=60&sortOrder=descending")).await.1);
        let mut oldest = names(&ask(&arxiv, &format!("{QUERY}&max_results=60&sortOrder=ascending")).await.1);
        assert_eq!(newest[0], "http://arxiv.org/abs/2211.15143v3");
        oldest.reverse();
        assert_eq!(newest, oldest);
        let first = names(&ask(&arxiv, &format!("{QUERY}&max_results=1&sortBy=submittedDate")).await.1);
        assert_eq!(first, ["http://arxiv.org/abs/2503.19311v1"]);
        assert_eq!(names(&ask(&arxiv, QUERY).await.1).len(), 10, "ten is arXiv's own default");
    }

    #[tokio::test]
    async fn a_paper_is_shown_in_its_newest_announced_version_only() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        for (day, shown) in [(6, "2503.17162v2"), (5, "2503.17162v1")] {
            arxiv.set_now(days()[day]);
            let names = names(&ask(&arxiv, &format!("{QUERY}&max_results=100")).await.1);
            let found: Vec<_> = names.iter().filter(|name| name.contains("2503.17162")).collect();
            assert_eq!(found, [&format!("http://arxiv.org/abs/{shown}")]);
        }
    }

    #[tokio::test]
    async fn a_request_that_arxiv_would_refuse_is_refused_in_its_words() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        for (request, words) in [
            ("", "Either a search_query or id_list must be specified for the classic API."),
            ("search_query=all:x&start=ab", "start must be an integer"),
            ("search_query=all:x&max_results=-1", "max_results must be non-negative"),
            (
                "search_query=all:x&sortBy=nope",
                "sortBy must be in: relevance, lastUpdatedDate, submittedDate",
            ),
            ("search_query=all:x&sortOrder=nope", "sortOrder must be in: ascending, descending"),
        ] {
            let (status, body) = ask(&arxiv, request).await;
            assert_eq!(status, 400, "{request}");
            let feed = roxmltree::Document::parse(&body).unwrap();
            let entry = entries(&feed).next().unwrap();
            assert_eq!((child(entry, ATOM, "title"), child(entry, ATOM, "summary")), ("Error", words));
        }
    }

    #[tokio::test]
    async fn a_query_with_markup_in_it_is_named_as_it_was_asked() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        let body = ask(&arxiv, "search_query=ti:%3Cb%3E+%26+%22c%22&max_results=3").await.1;
        let feed = roxmltree::Document::parse(&body).unwrap();
        let title = child(feed.root_element(), ATOM, "title");
        assert_eq!(title, "arXiv Query: search_query=ti:<b> & \"c\"&id_list=&start=0&max_results=3");
        let link = feed.root_element().children().find(|node| node.has_tag_name((ATOM, "link"))).unwrap();
        let itself =
            "https://arxiv.org/api/query?search_query=ti:%3Cb%3E+%26+%22c%22&start=0&max_results=3&id_list=";
        assert_eq!(link.attribute("href"), Some(itself));
    }

    #[tokio::test]
    async fn it_no_longer_answers_once_it_is_dropped() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        let url = arxiv.url();
        assert_eq!(client().get(&url).send().await.unwrap().status(), 400);
        let serving = arxiv.serving.abort_handle();
        drop(arxiv);
        while !serving.is_finished() {
            tokio::task::yield_now().await;
        }
        assert!(client().get(&url).send().await.is_err());
    }

    fn client() -> reqwest::Client {
        // Whoever comes first installs it; the loopback speaks no TLS, but the client asks for it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().no_proxy().build().unwrap()
    }

    async fn ask(arxiv: &LoopbackArxiv, query: &str) -> (u16, String) {
        let response = client().get(format!("{}?{query}", arxiv.url())).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/atom+xml; charset=utf-8");
        (response.status().as_u16(), response.text().await.unwrap())
    }

    fn names(body: &str) -> Vec<String> {
        let feed = roxmltree::Document::parse(body).unwrap();
        entries(&feed).map(|entry| child(entry, ATOM, "id").to_owned()).collect()
    }

    fn entries<'a, 'b>(feed: &'a roxmltree::Document<'b>) -> impl Iterator<Item = roxmltree::Node<'a, 'b>> {
        feed.root_element().children().filter(|node| node.has_tag_name((ATOM, "entry")))
    }

    fn child<'a>(parent: roxmltree::Node<'a, '_>, space: &str, name: &str) -> &'a str {
        parent.children().find(|node| node.has_tag_name((space, name))).and_then(|node| node.text()).unwrap()
    }
}
