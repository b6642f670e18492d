//! The life of a pull request over a month, by the program against real git and GitHub's own description of its
//! interface, with a stateful emulator behind it. It serves no git, so that a hook of the repository shows it every
//! branch with the same objects. Runs where the rigs are installed: see `forges::github_emulator`.

mod environment;
mod people;

use serde_json::json;

use crate::support::sample_papers::next_version;
use environment::{BRANCH, LIST, MonthEnv, json_text};
use people::{MergeMethod, PersonsRace};

/// What GitHub answers to a token without the permission.
const NOT_ACCESSIBLE: &str = "Resource not accessible by personal access token";
const SECONDARY: &str = "You have exceeded a secondary rate limit. Please wait a few minutes.";

#[test]
fn a_month_of_a_pull_request_loses_no_paper_and_no_word_of_a_person() {
    let Some(mut env) = MonthEnv::start() else { return };
    opened_once_whatever_is_refused(&mut env);
    updated_in_place_and_rebuilt(&mut env);
    a_persons_commits_are_kept(&mut env);
    merged_and_deleted_by_the_forge(&mut env);
    somebody_is_faster(&mut env);
    closed_by_a_person_and_left(&mut env);
    merged_by_squash(&mut env);
    what_a_person_does_on_the_base_stays(&mut env);
    withdrawn_with_one_word_why(&mut env);
    waits_where_nothing_can_be_merged(&mut env);
    quiet_at_the_end(&mut env);
    assert!(env.day >= 30, "{}", env.day);
}

fn branch_name(number: u32) -> String {
    format!("{BRANCH}-{number}")
}

/// The list with another last cell in its first row.
fn with_last_cell(list: &str, cell: &str) -> String {
    let row = list.lines().find(|line| line.starts_with("| **[")).unwrap();
    let (start, _) = row.strip_suffix(" |").unwrap().rsplit_once(" |").unwrap();
    list.replace(row, &format!("{start} {cell}"))
}

fn opened_once_whatever_is_refused(env: &mut MonthEnv) {
    env.add_papers(5);
    env.deny_pushes(Some("GH013: Repository rule violations found\n"));
    env.run_expecting_refusal("GH013: Repository rule violations found");
    env.deny_pushes(None);
    assert_eq!((env.bare.branch_head(BRANCH), env.open_pull_requests()), (None, vec![]));

    let permission = json!({"x-accepted-github-permissions": "pull_requests=write"});
    env.queue_fault("POST", "/pulls", 403, &permission, NOT_ACCESSIBLE);
    env.run_expecting_refusal("the token lacks \"Pull requests: write\"");
    env.queue_fault("POST", "/pulls", 429, &json!({"retry-after": "60"}), SECONDARY);
    env.run_expecting_refusal("we asked too much");
    assert!(env.bare.branch_head(BRANCH).is_some() && env.open_pull_requests().is_empty());
    env.queue_fault("POST", "/labels", 403, &json!({"retry-after": "60"}), SECONDARY);
    env.run_expecting_refusal("we asked too much");
    assert_eq!(env.open_pull_requests(), [(1, BRANCH.to_owned())]);

    env.run_once_well();
    let pull = env.pull_request(1);
    assert_eq!((json_text(&pull["base"]["ref"]), json_text(&pull["labels"][0]["name"])), ("main", "papers"));
    assert_eq!(json_text(&pull["requested_reviewers"][0]["login"]), "paperbot");
    assert!(json_text(&pull["body"]).contains("**New**"), "{pull}");
    assert_eq!(env.run_once_well().write_requests(), Vec::<String>::new(), "a quiet day");
}

fn updated_in_place_and_rebuilt(env: &mut MonthEnv) {
    let (body, head) = (env.pull_request(1)["body"].clone(), env.bare.branch_head(BRANCH));
    env.add_papers(2);
    env.papers[1] = next_version(&env.papers[1], 40);
    let turn = env.run_once_well();
    assert_eq!(turn.write_requests(), ["PATCH /repos/owner/awesome-list/pulls/1"]);
    let pull = env.pull_request(1);
    assert_eq!(
        (env.open_pull_requests(), json_text(&pull["labels"][0]["name"])),
        (vec![(1, BRANCH.to_owned())], "papers")
    );
    assert_ne!((&pull["body"], env.bare.branch_head(BRANCH)), (&body, head));

    env.add_file("main", "CONTRIBUTING.md", "Be kind.");
    env.edit_list("main", "Hello, all of you.", |list| list.replace("Hello.", "Hello, all of you."));
    assert_eq!(
        env.run_once_well().write_requests(),
        Vec::<String>::new(),
        "its words are the same on the new base"
    );
    assert_eq!(env.parent_commit(BRANCH), env.bare.branch_head("main").unwrap().to_string(), "it is rebuilt");
    assert_eq!(env.open_pull_requests(), [(1, BRANCH.to_owned())]);
}

fn a_persons_commits_are_kept(env: &mut MonthEnv) {
    env.add_file(BRANCH, "notes.md", "Read the second one first.");
    env.edit_list(BRANCH, "| [ours](https://example.org/x) |", |list| {
        list.replacen("| None |", "| [ours](https://example.org/x) |", 1)
    });
    let by_hand = env.bare.branch_head(BRANCH).unwrap();
    env.run_once_well();
    assert_eq!(env.bare.branch_head(BRANCH).as_ref(), Some(&by_hand), "nothing came");
    env.add_papers(1);
    env.run_once_well();

    // The row above which others come, and what is around the table, while the base moves.
    let top = "| [top](https://example.org/top) |";
    env.edit_list(BRANCH, top, |list| with_last_cell(list, top));
    env.add_file("main", "LICENSE", "Do as you like.");
    env.edit_list("main", "Hello, all of you, and welcome.", |list| {
        list.replace("of you.", "of you, and welcome.")
    });
    env.words.retain(|words| words.text != "Hello, all of you.");
    env.add_papers(1);
    env.run_once_well();
    env.assert_contains_commit(&by_hand, BRANCH);
    env.add_papers(1);
    env.prepare_race(PersonsRace::BeforePush, BRANCH, "Seen by Ada.", |list| {
        list.replace("The end.", "Seen by Ada.")
    });
    env.run_once_well();
    assert!(env.was_raced(PersonsRace::BeforePush));
    assert_eq!(env.open_pull_requests(), [(1, BRANCH.to_owned())]);
}

fn merged_and_deleted_by_the_forge(env: &mut MonthEnv) {
    env.merge_pull_request(1, MergeMethod::Merge);
    env.delete_branch(BRANCH);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.bare.branch_head(BRANCH)), (vec![], None));
    env.add_papers(2);
    env.run_once_well();
    assert_eq!(env.open_pull_requests(), [(2, BRANCH.to_owned())]);
}

fn somebody_is_faster(env: &mut MonthEnv) {
    for (number, race, words) in [
        (2, PersonsRace::BeforePush, "| [one](https://example.org/1) |"),
        (3, PersonsRace::InPush, "| [two](https://example.org/2) |"),
    ] {
        env.add_papers(1);
        env.prepare_race(race, BRANCH, words, |list| with_last_cell(list, words));
        env.run_once_well();
        assert!(env.was_raced(race), "{words}");
        assert_eq!(env.open_pull_requests(), [(number, BRANCH.to_owned())]);
        env.merge_pull_request(number, MergeMethod::Merge);
        env.delete_branch(BRANCH);
        env.add_papers(1);
        env.run_once_well();
    }
    assert_eq!(env.open_pull_requests(), [(4, BRANCH.to_owned())]);
}

fn closed_by_a_person_and_left(env: &mut MonthEnv) {
    env.add_papers(1);
    env.queue_fault("PATCH", "/pulls/4", 403, &json!({"retry-after": "60"}), SECONDARY);
    env.run_expecting_refusal("we asked too much");
    assert_eq!(env.run_once_well().write_requests(), ["PATCH /repos/owner/awesome-list/pulls/4"]);
    env.close_pull_request(4);
    let head = env.bare.branch_head(BRANCH);
    let left = "pull request 4 was closed by somebody";
    for around in ["The end of it.", "The very end of it.", "The last of it."] {
        let turn = env.run_expecting_note(Some(left));
        assert_eq!(
            (turn.write_requests(), env.open_pull_requests(), env.bare.branch_head(BRANCH)),
            (vec![], vec![], head.clone())
        );
        // Neither is the list's content.
        env.add_file("main", &format!("{}.md", around.len()), "Another file.");
        env.edit_list("main", around, |list| {
            list.replace("Seen by Ada.", &format!("Seen by Ada.\n{around}"))
        });
    }
    env.add_papers(1);
    env.run_once_well();
    assert_eq!(
        (env.open_pull_requests(), env.bare.branch_head(BRANCH)),
        (vec![(5, branch_name(2))], head),
        "it is left as it is"
    );
}

fn merged_by_squash(env: &mut MonthEnv) {
    env.merge_pull_request(5, MergeMethod::Squash);
    env.run_once_well();
    assert_eq!(
        (env.open_pull_requests(), env.bare.branch_head(&branch_name(2))),
        (vec![], None),
        "it is of no use any more"
    );
}

fn what_a_person_does_on_the_base_stays(env: &mut MonthEnv) {
    let list = env.bare.file_at_branch("main", LIST);
    let row = list.lines().find(|line| line.starts_with("| **[")).unwrap();
    let deleted = env.paper_of(row);
    env.add_papers(1);
    let added = env.papers.last().unwrap().clone();
    let by_hand =
        format!("| [Mine](https://arxiv.org/abs/{}) | 2025-01-01 | | | |", added.id.as_arxiv_id().unwrap());
    env.edit_list("main", &by_hand, |list| list.replace(row, &by_hand));
    env.apart.extend([env.papers[deleted].clone(), added]);
    assert_eq!(env.run_once_well().answer.only_list().dismissed.len(), 1);
    assert_eq!(env.open_pull_requests(), vec![]);

    let edited = list.lines().find(|line| line.contains("https://example.org/x")).unwrap();
    let edited = env.paper_of(edited);
    env.papers[edited] = next_version(&env.papers[edited], 40);
    env.add_papers(2);
    env.run_once_well();
    assert_eq!(env.open_pull_requests(), [(6, branch_name(2))]);
}

fn withdrawn_with_one_word_why(env: &mut MonthEnv) {
    let proposed = env.bare.file_at_branch(&branch_name(2), LIST);
    env.edit_list("main", "| [ours](https://example.org/x) |", |_| proposed);
    env.queue_fault("POST", "/comments", 429, &json!({}), SECONDARY);
    env.run_expecting_refusal("we asked too much");
    env.queue_fault("PATCH", "/pulls/6", 403, &json!({}), NOT_ACCESSIBLE);
    env.run_expecting_refusal("the token lacks");
    assert_eq!(env.open_pull_requests(), [(6, branch_name(2))]);
    env.run_once_well();
    assert_eq!((env.open_pull_requests(), env.bare.branch_head(&branch_name(2))), (vec![], None));
    let [comment] = &env.comments(6)[..] else { panic!("{:?}", env.comments(6)) };
    assert!(comment.contains("nothing left to propose"), "{comment}");
}

fn waits_where_nothing_can_be_merged(env: &mut MonthEnv) {
    env.add_papers(1);
    env.run_once_well();
    assert_eq!(env.open_pull_requests(), [(7, branch_name(3))]);
    env.edit_list(&branch_name(3), "# The branch's", |list| list.replace("# Mine", "# The branch's"));
    env.edit_list("main", "# The base's", |list| list.replace("# Mine", "# The base's"));
    let by_hand = env.bare.branch_head(&branch_name(3)).unwrap();
    env.add_papers(1);
    for _ in 0..2 {
        env.run_expecting_wait("change the same lines");
        assert_eq!(env.bare.branch_head(&branch_name(3)).as_ref(), Some(&by_hand));
        assert_eq!(env.comments(7).len(), 1);
    }
    // The person decides between their two headings.
    env.run_in_clone(&branch_name(3), &[&["merge", "--quiet", "--no-edit", "-X", "ours", "origin/main"]]);
    env.words.retain(|words| words.text != "# The base's");
    env.run_once_well();
    env.assert_contains_commit(&by_hand, &branch_name(3));
    env.merge_pull_request(7, MergeMethod::Merge);
    env.delete_branch(&branch_name(3));
    env.add_papers(1);
    env.run_once_well();
    assert_eq!(env.open_pull_requests(), [(8, branch_name(3))]);
}

fn quiet_at_the_end(env: &mut MonthEnv) {
    let heads = env.repository_branches();
    for _ in 0..2 {
        let turn = env.run_once_well();
        assert!(!turn.answer.only_list().changed, "{:?}", turn.answer);
        assert_eq!((turn.write_requests(), env.repository_branches()), (vec![], heads.clone()));
    }
    assert_eq!((env.open_pull_requests(), env.papers.len()), (vec![(8, branch_name(3))], 24));
}
