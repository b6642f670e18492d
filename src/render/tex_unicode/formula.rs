//! One formula, read token by token.

use super::accent::{compose_accent, write_accent};
use super::argument::{skip_name_end, split_name};
use super::argument_reader::ArgumentReader;
use super::braced_group::is_declaration;
use super::name_table_lookup::{name_table_value, word_list_contains};
use super::script_letters::{double_struck, fraktur, script_capitals};
use super::sub_superscript::{ScriptPosition, is_small_character, to_sub_or_superscript};
use super::{symbol, text_macro};

/// Braces within braces; authors' formulas have a few.
const DEPTH_MAX: u32 = 8;

/// Commands that change nothing that a line of text can show.
const WITHOUT_SIGN: &str =
    "left right middle big Big bigl bigr bigm Bigl Bigr Bigm bigg Bigg biggl biggr Biggl Biggr limits nolimits
    scriptscriptstyle ensuremath mathop mathrel mathbin mathord mathopen mathclose mathpunct mathinner nonumber notag
    allowbreak nobreak displaylimits mathstrut strut";

/// Commands whose argument is shown as it is.
const BARE: &str = "mathrm mathit mathsf mathtt mathbf mathnormal boldsymbol bm bf pmb underline operatorname
    text textrm textbf textit texttt textsc textsf textnormal textup mbox hbox emph ensuremath mathop mathrel mathbin
    mathord mathinner mathrlap mathllap boxed cancel substack overbrace underbrace smash symbf symbfit operatornamewithlimits";

/// Commands that put a mark on one letter, each before its mark, which follows the letter in Unicode.
const MARKS: &str =
    "hat \u{302}  widehat \u{302}  bar \u{304}  overline \u{304}  tilde \u{303}  widetilde \u{303}
    dot \u{307}  ddot \u{308}  vec \u{20d7}  overrightarrow \u{20d7}  check \u{30c}  acute \u{301}  grave \u{300}
    breve \u{306}  mathring \u{30a}  dddot \u{20db}  underbar \u{332}";

/// What runs over several letters as a mark of each of them.
const OVERLINE: char = '\u{305}';

/// Other commands that are given something.
const WITH_ARGUMENT: &str =
    "mathbb Bbb mathds mathcal mathscr mathfrak frak sqrt frac tfrac dfrac nicefrac sfrac binom
    tbinom dbinom overset underset stackrel pmod operatorname mathop";

/// The formula in Unicode; none if a part of it cannot be shown so.
pub(super) fn formula_to_unicode(inside: &str, reader: ArgumentReader) -> Option<String> {
    let mut formula = FormulaParser { rest: inside, depth: 0, reader };
    let text = formula.parse_tex_until_closing(None)?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// Shows a formula's command that stands in running text, which the text behind its backslash begins with; what follows
/// it.
pub(super) fn write_command_of_formula<'t>(
    rest: &'t str,
    reader: ArgumentReader,
    out: &mut String,
) -> Option<&'t str> {
    let (name, behind) = split_name(rest);
    if let Some(sign) = symbol::unicode_operator_of_command(name) {
        out.push_str(if out.ends_with(' ') { "" } else { " " });
        out.extend([sign, " "]);
        return Some(skip_name_end(behind).trim_start_matches(' '));
    }
    if let Some(sign) = symbol::unicode_symbol_of_command(name) {
        out.push_str(sign);
        return Some(behind.strip_prefix("{}").unwrap_or(behind));
    }
    let is_known = word_list_contains(WITH_ARGUMENT, name) || name_table_value(MARKS, name).is_some();
    let mut formula = FormulaParser { rest, depth: 0, reader };
    let mut shown = String::new();
    is_known.then(|| formula.parse_tex_command(&mut shown)).flatten()?;
    out.push_str(&shown);
    Some(formula.rest)
}

struct FormulaParser<'t> {
    rest: &'t str,
    depth: u32,
    reader: ArgumentReader,
}

impl<'t> FormulaParser<'t> {
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
                Some('\\') if split_name(self.rest).0 == "over" => {
                    self.rest = split_name(self.rest).1;
                    let below = self.parse_tex_until_closing(closing)?;
                    return Some(format!("{}/{}", parenthesize(&out), parenthesize(&below)));
                }
                Some('\\') => self.parse_tex_command(&mut out)?,
                Some('~') => out.push(' '),
                Some('\'') => out.push('′'),
                Some('-') => out.push('−'),
                Some('$') => return None,
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
        let command = self.rest;
        let (name, rest) = split_name(command);
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
        } else if (word_list_contains(WITHOUT_SIGN, name) || is_declaration(name))
            && !(word_list_contains(BARE, name) && self.rest.starts_with('{'))
        {
            self.rest = self
                .rest
                .strip_prefix('.')
                .filter(|_| is_delimiter_command(name))
                .unwrap_or(self.rest.trim_start());
        } else {
            self.parse_command_with_argument(name, command, out)?;
        }
        Some(())
    }

    /// A command of one sign: `\{`, `\,`.
    fn parse_escaped_sign(&mut self, out: &mut String) -> Option<()> {
        let command = self.rest;
        match self.next_char()? {
            c @ ('{' | '}' | '%' | '$' | '&' | '#' | '_') => out.push(c),
            '|' => out.push('‖'),
            '!' | '/' | '-' | '(' | ')' => {}
            // A line's end, unless somebody's program doubled the backslash of a command.
            '\\' if self.rest.starts_with(|c: char| c.is_alphabetic()) => self.parse_tex_command(out)?,
            ',' | ':' | ';' | ' ' | '>' | '\n' | '\\' => out.push(' '),
            // arXiv's interface shows `\mu` as `\μ` now and then.
            c if !c.is_ascii() => out.push(c),
            _ => self.rest = write_accent(command, self.reader, out)?,
        }
        Some(())
    }

    /// A command that is given something.
    fn parse_command_with_argument(&mut self, name: &str, command: &'t str, out: &mut String) -> Option<()> {
        if word_list_contains(BARE, name) {
            self.rest = self.rest.strip_prefix('*').unwrap_or(self.rest);
            let bare = self.parse_tex_argument()?;
            // Words keep the hyphens that a formula has as minus signs.
            out.push_str(&if name.starts_with("text") { bare.replace('−', "-") } else { bare });
            return Some(());
        }
        match name {
            "mathbb" | "Bbb" | "mathds" => out.push_str(&double_struck(&self.parse_tex_argument()?)),
            "mathcal" | "mathscr" => out.push_str(&script_capitals(&self.parse_tex_argument()?)),
            "mathfrak" | "frak" => out.push_str(&fraktur(&self.parse_tex_argument()?)),
            "sqrt" => {
                let root = self.parse_tex_argument().filter(|_| !self.rest.starts_with('['))?;
                out.push('√');
                out.push_str(&parenthesize(&root));
            }
            "frac" | "tfrac" | "dfrac" | "nicefrac" | "sfrac" => {
                let (above, below) = (self.parse_tex_argument()?, self.parse_tex_argument()?);
                out.extend([parenthesize(&above), "/".to_owned(), parenthesize(&below)]);
            }
            "binom" | "tbinom" | "dbinom" => {
                let (above, below) = (self.parse_tex_argument()?, self.parse_tex_argument()?);
                out.extend(["(", above.trim(), " choose ", below.trim(), ")"]);
            }
            "choose" => out.push_str(" choose "),
            "pmod" => out.extend([" (mod ", self.parse_tex_argument()?.trim(), ")"]),
            "overset" | "stackrel" => self.parse_script_and_base(ScriptPosition::Superscript, out)?,
            "underset" => self.parse_script_and_base(ScriptPosition::Subscript, out)?,
            "quad" | "qquad" => out.push(' '),
            "not" => self.parse_negated_relation(out)?,
            // An environment has lines, which one line cannot show.
            "begin" | "end" => return None,
            _ => return self.parse_mark_or_text_command(name, command, out),
        }
        Some(())
    }

    /// What is above or below something else, and that.
    fn parse_script_and_base(&mut self, side: ScriptPosition, out: &mut String) -> Option<()> {
        let (script, base) = (self.parse_tex_argument()?, self.parse_tex_argument()?);
        out.push_str(&base);
        out.push_str(&to_sub_or_superscript(side, script.trim())?);
        Some(())
    }

    /// `\not=`: a relation that does not hold.
    fn parse_negated_relation(&mut self, out: &mut String) -> Option<()> {
        let relation = self.parse_tex_argument()?;
        let sign = match relation.trim() {
            "=" => "≠",
            "∈" => "∉",
            "≡" => "≢",
            "⊂" => "⊄",
            "⊆" => "⊈",
            "∼" => "≁",
            _ => return None,
        };
        out.extend([" ", sign, " "]);
        Some(())
    }

    /// A mark on a letter, a command of running text, or a name that the author gave to something.
    fn parse_mark_or_text_command(&mut self, name: &str, command: &'t str, out: &mut String) -> Option<()> {
        if let Some(mark) = name_table_value(MARKS, name) {
            let mark = mark.chars().next()?;
            out.push_str(&marked(self.parse_tex_argument()?.trim(), mark)?);
            return Some(());
        }
        // Their arguments have text in them, and what this parser is given may be cut anywhere.
        let mut shown = String::new();
        if let Some(behind) = text_macro::write_command_with_argument(command, self.reader, &mut shown) {
            self.rest = behind;
            out.push_str(&shown);
            return Some(());
        }
        // What an author's own command makes of its argument nobody knows.
        (!self.rest.starts_with('{')).then(|| {
            out.push_str(name);
            self.rest = self.rest.trim_start();
        })
    }
}

/// One letter with a mark, and what is small next to it; a line may run over several letters.
fn marked(text: &str, mark: char) -> Option<String> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if chars.clone().all(is_small_character) {
        return Some(compose_accent(first, mark) + chars.as_str());
    }
    let is_line = mark == '\u{304}';
    is_line.then(|| text.chars().flat_map(|c| [c, OVERLINE]).collect())
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
