use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Crontab;

fn parse_crontab(line: &str) -> Crontab {
    Crontab::parse(line).unwrap_or_else(|fault| panic!("{line}: {fault}"))
}

fn time_zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// The next instants after one, as local times with their offset.
fn next_runs(line: &str, zone_name: &str, after: &str, count: usize) -> Vec<String> {
    let (crontab, zone) = (parse_crontab(line), time_zone(zone_name));
    let after: Timestamp = after.parse().unwrap();
    std::iter::successors(Some(after), |last| crontab.next_after(*last, &zone))
        .skip(1)
        .take(count)
        .map(|due| due.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M%:z").to_string())
        .collect()
}

#[test]
fn a_line_means_what_crontab_users_mean() {
    // 2025-03-01 was a Saturday.
    for (line, expected) in [
        ("0 8 * * 1-5", ["Mon 2025-03-03 08:00", "Tue 2025-03-04 08:00", "Wed 2025-03-05 08:00"]),
        ("0 8 * * Mon-Fri", ["Mon 2025-03-03 08:00", "Tue 2025-03-04 08:00", "Wed 2025-03-05 08:00"]),
        ("0 8 * * 0", ["Sun 2025-03-02 08:00", "Sun 2025-03-09 08:00", "Sun 2025-03-16 08:00"]),
        ("0 8 * * 7", ["Sun 2025-03-02 08:00", "Sun 2025-03-09 08:00", "Sun 2025-03-16 08:00"]),
        ("0 8 * * SUN", ["Sun 2025-03-02 08:00", "Sun 2025-03-09 08:00", "Sun 2025-03-16 08:00"]),
        ("0 8 * * sat-SUN", ["Sat 2025-03-01 08:00", "Sun 2025-03-02 08:00", "Sat 2025-03-08 08:00"]),
        ("0 8 * * 5-7", ["Sat 2025-03-01 08:00", "Sun 2025-03-02 08:00", "Fri 2025-03-07 08:00"]),
        ("15 */6 * * *", ["Sat 2025-03-01 00:15", "Sat 2025-03-01 06:15", "Sat 2025-03-01 12:15"]),
        ("1-30/10 0 * * *", ["Sat 2025-03-01 00:01", "Sat 2025-03-01 00:11", "Sat 2025-03-01 00:21"]),
        ("5,10-12 3 * * *", ["Sat 2025-03-01 03:05", "Sat 2025-03-01 03:10", "Sat 2025-03-01 03:11"]),
        ("08 08 * * *", ["Sat 2025-03-01 08:08", "Sun 2025-03-02 08:08", "Mon 2025-03-03 08:08"]),
        ("0 0 13 * Fri", ["Fri 2025-03-07 00:00", "Thu 2025-03-13 00:00", "Fri 2025-03-14 00:00"]),
        ("0 0 */2 * Mon", ["Mon 2025-03-03 00:00", "Mon 2025-03-17 00:00", "Mon 2025-03-31 00:00"]),
        ("0 0 13 * */6", ["Sun 2025-04-13 00:00", "Sun 2025-07-13 00:00", "Sat 2025-09-13 00:00"]),
        ("0 0 1-31 * Mon", ["Sun 2025-03-02 00:00", "Mon 2025-03-03 00:00", "Tue 2025-03-04 00:00"]),
        ("0 0 29 2 *", ["Tue 2028-02-29 00:00", "Sun 2032-02-29 00:00", "Fri 2036-02-29 00:00"]),
        ("0 0 30 Feb Mon", ["Mon 2026-02-02 00:00", "Mon 2026-02-09 00:00", "Mon 2026-02-16 00:00"]),
        ("0 0 31 * *", ["Mon 2025-03-31 00:00", "Sat 2025-05-31 00:00", "Thu 2025-07-31 00:00"]),
        ("0 9 1 jan,JUL *", ["Tue 2025-07-01 09:00", "Thu 2026-01-01 09:00", "Wed 2026-07-01 09:00"]),
        ("@hourly", ["Sat 2025-03-01 01:00", "Sat 2025-03-01 02:00", "Sat 2025-03-01 03:00"]),
        ("@daily", ["Sun 2025-03-02 00:00", "Mon 2025-03-03 00:00", "Tue 2025-03-04 00:00"]),
        ("@weekly", ["Sun 2025-03-02 00:00", "Sun 2025-03-09 00:00", "Sun 2025-03-16 00:00"]),
        ("@monthly", ["Tue 2025-04-01 00:00", "Thu 2025-05-01 00:00", "Sun 2025-06-01 00:00"]),
        ("@Yearly", ["Thu 2026-01-01 00:00", "Fri 2027-01-01 00:00", "Sat 2028-01-01 00:00"]),
    ] {
        let expected = expected.map(|time| format!("{time}+00:00"));
        assert_eq!(next_runs(line, "UTC", "2025-03-01T00:00:00Z", 3), expected, "{line}");
    }
}

#[test]
fn a_line_is_due_strictly_after_the_instant_and_on_the_whole_minute() {
    let due = |after: &str| next_runs("30 8 * * *", "UTC", after, 1);
    assert_eq!(due("2025-03-01T08:29:59.999999999Z"), ["Sat 2025-03-01 08:30+00:00"]);
    assert_eq!(due("2025-03-01T08:30:00Z"), ["Sun 2025-03-02 08:30+00:00"]);
    assert_eq!(due("2025-03-01T08:30:00.5Z"), ["Sun 2025-03-02 08:30+00:00"]);
    assert_eq!(due("1969-07-20T20:17:00Z"), ["Thu 1970-01-01 08:30+00:00"]);
}

#[test]
fn a_fixed_time_that_the_clock_skips_runs_right_after_the_gap() {
    let gap = "2025-03-09T00:00:00-05:00";
    for (line, expected) in [
        ("30 2 * * *", vec!["Sun 2025-03-09 03:00-04:00", "Mon 2025-03-10 02:30-04:00"]),
        ("0 2 * * *", vec!["Sun 2025-03-09 03:00-04:00", "Mon 2025-03-10 02:00-04:00"]),
        (
            "0,30 2,3 * * *",
            vec!["Sun 2025-03-09 03:00-04:00", "Sun 2025-03-09 03:30-04:00", "Mon 2025-03-10 02:00-04:00"],
        ),
        ("0 3 * * *", vec!["Sun 2025-03-09 03:00-04:00", "Mon 2025-03-10 03:00-04:00"]),
        ("30 2 9 3 *", vec!["Sun 2025-03-09 03:00-04:00", "Mon 2026-03-09 02:30-04:00"]),
    ] {
        assert_eq!(next_runs(line, "America/New_York", gap, expected.len()), expected, "{line}");
    }
    let half_hour = next_runs("15 2 * * *", "Australia/Lord_Howe", "2025-10-04T12:00:00Z", 2);
    assert_eq!(half_hour, ["Sun 2025-10-05 02:30+11:00", "Mon 2025-10-06 02:15+11:00"]);
    let midnight = next_runs("0 0 * * *", "America/Santiago", "2025-09-06T12:00:00Z", 2);
    assert_eq!(midnight, ["Sun 2025-09-07 01:00-03:00", "Mon 2025-09-08 00:00-03:00"]);
    let over_midnight = next_runs("30 23 * * Sat", "America/Nuuk", "2025-03-29T12:00:00Z", 2);
    assert_eq!(over_midnight, ["Sun 2025-03-30 00:00-01:00", "Sat 2025-04-05 23:30-01:00"]);
}

#[test]
fn a_day_that_the_calendar_skips_runs_once_at_its_end() {
    // Apia crossed the date line: after Thursday 29 December 2011 came Saturday 31.
    let expected = ["Thu 2011-12-29 08:00-10:00", "Sat 2011-12-31 00:00+14:00", "Sat 2011-12-31 08:00+14:00"];
    assert_eq!(next_runs("0 8 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z", 3), expected);
    let shown = ["Thu 2011-12-29 12:00-10:00", "Sat 2011-12-31 00:00+14:00", "Sat 2011-12-31 12:00+14:00"];
    assert_eq!(next_runs("0 */12 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z", 3), shown);
}

#[test]
fn a_fixed_time_that_the_clock_shows_twice_runs_at_the_first() {
    let fold = "2025-11-02T00:00:00-04:00";
    for (line, expected) in [
        ("30 1 * * *", vec!["Sun 2025-11-02 01:30-04:00", "Mon 2025-11-03 01:30-05:00"]),
        (
            "0,30 1,2 * * *",
            vec![
                "Sun 2025-11-02 01:00-04:00",
                "Sun 2025-11-02 01:30-04:00",
                "Sun 2025-11-02 02:00-05:00",
                "Sun 2025-11-02 02:30-05:00",
            ],
        ),
    ] {
        assert_eq!(next_runs(line, "America/New_York", fold, expected.len()), expected, "{line}");
    }
    let from_the_second = next_runs("30 1 * * *", "America/New_York", "2025-11-02T01:10:00-05:00", 1);
    assert_eq!(from_the_second, ["Mon 2025-11-03 01:30-05:00"]);
}

#[test]
fn a_line_with_a_star_follows_the_clock() {
    for (line, zone, after, expected) in [
        (
            "15 * * * *",
            "America/New_York",
            "2025-03-09T01:00:00-05:00",
            vec!["Sun 2025-03-09 01:15-05:00", "Sun 2025-03-09 03:15-04:00"],
        ),
        (
            "*/30 * * * *",
            "America/New_York",
            "2025-03-09T01:20:00-05:00",
            vec!["Sun 2025-03-09 01:30-05:00", "Sun 2025-03-09 03:00-04:00"],
        ),
        (
            "*/30 * * * *",
            "America/New_York",
            "2025-11-02T01:20:00-04:00",
            vec![
                "Sun 2025-11-02 01:30-04:00",
                "Sun 2025-11-02 01:00-05:00",
                "Sun 2025-11-02 01:30-05:00",
                "Sun 2025-11-02 02:00-05:00",
            ],
        ),
        (
            "15 */6 * * *",
            "America/New_York",
            "2025-11-02T00:00:00-04:00",
            vec!["Sun 2025-11-02 00:15-04:00", "Sun 2025-11-02 06:15-05:00"],
        ),
        (
            "5 * * * *",
            "America/New_York",
            "2025-11-02T01:50:00-04:00",
            vec!["Sun 2025-11-02 01:05-05:00", "Sun 2025-11-02 02:05-05:00"],
        ),
        (
            "*/20 * * * *",
            "Australia/Lord_Howe",
            "2025-04-06T01:50:00+11:00",
            vec!["Sun 2025-04-06 01:40+10:30", "Sun 2025-04-06 02:00+10:30"],
        ),
    ] {
        assert_eq!(next_runs(line, zone, after, expected.len()), expected, "{line}");
    }
}

#[test]
fn an_hour_shown_twice_does_not_shift_what_is_due_months_later() {
    // San Luis put its clocks back twice in a row, in January and in March 2008.
    let due = next_runs("0 * 1 6 *", "America/Argentina/San_Luis", "2008-01-20T23:30:00-02:00", 1);
    assert_eq!(due, ["Sun 2008-06-01 00:00-04:00"]);
}

#[test]
fn a_line_ends_with_the_years_and_does_not_loop() {
    assert_eq!(
        next_runs("0 0 29 2 *", "Europe/Berlin", "2095-01-01T00:00:00Z", 9),
        ["Wed 2096-02-29 00:00+01:00"]
    );
    assert_eq!(parse_crontab("* * * * *").next_after(Timestamp::MAX, &time_zone("Asia/Kolkata")), None);
    assert_eq!(parse_crontab("0 0 * * *").next_after(Timestamp::MAX, &time_zone("Asia/Kolkata")), None);
}

#[test]
fn a_line_that_is_wrong_is_refused_in_words() {
    for (line, words) in [
        ("0 25 * * *", "hour is 25: 0 to 23"),
        ("60 * * * *", "minute is 60: 0 to 59"),
        ("0 0 0 * *", "day of month is 0: 1 to 31"),
        ("0 0 1 13 *", "month is 13: 1 to 12, or jan to dec"),
        ("0 0 * * 8", "day of week is 8: 0 to 7, or sun to sat"),
        ("0 0 * * Monday", "day of week is Monday: 0 to 7, or sun to sat"),
        ("0 0 * mon *", "month is mon: 1 to 12, or jan to dec"),
        ("-1 0 * * *", "minute is -1: 0 to 59"),
        ("5/15 * * * *", "minute is 5/15: a step needs a range before it, such as */15 or 5-59/15"),
        ("*/0 * * * *", "minute is */0: a step is a number from 1 to 59"),
        ("*/90 * * * *", "minute is */90: a step is a number from 1 to 59"),
        ("0 */24 * * *", "hour is */24: a step is a number from 1 to 23"),
        ("0 22-2 * * *", "hour is 22-2: a range runs upwards; write 22-23,0-2"),
        ("0 0 * * fri-mon", "day of week is fri-mon: a range runs upwards; write 5-6,0-1"),
        ("0,,5 * * * *", "minute is 0,,5: something is missing; 0 to 59"),
        ("0 0 L * *", "day of month is L: 1 to 31"),
        ("0 0 ? * *", "day of month is ?: 1 to 31"),
        ("0 1.5 * * *", "hour is 1.5: 0 to 23"),
        ("0 999999999999 * * *", "hour is 999999999999: 0 to 23"),
        ("0 0 30 2 *", "day of month is 30 and month is 2: there is no such day in any year"),
        (
            "0 0 31 feb,4,jun */2",
            "day of month is 31 and month is feb,4,jun: there is no such day in any year",
        ),
        ("", "this one has 0"),
        ("0 8 * *", "this one has 4"),
        ("0 0 8 * * *", "this one has 6; there are no seconds, no year and no command"),
        ("@reboot", "@reboot is not known: the names are @hourly, @daily"),
        ("@daily 5", "@daily 5 is not known"),
    ] {
        let fault = Crontab::parse(line).unwrap_err().to_string();
        assert!(fault.contains(words), "{line}: {fault}");
    }
    assert!(Crontab::parse(&"1,".repeat(1_000)).is_err());
}

#[test]
fn a_line_is_shown_as_it_was_written() {
    for line in ["0 8 * * Mon-Fri", "@daily", "*/5  *\t* * 7"] {
        assert_eq!(parse_crontab(&format!(" {line}\n")).to_string(), line);
    }
}
