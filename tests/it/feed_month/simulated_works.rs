//! The works of the month: where and when each appears, and so what is to be announced of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use paperwire::domain::{Author, Paper, PaperId, Revision, Version};

use super::publishers::Publisher;
use crate::support::fake_arxiv::page::sample_paper;
use crate::support::random_month_of_papers::{DAYS, HOUR, RandomNumbers, time_in_month};
use crate::support::sample_papers::newest_first;

/// The topics, and the words in a title that each looks for.
pub(super) const TOPICS: [(&str, &str); 2] =
    [("Images", "image classification"), ("Speech", "speech recognition")];

/// How many works each publisher brings in the month, next to those that it has from the start.
const WORKS_EACH: usize = 3;

/// Works that a publisher has before the month begins.
const OLD_WORKS: usize = 2;

const PREPRINTS: usize = 12;

/// Between a preprint and its article: more than the longest time from one digest to the next.
const DAYS_TO_ARTICLE: i64 = 4;

/// What titles are made of, so that no two are alike.
const BIRDS: [&str; 10] = [
    "wrens",
    "nightingales",
    "owls",
    "cormorants",
    "thrushes",
    "jays",
    "oystercatchers",
    "finches",
    "storks",
    "kingfishers",
];
const PLACES: [&str; 10] = [
    "gardens",
    "old harbours",
    "caves",
    "river valleys",
    "marshes",
    "city parks",
    "moors",
    "deep forests",
    "orchards",
    "mountain meadows",
];
const SEASONS: [&str; 2] = ["in winter", "at midsummer"];

/// One work, which its author names: no two have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Work {
    number: usize,
    /// The number in its title: a stranger's, if two works have one title.
    title_number: usize,
}

/// A work as a publisher has it.
#[derive(Debug, Clone)]
pub(super) struct PublishedWork {
    pub(super) publisher: Publisher,
    pub(super) work: Work,
    /// The day of the month on which it appears.
    pub(super) day: i64,
    pub(super) doi: Option<String>,
    /// The preprint that it names.
    pub(super) preprint: Option<String>,
}

/// A work on arXiv.
#[derive(Debug, Clone)]
struct Preprint {
    work: Work,
    day: i64,
    /// The day on which its record names its article.
    doi_day: Option<i64>,
    /// The day of its second version.
    revised_day: Option<i64>,
}

/// All that appears.
pub(super) struct MonthOfWorks {
    pub(super) published: Vec<PublishedWork>,
    preprints: Vec<Preprint>,
}

/// What is to be announced to a subscription: the author of each work, and why it is news; sorted.
pub(super) type News = Vec<(String, String)>;

impl Work {
    /// A surname of letters alone: `Qabh`.
    pub(super) fn surname(self) -> String {
        let digits = format!("{:03}", self.number).into_bytes();
        let letters = digits.into_iter().map(|digit| char::from(digit - b'0' + b'a'));
        std::iter::once('Q').chain(letters).collect()
    }

    pub(super) fn author(self) -> String {
        format!("Zoë {}", self.surname())
    }

    pub(super) fn title(self) -> String {
        let phrase = match self.title_number % 4 {
            0 => "Image classification",
            1 => "Speech recognition",
            2 => "Image classification and speech recognition",
            _ => "A few more notes",
        };
        let (bird, place) = (self.title_number % 10, (self.title_number / 10 + self.title_number) % 10);
        let season = SEASONS[self.title_number / 100];
        format!("{phrase} of naïve {} in {} {season}", BIRDS[bird], PLACES[place])
    }

    /// Names the work in what is not its title.
    pub(super) fn abstract_(self) -> String {
        format!("What {} found in the field.", self.surname())
    }

    /// Whether a topic's words are in its title.
    fn is_in(self, topic: &str) -> bool {
        let words = TOPICS.iter().find(|(name, _)| *name == topic).unwrap().1;
        self.title().to_lowercase().contains(words)
    }
}

impl PublishedWork {
    /// When it appears: early on its day.
    pub(super) fn date(&self) -> Timestamp {
        day_start(self.day)
    }
}

fn day_start(day: i64) -> Timestamp {
    time_in_month((day * 24 - 3) * HOUR)
}

impl Preprint {
    fn id(&self) -> String {
        format!("2503.{:05}", 10_000 + self.work.number)
    }

    fn paper_at(&self, day: i64) -> Paper {
        let is_revised = self.revised_day.is_some_and(|revised| revised <= day);
        let updated = if is_revised { self.revised_day.unwrap_or_default() } else { self.day };
        let doi = self.doi_day.filter(|doi_day| *doi_day <= day).map(|_| doi_of(self.work));
        Paper {
            id: PaperId::from_arxiv_id(&self.id().parse().unwrap()),
            revision: Revision::Numbered(Version::new(1 + u32::from(is_revised)).unwrap()),
            title: self.work.title(),
            abstract_: paperwire::domain::Abstract(self.work.abstract_()),
            authors: vec![Author { name: self.work.author(), affiliations: vec![] }],
            published: Some(day_start(self.day)),
            updated: day_start(updated),
            doi,
            journal_ref: None,
            ..sample_paper(0)
        }
    }
}

fn doi_of(work: Work) -> String {
    format!("10.1000/{}", work.surname())
}

impl MonthOfWorks {
    pub(super) fn generate(random: &mut RandomNumbers) -> Self {
        let mut month = Self { published: Vec::new(), preprints: Vec::new() };
        for publisher in Publisher::ALL {
            for at in 0..OLD_WORKS + WORKS_EACH {
                let work = month.next_work();
                let day =
                    if at < OLD_WORKS { -random.number_below(4) } else { 1 + random.number_below(DAYS - 1) };
                month.publish(publisher, work, publisher.next_open_day(day));
            }
        }
        month.add_preprints(random);
        month.add_works_of_two_publishers(random);
        month
    }

    fn next_work(&self) -> Work {
        let known = self.published.iter().map(|published| published.work);
        let number =
            known.chain(self.preprints.iter().map(|preprint| preprint.work)).map(|work| work.number + 1);
        let number = number.max().unwrap_or(0);
        Work { number, title_number: number }
    }

    fn publish(&mut self, publisher: Publisher, work: Work, day: i64) -> &mut PublishedWork {
        let doi = publisher.has_dois().then(|| doi_of(work));
        self.published.push(PublishedWork { publisher, work, day, doi, preprint: None });
        self.published.last_mut().unwrap()
    }

    /// Some stay alone. Of others the article follows, in a feed that names them or that only says the same, or by arXiv's own
    /// record, or is there first.
    fn add_preprints(&mut self, random: &mut RandomNumbers) {
        for at in 0..PREPRINTS {
            let work = self.next_work();
            let day = random.number_below(DAYS - DAYS_TO_ARTICLE - 2) - 1;
            let revised_day = (at % 5 == 1).then(|| day + 1 + random.number_below(3));
            let mut preprint = Preprint { work, day, doi_day: None, revised_day };
            let later = day.max(0) + DAYS_TO_ARTICLE + random.number_below(2);
            match at % 6 {
                0 => self.publish(Publisher::Journal, work, later).preprint = Some(preprint.id()),
                1 => drop(self.publish(Publisher::Journal, work, later)),
                2 => preprint.doi_day = Some(later),
                3 => {
                    self.publish(Publisher::EarlyView, work, day.max(1));
                    preprint.day = day.max(1) + 2;
                    preprint.revised_day = None;
                }
                _ => {}
            }
            self.preprints.push(preprint);
        }
    }

    /// One article in two feeds by its DOI, and two works of strangers with one title.
    fn add_works_of_two_publishers(&mut self, random: &mut RandomNumbers) {
        for _ in 0..4 {
            let (work, day) = (self.next_work(), 1 + random.number_below(DAYS - 6));
            self.publish(Publisher::EarlyView, work, day);
            self.publish(Publisher::Journal, work, day + random.number_below(5));
            let Work { number, .. } = self.next_work();
            self.publish(Publisher::Volatile, Work { number, title_number: work.title_number }, day);
        }
    }

    /// What arXiv shows on a day.
    pub(super) fn papers_on(&self, day: i64) -> Vec<Paper> {
        let shown = self.preprints.iter().filter(|preprint| preprint.day <= day);
        newest_first(shown.map(|preprint| preprint.paper_at(day)).collect())
    }

    /// The works that are known from the first day on, and those that appear later.
    fn first_days(&self) -> BTreeMap<Work, i64> {
        let published = self.published.iter().map(|published| (published.work, published.day));
        let preprints = self.preprints.iter().map(|preprint| (preprint.work, preprint.day));
        let mut first = BTreeMap::new();
        for (work, day) in published.chain(preprints) {
            first.entry(work).and_modify(|known: &mut i64| *known = day.min(*known)).or_insert(day);
        }
        first
    }

    /// Whether a preprint is known before its article is.
    fn appears_in_journal(&self, preprint: &Preprint) -> bool {
        let articles = self.published.iter().filter(|published| published.work == preprint.work);
        let days = articles.map(|article| article.day).chain(preprint.doi_day);
        days.min().is_some_and(|day| day > preprint.day)
    }

    /// What is new in any of these topics, and what is published if that is asked for.
    pub(super) fn expected_news_of_subscriber(&self, topics: &[&str], kinds: &[&str]) -> News {
        let is_taken = |work: Work| topics.iter().any(|topic| work.is_in(topic));
        let new = self.first_days().into_iter().filter(|(_, day)| *day > 0).map(|(work, _)| (work, "new"));
        let published = self.preprints.iter().filter(|preprint| self.appears_in_journal(preprint));
        let all = new.chain(published.map(|preprint| (preprint.work, "published")));
        let wanted = all.filter(|(work, kind)| is_taken(*work) && kinds.contains(kind));
        let mut news: News = wanted.map(|(work, kind)| (work.surname(), kind.to_owned())).collect();
        news.sort();
        news
    }

    /// The surnames of all works that are known at the end, for each topic that takes one; sorted.
    pub(super) fn listed_works(&self) -> Vec<String> {
        let taken = |work: Work| TOPICS.iter().filter(move |(topic, _)| work.is_in(topic)).map(move |_| work);
        self.first_days().into_keys().flat_map(taken).map(Work::surname).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.first_days().len()
    }
}
