//! What waits for a person in a list's repository, as `status` reports it.

use serde_json::Value;

use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::test_env::stdout;

impl RepositoryEnv {
    /// What `status` ends with, its line of the list with what follows it, and what it says to a program.
    fn run_status(&self) -> (i32, String, Value) {
        let now = Self::run_time(self.day);
        let output = self.local.run_program(&["status", "--now", &now]);
        let text = stdout(&output);
        let at = text.find("list    papers: ").unwrap();
        let json = self.local.run_program(&["status", "--json", "--now", &now]);
        let mut json: Value = serde_json::from_str(stdout(&json)).unwrap();
        let proposed = json["lists"][0]["proposed"].take();
        (output.status.code().unwrap(), text[at..].trim_end().to_owned(), proposed)
    }

    /// The page of a pull request.
    fn pull_request_url(proposed: &Value) -> &str {
        proposed["pull"]["address"].as_str().unwrap()
    }
}

#[test]
fn an_open_pull_request_is_reported_with_its_page_and_since_when() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    let since = RepositoryEnv::run_time(env.day);
    env.add_papers(1);
    env.run_once_well();
    let (code, line, proposed) = env.run_status();
    let address = RepositoryEnv::pull_request_url(&proposed);
    assert_eq!(code, 0, "{line}");
    let day = since[..10].to_owned();
    assert_eq!(
        line,
        format!(
            "list    papers: in order; pull request 1 is open since {day} 20:00 UTC\n          {address}"
        )
    );
    assert_eq!((&proposed["state"], &proposed["branch"]), (&"open".into(), &BRANCH.into()));
    assert_eq!((&proposed["since"], &proposed["pull"]["number"]), (&since.into(), &1.into()));
    env.merge_pull_request(1);
    env.run_once_well();
    let (code, line, proposed) = env.run_status();
    assert_eq!((code, line.as_str(), proposed), (0, "list    papers: in order", Value::Null));
}

#[test]
fn a_pull_request_that_a_person_closed_is_reported_and_nothing_is_wrong() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.close_pull_request(1, false);
    env.run_once_well();
    let seen = RepositoryEnv::run_time(env.day);
    env.run_once_well();
    let (code, line, proposed) = env.run_status();
    let day = &seen[..10];
    assert_eq!((code, &proposed["state"]), (0, &"closed".into()), "{line}");
    let words = format!("in order; somebody closed pull request 1, seen {day} 20:00 UTC: it stays so until");
    assert!(line.contains(&words) && line.ends_with(RepositoryEnv::pull_request_url(&proposed)), "{line}");
    env.add_papers(1);
    env.run_once_well();
    let (_, line, proposed) = env.run_status();
    assert_eq!((&proposed["state"], &proposed["pull"]["number"]), (&"open".into(), &2.into()), "{line}");
}

#[test]
fn lines_that_a_person_and_the_list_both_changed_are_a_problem_until_they_are_merged() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    env.edit_list(BRANCH, |text| text.replace("The end.", "An end."));
    env.edit_list("main", |text| text.replace("The end.", "No end."));
    env.add_papers(1);
    for _ in 0..2 {
        let run = env.run_once();
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.stderr.contains("change the same lines of `README.md`, so they were left"), "{run:?}");
    }
    let (code, line, proposed) = env.run_status();
    assert_eq!((code, &proposed["state"]), (1, &"stuck".into()), "{line}");
    assert!(line.contains(&format!("somebody's commits on {BRANCH} change the same lines")), "{line}");
    assert!(line.contains("what to do: merge them, or take them off the branch"), "{line}");
}

#[test]
fn without_a_forge_the_branch_is_reported_as_waiting() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    env.run_once_well();
    let (code, line, proposed) = env.run_status();
    let words = format!("in order; waits on the branch {BRANCH} since 2025-03-27 20:00 UTC to be merged");
    assert_eq!((code, &proposed["pull"]), (0, &Value::Null), "{line}");
    assert!(line.ends_with(&words), "{line}");
    let mut env = RepositoryEnv::new("forge = \"none\"\ndirect = true\n");
    env.run_once_well();
    assert_eq!(env.run_status().2, Value::Null);
}
