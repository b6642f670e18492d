//! One section of the file as TOML gives it: its keys, taken one by one, each mistake noted.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::diagnostic::{Diagnostics, InvalidValue};
use super::did_you_mean::{is_url, nearest_name};
use super::excerpt::{ShowablePartOfLine, redacted_excerpt};
use super::section_keys::ConfigSectionSchema;

/// How many sections of one kind there may be: far more than one process can poll within arXiv's pace.
const SECTIONS_MAX: usize = 1000;

/// How many texts one key may list.
const TEXTS_MAX: usize = 1000;

/// One section of the file; it has no keys if the file does not have the section.
#[derive(Debug)]
pub(crate) struct ConfigTable<'t> {
    schema: &'static ConfigSectionSchema,
    title: String,
    span: Option<Range<usize>>,
    table: Option<&'t DeTable<'t>>,
    /// Keys whose value would be a secret here, before those of the schema.
    secrets: &'static [(&'static str, &'static str)],
    /// Of the schema's keys those that fit together here; empty if all do.
    kind_keys: Vec<&'static str>,
}

impl<'t> ConfigTable<'t> {
    /// The top of the file.
    pub(crate) fn root_table(schema: &'static ConfigSectionSchema, table: &'t DeTable<'t>) -> Self {
        Self {
            schema,
            title: String::new(),
            span: None,
            table: Some(table),
            secrets: &[],
            kind_keys: Vec::new(),
        }
    }

    /// The section `[key]` of this one; one without keys if there is none.
    pub(crate) fn subtable(
        &self,
        key: &str,
        kind: &'static ConfigSectionSchema,
        mistakes: &mut Diagnostics,
    ) -> Self {
        let given = self.get_value(key);
        let table = given.and_then(|value| value.get_ref().as_table());
        if let (Some(value), None) = (given, table) {
            let words = format!("{} may be here once, as a section", kind.title);
            mistakes.add(Some(value.span()), "", InvalidValue::new(words, format!("write {}", kind.title)));
        }
        Self {
            schema: kind,
            title: kind.title.to_owned(),
            span: given.map(Spanned::span),
            table,
            secrets: &[],
            kind_keys: Vec::new(),
        }
    }

    /// All sections `[[key]]` of this one, each titled by its first text among `names`.
    pub(crate) fn array_of_tables(
        &self,
        key: &str,
        kind: &'static ConfigSectionSchema,
        names: &[&str],
        mistakes: &mut Diagnostics,
    ) -> Vec<Self> {
        let Some(given) = self.get_value(key) else { return Vec::new() };
        let tables: Option<Vec<_>> = given.get_ref().as_array().and_then(|array| {
            array.iter().map(|element| Some((element.span(), element.get_ref().as_table()?))).collect()
        });
        let Some(mut tables) = tables else {
            let wrong = InvalidValue::new(
                format!("`{key}` is not a list of sections"),
                format!("write {}, with two brackets", kind.title),
            );
            mistakes.add(Some(given.span()), "", wrong);
            return Vec::new();
        };
        if tables.len() > SECTIONS_MAX {
            let wrong = InvalidValue::new(
                format!("there are {} of them", tables.len()),
                format!("at most {SECTIONS_MAX}"),
            );
            mistakes.add(tables.first().map(|(span, _)| span.clone()), kind.title, wrong);
            tables.truncate(SECTIONS_MAX);
        }
        let section = |(number, (span, table)): (usize, (Range<usize>, &'t DeTable<'t>))| Self {
            schema: kind,
            title: format!("{} {}", kind.title, config_section_title(table, names, number)),
            span: Some(span),
            table: Some(table),
            secrets: &[],
            kind_keys: Vec::new(),
        };
        tables.into_iter().enumerate().map(section).collect()
    }

    /// The section with more keys whose value would be a secret; they go before those of the schema.
    pub(crate) fn with_forbidden_secret_keys(self, secrets: &'static [(&'static str, &'static str)]) -> Self {
        Self { secrets, ..self }
    }

    /// The section, of whose keys only these fit together here.
    pub(crate) fn with_kind_keys(self, kind_keys: Vec<&'static str>) -> Self {
        Self { kind_keys, ..self }
    }

    /// The text of a key, unparsed; nothing if its value is not a text.
    pub(crate) fn string_value(&self, key: &str) -> Option<&'t str> {
        self.get_value(key)?.get_ref().as_str()
    }

    /// Notes each key that this kind of section does not have, with the one that may be meant.
    pub(crate) fn report_unknown_keys(&self, all: &[&ConfigSectionSchema], mistakes: &mut Diagnostics) {
        for key in self.unknown_keys() {
            let name = redacted_excerpt(key.get_ref());
            let wrong = match self.secret_setting_base_name(key.get_ref()) {
                Some(stem) => InvalidValue::new(
                    format!("`{name}` would put a secret into this file"),
                    format!(
                        "put it into a file of its own and write {stem}_file = \"…\", or into an environment \
                         variable and write {stem}_env = \"…\""
                    ),
                ),
                None => InvalidValue::new(
                    format!("unknown key `{name}`"),
                    self.schema.suggest_key(key.get_ref(), self.fitting_keys(), all),
                ),
            };
            mistakes.add(
                Some(key.span()),
                &self.title,
                InvalidValue { visibility: ShowablePartOfLine::KeyOnly, ..wrong },
            );
        }
    }

    /// Notes each known key that is not among those that go together here.
    pub(crate) fn report_inapplicable_keys(
        &self,
        fit: &[&str],
        wrong: impl Fn(&str) -> InvalidValue,
        mistakes: &mut Diagnostics,
    ) {
        let keys = self.table.into_iter().flat_map(DeTable::keys);
        let is_unfit = |key: &str| self.schema.keys.contains(&key) && !fit.contains(&key);
        for key in keys.filter(|key| is_unfit(key.get_ref())) {
            let wrong = InvalidValue { visibility: ShowablePartOfLine::KeyOnly, ..wrong(key.get_ref()) };
            mistakes.add(Some(key.span()), &self.title, wrong);
        }
    }

    /// The value of a string key that must be there.
    pub(crate) fn required_value<T>(
        &self,
        key: &str,
        right: &str,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
        mistakes: &mut Diagnostics,
    ) -> Option<T> {
        let is_misshapen = self.table.is_none() && self.span.is_some();
        if self.get_value(key).is_none() && !is_misshapen && !self.has_misspelling_of(key) {
            self.report_invalid(key, InvalidValue::new("is missing", right), mistakes);
        }
        self.optional_value(key, parse, mistakes)
    }

    /// The value of a string key, or of its default if the file does not have the key. A default may be wrong too: a pipe
    /// may be in the place of its file.
    pub(crate) fn value_or_default<T>(
        &self,
        key: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
        mistakes: &mut Diagnostics,
    ) -> Option<T> {
        match self.get_value(key) {
            Some(_) => self.parse_string_of_key(key, default, parse, mistakes),
            None => match parse(default) {
                Ok(value) => Some(value),
                Err(wrong) => {
                    let message = format!("is not given, and its default \"{default}\" {}", wrong.message);
                    self.report_invalid(key, InvalidValue { message, ..wrong }, mistakes);
                    None
                }
            },
        }
    }

    /// The value of a string key, if it is there and right.
    pub(crate) fn optional_value<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
        mistakes: &mut Diagnostics,
    ) -> Option<T> {
        self.parse_string_of_key(key, "…", parse, mistakes)
    }

    fn parse_string_of_key<T>(
        &self,
        key: &str,
        example: &str,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
        mistakes: &mut Diagnostics,
    ) -> Option<T> {
        let text =
            self.expect_string(key, self.get_value(key)?, &format!("{key} = \"{example}\""), mistakes)?;
        match parse(text.get_ref()) {
            Ok(value) => Some(value),
            Err(wrong) => {
                mistakes.add_diagnostic_in_value(
                    text.span(),
                    text.get_ref(),
                    &self.qualified_key(key),
                    wrong,
                );
                None
            }
        }
    }

    /// A whole number within a range.
    pub(crate) fn bounded_number(
        &self,
        key: &str,
        default: u32,
        range: RangeInclusive<u32>,
        mistakes: &mut Diagnostics,
    ) -> Option<u32> {
        let Some(value) = self.get_value(key) else { return Some(default) };
        let digits = value.get_ref().as_integer();
        let number = digits.and_then(|digits| u32::from_str_radix(digits.as_str(), digits.radix()).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let words = match digits {
                Some(digits) => format!("{digits} is out of range"),
                None => format!("is {}, not a whole number", value_type(value.get_ref())),
            };
            let right =
                format!("a number from {} to {}, as in {key} = {default}", range.start(), range.end());
            self.report_invalid(key, InvalidValue::new(words, right), mistakes);
        }
        number
    }

    /// `true` or `false`; `false` if the file does not have the key.
    pub(crate) fn boolean_value(&self, key: &str, mistakes: &mut Diagnostics) -> Option<bool> {
        let Some(value) = self.get_value(key) else { return Some(false) };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            let words = format!("is {}, not true or false", value_type(value.get_ref()));
            let right = format!("write it without quotes, as in {key} = true");
            self.report_invalid(key, InvalidValue::new(words, right), mistakes);
        }
        flag
    }

    /// A list of texts, each parsed and none twice; `None` if the file does not have the key. What is wrong among them is
    /// noted and left out.
    pub(crate) fn string_list<T: PartialEq>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
        mistakes: &mut Diagnostics,
    ) -> Option<Vec<T>> {
        let value = self.get_value(key)?;
        let Some(array) = value.get_ref().as_array() else {
            let words = format!("is {}, not a list of strings", value_type(value.get_ref()));
            let right = format!("write it in brackets, as in {key} = [\"…\"]");
            self.report_invalid(key, InvalidValue::new(words, right), mistakes);
            return Some(Vec::new());
        };
        if array.len() > TEXTS_MAX {
            let wrong =
                InvalidValue::new(format!("has {} entries", array.len()), format!("at most {TEXTS_MAX}"));
            self.report_invalid(key, wrong, mistakes);
        }
        let mut parsed = Vec::new();
        for element in array.iter().take(TEXTS_MAX) {
            self.parse_config_array_element(key, element, &parse, &mut parsed, mistakes);
        }
        Some(parsed)
    }

    /// Whether the key is there, right or wrong.
    pub(crate) fn has_config_key(&self, key: &str) -> bool {
        self.get_value(key).is_some()
    }

    /// Whether the key is there and lists nothing.
    pub(crate) fn is_empty_toml_array(&self, key: &str) -> bool {
        self.get_value(key).and_then(|value| value.get_ref().as_array()).is_some_and(|array| array.is_empty())
    }

    /// `[[topic]] "Image Classification", query`: how a key of this section is spoken of.
    fn qualified_key(&self, key: &str) -> String {
        if self.title.is_empty() { key.to_owned() } else { format!("{}, {key}", self.title) }
    }

    /// Notes what is wrong with a key, at its value, or at the section if it does not have the key.
    pub(crate) fn report_invalid(&self, key: &str, wrong: InvalidValue, mistakes: &mut Diagnostics) {
        let span = self.get_value(key).map(Spanned::span).or_else(|| self.span.clone());
        mistakes.add(span, &self.qualified_key(key), wrong);
    }

    fn get_value(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        debug_assert!(self.schema.keys.contains(&key), "{} has no key {key}", self.schema.title);
        self.table?.get(key)
    }

    fn expect_string(
        &self,
        key: &str,
        value: &'t Spanned<DeValue<'t>>,
        example: &str,
        mistakes: &mut Diagnostics,
    ) -> Option<Spanned<&'t str>> {
        let text = value.get_ref().as_str().map(|text| Spanned::new(value.span(), text));
        if text.is_none() {
            let words = format!("is {}, not a string", value_type(value.get_ref()));
            let wrong = InvalidValue::new(words, format!("write it in quotes, as in {example}"));
            mistakes.add(Some(value.span()), &self.qualified_key(key), wrong);
        }
        text
    }

    fn parse_config_array_element<T: PartialEq>(
        &self,
        key: &str,
        element: &'t Spanned<DeValue<'t>>,
        parse: impl Fn(&str) -> Result<T, InvalidValue>,
        parsed: &mut Vec<T>,
        mistakes: &mut Diagnostics,
    ) {
        let Some(text) = self.expect_string(key, element, &format!("{key} = [\"…\"]"), mistakes) else {
            return;
        };
        let wrong = match parse(text.get_ref()) {
            Ok(value) if parsed.contains(&value) => InvalidValue::new(
                format!("`{}` is listed twice", redacted_excerpt(text.get_ref())),
                "once is enough",
            ),
            Ok(value) => return parsed.push(value),
            Err(wrong) => wrong,
        };
        mistakes.add_diagnostic_in_value(text.span(), text.get_ref(), &self.qualified_key(key), wrong);
    }

    /// Whether an unknown key may be this one; that is reported already.
    pub(crate) fn has_misspelling_of(&self, key: &str) -> bool {
        self.unknown_keys().any(|unknown| match self.secret_setting_base_name(unknown.get_ref()) {
            Some(stem) => key.strip_prefix(stem).is_some_and(|rest| rest == "_file" || rest == "_env"),
            None => nearest_name(unknown.get_ref(), self.fitting_keys().iter().copied()) == Some(key),
        })
    }

    /// The keys that a person may have meant in this section.
    fn fitting_keys(&self) -> &[&'static str] {
        if self.kind_keys.is_empty() { self.schema.keys } else { &self.kind_keys }
    }

    /// What a key whose value would be a secret is called with `_file` and `_env`.
    fn secret_setting_base_name(&self, key: &str) -> Option<&'static str> {
        let all = self.secrets.iter().chain(self.schema.secrets);
        all.into_iter().find(|(secret, _)| *secret == key).map(|(_, stem)| *stem)
    }

    fn unknown_keys(&self) -> impl Iterator<Item = &'t Spanned<DeString<'t>>> {
        let keys = self.table.into_iter().flat_map(DeTable::keys);
        keys.filter(|key| !self.schema.keys.contains(&key.get_ref().as_ref()))
    }
}

/// The section's own name in quotes, or its number.
fn config_section_title(table: &DeTable, names: &[&str], number: usize) -> String {
    let name = names.iter().find_map(|name| table.get(*name)?.get_ref().as_str());
    let name = name.filter(|name| !is_url(name));
    name.map_or_else(|| format!("number {}", number + 1), |name| format!("\"{}\"", redacted_excerpt(name)))
}

/// What kind of value a person wrote.
fn value_type(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
