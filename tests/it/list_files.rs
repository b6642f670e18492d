//! The list's file: what a person wrote in it stays, and it is written only when it differs.

use std::process::{Command, Output};

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_arxiv::page::sample_paper;
use crate::support::sample_papers::{newest_first, sample_papers, versioned_ids};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, rows_of_list, stderr};
use paperwire::domain::Paper;

#[test]
fn what_a_person_wrote_around_the_tables_stays_byte_for_byte() {
    for (before, between, after, end) in [
        ("# Mine\n\ntext\t \n", "\n* a | list |\n\n", "\n---\nlast line", "\n"),
        ("\u{feff}# Mine\r\n\r\n", "\r\nbetween\nmixed\r\n", "no last line end", "\r\n"),
        ("", "", "", "\n"),
        ("```\n<!-- paperwire:begin A -->\n```\n", "\n", "\n\n\n", "\n"),
    ] {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        fake.set_papers_of("cat:cs.CV", vec![sample_paper(5)]);
        let env = TestEnv::with_arxiv(&fake).with_topics(&[("A", "cat:cs.CV"), ("B c", "all:x")]);
        let marked = |a: &str, b: &str| {
            format!(
                "{before}<!-- paperwire:begin B c -->{end}{b}<!-- paperwire:end B c -->{end}{between}\
                 <!-- paperwire:begin A -->{end}{a}<!-- paperwire:end A -->{after}"
            )
        };
        let after_end = |text: String| text.replace("-->no last", "-->\r\nno last");
        let marked = |a: &str, b: &str| after_end(marked(a, b));
        env.write_list(&marked(end, ""));
        let answer = env.run_once_without_failure(NOW);
        assert_eq!((answer.topics.len(), answer.only_list().rows), (2, 4));
        let list = env.list_text();
        let table = |topic: &str, papers: &[Paper]| {
            let open = format!("<!-- paperwire:begin {topic} -->{end}");
            let (_, rest) = list.rsplit_once(&open).expect("the marker stays");
            let (table, _) =
                rest.split_once(&format!("<!-- paperwire:end {topic} -->")).expect("the end stays");
            assert_eq!(rows_of_list(table), versioned_ids(papers), "{list}");
            assert!(table.starts_with(&format!("## {topic}{end}{end}| **Title** |")), "{table}");
            assert_eq!(
                table.matches('\n').count(),
                table.matches(end).count(),
                "one kind of line end: {table}"
            );
            table.to_owned()
        };
        assert_eq!(list, marked(&table("A", &[sample_paper(5)]), &table("B c", &sample_papers(3))));
        let print = env.list_file_id();
        env.run_once_without_failure(LATER);
        assert_eq!(env.list_file_id(), print);
    }
}

#[test]
fn wrong_markers_leave_the_file_alone_and_are_reported_by_line() {
    let (begin, end) =
        (format!("<!-- paperwire:begin {TOPIC} -->"), format!("<!-- paperwire:end {TOPIC} -->"));
    for (list, told) in [
        ("# Papers of mine\n".to_owned(), "there are no markers for the topic `Image Classification`"),
        (format!("x\n{begin}\n"), "line 2: "),
        (format!("x\n\n{end}\n"), "line 3: "),
        (format!("{begin}\n{begin}\n{end}\n{end}\n"), "line 2: "),
        (format!("{begin}\n{end}\n{begin}\n{end}\n"), "line 3: "),
        (format!("<!-- paperwire:start {TOPIC} -->\n{end}\n"), "line 1: "),
    ] {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        let env = TestEnv::with_arxiv(&fake);
        env.write_list(&list);
        let print = env.list_file_id();
        let answer = env.run_once(NOW);
        let told = format!("README.md: {told}");
        let reason = answer.only_list().reason.clone().unwrap_or_default();
        assert!(reason.contains(&told), "{reason}");
        assert!(answer.stderr.contains(&told), "{}", answer.stderr);
        assert_eq!((answer.status, answer.only_list().changed), (1, false));
        assert_eq!((env.list_text(), env.list_file_id()), (list, print));
        assert_eq!(answer.only_topic().status, "ok", "the poll is not blamed");

        env.write_list(&format!("{begin}\n{end}\n"));
        assert_eq!(env.run_once_without_failure(LATER).only_list().rows, 3, "and nothing is lost by it");
    }
}

#[test]
fn rows_that_a_new_history_does_not_know_are_not_dropped() {
    let fake = FakeArxiv::serve_papers(sample_papers(30));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let list = env.list_text();
    for file in ["paperwire.db", "paperwire.db-wal", "paperwire.db-shm"] {
        let _ = std::fs::remove_file(env.path(file));
    }
    fake.set_papers(sample_papers(20));
    let answer = env.run_once_without_failure(LATER);
    assert_eq!((answer.only_topic().known, answer.only_list().changed), (30, false), "{answer:?}");
    assert_eq!(env.list_text(), list);
    fake.set_papers(sample_papers(31));
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!((answer.status_and_counts(), answer.only_list().rows), (("ok", 1, 0, 0), 31));
    assert_eq!(env.list_rows()[..], versioned_ids(&sample_papers(31))[..]);
}

#[test]
fn a_mark_or_a_badge_next_to_a_title_stays_if_the_history_is_new() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let (marked, badge) = ("| ⭐ **[", "[![x](https://img.example/a.svg)](https://x.example)");
    let rows: Vec<String> =
        env.list_text().lines().filter(|line| line.starts_with("| **[")).map(String::from).collect();
    let edited = env
        .list_text()
        .replacen(&rows[0], &rows[0].replacen("| **[", marked, 1), 1)
        .replacen(&rows[1], &rows[1].replacen(")** |", &format!(")** {badge} |"), 1), 1)
        .replacen(&rows[2], &rows[2].replacen("| **[", "| __[", 1).replacen(")** |", ")__ |", 1), 1);
    std::fs::write(env.path("README.md"), edited).unwrap();
    std::fs::remove_file(env.path("paperwire.db")).unwrap();
    for now in [LATER, NEXT_DAY] {
        assert_eq!(env.run_once_without_failure(now).only_list().rows, 3);
        let list = env.list_text();
        assert!(list.contains(marked) && list.contains(&format!(")** {badge} |")), "{list}");
        assert!(list.contains(&rows[2]), "what is only written in another way: {list}");
    }
}

#[test]
fn a_list_that_was_deleted_is_written_again_as_it_was() {
    let fake = FakeArxiv::serve_papers(sample_papers(30));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let list = env.list_text();
    std::fs::remove_file(env.path("README.md")).unwrap();
    let answer = env.run_once_without_failure(LATER);
    assert_eq!((answer.status_and_counts(), answer.only_list().changed), (("quiet", 0, 0, 0), true));
    assert_eq!(env.list_text(), list);
}

#[test]
fn a_list_keeps_its_newest_rows_and_the_history_all_papers() {
    let fake = FakeArxiv::serve_papers(sample_papers(30));
    let env = TestEnv::with_arxiv(&fake).with_rows(10).with_page(5);
    env.run_once_without_failure(NOW);
    assert_eq!(env.list_rows(), versioned_ids(&sample_papers(10)));
    let env = env.with_rows(25).with_page(200);
    env.run_once_without_failure(NEXT_DAY);
    assert_eq!(env.list_rows(), versioned_ids(&sample_papers(25)));
}

#[test]
fn what_between_the_markers_is_no_table_of_papers_is_left_and_reported() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    for inside in [
        "My notes, not yet a table.\n",
        "| Paper | Venue |\n| --- | --- |\n| [Mine](https://example.org/mine) | there |\n",
        "| **Title** | **Date** |\n| a row | without its rule |\n",
    ] {
        let env = TestEnv::with_arxiv(&fake);
        let list = format!("<!-- paperwire:begin {TOPIC} -->\n{inside}<!-- paperwire:end {TOPIC} -->\n");
        env.write_list(&list);
        let answer = env.run_once(NOW);
        let reason = answer.only_list().reason.clone().unwrap_or_default();
        assert!(
            answer.status == 1 && reason.contains("is no table of papers, and would be lost"),
            "{answer:?}"
        );
        assert_eq!(env.list_text(), list);
    }
}

#[test]
fn a_title_that_a_person_calls_otherwise_is_still_the_title() {
    for name in ["Paper", "📄 Title", "<b>Title</b>", "**Titel** (mine)"] {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        let env = TestEnv::with_arxiv(&fake);
        env.run_once_without_failure(NOW);
        let mine = "| [A note](https://example.org/note) | | mine | | |\n";
        let row = env.list_text().lines().find(|line| line.contains("/abs/")).unwrap().to_owned();
        let list = env.list_text().replacen("**Title**", name, 1).replacen(&row, &format!("{mine}{row}"), 1);
        env.write_list(&list.replacen("<summary>Show<", "<summary>Look<", 1));
        fake.set_papers(sample_papers(4));
        env.run_once_without_failure(NEXT_DAY);
        let list = env.list_text();
        assert!(list.contains(&format!("| {name} | **Date** |")) && list.contains(mine), "{list}");
        assert!(list.contains("<summary>Look<"), "{list}");
        assert_eq!(rows_of_list(&list), versioned_ids(&newest_first(sample_papers(4))), "{list}");
    }
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    env.write_list(&env.list_text().replacen("| **Title** | **Date** |", "| **Date** | Paper |", 1));
    fake.set_papers(sample_papers(2));
    env.run_once_without_failure(NEXT_DAY);
    let list = env.list_text();
    assert!(
        list.contains("| **Date** | Paper |") && list.contains("| 2025-03-26 | **["),
        "without rows too: {list}"
    );
}

/// A list with so many bytes of a person's own text, and a topic with markers for each name.
fn list_with_long_text(bytes: usize, topics: &[&str]) -> String {
    let mut list = "A line of mine, of which there are many.\n".repeat(bytes / 41);
    for topic in topics {
        list.extend(["<!-- paperwire:begin ", topic, " -->\n<!-- paperwire:end ", topic, " -->\n"]);
    }
    list
}

#[test]
fn a_list_that_is_too_long_by_a_persons_own_text_keeps_its_rows_and_says_so() {
    for archive in ["", "archive = \"archive/{year}.md\"\n"] {
        let fake = FakeArxiv::serve_papers(sample_papers(30));
        let env = TestEnv::with_arxiv(&fake).with_list(archive);
        env.write_list(&list_with_long_text(600_000, &[TOPIC]));
        let answer = env.run_once_without_failure(NOW);
        let note = |notes: &[String]| {
            let [note] = notes else { panic!("{notes:?}") };
            assert!(
                note.contains("of which GitHub shows 512000; ") && note.contains("are around the tables"),
                "{note}"
            );
        };
        assert_eq!(env.list_rows(), versioned_ids(&sample_papers(30)));
        note(&answer.only_list().notes);
        let answer = env.run_once_without_failure(LATER);
        assert!(!answer.only_list().changed);
        note(&answer.only_list().notes);
        fake.set_papers(sample_papers(31));
        note(&env.run_once_without_failure(NEXT_DAY).only_list().notes);
        assert_eq!(env.list_rows(), versioned_ids(&newest_first(sample_papers(31))));
    }
}

#[test]
fn a_list_near_the_limit_keeps_as_many_rows_as_have_room() {
    for topics in [&["A"][..], &["A", "B"]] {
        let fake = FakeArxiv::serve_papers(vec![]);
        fake.set_papers_of("all:a", sample_papers(40).split_off(10));
        fake.set_papers_of("all:b", sample_papers(10));
        let queries: Vec<_> =
            topics.iter().map(|name| (*name, if *name == "A" { "all:a" } else { "all:b" })).collect();
        for bytes in [480_000, 500_000, 505_000] {
            let env = TestEnv::with_arxiv(&fake)
                .with_topics(&queries)
                .with_list("archive = \"archive/{year}.md\"\n");
            env.write_list(&list_with_long_text(bytes, topics));
            let answer = env.run_once_without_failure(NOW);
            let longest =
                env.list_text().lines().filter(|line| line.contains("/abs/")).map(str::len).max().unwrap();
            let room = 512_000_usize.checked_sub(env.list_text().len()).expect("it fits");
            assert!(room < (longest + 300) * topics.len(), "{bytes}: {room} bytes are left, {answer:?}");
            assert!(!env.run_once_without_failure(LATER).only_list().changed);
        }
    }
}

#[test]
fn rows_that_a_person_made_too_long_cut_no_others() {
    let fake = FakeArxiv::serve_papers(sample_papers(30));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let wordy = "much to say ".repeat(5_000);
    let edited = env.list_text().lines().enumerate().fold(String::new(), |list, (at, line)| {
        let is_edited = line.contains("/abs/") && at % 2 == 0;
        let cells = line.strip_suffix(" |").and_then(|line| line.rsplit_once(" |")).filter(|_| is_edited);
        list + &cells.map_or_else(|| line.to_owned(), |(cells, _)| format!("{cells} | {wordy} |")) + "\n"
    });
    env.write_list(&edited);
    fake.set_papers(sample_papers(31));
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!(env.list_rows(), versioned_ids(&newest_first(sample_papers(31))));
    let notes = &answer.only_list().notes;
    assert!(
        matches!(&notes[..], [note] if note.contains("rows that have to stay are too long")),
        "{notes:?}"
    );
}

/// Runs the program where the list's file is mounted by itself, as into a container; none where nothing can be mounted.
fn run_with_mounted_list(env: &TestEnv, now: &str) -> Option<Output> {
    let script = "mount --bind README.md README.md || exit 77; exec \"$0\" once --now \"$1\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
    command.args([env!("CARGO_BIN_EXE_paperwire"), now]).current_dir(env.path(""));
    let ran = command.output().ok()?;
    let cannot_mount = ran.status.code() == Some(77) || stderr(&ran).contains("unshare");
    (!cannot_mount).then_some(ran)
}

#[test]
fn a_list_that_is_mounted_by_itself_is_written_in_its_place() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(5));
    let Some(ran) = run_with_mounted_list(&env, LATER) else { return };
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(env.list_rows().len(), 5);
    let beside = std::fs::read_dir(env.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    let beside: Vec<_> = beside.filter(|name| name.to_string_lossy().starts_with(".README")).collect();
    assert!(beside.is_empty(), "{beside:?}");
}
