//! What of a list waits for a person once nothing is left to do.

use anyhow::Result;

use super::Keeping;
use super::look::Look;
use crate::domain::proposal::{PullState, Pulls, Wanted};
use crate::store::{Awaited, AwaitedState, Pull};

impl Keeping<'_> {
    /// What waits to be merged, where all is as it should be; none where the base has all of it.
    pub(super) fn open_now(&self, look: &Look) -> Result<Option<Awaited>> {
        if let Wanted::AsBase = look.seen.wanted {
            return Ok(None);
        }
        match &look.seen.pulls {
            Pulls::NoForge => Ok(Some(self.awaited(look, 1, None, AwaitedState::Open)?)),
            Pulls::Of(pulls) => {
                let open = pulls.iter().find(|pull| matches!(pull.state, PullState::Open(_)));
                open.map(|pull| self.awaited(look, pull.branch, Some(pull.id), AwaitedState::Open))
                    .transpose()
            }
        }
    }

    /// The same of one pull request.
    pub(super) fn of_pull(&self, look: &Look, number: u64, state: AwaitedState) -> Result<Option<Awaited>> {
        let Pulls::Of(pulls) = &look.seen.pulls else { return Ok(None) };
        let pull = pulls.iter().find(|pull| pull.id == number);
        pull.map(|pull| self.awaited(look, pull.branch, Some(number), state)).transpose()
    }

    /// The same of one of our branches and its pull request.
    pub(super) fn awaited(
        &self,
        look: &Look,
        branch: u32,
        number: Option<u64>,
        state: AwaitedState,
    ) -> Result<Awaited> {
        let pull = number.and_then(|number| look.pulls.iter().find(|pull| pull.number == number));
        Ok(Awaited {
            state,
            branch: self.kept.branch()?.numbered(branch).to_string(),
            pull: pull.map(|pull| Pull { number: pull.number, address: pull.url.clone() }),
        })
    }
}
