//! What a person does at one moment of a run, and where a run breaks off: each of these once lost a row or brought one back.

use std::sync::{Arc, Mutex};

use paperwire::list::forge::ForgeVendor;
use rusqlite::Connection;

use super::RaceEnv;
use super::person::MergeMethod;
use crate::support::repository_env::BRANCH;
use crate::support::test_env::{OnceOutput, rows_of_list, stdout};

/// A list whose first papers are merged, and a pull request with two more; its number.
fn race_with_open_pull_request(kind: ForgeVendor) -> (RaceEnv, usize) {
    let mut race = RaceEnv::at_forge(kind);
    race.run_undisturbed();
    race.person.merge_pull_request(1, MergeMethod::Commit);
    race.add_papers(2);
    race.run_undisturbed();
    let open = race.env.open_pull_requests()[0];
    (race, open)
}

/// A list without the first of its rows that is about a paper, and that row.
fn without_first_row(list: &str) -> (String, String) {
    let row = list.lines().find(|line| line.starts_with("| **[")).unwrap();
    (list.replacen(&format!("{row}\n"), "", 1), rows_of_list(row).remove(0))
}

/// Deletes the last row of the base, next to which no proposal adds its rows; which it was.
fn delete_last_row(race: &RaceEnv) -> String {
    let mut gone = None;
    let is_done = race.person.edit_list("main", |list| {
        let row = list.lines().rfind(|line| line.starts_with("| **["))?;
        gone = Some(rows_of_list(row).remove(0));
        Some(list.replacen(&format!("{row}\n"), "", 1))
    });
    assert!(is_done);
    gone.unwrap()
}

/// Puts the last row of an earlier list back into the base, behind all others.
fn put_last_row_back(race: &RaceEnv, earlier: &str) {
    let last_row = |list: &str| list.lines().rfind(|line| line.starts_with("| **[")).unwrap().to_owned();
    assert!(race.person.edit_list("main", |list| {
        let last = last_row(list);
        Some(list.replacen(&last, &format!("{last}\n{}", last_row(earlier)), 1))
    }));
}

/// Deletes the first row on a branch; which it was.
fn delete_first_row(race: &RaceEnv, branch: &str) -> String {
    let mut gone = None;
    let is_done = race.person.edit_list(branch, |list| {
        let (list, row) = without_first_row(list);
        gone = Some(row);
        Some(list)
    });
    assert!(is_done);
    gone.unwrap()
}

fn expected_rows_without(race: &RaceEnv, gone: &str) -> Vec<String> {
    race.env.expected_rows().into_iter().filter(|row| row != gone).collect()
}

#[test]
fn rows_that_a_person_merges_while_the_base_moves_at_every_observation_are_merged() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
    race.add_papers(1);
    let (person, looks) = (race.person.clone(), Arc::new(Mutex::new(0)));
    let begins_to_ask = |lines: &[String]| {
        let is_git = |line: Option<&String>| line.is_some_and(|line| line.contains("git-"));
        !is_git(lines.last()) && is_git(lines.iter().rev().nth(1))
    };
    let each = (0..super::CONTACTS_MAX).map(|at| {
        let (person, looks, contacts) = (person.clone(), Arc::clone(&looks), Arc::clone(&race.contacts));
        let act: super::ContactAction = Box::new(move || {
            if begins_to_ask(&contacts.lock().unwrap().lines) {
                let mut looks = looks.lock().unwrap();
                *looks += 1;
                match *looks {
                    1..=4 => assert!(person.add_file("main", &format!("{looks}.md"))),
                    5 => assert!(person.merge_pull_request(open, MergeMethod::Commit)),
                    _ => {}
                }
            }
            true
        });
        (at, act)
    });
    let answer = OnceOutput::parse_output(&race.run_with_actions(each.collect()));
    assert!(*looks.lock().unwrap() >= 5, "{:?}", race.contacts.lock().unwrap().lines);
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    let answer = race.run_undisturbed();
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn a_remote_that_is_away_for_a_moment_does_not_decide_what_was_merged() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
    let gone = delete_first_row(&race, BRANCH);
    assert!(race.person.merge_pull_request(open, MergeMethod::Squash) && race.person.delete_branch(BRANCH));
    race.add_papers(1);
    let asks_for_it = |lines: &[String]| lines.last().is_some_and(|line| line.contains("git-fetch-by-id"));
    let (output, has_happened) = race.run_with_action_when(asks_for_it, || false);
    let answer = OnceOutput::parse_output(&output);
    assert_eq!((answer.status, has_happened), (1, true), "{answer:?}");
    assert!(answer.only_list().reason.as_ref().unwrap().contains("503"), "{answer:?}");
    let answer = race.run_undisturbed();
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), expected_rows_without(&race, &gone));
}

#[test]
fn a_program_that_was_killed_after_an_unreported_merge_still_knows_what_was_generated() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
    delete_first_row(&race, BRANCH);
    assert!(race.person.merge_pull_request(open, MergeMethod::Squash) && race.person.delete_branch(BRANCH));
    // A head that the remote does not have any more.
    race.env.forge.lock_memory().pulls[open - 1].merged_head = Some("1".repeat(40));
    let pushes = |lines: &[String]| lines.last().is_some_and(|line| line.contains("git-push"));
    let killing = race.kill_action();
    let (_, has_happened) = race.run_with_action_when(pushes, killing);
    assert!(has_happened);
    // As if the merge were noted and the pull request were not.
    let db = Connection::open(race.env.local.path("paperwire.db")).unwrap();
    db.execute_batch(
        "DELETE FROM pushes WHERE is_merged = 0;
         UPDATE pull_requests SET is_merged = 0, is_closed = 0
             WHERE number = (SELECT max(number) FROM pull_requests);",
    )
    .unwrap();
    drop(db);
    race.revise_all();
    let answer = race.run_undisturbed();
    assert!(answer.only_list().conflicts.is_empty(), "{answer:?}");
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn what_a_killed_program_had_pushed_and_a_person_merged_is_known_as_generated() {
    for merging in [MergeMethod::Commit, MergeMethod::Squash, MergeMethod::Rebase] {
        let mut race = RaceEnv::at_forge(ForgeVendor::GitHub);
        race.run_undisturbed();
        race.person.merge_pull_request(1, MergeMethod::Commit);
        race.add_papers(2);
        let has_pushed =
            |lines: &[String]| lines.iter().rev().nth(1).is_some_and(|line| line.contains("git-push"));
        let killing = race.kill_action();
        let (_, has_happened) = race.run_with_action_when(has_pushed, killing);
        assert!(has_happened && race.env.open_pull_requests().is_empty());
        assert!(race.person.merges_by_hand(BRANCH, merging));
        race.add_papers(1);
        race.revise_all();
        let answer = race.run_undisturbed();
        let list = answer.only_list();
        assert_eq!((list.dismissed.len(), list.conflicts.len()), (0, 0), "{merging:?}: {answer:?}");
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows(), "{merging:?}");
    }
}

#[test]
fn a_row_that_is_restored_while_a_push_that_has_it_is_merged_is_written_again() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
    let gone = delete_last_row(&race);
    let id = gone.rsplit_once('v').unwrap().0;
    race.add_papers(1);
    let mut restore = race.env.local.program_command(&["list", "restore", id]);
    let (person, restored) = (race.person.clone(), Arc::new(Mutex::new(None)));
    let said = Arc::clone(&restored);
    let pushes = |lines: &[String]| lines.last().is_some_and(|line| line.contains("git-push"));
    let (output, has_happened) = race.run_with_action_when(pushes, move || {
        *said.lock().unwrap() = Some(restore.output().unwrap());
        person.merge_pull_request(open, MergeMethod::Commit)
    });
    let restored = restored.lock().unwrap().take();
    assert!(race.env.forge.lock_memory().pulls[open - 1].is_merged);
    assert!(has_happened && restored.as_ref().unwrap().status.success(), "{restored:?} {output:?}");
    race.run_undisturbed();
    let dismissed = race.env.local.run_program(&["list", "dismissed"]);
    assert!(stdout(&dismissed).contains("nothing was taken out"), "{dismissed:?}");
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn a_row_that_a_person_deletes_again_after_it_was_restored_stays_deleted() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
    race.person.merge_pull_request(open, MergeMethod::Commit);
    let gone = delete_first_row(&race, "main");
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
    let restored = race.env.local.run_program(&["list", "restore", gone.rsplit_once('v').unwrap().0]);
    assert!(restored.status.success(), "{restored:?}");
    race.run_undisturbed();
    assert_eq!(
        rows_of_list(&race.list_once_merged().unwrap()),
        race.env.expected_rows(),
        "it is proposed again"
    );
    let branch = race.proposed_branch().unwrap();
    assert_eq!(delete_first_row(&race, &branch), gone);
    race.add_papers(1);
    race.run_undisturbed();
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), expected_rows_without(&race, &gone));
    let open = race.env.open_pull_requests()[0];
    assert!(race.person.merge_pull_request(open, MergeMethod::Squash));
    race.add_papers(1);
    race.run_undisturbed();
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), expected_rows_without(&race, &gone));
}

#[test]
fn what_became_of_earlier_pull_requests_is_asked_once_in_a_run() {
    let mut race = RaceEnv::at_forge(ForgeVendor::GitHub);
    race.run_undisturbed();
    for _ in 0..3 {
        race.person.close_pull_request(race.env.open_pull_requests()[0]);
        race.add_papers(1);
        race.run_undisturbed();
    }
    race.add_papers(1);
    race.run_undisturbed();
    let lines = race.contacts.lock().unwrap().lines.clone();
    let asked = |branch: &str| {
        let head = format!("{}&", branch.replace('/', "%2F"));
        lines.iter().filter(|line| line.contains("state=closed") && line.contains(&head)).count()
    };
    assert_eq!((asked(BRANCH), asked(&format!("{BRANCH}-2"))), (1, 1), "{lines:?}");
    assert!(asked(&format!("{BRANCH}-4")) > 1, "the latest is asked in every look: {lines:?}");
}

/// The list with a person's word in a cell of its own behind the first row.
fn with_word(list: &str) -> Option<String> {
    let row = list.lines().find(|line| line.starts_with("| **["))?;
    Some(list.replacen(row, &format!("{row} read! |"), 1))
}

#[test]
fn a_branch_that_was_merged_by_commits_of_its_own_is_not_waited_for_without_a_forge() {
    for merging in [MergeMethod::Squash, MergeMethod::Rebase] {
        let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n");
        race.run_undisturbed();
        assert!(race.person.edit_list(BRANCH, with_word) && race.person.merges_by_hand(BRANCH, merging));
        // The base goes on, in the lines that the branch has too: git itself cannot merge the two any more.
        assert!(race.person.edit_list("main", |list| Some(list.replacen("read! ", "read twice! ", 1))));
        for _ in 0..2 {
            let answer = race.run_undisturbed();
            assert!(answer.only_list().notes.is_empty(), "{merging:?}: {answer:?}");
            assert!(race.list_once_merged().unwrap().contains("read twice! "), "{merging:?}");
            race.revise_all();
        }
        race.run_undisturbed();
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows(), "{merging:?}");
    }
}

#[test]
fn a_branch_with_a_persons_word_can_be_merged_without_a_forge_also_if_the_base_has_all_rows() {
    let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n");
    race.run_undisturbed();
    assert!(race.person.merges_by_hand(BRANCH, MergeMethod::Rebase));
    assert!(race.person.amend_list(BRANCH, with_word));
    let answer = race.run_undisturbed();
    assert!(answer.only_list().notes.is_empty(), "{answer:?}");
    assert!(race.list_once_merged().unwrap().contains("read! "));
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
    // And if it cannot, that is reported, whether there is something new or not.
    assert!(race.person.edit_list("main", |list| Some(list.replacen("The end.", "The end. Ours.", 1))));
    assert!(race.person.edit_list(BRANCH, |list| Some(list.replacen("The end.", "The end. Theirs.", 1))));
    let answer = race.run_undisturbed();
    assert!(answer.only_list().notes.concat().contains("change the same lines"), "{answer:?}");
}

#[test]
fn a_row_of_a_commit_that_a_person_amended_follows_its_paper() {
    let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n");
    race.run_undisturbed();
    // One commit of ours stays below the one that is amended, so that the branch is known by it.
    assert!(race.person.add_file(BRANCH, "notes.md"));
    race.add_papers(1);
    race.run_undisturbed();
    race.revise_paper(1);
    race.run_undisturbed();
    assert!(race.person.amend_list(BRANCH, with_word));
    race.revise_all();
    let answer = race.run_undisturbed();
    assert!(answer.only_list().conflicts.is_empty(), "{answer:?}");
    assert!(race.list_once_merged().unwrap().contains("read! "));
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn a_row_that_a_person_deleted_by_amending_our_commit_stays_deleted() {
    for (args, has_earlier) in [(&["--no-edit"][..], false), (&["-m", "Mine"], false), (&["--no-edit"], true)]
    {
        let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n");
        race.run_undisturbed();
        if has_earlier {
            assert!(race.person.add_file(BRANCH, "notes.md"));
            race.add_papers(1);
            race.run_undisturbed();
        }
        let deleted = race.env.expected_rows().pop().unwrap();
        let without = |list: &str| {
            let lines = list.lines().filter(|line| !line.contains(&deleted));
            Some(lines.flat_map(|line| [line, "\n"]).collect())
        };
        assert!(race.person.amend_list_with(args, BRANCH, without), "{args:?} {has_earlier}");
        race.add_papers(1);
        race.run_undisturbed();
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        let expected: Vec<_> = race.env.expected_rows().into_iter().filter(|row| *row != deleted).collect();
        assert_eq!(rows, expected, "{args:?} {has_earlier}");
    }
}

#[test]
fn a_row_that_a_person_deletes_on_what_is_left_of_a_merged_branch_stays_deleted_without_a_forge() {
    for merging in [MergeMethod::Commit, MergeMethod::Squash, MergeMethod::Rebase] {
        let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n");
        race.run_undisturbed();
        assert!(race.person.merges_by_hand(BRANCH, merging));
        let deleted = race.env.expected_rows().pop().unwrap();
        let without = |list: &str| {
            let lines = list.lines().filter(|line| !line.contains(&deleted));
            Some(lines.flat_map(|line| [line, "\n"]).collect())
        };
        assert!(race.person.edit_list(BRANCH, without));
        for _ in 0..2 {
            race.add_papers(1);
            race.run_undisturbed();
        }
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        let expected: Vec<_> = race.env.expected_rows().into_iter().filter(|row| *row != deleted).collect();
        assert_eq!(rows, expected, "{merging:?}");
    }
}

#[test]
fn a_branch_that_a_person_merges_and_deletes_before_any_fetch_stops_nothing() {
    for nth in 1..=2 {
        let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
        // More than one commit, so that more than the latest has to be fetched.
        for (branch, file) in [(BRANCH, "a.md"), (BRANCH, "b.md"), ("main", "c.md"), ("main", "d.md")] {
            assert!(race.person.add_file(branch, file));
        }
        race.add_papers(1);
        let person = race.person.clone();
        let is_fetch = |line: &String| line.ends_with("git-fetch");
        let (output, has_happened) = race.run_with_action_when(
            move |lines| {
                lines.last().is_some_and(is_fetch)
                    && lines.iter().filter(|line| is_fetch(line)).count() == nth
            },
            move || person.merge_pull_request(open, MergeMethod::Commit) && person.delete_branch(BRANCH),
        );
        let answer = OnceOutput::parse_output(&output);
        assert_eq!((answer.status, &answer.only_list().reason), (0, &None), "{nth}: {answer:?}");
        assert!(has_happened, "{nth}: {:#?}", race.contacts.lock().unwrap().lines);
        race.run_undisturbed();
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows(), "{nth}");
    }
}

#[test]
fn a_row_that_a_person_deleted_before_a_squash_stays_deleted_without_a_forge() {
    for has_earlier in [false, true] {
        let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n");
        race.run_undisturbed();
        if has_earlier {
            assert!(race.person.merges_by_hand(BRANCH, MergeMethod::Squash));
            race.add_papers(3);
            race.run_undisturbed();
        }
        let before = race.person.list_text();
        let is_new = |line: &&str| line.starts_with("| **[") && !(has_earlier && before.contains(*line));
        let mut deleted = None;
        assert!(race.person.edit_list(BRANCH, |list| {
            deleted = list.lines().find(is_new).map(str::to_owned);
            Some(list.replace(&format!("{}\n", deleted.as_ref()?), ""))
        }));
        assert!(race.person.merges_by_hand(BRANCH, MergeMethod::Squash) && race.person.delete_branch(BRANCH));
        let deleted = rows_of_list(&deleted.unwrap()).remove(0);
        for _ in 0..2 {
            race.add_papers(1);
            race.run_undisturbed();
            let mut expected = race.env.expected_rows();
            expected.retain(|row| *row != deleted);
            assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), expected, "{has_earlier}: {deleted}");
        }
    }
}

#[test]
fn no_new_paper_counts_as_deleted_on_a_branch_that_a_person_amended_and_left() {
    for (vendor, merging, deletes) in [
        (ForgeVendor::GitHub, None, false),
        (ForgeVendor::Gitea, None, true),
        (ForgeVendor::GitHub, Some(MergeMethod::Rebase), false),
        (ForgeVendor::Gitea, Some(MergeMethod::Squash), true),
    ] {
        let (mut race, open) = race_with_open_pull_request(vendor);
        let what = format!("{vendor:?} {merging:?} {deletes}");
        let deleted = race.env.expected_rows().pop().unwrap();
        let change = |list: &str| {
            if !deletes {
                return with_word(list);
            }
            let lines = list.lines().filter(|line| !line.contains(&deleted));
            Some(lines.flat_map(|line| [line, "\n"]).collect())
        };
        if let Some(merging) = merging {
            assert!(race.person.merge_pull_request(open, merging), "{what}");
        }
        assert!(race.person.amend_list_with(&["--no-edit"], BRANCH, change), "{what}");
        if merging.is_none() {
            race.person.close_pull_request(open);
        }
        let mut expected = Vec::new();
        for _ in 0..3 {
            race.add_papers(1);
            let answer = race.run_undisturbed();
            let dismissed = &answer.only_list().dismissed;
            assert!(
                dismissed.iter().all(|one| deletes && deleted.contains(&one.paper["arxiv:".len()..])),
                "{what}: {answer:?}"
            );
            expected = race.env.expected_rows();
            let rows = rows_of_list(&race.list_once_merged().unwrap());
            expected.retain(|row| !deletes || *row != deleted || rows.contains(row));
            assert_eq!(rows, expected, "{what}");
        }
        assert!(expected.len() > 3, "{what}");
    }
}

#[test]
fn a_row_of_an_amended_commit_that_a_person_merged_follows_its_paper() {
    for merging in [MergeMethod::Commit, MergeMethod::Squash, MergeMethod::Rebase] {
        let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
        // One commit of ours stays below the one that is amended, so that the base is known by it.
        assert!(race.person.add_file(BRANCH, "notes.md"));
        for paper in [1, 2] {
            race.revise_paper(paper);
            race.run_undisturbed();
        }
        assert!(race.person.amend_list(BRANCH, with_word));
        assert!(race.person.merge_pull_request(open, merging));
        race.add_papers(1);
        race.run_undisturbed();
        race.revise_all();
        let answer = race.run_undisturbed();
        assert!(answer.only_list().conflicts.is_empty(), "{merging:?}: {answer:?}");
        assert!(race.list_once_merged().unwrap().contains("read! "));
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows(), "{merging:?}");
    }
}

#[test]
fn what_is_pushed_after_an_empty_merge_was_not_merged() {
    for merging in [MergeMethod::Squash, MergeMethod::Rebase] {
        // A Gitea names where the branch is now, not what was merged.
        let (mut race, open) = race_with_open_pull_request(ForgeVendor::Gitea);
        assert!(race.person.reset_branch(BRANCH));
        let person = race.person.clone();
        let is_push = |lines: &[String]| lines.last().is_some_and(|line| line.ends_with("git-push"));
        let merges = move || person.merge_pull_request(open, merging);
        let (output, has_happened) = race.run_with_action_when(is_push, merges);
        assert!(has_happened, "{merging:?}: {output:?}");
        assert!(race.env.forge.lock_memory().pulls[open - 1].is_merged);
        let answer = race.run_undisturbed();
        assert!(answer.only_list().dismissed.is_empty(), "{merging:?}: {answer:?}");
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows(), "{merging:?}");
    }
}

#[test]
fn a_row_that_a_person_puts_back_while_a_proposal_waits_is_kept() {
    for is_open_before in [true, false] {
        for is_reverted in [true, false] {
            let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
            if !is_open_before {
                assert!(race.person.merge_pull_request(open, MergeMethod::Commit));
                race.run_undisturbed();
            }
            let whole = race.person.list_text();
            let gone = delete_last_row(&race);
            race.add_papers(1);
            assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
            // In its place, or on top.
            assert!(race.person.edit_list("main", |list| {
                let row = whole.lines().find(|row| row.contains(&gone))?;
                let on_top = list.replacen("| **[", &format!("{row}\n| **["), 1);
                Some(if is_reverted { whole.clone() } else { on_top })
            }));
            race.run_undisturbed();
            let dismissed = race.env.local.run_program(&["list", "dismissed"]);
            assert!(stdout(&dismissed).contains("nothing was taken out"), "{dismissed:?}");
            race.revise_all();
            race.run_undisturbed();
            let mut rows = rows_of_list(&race.list_once_merged().unwrap());
            rows.sort();
            let mut expected = race.env.expected_rows();
            expected.sort();
            assert_eq!(rows, expected, "{is_open_before} {is_reverted}");
        }
    }
}

#[test]
fn a_row_that_a_person_puts_back_can_be_deleted_again_and_put_back_again() {
    let (mut race, _) = race_with_open_pull_request(ForgeVendor::GitHub);
    let whole = race.person.list_text();
    let gone = delete_last_row(&race);
    race.add_papers(1);
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
    for _ in 0..2 {
        assert!(race.person.edit_list("main", |_| Some(whole.clone())));
        race.run_undisturbed();
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
        assert_eq!(delete_last_row(&race), gone);
        assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        assert_eq!(rows, expected_rows_without(&race, &gone));
    }
    assert!(race.person.edit_list("main", |_| Some(whole.clone())));
    race.run_undisturbed();
    race.revise_all();
    race.run_undisturbed();
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn a_row_that_a_person_puts_back_after_an_old_proposal_that_has_it_was_merged_is_kept() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
    let whole = race.person.list_text();
    race.person.close_pull_request(open);
    delete_last_row(&race);
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
    assert!(race.person.merges_by_hand(BRANCH, MergeMethod::Squash));
    race.add_papers(1);
    race.run_undisturbed();
    put_last_row_back(&race, &whole);
    race.run_undisturbed();
    race.revise_all();
    race.run_undisturbed();
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn a_row_that_a_person_deletes_on_our_branch_and_in_the_base_can_be_put_back() {
    let (mut race, _) = race_with_open_pull_request(ForgeVendor::GitHub);
    let whole = race.person.list_text();
    let delete = |list: &str| {
        let row = list.lines().rfind(|line| line.starts_with("| **["))?;
        Some(list.replacen(&format!("{row}\n"), "", 1))
    };
    assert!(race.person.edit_list(BRANCH, delete));
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
    delete_last_row(&race);
    race.run_undisturbed();
    put_last_row_back(&race, &whole);
    race.add_papers(1);
    race.run_undisturbed();
    race.revise_all();
    race.run_undisturbed();
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn a_row_that_a_person_adds_while_a_proposal_waits_can_be_deleted_again() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::GitHub);
    // The person takes a row of the proposal by hand, and thinks better of it.
    let proposed = race.env.bare.file_at_branch(BRANCH, "README.md");
    let row = proposed.lines().find(|line| line.starts_with("| **[")).unwrap();
    let add = |list: &str| Some(list.replacen("| **[", &format!("{row}\n| **["), 1));
    assert!(race.person.edit_list("main", add));
    race.add_papers(1);
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 0);
    assert!(race.person.edit_list("main", |list| Some(list.replacen(&format!("{row}\n"), "", 1))));
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
    let gone = rows_of_list(row).remove(0);
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), expected_rows_without(&race, &gone));
    assert!(race.person.merge_pull_request(open, MergeMethod::Squash));
    race.run_undisturbed();
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), expected_rows_without(&race, &gone));
}

#[test]
fn a_row_that_a_person_deletes_right_after_they_rebased_our_commits_stays_deleted() {
    for kind in [ForgeVendor::GitHub, ForgeVendor::Gitea] {
        let (mut race, open) = race_with_open_pull_request(kind);
        // The branch changes a file more than our last commit does, and the base another part of the list.
        assert!(race.person.add_file(BRANCH, "notes.md"));
        assert!(race.person.edit_list("main", |list| Some(list.replacen("The end.", "The end. Ours.", 1))));
        race.add_papers(1);
        race.run_undisturbed();
        assert!(race.person.merge_pull_request(open, MergeMethod::Rebase));
        let gone = delete_first_row(&race, "main");
        assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1, "{kind:?}");
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        assert_eq!(rows, expected_rows_without(&race, &gone), "{kind:?}");
    }
}

#[test]
fn what_is_pushed_after_the_merge_of_an_amended_commit_was_not_merged() {
    for (merging, is_shorter) in [MergeMethod::Commit, MergeMethod::Squash, MergeMethod::Rebase]
        .map(|way| [(way, false), (way, true)])
        .concat()
    {
        // A Gitea names where the branch is now, not what was merged.
        let (mut race, open) = race_with_open_pull_request(ForgeVendor::Gitea);
        let mut gone = None;
        assert!(race.person.amend_list(BRANCH, |list| {
            let list = with_word(list)?;
            if !is_shorter {
                return Some(list);
            }
            let (list, row) = without_first_row(&list);
            gone = Some(row);
            Some(list)
        }));
        race.add_papers(2);
        let person = race.person.clone();
        let is_push = |lines: &[String]| lines.last().is_some_and(|line| line.ends_with("git-push"));
        let merges = move || person.merge_pull_request(open, merging);
        let (output, has_happened) = race.run_with_action_when(is_push, merges);
        assert!(has_happened, "{merging:?}: {output:?}");
        race.run_undisturbed();
        race.revise_all();
        race.run_undisturbed();
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        let expected: Vec<_> = race.env.expected_rows();
        let is_gone =
            |row: &String| gone.as_ref().is_some_and(|gone| row.split('v').next() == gone.split('v').next());
        let expected: Vec<_> = expected.into_iter().filter(|row| !is_gone(row)).collect();
        assert_eq!(rows, expected, "{merging:?} {is_shorter}");
    }
}

#[test]
fn a_row_that_a_person_puts_back_into_our_branch_is_kept() {
    let (mut race, _) = race_with_open_pull_request(ForgeVendor::GitHub);
    let mut whole = None;
    assert!(race.person.edit_list(BRANCH, |list| {
        whole = Some(list.to_owned());
        Some(without_first_row(list).0)
    }));
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
    assert!(race.person.edit_list(BRANCH, |_| whole.take()));
    race.run_undisturbed();
    let dismissed = race.env.local.run_program(&["list", "dismissed"]);
    assert!(stdout(&dismissed).contains("nothing was taken out"), "{dismissed:?}");
    race.revise_all();
    race.run_undisturbed();
    assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows());
}

#[test]
fn a_row_of_an_amended_commit_that_a_person_deletes_right_after_a_squash_stays_deleted() {
    for (kind, is_new_row) in
        [(ForgeVendor::GitHub, false), (ForgeVendor::GitLab, true), (ForgeVendor::Gitea, false)]
    {
        let (mut race, open) = race_with_open_pull_request(kind);
        assert!(race.person.amend_list(BRANCH, |list| {
            let rows: Vec<&str> = list.lines().filter(|line| line.starts_with("| **[")).collect();
            let row = if is_new_row { rows.first()? } else { rows.last()? };
            let cells = row.strip_suffix(" |")?;
            Some(list.replacen(row, &format!("{cells} [mine](https://example.org/1) |"), 1))
        }));
        assert!(race.person.merge_pull_request(open, MergeMethod::Squash));
        let gone = delete_first_row(&race, "main");
        race.add_papers(1);
        race.run_undisturbed();
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        assert_eq!(rows, expected_rows_without(&race, &gone), "{kind:?} {is_new_row}");
    }
}

#[test]
fn a_row_that_a_person_deletes_on_our_branch_right_before_a_merge_stays_deleted() {
    for (kind, merging) in [
        (ForgeVendor::GitHub, MergeMethod::Squash),
        (ForgeVendor::GitLab, MergeMethod::Commit),
        (ForgeVendor::Gitea, MergeMethod::Rebase),
    ] {
        let (mut race, open) = race_with_open_pull_request(kind);
        race.add_papers(1);
        race.run_undisturbed();
        // What is left on the branch is what an earlier push had.
        let gone = delete_first_row(&race, BRANCH);
        assert!(race.person.merge_pull_request(open, merging));
        race.add_papers(1);
        race.run_undisturbed();
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        assert_eq!(rows, expected_rows_without(&race, &gone), "{kind:?} {merging:?}");
    }
}

#[test]
fn a_row_that_a_person_deletes_on_our_branch_stays_deleted_next_to_a_merged_branch_of_theirs() {
    let (mut race, open) = race_with_open_pull_request(ForgeVendor::Gitea);
    assert!(race.person.merge_pull_request(open, MergeMethod::Commit));
    assert!(race.person.edit_list(BRANCH, with_word));
    race.add_papers(2);
    race.run_undisturbed();
    let next = race.proposed_branch().unwrap();
    assert_ne!(next, BRANCH, "a person is on the merged one");
    let gone = delete_first_row(&race, &next);
    for expected in [1, 0] {
        race.add_papers(1);
        assert_eq!(race.run_undisturbed().only_list().dismissed.len(), expected);
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        assert_eq!(rows, expected_rows_without(&race, &gone));
    }
}

/// A list that the program pushes to its base, and where that was before the latest push.
fn race_with_direct_pushes() -> (RaceEnv, String) {
    let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\ndirect = true\n");
    race.run_undisturbed();
    race.add_papers(2);
    race.run_undisturbed();
    let before = race.person.branch_head("main").unwrap();
    race.add_papers(3);
    race.run_undisturbed();
    (race, before)
}

#[test]
fn rows_that_went_with_a_push_which_was_dropped_from_the_base_are_written_again() {
    for has_own_commit in [false, true] {
        let (mut race, before) = race_with_direct_pushes();
        assert!(race.person.force_push(&before, "main"));
        let gone = has_own_commit.then(|| delete_first_row(&race, "main"));
        let dismissed = race.run_undisturbed().only_list().dismissed.len();
        assert_eq!(dismissed, usize::from(has_own_commit));
        race.revise_all();
        race.run_undisturbed();
        let expected = match &gone {
            Some(gone) => {
                let id = |row: &str| row.split('v').next().unwrap().to_owned();
                let rows = race.env.expected_rows().into_iter();
                rows.filter(|row| id(row) != id(gone)).collect()
            }
            None => race.env.expected_rows(),
        };
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), expected, "{has_own_commit}");
    }
}

#[test]
fn a_row_that_a_person_deletes_by_amending_a_push_to_the_base_stays_deleted() {
    let (mut race, _) = race_with_direct_pushes();
    let mut gone = None;
    assert!(race.person.amend_list("main", |list| {
        let (list, row) = without_first_row(list);
        gone = Some(row);
        Some(list)
    }));
    assert_eq!(race.run_undisturbed().only_list().dismissed.len(), 1);
    let rows = rows_of_list(&race.list_once_merged().unwrap());
    assert_eq!(rows, expected_rows_without(&race, &gone.unwrap()));
}

#[test]
fn a_row_of_an_amended_commit_that_a_person_merged_by_hand_can_be_deleted_without_a_forge() {
    let mut race = RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n");
    race.run_undisturbed();
    assert!(race.person.amend_list_with(&["--no-edit"], BRANCH, with_word));
    assert!(race.person.merges_by_hand(BRANCH, MergeMethod::Squash));
    race.run_undisturbed();
    let gone = delete_first_row(&race, "main");
    for _ in 0..2 {
        race.add_papers(1);
        race.run_undisturbed();
        let rows = rows_of_list(&race.list_once_merged().unwrap());
        assert_eq!(rows, expected_rows_without(&race, &gone));
    }
}
