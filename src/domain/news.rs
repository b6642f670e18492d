//! Whether a paper that a source shows is worth telling, and what it changes in the history.

use jiff::{Timestamp, tz::TimeZone};

use super::{Paper, Version};

/// Why a version of a paper is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The topic has not seen the paper before.
    New,
    /// The topic has seen an earlier version of it.
    Replacement,
}

/// How far a topic has come with its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// No poll has been complete yet, and nothing was imported: what is found is filled in silently.
    First,
    /// The topic has a history, so what is not in it is news.
    Established,
}

/// Where the metadata of a paper in the history came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A source told all of it.
    Source,
    /// It was read from an existing list: no authors, no categories, and a day for its date.
    List,
}

/// What the history has of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The paper as it stands there.
    pub paper: Paper,
    /// Where that came from.
    pub origin: Origin,
}

/// What a topic has seen of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// The highest version that it was shown.
    pub version: Version,
    /// Whether a complete poll has been through since. Only then may it end the paging of a later one.
    pub settled: bool,
}

/// What is to be done about one paper that was shown to one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The paper as it is to stand in the history; none where it stands so already.
    pub paper: Option<Paper>,
    /// Whether the topic sees it, or this version of it, for the first time.
    pub seen_first: bool,
    /// Whether that is to be told.
    pub news: Option<News>,
}

/// Judges one shown paper against what the history has of it and what the topic has seen of it.
///
/// A paper that a person put into a list counts as known in the version that the source shows first: rows often name
/// none. The version decides, never a date: the same version has been seen with two `updated` times, and
/// there the first one stays. An older version that shows up late changes nothing.
pub fn judge(
    shown: &Paper,
    recorded: Option<&Recorded>,
    sighting: Option<Sighting>,
    contact: Contact,
) -> Finding {
    let news = match sighting {
        None => Some(News::New),
        Some(seen) if shown.version > seen.version => Some(News::Replacement),
        Some(_) => None,
    };
    let is_by_hand = recorded.is_some_and(|recorded| recorded.origin == Origin::List)
        && sighting.is_some_and(|seen| !seen.settled);
    Finding {
        paper: recorded.map_or_else(|| Some(shown.clone()), |recorded| amended(shown, recorded)),
        seen_first: news.is_some(),
        news: news.filter(|_| contact == Contact::Established && !is_by_hand),
    }
}

/// The recorded paper with what the shown one adds to it; none where that is nothing.
fn amended(shown: &Paper, recorded: &Recorded) -> Option<Paper> {
    match shown.version.cmp(&recorded.paper.version) {
        std::cmp::Ordering::Less => None,
        std::cmp::Ordering::Greater => Some(shown.clone()),
        std::cmp::Ordering::Equal => match recorded.origin {
            Origin::List => Some(completed(shown, &recorded.paper)),
            Origin::Source => refreshed(shown, &recorded.paper),
        },
    }
}

/// A paper known from a list, with all that the source tells of it. Its date gains the time of day.
fn completed(shown: &Paper, listed: &Paper) -> Paper {
    let updated = if day(shown.updated) == day(listed.updated) { shown.updated } else { listed.updated };
    Paper { updated, ..shown.clone() }
}

/// Authors add where a paper appeared without sending a new version; dates and text stay. A field that
/// is missing from an answer is not thereby withdrawn. None where nothing was added.
fn refreshed(shown: &Paper, known: &Paper) -> Option<Paper> {
    let adds = |shown: &Option<String>, known: &Option<String>| shown.is_some() && shown != known;
    let recategorised = !shown.categories.is_empty() && shown.categories != known.categories;
    let is_refreshed = recategorised
        || adds(&shown.comment, &known.comment)
        || adds(&shown.journal_ref, &known.journal_ref)
        || adds(&shown.doi, &known.doi);
    is_refreshed.then(|| Paper {
        comment: shown.comment.clone().or_else(|| known.comment.clone()),
        journal_ref: shown.journal_ref.clone().or_else(|| known.journal_ref.clone()),
        doi: shown.doi.clone().or_else(|| known.doi.clone()),
        categories: if recategorised { &shown.categories } else { &known.categories }.clone(),
        ..known.clone()
    })
}

fn day(moment: Timestamp) -> jiff::civil::Date {
    moment.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Abstract, ArxivId, PaperId};

    fn paper(version: u32, updated: &str) -> Paper {
        Paper {
            id: PaperId::arxiv(&"2503.20246".parse::<ArxivId>().unwrap()),
            version: Version::new(version).unwrap(),
            title: "VESTA".into(),
            abstract_: Abstract("Spikes.".into()),
            authors: vec![],
            primary: None,
            categories: vec![],
            published: None,
            updated: updated.parse().unwrap(),
            comment: None,
            journal_ref: None,
            doi: None,
            links: vec![],
        }
    }

    fn recorded(version: u32, origin: Origin) -> Recorded {
        Recorded { paper: paper(version, "2025-03-26T00:00:00Z"), origin }
    }

    fn sighting(version: u32) -> Sighting {
        Sighting { version: Version::new(version).unwrap(), settled: true }
    }

    #[test]
    fn the_version_decides_what_is_told() {
        use Contact::{Established, First};
        use News::{New, Replacement};
        for (shown, known, seen, contact, news, changes) in [
            (1, None, None, First, None, true),
            (1, None, None, Established, Some(New), true),
            (2, Some(1), Some(1), Established, Some(Replacement), true),
            (2, Some(1), Some(1), First, None, true),
            (1, Some(1), Some(1), Established, None, false),
            (1, Some(3), Some(3), Established, None, false),
            // Another topic knew it; this one has not seen it, in whatever version.
            (3, Some(3), None, Established, Some(New), false),
            (2, Some(3), None, Established, Some(New), false),
            (3, Some(3), Some(2), Established, Some(Replacement), false),
        ] {
            let recorded = known.map(|v| recorded(v, Origin::Source));
            let finding =
                judge(&paper(shown, "2025-03-26T00:00:00Z"), recorded.as_ref(), seen.map(sighting), contact);
            assert_eq!(
                (finding.news, finding.paper.is_some()),
                (news, changes),
                "v{shown} {known:?} {seen:?}"
            );
        }
    }

    #[test]
    fn another_updated_for_a_known_version_changes_nothing() {
        let finding = judge(
            &paper(1, "2025-03-27T10:00:00Z"),
            Some(&recorded(1, Origin::Source)),
            Some(sighting(1)),
            Contact::Established,
        );
        assert_eq!(finding, Finding { paper: None, seen_first: false, news: None });
    }

    #[test]
    fn a_comment_that_comes_later_is_taken_and_one_that_goes_missing_is_kept() {
        let with = Paper { comment: Some("CVPR".into()), ..paper(1, "2025-03-26T00:00:00Z") };
        let added = judge(&with, Some(&recorded(1, Origin::Source)), Some(sighting(1)), Contact::Established);
        assert_eq!(added.paper.unwrap().comment.as_deref(), Some("CVPR"));
        let known = Recorded { paper: with, origin: Origin::Source };
        let gone =
            judge(&paper(1, "2025-03-26T00:00:00Z"), Some(&known), Some(sighting(1)), Contact::Established);
        assert_eq!((gone.paper, gone.news), (None, None));
    }

    #[test]
    fn a_paper_from_a_list_gains_the_time_of_its_day_and_no_other_day() {
        for (shown, stands) in [
            ("2025-03-26T17:05:00Z", "2025-03-26T17:05:00Z"),
            ("2025-03-27T17:05:00Z", "2025-03-26T00:00:00Z"),
        ] {
            let finding = judge(
                &paper(1, shown),
                Some(&recorded(1, Origin::List)),
                Some(sighting(1)),
                Contact::Established,
            );
            assert_eq!(finding.paper.unwrap().updated, stands.parse().unwrap());
            assert_eq!(finding.news, None);
        }
    }
}
