//! arXiv's announcement calendar: on which evenings it announces, when that shows in the API, and which
//! announcement a submission waits for.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// The time zone of arXiv's clock.
const ZONE: &str = "America/New_York";

/// What is submitted up to this hour is announced in the evening of the same day, at 20:00.
/// Source: <https://info.arxiv.org/help/availability.html>.
const DEADLINE_HOUR: i8 = 14;

/// From this hour of the next day on the API shows an announcement whole. In the evening itself it showed the
/// batch before, or a part of the new one.
const SHOWN_HOUR: i8 = 1;

/// The longest run of evenings without an announcement that the search for the next one looks past.
const PAUSE_DAYS_MAX: usize = 14;

/// The years of which arXiv has said what announcements it defers, each with them.
/// Source: <https://info.arxiv.org/help/availability.html#holiday>, as it stood in that year.
const TOLD: [(i16, &[(i8, i8)]); 2] = [
    (2023, &[(1, 16), (6, 14), (6, 19), (7, 4), (9, 4), (11, 23), (12, 25), (12, 27)]),
    (2026, &[(1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31)]),
];

/// What arXiv does in the evening of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArxivEveningKind {
    /// arXiv announces.
    Announces,
    /// Friday or Saturday: it does not.
    Weekend,
    /// A holiday: it does not.
    Holiday,
    /// arXiv may not announce: around the turn of the year it defers some announcements, others in each year, and this
    /// year's are not known here.
    MayPause,
}

impl ArxivEveningKind {
    /// What it is, by arXiv's list where the year's is known, and else by the rule that all known lists follow.
    pub fn classify_announcement_evening(day: Date) -> Self {
        if matches!(day.weekday(), Weekday::Friday | Weekday::Saturday) {
            return Self::Weekend;
        }
        match TOLD.iter().find(|(year, _)| *year == day.year()) {
            Some((_, told)) if told.contains(&(day.month(), day.day())) => Self::Holiday,
            None if is_holiday_by_rule(day) => Self::Holiday,
            None if matches!((day.month(), day.day()), (12, 24..) | (1, ..=2)) => Self::MayPause,
            Some(_) | None => Self::Announces,
        }
    }

    /// The latest day whose evening lies so far back that an announcement of it would show.
    pub fn latest_visible_evening(now: Timestamp) -> Date {
        let here = to_new_york_time(now);
        let days = if here.hour() >= SHOWN_HOUR { 1 } else { 2 };
        here.date().saturating_sub(days.days())
    }

    /// From when on an announcement of that evening shows.
    pub fn announcement_visible_from(day: Date) -> Timestamp {
        let morning = day.saturating_add(1.day()).at(SHOWN_HOUR, 0, 0, 0);
        morning.to_zoned(new_york_time_zone()).map_or(Timestamp::MAX, |morning| morning.timestamp())
    }

    /// The evening on which a version that was submitted then is announced, unless its moderation takes longer.
    pub fn announcement_date(submitted: Timestamp) -> Date {
        let here = to_new_york_time(submitted);
        let late = i32::from(here.hour() >= DEADLINE_HOUR);
        let mut day = here.date().saturating_add(late.days());
        // What comes after Friday's deadline waits for Monday's; what comes before it, for Sunday evening.
        while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            day = day.saturating_add(1.day());
        }
        let mut evenings = std::iter::successors(Some(day), |day| day.checked_add(1.day()).ok());
        let announces = |day: &Date| {
            matches!(Self::classify_announcement_evening(*day), Self::Announces | Self::MayPause)
        };
        evenings.by_ref().take(PAUSE_DAYS_MAX).find(announces).unwrap_or(day)
    }
}

/// The holidays that are in every list that is known: New Year's Day, Martin Luther King's, Juneteenth,
/// Independence Day, Labor Day, Thanksgiving and Christmas Day. One that falls on a Saturday is kept on the day
/// before, and Independence Day on a Sunday on the day after.
fn is_holiday_by_rule(day: Date) -> bool {
    let nth = |month, nth, weekday| date(day.year(), month, 1).nth_weekday_of_month(nth, weekday).ok();
    let independence = date(day.year(), 7, 4);
    let observed = match independence.weekday() {
        Weekday::Saturday => date(day.year(), 7, 3),
        Weekday::Sunday => date(day.year(), 7, 5),
        _ => independence,
    };
    let fixed = [date(day.year(), 1, 1), date(day.year(), 6, 19), observed, date(day.year(), 12, 25)];
    let moving = [nth(1, 3, Weekday::Monday), nth(9, 1, Weekday::Monday), nth(11, 4, Weekday::Thursday)];
    fixed.contains(&day) || moving.contains(&Some(day))
}

fn to_new_york_time(moment: Timestamp) -> Zoned {
    moment.to_zoned(new_york_time_zone())
}

fn new_york_time_zone() -> TimeZone {
    TimeZone::get(ZONE).expect("the time zones are built into the program")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn parse_time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn it_announces_from_sunday_to_thursday_but_for_holidays() {
        use ArxivEveningKind::{Announces, Holiday, MayPause, Weekend};
        for (text, evening) in [
            ("2026-03-08", Announces), // a Sunday, on which the clocks go forward
            ("2026-03-12", Announces),
            ("2026-03-13", Weekend),
            ("2026-03-14", Weekend),
            ("2026-01-19", Holiday),
            ("2026-07-03", Weekend), // a holiday, and a Friday
            ("2026-11-26", Holiday),
            ("2026-12-29", Holiday),
            ("2026-12-30", Announces),
            ("2023-06-14", Holiday),
            // No list is known of these years.
            ("2025-11-27", Holiday),
            ("2025-01-20", Holiday),
            ("2025-09-01", Holiday),
            ("2025-06-19", Holiday),
            ("2027-07-04", Announces), // a Sunday; Monday is kept
            ("2027-07-05", Holiday),
            ("2025-12-25", Holiday),
            ("2025-12-29", MayPause),
            ("2025-12-23", Announces),
            ("2025-05-26", Announces), // Memorial Day is on no list
        ] {
            assert_eq!(ArxivEveningKind::classify_announcement_evening(parse_date(text)), evening, "{text}");
        }
    }

    #[test]
    fn what_is_announced_in_the_evening_shows_from_one_in_the_night() {
        for (now, latest) in [
            ("2026-03-10T04:59:59Z", "2026-03-08"), // 00:59 in New York's summer time
            ("2026-03-10T05:00:00Z", "2026-03-09"),
            ("2026-01-13T05:59:59Z", "2026-01-11"), // 00:59 in winter
            ("2026-01-13T06:00:00Z", "2026-01-12"),
        ] {
            assert_eq!(
                ArxivEveningKind::latest_visible_evening(parse_time(now)),
                parse_date(latest),
                "{now}"
            );
        }
        assert_eq!(
            ArxivEveningKind::announcement_visible_from(parse_date("2026-03-09")),
            parse_time("2026-03-10T05:00:00Z")
        );
        assert_eq!(
            ArxivEveningKind::announcement_visible_from(parse_date("2026-10-31")),
            parse_time("2026-11-01T05:00:00Z"),
            "the clocks go back"
        );
    }

    #[test]
    fn a_submission_waits_for_the_evening_behind_its_deadline() {
        for (submitted, evening) in [
            ("2026-03-10T17:59:00Z", "2026-03-10"), // Tuesday 13:59
            ("2026-03-10T18:00:00Z", "2026-03-11"), // Tuesday 14:00
            ("2026-03-12T18:00:00Z", "2026-03-15"), // Thursday 14:00: Sunday
            ("2026-03-13T17:00:00Z", "2026-03-15"), // Friday 13:00: Sunday
            ("2026-03-13T19:00:00Z", "2026-03-16"), // Friday 15:00: Monday
            ("2026-03-15T12:00:00Z", "2026-03-16"), // Sunday: Monday
            ("2026-11-25T20:00:00Z", "2026-11-29"), // for Thanksgiving, and so for Sunday
            ("2026-01-19T12:00:00Z", "2026-01-20"), // on a holiday
        ] {
            assert_eq!(
                ArxivEveningKind::announcement_date(parse_time(submitted)),
                parse_date(evening),
                "{submitted}"
            );
        }
    }
}
