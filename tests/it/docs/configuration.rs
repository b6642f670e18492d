//! Every key of a configuration, and every example of one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Document, DocumentedRow, all_documents};
use crate::support::program_command::{config_folder, program_command, run_for_stdout, stderr_text};

/// The page that has all keys.
const PAGE: &str = "docs/configuration.md";

/// A key that no section has; the program answers it with those that it has.
const NO_KEY: &str = "zzqqzzqq";

/// The kinds of sinks that the configuration below does not have; each has keys of its own.
const OTHER_SINK_KINDS: [&str; 5] = ["email", "slack", "discord", "webhook", "ntfy"];

/// A configuration with that key in each section.
const EACH_SECTION: &str = "zzqqzzqq = 1
[arxiv]
contact = \"you@example.org\"
zzqqzzqq = 1
[http]
listen = \"127.0.0.1:8717\"
zzqqzzqq = 1
[[topic]]
name = \"Birds\"
query = \"ti:bird\"
zzqqzzqq = 1
[[source]]
name = \"journal\"
kind = \"feed\"
url = \"https://www.example.org/feed.xml\"
zzqqzzqq = 1
[[list]]
file = \"birds.md\"
zzqqzzqq = 1
[[sink]]
name = \"box\"
kind = \"maildir\"
path = \"box\"
zzqqzzqq = 1
[[subscription]]
sink = \"box\"
when = \"now\"
zzqqzzqq = 1
[operator]
sink = \"box\"
zzqqzzqq = 1
";

/// The keys of each section, by the section's title; that of the top of the file is empty.
type KeysBySection = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_key_is_documented_in_its_section_and_no_other_key_is() {
    let (known, documented) = (known_keys(), documented_keys());
    for (section, keys) in &known {
        assert_eq!(documented.get(section), Some(keys), "{section:?}");
    }
    assert_eq!(documented.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>());
}

#[test]
fn every_documented_example_is_one_that_the_program_takes() {
    let mut examples = 0;
    for document in all_documents() {
        for block in document.code_blocks().iter().filter(|block| block.language == "toml") {
            assert_is_taken(&document.path, &block.text);
            examples += 1;
        }
    }
    assert!(examples > 5, "the examples are where this test looks");
}

#[test]
fn the_readmes_recipes_fit_together() {
    let blocks = Document::read("README.md").code_blocks();
    let recipes = blocks.iter().filter(|block| block.language == "toml").map(|block| block.text.as_str());
    assert_is_taken("README.md", &recipes.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_documented_default_is_the_default() {
    let defaults = documented_defaults();
    assert!(defaults.values().flat_map(|lines| lines.lines()).count() > 12, "{defaults:?}");
    let explained = |config: &str| {
        let folder = config_folder();
        std::fs::write(folder.path().join("paperwire.toml"), config).unwrap();
        run_for_stdout(folder.path(), &["check", "--json", "--now", "2025-03-26T08:00:00Z"])
    };
    let with_defaults = |section: &str| defaults.get(section).map_or("", String::as_str);
    assert_eq!(explained(&config_with(with_defaults)), explained(&config_with(|_| "")));
}

/// A configuration with more lines in each section.
fn config_with<'l>(lines: impl Fn(&str) -> &'l str) -> String {
    EACH_SECTION
        .split_inclusive(&format!("{NO_KEY} = 1\n"))
        .map(|section| {
            let title = section.lines().next().filter(|line| line.starts_with('[')).unwrap_or_default();
            section.replace(&format!("{NO_KEY} = 1\n"), lines(title))
        })
        .collect()
}

/// The defaults in the page's tables, as lines of each section.
fn documented_defaults() -> BTreeMap<String, String> {
    let mut defaults = BTreeMap::<String, String>::new();
    for row in Document::read(PAGE).table_rows().iter().filter(|row| row.head == "key") {
        let value = row.cells[2].strip_prefix('`').and_then(|value| value.strip_suffix('`'));
        let line = value.map(|value| format!("{} = {value}\n", row.first_cell_names()[0]));
        let line = line.filter(|line| line.parse::<toml::Table>().is_ok());
        defaults.entry(section_of(row).to_owned()).or_default().extend(line);
    }
    defaults
}

/// The keys that the program names if it meets one that it does not know.
fn known_keys() -> KeysBySection {
    let sinks = OTHER_SINK_KINDS
        .map(|kind| format!("[[sink]]\nname = \"{kind}\"\nkind = \"{kind}\"\n{NO_KEY} = 1\n"));
    let mut known = KeysBySection::new();
    for config in std::iter::once(EACH_SECTION).chain(sinks.iter().map(String::as_str)) {
        let folder = config_folder();
        std::fs::write(folder.path().join("paperwire.toml"), config).unwrap();
        let refused = stderr_text(&program_command(folder.path(), &["check"]).output().unwrap());
        let mut mistakes = 0;
        for mistake in refused.split("\n\n") {
            // What else a sink lacks is reported as well.
            let Some((place, _)) = mistake.split_once(&format!("unknown key `{NO_KEY}`")) else { continue };
            let (_, keys) = mistake.split_once("known keys are ").unwrap();
            let section = place.split_whitespace().find(|word| word.starts_with('[')).unwrap_or_default();
            let keys = keys.trim_end().split(", ").map(|key| key.trim_matches('`'));
            let keys = keys.filter(|key| !key.starts_with('[')).map(str::to_owned);
            known.entry(section.trim_end_matches(':').to_owned()).or_default().extend(keys);
            mistakes += 1;
        }
        assert_eq!(mistakes, config.matches(NO_KEY).count(), "{refused}");
    }
    known
}

/// The keys in the tables of the page, by the sections that its headings name.
fn documented_keys() -> KeysBySection {
    let mut documented = KeysBySection::new();
    for row in Document::read(PAGE).table_rows().iter().filter(|row| row.head.starts_with("key")) {
        documented.entry(section_of(row).to_owned()).or_default().extend(row.first_cell_names());
    }
    documented
}

/// The section that the heading above a row names; that of the top of the file is empty.
fn section_of(row: &DocumentedRow) -> &str {
    let heading = row.heading.trim_matches('`');
    if heading.starts_with('[') { heading } else { "" }
}

/// The example is a part of a configuration: what it needs and does not say is put behind it.
fn assert_is_taken(path: &str, example: &str) {
    let table: toml::Table = example.parse().unwrap_or_else(|error| panic!("{path}: {error}\n{example}"));
    let mut config = example.to_owned();
    if !table.contains_key("arxiv") {
        config += "\n[arxiv]\ncontact = \"you@example.org\"\n";
    }
    if !table.contains_key("topic") {
        config += "\n[[topic]]\nname = \"Image Classification\"\nquery = \"ti:image\"\n";
    }
    for sink in missing_sinks(&table) {
        write!(config, "\n[[sink]]\nname = \"{sink}\"\nkind = \"maildir\"\npath = \"{sink}\"\n").unwrap();
    }
    let folder = config_folder();
    std::fs::write(folder.path().join("paperwire.toml"), &config).unwrap();
    let done = program_command(folder.path(), &["check"]).output().unwrap();
    // It ends with 1 if a secret cannot be read, as here none can.
    let is_taken = matches!(done.status.code(), Some(0 | 1));
    assert!(is_taken, "{path}:\n{config}\n{}", stderr_text(&done));
}

/// The sinks that the example speaks of and does not have.
fn missing_sinks(example: &toml::Table) -> BTreeSet<String> {
    let named = |section: &str, key: &str| -> Vec<String> {
        let sections = example.get(section).map(|section| match section {
            toml::Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        });
        let values =
            sections.into_iter().flatten().filter_map(|one| Some(one.get(key)?.as_str()?.to_owned()));
        values.collect()
    };
    let there = named("sink", "name");
    let wanted = named("subscription", "sink").into_iter().chain(named("operator", "sink"));
    wanted.filter(|sink| !there.contains(sink)).collect()
}
