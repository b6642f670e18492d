//! A list in a repository by whole turns: one pull request that is kept current, and nothing of a person's lost.

use crate::executable;
use crate::repository::bare_repository::git;
use crate::repository_env::{BRANCH, Desk, TOKEN};
use crate::sample_papers::{addresses, revised, sorted};
use crate::simulated_month::Dice;
use crate::test_env::{Answer, timed};

#[test]
fn a_pull_request_is_opened_once_and_updated_in_place() {
    let mut desk = Desk::at_a_forge();
    let answer = desk.turn_well();
    assert!(answer.only_list().changed && answer.only_list().rows == 5, "{answer:?}");
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    assert_eq!(desk.rows("main"), Vec::<String>::new(), "a person merges it, not we");
    {
        let memory = desk.forge.memory();
        assert_eq!(
            (memory.pulls[0].base.as_str(), &memory.pulls[0].labels),
            ("main", &vec!["papers".to_owned()])
        );
        assert!(
            memory.pulls[0].body.contains("**New**")
                && memory.pulls[0].body.contains("This pull request is kept current")
        );
    }
    let (writes, head) = (desk.forge.writes().len(), desk.bare.head(BRANCH));
    let answer = desk.turn_well();
    assert_eq!(
        (answer.only_list().changed, desk.forge.writes().len(), desk.bare.head(BRANCH)),
        (false, writes, head.clone())
    );
    assert!(answer.only_list().pull_request.is_some());

    desk.come(2);
    desk.papers[1] = revised(&desk.papers[1], 40);
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    assert_ne!(desk.bare.head(BRANCH), head);

    desk.bare.persons_commit("main", "other.md", "new\n");
    desk.turn_well();
    let parent = git(&desk.bare.list(), &["rev-parse", &format!("{BRANCH}^")]);
    assert_eq!(parent.trim(), desk.bare.head("main").unwrap().as_str(), "it is rebuilt on the base");
    assert_eq!(desk.bare.text(BRANCH, "other.md"), "new\n");
}

#[test]
fn a_persons_commits_on_our_branch_are_kept_and_ours_go_on_top() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.edits(BRANCH, |text| text.replacen("| None |", "| [ours](https://example.org/x) |", 1));
    let by_hand = desk.bare.head(BRANCH).unwrap();
    desk.turn_well();
    assert_eq!(desk.bare.head(BRANCH).as_ref(), Some(&by_hand), "nothing came, and it is left alone");
    desk.come(2);
    desk.bare.persons_commit("main", "other.md", "new\n");
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    let text = desk.bare.text(BRANCH, "README.md");
    assert!(text.contains("| [ours](https://example.org/x) |"), "{text}");
    assert_eq!(desk.bare.text(BRANCH, "other.md"), "new\n");
    git(&desk.bare.list(), &["merge-base", "--is-ancestor", by_hand.as_str(), BRANCH]);
    desk.merge(1);
    desk.turn_well();
    desk.come(1);
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![2], desk.expected()));
    assert!(desk.bare.text(BRANCH, "README.md").contains("| [ours](https://example.org/x) |"));
}

#[test]
fn what_a_person_put_on_our_branch_outlives_ours_on_top_of_it_and_then_a_base_that_moves() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.bare.persons_commit(BRANCH, "notes.md", "by hand\n");
    let cell = "| [mine](https://example.org/x) |";
    desk.edits(BRANCH, |list| {
        let row = list.lines().find(|line| line.starts_with("| **[")).unwrap();
        let (start, _) = row.strip_suffix(" |").unwrap().rsplit_once(" |").unwrap();
        list.replace(row, &format!("{start} {cell}"))
    });
    desk.come(1);
    desk.turn_well();
    // The second time a paper comes to stand just above the row with the person's cell.
    for (file, version) in [("other.md", None), ("more.md", Some(revised(&desk.papers[4], 40)))] {
        desk.bare.persons_commit("main", file, "new\n");
        desk.come(1);
        if let Some(version) = version {
            desk.papers[4] = version;
        }
        assert_eq!(desk.turn_well().only_list().notes, Vec::<String>::new(), "{file}");
        assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()), "{file}");
        assert_eq!(desk.bare.text(BRANCH, "notes.md"), "by hand\n");
        assert_eq!(desk.bare.text(BRANCH, file), "new\n");
        assert!(desk.bare.text(BRANCH, "README.md").contains(cell), "{file}");
    }
}

#[test]
fn what_was_merged_is_the_new_ground_and_what_a_person_deletes_there_stays_deleted() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.squash(1);
    let first = desk.bare.text("main", "README.md");
    let row = first.lines().find(|line| line.starts_with("| **[")).unwrap().to_owned();
    desk.edits("main", |text| text.replace(&format!("{row}\n"), ""));
    let gone = desk
        .papers
        .iter()
        .map(|paper| addresses(std::slice::from_ref(paper)).remove(0))
        .find(|at| row.contains(at.as_str()))
        .unwrap();
    let answer = desk.turn_well();
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    assert_eq!(desk.open(), Vec::<usize>::new());
    assert_eq!(desk.bare.head(BRANCH), None, "its branch is of no use any more");
    desk.come(1);
    desk.turn_well();
    let expected: Vec<_> = desk.expected().into_iter().filter(|row| *row != gone).collect();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![2], expected.clone()));
    desk.merge(2);
    git(&desk.bare.list(), &["branch", "-D", BRANCH]);
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows("main")), (vec![], expected));
}

#[test]
fn a_pull_request_that_a_person_closed_stays_closed_until_the_content_changes() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.end(1, false);
    let head = desk.bare.head(BRANCH);
    let answer = desk.turn_well();
    assert!(answer.only_list().notes[0].contains("was closed by somebody"), "{answer:?}");
    assert_eq!((desk.open(), desk.bare.head(BRANCH)), (vec![], head.clone()));
    desk.come(1);
    desk.turn_well();
    assert_eq!((desk.open(), desk.bare.head(BRANCH)), (vec![2], head), "its branch is left as it is");
    assert_eq!(desk.rows(&format!("{BRANCH}-2")), desk.expected());
}

#[test]
fn who_closed_a_pull_request_and_mends_what_stands_around_the_table_has_not_asked_for_it_again() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.end(1, false);
    desk.edits("main", |text| text.replace("The end.", "The end of it."));
    let answer = desk.turn_well();
    assert!(answer.only_list().notes[0].contains("was closed by somebody"), "{answer:?}");
    assert_eq!(desk.open(), Vec::<usize>::new());
}

#[test]
fn who_closed_a_pull_request_and_mends_or_takes_over_a_row_has_not_asked_for_the_rest() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.merge(1);
    desk.come(3);
    desk.turn_well();
    let proposed = desk.bare.text(BRANCH, "README.md");
    desk.end(2, false);
    let rows: Vec<_> = proposed.lines().filter(|line| line.contains("/abs/")).collect();
    let (new, old) =
        (rows.iter().find(|row| !desk.bare.text("main", "README.md").contains(**row)).unwrap(), rows[0]);
    assert!(desk.bare.text("main", "README.md").contains(old), "{old}");
    desk.edits("main", |text| {
        text.replacen(old, &format!("{new}\n{}", old.replacen("**[", "**[Mine: ", 1)), 1)
    });
    let answer = desk.turn_well();
    assert!(answer.only_list().notes[0].contains("was closed by somebody"), "{answer:?}");
    assert_eq!(desk.open(), Vec::<usize>::new());
    desk.papers[1] = revised(&desk.papers[1], 1);
    desk.turn_well();
    assert_eq!(desk.open(), [3], "a new version is something else");
}

#[test]
fn what_only_takes_rows_away_is_proposed_also_after_one_that_was_closed() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.merge(1);
    desk.come(1);
    desk.turn_well();
    desk.end(2, false);
    desk.turn_well();
    assert_eq!(desk.open(), Vec::<usize>::new());
    let config = desk.home.path("paperwire.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("labels = ", "rows = 3\nlabels = ")).unwrap();
    desk.turn_well();
    assert_eq!(desk.open(), [3]);
}

#[test]
fn what_the_base_has_already_is_withdrawn_with_a_word_why() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    let proposed = desk.bare.text(BRANCH, "README.md");
    desk.bare.persons_commit("main", "README.md", &proposed);
    desk.turn_well();
    let memory = desk.forge.memory();
    assert!(memory.pulls[0].is_closed && memory.pulls[0].comments[0].contains("nothing left to propose"));
    drop(memory);
    assert_eq!(desk.bare.head(BRANCH), None);
    assert!(!desk.turn_well().only_list().changed);
}

#[test]
fn what_a_forge_or_a_remote_refuses_is_told_and_done_in_a_later_turn() {
    let mut desk = Desk::at_a_forge();
    desk.bare.refuse("not today");
    let answer = desk.turn();
    let reason = answer.only_list().reason.clone().unwrap_or_default();
    assert!(answer.status == 1 && reason.contains("not today"), "{reason}");
    assert_eq!(answer.topic().status, "ok", "the poll is not blamed");
    std::fs::remove_file(desk.bare.list().join("hooks/pre-receive")).unwrap();
    for (status, headers, body, told) in [
        (403, vec![], "{\"message\":\"Resource not accessible by personal access token\"}", "write"),
        (403, vec![("retry-after", "60")], "{\"message\":\"You have exceeded a secondary rate limit\"}", ""),
        (502, vec![], "bad gateway", ""),
    ] {
        desk.forge.will(status, &headers, body);
        let answer = desk.turn();
        let reason = answer.only_list().reason.clone().unwrap_or_default();
        assert!(answer.status == 1 && reason.contains(told) && !reason.is_empty(), "{status}: {answer:?}");
        assert!(!reason.contains(TOKEN) && !answer.stderr.contains(TOKEN));
        desk.holds();
    }
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    let state = desk.home.folder().join("repositories");
    for file in walk(&state) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()), "{}", file.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn reviewers_are_asked_once_also_by_a_later_turn() {
    let mut desk = Desk::new(
        "forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\nlabels = [\"papers\"]\n\
         reviewers = [\"ada\"]\n",
    );
    let asked = |desk: &Desk| desk.forge.memory().pulls[0].reviewers.len();
    for (part, status) in [("/labels", 502), ("/requested_reviewers", 502)] {
        desk.forge.memory().refusals.push((part, status));
        assert_eq!((desk.turn().status, desk.open(), asked(&desk)), (1, vec![1], 0), "{part}");
    }
    desk.turn_well();
    desk.come(1);
    desk.turn_well();
    assert_eq!((desk.open(), asked(&desk)), (vec![1], 1));
    desk.merge(1);
    desk.come(1);
    // Whom the forge will not have it will not have tomorrow; that is told once.
    desk.forge.memory().refusals.push(("/requested_reviewers", 422));
    assert_eq!(desk.turn().status, 1);
    desk.turn_well();
    assert_eq!(desk.forge.memory().pulls[1].reviewers.len(), 0);
}

#[test]
fn without_a_forge_the_branch_is_pushed_or_the_base_itself() {
    let mut desk = Desk::new("forge = \"none\"\n");
    desk.turn_well();
    assert_eq!((desk.rows(BRANCH), desk.rows("main")), (desk.expected(), vec![]));
    let mut desk =
        Desk::new("forge = \"none\"\ndirect = true\narchive = \"archive/{year}-{month}.md\"\nrows = 3\n");
    desk.turn_well();
    assert_eq!(desk.rows("main"), desk.expected()[..3]);
    assert_eq!(desk.bare.head(BRANCH), None);
    desk.edits("main", |text| text.replacen("[Code Link]", "[mine]", 1));
    desk.come(1);
    desk.turn_well();
    assert_eq!(desk.rows("main"), desk.expected()[..3]);
    let listed = git(&desk.bare.list(), &["log", "--format=%an", "main"]);
    assert_eq!(listed.lines().filter(|name| *name == "paperwire").count(), 2, "a commit for each change");
}

#[test]
fn over_ssh_a_list_is_kept_as_over_any_other_way() {
    let desk = Desk::new("forge = \"none\"\n");
    let config = std::fs::read_to_string(desk.home.path("paperwire.toml")).unwrap();
    let remote = desk.bare.url().replace("file://", "ssh://git@lists.invalid");
    std::fs::write(desk.home.path("paperwire.toml"), config.replace(&desk.bare.url(), &remote)).unwrap();
    // In ssh's place a host that does what it is asked to on this machine, and notes what that was.
    let ssh = desk.home.path("ssh");
    executable::write(
        &ssh,
        "#!/bin/sh\necho \"$@\" >> \"$0.log\"\nfor asked; do :; done\nexec sh -c \"$asked\"\n",
    );
    desk.arxiv.set_papers(sorted(desk.papers.clone()));
    let line = ["once", "--json", "--now", &Desk::moment(1)];
    for is_changed in [true, false] {
        let answer = Answer::of(&desk.home.command(&line).env("GIT_SSH_COMMAND", &ssh).output().unwrap());
        assert_eq!((answer.status, answer.only_list().changed), (0, is_changed), "{answer:?}");
    }
    assert_eq!(desk.rows(BRANCH), desk.expected());
    let asked = std::fs::read_to_string(desk.home.path("ssh.log")).unwrap();
    assert!(asked.lines().all(|line| line.contains("git@lists.invalid git-")), "{asked}");
    assert!(asked.contains("git-receive-pack"), "{asked}");
    let answer = Answer::of(&desk.home.command(&line).env("GIT_SSH_COMMAND", "false").output().unwrap());
    let reason = answer.only_list().reason.clone().unwrap_or_default();
    assert!(answer.status == 1 && reason.contains("the remote cannot be reached"), "{answer:?}");
}

#[test]
fn a_paper_that_a_person_put_into_the_base_is_never_told() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.merge(1);
    desk.come(1);
    let paper = desk.papers[5].clone();
    let row =
        format!("| [Mine](https://arxiv.org/abs/{}) | 2025-01-01 | | | |\n", paper.id.as_arxiv().unwrap());
    desk.edits("main", |text| text.replacen("| **[", &format!("{row}| **["), 1));
    let answer = desk.turn_well();
    assert_eq!(answer.counts(), ("quiet", 0, 0, 0), "{answer:?}");
    assert_eq!(desk.open(), Vec::<usize>::new());
}

#[test]
fn a_program_that_is_killed_anywhere_on_the_way_ends_where_it_would_have_ended() {
    let (mut unharmed, mut killed) = (Desk::at_a_forge(), Desk::at_a_forge());
    let mut dice = Dice(7);
    for day in 0..6 {
        for desk in [&mut unharmed, &mut killed] {
            desk.come(1);
            if day == 3 {
                desk.merge(1);
            }
        }
        let (_, whole) = timed(|| unharmed.turn_well());
        for _ in 0..4 {
            killed.begin_and_kill(whole, &mut dice);
        }
        killed.turn_well();
        for branch in ["main", BRANCH] {
            assert_eq!(killed.rows(branch), unharmed.rows(branch), "{day} {branch}");
        }
        assert_eq!(killed.open(), unharmed.open(), "{day}");
        let bodies =
            |desk: &Desk| desk.forge.memory().pulls.iter().map(|pull| pull.body.clone()).collect::<Vec<_>>();
        assert_eq!(bodies(&killed), bodies(&unharmed), "{day}");
    }
    assert_eq!(unharmed.open(), [2]);
}

/// The script of a step of the documented workflow.
fn step(name: &str) -> String {
    let page = include_str!("../../docs/pull-requests.md");
    let (_, rest) = page.split_once(&format!("- name: {name}\n")).expect("the page has the step");
    let (_, script) = rest.split_once("run: |\n").expect("the step has a script");
    let lines = script.lines().take_while(|line| line.starts_with("          "));
    lines.flat_map(|line| [line.trim_start(), "\n"]).collect()
}

#[test]
fn readmes_workflow_keeps_its_history_on_a_branch_of_its_own() {
    let mut desk = Desk::new("forge = \"none\"\n");
    let config = std::fs::read_to_string(desk.home.path("paperwire.toml")).unwrap();
    let config = config.replace("state = \"paperwire.db\"", "state = \"papers/paperwire.db\"");
    for (day, seeded) in [(1, 5), (2, 0)] {
        // Each run is on a machine of its own, with a fresh checkout.
        let machine = tempfile::tempdir().unwrap();
        let checkout = machine.path().join("list");
        git(machine.path(), &["clone", "--quiet", &desk.bare.url(), "list"]);
        std::fs::write(checkout.join("paperwire.toml"), &config).unwrap();
        std::fs::write(checkout.join("token"), TOKEN).unwrap();
        desk.come(usize::from(day == 2));
        desk.arxiv.set_papers(sorted(desk.papers.clone()));
        let once = format!("paperwire once --json --now {}", Desk::moment(day));
        let script = format!("{}{once}\n{}", step("Fetch the history"), step("Keep the history"));
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
        assert_eq!(desk.rows(BRANCH), desk.expected());
    }
    let history = git(&desk.bare.list(), &["rev-list", "--count", "paperwire-history"]);
    assert_eq!(history.trim(), "1", "one commit, replaced each time");
}
