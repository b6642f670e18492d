//! The sections `[[subscription]]`: who gets what, and when.

use std::collections::HashMap;

use jiff::tz::{self, TimeZone};

use super::topic;
use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::did_you_mean::{nearest_name, parse_choice, require_known_name};
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;
use crate::domain::{Cadence, Crontab, EmptyDigestPolicy, News, NewsFilter, Subscription};

/// The keys of `[[subscription]]`.
pub(super) const SCHEMA: ConfigSectionSchema = ConfigSectionSchema {
    title: "[[subscription]]",
    keys: &["sink", "when", "timezone", "topics", "include", "empty", "first", "name"],
    secrets: &[],
};

/// What a cadence looks like.
const WHEN: &str = "a crontab line, as in \"0 8 * * Mon-Fri\", or \"now\"";

/// The time zone, where the file does not say.
const ZONE: &str = "UTC";

/// What becomes of a digest without papers, where the file does not say.
const EMPTY: &str = "skip";

/// How many of the latest papers a new subscription gets at most: more belong in a list.
const FIRST_MAX: u32 = 100;

/// What the subscriptions of a file are checked against.
#[derive(Debug)]
pub(super) struct SubscriptionConstraints<'a> {
    /// The names of all topics.
    pub(super) topics: &'a [String],
    /// The names of all sinks.
    pub(super) sinks: &'a [String],
}

pub(super) fn read_subscription_sections(
    sections: &[ConfigTable],
    constraints: &SubscriptionConstraints,
    mistakes: &mut Diagnostics,
) -> Vec<Subscription> {
    let mut seen = HashMap::new();
    sections
        .iter()
        .filter_map(|section| read_subscription_section(section, constraints, &mut seen, mistakes))
        .collect()
}

fn read_subscription_section(
    section: &ConfigTable,
    constraints: &SubscriptionConstraints,
    seen: &mut HashMap<String, String>,
    mistakes: &mut Diagnostics,
) -> Option<Subscription> {
    let right = "the name of the [[sink]] that is told, as in sink = \"lab\"";
    let sink = section.required_value(
        "sink",
        right,
        |text| require_known_name(text, "sink", constraints.sinks),
        mistakes,
    );
    let crontab = section.required_value("when", WHEN, parse_crontab_or_now, mistakes);
    let zone = section.value_or_default("timezone", ZONE, parse_time_zone, mistakes);
    let topics = topic::read_topic_names(section, constraints.topics, mistakes);
    let include = read_news_filter(section, mistakes);
    let empty = section.value_or_default("empty", EMPTY, parse_empty_digest_policy, mistakes);
    let first = section.bounded_number("first", 0, 0..=FIRST_MAX, mistakes);
    let name = section.optional_value("name", value_parsers::parse_name_usable_in_commands, mistakes);
    let sink = sink?;
    let name = name.unwrap_or_else(|| sink.clone());
    report_duplicate_name(section, &name, seen, mistakes);
    let cadence = build_cadence(crontab?, zone?);
    Some(Subscription { name, topics, sink, cadence, include, empty_digest: empty?, first_papers: first? })
}

/// Two subscriptions of one name would share the memory of what was announced.
fn report_duplicate_name(
    section: &ConfigTable,
    name: &str,
    seen: &mut HashMap<String, String>,
    mistakes: &mut Diagnostics,
) {
    let Some(earlier) = seen.insert(name.to_lowercase(), name.to_owned()) else { return };
    let words = format!("another subscription is named \"{}\" already", redacted_excerpt(&earlier));
    let (key, right) = if section.has_config_key("name") {
        ("name", "a name of its own, not only in capitals: it is the subscription's identity")
    } else {
        ("sink", "without a name it is named after its sink; give it one of its own, as in name = \"weekly\"")
    };
    section.report_invalid(key, InvalidValue::new(words, right), mistakes);
}

fn build_cadence(crontab: Option<Crontab>, zone: TimeZone) -> Cadence {
    match crontab {
        Some(crontab) => Cadence::Scheduled { crontab, zone },
        None => Cadence::Immediately { zone },
    }
}

/// The crontab line; none for `now`.
fn parse_crontab_or_now(text: &str) -> Result<Option<Crontab>, InvalidValue> {
    if text == "now" {
        return Ok(None);
    }
    Crontab::parse(text).map(Some).map_err(|bad| match nearest_name(text, ["now"]) {
        Some(_) => InvalidValue::new(
            format!("`{}` is not known here", redacted_excerpt(text)),
            "did you mean \"now\"?",
        ),
        None => InvalidValue::new(bad.to_string(), WHEN),
    })
}

fn parse_time_zone(text: &str) -> Result<TimeZone, InvalidValue> {
    let known = TimeZone::get(text).ok().filter(|zone| zone.iana_name().is_some() && !zone.is_unknown());
    known.ok_or_else(|| {
        let right = match nearest_time_zone(text) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "a name of the IANA database, as in \"Europe/Berlin\", \"America/New_York\" or \"UTC\""
                .to_owned(),
        };
        InvalidValue::new(format!("no time zone is named \"{}\"", redacted_excerpt(text)), right)
    })
}

/// What people call a zone that has no such name in the database, with the largest city that uses it.
const ABBREVIATIONS: [(&[&str], &str); 13] = [
    (&["PST", "PDT", "PT"], "America/Los_Angeles"),
    (&["MDT", "MT"], "America/Denver"),
    (&["CST", "CDT", "CT"], "America/Chicago"),
    (&["EDT", "ET"], "America/New_York"),
    (&["BST"], "Europe/London"),
    (&["CEST"], "Europe/Berlin"),
    (&["EEST"], "Europe/Athens"),
    (&["MSK"], "Europe/Moscow"),
    (&["IST"], "Asia/Kolkata"),
    (&["SGT"], "Asia/Singapore"),
    (&["JST"], "Asia/Tokyo"),
    (&["KST"], "Asia/Seoul"),
    (&["AEST", "AEDT"], "Australia/Sydney"),
];

/// The zone of that city or with that abbreviation, or else the one whose name is like that.
fn nearest_time_zone(text: &str) -> Option<String> {
    // Zones such as Etc/GMT+1 have the other sign than people mean.
    if text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let known: Vec<String> = tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| !name.starts_with("posix/") && !name.starts_with("right/"))
        .collect();
    let city = text.rsplit('/').next().unwrap_or_default().replace(' ', "_");
    let is_there =
        |name: &&String| name.rsplit_once('/').is_some_and(|(_, end)| end.eq_ignore_ascii_case(&city));
    let of_city = known.iter().filter(is_there).min();
    let is_abbreviated =
        |(short, _): &&(&[&str], _)| short.iter().any(|short| short.eq_ignore_ascii_case(text));
    let of_abbreviation = ABBREVIATIONS.iter().find(is_abbreviated).map(|(_, zone)| *zone);
    of_city
        .map(String::as_str)
        .or(of_abbreviation)
        .or_else(|| nearest_name(text, known.iter().map(String::as_str)))
        .map(str::to_owned)
}

fn read_news_filter(section: &ConfigTable, mistakes: &mut Diagnostics) -> NewsFilter {
    if section.is_empty_toml_array("include") {
        let wrong = InvalidValue::new("names no news", "as in include = [\"new\", \"replacement\"]");
        section.report_invalid("include", wrong, mistakes);
    }
    let known = [("new", News::New), ("replacement", News::Replacement), ("published", News::Published)];
    let news = |text: &str| parse_choice(text, &known);
    let included = section.string_list("include", news, mistakes).unwrap_or_else(|| vec![News::New]);
    let has = |news| included.contains(&news);
    NewsFilter { new: has(News::New), replacement: has(News::Replacement), published: has(News::Published) }
}

fn parse_empty_digest_policy(text: &str) -> Result<EmptyDigestPolicy, InvalidValue> {
    parse_choice(text, &[("skip", EmptyDigestPolicy::Skip), ("say so", EmptyDigestPolicy::Send)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_known_by_its_name() {
        for name in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"] {
            assert_eq!(parse_time_zone(name).unwrap().iana_name(), Some(name));
        }
        for (text, right) in [
            ("Europe/Berlni", "did you mean \"Europe/Berlin\"?"),
            ("Berlin", "did you mean \"Europe/Berlin\"?"),
            ("new york", "did you mean \"America/New_York\"?"),
            ("US/New York", "did you mean \"America/New_York\"?"),
            ("PST", "did you mean \"America/Los_Angeles\"?"),
            ("cest", "did you mean \"Europe/Berlin\"?"),
        ] {
            assert_eq!(parse_time_zone(text).unwrap_err().hint, right, "{text}");
        }
        for text in [
            "",
            "Etc/Unknown",
            "../../etc/passwd",
            "/usr/share/zoneinfo/UTC",
            "+01:00",
            "GMT+1",
            "UTC+2",
            "nowhere at all",
        ] {
            let hint = parse_time_zone(text).unwrap_err().hint;
            let has_digit = text.contains(|c: char| c.is_ascii_digit());
            assert!(!has_digit || hint.starts_with("a name of the IANA database"), "{text}: {hint}");
        }
    }

    #[test]
    fn a_cadence_is_a_crontab_line_or_now() {
        assert_eq!(parse_crontab_or_now("now"), Ok(None));
        assert_eq!(parse_crontab_or_now("0 8 * * Mon-Fri").unwrap().unwrap().to_string(), "0 8 * * Mon-Fri");
        for text in ["Now", "nwo", "no"] {
            assert_eq!(parse_crontab_or_now(text).unwrap_err().hint, "did you mean \"now\"?", "{text}");
        }
        for text in ["", "daily", "0 25 * * *", "08:00"] {
            assert_eq!(parse_crontab_or_now(text).unwrap_err().hint, WHEN, "{text}");
        }
    }
}
