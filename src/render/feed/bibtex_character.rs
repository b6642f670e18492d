//! Characters that are not ASCII, in commands of LaTeX's kernel and its encoding T1 alone.
//!
//! biber makes UTF-8 of the accents that it knows, and pdflatex then stops at letters which its encoding has not. So
//! only letters that both know are written as accents. Any other is written as it is, with what stands in for it in an
//! engine that has no Unicode; the accents of that are spelled in a way that biber does not read.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::render::tex_unicode::{
    ACCENTS, LETTERS, ScriptPosition, kernel_command_of_sign, name_table_entries,
    plain_form_of_small_character,
};

/// How TeX writes signs that are no letters.
const SIGNS: &[(char, &str)] = &[
    ('–', "--"),
    ('—', "---"),
    ('―', "---"),
    ('‒', "--"),
    ('‘', "`"),
    ('’', "'"),
    ('“', "``"),
    ('”', "''"),
    ('…', "{\\ldots}"),
    ('\u{a0}', "~"),
    ('\u{202f}', "~"),
    ('\u{3000}', " "),
    ('\u{ad}', "\\-"),
    ('\u{2010}', "-"),
    ('\u{2011}', "-"),
    ('°', "{\\textdegree}"),
    ('µ', "{\\textmu}"),
    ('©', "{\\textcopyright}"),
    ('®', "{\\textregistered}"),
    ('™', "{\\texttrademark}"),
    ('§', "{\\S}"),
    ('¶', "{\\P}"),
    ('•', "{\\textbullet}"),
    ('«', "{\\guillemotleft}"),
    ('»', "{\\guillemotright}"),
    ('‹', "{\\guilsinglleft}"),
    ('›', "{\\guilsinglright}"),
    ('„', "{\\quotedblbase}"),
    ('‚', "{\\quotesinglbase}"),
    ('¡', "{\\textexclamdown}"),
    ('¿', "{\\textquestiondown}"),
    ('€', "{\\texteuro}"),
    ('£', "{\\textsterling}"),
    ('¥', "{\\textyen}"),
    ('¢', "{\\textcent}"),
    ('¤', "{\\textcurrency}"),
    ('‰', "{\\textperthousand}"),
    ('¦', "{\\textbrokenbar}"),
    ('¼', "{\\textonequarter}"),
    ('½', "{\\textonehalf}"),
    ('¾', "{\\textthreequarters}"),
    ('ª', "{\\textordfeminine}"),
    ('º', "{\\textordmasculine}"),
    ('℃', "{\\textcelsius}"),
    ('№', "{\\textnumero}"),
    ('ƒ', "{\\textflorin}"),
    ('ẞ', "{\\SS}"),
];

/// Signs of formulas that no command of the tables has.
const MATH_SIGNS: &[(char, &str)] = &[
    ('−', "-"),
    ('∗', "*"),
    ('∶', ":"),
    ('⋅', "\\cdot"),
    ('·', "\\cdot"),
    ('′', "'"),
    ('″', "''"),
    ('‴', "'''"),
    ('◦', "\\circ"),
    ('Ω', "\\Omega"),
    ('µ', "\\mu"),
    ('⟂', "\\perp"),
    ('⩽', "\\leq"),
    ('⩾', "\\geq"),
    ('≔', ":="),
    ('∅', "\\emptyset"),
    ('ο', "o"),
    ('〈', "\\langle"),
    ('〉', "\\rangle"),
];

/// Greek capitals that look like Latin ones, which TeX has no command for, each before that.
const GREEK_CAPITALS: &str = "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX";

/// Letters with one accent that LaTeX's encoding T1 has, from U+0180 on.
const LATER_LETTERS: &str = "ǍǎǏǐǑǒǓǔǦǧǨǩǪǫǰǴǵȘșȚțȲȳḂḃḍḞḟḠḡḥḰḱḷṃṅṇṛṣṭẎẏẐẑỲỳ";

/// Letters below that which it has not.
const MISSING_LETTERS: &str = "ĦħĸĿŀŉŦŧſ";

/// What a character is in TeX.
#[derive(Debug, PartialEq, Eq)]
enum TexForm {
    /// In running text.
    Text(String),
    /// Within a formula.
    Math(String),
    /// Above or below the line in a formula.
    Script(ScriptPosition, char),
    /// Nothing of LaTeX's kernel; in the place of it, for engines without Unicode.
    Missing(String),
    /// No reader sees it.
    Invisible,
}

/// Writes a run of such characters, with the marks that combine with them.
pub(super) fn push_characters(run: &str, out: &mut String) {
    let run: String = run.nfc().collect();
    let mut missing = (String::new(), String::new());
    let mut math = String::new();
    let mut sides = Vec::new();
    let mut rest = run.as_str();
    while let Some(c) = rest.chars().next() {
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| !is_combining_mark(*c))
            .map_or(rest.len(), |(at, _)| at);
        let cluster = &rest[..end];
        rest = &rest[end..];
        let form = tex_form(c, cluster);
        if !matches!(form, TexForm::Math(_) | TexForm::Script(..)) {
            end_formula(&mut math, out);
        }
        if !matches!(form, TexForm::Script(..)) {
            sides.clear();
        }
        match form {
            TexForm::Missing(stand_in) => {
                // A letter of a name is one letter to BibTeX, which makes its initial of it.
                if is_latin(c) {
                    end_missing(&mut missing, out);
                }
                missing.0.push_str(cluster);
                missing.1.push_str(&stand_in);
                if is_latin(c) {
                    end_missing(&mut missing, out);
                }
            }
            TexForm::Invisible if !missing.0.is_empty() && matches!(c, '\u{200c}' | '\u{200d}') => {
                missing.0.push(c);
            }
            TexForm::Invisible => {}
            TexForm::Text(text) => {
                end_missing(&mut missing, out);
                out.push_str(&text);
            }
            TexForm::Math(sign) => {
                end_missing(&mut missing, out);
                push_math(&sign, &mut math);
            }
            TexForm::Script(side, plain) => {
                end_missing(&mut missing, out);
                let mut script = plain_in_formula(plain);
                while let Some((next, plain)) = rest.chars().next().and_then(plain_form_of_small_character)
                    && next == side
                {
                    push_math(&plain_in_formula(plain), &mut script);
                    rest = rest.strip_prefix(|_: char| true).unwrap_or_default();
                }
                // Two scripts of one side are an error.
                if sides.contains(&side) {
                    math.push_str("{}");
                    sides.clear();
                }
                sides.push(side);
                push_script(side, &script, &mut math);
            }
        }
    }
    end_formula(&mut math, out);
    end_missing(&mut missing, out);
}

/// A character as a formula has it; one that has to be text there is in a box.
pub(super) fn character_in_formula(c: char) -> String {
    match tex_form(c, c.encode_utf8(&mut [0; 4])) {
        TexForm::Math(sign) => sign,
        TexForm::Script(side, plain) => {
            let mut script = String::new();
            push_script(side, &plain_in_formula(plain), &mut script);
            script
        }
        TexForm::Invisible => String::new(),
        TexForm::Text(_) | TexForm::Missing(_) => {
            let mut text = String::new();
            push_characters(c.encode_utf8(&mut [0; 4]), &mut text);
            format!("\\mbox{{{text}}}")
        }
    }
}

fn end_formula(math: &mut String, out: &mut String) {
    if !math.is_empty() {
        out.extend(["$", math.as_str(), "$"]);
        math.clear();
    }
}

/// `\Umathchar` is known to the engines that have Unicode, and to them alone.
fn end_missing(missing: &mut (String, String), out: &mut String) {
    let (letters, stand_in) = std::mem::take(missing);
    if !letters.is_empty() {
        let _ = write!(out, "{{\\ifdefined\\Umathchar {letters}\\else {stand_in}\\fi}}");
    }
}

/// Adds a sign to a formula, and a space if it would run into the name of a command.
pub(super) fn push_math(sign: &str, math: &mut String) {
    let ends_in_name =
        math.rfind('\\').is_some_and(|at| math[at + 1..].chars().all(|c| c.is_ascii_alphabetic()));
    if ends_in_name && sign.starts_with(|c: char| c.is_ascii_alphabetic()) {
        math.push(' ');
    }
    math.push_str(sign);
}

fn push_script(side: ScriptPosition, script: &str, math: &mut String) {
    let sign = match side {
        ScriptPosition::Superscript => '^',
        ScriptPosition::Subscript => '_',
    };
    let _ =
        if script.len() == 1 { write!(math, "{sign}{script}") } else { write!(math, "{sign}{{{script}}}") };
}

fn plain_in_formula(plain: char) -> String {
    if plain.is_ascii() { plain.to_string() } else { character_in_formula(plain) }
}

fn tex_form(c: char, cluster: &str) -> TexForm {
    let has_marks = cluster.len() > c.len_utf8();
    if has_marks {
        return TexForm::Missing(stand_in(cluster));
    }
    if let Some((_, sign)) = SIGNS.iter().find(|(sign, _)| *sign == c) {
        return TexForm::Text((*sign).to_owned());
    }
    if is_invisible(c) {
        return TexForm::Invisible;
    }
    if c.is_whitespace() {
        return TexForm::Text(" ".to_owned());
    }
    if let Some(text) = known_letter(c) {
        return TexForm::Text(text);
    }
    if let Some((side, plain)) = plain_form_of_small_character(c) {
        return TexForm::Script(side, plain);
    }
    if let Some(sign) = math_form(c) {
        return TexForm::Math(sign);
    }
    match c.nfkd().collect::<String>() {
        // Ligatures and letters of full width.
        plain
            if is_plain(&plain)
                && matches!(c, 'ﬀ'..='ﬆ' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '０'..='９' | 'Ĳ' | 'ĳ') =>
        {
            TexForm::Text(plain)
        }
        _ => TexForm::Missing(stand_in(cluster)),
    }
}

/// A letter that T1 has, as an accent and its letter or by its name.
fn known_letter(c: char) -> Option<String> {
    let is_known = (c < '\u{180}' && !MISSING_LETTERS.contains(c)) || LATER_LETTERS.contains(c) || c == 'ȷ';
    if !is_known {
        return None;
    }
    if let [base @ ('a'..='z' | 'A'..='Z'), mark] = *c.nfd().collect::<Vec<_>>()
        && let Some((accent, _)) = ACCENTS.iter().find(|(_, combining)| *combining == mark)
    {
        // An accent that is a letter ends with a space. The dot of an i is biber's and LaTeX's business: biber makes
        // of a letter without it one that T1 has not.
        let space = if accent.is_ascii_alphabetic() { " " } else { "" };
        return Some(format!("{{\\{accent}{space}{base}}}"));
    }
    tex_command_for_letter(c).map(|name| format!("{{\\{name}}}"))
}

/// What TeX calls a letter that is not ASCII.
pub(super) fn tex_command_for_letter(c: char) -> Option<&'static str> {
    let is_it = |letter: &str| letter.chars().eq([c]);
    name_table_entries(LETTERS).find(|(_, letter)| c.is_alphabetic() && is_it(letter)).map(|(name, _)| name)
}

/// A sign within a formula.
fn math_form(c: char) -> Option<String> {
    if let Some((_, sign)) = MATH_SIGNS.iter().find(|(sign, _)| *sign == c) {
        return Some((*sign).to_owned());
    }
    if let Some(name) = kernel_command_of_sign(c) {
        return Some(format!("\\{name}"));
    }
    let mut capitals = GREEK_CAPITALS.chars();
    let capital =
        std::iter::from_fn(|| Some((capitals.next()?, capitals.next()?))).find(|(greek, _)| *greek == c);
    if let Some((_, latin)) = capital {
        return Some(format!("\\mathrm{{{latin}}}"));
    }
    if let [base @ ('α'..='ω' | 'Α'..='Ω'), '\u{301}'] = *c.nfd().collect::<Vec<_>>() {
        return Some(format!("\\acute{{{}}}", math_form(base)?));
    }
    styled_letter(c)
}

/// A letter of a mathematical alphabet, in the one of the kernel's that is nearest.
fn styled_letter(c: char) -> Option<String> {
    const STYLES: [&str; 13] = [
        "mathbf", "mathit", "mathbf", "mathcal", "mathcal", "mathrm", "mathbf", "mathbf", "mathsf", "mathsf",
        "mathsf", "mathsf", "mathtt",
    ];
    let style = match c {
        '\u{1d400}'..='\u{1d6a3}' => *STYLES.get(usize::try_from((u32::from(c) - 0x1_d400) / 52).ok()?)?,
        '\u{1d7ce}'..='\u{1d7ff}' | 'ℂ' | 'ℍ' | 'ℕ' | 'ℙ' | 'ℚ' | 'ℝ' | 'ℤ' => "mathbf",
        'ℬ' | 'ℰ' | 'ℱ' | 'ℋ' | 'ℐ' | 'ℒ' | 'ℳ' | 'ℛ' => "mathcal",
        'ℭ' | 'ℌ' | 'ℨ' => "mathrm",
        _ => return None,
    };
    let plain = c.nfkd().collect::<String>();
    let style = if style == "mathcal" && !plain.starts_with(|c: char| c.is_ascii_uppercase()) {
        "mathit"
    } else {
        style
    };
    is_plain(&plain).then(|| format!("\\{style}{{{plain}}}"))
}

/// What stands in for a letter and its marks: the letter with those marks that LaTeX's kernel has, or what it is like,
/// or a question mark.
fn stand_in(cluster: &str) -> String {
    let parts: Vec<char> = cluster.nfd().filter(|c| !is_invisible(*c)).collect();
    let Some((base, marks)) = parts.split_first() else { return String::new() };
    if is_combining_mark(*base) {
        return String::new();
    }
    let mut letter = match (plain_ascii(*base), tex_command_for_letter(*base)) {
        (Some(plain), _) => plain,
        (None, Some(name)) => format!("{{{}}}", unread_command(name)),
        (None, None) => return "?".to_owned(),
    };
    let accents = marks.iter().filter_map(|mark| ACCENTS.iter().find(|(_, combining)| combining == mark));
    // What is below goes around what is above: TeX puts an accent above a letter alone.
    let (below, above): (Vec<_>, Vec<_>) =
        accents.partition(|(accent, _)| matches!(accent, 'c' | 'k' | 'd' | 'b'));
    for (accent, _) in above.into_iter().chain(below) {
        letter = format!("{}{{{letter}}}", unread_command(accent.encode_utf8(&mut [0; 4])));
    }
    letter
}

/// A command in TeX's other spelling of characters, which TeX alone reads.
fn unread_command(name: &str) -> String {
    let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
    first.bytes().fold(String::from("\\"), |text, byte| format!("{text}^^{byte:02x}")) + rest
}

/// What is like a character and ASCII.
fn plain_ascii(c: char) -> Option<String> {
    let plain: String = c.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    (is_plain(&plain)).then_some(plain)
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "()+-=,.:;!?/*' ".contains(c))
}

fn is_latin(c: char) -> bool {
    c.nfd().next().is_some_and(|base| base.is_ascii_alphabetic())
}

/// Whether a character shows nothing by itself.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{34f}' | '\u{61c}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}')
        || c.is_control()
        || u32::from(c) & 0xfffe == 0xfffe
}
