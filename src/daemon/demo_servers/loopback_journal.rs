//! A journal on the loopback whose feed has what it has published by the simulated time.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use quick_xml::escape::partial_escape;

use super::demo_poll_times;
use super::loopback_server::LoopbackServer;

/// Two articles that are invented, and one that a shipped preprint appeared as; the journal itself is invented too. DOIs with
/// this prefix are nobody's: <https://www.crossref.org/documentation/register-maintain-records/creating-and-managing-dois/>.
const ARTICLES: [DemoJournalArticle; 3] = [
    DemoJournalArticle {
        doi: "10.5555/paperwire.demo.3",
        link: "https://doi.org/10.5555/paperwire.demo.3",
        title: "What a Feed Adds: Image Classification in a Journal of This Demo",
        text: "This article is invented, so that the demo has one that arXiv does not have. It came while the program was \
               watching, so it is announced.",
        appeared: "2025-03-24T09:00:00Z",
    },
    DemoJournalArticle {
        doi: "10.5555/paperwire.demo.2",
        link: "https://arxiv.org/abs/2503.09399",
        title: "ForAug: Recombining Foregrounds and Backgrounds to Improve Vision Transformer Training with Bias Mitigation",
        text: "The paper is real, and that it appeared in this journal is invented.",
        appeared: "2025-03-20T09:00:00Z",
    },
    DemoJournalArticle {
        doi: "10.5555/paperwire.demo.1",
        link: "https://doi.org/10.5555/paperwire.demo.1",
        title: "First Contact Is Silent: Image Classification before the Demo Began",
        text: "This article is invented, so that the demo has one that arXiv does not have. It was in the feed when the \
               program read it first, so it is filled in and announced to nobody.",
        appeared: "2025-03-10T09:00:00Z",
    },
];

struct DemoJournalArticle {
    doi: &'static str,
    link: &'static str,
    title: &'static str,
    text: &'static str,
    appeared: &'static str,
}

/// A server that answers `GET /feed` with an RSS feed of the articles that have appeared. It stops when it is dropped.
#[derive(Debug)]
pub struct DemoJournalFeedServer {
    server: LoopbackServer,
    now: Arc<Mutex<Timestamp>>,
}

impl DemoJournalFeedServer {
    /// Starts it, at first for the first simulated day.
    pub async fn start() -> anyhow::Result<Self> {
        let first = demo_poll_times().into_iter().next().expect("the simulated days are not empty");
        let now = Arc::new(Mutex::new(first));
        let router = Router::new().route("/feed", get(serve_demo_journal_feed)).with_state(Arc::clone(&now));
        Ok(Self { server: LoopbackServer::start("journal", router).await?, now })
    }

    /// What to put into the configuration as the feed's address.
    pub fn url(&self) -> String {
        format!("http://{}/feed", self.server.address)
    }

    /// Sets the simulated time, which decides what has appeared.
    pub fn set_now(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

async fn serve_demo_journal_feed(State(now): State<Arc<Mutex<Timestamp>>>) -> impl IntoResponse {
    let now = *now.lock().unwrap_or_else(PoisonError::into_inner);
    let items: String =
        ARTICLES.iter().filter_map(|article| article.render_rss_item_if_appeared(now)).collect();
    let body = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<channel><title>Journal of This Demo (invented)</title><link>https://journal.example.org/</link>
<description>What paperwire demo reads in addition to arXiv</description>
{items}</channel></rss>
"#
    );
    ([(CONTENT_TYPE, "application/rss+xml; charset=utf-8")], body)
}

impl DemoJournalArticle {
    /// The article as an item; none if it appears later.
    fn render_rss_item_if_appeared(&self, now: Timestamp) -> Option<String> {
        let appeared: Timestamp = self.appeared.parse().expect("the articles' dates are dates");
        if appeared > now {
            return None;
        }
        let date =
            rfc2822::to_string(&appeared.to_zoned(TimeZone::UTC)).expect("it has a year of four digits");
        Some(format!(
            "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{doi}</guid><prism:doi>{doi}</prism:doi>\
             <prism:publicationName>Journal of This Demo</prism:publicationName><dc:creator>Ada Example</dc:creator>\
             <pubDate>{date}</pubDate><description>{}</description></item>\n",
            partial_escape(self.title),
            self.link,
            partial_escape(self.text),
            doi = self.doi,
        ))
    }
}
