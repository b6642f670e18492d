//! The head of a table: what a person made of it, the columns that are desired now, and those that cells of a person need
//! which come into it from another file.

use std::borrow::Cow;

use super::ParsedTable;

/// The head that a table gets.
pub(super) struct TableHead<'a> {
    /// The head's text, whole lines.
    pub(super) text: Cow<'a, str>,
    /// The names of its columns.
    pub(super) columns: Cow<'a, [String]>,
    /// How many of these it has by itself. The others have what people wrote, and nothing else.
    pub(super) own_columns: usize,
}

/// A column as a header has it: its name, its title as it is written, and its cell in the rule.
#[derive(Clone, Copy)]
struct HeaderColumn<'a> {
    name: &'a str,
    title: &'a str,
    rule: &'a str,
}

impl<'a> TableHead<'a> {
    /// The head of a table as it is.
    pub(super) fn of_parsed_table<'s: 'a>(table: &'a ParsedTable<'s>) -> Self {
        Self {
            text: Cow::Borrowed(table.head),
            columns: Cow::Borrowed(&table.columns),
            own_columns: table.columns.len(),
        }
    }

    /// The head of a table with what a person changed of it: what they wrote above it stays, and so does their header.
    /// If other columns are desired than before, they come into that header or leave it.
    pub(super) fn merge_table_heads<'s: 'a>(
        base: &[&ParsedTable<'s>],
        edited: &'a ParsedTable<'s>,
        desired: &'a ParsedTable<'s>,
    ) -> Self {
        let is_unedited = |part: fn(&ParsedTable<'s>) -> &'s str| {
            base.is_empty() && part(edited) == part(desired)
                || base.iter().any(|base| part(base) == part(edited))
        };
        let above = if is_unedited(ParsedTable::text_above_header) {
            desired.text_above_header()
        } else {
            edited.text_above_header()
        };
        let is_as_before = base.is_empty() || base.iter().any(|base| base.columns == desired.columns);
        let (header, columns) = if is_unedited(ParsedTable::header_and_rule) {
            (Cow::Borrowed(desired.header_and_rule()), Cow::Borrowed(&*desired.columns))
        } else if is_as_before {
            (Cow::Borrowed(edited.header_and_rule()), Cow::Borrowed(&*edited.columns))
        } else {
            let columns = merge_columns(base, edited, desired);
            let names = columns.iter().map(|column| column.name.to_owned()).collect();
            (Cow::Owned(table_header_lines(&columns)), Cow::Owned(names))
        };
        Self { text: Cow::Owned(format!("{above}{header}")), own_columns: columns.len(), columns }
    }

    /// Whether it has a column of this name.
    pub(super) fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column == name)
    }

    /// Adds a column behind the others; `title` is the header's cell as a person wrote it.
    pub(super) fn append_table_column(&mut self, name: &str, title: &str) {
        self.columns.to_mut().push(name.to_owned());
        let text = self.text.trim_end();
        let (above, rule) = text.rsplit_once('\n').unwrap_or(("", text));
        let rest = &self.text[text.len()..];
        self.text = Cow::Owned(format!("{}\n{}{rest}", append_cell(above, title), append_cell(rule, "---")));
    }
}

/// The columns that are desired, in their order, with those that a person added in their places; or, if the person removed,
/// moved or replaced some, the person's columns, without those that are no longer desired and with those that are new.
fn merge_columns<'a>(
    base: &[&ParsedTable<'_>],
    edited: &'a ParsedTable<'_>,
    desired: &'a ParsedTable<'_>,
) -> Vec<HeaderColumn<'a>> {
    let has_all_of = |base: &&&ParsedTable<'_>| {
        let mut edited = edited.columns.iter();
        base.columns.iter().all(|column| edited.any(|known| known == column))
    };
    let (edited, desired) = (header_columns(edited), header_columns(desired));
    let was_in_base = |column: &HeaderColumn<'_>| {
        base.iter().flat_map(|base| &base.columns).any(|name| name == column.name)
    };
    let find =
        |columns: &[HeaderColumn<'a>], name: &str| columns.iter().find(|column| column.name == name).copied();
    let (base, others) = if base.iter().any(|base| has_all_of(&base)) {
        let base = desired.iter().map(|column| find(&edited, column.name).unwrap_or(*column));
        (base.collect::<Vec<_>>(), &edited)
    } else {
        let stays =
            |column: &&HeaderColumn<'_>| !was_in_base(column) || find(&desired, column.name).is_some();
        (edited.iter().filter(stays).copied().collect(), &desired)
    };
    let mut merged = base;
    for (at, column) in others.iter().enumerate().rev() {
        if was_in_base(column) || find(&merged, column.name).is_some() {
            continue;
        }
        let next = others[at + 1..]
            .iter()
            .find_map(|next| merged.iter().position(|column| column.name == next.name));
        merged.insert(next.unwrap_or(merged.len()), *column);
    }
    merged
}

/// The columns of a table with their titles and rules.
fn header_columns<'a>(table: &'a ParsedTable<'_>) -> Vec<HeaderColumn<'a>> {
    let rule = table.header_and_rule().trim_end().lines().last().unwrap_or_default().trim();
    let rule = rule.strip_prefix('|').unwrap_or(rule);
    let mut rules = rule.split('|').map(str::trim);
    let titles = table.titles.iter().copied().chain(std::iter::repeat(""));
    let columns = table.columns.iter().zip(titles);
    let each = columns.map(|(name, title)| {
        let rule = rules.next().filter(|rule| !rule.is_empty()).unwrap_or("---");
        HeaderColumn { name, title, rule }
    });
    each.collect()
}

/// A header with its rule, two lines.
fn table_header_lines(columns: &[HeaderColumn<'_>]) -> String {
    let [titles, rules] = columns.iter().fold([String::new(), String::new()], |[titles, rules], column| {
        [format!("{titles} {} |", column.title), format!("{rules} {} |", column.rule)]
    });
    format!("|{titles}\n|{rules}\n")
}

/// A line of a table with one more cell behind the others.
fn append_cell(line: &str, cell: &str) -> String {
    let line = line.trim_end();
    let parts = if line.ends_with('|') && !line.ends_with("\\|") { "" } else { " |" };
    format!("{line}{parts} {cell} |")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of these columns, each a name in the case that its title has.
    fn table_with_head(head: &'static str) -> ParsedTable<'static> {
        let header = head.trim_end().lines().rev().nth(1).unwrap();
        let titles: Vec<&str> = header.trim_matches('|').split('|').map(str::trim).collect();
        let columns = titles.iter().map(|title| title.trim_matches('*').to_lowercase()).collect();
        ParsedTable { head, columns, titles, lines: Vec::new(), tail: "", has_plain_tail: true }
    }

    #[test]
    fn a_column_is_added_behind_the_others_however_the_head_is_written() {
        for (head, expected) in [
            ("| Title |\n| --- |\n", "| Title | **Mine** |\n| --- | --- |\n"),
            ("Title | Date\n:-- | --:\n", "Title | Date | **Mine** |\n:-- | --: | --- |\n"),
            ("Title | a \\|\n- | -\n", "Title | a \\| | **Mine** |\n- | - | --- |\n"),
            ("## T\n\n|Title|  \n|-|\n\n", "## T\n\n|Title| **Mine** |\n|-| --- |\n\n"),
        ] {
            let table = ParsedTable {
                columns: vec!["title".to_owned()],
                titles: vec!["Title"],
                ..table_with_head(head)
            };
            let mut added = TableHead::of_parsed_table(&table);
            added.append_table_column("mine", "**Mine**");
            assert_eq!((&*added.text, added.own_columns, added.has_column("mine")), (expected, 1, true));
        }
    }

    #[test]
    fn what_a_person_wrote_above_and_into_a_header_stays_while_other_columns_are_desired() {
        let base = table_with_head("## T\n\n| Title | Date | Code |\n| --- | --- | --- |\n");
        let desired = table_with_head("## T\n\n| Title | Authors | Date |\n| --- | --- | --- |\n");
        for (edited, expected) in [
            (base.head, desired.head),
            (
                "## Mine\n\nA note.\n\n| Title | Date | Code |\n| --- | --- | --- |\n",
                "## Mine\n\nA note.\n\n| Title | Authors | Date |\n| --- | --- | --- |\n",
            ),
            (
                "## T\n\n|Stars|Title|Date|Code|\n|:-:|---|--:|---|\n",
                "## T\n\n| Stars | Title | Authors | Date |\n| :-: | --- | --- | --: |\n",
            ),
            (
                "## T\n\n|**Title**|Date|Read|Code|Mine|\n|-|-|-|-|-|\n",
                "## T\n\n| **Title** | Authors | Date | Read | Mine |\n| - | --- | - | - | - |\n",
            ),
            (
                "## T\n\nDate | Title | Mine\n-|-|-\n",
                "## T\n\n| Authors | Date | Title | Mine |\n| --- | - | - | - |\n",
            ),
        ] {
            let edited = table_with_head(edited);
            assert_eq!(TableHead::merge_table_heads(&[&base], &edited, &desired).text, expected);
            let unchanged = TableHead::merge_table_heads(&[&base], &edited, &base);
            assert_eq!(unchanged.text, edited.head, "no other columns are desired");
        }
    }
}
