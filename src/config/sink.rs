//! The sections `[[sink]]`: where messages go. Which kinds there are, and what each of them has in its section, is
//! the sinks' own.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::did_you_mean::parse_choice;
use crate::config_table::excerpt::redacted_excerpt;
use crate::config_table::section_keys::ConfigSectionSchema;
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;
use crate::sink::{SINK_KIND_DEFINITIONS, SinkConfigContext, SinkKindConfig, SinkKindDefinition};

/// The keys that every sink has.
const COMMON_KEYS: [&str; 2] = ["name", "kind"];

/// The keys of `[[sink]]`, whatever its kind.
pub(super) static SCHEMA: LazyLock<ConfigSectionSchema> = LazyLock::new(|| {
    let keys = SINK_KIND_DEFINITIONS.iter().flat_map(|one| one.schema.keys.iter().copied());
    let secrets = SINK_KIND_DEFINITIONS.iter().flat_map(|one| one.schema.secrets.iter().copied());
    // Made once, for as long as the program runs.
    ConfigSectionSchema {
        title: "[[sink]]",
        keys: without_duplicates(COMMON_KEYS.into_iter().chain(keys)).leak(),
        secrets: without_duplicates(secrets).leak(),
    }
});

/// One configured destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkConfig {
    /// The name that identifies the sink.
    pub name: String,
    /// What it is, and how it is reached.
    pub kind: SinkKindConfig,
}

/// The sinks of a file, and all their names: a section that names a sink is right also if there is a mistake in the
/// sink's own section.
#[derive(Debug)]
pub(super) struct ParsedSinks {
    pub(super) sinks: Vec<SinkConfig>,
    pub(super) names: Vec<String>,
}

/// The sections of all sinks. Each knows its own kind's keys, and which would put a secret into the file.
pub(super) fn read_sink_sections<'t>(
    root: &ConfigTable<'t>,
    mistakes: &mut Diagnostics,
) -> Vec<ConfigTable<'t>> {
    let sections = root.array_of_tables("sink", &SCHEMA, &["name"], mistakes).into_iter();
    let with_forbidden_secret_keys = |section: ConfigTable<'t>| {
        let kind =
            SINK_KIND_DEFINITIONS.iter().find(|one| section.string_value("kind") == Some(one.schema.kind));
        let Some(kind) = kind else { return section };
        let fit = COMMON_KEYS.into_iter().chain(kind.schema.keys.iter().copied()).collect();
        section.with_forbidden_secret_keys(kind.schema.secrets).with_kind_keys(fit)
    };
    sections.map(with_forbidden_secret_keys).collect()
}

pub(super) fn read_sink_configs(
    sections: &[ConfigTable],
    context: &SinkConfigContext,
    mistakes: &mut Diagnostics,
) -> ParsedSinks {
    let mut names = Vec::new();
    let mut seen = HashMap::new();
    let sinks = sections
        .iter()
        .filter_map(|section| {
            let name = read_unique_sink_name(section, &mut seen, mistakes);
            names.extend(name.clone());
            let kind = read_sink_kind(section, context, mistakes);
            Some(SinkConfig { name: name?, kind: kind? })
        })
        .collect();
    ParsedSinks { sinks, names }
}

fn read_unique_sink_name(
    section: &ConfigTable,
    seen: &mut HashMap<String, String>,
    mistakes: &mut Diagnostics,
) -> Option<String> {
    let right = "what its subscriptions and commands call it, as in name = \"lab\"";
    let name =
        section.required_value("name", right, value_parsers::parse_name_usable_in_commands, mistakes)?;
    if let Some(earlier) = seen.insert(name.to_lowercase(), name.clone()) {
        let words = format!("another sink is named \"{}\" already", redacted_excerpt(&earlier));
        let wrong =
            InvalidValue::new(words, "a name of its own, not only in capitals: it is the sink's identity");
        section.report_invalid("name", wrong, mistakes);
    }
    Some(name)
}

fn read_sink_kind(
    section: &ConfigTable,
    context: &SinkConfigContext,
    mistakes: &mut Diagnostics,
) -> Option<SinkKindConfig> {
    let words: Vec<(&str, &SinkKindDefinition)> =
        SINK_KIND_DEFINITIONS.iter().map(|one| (one.schema.kind, one)).collect();
    let right = format!("one of {}", quote_sink_kinds(&SINK_KIND_DEFINITIONS.each_ref()).join(", "));
    let kind = section.required_value("kind", &right, |text| parse_choice(text, &words), mistakes)?;
    report_inapplicable_keys(section, kind, mistakes);
    (kind.read)(section, context, mistakes)
}

/// A key of another kind of sink would do nothing here.
fn report_inapplicable_keys(section: &ConfigTable, kind: &SinkKindDefinition, mistakes: &mut Diagnostics) {
    let fit: Vec<&str> = COMMON_KEYS.into_iter().chain(kind.schema.keys.iter().copied()).collect();
    let wrong = |key: &str| {
        let homes: Vec<&SinkKindDefinition> =
            SINK_KIND_DEFINITIONS.iter().filter(|one| one.schema.keys.contains(&key)).collect();
        let words = format!("`{key}` means nothing for a sink of kind \"{}\"", kind.schema.kind);
        let homes = quote_sink_kinds(&homes).join(" or ");
        InvalidValue::new(
            words,
            format!("it belongs to a sink of kind {homes}; this section may have {}", fit.join(", ")),
        )
    };
    section.report_inapplicable_keys(&fit, wrong, mistakes);
}

fn quote_sink_kinds(kinds: &[&SinkKindDefinition]) -> Vec<String> {
    kinds.iter().map(|one| format!("\"{}\"", one.schema.kind)).collect()
}

fn without_duplicates<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}
