//! A feed of which an answer does not show all, and when first contact is over with one that is never read completely.

use jiff::Timestamp;

use super::feed_poll_history::utc_day;
use super::{PastPoll, PollOutcome};

/// How many answers have a gap before it counts as lasting.
pub(super) const INCOMPLETE_POLLS_MIN: usize = 3;

/// How much of a feed an answer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerExtent {
    /// All of it.
    Whole,
    /// All of it but for items that cannot be read.
    Flawed,
    /// The feed's first items: it has more than are read.
    Beginning,
    /// Too little to know it: half of its items or more cannot be read.
    Unreadable,
}

/// Whether a gap that a poll finds is there to stay, so that nobody waits for a whole answer: it is the third poll with a gap,
/// on two days. One that comes and goes ends no first contact, for what it hides would come as news later.
pub fn is_gap_permanent(earlier: &[PastPoll], now: Timestamp) -> bool {
    let mut incomplete = earlier.iter().filter(|poll| poll.outcome == PollOutcome::Incomplete);
    let is_of_earlier_day = |poll: &PastPoll| utc_day(poll.at) < utc_day(now);
    incomplete.clone().count() + 1 >= INCOMPLETE_POLLS_MIN && incomplete.next().is_some_and(is_of_earlier_day)
}

#[cfg(test)]
mod tests {
    use super::PollOutcome::{Failed, Incomplete};
    use super::*;

    #[test]
    fn a_gap_lasts_that_three_polls_on_two_days_have_found() {
        let poll = |(at, outcome): &(&str, PollOutcome)| PastPoll {
            at: at.parse().unwrap(),
            outcome: *outcome,
            error_kind: None,
            message: None,
        };
        let now = "2026-11-23T01:00:00Z".parse().unwrap();
        let [noon, evening] = ["2026-11-22T12:00:00Z", "2026-11-22T23:00:00Z"];
        let today = "2026-11-23T00:00:00Z";
        for (earlier, is_lasting) in [
            (&[][..], false),
            (&[(noon, Incomplete)], false),
            (&[(noon, Incomplete), (evening, Incomplete)], true),
            (&[(noon, Incomplete), (evening, Failed), (today, Incomplete)], true),
            (&[(noon, Failed), (evening, Failed), (today, Incomplete)], false),
            (&[(today, Incomplete), (today, Incomplete), (today, Incomplete)], false),
        ] {
            let earlier: Vec<PastPoll> = earlier.iter().map(poll).collect();
            assert_eq!(is_gap_permanent(&earlier, now), is_lasting, "{earlier:?}");
        }
    }
}
