//! An arXiv on the loopback that knows the demo's papers and the simulated time.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use jiff::Timestamp;

use super::loopback_server::LoopbackServer;
use super::{DemoPaper, arxiv_atom_feed, demo_papers, demo_poll_times};

/// A server that answers `GET /api/query`, and a POST of the same as a form, as arXiv does, the newest first, with those of the demo's papers that are
/// announced by the simulated time. Every query gets the same papers, as all of them speak of image classification.
/// It knows the one request that this program makes. It stops when it is dropped.
#[derive(Debug)]
pub struct LoopbackArxiv {
    server: LoopbackServer,
    now: Arc<Mutex<Timestamp>>,
}

impl LoopbackArxiv {
    /// Starts it, at first for the first simulated day.
    pub async fn start() -> anyhow::Result<Self> {
        let first = demo_poll_times().into_iter().next().expect("the simulated days are not empty");
        let now = Arc::new(Mutex::new(first));
        let router = Router::new()
            .route("/api/query", get(serve_demo_arxiv_query).post(serve_demo_arxiv_query))
            .with_state(Arc::clone(&now));
        Ok(Self { server: LoopbackServer::start("arXiv", router).await?, now })
    }

    /// What to put into the config as arXiv's address.
    pub fn url(&self) -> String {
        format!("http://{}/api/query", self.server.address)
    }

    /// Sets the simulated time, which decides what is announced and what the answers are dated.
    pub fn set_now(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

async fn serve_demo_arxiv_query(
    State(now): State<Arc<Mutex<Timestamp>>>,
    uri: Uri,
    form: String,
) -> impl IntoResponse {
    let now = *now.lock().unwrap_or_else(PoisonError::into_inner);
    let params: BTreeMap<Cow<'_, str>, Cow<'_, str>> =
        url::form_urlencoded::parse(uri.query().unwrap_or(&form).as_bytes()).collect();
    let param = |name| params.get(name).map_or("", AsRef::as_ref);
    let (query, start) = (param("search_query"), param("start").parse().unwrap_or(0));
    let max_results = param("max_results").parse().unwrap_or(0);
    let papers = demo_papers_announced_by(now);
    let header = arxiv_atom_feed::DemoResultPageHeader { query, start, max_results, total: papers.len() };
    let from = start.min(papers.len());
    let to = from.saturating_add(max_results).min(papers.len());
    let body = arxiv_atom_feed::demo_arxiv_results_xml(&header, &papers[from..to], now);
    ([(CONTENT_TYPE, "application/atom+xml; charset=utf-8")], body)
}

/// The papers announced by then, each in its newest version, the newest first.
fn demo_papers_announced_by(now: Timestamp) -> Vec<DemoPaper> {
    let mut shown: Vec<_> = demo_papers().into_iter().filter(|paper| paper.announced_at() <= now).collect();
    shown.dedup_by(|earlier, later| earlier.id == later.id);
    shown.sort_by_key(|paper| Reverse(paper.updated));
    shown
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
        for (day, total) in demo_poll_times().into_iter().zip([32, 38, 39, 42, 48, 53, 56, 59, 60]) {
            arxiv.set_now(day);
            for (start, asked) in [(0, 200), (0, 7), (5, 20), (total - 3, 10), (total, 10), (500, 10)] {
                let body =
                    fetch_arxiv_answer(&arxiv, &format!("{QUERY}&start={start}&max_results={asked}")).await;
                let here = asked.min(total - start.min(total));
                assert_eq!(paper_ids_in_answer(&body).len(), here, "{day} {start} {asked}");
                let feed = roxmltree::Document::parse(&body).unwrap();
                let number =
                    |name| child_text(feed.root_element(), OPENSEARCH, name).parse::<usize>().unwrap();
                assert_eq!(
                    (number("totalResults"), number("startIndex"), number("itemsPerPage")),
                    (total, start, asked)
                );
                assert_eq!(child_text(feed.root_element(), ATOM, "updated"), day.to_string());
            }
        }
    }

    #[tokio::test]
    async fn an_entry_tells_the_paper_as_arxiv_would_and_in_its_order() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        arxiv.set_now(*demo_poll_times().last().unwrap());
        let body = fetch_arxiv_answer(&arxiv, &format!("{QUERY}&start=0&max_results=100")).await;
        assert_eq!(paper_ids_in_answer(&body)[0], "http://arxiv.org/abs/2211.15143v3");
        let feed = roxmltree::Document::parse(&body).unwrap();
        for paper in demo_papers_announced_by(*demo_poll_times().last().unwrap()) {
            let id = format!("http://arxiv.org/abs/{}{}", paper.id, paper.version);
            let entry =
                atom_entry_elements(&feed).find(|entry| child_text(*entry, ATOM, "id") == id).unwrap();
            assert_eq!(child_text(entry, ATOM, "title"), paper.title);
            assert_eq!(child_text(entry, ATOM, "summary"), paper.abstract_);
            assert_eq!(child_text(entry, ATOM, "updated"), paper.updated.to_string());
            assert_eq!(child_text(entry, ATOM, "published"), paper.published.to_string());
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
    async fn a_paper_is_shown_in_its_newest_announced_version_only() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        for (day, shown) in [(6, "2503.17162v2"), (5, "2503.17162v1")] {
            arxiv.set_now(demo_poll_times()[day]);
            let names = paper_ids_in_answer(
                &fetch_arxiv_answer(&arxiv, &format!("{QUERY}&start=0&max_results=100")).await,
            );
            let found: Vec<_> = names.iter().filter(|name| name.contains("2503.17162")).collect();
            assert_eq!(found, [&format!("http://arxiv.org/abs/{shown}")]);
        }
    }

    #[tokio::test]
    async fn a_query_with_markup_in_it_is_named_as_it_was_asked() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        let body =
            fetch_arxiv_answer(&arxiv, "search_query=ti:%3Cb%3E+%26+%22c%22&start=0&max_results=3").await;
        let feed = roxmltree::Document::parse(&body).unwrap();
        let title = child_text(feed.root_element(), ATOM, "title");
        assert_eq!(title, "arXiv Query: search_query=ti:<b> & \"c\"&id_list=&start=0&max_results=3");
    }

    #[tokio::test]
    async fn a_long_query_may_be_posted() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        let form = format!("{QUERY}&start=5&max_results=20");
        let posted = http_client().post(arxiv.url()).body(form.clone()).send().await.unwrap();
        assert_eq!(posted.text().await.unwrap(), fetch_arxiv_answer(&arxiv, &form).await);
    }

    #[tokio::test]
    async fn it_no_longer_answers_once_it_is_dropped() {
        let arxiv = LoopbackArxiv::start().await.unwrap();
        let url = arxiv.url();
        assert_eq!(http_client().get(&url).send().await.unwrap().status(), 200);
        let serving = arxiv.server.task.abort_handle();
        drop(arxiv);
        while !serving.is_finished() {
            tokio::task::yield_now().await;
        }
        assert!(http_client().get(&url).send().await.is_err());
    }

    fn http_client() -> reqwest::Client {
        // Whoever comes first installs it; the loopback speaks no TLS, but the client asks for it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().no_proxy().build().unwrap()
    }

    async fn fetch_arxiv_answer(arxiv: &LoopbackArxiv, query: &str) -> String {
        let response = http_client().get(format!("{}?{query}", arxiv.url())).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/atom+xml; charset=utf-8");
        response.text().await.unwrap()
    }

    fn paper_ids_in_answer(body: &str) -> Vec<String> {
        let feed = roxmltree::Document::parse(body).unwrap();
        atom_entry_elements(&feed).map(|entry| child_text(entry, ATOM, "id").to_owned()).collect()
    }

    fn atom_entry_elements<'a, 'b>(
        feed: &'a roxmltree::Document<'b>,
    ) -> impl Iterator<Item = roxmltree::Node<'a, 'b>> {
        feed.root_element().children().filter(|node| node.has_tag_name((ATOM, "entry")))
    }

    fn child_text<'a>(parent: roxmltree::Node<'a, '_>, space: &str, name: &str) -> &'a str {
        parent.children().find(|node| node.has_tag_name((space, name))).and_then(|node| node.text()).unwrap()
    }
}
