//! What a person does to the header of a table is never a deletion, and what seems to be gone all at once is believed only
//! if it is still gone a run later.

use paperwire::domain::Paper;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::sample_papers::{newest_first, next_version, sample_papers, versioned_id, versioned_ids};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, OnceOutput, TOPIC, TestEnv, stdout};

const HEADER: &str = "| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |";
const RULE: &str = "| --- | --- | --- | --- | --- |";
const DAY_AFTER: &str = "2025-03-28T20:00:00Z";
const LAST_DAY: &str = "2025-03-29T20:00:00Z";

fn test_env(fake: &FakeArxiv, count: usize) -> TestEnv {
    fake.set_papers(sample_papers(count));
    let env = TestEnv::with_arxiv(fake);
    env.run_once_without_failure(NOW);
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
fn line_cells(line: &str) -> Vec<&str> {
    line.trim().trim_start_matches('|').trim_end_matches('|').split(" | ").map(str::trim).collect()
}

/// The list with another header and rule, and each row changed.
fn with_changed_table(list: &str, header: &str, rule: &str, row: impl Fn(&[&str]) -> String) -> String {
    let lines = list.lines().map(|line| match line {
        HEADER => header.to_owned(),
        RULE => rule.to_owned(),
        line if is_row(line) => row(&line_cells(line)),
        line => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

fn as_it_is(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Asserts that each of these papers has one row.
fn each_has_a_row(env: &TestEnv, papers: &[Paper], what: &str) {
    let list = env.list_text();
    for paper in papers {
        let id = paper.id.as_arxiv_id().unwrap().to_string();
        let rows = list.lines().filter(|line| line.contains(&id)).count();
        assert_eq!(rows, 1, "{what}: {id} in {list}");
    }
}

/// Asserts that a header that was changed so is taken as it is, with all that comes after it, the next version of a paper too
/// if the person left the cell of its title as it was. Gives the list.
fn is_lived_with(what: &str, leaves_titles: bool, change: impl Fn(&str) -> String) -> String {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let changed = change(&env.list_text());
    assert_ne!(changed, env.list_text(), "{what}");
    env.write_list(&changed);
    let mut papers = sample_papers(7);
    papers[1] = next_version(&papers[1], 2);
    for (papers, now) in [(&sample_papers(5), LATER), (&newest_first(papers.clone()), NEXT_DAY)] {
        fake.set_papers(papers.clone());
        let answer = env.run_once(now);
        assert_eq!((&answer.only_list().reason, answer.status), (&None, 0), "{what}: {}", env.list_text());
        assert_eq!(answer.only_list().dismissed, [], "{what}: {answer:?}");
        each_has_a_row(&env, papers, what);
    }
    assert!(
        !leaves_titles || env.list_text().contains(&versioned_id(&papers[1])),
        "{what}: v2 has come: {}",
        env.list_text()
    );
    assert!(!env.run_once_without_failure(DAY_AFTER).only_list().changed, "{what}: {}", env.list_text());
    env.list_text()
}

#[test]
fn a_column_that_a_person_puts_into_the_header_alone_takes_no_row_away() {
    for place in 0..=5 {
        let into = |line: &str, cell: &str| {
            let mut cells = line_cells(line);
            cells.insert(place, cell);
            as_it_is(&cells)
        };
        let (header, rule) = (into(HEADER, "Stars"), into(RULE, ":-:"));
        let list = is_lived_with(&header, true, |list| with_changed_table(list, &header, &rule, as_it_is));
        assert!(list.contains(&format!("\n{header}\n{rule}\n")), "{list}");
        for row in list.lines().filter(|line| is_row(line)) {
            let mut cells = line_cells(row);
            if place < 5 {
                assert_eq!(cells.remove(place), "", "its rows make room for it: {row}");
            }
            assert!(cells[0].starts_with("**["), "{row}");
        }
    }
}

#[test]
fn a_header_that_is_changed_alone_takes_no_row_away_that_has_more_than_its_title() {
    let marks: [(&str, RowChange<'_>); 4] = [
        ("starred", &|cells| as_it_is(&[&[format!("⭐ {}", cells[0]).as_str()], &cells[1..]].concat())),
        ("read", &|cells| as_it_is(&[&[format!("{} (read)", cells[0]).as_str()], &cells[1..]].concat())),
        ("with code", &|cells| {
            as_it_is(
                &[&[format!("{} [code](https://github.com/a/b)", cells[0]).as_str()], &cells[1..]].concat(),
            )
        }),
        ("published", &|cells| {
            let title = format!("{} [Published](https://doi.org/10.1103/x.1)", cells[0]);
            as_it_is(&[&[title.as_str()], &cells[1..]].concat())
        }),
    ];
    for (what, mark) in marks {
        for (header, rule) in [
            (HEADER.replacen("| ", "| Stars | ", 1), RULE.replacen("| ", "| :-: | ", 1)),
            (HEADER.replace("**Title** | **Date**", "**Date** | **Title**"), RULE.to_owned()),
        ] {
            let list = is_lived_with(&format!("{header} {what}"), false, |list| {
                with_changed_table(list, &header, &rule, mark)
            });
            assert!(list.contains(&format!("\n{header}\n{rule}\n")), "{list}");
        }
    }
}

#[test]
fn a_second_table_with_its_columns_in_another_order_takes_no_row_away() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 6);
    let list = env.list_text();
    let mut rows: Vec<&str> = list.lines().filter(|line| is_row(line)).collect();
    let older = rows.split_off(3).into_iter().map(line_cells);
    let older = older.flat_map(|cells| ["| ", cells[1], " | ", cells[0], " (good) | ", cells[3], " |\n"]);
    let older: String = older.collect();
    let second = format!("\n### Older\n\n| Date | Title | Comment |\n| --- | --- | --- |\n{older}");
    let kept = list.lines().filter(|line| !is_row(line) || rows.contains(line));
    let edited: String = kept.flat_map(|line| [line, "\n"]).collect();
    env.write_list(&edited.replace("\n\n<!-- paperwire:end", &format!("\n{second}\n<!-- paperwire:end")));
    for now in [LATER, NEXT_DAY] {
        let answer = env.run_once_without_failure(now);
        assert_eq!(answer.only_list().dismissed, [], "{answer:?}");
        each_has_a_row(&env, &sample_papers(6), "two tables");
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
    let with_related = |cells: &[&str]| {
        let (_, paper) = cells[0].split_once("/abs/2503.").unwrap();
        format!(
            "| [baseline](https://arxiv.org/abs/1503.{} | {} |",
            &paper[..6].replace('v', ")"),
            cells.join(" | ")
        )
    };
    let changes: [(&str, &str, RowChange<'_>); 15] = [
        (turned, RULE, &turned_row),
        (turned, RULE, &none),
        ("| 论文 | **Date** | **Abstract** | **Comment** | **CodeRepository** |", RULE, &none),
        ("| Titel | Datum | Inhalt | Anmerkung | Code |", RULE, &none),
        (
            "| Related | Paper | **Date** | **Abstract** | **Comment** | **CodeRepository** |",
            "|-|-|-|-|-|-|",
            &with_related,
        ),
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
        let list = is_lived_with(header, !header.contains("**Link**"), |list| {
            with_changed_table(list, header, rule, row)
        });
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
    let edited = env.list_text().replace(HEADER, &format!("{data}{header}"));
    env.write_list(&edited);
    let answer = env.run_once_without_failure(LATER);
    assert_eq!((&answer.only_list().dismissed, env.list_text()), (&vec![], edited.clone()));
    fake.set_papers(sample_papers(7));
    env.run_once_without_failure(NEXT_DAY);
    each_has_a_row(&env, &sample_papers(7), "two more");
    let list = env.list_text();
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
        let edited = env.list_text().replace(from, to);
        env.write_list(&edited);
        let answer = env.run_once_without_failure(LATER);
        assert_eq!((&answer.only_list().dismissed, env.list_text()), (&vec![], edited), "{what}");
        fake.set_papers(sample_papers(6));
        env.run_once_without_failure(NEXT_DAY);
        each_has_a_row(&env, &sample_papers(6), &what);
    }
}

#[test]
fn a_row_that_only_mentions_another_paper_is_not_taken_for_it() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 4);
    let papers = sample_papers(6);
    let link = |paper: &Paper| format!("[x](http://arxiv.org/abs/{})", paper.id.as_arxiv_id().unwrap());
    let notes =
        format!("| a note | | see {} | | |\n| another | {} | | | |\n", link(&papers[5]), link(&papers[2]));
    env.write_list(&env.list_text().replace(&format!("{RULE}\n"), &format!("{RULE}\n{notes}")));
    fake.set_papers(papers.clone());
    let answer = env.run_once_without_failure(LATER);
    assert_eq!((answer.status_and_counts().1, &answer.only_list().dismissed), (2, &vec![]));
    assert!(env.list_text().contains(&notes), "{}", env.list_text());
    assert_eq!(env.list_rows(), versioned_ids(&papers));
}

/// Asserts that a list is left as it is, and gives why.
fn assert_left_alone(env: &TestEnv, now: &str) -> String {
    let before = env.list_text();
    let answer = env.run_once(now);
    assert_eq!((answer.status, env.list_text()), (1, before), "{answer:?}");
    let reason = answer.only_list().reason.clone().unwrap();
    let status = env.run_program(&["status", "--now", now]);
    assert!(stdout(&status).contains(&reason.replace('\n', " ")), "{reason} in {status:?}");
    reason
}

#[test]
fn a_table_that_cannot_be_read_any_more_is_left_as_it_is_and_goes_on_once_it_is_mended() {
    let without_title = |list: &str| {
        let header = HEADER.replace("| **Title** ", "");
        with_changed_table(list, &header, "| - | - | - | - |", |cells| as_it_is(&cells[1..]))
    };
    let header_alone = |list: &str| {
        with_changed_table(list, &HEADER.replace("| **Title** ", ""), "| - | - | - | - |", as_it_is)
    };
    let conflicted = |list: &str| {
        let rows: Vec<&str> = list.lines().filter(|line| is_row(line)).collect();
        list.replace(rows[1], &format!("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs", rows[1], rows[2]))
    };
    let bullets = |list: &str| {
        let list = with_changed_table(list, "", "", |cells| format!("- {}", cells[0]));
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
        let whole = env.list_text();
        env.write_list(&change(&whole));
        fake.set_papers(sample_papers(6));
        for now in [LATER, NEXT_DAY] {
            let reason = assert_left_alone(&env, now);
            assert!(reason.contains(why), "{what}: {reason}");
        }
        env.write_list(&whole);
        assert_eq!(env.run_once_without_failure(DAY_AFTER).only_list().dismissed, [], "{what}");
        assert_eq!(env.list_rows(), versioned_ids(&sample_papers(6)), "{what}");
        let status = env.run_program(&["status", "--now", DAY_AFTER]);
        assert!(stdout(&status).contains("README.md: in order"), "{what}: {status:?}");
    }
}

fn without_papers(list: &str, papers: &[Paper]) -> String {
    let is_of = |line: &&str| !papers.iter().any(|paper| line.contains(&versioned_id(paper)));
    list.split_inclusive('\n').filter(is_of).collect()
}

fn dismissed_count(answer: &OnceOutput) -> usize {
    answer.only_list().dismissed.len()
}

#[test]
fn more_than_half_of_a_table_counts_as_deleted_if_it_is_still_gone_in_the_next_run() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let papers = sample_papers(6);
    env.write_list(&without_papers(&env.list_text(), &papers[..3]));
    fake.set_papers(papers.clone());
    let reason = assert_left_alone(&env, LATER);
    assert!(reason.contains(&format!("3 rows of `{TOPIC}`")), "{reason}");
    assert_eq!(dismissed_count(&env.run_once_without_failure(NEXT_DAY)), 3);
    assert_eq!(env.list_rows(), versioned_ids(&papers[3..]));
    assert!(!env.run_once_without_failure(DAY_AFTER).only_list().changed);
}

#[test]
fn half_of_a_table_or_less_is_believed_at_once() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 4);
    let mut papers = sample_papers(4);
    env.write_list(&without_papers(&env.list_text(), &papers[..2]));
    assert_eq!(dismissed_count(&env.run_once_without_failure(LATER)), 2);
    papers.drain(..2);
    env.write_list(&without_papers(&env.list_text(), &papers[..1]));
    assert_eq!(dismissed_count(&env.run_once_without_failure(NEXT_DAY)), 1);
    env.write_list(&without_papers(&env.list_text(), &papers));
    assert_left_alone(&env, DAY_AFTER);
    assert_eq!(
        dismissed_count(&env.run_once_without_failure(LAST_DAY)),
        1,
        "the last row of a table waits for a turn"
    );
}

#[test]
fn what_comes_back_before_the_next_run_was_never_deleted() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let (whole, papers) = (env.list_text(), sample_papers(5));
    env.write_list(&without_papers(&whole, &papers[..4]));
    assert_left_alone(&env, LATER);
    env.write_list(&whole);
    assert!(!env.run_once_without_failure(NEXT_DAY).only_list().changed);
    env.write_list(&without_papers(&whole, &papers[..4]));
    assert_left_alone(&env, DAY_AFTER);
    env.write_list(&without_papers(&whole, &papers[..3]));
    assert_left_alone(&env, LAST_DAY);
    assert!(stdout(&env.run_program(&["list", "dismissed"])).contains("nothing was taken out"));
    assert_eq!(
        dismissed_count(&env.run_once_without_failure("2025-03-30T20:00:00Z")),
        3,
        "the same rows twice"
    );
    assert_eq!(env.list_rows(), versioned_ids(&papers[3..]));
}

#[test]
fn another_set_of_columns_leaves_a_persons_heading_notes_and_columns() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 3);
    let list = env.list_text().replace(&format!("## {TOPIC}\n"), "## What we read\n\nOn Fridays, *here*.\n");
    let header =
        "| Stars | **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** | Read by |";
    let edited = with_changed_table(&list, header, "| :-: | --- | --- | --- | --- | --- | --: |", |cells| {
        format!("| 5 | {} | Ada |", cells.join(" | "))
    });
    env.write_list(&edited.replace("\n\n<!-- paperwire:end", "\n\nMore below.\n\n<!-- paperwire:end"));
    env.run_once_without_failure(LATER);
    let env = env.with_list("columns = [\"Title\", \"Authors\", \"Date\"]\n");
    fake.set_papers(sample_papers(4));
    assert_eq!(env.run_once_without_failure(NEXT_DAY).only_list().dismissed, []);
    let list = env.list_text();
    for kept in [
        "## What we read\n\nOn Fridays, *here*.\n\n",
        "\n| Stars | **Title** | **Authors** | **Date** | Read by |\n| :-: | --- | --- | --- | --: |\n",
        "\nMore below.\n\n<!-- paperwire:end",
    ] {
        assert!(list.contains(kept), "{kept} in {list}");
    }
    let rows: Vec<Vec<&str>> = list.lines().filter(|line| is_row(line)).map(line_cells).collect();
    assert_eq!(rows.iter().filter(|row| row.len() == 5 && row[0] == "5" && row[4] == "Ada").count(), 3);
    assert!(rows.iter().all(|row| !row[2].is_empty() && row[3].starts_with("2025-")), "{list}");
    let env = env.with_list("");
    env.run_once_without_failure(DAY_AFTER);
    let list = env.list_text();
    assert!(list.contains("## What we read\n\nOn Fridays, *here*.\n\n| Stars | **Title** | "), "{list}");
    assert_eq!(list.matches("| 5 | ").count(), 3, "{list}");
}

#[test]
fn most_of_a_table_in_a_repository_is_asked_about_twice_too() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge_pull_request(1);
    let header = "| Stars | **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |";
    env.edit_list("main", |list| with_changed_table(list, header, "| - | - | - | - | - | - |", as_it_is));
    let answer = env.run_once_well();
    assert_eq!((dismissed_count(&answer), env.open_pull_requests()), (0, vec![2]), "{answer:?}");
    assert!(env.bare.file_at_branch(BRANCH, "README.md").contains(&format!("\n{header}\n")));
    env.merge_pull_request(2);
    env.run_once_well();

    let gone = env.papers[..4].to_vec();
    env.edit_list("main", |list| without_papers(list, &gone));
    env.add_papers(1);
    let answer = env.run_once();
    assert!(answer.only_list().reason.as_ref().unwrap().contains("4 rows of"), "{answer:?}");
    assert_eq!((answer.status, env.open_pull_requests()), (1, vec![]), "nothing is proposed");
    let answer = env.run_once_well();
    assert_eq!((dismissed_count(&answer), env.open_pull_requests()), (4, vec![3]), "{answer:?}");
    assert_eq!(dismissed_count(&env.run_once_well()), 0);
}

#[test]
fn most_of_the_rows_that_a_person_deletes_from_our_branch_are_asked_about_twice_too() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    let gone = env.papers[1..].to_vec();
    env.edit_list(BRANCH, |list| without_papers(list, &gone));
    let by_hand = env.bare.branch_head(BRANCH);
    env.add_papers(1);
    let answer = env.run_once();
    assert_eq!((answer.status, env.bare.branch_head(BRANCH)), (1, by_hand), "{answer:?}");
    env.run_once_well();
    let is_gone = |row: &String| versioned_ids(&gone).contains(row);
    let left: Vec<String> = env.expected_rows().into_iter().filter(|row| !is_gone(row)).collect();
    assert_eq!((env.rows(BRANCH), left.len()), (left, 2));
    let head = env.bare.branch_head(BRANCH);
    env.run_once_well();
    assert_eq!(env.bare.branch_head(BRANCH), head, "it is settled");
}

#[test]
fn a_row_that_a_person_restores_is_kept_up_to_date_again() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let (whole, mut papers) = (env.list_text(), sample_papers(5));
    env.write_list(&without_papers(&whole, &papers[..2]));
    assert_eq!(dismissed_count(&env.run_once_without_failure(LATER)), 2);
    // They come back, and another one goes.
    env.write_list(&without_papers(&whole, &papers[4..]));
    assert_eq!(dismissed_count(&env.run_once_without_failure(NEXT_DAY)), 1);
    let taken_out = papers.pop().unwrap();
    assert_eq!(env.list_rows(), versioned_ids(&papers));
    let left = env.run_program(&["list", "dismissed"]);
    assert!(stdout(&left).contains(taken_out.id.as_str()) && stdout(&left).lines().count() == 1, "{left:?}");
    papers[0] = next_version(&papers[0], 1);
    let papers = newest_first(papers);
    fake.set_papers(papers.clone());
    env.run_once_without_failure(DAY_AFTER);
    assert_eq!(env.list_rows(), versioned_ids(&papers), "the next version comes as to any row");
}

#[test]
fn a_row_that_a_person_restores_in_a_repository_is_kept_up_to_date_again() {
    for branch in ["main", BRANCH] {
        let mut env = RepositoryEnv::at_a_forge();
        env.run_once_well();
        if branch == "main" {
            env.merge_pull_request(1);
        }
        let (whole, gone) = (env.bare.file_at_branch(branch, "README.md"), env.papers[0].clone());
        env.edit_list(branch, |list| without_papers(list, std::slice::from_ref(&gone)));
        env.add_papers(1);
        env.run_once_well();
        let taken_out = env.local.run_program(&["list", "dismissed"]);
        assert!(stdout(&taken_out).contains(gone.id.as_str()), "{branch}: {taken_out:?}");
        if branch == "main" {
            env.merge_pull_request(2);
            env.run_once_well();
        }
        let row = whole.lines().find(|line| line.contains(&versioned_id(&gone))).unwrap();
        env.edit_list(branch, |list| {
            let rule = list.lines().find(|line| line.starts_with("| ---")).unwrap();
            list.replace(rule, &format!("{rule}\n{row}"))
        });
        env.run_once_well();
        let taken_out = env.local.run_program(&["list", "dismissed"]);
        assert!(stdout(&taken_out).contains("nothing was taken out"), "{branch}: {taken_out:?}");
        env.papers[0] = next_version(&env.papers[0], 1);
        env.arxiv.set_papers(newest_first(env.papers.clone()));
        env.run_once_well();
        assert_eq!(env.rows(BRANCH), env.expected_rows(), "{branch}");
    }
}

#[test]
fn most_of_the_rows_of_two_of_our_branches_count_as_deleted_in_the_end() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.close_pull_request(1, false);
    env.add_papers(1);
    env.run_once_well();
    let second = env.forge.lock_memory().pulls.last().unwrap().head.clone();
    assert_ne!(second, BRANCH);
    let gone = env.papers[1..5].to_vec();
    for branch in [BRANCH, &second] {
        env.edit_list(branch, |list| without_papers(list, &gone));
    }
    for _ in 0..2 {
        let answer = env.run_once();
        assert!(answer.only_list().reason.as_ref().unwrap().contains("seem to be gone"), "{answer:?}");
    }
    env.run_once_well();
    let rows = env.rows(&second);
    assert!(!gone.iter().any(|paper| rows.contains(&versioned_id(paper))), "{rows:?}");
}

#[test]
fn a_row_that_a_person_restores_after_its_next_version_came_follows_it() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let env = test_env(&fake, 5);
    let (whole, mut papers) = (env.list_text(), sample_papers(5));
    env.write_list(&without_papers(&whole, &papers[..1]));
    assert_eq!(dismissed_count(&env.run_once_without_failure(LATER)), 1);
    papers[0] = next_version(&papers[0], 1);
    let papers = newest_first(papers);
    fake.set_papers(papers.clone());
    env.run_once_without_failure(NEXT_DAY);
    env.write_list(&whole);
    let answer = env.run_once_without_failure(DAY_AFTER);
    assert_eq!(
        (env.list_rows(), answer.only_list().conflicts.len()),
        (versioned_ids(&papers), 0),
        "{answer:?}"
    );
}

#[test]
fn a_row_that_stayed_only_for_a_persons_edit_stays_deleted_once_they_delete_it() {
    let fake = FakeArxiv::serve_papers(vec![]);
    fake.set_papers(sample_papers(4));
    let env = TestEnv::with_arxiv(&fake).with_rows(4);
    env.run_once_without_failure(NOW);
    let last = sample_papers(4).pop().unwrap();
    let row = env.list_text().lines().find(|line| line.contains(&versioned_id(&last))).unwrap().to_owned();
    env.write_list(&env.list_text().replace(&row, &row.replace("None", "mine")));
    fake.set_papers(sample_papers(5));
    env.run_once_without_failure(LATER);
    assert!(
        env.list_rows().contains(&versioned_id(&last)),
        "past `rows`, and kept for what was written into it"
    );
    let mut papers = sample_papers(5);
    env.write_list(&without_papers(&env.list_text(), std::slice::from_ref(&last)));
    assert_eq!(dismissed_count(&env.run_once_without_failure(NEXT_DAY)), 1);
    assert!(stdout(&env.run_program(&["list", "dismissed"])).contains(last.id.as_str()));
    let at = papers.iter().position(|paper| paper.id == last.id).unwrap();
    papers[at] = next_version(&last, 30);
    fake.set_papers(newest_first(papers));
    env.run_once_without_failure(DAY_AFTER);
    let id = last.id.as_arxiv_id().unwrap().to_string();
    assert!(!env.list_text().contains(&id), "its next version does not bring it back");
}

#[test]
fn a_proposed_row_that_a_person_takes_into_the_base_by_hand_follows_its_paper() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge_pull_request(1);
    env.add_papers(2);
    env.run_once_well();
    let proposed = env.bare.file_at_branch(BRANCH, "README.md");
    let row = proposed.lines().find(|line| line.contains("arxiv.org/abs/")).unwrap().to_owned();
    env.edit_list("main", |list| {
        let rule = list.lines().find(|line| line.starts_with("| ---")).unwrap();
        list.replace(rule, &format!("{rule}\n{row}"))
    });
    let which = env.papers.iter().position(|paper| row.contains(&versioned_id(paper))).unwrap();
    env.papers[which] = next_version(&env.papers[which], 1);
    env.arxiv.set_papers(newest_first(env.papers.clone()));
    env.run_once_well();
    assert_eq!(env.rows(BRANCH), env.expected_rows());
}
