//! An author's name as arXiv's index has it.

use super::super::text_analysis::Analyzer;
use super::indexed_text::IndexedText;
use super::term_match_result::SearchedField;

/// Words that belong to the surname behind them. Source: `PREFIX_MATCH` in `arxiv/authors/__init__.py` of
/// arXiv/arxiv-base.
const PARTICLES: [&str; 13] =
    ["van", "der", "de", "la", "von", "del", "della", "da", "mac", "ter", "dem", "di", "vaziri"];

/// Words that follow a surname. Source: the same.
const SUFFIXES: [&str; 9] = ["I", "II", "III", "IV", "V", "Sr", "Jr", "Sr.", "Jr."];

/// What a name ends in that is no person's. Source: `_collaboration_at_start`, the same.
const GROUPS: [&str; 3] = ["collaboration", "group", "team"];

/// One author's names.
#[derive(Debug)]
pub(super) struct IndexedAuthorNames {
    pub(super) full: IndexedText,
    pub(super) surname: IndexedText,
    pub(super) forename: IndexedText,
    /// All words but the last by their first letters: `A D Maestro`.
    pub(super) initialized: IndexedText,
    /// The forename's first letters.
    pub(super) initials: IndexedText,
}

/// A name in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NameParts<'a> {
    /// The name without a suffix.
    pub(super) full: &'a str,
    pub(super) forename: &'a str,
    pub(super) surname: &'a str,
}

impl IndexedAuthorNames {
    pub(super) fn new(field: SearchedField, name: &str, parts: &NameParts<'_>) -> Self {
        let derived = |analyzer, text: &str| {
            IndexedText::new(analyzer)
                .with_tokens_of_derived_text(field, text, name.len())
                .sort_tokens_for_lookup()
        };
        Self {
            full: IndexedText::index_field_value(Analyzer::AuthorName, field, parts.full),
            surname: derived(Analyzer::AuthorName, parts.surname),
            forename: derived(Analyzer::AuthorName, parts.forename),
            initialized: derived(Analyzer::AuthorName, &parts.with_initials()),
            initials: derived(Analyzer::AuthorInitials, &initials(parts.forename.split_whitespace())),
        }
    }
}

impl<'a> NameParts<'a> {
    /// The parts of a person's name: the surname is the last word with the particles before it.
    pub(super) fn from_person_name(name: &'a str) -> Self {
        let words: Vec<&str> = name.split_whitespace().collect();
        let is_one_of = |word: &str, known: &[&str]| known.iter().any(|k| k.eq_ignore_ascii_case(word));
        let is_particle = |number: usize| is_one_of(words[number], &PARTICLES);
        let count = words.len();
        if count > 3 && is_particle(count - 3) && is_particle(count - 2) {
            Self::split_before_surname(name, words[count - 3])
        } else if count > 2 && is_particle(count - 2) {
            Self::split_before_surname(name, words[count - 2])
        } else if count > 2 && is_one_of(words[count - 1], &SUFFIXES) {
            let end = offset_of_slice(name, words[count - 1]);
            Self::split_before_surname(name[..end].trim_end(), words[count - 2])
        } else {
            Self::split_before_surname(name, words.last().copied().unwrap_or(name))
        }
    }

    /// The one part of the name of a group, or of whoever has one name.
    pub(super) fn from_group_name(name: &'a str) -> Self {
        Self { full: name, forename: "", surname: name }
    }

    /// `surname` is a slice of `name`.
    fn split_before_surname(name: &'a str, surname: &'a str) -> Self {
        let at = offset_of_slice(name, surname);
        Self { full: name, forename: name[..at].trim_end(), surname: &name[at..] }
    }

    /// Source: `full_name_initialized` in `search/process/transform.py`.
    pub(super) fn with_initials(&self) -> String {
        let words: Vec<&str> = self.full.split_whitespace().collect();
        let Some((last, rest)) = words.split_last() else { return String::new() };
        format!("{} {last}", initials(rest.iter().copied()))
    }
}

/// Where a slice of a text begins in it.
fn offset_of_slice(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

fn initials<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let letters: Vec<String> = words.filter_map(|word| word.chars().next().map(String::from)).collect();
    letters.join(" ")
}

/// Whether a name is a group's, which is only looked for in front of all persons.
pub(super) fn is_group_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.len() > 1
        && words.last().is_some_and(|last| GROUPS.iter().any(|group| group.eq_ignore_ascii_case(last)))
}
