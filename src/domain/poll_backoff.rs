//! When a poll that was not complete is made again, before its crontab says so.

use jiff::SignedDuration;

/// The wait after the first such poll; it doubles with each one after it.
const FIRST: SignedDuration = SignedDuration::from_mins(15);

/// The longest one. The crontab goes on meanwhile, and is mostly closer together.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How long to wait after so many incomplete polls in a row, at least one.
pub fn backoff_after_incomplete_polls(incomplete: u32) -> SignedDuration {
    let doubled = 1_i32.checked_shl(incomplete.saturating_sub(1)).filter(|factor| *factor > 0);
    doubled.and_then(|factor| FIRST.checked_mul(factor)).map_or(LONGEST, |wait| wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_day_however_long_the_source_is_away() {
        for (incomplete, minutes) in
            [(1, 15), (2, 30), (3, 60), (7, 960), (8, 1440), (28, 1440), (33, 1440), (u32::MAX, 1440)]
        {
            assert_eq!(
                backoff_after_incomplete_polls(incomplete),
                SignedDuration::from_mins(minutes),
                "{incomplete}"
            );
        }
    }
}
