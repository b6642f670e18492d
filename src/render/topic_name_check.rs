//! Which names a topic may have: those that a heading and a marker can have.

use crate::domain::is_bidi_control;

/// A topic's name may have so many characters: GitHub cuts no heading of this length.
pub const TOPIC_NAME_CHARS: usize = 100;

/// A topic's name that a heading and a marker cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicNameError {
    /// Nothing to read in it.
    #[error("a topic's name must not be empty")]
    Empty,
    /// More than [`TOPIC_NAME_CHARS`].
    #[error("a topic's name may have {TOPIC_NAME_CHARS} characters, and this one has {0}")]
    TooLong(usize),
    /// White space that a marker would not keep.
    #[error("a topic's name must have no spaces at its ends and one at most between two words")]
    Spaces,
    /// A line end or another control character.
    #[error("a topic's name must be one line without control characters")]
    Control,
    /// Part of an HTML comment's own marks.
    #[error("a topic's name must not contain `{0}`, which would end its marker")]
    CommentMark(&'static str),
}

/// Judges whether a heading and a marker can have a topic's name.
pub fn check_topic_name(name: &str) -> Result<(), TopicNameError> {
    let chars = name.chars().count();
    if name.trim().is_empty() {
        Err(TopicNameError::Empty)
    } else if chars > TOPIC_NAME_CHARS {
        Err(TopicNameError::TooLong(chars))
    } else if name
        .chars()
        .any(|c| c.is_control() || is_bidi_control(c) || matches!(c, '\u{2028}' | '\u{2029}'))
    {
        Err(TopicNameError::Control)
    } else if name.trim() != name || name.contains("  ") {
        Err(TopicNameError::Spaces)
    } else {
        ["<!--", "-->", "--!>"]
            .into_iter()
            .find(|mark| name.contains(mark))
            .map_or(Ok(()), |mark| Err(TopicNameError::CommentMark(mark)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::splice_tables;

    #[test]
    fn a_topics_name_that_would_break_its_marker_is_told() {
        for (name, fault) in [
            ("", Some(TopicNameError::Empty)),
            ("\u{a0}", Some(TopicNameError::Empty)),
            ("a --> b", Some(TopicNameError::CommentMark("-->"))),
            ("a --!> b", Some(TopicNameError::CommentMark("--!>"))),
            ("<!-- b", Some(TopicNameError::CommentMark("<!--"))),
            (" a", Some(TopicNameError::Spaces)),
            ("a  b", Some(TopicNameError::Spaces)),
            ("a\nb", Some(TopicNameError::Control)),
            ("a\u{202E}b", Some(TopicNameError::Control)),
            ("Image Classification", None),
            ("C++ -- and | more, é你", None),
        ] {
            assert_eq!(check_topic_name(name).err(), fault, "{name:?}");
            if fault.is_none() {
                let tables = [(name, "t\n")];
                let list = splice_tables(None, &tables).unwrap();
                assert_eq!(splice_tables(Some(&list), &tables), Ok(list));
            }
        }
        assert_eq!(check_topic_name(&"x".repeat(101)), Err(TopicNameError::TooLong(101)));
    }
}
