//! `once` on a good day: the table byte for byte, and what is announced.

use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{Abstract, ArxivId, Category, Paper, PaperId, Revision, Version};
use regex::Regex;

use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_arxiv::{AtomDialect, FakeArxiv};
use crate::support::sample_papers::{
    newest_first, next_version, paper_of_date, sample_papers, versioned_id, versioned_ids,
};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stdout};

/// A table in the shape of the lists that people keep.
const TABLE: &str = "## Image Classification

| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |
| --- | --- | --- | --- | --- |
| **[M$^3$amba: Tests & Bias](http://arxiv.org/abs/2503.20246v1)** | 2025-03-26 | <details><summary>Show</summary><p>TeX's ``quotes'', 92\\% of $\\mathcal{L}_{1}$ & $y_2$ [1], p < 0.05, by~\\cite{a}.</p></details> |  | None |
| **[A Naïve “Study”](http://arxiv.org/abs/2503.20001v12)** | 2025-03-26 | <details><summary>Show</summary><p>Code: \\url{https://github.com/ada/engine}.</p></details> | 17 pages, 12 figures | [Code Link](https://github.com/ada/engine) |
| **[Plain](http://arxiv.org/abs/hep-ex/0307015v2)** | 2025-03-25 | <details><summary>Show</summary><p>R@1 of 80.</p></details> | <details><summary>Accep...</summary><p>Accepted at CVPR; github.com/ada/two.git</p></details> | [Code Link](http://github.com/ada/two.git) |
| **[Another](http://arxiv.org/abs/2211.15143v3)** | 2024-12-31 | <details><summary>Show</summary><p>See github.com/mahmad000 and ada.github.io.</p></details> | None | None |

";

/// Every table there is to be written: the own one, and the shared seed.
fn published_tables() -> Vec<(String, usize)> {
    let mut tables = vec![(TABLE.to_owned(), 4)];
    if let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") {
        let seed = Path::new(&shared).join("seed/image-classification.md");
        tables.push((std::fs::read_to_string(seed).expect("the seed is in PAPERWIRE_SHARED"), 200));
    }
    tables
}

/// The papers of a table, as an API would have given them in its order. Each second one shares its time with
/// the one before.
fn papers_of(table: &str) -> Vec<Paper> {
    let row = Regex::new(
        r"^\| \*\*\[(.*)\]\(http://arxiv\.org/abs/([^)]*)v(\d+)\)\*\* \| ([\d-]{10}) \| <details><summary>Show</summary><p>(.*)</p></details> \| (?:<details><summary>.{5}\.\.\.</summary><p>(.*)</p></details>|(.*)) \| (?:None|\[Code Link\]\(.*\)) \|$",
    )
    .unwrap();
    let lines = table.lines().filter_map(|line| row.captures(line));
    let papers = lines.enumerate().map(|(n, cells)| {
        let day: Date = cells[4].parse().unwrap();
        let seconds = i64::try_from(n / 2).unwrap();
        let comment = cells.get(6).or(cells.get(7)).map_or("", |comment| comment.as_str());
        Paper {
            id: PaperId::from_arxiv_id(&cells[2].parse::<ArxivId>().unwrap()),
            revision: Revision::Numbered(Version::new(cells[3].parse().unwrap()).unwrap()),
            title: cells[1].to_owned(),
            abstract_: Abstract(cells[5].to_owned()),
            comment: Some(comment.to_owned()).filter(|comment| !comment.is_empty()),
            updated: day.at(23, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
                - SignedDuration::from_secs(seconds),
            ..sample_paper(n)
        }
    });
    papers.collect()
}

/// What is between the markers of a topic.
fn table_between_markers<'a>(list: &'a str, topic: &str) -> &'a str {
    let (_, rest) = list.split_once(&format!("<!-- paperwire:begin {topic} -->\n")).expect("a beginning");
    rest.split_once(&format!("<!-- paperwire:end {topic} -->\n")).expect("an end").0
}

#[test]
fn the_table_is_written_byte_for_byte_and_not_touched_by_a_second_run() {
    for (table, count) in published_tables() {
        for dialect in AtomDialect::ALL {
            let papers = papers_of(&table);
            assert_eq!(papers.len(), count);
            let fake = FakeArxiv::serve_papers(papers);
            fake.set_dialect(dialect);
            let env = TestEnv::with_arxiv(&fake).with_rows(200);
            let first = env.run_once_without_failure(NOW);
            assert_eq!(first.status_and_counts(), ("ok", 0, 0, count as u64), "{dialect:?}");
            assert_eq!((first.only_list().rows, first.only_list().changed), (count, true));
            assert_eq!(table_between_markers(&env.list_text(), TOPIC), table, "{dialect:?}");

            let (before, asked) = (env.list_file_id(), fake.requests().len());
            let second = env.run_once_without_failure(LATER);
            assert_eq!((second.status_and_counts(), second.only_topic().requests), (("quiet", 0, 0, 0), 1));
            assert_eq!((second.only_topic().known, second.only_list().changed), (count as u64, false));
            assert_eq!((env.list_file_id(), fake.requests().len()), (before, asked + 1));
        }
    }
}

#[test]
fn what_was_imported_is_not_news() {
    for (table, count) in published_tables() {
        let fake = FakeArxiv::serve_papers(papers_of(&table));
        let env = TestEnv::with_arxiv(&fake).with_rows(200);
        let list = format!("<!-- paperwire:begin {TOPIC} -->\n{table}<!-- paperwire:end {TOPIC} -->\n");
        env.write_list(&list);
        let before = env.list_file_id();
        let imported = env.run_program(&["import", "README.md"]);
        assert!(imported.status.success(), "{imported:?}");
        assert_eq!(
            stdout(&imported),
            format!("{TOPIC}: {count} rows read, {count} filled in silently, {count} known\n")
        );
        let answer = env.run_once_without_failure(NOW);
        assert_eq!(answer.status_and_counts(), ("quiet", 0, 0, 0));
        assert_eq!((answer.only_list().rows, answer.only_list().changed), (count, false));
        assert_eq!((env.list_text(), env.list_file_id(), env.announced_news()), (list, before, vec![]));
    }
}

#[test]
fn new_papers_and_new_versions_are_announced_once_and_an_old_version_never() {
    let old = sample_papers(30);
    let fake = FakeArxiv::serve_papers(old.clone());
    let env = TestEnv::with_arxiv(&fake);
    assert_eq!(env.run_once_without_failure(NOW).status_and_counts(), ("ok", 0, 0, 30));

    let new = paper_of_date("2503.21001", "2025-03-27T09:00:00Z");
    let late = paper_of_date("2503.11111", "2025-03-26T10:00:00Z");
    let second = next_version(&old[7], 40);
    let downgraded = Paper { revision: Revision::FIRST, ..old[2].clone() };
    let mut papers: Vec<_> = old.iter().filter(|old| old.id != second.id).cloned().collect();
    papers[2] = downgraded;
    papers.extend([new.clone(), late.clone(), second.clone()]);
    let papers = newest_first(papers);
    fake.set_papers(papers.clone());
    assert_eq!(env.run_once_without_failure(NEXT_DAY).status_and_counts(), ("ok", 2, 1, 0));
    let mut told: Vec<_> = [(&new, "new"), (&late, "new"), (&second, "replacement")]
        .map(|(paper, kind)| {
            (paper.id.to_string(), paper.revision.version_number().unwrap(), kind.to_owned())
        })
        .into();
    told.sort();
    assert_eq!(env.announced_news(), told);
    let shown: Vec<_> = papers
        .iter()
        .map(|p| if p.id == old[2].id { versioned_id(&old[2]) } else { versioned_id(p) })
        .collect();
    assert_eq!(env.list_rows(), shown);

    assert_eq!(env.run_once_without_failure("2025-03-28T20:00:00Z").status_and_counts(), ("quiet", 0, 0, 0));
    assert_eq!(env.announced_news(), told);
}

#[test]
fn what_the_archives_leave_out_is_not_recorded_and_does_not_keep_a_poll_paging() {
    let of = |n: usize, category: &str| {
        let category = Category(category.to_owned());
        Paper { primary: Some(category.clone()), categories: vec![category], ..sample_paper(n) }
    };
    let papers: Vec<_> =
        (0..40).map(|n| of(n, ["math.CO", "cs.CV", "stat.ML", "csx.Y", "eess.IV"][n % 5])).collect();
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake).with_archives(&["cs", "stat"]).with_page(10);
    let kept: Vec<_> =
        papers.into_iter().enumerate().filter(|(n, _)| matches!(n % 5, 1 | 2)).map(|(_, p)| p).collect();
    assert_eq!(env.run_once_without_failure(NOW).status_and_counts(), ("ok", 0, 0, 16));
    assert_eq!(env.list_rows(), versioned_ids(&kept));
    let second = env.run_once_without_failure(LATER);
    assert_eq!((second.status_and_counts(), second.only_topic().requests), (("quiet", 0, 0, 0), 1));
}

#[test]
fn papers_that_come_or_go_between_two_pages_cost_none() {
    let all = sample_papers(60);
    let new: Vec<_> =
        (0..1).map(|n| paper_of_date(&format!("2503.2100{n}"), "2025-03-26T18:30:00Z")).collect();
    let added = newest_first([all.clone(), new.clone()].concat());
    let removed: Vec<_> = all.iter().filter(|paper| paper.id != all[3].id).cloned().collect();
    for (moved, expected_after) in [(added.clone(), added.clone()), (removed, all.clone())] {
        for requests in 1..4 {
            let fake = FakeArxiv::serve_papers(all.clone());
            fake.set_papers_after(requests, moved.clone());
            let env = TestEnv::with_arxiv(&fake).with_page(10);
            let first = env.run_once_without_failure(NOW);
            assert_eq!(first.only_topic().seeded, 60, "{requests}: {first:?}");
            env.run_once_without_failure(LATER);
            assert_eq!(env.list_rows(), versioned_ids(&expected_after), "{requests}");
        }
    }
}

#[test]
fn a_paper_that_was_held_back_is_found_deep_in_the_answer_by_the_daily_sweep() {
    let all = sample_papers(60);
    let fake = FakeArxiv::serve_papers(all.clone());
    let env = TestEnv::with_arxiv(&fake).with_page(10);
    env.run_once_without_failure(NOW);
    let held_back = Paper { updated: all[45].updated, ..paper_of_date("2503.01234", NOW) };
    let mut with_it = all.clone();
    with_it.insert(46, held_back.clone());
    fake.set_papers(with_it.clone());
    let soon = env.run_once_without_failure(LATER);
    assert_eq!((soon.status_and_counts(), soon.only_topic().requests), (("quiet", 0, 0, 0), 1), "{soon:?}");
    let sweep = env.run_once_without_failure(NEXT_DAY);
    assert_eq!(sweep.status_and_counts(), ("ok", 1, 0, 0), "{sweep:?}");
    assert_eq!(env.announced_news(), [(held_back.id.to_string(), 1, "new".to_owned())]);
    assert_eq!(env.list_rows(), versioned_ids(&with_it));
}

#[test]
fn first_contact_is_silent_also_with_no_paper_at_all() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = TestEnv::with_arxiv(&fake);
    assert_eq!(env.run_once_without_failure(NOW).status_and_counts(), ("quiet", 0, 0, 0));
    assert_eq!(env.list_rows(), Vec::<String>::new());
    fake.set_papers(vec![sample_paper(0)]);
    assert_eq!(env.run_once_without_failure(LATER).status_and_counts(), ("ok", 1, 0, 0));
    assert_eq!(env.list_rows(), versioned_ids(&[sample_paper(0)]));
}

#[test]
fn two_topics_are_separate_and_share_their_papers() {
    let fake = FakeArxiv::serve_papers(sample_papers(4));
    fake.set_papers_of("cat:cs.CV", sample_papers(2));
    let env = TestEnv::with_arxiv(&fake).with_topics(&[("A", "cat:cs.CV"), ("B", "all:x")]);
    env.run_once_without_failure(NOW);
    let third = paper_of_date("2503.21001", "2025-03-27T09:00:00Z");
    fake.set_papers_of("cat:cs.CV", vec![third.clone(), sample_paper(0), sample_paper(1), sample_paper(2)]);
    let answer = env.run_once_without_failure(NEXT_DAY);
    let told: Vec<_> =
        answer.topics.iter().map(|t| (t.topic.as_str(), t.status.as_str(), t.new, t.known)).collect();
    assert_eq!(told, [("A", "ok", 2, 4), ("B", "quiet", 0, 4)]);
    assert_eq!(
        env.list_rows(),
        versioned_ids(
            &[vec![third, sample_paper(0), sample_paper(1), sample_paper(2)], sample_papers(4)].concat()
        )
    );
}

#[test]
fn the_option_now_sets_the_time_of_a_run() {
    let fake = FakeArxiv::serve_papers(vec![paper_of_date("2503.21001", "2031-01-02T09:00:00Z")]);
    fake.set_stamp("2031-01-01T04:00:00Z".parse().unwrap());
    let env = TestEnv::with_arxiv(&fake).with_patience("1s");
    let early = env.run_once("2030-12-31T23:59:59Z");
    assert_eq!((early.status_and_counts(), early.status), (("incomplete", 0, 0, 0), 1));
    assert!(early.reason().contains("past tomorrow"), "{early:?}");
    assert_eq!(env.run_once_without_failure("2031-01-01T00:00:00Z").status_and_counts(), ("ok", 0, 0, 1));
    let seen: Timestamp = "2031-01-01T00:00:00Z".parse().unwrap();
    let history = env.history_rows();
    assert_eq!(history[2][0][5], rusqlite::types::Value::Integer(seen.as_microsecond()));
}
