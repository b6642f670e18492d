//! Titles without the markup of TeX and HTML.

use std::iter::Peekable;
use std::str::Chars;

use super::title_symbols::is_greek_name;

/// Elements that titles have, from HTML and from JATS, without the prefix `jats:` or `mml:`.
const ELEMENTS: [&str; 34] = [
    "i",
    "b",
    "em",
    "strong",
    "sub",
    "sup",
    "u",
    "tt",
    "sc",
    "scp",
    "span",
    "small",
    "big",
    "br",
    "p",
    "a",
    "font",
    "italic",
    "bold",
    "underline",
    "roman",
    "monospace",
    "inline-formula",
    "alternatives",
    "tex-math",
    "math",
    "mi",
    "mo",
    "mn",
    "mrow",
    "msub",
    "msup",
    "mtext",
    "mstyle",
];

/// Elements that part words.
const PARTING: [&str; 2] = ["br", "p"];

/// Entities, and what they are; those of Greek letters are not among them.
const ENTITIES: [(&str, &str); 15] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("thinsp", " "),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("times", "×"),
    ("minus", "−"),
];

/// The longest entity that is read, without its ends.
const ENTITY_CHARS_MAX: usize = 8;

/// TeX's letters, and signs that change what a title says.
const TEX_LETTERS: [(&str, &str); 28] = [
    ("o", "o"),
    ("O", "o"),
    ("l", "l"),
    ("L", "l"),
    ("i", "i"),
    ("j", "j"),
    ("ss", "ss"),
    ("ae", "ae"),
    ("AE", "ae"),
    ("oe", "oe"),
    ("OE", "oe"),
    ("aa", "a"),
    ("AA", "a"),
    ("dh", "d"),
    ("th", "th"),
    ("ell", "l"),
    ("times", "×"),
    ("infty", "∞"),
    ("leq", "≤"),
    ("le", "≤"),
    ("geq", "≥"),
    ("ge", "≥"),
    ("neq", "≠"),
    ("ne", "≠"),
    ("pm", "±"),
    ("ast", "*"),
    ("star", "*"),
    ("lt", "<"),
];

/// TeX's names of functions, which are read as words.
const TEX_WORDS: [&str; 20] = [
    "log", "ln", "exp", "sin", "cos", "tan", "max", "min", "sup", "inf", "lim", "det", "dim", "ker", "deg",
    "gcd", "arg", "Pr", "LaTeX", "TeX",
];

/// TeX's signs that part words, as the sign itself would.
const TEX_PARTING: [&str; 11] =
    ["to", "cdot", "ldots", "dots", "cdots", "quad", "sim", "approx", "mid", "textendash", "textemdash"];

/// A title's text: entities decoded, elements taken out, TeX's commands replaced by what they print, as far as that is
/// letters. What prints other letters in another type (`\textit{…}`, `$\mathbb{R}$`) leaves its letters.
pub(super) fn strip_tex_and_html(title: &str) -> String {
    let mut text = title.to_owned();
    // What is in a feed may be encoded twice.
    for _ in 0..2 {
        if !text.contains('&') {
            break;
        }
        text = decode_entities(&text);
    }
    if text.contains('<') {
        text = strip_html_elements(&text);
    }
    if text.contains(['\\', '$', '{', '}', '^', '_', '~']) { without_tex(&text) } else { text }
}

fn decode_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let name = rest.find(';').filter(|end| (1..=ENTITY_CHARS_MAX).contains(end)).map(|end| &rest[..end]);
        match name.and_then(|name| Some((name, decode_entity(name)?))) {
            Some((name, decoded)) => {
                out.push_str(&decoded);
                rest = &rest[name.len() + 1..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

fn decode_entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).map(String::from);
    }
    if is_greek_name(&name.to_ascii_lowercase()) {
        return Some(format!(" {name} "));
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
}

/// Without known elements: `p < q` has none.
fn strip_html_elements(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let element = rest.find('>').and_then(|end| Some((element_name(&rest[1..end])?, end)));
        if let Some((name, end)) = element {
            if PARTING.contains(&name.as_str()) {
                out.push(' ');
            }
            rest = &rest[end + 1..];
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The name of the element whose tag has this text, if it is one that titles have.
fn element_name(tag: &str) -> Option<String> {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let name = name.trim_end_matches('/').to_ascii_lowercase();
    let is_attribute = attributes.trim().is_empty() || attributes.trim() == "/" || attributes.contains('=');
    let bare = name.strip_prefix("jats:").or_else(|| name.strip_prefix("mml:")).unwrap_or(&name);
    (is_attribute && ELEMENTS.contains(&bare)).then(|| bare.to_owned())
}

fn without_tex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => write_folded_tex_command(&mut chars, &mut out),
            // Groups, formulas, and what is set high or low: `$H_2O$` is `H₂O`.
            '$' | '{' | '}' | '^' | '_' => {}
            '~' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Reads what is behind a `\` and writes what it prints.
fn write_folded_tex_command(chars: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut name = String::new();
    while let Some(letter) = chars.next_if(char::is_ascii_alphabetic) {
        name.push(letter);
    }
    if name.is_empty() {
        match chars.next() {
            // Accents, hyphenation, the ends of formulas, and brackets.
            Some(
                '"' | '\'' | '`' | '^' | '~' | '=' | '.' | '-' | '/' | '!' | '(' | ')' | '[' | ']' | '$'
                | '_' | '{' | '}',
            )
            | None => {}
            Some(sign @ ('&' | '%' | '#')) => out.push(sign),
            // Some of arXiv's records have one or two before an accented letter.
            Some(c) if c.is_alphanumeric() => out.push(c),
            Some('\\') if chars.peek().is_some_and(|c| !c.is_ascii() && c.is_alphabetic()) => {}
            Some(_) => out.push(' '),
        }
        return;
    }
    let mut is_spaced = false;
    while chars.next_if(|c| c.is_whitespace()).is_some() {
        is_spaced = true;
    }
    let greek = name.strip_prefix("var").unwrap_or(&name);
    if is_greek_name(&greek.to_ascii_lowercase()) {
        out.extend([" ", greek, " "]);
    } else if let Some((_, letter)) = TEX_LETTERS.iter().find(|(known, _)| *known == name) {
        out.push_str(letter);
    } else if TEX_WORDS.contains(&name.as_str()) {
        out.push_str(&name);
        out.push_str(if is_spaced { " " } else { "" });
    } else if TEX_PARTING.contains(&name.as_str()) || name.ends_with("arrow") {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_leaves_the_letters_that_it_prints() {
        for (title, text) in [
            ("$k$-means", "k-means"),
            (r"\textit{In vivo} imaging", "In vivo imaging"),
            ("{\\em In vivo} imaging", "In vivo imaging"),
            ("<i>In vivo</i> imaging", "In vivo imaging"),
            ("T<sub>reg</sub> cells", "Treg cells"),
            ("&lt;i&gt;E. coli&lt;/i&gt;", "E. coli"),
            ("&amp;lt;i&amp;gt;E. coli&amp;lt;/i&amp;gt;", "E. coli"),
            ("AT&amp;T", "AT&T"),
            ("R&D; and more", "R&D; and more"),
            ("It&#8217;s &#x3b1;", "It’s α"),
            ("if p < q and r > s", "if p < q and r > s"),
            ("if p <q and r> s", "if p <q and r> s"),
            (r#"<mml:math xmlns:mml="x"><mml:mi>k</mml:mi></mml:math>-means"#, "k-means"),
            ("one<br/>two", "one two"),
            (r#"Schr\"{o}dinger"#, "Schrodinger"),
            (r"Erd\H{o}s, \v Cech, \c{c}", "Erdos, Cech, c"),
            (r"$\alpha$-helix", " alpha -helix"),
            (r"$\varepsilon x$", " epsilon x"),
            (r"$\log n$ and $\log_2 n$", "log n and log2 n"),
            (r"$H_2O$ and CO$_2$", "H2O and CO2"),
            (r"$\ell_p$ on $\mathbb{R}^n$", "lp on Rn"),
            (r"Search \& Rescue~Robots", "Search & Rescue Robots"),
            (r"$p\leq 2$", "p≤2"),
            (r"A $\rightarrow$ B", "A   B"),
            (r"V\án's theorem of L\\üdeling", "Ván's theorem of Lüdeling"),
            (r"One line\\and another", "One line and another"),
            (r"\", ""),
            ("&", "&"),
            ("<", "<"),
        ] {
            assert_eq!(strip_tex_and_html(title), text, "{title}");
        }
    }
}
