//! The sections `[[subscription]]`: who is told what, and when.

use std::collections::HashMap;

use jiff::tz::{self, TimeZone};

use super::mistake::{Mistakes, Wrong};
use super::nearest::{named, nearest, one_of};
use super::section::{Kind, Section, printable};
use super::{topic, value};
use crate::domain::{Cadence, Crontab, Empty, Include, News, Subscription};

/// The keys of `[[subscription]]`.
pub(super) const KIND: Kind = Kind {
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

/// The most of the latest papers that a new subscription is told: more belong in a list.
const FIRST_MAX: u32 = 100;

/// What the subscriptions of a file are checked against.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The names of all topics.
    pub(super) topics: &'a [String],
    /// The names of all sinks.
    pub(super) sinks: &'a [String],
}

pub(super) fn read(sections: &[Section], around: &Around, mistakes: &mut Mistakes) -> Vec<Subscription> {
    let mut seen = HashMap::new();
    sections.iter().filter_map(|section| subscription(section, around, &mut seen, mistakes)).collect()
}

fn subscription(
    section: &Section,
    around: &Around,
    seen: &mut HashMap<String, String>,
    mistakes: &mut Mistakes,
) -> Option<Subscription> {
    let right = "the name of the [[sink]] that is told, as in sink = \"lab\"";
    let sink = section.required("sink", right, |text| named(text, "sink", around.sinks), mistakes);
    let crontab = section.required("when", WHEN, when, mistakes);
    let zone = section.or("timezone", ZONE, zone, mistakes);
    let topics = topic::chosen(section, around.topics, mistakes);
    let include = include(section, mistakes);
    let empty = section.or("empty", EMPTY, empty, mistakes);
    let first = section.number("first", 0, 0..=FIRST_MAX, mistakes);
    let name = section.given("name", value::command_name, mistakes);
    let sink = sink?.into_inner();
    let name = name.map_or_else(|| sink.clone(), toml::Spanned::into_inner);
    refuse_twin(section, &name, seen, mistakes);
    let cadence = cadence(crontab?.into_inner(), zone?.into_inner());
    Some(Subscription { name, topics, sink, cadence, include, empty: empty?.into_inner(), first: first? })
}

/// Two subscriptions of one name would share the memory of what was told.
fn refuse_twin(section: &Section, name: &str, seen: &mut HashMap<String, String>, mistakes: &mut Mistakes) {
    let Some(earlier) = seen.insert(name.to_lowercase(), name.to_owned()) else { return };
    let words = format!("another subscription is named \"{}\" already", printable(&earlier));
    let (key, right) = if section.has("name") {
        ("name", "a name of its own, not only in capitals: it is the subscription's identity")
    } else {
        ("sink", "without a name it is named after its sink; give it one of its own, as in name = \"weekly\"")
    };
    mistakes.add(section.place(key), &section.whose(key), Wrong::new(words, right));
}

fn cadence(crontab: Option<Crontab>, zone: TimeZone) -> Cadence {
    match crontab {
        Some(crontab) => Cadence::At { crontab, zone },
        None => Cadence::Now { zone },
    }
}

/// The crontab line; none for `now`.
fn when(text: &str) -> Result<Option<Crontab>, Wrong> {
    if text == "now" {
        return Ok(None);
    }
    Crontab::parse(text).map(Some).map_err(|bad| match nearest(text, ["now"]) {
        Some(_) => Wrong::new(format!("`{}` is not known here", printable(text)), "did you mean \"now\"?"),
        None => Wrong::new(bad.to_string(), WHEN),
    })
}

fn zone(text: &str) -> Result<TimeZone, Wrong> {
    let known = TimeZone::get(text).ok().filter(|zone| zone.iana_name().is_some() && !zone.is_unknown());
    known.ok_or_else(|| {
        let right = match nearest_zone(text) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "a name of the IANA database, as in \"Europe/Berlin\", \"America/New_York\" or \"UTC\""
                .to_owned(),
        };
        Wrong::new(format!("no time zone is named \"{}\"", printable(text)), right)
    })
}

/// The zone of that city, or else the one whose name is like that.
fn nearest_zone(text: &str) -> Option<String> {
    let known: Vec<String> = tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| !name.starts_with("posix/") && !name.starts_with("right/"))
        .collect();
    let city = text.rsplit('/').next().unwrap_or_default().replace(' ', "_");
    let is_there =
        |name: &&String| name.rsplit_once('/').is_some_and(|(_, end)| end.eq_ignore_ascii_case(&city));
    let of_city = known.iter().filter(is_there).min();
    of_city.map(String::as_str).or_else(|| nearest(text, known.iter().map(String::as_str))).map(str::to_owned)
}

fn include(section: &Section, mistakes: &mut Mistakes) -> Include {
    if section.lists_nothing("include") {
        let wrong = Wrong::new("names no news", "as in include = [\"new\", \"replacement\"]");
        mistakes.add(section.place("include"), &section.whose("include"), wrong);
    }
    let news = |text: &str| one_of(text, &[("new", News::New), ("replacement", News::Replacement)]);
    let included = section.each_text("include", news, mistakes).unwrap_or_else(|| vec![News::New]);
    Include { new: included.contains(&News::New), replacement: included.contains(&News::Replacement) }
}

fn empty(text: &str) -> Result<Empty, Wrong> {
    one_of(text, &[("skip", Empty::Skip), ("say so", Empty::SaySo)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_known_by_its_name() {
        for name in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"] {
            assert_eq!(zone(name).unwrap().iana_name(), Some(name));
        }
        for (text, right) in [
            ("Europe/Berlni", "did you mean \"Europe/Berlin\"?"),
            ("Berlin", "did you mean \"Europe/Berlin\"?"),
            ("new york", "did you mean \"America/New_York\"?"),
            ("US/New York", "did you mean \"America/New_York\"?"),
        ] {
            assert_eq!(zone(text).unwrap_err().right, right, "{text}");
        }
        for text in
            ["", "Etc/Unknown", "../../etc/passwd", "/usr/share/zoneinfo/UTC", "+01:00", "nowhere at all"]
        {
            assert!(zone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_cadence_is_a_crontab_line_or_now() {
        assert_eq!(when("now"), Ok(None));
        assert_eq!(when("0 8 * * Mon-Fri").unwrap().unwrap().to_string(), "0 8 * * Mon-Fri");
        for text in ["Now", "nwo", "no"] {
            assert_eq!(when(text).unwrap_err().right, "did you mean \"now\"?", "{text}");
        }
        for text in ["", "daily", "0 25 * * *", "08:00"] {
            assert_eq!(when(text).unwrap_err().right, WHEN, "{text}");
        }
    }
}
