//! A month in which arXiv goes on, by dice that fall the same way every time, and how a run in it is killed.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{Abstract, Paper, PaperId, Revision, Version};

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_arxiv::page::sample_paper;
use crate::support::sample_papers::newest_first;
use crate::support::test_env::TestEnv;

const BEGINNING: &str = "2025-03-01T06:15:00Z";
pub(crate) const DAYS: i64 = 30;
pub(crate) const HOUR: i64 = 3600;

/// splitmix64 by Sebastiano Vigna: the same throws for the same seed, on every machine.
#[derive(Debug)]
pub(crate) struct RandomNumbers(pub(crate) u64);

impl RandomNumbers {
    /// A number below `end`.
    pub(crate) fn number_below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((z ^ (z >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn is_below_percent(&mut self, percent: i64) -> bool {
        self.number_below(100) < percent
    }
}

/// Every version of every paper, with the moment from which arXiv shows it.
pub(crate) struct SimulatedMonth {
    versions: Vec<(Timestamp, Paper)>,
}

/// Whether papers may share a date.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateSharing {
    Shared,
    Distinct,
}

impl SimulatedMonth {
    /// Works that are submitted from two weeks before the month to its end. One in four gets another version, and
    /// one in twenty-five is shown long after its date, as arXiv does.
    pub(crate) fn generate(works: usize, dates: DateSharing, random: &mut RandomNumbers) -> Self {
        let mut versions = Vec::new();
        let span = (DAYS + 14) * 24 * HOUR;
        for work in 0..works {
            let mut updated = time_in_month(-14 * 24 * HOUR + random.number_below(span));
            for number in 1..=3 {
                let date = match dates {
                    DateSharing::Shared => {
                        Timestamp::from_second(updated.as_second() / (6 * HOUR) * 6 * HOUR).unwrap()
                    }
                    DateSharing::Distinct => {
                        updated + SignedDuration::from_millis(i64::try_from(work).unwrap())
                    }
                };
                let hours = if random.is_below_percent(4) {
                    random.number_below(19 * 24)
                } else {
                    6 + random.number_below(60)
                };
                let shown = updated + SignedDuration::from_hours(hours);
                versions.push((shown, paper_version(work, number, date)));
                if !random.is_below_percent(25) {
                    break;
                }
                updated += SignedDuration::from_hours(1 + random.number_below(12 * 24));
            }
        }
        Self { versions }
    }

    /// What arXiv shows at a moment: of each work the latest version, in the order of their dates.
    pub(crate) fn papers_shown_at(&self, now: Timestamp) -> Vec<Paper> {
        let mut latest: BTreeMap<&PaperId, &Paper> = BTreeMap::new();
        for (_, paper) in self.versions.iter().filter(|(shown, _)| *shown <= now) {
            let known = latest.entry(&paper.id).or_insert(paper);
            if paper.revision.version_if_numbered() > known.revision.version_if_numbered() {
                *known = paper;
            }
        }
        newest_first(latest.into_values().cloned().collect())
    }
}

fn paper_version(work: usize, number: u32, updated: Timestamp) -> Paper {
    let abstract_ = Abstract(format!("On work {work}, for the {number}th time."));
    Paper {
        revision: Revision::Numbered(Version::new(number).unwrap()),
        updated,
        abstract_,
        ..sample_paper(work)
    }
}

/// The moment so many seconds after the month began.
pub(crate) fn time_in_month(seconds: i64) -> Timestamp {
    BEGINNING.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// The moments of the month's runs, so many hours apart.
pub(crate) fn run_times(hours: i64) -> Vec<Timestamp> {
    (0..=DAYS * 24 / hours).map(|turn| time_in_month(turn * hours * HOUR)).collect()
}

pub(crate) fn show_papers(fake: &FakeArxiv, month: &SimulatedMonth, now: Timestamp) {
    fake.set_papers(month.papers_shown_at(now));
    fake.set_stamp(now - SignedDuration::from_mins(10));
}

/// How often the program is killed, and over how many months of faults it lives: an environment variable's number,
/// or what a run of all tests has time for.
pub(crate) fn number_from_variable(variable: &str, default: usize) -> usize {
    let given = std::env::var(variable).ok();
    given.map_or(default, |given| {
        given.parse().unwrap_or_else(|_| panic!("{variable} is a number, and not {given:?}"))
    })
}

/// Begins a run and kills it at a random moment of the time that a whole one takes, until one was caught alive.
pub(crate) fn kill_once(env: &TestEnv, now: &str, whole: Duration, random: &mut RandomNumbers) {
    for _ in 0..100 {
        let mut child = env.spawn_program(&["once", "--now", now]);
        // Not to wait for anything: the random moment itself is the test.
        thread::sleep(whole * u32::try_from(random.number_below(100)).unwrap() / 100);
        child.kill().unwrap();
        if child.wait().unwrap().signal().is_some() {
            return;
        }
    }
    panic!("a hundred turns ended before they could be killed");
}
