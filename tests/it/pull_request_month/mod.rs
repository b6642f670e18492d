//! The life of a pull request over a month, by the program against real git and GitHub's own description of its
//! interface, with a stateful emulator behind it. It serves no git, so that a hook of the repository shows it every
//! branch with the same objects. Runs where the rigs are installed: see `forges::github_emulator`.

mod environment;
mod people;

use serde_json::json;

use crate::sample_papers::revised;
use environment::{BRANCH, LIST, Office, text};
use people::{Merging, Race};

/// What GitHub answers to a token without the permission.
const NOT_ACCESSIBLE: &str = "Resource not accessible by personal access token";
const SECONDARY: &str = "You have exceeded a secondary rate limit. Please wait a few minutes.";

#[test]
fn a_month_of_a_pull_request_loses_no_paper_and_no_word_of_a_person() {
    let Some(mut office) = Office::start() else { return };
    opened_once_whatever_is_refused(&mut office);
    updated_in_place_and_rebuilt(&mut office);
    a_persons_commits_are_kept(&mut office);
    merged_and_deleted_by_the_forge(&mut office);
    somebody_is_faster(&mut office);
    closed_by_a_person_and_left(&mut office);
    merged_by_squash(&mut office);
    what_a_person_does_on_the_base_stays(&mut office);
    withdrawn_with_one_word_why(&mut office);
    waits_where_nothing_can_be_merged(&mut office);
    quiet_at_the_end(&mut office);
    assert!(office.day >= 30, "{}", office.day);
}

fn branch(number: u32) -> String {
    format!("{BRANCH}-{number}")
}

/// The list with another last cell in its first row.
fn with_last_cell(list: &str, cell: &str) -> String {
    let row = list.lines().find(|line| line.starts_with("| **[")).unwrap();
    let (start, _) = row.strip_suffix(" |").unwrap().rsplit_once(" |").unwrap();
    list.replace(row, &format!("{start} {cell}"))
}

fn opened_once_whatever_is_refused(office: &mut Office) {
    office.come(5);
    office.deny(Some("GH013: Repository rule violations found\n"));
    office.turn_refused("GH013: Repository rule violations found");
    office.deny(None);
    assert_eq!((office.bare.head(BRANCH), office.open()), (None, vec![]));

    let permission = json!({"x-accepted-github-permissions": "pull_requests=write"});
    office.fault("POST", "/pulls", 403, &permission, NOT_ACCESSIBLE);
    office.turn_refused("the token lacks \"Pull requests: write\"");
    office.fault("POST", "/pulls", 429, &json!({"retry-after": "60"}), SECONDARY);
    office.turn_refused("we asked too much");
    assert!(office.bare.head(BRANCH).is_some() && office.open().is_empty());
    office.fault("POST", "/labels", 403, &json!({"retry-after": "60"}), SECONDARY);
    office.turn_refused("we asked too much");
    assert_eq!(office.open(), [(1, BRANCH.to_owned())]);

    office.turn_well();
    let pull = office.pull(1);
    assert_eq!((text(&pull["base"]["ref"]), text(&pull["labels"][0]["name"])), ("main", "papers"));
    assert_eq!(text(&pull["requested_reviewers"][0]["login"]), "paperbot");
    assert!(text(&pull["body"]).contains("**New**"), "{pull}");
    assert_eq!(office.turn_well().writes(), Vec::<String>::new(), "a quiet day");
}

fn updated_in_place_and_rebuilt(office: &mut Office) {
    let (body, head) = (office.pull(1)["body"].clone(), office.bare.head(BRANCH));
    office.come(2);
    office.papers[1] = revised(&office.papers[1], 40);
    let turn = office.turn_well();
    assert_eq!(turn.writes(), ["PATCH /repos/owner/awesome-list/pulls/1"]);
    let pull = office.pull(1);
    assert_eq!((office.open(), text(&pull["labels"][0]["name"])), (vec![(1, BRANCH.to_owned())], "papers"));
    assert_ne!((&pull["body"], office.bare.head(BRANCH)), (&body, head));

    office.adds("main", "CONTRIBUTING.md", "Be kind.");
    office.edits("main", "Hello, all of you.", |list| list.replace("Hello.", "Hello, all of you."));
    assert_eq!(office.turn_well().writes(), Vec::<String>::new(), "its words are the same on the new base");
    assert_eq!(office.parent(BRANCH), office.bare.head("main").unwrap().to_string(), "it is rebuilt");
    assert_eq!(office.open(), [(1, BRANCH.to_owned())]);
}

fn a_persons_commits_are_kept(office: &mut Office) {
    office.adds(BRANCH, "notes.md", "Read the second one first.");
    office.edits(BRANCH, "| [ours](https://example.org/x) |", |list| {
        list.replacen("| None |", "| [ours](https://example.org/x) |", 1)
    });
    let by_hand = office.bare.head(BRANCH).unwrap();
    office.turn_well();
    assert_eq!(office.bare.head(BRANCH).as_ref(), Some(&by_hand), "nothing came");
    office.come(1);
    office.turn_well();

    // The row above which others come, and what stands around the table, while the base moves.
    let top = "| [top](https://example.org/top) |";
    office.edits(BRANCH, top, |list| with_last_cell(list, top));
    office.adds("main", "LICENSE", "Do as you like.");
    office.edits("main", "Hello, all of you, and welcome.", |list| {
        list.replace("of you.", "of you, and welcome.")
    });
    office.words.retain(|words| words.text != "Hello, all of you.");
    office.come(1);
    office.turn_well();
    office.is_in(&by_hand, BRANCH);
    office.come(1);
    office.races(Race::BeforePush, BRANCH, "Seen by Ada.", |list| list.replace("The end.", "Seen by Ada."));
    office.turn_well();
    assert!(office.was_raced(Race::BeforePush));
    assert_eq!(office.open(), [(1, BRANCH.to_owned())]);
}

fn merged_and_deleted_by_the_forge(office: &mut Office) {
    office.merges(1, Merging::Merge);
    office.deletes(BRANCH);
    office.turn_well();
    assert_eq!((office.open(), office.bare.head(BRANCH)), (vec![], None));
    office.come(2);
    office.turn_well();
    assert_eq!(office.open(), [(2, BRANCH.to_owned())]);
}

fn somebody_is_faster(office: &mut Office) {
    for (number, race, words) in [
        (2, Race::BeforePush, "| [one](https://example.org/1) |"),
        (3, Race::InPush, "| [two](https://example.org/2) |"),
    ] {
        office.come(1);
        office.races(race, BRANCH, words, |list| with_last_cell(list, words));
        office.turn_well();
        assert!(office.was_raced(race), "{words}");
        assert_eq!(office.open(), [(number, BRANCH.to_owned())]);
        office.merges(number, Merging::Merge);
        office.deletes(BRANCH);
        office.come(1);
        office.turn_well();
    }
    assert_eq!(office.open(), [(4, BRANCH.to_owned())]);
}

fn closed_by_a_person_and_left(office: &mut Office) {
    office.come(1);
    office.fault("PATCH", "/pulls/4", 403, &json!({"retry-after": "60"}), SECONDARY);
    office.turn_refused("we asked too much");
    assert_eq!(office.turn_well().writes(), ["PATCH /repos/owner/awesome-list/pulls/4"]);
    office.closes(4);
    let head = office.bare.head(BRANCH);
    let left = "pull request 4 was closed by somebody";
    for around in ["The end of it.", "The very end of it.", "The last of it."] {
        let turn = office.turn_noting(Some(left));
        assert_eq!((turn.writes(), office.open(), office.bare.head(BRANCH)), (vec![], vec![], head.clone()));
        // Neither is the list's content.
        office.adds("main", &format!("{}.md", around.len()), "Another file.");
        office.edits("main", around, |list| list.replace("Seen by Ada.", &format!("Seen by Ada.\n{around}")));
    }
    office.come(1);
    office.turn_well();
    assert_eq!(
        (office.open(), office.bare.head(BRANCH)),
        (vec![(5, branch(2))], head),
        "it is left as it is"
    );
}

fn merged_by_squash(office: &mut Office) {
    office.merges(5, Merging::Squash);
    office.turn_well();
    assert_eq!((office.open(), office.bare.head(&branch(2))), (vec![], None), "it is of no use any more");
}

fn what_a_person_does_on_the_base_stays(office: &mut Office) {
    let list = office.bare.text("main", LIST);
    let row = list.lines().find(|line| line.starts_with("| **[")).unwrap();
    let deleted = office.paper_of(row);
    office.come(1);
    let added = office.papers.last().unwrap().clone();
    let by_hand =
        format!("| [Mine](https://arxiv.org/abs/{}) | 2025-01-01 | | | |", added.id.as_arxiv().unwrap());
    office.edits("main", &by_hand, |list| list.replace(row, &by_hand));
    office.apart.extend([office.papers[deleted].clone(), added]);
    assert_eq!(office.turn_well().answer.only_list().dismissed.len(), 1);
    assert_eq!(office.open(), vec![]);

    let edited = list.lines().find(|line| line.contains("https://example.org/x")).unwrap();
    let edited = office.paper_of(edited);
    office.papers[edited] = revised(&office.papers[edited], 40);
    office.come(2);
    office.turn_well();
    assert_eq!(office.open(), [(6, branch(2))]);
}

fn withdrawn_with_one_word_why(office: &mut Office) {
    let proposed = office.bare.text(&branch(2), LIST);
    office.edits("main", "| [ours](https://example.org/x) |", |_| proposed);
    office.fault("POST", "/comments", 429, &json!({}), SECONDARY);
    office.turn_refused("we asked too much");
    office.fault("PATCH", "/pulls/6", 403, &json!({}), NOT_ACCESSIBLE);
    office.turn_refused("the token lacks");
    assert_eq!(office.open(), [(6, branch(2))]);
    office.turn_well();
    assert_eq!((office.open(), office.bare.head(&branch(2))), (vec![], None));
    let [comment] = &office.comments(6)[..] else { panic!("{:?}", office.comments(6)) };
    assert!(comment.contains("nothing left to propose"), "{comment}");
}

fn waits_where_nothing_can_be_merged(office: &mut Office) {
    office.come(1);
    office.turn_well();
    assert_eq!(office.open(), [(7, branch(3))]);
    office.edits(&branch(3), "# The branch's", |list| list.replace("# Mine", "# The branch's"));
    office.edits("main", "# The base's", |list| list.replace("# Mine", "# The base's"));
    let by_hand = office.bare.head(&branch(3)).unwrap();
    office.come(1);
    for _ in 0..2 {
        office.turn_noting(Some("change the same lines"));
        assert_eq!(office.bare.head(&branch(3)).as_ref(), Some(&by_hand));
        assert_eq!(office.comments(7).len(), 1);
    }
    // The person decides between their two headings.
    office.person(&branch(3), &[&["merge", "--quiet", "--no-edit", "-X", "ours", "origin/main"]]);
    office.words.retain(|words| words.text != "# The base's");
    office.turn_well();
    office.is_in(&by_hand, &branch(3));
    office.merges(7, Merging::Merge);
    office.deletes(&branch(3));
    office.come(1);
    office.turn_well();
    assert_eq!(office.open(), [(8, branch(3))]);
}

fn quiet_at_the_end(office: &mut Office) {
    let heads = office.heads();
    for _ in 0..2 {
        let turn = office.turn_well();
        assert!(!turn.answer.only_list().changed, "{:?}", turn.answer);
        assert_eq!((turn.writes(), office.heads()), (vec![], heads.clone()));
    }
    assert_eq!((office.open(), office.papers.len()), (vec![(8, branch(3))], 24));
}
