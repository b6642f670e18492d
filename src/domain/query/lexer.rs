//! A search expression's words and signs, each with its place.

use super::QueryError;
use super::date_range::DateRange;
use super::error::clip_query_excerpt;
use super::field::{
    LAST_UPDATED, LISTED, QueryField, SUBMITTED, begins_with_field_name, suggest_query_field,
};
use super::node::SearchedWordOrPhrase;
use crate::domain::{is_invisible, is_joiner};

/// The longest expression, in characters. One that makes a long address is sent as a form; a list of authors that is
/// longer than this is better several topics.
pub const QUERY_CHARS_MAX: usize = 4_000;

/// A word or sign and the place of its first character.
#[derive(Debug)]
pub(super) struct QueryToken {
    pub(super) position: usize,
    pub(super) kind: QueryTokenKind,
}

/// What a token is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum QueryTokenKind {
    Open,
    Close,
    Operator(QueryOperator),
    /// A field's name and its colon; a text or an opening parenthesis follows.
    QueryField(QueryField),
    Text(SearchedWordOrPhrase),
    Submitted(DateRange),
}

/// What is written between two terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueryOperator {
    And,
    Or,
    AndNot,
    Not,
}

/// The expression being read.
struct QueryLexer {
    chars: Vec<char>,
    position: usize,
    tokens: Vec<QueryToken>,
}

/// All words and signs of an expression.
pub(super) fn tokenize(text: &str) -> Result<Vec<QueryToken>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    check_query_length_and_characters(&chars)?;
    let mut lexer = QueryLexer { chars, position: 0, tokens: Vec::new() };
    while let Some(c) = lexer.peek_visible() {
        match c {
            '(' => lexer.push_parenthesis_token(QueryTokenKind::Open),
            ')' => lexer.push_parenthesis_token(QueryTokenKind::Close),
            '"' => lexer.read_phrase()?,
            _ => lexer.read_operator_field_or_word()?,
        }
    }
    Ok(lexer.tokens)
}

/// Refuses what is too long and what a reader could not see.
fn check_query_length_and_characters(chars: &[char]) -> Result<(), QueryError> {
    if chars.len() > QUERY_CHARS_MAX {
        let words =
            format!("the expression has {} characters, and {QUERY_CHARS_MAX} are the most", chars.len());
        return Err(QueryError::new(QUERY_CHARS_MAX, words));
    }
    let Some(at) = chars.iter().position(|&c| is_invisible_in_query(c)) else { return Ok(()) };
    let words =
        format!("there is a character here that cannot be seen (U+{:04X}): delete it", u32::from(chars[at]));
    Err(QueryError::new(at, words))
}

/// Control characters but for white space, and what comes along when text is copied from a page and is not seen: no
/// joiner either, which arXiv would look for.
fn is_invisible_in_query(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || is_invisible(c) || is_joiner(c)
}

impl QueryLexer {
    /// The next character that is not white space, without taking it.
    fn peek_visible(&mut self) -> Option<char> {
        while self.chars.get(self.position).is_some_and(|c| c.is_whitespace()) {
            self.position += 1;
        }
        self.chars.get(self.position).copied()
    }

    fn push_token(&mut self, at: usize, sign: QueryTokenKind) {
        self.tokens.push(QueryToken { position: at, kind: sign });
    }

    fn push_parenthesis_token(&mut self, sign: QueryTokenKind) {
        self.push_token(self.position, sign);
        self.position += 1;
    }

    /// Takes `"…"`; the quotes end a phrase, and nothing is one inside.
    fn read_phrase(&mut self) -> Result<(), QueryError> {
        let at = self.position;
        let inner = self.read_until('"').ok_or_else(|| QueryError::new(at, "this quote is never closed"))?;
        if inner.ends_with('\\') {
            let words = "arXiv knows no quote inside a phrase: leave out the backslash and the quote";
            return Err(QueryError::new(self.position - 2, words));
        }
        if !inner.contains(char::is_alphanumeric) {
            return Err(QueryError::new(at, "there is no word between these quotes"));
        }
        let phrase = inner.split_whitespace().collect::<Vec<_>>().join(" ");
        self.push_token(at, QueryTokenKind::Text(SearchedWordOrPhrase::Phrase(phrase)));
        Ok(())
    }

    /// Takes the sign here and all up to `close` and that too; gives what is between.
    fn read_until(&mut self, close: char) -> Option<String> {
        let inner = self.position + 1;
        let length = self.chars[inner..].iter().position(|&c| c == close)?;
        self.position = inner + length + 1;
        Some(self.chars[inner..inner + length].iter().collect())
    }

    /// All up to white space, a parenthesis or a quote, without taking it.
    fn peek_word(&self) -> Result<String, QueryError> {
        let ends = |c: &char| c.is_whitespace() || matches!(c, '(' | ')' | '"');
        let run: String = self.chars[self.position..].iter().take_while(|c| !ends(c)).collect();
        match run.chars().position(is_curly_quote) {
            None => Ok(run),
            Some(c) => Err(QueryError::new(self.position + c, "phrases need straight quotes: \"…\"")),
        }
    }

    /// Takes an operator, a field with what it is searched for, or a word for all fields.
    fn read_operator_field_or_word(&mut self) -> Result<(), QueryError> {
        let (at, run) = (self.position, self.peek_word()?);
        if let Some((name, _)) = run.split_once(':') {
            return self.read_field(name);
        }
        self.position += run.chars().count();
        let sign = match parse_operator(&run) {
            Some(operator) => QueryTokenKind::Operator(operator),
            None => QueryTokenKind::Text(SearchedWordOrPhrase::Word(check_word_without_field(at, run)?)),
        };
        self.push_token(at, sign);
        Ok(())
    }

    /// Takes a field's name, its colon, and the word or phrase after it; a parenthesis is left.
    fn read_field(&mut self, name: &str) -> Result<(), QueryError> {
        let at = self.position;
        self.position += name.chars().count() + 1;
        if name == SUBMITTED {
            return self.read_date_range(at);
        }
        let field = QueryField::from_name(name).ok_or_else(|| unknown_query_field_error(at, name))?;
        self.push_token(at, QueryTokenKind::QueryField(field));
        match self.peek_visible() {
            Some('(') => Ok(()),
            Some('"') => self.read_phrase(),
            Some(')') | None => {
                Err(QueryError::new(at, format!("nothing follows `{name}:`: write a word or a \"phrase\"")))
            }
            Some(_) => self.read_word_after_field_name(field),
        }
    }

    /// Takes the word after a field's colon.
    fn read_word_after_field_name(&mut self, field: QueryField) -> Result<(), QueryError> {
        let (at, run) = (self.position, self.peek_word()?);
        if parse_operator(&run).is_some() {
            let words = format!(
                "there is an operator after `{field}:`: write a word, or {field}:\"{run}\" to find this one"
            );
            return Err(QueryError::new(at, words));
        }
        if begins_with_field_name(&run) {
            return Err(QueryError::new(at, format!("a field in a field: leave out `{field}:` or this one")));
        }
        self.position += run.chars().count();
        let word = check_search_word(at, run)?;
        self.push_token(at, QueryTokenKind::Text(SearchedWordOrPhrase::Word(word)));
        Ok(())
    }

    /// Takes `[… TO …]`, or the same in quotes, as arXiv itself rewrites it.
    fn read_date_range(&mut self, at: usize) -> Result<(), QueryError> {
        let close = match self.peek_visible() {
            Some('[') => ']',
            Some('"') => '"',
            _ => {
                let words =
                    format!("after `{SUBMITTED}:` come two dates in brackets: [20250101 TO 20250331]");
                return Err(QueryError::new(self.position.min(self.chars.len()), words));
            }
        };
        let open = self.position;
        let inner = self.read_until(close);
        let inner = inner.ok_or_else(|| QueryError::new(open, format!("no `{close}` closes these dates")))?;
        let span = DateRange::parse(&inner, open + 1)?;
        self.push_token(at, QueryTokenKind::Submitted(span));
        Ok(())
    }
}

/// The operator that this word is, in arXiv's own case.
pub(super) fn parse_operator(word: &str) -> Option<QueryOperator> {
    match word {
        "AND" => Some(QueryOperator::And),
        "OR" => Some(QueryOperator::Or),
        "ANDNOT" => Some(QueryOperator::AndNot),
        "NOT" => Some(QueryOperator::Not),
        _ => None,
    }
}

/// A word without a field; arXiv would search for `and` there as for any other.
fn check_word_without_field(at: usize, word: String) -> Result<String, QueryError> {
    let capitals = word.to_uppercase();
    if parse_operator(&capitals).is_some() {
        let words = format!(
            "operators are written in capitals: {capitals}; to find the word itself, write \"{word}\""
        );
        return Err(QueryError::new(at, words));
    }
    check_search_word(at, word)
}

/// A word that can be searched for.
fn check_search_word(at: usize, word: String) -> Result<String, QueryError> {
    if word.starts_with(['*', '?']) {
        let words = format!(
            "`{}` begins with a wildcard, and arXiv takes one only behind a letter",
            clip_query_excerpt(&word)
        );
        return Err(QueryError::new(at, words));
    }
    if !word.contains(char::is_alphanumeric) {
        let words = format!(
            "`{}` is no word to search for; operators are AND, OR and ANDNOT",
            clip_query_excerpt(&word)
        );
        return Err(QueryError::new(at, words));
    }
    if word.ends_with('\\') {
        let words = "a backslash at the end of a word hides the character after it from arXiv: leave it out";
        return Err(QueryError::new(at + word.chars().count() - 1, words));
    }
    if is_copied_from_url(&word) {
        let words = "this is encoded as in an address: write spaces for + and %20, quotes for %22, parentheses for %28 and %29";
        return Err(QueryError::new(at, words));
    }
    Ok(word)
}

/// Whether a word was copied out of an address; it would be searched for as one word.
fn is_copied_from_url(word: &str) -> bool {
    let signs = ["+AND+", "+OR+", "+ANDNOT+", "%20", "%22", "%28", "%29", "%5B", "%5b"];
    signs.iter().any(|sign| word.contains(sign))
}

fn is_curly_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

fn unknown_query_field_error(at: usize, name: &str) -> QueryError {
    if name.is_empty() {
        return QueryError::new(at, format!("there is no field before this colon; the fields are {LISTED}"));
    }
    if name == LAST_UPDATED {
        let words = format!(
            "arXiv cannot search by the last update: it quietly reads `{LAST_UPDATED}:` as `{SUBMITTED}:`, \
             the day of version 1; write `{SUBMITTED}:` if that is meant"
        );
        return QueryError::new(at, words);
    }
    let meant = suggest_query_field(name).map(|meant| format!(", perhaps `{meant}:`")).unwrap_or_default();
    let name = clip_query_excerpt(name);
    let words = format!(
        "`{name}:` is no field of arXiv's{meant}; the fields are {LISTED}; text with a colon needs quotes"
    );
    QueryError::new(at, words)
}
