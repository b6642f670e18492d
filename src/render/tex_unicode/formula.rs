//! One formula, read token by token.

use super::name_table_lookup::{name_table_value, word_list_contains};
use super::sub_superscript::{ScriptPosition, to_sub_or_superscript};
use super::symbol;
use super::text_command::compose_accent;

/// Braces within braces; authors' formulas have a few.
const DEPTH_MAX: u32 = 8;

/// Commands that change nothing that a line of text can show.
const WITHOUT_SIGN: &str =
    "left right big Big bigl bigr Bigl Bigr bigg Bigg displaystyle textstyle limits nolimits
    it rm bf cal tt boldmath ensuremath";

/// Commands whose argument is shown as it is.
const BARE: &str = "mathrm mathit mathsf mathtt mathbf mathnormal boldsymbol bm bf pmb underline operatorname
    text textrm textbf textit texttt textsc textsf mbox hbox emph ensuremath";

/// Commands that put a mark on one letter, each before its mark, which follows the letter in Unicode.
const MARKS: &str =
    "hat \u{302}  widehat \u{302}  bar \u{304}  overline \u{304}  tilde \u{303}  widetilde \u{303}
    dot \u{307}  ddot \u{308}  vec \u{20d7}  check \u{30c}";

/// The formula in Unicode; none if a part of it cannot be shown so.
pub(super) fn formula_to_unicode(inside: &str) -> Option<String> {
    let mut formula = FormulaParser { rest: inside, depth: 0 };
    let text = formula.parse_tex_until_closing(None)?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

struct FormulaParser<'t> {
    rest: &'t str,
    depth: u32,
}

impl FormulaParser<'_> {
    /// All up to the end, which is a closing brace or the formula's own.
    fn parse_tex_until_closing(&mut self, closing: Option<char>) -> Option<String> {
        let mut out = String::new();
        loop {
            match self.next_char() {
                None => return closing.is_none().then_some(out),
                Some('}') => return closing.is_some().then_some(out),
                Some('{') => out.push_str(&self.parse_braced_group()?),
                Some('^') => self.parse_sub_or_superscript(ScriptPosition::Superscript, &mut out)?,
                Some('_') => self.parse_sub_or_superscript(ScriptPosition::Subscript, &mut out)?,
                Some('\\') => self.parse_tex_command(&mut out)?,
                Some('~') => out.push(' '),
                Some('\'') => out.push('′'),
                Some('-') => out.push('−'),
                Some('&' | '#' | '%' | '$') => return None,
                Some(c) => out.push(c),
            }
        }
    }

    fn next_char(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// What is before the closing brace of a group that is open already.
    fn parse_braced_group(&mut self) -> Option<String> {
        if self.depth == DEPTH_MAX {
            return None;
        }
        self.depth += 1;
        let inside = self.parse_tex_until_closing(Some('}'));
        self.depth -= 1;
        inside
    }

    /// One group, one command or one character: what a command is given.
    fn parse_tex_argument(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        match self.next_char()? {
            '{' => self.parse_braced_group(),
            '\\' => {
                let mut out = String::new();
                self.parse_tex_command(&mut out)?;
                Some(out.trim().to_owned())
            }
            '}' | '^' | '_' | '&' | '$' => None,
            '-' => Some("−".to_owned()),
            c => Some(c.to_string()),
        }
    }

    fn parse_sub_or_superscript(&mut self, side: ScriptPosition, out: &mut String) -> Option<()> {
        let text = self.parse_tex_argument()?;
        let small = to_sub_or_superscript(side, text.trim())?;
        // A word behind TeX's own sign must not run into what follows.
        let ends = small.starts_with(['^', '_']) && self.rest.starts_with(|c: char| c.is_alphanumeric());
        out.push_str(&small);
        if ends {
            out.push(' ');
        }
        Some(())
    }

    fn parse_tex_command(&mut self, out: &mut String) -> Option<()> {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if name.is_empty() {
            return self.parse_escaped_sign(out);
        }
        if let Some(sign) = symbol::unicode_operator_of_command(name) {
            out.extend([" ", sign, " "]);
        } else if let Some(sign) = symbol::unicode_symbol_of_command(name) {
            let is_function = symbol::is_math_function(name);
            if is_function && out.ends_with(|c: char| c.is_alphanumeric()) {
                out.push(' ');
            }
            out.push_str(sign);
            self.rest = self.rest.trim_start();
            if is_function && self.rest.starts_with(|c: char| c.is_alphanumeric() || c == '\\') {
                out.push(' ');
            }
        } else if word_list_contains(WITHOUT_SIGN, name)
            && !(word_list_contains(BARE, name) && self.rest.starts_with('{'))
        {
            self.rest = self
                .rest
                .strip_prefix('.')
                .filter(|_| is_delimiter_command(name))
                .unwrap_or(self.rest.trim_start());
        } else {
            self.parse_command_with_argument(name, out)?;
        }
        Some(())
    }

    /// A command of one sign: `\{`, `\,`.
    fn parse_escaped_sign(&mut self, out: &mut String) -> Option<()> {
        match self.next_char()? {
            c @ ('{' | '}' | '%' | '$' | '&' | '#' | '_') => out.push(c),
            '|' => out.push('‖'),
            ',' | ':' | ';' | ' ' | '>' => out.push(' '),
            '!' | '/' => {}
            _ => return None,
        }
        Some(())
    }

    /// A command that is given something.
    fn parse_command_with_argument(&mut self, name: &str, out: &mut String) -> Option<()> {
        if word_list_contains(BARE, name) {
            self.rest = self.rest.strip_prefix('*').unwrap_or(self.rest);
            let bare = self.parse_tex_argument()?;
            // Words keep the hyphens that a formula has as minus signs.
            out.push_str(&if name.starts_with("text") { bare.replace('−', "-") } else { bare });
            return Some(());
        }
        match name {
            "mathbb" | "Bbb" | "mathds" => out.push_str(&symbol::double_struck(&self.parse_tex_argument()?)?),
            "mathcal" | "mathscr" => out.push_str(&symbol::script_capitals(&self.parse_tex_argument()?)?),
            "sqrt" => {
                let root = self.parse_tex_argument().filter(|_| !self.rest.starts_with('['))?;
                out.push('√');
                out.push_str(&parenthesize(&root));
            }
            "frac" | "tfrac" | "dfrac" => {
                let (above, below) = (self.parse_tex_argument()?, self.parse_tex_argument()?);
                out.extend([parenthesize(&above), "/".to_owned(), parenthesize(&below)]);
            }
            "quad" | "qquad" => out.push(' '),
            "not" => {
                let rest = self.rest.strip_prefix('=')?;
                out.push_str(" ≠ ");
                self.rest = rest;
            }
            _ => {
                let mark = name_table_value(MARKS, name)?.chars().next()?;
                let letter = self.parse_tex_argument()?;
                let mut chars = letter.chars();
                let (first, None) = (chars.next()?, chars.next()) else { return None };
                out.push_str(&compose_accent(first, mark));
            }
        }
        Some(())
    }
}

/// Whether a dot behind the command takes the place of a bracket that is not shown.
fn is_delimiter_command(name: &str) -> bool {
    matches!(name, "left" | "right")
}

/// The text in brackets, unless it is one word that needs none.
fn parenthesize(text: &str) -> String {
    let text = text.trim();
    if text.chars().all(|c| c.is_alphanumeric() || c == '.') { text.to_owned() } else { format!("({text})") }
}
