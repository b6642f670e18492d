//! Changes to a configuration that a program makes: the file's comments, order and white space stay as a person wrote them.

use std::collections::{HashMap, VecDeque};
use std::path::Path;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::source::{self, FeedConfig, FeedLocation};
use super::{Config, ConfigError, parse_config_text};
use crate::config_table::diagnostic::InvalidValue;
use crate::config_table::excerpt::ConfigText;
use crate::config_table::value_parsers;
use crate::domain::{ARXIV_SOURCE, FeedItemKindsToKeep};

/// A feed that is to be added; its values are those of the section's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedSource {
    /// The source's name.
    pub name: String,
    /// The feed's address.
    pub url: String,
    /// What of it is kept; None leaves the key out.
    pub keep: Option<String>,
    /// How often it is polled; None leaves the key out.
    pub every: Option<String>,
    /// Whether it may be in a private network.
    pub allow_private: bool,
}

impl NewFeedSource {
    /// A source like one that there is; None if its address is a secret, which nobody is shown.
    pub fn from_config(feed: &FeedConfig) -> Option<Self> {
        let FeedLocation::Plain(url) = &feed.location else { return None };
        Some(Self {
            name: feed.name.clone(),
            url: url.to_string(),
            keep: match feed.keep {
                FeedItemKindsToKeep::Papers => None,
                FeedItemKindsToKeep::All => Some("all".to_owned()),
            },
            every: feed.every.map(value_parsers::format_days),
            allow_private: feed.allow_private,
        })
    }

    /// Looks at each value as the configuration's reader would; an error says what is wrong with which, and what would be
    /// right.
    pub fn validate_feed_source(&self) -> Result<(), ConfigEditError> {
        let url = source::parse_url(&self.url).map_err(|invalid| value_error("url", &invalid))?;
        if !self.allow_private && source::is_private_url(&url) {
            let words = "its address leads to the loopback or into a private network".to_owned();
            return Err(ConfigEditError(words));
        }
        source::parse_source_name(&self.name).map_err(|invalid| value_error("name", &invalid))?;
        if let Some(every) = &self.every {
            source::parse_poll_interval(every).map_err(|invalid| value_error("every", &invalid))?;
        }
        if let Some(keep) = &self.keep {
            source::parse_feed_items_to_keep(keep).map_err(|invalid| value_error("keep", &invalid))?;
        }
        Ok(())
    }
}

fn value_error(key: &str, invalid: &InvalidValue) -> ConfigEditError {
    ConfigEditError(format!("its {key} {}: {}", invalid.message, invalid.hint))
}

/// A configuration's text that is being changed.
#[derive(Debug)]
pub struct ConfigEdit {
    document: DocumentMut,
    /// The text as it was.
    original: String,
}

/// The mark of the encoding, which TOML allows before a text.
const MARK: &str = "\u{feff}";

/// Why a configuration is not changed, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigEditError(String);

impl ConfigEdit {
    /// Reads the text of a configuration that could be loaded.
    pub fn new(text: &str) -> Result<Self, ConfigEditError> {
        let document = text
            .strip_prefix(MARK)
            .unwrap_or(text)
            .parse()
            .map_err(|error: toml_edit::TomlError| ConfigEditError(error.message().to_owned()))?;
        Ok(Self { document, original: text.to_owned() })
    }

    /// Adds a section `[[source]]` behind those that are there, or at the end.
    pub fn add_source(&mut self, source: &NewFeedSource) -> Result<(), ConfigEditError> {
        let sections =
            self.document.entry("source").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let sections = sections.as_array_of_tables_mut().ok_or_else(|| inline_section_error("source"))?;
        let mut section = Table::new();
        section.decor_mut().set_prefix("\n");
        section.insert("name", value(source.name.as_str()));
        section.insert("kind", value("feed"));
        section.insert("url", value(source.url.as_str()));
        for (key, text) in [("keep", &source.keep), ("every", &source.every)] {
            if let Some(text) = text {
                section.insert(key, value(text.as_str()));
            }
        }
        if source.allow_private {
            section.insert("allow_private", value(true));
        }
        sections.push(section);
        Ok(())
    }

    /// Lets a topic of that name take papers from a source too.
    pub fn add_topic_source(&mut self, topic: &str, source: &str) -> Result<(), ConfigEditError> {
        let sections = self.document.get_mut("topic").and_then(Item::as_array_of_tables_mut);
        let mut sections = sections.ok_or_else(|| inline_section_error("topic"))?.iter_mut();
        let section = sections.find(|section| section.get("name").and_then(Item::as_str) == Some(topic));
        let section = section.ok_or_else(|| ConfigEditError(format!("it has no topic \"{topic}\"")))?;
        match section.get_mut("sources").and_then(Item::as_array_mut) {
            Some(sources) => append_to_toml_array(sources, source),
            None => {
                section.insert("sources", value(Array::from_iter([ARXIV_SOURCE, source])));
            }
        }
        Ok(())
    }

    /// The text as it is now, if it is a configuration; an error names what would be wrong in the file.
    pub fn finish(self, file: &Path) -> Result<(String, Config), ConfigError> {
        let (mark, original) =
            self.original.strip_prefix(MARK).map_or(("", &*self.original), |text| (MARK, text));
        let text = restore_line_endings(original, &self.document.to_string());
        let config =
            parse_config_text(&ConfigText::new(file.display().to_string(), text.clone()), Some(file))?;
        Ok((format!("{mark}{text}"), config))
    }
}

/// The text with its lines ending as they did, which toml_edit writes all alike; a new line ends as the one before it.
fn restore_line_endings(original: &str, text: &str) -> String {
    let words_length = |line: &str| line.trim_end_matches(['\r', '\n']).len();
    let mut known: HashMap<&str, VecDeque<&str>> = HashMap::new();
    for line in original.split_inclusive('\n') {
        let (words, end) = line.split_at(words_length(line));
        known.entry(words).or_default().push_back(end);
    }
    let mut last_end = "\n";
    let mut ended = String::with_capacity(original.len());
    for line in text.split_inclusive('\n') {
        let (words, end) = line.split_at(words_length(line));
        let known_end = known.get_mut(words).and_then(VecDeque::pop_front);
        last_end = known_end.filter(|known| !known.is_empty()).unwrap_or(last_end);
        ended.extend([words, if end.is_empty() { "" } else { last_end }]);
    }
    ended
}

fn inline_section_error(section: &str) -> ConfigEditError {
    ConfigEditError(format!("its `{section}` is written in one line; write it as [[{section}]]"))
}

/// Adds an element on a line of its own if the last one is on one. A comment behind that one stays behind it.
fn append_to_toml_array(array: &mut Array, element: &str) {
    let Some(last) = array.len().checked_sub(1).and_then(|at| array.get_mut(at)) else {
        return array.push(element);
    };
    let prefix = last.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let Some((_, indent)) = prefix.rsplit_once('\n').map(|(before, indent)| (before, indent.to_owned()))
    else {
        return array.push(element);
    };
    let suffix = last.decor().suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().to_owned();
    last.decor_mut().set_suffix("");
    let behind = suffix + array.trailing().as_str().unwrap_or_default();
    let (comment, rest) = behind.split_once('\n').unwrap_or(("", &behind));
    let mut new = Value::from(element);
    new.decor_mut().set_prefix(format!("{comment}\n{indent}"));
    array.push_formatted(new);
    array.set_trailing_comma(true);
    array.set_trailing(format!("\n{rest}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Ours.\nstate = \"a.db\" # the history\n\n[arxiv]\ncontact = \"ada@example.org\"\n\n[[topic]]  # birds\n\
                        name = \"Birds\"\nquery = 'ti:birds'\n\n# Bees, too.\n[[topic]]\nname = \"Bees\"\nquery = 'ti:bees'\n\
                        sources = [\n    \"arxiv\", # all\n]\n";

    fn source(name: &str) -> NewFeedSource {
        NewFeedSource {
            name: name.to_owned(),
            url: format!("https://www.example.org/{name}.xml"),
            keep: None,
            every: None,
            allow_private: false,
        }
    }

    fn edited_config_text(text: &str, change: impl FnOnce(&mut ConfigEdit)) -> String {
        let mut edit = ConfigEdit::new(text).unwrap();
        change(&mut edit);
        edit.finish(Path::new("paperwire.toml")).unwrap().0
    }

    #[test]
    fn a_source_is_added_and_all_else_stays() {
        let section =
            "\n[[source]]\nname = \"lab\"\nkind = \"feed\"\nurl = \"https://www.example.org/lab.xml\"\n";
        let one = edited_config_text(TEXT, |edit| edit.add_source(&source("lab")).unwrap());
        assert_eq!(one, format!("{TEXT}{section}"));
        let other = NewFeedSource { keep: Some("all".into()), every: Some("6h".into()), ..source("other") };
        let two = edited_config_text(&one, |edit| edit.add_source(&other).unwrap());
        let added = "\n[[source]]\nname = \"other\"\nkind = \"feed\"\nurl = \"https://www.example.org/other.xml\"\nkeep = \"all\"\n\
                     every = \"6h\"\n";
        assert_eq!(two, format!("{one}{added}"));
    }

    #[test]
    fn a_file_keeps_its_mark_and_the_ends_of_its_lines() {
        let change = |edit: &mut ConfigEdit| {
            edit.add_source(&source("lab")).unwrap();
            edit.add_topic_source("Birds", "lab").unwrap();
            edit.add_topic_source("Bees", "lab").unwrap();
        };
        let expected = edited_config_text(TEXT, change);
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{TEXT}");
            assert_eq!(edited_config_text(&text, change), format!("{mark}{expected}"));
            let text = text.replace('\n', "\r\n");
            assert_eq!(edited_config_text(&text, change), format!("{mark}{expected}").replace('\n', "\r\n"));
        }
        let mixed = TEXT.replacen('\n', "\r\n", 3);
        assert_eq!(edited_config_text(&mixed, change), expected.replacen('\n', "\r\n", 3));
    }

    #[test]
    fn a_topic_takes_a_source_too_in_the_shape_that_its_line_has() {
        let text = edited_config_text(TEXT, |edit| {
            edit.add_source(&source("lab")).unwrap();
            edit.add_topic_source("Birds", "lab").unwrap();
            edit.add_topic_source("Bees", "lab").unwrap();
        });
        assert!(
            text.contains("query = 'ti:birds'\nsources = [\"arxiv\", \"lab\"]\n\n# Bees, too.\n"),
            "{text}"
        );
        assert!(text.contains("sources = [\n    \"arxiv\", # all\n    \"lab\",\n]\n"), "{text}");
        let bare = TEXT.replace("\"arxiv\", # all\n", "\"arxiv\" # all\n    # and no more\n");
        let bare = edited_config_text(&bare, |edit| {
            edit.add_source(&source("lab")).unwrap();
            edit.add_topic_source("Bees", "lab").unwrap();
        });
        let array = "sources = [\n    \"arxiv\", # all\n    \"lab\",\n    # and no more\n]\n";
        assert!(bare.contains(array), "{bare}");
        let text = edited_config_text(&text, |edit| {
            edit.add_source(&source("next")).unwrap();
            edit.add_topic_source("Birds", "next").unwrap();
        });
        assert!(text.contains("sources = [\"arxiv\", \"lab\", \"next\"]\n"), "{text}");
    }

    #[test]
    fn what_would_be_wrong_is_not_written() {
        let mut edit = ConfigEdit::new(TEXT).unwrap();
        edit.add_source(&source("arxiv")).unwrap();
        let error = edit.finish(Path::new("paperwire.toml")).unwrap_err().to_string();
        assert!(error.contains("is the name of arXiv itself"), "{error}");
        let mut edit = ConfigEdit::new(TEXT).unwrap();
        assert!(edit.add_topic_source("Fish", "lab").is_err());
        let mut edit = ConfigEdit::new("source = [{name = 'x'}]\n").unwrap();
        let error = edit.add_source(&source("lab")).unwrap_err().to_string();
        assert!(error.contains("write it as [[source]]"), "{error}");
    }
}
