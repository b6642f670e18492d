//! An independent crate, `croner`, as the judge: the same instants for random lines, in zones whose
//! clocks change on both hemispheres, by half an hour, by a day, and not at all, over ten years.

use croner::Cron;
use croner::parser::CronParser;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::Crontab;

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kolkata",
];

/// Ten years, from January 2008; Apia's skipped day is among them.
const FROM: i64 = 1_199_145_600;
const TO: i64 = FROM + 3_653 * 86_400;

/// How many random lines are judged.
const LINES: usize = 80;

/// The end of the day that Apia skipped. The judge gives up before so long a gap.
const APIA_RESUMES: i64 = 1_325_239_200;

/// Numbers that look random and are the same in every run.
struct RandomSequence(u64);

impl RandomSequence {
    fn random_below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn random_instant_second(&mut self) -> i64 {
        FROM + i64::try_from(self.random_below(u64::try_from(TO - FROM).unwrap())).unwrap()
    }

    /// One of the shapes that crontab(5) gives a field; `*` in `star` of ten cases.
    fn random_field(&mut self, low: u64, high: u64, star: u64) -> String {
        if self.random_below(10) < star {
            return "*".to_owned();
        }
        let (a, b) = (low + self.random_below(high - low + 1), low + self.random_below(high - low + 1));
        let (from, to, step) = (a.min(b), a.max(b), 1 + self.random_below(high / 2));
        match self.random_below(8) {
            0..4 => format!("{a}"),
            4 => format!("{a},{b}"),
            5 => format!("{from}-{to}"),
            6 => format!("{from}-{to}/{step}"),
            _ => format!("*/{step}"),
        }
    }

    /// A line, most often due in the night, when clocks change.
    fn random_crontab_line(&mut self) -> String {
        let minute = self.random_field(0, 59, 1);
        let hour =
            if self.random_below(3) == 0 { self.random_field(0, 23, 2) } else { self.random_field(0, 4, 1) };
        let weekday = match self.random_below(4) {
            0 => {
                ["Mon-Fri", "sun", "7", "Sat,SUN"][usize::try_from(self.random_below(4)).unwrap()].to_owned()
            }
            _ => self.random_field(0, 6, 6),
        };
        let (day, month) = (self.random_field(1, 31, 7), self.random_field(1, 12, 8));
        format!("{minute} {hour} {day} {month} {weekday}")
    }
}

/// A line as both read it, in a zone.
struct OracleCase {
    line: String,
    crontab: Crontab,
    croner: Cron,
    zone: TimeZone,
}

impl OracleCase {
    /// The case, unless the line names a date that no year has, or has days that the judge reads
    /// otherwise: in `*/2` of a day next to a weekday it sees a restriction, and crontab(5) does not.
    fn new(line: String, zone: &str) -> Option<Self> {
        let days: Vec<&str> = line.split(' ').skip(2).step_by(2).collect();
        if days.iter().any(|day| day.starts_with("*/")) && !days.contains(&"*") {
            return None;
        }
        let zone = TimeZone::get(zone).unwrap();
        let theirs = CronParser::new().parse(&line).unwrap_or_else(|fault| panic!("{line}: {fault}"));
        let ours = match Crontab::parse(&line) {
            Ok(ours) => ours,
            Err(fault) if fault.to_string().contains("no such day") => return None,
            Err(fault) => panic!("{line}: {fault}"),
        };
        Some(Self { line, crontab: ours, croner: theirs, zone })
    }

    /// Whether both take the line for one of fixed times, or both for one that follows the clock.
    /// Lists and ranges without a star are fixed times to crontab(5) and follow the clock for the judge.
    fn is_comparable_at_clock_changes(&self) -> bool {
        let (minute, rest) = self.line.split_once(' ').unwrap();
        let (hour, _) = rest.split_once(' ').unwrap();
        let starred = minute.starts_with('*') || hour.starts_with('*');
        starred || format!("{minute}{hour}").bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether the clock changes neither at this instant nor to show it twice.
    fn is_far_from_clock_change(&self, instant: Timestamp) -> bool {
        let local = self.zone.to_datetime(instant);
        let offset = self.zone.to_ambiguous_timestamp(local).offset();
        let jumped = self.zone.preceding(instant + SignedDuration::from_nanos(1)).next();
        matches!(offset, AmbiguousOffset::Unambiguous { .. })
            && jumped.is_none_or(|change| change.timestamp() != instant)
    }

    fn is_due(&self, instant: Timestamp) -> bool {
        self.is_comparable_at_clock_changes() || self.is_far_from_clock_change(instant)
    }

    /// Compares at most `count` instants after `after` and up to `until`; returns how many there were.
    fn assert_same_instants(&self, after: Timestamp, until: Timestamp, count: usize) -> usize {
        let mut expected = Vec::new();
        let mut last = after.to_zoned(self.zone.clone());
        let mut given_up = false;
        while expected.len() < count {
            match self.croner.find_next_occurrence(&last, false) {
                Ok(next) if next.timestamp() <= until => last = next,
                Ok(_) => break,
                Err(fault) => {
                    let at_apia = self.zone.iana_name() == Some("Pacific/Apia");
                    let before = last.timestamp().as_second() < APIA_RESUMES;
                    assert!(at_apia && before, "{} in {:?} after {last}: {fault}", self.line, self.zone);
                    given_up = true;
                    break;
                }
            }
            expected.push(last.timestamp());
        }
        let end = if given_up || expected.len() == count { last.timestamp() } else { until };
        let found: Vec<Timestamp> = std::iter::successors(self.crontab.next_after(after, &self.zone), |at| {
            self.crontab.next_after(*at, &self.zone)
        })
        .take_while(|at| *at <= end)
        .filter(|at| self.is_due(*at))
        .collect();
        expected.retain(|at| self.is_due(*at));
        assert_eq!(found, expected, "{} in {:?} after {after}", self.line, self.zone.iana_name());
        found.len()
    }
}

fn random_cases(dice: &mut RandomSequence) -> impl Iterator<Item = OracleCase> {
    (0..LINES).filter_map(|place| OracleCase::new(dice.random_crontab_line(), ZONES[place % ZONES.len()]))
}

fn timestamp_of_second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn through_every_change_of_the_clock_in_ten_years_the_judge_agrees() {
    const AROUND: i64 = 5 * 3_600;
    let mut dice = RandomSequence(0x5eed);
    let (mut changes, mut instants) = (0, 0);
    for case in random_cases(&mut RandomSequence(0xc10c)) {
        let turns = case
            .zone
            .following(timestamp_of_second(FROM))
            .take_while(|turn| turn.timestamp() < timestamp_of_second(TO));
        for turn in turns {
            let at = turn.timestamp().as_second();
            let before = i64::try_from(dice.random_below(AROUND.unsigned_abs())).unwrap();
            changes += 1;
            instants += case.assert_same_instants(
                timestamp_of_second(at - before),
                timestamp_of_second(at + AROUND),
                100,
            );
        }
    }
    assert!(changes > 1_000 && instants > 1_000, "{instants} instants at {changes} changes");
}

#[test]
fn from_any_instant_of_ten_years_the_judge_agrees() {
    let mut dice = RandomSequence(0xda7e);
    let mut instants = 0;
    for case in random_cases(&mut RandomSequence(0xca5e)) {
        for _ in 0..4 {
            instants += case.assert_same_instants(
                timestamp_of_second(dice.random_instant_second()),
                timestamp_of_second(2 * TO - FROM),
                5,
            );
        }
    }
    assert!(instants > 1_000, "{instants} instants");
}

#[test]
fn day_by_day_over_ten_years_the_judge_agrees() {
    for (place, zone) in ZONES.into_iter().enumerate() {
        let line = ["30 2 * * *", "15 */6 1,15 * Mon", "0 0 * * Sun", "10 1 */3 * *"][place % 4];
        let case = OracleCase::new(line.to_owned(), zone).unwrap();
        let ended = case.assert_same_instants(timestamp_of_second(FROM), timestamp_of_second(TO), usize::MAX);
        assert!(ended > 100, "{line} in {zone}: {ended}");
    }
}
