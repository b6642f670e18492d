//! A person's commits on our branch: they stay, and ours go on top.

use paperwire::domain::CommitId;
use paperwire::list::git::{BranchHeads, BranchHistory, GitMergeOutcome, PushOutcome, Repository};

use super::bare_repository::{BareRepository, block_on, branch, git, with};

/// A list of rows between other lines, so that one end can change without the other.
fn list(rows: &[&str], end: &str) -> String {
    format!("# List\n\n{}\n\nwords\nwords\nwords\n\n{end}\n", rows.join("\n"))
}

/// Fetches, and commits what is desired on the base.
async fn wanted(ours: &mut Repository, text: &str) -> (BranchHeads, CommitId) {
    let heads = ours.fetch_heads(None, &branch()).await.unwrap();
    let changes = [with("README.md", text)];
    let commit = ours.commit(&heads.base.commit, &changes, "Update\n").await.unwrap().unwrap();
    (heads, commit)
}

/// What our branch has beyond the base.
async fn history(ours: &mut Repository, heads: &BranchHeads) -> BranchHistory {
    ours.branch_history(heads, heads.head_of(&branch()).unwrap()).await.unwrap()
}

/// Puts what is desired on top of our branch, by what changed since another commit, and pushes it. Returns what was
/// desired as well.
async fn put(ours: &mut Repository, since: Option<&CommitId>, text: &str) -> (GitMergeOutcome, CommitId) {
    let (heads, commit) = wanted(ours, text).await;
    let met = history(ours, &heads).await.merge_base;
    let head = heads.head_of(&branch()).unwrap();
    let since = met.as_ref().and(since);
    let merged = ours.merge_onto(head, since, &commit, "Merge\n").await.unwrap();
    if let GitMergeOutcome::Commit(both) = &merged {
        let pushed = ours.push(&branch(), both, Some(&head.commit)).await.unwrap();
        assert_eq!(pushed, PushOutcome::Accepted);
    }
    (merged, commit)
}

#[test]
fn our_commits_go_on_top_of_a_persons_again_and_again() {
    let bare = BareRepository::new();
    bare.commit_as_person("main", "README.md", &list(&["a"], "end"));
    block_on(async {
        let mut ours = bare.open_repository().await;
        let (heads, first) = wanted(&mut ours, &list(&["b", "a"], "end")).await;
        assert_eq!(ours.push(&branch(), &first, None).await.unwrap(), PushOutcome::Accepted);
        assert!(heads.head_of(&branch()).is_none());
        let heads = ours.fetch_heads(None, &branch()).await.unwrap();
        assert!(!history(&mut ours, &heads).await.has_commits_by_people());

        let theirs = bare.commit_as_person("paperwire/list", "README.md", &list(&["b", "a"], "by hand"));
        let (merged, second) = put(&mut ours, Some(&first), &list(&["c", "b", "a"], "end")).await;
        assert!(matches!(merged, GitMergeOutcome::Commit(_)));
        assert_eq!(bare.file_at_branch("paperwire/list", "README.md"), list(&["c", "b", "a"], "by hand"));

        // The same lines at the top grow once more, and the base moves too.
        bare.commit_as_person("main", "other.md", "moved\n");
        let (merged, third) = put(&mut ours, Some(&second), &list(&["d", "c", "b", "a"], "end")).await;
        assert!(matches!(merged, GitMergeOutcome::Commit(_)));
        assert_eq!(
            bare.file_at_branch("paperwire/list", "README.md"),
            list(&["d", "c", "b", "a"], "by hand")
        );
        assert_eq!(bare.file_at_branch("paperwire/list", "other.md"), "moved\n");
        let again = put(&mut ours, Some(&third), &list(&["d", "c", "b", "a"], "end")).await;
        assert_eq!(again, (GitMergeOutcome::AlreadyMerged, third));

        let heads = ours.fetch_heads(None, &branch()).await.unwrap();
        let history = history(&mut ours, &heads).await;
        let persons: Vec<_> =
            history.commits_by_people().map(|commit| (&commit.id, commit.author.as_str())).collect();
        assert_eq!(persons, [(&theirs, "Ada")]);
    });
}

#[test]
fn a_conflict_names_the_file_and_writes_nothing() {
    let bare = BareRepository::new();
    bare.commit_as_person("main", "README.md", &list(&["a"], "end"));
    block_on(async {
        let mut ours = bare.open_repository().await;
        let (_, commit) = wanted(&mut ours, &list(&["b", "a"], "end")).await;
        ours.push(&branch(), &commit, None).await.unwrap();
        let theirs = bare.commit_as_person("paperwire/list", "README.md", &list(&["by hand"], "end"));
        let (merged, _) = put(&mut ours, Some(&commit), &list(&["c", "b", "a"], "end")).await;
        assert_eq!(merged, GitMergeOutcome::Conflict(vec!["README.md".to_owned()]));
        assert_eq!(bare.branch_head("paperwire/list"), Some(theirs));
    });
}

#[test]
fn a_branch_that_parted_long_ago_is_fetched_until_it_meets_the_base() {
    let bare = BareRepository::new();
    block_on(async {
        let mut ours = bare.open_repository().await;
        let (heads, commit) = wanted(&mut ours, "ours\n").await;
        let begun = heads.base.commit;
        ours.push(&branch(), &commit, None).await.unwrap();
        let theirs = bare.commit_as_person("paperwire/list", "theirs.md", "by hand\n");
        for n in 0..60 {
            bare.write_in_clone("other.md", &format!("{n}\n"));
            git(&bare.persons_clone(), &["checkout", "--quiet", "main"]);
            bare.commit_in_clone("On");
        }
        git(&bare.persons_clone(), &["push", "--quiet", "origin", "main"]);
        drop(ours);
        std::fs::remove_dir_all(bare.folder().join("state")).unwrap();

        let mut ours = bare.open_repository().await;
        let heads = ours.fetch_heads(None, &branch()).await.unwrap();
        let history = history(&mut ours, &heads).await;
        assert_eq!(history.merge_base, Some(begun));
        let commits: Vec<_> = history.commits.iter().map(|commit| &commit.id).collect();
        assert_eq!(commits, [&theirs, &commit]);
    });
}

#[test]
fn a_branch_that_has_nothing_in_common_with_the_base_is_left_alone() {
    let bare = BareRepository::new();
    git(&bare.persons_clone(), &["checkout", "--quiet", "--orphan", "paperwire/list"]);
    bare.commit_in_clone("Apart");
    git(&bare.persons_clone(), &["push", "--quiet", "origin", "paperwire/list"]);
    block_on(async {
        let mut ours = bare.open_repository().await;
        let begun = ours.fetch_heads(None, &branch()).await.unwrap().base.commit;
        assert_eq!(put(&mut ours, Some(&begun), "ours\n").await.0, GitMergeOutcome::Conflict(Vec::new()));
    });
}
