//! The shipped papers, when arXiv announced them, and the days on which the demo polls.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use crate::domain::{ArxivId, Version};

/// The text of `papers.toml`; its head says what in it is fact and what is the demo's own.
const SHIPPED: &str = include_str!("papers.toml");

/// The first and the last day of the simulated stretch.
const FIRST_DAY: Date = date(2025, 3, 17);
const LAST_DAY: Date = date(2025, 3, 27);

/// The hour of the day, in Eastern time, at which a batch closes, and at which it is announced.
/// Source: <https://info.arxiv.org/help/availability.html>.
const CLOSES: i8 = 14;
const ANNOUNCED: i8 = 20;

/// One version of a paper, as the demo's arXiv shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPaper {
    /// arXiv's identifier, without version.
    pub id: ArxivId,
    /// The version that all else here describes.
    pub version: Version,
    /// One line, TeX as the authors wrote it.
    pub title: String,
    /// One line, in the demo's own words.
    pub abstract_: String,
    /// The authors' comment, if the paper has one.
    pub comment: Option<String>,
    /// When version 1 was submitted; where only its month is known, the first of that month.
    pub published: Timestamp,
    /// When this version was submitted.
    pub updated: Timestamp,
}

/// Every version of every shipped paper, newest first; an earlier version is right behind the
/// one that replaces it.
pub fn demo_papers() -> Vec<DemoPaper> {
    let shelf: DemoPapersFile = toml::from_str(SHIPPED).expect("the shipped papers are read by a test");
    shelf.paper.into_iter().flat_map(DemoPapersFileEntry::into_demo_paper_versions).collect()
}

/// The times at which the demo polls: the first contact and the workdays that follow, each at
/// 06:15 UTC, when a day's batch is out.
pub fn demo_poll_times() -> Vec<Timestamp> {
    let all = FIRST_DAY.series(1.day()).take_while(|day| *day <= LAST_DAY);
    let workdays = all.filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
    workdays.map(|day| timestamp_at(day, 6, 15, TimeZone::UTC)).collect()
}

impl DemoPaper {
    /// When arXiv first showed this version: 20:00 Eastern time from Sunday to Thursday, with what
    /// came before 14:00. Holidays are left out, as the simulated days have none.
    pub fn announced_at(&self) -> Timestamp {
        let eastern = TimeZone::get("America/New_York").expect("the time zones are compiled in");
        let sent = self.updated.to_zoned(eastern.clone());
        let late = i32::from(sent.hour() >= CLOSES);
        let batch = sent.date().saturating_add(late.days());
        let wait = match batch.weekday() {
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => 0,
            Weekday::Friday | Weekday::Saturday => 2,
            Weekday::Sunday => 1,
        };
        timestamp_at(batch.saturating_add(wait.days()), ANNOUNCED, 0, eastern)
    }
}

fn timestamp_at(day: Date, hour: i8, minute: i8, zone: TimeZone) -> Timestamp {
    day.at(hour, minute, 0, 0).to_zoned(zone).expect("a date of this century has a time").timestamp()
}

/// The whole of `papers.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoPapersFile {
    paper: Vec<DemoPapersFileEntry>,
}

/// One paper as it is in `papers.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoPapersFileEntry {
    id: String,
    title: String,
    updated: Timestamp,
    /// The submission of version 1, of a paper that the demo shows being replaced.
    earlier: Option<Timestamp>,
    comment: Option<String>,
    #[serde(rename = "abstract")]
    abstract_: String,
}

impl DemoPapersFileEntry {
    /// The version in the row and, if the demo shows one, the first before it.
    fn into_demo_paper_versions(self) -> Vec<DemoPaper> {
        let (id, version) =
            ArxivId::parse_with_version(&self.id).expect("the shipped identifiers are read by a test");
        let version = version.expect("the shipped identifiers carry a version");
        let latest = DemoPaper {
            published: self.earlier.unwrap_or_else(|| estimate_first_submission(&id, version, self.updated)),
            id,
            version,
            title: self.title,
            abstract_: self.abstract_.split_whitespace().collect::<Vec<_>>().join(" "),
            comment: self.comment,
            updated: self.updated,
        };
        let first = self.earlier.map(|updated| DemoPaper {
            version: Version::FIRST,
            comment: None,
            updated,
            ..latest.clone()
        });
        [Some(latest), first].into_iter().flatten().collect()
    }
}

/// When a paper was first submitted, as far as its number says: `2407.01003` came in July 2024.
fn estimate_first_submission(id: &ArxivId, version: Version, updated: Timestamp) -> Timestamp {
    if version == Version::FIRST {
        return updated;
    }
    let (year, month) = id.as_str().split_at_checked(4).map_or(("", ""), |(month, _)| month.split_at(2));
    let day = format!("20{year}-{month}-01T12:00:00Z");
    day.parse().expect("the shipped identifiers begin with year and month")
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::path::PathBuf;

    use super::*;

    /// How many words in a row an abstract may share with the published one.
    const SHARED_WORDS: usize = 11;

    #[test]
    fn every_shipped_paper_is_whole() {
        let papers = demo_papers();
        let names: HashSet<_> = papers.iter().map(|p| (p.id.clone(), p.version)).collect();
        assert_eq!(names.len(), papers.len(), "no version stands twice");
        for paper in &papers {
            let text = format!("{} {}", paper.title, paper.abstract_);
            assert!(text.to_lowercase().contains("image classification"), "{}", paper.id);
            assert!((200..700).contains(&paper.abstract_.len()), "{}: {}", paper.id, paper.abstract_.len());
            assert!((2..=5).contains(&count_sentences(&paper.abstract_)), "{}", paper.id);
            for line in
                [Some(&paper.title), Some(&paper.abstract_), paper.comment.as_ref()].into_iter().flatten()
            {
                assert!(!line.is_empty() && line.trim() == line && !line.contains('\n'), "{}", paper.id);
            }
            assert!(paper.published <= paper.updated, "{}", paper.id);
        }
    }

    #[test]
    fn sixty_papers_fall_into_the_simulated_weeks_newest_first() {
        let papers = demo_papers();
        let works: HashMap<_, _> = papers.iter().rev().map(|p| (p.id.clone(), p)).collect();
        assert_eq!(works.len(), 60);
        let latest: Vec<_> = papers.iter().filter(|p| works[&p.id] == *p).map(|p| p.updated).collect();
        assert!(latest.is_sorted_by(|newer, older| newer > older));
        assert!(latest[0] < "2025-03-27T00:00:00Z".parse().unwrap());
        assert!(latest[59] >= "2025-02-24T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn six_papers_are_replaced_while_the_demo_looks() {
        let papers = demo_papers();
        let first = demo_poll_times()[0];
        let replaced: Vec<_> = papers
            .windows(2)
            .filter(|pair| pair[0].id == pair[1].id)
            .map(|pair| {
                assert!(pair[0].version > pair[1].version && pair[0].updated > pair[1].updated);
                assert!(pair[0].announced_at() > first, "{} is replaced before anyone looks", pair[0].id);
                pair[0].id.as_str()
            })
            .collect();
        let expected = ["2503.06056", "2503.17162", "2502.07001", "2503.11851", "2503.09248", "2412.00678"];
        assert_eq!(replaced, expected);
        assert_eq!(papers.len(), 60 + expected.len());
    }

    #[test]
    fn every_simulated_day_brings_something_and_the_last_one_completes_it() {
        let days = demo_poll_times();
        let papers = demo_papers();
        let known: Vec<_> = days
            .iter()
            .map(|day| papers.iter().filter(|paper| paper.announced_at() <= *day).count())
            .collect();
        assert_eq!(known, [32, 40, 41, 46, 52, 57, 61, 65, 66]);
        assert_eq!(days[0].to_string(), "2025-03-17T06:15:00Z");
        assert_eq!(days[5].to_string(), "2025-03-24T06:15:00Z", "nobody polls on a weekend");
    }

    #[test]
    fn a_version_is_announced_on_the_evening_of_its_batch() {
        for (updated, announced) in [
            ("2025-03-19T17:59:59Z", "2025-03-20T00:00:00Z"),
            ("2025-03-19T18:00:00Z", "2025-03-21T00:00:00Z"),
            ("2025-03-20T18:00:00Z", "2025-03-24T00:00:00Z"),
            ("2025-03-21T17:00:00Z", "2025-03-24T00:00:00Z"),
            ("2025-03-21T18:00:00Z", "2025-03-25T00:00:00Z"),
            ("2025-03-22T12:00:00Z", "2025-03-25T00:00:00Z"),
            ("2025-03-23T12:00:00Z", "2025-03-25T00:00:00Z"),
            ("2025-03-23T18:00:00Z", "2025-03-25T00:00:00Z"),
            ("2025-03-05T18:59:59Z", "2025-03-06T01:00:00Z"),
        ] {
            let paper = DemoPaper { updated: updated.parse().unwrap(), ..demo_papers().remove(0) };
            assert_eq!(paper.announced_at().to_string(), announced, "{updated}");
        }
    }

    #[test]
    fn a_first_submission_is_dated_as_far_as_it_is_known() {
        let published: HashMap<_, _> =
            demo_papers().into_iter().map(|p| (p.id.to_string(), p.published)).collect();
        for (id, day) in [
            ("2503.19311", "2025-03-25T17:00:00Z"),
            ("2211.15143", "2022-11-01T12:00:00Z"),
            ("2503.06056", "2025-03-08T09:00:00Z"),
        ] {
            assert_eq!(published[id].to_string()[..10], day[..10], "{id}");
        }
    }

    #[test]
    fn facts_are_the_published_ones_and_abstracts_are_our_own() {
        assert_eq!(
            longest_shared_run("See one two, three: http://a.b/c four!", "ONE two three Four five"),
            4
        );
        assert_eq!(parse_seed_row(FIXTURE).unwrap().comment, "Pages: 3");
        let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") else { return };
        let seed = PathBuf::from(shared).join("seed/image-classification.md");
        let seed = std::fs::read_to_string(&seed).expect("PAPERWIRE_SHARED has the seed list");
        let rows: HashMap<_, _> =
            seed.lines().filter_map(parse_seed_row).map(|row| (row.name, row)).collect();
        let mut compared = 0;
        for paper in demo_papers() {
            let name = format!("{}{}", paper.id, paper.version);
            let Some(row) = rows.get(name.as_str()) else { continue };
            assert_eq!(paper.title, row.title, "{name}");
            assert_eq!(&paper.updated.to_string()[..10], row.day, "{name}");
            assert_eq!(paper.comment.as_deref().unwrap_or_default(), row.comment, "{name}");
            let link = row.link.trim_start_matches("https://").trim_start_matches("http://");
            let told = format!("{} {}", paper.abstract_, row.comment);
            assert_eq!(told.contains("github."), !link.is_empty(), "{name}");
            assert!(told.contains(link), "{name} names {link}");
            assert!(longest_shared_run(&paper.abstract_, row.abstract_) <= SHARED_WORDS, "{name}");
            compared += 1;
        }
        assert_eq!(compared, 60);
    }

    const FIXTURE: &str = "| **[A B](http://arxiv.org/abs/2503.00001v1)** | 2025-03-01 | \
        <details><summary>Show</summary><p>One | two.</p></details> | \
        <details><summary>Pages...</summary><p>Pages: 3</p></details> | None |";

    struct OriginalListRow<'a> {
        name: &'a str,
        title: &'a str,
        day: &'a str,
        abstract_: &'a str,
        comment: &'a str,
        link: &'a str,
    }

    fn parse_seed_row(row: &str) -> Option<OriginalListRow<'_>> {
        let (title, rest) = row.strip_prefix("| **[")?.split_once("](http://arxiv.org/abs/")?;
        let (name, rest) = rest.split_once(")** | ")?;
        let (day, rest) = rest.split_once(" | <details><summary>Show</summary><p>")?;
        let (abstract_, rest) = rest.split_once("</p></details> | ")?;
        let (comment, link) = rest.strip_suffix(" |")?.rsplit_once(" | ").unwrap_or(("", rest));
        let comment = comment.strip_suffix("</p></details>").unwrap_or(comment);
        let comment = comment.split_once("</summary><p>").map_or(comment, |(_, whole)| whole);
        let link = link.split_once("](").map_or("", |(_, link)| link.split(')').next().unwrap());
        Some(OriginalListRow { name, title, day, abstract_, comment, link })
    }

    fn count_sentences(text: &str) -> usize {
        text.split_whitespace().filter(|word| word.ends_with(['.', '?', '!'])).count().max(1)
    }

    fn longest_shared_run(a: &str, b: &str) -> usize {
        let (a, b) = (lowercase_words(a), lowercase_words(b));
        let shared = |i: usize, j: usize| a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
        (0..a.len())
            .flat_map(|i| (0..b.len()).map(move |j| (i, j)))
            .map(|(i, j)| shared(i, j))
            .max()
            .unwrap_or(0)
    }

    /// The words of a text in lower case, addresses aside.
    fn lowercase_words(text: &str) -> Vec<String> {
        let plain = text.split_whitespace().filter(|word| !word.contains("://") && !word.contains("github."));
        let parts = plain.flat_map(|word| word.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase));
        parts.filter(|word| !word.is_empty()).collect()
    }
}
