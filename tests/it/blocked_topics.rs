//! A topic whose place in a file of its list is wrong waits for a person, and the others are written.

use paperwire::domain::Paper;

use crate::list_archives::{daily_papers, file_text, replace_in_file, row_of_paper, rows_of_all_files};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::sample_papers::{newest_first, next_version, sample_papers, versioned_id, versioned_ids};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, rows_of_list, stdout};

#[test]
fn markers_of_no_topic_of_the_list_are_left_and_reported() {
    let (begin, end) =
        (format!("<!-- paperwire:begin {TOPIC} -->"), format!("<!-- paperwire:end {TOPIC} -->"));
    for stray in [
        "<!-- paperwire:begin Other -->\nmine\n<!-- paperwire:end Other -->\n".to_owned(),
        "<!-- paperwire:begin Other -->\n".to_owned(),
        format!("<!-- paperwire:ende {TOPIC} -->\n"),
    ] {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        let env = TestEnv::with_arxiv(&fake);
        env.write_list(&format!("{begin}\n{end}\n{stray}"));
        for now in [NOW, LATER] {
            let answer = env.run_once_without_failure(now);
            let notes = &answer.only_list().notes;
            assert!(matches!(&notes[..], [note] if note.contains("README.md: line 3: ")), "{notes:?}");
            assert_eq!(answer.only_list().rows, 3);
        }
        assert!(env.list_text().ends_with(&format!("{end}\n{stray}")), "{}", env.list_text());
        assert_eq!(env.list_rows(), versioned_ids(&sample_papers(3)));
    }
}

/// An environment with the topics A and B, each with three papers, and a list that has them.
fn two_topics(fake: &FakeArxiv, more: &str, rows: u32) -> TestEnv {
    fake.set_papers_of("all:a", sample_papers(3));
    fake.set_papers_of("all:b", sample_papers(6).split_off(3));
    let env = TestEnv::with_arxiv(fake).with_topics(&[("A", "all:a")]).with_list(more).with_rows(rows);
    env.run_once_without_failure(NOW);
    env.with_topics(&[("A", "all:a"), ("B", "all:b")])
}

/// What is between a topic's markers in a list.
fn table_of<'l>(list: &'l str, topic: &str) -> &'l str {
    let (_, rest) = list.split_once(&format!("<!-- paperwire:begin {topic} -->\n")).unwrap();
    rest.split_once(&format!("<!-- paperwire:end {topic} -->")).unwrap().0
}

#[test]
fn a_new_topic_without_markers_waits_alone_and_all_say_which_lines_it_needs() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = two_topics(&fake, "", 100);
    let lines = "<!-- paperwire:begin B -->\n<!-- paperwire:end B -->";
    let mut papers = sample_papers(3);
    papers[1] = next_version(&papers[1], 30);
    fake.set_papers_of("all:a", newest_first(papers.clone()));
    let checked = env.run_program(&["check"]);
    assert_eq!((checked.status.code(), stdout(&checked).contains(lines)), (Some(1), true), "{checked:?}");
    for (now, is_changed) in [(NEXT_DAY, true), (NEXT_DAY, false)] {
        let answer = env.run_once(now);
        let list = answer.only_list();
        assert_eq!((answer.status, list.changed, list.rows), (1, is_changed, 3), "{answer:?}");
        let reason = list.reason.as_deref().unwrap_or_default();
        assert!(reason.contains("no markers for the topic `B`") && reason.ends_with(lines), "{reason}");
        assert!(answer.stderr.contains(lines), "{answer:?}");
    }
    assert_eq!(env.list_rows(), versioned_ids(&newest_first(papers.clone())));
    let status = env.run_program(&["status", "--now", NEXT_DAY]);
    assert!(
        status.status.code() == Some(1) && stdout(&status).contains("no markers for the topic `B`"),
        "{status:?}"
    );
    assert!(stdout(&status).contains("<!-- paperwire:begin B -->"), "{status:?}");

    env.write_list(&format!("{lines}\n{}", env.list_text()));
    let answer = env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!((answer.only_list().rows, &answer.only_list().reason), (6, &None));
    let list = env.list_text();
    assert_eq!(rows_of_list(table_of(&list, "B")), versioned_ids(&sample_papers(6)[3..]));
    assert_eq!(rows_of_list(table_of(&list, "A")), versioned_ids(&newest_first(papers)));
    assert_eq!(env.run_program(&["status", "--now", "2025-03-28T20:00:00Z"]).status.code(), Some(0));
}

#[test]
fn a_topic_with_broken_markers_waits_alone_and_what_a_person_did_meanwhile_stays() {
    let (begin, end) = ("<!-- paperwire:begin B -->\n", "<!-- paperwire:end B -->\n");
    for (from, to) in [
        (begin, ""),
        (end, ""),
        (begin, "<!-- paperwire:begin B -->\n<!-- paperwire:begin B -->\n"),
        (end, "<!-- paperwire:end B -->\n<!-- paperwire:begin B -->\n<!-- paperwire:end B -->\n"),
        (begin, "<!-- paperwire:start B -->\n"),
        (end, "<!-- paperwire:ende B -->\n"),
        (end, "<!-- paperwire:end C -->\n<!-- paperwire:end B -->\n"),
        ("| --- | --- | --- | --- | --- |\n| **[B ", "| **[B "),
    ] {
        let fake = FakeArxiv::serve_papers(vec![]);
        let env = two_topics(&fake, "bibtex = \"papers.bib\"\n", 100);
        let of_b = |papers: &[Paper]| -> Vec<Paper> {
            let titled =
                papers.iter().map(|paper| Paper { title: format!("B {}", paper.title), ..paper.clone() });
            newest_first(titled.collect())
        };
        let mut others = sample_papers(6).split_off(3);
        fake.set_papers_of("all:b", of_b(&others));
        let list = env.list_text();
        env.write_list(&format!("{begin}{end}{list}"));
        env.run_once_without_failure(LATER);
        let whole = env.list_text();
        assert_eq!(whole.matches(from).count(), 1, "{from}");
        let of_others = rows_of_list(table_of(&whole, "B"));
        let deleted = whole.lines().find(|line| line.contains(&of_others[2])).unwrap();
        env.write_list(&whole.replace(from, to).replace(&format!("{deleted}\n"), ""));
        let before = env.list_text();
        let bib = |env: &TestEnv| std::fs::read_to_string(env.path("papers.bib")).unwrap();
        let bib_before = bib(&env);

        let mut papers = sample_papers(3);
        papers[1] = next_version(&papers[1], 30);
        fake.set_papers_of("all:a", newest_first(papers.clone()));
        others[0] = next_version(&others[0], 40);
        fake.set_papers_of("all:b", of_b(&others));
        let answer = env.run_once(NEXT_DAY);
        assert_eq!((answer.status, answer.only_list().changed), (1, true), "{to}: {answer:?}");
        let broken = env.list_text();
        assert_eq!(
            rows_of_list(table_of(&broken, "A")),
            versioned_ids(&newest_first(papers.clone())),
            "{to}"
        );
        let without_a = |list: &str| list.replace(table_of(list, "A"), "");
        assert_eq!(without_a(&broken), without_a(&before), "{to}: what waits stays as it is");
        assert_eq!(bib(&env).matches('@').count(), bib_before.matches('@').count(), "{to}");

        let mended = whole.replace(&format!("{deleted}\n"), "");
        env.write_list(&mended.replace(table_of(&mended, "A"), table_of(&broken, "A")));
        let answer = env.run_once_without_failure("2025-03-28T20:00:00Z");
        assert_eq!(answer.only_list().dismissed.len(), 1, "{to}: {answer:?}");
        let kept = of_b(&others);
        let kept: Vec<_> = versioned_ids(&kept).into_iter().filter(|row| *row != of_others[2]).collect();
        assert_eq!(
            rows_of_list(table_of(&env.list_text(), "B")),
            kept,
            "{to}: a new version replaces its row"
        );
    }
}

#[test]
fn a_topic_with_broken_markers_in_an_archive_waits_alone_and_loses_nothing() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let papers = daily_papers(14, "2025-03-10T12:00:00Z");
    let (ours, theirs): (Vec<_>, Vec<_>) =
        papers.iter().cloned().enumerate().partition(|(at, _)| at % 2 == 0);
    let [ours, theirs] =
        [ours, theirs].map(|papers| papers.into_iter().map(|(_, paper)| paper).collect::<Vec<_>>());
    fake.set_papers_of("all:a", ours[2..].to_vec());
    fake.set_papers_of("all:b", theirs[2..].to_vec());
    let env = TestEnv::with_arxiv(&fake)
        .with_topics(&[("A", "all:a"), ("B", "all:b")])
        .with_rows(2)
        .with_list("archive = \"archive/{year}.md\"\n");
    env.run_once_without_failure(NOW);
    let archive = env.path("archive/2025.md");
    replace_in_file(&archive, "<!-- paperwire:end B -->\n", "");
    let waiting = |text: &str, topic: &str| {
        let (_, rest) = text.split_once(&format!("<!-- paperwire:begin {topic} -->\n")).unwrap();
        rest.to_owned()
    };
    let (before, list) = (waiting(&file_text(&archive), "B"), waiting(&env.list_text(), "B"));
    fake.set_papers_of("all:a", ours.clone());
    fake.set_papers_of("all:b", theirs.clone());
    let answer = env.run_once(NEXT_DAY);
    let reason = answer.only_list().reason.clone().unwrap_or_default();
    assert!(
        answer.status == 1 && reason.contains("2025.md: line ") && reason.contains("never closed"),
        "{answer:?}"
    );
    assert_eq!((waiting(&file_text(&archive), "B"), waiting(&env.list_text(), "B")), (before, list));
    let everything = rows_of_all_files(&env);
    assert_eq!(everything.len(), 12, "{everything:?}");
    assert!(ours.iter().all(|paper| everything.iter().any(|(row, _)| *row == versioned_id(paper))));

    std::fs::write(&archive, file_text(&archive) + "<!-- paperwire:end B -->\n").unwrap();
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!((rows_of_all_files(&env).len(), env.list_rows().len()), (14, 4));
    assert!(!env.run_once_without_failure("2025-03-28T21:00:00Z").only_list().changed);
}

#[test]
fn a_topic_that_leaves_a_list_stays_as_it_is_and_goes_on_when_it_comes_back() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let mut papers = daily_papers(10, "2025-03-10T12:00:00Z");
    fake.set_papers_of("all:a", papers[..5].to_vec());
    fake.set_papers_of("all:b", papers[5..].to_vec());
    let both = [("A", "all:a"), ("B", "all:b")];
    let archive = "archive = \"archive/{year}.md\"\n";
    let env = TestEnv::with_arxiv(&fake).with_topics(&both).with_rows(2).with_list(archive);
    env.run_once_without_failure(NOW);
    let env = env.with_list(&format!("{archive}topics = [\"A\"]\n"));
    let (list, older) = (env.path("README.md"), env.path("archive/2025.md"));
    let mine = row_of_paper(&list, &papers[5]);
    let (cells, _) = mine.trim_end_matches(" |").rsplit_once(" | ").unwrap();
    replace_in_file(&list, &mine, &format!("{cells} | [ours](https://example.org/x) |"));
    replace_in_file(&older, &format!("{}\n", row_of_paper(&older, &papers[9])), "");
    papers[0] = next_version(&papers[0], 30);
    papers[5] = next_version(&papers[5], 30);
    fake.set_papers_of("all:a", newest_first(papers[..5].to_vec()));
    fake.set_papers_of("all:b", newest_first(papers[5..].to_vec()));
    let answer = env.run_once_without_failure(NEXT_DAY);
    let notes = &answer.only_list().notes;
    assert!(
        matches!(&notes[..], [note] if note.contains("a topic that this list does not have")),
        "{notes:?}"
    );
    assert!(
        env.list_rows().contains(&versioned_id(&papers[0]))
            && !env.list_rows().contains(&versioned_id(&papers[5]))
    );

    let env = env.with_list(archive);
    let answer = env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!((answer.only_list().dismissed.len(), rows_of_all_files(&env).len()), (1, 9), "{answer:?}");
    let row = row_of_paper(&list, &papers[5]);
    assert!(row.ends_with(" | [ours](https://example.org/x) |"), "{row}");
}

#[test]
fn a_topic_without_markers_waits_alone_in_a_repository_too() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge_pull_request(1);
    let config = env.local.path("paperwire.toml");
    let topic = "\n[[topic]]\nname = \"Other\"\nquery = 'all:other'\n";
    std::fs::write(&config, std::fs::read_to_string(&config).unwrap() + topic).unwrap();
    env.arxiv.set_papers_of("all:other", sample_papers(20).split_off(17));
    let lines = "<!-- paperwire:begin Other -->\n<!-- paperwire:end Other -->";
    env.add_papers(2);
    for is_changed in [true, false] {
        let answer = env.run_once();
        let list = answer.only_list();
        assert_eq!(
            (answer.status, list.changed, env.rows(BRANCH)),
            (1, is_changed, env.expected_rows()),
            "{answer:?}"
        );
        assert!(list.reason.as_deref().is_some_and(|reason| reason.ends_with(lines)), "{answer:?}");
    }
    env.edit_list("main", |text| format!("{text}\n{lines}\n"));
    let answer = env.run_once_well();
    assert_eq!((answer.only_list().rows, env.rows(BRANCH).len()), (10, 10), "{answer:?}");
    let status = env.local.run_program(&["status", "--now", &RepositoryEnv::run_time(env.day)]);
    assert_eq!(status.status.code(), Some(0), "{status:?}");
}
