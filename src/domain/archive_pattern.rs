//! Where the rows go that leave a list.

use std::str::FromStr;

use super::archive_date_placeholder::{MONTH, YEAR};
use super::archive_path_set::{ArchivePathSet, split_path_at_part_number};

/// What the files of a list's archive are called: a path from the list's folder, with `{year}` in it, and `{month}`
/// where each month has files of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivePattern(String);

/// A text that is no such pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchivePatternError {
    /// Every row would go into one file, which grows forever.
    #[error("has no {YEAR} in it")]
    NoYear,
    /// What it names is no file below the list's folder.
    #[error("is no such file")]
    NoFile,
}

impl ArchivePattern {
    /// As the configuration writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether each month has files of its own.
    pub fn has_files_per_month(&self) -> bool {
        self.0.contains(MONTH)
    }

    /// The file of a month's part, counted from 1: `archive/2025-03.md`, then `archive/2025-03-2.md`.
    pub fn file_path(&self, year: i16, month: i8, part: usize) -> String {
        let (stem, end) = split_path_at_part_number(&self.0);
        let number = if part > 1 { format!("-{part}") } else { String::new() };
        let dated =
            |text: &str| text.replace(YEAR, &format!("{year:04}")).replace(MONTH, &format!("{month:02}"));
        format!("{}{number}{}", dated(stem), dated(end))
    }

    /// What a link to one of its files says: the name without its ending where the year is in that, else what comes behind
    /// [the folder](Self::archive_folder) of them all.
    pub fn archive_file_label<'f>(&self, file: &'f str) -> &'f str {
        let name = |path: &str| path.rfind('/').map_or(0, |at| at + 1);
        let (stem, end) = split_path_at_part_number(&self.0[name(&self.0)..]);
        if stem.contains(YEAR) {
            split_path_at_part_number(&file[name(file)..]).0
        } else if end.contains(YEAR) {
            &file[name(file)..]
        } else {
            let below = file.strip_prefix(self.archive_folder()).unwrap_or(file);
            split_path_at_part_number(below.trim_start_matches('/')).0
        }
    }

    /// The folder that all its files are in or below, from the list's folder; empty if that is the list's own.
    pub fn archive_folder(&self) -> &str {
        let dated = self.0.find('{').unwrap_or(self.0.len());
        self.0[..dated].rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether its files can be in this folder or below it, by its path from the list's folder.
    pub fn may_have_files_in(&self, folder: &str) -> bool {
        let end = self.0.match_indices('/').nth(folder.matches('/').count());
        end.is_some_and(|(end, _)| ArchivePathSet::from_folder_pattern(&self.0[..end]).contains(folder))
    }

    /// Those of the given paths, from the list's folder, that are files of the archive; the one with the newest rows
    /// first.
    pub fn files_newest_first(&self, paths: impl IntoIterator<Item = String>) -> Vec<String> {
        let known = ArchivePathSet::from_pattern(&self.0);
        let files = paths.into_iter().filter_map(|path| Some((known.archive_file_key_of_path(&path)?, path)));
        let mut files: Vec<_> = files.collect();
        files.sort_unstable_by(|one, other| other.cmp(one));
        files.into_iter().map(|(_, path)| path).collect()
    }
}

impl FromStr for ArchivePattern {
    type Err = ArchivePatternError;

    fn from_str(text: &str) -> Result<Self, ArchivePatternError> {
        if !text.contains(YEAR) {
            return Err(ArchivePatternError::NoYear);
        }
        let bare = text.replacen(YEAR, "2025", 1).replacen(MONTH, "03", 1);
        let is_plain = |part: &str| !matches!(part, "" | "." | ".." | ".git");
        // The rest would end a link to the file, or its label.
        let is_odd =
            |c: char| matches!(c, '{' | '}' | '\\' | '|' | '<' | '>' | '[' | ']' | '`') || c.is_control();
        if bare.contains(is_odd) || !bare.split('/').all(is_plain) {
            return Err(ArchivePatternError::NoFile);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed_archive_pattern(text: &str) -> ArchivePattern {
        text.parse().unwrap()
    }

    fn matches_path(pattern: &ArchivePattern, path: &str) -> bool {
        !pattern.files_newest_first([path.to_owned()]).is_empty()
    }

    #[test]
    fn a_pattern_has_the_year_once_and_stays_below_the_lists_folder() {
        for text in ["{year}", "archive/{year}-{month}.md", "{month}/{year}.md", "größe/.{year}", "a b{year}"]
        {
            assert_eq!(parsed_archive_pattern(text).as_str(), text);
        }
        for (text, bad) in [
            ("", ArchivePatternError::NoYear),
            ("archive/{month}.md", ArchivePatternError::NoYear),
            ("/srv/{year}.md", ArchivePatternError::NoFile),
            ("../{year}.md", ArchivePatternError::NoFile),
            ("a/./{year}.md", ArchivePatternError::NoFile),
            ("a//{year}.md", ArchivePatternError::NoFile),
            ("{year}/", ArchivePatternError::NoFile),
            (".git/{year}.md", ArchivePatternError::NoFile),
            ("{year}-{year}.md", ArchivePatternError::NoFile),
            ("{year}-{month}-{month}.md", ArchivePatternError::NoFile),
            ("{year}-{day}.md", ArchivePatternError::NoFile),
            ("a\\{year}.md", ArchivePatternError::NoFile),
            ("{year}\n.md", ArchivePatternError::NoFile),
            ("a|b/{year}.md", ArchivePatternError::NoFile),
            ("<{year}>.md", ArchivePatternError::NoFile),
            ("[{year}].md", ArchivePatternError::NoFile),
            ("{year}`.md", ArchivePatternError::NoFile),
        ] {
            assert_eq!(text.parse::<ArchivePattern>(), Err(bad), "{text:?}");
        }
    }

    #[test]
    fn a_files_name_has_its_date_and_from_the_second_part_on_its_number() {
        for (text, part, file) in [
            ("archive/{year}-{month}.md", 1, "archive/2025-03.md"),
            ("archive/{year}-{month}.md", 2, "archive/2025-03-2.md"),
            ("archive/{year}.md", 12, "archive/2025-12.md"),
            ("{month}.{year}", 2, "03-2.2025"),
            ("a.b/{year}", 3, "a.b/2025-3"),
            ("a/.{year}", 2, "a/-2.2025"),
        ] {
            assert_eq!(parsed_archive_pattern(text).file_path(2025, 3, part), file, "{text}");
            assert!(matches_path(&parsed_archive_pattern(text), file), "{text}");
        }
        assert_eq!(parsed_archive_pattern("{year}/{month}.md").file_path(987, 12, 1), "0987/12.md");
        assert!(
            parsed_archive_pattern("{year}-{month}.md").has_files_per_month()
                && !parsed_archive_pattern("{year}.md").has_files_per_month()
        );
    }

    #[test]
    fn a_file_is_called_by_as_much_of_its_path_as_tells_the_year() {
        for (text, label) in [
            ("archive/{year}-{month}.md", "2025-03-2"),
            ("{year}", "2025-2"),
            ("a.b/{year}", "2025-2"),
            ("archive/{year}/{month}.md", "2025/03-2"),
            ("{year}/list.md", "2025/list-2"),
            ("old/x-{year}/{month}/list.md", "x-2025/03/list-2"),
            ("a/{month}.{year}", "03-2.2025"),
        ] {
            let pattern = parsed_archive_pattern(text);
            assert_eq!(pattern.archive_file_label(&pattern.file_path(2025, 3, 2)), label, "{text}");
        }
    }

    #[test]
    fn no_other_path_is_one_of_its_files() {
        let (monthly, yearly) =
            (parsed_archive_pattern("größe/{year}-{month}.md"), parsed_archive_pattern("{year}.md"));
        for path in ["größe/2025-12.md", "größe/1991-01-10.md", "größe/0000-09-9999.md"] {
            assert!(matches_path(&monthly, path), "{path}");
        }
        for path in [
            "größe/2025-00.md",
            "größe/2025-13.md",
            "größe/2025-1.md",
            "größe/025-01.md",
            "größe/+025-01.md",
            "größe/2025-01-1.md",
            "größe/2025-01-02.md",
            "größe/2025-01-0.md",
            "größe/2025-01-.md",
            "größe/2025-01-2-2.md",
            "größe/2025-01-10000.md",
            "größe/2025-01.MD",
            "größe/2025-01.md.bak",
            "größe/２０２５-01.md",
            "x/größe/2025-01.md",
            "2025-01.md",
            "größe",
            "",
        ] {
            assert!(!matches_path(&monthly, path), "{path}");
        }
        assert!(matches_path(&yearly, "2025.md") && matches_path(&yearly, "2025-10.md"));
        assert!(!matches_path(&yearly, "2025-01.md") && !matches_path(&yearly, "20255.md"));
    }
    #[test]
    fn its_files_are_found_by_their_folders_and_come_newest_first() {
        let deep = parsed_archive_pattern("old papers/{year}/{month}/list.md");
        assert_eq!(deep.archive_folder(), "old papers");
        for folder in ["old papers", "old papers/2025", "old papers/2025/03"] {
            assert!(deep.may_have_files_in(folder), "{folder}");
        }
        for folder in
            ["", "old", "old papers/", "old papers/2025-2", "old papers/2025/13", "old papers/2025/03/x", "x"]
        {
            assert!(!deep.may_have_files_in(folder), "{folder}");
        }
        assert_eq!(
            (
                parsed_archive_pattern("{year}.md").archive_folder(),
                parsed_archive_pattern("a-{year}/x").archive_folder()
            ),
            ("", "")
        );
        assert!(!parsed_archive_pattern("{year}.md").may_have_files_in("2025.md"));
        let files = ["12-2024.md", "02-2025.md", "01-2025-10.md", "01-2025-9.md", "01-2025.md"];
        let paths = [3, 0, 4, 2, 1].map(|at| files[at].to_owned()).into_iter().chain(["a.md".to_owned()]);
        assert_eq!(
            parsed_archive_pattern("{month}-{year}.md").files_newest_first(paths),
            [files[1], files[2], files[3], files[4], files[0]]
        );
    }
}
