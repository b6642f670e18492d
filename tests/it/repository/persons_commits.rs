//! A person's commits on our branch: they stay, and ours go on top.

use paperwire::domain::CommitId;
use paperwire::list::git::{BranchHeads, CommitsAheadOfBase, GitMergeOutcome, PushOutcome, Repository};

use crate::support::bare_repository::{
    BareRepository, block_on, file_change, list_branch, list_head, run_git,
};

/// A list of rows between other lines, so that one end can change without the other.
fn list_text(rows: &[&str], end: &str) -> String {
    format!("# List\n\n{}\n\nwords\nwords\nwords\n\n{end}\n", rows.join("\n"))
}

/// Fetches, and commits what is desired on the base.
async fn commit_desired(ours: &mut Repository, text: &str) -> (BranchHeads, CommitId) {
    let heads = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
    let changes = [file_change("README.md", text)];
    let commit = ours.create_commit(&heads.base.commit, &changes, "Update\n").await.unwrap().unwrap();
    (heads, commit)
}

/// What our branch has beyond the base.
async fn branch_history(ours: &mut Repository, heads: &BranchHeads) -> CommitsAheadOfBase {
    ours.branch_history(heads, list_head(heads).unwrap()).await.unwrap()
}

/// Puts what is desired on top of our branch, by what changed since another commit, and pushes it. Returns what was
/// desired as well.
async fn merge_onto_branch(
    ours: &mut Repository,
    since: Option<&CommitId>,
    text: &str,
) -> (GitMergeOutcome, CommitId) {
    let (heads, commit) = commit_desired(ours, text).await;
    let met = branch_history(ours, &heads).await.merge_base;
    let head = list_head(&heads).unwrap();
    let since = met.as_ref().and(since);
    let merged =
        ours.merge_commit_onto_branch(head, since, &commit, &heads.base.commit, "Merge\n").await.unwrap();
    if let GitMergeOutcome::Commit(both) = &merged {
        let pushed = ours.push_commit(&list_branch(), both, Some(&head.commit)).await.unwrap();
        assert_eq!(pushed, PushOutcome::Accepted);
    }
    (merged, commit)
}

#[test]
fn our_commits_go_on_top_of_a_persons_again_and_again() {
    let bare = BareRepository::new();
    bare.commit_as_person("main", "README.md", &list_text(&["a"], "end"));
    block_on(async {
        let mut ours = bare.open_repository().await;
        let (heads, first) = commit_desired(&mut ours, &list_text(&["b", "a"], "end")).await;
        assert_eq!(ours.push_commit(&list_branch(), &first, None).await.unwrap(), PushOutcome::Accepted);
        assert!(list_head(&heads).is_none());
        let heads = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
        assert!(!branch_history(&mut ours, &heads).await.has_commits_by_people());

        let theirs = bare.commit_as_person("paperwire/list", "README.md", &list_text(&["b", "a"], "by hand"));
        let (merged, second) =
            merge_onto_branch(&mut ours, Some(&first), &list_text(&["c", "b", "a"], "end")).await;
        assert!(matches!(merged, GitMergeOutcome::Commit(_)));
        assert_eq!(
            bare.file_at_branch("paperwire/list", "README.md"),
            list_text(&["c", "b", "a"], "by hand")
        );

        // The same lines at the top grow once more, and the base moves too.
        bare.commit_as_person("main", "other.md", "moved\n");
        let (merged, third) =
            merge_onto_branch(&mut ours, Some(&second), &list_text(&["d", "c", "b", "a"], "end")).await;
        assert!(matches!(merged, GitMergeOutcome::Commit(_)));
        assert_eq!(
            bare.file_at_branch("paperwire/list", "README.md"),
            list_text(&["d", "c", "b", "a"], "by hand")
        );
        assert_eq!(bare.file_at_branch("paperwire/list", "other.md"), "moved\n");
        let again =
            merge_onto_branch(&mut ours, Some(&third), &list_text(&["d", "c", "b", "a"], "end")).await;
        assert_eq!(again, (GitMergeOutcome::AlreadyMerged, third));

        let heads = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
        let history = branch_history(&mut ours, &heads).await;
        let persons: Vec<_> =
            history.commits_by_people().map(|commit| (&commit.id, commit.author.as_str())).collect();
        assert_eq!(persons, [(&theirs, "Ada")]);
    });
}

#[test]
fn a_conflict_names_the_file_and_writes_nothing() {
    let bare = BareRepository::new();
    bare.commit_as_person("main", "README.md", &list_text(&["a"], "end"));
    block_on(async {
        let mut ours = bare.open_repository().await;
        let (_, commit) = commit_desired(&mut ours, &list_text(&["b", "a"], "end")).await;
        ours.push_commit(&list_branch(), &commit, None).await.unwrap();
        let theirs = bare.commit_as_person("paperwire/list", "README.md", &list_text(&["by hand"], "end"));
        let (merged, _) =
            merge_onto_branch(&mut ours, Some(&commit), &list_text(&["c", "b", "a"], "end")).await;
        assert_eq!(merged, GitMergeOutcome::Conflict(vec!["README.md".to_owned()]));
        assert_eq!(bare.branch_head("paperwire/list"), Some(theirs));
    });
}

#[test]
fn a_branch_that_parted_long_ago_is_fetched_until_it_meets_the_base() {
    let bare = BareRepository::new();
    block_on(async {
        let mut ours = bare.open_repository().await;
        let (heads, commit) = commit_desired(&mut ours, "ours\n").await;
        let begun = heads.base.commit;
        ours.push_commit(&list_branch(), &commit, None).await.unwrap();
        let theirs = bare.commit_as_person("paperwire/list", "theirs.md", "by hand\n");
        for n in 0..60 {
            bare.write_in_clone("other.md", &format!("{n}\n"));
            run_git(&bare.persons_clone(), &["checkout", "--quiet", "main"]);
            bare.commit_in_clone("On");
        }
        run_git(&bare.persons_clone(), &["push", "--quiet", "origin", "main"]);
        drop(ours);
        std::fs::remove_dir_all(bare.folder().join("state")).unwrap();

        let mut ours = bare.open_repository().await;
        let heads = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
        let history = branch_history(&mut ours, &heads).await;
        assert_eq!(history.merge_base, Some(begun));
        let commits: Vec<_> = history.commits.iter().map(|commit| &commit.id).collect();
        assert_eq!(commits, [&theirs, &commit]);
    });
}

#[test]
fn a_branch_that_has_nothing_in_common_with_the_base_is_left_alone() {
    let bare = BareRepository::new();
    run_git(&bare.persons_clone(), &["checkout", "--quiet", "--orphan", "paperwire/list"]);
    bare.commit_in_clone("Apart");
    run_git(&bare.persons_clone(), &["push", "--quiet", "origin", "paperwire/list"]);
    block_on(async {
        let mut ours = bare.open_repository().await;
        let begun = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        assert_eq!(
            merge_onto_branch(&mut ours, Some(&begun), "ours\n").await.0,
            GitMergeOutcome::Conflict(Vec::new())
        );
    });
}
