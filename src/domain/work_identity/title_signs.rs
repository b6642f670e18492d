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

/// So many Greek letters in a row are signs (ΔΣ modulators); more are a word of Greek.
const GREEK_SIGNS_MAX: usize = 2;

/// Whether a word is the name of a Greek letter.
pub(super) fn is_greek_name(word: &str) -> bool {
    GREEK.iter().any(|(_, name)| *name == word)
}

/// A folded title with its signs as words: `α` and `&`, and those by which two titles of one author may differ alone:
/// `C++`, `C*`, `p < 2`, `k = -1`. A star at the end is a footnote's.
pub(super) fn with_named_signs(folded: &str) -> String {
    let text: Vec<char> =
        folded.trim_end_matches(|c: char| is_star(c) || c.is_whitespace()).chars().collect();
    let mut out = String::with_capacity(folded.len());
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        let run = text[at..].iter().take_while(|c| greek_name(**c).is_some()).count();
        if run > 0 {
            write_greek(&text[at..at + run], &mut out);
            at += run;
            continue;
        }
        match sign_name(c) {
            Some(name) => out.extend([" ", name, " "]),
            None if c == '×' => out.push('x'),
            None if c == '-' && is_minus(&text, at) => out.push_str(" minus "),
            None => out.push(c),
        }
        at += 1;
    }
    out
}

fn write_greek(run: &[char], out: &mut String) {
    for c in run {
        match greek_name(*c).filter(|_| run.len() <= GREEK_SIGNS_MAX) {
            Some(name) => out.extend([" ", name, " "]),
            None => out.push(*c),
        }
    }
}

fn greek_name(c: char) -> Option<&'static str> {
    GREEK.binary_search_by_key(&c, |(letter, _)| *letter).ok().map(|at| GREEK[at].1)
}

fn sign_name(c: char) -> Option<&'static str> {
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
        c if is_star(c) => "star",
        _ => return None,
    })
}

fn is_star(c: char) -> bool {
    matches!(c, '*' | '∗' | '⋆' | '★')
}

/// Whether the dash at this place is a number's sign.
fn is_minus(text: &[char], at: usize) -> bool {
    let is_before_digit = text.get(at + 1).is_some_and(char::is_ascii_digit);
    let is_behind_sign = at.checked_sub(1).is_none_or(|before| {
        let c = text[before];
        c.is_whitespace() || matches!(c, '=' | '(' | '<' | '>' | '[' | ',')
    });
    is_before_digit && is_behind_sign
}
