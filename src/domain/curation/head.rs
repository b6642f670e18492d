//! The head of a table, with the columns that cells of a person need which come into it from another file.

use std::borrow::Cow;

use super::Sheet;

/// The head that a table gets.
pub(super) struct Head<'a> {
    /// Its text, whole lines.
    pub(super) text: Cow<'a, str>,
    /// The names of its columns.
    pub(super) columns: Cow<'a, [String]>,
    /// So many of these it has by itself. The others have what persons wrote, and nothing else.
    pub(super) own: usize,
}

impl<'a> Head<'a> {
    /// The head of a table as it is.
    pub(super) fn of<'s: 'a>(sheet: &'a Sheet<'s>) -> Self {
        Self {
            text: Cow::Borrowed(sheet.head),
            columns: Cow::Borrowed(&sheet.columns),
            own: sheet.columns.len(),
        }
    }

    /// Whether it has a column of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column == name)
    }

    /// Adds a column behind the others; `title` is the header's cell as a person wrote it.
    pub(super) fn add(&mut self, name: &str, title: &str) {
        self.columns.to_mut().push(name.to_owned());
        let text = self.text.trim_end();
        let (above, rule) = text.rsplit_once('\n').unwrap_or(("", text));
        let rest = &self.text[text.len()..];
        self.text = Cow::Owned(format!("{}\n{}{rest}", with_cell(above, title), with_cell(rule, "---")));
    }
}

/// A line of a table with one more cell behind the others.
fn with_cell(line: &str, cell: &str) -> String {
    let line = line.trim_end();
    let parts = if line.ends_with('|') { "" } else { " |" };
    format!("{line}{parts} {cell} |")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_added_behind_the_others_however_the_head_is_written() {
        for (head, expected) in [
            ("| Title |\n| --- |\n", "| Title | **Mine** |\n| --- | --- |\n"),
            ("Title | Date\n:-- | --:\n", "Title | Date | **Mine** |\n:-- | --: | --- |\n"),
            ("## T\n\n|Title|  \n|-|\n\n", "## T\n\n|Title| **Mine** |\n|-| --- |\n\n"),
        ] {
            let columns = vec!["title".to_owned()];
            let sheet = Sheet { head, columns, titles: vec!["Title"], lines: Vec::new(), tail: "" };
            let mut added = Head::of(&sheet);
            added.add("mine", "**Mine**");
            assert_eq!((&*added.text, added.own, added.has("mine")), (expected, 1, true));
        }
    }
}
