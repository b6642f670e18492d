//! The text of a pull request: what came and what was replaced, by topic, and what the person who reads it
//! should know before merging. Names nobody, links no issue, and fits what every forge takes.

use std::fmt::Write as _;

use super::single_line::SingleLine;
use super::table::{self, TableRow};
use super::title_escaping;
use crate::domain::Version;

/// GitHub takes 65,536 characters, GitLab a million; counted in bytes, and with what is put unseen behind it, it is within
/// the limit however a forge counts.
/// Source: <https://github.com/orgs/community/discussions/41331>.
const BODY_BYTES_MAX: usize = 54_000;

/// A cell's text in a conflict is shown so far.
const CELL_CHARS_MAX: usize = 300;

/// What a pull request proposes for one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedTopicChanges {
    /// The topic.
    pub topic: String,
    /// Rows that the base does not have, in the table's order.
    pub new: Vec<TableRow>,
    /// Rows of papers that the base has in another version, in the table's order.
    pub replaced: Vec<VersionReplacingRow>,
    /// Rows of preprints that have appeared in a journal since, in the table's order.
    pub published: Vec<TableRow>,
    /// Titles of papers whose row a person deleted; they are not proposed again.
    pub dismissed: Vec<SingleLine>,
    /// What a person and a new version of a paper both changed.
    pub conflicts: Vec<EditedCellConflict>,
    /// Rows that leave the list for its archive.
    pub archived_rows: usize,
}

/// A row that replaces another version's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionReplacingRow {
    /// The row as it would be.
    pub row: TableRow,
    /// The version that the base has, where its row says so.
    pub previous_version: Option<Version>,
}

/// A cell that a person edited and that would read otherwise now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedCellConflict {
    /// The title of the row's paper.
    pub title: SingleLine,
    /// The column's name.
    pub column: String,
    /// What the person wrote; it stays.
    pub edited: SingleLine,
    /// What would be there without that.
    pub desired: SingleLine,
}

/// The body, in GitHub's Markdown. Papers that do not fit are counted; they are in the pull request's files.
pub fn pull_request_body(changes: &[ProposedTopicChanges]) -> String {
    let mut body = PullRequestBody { text: String::new(), omitted: 0 };
    for topic in changes.iter().filter(|topic| !topic.is_empty()) {
        topic.write_topic(&mut body);
    }
    body.finish()
}

impl ProposedTopicChanges {
    /// Whether there is nothing to say of this topic.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty()
            && self.replaced.is_empty()
            && self.published.is_empty()
            && self.dismissed.is_empty()
            && self.conflicts.is_empty()
            && self.archived_rows == 0
    }

    fn write_topic(&self, body: &mut PullRequestBody) {
        let mut heading = String::new();
        title_escaping::write_heading(&mut heading, &SingleLine::new(&self.topic));
        body.push_text_if_it_fits(&format!("{heading}\n"));
        body.push_entries_under_heading(
            "New",
            self.new.iter().map(|row| markdown_paper_list_item(row, None)),
        );
        body.push_entries_under_heading(
            "Published in a journal",
            self.published.iter().map(|row| markdown_paper_list_item(row, None)),
        );
        body.push_entries_under_heading(
            "Replaced by a later version",
            self.replaced
                .iter()
                .map(|replaced| markdown_paper_list_item(&replaced.row, replaced.previous_version)),
        );
        body.push_entries_under_heading(
            "Edited by hand, and left so though the paper changed",
            self.conflicts.iter().map(conflict_list_item),
        );
        body.push_entries_under_heading(
            "Deleted by hand, and not proposed again",
            self.dismissed.iter().map(markdown_dismissed_list_item),
        );
        match self.archived_rows {
            0 => {}
            1 => body.push_text_if_it_fits("\nOne row leaves the list for its archive.\n"),
            rows => body.push_text_if_it_fits(&format!("\n{rows} rows leave the list for its archive.\n")),
        }
    }
}

/// `- [Title](address), v1 → v2, 2025-03-26, [journal](address), [code](address)`.
fn markdown_paper_list_item(row: &TableRow, before: Option<Version>) -> String {
    let mut entry = "- ".to_owned();
    table::write_linked_title(&mut entry, row);
    let version = row.link.as_ref().and_then(|link| link.version);
    if let (Some(before), Some(version)) = (before, version) {
        let _ = write!(entry, ", {before} → {version}");
    }
    if let Some(date) = row.date {
        let _ = write!(entry, ", {date}");
    }
    if table::has_article_link(row) {
        entry.push_str(", ");
        table::write_article_link(&mut entry, row, "journal");
    }
    if table::has_code_link(row) {
        entry.push_str(", ");
        table::write_code_link(&mut entry, row, "code");
    }
    entry.push('\n');
    entry
}

fn conflict_list_item(conflict: &EditedCellConflict) -> String {
    let mut entry = "- ".to_owned();
    write_quoted_title(&mut entry, &conflict.title);
    let _ = write!(entry, ", {}: ", conflict.column);
    write_quoted_title(&mut entry, &truncate_pull_request_cell(&conflict.edited));
    entry.push_str(" stays, and would now be ");
    write_quoted_title(&mut entry, &truncate_pull_request_cell(&conflict.desired));
    entry.push('\n');
    entry
}

fn markdown_dismissed_list_item(title: &SingleLine) -> String {
    let mut entry = "- ".to_owned();
    write_quoted_title(&mut entry, title);
    entry.push('\n');
    entry
}

/// Behind a quotation mark no text begins a list or a heading of its own.
fn write_quoted_title(out: &mut String, text: &SingleLine) {
    out.push('“');
    title_escaping::write_escaped_title(out, text);
    out.push('”');
}

fn truncate_pull_request_cell(text: &SingleLine) -> SingleLine {
    match text.as_str().char_indices().nth(CELL_CHARS_MAX) {
        Some((end, _)) => SingleLine::new(&format!("{}…", &text.as_str()[..end])),
        None => text.clone(),
    }
}

/// What is written so far; what would not fit is counted.
struct PullRequestBody {
    text: String,
    omitted: usize,
}

/// What is under everything.
const FOOT: &str = "
---
This pull request is kept current: more papers are added to it until it is merged. Rows that you delete and cells \
that you edit on its branch stay as you leave them. If you close it, it stays closed until there is more to propose.
";

/// Room for the foot and for the line that counts what was left out.
const KEPT_FREE: usize = FOOT.len() + 120;

impl PullRequestBody {
    /// Text that is there whole or not at all.
    fn push_text_if_it_fits(&mut self, text: &str) {
        if self.text.len() + text.len() + KEPT_FREE <= BODY_BYTES_MAX {
            self.text.push_str(text);
        }
    }

    /// Entries under a heading; none if there is no entry.
    fn push_entries_under_heading(&mut self, heading: &str, entries: impl Iterator<Item = String>) {
        for (place, entry) in entries.enumerate() {
            let heading = if place == 0 { format!("\n**{heading}**\n\n") } else { String::new() };
            let bytes = heading.len() + entry.len();
            if self.omitted > 0 || self.text.len() + bytes + KEPT_FREE > BODY_BYTES_MAX {
                self.omitted += 1;
            } else {
                self.text.extend([heading, entry]);
            }
        }
    }

    fn finish(mut self) -> String {
        if self.omitted > 0 {
            let _ = write!(self.text, "\nAnd {} more, which the changed files show.\n", self.omitted);
        }
        self.text.push_str(FOOT);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PaperLink;

    fn sample_row(title: &str, number: u32) -> TableRow {
        let version = if number == 0 { String::new() } else { format!("v{number}") };
        TableRow {
            link: PaperLink::parse_row_link_url(&format!("2503.20246{version}")),
            title: SingleLine::new(title),
            date: Some("2025-03-26".parse().unwrap()),
            abstract_: SingleLine::default(),
            comment: None,
            code_link: (number == 1).then(|| "https://github.com/ada/engine".to_owned()),
            article_link: (number == 4).then(|| "https://doi.org/10.1000/1".to_owned()),
            optional: table::OptionalCells::default(),
        }
    }

    fn sample_changes(new: Vec<TableRow>) -> ProposedTopicChanges {
        ProposedTopicChanges {
            topic: "Image Classification".to_owned(),
            new,
            replaced: vec![],
            published: vec![],
            dismissed: vec![],
            conflicts: vec![],
            archived_rows: 0,
        }
    }

    #[test]
    fn a_body_says_what_came_by_topic() {
        let changes = [
            ProposedTopicChanges {
                replaced: vec![VersionReplacingRow {
                    row: sample_row("Second thoughts", 3),
                    previous_version: Version::new(1),
                }],
                published: vec![sample_row("Fourth", 4)],
                dismissed: vec![SingleLine::new("Not ours")],
                conflicts: vec![EditedCellConflict {
                    title: SingleLine::new("Third"),
                    column: "Comment".to_owned(),
                    edited: SingleLine::new("best paper"),
                    desired: SingleLine::new("12 pages"),
                }],
                archived_rows: 2,
                ..sample_changes(vec![sample_row("A [new] one by @ada, fixes #1", 1)])
            },
            ProposedTopicChanges { topic: "Quiet".to_owned(), ..sample_changes(vec![]) },
        ];
        insta::assert_snapshot!(pull_request_body(&changes), @r"
        ## Image Classification

        **New**

        - [A \[new\] one by @&#8203;ada, fixes #&#8203;1](http://arxiv.org/abs/2503.20246v1), 2025-03-26, [code](https://github.com/ada/engine)

        **Published in a journal**

        - [Fourth](http://arxiv.org/abs/2503.20246v4), 2025-03-26, [journal](https://doi.org/10.1000/1)

        **Replaced by a later version**

        - [Second thoughts](http://arxiv.org/abs/2503.20246v3), v1 → v3, 2025-03-26

        **Edited by hand, and left so though the paper changed**

        - “Third”, Comment: “best paper” stays, and would now be “12 pages”

        **Deleted by hand, and not proposed again**

        - “Not ours”

        2 rows leave the list for its archive.

        ---
        This pull request is kept current: more papers are added to it until it is merged. Rows that you delete and cells that you edit on its branch stay as you leave them. If you close it, it stays closed until there is more to propose.
        ");
    }

    #[test]
    fn a_body_of_any_length_fits_and_counts_what_it_leaves_out() {
        let rows: Vec<TableRow> =
            (0..3000).map(|number| sample_row(&format!("The paper number {number}"), 2)).collect();
        let body = pull_request_body(&[sample_changes(rows)]);
        assert!(body.len() <= BODY_BYTES_MAX, "{}", body.len());
        let listed = body.matches("- [The paper number ").count();
        assert!(listed > 500 && body.contains(&format!("\nAnd {} more, which", 3000 - listed)), "{listed}");
        assert!(body.ends_with(FOOT));
    }
}
