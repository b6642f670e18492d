//! Random lives of a list at a forge, in which a person acts at any moment, also in the middle of a turn, and the program
//! is killed at any moment. A failing life shows its seed and its steps: `PAPERWIRE_SEED=7 PAPERWIRE_LIVES=1` lives that of
//! seed 7 alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::{Arc, Mutex};

use paperwire::list::forge::Kind;

use super::person::{Merging, Person, said};
use super::{AT_A_FORGE, Act as Before, Race};
use crate::desk::BRANCH;
use crate::home::{Answer, rows};
use crate::papers::address;
use crate::simulated::{Dice, number};

/// The lives of `cargo test`; `PAPERWIRE_LIVES` asks for more.
const LIVES: usize = 3;

/// The seeds of lives that once failed.
const FAILED: [u64; 0] = [];

/// So many days has a life.
const DAYS: usize = 5;

/// More contacts than a turn has; later acts happen after it.
const CONTACTS: i64 = 34;

/// One thing that a person does. Numbers choose among what is there.
#[derive(Debug, Clone, Copy)]
enum Act {
    Merge(Merging),
    MergeByHand(Merging),
    Close,
    Reopen,
    DeleteBranch,
    ResetBranch,
    /// Deletes a row of the base.
    Delete(usize),
    /// Writes into the last cell of a row of the base.
    Edit(usize),
    /// Adds a row of no paper to the base.
    Add,
    /// Writes around the table in the base.
    Write,
    /// Writes into the last cell of a row on our branch.
    EditBranch(usize),
    /// Adds a file on our branch.
    AddToBranch,
    /// Kills the program.
    Kill,
}

impl Act {
    fn by(dice: &mut Dice) -> Self {
        let merging = [Merging::Commit, Merging::Squash, Merging::Rebase];
        let merging = merging[usize::try_from(dice.below(3)).unwrap()];
        let which = usize::try_from(dice.below(1000)).unwrap();
        match dice.below(26) {
            0..8 => Self::Merge(merging),
            8..10 => Self::MergeByHand(merging),
            10 => Self::Close,
            11 => Self::Reopen,
            12 => Self::DeleteBranch,
            13 => Self::ResetBranch,
            14..17 => Self::Delete(which),
            17..19 => Self::Edit(which),
            19 => Self::Add,
            20 => Self::Write,
            21..23 => Self::EditBranch(which),
            23 => Self::AddToBranch,
            _ => Self::Kill,
        }
    }
}

/// What must be so, by what the person did.
#[derive(Debug, Default)]
struct Truth {
    /// The addresses, without versions, of the rows that the person deleted.
    deleted: BTreeSet<String>,
    /// What the person wrote into the list: on which branch, of which row, and the text.
    words: Vec<(String, String, String)>,
    /// The commits that the person made on our branches.
    commits: Vec<(String, String)>,
    written: usize,
    steps: String,
}

impl Truth {
    /// A branch went with all that the person had on it.
    fn lose(&mut self, branch: &str) {
        self.words.retain(|(on, ..)| on != branch);
        self.commits.retain(|(on, _)| on != branch);
    }

    fn merge(&mut self, branch: &str) {
        let moved = self.words.iter().filter(|(on, ..)| on == branch).cloned().collect::<Vec<_>>();
        self.lose(branch);
        for (_, row, text) in moved {
            self.write("main", &row, text);
        }
    }

    /// What is written over goes.
    fn write(&mut self, branch: &str, row: &str, text: String) {
        self.words.retain(|(on, of, _)| row.is_empty() || on != branch || of != row);
        self.words.push((branch.to_owned(), row.to_owned(), text));
    }
}

/// A life so far.
struct Life {
    race: Race,
    truth: Arc<Mutex<Truth>>,
    dice: Dice,
}

/// The person's side of it, which can be in any thread.
#[derive(Clone)]
struct Hand {
    person: Person,
    truth: Arc<Mutex<Truth>>,
    program: Arc<Mutex<Option<u32>>>,
}

impl Hand {
    /// Does it; whether the program is still there.
    fn act(&self, act: Act, when: &str) -> bool {
        let mut truth = self.truth.lock().unwrap();
        let (open, branch) = self.person.proposed(BRANCH);
        let done = match act {
            Act::Merge(merging) => open.is_some_and(|open| {
                let is_merged = self.person.merges(open, merging);
                if is_merged {
                    truth.merge(&branch);
                }
                is_merged
            }),
            Act::MergeByHand(merging) => {
                let is_merged = self.person.merges_by_hand(&branch, merging);
                if is_merged {
                    truth.merge(&branch);
                }
                is_merged
            }
            Act::Close => open.is_some_and(|open| {
                self.person.closes(open);
                truth.words.retain(|(on, ..)| *on != branch);
                true
            }),
            Act::Reopen => self.person.last_closed().is_some_and(|last| self.person.reopens(last)),
            Act::DeleteBranch => {
                truth.lose(&branch);
                self.person.deletes(&branch)
            }
            Act::ResetBranch => {
                truth.lose(&branch);
                self.person.resets(&branch)
            }
            Act::Delete(which) => self.deletes_row(&mut truth, which),
            Act::Edit(which) => self.edits_cell(&mut truth, "main", which),
            Act::EditBranch(which) => self.edits_cell(&mut truth, &branch, which),
            Act::Add => self.writes(&mut truth, |list, number| {
                let row = format!("| [Mine {number}](https://example.org/{number}) | 2025-01-01 | x |  | |");
                let first = list.find("| **[")?;
                Some((format!("{}{row}\n{}", &list[..first], &list[first..]), row))
            }),
            Act::Write => self.writes(&mut truth, |list, number| {
                Some((
                    list.replacen("The end.", &format!("Words {number}.\n\nThe end."), 1),
                    format!("Words {number}."),
                ))
            }),
            Act::AddToBranch => {
                truth.written += 1;
                let is_added = self.person.adds(&branch, &format!("file-{}.md", truth.written));
                if is_added {
                    let tip = self.person.tip(&branch).unwrap();
                    truth.commits.push((branch.clone(), tip));
                }
                is_added
            }
            Act::Kill => true,
        };
        writeln!(truth.steps, "  {when}: {act:?} of {branch}{}", if done { "" } else { " (nothing)" })
            .unwrap();
        drop(truth);
        if let Act::Kill = act {
            let program = self.program.lock().unwrap();
            let killed = program.map(|id| Command::new("kill").args(["-9", &id.to_string()]).status());
            return killed.is_none();
        }
        true
    }

    fn deletes_row(&self, truth: &mut Truth, which: usize) -> bool {
        let mut deleted = None;
        let is_deleted = self.person.edits("main", |list| {
            let row = row(list, which)?;
            deleted = Some(bare(row));
            Some(list.replacen(&format!("{row}\n"), "", 1))
        });
        if let (Some(row), true) = (deleted, is_deleted) {
            truth.words.retain(|(_, of, _)| *of != row);
            truth.deleted.insert(row);
        }
        is_deleted
    }

    fn edits_cell(&self, truth: &mut Truth, branch: &str, which: usize) -> bool {
        truth.written += 1;
        let cell = format!("[mine](https://example.org/{})", truth.written);
        let mut edited = None;
        let is_edited = self.person.edits(branch, |list| {
            let row = row(list, which)?;
            edited = Some(bare(row));
            let (start, _) = row.strip_suffix(" |")?.rsplit_once(" |")?;
            Some(list.replacen(row, &format!("{start} {cell} |"), 1))
        });
        if let (Some(row), true) = (edited, is_edited) {
            truth.write(branch, &row, cell);
            if branch != "main" {
                let tip = self.person.tip(branch).unwrap();
                truth.commits.push((branch.to_owned(), tip));
            }
        }
        is_edited
    }

    fn writes(
        &self,
        truth: &mut Truth,
        change: impl FnOnce(&str, usize) -> Option<(String, String)>,
    ) -> bool {
        truth.written += 1;
        let (number, mut words) = (truth.written, None);
        let is_written = self.person.edits("main", |list| {
            let (list, new) = change(list, number)?;
            words = Some(new);
            Some(list)
        });
        if let (Some(words), true) = (words, is_written) {
            truth.write("main", "", words);
        }
        is_written
    }
}

/// One of the rows of a list that are about papers.
fn row(list: &str, which: usize) -> Option<&str> {
    let rows: Vec<&str> = list.lines().filter(|line| line.starts_with("| **[")).collect();
    rows.get(which.checked_rem(rows.len())?).copied()
}

/// A row's paper, whatever its version.
fn bare(row: &str) -> String {
    without_version(&rows(row).remove(0)).to_owned()
}

fn without_version(address: &str) -> &str {
    address.rsplit_once('v').unwrap().0
}

impl Life {
    fn of(seed: u64) -> Self {
        let dice = Dice(seed);
        let race = match seed % 8 {
            0..4 => Race::at_a(Kind::GitHub),
            4 | 5 => Race::at_a(Kind::Gitea),
            6 => Race::new(Kind::GitHub, "forge = \"none\"\n"),
            _ => Race::new(Kind::GitHub, "forge = \"none\"\ndirect = true\n"),
        };
        debug_assert!(AT_A_FORGE.contains("API"));
        Self { race, truth: Arc::default(), dice }
    }

    fn hand(&self) -> Hand {
        let program = Arc::clone(&self.race.program);
        Hand { person: self.race.person.clone(), truth: Arc::clone(&self.truth), program }
    }

    fn live(&mut self) {
        self.race.quiet_turn();
        self.hand().act(Act::Merge(Merging::Commit), "at first");
        for day in 0..DAYS {
            self.race.come(usize::try_from(self.dice.below(3)).unwrap());
            if self.dice.is_below_percent(30) {
                let which = usize::try_from(self.dice.below(1000)).unwrap() % self.race.desk.papers.len();
                self.race.revise(which);
            }
            self.disturbed_turn(day);
            self.settles(day);
        }
        self.race.revise_all();
        self.settles(DAYS);
    }

    /// A turn in which one or two things happen at any moment.
    fn disturbed_turn(&mut self, day: usize) {
        let mut acts: Vec<(usize, Before)> = Vec::new();
        let mut later = Vec::new();
        for _ in 0..=self.dice.below(2) {
            let before = usize::try_from(self.dice.below(CONTACTS)).unwrap();
            let (act, hand) = (Act::by(&mut self.dice), self.hand());
            later.push(act);
            let when = format!("day {day}, before contact {before}");
            acts.push((before, Box::new(move || hand.act(act, &when))));
        }
        self.race.turn(acts);
        // What the turn did not come to happens after it.
        let rest = std::mem::take(&mut self.race.contacts.lock().unwrap().acts);
        *self.race.program.lock().unwrap() = None;
        rest.into_iter().for_each(|(_, act)| drop(act()));
    }

    /// Once nobody does anything any more, everything is where it belongs.
    fn settles(&mut self, day: usize) {
        let mut answer = self.race.quiet_turn();
        for _ in 0..2 {
            let notes = answer.only_list().notes.concat();
            if notes.contains("change the same lines") {
                self.hand().act(Act::DeleteBranch, &format!("day {day}, stuck"));
            } else if !notes.contains("was closed by somebody") {
                break;
            }
            self.race.come(1);
            answer = self.race.quiet_turn();
        }
        self.holds(&answer);
    }

    fn holds(&self, answer: &Answer) {
        let truth = self.truth.lock().unwrap();
        let list = self.race.landed().unwrap_or_else(|| panic!("what is proposed can be merged: {answer:?}"));
        let mut found = rows(&list);
        found.sort();
        let papers = self.race.desk.papers.iter().map(address);
        let mut expected: Vec<_> =
            papers.filter(|paper| !truth.deleted.contains(without_version(paper))).collect();
        expected.sort();
        assert_eq!(found, expected, "the rows: {answer:?}");
        let proposed = self.race.proposed();
        for (branch, row, text) in &truth.words {
            let is_there = branch == "main" || Some(branch) == proposed.as_ref();
            assert!(!is_there || list.contains(text), "{text} of {row} on {branch}: {list}");
        }
        let bare = self.race.desk.bare.list();
        for (branch, commit) in &truth.commits {
            let is_in = ["main", branch].iter().any(|branch| {
                said(&bare, &["merge-base", "--is-ancestor", commit, &format!("refs/heads/{branch}")])
                    .is_some()
            });
            assert!(is_in, "the person's {commit} on {branch} is gone");
        }
        let news = self.race.desk.home.news();
        let new: Vec<_> = news.iter().filter(|(.., kind)| kind == "new").map(|(paper, ..)| paper).collect();
        assert_eq!(new.iter().collect::<BTreeSet<_>>().len(), new.len(), "news: {news:?}");
    }
}

/// Lives that of a seed; what failed in it, in words.
fn failure(seed: u64) -> Option<String> {
    let mut life = Life::of(seed);
    let lived = catch_unwind(AssertUnwindSafe(|| life.live())).err()?;
    let words = lived.downcast_ref::<String>().cloned();
    let words = words.or_else(|| lived.downcast_ref::<&str>().map(|words| (*words).to_owned()));
    let steps = match life.truth.lock() {
        Ok(truth) => truth.steps.clone(),
        Err(poisoned) => poisoned.into_inner().steps.clone(),
    };
    Some(format!("seed {seed}:\n{steps}{}\n", words.unwrap_or_default()))
}

#[test]
fn whatever_a_person_does_at_whatever_moment_no_row_is_lost_and_none_comes_back() {
    let first = u64::try_from(number("PAPERWIRE_SEED", 1)).unwrap();
    let lives = u64::try_from(number("PAPERWIRE_LIVES", LIVES)).unwrap();
    let failures: Vec<String> = FAILED.into_iter().chain(first..first + lives).filter_map(failure).collect();
    assert!(failures.is_empty(), "{} of {lives} lives failed\n{}", failures.len(), failures.join("\n"));
}
