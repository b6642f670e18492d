//! The tree of a search expression.

use std::borrow::Cow;

use super::date_range::DateRange;
use super::field::QueryField;

/// A node in its one canonical form: no list holds a list of its own kind, `without` holds no
/// [`QueryNode::Any`], and no list is a single node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain) enum QueryNode {
    /// One field holds one text.
    Term { field: QueryField, text: SearchedWordOrPhrase },
    /// Version 1 was submitted in this span.
    Submitted(DateRange),
    /// Every one of `with` (at least one) and none of `without`.
    All { with: Vec<QueryNode>, without: Vec<QueryNode> },
    /// At least one of these (at least two).
    Any(Vec<QueryNode>),
}

/// What a field is searched for. arXiv reads a word and a quoted word differently: the first only
/// by its stem, the second also as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain) enum SearchedWordOrPhrase {
    Word(String),
    Phrase(String),
}

impl SearchedWordOrPhrase {
    /// The text without its quotes.
    pub(in crate::domain) fn as_str(&self) -> &str {
        match self {
            Self::Word(text) | Self::Phrase(text) => text,
        }
    }

    /// The text as it is sent to the field of authors: `del_maestro` is the phrase `"del maestro"`, as arXiv's manual
    /// writes it. arXiv does this itself, but only to the first term of an expression that has no parentheses.
    pub(in crate::domain) fn for_author_field(&self) -> Cow<'_, Self> {
        match self {
            Self::Word(word) if word.contains('_') && !word.contains(['*', '?']) => {
                let parts = word.split('_').filter(|part| !part.is_empty());
                Cow::Owned(Self::Phrase(parts.collect::<Vec<_>>().join(" ")))
            }
            Self::Word(_) | Self::Phrase(_) => Cow::Borrowed(self),
        }
    }
}

impl QueryNode {
    /// Whatever the field of categories is searched for, in the order of the tree.
    pub(super) fn collect_categories<'q>(&'q self, found: &mut Vec<&'q str>) {
        match self {
            Self::Term { field: QueryField::Category, text } => found.push(text.as_str()),
            Self::Term { .. } | Self::Submitted(_) => {}
            Self::Any(nodes) => nodes.iter().for_each(|node| node.collect_categories(found)),
            Self::All { with, without } => {
                with.iter().chain(without).for_each(|node| node.collect_categories(found));
            }
        }
    }

    /// Any of these, in canonical form.
    pub(super) fn any_of(nodes: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for node in nodes {
            match node {
                Self::Any(inner) => flat.extend(inner),
                node @ (Self::Term { .. } | Self::Submitted(_) | Self::All { .. }) => flat.push(node),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Any(flat) }
    }

    /// All of `with` and none of `without`, in canonical form.
    pub(super) fn all_of(
        with: impl IntoIterator<Item = Self>,
        without: impl IntoIterator<Item = Self>,
    ) -> Self {
        let (mut kept, mut barred) = (Vec::new(), Vec::new());
        for node in with {
            match node {
                Self::All { with, without } => {
                    kept.extend(with);
                    barred.extend(without);
                }
                node @ (Self::Term { .. } | Self::Submitted(_) | Self::Any(_)) => kept.push(node),
            }
        }
        for node in without {
            match node {
                Self::Any(inner) => barred.extend(inner),
                node @ (Self::Term { .. } | Self::Submitted(_) | Self::All { .. }) => barred.push(node),
            }
        }
        if kept.len() == 1 && barred.is_empty() {
            kept.remove(0)
        } else {
            Self::All { with: kept, without: barred }
        }
    }
}
