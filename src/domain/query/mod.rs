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
mod node;
mod parser;
mod writer;

pub(in crate::domain) use date_range::DateRange;
pub use error::QueryError;
pub(in crate::domain) use field::QueryField;
pub use lexer::QUERY_CHARS_MAX;
pub(in crate::domain) use node::{QueryNode, SearchedWordOrPhrase};
pub use parser::QUERY_DEPTH_MAX;

/// A search expression as a tree. Two expressions that differ only in grouping that does not matter
/// (`a OR (b OR c)`, `a ANDNOT b AND c`) are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    root: QueryNode,
}

impl Query {
    /// Reads an expression as a person writes it. The fault names its place and what would be right.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let tokens = lexer::tokenize(text)?;
        let root = parser::parse_query_tokens(&tokens)?;
        Ok(Self { root })
    }

    /// The categories that it asks for, as they are written; each may have wildcards.
    pub fn categories(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.root.collect_categories(&mut found);
        found
    }

    /// The tree.
    pub(in crate::domain) fn root_node(&self) -> &QueryNode {
        &self.root
    }
}

#[cfg(test)]
mod tests;
