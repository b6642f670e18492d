//! A list that people and the program keep together: what a person did to it stays.

use paperwire::domain::Paper;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::{newest_first, next_version, sample_papers, versioned_id, versioned_ids};
use crate::support::test_env::{
    ConflictOutput, DismissedOutput, LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stderr, stdout,
};

/// An environment that has polled so many papers once.
fn test_env(fake: &FakeArxiv, count: usize) -> TestEnv {
    fake.set_papers(sample_papers(count));
    let env = TestEnv::with_arxiv(fake);
    env.run_once_without_failure(NOW);
    env
}

/// The line of the list that is a paper's row.
fn row_of_paper(env: &TestEnv, paper: &Paper) -> String {
    let id = paper.id.as_arxiv_id().unwrap().to_string();
    let list = env.list_text();
    let mut rows = list.lines().filter(|line| line.contains(&format!("arxiv.org/abs/{id}")));
    let row = rows.next().unwrap_or_else(|| panic!("{id} has no row in {list}")).to_owned();
    assert_eq!(rows.next(), None, "{id} stands twice");
    row
}

fn replace_in_list(env: &TestEnv, from: &str, to: &str) {
    let list = env.list_text();
    assert_eq!(list.matches(from).count(), 1, "{from} in {list}");
    env.write_list(&list.replace(from, to));
}

fn delete_row(env: &TestEnv, paper: &Paper) {
    replace_in_list(env, &format!("{}\n", row_of_paper(env, paper)), "");
}

#[test]
fn a_row_that_a_person_deleted_stays_deleted_until_it_is_restored() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let papers = sample_papers(5);
    let whole = env.list_text();
    delete_row(&env, &papers[2]);
    let edited = env.list_text();
    let answer = env.run_once_without_failure(LATER);
    let id = papers[2].id.to_string();
    let dismissed = DismissedOutput { topic: TOPIC.to_owned(), paper: id.clone() };
    assert_eq!((&answer.only_list().dismissed, env.list_text()), (&vec![dismissed], edited.clone()));

    fake.set_papers(newest_first(vec![papers[0].clone(), next_version(&papers[2], 1), papers[1].clone()]));
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!((answer.status_and_counts().2, answer.only_list().dismissed.len()), (1, 0), "told once");
    assert_eq!(env.list_text(), edited, "not even its next version returns");

    let shown = env.run_program(&["list", "dismissed"]);
    assert!(stdout(&shown).starts_with(&format!("README.md: {id} in {TOPIC}, noticed ")), "{shown:?}");
    let restored = env.run_program(&["list", "restore", id.trim_start_matches("arxiv:")]);
    assert!(restored.status.success(), "{restored:?}");
    fake.set_papers(newest_first(papers));
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!(env.list_text().lines().count(), whole.lines().count());
    assert!(stdout(&env.run_program(&["list", "dismissed"])).contains("nothing was taken out"));
    let again = env.run_program(&["list", "restore", &id]);
    assert_eq!(again.status.code(), Some(2), "{}", stderr(&again));
}

#[test]
fn a_row_that_is_restored_in_the_run_after_it_was_deleted_is_written_again() {
    let fake = FakeArxiv::serve_papers(sample_papers(8));
    let env = TestEnv::with_arxiv(&fake).with_rows(5).with_list("archive = \"archive/{year}.md\"\n");
    env.run_once_without_failure(NOW);
    let text = |file: &str| std::fs::read_to_string(env.path(file)).unwrap();
    for (place, file) in [(2, "README.md"), (6, "archive/2025.md")] {
        let (paper, whole) = (&sample_papers(8)[place], text(file));
        let row = whole.lines().find(|line| line.contains(&versioned_id(paper))).unwrap();
        std::fs::write(env.path(file), whole.replace(&format!("{row}\n"), "")).unwrap();
        assert_eq!(env.run_once_without_failure(LATER).only_list().dismissed.len(), 1);
        let restored = env.run_program(&["list", "restore", &paper.id.to_string()]);
        assert!(restored.status.success(), "{restored:?}");
        assert!(env.run_once_without_failure(LATER).only_list().changed);
        assert_eq!(text(file), whole);
        assert!(!env.run_once_without_failure(LATER).only_list().changed);
    }
}

#[test]
fn a_setting_that_is_withdrawn_is_obeyed_again() {
    let usual = "archive = \"archive/{year}.md\"\nbibtex = \"a.bib\"\n";
    for (rows, other) in [
        (4, usual),
        (5, "archive = \"old/{year}.md\"\nbibtex = \"a.bib\"\n"),
        (5, "bibtex = \"a.bib\"\n"),
        (5, "archive = \"archive/{year}.md\"\nbibtex = \"b.bib\"\n"),
        (5, "archive = \"archive/{year}.md\"\nbibtex = \"a.bib\"\ncolumns = [\"Title\", \"Date\"]\n"),
        (5, "archive = \"archive/{year}.md\"\nbibtex = \"a.bib\"\ncode_hosts = [\"example.org\"]\n"),
    ] {
        let mut papers = sample_papers(8);
        papers[3].comment = Some("see https://example.org/ada/code".to_owned());
        let fake = FakeArxiv::serve_papers(papers);
        let env = TestEnv::with_arxiv(&fake).with_rows(5).with_list(usual);
        env.run_once_without_failure(NOW);
        let files = |env: &TestEnv| {
            ["README.md", "archive/2025.md", "a.bib"]
                .map(|file| std::fs::read_to_string(env.path(file)).unwrap())
        };
        let before = files(&env);
        let env = env.with_rows(rows).with_list(other);
        assert!(env.run_once_without_failure(LATER).only_list().changed, "{other}");
        if rows == 5 {
            std::fs::remove_file(env.path("a.bib")).ok();
        }
        let env = env.with_rows(5).with_list(usual);
        env.run_once_without_failure(LATER);
        assert_eq!(files(&env), before, "{other}");
    }
}

#[test]
fn a_dismissed_paper_uses_up_no_row() {
    let fake = FakeArxiv::serve_papers(sample_papers(8));
    let env = TestEnv::with_arxiv(&fake).with_rows(5);
    env.run_once_without_failure(NOW);
    delete_row(&env, &sample_papers(8)[1]);
    env.run_once_without_failure(LATER);
    let mut expected = sample_papers(6);
    expected.remove(1);
    assert_eq!(env.list_rows(), versioned_ids(&expected));
}

#[test]
fn a_cell_that_a_person_edited_stays_while_the_others_follow_the_paper() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 4);
    let mut papers = sample_papers(4);
    let before = row_of_paper(&env, &papers[1]);
    let code = before.rsplit(" | ").next().unwrap().to_owned();
    replace_in_list(
        &env,
        &before,
        &before.replace(&format!(" | {code}"), " | [ours](https://example.org/x) |"),
    );
    let answer = env.run_once_without_failure(LATER);
    assert_eq!((answer.only_list().changed, &answer.only_list().conflicts), (false, &vec![]));
    papers[1] = next_version(&papers[1], 2);
    fake.set_papers(newest_first(papers.clone()));
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!((answer.status_and_counts().2, answer.only_list().changed), (1, true));
    let after = row_of_paper(&env, &papers[1]);
    assert!(after.contains(&format!("/abs/{})", versioned_id(&papers[1]))), "{after}");
    assert!(after.ends_with(" | [ours](https://example.org/x) |"), "{after}");
    assert_eq!(answer.only_list().conflicts, []);
}

#[test]
fn a_cell_that_both_sides_changed_is_reported_once_and_the_persons_text_stays() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 3);
    let mut papers = sample_papers(3);
    let title = papers[0].title.clone();
    replace_in_list(&env, &format!("**[{title}]"), "**[My words]");
    papers[0] = Paper { title: "Their new words".to_owned(), ..next_version(&papers[0], 2) };
    fake.set_papers(newest_first(papers.clone()));
    let answer = env.run_once_without_failure(NEXT_DAY);
    let conflict = ConflictOutput {
        topic: TOPIC.to_owned(),
        paper: papers[0].id.to_string(),
        column: "title".to_owned(),
        stands: "My words".to_owned(),
        would_be: "Their new words".to_owned(),
    };
    assert_eq!(answer.only_list().conflicts, [conflict]);
    assert!(env.list_text().contains("**[My words](http://arxiv.org/abs/"));
    let answer = env.run_once_without_failure("2025-03-27T23:00:00Z");
    assert_eq!((answer.only_list().changed, &answer.only_list().conflicts), (false, &vec![]));
}

#[test]
fn a_row_that_a_person_added_stays_and_its_paper_is_never_announced() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 3);
    let papers = sample_papers(6);
    let added = format!(
        "| [Mine](https://arxiv.org/abs/{}) | 2024-01-01 | good | | |",
        papers[4].id.as_arxiv_id().unwrap()
    );
    let first = row_of_paper(&env, &papers[0]);
    replace_in_list(&env, &first, &format!("{first}\n{added}\n| a note of mine | | | | |"));
    fake.set_papers(newest_first(papers.clone()));
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!(answer.status_and_counts(), ("ok", 2, 0, 0), "the papers beside it are news: {answer:?}");
    assert!(env.announced_news().iter().all(|told| told.0 != papers[4].id.to_string()));
    let list = env.list_text();
    assert!(list.contains(&format!("{first}\n{added}\n| a note of mine | | | | |\n")), "{list}");
    assert_eq!(row_of_paper(&env, &papers[4]), added, "and no second row of it");
    assert!(!env.run_once_without_failure("2025-03-28T20:00:00Z").only_list().changed);
}

#[test]
fn a_row_stays_where_a_person_moved_it() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 6);
    let papers = sample_papers(7);
    let (first, last) = (row_of_paper(&env, &papers[0]), row_of_paper(&env, &papers[5]));
    delete_row(&env, &papers[5]);
    replace_in_list(&env, &first, &format!("{last}\n{first}"));
    let moved = env.list_text();
    assert!(!env.run_once_without_failure(LATER).only_list().changed);
    fake.set_papers(newest_first(papers.clone()));
    env.run_once_without_failure(NEXT_DAY);
    let mut expected =
        versioned_ids(&newest_first(papers[..5].iter().chain([&papers[6]]).cloned().collect()));
    expected.insert(0, versioned_id(&papers[5]));
    assert_eq!(env.list_rows(), expected, "{moved}");
}

#[test]
fn words_inside_the_markers_and_another_header_stay() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 3);
    let heading = format!("## {TOPIC}\n");
    replace_in_list(&env, &heading, "## Papers that we like\n\nOur *words*.\n");
    let second = row_of_paper(&env, &sample_papers(3)[1]);
    replace_in_list(&env, &second, &format!("{second}\n\n<!-- older ones -->"));
    replace_in_list(&env, "\n<!-- paperwire:end", "\nA line below.\n\n<!-- paperwire:end");
    let edited = env.list_text();
    assert!(!env.run_once_without_failure(LATER).only_list().changed);
    assert_eq!(env.list_text(), edited);
    fake.set_papers(sample_papers(4));
    env.run_once_without_failure(NEXT_DAY);
    let list = env.list_text();
    for kept in
        ["## Papers that we like\n\nOur *words*.\n", "\n\n<!-- older ones -->\n", "\nA line below.\n\n<!--"]
    {
        assert!(list.contains(kept), "{kept} in {list}");
    }
    assert_eq!(env.list_rows(), versioned_ids(&sample_papers(4)));
}

#[test]
fn columns_that_a_person_changed_are_the_columns_of_new_rows() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 3);
    let list = env.list_text();
    let changed: Vec<String> = list
        .lines()
        .map(|line| match line.split(" | ").collect::<Vec<_>>()[..] {
            [title, date, _, _, _] if title.contains("arxiv.org") => format!("{title} | {date} | ok |"),
            ["| **Title**", ..] => "| **Title** | **Date** | **Notes** |".to_owned(),
            ["| ---", ..] => "| --- | --- | --- |".to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    env.write_list(&(changed.join("\n") + "\n"));
    let edited = env.list_text();
    assert!(!env.run_once_without_failure(LATER).only_list().changed);
    let mut papers = sample_papers(4);
    papers[0] = next_version(&papers[0], 2);
    fake.set_papers(newest_first(papers.clone()));
    env.run_once_without_failure(NEXT_DAY);
    assert_ne!(env.list_text(), edited);
    assert!(row_of_paper(&env, &papers[3]).ends_with(" |  |"), "{}", row_of_paper(&env, &papers[3]));
    assert!(row_of_paper(&env, &papers[0]).ends_with(" | ok |"), "{}", row_of_paper(&env, &papers[0]));
    assert!(row_of_paper(&env, &papers[0]).contains(&versioned_id(&papers[0])));
}

#[test]
fn a_list_in_another_editors_line_ends_keeps_them() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 3);
    env.write_list(&env.list_text().replace('\n', "\r\n"));
    let before = env.list_text();
    assert!(!env.run_once_without_failure(LATER).only_list().changed);
    assert_eq!(env.list_text(), before);
    fake.set_papers(sample_papers(4));
    env.run_once_without_failure(NEXT_DAY);
    let list = env.list_text();
    assert_eq!((env.list_rows().len(), list.matches('\n').count()), (4, list.matches("\r\n").count()));
}

#[test]
fn a_list_has_the_columns_that_its_config_names() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake)
        .with_list("columns = [\"Date\", \"Title\", \"Authors\", \"Category\", \"Published\", \"Pdf\"]\n");
    env.run_once_without_failure(NOW);
    let list = env.list_text();
    assert!(
        list.contains("\n| **Date** | **Title** | **Authors** | **Category** | **Published** | **Pdf** |\n| --- | --- | --- | --- | --- | --- |\n"),
        "{list}"
    );
    let (before, paper) = (row_of_paper(&env, &sample_papers(3)[1]), versioned_id(&sample_papers(3)[1]));
    assert!(before.ends_with(&format!(" | [PDF](http://arxiv.org/pdf/{paper}) |")), "{before}");
    let author = before.split(" | ").nth(2).unwrap().to_owned();
    replace_in_list(&env, &before, &before.replace(&author, "we"));
    let env = env.with_list("columns = [\"Title\", \"Authors\", \"Date\"]\n");
    env.run_once_without_failure(LATER);
    let list = env.list_text();
    assert!(list.contains("\n| **Title** | **Authors** | **Date** |\n| --- | --- | --- |\n"), "{list}");
    assert!(
        row_of_paper(&env, &sample_papers(3)[1]).contains(")** | we | 20"),
        "an edit goes with its column: {list}"
    );
}
