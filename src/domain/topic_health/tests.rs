use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::*;

/// A year written down before it is lived: from a day to a day, of which topic (or of all), what it is judged.
/// Whatever is not named is a weekend or a holiday, or else current where something came and quiet where nothing did.
const YEAR: [(&str, &str, &str, &str); 18] = [
    ("2026-01-02", "2026-01-02", "all", "holiday"), // New Year's Day
    ("2026-01-20", "2026-01-20", "all", "holiday"), // Martin Luther King's
    ("2026-09-08", "2026-09-08", "all", "holiday"), // Labor Day
    ("2026-11-27", "2026-11-27", "all", "holiday"), // Thanksgiving
    ("2026-12-30", "2026-12-30", "all", "holiday"),
    // An outage of three days.
    ("2026-03-10", "2026-03-12", "all", "failing"),
    // The index stands still from Monday's announcement to Thursday's. A paper a month proves nothing.
    ("2026-05-05", "2026-05-05", "large", "late"),
    ("2026-05-06", "2026-05-07", "large", "stale"),
    ("2026-05-05", "2026-05-05", "medium", "quiet"),
    ("2026-05-06", "2026-05-06", "medium", "late"),
    ("2026-05-07", "2026-05-07", "medium", "stale"),
    ("2026-05-05", "2026-05-07", "small", "quiet"),
    ("2026-06-10", "2026-06-10", "all", "incomplete"),
    // A week of throttling, its weekend among it.
    ("2026-08-03", "2026-08-09", "all", "failing"),
    // One topic's query finds nothing any more, from Monday's announcement on for a week.
    ("2026-09-22", "2026-09-28", "large", "stale"),
    // Nobody runs the program from Monday to Thursday; the announcement that is missed shows on Monday.
    ("2026-10-06", "2026-10-08", "all", "unpolled"),
    ("2026-10-05", "2026-10-05", "medium", "current"),
    ("2026-10-05", "2026-10-05", "small", "quiet"),
];

/// How many papers the topics have in a usual announcement, in hundredths.
const TOPICS: [(&str, u32); 3] = [("large", 4000), ("medium", 400), ("small", 20)];

/// splitmix64 by Sebastiano Vigna.
fn random_fraction(seed: u64) -> f64 {
    let z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
}

/// A count of this mean by Poisson's law, the same for the same evening.
fn poisson_count(hundredths: u32, day: Date) -> u32 {
    let seed = u64::try_from(day.duration_since(date(2025, 1, 1)).as_hours() / 24).unwrap();
    let (mut one, thrown) =
        ((-f64::from(hundredths) / 100.0).exp(), random_fraction(seed * 8191 + u64::from(hundredths)));
    let (mut sum, mut number) = (one, 0);
    while sum < thrown && number < 200 {
        number += 1;
        one *= f64::from(hundredths) / 100.0 / f64::from(number);
        sum += one;
    }
    number
}

fn new_york_timestamp(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::get("America/New_York").unwrap()).unwrap().timestamp()
}

/// What each announcement of the year brings a topic: the evening, and how many.
fn announcement_counts(name: &str, hundredths: u32) -> BTreeMap<Date, u32> {
    let days = std::iter::successors(Some(date(2025, 9, 1)), |day| day.checked_add(1.day()).ok());
    let evenings = days
        .take(500)
        .filter(|day| ArxivEveningKind::classify_announcement_evening(*day) == ArxivEveningKind::Announces);
    let brought = evenings.map(|day| {
        let is_lost = name == "large" && (date(2026, 9, 21)..date(2026, 9, 28)).contains(&day);
        (day, if is_lost { 0 } else { poisson_count(hundredths, day) })
    });
    brought.collect()
}

/// What shows of them at a moment.
fn visible_dates(announcements: &BTreeMap<Date, u32>, now: Timestamp) -> Vec<Timestamp> {
    let stands_still =
        (new_york_timestamp(date(2026, 5, 4), 12)..new_york_timestamp(date(2026, 5, 8), 0)).contains(&now);
    let end = if stands_still { date(2026, 5, 3) } else { ArxivEveningKind::latest_visible_evening(now) };
    let shown = announcements.iter().filter(|(day, _)| **day <= end);
    let dates = shown.flat_map(|(day, papers)| {
        let submitted = if day.weekday() == jiff::civil::Weekday::Sunday { *day - 2.days() } else { *day };
        std::iter::repeat_n(new_york_timestamp(submitted, 12), *papers as usize)
    });
    let dates: Vec<_> = dates.collect();
    let newest = dates.iter().max().copied().unwrap_or(now);
    dates.into_iter().filter(|dated| newest.duration_since(*dated) <= HISTORY).collect()
}

fn past_poll(at: Timestamp, day: Date) -> Option<PastPoll> {
    let is_in = |from, to| (from..=to).contains(&day);
    if is_in(date(2026, 10, 5), date(2026, 10, 8)) {
        return None;
    }
    let (outcome, fault) = if is_in(date(2026, 3, 10), date(2026, 3, 12)) {
        (PollOutcome::Failed, Some("unreachable"))
    } else if is_in(date(2026, 8, 3), date(2026, 8, 9)) {
        (PollOutcome::Failed, Some("throttled"))
    } else if day == date(2026, 6, 10) {
        (PollOutcome::Incomplete, None)
    } else {
        (PollOutcome::Complete, None)
    };
    Some(PastPoll { at, outcome, error_kind: fault.map(str::to_owned), message: fault.map(str::to_owned) })
}

/// What a day is judged by the table; none if nothing is written of it.
fn expected_judgement(topic: &str, day: Date) -> Option<&'static str> {
    let is_of = |(from, to, of, _): &&(&str, &str, &str, &str)| {
        (*of == "all" || *of == topic) && (from.parse().unwrap()..=to.parse().unwrap()).contains(&day)
    };
    YEAR.iter().find(is_of).map(|(.., judged)| *judged)
}

#[test]
fn each_day_of_a_year_is_judged_as_it_was_written_beforehand() {
    let brought: Vec<_> = TOPICS.iter().map(|(name, mean)| announcement_counts(name, *mean)).collect();
    let mut polls: Vec<PastPoll> = Vec::new();
    let mut shown: Vec<Vec<Timestamp>> = vec![Vec::new(); TOPICS.len()];
    let mut polled_well = None;
    let mut judged_so = BTreeMap::new();
    for day in date(2026, 1, 1).series(1.day()).take(365) {
        let at = day.at(11, 15, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        if let Some(poll) = past_poll(at, day) {
            if poll.outcome != PollOutcome::Failed {
                shown = brought.iter().map(|brought| visible_dates(brought, at)).collect();
            }
            if poll.outcome == PollOutcome::Complete {
                polled_well = Some(at);
            }
            polls.push(poll);
        }
        if day < date(2026, 1, 2) {
            continue;
        }
        let sources = [SourceObservation { polls: &polls, last_complete_poll: polled_well }];
        let observed: Vec<_> = shown
            .iter()
            .map(|dates| TopicHealthInputs {
                calendar: AnnouncementCalendar::Arxiv,
                sources: &sources,
                feeds: &[],
                complete_polls: CompletePolls::default(),
                dates,
                last_news: None,
                next_poll: None,
            })
            .collect();
        let judged = assess_health_of_topics(&observed, at + SignedDuration::from_mins(45));
        for ((judged, (topic, _)), brought) in judged.iter().zip(TOPICS).zip(&brought) {
            let last = ArxivEveningKind::latest_visible_evening(at);
            let usual = match brought.get(&last) {
                None => "holiday",
                Some(0) => "quiet",
                Some(_) => "current",
            };
            let expected = expected_judgement(topic, day).unwrap_or(usual);
            assert_eq!(judged.name(), expected, "{topic} on {day}: {judged}");
            *judged_so.entry((topic, judged.name())).or_insert(0) += 1;
        }
    }
    assert!(judged_so[&("small", "quiet")] > 150 && judged_so[&("small", "current")] > 20, "{judged_so:?}");
    assert!(judged_so[&("large", "current")] > 200, "{judged_so:?}");
}

fn parse_time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Papers on each of so many announcements back from the Monday evening of 9 March 2026, the newest left out.
fn announced_dates(papers: u32, evenings: usize, silent: usize) -> Vec<Timestamp> {
    let days: Vec<Date> =
        paper_rate::announcement_evenings_back_from(AnnouncementCalendar::Arxiv, date(2026, 3, 9))
            .skip(silent)
            .take(evenings)
            .collect();
    let dates = days.iter().flat_map(|day| {
        let submitted = if day.weekday() == jiff::civil::Weekday::Sunday { *day - 2.days() } else { *day };
        std::iter::repeat_n(new_york_timestamp(submitted, 12), papers as usize)
    });
    dates.collect()
}

fn judge_topic(dates: &[Timestamp], others: &[Timestamp], now: &str) -> TopicHealth {
    let sources = [SourceObservation { polls: &[], last_complete_poll: Some(parse_time(now)) }];
    let well = |dates| TopicHealthInputs {
        calendar: AnnouncementCalendar::Arxiv,
        sources: &sources,
        feeds: &[],
        complete_polls: CompletePolls::default(),
        dates,
        last_news: None,
        next_poll: None,
    };
    assess_health_of_topics(&[well(dates), well(others)], parse_time(now)).remove(0)
}

#[test]
fn a_silence_is_wrong_once_chance_does_not_explain_it() {
    let moving = announced_dates(10, 60, 0);
    for (papers, silent, name) in [
        (7, 0, "current"),
        (7, 1, "stale"),
        (4, 1, "quiet"),
        (4, 2, "stale"),
        (1, 4, "quiet"),
        (1, 8, "stale"),
    ] {
        let dates = announced_dates(papers, 60, silent);
        let judged = judge_topic(&dates, &moving, "2026-03-10T12:00:00Z");
        assert_eq!(judged.name(), name, "{papers} an evening, {silent} evenings silent: {judged}");
    }
}

#[test]
fn a_paper_a_week_may_be_away_for_a_month() {
    let weekly: Vec<_> = announced_dates(1, 60, 20).into_iter().step_by(5).collect();
    assert_eq!(judge_topic(&weekly, &announced_dates(10, 60, 0), "2026-03-10T12:00:00Z").name(), "quiet");
}

#[test]
fn a_topic_without_a_history_is_never_called_stale() {
    for dates in [announced_dates(50, 1, 9), announced_dates(0, 0, 0)] {
        assert_eq!(judge_topic(&dates, &announced_dates(10, 60, 0), "2026-03-10T12:00:00Z").name(), "quiet");
    }
}

#[test]
fn a_topic_that_never_found_a_paper_says_so_after_three_days_and_three_complete_polls() {
    let now = parse_time("2026-03-10T12:00:00Z");
    let sources = [observed_source(&[], Some("2026-03-10T11:15:00Z"))];
    let judge = |count: u32, hours: i64, dates: &[Timestamp]| {
        let first = (count > 0).then(|| now - SignedDuration::from_hours(hours));
        let topic = TopicHealthInputs {
            calendar: AnnouncementCalendar::Arxiv,
            sources: &sources,
            feeds: &[],
            complete_polls: CompletePolls { count, first },
            dates,
            last_news: None,
            next_poll: None,
        };
        assess_health_of_topics(&[topic], now).remove(0)
    };
    for (count, hours, name) in [(0, 0, "quiet"), (40, 71, "quiet"), (2, 400, "quiet"), (3, 72, "empty")] {
        assert_eq!(judge(count, hours, &[]).name(), name, "{count} polls in {hours} hours");
    }
    assert_ne!(judge(3, 72, &announced_dates(1, 1, 0)).name(), "empty", "one paper is enough");
    let empty = judge(12, 17 * 24, &[]);
    insta::assert_snapshot!(empty, @"empty: it has never found a paper, in all polls since 2026-02-21T12:00:00Z");
    assert_eq!(empty.wrong_since(), Some(parse_time("2026-02-21T12:00:00Z")));
    assert!(empty.advice().unwrap().starts_with("look at the query"), "{empty}");
}

#[test]
fn a_paper_that_was_held_back_counts_when_it_comes() {
    let dates = announced_dates(4, 60, 1);
    let note = PastPoll {
        at: parse_time("2026-03-10T11:00:00Z"),
        outcome: PollOutcome::Complete,
        error_kind: None,
        message: None,
    };
    let polled = Some(parse_time("2026-03-10T11:00:00Z"));
    let topic = TopicHealthInputs {
        calendar: AnnouncementCalendar::Arxiv,
        sources: &[SourceObservation { polls: &[note], last_complete_poll: polled }],
        feeds: &[],
        complete_polls: CompletePolls::default(),
        dates: &dates,
        last_news: Some(parse_time("2026-03-10T11:00:00Z")),
        next_poll: None,
    };
    assert_eq!(assess_health_of_topics(&[topic], parse_time("2026-03-10T12:00:00Z"))[0].name(), "current");
}

fn observed_source<'a>(polls: &'a [PastPoll], last_complete_poll: Option<&str>) -> SourceObservation<'a> {
    SourceObservation { polls, last_complete_poll: last_complete_poll.map(parse_time) }
}

#[test]
fn a_topic_is_as_well_as_the_worst_of_its_sources() {
    let (now, dates) = (parse_time("2026-03-10T12:00:00Z"), announced_dates(4, 60, 0));
    let failed = PastPoll {
        at: parse_time("2026-03-10T11:00:00Z"),
        outcome: PollOutcome::Failed,
        error_kind: None,
        message: Some("404".into()),
    };
    let failed = [failed];
    let (well, ill) = (
        observed_source(&[], Some("2026-03-10T11:15:00Z")),
        observed_source(&failed, Some("2026-03-10T08:00:00Z")),
    );
    let judge = |sources: &[SourceObservation<'_>]| {
        let calendar = AnnouncementCalendar::Arxiv;
        let topic = TopicHealthInputs {
            calendar,
            sources,
            feeds: &[],
            complete_polls: CompletePolls::default(),
            dates: &dates,
            last_news: None,
            next_poll: None,
        };
        assess_health_of_topics(&[topic], now).remove(0)
    };
    assert_eq!(judge(&[well]).name(), "current");
    for sources in [[well, ill], [ill, well]] {
        assert_eq!(judge(&sources).to_string(), judge(&[ill]).to_string());
        assert_eq!(judge(&sources).name(), "failing");
    }
}

#[test]
fn a_judgement_reads_as_a_person_says_it() {
    let moving = announced_dates(10, 60, 0);
    let dates = announced_dates(4, 60, 2);
    let stale = judge_topic(&dates, &moving, "2026-03-10T12:00:00Z");
    insta::assert_snapshot!(stale, @"stale since 2026-03-10T05:00:00Z: the newest paper is of 2026-03-05T17:00:00Z, while other topics have new ones (12 in 5 days, usual 20)");
    insta::assert_snapshot!(judge_topic(&announced_dates(1, 60, 3), &moving, "2026-03-10T12:00:00Z"), @"quiet: 2 in 5 days, usual 5");
    let failed = |at: &str| PastPoll {
        at: at.parse().unwrap(),
        outcome: PollOutcome::Failed,
        error_kind: Some("throttled".into()),
        message: Some("429: throttled".into()),
    };
    let polls = [failed("2026-03-10T06:15:00Z"), failed("2026-03-10T06:30:00Z")];
    let failing = TopicHealthInputs {
        calendar: AnnouncementCalendar::Arxiv,
        sources: &[observed_source(&polls, Some("2026-03-10T00:15:00Z"))],
        feeds: &[],
        complete_polls: CompletePolls::default(),
        dates: &dates,
        last_news: None,
        next_poll: Some(parse_time("2026-03-10T12:15:00Z")),
    };
    insta::assert_snapshot!(assess_health_of_topics(&[failing], parse_time("2026-03-10T12:00:00Z"))[0], @"failing since 2026-03-10T06:15:00Z: 429: throttled; next try 2026-03-10T12:15:00Z");
    let never = TopicHealthInputs {
        calendar: AnnouncementCalendar::Arxiv,
        sources: &[observed_source(&[], None)],
        feeds: &[],
        complete_polls: CompletePolls::default(),
        dates: &[],
        last_news: None,
        next_poll: None,
    };
    insta::assert_snapshot!(assess_health_of_topics(&[never], parse_time("2026-03-10T12:00:00Z"))[0], @"unpolled: it was never asked");
}

/// Papers of a topic without arXiv, one on each of so many days up to that many days ago.
fn feed_topic_dates(now: Timestamp, days: i64, before: i64) -> Vec<Timestamp> {
    (before..before + days).map(|day| now - SignedDuration::from_hours(24 * day)).collect()
}

#[test]
fn a_topic_of_feeds_knows_no_holidays_and_rests_as_publishers_do() {
    // A Saturday, after Thanksgiving.
    let now = parse_time("2026-11-28T12:00:00Z");
    let judge = |dates: &[Timestamp], brings_all_items: bool| {
        let feeds = [SourceFeedCoverage { name: "lab", last_complete_poll: Some(now), brings_all_items }];
        let topic = TopicHealthInputs {
            calendar: AnnouncementCalendar::EveryDay,
            sources: &[],
            feeds: &feeds,
            complete_polls: CompletePolls::default(),
            dates,
            last_news: None,
            next_poll: None,
        };
        assess_health_of_topics(&[topic], now).remove(0)
    };
    for (before, brings_all_items, expected) in [
        (1, true, "current"),
        (10, true, "quiet"),
        (17, true, "stale"),
        (17, false, "waiting"),
        (1, false, "waiting"),
    ] {
        let health = judge(&feed_topic_dates(now, 60, before), brings_all_items);
        assert_eq!(health.name(), expected, "{before} {brings_all_items}: {health}");
        let words = format!("{health} {}", health.advice().unwrap_or_default());
        assert!(!words.to_lowercase().contains("arxiv"), "{words}");
    }
    insta::assert_snapshot!(judge(&feed_topic_dates(now, 60, 17), false), @r#"waiting: nothing new comes, for something is wrong with "lab""#);
}

#[test]
fn a_topic_of_arxiv_and_feeds_has_no_holiday_and_a_feed_explains_its_silence() {
    let polls = observed_source(&[], Some("2026-11-28T12:00:00Z"));
    let judge = |now: &str, dates: &[Timestamp], brings_all_items: bool| {
        let feeds = [SourceFeedCoverage { name: "lab", last_complete_poll: None, brings_all_items }];
        let topic = TopicHealthInputs {
            calendar: AnnouncementCalendar::Arxiv,
            sources: &[polls],
            feeds: &feeds,
            complete_polls: CompletePolls::default(),
            dates,
            last_news: None,
            next_poll: None,
        };
        assess_health_of_topics(&[topic], parse_time(now)).remove(0)
    };
    let saturday = "2026-11-28T12:00:00Z";
    let recent = feed_topic_dates(parse_time(saturday), 60, 1);
    assert_eq!(judge(saturday, &recent, true).name(), "current");
    assert_eq!(judge(saturday, &recent, false).name(), "current", "what comes, comes");
    let silent = feed_topic_dates(parse_time(saturday), 60, 30);
    assert_eq!(judge(saturday, &silent, true).name(), "stale");
    assert!(judge(saturday, &silent, true).advice().unwrap().starts_with("its feeds are in order"));
    assert_eq!(judge(saturday, &silent, false).name(), "waiting");
}
