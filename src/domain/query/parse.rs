//! From words and signs to the tree.

use super::fault::clipped;
use super::field::Field;
use super::lex::{Sign, Token};
use super::{BadQuery, Node, QUERY_DEPTH_MAX, Text};

/// The tokens, and how far they are read.
struct Reader<'t> {
    tokens: &'t [Token],
    next: usize,
    /// The places of the parentheses that are open here.
    open: Vec<usize>,
}

/// The tree of a whole expression.
pub(super) fn tree(tokens: &[Token]) -> Result<Node, BadQuery> {
    if tokens.is_empty() {
        return Err(BadQuery::new(
            0,
            "the expression is empty: write at least a word, such as ti:transformer",
        ));
    }
    let mut reader = Reader { tokens, next: 0, open: Vec::new() };
    let root = reader.any(Field::All)?;
    match reader.peek() {
        None => Ok(root),
        Some(token) => Err(BadQuery::new(token.at, "this parenthesis closes nothing")),
    }
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.next)
    }

    /// Takes the next token if it is the wanted one.
    fn takes(&mut self, wanted: fn(&Sign) -> bool) -> bool {
        let found = self.peek().is_some_and(|token| wanted(&token.sign));
        self.next += usize::from(found);
        found
    }

    /// Terms parted by OR. A text without a field of its own is searched for in `field`.
    fn any(&mut self, field: Field) -> Result<Node, BadQuery> {
        let mut nodes = vec![self.all(field)?];
        while self.takes(|sign| matches!(sign, Sign::Or)) {
            nodes.push(self.all(field)?);
        }
        Ok(Node::any(nodes))
    }

    /// Terms parted by AND and ANDNOT, which may be written AND NOT or NOT.
    fn all(&mut self, field: Field) -> Result<Node, BadQuery> {
        let (mut with, mut without) = (vec![self.operand(field)?], Vec::new());
        loop {
            let and = self.takes(|sign| matches!(sign, Sign::And));
            if self.takes(|sign| matches!(sign, Sign::Not))
                || (!and && self.takes(|sign| matches!(sign, Sign::AndNot)))
            {
                without.push(self.operand(field)?);
            } else if and {
                with.push(self.operand(field)?);
            } else {
                break;
            }
        }
        self.expect_no_term()?;
        Ok(Node::all(with, without))
    }

    /// One term, or an expression in parentheses.
    fn operand(&mut self, outer: Field) -> Result<Node, BadQuery> {
        let Some(token) = self.peek() else { return Err(self.nothing_follows()) };
        self.next += 1;
        match &token.sign {
            Sign::Field(field) => self.operand(*field),
            Sign::Text(text) => Ok(Node::Term { field: outer, text: text.clone() }),
            Sign::Submitted(span) => Ok(Node::Submitted(*span)),
            Sign::Open => self.group(token.at, outer),
            Sign::Close | Sign::And | Sign::Or | Sign::AndNot | Sign::Not => {
                Err(misplaced(token, self.tokens.get(self.next.wrapping_sub(2))))
            }
        }
    }

    /// What stands in a parenthesis that was just opened, and its end.
    fn group(&mut self, at: usize, field: Field) -> Result<Node, BadQuery> {
        if self.open.len() == QUERY_DEPTH_MAX {
            let words = format!("parentheses nest deeper than {QUERY_DEPTH_MAX} here");
            return Err(BadQuery::new(at, words));
        }
        self.open.push(at);
        let node = self.any(field)?;
        if !self.takes(|sign| matches!(sign, Sign::Close)) {
            return Err(BadQuery::new(at, "this parenthesis is never closed"));
        }
        self.open.pop();
        Ok(node)
    }

    /// The fault at the end of the expression, where a term had to follow.
    fn nothing_follows(&self) -> BadQuery {
        match (self.tokens.last(), self.open.last()) {
            (Some(Token { at, sign: Sign::Open }), _) => {
                BadQuery::new(*at, "this parenthesis is never closed")
            }
            (Some(token), _) => {
                BadQuery::new(token.at, format!("nothing follows this {}", name(&token.sign)))
            }
            (None, _) => BadQuery::new(0, "the expression is empty"),
        }
    }

    /// Refuses a second term without an operator before it: arXiv would read OR, which nobody means.
    fn expect_no_term(&self) -> Result<(), BadQuery> {
        let Some(token) = self.peek() else { return Ok(()) };
        match &token.sign {
            Sign::Close | Sign::And | Sign::Or | Sign::AndNot | Sign::Not => Ok(()),
            Sign::Open | Sign::Field(_) | Sign::Text(_) | Sign::Submitted(_) => {
                let before = self.next.saturating_sub(2);
                let hint = phrase_hint(&self.tokens[before..=self.next]);
                Err(BadQuery::new(
                    token.at,
                    format!("no operator stands before this: write AND, OR or ANDNOT{hint}"),
                ))
            }
        }
    }
}

/// How two words in a row would be written as a phrase, if they are two words.
fn phrase_hint(tokens: &[Token]) -> String {
    let [
        before @ ..,
        Token { sign: Sign::Text(Text::Word(a)), .. },
        Token { sign: Sign::Text(Text::Word(b)), .. },
    ] = tokens
    else {
        return String::new();
    };
    let field = match before.last() {
        Some(Token { sign: Sign::Field(field), .. }) => format!("{field}:"),
        _ => String::new(),
    };
    format!(", or quotes around a phrase: {field}\"{} {}\"", clipped(a), clipped(b))
}

/// The fault of a sign that stands where a term must stand.
fn misplaced(token: &Token, before: Option<&Token>) -> BadQuery {
    let here = name(&token.sign);
    let first = matches!(before, None | Some(Token { sign: Sign::Open, .. }));
    let after_or = matches!(before, Some(Token { sign: Sign::Or, .. }));
    let words = match &token.sign {
        Sign::Close if before.is_none() => "this parenthesis closes nothing".to_owned(),
        Sign::Close if first => "there is nothing in these parentheses".to_owned(),
        Sign::Not | Sign::AndNot if first => {
            format!(
                "an expression cannot begin with {here}: say first what to find, as in cat:cs.CV ANDNOT ti:survey"
            )
        }
        Sign::Not | Sign::AndNot if after_or => {
            format!("arXiv cannot search for OR {here}: write OR (… ANDNOT …)")
        }
        Sign::Open | Sign::Close | Sign::And | Sign::Or | Sign::AndNot | Sign::Not => match before {
            Some(before) if !first => format!("a term must stand between {} and {here}", name(&before.sign)),
            Some(_) | None => format!("a term must stand before {here}"),
        },
        Sign::Field(_) | Sign::Text(_) | Sign::Submitted(_) => format!("{here} cannot stand here"),
    };
    BadQuery::new(token.at, words)
}

/// What a sign is called in a fault.
fn name(sign: &Sign) -> &'static str {
    match sign {
        Sign::Open => "parenthesis",
        Sign::Close => "the parenthesis",
        Sign::And => "AND",
        Sign::Or => "OR",
        Sign::AndNot => "ANDNOT",
        Sign::Not => "NOT",
        Sign::Field(_) => "field",
        Sign::Text(_) => "text",
        Sign::Submitted(_) => "dates",
    }
}
