//! The sentence that says why a digest, or what is in it, comes late.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{PastPoll, PollOutcome};

/// A digest that is composed so long after its time is late; less is the gap between two turns of a timer.
const OVERDUE: SignedDuration = SignedDuration::from_hours(24);

/// News that could not be asked for over so long comes late: an announcement may lie in it.
const UNASKED: SignedDuration = SignedDuration::from_hours(12);

/// Says in one sentence why a digest that was due then comes late, or why what is in it does; nothing if neither
/// does. `polls` are those of each of its topics at each source since the digest before, oldest first.
pub fn lateness_note(
    due: Option<Timestamp>,
    polls: &[Vec<PastPoll>],
    zone: &TimeZone,
    now: Timestamp,
) -> Option<String> {
    let moment =
        |moment: Timestamp| moment.to_zoned(zone.clone()).strftime("%-d %B %Y, %H:%M %Z").to_string();
    if let Some(due) = due.filter(|due| now.duration_since(*due) >= OVERDUE) {
        return Some(format!("This comes late: it was due {}, and paperwire did not run then.", moment(due)));
    }
    let runs = polls.iter().filter_map(|polls| find_longest_outage(polls, now));
    let (from, until, words) = runs.max_by_key(|(from, until, _)| until.duration_since(*from))?;
    if until.duration_since(from) < UNASKED {
        return None;
    }
    let (from, until) = (moment(from), moment(until));
    let words = words.map_or(String::new(), |words| format!(": {words}"));
    Some(format!(
        "Some of this may come late: the source could not be asked well from {from} to {until}{words}."
    ))
}

/// The longest time between a poll that was not complete and the next one that was, and why.
fn find_longest_outage(polls: &[PastPoll], now: Timestamp) -> Option<(Timestamp, Timestamp, Option<&str>)> {
    let mut longest: Option<(Timestamp, Timestamp, Option<&str>)> = None;
    let mut bad: Option<(Timestamp, Option<&str>)> = None;
    let end = polls.iter().map(|poll| (poll.at, Some(poll))).chain([(now, None)]);
    for (at, poll) in end {
        if let Some(poll) = poll.filter(|poll| poll.outcome != PollOutcome::Complete) {
            bad = Some((bad.map_or(at, |(from, _)| from), poll.message.as_deref()));
        } else {
            let run = bad.take().map(|(from, words)| (from, at, words));
            longest =
                longest.into_iter().chain(run).max_by_key(|(from, until, _)| until.duration_since(*from));
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_hour(hour: i64) -> Timestamp {
        "2025-03-26T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour)
    }

    fn sample_past_polls(outcomes: &[(i64, PollOutcome)]) -> Vec<PastPoll> {
        let note = |(hour, outcome): &(i64, PollOutcome)| PastPoll {
            at: at_hour(*hour),
            outcome: *outcome,
            error_kind: None,
            message: Some("503".into()),
        };
        outcomes.iter().map(note).collect()
    }

    #[test]
    fn a_digest_says_why_it_or_its_papers_come_late() {
        use PollOutcome::{Complete, Failed, Incomplete};
        let bad =
            sample_past_polls(&[(1, Failed), (7, Incomplete), (13, Complete), (19, Failed), (25, Complete)]);
        let brief = sample_past_polls(&[(1, Failed), (7, Complete), (13, Failed), (19, Complete)]);
        let none: Vec<PastPoll> = vec![];
        let late = |due: Option<i64>, polls: &[Vec<PastPoll>]| {
            lateness_note(due.map(at_hour), polls, &TimeZone::UTC, at_hour(26)).unwrap_or_default()
        };
        assert_eq!(late(Some(25), std::slice::from_ref(&brief)), "");
        assert_eq!(late(Some(3), &[]), "");
        assert_eq!(
            late(Some(2), std::slice::from_ref(&bad)),
            "This comes late: it was due 26 March 2025, 02:00 UTC, and paperwire did not run then."
        );
        assert_eq!(
            late(None, &[none, brief, bad]),
            "Some of this may come late: the source could not be asked well from 26 March 2025, 01:00 UTC to 26 March \
             2025, 13:00 UTC: 503."
        );
        assert!(
            late(None, &[sample_past_polls(&[(1, Failed)])]).contains("27 March 2025, 02:00 UTC"),
            "up to now"
        );
    }
}
