//! What a person does to the header of a table is never a deletion, and what seems to be gone all at once is believed only
//! if it is still gone a run later.

use paperwire::domain::Paper;

use crate::fake_arxiv::FakeArxiv;
use crate::repository_env::{BRANCH, RepositoryEnv};
use crate::sample_papers::{address, addresses, revised, sample, sorted};
use crate::test_env::{LATER, NEXT_DAY, NOW, OnceOutput, TOPIC, TestEnv, stdout};

const HEADER: &str = "| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |";
const RULE: &str = "| --- | --- | --- | --- | --- |";
const DAY_AFTER: &str = "2025-03-28T20:00:00Z";
const LAST_DAY: &str = "2025-03-29T20:00:00Z";

fn test_env(fake: &FakeArxiv, count: usize) -> TestEnv {
    fake.set_papers(sample(count));
    let env = TestEnv::asking(fake);
    env.once_well(NOW);
    env
}

fn is_row(line: &str) -> bool {
    line.contains("arxiv.org/abs/") || line.contains("arxiv.org/pdf/")
}

/// How each row is changed, by its cells.
type RowChange<'r> = &'r dyn Fn(&[&str]) -> String;

/// How a list is changed.
type ListChange<'l> = &'l dyn Fn(&str) -> String;

/// The cells of a line.
fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_start_matches('|').trim_end_matches('|').split(" | ").map(str::trim).collect()
}

/// The list with another header and rule, and each row changed.
fn changed(list: &str, header: &str, rule: &str, row: impl Fn(&[&str]) -> String) -> String {
    let lines = list.lines().map(|line| match line {
        HEADER => header.to_owned(),
        RULE => rule.to_owned(),
        line if is_row(line) => row(&cells(line)),
        line => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

fn as_it_is(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// That each of these papers has one row.
fn each_has_a_row(env: &TestEnv, papers: &[Paper], what: &str) {
    let list = env.list();
    for paper in papers {
        let id = paper.id.as_arxiv().unwrap().to_string();
        let rows = list.lines().filter(|line| line.contains(&id)).count();
        assert_eq!(rows, 1, "{what}: {id} in {list}");
    }
}

/// That a header that was changed so is taken as it is, with all that comes after it. Gives the list.
fn is_lived_with(what: &str, change: impl Fn(&str) -> String) -> String {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let changed = change(&env.list());
    assert_ne!(changed, env.list(), "{what}");
    env.write_list(&changed);
    let mut papers = sample(7);
    papers[1] = revised(&papers[1], 2);
    for (papers, now) in [(&sample(5), LATER), (&sorted(papers.clone()), NEXT_DAY)] {
        fake.set_papers(papers.clone());
        let answer = env.once(now);
        assert_eq!((&answer.only_list().reason, answer.status), (&None, 0), "{what}: {}", env.list());
        assert_eq!(answer.only_list().dismissed, [], "{what}: {answer:?}");
        each_has_a_row(&env, papers, what);
    }
    let is_split = what.contains("**Link**");
    assert!(is_split || env.list().contains(&address(&papers[1])), "{what}: v2 has come: {}", env.list());
    assert!(!env.once_well(DAY_AFTER).only_list().changed, "{what}: {}", env.list());
    env.list()
}

#[test]
fn a_column_that_a_person_puts_into_the_header_alone_takes_no_row_away() {
    for place in 0..=5 {
        let into = |line: &str, cell: &str| {
            let mut cells = cells(line);
            cells.insert(place, cell);
            as_it_is(&cells)
        };
        let (header, rule) = (into(HEADER, "Stars"), into(RULE, ":-:"));
        let list = is_lived_with(&header, |list| changed(list, &header, &rule, as_it_is));
        assert!(list.contains(&format!("\n{header}\n{rule}\n")), "{list}");
        for row in list.lines().filter(|line| is_row(line)) {
            let mut cells = cells(row);
            if place < 5 {
                assert_eq!(cells.remove(place), "", "its rows make room for it: {row}");
            }
            assert!(cells[0].starts_with("**["), "{row}");
        }
    }
}

#[test]
fn a_person_moves_removes_renames_and_formats_columns_and_every_row_stays() {
    let turned = "| **Date** | **Abstract** | **Comment** | **CodeRepository** | **Title** |";
    let none = |cells: &[&str]| as_it_is(cells);
    let turned_row = |cells: &[&str]| as_it_is(&[&cells[1..], &cells[..1]].concat());
    let linked = |cells: &[&str]| {
        let (title, address) = cells[0].split_once("](").unwrap();
        let (title, address) = (title.trim_start_matches("**["), address.trim_end_matches(")**"));
        format!("| {title} | [link]({address}) | {} |", cells[1..].join(" | "))
    };
    let changes: [(&str, &str, RowChange<'_>); 14] = [
        (turned, RULE, &turned_row),
        (turned, RULE, &none),
        ("| 论文 | **Date** | **Abstract** | **Comment** | **CodeRepository** |", RULE, &none),
        ("| Titel | Datum | Inhalt | Anmerkung | Code |", RULE, &none),
        ("| **Title** | **Date** | **Comment** | **CodeRepository** |", "| - | - | - | - |", &none),
        ("| **Title** | **Date** |", "| - | - |", &|cells| as_it_is(&cells[..2])),
        ("| Title | Date | Abstract | Comment | CodeRepository |", "|:-|-:|:-:|-|-|", &none),
        ("| [**Title**](#t) | <b>Date</b> | `Abstract` | _Comment_ | **Code**Repository |", RULE, &none),
        ("Title | Date | Abstract | Comment | CodeRepository", "--|--|--|--|--", &none),
        (
            "| **Title** | **Link** | **Date** | **Abstract** | **Comment** | **CodeRepository** |",
            "|-|-|-|-|-|-|",
            &linked,
        ),
        (
            "| Key | Meaning |\n| --- | --- |\n| x | good |\n\n| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |",
            RULE,
            &none,
        ),
        (
            "| Key | Meaning |\n| --- | --- |\n| x | good |\n\n| Paper | **Date** | **Abstract** | **Comment** | **CodeRepository** |",
            RULE,
            &none,
        ),
        (HEADER, RULE, &|cells| format!("{}\n\n", as_it_is(cells))),
        (HEADER, "| --- | --- | --- | --- | --- |\n\n", &none),
    ];
    for (header, rule, row) in changes {
        let list = is_lived_with(header, |list| changed(list, header, rule, row));
        assert!(list.contains(&format!("\n{header}\n{rule}\n")), "{list}");
    }
}

#[test]
fn a_table_of_dois_above_ours_is_not_taken_for_ours_when_the_title_is_renamed() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let data =
        "| Dataset | Where |\n| --- | --- |\n| [Cells](https://doi.org/10.5281/zenodo.1) | Zenodo |\n\n";
    let header = HEADER.replace("Title", "Paper");
    let edited = env.list().replace(HEADER, &format!("{data}{header}"));
    env.write_list(&edited);
    let answer = env.once_well(LATER);
    assert_eq!((&answer.only_list().dismissed, env.list()), (&vec![], edited.clone()));
    fake.set_papers(sample(7));
    env.once_well(NEXT_DAY);
    each_has_a_row(&env, &sample(7), "two more");
    let list = env.list();
    let missing: Vec<_> = edited.lines().filter(|line| !list.lines().any(|kept| kept == *line)).collect();
    assert_eq!((missing, list.contains(data)), (vec![], true), "{list}");
}

#[test]
fn a_row_is_identified_by_its_link_however_a_person_formats_its_title() {
    for (from, to) in [
        ("**[", "🔥 **["),
        ("**[", "[x] **["),
        ("**[", "[![code](https://img.shields.io/x.svg)](https://example.org) **["),
        (")** |", ")** [code](https://github.com/a/b) |"),
        (")** |", ")** ![seen](https://img.shields.io/x.svg) |"),
        ("**[", "**[Read this: "),
        ("](http://arxiv.org/abs/", "](https://arxiv.org/abs/"),
        ("](http://arxiv.org/abs/", "](https://www.arxiv.org/pdf/"),
        ("v1)** |", ")** |"),
        ("v1)** |", "/)** |"),
    ] {
        let what = format!("{from} is {to} now");
        let fake = FakeArxiv::serve_papers(vec![]);
        let env = test_env(&fake, 4);
        let edited = env.list().replace(from, to);
        env.write_list(&edited);
        let answer = env.once_well(LATER);
        assert_eq!((&answer.only_list().dismissed, env.list()), (&vec![], edited), "{what}");
        fake.set_papers(sample(6));
        env.once_well(NEXT_DAY);
        each_has_a_row(&env, &sample(6), &what);
    }
}

#[test]
fn a_row_that_only_mentions_another_paper_is_not_taken_for_it() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 4);
    let papers = sample(6);
    let link = |paper: &Paper| format!("[x](http://arxiv.org/abs/{})", paper.id.as_arxiv().unwrap());
    let notes =
        format!("| a note | | see {} | | |\n| another | {} | | | |\n", link(&papers[5]), link(&papers[2]));
    env.write_list(&env.list().replace(&format!("{RULE}\n"), &format!("{RULE}\n{notes}")));
    fake.set_papers(papers.clone());
    let answer = env.once_well(LATER);
    assert_eq!((answer.counts().1, &answer.only_list().dismissed), (2, &vec![]));
    assert!(env.list().contains(&notes), "{}", env.list());
    assert_eq!(env.rows(), addresses(&papers));
}

/// That a list is left as it is, and why.
fn is_left(env: &TestEnv, now: &str) -> String {
    let before = env.list();
    let answer = env.once(now);
    assert_eq!((answer.status, env.list()), (1, before), "{answer:?}");
    let reason = answer.only_list().reason.clone().unwrap();
    let status = env.run(&["status", "--now", now]);
    assert!(stdout(&status).contains(&reason.replace('\n', " ")), "{reason} in {status:?}");
    reason
}

#[test]
fn a_table_that_cannot_be_read_any_more_is_left_as_it_is_and_goes_on_once_it_is_mended() {
    let without_title = |list: &str| {
        let header = HEADER.replace("| **Title** ", "");
        changed(list, &header, "| - | - | - | - |", |cells| as_it_is(&cells[1..]))
    };
    let header_alone =
        |list: &str| changed(list, &HEADER.replace("| **Title** ", ""), "| - | - | - | - |", as_it_is);
    let conflicted = |list: &str| {
        let rows: Vec<&str> = list.lines().filter(|line| is_row(line)).collect();
        list.replace(rows[1], &format!("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs", rows[1], rows[2]))
    };
    let bullets = |list: &str| {
        let list = changed(list, "", "", |cells| format!("- {}", cells[0]));
        list.replace("\n\n\n", "\n")
    };
    let unlinked = |list: &str| {
        let row = |line: &str| match line.split_once("](").zip(line.split_once(")**")) {
            Some(((title, _), (_, rest))) => format!("{}{rest}", title.replace("**[", "")),
            None => line.to_owned(),
        };
        list.split_inclusive('\n').map(row).collect()
    };
    let cut = |list: &str| list.split_once("<!-- paperwire:end").unwrap().0.to_owned();
    let changes: [(&str, ListChange<'_>, &str); 6] = [
        ("without a title", &without_title, "no table of papers"),
        ("without the title's header", &header_alone, "no table of papers"),
        ("in conflict", &conflicted, "a merge that is not resolved"),
        ("as bullets", &bullets, "no table of papers"),
        ("with titles that are no links", &unlinked, "links a paper any more"),
        ("cut off", &cut, "is never closed"),
    ];
    for (what, change, why) in changes {
        let fake = FakeArxiv::serve_papers(vec![]);
        let env = test_env(&fake, 5);
        let whole = env.list();
        env.write_list(&change(&whole));
        fake.set_papers(sample(6));
        for now in [LATER, NEXT_DAY] {
            let reason = is_left(&env, now);
            assert!(reason.contains(why), "{what}: {reason}");
        }
        env.write_list(&whole);
        assert_eq!(env.once_well(DAY_AFTER).only_list().dismissed, [], "{what}");
        assert_eq!(env.rows(), addresses(&sample(6)), "{what}");
        let status = env.run(&["status", "--now", DAY_AFTER]);
        assert!(stdout(&status).contains("README.md: in order"), "{what}: {status:?}");
    }
}

fn without(list: &str, papers: &[Paper]) -> String {
    let is_of = |line: &&str| !papers.iter().any(|paper| line.contains(&address(paper)));
    list.split_inclusive('\n').filter(is_of).collect()
}

fn dismissed(answer: &OnceOutput) -> usize {
    answer.only_list().dismissed.len()
}

#[test]
fn more_than_half_of_a_table_counts_as_deleted_if_it_is_still_gone_in_the_next_run() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let papers = sample(6);
    env.write_list(&without(&env.list(), &papers[..3]));
    fake.set_papers(papers.clone());
    let reason = is_left(&env, LATER);
    assert!(reason.contains(&format!("3 rows of `{TOPIC}`")), "{reason}");
    assert_eq!(dismissed(&env.once_well(NEXT_DAY)), 3);
    assert_eq!(env.rows(), addresses(&papers[3..]));
    assert!(!env.once_well(DAY_AFTER).only_list().changed);
}

#[test]
fn half_of_a_table_or_less_is_believed_at_once() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 4);
    let mut papers = sample(4);
    env.write_list(&without(&env.list(), &papers[..2]));
    assert_eq!(dismissed(&env.once_well(LATER)), 2);
    papers.drain(..2);
    env.write_list(&without(&env.list(), &papers[..1]));
    assert_eq!(dismissed(&env.once_well(NEXT_DAY)), 1);
    env.write_list(&without(&env.list(), &papers));
    is_left(&env, DAY_AFTER);
    assert_eq!(dismissed(&env.once_well(LAST_DAY)), 1, "the last row of a table waits for a turn");
}

#[test]
fn what_comes_back_before_the_next_run_was_never_deleted() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let (whole, papers) = (env.list(), sample(5));
    env.write_list(&without(&whole, &papers[..4]));
    is_left(&env, LATER);
    env.write_list(&whole);
    assert!(!env.once_well(NEXT_DAY).only_list().changed);
    env.write_list(&without(&whole, &papers[..4]));
    is_left(&env, DAY_AFTER);
    env.write_list(&without(&whole, &papers[..3]));
    is_left(&env, LAST_DAY);
    assert!(stdout(&env.run(&["list", "dismissed"])).contains("nothing was taken out"));
    assert_eq!(dismissed(&env.once_well("2025-03-30T20:00:00Z")), 3, "the same rows twice");
    assert_eq!(env.rows(), addresses(&papers[3..]));
}

#[test]
fn another_set_of_columns_leaves_a_persons_heading_notes_and_columns() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 3);
    let list = env.list().replace(&format!("## {TOPIC}\n"), "## What we read\n\nOn Fridays, *here*.\n");
    let header =
        "| Stars | **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** | Read by |";
    let edited = changed(&list, header, "| :-: | --- | --- | --- | --- | --- | --: |", |cells| {
        format!("| 5 | {} | Ada |", cells.join(" | "))
    });
    env.write_list(&edited.replace("\n\n<!-- paperwire:end", "\n\nMore below.\n\n<!-- paperwire:end"));
    env.once_well(LATER);
    let env = env.with_list("columns = [\"Title\", \"Authors\", \"Date\"]\n");
    fake.set_papers(sample(4));
    assert_eq!(env.once_well(NEXT_DAY).only_list().dismissed, []);
    let list = env.list();
    for kept in [
        "## What we read\n\nOn Fridays, *here*.\n\n",
        "\n| Stars | **Title** | **Authors** | **Date** | Read by |\n| :-: | --- | --- | --- | --: |\n",
        "\nMore below.\n\n<!-- paperwire:end",
    ] {
        assert!(list.contains(kept), "{kept} in {list}");
    }
    let rows: Vec<Vec<&str>> = list.lines().filter(|line| is_row(line)).map(cells).collect();
    assert_eq!(rows.iter().filter(|row| row.len() == 5 && row[0] == "5" && row[4] == "Ada").count(), 3);
    assert!(rows.iter().all(|row| !row[2].is_empty() && row[3].starts_with("2025-")), "{list}");
    let env = env.with_list("");
    env.once_well(DAY_AFTER);
    let list = env.list();
    assert!(list.contains("## What we read\n\nOn Fridays, *here*.\n\n| Stars | **Title** | "), "{list}");
    assert_eq!(list.matches("| 5 | ").count(), 3, "{list}");
}

#[test]
fn most_of_a_table_in_a_repository_is_asked_about_twice_too() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge(1);
    let header = "| Stars | **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |";
    env.edits("main", |list| changed(list, header, "| - | - | - | - | - | - |", as_it_is));
    let answer = env.run_once_well();
    assert_eq!((dismissed(&answer), env.open()), (0, vec![2]), "{answer:?}");
    assert!(env.bare.file_at_branch(BRANCH, "README.md").contains(&format!("\n{header}\n")));
    env.merge(2);
    env.run_once_well();

    let gone = env.papers[..4].to_vec();
    env.edits("main", |list| without(list, &gone));
    env.add_papers(1);
    let answer = env.run_once();
    assert!(answer.only_list().reason.as_ref().unwrap().contains("4 rows of"), "{answer:?}");
    assert_eq!((answer.status, env.open()), (1, vec![]), "nothing is proposed");
    let answer = env.run_once_well();
    assert_eq!((dismissed(&answer), env.open()), (4, vec![3]), "{answer:?}");
    assert_eq!(dismissed(&env.run_once_well()), 0);
}

#[test]
fn most_of_the_rows_that_a_person_deletes_from_our_branch_are_asked_about_twice_too() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    let gone = env.papers[1..].to_vec();
    env.edits(BRANCH, |list| without(list, &gone));
    let by_hand = env.bare.branch_head(BRANCH);
    env.add_papers(1);
    let answer = env.run_once();
    assert_eq!((answer.status, env.bare.branch_head(BRANCH)), (1, by_hand), "{answer:?}");
    env.run_once_well();
    let is_gone = |row: &String| addresses(&gone).contains(row);
    let left: Vec<String> = env.expected().into_iter().filter(|row| !is_gone(row)).collect();
    assert_eq!((env.rows(BRANCH), left.len()), (left, 2));
    let head = env.bare.branch_head(BRANCH);
    env.run_once_well();
    assert_eq!(env.bare.branch_head(BRANCH), head, "it is settled");
}

#[test]
fn a_row_that_a_person_restores_is_kept_up_to_date_again() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let (whole, mut papers) = (env.list(), sample(5));
    env.write_list(&without(&whole, &papers[..2]));
    assert_eq!(dismissed(&env.once_well(LATER)), 2);
    // They come back, and another one goes.
    env.write_list(&without(&whole, &papers[4..]));
    assert_eq!(dismissed(&env.once_well(NEXT_DAY)), 1);
    let taken_out = papers.pop().unwrap();
    assert_eq!(env.rows(), addresses(&papers));
    let left = env.run(&["list", "dismissed"]);
    assert!(stdout(&left).contains(taken_out.id.as_str()) && stdout(&left).lines().count() == 1, "{left:?}");
    papers[0] = revised(&papers[0], 1);
    let papers = sorted(papers);
    fake.set_papers(papers.clone());
    env.once_well(DAY_AFTER);
    assert_eq!(env.rows(), addresses(&papers), "the next version comes as to any row");
}

#[test]
fn a_row_that_a_person_restores_in_a_repository_is_kept_up_to_date_again() {
    for branch in ["main", BRANCH] {
        let mut env = RepositoryEnv::at_a_forge();
        env.run_once_well();
        if branch == "main" {
            env.merge(1);
        }
        let (whole, gone) = (env.bare.file_at_branch(branch, "README.md"), env.papers[0].clone());
        env.edits(branch, |list| without(list, std::slice::from_ref(&gone)));
        env.add_papers(1);
        env.run_once_well();
        let taken_out = env.local.run(&["list", "dismissed"]);
        assert!(stdout(&taken_out).contains(gone.id.as_str()), "{branch}: {taken_out:?}");
        if branch == "main" {
            env.merge(2);
            env.run_once_well();
        }
        let row = whole.lines().find(|line| line.contains(&address(&gone))).unwrap();
        env.edits(branch, |list| {
            let rule = list.lines().find(|line| line.starts_with("| ---")).unwrap();
            list.replace(rule, &format!("{rule}\n{row}"))
        });
        env.run_once_well();
        let taken_out = env.local.run(&["list", "dismissed"]);
        assert!(stdout(&taken_out).contains("nothing was taken out"), "{branch}: {taken_out:?}");
        env.papers[0] = revised(&env.papers[0], 1);
        env.arxiv.set_papers(sorted(env.papers.clone()));
        env.run_once_well();
        assert_eq!(env.rows(BRANCH), env.expected(), "{branch}");
    }
}

#[test]
fn most_of_the_rows_of_two_of_our_branches_count_as_deleted_in_the_end() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.end(1, false);
    env.add_papers(1);
    env.run_once_well();
    let second = env.forge.lock_memory().pulls.last().unwrap().head.clone();
    assert_ne!(second, BRANCH);
    let gone = env.papers[1..5].to_vec();
    for branch in [BRANCH, &second] {
        env.edits(branch, |list| without(list, &gone));
    }
    for _ in 0..2 {
        let answer = env.run_once();
        assert!(answer.only_list().reason.as_ref().unwrap().contains("seem to be gone"), "{answer:?}");
    }
    env.run_once_well();
    let rows = env.rows(&second);
    assert!(!gone.iter().any(|paper| rows.contains(&address(paper))), "{rows:?}");
}

#[test]
fn a_row_that_a_person_restores_after_its_next_version_came_follows_it() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let (whole, mut papers) = (env.list(), sample(5));
    env.write_list(&without(&whole, &papers[..1]));
    assert_eq!(dismissed(&env.once_well(LATER)), 1);
    papers[0] = revised(&papers[0], 1);
    let papers = sorted(papers);
    fake.set_papers(papers.clone());
    env.once_well(NEXT_DAY);
    env.write_list(&whole);
    let answer = env.once_well(DAY_AFTER);
    assert_eq!((env.rows(), answer.only_list().conflicts.len()), (addresses(&papers), 0), "{answer:?}");
}

#[test]
fn a_row_that_stayed_only_for_a_persons_edit_stays_deleted_once_they_delete_it() {
    let fake = FakeArxiv::serve_papers(vec![]);
    fake.set_papers(sample(4));
    let env = TestEnv::asking(&fake).with_rows(4);
    env.once_well(NOW);
    let last = sample(4).pop().unwrap();
    let row = env.list().lines().find(|line| line.contains(&address(&last))).unwrap().to_owned();
    env.write_list(&env.list().replace(&row, &row.replace("None", "mine")));
    fake.set_papers(sample(5));
    env.once_well(LATER);
    assert!(env.rows().contains(&address(&last)), "past `rows`, and kept for what was written into it");
    let mut papers = sample(5);
    env.write_list(&without(&env.list(), std::slice::from_ref(&last)));
    assert_eq!(dismissed(&env.once_well(NEXT_DAY)), 1);
    assert!(stdout(&env.run(&["list", "dismissed"])).contains(last.id.as_str()));
    let at = papers.iter().position(|paper| paper.id == last.id).unwrap();
    papers[at] = revised(&last, 30);
    fake.set_papers(sorted(papers));
    env.once_well(DAY_AFTER);
    let id = last.id.as_arxiv().unwrap().to_string();
    assert!(!env.list().contains(&id), "its next version does not bring it back");
}

#[test]
fn a_proposed_row_that_a_person_takes_into_the_base_by_hand_follows_its_paper() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge(1);
    env.add_papers(2);
    env.run_once_well();
    let proposed = env.bare.file_at_branch(BRANCH, "README.md");
    let row = proposed.lines().find(|line| line.contains("arxiv.org/abs/")).unwrap().to_owned();
    env.edits("main", |list| {
        let rule = list.lines().find(|line| line.starts_with("| ---")).unwrap();
        list.replace(rule, &format!("{rule}\n{row}"))
    });
    let which = env.papers.iter().position(|paper| row.contains(&address(paper))).unwrap();
    env.papers[which] = revised(&env.papers[which], 1);
    env.arxiv.set_papers(sorted(env.papers.clone()));
    env.run_once_well();
    assert_eq!(env.rows(BRANCH), env.expected());
}
