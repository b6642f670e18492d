//! A search expression written out: for a reader, and for arXiv.

use std::fmt::{self, Write};

use super::field::{Field, SUBMITTED};
use super::lex::operator;
use super::{Node, Query, Text};

impl Query {
    /// The expression for arXiv's `search_query`, not yet encoded: every operation in parentheses, so
    /// that a parser without precedence that reads from the right sees the same tree.
    ///
    /// A long row of ANDs or ORs is halved again and again, not nested term by term: arXiv walks the
    /// tree by recursion, and this keeps it as shallow as can be.
    pub fn to_arxiv(&self) -> String {
        let mut out = String::new();
        write_sent(&self.root, &mut out);
        out
    }
}

/// The expression as a person would write it, with no parentheses but those that matter.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.root)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term { field: Field::All, text } if stands_bare(text) => write!(f, "{text}"),
            Self::Term { field, text } => write!(f, "{field}:{text}"),
            Self::Submitted(span) => write!(f, "{SUBMITTED}:{span}"),
            Self::Any(nodes) => joined(f, nodes, " OR "),
            Self::All { with, without } => {
                joined(f, with, " AND ")?;
                f.write_str(if without.is_empty() { "" } else { " ANDNOT " })?;
                joined(f, without, " ANDNOT ")
            }
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Phrase(phrase) => write!(f, "\"{phrase}\""),
        }
    }
}

/// Whether a text is read as one for all fields where no field stands before it.
fn stands_bare(text: &Text) -> bool {
    match text {
        Text::Phrase(_) => true,
        Text::Word(word) => !word.contains(':') && operator(&word.to_uppercase()).is_none(),
    }
}

/// Nodes with an operator between them. AND binds tighter than OR, so only an OR under an AND, and
/// whatever stands behind ANDNOT, needs parentheses.
fn joined(f: &mut fmt::Formatter<'_>, nodes: &[Node], operator: &str) -> fmt::Result {
    for (place, node) in nodes.iter().enumerate() {
        f.write_str(if place > 0 { operator } else { "" })?;
        let inner = match node {
            Node::Term { .. } | Node::Submitted(_) => false,
            Node::Any(_) => true,
            Node::All { .. } => operator == " ANDNOT ",
        };
        if inner { write!(f, "({node})")? } else { write!(f, "{node}")? }
    }
    Ok(())
}

fn write_sent(node: &Node, out: &mut String) {
    match node {
        Node::Term { field: Field::Author, text: Text::Word(word) } if is_underscored(word) => {
            append(out, format_args!("{}:\"{}\"", Field::Author, spaced(word)));
        }
        Node::Term { field, text } => append(out, format_args!("{field}:{text}")),
        Node::Submitted(_) => append(out, format_args!("{node}")),
        Node::Any(nodes) => write_halved(nodes, " OR ", out),
        Node::All { with, without } if without.is_empty() => write_halved(with, " AND ", out),
        Node::All { with, without } => {
            out.push('(');
            write_halved(with, " AND ", out);
            out.push_str(" ANDNOT ");
            write_halved(without, " OR ", out);
            out.push(')');
        }
    }
}

/// `(first half OP second half)`, each written the same way.
fn write_halved(nodes: &[Node], operator: &str, out: &mut String) {
    match nodes {
        [] => {}
        [node] => write_sent(node, out),
        _ => {
            let (first, second) = nodes.split_at(nodes.len().div_ceil(2));
            out.push('(');
            write_halved(first, operator, out);
            out.push_str(operator);
            write_halved(second, operator, out);
            out.push(')');
        }
    }
}

/// Whether an author's words are held together by `_`, as arXiv's manual writes them.
fn is_underscored(word: &str) -> bool {
    word.contains('_') && !word.contains(['*', '?'])
}

/// `del_maestro` as `del maestro`. arXiv does this itself, but only to the first term of an
/// expression that has no parentheses.
fn spaced(word: &str) -> String {
    word.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn append(out: &mut String, term: fmt::Arguments<'_>) {
    out.write_fmt(term).expect("writing to a string cannot fail");
}
