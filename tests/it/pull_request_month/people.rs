//! What the people of the month do, and the forge and the remote with them.

use std::fs;
use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

use super::environment::{LIST, MonthEnv, Words, text};
use crate::repository::bare_repository::{git, wait};
use crate::test_executable;

/// A person acts before the program does.
#[derive(Clone, Copy)]
pub(super) enum Race {
    /// Before our push begins.
    BeforePush,
    /// After the remote has taken our commits, before it moves the branch.
    InPush,
}

/// How a person merges.
#[derive(Clone, Copy)]
pub(super) enum Merging {
    Merge,
    Squash,
}

impl MonthEnv {
    /// The next request of this kind is answered so.
    pub(super) fn fault(&self, method: &str, path: &str, status: u16, headers: &Value, message: &str) {
        let fault = json!([{
            "method": method, "path": path, "status": status, "headers": headers, "body": {"message": message},
        }]);
        wait(self.rig.ask(Method::POST, "/__fault", &fault));
    }

    /// The remote refuses every push by a token with these words; none: it takes them again.
    pub(super) fn deny(&self, words: Option<&str>) {
        let deny = self.bare.list().join("deny");
        match words {
            Some(words) => fs::write(deny, words).unwrap(),
            None => fs::remove_file(deny).unwrap(),
        }
    }

    /// A person adds a file on a branch.
    pub(super) fn adds(&mut self, branch: &str, file: &str, words: &str) {
        self.commits(branch, file, words, |_| format!("{words}\n"));
        self.pushes(branch);
    }

    /// A person changes the list on a branch; these words are theirs.
    pub(super) fn edits(&mut self, branch: &str, words: &str, change: impl FnOnce(&str) -> String) {
        self.commits(branch, LIST, words, change);
        self.pushes(branch);
    }

    /// A person has changed the list on a branch, and pushes it when we are about to push.
    pub(super) fn races(
        &mut self,
        race: Race,
        branch: &str,
        words: &str,
        change: impl FnOnce(&str) -> String,
    ) {
        self.commits(branch, LIST, words, change);
        let script =
            format!("#!/bin/sh\nexec git -C {} push --quiet origin {branch}\n", self.bare.person().display());
        test_executable::write(&self.race(race), &script);
    }

    /// Whether somebody was faster.
    pub(super) fn was_raced(&self, race: Race) -> bool {
        !self.race(race).exists()
    }

    fn race(&self, race: Race) -> PathBuf {
        match race {
            Race::BeforePush => self.env.path("bin/race"),
            Race::InPush => self.bare.list().join("race"),
        }
    }

    fn commits(&mut self, branch: &str, file: &str, words: &str, change: impl FnOnce(&str) -> String) {
        let person = self.bare.person();
        git(&person, &["fetch", "--quiet", "--prune", "origin"]);
        git(&person, &["checkout", "--quiet", "-B", branch, &format!("origin/{branch}")]);
        let standing = fs::read_to_string(person.join(file)).unwrap_or_default();
        let changed = change(&standing);
        assert_ne!(changed, standing);
        self.bare.write(file, &changed);
        self.bare.commit_all("By hand");
        self.words.push(Words { branch: branch.to_owned(), file: file.to_owned(), text: words.to_owned() });
    }

    fn pushes(&self, branch: &str) {
        git(&self.bare.person(), &["push", "--quiet", "origin", branch]);
    }

    /// A person works on a branch in their clone, and pushes it.
    pub(super) fn person(&self, branch: &str, commands: &[&[&str]]) {
        let person = self.bare.person();
        git(&person, &["fetch", "--quiet", "--prune", "origin"]);
        git(&person, &["checkout", "--quiet", "-B", branch, &format!("origin/{branch}")]);
        for command in commands {
            git(&person, command);
        }
        self.pushes(branch);
    }

    /// A person merges a pull request, at the forge and in git.
    pub(super) fn merges(&mut self, number: u64, merging: Merging) {
        let branch = text(&self.pull(number)["head"]["ref"]).to_owned();
        let method = match merging {
            Merging::Merge => "merge",
            Merging::Squash => "squash",
        };
        self.ask(Method::PUT, &format!("/pulls/{number}/merge"), &json!({"merge_method": method}));
        let from = format!("origin/{branch}");
        match merging {
            Merging::Merge => self.person("main", &[&["merge", "--quiet", "--no-ff", "-m", "Merge", &from]]),
            Merging::Squash => self.person(
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
    pub(super) fn deletes(&self, branch: &str) {
        git(&self.bare.person(), &["push", "--quiet", "origin", "--delete", branch]);
    }

    /// A person closes a pull request.
    pub(super) fn closes(&self, number: u64) {
        self.ask(Method::PATCH, &format!("/pulls/{number}"), &json!({"state": "closed"}));
    }
}
