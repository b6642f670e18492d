//! Signs in titles that change what they say, by their names.

/// The Greek letters, in lower case and in the alphabet's order. The final sigma is folded into the other before.
const GREEK: [(char, &str); 24] = [
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "epsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('ι', "iota"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('ο', "omicron"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('υ', "upsilon"),
    ('φ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
];

/// How many Greek letters in a row are signs (ΔΣ modulators); more are a word of Greek.
const GREEK_SIGNS_MAX: usize = 2;

/// Whether a word is the name of a Greek letter.
pub(super) fn is_greek_name(word: &str) -> bool {
    GREEK.iter().any(|(_, name)| *name == word)
}

/// A folded title with its signs as words: `α` and `&`, and those by which two titles of one author may differ alone:
/// `C++`, `C*`, `p < 2`, `k = -1`. A star at the end is a footnote's.
pub(super) fn spell_out_symbols(folded: &str) -> String {
    let text = folded.trim_end_matches(|c: char| is_star_symbol(c) || c.is_whitespace());
    let mut out = String::with_capacity(text.len());
    let mut written = 0;
    for (at, c) in text.char_indices() {
        // Nearly all are letters and spaces.
        if c.is_ascii_alphanumeric() || c == ' ' || at < written {
            continue;
        }
        out.push_str(&text[written..at]);
        let run = text[at..].find(|c| greek_name(c).is_none()).unwrap_or(text.len() - at);
        if run > 0 {
            spell_out_greek(&text[at..at + run], &mut out);
            written = at + run;
            continue;
        }
        match symbol_name(c) {
            Some(name) => out.extend([" ", name, " "]),
            None if c == '×' => out.push('x'),
            None if c == '-' && is_negative_number_sign(text, at) => out.push_str(" minus "),
            None => out.push(c),
        }
        written = at + c.len_utf8();
    }
    out.push_str(&text[written..]);
    out
}

fn spell_out_greek(run: &str, out: &mut String) {
    let are_signs = run.chars().count() <= GREEK_SIGNS_MAX;
    for c in run.chars() {
        match greek_name(c).filter(|_| are_signs) {
            Some(name) => out.extend([" ", name, " "]),
            None => out.push(c),
        }
    }
}

fn greek_name(c: char) -> Option<&'static str> {
    GREEK.binary_search_by_key(&c, |(letter, _)| *letter).ok().map(|at| GREEK[at].1)
}

fn symbol_name(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "and",
        '+' => "plus",
        '±' => "plusminus",
        '#' => "sharp",
        '<' => "less",
        '>' => "greater",
        '≤' | '⩽' => "atmost",
        '≥' | '⩾' => "atleast",
        '=' => "equals",
        '∞' => "infinity",
        c if is_star_symbol(c) => "star",
        _ => return None,
    })
}

fn is_star_symbol(c: char) -> bool {
    matches!(c, '*' | '∗' | '⋆' | '★')
}

/// Whether the dash at this place is a number's sign.
fn is_negative_number_sign(text: &str, at: usize) -> bool {
    let is_before_digit = text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    let is_behind_sign = text[..at]
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || matches!(c, '=' | '(' | '<' | '>' | '[' | ','));
    is_before_digit && is_behind_sign
}
