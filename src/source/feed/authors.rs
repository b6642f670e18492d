//! The names of authors, in the shapes in which feeds have them: one element each, or one for all.

use std::borrow::Cow;
use std::collections::HashSet;

use super::html_text::one_line;
use crate::domain::Author;

/// More authors than the largest collaboration has.
const AUTHORS_MAX: usize = 5_000;

/// Words of which no person's name is made.
const ORGANISATION: [&str; 22] = [
    "team",
    "group",
    "department",
    "university",
    "institute",
    "laboratory",
    "lab",
    "labs",
    "society",
    "research",
    "council",
    "association",
    "consortium",
    "collaboration",
    "center",
    "centre",
    "school",
    "college",
    "academy",
    "committee",
    "editors",
    "journal",
];

/// What a surname may begin with.
const PARTICLES: [&str; 17] = [
    "van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "du", "la", "le", "el", "al", "ten",
    "ter",
];

/// Reads the elements that name authors, each with one name or with all of them.
pub(super) fn read_authors<'t>(elements: impl Iterator<Item = &'t str>) -> Vec<Author> {
    let elements: Vec<String> = elements.map(clean_author_line).filter(|text| !text.is_empty()).collect();
    let are_single = elements.len() > 1;
    let names: Vec<Cow<'_, str>> =
        elements.iter().flat_map(|element| split_author_names(element, are_single)).collect();
    let mut authors = Vec::with_capacity(names.len().min(AUTHORS_MAX));
    let mut seen = HashSet::with_capacity(names.len().min(AUTHORS_MAX));
    for (name, affiliation) in names.iter().map(|name| split_affiliation(name)) {
        let is_name = name.contains(char::is_alphabetic) && name != "null";
        if is_name && authors.len() < AUTHORS_MAX && seen.insert(name) {
            let affiliations = affiliation.map(str::to_owned).into_iter().collect();
            authors.push(Author { name: name.to_owned(), affiliations });
        }
    }
    authors
}

/// One line without `by` before it, and without addresses: `ada@e.org (Ada Lovelace)`, `王小明（wang@e.org）`.
fn clean_author_line(text: &str) -> String {
    let line = one_line(text);
    let line = line.trim_start_matches("by ").trim_start_matches("By ").trim();
    if line.contains('@') { strip_mail_addresses(line) } else { line.to_owned() }
}

fn strip_mail_addresses(line: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "@._%+-".contains(c);
    let mut kept = String::new();
    for run in line.split_inclusive(|c: char| !is_part(c)) {
        let body = run.trim_end_matches(|c: char| !is_part(c));
        let is_address = body
            .trim_start_matches("mailto:")
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
        kept.push_str(if is_address { &run[body.len()..] } else { run });
    }
    let quotes = ['"', '“', '”', '\'', '<', '>', '[', ']', ' ', ','];
    let kept = kept.replace("mailto:", "");
    let kept = kept.trim_matches(quotes);
    // What is left in brackets is the name, or nothing.
    let inner = ["()", "（）", "<>"].iter().fold(kept.to_owned(), |text, empty| text.replace(empty, ""));
    let inner = inner.trim_matches(quotes);
    let bracketed = inner
        .strip_prefix(['(', '（'])
        .and_then(|rest| rest.strip_suffix([')', '）']))
        .filter(|rest| !rest.contains(['(', '（']));
    bracketed.unwrap_or(inner).trim().to_owned()
}

/// The names in one element.
fn split_author_names(element: &str, are_single: bool) -> Vec<Cow<'_, str>> {
    if has_cjk_characters(element) {
        let parts = split_outside_brackets(element, &[',', '，', ';', '；', '、']);
        return parts.into_iter().map(Cow::Borrowed).collect();
    }
    if element.contains(';') {
        let by_semicolon = split_outside_brackets(element, &[';']);
        if by_semicolon.len() > 1 {
            return by_semicolon.into_iter().map(put_first_name_first).collect();
        }
    }
    let parts = split_outside_brackets(element, &[',']);
    match parts.as_slice() {
        [] => Vec::new(),
        [last, first] if is_surname_first(last, first, are_single) => {
            vec![format!("{first} {last}").into()]
        }
        parts if are_surname_initial_pairs(parts) => {
            parts.chunks_exact(2).map(|pair| format!("{} {}", pair[1], pair[0]).into()).collect()
        }
        // `John Smith, Jr.`
        [name, suffix] if is_name_suffix(suffix) => vec![format!("{name}, {suffix}").into()],
        parts => {
            let mut names = Vec::with_capacity(parts.len());
            for part in parts {
                push_names_at_and(part, &mut names);
            }
            names
        }
    }
}

/// Splits at separators that are in no brackets, and drops what joins the last name to the others.
fn split_outside_brackets<'t>(text: &'t str, separators: &[char]) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 && separators.contains(&c) => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    let bare = |part: &'t str| {
        let part = part.trim();
        part.strip_prefix("and ").or_else(|| part.strip_prefix("& ")).unwrap_or(part).trim()
    };
    parts.into_iter().map(bare).filter(|part| !part.is_empty() && !part.starts_with("et al")).collect()
}

/// `A and B` are two, unless it is an organisation.
fn push_names_at_and<'t>(name: &'t str, names: &mut Vec<Cow<'t, str>>) {
    if !name.split_whitespace().any(|word| matches!(word, "and" | "&")) || is_organisation(name) {
        return names.push(name.trim().into());
    }
    names.extend(name.split(" and ").flat_map(|part| part.split(" & ")).map(|part| part.trim().into()));
}

fn is_organisation(name: &str) -> bool {
    name.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        ORGANISATION.iter().any(|known| known.eq_ignore_ascii_case(word))
    })
}

/// `Last, First` of one person.
fn put_first_name_first(name: &str) -> Cow<'_, str> {
    match split_outside_brackets(name, &[',']).as_slice() {
        [last, first] if !is_name_suffix(first) => format!("{first} {last}").into(),
        _ => name.into(),
    }
}

/// Whether two parts are one name with the surname first.
fn is_surname_first(last: &str, first: &str, are_single: bool) -> bool {
    if is_name_suffix(first) || first.contains(" and ") || first.contains(" & ") {
        return false;
    }
    let is_one_word = |text: &str| !text.contains(' ');
    let has_particle = last
        .split(' ')
        .next()
        .is_some_and(|word| PARTICLES.iter().any(|known| known.eq_ignore_ascii_case(word)));
    are_single || are_initials(first) || has_particle || (is_one_word(last) && is_one_word(first))
}

/// `Last, F., Last, F. M.`: every second part is initials.
fn are_surname_initial_pairs(parts: &[&str]) -> bool {
    parts.len() >= 4
        && parts.len().is_multiple_of(2)
        && parts.iter().skip(1).step_by(2).all(|part| are_initials(part))
}

/// `F.`, `F. M.`, `J.-P.`, `FM`, `S.H.`; also `f.`, with its point.
fn are_initials(text: &str) -> bool {
    if text.len() == 2 && text.ends_with('.') && text.starts_with(char::is_alphabetic) {
        return true;
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_short =
        text.split([' ', '.', '-']).all(|part| part.chars().count() <= 1 || part == part.to_uppercase());
    (1..=4).contains(&letters)
        && is_short
        && text.chars().all(|c| c.is_uppercase() || " .-".contains(c) || !c.is_ascii())
        && text.chars().next().is_some_and(char::is_uppercase)
}

/// Names in Chinese, Japanese and Korean are never turned around, and have commas of their own.
fn has_cjk_characters(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
}

fn is_name_suffix(text: &str) -> bool {
    matches!(text.trim_end_matches('.'), "Jr" | "Sr" | "II" | "III" | "IV" | "PhD" | "Ph.D" | "MD" | "M.D")
}

/// `Ada Lovelace (MIT)`: where she works is in brackets.
fn split_affiliation(name: &str) -> (&str, Option<&str>) {
    let bare = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '†' | '‡' | ',' | ';'));
    let open = bare.find(['(', '（']).filter(|at| *at > 0 && bare.ends_with([')', '）']));
    let Some(open) = open else { return (bare, None) };
    (bare[..open].trim(), Some(bare[open..].trim_matches(['(', ')', '（', '）']).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of_author_elements(elements: &[&str]) -> Vec<String> {
        read_authors(elements.iter().copied()).into_iter().map(|author| author.name).collect()
    }

    #[test]
    fn authors_are_read_in_every_shape() {
        for (elements, expected) in [
            (vec!["Ada Lovelace", "Charles Babbage"], vec!["Ada Lovelace", "Charles Babbage"]),
            (vec!["Ada Lovelace, Charles Babbage"], vec!["Ada Lovelace", "Charles Babbage"]),
            (
                vec!["Yue Cao, Mingsheng Long, \nJianmin Wang"],
                vec!["Yue Cao", "Mingsheng Long", "Jianmin Wang"],
            ),
            (vec!["Kim, J., Lee, S. H., Müller, J.-P."], vec!["J. Kim", "S. H. Lee", "J.-P. Müller"]),
            (vec!["Lovelace, A."], vec!["A. Lovelace"]),
            (vec!["Zhang, a., jiang, x., zhang, x."], vec!["a. Zhang", "x. jiang", "x. zhang"]),
            (vec!["Lovelace, Ada"], vec!["Ada Lovelace"]),
            (vec!["van der Berg, Jan"], vec!["Jan van der Berg"]),
            (vec!["Lovelace, Ada", "Babbage, Charles"], vec!["Ada Lovelace", "Charles Babbage"]),
            (vec!["Lovelace, Ada; Babbage, Charles"], vec!["Ada Lovelace", "Charles Babbage"]),
            (vec!["Ada Lovelace and Charles Babbage"], vec!["Ada Lovelace", "Charles Babbage"]),
            (
                vec!["Ada A. Lovelace, Bob B. Brown, and Carl C. Cole"],
                vec!["Ada A. Lovelace", "Bob B. Brown", "Carl C. Cole"],
            ),
            (vec!["A. Lovelace, B. Brown & C. Cole"], vec!["A. Lovelace", "B. Brown", "C. Cole"]),
            (vec!["by Ada Lovelace, Bob Brown"], vec!["Ada Lovelace", "Bob Brown"]),
            (vec!["ada@e.org (Ada Lovelace)"], vec!["Ada Lovelace"]),
            (vec!["Ada Lovelace <ada@e.org>"], vec!["Ada Lovelace"]),
            (vec!["王小明（wang@e.org）"], vec!["王小明"]),
            (vec!["wang@e.org（王小明）"], vec!["王小明"]),
            (vec!["Ada\u{a0}ada@e.org"], vec!["Ada"]),
            (vec!["rss-help@arxiv.org"], vec![]),
            (vec!["“ed@e.org”"], vec![]),
            (vec!["王小明，李雷、韩梅梅"], vec!["王小明", "李雷", "韩梅梅"]),
            (vec!["王小明, 李雷, 张伟"], vec!["王小明", "李雷", "张伟"]),
            (vec!["山田 太郎"], vec!["山田 太郎"]),
            (vec!["Ada Lovelace (MIT, Cambridge), Bob Brown (ETH)"], vec!["Ada Lovelace", "Bob Brown"]),
            (vec!["Research and Development Team"], vec!["Research and Development Team"]),
            (vec!["John Smith, Jr."], vec!["John Smith, Jr."]),
            (vec!["Ada Lovelace", "Ada Lovelace"], vec!["Ada Lovelace"]),
            (vec!["Ada Lovelace et al."], vec!["Ada Lovelace et al."]),
            (vec!["null", "", " "], vec![]),
            (vec!["Jos&eacute; Garc&iacute;a"], vec!["José García"]),
            (vec!["<b>Ada</b> Lovelace"], vec!["Ada Lovelace"]),
        ] {
            assert_eq!(names_of_author_elements(&elements), expected, "{elements:?}");
        }
    }

    #[test]
    fn where_an_author_works_is_in_brackets() {
        let authors = read_authors(["Ada Lovelace (MIT, Cambridge), Bob"].into_iter());
        assert_eq!(authors[0].affiliations, ["MIT, Cambridge"]);
        assert!(authors[1].affiliations.is_empty());
    }
}
