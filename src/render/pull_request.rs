//! The text of a pull request: what came and what was replaced, by topic, and what the person who reads it
//! should know before merging. Names nobody, links no issue, and fits what every forge takes.

use std::fmt::Write as _;

use super::line::Line;
use super::table::{self, PaperLink, Row};
use super::title;
use crate::domain::Version;

/// GitHub takes 65,536 characters, GitLab a million; counted in bytes, and with what is put unseen behind it, it is within
/// the limit however a forge counts.
/// Source: <https://github.com/orgs/community/discussions/41331>.
const BODY_BYTES_MAX: usize = 54_000;

/// A cell's text in a conflict is shown so far.
const CELL_CHARS_MAX: usize = 300;

/// What a pull request proposes for one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The topic.
    pub topic: String,
    /// Rows that the base does not have, in the table's order.
    pub new: Vec<Row>,
    /// Rows of papers that the base has in another version, in the table's order.
    pub replaced: Vec<Replaced>,
    /// Titles of papers whose row a person deleted; they are not proposed again.
    pub dismissed: Vec<Line>,
    /// What a person and a new version of a paper both changed.
    pub conflicts: Vec<Conflict>,
    /// Rows that leave the list for its archive.
    pub archived: usize,
}

/// A row that replaces another version's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The row as it would be.
    pub row: Row,
    /// The version that the base has, where its row says so.
    pub before: Option<Version>,
}

/// A cell that a person edited and that would read otherwise now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The title of the row's paper.
    pub title: Line,
    /// The column's name.
    pub column: String,
    /// What the person wrote; it stands.
    pub standing: Line,
    /// What would stand there without that.
    pub wanted: Line,
}

/// The body, in GitHub's Markdown. Papers that do not fit are counted; they stand in the pull request's files.
pub fn body(changes: &[Changes]) -> String {
    let mut body = Body { text: String::new(), left_out: 0 };
    for topic in changes.iter().filter(|topic| !topic.is_empty()) {
        topic.write(&mut body);
    }
    body.finished()
}

impl Changes {
    /// Whether there is nothing to say of this topic.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty()
            && self.replaced.is_empty()
            && self.dismissed.is_empty()
            && self.conflicts.is_empty()
            && self.archived == 0
    }

    fn write(&self, body: &mut Body) {
        let mut heading = String::new();
        title::write_heading(&mut heading, &Line::new(&self.topic));
        body.open(&format!("{heading}\n"));
        body.group("New", self.new.iter().map(|row| entry(row, None)));
        body.group(
            "Replaced by a later version",
            self.replaced.iter().map(|replaced| entry(&replaced.row, replaced.before)),
        );
        body.group(
            "Edited by hand, and left so though the paper changed",
            self.conflicts.iter().map(conflict),
        );
        body.group("Deleted by hand, and not proposed again", self.dismissed.iter().map(dismissed));
        match self.archived {
            0 => {}
            1 => body.open("\nOne row leaves the list for its archive.\n"),
            rows => body.open(&format!("\n{rows} rows leave the list for its archive.\n")),
        }
    }
}

/// `- [Title](address), v1 → v2, 2025-03-26, [code](address)`.
fn entry(row: &Row, before: Option<Version>) -> String {
    let mut entry = "- ".to_owned();
    table::write_linked_title(&mut entry, row);
    if let (Some(before), PaperLink::Arxiv { version: Some(version), .. }) = (before, &row.link) {
        let _ = write!(entry, ", {before} → {version}");
    }
    if let Some(date) = row.date {
        let _ = write!(entry, ", {date}");
    }
    if table::has_code(row) {
        entry.push_str(", ");
        table::write_code(&mut entry, row, "code");
    }
    entry.push('\n');
    entry
}

fn conflict(conflict: &Conflict) -> String {
    let mut entry = "- ".to_owned();
    write_quoted(&mut entry, &conflict.title);
    let _ = write!(entry, ", {}: ", conflict.column);
    write_quoted(&mut entry, &shortened(&conflict.standing));
    entry.push_str(" stands, and would now be ");
    write_quoted(&mut entry, &shortened(&conflict.wanted));
    entry.push('\n');
    entry
}

fn dismissed(title: &Line) -> String {
    let mut entry = "- ".to_owned();
    write_quoted(&mut entry, title);
    entry.push('\n');
    entry
}

/// Behind a quotation mark no text begins a list or a heading of its own.
fn write_quoted(out: &mut String, text: &Line) {
    out.push('“');
    title::write(out, text);
    out.push('”');
}

fn shortened(text: &Line) -> Line {
    match text.as_str().char_indices().nth(CELL_CHARS_MAX) {
        Some((end, _)) => Line::new(&format!("{}…", &text.as_str()[..end])),
        None => text.clone(),
    }
}

/// What is written so far; what would not fit is counted.
struct Body {
    text: String,
    left_out: usize,
}

/// What stands under everything.
const FOOT: &str = "
---
This pull request is kept current: more papers are added to it until it is merged. Rows that you delete and cells \
that you edit on its branch stay as you leave them. If you close it, it stays closed until there is more to propose.
";

/// Room for the foot and for the line that counts what was left out.
const KEPT_FREE: usize = FOOT.len() + 120;

impl Body {
    /// Text that stands whole or not at all.
    fn open(&mut self, text: &str) {
        if self.text.len() + text.len() + KEPT_FREE <= BODY_BYTES_MAX {
            self.text.push_str(text);
        }
    }

    /// Entries under a heading; none where there is no entry.
    fn group(&mut self, heading: &str, entries: impl Iterator<Item = String>) {
        for (place, entry) in entries.enumerate() {
            let heading = if place == 0 { format!("\n**{heading}**\n\n") } else { String::new() };
            let bytes = heading.len() + entry.len();
            if self.left_out > 0 || self.text.len() + bytes + KEPT_FREE > BODY_BYTES_MAX {
                self.left_out += 1;
            } else {
                self.text.extend([heading, entry]);
            }
        }
    }

    fn finished(mut self) -> String {
        if self.left_out > 0 {
            let _ = write!(self.text, "\nAnd {} more, which the changed files show.\n", self.left_out);
        }
        self.text.push_str(FOOT);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ArxivId;

    fn row(title: &str, number: u32) -> Row {
        let (id, _) = ArxivId::split("2503.20246").unwrap();
        Row {
            link: PaperLink::Arxiv { id, version: Version::new(number) },
            title: Line::new(title),
            date: Some("2025-03-26".parse().unwrap()),
            abstract_: Line::default(),
            comment: None,
            code_link: (number == 1).then(|| "https://github.com/ada/engine".to_owned()),
            more: table::More::default(),
        }
    }

    fn changes(new: Vec<Row>) -> Changes {
        Changes {
            topic: "Image Classification".to_owned(),
            new,
            replaced: vec![],
            dismissed: vec![],
            conflicts: vec![],
            archived: 0,
        }
    }

    #[test]
    fn a_body_says_what_came_by_topic() {
        let changes = [
            Changes {
                replaced: vec![Replaced { row: row("Second thoughts", 3), before: Version::new(1) }],
                dismissed: vec![Line::new("Not ours")],
                conflicts: vec![Conflict {
                    title: Line::new("Third"),
                    column: "Comment".to_owned(),
                    standing: Line::new("best paper"),
                    wanted: Line::new("12 pages"),
                }],
                archived: 2,
                ..changes(vec![row("A [new] one by @ada, fixes #1", 1)])
            },
            Changes { topic: "Quiet".to_owned(), ..changes(vec![]) },
        ];
        insta::assert_snapshot!(body(&changes), @r"
        ## Image Classification

        **New**

        - [A \[new\] one by @&#8203;ada, fixes #&#8203;1](http://arxiv.org/abs/2503.20246v1), 2025-03-26, [code](https://github.com/ada/engine)

        **Replaced by a later version**

        - [Second thoughts](http://arxiv.org/abs/2503.20246v3), v1 → v3, 2025-03-26

        **Edited by hand, and left so though the paper changed**

        - “Third”, Comment: “best paper” stands, and would now be “12 pages”

        **Deleted by hand, and not proposed again**

        - “Not ours”

        2 rows leave the list for its archive.

        ---
        This pull request is kept current: more papers are added to it until it is merged. Rows that you delete and cells that you edit on its branch stay as you leave them. If you close it, it stays closed until there is more to propose.
        ");
    }

    #[test]
    fn a_body_of_any_length_fits_and_counts_what_it_leaves_out() {
        let rows: Vec<Row> = (0..3000).map(|number| row(&format!("The paper number {number}"), 2)).collect();
        let body = body(&[changes(rows)]);
        assert!(body.len() <= BODY_BYTES_MAX, "{}", body.len());
        let listed = body.matches("- [The paper number ").count();
        assert!(listed > 500 && body.contains(&format!("\nAnd {} more, which", 3000 - listed)), "{listed}");
        assert!(body.ends_with(FOOT));
    }
}
