//! A month of runs against an arXiv that goes on: each paper and each version is announced once, whatever goes wrong
//! in between and whenever the program is killed.

use std::collections::BTreeMap;

use paperwire::domain::Paper;

use crate::support::fake_arxiv::{ArxivReply, FakeArxiv};
use crate::support::random_month_of_papers::{
    DAYS, DateSharing, HOUR, RandomNumbers, SimulatedMonth, kill_once, number_from_variable, run_times,
    show_papers, time_in_month,
};
use crate::support::sample_papers::versioned_ids;
use crate::support::test_env::{AnnouncedPaper, TestEnv, measure_time};

fn version_by_id(papers: &[Paper]) -> BTreeMap<String, u32> {
    papers.iter().map(|paper| (paper.id.to_string(), paper.revision.version_number().unwrap())).collect()
}

/// The simplest thing that does what the program must do: it sees all that arXiv shows, at every run.
#[derive(Default)]
struct ExpectedNews {
    known: BTreeMap<String, u32>,
    news: Vec<AnnouncedPaper>,
}

impl ExpectedNews {
    /// How many are new, replaced and seeded.
    fn record_poll(&mut self, papers: &[Paper]) -> (u64, u64, u64) {
        let is_first = self.known.is_empty();
        let mut counts = (0, 0, 0);
        for (paper, version) in version_by_id(papers) {
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

/// Asserts that for each paper that first contact did not bring exactly one message is of a new paper, that all
/// others are of later versions, and that the last one announced is the last one there is.
fn assert_announced_once(
    news: &[AnnouncedPaper],
    seeded: &BTreeMap<String, u32>,
    last: &BTreeMap<String, u32>,
) {
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
fn each_new_paper_is_announced_once_and_each_new_version_as_a_replacement_once() {
    let month = SimulatedMonth::generate(120, DateSharing::Shared, &mut RandomNumbers(1));
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = TestEnv::with_arxiv(&fake).with_page(500);
    let mut oracle = ExpectedNews::default();
    let mut told = 0;
    for now in run_times(12) {
        show_papers(&fake, &month, now);
        let expected = oracle.record_poll(&month.papers_shown_at(now));
        let answer = env.run_once_without_failure(&now.to_string());
        let (status, new, replaced, seeded) = answer.status_and_counts();
        assert_eq!((new, replaced, seeded), expected, "{now}: {answer:?}");
        assert_eq!(status, if expected == (0, 0, 0) { "quiet" } else { "ok" });
        assert_eq!(answer.only_topic().known, oracle.known.len() as u64);
        told += new + replaced;
    }
    assert_eq!(env.announced_news(), oracle.news);
    assert_eq!(env.list_rows(), versioned_ids(&month.papers_shown_at(time_in_month(DAYS * 24 * HOUR))));
    assert!(told > 80 && oracle.news.iter().any(|told| told.2 == "replacement"), "a month that is too quiet");
}

#[test]
fn pages_that_end_early_lose_no_paper_that_is_dated_late() {
    let month = SimulatedMonth::generate(90, DateSharing::Shared, &mut RandomNumbers(2));
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = TestEnv::with_arxiv(&fake).with_page(5);
    let mut requests = 0;
    for now in run_times(12) {
        show_papers(&fake, &month, now);
        requests += env.run_once_without_failure(&now.to_string()).only_topic().requests;
    }
    let end = time_in_month((DAYS + 1) * 24 * HOUR);
    show_papers(&fake, &month, end);
    env.run_once_without_failure(&end.to_string());
    let last = month.papers_shown_at(end);
    assert_announced_once(
        &env.announced_news(),
        &version_by_id(&month.papers_shown_at(time_in_month(0))),
        &version_by_id(&last),
    );
    assert_eq!(sorted_rows(&env), sorted_addresses(&last));
    assert!(requests < run_times(12).len() * 8, "{requests}: paging ends where all is known");
}

fn sorted_rows(env: &TestEnv) -> Vec<String> {
    let mut rows = env.list_rows();
    rows.sort();
    rows
}

fn sorted_addresses(papers: &[Paper]) -> Vec<String> {
    let mut addresses = versioned_ids(papers);
    addresses.sort();
    addresses
}

/// All that may happen to a request, but for what takes long or leaves another trace than its absence.
fn any_fault(random: &mut RandomNumbers) -> ArxivReply {
    let status = |code| ArxivReply::Status { code, headers: Vec::new(), body: b"no".to_vec() };
    let mut faults = vec![
        ArxivReply::ResetAtOnce,
        ArxivReply::Reset,
        ArxivReply::CutContentLength,
        ArxivReply::CutGzip,
        ArxivReply::GzipBomb,
        ArxivReply::ZeroBytes,
        ArxivReply::Html,
        ArxivReply::CutXml,
        ArxivReply::TwoFeeds,
        ArxivReply::BadUtf8,
        ArxivReply::Doctype,
        ArxivReply::NestingBomb,
        ArxivReply::ErrorEntry(200),
        ArxivReply::ErrorEntry(400),
        ArxivReply::BareRateExceeded,
        status(406),
        status(500),
        status(503),
        status(404),
        ArxivReply::RedirectTo(302, "https://elsewhere.example/".to_owned()),
        ArxivReply::EmptyPageWithTotal,
        ArxivReply::TotalZero,
        ArxivReply::StaleStamp,
        ArxivReply::ShortPage,
        ArxivReply::Unsorted,
        ArxivReply::DuplicateEntry,
        ArxivReply::HollowEntry,
        ArxivReply::HollowAlone,
        ArxivReply::NoDate,
        ArxivReply::FutureDate,
        ArxivReply::HttpsIds,
    ];
    faults.swap_remove(usize::try_from(random.number_below(i64::try_from(faults.len()).unwrap())).unwrap())
}

#[test]
fn a_month_of_faults_loses_no_paper_and_announces_none_twice() {
    for seed in 11..11 + number_from_variable("PAPERWIRE_MONTHS", 3) as u64 {
        let mut random = RandomNumbers(seed);
        let month = SimulatedMonth::generate(70, DateSharing::Distinct, &mut random);
        let fake = FakeArxiv::serve_papers(vec![]);
        let mut env = TestEnv::with_arxiv(&fake).with_page(30).with_patience("1s");
        let (mut rows, mut seeded, mut failed) = (0, None, 0);
        for now in run_times(18) {
            show_papers(&fake, &month, now);
            if random.is_below_percent(40) {
                let good = usize::try_from(random.number_below(2)).unwrap();
                fake.reply_next(std::iter::repeat_n(ArxivReply::Good, good).chain([any_fault(&mut random)]));
            }
            let answer = env.run_once(&now.to_string());
            let is_done = matches!(answer.only_topic().status.as_str(), "ok" | "quiet");
            assert_eq!(answer.status, i32::from(!is_done), "{seed} {now}: {answer:?}");
            assert!(is_done || !answer.reason().is_empty(), "{seed} {now}: {answer:?}");
            assert!(answer.stderr.contains(answer.reason()) || is_done, "{seed} {now}: {answer:?}");
            failed += usize::from(!is_done);
            if is_done && seeded.is_none() {
                seeded = Some(version_by_id(&month.papers_shown_at(now)));
            }
            let now_rows = if env.path("README.md").exists() { env.list_rows().len() } else { 0 };
            assert!(now_rows >= rows, "{seed} {now}: {rows} rows, and now {now_rows}: {answer:?}");
            rows = now_rows;
        }
        fake.drop_queued_replies();
        env = env.with_patience("2m");
        let end = time_in_month((DAYS + 1) * 24 * HOUR);
        show_papers(&fake, &month, end);
        env.run_once_without_failure(&end.to_string());
        let last = month.papers_shown_at(end);
        assert_eq!(env.list_rows(), versioned_ids(&last), "{seed}");
        assert_announced_once(
            &env.announced_news(),
            &seeded.expect("a poll was complete"),
            &version_by_id(&last),
        );
        assert!(failed > 5, "{seed}: a month that is too good");
    }
}

#[test]
fn a_program_that_is_killed_at_any_moment_ends_where_it_would_have_ended() {
    let mut random = RandomNumbers(21);
    let month = SimulatedMonth::generate(60, DateSharing::Shared, &mut random);
    let fake = FakeArxiv::serve_papers(vec![]);
    let (unharmed, killed) =
        (TestEnv::with_arxiv(&fake).with_page(30), TestEnv::with_arxiv(&fake).with_page(30));
    let turns = run_times(24);
    let kills_each = number_from_variable("PAPERWIRE_KILLS", 62).div_ceil(turns.len());
    for now in turns {
        show_papers(&fake, &month, now);
        let now = now.to_string();
        let (_, whole) = measure_time(|| unharmed.run_once_without_failure(&now));
        for _ in 0..kills_each {
            kill_once(&killed, &now, whole, &mut random);
        }
        killed.run_once_without_failure(&now);
        assert_eq!(killed.list_text(), unharmed.list_text(), "{now}");
    }
    assert_eq!(killed.history_rows(), unharmed.history_rows());
    assert!(unharmed.announced_news().len() > 30, "a month that is too quiet");
    let mut left: Vec<_> =
        std::fs::read_dir(killed.folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    left.retain(|name| !name.to_string_lossy().starts_with("paperwire."));
    assert_eq!(left, ["README.md"], "no half-written file stays");
}
