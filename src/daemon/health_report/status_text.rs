//! The health report for a person: one thing a line, and below what is wrong what to do.

use std::fmt::Write as _;

use super::utc_time::with_times_for_people;
use super::{HealthLine, HealthReport, format_utc_to_minute};
use crate::domain::count_of;
use crate::render::SingleLine;

/// Whether a text has a terminal's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// With colours.
    On,
    /// Without colours.
    Off,
}

/// Bold, in the terminal's own green and red: ECMA-48, 8.3.117.
const GREEN: &str = "1;32";
const RED: &str = "1;31";

impl HealthReport {
    /// The report in words.
    pub fn to_plain_text(&self, colours: Colours) -> String {
        let incidents = self.incidents();
        let head = match incidents.len() {
            0 => colours.paint("in order", GREEN),
            things => colours.paint(&format!("wrong: {}", count_of(things, "thing")), RED),
        };
        let mut text = format!("{head} at {}\n\n", format_utc_to_minute(self.now));
        for line in self.health_lines(&incidents) {
            append_health_line(&mut text, &line, colours);
        }
        text
    }
}

/// One thing: how it is, or what is wrong with it and what to do.
fn append_health_line(text: &mut String, line: &HealthLine<'_>, colours: Colours) {
    let HealthLine { kind, name, text: words, incident, pull_request } = line;
    let name = SingleLine::new(name);
    let words = with_times_for_people(incident.map_or(words.as_str(), |incident| &incident.description));
    let words = SingleLine::new(&words);
    let mark = if incident.is_some() { colours.paint("!", RED) } else { " ".to_owned() };
    let _ = writeln!(text, "{mark} {kind:<7} {name}: {words}");
    if let Some(pull) = pull_request {
        let _ = writeln!(text, "          {}", SingleLine::new(&pull.address));
    }
    if let Some(advice) = incident.map(|incident| &incident.advice).filter(|advice| !advice.is_empty()) {
        let _ = writeln!(text, "          what to do: {}", SingleLine::new(advice));
    }
}

impl Colours {
    fn paint(self, words: &str, colour: &str) -> String {
        match self {
            Self::On => format!("\u{1b}[{colour}m{words}\u{1b}[0m"),
            Self::Off => words.to_owned(),
        }
    }
}
