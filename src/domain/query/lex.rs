//! A search expression's words and signs, each with its place.

use super::dates::Span;
use super::fault::clipped;
use super::field::{Field, LAST_UPDATED, LISTED, SUBMITTED, begins_with_field, nearest};
use super::{BadQuery, QUERY_CHARS_MAX, Text};

/// A word or sign and the place of its first character.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) sign: Sign,
}

/// What a token is.
#[derive(Debug)]
pub(super) enum Sign {
    Open,
    Close,
    And,
    Or,
    AndNot,
    Not,
    /// A field's name and its colon; a text or an opening parenthesis follows.
    Field(Field),
    Text(Text),
    Submitted(Span),
}

/// The expression being read.
struct Lexer {
    chars: Vec<char>,
    at: usize,
    tokens: Vec<Token>,
}

/// All words and signs of an expression.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, BadQuery> {
    let chars: Vec<char> = text.chars().collect();
    check_characters(&chars)?;
    let mut lexer = Lexer { chars, at: 0, tokens: Vec::new() };
    while let Some(c) = lexer.next_visible() {
        match c {
            '(' => lexer.sign(Sign::Open),
            ')' => lexer.sign(Sign::Close),
            '"' => lexer.phrase()?,
            _ => lexer.word()?,
        }
    }
    Ok(lexer.tokens)
}

/// Refuses what is too long and what a reader could not see.
fn check_characters(chars: &[char]) -> Result<(), BadQuery> {
    if chars.len() > QUERY_CHARS_MAX {
        let words =
            format!("the expression has {} characters, and {QUERY_CHARS_MAX} are the most", chars.len());
        return Err(BadQuery::new(QUERY_CHARS_MAX, words));
    }
    let Some(at) = chars.iter().position(|&c| is_unseen(c)) else { return Ok(()) };
    let words =
        format!("a character that cannot be seen stands here (U+{:04X}): delete it", u32::from(chars[at]));
    Err(BadQuery::new(at, words))
}

/// Control characters but for white space, and the zero-width and direction marks that come along
/// when text is copied from a page.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl Lexer {
    /// The next character that is not white space, without taking it.
    fn next_visible(&mut self) -> Option<char> {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.chars.get(self.at).copied()
    }

    fn push(&mut self, at: usize, sign: Sign) {
        self.tokens.push(Token { at, sign });
    }

    fn sign(&mut self, sign: Sign) {
        self.push(self.at, sign);
        self.at += 1;
    }

    /// Takes `"…"`; the quotes end a phrase, and nothing can stand for one inside.
    fn phrase(&mut self) -> Result<(), BadQuery> {
        let at = self.at;
        let inner = self.between('"').ok_or_else(|| BadQuery::new(at, "this quote is never closed"))?;
        if inner.ends_with('\\') {
            let words = "arXiv knows no quote inside a phrase: leave out the backslash and the quote";
            return Err(BadQuery::new(self.at - 2, words));
        }
        if !inner.contains(char::is_alphanumeric) {
            return Err(BadQuery::new(at, "there is no word between these quotes"));
        }
        let phrase = inner.split_whitespace().collect::<Vec<_>>().join(" ");
        self.push(at, Sign::Text(Text::Phrase(phrase)));
        Ok(())
    }

    /// Takes the sign here and all up to `close` and that too; gives what stands between.
    fn between(&mut self, close: char) -> Option<String> {
        let inner = self.at + 1;
        let length = self.chars[inner..].iter().position(|&c| c == close)?;
        self.at = inner + length + 1;
        Some(self.chars[inner..inner + length].iter().collect())
    }

    /// All up to white space, a parenthesis or a quote, without taking it.
    fn run(&self) -> Result<String, BadQuery> {
        let ends = |c: &char| c.is_whitespace() || matches!(c, '(' | ')' | '"');
        let run: String = self.chars[self.at..].iter().take_while(|c| !ends(c)).collect();
        match run.chars().position(is_curly_quote) {
            None => Ok(run),
            Some(c) => Err(BadQuery::new(self.at + c, "phrases stand in straight quotes: \"…\"")),
        }
    }

    /// Takes an operator, a field with what it is searched for, or a word for all fields.
    fn word(&mut self) -> Result<(), BadQuery> {
        let (at, run) = (self.at, self.run()?);
        if let Some((name, _)) = run.split_once(':') {
            return self.fielded(name);
        }
        self.at += run.chars().count();
        let sign = match operator(&run) {
            Some(sign) => sign,
            None => Sign::Text(Text::Word(checked_bare(at, run)?)),
        };
        self.push(at, sign);
        Ok(())
    }

    /// Takes a field's name, its colon, and the word or phrase after it; a parenthesis is left.
    fn fielded(&mut self, name: &str) -> Result<(), BadQuery> {
        let at = self.at;
        self.at += name.chars().count() + 1;
        if name == SUBMITTED {
            return self.submitted(at);
        }
        let field = Field::named(name).ok_or_else(|| unknown_field(at, name))?;
        self.push(at, Sign::Field(field));
        match self.next_visible() {
            Some('(') => Ok(()),
            Some('"') => self.phrase(),
            Some(')') | None => {
                Err(BadQuery::new(at, format!("nothing follows `{name}:`: write a word or a \"phrase\"")))
            }
            Some(_) => self.field_word(field),
        }
    }

    /// Takes the word after a field's colon.
    fn field_word(&mut self, field: Field) -> Result<(), BadQuery> {
        let (at, run) = (self.at, self.run()?);
        if operator(&run).is_some() {
            let words = format!(
                "after `{field}:` stands an operator: write a word, or {field}:\"{run}\" to find this one"
            );
            return Err(BadQuery::new(at, words));
        }
        if begins_with_field(&run) {
            return Err(BadQuery::new(at, format!("a field in a field: leave out `{field}:` or this one")));
        }
        self.at += run.chars().count();
        let word = checked_word(at, run)?;
        self.push(at, Sign::Text(Text::Word(word)));
        Ok(())
    }

    /// Takes `[… TO …]`, or the same in quotes, as arXiv itself rewrites it.
    fn submitted(&mut self, at: usize) -> Result<(), BadQuery> {
        let close = match self.next_visible() {
            Some('[') => ']',
            Some('"') => '"',
            _ => {
                let words =
                    format!("after `{SUBMITTED}:` come two dates in brackets: [20250101 TO 20250331]");
                return Err(BadQuery::new(self.at.min(self.chars.len()), words));
            }
        };
        let open = self.at;
        let inner = self.between(close);
        let inner = inner.ok_or_else(|| BadQuery::new(open, format!("no `{close}` closes these dates")))?;
        let span = Span::parse(&inner, open + 1)?;
        self.push(at, Sign::Submitted(span));
        Ok(())
    }
}

/// The operator that this word is, in arXiv's own case.
pub(super) fn operator(word: &str) -> Option<Sign> {
    match word {
        "AND" => Some(Sign::And),
        "OR" => Some(Sign::Or),
        "ANDNOT" => Some(Sign::AndNot),
        "NOT" => Some(Sign::Not),
        _ => None,
    }
}

/// A word that stands without a field; arXiv would search for `and` there as for any other.
fn checked_bare(at: usize, word: String) -> Result<String, BadQuery> {
    let capitals = word.to_uppercase();
    if operator(&capitals).is_some() {
        let words = format!(
            "operators are written in capitals: {capitals}; to find the word itself, write \"{word}\""
        );
        return Err(BadQuery::new(at, words));
    }
    checked_word(at, word)
}

/// A word that can be searched for.
fn checked_word(at: usize, word: String) -> Result<String, BadQuery> {
    if word.starts_with(['*', '?']) {
        let words =
            format!("`{}` begins with a wildcard, and arXiv takes one only behind a letter", clipped(&word));
        return Err(BadQuery::new(at, words));
    }
    if !word.contains(char::is_alphanumeric) {
        let words =
            format!("`{}` is no word to search for; operators are AND, OR and ANDNOT", clipped(&word));
        return Err(BadQuery::new(at, words));
    }
    if is_encoded(&word) {
        let words = "this is encoded as in an address: write spaces for + and %20, quotes for %22, parentheses for %28 and %29";
        return Err(BadQuery::new(at, words));
    }
    Ok(word)
}

/// Whether a word was copied out of an address; it would be searched for as one word.
fn is_encoded(word: &str) -> bool {
    let signs = ["+AND+", "+OR+", "+ANDNOT+", "%20", "%22", "%28", "%29", "%5B", "%5b"];
    signs.iter().any(|sign| word.contains(sign))
}

fn is_curly_quote(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}

fn unknown_field(at: usize, name: &str) -> BadQuery {
    if name.is_empty() {
        return BadQuery::new(at, format!("no field stands before this colon; the fields are {LISTED}"));
    }
    if name == LAST_UPDATED {
        let words = format!(
            "arXiv cannot search by the last update: it quietly reads `{LAST_UPDATED}:` as `{SUBMITTED}:`, \
             the day of version 1; write `{SUBMITTED}:` if that is meant"
        );
        return BadQuery::new(at, words);
    }
    let meant = nearest(name).map(|meant| format!(", perhaps `{meant}:`")).unwrap_or_default();
    let name = clipped(name);
    let words = format!(
        "`{name}:` is no field of arXiv's{meant}; the fields are {LISTED}; text with a colon stands in quotes"
    );
    BadQuery::new(at, words)
}
