//! All paths that the files of an archive can have.

use super::archive_date_placeholder::{MONTH, YEAR};

/// Digits of a part's number at the most: ten thousand parts of one month would be some gigabytes.
const PART_DIGITS_MAX: usize = 4;

/// The two digits of a month.
const MONTHS: [[CharRange; 2]; 2] = [
    [
        CharRange::path_digit_range(PatternPart::Month, '0', '0'),
        CharRange::path_digit_range(PatternPart::Month, '1', '9'),
    ],
    [
        CharRange::path_digit_range(PatternPart::Month, '1', '1'),
        CharRange::path_digit_range(PatternPart::Month, '0', '2'),
    ],
];

/// The paths of an archive's files, for every year, month and part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivePathSet(Vec<Vec<CharRange>>);

/// Which file of an archive a path names. Keys are ordered as the files' rows are: the oldest first. The first part of a month
/// has the number 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ArchiveFileKey {
    year: u32,
    month: u32,
    part: u32,
}

/// One character of a path: any from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CharRange {
    part: PatternPart,
    from: char,
    to: char,
}

/// What a character belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PatternPart {
    Text,
    Year,
    Month,
    Part,
}

impl ArchivePathSet {
    /// Of a pattern's text, also as it is from elsewhere: with the placeholders in it.
    pub fn from_pattern(text: &str) -> Self {
        let (stem, end) = split_path_at_part_number(text);
        Self(char_ranges_of_archive_pattern(stem, &archive_part_number_patterns(), end))
    }

    /// The paths that a folder of a pattern can have; a folder has no part number.
    pub(super) fn from_folder_pattern(text: &str) -> Self {
        Self(char_ranges_of_archive_pattern(text, &[Vec::new()], ""))
    }

    /// Whether a path is in the set.
    pub fn contains(&self, path: &str) -> bool {
        self.archive_file_key_of_path(path).is_some()
    }

    /// Which archive file a path names, if it names one.
    pub(super) fn archive_file_key_of_path(&self, path: &str) -> Option<ArchiveFileKey> {
        let path: Vec<char> = path.chars().collect();
        let takes = |form: &&Vec<CharRange>| {
            form.len() == path.len() && form.iter().zip(&path).all(|(sign, c)| sign.contains(*c))
        };
        let form = self.0.iter().find(takes)?;
        let number = |of: PatternPart| {
            let digits = form.iter().zip(&path).filter(|(sign, _)| sign.part == of);
            digits.fold(0, |number, (_, digit)| number * 10 + digit.to_digit(10).unwrap_or(0))
        };
        Some(ArchiveFileKey {
            year: number(PatternPart::Year),
            month: number(PatternPart::Month),
            part: number(PatternPart::Part),
        })
    }

    /// Whether a path is among both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let meet = |one: &Vec<CharRange>, other: &Vec<CharRange>| {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.overlaps(*other))
        };
        self.0.iter().any(|one| other.0.iter().any(|other| meet(one, other)))
    }
}

impl CharRange {
    const fn literal_path_char(c: char) -> Self {
        Self { part: PatternPart::Text, from: c, to: c }
    }

    const fn path_digit_range(part: PatternPart, from: char, to: char) -> Self {
        Self { part, from, to }
    }

    fn contains(self, c: char) -> bool {
        (self.from..=self.to).contains(&c)
    }

    fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// A path before and after the place of a part's number.
pub(super) fn split_path_at_part_number(text: &str) -> (&str, &str) {
    let dot = text.rfind(['.', '/']).filter(|at| text[*at..].starts_with('.'));
    text.split_at(dot.unwrap_or(text.len()))
}

/// Every way in which the characters of a path can follow each other.
fn char_ranges_of_archive_pattern(stem: &str, parts: &[Vec<CharRange>], end: &str) -> Vec<Vec<CharRange>> {
    let has_month = stem.contains(MONTH) || end.contains(MONTH);
    let mut forms = Vec::new();
    for month in &MONTHS[..if has_month { MONTHS.len() } else { 1 }] {
        let (stem, end) =
            (parse_archive_pattern_ranges(stem, month), parse_archive_pattern_ranges(end, month));
        forms.extend(parts.iter().map(|part| [&stem, part, &end].into_iter().flatten().copied().collect()));
    }
    forms
}

fn parse_archive_pattern_ranges(mut text: &str, month: &[CharRange]) -> Vec<CharRange> {
    let mut signs = Vec::new();
    while let Some(c) = text.chars().next() {
        if let Some(rest) = text.strip_prefix(YEAR) {
            signs.extend([CharRange::path_digit_range(PatternPart::Year, '0', '9'); 4]);
            text = rest;
        } else if let Some(rest) = text.strip_prefix(MONTH) {
            signs.extend(month);
            text = rest;
        } else {
            signs.push(CharRange::literal_path_char(c));
            text = &text[c.len_utf8()..];
        }
    }
    signs
}

/// What is in the place of a part's number: nothing for the first, then `-2`, `-3` and so on.
fn archive_part_number_patterns() -> Vec<Vec<CharRange>> {
    let numbered = (1..=PART_DIGITS_MAX).map(|digits| {
        let first = if digits == 1 { '2' } else { '1' };
        let mut part = vec![
            CharRange::literal_path_char('-'),
            CharRange::path_digit_range(PatternPart::Part, first, '9'),
        ];
        part.resize(1 + digits, CharRange::path_digit_range(PatternPart::Part, '0', '9'));
        part
    });
    std::iter::once(Vec::new()).chain(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_patterns_meet_where_one_path_is_a_file_of_both() {
        for (one, other) in [
            ("{year}.md", "{year}.md"),
            ("{year}.md", "{year}-{month}.md"),
            ("20{year}.md", "{year}25.md"),
            ("{year}/{month}", "2025/{month}"),
            ("{year}-{month}.md", "{year}-12.md"),
            ("{month}{year}", "{year}{month}"),
            ("{year}", "{year}-9999"),
        ] {
            assert!(
                ArchivePathSet::from_pattern(one).overlaps(&ArchivePathSet::from_pattern(other)),
                "{one} {other}"
            );
            assert!(
                ArchivePathSet::from_pattern(other).overlaps(&ArchivePathSet::from_pattern(one)),
                "{other} {one}"
            );
        }
        for (one, other) in [
            ("{year}.md", "{year}.txt"),
            ("{year}.md", "a/{year}.md"),
            ("{year}.md", "2{year}.md"),
            ("{year}-{month}.md", "{year}-13.md"),
            ("{year}-{month}.md", "{year}_{month}.md"),
            ("{year}.md", "{year}-1.md"),
            ("{month}-{year}", "{year}-{month}"),
        ] {
            assert!(
                !ArchivePathSet::from_pattern(one).overlaps(&ArchivePathSet::from_pattern(other)),
                "{one} {other}"
            );
            assert!(
                !ArchivePathSet::from_pattern(other).overlaps(&ArchivePathSet::from_pattern(one)),
                "{other} {one}"
            );
        }
    }
}
