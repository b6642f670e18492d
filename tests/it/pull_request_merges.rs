//! What a person merged, however it was done and whoever reports it, is the new base of the merge.

use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::sample_papers::next_version;

/// A person merges our branch, which no forge reports.
fn merged_by_hand(env: &RepositoryEnv, how: &[&str]) {
    let from = format!("origin/{BRANCH}");
    let merge = [&["merge", "--quiet"], how, &[&from]].concat();
    env.run_in_clone(&[&merge]);
    if how.contains(&"--squash") {
        env.continue_in_clone(&[&["commit", "--quiet", "-m", "Squash"]]);
    }
    env.continue_in_clone(&[&["push", "--quiet", "origin", "main"]]);
}

#[test]
fn what_comes_in_the_run_after_a_merge_that_no_forge_reports_is_proposed_and_not_taken_for_deleted() {
    for how in [&["--ff-only"][..], &["--no-ff", "-m", "Merge"], &["--squash"]] {
        let mut env = RepositoryEnv::new("forge = \"none\"\n");
        env.run_once_well();
        for cycle in 0..3 {
            merged_by_hand(&env, how);
            assert_eq!(env.rows("main"), env.expected_rows(), "{how:?} {cycle}");
            env.add_papers(2);
            env.papers[cycle] = next_version(&env.papers[cycle], 1);
            let answer = env.run_once_well();
            assert!(answer.only_list().dismissed.is_empty(), "{how:?} {cycle}: {answer:?}");
            assert_eq!(env.rows(BRANCH), env.expected_rows(), "{how:?} {cycle}");
            assert!(!env.run_once_well().only_list().changed, "{how:?} {cycle}");
        }
        // And what a person takes out is still seen.
        merged_by_hand(&env, how);
        let row = env.bare.file_at_branch("main", "README.md");
        let row = format!("{}\n", row.lines().find(|line| line.contains("/abs/")).unwrap());
        env.run_once_well();
        env.edit_list("main", |text| text.replacen(&row, "", 1));
        assert_eq!(env.run_once_well().only_list().dismissed.len(), 1, "{how:?}");
    }
}

#[test]
fn a_list_that_exists_already_loses_none_of_the_papers_that_are_new_to_it() {
    for more in [
        "forge = \"none\"\n",
        "forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n",
    ] {
        let mut env = RepositoryEnv::new(more);
        env.run_once_well();
        merged_by_hand(&env, &["--no-ff", "-m", "Merge"]);
        // The history is lost, and our branch and pull requests with it.
        std::fs::remove_file(env.local.path("paperwire.db")).unwrap();
        env.continue_in_clone(&[&["push", "--quiet", "origin", "--delete", BRANCH]]);
        env.forge.lock_memory().pulls.clear();
        env.add_papers(2);
        for turn in 0..3 {
            let answer = env.run_once_well();
            assert!(answer.only_list().dismissed.is_empty(), "{more} {turn}: {answer:?}");
            assert_eq!(env.rows(BRANCH), env.expected_rows(), "{more} {turn}");
            assert_eq!(answer.only_list().changed, turn == 0, "{more} {turn}");
        }
    }
}

#[test]
fn what_was_merged_by_hand_and_then_closed_is_the_new_merge_base_as_well() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    merged_by_hand(&env, &["--no-ff", "-m", "Merge"]);
    env.close_pull_request(1, false);
    env.add_papers(2);
    let answer = env.run_once_well();
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    assert_eq!((env.open_pull_requests().len(), env.rows("main").len()), (1, 5));
    let head = env.forge.lock_memory().pulls.last().unwrap().head.clone();
    assert_eq!(env.rows(&head), env.expected_rows());
}

#[test]
fn what_a_person_deletes_right_after_a_merge_stays_deleted_and_all_else_was_generated() {
    for (more, is_merged_on_the_forge) in [
        ("forge = \"none\"\n", false),
        ("forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n", true),
    ] {
        for how in [&["--no-ff", "-m", "Merge"][..], &["--squash"]] {
            let mut env = RepositoryEnv::new(more);
            env.run_once_well();
            env.add_papers(2);
            env.papers[0] = next_version(&env.papers[0], 1);
            env.run_once_well();
            merged_by_hand(&env, how);
            if is_merged_on_the_forge {
                env.close_pull_request(1, true);
            }
            let row = env.bare.file_at_branch("main", "README.md");
            let row = format!("{}\n", row.lines().rfind(|line| line.contains("/abs/")).unwrap());
            env.edit_list("main", |text| text.replacen(&row, "", 1));
            env.add_papers(1);
            env.papers[0] = next_version(&env.papers[0], 1);
            let answer = env.run_once_well();
            let list = answer.only_list();
            assert_eq!(
                (list.dismissed.len(), &list.conflicts[..]),
                (1, &[][..]),
                "{more} {how:?}: {answer:?}"
            );
            let mut expected = env.expected_rows();
            expected.retain(|address| !row.contains(address.as_str()));
            let head =
                env.forge.lock_memory().pulls.last().map_or(BRANCH.to_owned(), |pull| pull.head.clone());
            assert_eq!(env.rows(&head), expected, "{more} {how:?}");
        }
    }
}

#[test]
fn a_squash_that_no_forge_reports_is_recognised_by_what_it_changed_whatever_came_since() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    env.run_once_well();
    merged_by_hand(&env, &["--no-ff", "-m", "Merge"]);
    env.edit_list("main", |text| text.replacen("**[", "**[Mine: ", 1));
    env.add_papers(2);
    env.run_once_well();
    merged_by_hand(&env, &["--squash"]);
    let text = env.bare.file_at_branch("main", "README.md");
    assert!(text.contains("**[Mine: "), "{text}");
    let rows: Vec<_> = text.lines().filter(|line| line.contains("/abs/")).collect();
    let (edited, deleted) = (rows[rows.len() - 2].to_owned(), format!("{}\n", rows[rows.len() - 1]));
    env.edit_list("main", |text| text.replacen(&deleted, "", 1));
    env.edit_list("main", |text| text.replacen(&edited, &edited.replacen("**[", "**[Read: ", 1), 1));
    env.add_papers(1);
    let answer = env.run_once_well();
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    let mut expected = env.expected_rows();
    expected.retain(|address| !deleted.contains(address.as_str()));
    assert_eq!(env.rows(BRANCH), expected);
    let text = env.bare.file_at_branch(BRANCH, "README.md");
    assert!(text.contains("**[Mine: ") && text.contains("**[Read: "), "{text}");
}

#[test]
fn a_squash_onto_a_base_that_was_edited_before_is_recognised_if_no_forge_reports_it() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    env.run_once_well();
    merged_by_hand(&env, &["--no-ff", "-m", "Merge"]);
    env.add_papers(2);
    env.run_once_well();
    let cell = "| [ours](https://example.org/x) |";
    env.edit_list("main", |text| text.replacen("| None |", cell, 1).replace("The end.", "The very end."));
    merged_by_hand(&env, &["--squash"]);
    env.papers = env.papers.iter().map(|paper| next_version(paper, 1)).collect();
    let answer = env.run_once_well();
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    assert_eq!(env.rows(BRANCH), env.expected_rows());
    assert!(env.bare.file_at_branch(BRANCH, "README.md").contains(cell));
}

#[test]
fn a_push_that_was_refused_changes_no_merge_base() {
    for more in ["forge = \"none\"\n", "forge = \"none\"\ndirect = true\n"] {
        let mut env = RepositoryEnv::new(more);
        env.run_once_well();
        if !more.contains("direct") {
            merged_by_hand(&env, &["--no-ff", "-m", "Merge"]);
        }
        // The history is lost; what was merged stays.
        std::fs::remove_file(env.local.path("paperwire.db")).unwrap();
        env.add_papers(2);
        env.bare.refuse_pushes("not now");
        let refused = env.run_once();
        assert_eq!((refused.status, refused.only_list().dismissed.len()), (1, 0), "{more}: {refused:?}");
        std::fs::remove_file(env.bare.repository_path().join("hooks/pre-receive")).unwrap();
        for _ in 0..2 {
            let answer = env.run_once_well();
            assert!(answer.only_list().dismissed.is_empty(), "{more}: {answer:?}");
        }
        let branch = if more.contains("direct") { "main" } else { BRANCH };
        assert_eq!(env.rows(branch), env.expected_rows(), "{more}");
    }
}

#[test]
fn a_branch_that_a_person_sets_back_to_the_base_was_not_merged() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    env.run_once_well();
    env.run_in_clone(&[&["push", "--quiet", "--force", "origin", &format!("main:{BRANCH}")]]);
    env.add_papers(1);
    let answer = env.run_once_well();
    assert!(answer.only_list().dismissed.is_empty(), "{answer:?}");
    assert_eq!(env.rows(BRANCH), env.expected_rows());
}

#[test]
fn a_list_in_a_subfolder_has_its_archive_below_it_among_the_files_that_exist() {
    let mut env = RepositoryEnv::new(
        "forge = \"none\"\ndirect = true\nrows = 2\narchive = \"old/papers/{year}-{month}.md\"\nfeed = \"sub/feeds/feed.xml\"\n",
    );
    let config = std::fs::read_to_string(env.local.path("paperwire.toml")).unwrap();
    let config = config.replace("file = \"README.md\"", "file = \"sub/LIST.md\"");
    std::fs::write(env.local.path("paperwire.toml"), config).unwrap();
    let marked = env.bare.file_at_branch("main", "README.md");
    std::fs::create_dir_all(env.bare.persons_clone().join("sub/old")).unwrap();
    env.bare.commit_as_person("main", "sub/LIST.md", &marked);
    env.bare.commit_as_person("main", "sub/old/other.txt", "mine\n");
    let answer = env.run_once();
    assert_eq!((answer.status, answer.only_list().rows), (0, 2), "{answer:?}");
    assert!(env.bare.file_at_branch("main", "sub/LIST.md").contains("](old/papers/2025-03.md)"));
    assert_eq!(
        crate::support::test_env::rows_of_list(&env.bare.file_at_branch("main", "sub/old/papers/2025-03.md"))
            .len(),
        3
    );
    assert_eq!(env.bare.file_at_branch("main", "sub/old/other.txt"), "mine\n");
}

#[test]
fn a_row_that_is_restored_is_proposed_again_also_while_other_papers_wait_to_be_merged() {
    for more in ["", "direct"] {
        let mut env = if more.is_empty() {
            RepositoryEnv::at_a_forge()
        } else {
            RepositoryEnv::new("forge = \"none\"\ndirect = true\n")
        };
        let branch = if more.is_empty() { BRANCH } else { "main" };
        env.run_once_well();
        if more.is_empty() {
            env.merge_pull_request(1);
        }
        env.run_once_well();
        let row = env
            .bare
            .file_at_branch("main", "README.md")
            .lines()
            .find(|line| line.starts_with("| **["))
            .unwrap()
            .to_owned();
        let gone = crate::support::test_env::rows_of_list(&row).remove(0);
        env.edit_list("main", |text| text.replace(&format!("{row}\n"), ""));
        env.add_papers(1);
        let answer = env.run_once_well();
        assert_eq!(answer.only_list().dismissed.len(), 1, "{more} {answer:?}");
        assert!(!env.rows(branch).contains(&gone), "{more}");
        let restored = env.local.run_program(&["list", "restore", gone.split('v').next().unwrap()]);
        assert!(restored.status.success(), "{restored:?}");
        let answer = env.run_once_well();
        assert_eq!(
            (answer.only_list().dismissed.len(), env.rows(branch)),
            (0, env.expected_rows()),
            "{more}"
        );
    }
}
