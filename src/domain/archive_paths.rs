//! All paths that the files of an archive can have.

use super::archive_pattern::{MONTH, YEAR};

/// Digits of a part's number at the most: ten thousand parts of one month would be some gigabytes.
const PART_DIGITS_MAX: usize = 4;

/// The two digits of a month.
const MONTHS: [[Sign; 2]; 2] = [
    [Sign::digit(Of::Month, '0', '0'), Sign::digit(Of::Month, '1', '9')],
    [Sign::digit(Of::Month, '1', '1'), Sign::digit(Of::Month, '0', '2')],
];

/// The paths of an archive's files, for every year, month and part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivePaths(Vec<Vec<Sign>>);

/// Which of the files a path is, in the order of their rows: the oldest first. The first part has the number 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ArchiveFile {
    year: u32,
    month: u32,
    part: u32,
}

/// One character of a path: any from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sign {
    of: Of,
    from: char,
    to: char,
}

/// What a character belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Text,
    Year,
    Month,
    Part,
}

impl ArchivePaths {
    /// Of a pattern's text, also as it is from elsewhere: with the placeholders in it.
    pub fn of(text: &str) -> Self {
        let (stem, end) = parted(text);
        Self(forms(stem, &parts(), end))
    }

    /// The same of a folder on the way to them, which has no parts.
    pub(super) fn of_folder(text: &str) -> Self {
        Self(forms(text, &[Vec::new()], ""))
    }

    /// Whether this is one of them.
    pub fn has(&self, path: &str) -> bool {
        self.read(path).is_some()
    }

    /// Which one this is.
    pub(super) fn read(&self, path: &str) -> Option<ArchiveFile> {
        let path: Vec<char> = path.chars().collect();
        let takes = |form: &&Vec<Sign>| {
            form.len() == path.len() && form.iter().zip(&path).all(|(sign, c)| sign.takes(*c))
        };
        let form = self.0.iter().find(takes)?;
        let number = |of: Of| {
            let digits = form.iter().zip(&path).filter(|(sign, _)| sign.of == of);
            digits.fold(0, |number, (_, digit)| number * 10 + digit.to_digit(10).unwrap_or(0))
        };
        Some(ArchiveFile { year: number(Of::Year), month: number(Of::Month), part: number(Of::Part) })
    }

    /// Whether a path is among both.
    pub fn meets(&self, other: &Self) -> bool {
        let meet = |one: &Vec<Sign>, other: &Vec<Sign>| {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.meets(*other))
        };
        self.0.iter().any(|one| other.0.iter().any(|other| meet(one, other)))
    }
}

impl Sign {
    const fn one(c: char) -> Self {
        Self { of: Of::Text, from: c, to: c }
    }

    const fn digit(of: Of, from: char, to: char) -> Self {
        Self { of, from, to }
    }

    fn takes(self, c: char) -> bool {
        (self.from..=self.to).contains(&c)
    }

    fn meets(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// A path before and after the place where a part's number stands.
pub(super) fn parted(text: &str) -> (&str, &str) {
    let dot = text.rfind(['.', '/']).filter(|at| text[*at..].starts_with('.'));
    text.split_at(dot.unwrap_or(text.len()))
}

/// Every way in which the characters of a path can follow each other.
fn forms(stem: &str, parts: &[Vec<Sign>], end: &str) -> Vec<Vec<Sign>> {
    let has_month = stem.contains(MONTH) || end.contains(MONTH);
    let mut forms = Vec::new();
    for month in &MONTHS[..if has_month { MONTHS.len() } else { 1 }] {
        let (stem, end) = (signs(stem, month), signs(end, month));
        forms.extend(parts.iter().map(|part| [&stem, part, &end].into_iter().flatten().copied().collect()));
    }
    forms
}

fn signs(mut text: &str, month: &[Sign]) -> Vec<Sign> {
    let mut signs = Vec::new();
    while let Some(c) = text.chars().next() {
        if let Some(rest) = text.strip_prefix(YEAR) {
            signs.extend([Sign::digit(Of::Year, '0', '9'); 4]);
            text = rest;
        } else if let Some(rest) = text.strip_prefix(MONTH) {
            signs.extend(month);
            text = rest;
        } else {
            signs.push(Sign::one(c));
            text = &text[c.len_utf8()..];
        }
    }
    signs
}

/// What stands where a part's number does: nothing for the first, then `-2`, `-3` and so on.
fn parts() -> Vec<Vec<Sign>> {
    let numbered = (1..=PART_DIGITS_MAX).map(|digits| {
        let first = if digits == 1 { '2' } else { '1' };
        let mut part = vec![Sign::one('-'), Sign::digit(Of::Part, first, '9')];
        part.resize(1 + digits, Sign::digit(Of::Part, '0', '9'));
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
            assert!(ArchivePaths::of(one).meets(&ArchivePaths::of(other)), "{one} {other}");
            assert!(ArchivePaths::of(other).meets(&ArchivePaths::of(one)), "{other} {one}");
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
            assert!(!ArchivePaths::of(one).meets(&ArchivePaths::of(other)), "{one} {other}");
            assert!(!ArchivePaths::of(other).meets(&ArchivePaths::of(one)), "{other} {one}");
        }
    }
}
