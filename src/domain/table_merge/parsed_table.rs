//! One topic's table, line by line, as it is between its markers.

use jiff::civil::Date;

use crate::domain::PaperId;

/// A table between its markers, with `\n` for line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedTable<'a> {
    /// All above the first row, whole lines: heading, header, rule.
    pub head: &'a str,
    /// The columns' names, in lower case and without emphasis; each is unique.
    pub columns: Vec<String>,
    /// The columns' titles as the header writes them.
    pub titles: Vec<&'a str>,
    /// The rows, and whatever is between them.
    pub lines: Vec<TableLine<'a>>,
    /// All below the last row, whole lines.
    pub tail: &'a str,
    /// Whether nothing is there but what the program may have written.
    pub has_plain_tail: bool,
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLine<'a> {
    /// The whole line, without its end.
    pub text: &'a str,
    /// The paper that it is a row of; none for a line that is no row.
    pub key: Option<PaperId>,
    /// The row's date, if it has one.
    pub date: Option<Date>,
    /// The row's cells as they are written, without the white space around them.
    pub cells: Vec<&'a str>,
    /// Whether it is written in other columns than its table has, as a row is whose header alone a person changed. Its
    /// cells are then those of the table.
    pub is_shifted: bool,
}

/// One topic's table in each file of a list, the list itself first; none in a file that has no such table.
pub type TablePerFile<'a> = Vec<Option<ParsedTable<'a>>>;

impl<'a> ParsedTable<'a> {
    /// What is above its header.
    pub(super) fn text_above_header(&self) -> &'a str {
        self.split_head_at_header().0
    }

    /// The table's header with the rule below it.
    pub(super) fn header_and_rule(&self) -> &'a str {
        self.split_head_at_header().1
    }

    /// The header is the line before the last.
    fn split_head_at_header(&self) -> (&'a str, &'a str) {
        let whole = self.head.trim_end_matches('\n');
        let line_start = |end: usize| whole[..end].rfind('\n').map_or(0, |at| at + 1);
        let rule = line_start(whole.len());
        self.head.split_at(line_start(rule.saturating_sub(1)))
    }

    /// The table's text above the rows and the row of this key, if it has one.
    pub fn header_and_row_of_paper(&self, key: &PaperId) -> Option<String> {
        let line = self.lines.iter().find(|line| line.key.as_ref() == Some(key))?;
        Some(format!("{}{}\n", self.head, line.text))
    }

    /// The table's text without some rows; none if it has none of these.
    pub fn without_rows(&self, is_gone: impl Fn(&PaperId) -> bool) -> Option<String> {
        let stays = |line: &&TableLine<'_>| !line.key.as_ref().is_some_and(&is_gone);
        let lines: Vec<&str> = self.lines.iter().filter(stays).map(|line| line.text).collect();
        (lines.len() < self.lines.len()).then(|| table_text(self.head, &lines, self.tail))
    }
}

/// A table's text.
pub(super) fn table_text(head: &str, lines: &[impl AsRef<str>], tail: &str) -> String {
    let bytes: usize = lines.iter().map(|line| line.as_ref().len() + 1).sum();
    let mut text = String::with_capacity(head.len() + bytes + tail.len());
    text.push_str(head);
    for line in lines {
        text.extend([line.as_ref(), "\n"]);
    }
    text.push_str(tail);
    text
}
