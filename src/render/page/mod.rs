//! The history as pages of a browser: how things are, a search, a topic, a paper, and one page that is a file
//! of its own. It knows HTML, its style and its script; it must never know how a page is asked for.

mod chart;
mod daily_paper_counts;
mod html_export;
mod paper_card;
mod time_format;

use std::borrow::Cow;

use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use serde::Serialize;

use super::chat_phrases::format_utc_date_time;
use super::safe_url::safe_url;
use crate::domain::{Paper, TopicHealth, Version};
pub use chart::DAYS as CHART_DAYS;
use chart::PapersChart;
pub use daily_paper_counts::DailyPaperCounts;
pub use html_export::{HtmlExportTopic, html_export};
use paper_card::{InternalLink, WebPaperCard};
pub use paper_card::{paper_page_path, percent_encode};
use time_format::{age_phrase, count_with_noun, long_date};

/// How the pages look.
pub const STYLE: &str = include_str!("style.css");

/// What searches while one types; the pages work without it.
pub const SCRIPT: &str = include_str!("search.js");

/// The sign in a browser's tab.
pub const ICON: &str = include_str!("icon.svg");

/// The shipped templates. Their names end in `.html`, by which the engine knows that it must escape.
const TEMPLATES: [(&str, &str); 9] = [
    ("frame.html", include_str!("frame.html")),
    ("papers.html", include_str!("papers.html")),
    ("status.html", include_str!("status.html")),
    ("found.html", include_str!("found.html")),
    ("search.html", include_str!("search.html")),
    ("topic.html", include_str!("topic.html")),
    ("paper.html", include_str!("paper.html")),
    ("trouble.html", include_str!("trouble.html")),
    ("file.html", include_str!("file.html")),
];

/// The pages' templates, read once.
#[derive(Debug)]
pub struct PageTemplates(Environment<'static>);

/// A topic's health and counts, as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSummary {
    /// The topic's name.
    pub name: String,
    /// The topic's health.
    pub health: TopicHealth,
    /// How many papers it has seen.
    pub known_papers: u64,
    /// The date of its newest paper.
    pub newest_paper: Option<Timestamp>,
    /// When the topic was last polled completely.
    pub last_complete_poll: Option<Timestamp>,
}

/// The health of another component: the source, a sink, a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentSummary {
    /// What sort of thing it is, in one word.
    pub kind: &'static str,
    /// The component's name.
    pub name: String,
    /// The component's health in words.
    pub words: String,
    /// Whether that is as it should be.
    pub health: ComponentHealth,
    /// Where there is more to see.
    pub link: Option<ExternalLink>,
}

/// A page elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExternalLink {
    /// The link's name.
    pub name: String,
    /// The list's address; shown only if it is one of the web.
    pub address: String,
}

/// Whether something is as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum ComponentHealth {
    /// All is well.
    Healthy,
    /// Something is wrong, and this is what to do.
    Unhealthy {
        /// In words; empty if there is nothing to do.
        advice: String,
    },
}

/// What the first page shows.
#[derive(Debug)]
pub struct StatusPageView {
    /// The present.
    pub now: Timestamp,
    /// Each topic, in the configuration's order.
    pub topics: Vec<TopicSummary>,
    /// All else, in its order.
    pub components: Vec<ComponentSummary>,
    /// The papers of each topic by day.
    pub daily: Vec<DailyPaperCounts>,
    /// The latest papers of all topics, each with its topics.
    pub latest: Vec<(Paper, Vec<String>)>,
}

/// What a reader looks for, as they wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SearchForm {
    /// The words to search for.
    pub q: String,
    /// A topic's name.
    pub topic: String,
    /// A category or an archive.
    pub category: String,
    /// The first day, `2025-03-01`.
    pub since: String,
    /// The last day.
    pub until: String,
    /// Whether only papers with code count.
    pub code: bool,
}

/// What the search page shows.
#[derive(Debug)]
pub struct SearchPageView<'a> {
    /// The search that was asked for.
    pub form: &'a SearchForm,
    /// The topics there are to choose from.
    pub topics: &'a [String],
    /// What was found, each with its topics; none if it cannot be looked for, with the reason.
    pub results: Result<Vec<(Paper, Vec<String>)>, String>,
    /// The address of what was found beyond these.
    pub older_link: Option<String>,
}

/// What a topic's page shows.
#[derive(Debug)]
pub struct TopicPageView {
    /// The present.
    pub now: Timestamp,
    /// The topic's health and counts.
    pub summary: TopicSummary,
    /// The topic's papers by day.
    pub daily: DailyPaperCounts,
    /// The topic's latest papers.
    pub papers: Vec<Paper>,
}

/// What a paper's page shows.
#[derive(Debug)]
pub struct PaperPageView {
    /// The paper.
    pub paper: Paper,
    /// The topics that have seen it, and when.
    pub topics: Vec<(String, Timestamp)>,
    /// The paper's versions with their dates, and when they were seen.
    pub versions: Vec<(Option<Version>, Timestamp, Timestamp)>,
}

impl PageTemplates {
    /// Reads the templates.
    pub fn new() -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        let mut lines = SyntaxConfig::builder();
        environment.set_syntax(lines.trim_blocks(true).lstrip_blocks(true).build()?);
        environment.add_filter("safe_url", safe_url);
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(Self(environment))
    }

    /// The first page: whether all is well, and what came.
    pub fn status_page(&self, status: &StatusPageView) -> Result<String, minijinja::Error> {
        let lines: Vec<_> =
            status.topics.iter().map(|topic| TopicSummaryRow::from_summary(topic, status.now)).collect();
        let chart = PapersChart::from_counts(&status.daily, status.now);
        let papers = paper_cards(&status.latest, &[]);
        let components = &status.components;
        let is_well = lines.iter().all(|line| line.is_well)
            && components.iter().all(|component| component.health == ComponentHealth::Healthy);
        self.render_template(
            "status.html",
            context! {
                topics => Value::from(Serde(lines)), chart => Value::from(Serde(chart)), papers => Value::from(Serde(papers)),
                components => Value::from(Serde(components)), is_well, now => format_utc_date_time(status.now),
            },
        )
    }

    /// The search and what it found.
    pub fn search_page(&self, search: &SearchPageView<'_>) -> Result<String, minijinja::Error> {
        self.render_template("search.html", search_template_context(search))
    }

    /// What a search found, alone, for the script to put into its place.
    pub fn render_search_results(&self, search: &SearchPageView<'_>) -> Result<String, minijinja::Error> {
        self.render_template("found.html", search_template_context(search))
    }

    /// A topic with its latest papers.
    pub fn topic_page(&self, page: &TopicPageView) -> Result<String, minijinja::Error> {
        let line = TopicSummaryRow::from_summary(&page.summary, page.now);
        let chart = PapersChart::from_counts(std::slice::from_ref(&page.daily), page.now);
        let papers: Vec<_> = page.papers.iter().map(|paper| WebPaperCard::from_paper(paper, &[])).collect();
        self.render_template(
            "topic.html",
            context! {
                topic => Value::from(Serde(line)), chart => Value::from(Serde(chart)), papers => Value::from(Serde(papers)),
            },
        )
    }

    /// One paper with all that is known of it.
    pub fn paper_page(&self, page: &PaperPageView) -> Result<String, minijinja::Error> {
        let names: Vec<String> = page.topics.iter().map(|(name, _)| name.clone()).collect();
        let card = WebPaperCard::from_paper(&page.paper, &names);
        let seen: Vec<_> = page
            .topics
            .iter()
            .map(|(name, seen)| (InternalLink::link_to_topic(name), format_utc_date_time(*seen)))
            .collect();
        let versions: Vec<_> = page
            .versions
            .iter()
            .map(|(version, updated, seen)| {
                let version = version.map(|version| version.to_string());
                (version, long_date(*updated), format_utc_date_time(*seen))
            })
            .collect();
        self.render_template(
            "paper.html",
            context! {
                paper => Value::from(Serde(card)), seen => Value::from(Serde(seen)), versions,
                published => page.paper.published.map(long_date),
                doi => page.paper.doi.clone().or_else(|| page.paper.article_doi().map(|doi| doi.to_string())),
                journal_ref => page.paper.article_journal().or(page.paper.journal_ref.as_deref()),
            },
        )
    }

    /// A page that says why there is no other.
    pub fn error_page(&self, title: &str, words: &str) -> Result<String, minijinja::Error> {
        self.render_template("trouble.html", context! { title, words })
    }

    fn render_template(&self, name: &str, values: Value) -> Result<String, minijinja::Error> {
        self.0.get_template(name)?.render(values)
    }
}

fn search_template_context(search: &SearchPageView<'_>) -> Value {
    let (papers, trouble) = match &search.results {
        Ok(found) => (paper_cards(found, search.topics), None),
        Err(words) => (Vec::new(), Some(words.as_str())),
    };
    let is_narrowed = *search.form != SearchForm { q: search.form.q.clone(), ..SearchForm::default() };
    context! {
        asked => Value::from(Serde(search.form)), topics => Value::from(Serde(search.topics)), papers => Value::from(Serde(papers)),
        older => search.older_link.clone(), trouble, is_narrowed,
    }
}

/// The papers' cards; of a paper's topics only those that have a page, where it matters.
fn paper_cards(papers: &[(Paper, Vec<String>)], topics: &[String]) -> Vec<WebPaperCard> {
    let card = |(paper, seen): &(Paper, Vec<String>)| {
        let seen: Cow<'_, [String]> = if topics.is_empty() {
            seen.into()
        } else {
            seen.iter().filter(|topic| topics.contains(topic)).cloned().collect::<Vec<_>>().into()
        };
        WebPaperCard::from_paper(paper, &seen)
    };
    papers.iter().map(card).collect()
}

/// A topic in one line.
#[derive(Debug, Clone, Serialize)]
struct TopicSummaryRow<'a> {
    topic: InternalLink,
    known: String,
    newest: Option<(String, String)>,
    polled: Option<(String, String)>,
    is_well: bool,
    state: &'static str,
    words: String,
    advice: Option<&'a str>,
}

impl TopicSummaryRow<'_> {
    fn from_summary(topic: &TopicSummary, now: Timestamp) -> Self {
        let shown_time = |time: Timestamp| (format_utc_date_time(time), age_phrase(time, now));
        let state = topic.health.name();
        let words = topic.health.to_string();
        Self {
            topic: InternalLink::link_to_topic(&topic.name),
            known: count_with_noun(topic.known_papers, "paper"),
            newest: topic.newest_paper.map(shown_time),
            polled: topic.last_complete_poll.map(shown_time),
            is_well: topic.health.wrong_since().is_none(),
            state,
            words: words.strip_prefix(state).map_or_else(|| format!(": {words}"), str::to_owned),
            advice: topic.health.advice(),
        }
    }
}
