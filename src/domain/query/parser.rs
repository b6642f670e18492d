//! From words and signs to the tree.

use super::QueryError;
use super::error::clip_query_excerpt;
use super::field::QueryField;
use super::lexer::{QueryOperator, QueryToken, QueryTokenKind};
use super::node::{QueryNode, SearchedWordOrPhrase};

/// How deep parentheses may nest. Nobody writes ten; all that walks the tree recurses this deep.
pub const QUERY_DEPTH_MAX: usize = 64;

/// The tokens, and how far they are read.
struct QueryParser<'t> {
    tokens: &'t [QueryToken],
    next: usize,
    /// The places of the parentheses that are open here.
    open: Vec<usize>,
}

/// The tree of a whole expression.
pub(super) fn parse_query_tokens(tokens: &[QueryToken]) -> Result<QueryNode, QueryError> {
    if tokens.is_empty() {
        return Err(QueryError::new(
            0,
            "the expression is empty: write at least a word, such as ti:transformer",
        ));
    }
    let mut reader = QueryParser { tokens, next: 0, open: Vec::new() };
    let root = reader.parse_or_expression(QueryField::All)?;
    match reader.peek() {
        None => Ok(root),
        Some(token) => Err(QueryError::new(token.position, "this parenthesis closes nothing")),
    }
}

impl<'t> QueryParser<'t> {
    fn peek(&self) -> Option<&'t QueryToken> {
        self.tokens.get(self.next)
    }

    /// Takes the next token if it is this one.
    fn take_token_if(&mut self, kind: &QueryTokenKind) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == *kind);
        self.next += usize::from(found);
        found
    }

    fn take_operator(&mut self, operator: QueryOperator) -> bool {
        self.take_token_if(&QueryTokenKind::Operator(operator))
    }

    /// Terms parted by OR. A text without a field of its own is searched for in `field`.
    fn parse_or_expression(&mut self, field: QueryField) -> Result<QueryNode, QueryError> {
        let mut nodes = vec![self.parse_and_expression(field)?];
        while self.take_operator(QueryOperator::Or) {
            nodes.push(self.parse_and_expression(field)?);
        }
        Ok(QueryNode::any_of(nodes))
    }

    /// Terms parted by AND and ANDNOT, which may be written AND NOT or NOT.
    fn parse_and_expression(&mut self, field: QueryField) -> Result<QueryNode, QueryError> {
        let (mut with, mut without) = (vec![self.parse_operand(field)?], Vec::new());
        loop {
            let and = self.take_operator(QueryOperator::And);
            if self.take_operator(QueryOperator::Not) || (!and && self.take_operator(QueryOperator::AndNot)) {
                without.push(self.parse_operand(field)?);
            } else if and {
                with.push(self.parse_operand(field)?);
            } else {
                break;
            }
        }
        self.expect_no_term()?;
        Ok(QueryNode::all_of(with, without))
    }

    /// One term, or an expression in parentheses.
    fn parse_operand(&mut self, outer: QueryField) -> Result<QueryNode, QueryError> {
        let Some(token) = self.peek() else { return Err(self.missing_term_error()) };
        self.next += 1;
        match &token.kind {
            QueryTokenKind::QueryField(field) => self.parse_operand(*field),
            QueryTokenKind::Text(text) => Ok(QueryNode::Term { field: outer, text: text.clone() }),
            QueryTokenKind::Submitted(span) => Ok(QueryNode::Submitted(*span)),
            QueryTokenKind::Open => self.parse_group(token.position, outer),
            QueryTokenKind::Close | QueryTokenKind::Operator(_) => {
                Err(misplaced_token_error(token, self.tokens.get(self.next.wrapping_sub(2))))
            }
        }
    }

    /// What is in a parenthesis that was just opened, and its end.
    fn parse_group(&mut self, at: usize, field: QueryField) -> Result<QueryNode, QueryError> {
        if self.open.len() == QUERY_DEPTH_MAX {
            let words = format!("parentheses nest deeper than {QUERY_DEPTH_MAX} here");
            return Err(QueryError::new(at, words));
        }
        self.open.push(at);
        let node = self.parse_or_expression(field)?;
        if !self.take_token_if(&QueryTokenKind::Close) {
            return Err(QueryError::new(at, "this parenthesis is never closed"));
        }
        self.open.pop();
        Ok(node)
    }

    /// The fault at the end of the expression, where a term had to follow.
    fn missing_term_error(&self) -> QueryError {
        match (self.tokens.last(), self.open.last()) {
            (Some(QueryToken { position: at, kind: QueryTokenKind::Open }), _) => {
                QueryError::new(*at, "this parenthesis is never closed")
            }
            (Some(token), _) => QueryError::new(
                token.position,
                format!("nothing follows this {}", query_token_name(&token.kind)),
            ),
            (None, _) => QueryError::new(0, "the expression is empty"),
        }
    }

    /// Refuses a second term without an operator before it: arXiv would read OR, which nobody means.
    fn expect_no_term(&self) -> Result<(), QueryError> {
        let Some(token) = self.peek() else { return Ok(()) };
        match &token.kind {
            QueryTokenKind::Close | QueryTokenKind::Operator(_) => Ok(()),
            QueryTokenKind::Open
            | QueryTokenKind::QueryField(_)
            | QueryTokenKind::Text(_)
            | QueryTokenKind::Submitted(_) => {
                let before = self.next.saturating_sub(2);
                let hint = phrase_hint(&self.tokens[before..=self.next]);
                Err(QueryError::new(
                    token.position,
                    format!("an operator is missing before this: write AND, OR or ANDNOT{hint}"),
                ))
            }
        }
    }
}

/// How two words in a row would be written as a phrase, if they are two words.
fn phrase_hint(tokens: &[QueryToken]) -> String {
    let [
        before @ ..,
        QueryToken { kind: QueryTokenKind::Text(SearchedWordOrPhrase::Word(a)), .. },
        QueryToken { kind: QueryTokenKind::Text(SearchedWordOrPhrase::Word(b)), .. },
    ] = tokens
    else {
        return String::new();
    };
    let field = match before.last() {
        Some(QueryToken { kind: QueryTokenKind::QueryField(field), .. }) => format!("{field}:"),
        _ => String::new(),
    };
    format!(", or quotes around a phrase: {field}\"{} {}\"", clip_query_excerpt(a), clip_query_excerpt(b))
}

/// The fault of a sign in the place of a term.
fn misplaced_token_error(token: &QueryToken, before: Option<&QueryToken>) -> QueryError {
    let here = query_token_name(&token.kind);
    let first = matches!(before, None | Some(QueryToken { kind: QueryTokenKind::Open, .. }));
    let after_or = before.is_some_and(|token| token.kind == QueryTokenKind::Operator(QueryOperator::Or));
    let words = match &token.kind {
        QueryTokenKind::Close if before.is_none() => "this parenthesis closes nothing".to_owned(),
        QueryTokenKind::Close if first => "there is nothing in these parentheses".to_owned(),
        QueryTokenKind::Operator(QueryOperator::Not | QueryOperator::AndNot) if first => {
            format!(
                "an expression cannot begin with {here}: say first what to find, as in cat:cs.CV ANDNOT ti:survey"
            )
        }
        QueryTokenKind::Operator(QueryOperator::Not | QueryOperator::AndNot) if after_or => {
            format!("arXiv cannot search for OR {here}: write OR (… ANDNOT …)")
        }
        QueryTokenKind::Open | QueryTokenKind::Close | QueryTokenKind::Operator(_) => match before {
            Some(before) if !first => {
                format!("a term must be between {} and {here}", query_token_name(&before.kind))
            }
            Some(_) | None => format!("a term must be before {here}"),
        },
        QueryTokenKind::QueryField(_) | QueryTokenKind::Text(_) | QueryTokenKind::Submitted(_) => {
            format!("{here} cannot be here")
        }
    };
    QueryError::new(token.position, words)
}

/// What a sign is called in a fault.
fn query_token_name(sign: &QueryTokenKind) -> &'static str {
    match sign {
        QueryTokenKind::Open => "parenthesis",
        QueryTokenKind::Close => "the parenthesis",
        QueryTokenKind::Operator(QueryOperator::And) => "AND",
        QueryTokenKind::Operator(QueryOperator::Or) => "OR",
        QueryTokenKind::Operator(QueryOperator::AndNot) => "ANDNOT",
        QueryTokenKind::Operator(QueryOperator::Not) => "NOT",
        QueryTokenKind::QueryField(_) => "field",
        QueryTokenKind::Text(_) => "text",
        QueryTokenKind::Submitted(_) => "dates",
    }
}
