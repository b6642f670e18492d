//! A list in a repository by whole runs: one pull request that is kept current, and nothing of a person's lost.

use paperwire::list::forge::ForgeVendor;

use crate::support::bare_repository::run_git;
use crate::support::executable_files;
use crate::support::random_month_of_papers::RandomNumbers;
use crate::support::repository_env::{BRANCH, RepositoryEnv, TOKEN};
use crate::support::sample_papers::{newest_first, next_version, versioned_ids};
use crate::support::test_env::{OnceOutput, TOPIC, measure_time};

#[test]
fn a_pull_request_is_opened_once_and_updated_in_place() {
    let mut env = RepositoryEnv::at_a_forge();
    let answer = env.run_once_well();
    assert!(answer.only_list().changed && answer.only_list().rows == 5, "{answer:?}");
    assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![1], env.expected_rows()));
    assert_eq!(env.rows("main"), Vec::<String>::new(), "a person merges it, not we");
    {
        let memory = env.forge.lock_memory();
        assert_eq!(
            (memory.pulls[0].base.as_str(), &memory.pulls[0].labels),
            ("main", &vec!["papers".to_owned()])
        );
        assert!(
            memory.pulls[0].body.contains("**New**")
                && memory.pulls[0].body.contains("This pull request is kept current")
        );
    }
    let (writes, head) = (env.forge.write_requests().len(), env.bare.branch_head(BRANCH));
    let answer = env.run_once_well();
    assert_eq!(
        (answer.only_list().changed, env.forge.write_requests().len(), env.bare.branch_head(BRANCH)),
        (false, writes, head.clone())
    );
    assert!(answer.only_list().pull_request.is_some());

    env.add_papers(2);
    env.papers[1] = next_version(&env.papers[1], 40);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![1], env.expected_rows()));
    assert_ne!(env.bare.branch_head(BRANCH), head);

    env.bare.commit_as_person("main", "other.md", "new\n");
    env.run_once_well();
    let parent = run_git(&env.bare.repository_path(), &["rev-parse", &format!("{BRANCH}^")]);
    assert_eq!(parent.trim(), env.bare.branch_head("main").unwrap().as_str(), "it is rebuilt on the base");
    assert_eq!(env.bare.file_at_branch(BRANCH, "other.md"), "new\n");
}

#[test]
fn a_persons_commits_on_our_branch_stay_and_ours_go_on_top() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.edit_list(BRANCH, |text| text.replacen("| None |", "| [ours](https://example.org/x) |", 1));
    let by_hand = env.bare.branch_head(BRANCH).unwrap();
    env.run_once_well();
    assert_eq!(env.bare.branch_head(BRANCH).as_ref(), Some(&by_hand), "nothing came, and it is left alone");
    env.add_papers(2);
    env.bare.commit_as_person("main", "other.md", "new\n");
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![1], env.expected_rows()));
    let text = env.bare.file_at_branch(BRANCH, "README.md");
    assert!(text.contains("| [ours](https://example.org/x) |"), "{text}");
    assert_eq!(env.bare.file_at_branch(BRANCH, "other.md"), "new\n");
    run_git(&env.bare.repository_path(), &["merge-base", "--is-ancestor", by_hand.as_str(), BRANCH]);
    env.merge_pull_request(1);
    env.run_once_well();
    env.add_papers(1);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![2], env.expected_rows()));
    assert!(env.bare.file_at_branch(BRANCH, "README.md").contains("| [ours](https://example.org/x) |"));
}

#[test]
fn what_a_person_put_on_our_branch_survives_our_commits_on_top_and_then_a_base_that_moves() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.bare.commit_as_person(BRANCH, "notes.md", "by hand\n");
    let cell = "| [mine](https://example.org/x) |";
    env.edit_list(BRANCH, |list| {
        let row = list.lines().find(|line| line.starts_with("| **[")).unwrap();
        let (start, _) = row.strip_suffix(" |").unwrap().rsplit_once(" |").unwrap();
        list.replace(row, &format!("{start} {cell}"))
    });
    env.add_papers(1);
    env.run_once_well();
    // The second time a paper comes just above the row with the person's cell.
    for (file, version) in [("other.md", None), ("more.md", Some(next_version(&env.papers[4], 40)))] {
        env.bare.commit_as_person("main", file, "new\n");
        env.add_papers(1);
        if let Some(version) = version {
            env.papers[4] = version;
        }
        assert_eq!(env.run_once_well().only_list().notes, Vec::<String>::new(), "{file}");
        assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![1], env.expected_rows()), "{file}");
        assert_eq!(env.bare.file_at_branch(BRANCH, "notes.md"), "by hand\n");
        assert_eq!(env.bare.file_at_branch(BRANCH, file), "new\n");
        assert!(env.bare.file_at_branch(BRANCH, "README.md").contains(cell), "{file}");
    }
}

#[test]
fn what_was_merged_is_the_new_merge_base_and_what_a_person_deletes_there_stays_deleted() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.squash_pull_request(1);
    let first = env.bare.file_at_branch("main", "README.md");
    let row = first.lines().find(|line| line.starts_with("| **[")).unwrap().to_owned();
    env.edit_list("main", |text| text.replace(&format!("{row}\n"), ""));
    let gone = env
        .papers
        .iter()
        .map(|paper| versioned_ids(std::slice::from_ref(paper)).remove(0))
        .find(|at| row.contains(at.as_str()))
        .unwrap();
    let answer = env.run_once_well();
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    assert_eq!(env.open_pull_requests(), Vec::<usize>::new());
    assert_eq!(env.bare.branch_head(BRANCH), None, "its branch is of no use any more");
    env.add_papers(1);
    env.run_once_well();
    let expected: Vec<_> = env.expected_rows().into_iter().filter(|row| *row != gone).collect();
    assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![2], expected.clone()));
    env.merge_pull_request(2);
    run_git(&env.bare.repository_path(), &["branch", "-D", BRANCH]);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows("main")), (vec![], expected));
}

#[test]
fn a_pull_request_that_a_person_closed_stays_closed_until_the_content_changes() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.close_pull_request(1, false);
    let head = env.bare.branch_head(BRANCH);
    let answer = env.run_once_well();
    assert!(answer.only_list().notes[0].contains("was closed by somebody"), "{answer:?}");
    assert_eq!((env.open_pull_requests(), env.bare.branch_head(BRANCH)), (vec![], head.clone()));
    env.add_papers(1);
    env.run_once_well();
    assert_eq!(
        (env.open_pull_requests(), env.bare.branch_head(BRANCH)),
        (vec![2], head),
        "its branch is left as it is"
    );
    assert_eq!(env.rows(&format!("{BRANCH}-2")), env.expected_rows());
}

#[test]
fn mending_the_text_around_the_table_after_closing_a_pull_request_proposes_nothing() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.close_pull_request(1, false);
    env.edit_list("main", |text| text.replace("The end.", "The end of it."));
    let answer = env.run_once_well();
    assert!(answer.only_list().notes[0].contains("was closed by somebody"), "{answer:?}");
    assert_eq!(env.open_pull_requests(), Vec::<usize>::new());
}

#[test]
fn mending_or_copying_a_row_of_a_closed_pull_request_proposes_nothing_of_the_rest() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge_pull_request(1);
    env.add_papers(3);
    env.run_once_well();
    let proposed = env.bare.file_at_branch(BRANCH, "README.md");
    env.close_pull_request(2, false);
    let rows: Vec<_> = proposed.lines().filter(|line| line.contains("/abs/")).collect();
    let (new, old) = (
        rows.iter().find(|row| !env.bare.file_at_branch("main", "README.md").contains(**row)).unwrap(),
        rows[0],
    );
    assert!(env.bare.file_at_branch("main", "README.md").contains(old), "{old}");
    env.edit_list("main", |text| {
        text.replacen(old, &format!("{new}\n{}", old.replacen("**[", "**[Mine: ", 1)), 1)
    });
    let answer = env.run_once_well();
    assert!(answer.only_list().notes[0].contains("was closed by somebody"), "{answer:?}");
    assert_eq!(env.open_pull_requests(), Vec::<usize>::new());
    env.papers[1] = next_version(&env.papers[1], 1);
    env.run_once_well();
    assert_eq!(env.open_pull_requests(), [3], "a new version is something else");
}

#[test]
fn a_change_that_only_removes_rows_is_proposed_also_after_a_closed_pull_request() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge_pull_request(1);
    env.add_papers(1);
    env.run_once_well();
    env.close_pull_request(2, false);
    env.run_once_well();
    assert_eq!(env.open_pull_requests(), Vec::<usize>::new());
    let config = env.local.path("paperwire.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("labels = ", "rows = 3\nlabels = ")).unwrap();
    env.run_once_well();
    assert_eq!(env.open_pull_requests(), [3]);
}

#[test]
fn what_the_base_has_already_is_withdrawn_with_the_reason() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    let proposed = env.bare.file_at_branch(BRANCH, "README.md");
    env.bare.commit_as_person("main", "README.md", &proposed);
    env.run_once_well();
    let memory = env.forge.lock_memory();
    assert!(memory.pulls[0].is_closed && memory.pulls[0].comments[0].contains("nothing left to propose"));
    drop(memory);
    assert_eq!(env.bare.branch_head(BRANCH), None);
    assert!(!env.run_once_well().only_list().changed);
}

#[test]
fn what_a_forge_or_a_remote_refuses_is_reported_and_done_in_a_later_run() {
    let mut env = RepositoryEnv::at_a_forge();
    env.bare.refuse_pushes("not today");
    let answer = env.run_once();
    let reason = answer.only_list().reason.clone().unwrap_or_default();
    assert!(answer.status == 1 && reason.contains("not today"), "{reason}");
    assert_eq!(answer.only_topic().status, "ok", "the poll is not blamed");
    std::fs::remove_file(env.bare.repository_path().join("hooks/pre-receive")).unwrap();
    for (status, headers, body, told) in [
        (403, vec![], "{\"message\":\"Resource not accessible by personal access token\"}", "write"),
        (403, vec![("retry-after", "60")], "{\"message\":\"You have exceeded a secondary rate limit\"}", ""),
        (502, vec![], "bad gateway", ""),
    ] {
        env.forge.reply_with(status, &headers, body);
        let answer = env.run_once();
        let reason = answer.only_list().reason.clone().unwrap_or_default();
        assert!(answer.status == 1 && reason.contains(told) && !reason.is_empty(), "{status}: {answer:?}");
        assert!(!reason.contains(TOKEN) && !answer.stderr.contains(TOKEN));
        env.check_invariants();
    }
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![1], env.expected_rows()));
    let state = env.local.folder().join("repositories");
    for file in files_below(&state) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()), "{}", file.display());
    }
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn reviewers_are_asked_once_also_by_a_later_run() {
    let mut env = RepositoryEnv::new(
        "forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\nlabels = [\"papers\"]\n\
         reviewers = [\"ada\"]\n",
    );
    let asked = |env: &RepositoryEnv| env.forge.lock_memory().pulls[0].reviewers.len();
    for (part, status) in [("/labels", 502), ("/requested_reviewers", 502)] {
        env.forge.lock_memory().refusals.push((part, status));
        assert_eq!((env.run_once().status, env.open_pull_requests(), asked(&env)), (1, vec![1], 0), "{part}");
    }
    env.run_once_well();
    env.add_papers(1);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), asked(&env)), (vec![1], 1));
    env.merge_pull_request(1);
    env.add_papers(1);
    // Whom the forge will not have it will not have tomorrow; that is announced once.
    env.forge.lock_memory().refusals.push(("/requested_reviewers", 422));
    assert_eq!(env.run_once().status, 1);
    env.run_once_well();
    assert_eq!(env.forge.lock_memory().pulls[1].reviewers.len(), 0);
}

#[test]
fn a_remote_that_takes_no_forced_push_gets_a_commit_on_top() {
    let mut env = RepositoryEnv::at_a_forge();
    let repository = env.bare.repository_path();
    run_git(&repository, &["config", "receive.denyNonFastForwards", "true"]);
    env.run_once_well();
    for _ in 0..2 {
        env.add_papers(1);
        env.bare.commit_as_person("main", "other.md", &format!("{} papers\n", env.papers.len()));
        env.run_once_well();
        assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![1], env.expected_rows()));
        assert_eq!(env.bare.file_at_branch(BRANCH, "other.md"), format!("{} papers\n", env.papers.len()));
    }
    let head = env.bare.branch_head(BRANCH);
    env.run_once_well();
    assert_eq!(env.bare.branch_head(BRANCH), head, "nothing new, no commit");
    env.squash_pull_request(1);
    env.add_papers(1);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.rows(BRANCH)), (vec![2], env.expected_rows()));
    assert_eq!(env.rows("main").len(), env.expected_rows().len() - 1);
}

#[test]
fn titles_and_messages_have_the_counts_where_the_configuration_wants_them() {
    let mut env = RepositoryEnv::new(
        "forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n\
         title = \"{new} new in {topics}\"\ncommit_message = \"docs: {new} new, {replaced} replaced\"\nsignoff = true\n",
    );
    env.run_once_well();
    let title = |env: &RepositoryEnv| env.forge.lock_memory().pulls[0].title.clone();
    let message = |env: &RepositoryEnv| {
        run_git(&env.bare.repository_path(), &["log", "-1", "--format=%B", BRANCH]).trim().to_owned()
    };
    let signed = "Signed-off-by: paperwire <paperwire@noreply.invalid>";
    assert_eq!(title(&env), format!("5 new in {TOPIC}"));
    assert_eq!(message(&env), format!("docs: 5 new, 0 replaced\n\n{signed}"));
    env.add_papers(1);
    env.run_once_well();
    assert_eq!(title(&env), format!("6 new in {TOPIC}"));
    assert_eq!(message(&env), format!("docs: 6 new, 0 replaced\n\n{signed}"));
    let writes = env.forge.write_requests().len();
    env.run_once_well();
    assert_eq!(env.forge.write_requests().len(), writes);
}

#[test]
fn what_a_person_changes_of_a_pull_request_stays() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    {
        let mut memory = env.forge.lock_memory();
        let pull = &mut memory.pulls[0];
        pull.title = "Papers of the week".to_owned();
        pull.body = format!("For @ada.\r\n\r\n{}\r\nMine.\r\n", pull.body.replace('\n', "\r\n"));
        pull.labels.clear();
    }
    let writes = env.forge.write_requests().len();
    env.run_once_well();
    assert_eq!(env.forge.write_requests().len(), writes, "nothing is put back");
    env.add_papers(1);
    env.run_once_well();
    let memory = env.forge.lock_memory();
    let pull = &memory.pulls[0];
    assert_eq!((pull.title.as_str(), pull.labels.len()), ("Papers of the week", 0));
    assert!(pull.body.starts_with("For @ada.") && pull.body.trim_end().ends_with("Mine."), "{}", pull.body);
    assert_eq!(pull.body.matches("**New**").count(), 1, "{}", pull.body);
    let newest = newest_first(env.papers.clone()).remove(0);
    assert!(pull.body.contains(&newest.title), "{}", pull.body);
}

#[test]
fn a_pull_request_follows_the_list_to_another_base() {
    for (kind, name) in
        [(ForgeVendor::GitHub, "github"), (ForgeVendor::Gitea, "gitea"), (ForgeVendor::GitLab, "gitlab")]
    {
        let list =
            format!("forge = \"{name}\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n");
        let mut env = RepositoryEnv::at_forge_with(kind, &list);
        env.run_once_well();
        let repository = env.bare.repository_path();
        run_git(&repository, &["branch", "trunk", "main"]);
        run_git(&repository, &["symbolic-ref", "HEAD", "refs/heads/trunk"]);
        env.add_papers(1);
        env.run_once_well();
        let (comments, base) = {
            let memory = env.forge.lock_memory();
            (memory.pulls[0].comments.clone(), memory.pulls[0].base.clone())
        };
        assert_eq!((env.open_pull_requests(), base.as_str()), (vec![1], "trunk"), "{name}");
        assert_eq!(comments, ["The list is on `trunk` now, so this goes there."], "{name}");
        assert_eq!(env.rows(BRANCH), env.expected_rows());
        env.run_once_well();
        assert_eq!(env.forge.lock_memory().pulls.len(), 1, "{name}");
    }
}

#[test]
fn without_a_forge_the_branch_is_pushed_or_the_base_itself() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    env.run_once_well();
    assert_eq!((env.rows(BRANCH), env.rows("main")), (env.expected_rows(), vec![]));
    let mut env = RepositoryEnv::new(
        "forge = \"none\"\ndirect = true\narchive = \"archive/{year}-{month}.md\"\nrows = 3\n",
    );
    env.run_once_well();
    assert_eq!(env.rows("main"), env.expected_rows()[..3]);
    assert_eq!(env.bare.branch_head(BRANCH), None);
    env.edit_list("main", |text| text.replacen("[Code Link]", "[mine]", 1));
    env.add_papers(1);
    env.run_once_well();
    assert_eq!(env.rows("main"), env.expected_rows()[..3]);
    let listed = run_git(&env.bare.repository_path(), &["log", "--format=%an", "main"]);
    assert_eq!(listed.lines().filter(|name| *name == "paperwire").count(), 2, "a commit for each change");
}

#[test]
fn a_list_is_kept_current_over_ssh_as_over_any_other_transport() {
    let env = RepositoryEnv::new("forge = \"none\"\n");
    let config = std::fs::read_to_string(env.local.path("paperwire.toml")).unwrap();
    let remote = env.bare.url().replace("file://", "ssh://git@lists.invalid");
    std::fs::write(env.local.path("paperwire.toml"), config.replace(&env.bare.url(), &remote)).unwrap();
    // In ssh's place a host that does what it is asked to on this machine, and notes what that was.
    let ssh = env.local.path("ssh");
    executable_files::write_script(
        &ssh,
        "#!/bin/sh\necho \"$@\" >> \"$0.log\"\nfor asked; do :; done\nexec sh -c \"$asked\"\n",
    );
    env.arxiv.set_papers(newest_first(env.papers.clone()));
    let line = ["once", "--json", "--now", &RepositoryEnv::run_time(1)];
    for is_changed in [true, false] {
        let answer = OnceOutput::parse_output(
            &env.local.program_command(&line).env("GIT_SSH_COMMAND", &ssh).output().unwrap(),
        );
        assert_eq!((answer.status, answer.only_list().changed), (0, is_changed), "{answer:?}");
    }
    assert_eq!(env.rows(BRANCH), env.expected_rows());
    let asked = std::fs::read_to_string(env.local.path("ssh.log")).unwrap();
    assert!(asked.lines().all(|line| line.contains("git@lists.invalid git-")), "{asked}");
    assert!(asked.contains("git-receive-pack"), "{asked}");
    let answer = OnceOutput::parse_output(
        &env.local.program_command(&line).env("GIT_SSH_COMMAND", "false").output().unwrap(),
    );
    let reason = answer.only_list().reason.clone().unwrap_or_default();
    assert!(answer.status == 1 && reason.contains("the remote cannot be reached"), "{answer:?}");
}

#[test]
fn a_paper_that_a_person_added_to_the_base_is_never_announced() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.merge_pull_request(1);
    env.add_papers(1);
    let paper = env.papers[5].clone();
    let row =
        format!("| [Mine](https://arxiv.org/abs/{}) | 2025-01-01 | | | |\n", paper.id.as_arxiv_id().unwrap());
    env.edit_list("main", |text| text.replacen("| **[", &format!("{row}| **["), 1));
    let answer = env.run_once_well();
    assert_eq!(answer.status_and_counts(), ("quiet", 0, 0, 0), "{answer:?}");
    assert_eq!(env.open_pull_requests(), Vec::<usize>::new());
}

#[test]
fn a_program_that_is_killed_anywhere_on_the_way_ends_where_it_would_have_ended() {
    let (mut unharmed, mut killed) = (RepositoryEnv::at_a_forge(), RepositoryEnv::at_a_forge());
    let mut random = RandomNumbers(7);
    for day in 0..6 {
        for env in [&mut unharmed, &mut killed] {
            env.add_papers(1);
            if day == 3 {
                env.merge_pull_request(1);
            }
        }
        let (_, whole) = measure_time(|| unharmed.run_once_well());
        for _ in 0..4 {
            killed.spawn_and_kill(whole, &mut random);
        }
        killed.run_once_well();
        for branch in ["main", BRANCH] {
            assert_eq!(killed.rows(branch), unharmed.rows(branch), "{day} {branch}");
        }
        assert_eq!(killed.open_pull_requests(), unharmed.open_pull_requests(), "{day}");
        let bodies = |env: &RepositoryEnv| {
            env.forge.lock_memory().pulls.iter().map(|pull| pull.body.clone()).collect::<Vec<_>>()
        };
        assert_eq!(bodies(&killed), bodies(&unharmed), "{day}");
    }
    assert_eq!(unharmed.open_pull_requests(), [2]);
}

/// The script of a step of the documented workflow.
fn workflow_step_script(name: &str) -> String {
    let page = include_str!("../../docs/pull-requests.md");
    let (_, rest) = page.split_once(&format!("- name: {name}\n")).expect("the page has the step");
    let (_, script) = rest.split_once("run: |\n").expect("the step has a script");
    let lines = script.lines().take_while(|line| line.starts_with("          "));
    lines.flat_map(|line| [line.trim_start(), "\n"]).collect()
}

#[test]
fn readmes_workflow_keeps_its_history_on_a_branch_of_its_own() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    let config = std::fs::read_to_string(env.local.path("paperwire.toml")).unwrap();
    let config = config.replace("state = \"paperwire.db\"", "state = \"papers/paperwire.db\"");
    for (day, seeded) in [(1, 5), (2, 0)] {
        // Each run is on a machine of its own, with a fresh checkout.
        let machine = tempfile::tempdir().unwrap();
        let checkout = machine.path().join("list");
        run_git(machine.path(), &["clone", "--quiet", &env.bare.url(), "list"]);
        std::fs::write(checkout.join("paperwire.toml"), &config).unwrap();
        std::fs::write(checkout.join("token"), TOKEN).unwrap();
        env.add_papers(usize::from(day == 2));
        env.arxiv.set_papers(newest_first(env.papers.clone()));
        let once = format!("paperwire once --json --now {}", RepositoryEnv::run_time(day));
        let script = format!(
            "{}{once}\n{}",
            workflow_step_script("Fetch the history"),
            workflow_step_script("Keep the history")
        );
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_paperwire")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut run = std::process::Command::new("bash");
        run.args(["-euc", &script]).current_dir(&checkout);
        let run = run.env("PATH", path).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        let told = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(
            run.status.success() && told.contains(&format!("\"seeded\":{seeded}")),
            "{told}{}",
            String::from_utf8_lossy(&run.stderr)
        );
        assert_eq!(env.rows(BRANCH), env.expected_rows());
    }
    let history = run_git(&env.bare.repository_path(), &["rev-list", "--count", "paperwire-history"]);
    assert_eq!(history.trim(), "1", "one commit, replaced each time");
}
