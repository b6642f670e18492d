//! What of a list waits for a person once nothing is left to do.

use anyhow::Result;

use super::observe_repository::RepositoryObservation;
use super::repository_sync_state::RepositorySync;
use crate::domain::pull_request_plan::{DesiredListCommit, ObservedPullRequests, PullRequestState};
use crate::store::{PendingReview, PendingReviewState, PullRequestNumberAndUrl};

impl RepositorySync<'_> {
    /// What waits to be merged, if all is as it should be; none if the base has all of it.
    pub(super) fn find_pending_review(
        &self,
        observation: &RepositoryObservation,
    ) -> Result<Option<PendingReview>> {
        if let DesiredListCommit::SameAsBase = observation.plan_input.desired {
            return Ok(None);
        }
        match &observation.plan_input.pulls {
            ObservedPullRequests::NoForge => {
                self.pending_review(observation, 1, None, PendingReviewState::Open).map(Some)
            }
            ObservedPullRequests::Listing(pulls) => {
                let open = pulls.iter().find(|pull| matches!(pull.state, PullRequestState::Open(_)));
                let review = open.map(|pull| {
                    self.pending_review(observation, pull.branch, Some(pull.id), PendingReviewState::Open)
                });
                review.transpose()
            }
        }
    }

    /// What waits to be merged from one of our branches, with its pull request.
    pub(super) fn pending_review(
        &self,
        observation: &RepositoryObservation,
        branch: u32,
        number: Option<u64>,
        state: PendingReviewState,
    ) -> Result<PendingReview> {
        let pull = number.and_then(|number| observation.pulls.iter().find(|pull| pull.number == number));
        Ok(PendingReview {
            state,
            branch: self.target.proposal_branch()?.nth_branch(branch).to_string(),
            pull_request: pull
                .map(|pull| PullRequestNumberAndUrl { number: pull.number, address: pull.url.clone() }),
        })
    }
}
