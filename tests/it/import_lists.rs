//! `import` of a list that has an archive: what left the list is known as well.

use std::collections::BTreeMap;
use std::process::Output;

use paperwire::domain::{Abstract, Paper};
use serde_json::Value;

use crate::support::bare_repository::{BareRepository, run_git};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::{newest_first, next_version, sample_papers};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stderr, stdout};

/// Papers of consecutive days up to the present, newest first.
fn daily_papers(count: usize) -> Vec<Paper> {
    let last: jiff::Timestamp = "2025-03-26T12:00:00Z".parse().unwrap();
    let day = |number: usize| jiff::SignedDuration::from_hours(24 * i64::try_from(number).unwrap());
    let papers = sample_papers(count).into_iter().enumerate();
    newest_first(papers.map(|(number, paper)| Paper { updated: last - day(number), ..paper }).collect())
}

/// An environment with a list of ten of these papers, whose archive has the others, and whose history is lost.
fn without_history(papers: Vec<Paper>, archive: &str) -> (FakeArxiv, TestEnv) {
    let fake = FakeArxiv::serve_papers(papers);
    let env = TestEnv::with_arxiv(&fake).with_rows(10).with_list(&format!("archive = \"{archive}\"\n"));
    env.run_once_without_failure(NOW);
    lose_history(&env);
    (fake, env)
}

fn lose_history(env: &TestEnv) {
    std::fs::remove_file(env.path("paperwire.db")).unwrap();
}

/// Every file below the folder with its bytes, but for the history.
fn folder_files(env: &TestEnv) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![env.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(env.folder()).unwrap().display().to_string();
            if !name.starts_with("paperwire.db") {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_list_is_imported_with_its_archive_and_the_next_run_changes_and_announces_nothing() {
    let long = Abstract("word ".repeat(4000).trim().to_owned());
    let long = daily_papers(60).into_iter().map(|paper| Paper { abstract_: long.clone(), ..paper }).collect();
    for (archive, papers, count) in [
        ("archive/{year}-{month}.md", daily_papers(60), 4),
        ("archive/{year}-{month}.md", long, 5),
        ("{year}.md", daily_papers(60), 2),
        ("old/{year}/{month}", daily_papers(60), 4),
        ("{month}/{year}.md", daily_papers(60), 4),
    ] {
        let (_fake, env) = without_history(papers, archive);
        let before = folder_files(&env);
        let imported = env.run_program(&["import", "./README.md", "--now", NOW]);
        assert_eq!((imported.status.code(), stderr(&imported)), (Some(0), ""), "{archive}");
        assert_eq!(
            stdout(&imported),
            format!("{TOPIC}: 60 rows read, 60 filled in silently, 60 known\n{count} files read\n"),
            "{archive}"
        );
        let answer = env.run_once_without_failure(LATER);
        assert_eq!(answer.status_and_counts(), ("quiet", 0, 0, 0), "{archive}: {answer:?}");
        assert_eq!((answer.only_list().rows, answer.only_list().changed), (10, false), "{archive}");
        assert_eq!((folder_files(&env), env.announced_news()), (before, vec![]), "{archive}");
    }
}

#[test]
fn only_the_lists_own_file_brings_its_archive_also_through_a_link() {
    let (_fake, env) = without_history(daily_papers(60), "archive/{year}-{month}.md");
    std::fs::copy(env.path("README.md"), env.path("copy.md")).unwrap();
    std::os::unix::fs::symlink(env.path("README.md"), env.path("link.md")).unwrap();
    std::fs::rename(env.path("archive"), env.path("far")).unwrap();
    std::os::unix::fs::symlink("far", env.path("archive")).unwrap();
    std::os::unix::fs::symlink("nowhere", env.path("far/2024-12.md")).unwrap();
    let rows =
        |file: &str| parse_json(&env.run_program(&["import", file, "--json"]))["topics"][0]["rows"].clone();
    assert_eq!([rows("copy.md"), rows("archive/2025-02.md"), rows("link.md")], [10, 28, 60]);
}

#[test]
fn a_page_without_papers_is_no_fault_and_a_row_that_is_none_is_reported_with_its_file() {
    let (_fake, env) = without_history(daily_papers(60), "archive/{year}-{month}.md");
    let empty = "# Papers, 2024-12\n\n| Title | Date |\n| --- | --- |\n";
    std::fs::write(env.path("archive/2024-12.md"), format!("{empty}\n## {TOPIC}\n")).unwrap();
    std::fs::write(env.path("archive/2024-11.md"), "Nothing came.\n").unwrap();
    let february = std::fs::read_to_string(env.path("archive/2025-02.md")).unwrap();
    let line = 1 + february.lines().position(|line| line.starts_with("| **[")).unwrap();
    let broken = february.replacen("| **[", "| No link | 2025-02-28 | | | |\n| **[", 1);
    std::fs::write(env.path("archive/2025-02.md"), broken).unwrap();
    let imported = env.run_program(&["import", "README.md", "--json"]);
    assert_eq!(imported.status.code(), Some(1), "a row was refused");
    let told = parse_json(&imported);
    assert_eq!((&told["files"], &told["topics"][0]["rows"]), (&6.into(), &60.into()), "{told}");
    assert_eq!(told["skipped"], serde_json::json!(["Papers, 2024-12"]));
    let refused = &told["refused"][0];
    assert_eq!((&refused["file"], &refused["line"]), (&"archive/2025-02.md".into(), &line.into()));
    let named = format!("archive/2025-02.md:{line}: row left out");
    assert!(stderr(&imported).contains(&named), "{}", stderr(&imported));
}

#[test]
fn nothing_is_imported_if_a_file_cannot_be_read() {
    let (_fake, env) = without_history(daily_papers(60), "archive/{year}-{month}.md");
    let in_the_way = env.path("archive/2024-12.md");
    let told = || {
        let imported = env.run_program(&["import", "README.md"]);
        assert_eq!((imported.status.code(), stdout(&imported)), (Some(1), ""));
        assert!(!env.path("paperwire.db").exists());
        stderr(&imported).to_owned()
    };
    std::fs::create_dir(&in_the_way).unwrap();
    assert!(told().contains("cannot read archive/2024-12.md"), "{}", told());
    std::fs::remove_dir(&in_the_way).unwrap();
    std::fs::write(&in_the_way, b"# Papers\n\xff\n").unwrap();
    assert!(told().contains("archive/2024-12.md:2: not UTF-8"), "{}", told());
    std::fs::remove_file(&in_the_way).unwrap();
    env.write_list("# Mine\n");
    assert!(told().contains("README.md has no table of papers"), "its archive does not stand in for it");
}

#[test]
fn a_named_topic_takes_its_own_tables_out_of_all_files() {
    let fake = FakeArxiv::serve_papers(vec![]);
    fake.set_papers_of("all:a", daily_papers(60)[..5].to_vec());
    fake.set_papers_of("all:b", daily_papers(60));
    let env = TestEnv::with_arxiv(&fake)
        .with_topics(&[("A", "all:a"), ("B", "all:b")])
        .with_rows(10)
        .with_list("archive = \"archive/{year}-{month}.md\"\n");
    env.run_once_without_failure(NOW);
    lose_history(&env);
    let told =
        |line: &[&str]| stdout(&env.run_program(&[&["import", "README.md"], line].concat())).to_owned();
    assert_eq!(
        told(&["--topic", "A"]),
        "A: 5 rows read, 5 filled in silently, 5 known\n4 files read\n",
        "no file of B's alone counts as one without headings"
    );
    assert_eq!(
        told(&[]),
        "A: 5 rows read, 0 filled in silently, 5 known\nB: 60 rows read, 60 filled in silently, 60 known\n4 files read\n"
    );
}

/// An environment whose two lists are in one repository, with fifty of sixty papers in each one's archive, and whose history is
/// lost.
fn without_history_in(bare: &BareRepository) -> (FakeArxiv, TestEnv) {
    let fake = FakeArxiv::serve_papers(daily_papers(60));
    let env = TestEnv::with_arxiv(&fake);
    let config = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
    let (head, _) = config.split_once("[[list]]").unwrap();
    let list = |file: &str, archive: &str| {
        format!(
            "[[list]]\nname = \"{file}\"\nrepository = \"{}\"\nfile = \"{file}\"\nforge = \"none\"\n\
             direct = true\nrows = 10\narchive = \"{archive}\"\n",
            bare.url()
        )
    };
    let lists = [list("docs/papers.md", "old/{year}-{month}.md"), list("papers.md", "{year}.md")];
    std::fs::write(env.path("paperwire.toml"), format!("{head}{}", lists.concat())).unwrap();
    let first = env.run_once_without_failure(NOW);
    assert!(first.lists.iter().all(|list| list.changed && list.rows == 10), "{first:?}");
    lose_history(&env);
    (fake, env)
}

#[test]
fn lists_in_a_repository_are_imported_with_their_archives_in_one_line_for_a_topic() {
    let bare = BareRepository::new();
    let (_fake, env) = without_history_in(&bare);
    let head = bare.branch_head("main");
    let imported = env.run_program(&["import", "--from-repository", "--now", NOW]);
    assert_eq!((imported.status.code(), stderr(&imported)), (Some(0), ""));
    assert_eq!(
        stdout(&imported),
        format!("{TOPIC}: 120 rows read, 60 filled in silently, 60 known\n6 files read\n")
    );
    let answer = env.run_once_without_failure(LATER);
    assert_eq!(answer.status_and_counts(), ("quiet", 0, 0, 0), "{answer:?}");
    assert!(answer.lists.iter().all(|list| !list.changed && list.rows == 10), "{answer:?}");
    assert_eq!((bare.branch_head("main"), env.announced_news()), (head, vec![]), "not a byte differs");
}

#[test]
fn nothing_is_imported_if_a_file_of_a_repository_cannot_be_read() {
    let bare = BareRepository::new();
    let (_fake, env) = without_history_in(&bare);
    let person = bare.persons_clone();
    run_git(&person, &["pull", "--quiet", "origin", "main"]);
    let in_the_way = person.join("docs/old/2024-12.md");
    let told = |message: &str| {
        bare.commit_in_clone(message);
        run_git(&person, &["push", "--quiet", "origin", "HEAD:main"]);
        let imported = env.run_program(&["import", "--from-repository"]);
        assert_eq!((imported.status.code(), stdout(&imported)), (Some(1), ""));
        assert!(!env.path("paperwire.db").exists());
        stderr(&imported).to_owned()
    };
    std::fs::write(&in_the_way, b"# Papers\n\xff\n").unwrap();
    let words = told("Odd");
    assert!(words.contains("docs/old/2024-12.md is not UTF-8"), "{words}");
    std::fs::remove_file(&in_the_way).unwrap();
    std::os::unix::fs::symlink("2025-02.md", &in_the_way).unwrap();
    let words = told("Link");
    assert!(words.contains("docs/old/2024-12.md is a symbolic link"), "{words}");
    std::fs::remove_file(&in_the_way).unwrap();
    std::fs::remove_file(person.join("papers.md")).unwrap();
    let words = told("Gone");
    assert!(words.contains("list: papers.md: there is no such file"), "{words}");
}

fn parse_json(output: &Output) -> Value {
    serde_json::from_str(stdout(output)).unwrap()
}

#[test]
fn a_comment_in_a_list_is_no_comment_of_a_version_that_arxiv_shows_without() {
    let one = Paper { comment: None, ..sample_papers(1).remove(0) };
    let fake = FakeArxiv::serve_papers(vec![one.clone()]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let standing = env.list_text();
    let row = format!(
        "| [T](https://arxiv.org/abs/{}) | 2025-03-26 | mine |\n",
        &one.id.as_str()["arxiv:".len()..]
    );
    let list = format!("## {TOPIC}\n\n| Title | Date | Comment |\n| --- | --- | --- |\n{row}");
    std::fs::write(env.path("other.md"), list).unwrap();
    assert!(env.run_program(&["import", "other.md", "--now", NOW]).status.success());
    for now in [LATER, NEXT_DAY] {
        env.run_once_without_failure(now);
        assert_eq!(env.list_text(), standing);
    }
    fake.set_papers(vec![next_version(&one, 1)]);
    assert_eq!(
        env.run_once_without_failure("2025-03-28T20:00:00Z").only_topic().replaced,
        1,
        "what came from arXiv is known as arXiv's"
    );
}

#[test]
fn no_list_overrules_the_date_that_arxiv_says_of_the_same_version() {
    for listed in ["2025-03-01", "2025-03-29", "1970-01-01"] {
        let one = Paper { updated: "2025-03-12T10:00:00Z".parse().unwrap(), ..sample_papers(1).remove(0) };
        let second = Paper { updated: "2025-03-25T10:00:00Z".parse().unwrap(), ..next_version(&one, 1) };
        let id = &one.id.as_str()["arxiv:".len()..];
        let fake = FakeArxiv::serve_papers(vec![one.clone()]);
        let env = TestEnv::with_arxiv(&fake);
        env.run_once_without_failure(NOW);
        let row = format!("| [T](https://arxiv.org/abs/{id}v2) | {listed} |\n");
        let list = format!("## {TOPIC}\n\n| Title | Date |\n| --- | --- |\n{row}");
        std::fs::write(env.path("other.md"), list).unwrap();
        assert!(env.run_program(&["import", "other.md", "--now", "2025-03-30T00:00:00Z"]).status.success());
        fake.set_papers(vec![second]);
        env.run_once_without_failure("2025-03-30T20:00:00Z");
        assert!(env.list_text().contains(&format!("{id}v2)** | 2025-03-25 |")), "{}", env.list_text());
        let found = parse_json(&env.run_program(&["search", id, "--json"]));
        assert_eq!(found["papers"][0]["updated"], "2025-03-25T10:00:00Z", "{listed}: {found}");
        let told = parse_json(&env.run_program(&["explain", id, "--json"]));
        assert_eq!(told["versions"][1]["updated"], "2025-03-25T10:00:00Z", "{listed}: {told}");
    }
}

#[test]
fn what_only_fills_a_cell_and_a_clipped_abstract_take_the_place_of_nothing_that_is_known() {
    let one = Paper { comment: Some("Accepted somewhere".to_owned()), ..sample_papers(1).remove(0) };
    let id = &one.id.as_str()["arxiv:".len()..];
    let fake = FakeArxiv::serve_papers(vec![one.clone()]);
    for (number, (abstract_cell, comment_cell)) in [
        ("None", "N/A"),
        ("-", "–"),
        ("&nbsp;", "<br>"),
        ("...", "TBD"),
        ("An abs…", ""),
        ("<details><summary>S</summary><p>-</p></details>", "nan"),
    ]
    .into_iter()
    .enumerate()
    {
        let env = TestEnv::with_arxiv(&fake);
        env.run_once_without_failure(NOW);
        let row = format!(
            "| [T](https://arxiv.org/abs/{id}v3) | 2025-03-26 | {abstract_cell} | {comment_cell} |\n"
        );
        let header = "| Title | Date | Abstract | Comment |\n| --- | --- | --- | --- |\n";
        std::fs::write(env.path("other.md"), format!("## {TOPIC}\n\n{header}{row}")).unwrap();
        assert!(env.run_program(&["import", "other.md", "--now", LATER]).status.success());
        let found = parse_json(&env.run_program(&["search", id, "--json"]))["papers"][0].clone();
        assert_eq!(found["version"], 3, "{number}");
        assert_eq!(found["abstract"], one.abstract_.one_line().as_ref(), "{number}");
        assert_eq!(found["comment"], "Accepted somewhere", "{number}");
    }
}

#[test]
fn a_list_without_dates_is_imported_and_the_next_run_changes_and_announces_nothing() {
    let fake = FakeArxiv::serve_papers(daily_papers(10));
    let env = TestEnv::with_arxiv(&fake).with_list("columns = [\"Title\", \"Authors\"]\n");
    env.run_once_without_failure(NOW);
    lose_history(&env);
    let before = env.list_text();
    let imported = env.run_program(&["import", "README.md", "--now", NOW]);
    assert_eq!((imported.status.code(), stderr(&imported)), (Some(0), ""));
    assert_eq!(stdout(&imported), format!("{TOPIC}: 10 rows read, 10 filled in silently, 10 known\n"));
    let answer = env.run_once_without_failure(LATER);
    assert_eq!(answer.status_and_counts(), ("quiet", 0, 0, 0), "{answer:?}");
    assert_eq!((env.list_text(), env.announced_news()), (before, vec![]));
}
