//! A search expression written out: for a reader, and for arXiv.

use std::fmt::{self, Write};

use super::Query;
use super::field::{QueryField, SUBMITTED};
use super::lexer::parse_operator;
use super::node::{QueryNode, SearchedWordOrPhrase};

impl Query {
    /// The expression for arXiv's `search_query`, not yet encoded: every operation in parentheses, so
    /// that a parser without precedence that reads from the right sees the same tree.
    ///
    /// A long row of ANDs or ORs is halved again and again, not nested term by term: arXiv walks the
    /// tree by recursion, and this keeps it as shallow as can be.
    pub fn to_arxiv_query(&self) -> String {
        let mut out = String::new();
        write_for_arxiv(&self.root, &mut out);
        out
    }
}

/// The expression as a person would write it, with no parentheses but those that matter.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.root)
    }
}

impl fmt::Display for QueryNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term { field: QueryField::All, text } if needs_no_field_name(text) => write!(f, "{text}"),
            Self::Term { field, text } => write!(f, "{field}:{text}"),
            Self::Submitted(span) => write!(f, "{SUBMITTED}:{span}"),
            Self::Any(nodes) => write_joined_nodes(f, nodes, " OR "),
            Self::All { with, without } => {
                write_joined_nodes(f, with, " AND ")?;
                f.write_str(if without.is_empty() { "" } else { " ANDNOT " })?;
                write_joined_nodes(f, without, " ANDNOT ")
            }
        }
    }
}

impl fmt::Display for SearchedWordOrPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Phrase(phrase) => write!(f, "\"{phrase}\""),
        }
    }
}

/// Whether a text is read as one for all fields if no field is before it.
fn needs_no_field_name(text: &SearchedWordOrPhrase) -> bool {
    match text {
        SearchedWordOrPhrase::Phrase(_) => true,
        SearchedWordOrPhrase::Word(word) => {
            !word.contains(':') && parse_operator(&word.to_uppercase()).is_none()
        }
    }
}

/// Nodes with an operator between them. AND binds tighter than OR, so only an OR under an AND, and
/// whatever is behind ANDNOT, needs parentheses.
fn write_joined_nodes(f: &mut fmt::Formatter<'_>, nodes: &[QueryNode], operator: &str) -> fmt::Result {
    for (place, node) in nodes.iter().enumerate() {
        f.write_str(if place > 0 { operator } else { "" })?;
        let inner = match node {
            QueryNode::Term { .. } | QueryNode::Submitted(_) => false,
            QueryNode::Any(_) => true,
            QueryNode::All { .. } => operator == " ANDNOT ",
        };
        if inner { write!(f, "({node})")? } else { write!(f, "{node}")? }
    }
    Ok(())
}

fn write_for_arxiv(node: &QueryNode, out: &mut String) {
    match node {
        QueryNode::Term { field: field @ QueryField::Author, text } => {
            append_formatted(out, format_args!("{field}:{}", text.for_author_field()));
        }
        QueryNode::Term { field, text } => append_formatted(out, format_args!("{field}:{text}")),
        QueryNode::Submitted(_) => append_formatted(out, format_args!("{node}")),
        QueryNode::Any(nodes) => write_balanced_operands(nodes, " OR ", out),
        QueryNode::All { with, without } if without.is_empty() => write_balanced_operands(with, " AND ", out),
        QueryNode::All { with, without } => {
            out.push('(');
            write_balanced_operands(with, " AND ", out);
            out.push_str(" ANDNOT ");
            write_balanced_operands(without, " OR ", out);
            out.push(')');
        }
    }
}

/// `(first half OP second half)`, each written the same way.
fn write_balanced_operands(nodes: &[QueryNode], operator: &str, out: &mut String) {
    match nodes {
        [] => {}
        [node] => write_for_arxiv(node, out),
        _ => {
            let (first, second) = nodes.split_at(nodes.len().div_ceil(2));
            out.push('(');
            write_balanced_operands(first, operator, out);
            out.push_str(operator);
            write_balanced_operands(second, operator, out);
            out.push(')');
        }
    }
}

fn append_formatted(out: &mut String, term: fmt::Arguments<'_>) {
    out.write_fmt(term).expect("writing to a string cannot fail");
}
