//! Commits, branches and leases, against a folder.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use paperwire::list::git::{
    GitEnvironment, GitError, LocalCloneSettings, PushOutcome, Repository, check_git_version,
};

use crate::support::bare_repository::{
    BareRepository, block_on, file_change, first_fetch_error, list_branch, list_head, parse_tree_path,
    run_git,
};

#[test]
fn the_same_base_and_content_make_the_same_commit() {
    let bare = BareRepository::new();
    let changes = [file_change("README.md", "# List\n\nnew\n"), file_change("archive/2025-03.md", "moved\n")];
    let commit = |place: LocalCloneSettings| {
        block_on(async {
            let mut ours = Repository::open(place).await.unwrap();
            let heads = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
            assert_eq!((heads.base.branch.as_str(), heads.ours.len()), ("main", 0));
            ours.create_commit(&heads.base.commit, &changes, "Update the list\n").await.unwrap().unwrap()
        })
    };
    let first = commit(bare.repository_options());
    let second = commit(LocalCloneSettings {
        folder: bare.folder().join("elsewhere/list.git"),
        ..bare.repository_options()
    });
    assert_eq!(first, second);
}

#[test]
fn a_commit_changes_what_it_names_and_keeps_modes_and_all_else() {
    let bare = BareRepository::new();
    block_on(async {
        let mut ours = bare.open_repository().await;
        let heads = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
        let main = &heads.base.commit;
        let paths = ["README.md", "make.sh", "missing.md", "other.md/x"].map(parse_tree_path);
        let files = ours.find_files_at_commit(main, &paths.each_ref()).await.unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["README.md", "make.sh"]);
        let (list, script) = (&files["README.md"], &files["make.sh"]);
        assert_eq!((list.is_executable, script.is_executable), (false, true));
        let mut contents = Vec::new();
        let take = |_: &_, bytes: &[u8]| contents.push(bytes.to_vec());
        ours.read_blobs(&[&script.blob, &list.blob, &script.blob], take).await.unwrap();
        assert_eq!(contents, [&b"#!/bin/sh\n"[..], b"# List\n\nold\n", b"#!/bin/sh\n"]);
        assert!(ours.find_files_at_commit(main, &[]).await.unwrap().is_empty());
        let changes =
            [file_change("make.sh", "#!/bin/sh\r\ntrue\r\n"), file_change("docs/größe.md", "deep\n")];
        let commit = ours.create_commit(main, &changes, "Change\n").await.unwrap().unwrap();
        assert_eq!(ours.push_commit(&list_branch(), &commit, None).await.unwrap(), PushOutcome::Accepted);
        let same = [file_change("README.md", "# List\n\nold\n")];
        assert_eq!(ours.create_commit(main, &same, "Nothing\n").await.unwrap(), None);
    });
    let tree = run_git(
        &bare.repository_path(),
        &["-c", "core.quotePath=false", "ls-tree", "-r", "--format=%(objectmode) %(path)", "paperwire/list"],
    );
    assert_eq!(tree, "100644 README.md\n100644 docs/größe.md\n100755 make.sh\n100644 other.md\n");
    assert_eq!(bare.file_at_branch("paperwire/list", "make.sh"), "#!/bin/sh\r\ntrue\r\n");
    let about =
        run_git(&bare.repository_path(), &["log", "-1", "--format=%an <%ae> %cn %ct %s", "paperwire/list"]);
    let second = |format: &str, branch: &str| -> u64 {
        run_git(&bare.repository_path(), &["log", "-1", format, branch]).trim().parse().unwrap()
    };
    let date = second("--format=%ct", "main");
    assert_eq!(about, format!("paperwire <paperwire@noreply.invalid> paperwire {date} Change\n"));
    let written = second("--format=%at", "paperwire/list");
    assert!((date - 3599..=date).contains(&written), "{written} is some seconds before {date}");
}

#[test]
fn the_files_below_a_folder_are_listed_by_their_paths() {
    use std::os::unix::ffi::OsStrExt as _;

    let bare = BareRepository::new();
    std::fs::create_dir_all(bare.persons_clone().join("docs/größe/2025")).unwrap();
    std::fs::create_dir(bare.persons_clone().join("docs-2")).unwrap();
    for name in ["docs/größe/2025/03.md", "docs/größe/a b.md", "docs-2/a.md"] {
        bare.write_in_clone(name, "x");
    }
    let odd = std::ffi::OsStr::from_bytes(b"docs/\xff.md");
    std::fs::write(bare.persons_clone().join(odd), "x").unwrap();
    bare.commit_in_clone("More");
    run_git(&bare.persons_clone(), &["push", "--quiet", "origin", "main"]);
    block_on(async {
        let mut ours = bare.open_repository().await;
        let main = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        let below = ["docs/größe/2025/03.md", "docs/größe/a b.md"];
        let listed = async |folder: &str, is_wanted: fn(&str) -> bool| {
            let mut paths = ours.file_paths_below(&main, folder, is_wanted).await.unwrap();
            paths.sort();
            paths
        };
        assert_eq!(listed("docs", |_| true).await, below);
        assert_eq!(listed("docs/größe", |_| true).await, below);
        assert_eq!(listed("docs/größe", |_| false).await, below[1..]);
        assert_eq!(listed("nowhere", |_| true).await, [""; 0]);
        let own = ["README.md", "make.sh", "other.md"];
        assert_eq!(listed("", |_| false).await, own);
        assert_eq!(
            listed("", |folder| !folder.ends_with("-2")).await,
            [&own[..1], &below, &own[1..]].concat()
        );
    });
}

#[test]
fn what_is_no_file_is_reported_and_not_written_through() {
    let bare = BareRepository::new();
    std::fs::create_dir(bare.persons_clone().join("docs")).unwrap();
    bare.write_in_clone("docs/a.md", "a\n");
    std::os::unix::fs::symlink("/etc/passwd", bare.persons_clone().join("link.md")).unwrap();
    bare.commit_in_clone("More");
    run_git(&bare.persons_clone(), &["push", "--quiet", "origin", "main"]);
    block_on(async {
        let mut ours = bare.open_repository().await;
        let main = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        for (name, what) in [("docs", "a folder"), ("link.md", "a symbolic link")] {
            let told = GitError::NotAFile { path: name.to_owned(), what };
            assert_eq!(ours.find_files_at_commit(&main, &[&parse_tree_path(name)]).await.unwrap_err(), told);
            assert_eq!(ours.create_commit(&main, &[file_change(name, "x")], "x").await.unwrap_err(), told);
        }
        let through = ours.create_commit(&main, &[file_change("link.md/x.md", "x")], "x").await.unwrap_err();
        assert_eq!(through, GitError::NotAFolder("link.md".to_owned()));
        let through =
            ours.create_commit(&main, &[file_change("docs/a.md/deep/x.md", "x")], "x").await.unwrap_err();
        assert_eq!(through, GitError::NotAFolder("docs/a.md".to_owned()));
    });
}

#[test]
fn a_branch_moves_only_from_where_it_was_seen() {
    let bare = BareRepository::new();
    block_on(async {
        let mut ours = bare.open_repository().await;
        let main = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        let mut commits = Vec::new();
        for text in ["one\n", "two\n", "three\n"] {
            commits.push(
                ours.create_commit(&main, &[file_change("README.md", text)], "x\n").await.unwrap().unwrap(),
            );
        }
        let [one, two, three] = &commits[..] else { unreachable!() };
        assert_eq!(
            ours.push_commit(&list_branch(), one, Some(two)).await.unwrap(),
            PushOutcome::Stale,
            "it is not there"
        );
        assert_eq!(ours.push_commit(&list_branch(), one, None).await.unwrap(), PushOutcome::Accepted);
        assert_eq!(
            ours.push_commit(&list_branch(), two, None).await.unwrap(),
            PushOutcome::Stale,
            "it is there"
        );
        assert_eq!(ours.push_commit(&list_branch(), two, Some(three)).await.unwrap(), PushOutcome::Stale);
        assert_eq!(bare.branch_head("paperwire/list").as_ref(), Some(one));
        assert_eq!(ours.push_commit(&list_branch(), two, Some(one)).await.unwrap(), PushOutcome::Accepted);
        assert_eq!(
            ours.push_commit(&list_branch(), two, Some(one)).await.unwrap(),
            PushOutcome::Accepted,
            "as after a kill"
        );
        let theirs = bare.commit_as_person("paperwire/list", "README.md", "by hand\n");
        assert_eq!(ours.push_commit(&list_branch(), three, Some(two)).await.unwrap(), PushOutcome::Stale);
        assert_eq!(ours.delete_branch(&list_branch(), two).await.unwrap(), PushOutcome::Stale);
        assert_eq!(bare.branch_head("paperwire/list").as_ref(), Some(&theirs));
        let heads = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
        assert_eq!(list_head(&heads).map(|head| &head.commit), Some(&theirs));
        assert_eq!(ours.delete_branch(&list_branch(), &theirs).await.unwrap(), PushOutcome::Accepted);
        assert_eq!(bare.branch_head("paperwire/list"), None);
        assert_eq!(
            ours.delete_branch(&list_branch(), &theirs).await.unwrap(),
            PushOutcome::Accepted,
            "gone is gone"
        );
    });
}

#[test]
fn a_refusal_is_reported_in_the_remotes_own_words() {
    let bare = BareRepository::new();
    bare.refuse_pushes("\\033[31mGH006: Protected branch\\033[0m\\nask \\007Ada");
    block_on(async {
        let mut ours = bare.open_repository().await;
        let main = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        let commit =
            ours.create_commit(&main, &[file_change("README.md", "x\n")], "x\n").await.unwrap().unwrap();
        let refused = ours.push_commit(&list_branch(), &commit, None).await.unwrap();
        let words = "[remote rejected] (pre-receive hook declined); GH006: Protected branch; ask Ada";
        assert_eq!(refused, PushOutcome::Refused(words.to_owned()));
    });
    assert_eq!(bare.branch_head("paperwire/list"), None);
}

#[test]
fn a_branch_whose_name_is_the_folder_of_ours_is_named_as_what_is_in_the_way() {
    let bare = BareRepository::new();
    run_git(&bare.repository_path(), &["branch", "paperwire", "main"]);
    block_on(async {
        let mut ours = bare.open_repository().await;
        let main = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        let commit =
            ours.create_commit(&main, &[file_change("README.md", "x\n")], "x\n").await.unwrap().unwrap();
        let refused = ours.push_commit(&list_branch(), &commit, None).await.unwrap();
        let PushOutcome::Refused(words) = refused else { panic!("{refused:?}") };
        assert!(words.starts_with("a branch paperwire is in the way"), "{words}");
    });
}

/// git opens no repository of another user, unless that is said to be safe; who may give a file away is root alone.
#[test]
fn a_repository_in_a_folder_of_another_user_is_opened() {
    let bare = BareRepository::new();
    let place = bare.repository_path();
    if !rustix::process::geteuid().is_root() {
        return;
    }
    std::os::unix::fs::chown(&place, Some(65_534), None).unwrap();
    block_on(async {
        let mut ours = bare.open_repository().await;
        let main = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        let commit =
            ours.create_commit(&main, &[file_change("README.md", "x\n")], "x\n").await.unwrap().unwrap();
        assert_eq!(ours.push_commit(&list_branch(), &commit, None).await.unwrap(), PushOutcome::Accepted);
    });
    std::os::unix::fs::chown(&place, Some(0), None).unwrap();
}

#[test]
fn a_base_that_is_missing_is_reported_with_the_branches_that_are_there() {
    let bare = BareRepository::new();
    run_git(&bare.repository_path(), &["branch", "trunk", "main"]);
    let missing = |base: Option<&str>| {
        let wanted = base.map(|name| name.parse().unwrap());
        block_on(async {
            let mut ours = bare.open_repository().await;
            ours.fetch_branch_heads(wanted.as_ref(), &list_branch()).await.unwrap_err().to_string()
        })
    };
    let there = "it has main, trunk: set `base` to one of these";
    assert_eq!(missing(Some("mian")), format!("the repository has no branch mian; {there}"));
    run_git(&bare.repository_path(), &["symbolic-ref", "HEAD", "refs/heads/master"]);
    assert_eq!(missing(None), format!("the repository has no default branch that exists; {there}"));
    for name in ["main", "trunk"] {
        run_git(&bare.repository_path(), &["update-ref", "-d", &format!("refs/heads/{name}")]);
    }
    let empty = missing(None);
    assert!(empty.contains("it needs a first commit"), "{empty}");
}

#[test]
fn little_is_fetched_and_a_base_that_moved_is_followed() {
    let bare = BareRepository::new();
    for n in 0..5 {
        bare.commit_as_person("main", "other.md", &format!("{n}\n"));
    }
    block_on(async {
        let mut ours = bare.open_repository().await;
        let first = ours.fetch_branch_heads(None, &list_branch()).await.unwrap();
        let count = run_git(&bare.folder().join("state/list.git"), &["rev-list", "--all", "--count"]);
        assert_eq!(count.trim(), "1");
        let moved = bare.commit_as_person("main", "other.md", "moved\n");
        let second = ours.fetch_branch_heads(Some(&"main".parse().unwrap()), &list_branch()).await.unwrap();
        assert_eq!(second.base.commit, moved);
        assert_ne!(first.base.commit, moved);
        let missing =
            ours.fetch_branch_heads(Some(&"trunk".parse().unwrap()), &list_branch()).await.unwrap_err();
        let there = "no branch trunk; it has main: set `base` to one of these";
        assert_eq!(missing, GitError::NoBaseBranch(there.to_owned()));
    });
}

#[test]
fn a_folder_that_a_kill_or_a_full_disk_left_broken_is_mended() {
    let bare = BareRepository::new();
    let folder = bare.folder().join("state/list.git");
    let look = || {
        block_on(async {
            bare.open_repository().await.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit
        })
    };
    let begun = look();
    std::fs::write(folder.join("shallow.lock"), "").unwrap();
    bare.commit_as_person("main", "other.md", "moved\n");
    assert_ne!(look(), begun, "a lock that nobody holds");
    std::fs::write(folder.join("HEAD"), "").unwrap();
    look();
    std::fs::remove_dir_all(folder.join("objects")).unwrap();
    look();
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "a private list stays private");
}

#[test]
fn one_program_at_a_time_works_on_a_repository() {
    let bare = BareRepository::new();
    block_on(async {
        let first = bare.open_repository().await;
        assert_eq!(Repository::open(bare.repository_options()).await.unwrap_err(), GitError::Busy);
        drop(first);
        bare.open_repository().await;
    });
}

#[test]
fn a_git_that_is_too_old_or_missing_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (old, environment) = (folder.path().join("git"), GitEnvironment::from_variables(std::env::vars_os()));
    crate::support::executable_files::write_script(&old, "#!/bin/sh\necho git version 2.37.9\n");
    let told = block_on(check_git_version(old.as_os_str(), &environment)).unwrap_err().to_string();
    assert_eq!(told, "git is of version 2.37; a list in a repository needs 2.38 or later");
    assert_eq!(
        block_on(check_git_version(folder.path().join("none").as_os_str(), &environment)).unwrap_err(),
        GitError::NoGit
    );
    block_on(check_git_version("git".as_ref(), &environment)).unwrap();
}

#[test]
fn a_missing_or_empty_remote_is_reported() {
    let bare = BareRepository::new();
    let nowhere = format!("file://{}/nowhere.git", bare.folder().display());
    assert!(matches!(first_fetch_error(bare.repository_options_at(&nowhere, None)), GitError::NotFound(_)));
    run_git(bare.folder(), &["init", "--quiet", "--bare", "empty.git"]);
    let empty = format!("file://{}/empty.git", bare.folder().display());
    assert!(matches!(first_fetch_error(bare.repository_options_at(&empty, None)), GitError::NoBaseBranch(_)));
}

/// Adds files to a folder of the remote's `main` in one commit, whose names alone are more than git may say in one run.
fn add_endless_names(bare: &BareRepository, folder: &str) {
    let mut stream =
        "commit refs/heads/main\ncommitter Ada <ada@example.org> 1735689600 +0000\ndata 4\nMany\n\
                      from refs/heads/main^0\n"
            .to_owned();
    for number in 0..2400 {
        let name = "x".repeat(4000);
        write!(stream, "M 100644 inline {folder}/{number}-{name}\ndata 2\nx\n\n").unwrap();
    }
    let file = bare.folder().join("stream");
    std::fs::write(&file, stream).unwrap();
    let mut import = std::process::Command::new("git");
    import
        .args(["fast-import", "--quiet"])
        .current_dir(bare.repository_path())
        .stdin(std::fs::File::open(file).unwrap());
    assert!(import.status().unwrap().success());
}

#[test]
fn a_commit_that_changes_a_whole_large_repository_stops_nothing() {
    let bare = BareRepository::new();
    block_on(async {
        let mut ours = bare.open_repository().await;
        let main = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base.commit;
        let commit =
            ours.create_commit(&main, &[file_change("README.md", "ours\n")], "x\n").await.unwrap().unwrap();
        ours.push_commit(&list_branch(), &commit, None).await.unwrap();
        bare.commit_as_person("main", "README.md", "ours\n");
        add_endless_names(&bare, "src");
        let head = ours.fetch_branch_heads(None, &list_branch()).await.unwrap().base;
        assert!(ours.has_changes_of_commit(&head, &commit).await.unwrap());
        let paths = ours.file_paths_below(&head.commit, "", |folder| folder != "src").await.unwrap();
        assert_eq!(paths, ["README.md", "make.sh", "other.md"]);
    });
}
