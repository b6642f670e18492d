//! A person acts in the middle of a run, between any two of its requests to the forge and runs of git to the remote.

mod person;
mod random_person;
mod random_runs;
mod regressions;

use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{Paper, Revision, Version};
use paperwire::list::forge::ForgeVendor;

use crate::support::executable_files;
use crate::support::fake_arxiv::page::sample_paper;
use crate::support::fake_forge::CONTACT;
use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::sample_papers::newest_first;
use crate::support::test_env::{OnceOutput, rows_of_list};
use person::{MergeMethod, Person, git_output};

/// Stands before git in the program's path, and asks the forge before it goes to the remote.
const GIT: &str = r#"#!/bin/sh
case " $* " in
*" push "*) to=push ;;
*" ls-remote "*) to=ls-remote ;;
*" fetch "*)
    for last; do :; done
    case $last in
    *[!0-9a-f]*) to=fetch ;;
    *) to=fetch-by-id ;;
    esac ;;
*) to= ;;
esac
if [ "$to" ]; then
    bash -c "exec 3<>/dev/tcp/HOST; printf 'GET CONTACT?git-$to HTTP/1.0\r\n\r\n' >&3; read -r line <&3; [[ \$line = *200* ]]" || {
        echo "fatal: unable to access 'https://forge/': The requested URL returned error: 503" >&2
        exit 128
    }
fi
PATH=${PATH#*:} exec git "$@"
"#;

const AT_A_FORGE: &str = "api = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n";

/// More contacts than any run has.
const CONTACTS_MAX: usize = 300;

/// A environment whose every contact with the forge and the remote is seen before it is made.
struct RaceEnv {
    env: RepositoryEnv,
    person: Person,
    contacts: Arc<Mutex<ContactLog>>,
    /// The program of the latest run.
    program: Arc<Mutex<Option<u32>>>,
}

/// The contacts of a run so far, and what is to happen before one of them.
#[derive(Default)]
struct ContactLog {
    lines: Vec<String>,
    acts: Vec<(usize, ContactAction)>,
}

/// What happens before a contact; whether the contact is made after it.
type ContactAction = Box<dyn FnOnce() -> bool + Send>;

impl RaceEnv {
    fn new(kind: ForgeVendor, more: &str) -> Self {
        let env = RepositoryEnv::at_forge_with(kind, more);
        let host = env.forge.api.strip_prefix("http://").unwrap().replace("/api/", "").replace(':', "/");
        let script = GIT.replace("HOST", &host).replace("CONTACT", CONTACT);
        let git = env.local.path("bin/git");
        executable_files::write_script(&git, &script);
        let contacts = Arc::new(Mutex::new(ContactLog::default()));
        let seen = Arc::clone(&contacts);
        env.forge.set_watcher(Box::new(move |line| {
            let acts: Vec<ContactAction> = {
                let mut contacts = seen.lock().unwrap();
                let now = contacts.lines.len();
                contacts.lines.push(line.to_owned());
                contacts.acts.extract_if(.., |(before, _)| *before == now).map(|(_, act)| act).collect()
            };
            let mut is_made = true;
            for act in acts {
                is_made &= act();
            }
            is_made
        }));
        let person = Person::with_clone(&env);
        Self { env, person, contacts, program: Arc::default() }
    }

    fn at_forge(kind: ForgeVendor) -> Self {
        let name = match kind {
            ForgeVendor::GitHub => "github",
            ForgeVendor::Gitea => "gitea",
            ForgeVendor::GitLab => "gitlab",
        };
        Self::new(kind, &format!("forge = \"{name}\"\n{AT_A_FORGE}"))
    }

    /// Adds so many papers, newer than all others.
    fn add_papers(&mut self, count: usize) {
        for number in self.env.papers.len()..self.env.papers.len() + count {
            let updated = self.before_next_run() + SignedDuration::from_mins(i64::try_from(number).unwrap());
            self.env.papers.push(Paper { updated, published: Some(updated), ..sample_paper(number) });
        }
    }

    /// A paper gets another version.
    fn revise_paper(&mut self, which: usize) {
        let updated = self.before_next_run() + SignedDuration::from_mins(i64::try_from(which).unwrap());
        let paper = &mut self.env.papers[which];
        let version = Version::new(paper.revision.version_number().unwrap() + 1).unwrap();
        *paper = Paper { revision: Revision::Numbered(version), updated, ..paper.clone() };
    }

    /// Every paper gets another version.
    fn revise_all(&mut self) {
        (0..self.env.papers.len()).for_each(|which| self.revise_paper(which));
    }

    /// Some hours before the next run.
    fn before_next_run(&self) -> Timestamp {
        RepositoryEnv::run_time(self.env.day + 1).parse::<Timestamp>().unwrap()
            - SignedDuration::from_hours(8)
    }

    /// The next day's run, in which this happens before a contact; whether the run came to it.
    fn run_with_action(&mut self, before: usize, act: impl FnOnce() + Send + 'static) -> (OnceOutput, bool) {
        let act = || {
            act();
            true
        };
        let output = self.run_with_actions(vec![(before, Box::new(act))]);
        let has_happened = self.contacts.lock().unwrap().acts.is_empty();
        (OnceOutput::parse_output(&output), has_happened)
    }

    /// The next day's run, in which this happens before the first contact that fulfils a condition, by the lines of
    /// all contacts up to it; whether the run came to it.
    fn run_with_action_when(
        &mut self,
        is_then: impl Fn(&[String]) -> bool + Send + Sync + 'static,
        act: impl FnOnce() -> bool + Send + 'static,
    ) -> (Output, bool) {
        let act: ContactAction = Box::new(act);
        let (is_then, waiting) = (Arc::new(is_then), Arc::new(Mutex::new(Some(act))));
        let each = (0..CONTACTS_MAX).map(|at| {
            let (is_then, waiting) = (Arc::clone(&is_then), Arc::clone(&waiting));
            let contacts = Arc::clone(&self.contacts);
            let act: ContactAction = Box::new(move || {
                if !is_then(&contacts.lock().unwrap().lines) {
                    return true;
                }
                let act = waiting.lock().unwrap().take();
                act.is_none_or(|act| act())
            });
            (at, act)
        });
        let output = self.run_with_actions(each.collect());
        let has_happened = waiting.lock().unwrap().is_none();
        (output, has_happened)
    }

    /// Kills the program of the run; the contact is not made.
    fn kill_action(&self) -> impl FnOnce() -> bool + Send + 'static {
        let program = Arc::clone(&self.program);
        move || {
            let id = program.lock().unwrap().unwrap().to_string();
            assert!(Command::new("kill").args(["-9", &id]).status().unwrap().success());
            false
        }
    }

    fn run_with_actions(&mut self, acts: Vec<(usize, ContactAction)>) -> Output {
        *self.contacts.lock().unwrap() = ContactLog { lines: Vec::new(), acts };
        let env = &mut self.env;
        env.day += 1;
        env.arxiv.set_papers(newest_first(env.papers.clone()));
        let path = format!("{}:{}", env.local.path("bin").display(), std::env::var("PATH").unwrap());
        let mut once =
            env.local.program_command(&["once", "--json", "--now", &RepositoryEnv::run_time(env.day)]);
        let mut program = self.program.lock().unwrap();
        let once = once.env("PATH", path).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        *program = Some(once.id());
        drop(program);
        once.wait_with_output().unwrap()
    }

    /// A run that nobody disturbs.
    fn run_undisturbed(&mut self) -> OnceOutput {
        let answer = OnceOutput::parse_output(&self.run_with_actions(Vec::new()));
        if answer.only_list().notes.concat().contains("change the same lines") {
            assert_eq!(answer.status, 1, "{answer:?}");
        } else {
            assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{answer:?}");
        }
        self.env.check_invariants();
        self.no_open_pull_is_empty();
        answer
    }

    /// Our branch that is proposed now; where there is no forge, the one that is there.
    fn proposed_branch(&self) -> Option<String> {
        let pulls = &self.env.forge.lock_memory().pulls;
        let open = pulls.iter().find(|pull| !pull.is_closed).map(|pull| pull.head.clone());
        open.or_else(|| {
            self.env.bare.branch_head(BRANCH).filter(|_| pulls.is_empty()).map(|_| BRANCH.to_owned())
        })
    }

    /// The list in the base once what is proposed is merged; none if that is in conflict.
    fn list_once_merged(&self) -> Option<String> {
        let list = self.env.bare.repository_path();
        let tree = match self.proposed_branch() {
            Some(branch) => git_output(&list, &["merge-tree", "--write-tree", "main", &branch])?,
            None => "main".to_owned(),
        };
        Some(self.env.bare.file_at_branch(&tree, "README.md"))
    }

    fn no_open_pull_is_empty(&self) {
        let memory = self.env.forge.lock_memory();
        for pull in memory.pulls.iter().filter(|pull| !pull.is_closed) {
            let range = format!("main...{}", pull.head);
            let differs = git_output(&self.env.bare.repository_path(), &["diff", "--name-only", &range]);
            assert_ne!(differs.as_deref(), Some(""), "an empty pull request: {pull:?}");
        }
    }
}

/// A person merges before every third contact from this one on, so that it takes no minutes; the lives have all of them.
fn merge_at_every_third_moment(kind: ForgeVendor, first: usize) {
    let mut race = RaceEnv::at_forge(kind);
    race.run_undisturbed();
    race.person.merge_pull_request(1, MergeMethod::Commit);
    let ways = [MergeMethod::Commit, MergeMethod::Squash, MergeMethod::Rebase].into_iter().cycle();
    for (before, merging) in (first..).step_by(3).zip(ways) {
        race.add_papers(2);
        race.run_undisturbed();
        race.add_papers(1);
        let (person, open) = (race.person.clone(), race.env.open_pull_requests()[0]);
        let (answer, has_happened) =
            race.run_with_action(before, move || assert!(person.merge_pull_request(open, merging)));
        if !has_happened {
            assert!(before > 10, "{before}");
            break;
        }
        let at = format!("{kind:?} {merging:?} before {before}: {:?}", race.contacts.lock().unwrap().lines);
        assert!(answer.only_list().dismissed.is_empty(), "{at}: {answer:?}");
        let answer = race.run_undisturbed();
        assert!(answer.only_list().dismissed.is_empty(), "{at}: {answer:?}");
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows(), "{at}");
        race.revise_all();
        let answer = race.run_undisturbed();
        assert!(answer.only_list().dismissed.is_empty(), "{at}: {answer:?}");
        assert_eq!(rows_of_list(&race.list_once_merged().unwrap()), race.env.expected_rows(), "{at}");
    }
}

#[test]
fn rows_that_a_person_merges_in_the_middle_of_a_run_are_merged_whatever_the_moment() {
    merge_at_every_third_moment(ForgeVendor::GitHub, 1);
}

#[test]
fn rows_that_a_person_merges_in_the_middle_of_a_run_are_merged_at_a_gitea_too() {
    merge_at_every_third_moment(ForgeVendor::Gitea, 2);
}

#[test]
fn a_row_that_a_person_adds_while_topics_are_polled_is_known_from_that_run_on() {
    let mut race = RaceEnv::at_forge(ForgeVendor::GitHub);
    race.run_undisturbed();
    race.person.merge_pull_request(1, MergeMethod::Commit);
    race.run_undisturbed();
    let person = race.person.clone();
    let row = "| [Mine](https://arxiv.org/abs/2401.00001) | 2025-01-01 | | | |";
    let adds = move || {
        let add = |list: &str| Some(list.replacen("| **[", &format!("{row}\n| **["), 1));
        assert!(person.edit_list("main", add));
    };
    // The first contact is before the polls, the second after them.
    let (answer, has_happened) = race.run_with_action(1, adds);
    assert_eq!((answer.status, has_happened), (0, true), "{answer:?}");
    assert!(format!("{:?}", race.env.local.history_rows()).contains("arxiv:2401.00001"));
    assert_eq!(race.env.local.announced_news(), [], "and nobody is told of it");
    race.run_undisturbed();
    assert!(race.list_once_merged().unwrap().contains(row));
}
