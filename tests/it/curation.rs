//! A list that people and the program keep together: what a person did to it stays.

use paperwire::domain::Paper;

use crate::fake_arxiv::FakeArxiv;
use crate::sample_papers::{address, addresses, revised, sample, sorted};
use crate::test_env::{ConflictAnswer, DismissedAnswer, Home, LATER, NEXT_DAY, NOW, TOPIC, stderr, stdout};

/// A home that has polled so many papers once.
fn home(fake: &FakeArxiv, count: usize) -> Home {
    fake.set_papers(sample(count));
    let home = Home::asking(fake);
    home.once_well(NOW);
    home
}

/// The line of the list that is a paper's row.
fn row(home: &Home, paper: &Paper) -> String {
    let id = paper.id.as_arxiv().unwrap().to_string();
    let list = home.list();
    let mut rows = list.lines().filter(|line| line.contains(&format!("arxiv.org/abs/{id}")));
    let row = rows.next().unwrap_or_else(|| panic!("{id} has no row in {list}")).to_owned();
    assert_eq!(rows.next(), None, "{id} stands twice");
    row
}

fn edit(home: &Home, from: &str, to: &str) {
    let list = home.list();
    assert_eq!(list.matches(from).count(), 1, "{from} in {list}");
    home.write_list(&list.replace(from, to));
}

fn delete(home: &Home, paper: &Paper) {
    edit(home, &format!("{}\n", row(home, paper)), "");
}

#[test]
fn a_row_that_a_person_deleted_stays_deleted_until_it_is_restored() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 5);
    let papers = sample(5);
    let whole = home.list();
    delete(&home, &papers[2]);
    let edited = home.list();
    let answer = home.once_well(LATER);
    let id = papers[2].id.to_string();
    let dismissed = DismissedAnswer { topic: TOPIC.to_owned(), paper: id.clone() };
    assert_eq!((&answer.only_list().dismissed, home.list()), (&vec![dismissed], edited.clone()));

    fake.set_papers(sorted(vec![papers[0].clone(), revised(&papers[2], 1), papers[1].clone()]));
    let answer = home.once_well(NEXT_DAY);
    assert_eq!((answer.counts().2, answer.only_list().dismissed.len()), (1, 0), "told once");
    assert_eq!(home.list(), edited, "not even its next version returns");

    let shown = home.run(&["list", "dismissed"]);
    assert!(stdout(&shown).starts_with(&format!("README.md: {id} in {TOPIC}, seen ")), "{shown:?}");
    let restored = home.run(&["list", "restore", id.trim_start_matches("arxiv:")]);
    assert!(restored.status.success(), "{restored:?}");
    fake.set_papers(sorted(papers));
    home.once_well("2025-03-28T20:00:00Z");
    assert_eq!(home.list().lines().count(), whole.lines().count());
    assert!(stdout(&home.run(&["list", "dismissed"])).contains("nothing was taken out"));
    let again = home.run(&["list", "restore", &id]);
    assert_eq!(again.status.code(), Some(2), "{}", stderr(&again));
}

#[test]
fn a_row_that_is_restored_in_the_turn_after_it_was_deleted_is_written_again() {
    let fake = FakeArxiv::serving(sample(8));
    let home = Home::asking(&fake).with_rows(5).with_list("archive = \"archive/{year}.md\"\n");
    home.once_well(NOW);
    let text = |file: &str| std::fs::read_to_string(home.path(file)).unwrap();
    for (place, file) in [(2, "README.md"), (6, "archive/2025.md")] {
        let (paper, whole) = (&sample(8)[place], text(file));
        let row = whole.lines().find(|line| line.contains(&address(paper))).unwrap();
        std::fs::write(home.path(file), whole.replace(&format!("{row}\n"), "")).unwrap();
        assert_eq!(home.once_well(LATER).only_list().dismissed.len(), 1);
        let restored = home.run(&["list", "restore", &paper.id.to_string()]);
        assert!(restored.status.success(), "{restored:?}");
        assert!(home.once_well(LATER).only_list().changed);
        assert_eq!(text(file), whole);
        assert!(!home.once_well(LATER).only_list().changed);
    }
}

#[test]
fn a_setting_that_is_taken_back_is_obeyed_again() {
    let usual = "archive = \"archive/{year}.md\"\nbibtex = \"a.bib\"\n";
    for (rows, other) in [
        (4, usual),
        (5, "archive = \"old/{year}.md\"\nbibtex = \"a.bib\"\n"),
        (5, "bibtex = \"a.bib\"\n"),
        (5, "archive = \"archive/{year}.md\"\nbibtex = \"b.bib\"\n"),
        (5, "archive = \"archive/{year}.md\"\nbibtex = \"a.bib\"\ncolumns = [\"Title\", \"Date\"]\n"),
        (5, "archive = \"archive/{year}.md\"\nbibtex = \"a.bib\"\ncode_hosts = [\"example.org\"]\n"),
    ] {
        let mut papers = sample(8);
        papers[3].comment = Some("see https://example.org/ada/code".to_owned());
        let fake = FakeArxiv::serving(papers);
        let home = Home::asking(&fake).with_rows(5).with_list(usual);
        home.once_well(NOW);
        let files = |home: &Home| {
            ["README.md", "archive/2025.md", "a.bib"]
                .map(|file| std::fs::read_to_string(home.path(file)).unwrap())
        };
        let before = files(&home);
        let home = home.with_rows(rows).with_list(other);
        assert!(home.once_well(LATER).only_list().changed, "{other}");
        if rows == 5 {
            std::fs::remove_file(home.path("a.bib")).ok();
        }
        let home = home.with_rows(5).with_list(usual);
        home.once_well(LATER);
        assert_eq!(files(&home), before, "{other}");
    }
}

#[test]
fn a_dismissed_paper_uses_up_no_row() {
    let fake = FakeArxiv::serving(sample(8));
    let home = Home::asking(&fake).with_rows(5);
    home.once_well(NOW);
    delete(&home, &sample(8)[1]);
    home.once_well(LATER);
    let mut expected = sample(6);
    expected.remove(1);
    assert_eq!(home.rows(), addresses(&expected));
}

#[test]
fn a_cell_that_a_person_edited_stays_while_the_others_follow_the_paper() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 4);
    let mut papers = sample(4);
    let before = row(&home, &papers[1]);
    let code = before.rsplit(" | ").next().unwrap().to_owned();
    edit(&home, &before, &before.replace(&format!(" | {code}"), " | [ours](https://example.org/x) |"));
    let answer = home.once_well(LATER);
    assert_eq!((answer.only_list().changed, &answer.only_list().conflicts), (false, &vec![]));
    papers[1] = revised(&papers[1], 2);
    fake.set_papers(sorted(papers.clone()));
    let answer = home.once_well(NEXT_DAY);
    assert_eq!((answer.counts().2, answer.only_list().changed), (1, true));
    let after = row(&home, &papers[1]);
    assert!(after.contains(&format!("/abs/{})", address(&papers[1]))), "{after}");
    assert!(after.ends_with(" | [ours](https://example.org/x) |"), "{after}");
    assert_eq!(answer.only_list().conflicts, []);
}

#[test]
fn a_cell_that_both_sides_changed_is_told_once_and_the_persons_text_stands() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 3);
    let mut papers = sample(3);
    let title = papers[0].title.clone();
    edit(&home, &format!("**[{title}]"), "**[My words]");
    papers[0] = Paper { title: "Their new words".to_owned(), ..revised(&papers[0], 2) };
    fake.set_papers(sorted(papers.clone()));
    let answer = home.once_well(NEXT_DAY);
    let conflict = ConflictAnswer {
        topic: TOPIC.to_owned(),
        paper: papers[0].id.to_string(),
        column: "title".to_owned(),
        stands: "My words".to_owned(),
        would_be: "Their new words".to_owned(),
    };
    assert_eq!(answer.only_list().conflicts, [conflict]);
    assert!(home.list().contains("**[My words](http://arxiv.org/abs/"));
    let answer = home.once_well("2025-03-27T23:00:00Z");
    assert_eq!((answer.only_list().changed, &answer.only_list().conflicts), (false, &vec![]));
}

#[test]
fn a_row_that_a_person_added_stays_and_its_paper_is_never_told() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 3);
    let papers = sample(6);
    let added = format!(
        "| [Mine](https://arxiv.org/abs/{}) | 2024-01-01 | good | | |",
        papers[4].id.as_arxiv().unwrap()
    );
    let first = row(&home, &papers[0]);
    edit(&home, &first, &format!("{first}\n{added}\n| a note of mine | | | | |"));
    fake.set_papers(sorted(papers.clone()));
    let answer = home.once_well(NEXT_DAY);
    assert_eq!(answer.counts(), ("ok", 2, 0, 0), "the papers beside it are news: {answer:?}");
    assert!(home.news().iter().all(|told| told.0 != papers[4].id.to_string()));
    let list = home.list();
    assert!(list.contains(&format!("{first}\n{added}\n| a note of mine | | | | |\n")), "{list}");
    assert_eq!(row(&home, &papers[4]), added, "and no second row of it");
    assert!(!home.once_well("2025-03-28T20:00:00Z").only_list().changed);
}

#[test]
fn a_row_that_was_moved_stays_where_a_person_put_it() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 6);
    let papers = sample(7);
    let (first, last) = (row(&home, &papers[0]), row(&home, &papers[5]));
    delete(&home, &papers[5]);
    edit(&home, &first, &format!("{last}\n{first}"));
    let moved = home.list();
    assert!(!home.once_well(LATER).only_list().changed);
    fake.set_papers(sorted(papers.clone()));
    home.once_well(NEXT_DAY);
    let mut expected = addresses(&sorted(papers[..5].iter().chain([&papers[6]]).cloned().collect()));
    expected.insert(0, address(&papers[5]));
    assert_eq!(home.rows(), expected, "{moved}");
}

#[test]
fn words_inside_the_markers_and_another_header_stay() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 3);
    let heading = format!("## {TOPIC}\n");
    edit(&home, &heading, "## Papers that we like\n\nOur *words*.\n");
    let second = row(&home, &sample(3)[1]);
    edit(&home, &second, &format!("{second}\n\n<!-- older ones -->"));
    edit(&home, "\n<!-- paperwire:end", "\nA line below.\n\n<!-- paperwire:end");
    let edited = home.list();
    assert!(!home.once_well(LATER).only_list().changed);
    assert_eq!(home.list(), edited);
    fake.set_papers(sample(4));
    home.once_well(NEXT_DAY);
    let list = home.list();
    for kept in
        ["## Papers that we like\n\nOur *words*.\n", "\n\n<!-- older ones -->\n", "\nA line below.\n\n<!--"]
    {
        assert!(list.contains(kept), "{kept} in {list}");
    }
    assert_eq!(home.rows(), addresses(&sample(4)));
}

#[test]
fn columns_that_a_person_changed_are_the_columns_of_new_rows() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 3);
    let list = home.list();
    let changed: Vec<String> = list
        .lines()
        .map(|line| match line.split(" | ").collect::<Vec<_>>()[..] {
            [title, date, _, _, _] if title.contains("arxiv.org") => format!("{title} | {date} | ok |"),
            ["| **Title**", ..] => "| **Title** | **Date** | **Notes** |".to_owned(),
            ["| ---", ..] => "| --- | --- | --- |".to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    home.write_list(&(changed.join("\n") + "\n"));
    let edited = home.list();
    assert!(!home.once_well(LATER).only_list().changed);
    let mut papers = sample(4);
    papers[0] = revised(&papers[0], 2);
    fake.set_papers(sorted(papers.clone()));
    home.once_well(NEXT_DAY);
    assert_ne!(home.list(), edited);
    assert!(row(&home, &papers[3]).ends_with(" |  |"), "{}", row(&home, &papers[3]));
    assert!(row(&home, &papers[0]).ends_with(" | ok |"), "{}", row(&home, &papers[0]));
    assert!(row(&home, &papers[0]).contains(&address(&papers[0])));
}

#[test]
fn a_list_in_another_editors_line_ends_keeps_them() {
    let fake = FakeArxiv::serving(vec![]);
    let home = home(&fake, 3);
    home.write_list(&home.list().replace('\n', "\r\n"));
    let before = home.list();
    assert!(!home.once_well(LATER).only_list().changed);
    assert_eq!(home.list(), before);
    fake.set_papers(sample(4));
    home.once_well(NEXT_DAY);
    let list = home.list();
    assert_eq!((home.rows().len(), list.matches('\n').count()), (4, list.matches("\r\n").count()));
}

#[test]
fn a_list_has_the_columns_that_its_config_names() {
    let fake = FakeArxiv::serving(sample(3));
    let home = Home::asking(&fake)
        .with_list("columns = [\"Date\", \"Title\", \"Authors\", \"Category\", \"Published\", \"Pdf\"]\n");
    home.once_well(NOW);
    let list = home.list();
    assert!(
        list.contains("\n| **Date** | **Title** | **Authors** | **Category** | **Published** | **Pdf** |\n| --- | --- | --- | --- | --- | --- |\n"),
        "{list}"
    );
    let (before, paper) = (row(&home, &sample(3)[1]), address(&sample(3)[1]));
    assert!(before.ends_with(&format!(" | [PDF](http://arxiv.org/pdf/{paper}) |")), "{before}");
    let author = before.split(" | ").nth(2).unwrap().to_owned();
    edit(&home, &before, &before.replace(&author, "we"));
    let home = home.with_list("columns = [\"Title\", \"Authors\", \"Date\"]\n");
    home.once_well(LATER);
    let list = home.list();
    assert!(list.contains("\n| **Title** | **Authors** | **Date** |\n| --- | --- | --- |\n"), "{list}");
    assert!(row(&home, &sample(3)[1]).contains(")** | we | 20"), "an edit goes with its column: {list}");
}
