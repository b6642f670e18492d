//! arXiv's search expression, checked when it is loaded and sent so that it can only be read one way.
//!
//! ```text
//! any     = all { "OR" all }
//! all     = operand { ("AND" | "ANDNOT" | "AND NOT" | "NOT") operand }
//! operand = [field ":"] ( word | phrase | "(" any ")" ) | "submittedDate:[" when "TO" when "]"
//! ```
//!
//! AND and ANDNOT bind tighter than OR and are read from the left, as everyone expects. arXiv's own
//! parser has no precedence and reads from the right, and it mends what it does not understand (a
//! missing operator becomes OR); so what is sent has every operation in parentheses, and what arXiv
//! would mend is refused here, with its place.

mod date_range;
mod error;
mod field;
mod lexer;
mod parser;
mod writer;

use date_range::DateRange;
pub use error::QueryError;
use field::Field;

/// The longest expression, in characters: it travels in an address, and servers commonly stop
/// reading one at 8 KiB.
pub const QUERY_CHARS_MAX: usize = 4_000;

/// How deep parentheses may nest. Nobody writes ten; all that walks the tree recurses this deep.
pub const QUERY_DEPTH_MAX: usize = 64;

/// A search expression as a tree. Two expressions that differ only in grouping that does not matter
/// (`a OR (b OR c)`, `a ANDNOT b AND c`) are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    root: QueryNode,
}

/// A node in its one canonical form: no list holds a list of its own kind, `without` holds no
/// [`QueryNode::Any`], and no list stands for a single node.
#[derive(Debug, Clone, PartialEq, Eq)]
enum QueryNode {
    /// One field holds one text.
    Term { field: Field, text: SearchText },
    /// Version 1 was submitted in this span.
    Submitted(DateRange),
    /// Every one of `with` (at least one) and none of `without`.
    All { with: Vec<QueryNode>, without: Vec<QueryNode> },
    /// At least one of these (at least two).
    Any(Vec<QueryNode>),
}

/// What a field is searched for. arXiv reads a word and a quoted word differently: the first only
/// by its stem, the second also as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SearchText {
    Word(String),
    Phrase(String),
}

impl Query {
    /// Reads an expression as a person writes it. The fault names its place and what would be right.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let tokens = lexer::tokenize(text)?;
        let root = parser::parse_tokens(&tokens)?;
        Ok(Self { root })
    }
}

impl QueryNode {
    /// Any of these, in canonical form.
    fn any(nodes: impl IntoIterator<Item = Self>) -> Self {
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
    fn all(with: impl IntoIterator<Item = Self>, without: impl IntoIterator<Item = Self>) -> Self {
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

#[cfg(test)]
mod tests;
