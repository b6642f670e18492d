//! The person of a random life: what they do, and what must be so by it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OpenFlags};

use super::person::{MergeMethod, Person};
use crate::support::random_month_of_papers::RandomNumbers;
use crate::support::repository_env::BRANCH;
use crate::support::test_env::rows_of_list;

/// One thing that a person does. Numbers choose among what is there.
#[derive(Debug, Clone, Copy)]
pub(super) enum PersonAction {
    Merge(MergeMethod),
    MergeByHand(MergeMethod),
    Close,
    Reopen,
    DeleteBranch,
    ResetBranch,
    /// Deletes a row of the base.
    Delete(usize),
    /// Puts a row back into the base that the person deleted there, as it was.
    PutBack(usize),
    /// Writes into the last cell of a row of the base.
    Edit(usize),
    /// Adds a row of no paper to the base.
    Add,
    /// Writes around the table in the base.
    Write,
    /// Writes into the last cell of a row on our branch.
    EditBranch(usize),
    /// Deletes a row on our branch.
    DeleteOnBranch(usize),
    /// A line is rewritten in our own commit, which is amended.
    RewriteBranch(usize),
    /// Sets our branch back to an earlier push.
    SetBack,
    /// Adds a file on our branch.
    AddToBranch,
    /// Kills the program.
    Kill,
}

impl PersonAction {
    pub(super) fn random_action(random: &mut RandomNumbers) -> Self {
        let merging = [MergeMethod::Commit, MergeMethod::Squash, MergeMethod::Rebase];
        let merging = merging[usize::try_from(random.number_below(3)).unwrap()];
        let which = usize::try_from(random.number_below(1000)).unwrap();
        match random.number_below(28) {
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
            21..23 if which % 4 == 3 => Self::DeleteOnBranch(which),
            21..23 => Self::EditBranch(which),
            23 => Self::AddToBranch,
            24 => Self::RewriteBranch(which),
            25 => Self::SetBack,
            26 => Self::PutBack(which),
            _ => Self::Kill,
        }
    }
}

/// What must be so, by what the person did.
#[derive(Debug, Default)]
pub(super) struct ExpectedState {
    /// The addresses, without versions, of the rows that the person deleted.
    pub(super) deleted: BTreeSet<String>,
    /// The deleted rows of which the program may not know yet: a proposal that was pushed before has the row still, and may
    /// bring it back at a new version and in another place when the person merges it.
    pub(super) unseen: BTreeSet<String>,
    /// What the person deleted on a branch of ours that is not merged: the branch, and the row's address.
    deleted_on_branches: BTreeSet<(String, String)>,
    /// The rows that were deleted on a branch that has gone since: the program may have seen that, or not.
    either: BTreeSet<String>,
    /// The rows that the person deleted, as they were.
    taken_out: Vec<String>,
    /// What the person wrote into the list: on which branch, of which row, and the text.
    pub(super) words: Vec<(String, String, String)>,
    /// The commits that the person made on our branches.
    pub(super) commits: Vec<(String, String)>,
    written: usize,
    pub(super) steps: String,
}

impl ExpectedState {
    /// A branch went with all that the person had on it.
    fn forget_branch(&mut self, branch: &str) {
        self.words.retain(|(on, ..)| on != branch);
        self.commits.retain(|(on, _)| on != branch);
        self.doubt_deletions_on(branch);
    }

    /// A branch is proposed no longer, or is another one.
    fn doubt_deletions_on(&mut self, branch: &str) {
        let gone = self.deleted_on_branches.extract_if(.., |(on, _)| on == branch);
        self.either.extend(gone.map(|(_, row)| row));
    }

    /// The rows that may not be in the list once the proposal of a branch is merged, if the program knows these as deleted.
    pub(super) fn rows_that_are_gone(
        &self,
        proposed: Option<&String>,
        known_deleted: &BTreeSet<String>,
    ) -> BTreeSet<String> {
        let is_gone = |(on, row): &&(String, String)| Some(on) == proposed || known_deleted.contains(row);
        let on_branches = self.deleted_on_branches.iter().filter(is_gone).map(|(_, row)| row);
        let seen = self.either.intersection(known_deleted);
        self.deleted.iter().chain(on_branches).chain(seen).cloned().collect()
    }

    /// A branch was merged, and the list in the base is this now. A rebase leaves merges out, and with them what the person
    /// amended in one.
    fn merge_branch(
        &mut self,
        branch: &str,
        merging: MergeMethod,
        list: &str,
        known_deleted: &BTreeSet<String>,
    ) {
        let standing: BTreeSet<String> =
            rows_of_list(list).iter().map(|row| without_version(row).to_owned()).collect();
        // What the program knows as deleted already, it takes out again.
        let unknown = self.unseen.difference(known_deleted).cloned().collect::<BTreeSet<_>>();
        let back: Vec<String> = unknown.intersection(&standing).cloned().collect();
        self.deleted.retain(|row| !back.contains(row));
        let on_branch: Vec<_> = self.deleted_on_branches.extract_if(.., |(on, _)| on == branch).collect();
        for (_, row) in on_branch {
            if standing.contains(&row) {
                self.either.insert(row);
            } else {
                self.words.retain(|(_, of, _)| *of != row);
                self.unseen.insert(row.clone());
                self.deleted.insert(row);
            }
        }
        let is_kept = |text: &str| merging != MergeMethod::Rebase || list.contains(text);
        let is_moved = |(on, _, text): &&(String, String, String)| on == branch && is_kept(text);
        let moved = self.words.iter().filter(is_moved).cloned().collect::<Vec<_>>();
        self.forget_branch(branch);
        for (_, row, text) in moved {
            self.record_row("main", &row, text);
        }
    }

    /// What is written over goes.
    fn record_row(&mut self, branch: &str, row: &str, text: String) {
        self.words.retain(|(on, of, _)| row.is_empty() || on != branch || of != row);
        self.words.push((branch.to_owned(), row.to_owned(), text));
    }
}

/// The person's side of it, which can be in any thread.
#[derive(Clone)]
pub(super) struct RandomPerson {
    pub(super) person: Person,
    pub(super) truth: Arc<Mutex<ExpectedState>>,
    pub(super) program: Arc<Mutex<Option<u32>>>,
    /// The program's history.
    pub(super) history: PathBuf,
}

impl RandomPerson {
    /// Does it; whether the program is still there.
    pub(super) fn perform_and_tell_if_program_lives(&self, act: PersonAction, when: &str) -> bool {
        let mut truth = self.truth.lock().unwrap();
        let (open, branch) = self.person.open_pull_request(BRANCH);
        let done = match act {
            PersonAction::Merge(merging) => open.is_some_and(|open| {
                let is_merged = self.person.merge_pull_request(open, merging);
                if is_merged {
                    self.note_merge(&mut truth, &branch, merging);
                }
                is_merged
            }),
            PersonAction::MergeByHand(merging) => {
                let is_merged = self.person.merges_by_hand(&branch, merging);
                if is_merged {
                    self.note_merge(&mut truth, &branch, merging);
                }
                is_merged
            }
            PersonAction::Close => open.is_some_and(|open| {
                self.person.close_pull_request(open);
                truth.words.retain(|(on, ..)| *on != branch);
                truth.doubt_deletions_on(&branch);
                true
            }),
            PersonAction::Reopen => {
                self.person.last_closed().is_some_and(|last| self.person.reopen_pull_request(last))
            }
            PersonAction::DeleteBranch => {
                truth.forget_branch(&branch);
                self.person.delete_branch(&branch)
            }
            PersonAction::ResetBranch => {
                truth.forget_branch(&branch);
                self.person.reset_branch(&branch)
            }
            PersonAction::Delete(which) => self.delete_row(&mut truth, which),
            PersonAction::PutBack(which) => self.put_row_back(&mut truth, which),
            PersonAction::SetBack => {
                truth.forget_branch(&branch);
                self.person.restore_earlier_head(&branch)
            }
            PersonAction::Edit(which) => {
                self.edit_cell(&mut truth, "main", which, |change| self.person.edit_list("main", change))
            }
            PersonAction::EditBranch(which) => {
                self.edit_cell(&mut truth, &branch, which, |change| self.person.edit_list(&branch, change))
            }
            PersonAction::DeleteOnBranch(which) => self.delete_row_on_branch(&mut truth, &branch, which),
            PersonAction::RewriteBranch(which) => {
                truth.commits.retain(|(on, _)| *on != branch);
                let keeps_author = which % 2 == 1;
                let args: &[&str] =
                    if keeps_author { &["--no-edit"] } else { &["--reset-author", "-m", "Rewritten"] };
                self.edit_cell(&mut truth, &branch, which, |change| {
                    self.person.amend_list_with(args, &branch, change)
                })
            }
            PersonAction::Add => self.write_row(&mut truth, |list, number| {
                let row = format!("| [Mine {number}](https://example.org/{number}) | 2025-01-01 | x |  | |");
                let first = list.find("| **[")?;
                Some((format!("{}{row}\n{}", &list[..first], &list[first..]), row))
            }),
            PersonAction::Write => self.write_row(&mut truth, |list, number| {
                Some((
                    list.replacen("The end.", &format!("Words {number}.\n\nThe end."), 1),
                    format!("Words {number}."),
                ))
            }),
            PersonAction::AddToBranch => {
                truth.written += 1;
                let is_added = self.person.add_file(&branch, &format!("file-{}.md", truth.written));
                if is_added {
                    let tip = self.person.branch_head(&branch).unwrap();
                    truth.commits.push((branch.clone(), tip));
                }
                is_added
            }
            PersonAction::Kill => true,
        };
        writeln!(truth.steps, "  {when}: {act:?} of {branch}{}", if done { "" } else { " (nothing)" })
            .unwrap();
        drop(truth);
        if let PersonAction::Kill = act {
            let program = self.program.lock().unwrap();
            let killed = program.map(|id| Command::new("kill").args(["-9", &id.to_string()]).status());
            return killed.is_none();
        }
        true
    }

    fn note_merge(&self, truth: &mut ExpectedState, branch: &str, merging: MergeMethod) {
        truth.merge_branch(branch, merging, &self.person.list_text(), &self.papers_known_as_deleted());
    }

    /// The papers, as rows name them, that the program knows as deleted at this moment, in which it waits for an answer.
    pub(super) fn papers_known_as_deleted(&self) -> BTreeSet<String> {
        let db = Connection::open_with_flags(&self.history, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut statement = db.prepare("SELECT paper_id FROM dismissals WHERE is_restored = 0").unwrap();
        let papers = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        papers.map(|paper| paper.unwrap().trim_start_matches("arxiv:").to_owned()).collect()
    }

    fn delete_row(&self, truth: &mut ExpectedState, which: usize) -> bool {
        let (mut deleted, mut text) = (None, None);
        let is_deleted = self.person.edit_list("main", |list| {
            let row = paper_row(list, which)?;
            deleted = Some(row_paper_id(row));
            text = Some(row.to_owned());
            Some(list.replacen(&format!("{row}\n"), "", 1))
        });
        if let (Some(row), true) = (deleted, is_deleted) {
            truth.words.retain(|(_, of, _)| *of != row);
            truth.unseen.insert(row.clone());
            truth.deleted.insert(row);
            truth.taken_out.extend(text);
        }
        is_deleted
    }

    fn delete_row_on_branch(&self, truth: &mut ExpectedState, branch: &str, which: usize) -> bool {
        let mut deleted = None;
        let is_deleted = self.person.edit_list(branch, |list| {
            let row = paper_row(list, which)?;
            deleted = Some(row_paper_id(row));
            Some(list.replacen(&format!("{row}\n"), "", 1))
        });
        if let (Some(row), true) = (deleted, is_deleted) {
            truth.words.retain(|(on, of, _)| on != branch || *of != row);
            truth.commits.push((branch.to_owned(), self.person.branch_head(branch).unwrap()));
            truth.deleted_on_branches.insert((branch.to_owned(), row));
        }
        is_deleted
    }

    fn put_row_back(&self, truth: &mut ExpectedState, which: usize) -> bool {
        let rows = truth.taken_out.len();
        let Some(row) = which.checked_rem(rows).map(|at| truth.taken_out.swap_remove(at)) else {
            return false;
        };
        let id = row_paper_id(&row);
        // A merge may have brought it back already.
        let is_there = self.person.list_text().contains(&id);
        let is_back = !is_there
            && self.person.edit_list("main", |list| {
                // A person puts it above another one.
                list.contains("| **[").then(|| list.replacen("| **[", &format!("{row}\n| **["), 1))
            });
        if is_back {
            truth.unseen.remove(&id);
            truth.deleted.remove(&id);
            if truth.deleted_on_branches.iter().any(|(_, row)| *row == id) {
                truth.deleted_on_branches.retain(|(_, row)| *row != id);
                truth.either.insert(id);
            }
        }
        is_back
    }

    fn edit_cell(
        &self,
        truth: &mut ExpectedState,
        branch: &str,
        which: usize,
        edits: impl FnOnce(&mut dyn FnMut(&str) -> Option<String>) -> bool,
    ) -> bool {
        truth.written += 1;
        let cell = format!("[mine](https://example.org/{})", truth.written);
        let mut edited = None;
        let is_edited = edits(&mut |list| {
            let row = paper_row(list, which)?;
            edited = Some(row_paper_id(row));
            let cells = row.strip_suffix(" |")?;
            Some(list.replacen(row, &format!("{cells} {cell} |"), 1))
        });
        if let (Some(row), true) = (edited, is_edited) {
            // What is taken out of the base goes with all that is written into it elsewhere.
            if !truth.deleted.contains(&row) {
                truth.record_row(branch, &row, cell);
            }
            if branch != "main" {
                let tip = self.person.branch_head(branch).unwrap();
                truth.commits.push((branch.to_owned(), tip));
            }
        }
        is_edited
    }

    fn write_row(
        &self,
        truth: &mut ExpectedState,
        change: impl FnOnce(&str, usize) -> Option<(String, String)>,
    ) -> bool {
        truth.written += 1;
        let (number, mut words) = (truth.written, None);
        let is_written = self.person.edit_list("main", |list| {
            let (list, new) = change(list, number)?;
            words = Some(new);
            Some(list)
        });
        if let (Some(words), true) = (words, is_written) {
            truth.record_row("main", "", words);
        }
        is_written
    }
}

/// One of the rows of a list that are about papers.
fn paper_row(list: &str, which: usize) -> Option<&str> {
    let rows: Vec<&str> = list.lines().filter(|line| line.starts_with("| **[")).collect();
    rows.get(which.checked_rem(rows.len())?).copied()
}

/// A row's paper, whatever its version.
fn row_paper_id(row: &str) -> String {
    without_version(&rows_of_list(row).remove(0)).to_owned()
}

pub(super) fn without_version(address: &str) -> &str {
    address.rsplit_once('v').unwrap().0
}
