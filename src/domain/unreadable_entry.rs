//! Entries that a source shows and that cannot be taken: for how long a poll is incomplete because of one, and how long it is
//! remembered.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::feed_poll_history::utc_day;
use super::incomplete_feed_answer::INCOMPLETE_POLLS_MIN;

/// More entries at once are no odd ones: then something is wrong with the source, and no poll of it is complete.
const LASTING_MAX: usize = 20;

/// As many are remembered for each topic and source.
const REMEMBERED_MAX: usize = 200;

/// An entry that a poll met and could not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlawedEntry {
    /// By what it is known again: `arxiv:2503.20246 v2`. All of a source that have no identifier share one.
    pub name: String,
    /// What is wrong, in words: `arxiv:2503.20246 v2 has no abstract`.
    pub description: String,
}

/// An entry that could not be taken, as it is remembered from poll to poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableEntry {
    /// The entry as it was met last.
    pub entry: FlawedEntry,
    /// When a poll met it first.
    pub first_seen: Timestamp,
    /// When a poll met it last.
    pub last_seen: Timestamp,
    /// How many polls have met it.
    pub polls: u32,
}

impl UnreadableEntry {
    /// Whether a poll that meets it once more waits for it no longer: it is the third, on two days.
    ///
    /// Nothing is lost by that. A paper is new if its identifier is not known, whatever the watermark says, and a sweep goes
    /// through the whole look-back each day: an entry that is mended within it is found there.
    fn is_lasting(&self, now: Timestamp) -> bool {
        usize::try_from(self.polls).is_ok_and(|polls| polls + 1 >= INCOMPLETE_POLLS_MIN)
            && utc_day(self.first_seen) < utc_day(now)
    }
}

/// The names of those that no poll waits for any longer.
pub fn lasting_unreadable_entries(known: &[UnreadableEntry], now: Timestamp) -> HashSet<String> {
    let lasting = known.iter().filter(|known| known.is_lasting(now)).map(|known| known.entry.name.clone());
    let lasting: HashSet<_> = lasting.collect();
    if lasting.len() > LASTING_MAX { HashSet::new() } else { lasting }
}

/// What a poll showed, as far as it matters to what is remembered of entries that cannot be taken.
#[derive(Debug, Clone, Copy)]
pub struct PolledEntries<'a> {
    /// Those that it met and could not take.
    pub flawed: &'a [FlawedEntry],
    /// The names of those that it could.
    pub readable: &'a HashSet<String>,
    /// Whether it has been through the whole look-back, so that what it has not met is shown no more.
    pub is_full_sweep: bool,
}

/// What is remembered after a poll.
pub fn update_unreadable_entries(
    known: &[UnreadableEntry],
    polled: PolledEntries<'_>,
    look_back: SignedDuration,
    now: Timestamp,
) -> Vec<UnreadableEntry> {
    let mut met: Vec<UnreadableEntry> = Vec::new();
    for entry in polled.flawed {
        if met.len() == REMEMBERED_MAX || met.iter().any(|met| met.entry.name == entry.name) {
            continue;
        }
        let before = known.iter().find(|known| known.entry.name == entry.name);
        met.push(UnreadableEntry {
            entry: entry.clone(),
            first_seen: before.map_or(now, |before| before.first_seen),
            last_seen: now,
            polls: before.map_or(0, |before| before.polls).saturating_add(1),
        });
    }
    let is_remembered = |known: &&UnreadableEntry| {
        !polled.is_full_sweep
            && !polled.readable.contains(&known.entry.name)
            && !met.iter().any(|met| met.entry.name == known.entry.name)
            && now.duration_since(known.last_seen) <= look_back
    };
    let unmet: Vec<_> = known.iter().filter(is_remembered).cloned().collect();
    met.extend(unmet);
    met.sort_by(|one, other| one.entry.name.cmp(&other.entry.name));
    met.truncate(REMEMBERED_MAX);
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK_BACK: SignedDuration = SignedDuration::from_hours(28 * 24);

    fn flawed(name: &str) -> FlawedEntry {
        FlawedEntry { name: name.to_owned(), description: format!("{name} has no abstract") }
    }

    fn poll(
        known: &[UnreadableEntry],
        names: &[&str],
        is_full_sweep: bool,
        now: &str,
    ) -> Vec<UnreadableEntry> {
        let flawed: Vec<_> = names.iter().map(|name| flawed(name)).collect();
        let readable = HashSet::new();
        let polled = PolledEntries { flawed: &flawed, readable: &readable, is_full_sweep };
        update_unreadable_entries(known, polled, LOOK_BACK, now.parse().unwrap())
    }

    fn lasting(known: &[UnreadableEntry], now: &str) -> usize {
        lasting_unreadable_entries(known, now.parse().unwrap()).len()
    }

    #[test]
    fn an_entry_is_waited_for_until_three_polls_on_two_days_have_met_it() {
        let mut known = Vec::new();
        for (now, is_lasting) in [
            ("2026-03-10T06:00:00Z", false),
            ("2026-03-10T12:00:00Z", false),
            ("2026-03-10T18:00:00Z", false),
            ("2026-03-11T00:00:00Z", true),
        ] {
            assert_eq!(lasting(&known, now) == 1, is_lasting, "{now}");
            known = poll(&known, &["a", "a"], true, now);
        }
        assert_eq!((known.len(), known[0].polls), (1, 4), "twice in one poll is once");
    }

    #[test]
    fn an_entry_is_forgotten_once_it_is_read_or_shown_no_more() {
        let known = poll(&[], &["a", "b"], true, "2026-03-10T06:00:00Z");
        let names = |known: &[UnreadableEntry]| {
            known.iter().map(|known| known.entry.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&poll(&known, &["b"], true, "2026-03-10T12:00:00Z")), ["b"]);
        assert_eq!(names(&poll(&known, &[], false, "2026-03-10T12:00:00Z")), ["a", "b"], "not looked for");
        assert_eq!(names(&poll(&known, &[], false, "2026-04-10T12:00:00Z")), [""; 0], "past the look-back");
        let readable = HashSet::from(["a".to_owned()]);
        let polled = PolledEntries { flawed: &[], readable: &readable, is_full_sweep: false };
        let now = "2026-03-10T12:00:00Z".parse().unwrap();
        assert_eq!(names(&update_unreadable_entries(&known, polled, LOOK_BACK, now)), ["b"]);
    }

    #[test]
    fn a_source_of_which_many_entries_cannot_be_read_is_waited_for() {
        let names: Vec<_> = (0..=LASTING_MAX).map(|number| number.to_string()).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        for (count, expected) in [(LASTING_MAX, LASTING_MAX), (LASTING_MAX + 1, 0)] {
            let known = ["2026-03-10T06:00:00Z", "2026-03-10T12:00:00Z"]
                .iter()
                .fold(Vec::new(), |known, now| poll(&known, &names[..count], true, now));
            assert_eq!(lasting(&known, "2026-03-11T06:00:00Z"), expected);
        }
    }
}
