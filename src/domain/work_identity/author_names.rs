//! Authors' names in the forms in which sources write them: which two may be one person's.

use std::collections::BTreeSet;

use super::super::sanitize_to_visible_line;
use super::super::text_analysis::{fold_accents_and_case, fold_name_spelling_variants};
use super::normalized_title::is_east_asian;
use super::title_markup::strip_tex_and_html;

/// What a surname may begin with. Sources put it there, behind the forename, or leave it out.
const PARTICLES: [&str; 28] = [
    "van", "von", "de", "der", "den", "del", "della", "dello", "di", "da", "do", "dos", "du", "la", "le",
    "el", "al", "ten", "ter", "zu", "zur", "af", "av", "bin", "ibn", "ben", "y", "e",
];

/// What may be behind a name and is no part of it.
const SUFFIXES: [&str; 8] = ["jr", "sr", "ii", "iii", "iv", "phd", "md", "dr"];

/// What may be before a name and is no part of it.
const HONORIFICS: [&str; 5] = ["dr", "prof", "professor", "by", "and"];

/// The last words of names that are no person's.
const GROUPS: [&str; 22] = [
    "collaboration",
    "collaborations",
    "group",
    "team",
    "consortium",
    "network",
    "initiative",
    "project",
    "committee",
    "investigators",
    "study",
    "society",
    "institute",
    "university",
    "laboratory",
    "lab",
    "labs",
    "foundation",
    "research",
    "center",
    "centre",
    "authors",
];

/// What is before the name of a group and is no part of it, longest first.
const GROUP_INTRODUCTIONS: [&str; 5] = ["on behalf of the ", "on behalf of ", "for the ", "the ", "for "];

/// What is in the place of a name and is nobody's.
const NOBODY: [&str; 15] = [
    "anonymous",
    "anonymous author",
    "anonymous authors",
    "anonymous author s",
    "unknown",
    "unknown author",
    "null",
    "none",
    "n a",
    "et al",
    "and others",
    "others",
    "editors",
    "the editors",
    "various authors",
];

/// The longest initials that are written without points: `Rowling JK`, `Silva JCR`.
const INITIALS_MAX: usize = 3;

/// One author's name, in every way in which it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthorName {
    /// One line, as the source has it.
    pub(super) shown: String,
    readings: BTreeSet<NameReading>,
}

/// One way to read a name. Two names may be one person's if they have a reading in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum NameReading {
    /// The surname and the first letter of the forename.
    Person { surname: String, initial: char },
    /// All words in one order, if each is written out: `Zhang Wei` is `Wei Zhang`, but not `Wei Z.`
    AllWords(Vec<String>),
    /// A name without parts: of a group, in Chinese, or of one word.
    Whole(String),
}

impl AuthorName {
    /// Reads a name; none if it is nobody's.
    pub(super) fn new(name: &str) -> Option<Self> {
        let shown = sanitize_to_visible_line(name);
        let plain = without_bracketed_text(&strip_tex_and_html(&shown));
        let readings = name_readings(&plain);
        (!readings.is_empty()).then_some(Self { shown, readings })
    }

    /// Whether the two may be one person's names.
    pub(super) fn may_be_same_person(&self, other: &Self) -> bool {
        !self.readings.is_disjoint(&other.readings)
    }
}

/// How many of the authors of the shorter list are on the other.
pub(super) fn count_shared_authors(one: &[AuthorName], other: &[AuthorName]) -> usize {
    count_names_found_in_list(one, other).min(count_names_found_in_list(other, one))
}

fn count_names_found_in_list(names: &[AuthorName], list: &[AuthorName]) -> usize {
    let readings: BTreeSet<&NameReading> = list.iter().flat_map(|name| &name.readings).collect();
    names.iter().filter(|name| name.readings.iter().any(|reading| readings.contains(reading))).count()
}

fn name_readings(name: &str) -> BTreeSet<NameReading> {
    let name = without_east_asian_copy(name);
    if name.chars().any(is_east_asian) {
        let whole: String = fold_accents_and_case(&name).chars().filter(|c| c.is_alphanumeric()).collect();
        return BTreeSet::from([NameReading::Whole(whole)]);
    }
    let folded = folded_words(&name).join(" ");
    if !folded.chars().any(char::is_alphabetic) || NOBODY.contains(&folded.as_str()) {
        return BTreeSet::new();
    }
    let bare = GROUP_INTRODUCTIONS.iter().find_map(|intro| folded.strip_prefix(intro)).unwrap_or(&folded);
    if bare.rsplit(' ').next().is_some_and(|last| GROUPS.contains(&last)) && bare.contains(' ') {
        return BTreeSet::from([NameReading::Whole(bare.to_owned())]);
    }
    let parts: Vec<Vec<String>> = name.split(',').map(words).filter(|words| !words.is_empty()).collect();
    match parts.as_slice() {
        [] => BTreeSet::new(),
        [words] => read_name_in_any_order(words),
        [surname, forename, ..] => read_surname_first(surname, forename),
    }
}

/// `Surname, Forename`.
fn read_surname_first(surname: &[String], forename: &[String]) -> BTreeSet<NameReading> {
    let all: Vec<&String> = forename.iter().chain(surname).collect();
    let person = person(surname, forename.first());
    person.into_iter().chain(unordered_name_reading(&all)).collect()
}

/// `Forename Surname`, `Surname F`, `SURNAME Forename`; a surname may have two words.
fn read_name_in_any_order(words: &[String]) -> BTreeSet<NameReading> {
    let mut readings = BTreeSet::new();
    let [first, rest @ ..] = words else { return readings };
    let Some(last) = rest.last() else {
        return BTreeSet::from([NameReading::Whole(normalize_surname(words))]);
    };
    readings.extend(person(std::slice::from_ref(last), Some(first)));
    let before = rest[..rest.len() - 1].iter().rev().find(|word| !is_particle(word));
    if let Some(before) = before.filter(|word| word.chars().count() > 1 && !is_initials(last)) {
        readings.extend(person(&[before.clone(), last.clone()], Some(first)));
    }
    let written_out = words.iter().rposition(|word| !is_initials(word)).map_or(0, |at| at + 1);
    if (1..words.len()).contains(&written_out) && words[..written_out].iter().any(|word| is_written_out(word))
    {
        readings.extend(person(&words[..written_out], words.get(written_out)));
    }
    if is_upper_case(first) && first.chars().count() > 1 && !rest.iter().all(|word| is_upper_case(word)) {
        readings.extend(person(std::slice::from_ref(first), rest.first()));
    }
    readings.extend(unordered_name_reading(&words.iter().collect::<Vec<_>>()));
    readings
}

fn person(surname: &[String], forename: Option<&String>) -> Option<NameReading> {
    let initial = fold_accents_and_case(forename?).chars().find(|c| c.is_alphabetic())?;
    let surname = normalize_surname(surname);
    (!surname.is_empty()).then_some(NameReading::Person { surname, initial })
}

fn unordered_name_reading(words: &[&String]) -> Option<NameReading> {
    let mut folded: Vec<String> =
        words.iter().map(|word| fold_name_spelling_variants(&fold_accents_and_case(word))).collect();
    folded.sort();
    let is_written_out = words.iter().all(|word| is_written_out(word));
    (words.len() > 1 && is_written_out).then_some(NameReading::AllWords(folded))
}

/// A surname without particles, hyphens and spaces: `van der Berg` and `Berg`, `Garcia-Lopez` and `Garcia Lopez`.
fn normalize_surname(words: &[String]) -> String {
    let parts = || words.iter().flat_map(|word| word.split('-')).map(fold_accents_and_case);
    let without: String = parts().filter(|part| !PARTICLES.contains(&part.as_str())).collect();
    fold_name_spelling_variants(&if without.is_empty() { parts().collect() } else { without })
}

/// The words of a name, with their case, and without points, apostrophes, suffixes and honorifics.
fn words(part: &str) -> Vec<String> {
    let part: String = part
        .chars()
        .filter(|c| !is_apostrophe(*c))
        .map(|c| if c.is_alphabetic() || is_hyphen(c) || is_combining_mark(c) { c } else { ' ' })
        .map(|c| if is_hyphen(c) { '-' } else { c })
        .collect();
    let words = part.split_whitespace().map(|word| word.trim_matches('-').to_owned());
    let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let is_one_of = |word: &String, known: &[&str]| known.contains(&fold_accents_and_case(word).as_str());
    let end = words.iter().rposition(|word| !is_one_of(word, &SUFFIXES)).map_or(0, |at| at + 1);
    let start = words.iter().position(|word| !is_one_of(word, &HONORIFICS)).unwrap_or(end);
    words.get(start..end).unwrap_or_default().to_vec()
}

/// A name as folded words, however it is punctuated.
fn folded_words(name: &str) -> Vec<String> {
    fold_accents_and_case(name)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Without what is in brackets, and without `et al.` behind it.
fn without_bracketed_text(name: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    let out = out.trim();
    [" et al.", " et al"].iter().find_map(|end| out.strip_suffix(end)).unwrap_or(out).to_owned()
}

/// `Wei Zhang 张伟` without the second writing.
fn without_east_asian_copy(name: &str) -> String {
    let latin: String = name.chars().filter(|c| !is_east_asian(*c)).collect();
    if words(&latin).len() > 1 { latin } else { name.to_owned() }
}

fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&fold_accents_and_case(word).as_str())
}

fn is_initials(word: &str) -> bool {
    is_upper_case(word) && word.chars().filter(|c| *c != '-').count() <= INITIALS_MAX
}

fn is_upper_case(word: &str) -> bool {
    word.chars().all(|c| c.is_uppercase() || c == '-')
}

fn is_written_out(word: &str) -> bool {
    word.chars().count() > 1 && (!is_upper_case(word) || word.chars().count() > INITIALS_MAX)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '`')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}')
}

/// An accent that is a character of its own.
fn is_combining_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}
