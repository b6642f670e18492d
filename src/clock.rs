//! The present time and waiting: the one place that asks the machine's clocks. Decisions get the
//! time as a value from here; `--now` sets what they take for the present, while waits and time
//! limits always run on the real clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// What the run takes for the present.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's own time.
    Real,
    /// A moment named on the command line, for the whole run.
    Fixed(Timestamp),
    /// A moment named on the command line, from which on time passes as it does.
    Ticking {
        /// The moment.
        moment: Timestamp,
        /// The real time at which the run began.
        begun: Instant,
    },
}

impl Clock {
    /// This clock with its moment passing on, for a run that lasts.
    #[must_use]
    pub fn into_ticking(self) -> Self {
        match self {
            Self::Fixed(moment) => Self::Ticking { moment, begun: Instant::now() },
            Self::Real | Self::Ticking { .. } => self,
        }
    }

    /// The present, for every decision and date.
    pub fn now(self) -> Timestamp {
        match self {
            Self::Real => real_now(),
            Self::Fixed(moment) => moment,
            Self::Ticking { moment, begun } => {
                let passed = SignedDuration::try_from(begun.elapsed()).unwrap_or(SignedDuration::MAX);
                moment.checked_add(passed).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

/// The machine's own time, for what other machines were promised: the pace of requests, a wait asked for.
pub fn real_now() -> Timestamp {
    Timestamp::now()
}

/// A time limit that has begun to run.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    started_at: Instant,
    limit: Duration,
}

impl Deadline {
    /// Begins to run now.
    pub fn starting_now(limit: Duration) -> Self {
        Self { started_at: Instant::now(), limit }
    }

    /// How long it has run.
    pub fn elapsed(self) -> Duration {
        self.started_at.elapsed()
    }

    /// What is left of it; zero when it is over.
    pub fn remaining_time(self) -> Duration {
        self.limit.saturating_sub(self.started_at.elapsed())
    }
}

/// Time that several steps share, one after the other, however long it is between them.
#[derive(Debug)]
pub struct TimeBudget {
    total: Duration,
    spent_micros: AtomicU64,
}

impl TimeBudget {
    /// A budget of so much time, none of which is spent.
    pub fn with_unspent_total(total: Duration) -> Self {
        Self { total, spent_micros: AtomicU64::new(0) }
    }

    /// Waits for `doing`, for so long at most and for no longer than is left; none if it did not end.
    pub async fn within_time_limit<T>(
        &self,
        time_max: Duration,
        doing: impl Future<Output = T>,
    ) -> Option<T> {
        let spent = Duration::from_micros(self.spent_micros.load(Ordering::Relaxed));
        let begun = Instant::now();
        let done = tokio::time::timeout(self.total.saturating_sub(spent).min(time_max), doing).await;
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.spent_micros.fetch_add(micros, Ordering::Relaxed);
        done.ok()
    }
}

/// Waits that long on the real clock.
pub async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn doings_that_share_their_time_end_with_it() {
        let total = Duration::from_millis(50);
        let budget = TimeBudget::with_unspent_total(total);
        assert_eq!(budget.within_time_limit(total, async { 1 }).await, Some(1));
        assert_eq!(budget.within_time_limit(total * 100, std::future::pending::<()>()).await, None);
        assert_eq!(budget.within_time_limit(total, sleep(total)).await, None, "nothing is left");
    }
}
