//! A month of turns against an arXiv that goes on: each paper and each version is told once, whatever goes wrong
//! in between and whenever the program is killed.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{Abstract, Paper, PaperId, Version};

use crate::fake_arxiv::page::paper;
use crate::fake_arxiv::{FakeArxiv, Reply};
use crate::home::{Home, Told, timed};
use crate::papers::{addresses, sorted};

const BEGINNING: &str = "2025-03-01T06:15:00Z";
const DAYS: i64 = 30;
const HOUR: i64 = 3600;

/// splitmix64 by Sebastiano Vigna: the same throws for the same seed, on every machine.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    /// A number below `end`.
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((z ^ (z >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    fn is_below_percent(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

/// Every version of every paper, with the moment from which arXiv shows it.
struct Month {
    versions: Vec<(Timestamp, Paper)>,
}

/// Whether papers may share a date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dates {
    Shared,
    Distinct,
}

impl Month {
    /// Works that are submitted from two weeks before the month to its end. One in four gets another version, and
    /// one in twenty-five is shown long after its date, as arXiv does.
    fn of(works: usize, dates: Dates, dice: &mut Dice) -> Self {
        let mut versions = Vec::new();
        let span = (DAYS + 14) * 24 * HOUR;
        for work in 0..works {
            let mut updated = at(-14 * 24 * HOUR + dice.below(span));
            for number in 1..=3 {
                let date = match dates {
                    Dates::Shared => {
                        Timestamp::from_second(updated.as_second() / (6 * HOUR) * 6 * HOUR).unwrap()
                    }
                    Dates::Distinct => updated + SignedDuration::from_millis(i64::try_from(work).unwrap()),
                };
                let hours = if dice.is_below_percent(4) { dice.below(19 * 24) } else { 6 + dice.below(60) };
                let shown = updated + SignedDuration::from_hours(hours);
                versions.push((shown, version(work, number, date)));
                if !dice.is_below_percent(25) {
                    break;
                }
                updated += SignedDuration::from_hours(1 + dice.below(12 * 24));
            }
        }
        Self { versions }
    }

    /// What arXiv shows at a moment: of each work the latest version, in the order of their dates.
    fn shown(&self, now: Timestamp) -> Vec<Paper> {
        let mut latest: BTreeMap<&PaperId, &Paper> = BTreeMap::new();
        for (_, paper) in self.versions.iter().filter(|(shown, _)| *shown <= now) {
            let known = latest.entry(&paper.id).or_insert(paper);
            if paper.version > known.version {
                *known = paper;
            }
        }
        sorted(latest.into_values().cloned().collect())
    }
}

fn version(work: usize, number: u32, updated: Timestamp) -> Paper {
    let abstract_ = Abstract(format!("On work {work}, for the {number}th time."));
    Paper { version: Version::new(number).unwrap(), updated, abstract_, ..paper(work) }
}

/// So many seconds after the month began.
fn at(seconds: i64) -> Timestamp {
    BEGINNING.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// The moments of the month's turns, so many hours apart.
fn turns(hours: i64) -> Vec<Timestamp> {
    (0..=DAYS * 24 / hours).map(|turn| at(turn * hours * HOUR)).collect()
}

fn show(fake: &FakeArxiv, month: &Month, now: Timestamp) {
    fake.set_papers(month.shown(now));
    fake.set_stamp(now - SignedDuration::from_mins(10));
}

fn versions(papers: &[Paper]) -> BTreeMap<String, u32> {
    papers.iter().map(|paper| (paper.id.to_string(), paper.version.number())).collect()
}

/// The simplest thing that does what the program must do: it sees all that arXiv shows, at every turn.
#[derive(Default)]
struct Oracle {
    known: BTreeMap<String, u32>,
    news: Vec<Told>,
}

impl Oracle {
    /// How many are new, replaced and seeded.
    fn poll(&mut self, papers: &[Paper]) -> (u64, u64, u64) {
        let is_first = self.known.is_empty();
        let mut counts = (0, 0, 0);
        for (paper, version) in versions(papers) {
            let known = self.known.insert(paper.clone(), version);
            match known {
                None if is_first => counts.2 += 1,
                None => {
                    counts.0 += 1;
                    self.news.push((paper, version, "new".to_owned()));
                }
                Some(known) if known < version => {
                    counts.1 += 1;
                    self.news.push((paper, version, "replacement".to_owned()));
                }
                Some(_) => {}
            }
        }
        self.news.sort();
        counts
    }
}

/// That of each paper that first contact did not bring exactly one telling is of a new paper, that all others are of
/// later versions, and that the last one told is the last one there is.
fn assert_told_once(news: &[Told], seeded: &BTreeMap<String, u32>, last: &BTreeMap<String, u32>) {
    for (paper, version) in last {
        let told: Vec<_> = news.iter().filter(|told| told.0 == *paper).collect();
        let silent = seeded.get(paper).copied();
        assert!(told.is_sorted_by_key(|told| told.1), "{told:?}");
        assert!(told.iter().all(|told| Some(told.1) > silent), "{told:?} after {silent:?}");
        let new = told.iter().filter(|told| told.2 == "new").count();
        assert_eq!(new, usize::from(silent.is_none()), "{paper}: {told:?}");
        assert!(silent.is_some() || told[0].2 == "new", "{told:?}");
        assert_eq!(told.last().map(|told| told.1).or(silent), Some(*version), "{paper}: {told:?}");
    }
    assert!(news.iter().all(|told| last.contains_key(&told.0)), "{news:?}");
}

#[test]
fn each_new_paper_is_told_once_and_each_new_version_a_replacement_once() {
    let month = Month::of(120, Dates::Shared, &mut Dice(1));
    let fake = FakeArxiv::serving(vec![]);
    let home = Home::asking(&fake).with_page(500);
    let mut oracle = Oracle::default();
    let mut told = 0;
    for now in turns(12) {
        show(&fake, &month, now);
        let expected = oracle.poll(&month.shown(now));
        let answer = home.once_well(&now.to_string());
        let (status, new, replaced, seeded) = answer.counts();
        assert_eq!((new, replaced, seeded), expected, "{now}: {answer:?}");
        assert_eq!(status, if expected == (0, 0, 0) { "quiet" } else { "ok" });
        assert_eq!(answer.topic().known, oracle.known.len() as u64);
        told += new + replaced;
    }
    assert_eq!(home.news(), oracle.news);
    assert_eq!(home.rows(), addresses(&month.shown(at(DAYS * 24 * HOUR))));
    assert!(told > 80 && oracle.news.iter().any(|told| told.2 == "replacement"), "a month that is too quiet");
}

#[test]
fn pages_that_end_early_lose_no_paper_that_is_dated_late() {
    let month = Month::of(90, Dates::Shared, &mut Dice(2));
    let fake = FakeArxiv::serving(vec![]);
    let home = Home::asking(&fake).with_page(5);
    let mut requests = 0;
    for now in turns(12) {
        show(&fake, &month, now);
        requests += home.once_well(&now.to_string()).topic().requests;
    }
    let end = at((DAYS + 1) * 24 * HOUR);
    show(&fake, &month, end);
    home.once_well(&end.to_string());
    let last = month.shown(end);
    assert_told_once(&home.news(), &versions(&month.shown(at(0))), &versions(&last));
    assert_eq!(sorted_rows(&home), sorted_addresses(&last));
    assert!(requests < turns(12).len() * 8, "{requests}: paging ends where all is known");
}

fn sorted_rows(home: &Home) -> Vec<String> {
    let mut rows = home.rows();
    rows.sort();
    rows
}

fn sorted_addresses(papers: &[Paper]) -> Vec<String> {
    let mut addresses = addresses(papers);
    addresses.sort();
    addresses
}

/// All that may happen to a request, but for what takes long or leaves another trace than its absence.
fn any_fault(dice: &mut Dice) -> Reply {
    let status = |code| Reply::Status { code, headers: Vec::new(), body: b"no".to_vec() };
    let mut faults = vec![
        Reply::ResetAtOnce,
        Reply::Reset,
        Reply::CutContentLength,
        Reply::CutGzip,
        Reply::GzipBomb,
        Reply::ZeroBytes,
        Reply::Html,
        Reply::CutXml,
        Reply::TwoFeeds,
        Reply::BadUtf8,
        Reply::Doctype,
        Reply::NestingBomb,
        Reply::ErrorEntry(200),
        Reply::ErrorEntry(400),
        Reply::BareRateExceeded,
        status(406),
        status(500),
        status(503),
        status(404),
        Reply::RedirectTo(302, "https://elsewhere.example/".to_owned()),
        Reply::EmptyPageWithTotal,
        Reply::TotalZero,
        Reply::StaleStamp,
        Reply::ShortPage,
        Reply::Unsorted,
        Reply::DuplicateEntry,
        Reply::HollowEntry,
        Reply::HollowAlone,
        Reply::NoDate,
        Reply::FutureDate,
        Reply::HttpsIds,
    ];
    faults.swap_remove(usize::try_from(dice.below(i64::try_from(faults.len()).unwrap())).unwrap())
}

#[test]
fn a_month_of_faults_loses_no_paper_and_tells_none_twice() {
    for seed in 11..11 + number("PAPERWIRE_MONTHS", 3) as u64 {
        let mut dice = Dice(seed);
        let month = Month::of(70, Dates::Distinct, &mut dice);
        let fake = FakeArxiv::serving(vec![]);
        let mut home = Home::asking(&fake).with_page(30).with_patience("1s");
        let (mut rows, mut seeded, mut failed) = (0, None, 0);
        for now in turns(18) {
            show(&fake, &month, now);
            if dice.is_below_percent(40) {
                let good = usize::try_from(dice.below(2)).unwrap();
                fake.reply_next(std::iter::repeat_n(Reply::Good, good).chain([any_fault(&mut dice)]));
            }
            let answer = home.once(&now.to_string());
            let is_done = matches!(answer.topic().status.as_str(), "ok" | "quiet");
            assert_eq!(answer.status, i32::from(!is_done), "{seed} {now}: {answer:?}");
            assert!(is_done || !answer.reason().is_empty(), "{seed} {now}: {answer:?}");
            assert!(answer.stderr.contains(answer.reason()) || is_done, "{seed} {now}: {answer:?}");
            failed += usize::from(!is_done);
            if is_done && seeded.is_none() {
                seeded = Some(versions(&month.shown(now)));
            }
            let now_rows = if home.path("README.md").exists() { home.rows().len() } else { 0 };
            assert!(now_rows >= rows, "{seed} {now}: {rows} rows, and now {now_rows}: {answer:?}");
            rows = now_rows;
        }
        fake.be_well();
        home = home.with_patience("2m");
        let end = at((DAYS + 1) * 24 * HOUR);
        show(&fake, &month, end);
        home.once_well(&end.to_string());
        let last = month.shown(end);
        assert_eq!(home.rows(), addresses(&last), "{seed}");
        assert_told_once(&home.news(), &seeded.expect("a poll was complete"), &versions(&last));
        assert!(failed > 5, "{seed}: a month that is too good");
    }
}

/// How often the program is killed, and over how many months of faults it lives: an environment variable's number,
/// or what a run of all tests has time for.
fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

#[test]
fn a_program_that_is_killed_at_any_moment_ends_where_it_would_have_ended() {
    let mut dice = Dice(21);
    let month = Month::of(60, Dates::Shared, &mut dice);
    let fake = FakeArxiv::serving(vec![]);
    let (unharmed, killed) = (Home::asking(&fake).with_page(30), Home::asking(&fake).with_page(30));
    let turns = turns(24);
    let kills_each = number("PAPERWIRE_KILLS", 62).div_ceil(turns.len());
    for now in turns {
        show(&fake, &month, now);
        let now = now.to_string();
        let (_, whole) = timed(|| unharmed.once_well(&now));
        for _ in 0..kills_each {
            kill_once(&killed, &now, whole, &mut dice);
        }
        killed.once_well(&now);
        assert_eq!(killed.list(), unharmed.list(), "{now}");
    }
    assert_eq!(killed.history(), unharmed.history());
    assert!(unharmed.news().len() > 30, "a month that is too quiet");
    let mut left: Vec<_> =
        std::fs::read_dir(killed.folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    left.retain(|name| !name.to_string_lossy().starts_with("paperwire."));
    assert_eq!(left, ["README.md"], "no half-written file stays");
}

/// Begins a turn and kills it at a random moment of the time that a whole one takes, until one was caught alive.
fn kill_once(home: &Home, now: &str, whole: Duration, dice: &mut Dice) {
    for _ in 0..100 {
        let mut child = home.begin(&["once", "--now", now]);
        // Not to wait for anything: the random moment itself is the test.
        thread::sleep(whole * u32::try_from(dice.below(100)).unwrap() / 100);
        child.kill().unwrap();
        if child.wait().unwrap().signal().is_some() {
            return;
        }
    }
    panic!("a hundred turns ended before they could be killed");
}
