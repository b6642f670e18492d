//! The sections `[[source]]`: feeds that are read in addition to arXiv.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use reqwest::Url;

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::did_you_mean::parse_choice;
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::secret_location::{self, SecretConfigKeys, SecretError, SecretLocation};
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;
use crate::domain::{ARXIV_SOURCE, FeedItemKindsToKeep, Secret};
use crate::network::private_network_guard::AddressPolicy;

/// The keys of `[[source]]`.
pub(super) const SCHEMA: ConfigSectionSchema = ConfigSectionSchema {
    title: "[[source]]",
    keys: &["name", "kind", "url", "url_file", "url_env", "every", "keep", "allow_private"],
    secrets: &[],
};

/// The only kind so far.
const KIND: &str = "feed";

/// Where a feed's address is if it is a secret.
const URL: SecretConfigKeys = SecretConfigKeys {
    file: "url_file",
    variable: "url_env",
    hint: "the feed's address, as in url = \"https://www.example.org/feed.xml\"; if it is a secret, a file with it, \
           as in url_file = \"/etc/paperwire/feed-url\", or a variable, as in url_env = \"FEED_URL\"",
};

/// What is kept, if the file does not say.
const KEEP: &str = "papers";

/// To ask more often is a burden to the server, which seldom has anything new.
const EVERY_MIN: Duration = Duration::from_mins(15);

/// Feeds show their latest items only: what comes and goes between two polls is missed.
const EVERY_MAX: Duration = Duration::from_hours(30 * 24);

/// A feed that topics may take from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedConfig {
    /// The name that identifies the feed, and by which topics choose it.
    pub name: String,
    /// Where its address is.
    pub location: FeedLocation,
    /// How often it is asked; none if the feed itself decides.
    pub every: Option<Duration>,
    /// Which of its items are kept.
    pub keep: FeedItemKindsToKeep,
    /// Whether it, or a redirect, may lead to the loopback or a private network.
    pub allow_private: bool,
}

/// Where a feed's address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedLocation {
    /// In the configuration: http or https, without user, password and fragment.
    Plain(Url),
    /// Elsewhere, for who has it can read the feed.
    Secret(SecretLocation),
}

impl FeedLocation {
    /// The address, read now. One that comes from elsewhere may still be none.
    pub fn read(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Plain(url) => Ok(Secret::new(url.as_str())),
            Self::Secret(location) => location.read(),
        }
    }
}

/// The feeds of a file, and the names of all sources: a topic that names a source is right also if there is a mistake in
/// the source's own section.
#[derive(Debug)]
pub(super) struct ParsedSources {
    pub(super) feeds: Vec<FeedConfig>,
    pub(super) names: Vec<String>,
}

pub(super) fn read_source_sections(
    sections: &[ConfigTable],
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> ParsedSources {
    let mut names = vec![ARXIV_SOURCE.to_owned()];
    let mut seen = HashMap::new();
    let mut feeds: Vec<FeedConfig> = Vec::new();
    for section in sections {
        let name = read_unique_source_name(section, &mut seen, mistakes);
        names.extend(name.clone());
        let Some(feed) = read_source_section(section, name, folder, mistakes) else { continue };
        report_duplicate_feed_url(section, &feed, &feeds, mistakes);
        feeds.push(feed);
    }
    ParsedSources { feeds, names }
}

fn read_unique_source_name(
    section: &ConfigTable,
    seen: &mut HashMap<String, String>,
    mistakes: &mut Diagnostics,
) -> Option<String> {
    let right = "what topics call it, as in name = \"biorxiv\"";
    let name = section.required_value("name", right, parse_source_name, mistakes)?;
    if let Some(earlier) = seen.insert(name.to_lowercase(), name.clone()) {
        let words = format!("another source is named \"{}\" already", redacted_excerpt(&earlier));
        let wrong =
            InvalidValue::new(words, "a name of its own, not only in capitals: it is the source's identity");
        section.report_invalid("name", wrong, mistakes);
    }
    Some(name)
}

fn read_source_section(
    section: &ConfigTable,
    name: Option<String>,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<FeedConfig> {
    let right = format!("kind = \"{KIND}\", for RSS, Atom and JSON Feed alike");
    let kind = section.required_value("kind", &right, |text| parse_choice(text, &[(KIND, ())]), mistakes);
    let location = read_feed_location(section, folder, mistakes);
    let every = section.optional_value("every", parse_poll_interval, mistakes);
    let keep = section.value_or_default("keep", KEEP, parse_feed_items_to_keep, mistakes);
    let allow_private = section.boolean_value("allow_private", mistakes);
    if let (Some(FeedLocation::Plain(url)), Some(false)) = (&location, allow_private)
        && is_private_url(url)
    {
        let words = "leads to the loopback or into a private network";
        let right = "such an address is asked only with allow_private = true";
        section.report_invalid("url", InvalidValue::new(words, right), mistakes);
    }
    kind?;
    Some(FeedConfig { name: name?, location: location?, every, keep: keep?, allow_private: allow_private? })
}

/// The address itself, or the file or variable that holds it.
fn read_feed_location(
    section: &ConfigTable,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<FeedLocation> {
    if !secret_location::has_secret_location(section, URL) {
        let url = section.required_value("url", URL.hint, parse_url, mistakes);
        return url.map(FeedLocation::Plain);
    }
    if section.has_config_key("url") {
        let other = if section.has_config_key(URL.variable) { URL.variable } else { URL.file };
        let wrong = InvalidValue::error_hiding_value(format!("{other} is set too"), "write only one of them");
        section.report_invalid("url", wrong, mistakes);
    }
    secret_location::optional_secret_location(section, URL, folder, mistakes).map(FeedLocation::Secret)
}

/// One address is asked once, whichever topics use it.
fn report_duplicate_feed_url(
    section: &ConfigTable,
    feed: &FeedConfig,
    earlier: &[FeedConfig],
    mistakes: &mut Diagnostics,
) {
    let Some(twin) = earlier.iter().find(|other| other.location == feed.location) else { return };
    let key =
        ["url", URL.file, URL.variable].into_iter().find(|key| section.has_config_key(key)).unwrap_or("url");
    let words = format!("is the address of the source \"{}\" already", redacted_excerpt(&twin.name));
    let wrong =
        InvalidValue::error_hiding_value(words, "one source for each feed: any number of topics may name it");
    section.report_invalid(key, wrong, mistakes);
}

pub(super) fn parse_source_name(text: &str) -> Result<String, InvalidValue> {
    let name = value_parsers::parse_name_usable_in_commands(text)?;
    if name.eq_ignore_ascii_case(ARXIV_SOURCE) {
        return Err(InvalidValue::new(
            "is the name of arXiv itself, which needs no [[source]]",
            "a name of its own, as in \"biorxiv\"",
        ));
    }
    Ok(name)
}

/// A feed's address. No error shows it, for it may hold more than its writer thinks of.
pub(super) fn parse_url(text: &str) -> Result<Url, InvalidValue> {
    let wrong = |words: String| {
        Err(InvalidValue::error_hiding_value(words, "as in \"https://www.example.org/feed.xml\""))
    };
    let Ok(mut url) = Url::parse(text) else { return wrong("is not an address".to_owned()) };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("begins with neither http:// nor https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        let words = "has a user or password in it, and this file is no place for it";
        let right = format!("put the whole address into a file of its own and write {} = \"…\"", URL.file);
        return Err(InvalidValue::error_hiding_value(words, right));
    }
    url.set_fragment(None);
    Ok(url)
}

/// Whether an address is private, as far as its own text says. What its name leads to is looked at when it is asked.
pub(super) fn is_private_url(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    // Source: RFC 6761, section 6.3.
    let is_localhost = host == "localhost" || host.ends_with(".localhost");
    is_localhost || AddressPolicy::PublicOnly.check_url_host(url).is_err()
}

pub(super) fn parse_poll_interval(text: &str) -> Result<Duration, InvalidValue> {
    let every = value_parsers::parse_duration_in_days(text).map_err(|_| {
        let words = format!("`{}` is not a duration", redacted_excerpt(text));
        InvalidValue::new(words, "a number and its unit, as in \"30m\", \"6h\" or \"1d\"")
    })?;
    if (EVERY_MIN..=EVERY_MAX).contains(&every) {
        return Ok(every);
    }
    let words = if every < EVERY_MIN { "is too often" } else { "is too seldom" };
    let [least, most] = [EVERY_MIN, EVERY_MAX].map(value_parsers::format_days);
    Err(InvalidValue::new(words, format!("from {least} to {most}")))
}

pub(super) fn parse_feed_items_to_keep(text: &str) -> Result<FeedItemKindsToKeep, InvalidValue> {
    parse_choice(text, &[(KEEP, FeedItemKindsToKeep::Papers), ("all", FeedItemKindsToKeep::All)])
}
