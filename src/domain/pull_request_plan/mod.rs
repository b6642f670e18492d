//! The state of a list's pull request, and the next step from there: decided by what is seen of the branches, the pull
//! requests, and what the list should have. One step is named at a time; after it the same question is asked again, so
//! that a program that is killed between two steps goes on where it was.
//!
//! Three things hold whatever is seen: a branch with a person's commits is neither moved away from them nor
//! deleted, the branch of a pull request that was closed is left as it is, and no second pull request is opened
//! next to an open one.
//!
//! One example, a list whose branch is `paperwire/list`:
//!
//! | what is seen                                                        | next step                                    |
//! |---------------------------------------------------------------------|----------------------------------------------|
//! | the base lacks paper A; there is no branch                          | `Push` commit a to branch 1                  |
//! | branch 1 is at a, ours alone; there is no pull request              | `Open` one from branch 1                     |
//! | paper B has come; a pull request is open                            | `Push` commit b (A and B), then `Update` its text |
//! | a person pushed commit p to branch 1; C has come; both can be merged | `Push` the merge of c onto p                 |
//! | they cannot be merged                                               | `Wait`, with one comment, until they can     |
//! | the person closed the pull request; nothing is new since            | `LeaveClosed`                                |
//! | paper D has come                                                    | `Push` to `paperwire/list-2`, then `Open`: the closed branch stays as it is |
//! | it was merged; the base has all of it                               | `Delete` branch 2                            |

mod proposed_content_fingerprints;
#[cfg(test)]
mod tests;

use super::CommitId;
pub use proposed_content_fingerprints::ProposedContentFingerprints;

/// Everything that the next step is decided by. Branches are numbered: 1 is the one with the list's name, 2 has `-2` after
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequestPlanInput {
    /// What the list should have, against the base as it is now.
    pub desired: DesiredListCommit,
    /// Our branches that are there.
    pub branches: Vec<ObservedBranch>,
    /// The pull requests from them into the base.
    pub pulls: ObservedPullRequests,
}

/// What the list should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesiredListCommit {
    /// What the base has already.
    SameAsBase,
    /// Something else.
    NewCommit {
        /// The commit on the base that makes it so.
        commit: CommitId,
        /// What it brings to the list's tables, whatever else is in the base.
        content: ProposedContentFingerprints,
    },
}

/// One of our branches that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedBranch {
    /// The branch's number.
    pub number: u32,
    /// The branch's latest commit.
    pub commit: CommitId,
    /// Whose commits it has beyond the base.
    pub ownership: BranchOwnership,
}

/// Whose commits a branch has beyond the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchOwnership {
    /// The program's alone, or none at all.
    Ours,
    /// A person's too; this is how the desired change can be merged with them.
    Persons(BranchMerge),
}

/// How the desired change can be merged onto a person's commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchMerge {
    /// What the branch has is in the base already, or nothing is desired.
    AlreadyIn,
    /// The two can be merged; this commit has both.
    Merged(CommitId),
    /// The two cannot be merged: both changed the same lines.
    Conflict,
}

/// The pull requests of our branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObservedPullRequests {
    /// A plain git remote has none: who looks after it merges the branch.
    NoForge,
    /// All pull requests of the branch, open and closed.
    Listing(Vec<ObservedPullRequest>),
}

/// One pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedPullRequest {
    /// What the forge calls it by.
    pub id: u64,
    /// The number of its branch.
    pub branch: u32,
    /// Open, merged or closed, and by whom.
    pub state: PullRequestState,
}

/// The state of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullRequestState {
    /// Open, and its description is current or not.
    Open(DescriptionFreshness),
    /// Merged, in whatever way.
    Merged,
    /// Closed by us; noted before it was done, so that a killed program does not take it for a person's word.
    ClosedByUs,
    /// Closed by a person, who looked at this content; none if that is no longer known.
    ClosedByPerson(Option<ProposedContentFingerprints>),
}

/// Whether title, body and labels are what they should be, and the reviewers were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionFreshness {
    /// Title and body describe the content.
    Current,
    /// Title and body describe an earlier content, or a run was interrupted before it had updated them.
    Outdated,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullRequestStep {
    /// Nothing: all is as it should be.
    Nothing,
    /// Nothing: a person has closed the pull request, and nothing is desired that it did not have.
    LeaveClosed {
        /// The number of its branch.
        branch: u32,
        /// The pull request's id.
        pull: u64,
    },
    /// Close one of our pull requests with a comment that says why. Its branch is a later step's.
    Close {
        /// The pull request's id.
        pull: u64,
        /// The reason for closing it.
        why: ClosingReason,
    },
    /// Delete a branch that has nothing of a person, if it is still there.
    Delete {
        /// The branch's number.
        branch: u32,
        /// The commit at which the branch must be.
        expected: CommitId,
    },
    /// Push a commit to a branch.
    Push {
        /// The branch's number.
        branch: u32,
        /// The commit.
        commit: CommitId,
        /// Where the branch must be; with none it must not be there.
        expected: Option<CommitId>,
    },
    /// Open a pull request from a branch.
    Open {
        /// The branch's number.
        branch: u32,
    },
    /// Update title, body and labels of a pull request, and ask the reviewers who were not asked.
    Update {
        /// The pull request's id.
        pull: u64,
    },
    /// Wait for a person: their commits and the desired change cannot be merged.
    Wait {
        /// The number of the branch that they are on.
        branch: u32,
        /// The pull request to comment on, if there is one.
        pull: Option<u64>,
    },
}

/// Why one of our pull requests is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosingReason {
    /// The base has all of it.
    NothingToPropose,
    /// Another one of ours is open, on a later branch.
    AnotherIsOpen,
}

/// What to do next.
pub fn next_pull_request_step(input: &PullRequestPlanInput) -> PullRequestStep {
    if let Some(pull) = input.second_open_pull_request() {
        return PullRequestStep::Close { pull, why: ClosingReason::AnotherIsOpen };
    }
    match &input.desired {
        DesiredListCommit::SameAsBase => input.step_when_nothing_to_propose(),
        DesiredListCommit::NewCommit { commit, content } => {
            input.next_step_to_propose_change(commit, content)
        }
    }
}

impl PullRequestPlanInput {
    /// Whether what a branch has is proposed, or may be again. It is not if its latest pull request was merged or another one is
    /// open: then what a person does on it does not count for the list.
    pub fn is_branch_proposed(&self, number: u32) -> bool {
        match (&self.pulls, self.find_open_pull_request()) {
            (ObservedPullRequests::NoForge, _) => true,
            (ObservedPullRequests::Listing(_), Some(open)) => open.branch == number,
            (ObservedPullRequests::Listing(pulls), None) => {
                let latest = pulls.iter().filter(|pull| pull.branch == number).max_by_key(|pull| pull.id);
                latest.is_none_or(|pull| pull.state != PullRequestState::Merged)
            }
        }
    }

    /// Nothing is to be proposed.
    fn step_when_nothing_to_propose(&self) -> PullRequestStep {
        if let Some(pull) = self.find_open_pull_request() {
            return PullRequestStep::Close { pull: pull.id, why: ClosingReason::NothingToPropose };
        }
        self.step_to_delete_obsolete_branch(None)
            .or_else(|| self.update_of_persons_branch())
            .unwrap_or(PullRequestStep::Nothing)
    }

    /// Something is to be proposed.
    fn next_step_to_propose_change(
        &self,
        commit: &CommitId,
        content: &ProposedContentFingerprints,
    ) -> PullRequestStep {
        if let Some(ObservedPullRequest { id, branch, .. }) = self.pull_request_closed_by_person(content) {
            return PullRequestStep::LeaveClosed { branch: *branch, pull: *id };
        }
        let number =
            self.find_open_pull_request().map_or_else(|| self.free_branch_number(), |pull| pull.branch);
        if let Some(step) = self.step_to_update_branch(number, commit) {
            return step;
        }
        match (&self.pulls, self.find_open_pull_request()) {
            (ObservedPullRequests::Listing(_), None) => PullRequestStep::Open { branch: number },
            (
                ObservedPullRequests::Listing(_),
                Some(ObservedPullRequest {
                    id,
                    state: PullRequestState::Open(DescriptionFreshness::Outdated),
                    ..
                }),
            ) => PullRequestStep::Update { pull: *id },
            (ObservedPullRequests::Listing(_) | ObservedPullRequests::NoForge, _) => {
                self.step_to_delete_obsolete_branch(Some(number)).unwrap_or(PullRequestStep::Nothing)
            }
        }
    }

    /// What brings a branch to the desired change; none if it has it.
    fn step_to_update_branch(&self, number: u32, desired: &CommitId) -> Option<PullRequestStep> {
        let commit = desired.clone();
        let Some(branch) = self.observed_branch(number) else {
            return Some(PullRequestStep::Push { branch: number, commit, expected: None });
        };
        match &branch.ownership {
            BranchOwnership::Ours if branch.commit == *desired => None,
            BranchOwnership::Ours => {
                Some(PullRequestStep::Push { branch: number, commit, expected: Some(branch.commit.clone()) })
            }
            BranchOwnership::Persons(merge) => self.step_for_persons_branch(branch, merge),
        }
    }

    /// What keeps a person's branch such that it can be merged, if no forge shows it to anybody; none if it is.
    fn update_of_persons_branch(&self) -> Option<PullRequestStep> {
        if self.pulls != ObservedPullRequests::NoForge {
            return None;
        }
        self.branches.iter().find_map(|branch| match &branch.ownership {
            BranchOwnership::Ours => None,
            BranchOwnership::Persons(merge) => self.step_for_persons_branch(branch, merge),
        })
    }

    fn step_for_persons_branch(
        &self,
        branch: &ObservedBranch,
        merge: &BranchMerge,
    ) -> Option<PullRequestStep> {
        let number = branch.number;
        match merge {
            BranchMerge::AlreadyIn => None,
            BranchMerge::Merged(both) => Some(PullRequestStep::Push {
                branch: number,
                commit: both.clone(),
                expected: Some(branch.commit.clone()),
            }),
            BranchMerge::Conflict => {
                let pull = self.find_open_pull_request().map(|pull| pull.id);
                Some(PullRequestStep::Wait { branch: number, pull })
            }
        }
    }

    /// The first branch that a pull request can be opened from. The name of one that was merged is free again
    /// once a person's commits are gone from it; that of one that was closed never is, because a push to it
    /// would keep the closed one from being opened again.
    fn free_branch_number(&self) -> u32 {
        let taken_max =
            u32::try_from(self.listed_pull_requests().len() + self.branches.len()).unwrap_or(u32::MAX - 1);
        (1..=taken_max).find(|number| !self.is_branch_number_taken(*number)).unwrap_or(taken_max + 1)
    }

    fn is_branch_number_taken(&self, number: u32) -> bool {
        let was_closed = self.observed_pull_requests_of_branch(number).any(|pull| match pull.state {
            PullRequestState::ClosedByUs | PullRequestState::ClosedByPerson(_) => true,
            PullRequestState::Open(_) | PullRequestState::Merged => false,
        });
        let was_merged =
            self.observed_pull_requests_of_branch(number).any(|pull| pull.state == PullRequestState::Merged);
        let blocks = |branch: &ObservedBranch| match &branch.ownership {
            BranchOwnership::Ours => false,
            BranchOwnership::Persons(BranchMerge::AlreadyIn | BranchMerge::Merged(_)) => was_merged,
            BranchOwnership::Persons(BranchMerge::Conflict) => self.pulls != ObservedPullRequests::NoForge,
        };
        was_closed || self.observed_branch(number).is_some_and(blocks)
    }

    /// The latest pull request, if a person closed it and nothing is desired that it did not have.
    fn pull_request_closed_by_person(
        &self,
        content: &ProposedContentFingerprints,
    ) -> Option<&ObservedPullRequest> {
        let latest = self.listed_pull_requests().iter().max_by_key(|pull| pull.id)?;
        match &latest.state {
            PullRequestState::ClosedByPerson(Some(closed))
                if closed.has_all_fingerprints_of(content) && self.find_open_pull_request().is_none() =>
            {
                Some(latest)
            }
            PullRequestState::ClosedByPerson(_)
            | PullRequestState::ClosedByUs
            | PullRequestState::Open(_)
            | PullRequestState::Merged => None,
        }
    }

    /// A branch that is no longer of use, without a person's commits. One whose pull request a person closed
    /// stays: they may open it again.
    fn step_to_delete_obsolete_branch(&self, in_use: Option<u32>) -> Option<PullRequestStep> {
        let is_done = |branch: &&ObservedBranch| {
            let mut pulls = self.observed_pull_requests_of_branch(branch.number).peekable();
            let is_nobodys = pulls.peek().is_some() || in_use.is_none();
            let is_ended = |pull: &ObservedPullRequest| match pull.state {
                PullRequestState::Merged | PullRequestState::ClosedByUs => true,
                PullRequestState::Open(_) | PullRequestState::ClosedByPerson(_) => false,
            };
            branch.ownership == BranchOwnership::Ours
                && in_use != Some(branch.number)
                && is_nobodys
                && pulls.all(is_ended)
        };
        let branch = self.branches.iter().find(is_done)?;
        Some(PullRequestStep::Delete { branch: branch.number, expected: branch.commit.clone() })
    }

    /// The open pull request that the list is proposed by: that of the latest branch.
    fn find_open_pull_request(&self) -> Option<&ObservedPullRequest> {
        self.listed_pull_requests()
            .iter()
            .filter(|pull| pull.is_open())
            .max_by_key(|pull| (pull.branch, pull.id))
    }

    /// An open pull request in addition to that one: a person opened an earlier one again.
    fn second_open_pull_request(&self) -> Option<u64> {
        let used = self.find_open_pull_request()?.id;
        self.listed_pull_requests().iter().find(|pull| pull.is_open() && pull.id != used).map(|pull| pull.id)
    }

    fn listed_pull_requests(&self) -> &[ObservedPullRequest] {
        match &self.pulls {
            ObservedPullRequests::NoForge => &[],
            ObservedPullRequests::Listing(pulls) => pulls,
        }
    }

    fn observed_pull_requests_of_branch(&self, branch: u32) -> impl Iterator<Item = &ObservedPullRequest> {
        self.listed_pull_requests().iter().filter(move |pull| pull.branch == branch)
    }

    fn observed_branch(&self, number: u32) -> Option<&ObservedBranch> {
        self.branches.iter().find(|branch| branch.number == number)
    }
}

impl ObservedPullRequest {
    fn is_open(&self) -> bool {
        match self.state {
            PullRequestState::Open(_) => true,
            PullRequestState::Merged | PullRequestState::ClosedByUs | PullRequestState::ClosedByPerson(_) => {
                false
            }
        }
    }
}
