//! A second source, which lives in the tests alone: a journal that shows all its articles at once and numbers no versions.
//! One article has a DOI, another has nothing but its page.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{
    Abstract, AnnouncementCalendar, Author, DatabaseUrl, FetchError, Fingerprint, Link, Paging, Paper,
    PaperId, Query, ResultEntry, ResultPage, Revision, SourcePollingPolicy, Topic,
};
use paperwire::pipeline::poll::{PollReport, poll_topic_from_source};
use paperwire::pipeline::poll_limits::PollLimits;
use paperwire::source::{PageFuture, PageRequest, Source};
use paperwire::store::Store;

use crate::support::test_env::TOPIC;

/// The article that has a DOI.
pub(crate) const WITH_DOI: JournalArticle = JournalArticle {
    title: "In a journal",
    link: "https://doi.org/10.1016/S0140-6736(20)30183-5",
    id: "doi:10.1016/s0140-6736(20)30183-5",
    date: "2025-03-26T12:30:00Z",
};

/// The article that has nothing but its page.
pub(crate) const WITH_PAGE: JournalArticle = JournalArticle {
    title: "On a page",
    link: "http://journal.example.org/papers?id=1&x=(2)",
    id: "url:https://journal.example.org/papers?id=1&x=%282%29",
    date: "2025-03-26T11:30:00Z",
};

/// One article as the journal shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JournalArticle {
    pub(crate) title: &'static str,
    /// Where it leads.
    pub(crate) link: &'static str,
    /// What its identity is.
    pub(crate) id: &'static str,
    pub(crate) date: &'static str,
}

/// The journal.
#[derive(Debug)]
pub(crate) struct FakeJournal {
    articles: RefCell<Vec<JournalArticle>>,
}

impl FakeJournal {
    pub(crate) fn with_articles(articles: &[JournalArticle]) -> Self {
        Self { articles: RefCell::new(articles.to_vec()) }
    }

    /// The journal of a env that was polled before it had an article.
    pub(crate) fn begun_before_articles(env: &Path) -> Self {
        let journal = Self::with_articles(&[]);
        journal.poll_topic(env, "2025-03-26T20:30:00Z");
        journal
    }

    pub(crate) fn set_articles(&self, articles: &[JournalArticle]) {
        *self.articles.borrow_mut() = articles.to_vec();
    }

    /// Polls it for the topic of a env, whose program does not run meanwhile.
    pub(crate) fn poll_topic(&self, env: &Path, now: &str) -> PollReport {
        let mut store = Store::open(&DatabaseUrl::Sqlite(env.join("paperwire.db"))).unwrap();
        let topic = Topic {
            name: TOPIC.to_owned(),
            query: Some(Query::parse("all:x").unwrap()),
            archives: vec![],
            sources: vec![self.name().to_owned()],
        };
        let settings = PollLimits {
            pace: Duration::ZERO,
            patience: Duration::from_mins(1),
            unreachable_max: Duration::ZERO,
            page_size: 1,
        };
        let now = now.parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime
            .block_on(poll_topic_from_source(self, &mut store, &topic, &settings, 0, now, &mut |_| {}))
            .unwrap()
    }
}

impl JournalArticle {
    /// What the journal says of it.
    fn to_paper(self) -> Paper {
        Paper {
            id: PaperId::from_link(self.link).unwrap(),
            revision: Revision::Content(Fingerprint::of_text(format!("{self:?}"))),
            title: self.title.to_owned(),
            abstract_: Abstract(format!("What {} is about.", self.title)),
            authors: vec![Author { name: "Ada Lovelace".to_owned(), affiliations: vec![] }],
            primary: None,
            categories: vec![],
            published: None,
            updated: self.date.parse().unwrap(),
            comment: None,
            journal_ref: Some("A Journal".to_owned()),
            doi: self.link.strip_prefix("https://doi.org/").map(str::to_owned),
            later_article: None,
            links: vec![Link { href: self.link.to_owned(), rel: None, media_type: None, title: None }],
        }
    }
}

impl Source for FakeJournal {
    fn name(&self) -> &'static str {
        "journal"
    }

    fn host(&self) -> &'static str {
        "journal.example.org"
    }

    fn policy(&self) -> SourcePollingPolicy {
        SourcePollingPolicy {
            title: "the journal",
            pace_min: Duration::ZERO,
            look_back: SignedDuration::ZERO,
            paging: Paging::Whole,
            day_stamp_zone: None,
            calendar: AnnouncementCalendar::EveryDay,
        }
    }

    fn fetch<'a>(&'a self, request: PageRequest<'a>, _time_max: Duration) -> PageFuture<'a> {
        assert_eq!((request.topic.name.as_str(), request.start), (TOPIC, 0));
        let entries: Vec<ResultEntry> = self
            .articles
            .borrow()
            .iter()
            .map(|article| ResultEntry::Complete(Box::new(article.to_paper())))
            .collect();
        let stamp = None::<Timestamp>;
        let page = ResultPage {
            stamp,
            total: entries.len() as u64,
            is_total_stated: true,
            start: 0,
            entries,
            notes: Vec::new(),
        };
        Box::pin(std::future::ready(Ok::<_, FetchError>(page)))
    }
}
