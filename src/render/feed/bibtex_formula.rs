//! A formula in commands of LaTeX's kernel alone, in which nothing stops TeX.

use super::bibtex_character::{character_in_formula, push_math};
use crate::render::tex_unicode::{is_kernel_command, name_table_entries, split_braced, word_list_contains};

/// Groups within groups; authors' formulas have a few.
const DEPTH_MAX: u32 = 16;

/// Commands that are given one thing.
const WITH_ARGUMENT: &str = "mathrm mathit mathsf mathtt mathbf mathnormal mathcal hat widehat bar overline tilde
    widetilde dot ddot vec check acute grave breve mathring overrightarrow overleftarrow underline overbrace underbrace
    mathop mathrel mathbin mathord mathopen mathclose mathpunct mathinner phantom pmod";

/// Commands of packages, each before the kernel's that is nearest.
const NEAREST: &str = "mathbb mathbf  Bbb mathbf  mathds mathbf  bm mathbf  boldsymbol mathbf  pmb mathbf  symbf mathbf
    mathscr mathcal  mathfrak mathrm  frak mathrm  operatorname mathrm  textup mathrm  tfrac frac  dfrac frac  nicefrac frac
    sfrac frac  overset stackrel";

/// Signs of packages, each before the kernel's that is nearest.
const NEAREST_SIGN: &str = "varnothing emptyset  degree circ  leqslant leq  geqslant geq  lvert vert  rvert vert  lVert Vert
    rVert Vert  implies Longrightarrow  impliedby Longleftarrow  smallsetminus setminus  eps varepsilon  dotsc ldots
    dotsb cdots  dotsm cdots  lhd triangleleft  rhd triangleright  preccurlyeq preceq  succcurlyeq succeq  deg deg";

/// Commands that set what follows them up to the end of the group, each before its kind with an argument.
const DECLARATIONS: &str = "rm mathrm  bf mathbf  it mathit  cal mathcal  tt mathtt  sf mathsf";

/// Commands of which a formula shows nothing.
const WITHOUT_SIGN: &str =
    "limits nolimits displaylimits displaystyle textstyle scriptstyle scriptscriptstyle boldmath
    nonumber notag allowbreak nobreak relax protect strut mathstrut em sc sl xspace";

/// Commands whose argument is text.
const TEXT: &str = "text textrm textnormal mbox hbox textbf textit texttt textsf textsc textmd emph";

/// Sizes of brackets.
const SIZES: &str = "big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm";

/// Brackets that have names.
const BRACKETS: &str = "langle rangle lceil rceil lfloor rfloor vert
    Vert lbrace rbrace lbrack rbrack uparrow downarrow backslash lgroup rgroup";

/// What ends a part of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    Formula,
    Brace,
    Right,
}

/// The inside of a formula as LaTeX's kernel takes it; none if a part of it is not known.
pub(super) fn kernel_formula(inside: &str, escape_text: fn(&str) -> String) -> Option<String> {
    let mut formula = KernelFormula { rest: inside, depth: 0, escape_text };
    formula.part(Closing::Formula).filter(|text| !text.trim().is_empty())
}

struct KernelFormula<'t> {
    rest: &'t str,
    depth: u32,
    /// How the text in a box is written.
    escape_text: fn(&str) -> String,
}

impl KernelFormula<'_> {
    fn next_char(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// All up to what ends it.
    fn part(&mut self, closing: Closing) -> Option<String> {
        if self.depth == DEPTH_MAX {
            return None;
        }
        self.depth += 1;
        let part = self.part_at_depth(closing);
        self.depth -= 1;
        part
    }

    fn part_at_depth(&mut self, closing: Closing) -> Option<String> {
        let mut out = String::new();
        // Which scripts the last thing has: a second one of the same side is an error.
        let (mut has_above, mut has_below, mut has_infix) = (false, false, false);
        loop {
            let Some(c) = self.next_char() else {
                return (closing == Closing::Formula).then_some(out);
            };
            match c {
                '}' => return (closing == Closing::Brace).then_some(out),
                '^' | '_' => {
                    let has_one = if c == '^' { &mut has_above } else { &mut has_below };
                    if std::mem::replace(has_one, true) {
                        out.push_str("{}");
                        (has_above, has_below) = (c == '^', c == '_');
                    }
                    out.push(c);
                    out.push_str(&self.argument()?);
                    continue;
                }
                '\'' => {
                    if std::mem::replace(&mut has_above, true) {
                        out.push_str("{}");
                        has_below = false;
                    }
                    out.push('\'');
                    while let Some(rest) = self.rest.strip_prefix('\'') {
                        out.push('\'');
                        self.rest = rest;
                    }
                    if let Some(rest) = self.rest.strip_prefix('^') {
                        self.rest = rest;
                        out.push('^');
                        out.push_str(&self.argument()?);
                    }
                    continue;
                }
                '\\' if self.rest.starts_with("right")
                    && closing == Closing::Right
                    && self.takes_name("right") =>
                {
                    return Some(out);
                }
                '\\' if ["over", "choose", "atop"].iter().any(|name| self.is_next_name(name)) => {
                    if std::mem::replace(&mut has_infix, true) || closing == Closing::Right {
                        return None;
                    }
                    out.push('\\');
                }
                '\\' if value_of(DECLARATIONS, self.next_name()).is_some() => {
                    let style = value_of(DECLARATIONS, self.next_name())?;
                    self.rest = &self.rest[self.name_end()..];
                    let part = self.part(closing)?;
                    out.extend(["\\", style, "{", part.trim_start(), "}"]);
                    // What ended that part ends this one too.
                    return Some(out);
                }
                '\\' => self.command(&mut out)?,
                '{' => out.extend(["{", &self.part(Closing::Brace)?, "}"]),
                '&' | '#' | '%' => out.extend(['\\', c]),
                '$' => return None,
                c if c.is_control() => out.push(' '),
                c if c.is_ascii() => push_math(c.encode_utf8(&mut [0; 4]), &mut out),
                c => {
                    let text = character_in_formula(c);
                    if let Some(side) = text.chars().next().filter(|side| matches!(side, '^' | '_')) {
                        let has_one = if side == '^' { &mut has_above } else { &mut has_below };
                        if std::mem::replace(has_one, true) {
                            out.push_str("{}");
                            (has_above, has_below) = (side == '^', side == '_');
                        }
                        out.push_str(&text);
                        continue;
                    }
                    push_math(&text, &mut out);
                }
            }
            if !c.is_whitespace() {
                (has_above, has_below) = (false, false);
            }
        }
    }

    fn name_end(&self) -> usize {
        self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len())
    }

    fn next_name(&self) -> &str {
        &self.rest[..self.name_end()]
    }

    fn is_next_name(&self, name: &str) -> bool {
        self.next_name() == name
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let is_it = self.is_next_name(name);
        if is_it {
            self.rest = &self.rest[name.len()..];
        }
        is_it
    }

    /// What a command or a script is given; in braces unless it is one plain character.
    fn argument(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        match self.next_char()? {
            '{' => Some(format!("{{{}}}", self.part(Closing::Brace)?)),
            '\\' => {
                let mut out = String::new();
                self.command(&mut out)?;
                Some(format!("{{{out}}}"))
            }
            '}' | '^' | '_' | '&' | '$' => None,
            c @ ('#' | '%') => Some(format!("{{\\{c}}}")),
            c if c.is_ascii_alphanumeric() || c == '*' || c == '+' || c == '-' => Some(c.to_string()),
            c if c.is_ascii() && !c.is_control() => Some(format!("{{{c}}}")),
            c => Some(format!("{{{}}}", character_in_formula(c))),
        }
    }

    /// An argument that has braces around it, whatever it is.
    fn braced_argument(&mut self) -> Option<String> {
        let argument = self.argument()?;
        Some(if argument.starts_with('{') { argument } else { format!("{{{argument}}}") })
    }

    fn command(&mut self, out: &mut String) -> Option<()> {
        let (name, rest) = self.rest.split_at(self.name_end());
        self.rest = rest;
        if name.is_empty() {
            return self.sign_command(out);
        }
        let nearest = value_of(NEAREST, name).or_else(|| value_of(NEAREST_SIGN, name)).unwrap_or(name);
        if is_kernel_command(nearest) {
            out.extend(["\\", nearest]);
        } else if word_list_contains(WITH_ARGUMENT, nearest) {
            self.rest = self.rest.strip_prefix('*').unwrap_or(self.rest);
            out.extend(["\\", nearest, &self.braced_argument()?]);
        } else if word_list_contains(TEXT, name) {
            self.text(name, out)?;
        } else if word_list_contains(SIZES, name) {
            out.extend(["\\", name]);
            self.delimiter(out)?;
        } else if !word_list_contains(WITHOUT_SIGN, name) {
            self.other_command(nearest, out)?;
        }
        Some(())
    }

    fn other_command(&mut self, name: &str, out: &mut String) -> Option<()> {
        match name {
            "left" => {
                out.push_str("\\left");
                self.delimiter(out)?;
                out.push_str(&self.part(Closing::Right)?);
                out.push_str("\\right");
                self.delimiter(out)?;
            }
            "frac" | "stackrel" => {
                let (first, second) = (self.braced_argument()?, self.braced_argument()?);
                out.extend(["\\", name, &first, &second]);
            }
            "binom" | "tbinom" | "dbinom" => {
                let (first, second) = (self.braced_argument()?, self.braced_argument()?);
                out.extend(["{", &first, "\\choose", &second, "}"]);
            }
            "underset" => {
                let (first, second) = (self.braced_argument()?, self.braced_argument()?);
                out.extend(["\\mathop", &second, "\\limits_", &first]);
            }
            "sqrt" => {
                out.push_str("\\sqrt");
                if let Some((option, behind)) =
                    self.rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
                {
                    let is_plain = option.chars().all(|c| c.is_ascii_alphanumeric());
                    self.rest = behind;
                    out.extend(["[", is_plain.then_some(option)?, "]"]);
                }
                out.push_str(&self.braced_argument()?);
            }
            "quad" | "qquad" | "not" => out.extend(["\\", name]),
            "ensuremath" | "boxed" | "mathrlap" | "mathllap" => out.push_str(&self.braced_argument()?),
            "color" | "label" => drop(self.braced_argument()?),
            "textcolor" => {
                let _ = self.braced_argument()?;
                out.push_str(&self.braced_argument()?);
            }
            "href" => {
                let (_, behind) = split_braced(self.rest)?;
                self.rest = behind;
                self.text("text", out)?;
            }
            "unicode" => {
                let (number, behind) = split_braced(self.rest)?;
                let c = u32::from_str_radix(number.strip_prefix('x')?, 16).ok().and_then(char::from_u32)?;
                self.rest = behind;
                out.push_str(&character_in_formula(c));
            }
            "begin" | "end" | "right" | "middle" => return None,
            // What an author's own command makes of its argument nobody knows.
            _ if self.rest.starts_with('{') => return None,
            name => out.extend(["\\mathrm{", name, "}"]),
        }
        Some(())
    }

    /// A command of one sign.
    fn sign_command(&mut self, out: &mut String) -> Option<()> {
        match self.next_char()? {
            c @ ('{' | '}' | '%' | '$' | '&' | '#' | '_' | '|' | ',' | ';' | ':' | '!' | '>' | '/') => {
                out.extend(['\\', c]);
            }
            c if c.is_whitespace() || c == '\\' => out.push_str("\\ "),
            '-' => {}
            c if !c.is_ascii() => out.push_str(&character_in_formula(c)),
            _ => return None,
        }
        Some(())
    }

    /// Text in a formula; letters are set as the formula's own, which are small in a script.
    fn text(&mut self, name: &str, out: &mut String) -> Option<()> {
        let (inside, behind) = split_braced(self.rest.trim_start())?;
        self.rest = behind;
        let style = match name {
            "textbf" => "mathbf",
            "textit" | "emph" => "mathit",
            "texttt" => "mathtt",
            "textsf" => "mathsf",
            _ => "mathrm",
        };
        if inside.chars().all(|c| c.is_ascii_alphanumeric()) {
            out.extend(["\\", style, "{", inside, "}"]);
        } else {
            out.extend(["\\mbox{", &(self.escape_text)(inside), "}"]);
        }
        Some(())
    }

    /// A bracket behind `\left`.
    fn delimiter(&mut self, out: &mut String) -> Option<()> {
        self.rest = self.rest.trim_start();
        match self.next_char()? {
            c @ ('(' | ')' | '[' | ']' | '|' | '/' | '.' | '<' | '>') => out.push(c),
            '\\' => {
                let (name, rest) = self.rest.split_at(self.name_end());
                if name.is_empty() {
                    let c = self.next_char().filter(|c| matches!(c, '{' | '}' | '|'))?;
                    out.extend(['\\', c]);
                } else {
                    let nearest = value_of(NEAREST_SIGN, name).unwrap_or(name);
                    word_list_contains(BRACKETS, nearest).then(|| out.extend(["\\", nearest]))?;
                    self.rest = rest;
                }
            }
            _ => return None,
        }
        Some(())
    }
}

fn value_of(table: &'static str, name: &str) -> Option<&'static str> {
    name_table_entries(table).find(|(known, _)| *known == name).map(|(_, value)| value)
}
