//! What the pull requests of our branches are observed to be, at one moment with the branches.

use anyhow::Result;

use super::merge_base::NewlyMergedPullRequest;
use super::pull_request_body::{desired_body, desired_title, is_same_pull_request_body, parse_content_mark};
use super::repository_list_settings::PublishMode;
use super::repository_sync_state::RepositorySync;
use crate::domain::pull_request_plan::{DescriptionFreshness, ObservedPullRequest, PullRequestState};
use crate::list::forge::{ForgePullRequestState, PullRequest};

/// How many of our branches are observed: one is added only after a person closed the pull request of the last.
const BRANCHES_MAX: u32 = 100;

/// How often the pull requests are asked for again because a branch has moved meanwhile.
const MOVES_MAX: usize = 4;

impl RepositorySync<'_> {
    /// The pull requests, and where the branches are at the same moment: both are asked for again if a branch moved
    /// meanwhile. If branches keep moving, they are fetched last: the base then has what a pull request was merged with.
    pub(super) async fn fetch_pull_requests_and_heads(&mut self) -> Result<Option<Vec<(u32, PullRequest)>>> {
        for _ in 0..MOVES_MAX {
            let (pulls, before) = (self.fetch_pull_requests().await?, self.session.heads.clone());
            self.refresh_heads().await?;
            if pulls.is_none() || self.session.heads == before {
                return Ok(pulls);
            }
        }
        let pulls = self.fetch_pull_requests().await?;
        self.refresh_heads().await?;
        Ok(pulls)
    }

    /// The pull requests of our branches, each with its branch's number; none if there is no forge. What has become of
    /// those of earlier branches is asked once in a run: a person who opens one of them again is seen by the next.
    async fn fetch_pull_requests(&mut self) -> Result<Option<Vec<(u32, PullRequest)>>> {
        let PublishMode::PullRequest(branch, settings) = &self.target.mode else { return Ok(None) };
        let existing: Vec<u32> =
            self.session.heads.ours.iter().filter_map(|head| branch.branch_number_of(&head.branch)).collect();
        let mut all = Vec::new();
        for number in 1..=BRANCHES_MAX {
            if let Some(closed) = self.closed_pulls.get(&number) {
                all.push((number, closed.clone()));
                continue;
            }
            let branches = self.pull_request_branches(number)?;
            let open = settings.forge.find_open_pull_request(&branches).await?;
            let closed = settings.forge.find_last_closed_pull_request(&branches).await?;
            let is_unused = open.is_none() && closed.is_none();
            all.extend(open.into_iter().chain(closed).map(|pull| (number, pull)));
            if is_unused && existing.iter().all(|existing| *existing <= number) {
                break;
            }
        }
        self.add_pull_request_into_other_base(&mut all).await?;
        let latest = all.last().map(|(number, _)| *number);
        let is_ended = |number: u32| {
            Some(number) != latest && !all.iter().any(|(branch, pull)| *branch == number && pull.is_open())
        };
        self.closed_pulls = all.iter().filter(|(number, _)| is_ended(*number)).cloned().collect();
        Ok(Some(all))
    }

    /// Adds the pull request that the list is proposed by if it goes into a branch that was the base when it was opened.
    async fn add_pull_request_into_other_base(&self, all: &mut Vec<(u32, PullRequest)>) -> Result<()> {
        let PublishMode::PullRequest(branch, settings) = &self.target.mode else { return Ok(()) };
        let Some(in_use) = self.store.number_of_open_pull_request(self.target.list.name)? else {
            return Ok(());
        };
        if all.iter().any(|(_, pull)| pull.is_open() || pull.number == in_use) {
            return Ok(());
        }
        let Some(pull) = settings.forge.find_open_pull_request_by_number(in_use).await? else {
            return Ok(());
        };
        let head = pull.branches.head.parse().ok();
        if let Some(number) = head.and_then(|head| branch.branch_number_of(&head)) {
            let at = all.partition_point(|(other, _)| *other < number);
            all.insert(at, (number, pull));
        }
        Ok(())
    }

    /// The pull requests of which it is new that they were merged.
    pub(super) fn newly_merged_pull_requests(
        &self,
        pulls: &[(u32, PullRequest)],
    ) -> Result<Vec<NewlyMergedPullRequest>> {
        let list = self.target.list.name;
        let in_use = self.store.number_of_open_pull_request(list)?;
        let mut merged = Vec::new();
        for (_, pull) in pulls.iter().filter(|(_, pull)| pull.state == ForgePullRequestState::Merged) {
            if !self.store.has_noted_merge(list, pull.number)? {
                let (number, head) = (pull.number, pull.head_sha.parse().ok());
                merged.push(NewlyMergedPullRequest { number, head, is_in_use: Some(number) == in_use });
            }
        }
        Ok(merged)
    }

    pub(super) fn to_observed_pull_requests(
        &self,
        pulls: &[(u32, PullRequest)],
        title: &str,
        body: &str,
    ) -> Result<Vec<ObservedPullRequest>> {
        let (list, mut observed) = (self.target.list.name, Vec::new());
        for (branch, pull) in pulls {
            let is_introduced = self.store.has_introduced_pull_request(list, pull.number)?;
            let is_current = is_introduced
                && pull.title == desired_title(pull, title)
                && pull.branches.base == self.session.heads.base.branch.as_str()
                && is_same_pull_request_body(&pull.body, &desired_body(&pull.body, body, is_introduced));
            let state = match pull.state {
                ForgePullRequestState::Open if is_current => {
                    PullRequestState::Open(DescriptionFreshness::Current)
                }
                ForgePullRequestState::Open => PullRequestState::Open(DescriptionFreshness::Outdated),
                ForgePullRequestState::Merged => PullRequestState::Merged,
                ForgePullRequestState::Closed
                    if self.store.is_pull_request_closed_by_us(list, pull.number)? =>
                {
                    PullRequestState::ClosedByUs
                }
                ForgePullRequestState::Closed => {
                    PullRequestState::ClosedByPerson(parse_content_mark(&pull.body))
                }
            };
            observed.push(ObservedPullRequest { id: pull.number, branch: *branch, state });
        }
        Ok(observed)
    }
}
