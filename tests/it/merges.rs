//! What a person merged, however and whoever tells of it, is the new ground of the list.

use rusqlite::Connection;

use crate::desk::{BRANCH, Desk};
use crate::papers::revised;

/// A person merges our branch, of which no forge tells.
fn merged_by_hand(desk: &Desk, how: &[&str]) {
    let from = format!("origin/{BRANCH}");
    let merge = [&["merge", "--quiet"], how, &[&from]].concat();
    desk.person(&[&merge]);
    if how.contains(&"--squash") {
        desk.person_goes_on(&[&["commit", "--quiet", "-m", "Squash"]]);
    }
    desk.person_goes_on(&[&["push", "--quiet", "origin", "main"]]);
}

#[test]
fn what_comes_in_the_turn_after_a_merge_that_no_forge_tells_of_is_proposed_and_not_taken_for_deleted() {
    for how in [&["--ff-only"][..], &["--no-ff", "-m", "Merge"], &["--squash"]] {
        let mut desk = Desk::new("forge = \"none\"\n");
        desk.turn_well();
        for cycle in 0..3 {
            merged_by_hand(&desk, how);
            assert_eq!(desk.rows("main"), desk.expected(), "{how:?} {cycle}");
            desk.come(2);
            desk.papers[cycle] = revised(&desk.papers[cycle], 1);
            let answer = desk.turn_well();
            assert!(answer.only_list().dismissed.is_empty(), "{how:?} {cycle}: {answer:?}");
            assert_eq!(desk.rows(BRANCH), desk.expected(), "{how:?} {cycle}");
            assert!(!desk.turn_well().only_list().changed, "{how:?} {cycle}");
        }
        // And what a person takes out is still seen.
        merged_by_hand(&desk, how);
        let row = desk.bare.text("main", "README.md");
        let row = format!("{}\n", row.lines().find(|line| line.contains("/abs/")).unwrap());
        desk.turn_well();
        desk.edits("main", |text| text.replacen(&row, "", 1));
        assert_eq!(desk.turn_well().only_list().dismissed.len(), 1, "{how:?}");
    }
}

#[test]
fn a_list_that_stands_already_loses_none_of_the_papers_that_are_new_to_it() {
    for more in [
        "forge = \"none\"\n",
        "forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n",
    ] {
        let mut desk = Desk::new(more);
        desk.turn_well();
        merged_by_hand(&desk, &["--no-ff", "-m", "Merge"]);
        // The history is lost, and our branch and pull requests with it.
        std::fs::remove_file(desk.home.path("paperwire.db")).unwrap();
        desk.person_goes_on(&[&["push", "--quiet", "origin", "--delete", BRANCH]]);
        desk.forge.memory().pulls.clear();
        desk.come(2);
        for turn in 0..3 {
            let answer = desk.turn_well();
            assert!(answer.only_list().dismissed.is_empty(), "{more} {turn}: {answer:?}");
            assert_eq!(desk.rows(BRANCH), desk.expected(), "{more} {turn}");
            assert_eq!(answer.only_list().changed, turn == 0, "{more} {turn}");
        }
    }
}

#[test]
fn what_was_merged_by_hand_and_then_closed_is_the_new_ground_as_well() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    merged_by_hand(&desk, &["--no-ff", "-m", "Merge"]);
    desk.end(1, false);
    desk.come(2);
    let answer = desk.turn_well();
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    assert_eq!((desk.open().len(), desk.rows("main").len()), (1, 5));
    let head = desk.forge.memory().pulls.last().unwrap().head.clone();
    assert_eq!(desk.rows(&head), desk.expected());
}

#[test]
fn what_was_pushed_and_merged_before_a_killed_program_could_note_it_is_ours_as_well() {
    for (more, is_merged_on_the_forge) in [
        ("forge = \"none\"\n", false),
        ("forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n", true),
    ] {
        for how in [&["--no-ff", "-m", "Merge"][..], &["--squash"]] {
            let mut desk = Desk::new(more);
            desk.turn_well();
            let earlier = desk.home.path("earlier.db");
            std::fs::copy(desk.home.path("paperwire.db"), &earlier).unwrap();
            desk.come(2);
            desk.papers[0] = revised(&desk.papers[0], 1);
            desk.turn_well();
            // As if the answer to the push had been lost with the program.
            let db = Connection::open(desk.home.path("paperwire.db")).unwrap();
            db.execute_batch(&format!(
                "ATTACH '{}' AS earlier; UPDATE proposed SET stage = 'pushing';
                 INSERT INTO proposed SELECT * FROM earlier.proposed WHERE stage = 'pushed'",
                earlier.display()
            ))
            .unwrap();
            drop(db);
            merged_by_hand(&desk, how);
            if is_merged_on_the_forge {
                desk.end(1, true);
            }
            let row = desk.bare.text("main", "README.md");
            let row = format!("{}\n", row.lines().rfind(|line| line.contains("/abs/")).unwrap());
            // Of a squash that no forge tells of, and that was changed before anybody looked, nothing is to be known.
            let deleted = usize::from(is_merged_on_the_forge || !how.contains(&"--squash"));
            if deleted > 0 {
                desk.edits("main", |text| text.replacen(&row, "", 1));
            }
            desk.come(1);
            desk.papers[0] = revised(&desk.papers[0], 1);
            let answer = desk.turn_well();
            let list = answer.only_list();
            assert_eq!(
                (list.dismissed.len(), &list.conflicts[..]),
                (deleted, &[][..]),
                "{more} {how:?}: {answer:?}"
            );
            let mut expected = desk.expected();
            expected.retain(|address| deleted == 0 || !row.contains(address.as_str()));
            let head = desk.forge.memory().pulls.last().map_or(BRANCH.to_owned(), |pull| pull.head.clone());
            assert_eq!(desk.rows(&head), expected, "{more} {how:?}");
        }
    }
}
