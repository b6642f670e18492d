//! A config file's text, and how a place in it is shown to a person.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::redaction;

/// Longest piece of a line that is shown, in characters; a terminal is seldom wider.
const EXCERPT_CHARS_MAX: usize = 100;

/// What is shown in the place of a hidden value.
const HIDDEN: &str = "…";

/// The whole text of one config, and the name under which it is spoken of.
#[derive(Debug)]
pub(crate) struct ConfigText {
    name: String,
    body: String,
}

/// How much of a line may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShowablePartOfLine {
    /// What is not delicate in it, and no user and password in an address.
    MaskedLine,
    /// The key at the caret up to its `=`: what is behind it is not known, and may be a secret.
    KeyOnly,
    /// Up to the caret: the value behind it has a secret in it.
    UpToCaret,
    /// No value at all: there is a secret or somebody's address among them.
    Hidden,
}

impl ConfigText {
    pub(crate) fn new(name: String, body: String) -> Self {
        Self { name, body }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn whole_file_text(&self) -> &str {
        &self.body
    }

    /// `paperwire.toml:9:5`, line and column from 1, columns in characters.
    pub(crate) fn file_line_and_column(&self, offset: usize) -> String {
        let (line, column) = self.line_and_column(offset);
        format!("{}:{line}:{column}", self.name)
    }

    /// The line's number, from 1.
    pub(crate) fn line_number(&self, offset: usize) -> usize {
        self.line_and_column(offset).0
    }

    /// The line that `offset` is in, and a caret under it. Neither breaks out of its line.
    pub(crate) fn config_line_with_caret(&self, offset: usize, shown: ShowablePartOfLine) -> String {
        let line = self.line_text_at_offset(offset);
        let caret = self.line_and_column(offset).1 - 1;
        let (text, caret) =
            match (shown, redaction::secret_free_line_part(self.text_before_line_of_offset(offset), line)) {
                (ShowablePartOfLine::MaskedLine, Some(part)) => (mask_line(part), caret),
                (ShowablePartOfLine::KeyOnly, _) => (hide_values(line, caret), caret),
                (ShowablePartOfLine::UpToCaret, Some(part)) => {
                    (mask_line(part).chars().take(caret).collect::<String>() + HIDDEN, caret)
                }
                (ShowablePartOfLine::Hidden, _)
                | (ShowablePartOfLine::MaskedLine | ShowablePartOfLine::UpToCaret, None) => {
                    mask_value_after_key(line)
                }
            };
        let text: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (piece, caret) = line_window(&text, caret);
        let indent = piece.chars().take(caret).map(|c| c.width().unwrap_or(0)).sum();
        format!("{}\n{}^", piece.trim_end(), " ".repeat(indent))
    }

    /// Where the character number `at` of a string value is, if the value is written as it is read:
    /// without escapes, so that its characters can be counted in the file.
    pub(crate) fn offset_in_value(&self, span: Range<usize>, value: &str, at: usize) -> Option<usize> {
        let raw = self.body.get(span.clone())?;
        let (quotes, inner) = unquote_toml(raw)?;
        let first_break = if quotes == 3 { leading_line_break_bytes(inner) } else { 0 };
        if inner.get(first_break..)? != value {
            return None;
        }
        let bytes = value.char_indices().nth(at).map_or(value.len(), |(byte, _)| byte);
        Some(span.start + quotes + first_break + bytes)
    }

    fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.body[..self.body.floor_char_boundary(offset)];
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    fn line_text_at_offset(&self, offset: usize) -> &str {
        let rest = &self.body[self.text_before_line_of_offset(offset).len()..];
        rest.split('\n').next().unwrap_or_default().trim_end_matches('\r')
    }

    fn text_before_line_of_offset(&self, offset: usize) -> &str {
        let before = &self.body[..self.body.floor_char_boundary(offset)];
        &before[..before.rfind('\n').map_or(0, |newline| newline + 1)]
    }
}

/// What may be secret in a line's addresses becomes stars, so that the columns stay. The key is shown.
fn mask_line(line: &str) -> String {
    let key = line.find(['=', '"', '\'']).filter(|at| !line[..*at].contains([':', '@', '?'])).unwrap_or(0);
    let value = line[key..].trim_start_matches(['=', ' ', '\t', '[', '{', '"', '\'']);
    let (before, value) = line.split_at(line.len() - value.len());
    before.to_owned() + &mask_credentials(value)
}

/// A value's text as a part of a message's line: no login of an address, no control characters, and not too long.
pub(crate) fn redacted_excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let text = mask_credentials(text);
    let mut shown: String =
        text.chars().take(CHARS_MAX).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// What may be secret in a text with addresses becomes stars: all from the first `://` to the last `@`, and all behind a `?`
/// or a `#` that comes after it. An address that is wrong is masked too, for nothing says where its password ends:
/// without a scheme, with spaces, quotes or another `://` in it.
fn mask_credentials(text: &str) -> String {
    let userinfo_end = userinfo_end(text);
    let scheme = text.find("://");
    let host = scheme.map_or(0, |at| at + "://".len());
    // What is before it may be a login itself, as in `bot:pass://word@host`.
    let login = match (scheme, userinfo_end) {
        (Some(at), Some(_)) if text[..at].contains(':') => 0,
        (Some(_), Some(end)) if end < host => 0,
        _ => host,
    };
    let login = login..userinfo_end.unwrap_or(login);
    let is_login = scheme.is_some() || text[login.clone()].contains(':');
    let query = match scheme {
        Some(_) => text[host..].find(['?', '#']),
        None => text.find('?').filter(|mark| text[*mark..].contains('=')),
    };
    let query = query.map(|mark| host + mark + 1);
    let is_secret = |at: usize| (is_login && login.contains(&at)) || query.is_some_and(|from| at >= from);
    text.char_indices().map(|(at, shown)| if is_secret(at) { '*' } else { shown }).collect()
}

/// Where the `@` is that ends a login, if there is one. An escape of TOML's may be any character, this one too.
fn userinfo_end(text: &str) -> Option<usize> {
    let has_escapes = ["\\u", "\\U", "\\x"].iter().any(|escape| text.contains(escape));
    if has_escapes && text.contains(':') {
        return Some(text.len());
    }
    text.rfind('@').max(text.rfind("%40"))
}

/// Only the key at the caret: values before it and behind it are not shown.
fn hide_values(line: &str, caret: usize) -> String {
    let key_at = line.char_indices().nth(caret).map_or(line.len(), |(byte, _)| byte);
    let (before, key) = line.split_at(key_at);
    let before = if before.contains('=') { " ".repeat(caret) } else { before.to_owned() };
    match key.find('=') {
        Some(equals) => format!("{before}{} {HIDDEN}", &key[..=equals]),
        None => format!("{before}{}", &key[..brackets_end(key)]),
    }
}

/// Where the brackets behind a section's name end, so that a comment behind them is left out.
fn brackets_end(key: &str) -> usize {
    let open = key.find(']').unwrap_or(key.len());
    key[open..].find(|c: char| c != ']').map_or(key.len(), |brackets| open + brackets)
}

/// The key that a line begins with, and where its hidden value is.
fn mask_value_after_key(line: &str) -> (String, usize) {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    match line.split_once('=') {
        Some((key, _)) if key.chars().all(is_of_key) => (format!("{key}= {HIDDEN}"), key.len() + 2),
        _ => (HIDDEN.to_owned(), 0),
    }
}

/// At most [`EXCERPT_CHARS_MAX`] characters of a line around the caret, and the caret's place in them.
fn line_window(line: &[char], caret: usize) -> (String, usize) {
    let start = if caret < EXCERPT_CHARS_MAX { 0 } else { caret - EXCERPT_CHARS_MAX / 2 };
    let start = start.min(line.len());
    let end = (start + EXCERPT_CHARS_MAX).min(line.len());
    let mut piece: String = line[start..end].iter().collect();
    let mut caret = caret - start;
    if start > 0 {
        piece.insert(0, '…');
        caret += 1;
    }
    if end < line.len() {
        piece.push('…');
    }
    (piece, caret)
}

/// What is between a TOML string's quotes, and how many quotes there are at each end.
fn unquote_toml(raw: &str) -> Option<(usize, &str)> {
    [("'''", 3), ("\"\"\"", 3), ("'", 1), ("\"", 1)]
        .into_iter()
        .find_map(|(quote, count)| Some((count, raw.strip_prefix(quote)?.strip_suffix(quote)?)))
}

/// TOML leaves out a line break that comes right behind three quotes.
fn leading_line_break_bytes(inner: &str) -> usize {
    ["\r\n", "\n"].into_iter().find(|newline| inner.starts_with(newline)).map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> ConfigText {
        ConfigText::new("c.toml".into(), body.into())
    }

    #[test]
    fn a_place_is_told_by_line_and_character() {
        let text = text("a = 1\r\nä = 'öü'\n");
        assert_eq!(text.file_line_and_column(0), "c.toml:1:1");
        assert_eq!(text.file_line_and_column(text.whole_file_text().find('ü').unwrap()), "c.toml:2:7");
        assert_eq!(text.file_line_and_column(9999), "c.toml:3:1");
        assert_eq!(
            text.config_line_with_caret(
                text.whole_file_text().find('ü').unwrap(),
                ShowablePartOfLine::MaskedLine
            ),
            "ä = 'öü'\n      ^"
        );
        assert_eq!(text.config_line_with_caret(0, ShowablePartOfLine::MaskedLine), "a = 1\n^");
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        for (line, shown) in [
            (
                "u = 'http://ada:se@cret@host/a' # ftp://x:y@z",
                "u = 'http://*********************************",
            ),
            ("u = \"https://ada:se/cret@host\"", "u = \"https://***********@host\""),
            ("u = 'https://host/?key=abc' ?", "u = 'https://host/?**********"),
            ("u = 'https://host/a#key'", "u = 'https://host/a#****"),
            ("u = 'https://host/a#b?c'", "u = 'https://host/a#****"),
            ("q = 'a#b' # c = d", "q = 'a#b' # c = d"),
            ("u = \"https://host/?key=ab'cd\"", "u = \"https://host/?**********"),
            ("u = \"https://ada:se://cret@host\"", "u = \"https://*************@host\""),
            ("u = 'https://host/?key=a@b'", "u = 'https://**************"),
            ("u = 'https://ada:hunter2%40host'", "u = 'https://***********%40host'"),
            ("u = \"https://ada:hunter2\\u0040host\"", "u = \"https://**********************"),
            ("q = 'a@b?c'", "q = 'a@b?c'"),
            ("q = 'abs:\"a?\" # b'", "q = 'abs:\"a?\" # b'"),
            ("r = 'git@host:owner/list'", "r = 'git@host:owner/list'"),
            ("r = 'ada:hunter2@host:list'", "r = '***********@host:list'"),
            ("r = ada:hunter2@host", "r = ***********@host"),
            ("r = ada:hun'ter2@host", "r = ************@host"),
            ("r = 'ada:hun://ter2@host'", "r = '**************@host'"),
            ("r = ['https://a', 'ada:hunter2@host']", "r = ['https://****************@host']"),
            ("https://ada:hun=ter2@host = 1", "https://************@host = 1"),
            ("r = \"https://ada:hun ter'2@host\"", "r = \"https://*************@host\""),
            ("r = 'https://ada@b:hunter2@host'", "r = 'https://*************@host'"),
        ] {
            assert_eq!(
                text(line).config_line_with_caret(0, ShowablePartOfLine::MaskedLine),
                format!("{shown}\n^")
            );
        }
    }

    #[test]
    fn the_value_of_an_unknown_key_is_not_shown() {
        assert_eq!(
            text("\tpass = 'x'").config_line_with_caret(1, ShowablePartOfLine::KeyOnly),
            " pass = …\n ^"
        );
        assert_eq!(
            text("t = { a = 'x', pass = 'y' }").config_line_with_caret(15, ShowablePartOfLine::KeyOnly),
            "               pass = …\n               ^"
        );
        assert_eq!(text("[pass]").config_line_with_caret(1, ShowablePartOfLine::KeyOnly), "[pass]\n ^");
        assert_eq!(
            text("[[pass]] # is x").config_line_with_caret(2, ShowablePartOfLine::KeyOnly),
            "[[pass]]\n  ^"
        );
    }

    #[test]
    fn a_value_with_a_secret_in_it_is_not_shown() {
        assert_eq!(
            text("u = 'http:a:b@c'").config_line_with_caret(4, ShowablePartOfLine::UpToCaret),
            "u = …\n    ^"
        );
        for shown in
            [ShowablePartOfLine::MaskedLine, ShowablePartOfLine::UpToCaret, ShowablePartOfLine::Hidden]
        {
            assert_eq!(text("to = ['a@b', 'c']").config_line_with_caret(13, shown), "to = …\n     ^");
            assert_eq!(text("[[sink]]\n 'a@b',").config_line_with_caret(10, shown), "…\n^");
        }
    }

    #[test]
    fn the_caret_stands_under_its_place_behind_wide_and_joined_characters() {
        let line = "q = '图像 e\u{301} !'";
        assert_eq!(
            text(line).config_line_with_caret(line.find('!').unwrap(), ShowablePartOfLine::MaskedLine),
            format!("{line}\n{}^", " ".repeat(12))
        );
    }

    #[test]
    fn a_long_line_is_shown_around_the_caret() {
        let text = text(&format!("q = '{}!{}'", "x".repeat(400), "y".repeat(400)));
        let excerpt = text.config_line_with_caret(405, ShowablePartOfLine::MaskedLine);
        let (line, caret) = excerpt.split_once('\n').unwrap();
        assert_eq!(line.chars().nth(caret.find('^').unwrap()), Some('!'));
        assert_eq!(line.chars().count(), EXCERPT_CHARS_MAX + 2);
    }

    #[test]
    fn a_character_of_a_value_is_found_where_it_is_written_as_it_is_read() {
        for (body, value, found) in [
            (r#"q = "abc""#, "abc", Some(7)),
            ("q = 'abc'", "abc", Some(7)),
            ("q = '''abc'''", "abc", Some(9)),
            ("q = '''\nabc'''", "abc", Some(10)),
            ("q = '''\r\nabc'''", "abc", Some(11)),
            (r#"q = "\u0061bc""#, "abc", None),
        ] {
            assert_eq!(text(body).offset_in_value(4..body.len(), value, 2), found, "{body}");
        }
    }
}
