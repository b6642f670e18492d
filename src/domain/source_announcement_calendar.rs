//! When a source shows something new.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::ArxivEveningKind;

/// On which evenings a source announces, and when an announcement shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnouncementCalendar {
    /// arXiv's: five evenings a week, and none on its holidays.
    Arxiv,
    /// Every day, by UTC: a source without announcements shows a paper when it has one.
    EveryDay,
}

impl AnnouncementCalendar {
    /// What the source does in the evening of a day.
    pub fn classify_announcement_day(self, day: Date) -> ArxivEveningKind {
        match self {
            Self::Arxiv => ArxivEveningKind::classify_announcement_evening(day),
            Self::EveryDay => ArxivEveningKind::Announces,
        }
    }

    /// The latest day whose evening lies so far back that an announcement of it would show.
    pub fn latest_visible_evening(self, now: Timestamp) -> Date {
        match self {
            Self::Arxiv => ArxivEveningKind::latest_visible_evening(now),
            Self::EveryDay => utc_date(now).saturating_sub(1.day()),
        }
    }

    /// From when on an announcement of that evening shows.
    pub fn announcement_visible_from(self, day: Date) -> Timestamp {
        match self {
            Self::Arxiv => ArxivEveningKind::announcement_visible_from(day),
            Self::EveryDay => {
                let midnight = day.saturating_add(1.day()).at(0, 0, 0, 0);
                Offset::UTC.to_timestamp(midnight).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// The evening that brings what is dated so.
    pub fn announcement_date(self, dated: Timestamp) -> Date {
        match self {
            Self::Arxiv => ArxivEveningKind::announcement_date(dated),
            Self::EveryDay => utc_date(dated),
        }
    }
}

fn utc_date(moment: Timestamp) -> Date {
    Offset::UTC.to_datetime(moment).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_announcements_a_day_is_whole_when_the_next_one_begins() {
        let (calendar, christmas) = (AnnouncementCalendar::EveryDay, "2026-12-25".parse().unwrap());
        assert_eq!(calendar.classify_announcement_day(christmas), ArxivEveningKind::Announces);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(calendar.announcement_date(at("2026-12-25T23:59:59Z")), christmas);
        assert_eq!(calendar.announcement_visible_from(christmas), at("2026-12-26T00:00:00Z"));
        assert_eq!(calendar.latest_visible_evening(at("2026-12-26T00:00:00Z")), christmas);
    }
}
