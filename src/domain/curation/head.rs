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

/// The head of a table whose head a person changed. It stays, but where other columns are wanted than before and the person
/// only added some: then these stand behind what is wanted.
pub(super) fn changed<'h>(ours: &[&Sheet<'_>], theirs: &'h Sheet<'_>, wanted: &'h Sheet<'_>) -> Head<'h> {
    let has_all_of = |ours: &&&Sheet<'_>| {
        let mut theirs = theirs.columns.iter();
        ours.columns.iter().all(|column| theirs.any(|known| known == column))
    };
    let is_as_before = ours.is_empty() || ours.iter().any(|ours| ours.columns == wanted.columns);
    let Some(ours) = ours.iter().find(has_all_of).filter(|_| !is_as_before) else { return Head::of(theirs) };
    let mut head = Head::of(wanted);
    for (name, title) in theirs.columns.iter().zip(&theirs.titles) {
        if !ours.columns.contains(name) && !head.has(name) {
            head.add(name, title);
        }
    }
    head
}

/// A line of a table with one more cell behind the others.
fn with_cell(line: &str, cell: &str) -> String {
    let line = line.trim_end();
    let parts = if line.ends_with('|') && !line.ends_with("\\|") { "" } else { " |" };
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
            ("Title | a \\|\n- | -\n", "Title | a \\| | **Mine** |\n- | - | --- |\n"),
            ("## T\n\n|Title|  \n|-|\n\n", "## T\n\n|Title| **Mine** |\n|-| --- |\n\n"),
        ] {
            let columns = vec!["title".to_owned()];
            let sheet = Sheet {
                head,
                columns,
                titles: vec!["Title"],
                lines: Vec::new(),
                tail: "",
                has_plain_tail: true,
            };
            let mut added = Head::of(&sheet);
            added.add("mine", "**Mine**");
            assert_eq!((&*added.text, added.own, added.has("mine")), (expected, 1, true));
        }
    }
}
