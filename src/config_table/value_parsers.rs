//! Values that several sections write: durations, host names, one-line names.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::diagnostic::InvalidValue;
use super::did_you_mean::is_url;
use super::excerpt::redacted_excerpt;

/// Longest name of anything, in characters: it becomes a heading or a subject.
const NAME_CHARS_MAX: usize = 200;

/// Longest host name. Source: RFC 1035, section 2.3.4.
const HOST_BYTES_MAX: usize = 253;

/// Longest part of a host name between two dots. Source: RFC 1035, section 2.3.4.
const LABEL_BYTES_MAX: usize = 63;

/// `"500ms"`, `"3s"`, `"10m"`, `"1h 30m"`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, InvalidValue> {
    let right = "a number and its unit, as in \"500ms\", \"3s\", \"10m\" or \"1h 30m\"";
    let wrong = || InvalidValue::new(format!("`{}` is not a duration", redacted_excerpt(text)), right);
    let parsed: SignedDuration = text.trim().parse().map_err(|_| wrong())?;
    Duration::try_from(parsed).map_err(|_| wrong())
}

/// `"90d"`, `"12w"`, `"36h"`: a time of many days, each of 24 hours.
pub(crate) fn parse_duration_in_days(text: &str) -> Result<Duration, InvalidValue> {
    let right = "a number and its unit, as in \"90d\", \"12w\" or \"36h\"";
    let wrong = || InvalidValue::new(format!("`{}` is not a time in days", redacted_excerpt(text)), right);
    let span: Span = text.trim().parse().map_err(|_| wrong())?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(signed).map_err(|_| wrong())
}

/// How [`parse_duration_in_days`] is written for a person: `90d`, `36h`.
pub(crate) fn format_days(duration: Duration) -> String {
    const DAY_SECS: u64 = 24 * 60 * 60;
    let secs = duration.as_secs();
    if secs > 0 && duration == Duration::from_secs(secs) && secs.is_multiple_of(DAY_SECS) {
        format!("{}d", secs / DAY_SECS)
    } else {
        format_duration(duration)
    }
}

/// How [`parse_duration`] is written for a person: `3s`, `10m`.
pub(crate) fn format_duration(duration: Duration) -> String {
    SignedDuration::try_from(duration)
        .map_or_else(|_| format!("{duration:?}"), |signed| format!("{signed:#}"))
}

/// A topic's or a list's name: a heading can have it, and so can the comments that mark a table.
pub(crate) fn parse_topic_or_list_name(text: &str) -> Result<String, InvalidValue> {
    let name = parse_one_line(text, "Image Classification")?;
    if name.contains("--") {
        let right = "write one hyphen: two would end the comment that marks the table in the list";
        return Err(InvalidValue::new("has `--` in it", right));
    }
    Ok(name)
}

/// A sink's or a subscription's name: one line that a command can have.
pub(crate) fn parse_name_usable_in_commands(text: &str) -> Result<String, InvalidValue> {
    if is_url(text) {
        return Err(InvalidValue::error_hiding_value(
            "is an address, and a name is shown in logs",
            "a short name, as in \"lab\"",
        ));
    }
    let name = parse_one_line(text, "lab")?;
    if name.starts_with('-') {
        return Err(InvalidValue::new(
            "begins with a hyphen",
            "begin with a letter: a command takes it for an option",
        ));
    }
    Ok(name)
}

/// One line of words.
fn parse_one_line(text: &str, example: &str) -> Result<String, InvalidValue> {
    let right = format!("one line of words, as in \"{example}\"");
    if text.trim().is_empty() {
        return Err(InvalidValue::new("is empty", right));
    }
    if text != text.trim() {
        return Err(InvalidValue::new(
            "begins or ends with a space",
            format!("write \"{}\"", redacted_excerpt(text.trim())),
        ));
    }
    if text.chars().any(breaks_line) {
        return Err(InvalidValue::new("has a line break or control character in it", right));
    }
    match text.chars().count() {
        0..=NAME_CHARS_MAX => Ok(text.to_owned()),
        count => {
            Err(InvalidValue::new(format!("is {count} characters long"), format!("at most {NAME_CHARS_MAX}")))
        }
    }
}

/// A host's name alone: `gitlab.com`. In lower case, as hosts are compared.
pub(crate) fn parse_host(text: &str) -> Result<String, InvalidValue> {
    let right = "a host's name alone, as in \"gitlab.com\"";
    let wrong = || InvalidValue::new(format!("`{}` is not a host name", redacted_excerpt(text)), right);
    let host = text.to_ascii_lowercase();
    if host.contains('.') && is_valid_host_name(&host) { Ok(host) } else { Err(wrong()) }
}

/// Whether that is a host's name, in ASCII, with dots or without. So is an IPv4 address.
pub(crate) fn is_valid_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= HOST_BYTES_MAX && text.split('.').all(is_label)
}

/// Whether a character would end a line, or do something unseen on it.
pub(crate) fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_with_its_unit() {
        for (text, millis) in
            [("500ms", 500), ("0s", 0), ("3s", 3000), ("10m", 600_000), ("1h 30m", 5_400_000), ("PT3S", 3000)]
        {
            assert_eq!(parse_duration(text).unwrap().as_millis(), millis, "{text}");
        }
        for text in ["", "3", "-3s", "3s ago", "soon", "3 fortnights", "99999999999999999999h"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
        assert_eq!(format_duration(Duration::from_secs(3)), "3s");
        assert_eq!(format_duration(Duration::from_mins(90)), "1h 30m");
    }

    #[test]
    fn a_time_of_many_days_may_be_written_in_days() {
        for (text, hours, written) in [
            ("90d", 2160, "90d"),
            ("12w", 2016, "84d"),
            ("36h", 36, "36h"),
            ("1d 12h", 36, "36h"),
            ("0d", 0, "0s"),
        ] {
            assert_eq!(parse_duration_in_days(text).unwrap(), Duration::from_hours(hours), "{text}");
            assert_eq!(format_days(Duration::from_hours(hours)), written);
        }
        for text in ["", "90", "-1d", "3 months", "1y", "9999999999d"] {
            assert!(parse_duration_in_days(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_host_stands_alone() {
        assert_eq!(parse_host("GitLab.com").unwrap(), "gitlab.com");
        for text in [
            "",
            "gitlab",
            "https://gitlab.com",
            "gitlab.com/",
            "gitlab.com:443",
            "-a.b",
            "a..b",
            "gïtlab.com",
        ] {
            assert!(parse_host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_line_or_its_comment() {
        assert!(parse_topic_or_list_name("Vision–Language, C++ & \"more\" <b> -> x - y").is_ok());
        for text in ["", " ", " a", "a ", "a\nb", "a\r", "a\u{2028}b", "a-->b", "a -- b", &"n".repeat(201)] {
            assert!(parse_topic_or_list_name(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_for_commands_is_not_taken_for_an_option() {
        assert_eq!(parse_name_usable_in_commands("lab -- mail").unwrap(), "lab -- mail");
        for text in ["-lab", "--all", "https://hooks", "", " a", "a\nb"] {
            assert!(parse_name_usable_in_commands(text).is_err(), "{text:?}");
        }
    }
}
