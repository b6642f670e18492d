//! The files next to a list: the papers that it shows, in other forms.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;

use paperwire::domain::Paper;

use crate::support::bare_repository::{BareRepository, run_git};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::sample_papers::{newest_first, next_version, paper_of_date, sample_papers};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stdout};

const FILES: [&str; 3] = ["feed.xml", "papers.bib", "docs/index.html"];

const KEYS: &str = "feed = \"feed.xml\"\nbibtex = \"papers.bib\"\npage = \"docs/index.html\"\n";

/// The papers of each file.
fn paper_counts(read: impl Fn(&str) -> String) -> [usize; 3] {
    let feed = feed_rs::parser::parse(read("feed.xml").as_bytes()).unwrap();
    let works = read("papers.bib").matches("@misc{").count();
    [feed.entries.len(), works, read("docs/index.html").matches("<article>").count()]
}

fn file_reader(env: &TestEnv) -> impl Fn(&str) -> String {
    |name| std::fs::read_to_string(env.path(name)).unwrap()
}

/// The row of a paper, which a person deletes.
fn without_row(list: &str, id: &str) -> String {
    let kept = list.split_inclusive('\n').filter(|line| !line.contains(&format!("arxiv.org/abs/{id}")));
    let kept: String = kept.collect();
    assert_eq!(kept.lines().count() + 1, list.lines().count());
    kept
}

#[test]
fn exports_have_what_the_list_shows_and_are_written_only_when_they_differ() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env = TestEnv::with_arxiv(&fake).with_list(KEYS);
    env.run_once_without_failure(NOW);
    let prints = || FILES.map(|name| std::fs::metadata(env.path(name)).unwrap().ino());
    let feed = feed_rs::parser::parse(file_reader(&env)("feed.xml").as_bytes()).unwrap();
    assert_eq!(feed.title.unwrap().content, TOPIC);
    assert_eq!(paper_counts(file_reader(&env)), [5, 5, 5]);
    let page = file_reader(&env)("docs/index.html");
    assert!(!page.contains(" src=") && !page.contains("<link"), "it needs nothing beside it");
    let before = prints();
    env.run_once_without_failure(LATER);
    assert_eq!(prints(), before, "nothing differs");
    fake.set_papers(sample_papers(6));
    env.run_once_without_failure(NEXT_DAY);
    assert!(prints().iter().zip(before).all(|(now, before)| *now != before));
    assert_eq!(paper_counts(file_reader(&env)), [6, 6, 6]);
}

#[test]
fn exports_follow_a_persons_edits_and_the_archive_and_come_back_when_they_are_deleted() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env =
        TestEnv::with_arxiv(&fake).with_rows(4).with_list(&format!("archive = \"{{year}}.md\"\n{KEYS}"));
    env.run_once_without_failure(NOW);
    assert_eq!(paper_counts(file_reader(&env)), [4, 4, 4], "what is in the archive is not in them");
    let id = sample_papers(5)[1].id.as_arxiv_id().unwrap().to_string();
    env.write_list(&without_row(&env.list_text(), &id));
    env.run_once_without_failure(LATER);
    assert_eq!(paper_counts(file_reader(&env)), [4, 4, 4], "the next one comes out of the archive");
    assert!(
        FILES.iter().all(|name| !file_reader(&env)(name).contains(&id)),
        "what a person took out is not in them"
    );
    std::fs::remove_file(env.path("feed.xml")).unwrap();
    std::fs::write(env.path("papers.bib"), "mine").unwrap();
    env.run_once_without_failure(NEXT_DAY);
    assert_eq!(paper_counts(file_reader(&env)), [4, 4, 4]);
}

#[test]
fn neither_check_nor_plan_writes_exports() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env = TestEnv::with_arxiv(&fake).with_list(KEYS);
    env.run_once_without_failure(NOW);
    for name in FILES {
        std::fs::remove_file(env.path(name)).unwrap();
    }
    let planned = env.run_program(&["plan", "--now", LATER]);
    assert!(stdout(&planned).contains("Would be written as well: bibtex, feed, page\n"), "{planned:?}");
    let checked = env.run_program(&["check"]);
    assert!(checked.status.success() && stdout(&checked).contains("papers.bib\n"), "{checked:?}");
    assert!(FILES.iter().all(|name| !env.path(name).exists()));
}

#[test]
fn exports_of_a_list_in_a_repository_are_part_of_the_proposal() {
    for (route, branch) in [("", "paperwire/list"), ("direct = true\n", "main")] {
        let fake = FakeArxiv::serve_papers(sample_papers(5));
        let bare = BareRepository::new();
        let env = TestEnv::with_arxiv(&fake);
        let config = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
        let (head, _) = config.split_once("[[list]]").unwrap();
        let mut config = head.to_owned();
        let at = bare.url();
        write!(
            config,
            "[[list]]\nname = \"list\"\nrepository = \"{at}\"\nfile = \"papers.md\"\nforge = \"none\"\n{route}{KEYS}"
        )
        .unwrap();
        std::fs::write(env.path("paperwire.toml"), config).unwrap();
        env.run_once_without_failure(NOW);
        let proposed = |name: &str| bare.file_at_branch(branch, name);
        assert_eq!(paper_counts(proposed), [5, 5, 5], "{branch}");
        let first = bare.branch_head(branch).unwrap();
        env.run_once_without_failure(LATER);
        assert_eq!(bare.branch_head(branch).unwrap(), first, "{branch}: nothing differs");

        let person = bare.persons_clone();
        run_git(&person, &["fetch", "--quiet", "origin"]);
        run_git(&person, &["checkout", "--quiet", "-B", "main", &format!("origin/{branch}")]);
        run_git(&person, &["push", "--quiet", "origin", "main"]);
        let id = sample_papers(5)[1].id.as_arxiv_id().unwrap().to_string();
        bare.commit_as_person(
            "main",
            "papers.md",
            &without_row(&bare.file_at_branch("main", "papers.md"), &id),
        );
        env.run_once_without_failure(NEXT_DAY);
        assert_eq!(paper_counts(proposed), [4, 4, 4], "{branch}");
        assert!(!env.path("feed.xml").exists() && !env.path("docs").exists());
    }
}

#[test]
fn a_row_that_is_only_on_our_branch_is_dated_when_it_was_first_seen() {
    let mut env = RepositoryEnv::new("forge = \"none\"\nfeed = \"feed.xml\"\n");
    env.run_once_well();
    let row = "| [In a forum](https://openreview.net/forum?id=1) | 2025-01-02 | | good | |\n";
    env.edit_list(BRANCH, |list| list.replacen("| **[", &format!("{row}| **["), 1));
    env.run_once_well();
    let (head, feed) = (env.bare.branch_head(BRANCH), env.bare.file_at_branch(BRANCH, "feed.xml"));
    assert!(feed.contains("In a forum"), "{feed}");
    env.run_once_well();
    assert_eq!(
        (env.bare.branch_head(BRANCH), env.bare.file_at_branch(BRANCH, "feed.xml")),
        (head, feed),
        "nothing differs"
    );
}

/// The texts of all files.
fn export_texts(env: &TestEnv) -> [String; 3] {
    FILES.map(file_reader(env))
}

#[test]
fn exports_are_the_same_whatever_columns_the_list_has_and_however_its_headers_are_named() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let usual = TestEnv::with_arxiv(&fake).with_list(KEYS);
    usual.run_once_without_failure(NOW);
    let expected = export_texts(&usual);
    assert_eq!(paper_counts(file_reader(&usual)), [5, 5, 5]);
    for columns in [
        r#"["Title"]"#,
        r#"["Title", "Abstract", "Comment", "CodeRepository"]"#,
        r#"["Published", "Authors", "Title"]"#,
        r#"["Date", "Title", "PDF"]"#,
    ] {
        let env = TestEnv::with_arxiv(&fake).with_list(&format!("columns = {columns}\n{KEYS}"));
        env.run_once_without_failure(NOW);
        assert_eq!(export_texts(&env), expected, "{columns}");
    }
    let list = usual.list_text();
    for (from, to) in [
        ("| **Title** |", "| **Paper** |"),
        ("| **Date** |", "| **When** |"),
        ("| **Abstract** |", "| What |"),
        ("| 2025-03-26 |", "| yesterday |"),
        ("| 2025-03-26 |", "| 2019-01-01 |"),
    ] {
        usual.write_list(&list.replace(from, to));
        usual.run_once_without_failure(LATER);
        assert!(usual.list_text().contains(to), "{to}");
        assert_eq!(export_texts(&usual), expected, "{from} {to}");
    }
}

#[test]
fn a_row_that_a_person_added_is_exported_with_what_is_known_or_else_with_its_own_words() {
    for (columns, cells) in [("", "| | good | |"), ("columns = [\"Title\", \"Comment\"]\n", "| good |")] {
        let fake = FakeArxiv::serve_papers(sample_papers(5));
        let env = TestEnv::with_arxiv(&fake).with_list(&format!("{columns}{KEYS}"));
        env.run_once_without_failure(NOW);
        let date = if columns.is_empty() { "| 2025-01-02 " } else { "" };
        let rows: String = [
            "[On arXiv](https://arxiv.org/abs/1905.00001v1)",
            "[With a DOI](https://doi.org/10.1000/182)",
            "[In a forum](https://openreview.net/forum?id=1&x=2)",
        ]
        .map(|title| format!("| {title} {date}{cells}\n"))
        .concat();
        let list = env.list_text();
        let (head, rest) = list.split_once("| **[").unwrap();
        env.write_list(&format!("{head}{rows}| **[{rest}"));
        env.run_once_without_failure(LATER);
        assert_eq!(paper_counts(file_reader(&env)), [8, 8, 8], "{columns}");
        let files = export_texts(&env);
        for (title, address) in [
            ("On arXiv", "https://arxiv.org/abs/1905.00001v1"),
            ("With a DOI", "https://doi.org/10.1000/182"),
            ("In a forum", "https://openreview.net/forum?id=1"),
        ] {
            assert!(files.iter().all(|text| text.contains(title)), "{title}: {files:?}");
            assert!(files[0].contains(address), "{address}: {files:?}");
        }
        assert!(files[1].contains("doi = {10.1000/182}"), "{}", files[1]);
        assert!(files.iter().all(|text| !text.contains("1970")), "{files:?}");
        env.run_once_without_failure(NEXT_DAY);
        assert_eq!(export_texts(&env), files, "{columns}: nothing differs");
        assert_eq!(env.announced_news(), []);
    }
}

#[test]
fn an_entry_of_the_feed_is_dated_when_its_paper_came_to_us() {
    let papers = sample_papers(3);
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake).with_list(KEYS);
    env.run_once_without_failure(NOW);
    let held = paper_of_date("2503.11111", "2025-03-16T10:00:00Z");
    let held = Paper { published: Some(held.updated), ..held };
    let next = next_version(&papers[2], 2);
    fake.set_papers(newest_first([vec![held.clone(), next.clone()], papers[..2].to_vec()].concat()));
    env.run_once_without_failure(NEXT_DAY);
    let text = file_reader(&env)("feed.xml");
    let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
    let told: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| {
            let moment = |date: Option<_>| format!("{:?}", date.unwrap());
            (entry.id.rsplit_once('/').unwrap().1.to_owned(), moment(entry.published), moment(entry.updated))
        })
        .collect();
    let (first, now) = (NOW.to_owned(), NEXT_DAY.to_owned());
    let id = |paper: &Paper| paper.id.as_arxiv_id().unwrap().to_string();
    assert_eq!(
        told,
        [
            (id(&next), first.clone(), now.clone()),
            (id(&held), now.clone(), now.clone()),
            (id(&papers[0]), first.clone(), first.clone()),
            (id(&papers[1]), first.clone(), first),
        ]
    );
    assert_eq!(format!("{:?}", feed.updated.unwrap()), now);
    let summary = &feed.entries[1].summary.as_ref().unwrap().content;
    assert!(summary.contains("2025-03-16"), "{summary}");
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!(file_reader(&env)("feed.xml"), text, "the same history makes the same bytes");
}
