//! What to do next about a list's pull request, from what is seen of the branches, the pull requests, and what
//! the list should have. One step is named at a time; after it the same question is asked again, so that a
//! program that is killed between two steps goes on where it was.
//!
//! Three things hold whatever is seen: a branch with a person's commits is neither moved away from them nor
//! deleted, the branch of a pull request that was closed is left as it is, and no second pull request is opened
//! beside an open one.

mod content;
#[cfg(test)]
mod tests;

use super::CommitId;
pub use content::Content;

/// Everything that the next step is decided by. Branches go by their number among those of the list's name: 1
/// is the name itself, 2 has `-2` behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What the list should have, against the base as it is now.
    pub wanted: Wanted,
    /// Our branches that are there.
    pub branches: Vec<BranchSeen>,
    /// The pull requests from them into the base.
    pub pulls: Pulls,
}

/// What the list should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// What the base has already.
    AsBase,
    /// Something else.
    Other {
        /// The commit on the base that makes it so.
        commit: CommitId,
        /// What it brings to the list's tables, whatever else is in the base.
        content: Content,
    },
}

/// One of our branches that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchSeen {
    /// Its number.
    pub number: u32,
    /// Where it is.
    pub commit: CommitId,
    /// Whose commits it has beyond the base.
    pub holds: Holds,
}

/// Whose commits a branch has beyond the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Ours alone, or none at all.
    Ours,
    /// A person's too, and what is wanted goes with them like this.
    Persons(OnTop),
}

/// How what is wanted goes on top of a person's commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnTop {
    /// It is in there already, or nothing is wanted.
    AlreadyIn,
    /// It goes; this commit has both.
    Merged(CommitId),
    /// It does not: both changed the same lines.
    Conflict(Conflict),
}

/// Whether the person has been told of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Not since it began.
    Untold,
    /// In a comment already.
    Told,
}

/// The pull requests of our branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pulls {
    /// A plain git remote has none: who looks after it merges the branch.
    NoForge,
    /// These, open and closed.
    Of(Vec<PullSeen>),
}

/// One pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullSeen {
    /// What the forge calls it by.
    pub id: u64,
    /// The number of its branch.
    pub branch: u32,
    /// How it stands.
    pub state: PullState,
}

/// How a pull request stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullState {
    /// Open, and its words are these.
    Open(Words),
    /// Merged, in whatever way.
    Merged,
    /// Closed by us; noted before it was done, so that a killed program does not take it for a person's word.
    ClosedByUs,
    /// Closed by a person, who looked at this content; none where that is not known any more.
    ClosedByPerson(Option<Content>),
}

/// Whether title, body and labels are what they should be, and the reviewers were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// They are.
    Current,
    /// They are of an earlier content, or a turn did not come to the end of them.
    Outdated,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing: all is as it should be.
    Nothing,
    /// Nothing: a person has closed the pull request, and nothing is wanted that it had not.
    LeaveClosed {
        /// It.
        pull: u64,
    },
    /// Close a pull request of ours with a comment why. Its branch is a later step's.
    Close {
        /// It.
        pull: u64,
        /// Why.
        why: Closing,
    },
    /// Delete a branch that has nothing of a person, if it is still there.
    Delete {
        /// Its number.
        branch: u32,
        /// Where it must be.
        seen: CommitId,
    },
    /// Push a commit to a branch.
    Push {
        /// The branch's number.
        branch: u32,
        /// The commit.
        commit: CommitId,
        /// Where the branch must be; with none it must not be there.
        seen: Option<CommitId>,
    },
    /// Open a pull request from a branch.
    Open {
        /// The branch's number.
        branch: u32,
    },
    /// Write title, body and labels of a pull request anew, and ask the reviewers who were not asked.
    Update {
        /// It.
        pull: u64,
    },
    /// Wait for a person: their commits and what is wanted cannot be merged.
    Wait {
        /// The number of the branch that they are on.
        branch: u32,
        /// The pull request to comment on; none where there is none.
        pull: Option<u64>,
        /// Whether they have been told.
        conflict: Conflict,
    },
}

/// Why we close a pull request of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The base has all of it.
    NothingToPropose,
    /// Another one of ours is open, on a later branch.
    AnotherIsOpen,
}

/// What to do next.
pub fn next(seen: &Seen) -> Step {
    if let Some(pull) = seen.superfluous() {
        return Step::Close { pull, why: Closing::AnotherIsOpen };
    }
    match &seen.wanted {
        Wanted::AsBase => seen.withdrawn(),
        Wanted::Other { commit, content } => seen.proposed(commit, content),
    }
}

impl Seen {
    /// Nothing is to be proposed.
    fn withdrawn(&self) -> Step {
        if let Some(pull) = self.open() {
            return Step::Close { pull: pull.id, why: Closing::NothingToPropose };
        }
        self.left_over(None).unwrap_or(Step::Nothing)
    }

    /// Something is to be proposed.
    fn proposed(&self, commit: &CommitId, content: &Content) -> Step {
        if let Some(pull) = self.left_closed(content) {
            return Step::LeaveClosed { pull };
        }
        let number = self.open().map_or_else(|| self.free_number(), |pull| pull.branch);
        if let Some(step) = self.brought_there(number, commit) {
            return step;
        }
        match (&self.pulls, self.open()) {
            (Pulls::Of(_), None) => Step::Open { branch: number },
            (Pulls::Of(_), Some(PullSeen { id, state: PullState::Open(Words::Outdated), .. })) => {
                Step::Update { pull: *id }
            }
            (Pulls::Of(_) | Pulls::NoForge, _) => self.left_over(Some(number)).unwrap_or(Step::Nothing),
        }
    }

    /// What brings a branch to where it has what is wanted; none where it has.
    fn brought_there(&self, number: u32, wanted: &CommitId) -> Option<Step> {
        let push = |commit: &CommitId, seen: Option<&CommitId>| {
            Some(Step::Push { branch: number, commit: commit.clone(), seen: seen.cloned() })
        };
        let Some(branch) = self.branch(number) else { return push(wanted, None) };
        match &branch.holds {
            Holds::Ours if branch.commit == *wanted => None,
            Holds::Ours => push(wanted, Some(&branch.commit)),
            Holds::Persons(OnTop::AlreadyIn) => None,
            Holds::Persons(OnTop::Merged(both)) => push(both, Some(&branch.commit)),
            Holds::Persons(OnTop::Conflict(conflict)) => {
                let pull = self.open().map(|pull| pull.id);
                Some(Step::Wait { branch: number, pull, conflict: *conflict })
            }
        }
    }

    /// The first branch that a pull request can be opened from. The name of one that was merged is free again
    /// once a person's commits are gone from it; that of one that was closed never is, because a push to it
    /// would keep the closed one from being opened again.
    fn free_number(&self) -> u32 {
        let taken_max = u32::try_from(self.all().len() + self.branches.len()).unwrap_or(u32::MAX - 1);
        (1..=taken_max).find(|number| !self.is_taken(*number)).unwrap_or(taken_max + 1)
    }

    fn is_taken(&self, number: u32) -> bool {
        let was_closed = self.pulls_of(number).any(|pull| match pull.state {
            PullState::ClosedByUs | PullState::ClosedByPerson(_) => true,
            PullState::Open(_) | PullState::Merged => false,
        });
        let was_merged = self.pulls_of(number).any(|pull| pull.state == PullState::Merged);
        let blocks = |branch: &BranchSeen| match &branch.holds {
            Holds::Ours => false,
            Holds::Persons(OnTop::AlreadyIn | OnTop::Merged(_)) => was_merged,
            Holds::Persons(OnTop::Conflict(_)) => self.pulls != Pulls::NoForge,
        };
        was_closed || self.branch(number).is_some_and(blocks)
    }

    /// The latest pull request, if a person closed it and nothing is wanted that it had not.
    fn left_closed(&self, content: &Content) -> Option<u64> {
        let latest = self.all().iter().max_by_key(|pull| pull.id)?;
        match &latest.state {
            PullState::ClosedByPerson(Some(seen)) if seen.has_all_of(content) && self.open().is_none() => {
                Some(latest.id)
            }
            PullState::ClosedByPerson(_) | PullState::ClosedByUs | PullState::Open(_) | PullState::Merged => {
                None
            }
        }
    }

    /// A branch that is no longer of use, without a person's commits. One whose pull request a person closed
    /// stays: they may open it again.
    fn left_over(&self, in_use: Option<u32>) -> Option<Step> {
        let is_done = |branch: &&BranchSeen| {
            let mut pulls = self.pulls_of(branch.number).peekable();
            let is_nobodys = pulls.peek().is_some() || in_use.is_none();
            let is_ended = |pull: &PullSeen| match pull.state {
                PullState::Merged | PullState::ClosedByUs => true,
                PullState::Open(_) | PullState::ClosedByPerson(_) => false,
            };
            branch.holds == Holds::Ours && in_use != Some(branch.number) && is_nobodys && pulls.all(is_ended)
        };
        let branch = self.branches.iter().find(is_done)?;
        Some(Step::Delete { branch: branch.number, seen: branch.commit.clone() })
    }

    /// The open pull request that the list is proposed by: that of the latest branch.
    fn open(&self) -> Option<&PullSeen> {
        self.all().iter().filter(|pull| pull.is_open()).max_by_key(|pull| (pull.branch, pull.id))
    }

    /// An open pull request beside that one: a person opened an earlier one again.
    fn superfluous(&self) -> Option<u64> {
        let used = self.open()?.id;
        self.all().iter().find(|pull| pull.is_open() && pull.id != used).map(|pull| pull.id)
    }

    fn all(&self) -> &[PullSeen] {
        match &self.pulls {
            Pulls::NoForge => &[],
            Pulls::Of(pulls) => pulls,
        }
    }

    fn pulls_of(&self, branch: u32) -> impl Iterator<Item = &PullSeen> {
        self.all().iter().filter(move |pull| pull.branch == branch)
    }

    fn branch(&self, number: u32) -> Option<&BranchSeen> {
        self.branches.iter().find(|branch| branch.number == number)
    }
}

impl PullSeen {
    fn is_open(&self) -> bool {
        match self.state {
            PullState::Open(_) => true,
            PullState::Merged | PullState::ClosedByUs | PullState::ClosedByPerson(_) => false,
        }
    }
}
