//! The other commands: `check`, `import`, `search`, `demo`, and two that want the store at once.

use std::time::Duration;

use paperwire::domain::{Paper, count_of};
use serde_json::Value;

use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_arxiv::{ArxivReply, FakeArxiv};
use crate::support::sample_papers::{sample_papers, versioned_ids};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stderr, stdout};

/// Long enough for anything that is going to happen at all.
const AMPLE: Duration = Duration::from_mins(1);

fn parse_json(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(text).unwrap()
}

fn file_names(env: &TestEnv) -> Vec<String> {
    let files = std::fs::read_dir(env.folder()).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn check_explains_the_config_and_touches_nothing() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake).with_topics(&[("A", "ti:x OR abs:y AND cat:cs.CV"), ("B", "all:z")]);
    let words = env.run_program(&["check", "--now", NOW]);
    assert_eq!((words.status.code(), stderr(&words)), (Some(0), ""));
    for told in [fake.url().as_str(), "ada@example.org", "ti:x OR (abs:y AND cat:cs.CV)", "README.md"] {
        assert!(stdout(&words).contains(told), "{told}: {}", stdout(&words));
    }
    let output = env.run_program(&["check", "--json", "--now", NOW]);
    let explained = parse_json(stdout(&output));
    assert_eq!(explained["topics"][1]["name"], "B");
    assert_eq!(explained["lists"][0]["standing"], "absent");
    assert_eq!(explained["state"]["exists"], false);
    assert_eq!((file_names(&env), fake.requests().len()), (vec!["paperwire.toml".to_owned()], 0));
}

#[test]
fn check_fails_if_a_list_could_not_be_written() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = TestEnv::with_arxiv(&fake);
    env.write_list("# Mine\n\n<!-- paperwire:begin Image Classification -->\n");
    let output = env.run_program(&["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("line 3"), "{}", stdout(&output));
    let explained = env.run_program(&["--json", "check"]);
    assert!(
        parse_json(stdout(&explained))["lists"][0]["standing"]["broken"].as_str().unwrap().contains("line 3")
    );
}

#[test]
fn search_finds_words_in_title_abstract_and_authors_newest_first() {
    let mut papers = sample_papers(6);
    papers[1].title = "On Bézier curves".to_owned();
    papers[4].title = "Curve by curve".to_owned();
    papers[2].authors[0].name = "Grace Hopper".to_owned();
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let found = |words: &[&str]| {
        let output = env.run_program(&[&["search", "--json"], words].concat());
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""), "{words:?}");
        let found = parse_json(stdout(&output))["papers"].as_array().unwrap().clone();
        found.iter().map(|paper| paper["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let ids = |numbers: &[usize]| numbers.iter().map(|n| papers[*n].id.to_string()).collect::<Vec<_>>();
    assert_eq!(found(&["curves"]), ids(&[1, 4]));
    assert_eq!(found(&["bezier", "CURVES"]), ids(&[1]));
    assert_eq!(found(&["hopper"]), ids(&[2]));
    assert_eq!(found(&["fewer labels"]), ids(&[0, 1, 2, 3, 4, 5]));
    assert_eq!(found(&["labels", "--limit", "2"]), ids(&[0, 1]));
    assert_eq!(found(&["nowhere"]), ids(&[]));
    for odd in ["\"", "*", "a\"b", "NEAR(", "title:x", "-x y", "^", "(", "'"] {
        found(&["--", odd]);
    }
    let words = env.run_program(&["search", "hopper"]);
    let expected = format!(
        "2025-03-26  {}\n            https://arxiv.org/abs/{}\n",
        papers[2].title,
        versioned_ids(&papers)[2]
    );
    assert_eq!(stdout(&words), expected);
    let nothing = env.run_program(&["search", " "]);
    assert_eq!((nothing.status.code(), stdout(&nothing)), (Some(2), ""));
    assert!(stderr(&nothing).contains("at least one word"), "{}", stderr(&nothing));
}

#[test]
fn search_shows_all_that_the_history_has_of_a_paper() {
    let fake = FakeArxiv::serve_papers(vec![sample_paper(3)]);
    let env = TestEnv::with_arxiv(&fake).with_topics(&[("A", "all:x"), ("B", "all:y")]);
    env.run_once_without_failure(NOW);
    let output = env.run_program(&["search", "--json", "labels"]);
    let found = &parse_json(stdout(&output))["papers"][0];
    let shown = sample_paper(3);
    assert_eq!(found["title"], shown.title);
    assert_eq!(found["version"], shown.revision.version_number().unwrap());
    assert_eq!(found["updated"], shown.updated.to_string());
    assert_eq!(found["authors"][1]["affiliations"][0], "Institute 3 of Søren's");
    assert_eq!(found["primary_category"], "cs.CV");
    assert_eq!(found["journal_ref"], "Phys. Rev. B 85, 3 (2025)");
    assert_eq!(found["doi"], "10.1103/PhysRevB.85.3");
    assert_eq!(found["topics"], serde_json::json!(["A", "B"]));
}

#[test]
fn search_without_a_history_says_what_to_do() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/");
    let output = env.run_program(&["search", "x"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), ""));
    assert!(stderr(&output).contains("no history yet") && stderr(&output).contains("`paperwire once`"));
    assert_eq!(file_names(&env), ["paperwire.toml"]);
}

const HEADER: &str = "| **Title** | **Date** | **Abstract** | **Comment** |\n| --- | --- | --- | --- |\n";

/// A row as DailyArXiv writes it, without a column for code.
fn list_row(id: &str) -> String {
    format!(
        "| **[On {id}](http://arxiv.org/abs/{id})** | 2025-03-20 | <details><summary>Show</summary><p>Of \
         {id}.</p></details> | |\n"
    )
}

/// A list of two topics, one of them strange, and a row that is none.
fn dailyarxiv_list() -> String {
    format!(
        "---\ntitle: Latest\n---\n# Daily Papers\n\n## image classification\n\n{HEADER}{}{}| **No link** | 2025-03-20 | | |\n\n\
         ## Time Series\n\n{HEADER}{}\n",
        list_row("2503.10001v1"),
        list_row("hep-ex/0307015v2"),
        list_row("2503.10003v1"),
    )
}

#[test]
fn import_takes_a_daily_list_by_its_headings_and_reports_what_it_left_out() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    std::fs::write(env.path("daily.md"), dailyarxiv_list()).unwrap();
    let output = env.run_program(&["import", "daily.md", "--json"]);
    assert_eq!(output.status.code(), Some(1), "a row was refused: {output:?}");
    let told = parse_json(stdout(&output));
    assert_eq!(told["topics"], serde_json::json!([{"topic": TOPIC, "rows": 2, "seeded": 2, "known": 2}]));
    assert_eq!(told["skipped"], serde_json::json!(["Time Series"]));
    let refused = &told["refused"][0];
    assert_eq!((&refused["file"], &refused["line"]), (&"daily.md".into(), &12.into()));
    assert_eq!(told.get("files"), None, "it is one file");
    assert!(stderr(&output).contains("daily.md:12:") && stderr(&output).contains("Time Series"));
    assert_eq!(fake.requests().len(), 0);

    let answer = env.run_once_without_failure(NOW);
    assert_eq!(answer.status_and_counts(), ("ok", 3, 0, 0), "what stands beside an imported list is news");
    let rows = env.list_rows();
    assert_eq!(rows[..3], versioned_ids(&sample_papers(3)));
    assert_eq!(rows[3..], ["2503.10001v1", "hep-ex/0307015v2"]);
}

#[test]
fn import_into_a_named_topic_takes_its_own_table_or_else_every_one() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let list = dailyarxiv_list().replace("| **No link** | 2025-03-20 | | |\n", "");
    for (topic, rows) in [("Time Series", 1), ("Everything", 3), (TOPIC, 2)] {
        let env = TestEnv::with_arxiv(&fake).with_topics(&[(topic, "all:x")]);
        std::fs::write(env.path("daily.md"), &list).unwrap();
        let output = env.run_program(&["import", "daily.md", "--topic", topic]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(
            stdout(&output),
            format!("{topic}: {} read, {rows} filled in silently, {rows} known\n", count_of(rows, "row"))
        );
        let again = env.run_program(&["import", "daily.md", "--topic", topic]);
        assert!(stdout(&again).contains("0 filled in silently"), "{again:?}");
    }
}

#[test]
fn import_of_what_has_no_table_for_a_topic_fails_and_says_what_is_needed() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/");
    std::fs::write(env.path("none.md"), "# Nothing here\n").unwrap();
    std::fs::write(env.path("other.md"), format!("## Other\n\n{HEADER}{}", list_row("2503.10001v1")))
        .unwrap();
    for (line, told) in [
        (&["import", "none.md"][..], "no table of papers"),
        (&["import", "absent.md"], "there is no file"),
        (&["import", "other.md"], "Name the topic that they belong to with --topic"),
        (&["import", "other.md", "--topic", "Othr"], "there is \"Image Classification\""),
    ] {
        let output = env.run_program(line);
        assert_ne!(output.status.code(), Some(0), "{line:?}");
        assert_eq!(stdout(&output), "", "{line:?}");
        assert!(stderr(&output).contains(told), "{line:?}: {}", stderr(&output));
    }
}

#[test]
fn a_later_version_than_the_imported_one_is_a_replacement() {
    let fake = FakeArxiv::serve_papers(vec![sample_paper(2)]);
    let env = TestEnv::with_arxiv(&fake);
    let id = sample_paper(2).id.as_arxiv_id().unwrap().to_string();
    std::fs::write(env.path("daily.md"), format!("{HEADER}{}", list_row(&format!("{id}v1")))).unwrap();
    assert!(env.run_program(&["import", "daily.md", "--topic", TOPIC]).status.success());
    assert_eq!(env.run_once_without_failure(NOW).status_and_counts(), ("ok", 0, 1, 0));
    assert_eq!(env.list_rows(), versioned_ids(&[sample_paper(2)]));
}

#[test]
fn the_demo_shows_the_whole_job_and_clears_an_earlier_one_and_nothing_else() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/");
    let folder = env.path("shown");
    let demo = |folder: &str| env.run_program(&["demo", "--folder", folder]);
    let first = demo("shown");
    assert_eq!((first.status.code(), stderr(&first)), (Some(0), ""), "{first:?}");
    let list = || std::fs::read_to_string(folder.join("README.md")).unwrap();
    let shown = list();
    let rows = shown.lines().filter(|line| line.starts_with("| **["));
    assert_eq!(rows.count(), 62, "60 of arXiv's, and two that only the journal has");
    assert_eq!(shown.matches("[Published](https://doi.org/10.5555/paperwire.demo.2)").count(), 1);
    for word in [
        "arxiv: first contact, 32 papers",
        "replaced by a later version",
        "journal: first contact, 1 paper filled",
        "journal: 1 published in a journal",
        "journal: 1 new",
        "62 papers",
    ] {
        assert!(stdout(&first).contains(word), "{word}: {}", stdout(&first));
    }
    std::fs::write(folder.join("README.md"), "spoilt").unwrap();
    assert_eq!((demo("shown").status.code(), list()), (Some(0), shown));
    let message = |name: &str| std::fs::read_to_string(folder.join("messages").join(name)).unwrap();
    for (name, word) in [
        ("mail-1.eml", "Content-Type: multipart/alternative"),
        ("mail-1.html", "<!doctype html>"),
        ("slack-1.json", "\"blocks\""),
        ("discord-1.json", "\"embeds\""),
        ("webhook-1.json", "\"type\""),
    ] {
        assert!(message(name).to_lowercase().contains(&word.to_lowercase()), "{name}: {}", message(name));
    }
    let left =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = left.filter(|name| name.ends_with("-url")).collect();
    assert_eq!(left, [""; 0], "what listened on the loopback is gone, and so is where");
    let found =
        env.run_program(&["search", "--config", "shown/paperwire.toml", "--limit", "100", "classification"]);
    assert!(stdout(&found).lines().count() > 20, "{found:?}");

    std::fs::create_dir(env.path("mine")).unwrap();
    std::fs::write(env.path("mine/README.md"), "my own").unwrap();
    let refused = demo("mine");
    assert_eq!((refused.status.code(), stdout(&refused)), (Some(1), ""));
    assert!(stderr(&refused).contains("--folder"), "{}", stderr(&refused));
    assert_eq!(std::fs::read_to_string(env.path("mine/README.md")).unwrap(), "my own");
}

#[test]
fn the_demo_answers_in_json_with_one_object() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/");
    let output = env.run_program(&["demo", "--json"]);
    let told = parse_json(stdout(&output));
    assert_eq!((told["rows"].as_u64(), told["list"].as_str()), (Some(62), Some("paperwire-demo/README.md")));
}

#[test]
fn a_second_writer_is_sent_away_by_name_while_readers_go_on() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let asked = fake.watch_requests();
    fake.reply_next([ArxivReply::Hang]);
    let mut first = env.spawn_program(&["once", "--now", LATER]);
    asked.recv_timeout(AMPLE).expect("the first one asks, and so it has the store");

    let list = env.list_text();
    std::fs::write(env.path("more.md"), format!("## {TOPIC}\n\n{HEADER}{}", list_row("2503.10001v1")))
        .unwrap();
    for line in [&["once", "--json"][..], &["import", "more.md"]] {
        let output = env.run_program(line);
        assert_eq!((output.status.code(), stdout(&output)), (Some(1), ""), "{line:?}");
        let holder = format!("another paperwire (process {}) is at work on", first.id());
        assert!(stderr(&output).contains(&holder), "{line:?}: {}", stderr(&output));
    }
    assert_eq!(stdout(&env.run_program(&["search", "labels"])).lines().count(), 6);
    assert_eq!(env.run_program(&["check"]).status.code(), Some(0));
    assert_eq!((env.list_text(), fake.requests().len()), (list, 2));

    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(
        env.run_once_without_failure(LATER).status_and_counts(),
        ("quiet", 0, 0, 0),
        "the lock went with its process"
    );
}

#[test]
fn an_import_adds_no_comment_to_a_version_that_its_source_has_shown() {
    let paper = Paper { comment: None, ..sample_papers(1)[0].clone() };
    let fake = FakeArxiv::serve_papers(vec![paper]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let row = env.list_text().replacen("</details> |  |", "</details> | a good baseline |", 1);
    std::fs::write(env.path("mine.md"), row).unwrap();
    let imported = env.run_program(&["--now", LATER, "import", "mine.md"]);
    assert!(imported.status.success(), "{imported:?}");
    let comment = || -> Option<String> {
        let db = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
        db.query_row("SELECT comment FROM papers", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(comment(), None);
    env.run_once_without_failure(NEXT_DAY);
    assert_eq!(comment(), None);
}
