//! What can be wrong with the markers of a list file, and what would be right.

/// What is wrong with a topic's place in a list file. The topic's table stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableMarkerError {
    /// The text has no place for a topic's table.
    #[error(
        "there are no markers for the topic `{topic}`; where its table is to be, add these two lines, \
         each alone on its line and not indented:\n{}\n{}",
        marker_line("begin", topic),
        marker_line("end", topic)
    )]
    Missing {
        /// The topic.
        topic: String,
    },
    /// A table's beginning without its end.
    #[error(
        "line {line}: `{}` is never closed; below the table add the line\n{}",
        marker_line("begin", topic),
        marker_line("end", topic)
    )]
    Unclosed {
        /// The line in which the table begins, from 1.
        line: usize,
        /// The topic.
        topic: String,
    },
    /// A table's end without its beginning.
    #[error(
        "line {line}: `{}` closes nothing; above it add the line\n{}",
        marker_line("end", topic),
        marker_line("begin", topic)
    )]
    Unopened {
        /// The line in which the table ends.
        line: usize,
        /// The topic.
        topic: String,
    },
    /// A marker of another topic before this one is closed.
    #[error(
        "line {line}: `{}` is inside the table of `{outer}`, which begins in line {outer_line}; \
         close that one first with the line\n{}",
        marker_line(verb, topic),
        marker_line("end", outer)
    )]
    Nested {
        /// The line of the marker.
        line: usize,
        /// `begin` or `end`.
        verb: &'static str,
        /// The topic of the marker.
        topic: String,
        /// The topic whose table is open.
        outer: String,
        /// The line in which that table begins.
        outer_line: usize,
    },
    /// A second table of the same topic.
    #[error(
        "line {line}: the topic `{topic}` already has its table in line {first}; remove one of the two with its markers"
    )]
    Duplicate {
        /// Where the second one begins.
        line: usize,
        /// The topic.
        topic: String,
        /// Where the first one begins.
        first: usize,
    },
    /// A table of a topic that this list does not have.
    #[error(
        "line {line}: `{}` is for a topic that this list does not have; add the topic to the list in the \
         config, or remove the two marker lines (what is between them may stay)",
        marker_line("begin", topic)
    )]
    Unknown {
        /// The line in which the table begins.
        line: usize,
        /// The topic.
        topic: String,
    },
    /// A line that begins as a marker does and is none.
    #[error(
        "line {line}: `{text}` is not a marker; the only markers are `{}` and `{}`, each alone on its line",
        marker_line("begin", "Topic"),
        marker_line("end", "Topic")
    )]
    Misspelt {
        /// The marker's line.
        line: usize,
        /// The marker's text.
        text: String,
        /// The topic whose table it is in, or which has no markers.
        topic: Option<String>,
    },
    /// The rows of a table are there, and none of them links a paper any more.
    #[error(
        "no title in the table of `{topic}` links a paper any more, so its rows cannot be told apart; the table is left as \
         it is until the titles are links again, as in | [Title](https://arxiv.org/abs/2503.20246) |, or the rows are deleted"
    )]
    NoLinks {
        /// The topic.
        topic: String,
    },
    /// What is in a topic's place is nothing that could be kept.
    #[error(
        "what is between the markers of `{topic}` is no table of papers, and would be lost: a table has a header, a rule \
         such as | --- | --- | below it, and rows that link papers. Mend it, move it out of the markers, or delete it, and the \
         table is written again"
    )]
    NoTable {
        /// The topic.
        topic: String,
    },
}

impl TableMarkerError {
    /// The topic that cannot be written because of it; none if all of the list's can.
    pub fn topic(&self) -> Option<&str> {
        match self {
            Self::Missing { topic }
            | Self::Unclosed { topic, .. }
            | Self::Unopened { topic, .. }
            | Self::Nested { outer: topic, .. }
            | Self::Duplicate { topic, .. }
            | Self::NoLinks { topic }
            | Self::NoTable { topic } => Some(topic),
            Self::Misspelt { topic, .. } => topic.as_deref(),
            Self::Unknown { .. } => None,
        }
    }
}

/// A marker's line.
pub(super) fn marker_line(verb: &str, topic: &str) -> String {
    format!("<!-- paperwire:{verb} {topic} -->")
}
