//! What the people of the month do, and the forge and the remote with them.

use std::fs;
use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

use super::environment::{LIST, MonthEnv, PersonsText, json_text};
use crate::support::bare_repository::{block_on, run_git};
use crate::support::executable_files;

/// A person acts before the program does.
#[derive(Clone, Copy)]
pub(super) enum PersonsRace {
    /// Before our push begins.
    BeforePush,
    /// After the remote has taken our commits, before it moves the branch.
    InPush,
}

/// How a person merges.
#[derive(Clone, Copy)]
pub(super) enum MergeMethod {
    Merge,
    Squash,
}

impl MonthEnv {
    /// The next request of this kind is answered so.
    pub(super) fn queue_fault(&self, method: &str, path: &str, status: u16, headers: &Value, message: &str) {
        let fault = json!([{
            "method": method, "path": path, "status": status, "headers": headers, "body": {"message": message},
        }]);
        block_on(self.rig.send_request(Method::POST, "/__fault", &fault));
    }

    /// The remote refuses every push by a token with these words; none: it takes them again.
    pub(super) fn deny_pushes(&self, words: Option<&str>) {
        let deny = self.bare.repository_path().join("deny");
        match words {
            Some(words) => fs::write(deny, words).unwrap(),
            None => fs::remove_file(deny).unwrap(),
        }
    }

    /// A person adds a file on a branch.
    pub(super) fn add_file(&mut self, branch: &str, file: &str, words: &str) {
        self.commit_edit(branch, file, words, |_| format!("{words}\n"));
        self.push_branch(branch);
    }

    /// A person changes the list on a branch; these words are theirs.
    pub(super) fn edit_list(&mut self, branch: &str, words: &str, change: impl FnOnce(&str) -> String) {
        self.commit_edit(branch, LIST, words, change);
        self.push_branch(branch);
    }

    /// A person has changed the list on a branch, and pushes it when we are about to push.
    pub(super) fn prepare_race(
        &mut self,
        race: PersonsRace,
        branch: &str,
        words: &str,
        change: impl FnOnce(&str) -> String,
    ) {
        self.commit_edit(branch, LIST, words, change);
        let script = format!(
            "#!/bin/sh\nexec git -C {} push --quiet origin {branch}\n",
            self.bare.persons_clone().display()
        );
        executable_files::write_script(&self.race_file(race), &script);
    }

    /// Whether somebody was faster.
    pub(super) fn was_raced(&self, race: PersonsRace) -> bool {
        !self.race_file(race).exists()
    }

    fn race_file(&self, race: PersonsRace) -> PathBuf {
        match race {
            PersonsRace::BeforePush => self.env.path("bin/race"),
            PersonsRace::InPush => self.bare.repository_path().join("race"),
        }
    }

    fn commit_edit(&mut self, branch: &str, file: &str, words: &str, change: impl FnOnce(&str) -> String) {
        let person = self.bare.persons_clone();
        run_git(&person, &["fetch", "--quiet", "--prune", "origin"]);
        run_git(&person, &["checkout", "--quiet", "-B", branch, &format!("origin/{branch}")]);
        let standing = fs::read_to_string(person.join(file)).unwrap_or_default();
        let changed = change(&standing);
        assert_ne!(changed, standing);
        self.bare.write_in_clone(file, &changed);
        self.bare.commit_in_clone("By hand");
        self.words.push(PersonsText {
            branch: branch.to_owned(),
            file: file.to_owned(),
            text: words.to_owned(),
        });
    }

    fn push_branch(&self, branch: &str) {
        run_git(&self.bare.persons_clone(), &["push", "--quiet", "origin", branch]);
    }

    /// A person works on a branch in their clone, and pushes it.
    pub(super) fn run_in_clone(&self, branch: &str, commands: &[&[&str]]) {
        let person = self.bare.persons_clone();
        run_git(&person, &["fetch", "--quiet", "--prune", "origin"]);
        run_git(&person, &["checkout", "--quiet", "-B", branch, &format!("origin/{branch}")]);
        for command in commands {
            run_git(&person, command);
        }
        self.push_branch(branch);
    }

    /// A person merges a pull request, at the forge and in git.
    pub(super) fn merge_pull_request(&mut self, number: u64, merging: MergeMethod) {
        let branch = json_text(&self.pull_request(number)["head"]["ref"]).to_owned();
        let method = match merging {
            MergeMethod::Merge => "merge",
            MergeMethod::Squash => "squash",
        };
        self.send_request(Method::PUT, &format!("/pulls/{number}/merge"), &json!({"merge_method": method}));
        let from = format!("origin/{branch}");
        match merging {
            MergeMethod::Merge => {
                self.run_in_clone("main", &[&["merge", "--quiet", "--no-ff", "-m", "Merge", &from]]);
            }
            MergeMethod::Squash => self.run_in_clone(
                "main",
                &[&["merge", "--quiet", "--squash", &from], &["commit", "--quiet", "-m", "Squash"]],
            ),
        }
        self.words
            .iter_mut()
            .filter(|words| words.branch == branch)
            .for_each(|words| "main".clone_into(&mut words.branch));
    }

    /// The forge or a person deletes a branch.
    pub(super) fn delete_branch(&self, branch: &str) {
        run_git(&self.bare.persons_clone(), &["push", "--quiet", "origin", "--delete", branch]);
    }

    /// A person closes a pull request.
    pub(super) fn close_pull_request(&self, number: u64) {
        self.send_request(Method::PATCH, &format!("/pulls/{number}"), &json!({"state": "closed"}));
    }
}
