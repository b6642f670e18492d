//! A text as TeX prints it: what LaTeX's kernel knows stays, what TeX would act on is escaped, and any other command is
//! what a reader sees of it. Nothing stops TeX.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::bibtex_character::{push_characters, tex_command_for_letter};
use super::bibtex_formula::kernel_formula;
use crate::render::tex_unicode::{
    name_table_entries, split_braced, split_formula, tex_to_unicode, word_list_contains, write_tex_command,
};

/// Commands of LaTeX's kernel that say what their argument looks like.
const STYLES: &str =
    "emph textit textbf textsc texttt textrm textsf textsl textmd textup textnormal underline mbox
    textsuperscript textsubscript";

/// Arguments within arguments; authors' texts have a few.
const DEPTH_MAX: u32 = 8;

/// The text for a field in braces. Its own braces pair, whatever was written, and LaTeX's kernel has all commands.
pub(super) fn escape_tex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    TexWriter { text, is_paired: are_braces_paired(text), depth: 0 }.write(&mut out);
    out
}

/// The text as it is read, without a command in it.
fn escape_plain_text(text: &str, out: &mut String) {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let end = at + c.len_utf8();
        if let Some(run) = run_of_characters(&text[at..]) {
            push_characters(run, out);
            at += run.len();
            continue;
        }
        push_ascii(c, out);
        at = end;
    }
}

fn push_ascii(c: char, out: &mut String) {
    match c {
        // BibTeX counts a brace behind a backslash too.
        '{' => out.push_str("\\textbraceleft "),
        '}' => out.push_str("\\textbraceright "),
        '\\' => out.push_str("\\textbackslash{}"),
        '%' | '&' | '#' | '_' | '$' => out.extend(['\\', c]),
        '^' => out.push_str("\\textasciicircum{}"),
        '~' => out.push_str("\\textasciitilde{}"),
        c if c.is_control() => out.push(' '),
        c => out.push(c),
    }
}

/// The characters that are not ASCII at the beginning of a text, and an ASCII letter that they put a mark on.
fn run_of_characters(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    let (first, second) = (chars.next()?, chars.next());
    let is_marked = first.is_ascii_alphanumeric() && second.is_some_and(is_combining_mark);
    if first.is_ascii() && !is_marked {
        return None;
    }
    let end = text.char_indices().skip(1).find(|(_, c)| c.is_ascii()).map_or(text.len(), |(at, _)| at);
    Some(&text[..end])
}

/// One text, and whether its braces are TeX's.
struct TexWriter<'t> {
    text: &'t str,
    is_paired: bool,
    depth: u32,
}

impl TexWriter<'_> {
    fn write(&self, out: &mut String) {
        let mut rest = self.text;
        while let Some(c) = rest.chars().next() {
            if let Some(run) = run_of_characters(rest) {
                push_characters(run, out);
                rest = &rest[run.len()..];
                continue;
            }
            let behind = &rest[1..];
            rest = match c {
                '$' => Self::write_formula(rest, out),
                '\\' => Self::write_formula(rest, out).or_else(|| self.write_command(rest, out)),
                '{' | '}' if self.is_paired => {
                    out.push(c);
                    Some(behind)
                }
                _ => None,
            }
            .unwrap_or_else(|| {
                push_ascii(c, out);
                behind
            });
        }
    }

    /// A formula, or its source if LaTeX's kernel does not know it.
    fn write_formula<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
        let (inside, behind) = split_formula(rest).filter(|(inside, _)| are_braces_paired(inside))?;
        match kernel_formula(inside, escape_tex) {
            Some(formula) => out.extend(["$", &formula, "$"]),
            None => escape_plain_text(&rest[..rest.len() - behind.len()], out),
        }
        Some(behind)
    }

    fn write_command<'t>(&self, rest: &'t str, out: &mut String) -> Option<&'t str> {
        let after = &rest[1..];
        let sign = after.chars().next()?;
        match sign {
            '{' | '}' if self.is_paired => {
                out.extend(['\\', sign]);
                return Some(&after[1..]);
            }
            '{' | '}' => {
                push_ascii(sign, out);
                return Some(&after[1..]);
            }
            '%' | '&' | '#' | '$' | '_' | ',' | '-' | '/' => {
                out.extend(['\\', sign]);
                return Some(&after[1..]);
            }
            c if c.is_whitespace() => return None,
            _ => {}
        }
        self.write_style(after, out).or_else(|| self.write_read_command(rest, out))
    }

    /// `\emph{words}`
    fn write_style<'t>(&self, after: &'t str, out: &mut String) -> Option<&'t str> {
        let (name, behind) =
            after.split_at(after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len()));
        let (inside, behind) = word_list_contains(STYLES, name).then(|| split_braced(behind))??;
        let is_text = self.depth < DEPTH_MAX && are_braces_paired(inside);
        is_text.then(|| {
            out.extend(["\\", name, "{"]);
            TexWriter { text: inside, is_paired: true, depth: self.depth + 1 }.write(out);
            out.push('}');
            behind
        })
    }

    /// Any other command is written as what a reader sees of it; a plain accent stays as it is.
    fn write_read_command<'t>(&self, rest: &'t str, out: &mut String) -> Option<&'t str> {
        let before = &self.text[..self.text.len() - rest.len()];
        let mut shown: String = before.chars().next_back().into_iter().collect();
        let seen = shown.len();
        let behind = write_tex_command(rest, &mut shown)?;
        let source = &rest[..rest.len() - behind.len()];
        let shown = &shown[seen..];
        let is_plain_accent = source.len() == 3 && shown.chars().count() == 1 && source.is_ascii();
        let mut written = String::new();
        escape_plain_text(shown, &mut written);
        if is_plain_accent && written == format!("{{{source}}}") {
            out.push_str(source);
        } else {
            out.push_str(&written);
        }
        Some(behind)
    }
}

/// An address or an identifier for a field that is read letter by letter: as it is, if its braces pair.
pub(super) fn verbatim_or_escaped_tex(text: &str) -> String {
    if !are_braces_balanced(text) || text.contains(char::is_control) {
        return escape_tex(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => out.push(c),
            // A letter that a font may lack is one that an address may have in percents.
            c => c
                .encode_utf8(&mut [0; 4])
                .bytes()
                .for_each(|byte| out.extend(['%'].into_iter().chain(format!("{byte:02X}").chars()))),
        }
    }
    out
}

/// Whether every brace that opens is closed, as BibTeX counts them: those behind a backslash too.
fn are_braces_balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// Whether every brace that opens is closed, as BibTeX counts them and as TeX does.
fn are_braces_paired(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut is_escaped = false;
    for c in text.chars() {
        depth += match c {
            '{' if !is_escaped => 1,
            '}' if !is_escaped => -1,
            _ => 0,
        };
        is_escaped = c == '\\' && !is_escaped;
        if depth < 0 {
            return false;
        }
    }
    depth == 0 && are_braces_balanced(text)
}

/// The text in plain ASCII letters and digits, accents taken away, for a key. Cyrillic and Greek letters have Latin
/// ones; others have none.
pub(super) fn fold_to_ascii(text: &str) -> String {
    let mut out = String::new();
    for c in tex_to_unicode(text).nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_ascii() {
            out.extend(Some(c).filter(char::is_ascii_alphanumeric));
        } else if let Some(name) = tex_command_for_letter(c) {
            // The names of these are what they are like.
            out.push_str(if matches!(name, "dj" | "DJ") { &name[..1] } else { name });
        } else {
            out.push_str(latin_letters_of(c).unwrap_or_default());
        }
    }
    out
}

/// Letters of other alphabets and of languages with few writers, each before the Latin ones that it is like.
const LATIN_LETTERS: &str = "ħ h  Ħ H  ŧ t  Ŧ T  ĸ k  ə e  ɛ e  ɔ o  ɓ b  ɗ d  ɖ d  ƒ f  ɣ g  ɨ i  ɩ i  ƙ k  ɫ l  ɲ n  ŉ n  ʋ v  ƴ y  ƶ z
    а a  б b  в v  г g  ґ g  д d  ђ dj  е e  ё e  є ye  ж zh  з z  ѕ dz  и i  і i  ї yi  й i  ј j  к k  л l  љ lj  м m  н n
    њ nj  о o  п p  р r  с s  т t  ћ c  у u  ў u  ф f  х kh  ц ts  ч ch  џ dz  ш sh  щ shch  ы y  э e  ю yu  я ya
    α a  β b  γ g  δ d  ε e  ζ z  η i  θ th  ι i  κ k  λ l  μ m  ν n  ξ x  ο o  π p  ρ r  σ s  ς s  τ t  υ y  φ f  χ ch
    ψ ps  ω o";

fn latin_letters_of(c: char) -> Option<&'static str> {
    let small = c.to_lowercase().next()?;
    let is_it = |letter: &str| letter.chars().eq([c]) || letter.chars().eq([small]);
    name_table_entries(LATIN_LETTERS).find(|(letter, _)| is_it(letter)).map(|(_, latin)| latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tex_stays_and_what_would_act_is_escaped() {
        for (text, expected) in [
            ("Nets & more: 50% of #1_a", "Nets \\& more: 50\\% of \\#1\\_a"),
            ("already \\& and 5\\%", "already \\& and 5\\%"),
            ("$\\ell_2$ & $x^{2}$", "$\\ell_2$ \\& $x^{2}$"),
            ("costs $5", "costs \\$5"),
            ("$50%$, $5\\%$ and $\\\\%$", "$50\\%$, $5\\%$ and $\\ \\%$"),
            ("$x^{$ y", "\\$x\\textasciicircum{}\\textbraceleft \\$ y"),
            ("Gödel, Erdős, Čech, naïve", "G{\\\"o}del, Erd{\\H o}s, {\\v C}ech, na{\\\"i}ve"),
            ("Ĝoĵe, ṅ, ά", "{\\^G}o{\\^j}e, {\\.n}, $\\acute{\\alpha}$"),
            ("Poincar\\'e and G\\\"odel", "Poincar\\'e and G\\\"odel"),
            ("{BERT} stays", "{BERT} stays"),
            ("a } b { c", "a \\textbraceright  b \\textbraceleft  c"),
            ("a \\} b", "a \\textbraceright  b"),
            ("ends \\", "ends \\textbackslash{}"),
            ("C:\\ D", "C:\\textbackslash{} D"),
            ("a^b~c", "a\\textasciicircum{}b\\textasciitilde{}c"),
            ("“so” – yes…", "``so'' -- yes{\\ldots}"),
            ("李 α", "{\\ifdefined\\Umathchar 李\\else ?\\fi} $\\alpha$"),
            (
                "ẋ, й",
                "{\\ifdefined\\Umathchar ẋ\\else \\^^2e{x}\\fi}, {\\ifdefined\\Umathchar й\\else ?\\fi}",
            ),
            ("Việt", "Vi{\\ifdefined\\Umathchar ệ\\else \\^^64{\\^^5e{e}}\\fi}t"),
            ("Thảo", "Th{\\ifdefined\\Umathchar ả\\else a\\fi}o"),
            ("CO₂, ℓ₂, 10⁻³, ₂³₂", "CO$_2$, $\\ell_2$, 10$^{-3}$, $_2^3{}_2$"),
            ("β-VAE in ℝ³ ≤ 3 °C", "$\\beta$-VAE in $\\mathbf{R}^3$ $\\leq$ 3 {\\textdegree}C"),
            ("o\u{308}, q\u{301}", "{\\\"o}, {\\ifdefined\\Umathchar q\u{301}\\else \\^^27{q}\\fi}"),
            ("a\u{200b}b\u{feff}", "ab"),
            ("$\\mathbb{R}^d$, $x^2^3$, ${\\rm eff}$", "$\\mathbf{R}^d$, $x^2{}^3$, ${\\mathrm{eff}}$"),
            ("$\\eps$ and $α^₂$", "$\\varepsilon$ and $\\alpha^{_2}$"),
            ("$ΔF$, $\\ΔF$ and μm²", "$\\Delta F$, $\\Delta F$ and $\\mu$m$^2$"),
            ("$\\f{x}$", "\\$\\textbackslash{}f\\textbraceleft x\\textbraceright \\$"),
            ("\\textbf{10.3\\%}, \\url{http://a_b}", "\\textbf{10.3\\%}, http://a\\_b"),
            ("\\method{}, \\footnote{so}, \\'", "method,  (so), \\textbackslash{}'"),
            (
                "\\v{C}ech and \\'{\\^e}",
                "{\\v C}ech and {\\ifdefined\\Umathchar ế\\else \\^^27{\\^^5e{e}}\\fi}",
            ),
            ("{ \\}", "\\textbraceleft  \\textbraceright "),
            ("a\nb", "a b"),
        ] {
            assert_eq!(escape_tex(text), expected, "{text}");
        }
    }

    #[test]
    fn an_identifier_stays_as_it_is() {
        for text in
            ["10.1007/978_3-030_1", "10.1002/(sici)1097%3C1::aid-x{1}", "https://e.org/a_b?c=1&d=~e#f"]
        {
            assert_eq!(verbatim_or_escaped_tex(text), text);
        }
        assert_eq!(verbatim_or_escaped_tex("10.1/a}b_c"), "10.1/a\\textbraceright b\\_c");
        assert_eq!(verbatim_or_escaped_tex("10.1/\u{e9}_b"), "10.1/%C3%A9_b");
    }

    #[test]
    fn a_name_becomes_letters_of_a_key() {
        assert_eq!(fold_to_ascii("Müller-Łoś Ø'Hara"), "MullerLosOHara");
        assert_eq!(fold_to_ascii("Straße… Ǚ"), "StrasseU");
    }

    proptest::proptest! {
        #![proptest_config(crate::seeds::proptest_config(256))]

        #[test]
        fn braces_of_a_field_always_pair(text in "[{}\\\\$a_é%]{0,40}") {
            let written = escape_tex(&text);
            proptest::prop_assert!(are_braces_balanced(&written), "{written}");
            proptest::prop_assert!(are_braces_paired(&written), "{written}");
        }
    }
}
