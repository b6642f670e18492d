//! What a person merged, however and whoever tells of it, is the new ground of the list.

use crate::repository_env::{BRANCH, Desk};
use crate::sample_papers::revised;

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
fn what_a_person_takes_out_right_after_a_merge_stays_out_and_all_else_is_ours() {
    for (more, is_merged_on_the_forge) in [
        ("forge = \"none\"\n", false),
        ("forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n", true),
    ] {
        for how in [&["--no-ff", "-m", "Merge"][..], &["--squash"]] {
            let mut desk = Desk::new(more);
            desk.turn_well();
            desk.come(2);
            desk.papers[0] = revised(&desk.papers[0], 1);
            desk.turn_well();
            merged_by_hand(&desk, how);
            if is_merged_on_the_forge {
                desk.end(1, true);
            }
            let row = desk.bare.text("main", "README.md");
            let row = format!("{}\n", row.lines().rfind(|line| line.contains("/abs/")).unwrap());
            desk.edits("main", |text| text.replacen(&row, "", 1));
            desk.come(1);
            desk.papers[0] = revised(&desk.papers[0], 1);
            let answer = desk.turn_well();
            let list = answer.only_list();
            assert_eq!(
                (list.dismissed.len(), &list.conflicts[..]),
                (1, &[][..]),
                "{more} {how:?}: {answer:?}"
            );
            let mut expected = desk.expected();
            expected.retain(|address| !row.contains(address.as_str()));
            let head = desk.forge.memory().pulls.last().map_or(BRANCH.to_owned(), |pull| pull.head.clone());
            assert_eq!(desk.rows(&head), expected, "{more} {how:?}");
        }
    }
}

#[test]
fn a_squash_that_no_forge_tells_of_is_known_by_what_it_changed_whatever_was_done_to_it_since() {
    let mut desk = Desk::new("forge = \"none\"\n");
    desk.turn_well();
    merged_by_hand(&desk, &["--no-ff", "-m", "Merge"]);
    desk.edits("main", |text| text.replacen("**[", "**[Mine: ", 1));
    desk.come(2);
    desk.turn_well();
    merged_by_hand(&desk, &["--squash"]);
    let text = desk.bare.text("main", "README.md");
    assert!(text.contains("**[Mine: "), "{text}");
    let rows: Vec<_> = text.lines().filter(|line| line.contains("/abs/")).collect();
    let (edited, deleted) = (rows[rows.len() - 2].to_owned(), format!("{}\n", rows[rows.len() - 1]));
    desk.edits("main", |text| text.replacen(&deleted, "", 1));
    desk.edits("main", |text| text.replacen(&edited, &edited.replacen("**[", "**[Read: ", 1), 1));
    desk.come(1);
    let answer = desk.turn_well();
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    let mut expected = desk.expected();
    expected.retain(|address| !deleted.contains(address.as_str()));
    assert_eq!(desk.rows(BRANCH), expected);
    let text = desk.bare.text(BRANCH, "README.md");
    assert!(text.contains("**[Mine: ") && text.contains("**[Read: "), "{text}");
}

#[test]
fn a_squash_onto_a_base_that_was_edited_before_is_known_where_no_forge_tells_of_it() {
    let mut desk = Desk::new("forge = \"none\"\n");
    desk.turn_well();
    merged_by_hand(&desk, &["--no-ff", "-m", "Merge"]);
    desk.come(2);
    desk.turn_well();
    let cell = "| [ours](https://example.org/x) |";
    desk.edits("main", |text| text.replacen("| None |", cell, 1).replace("The end.", "The very end."));
    merged_by_hand(&desk, &["--squash"]);
    desk.papers = desk.papers.iter().map(|paper| revised(paper, 1)).collect();
    let answer = desk.turn_well();
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    assert_eq!(desk.rows(BRANCH), desk.expected());
    assert!(desk.bare.text(BRANCH, "README.md").contains(cell));
}

#[test]
fn a_push_that_was_refused_makes_nothing_of_the_base_ours() {
    for more in ["forge = \"none\"\n", "forge = \"none\"\ndirect = true\n"] {
        let mut desk = Desk::new(more);
        desk.turn_well();
        if !more.contains("direct") {
            merged_by_hand(&desk, &["--no-ff", "-m", "Merge"]);
        }
        // The history is lost; what was merged stands.
        std::fs::remove_file(desk.home.path("paperwire.db")).unwrap();
        desk.come(2);
        desk.bare.refuse("not now");
        let refused = desk.turn();
        assert_eq!((refused.status, refused.only_list().dismissed.len()), (1, 0), "{more}: {refused:?}");
        std::fs::remove_file(desk.bare.list().join("hooks/pre-receive")).unwrap();
        for _ in 0..2 {
            let answer = desk.turn_well();
            assert!(answer.only_list().dismissed.is_empty(), "{more}: {answer:?}");
        }
        let branch = if more.contains("direct") { "main" } else { BRANCH };
        assert_eq!(desk.rows(branch), desk.expected(), "{more}");
    }
}

#[test]
fn a_branch_that_a_person_sets_back_to_the_base_was_not_merged() {
    let mut desk = Desk::new("forge = \"none\"\n");
    desk.turn_well();
    desk.person(&[&["push", "--quiet", "--force", "origin", &format!("main:{BRANCH}")]]);
    desk.come(1);
    let answer = desk.turn_well();
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    assert_eq!(desk.rows(BRANCH), desk.expected());
}

#[test]
fn a_list_in_a_subfolder_has_its_archive_below_it_beside_what_stands_there() {
    let mut desk = Desk::new(
        "forge = \"none\"\ndirect = true\nrows = 2\narchive = \"old/papers/{year}-{month}.md\"\nfeed = \"sub/feeds/feed.xml\"\n",
    );
    let config = std::fs::read_to_string(desk.home.path("paperwire.toml")).unwrap();
    let config = config.replace("file = \"README.md\"", "file = \"sub/LIST.md\"");
    std::fs::write(desk.home.path("paperwire.toml"), config).unwrap();
    let marked = desk.bare.text("main", "README.md");
    std::fs::create_dir_all(desk.bare.person().join("sub/old")).unwrap();
    desk.bare.persons_commit("main", "sub/LIST.md", &marked);
    desk.bare.persons_commit("main", "sub/old/other.txt", "mine\n");
    let answer = desk.turn();
    assert_eq!((answer.status, answer.only_list().rows), (0, 2), "{answer:?}");
    assert!(desk.bare.text("main", "sub/LIST.md").contains("](old/papers/2025-03.md)"));
    assert_eq!(crate::test_env::rows(&desk.bare.text("main", "sub/old/papers/2025-03.md")).len(), 3);
    assert_eq!(desk.bare.text("main", "sub/old/other.txt"), "mine\n");
}

#[test]
fn a_row_that_is_restored_is_proposed_again_also_while_other_papers_wait_to_be_merged() {
    for more in ["", "direct"] {
        let mut desk =
            if more.is_empty() { Desk::at_a_forge() } else { Desk::new("forge = \"none\"\ndirect = true\n") };
        let branch = if more.is_empty() { BRANCH } else { "main" };
        desk.turn_well();
        if more.is_empty() {
            desk.merge(1);
        }
        desk.turn_well();
        let row = desk
            .bare
            .text("main", "README.md")
            .lines()
            .find(|line| line.starts_with("| **["))
            .unwrap()
            .to_owned();
        let gone = crate::test_env::rows(&row).remove(0);
        desk.edits("main", |text| text.replace(&format!("{row}\n"), ""));
        desk.come(1);
        let answer = desk.turn_well();
        assert_eq!(answer.only_list().dismissed.len(), 1, "{more} {answer:?}");
        assert!(!desk.rows(branch).contains(&gone), "{more}");
        let restored = desk.home.run(&["list", "restore", gone.split('v').next().unwrap()]);
        assert!(restored.status.success(), "{restored:?}");
        let answer = desk.turn_well();
        assert_eq!((answer.only_list().dismissed.len(), desk.rows(branch)), (0, desk.expected()), "{more}");
    }
}
