//! The section `[arxiv]`: how arXiv is asked.

use std::time::Duration;

use reqwest::Url;

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::excerpt::ShowablePartOfLine;
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;
use crate::domain::{ARXIV_POLICY, Crontab, is_arxiv_host};

/// The keys of `[arxiv]`.
pub(super) const SCHEMA: ConfigSectionSchema = ConfigSectionSchema {
    title: "[arxiv]",
    keys: &["contact", "poll", "url", "pace", "patience", "page"],
    secrets: &[],
};

/// arXiv's own address for programs. Source: <https://info.arxiv.org/help/api/user-manual.html>.
const URL: &str = "https://export.arxiv.org/api/query";

/// When to poll: four times a day, off the full hour, when everybody else does.
const POLL: &str = "15 */6 * * *";

/// Time between two requests. Source: <https://info.arxiv.org/help/api/tou.html>.
const PACE: &str = "3s";

/// A longer pace would not end one poll of a few pages within a day.
const PACE_MAX: Duration = Duration::from_hours(1);

/// One poll's time, all in all.
const PATIENCE: &str = "10m";

/// A poll that takes longer than a day is not worth waiting for.
const PATIENCE_MAX: Duration = Duration::from_hours(24);

/// Results asked for in one request.
const PAGE: u32 = 200;

/// The most that arXiv gives in one answer. Source: <https://info.arxiv.org/help/api/user-manual.html>, section 3.1.1.2.
const PAGE_MAX: u32 = 2000;

/// Longest contact, so that the User-Agent stays one that a server accepts.
const CONTACT_CHARS_MAX: usize = 200;

/// How arXiv is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArxivConfig {
    /// Whom arXiv may write to about our requests: an address or a page. Printable ASCII.
    pub contact: String,
    /// When to poll, in UTC. Binds the daemon only.
    pub poll: Crontab,
    /// Where to ask: http or https, without user, query and fragment.
    pub url: Url,
    /// Time between two requests; at least what arXiv's terms name if the url is arXiv's own.
    pub pace: Duration,
    /// One poll's time whole: waits, retries and the request in flight.
    pub patience: Duration,
    /// Results asked for in one request, 1 to 2000.
    pub page: u32,
}

pub(super) fn read_arxiv_section(section: &ConfigTable, mistakes: &mut Diagnostics) -> Option<ArxivConfig> {
    let right = "your mail address or a page about you, as arXiv asks: contact = \"you@example.org\"";
    let contact = section.required_value("contact", right, parse_contact, mistakes);
    let poll = section.value_or_default("poll", POLL, parse_crontab, mistakes);
    let url = section.value_or_default("url", URL, parse_url, mistakes);
    let pace = section.value_or_default("pace", PACE, parse_pace, mistakes);
    let patience = section.value_or_default("patience", PATIENCE, parse_patience, mistakes);
    let results = section.bounded_number("page", PAGE, 1..=PAGE_MAX, mistakes);
    if let (Some(url), Some(pace)) = (&url, &pace) {
        check_arxiv_pace(section, url, *pace, mistakes);
    }
    Some(ArxivConfig {
        contact: contact?,
        poll: poll?,
        url: url?,
        pace: pace?,
        patience: patience?,
        page: results?,
    })
}

fn check_arxiv_pace(section: &ConfigTable, url: &Url, pace: Duration, mistakes: &mut Diagnostics) {
    if pace >= ARXIV_POLICY.pace_min || !url.host_str().is_some_and(is_arxiv_host) {
        return;
    }
    let least = value_parsers::format_duration(ARXIV_POLICY.pace_min);
    let words =
        format!("{} between requests is less than arXiv's terms allow", value_parsers::format_duration(pace));
    let right = format!("at least {least}; only for a `url` that is not arXiv's own may it be less");
    section.report_invalid("pace", InvalidValue::new(words, right), mistakes);
}

fn parse_contact(text: &str) -> Result<String, InvalidValue> {
    let right = "a mail address or a page, as in \"you@example.org\"";
    if text.trim().is_empty() {
        return Err(InvalidValue::new("is empty", right));
    }
    if let Some(at) = text.chars().position(|c| !(c == ' ' || c.is_ascii_graphic())) {
        let words = "goes into a request header, which takes no line break, control or non-ASCII character";
        return Err(InvalidValue { char_index: Some(at), ..InvalidValue::new(words, right) });
    }
    match text.len() {
        0..=CONTACT_CHARS_MAX => Ok(text.trim().to_owned()),
        count => Err(InvalidValue::new(
            format!("is {count} characters long"),
            format!("at most {CONTACT_CHARS_MAX}"),
        )),
    }
}

fn parse_crontab(text: &str) -> Result<Crontab, InvalidValue> {
    let right = format!("as in \"{POLL}\", four times a day");
    Crontab::parse(text).map_err(|bad| InvalidValue::new(bad.to_string(), right))
}

fn parse_url(text: &str) -> Result<Url, InvalidValue> {
    let shown = if text.contains(['@', '?']) {
        ShowablePartOfLine::UpToCaret
    } else {
        ShowablePartOfLine::MaskedLine
    };
    let wrong = |words: &str| {
        Err(InvalidValue { visibility: shown, ..InvalidValue::new(words, format!("as in \"{URL}\"")) })
    };
    let Ok(url) = Url::parse(text) else { return wrong("is not an address") };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong(&format!("begins with `{}:`, not http: or https:", redacted_excerpt(url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("has a user or password in it; an address here is shown in logs, so take them out");
    }
    if url.query().is_some() {
        return wrong("has a `?` in it; the query is added to it");
    }
    if url.fragment().is_some() {
        return wrong("has a `#` in it, which no server gets to see");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return wrong("has no host");
    }
    Ok(url)
}

fn parse_pace(text: &str) -> Result<Duration, InvalidValue> {
    let pace = value_parsers::parse_duration(text)?;
    if pace <= PACE_MAX {
        return Ok(pace);
    }
    Err(InvalidValue::new("is too long", format!("at most {}", value_parsers::format_duration(PACE_MAX))))
}

fn parse_patience(text: &str) -> Result<Duration, InvalidValue> {
    let patience = value_parsers::parse_duration(text)?;
    if !patience.is_zero() && patience <= PATIENCE_MAX {
        return Ok(patience);
    }
    let words = if patience.is_zero() { "is no time at all" } else { "is too long" };
    Err(InvalidValue::new(
        words,
        format!("more than 0s and at most {}", value_parsers::format_duration(PATIENCE_MAX)),
    ))
}
