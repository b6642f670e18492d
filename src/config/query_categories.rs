//! Whether the categories of a query are arXiv's. One that is not finds nothing, today and ever, and nothing else says so.

use crate::config_table::diagnostic::InvalidValue;
use crate::config_table::did_you_mean::nearest_name;
use crate::config_table::excerpt::redacted_excerpt;
use crate::domain::{Query, arxiv_archives, arxiv_categories, arxiv_categories_found_by};

/// arXiv's shorter classes have two letters (`CV`), and each differs from some other by one: of these all are named.
const SHORT_CLASS_CHARS: usize = 2;

/// What `cat:` has to do with arXiv's categories.
#[derive(Debug, PartialEq, Eq)]
enum CategoryVerdict {
    /// It finds some of them.
    Known,
    /// It may be one that arXiv founds later.
    Unheard,
    /// It can be no category, or another one is meant.
    Mistaken(InvalidValue),
}

/// An error for the first category of a query that is a mistake; `text` is the query as it is written.
pub(super) fn require_known_categories(query: &Query, text: &str) -> Result<(), InvalidValue> {
    let mistake = query.categories().into_iter().find_map(|category| match judge_category(category) {
        CategoryVerdict::Known | CategoryVerdict::Unheard => None,
        CategoryVerdict::Mistaken(wrong) => Some((category, wrong)),
    });
    let Some((category, wrong)) = mistake else { return Ok(()) };
    Err(InvalidValue { char_index: category_position(text, category), ..wrong })
}

/// The categories of a query that arXiv did not have when this was written, and that may be right all the same.
pub(super) fn unheard_categories(query: &Query) -> impl Iterator<Item = &str> {
    query.categories().into_iter().filter(|category| judge_category(category) == CategoryVerdict::Unheard)
}

fn judge_category(text: &str) -> CategoryVerdict {
    if arxiv_categories_found_by(text).next().is_some() {
        return CategoryVerdict::Known;
    }
    let shown = redacted_excerpt(text);
    let lower = text.to_lowercase();
    if is_arxiv_archive(&lower) {
        let words = format!("`{shown}` is an archive, and no paper is filed under it: `cat:` finds none");
        let right = format!("write cat:{lower}.* for all of its categories");
        return CategoryVerdict::Mistaken(InvalidValue::new(words, right));
    }
    let words = if text.contains(['*', '?']) {
        format!("no category of arXiv is like `{shown}`")
    } else {
        format!("`{shown}` is not a category of arXiv")
    };
    match category_hint(text, &lower) {
        Some(right) => CategoryVerdict::Mistaken(InvalidValue::new(words, right)),
        None => CategoryVerdict::Unheard,
    }
}

/// What may be meant; none if that is nothing of what arXiv has.
fn category_hint(text: &str, lower: &str) -> Option<String> {
    let same_class: Vec<&str> = arxiv_categories()
        .filter(|known| known.split_once('.').is_some_and(|(_, class)| class.eq_ignore_ascii_case(text)))
        .collect();
    if !same_class.is_empty() {
        return Some(did_you_mean(&same_class));
    }
    let (archive, class) = lower.split_once('.').unwrap_or((lower, ""));
    let is_in_archive = is_arxiv_archive(archive) && !class.is_empty();
    let is_class_short = class.chars().count() <= SHORT_CLASS_CHARS;
    if let Some(near) = nearest_name(text, arxiv_categories()).filter(|_| !(is_in_archive && is_class_short))
    {
        return Some(did_you_mean(&[near]));
    }
    let classes: Vec<&str> =
        arxiv_categories_found_by(&format!("{archive}.*")).filter(|_| is_in_archive).collect();
    if is_in_archive && classes.is_empty() {
        return Some(format!("{archive} has no categories: write cat:{archive}"));
    }
    (!classes.is_empty()).then(|| format!("{archive} has {}", classes.join(", ")))
}

fn is_arxiv_archive(text: &str) -> bool {
    arxiv_archives().any(|known| known == text)
}

fn did_you_mean(categories: &[&str]) -> String {
    format!("did you mean {}?", categories.join(" or "))
}

/// Which character of the query a category begins at, as far as that can be found again: a field may have a parenthesis of
/// several.
fn category_position(text: &str, category: &str) -> Option<usize> {
    let behind_field = ["cat:", "cat:\"", "cat: "].into_iter().find_map(|field| {
        let at = text.find(&format!("{field}{category}"))?;
        Some(at + field.len())
    });
    let at = behind_field.or_else(|| text.find(category))?;
    Some(text[..at].chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_that_finds_nothing_is_refused_with_what_may_be_meant() {
        let stat = "stat has stat.AP, stat.CO, stat.ME, stat.ML, stat.OT, stat.TH";
        for (query, words, right, at) in [
            ("cat:stat.XX", "`stat.XX` is not a category of arXiv", stat, 4),
            ("cat:CV", "`CV` is not a category of arXiv", "did you mean cs.CV or math.CV?", 4),
            ("ti:ml AND cat:ml", "`ml` is not a category of arXiv", "did you mean stat.ML?", 14),
            ("cat:csCV", "`csCV` is not a category of arXiv", "did you mean cs.CV?", 4),
            ("cat:cs-CV", "`cs-CV` is not a category of arXiv", "did you mean cs.CV?", 4),
            ("cat:cs.CVV", "`cs.CVV` is not a category of arXiv", "did you mean cs.CV?", 4),
            ("cat:astroph", "`astroph` is not a category of arXiv", "did you mean astro-ph?", 4),
            (
                "cat:physics.optic",
                "`physics.optic` is not a category of arXiv",
                "did you mean physics.optics?",
                4,
            ),
            (
                "cat:hep-th.XX",
                "`hep-th.XX` is not a category of arXiv",
                "hep-th has no categories: write cat:hep-th",
                4,
            ),
            ("cat:stat.X*", "no category of arXiv is like `stat.X*`", stat, 4),
            ("x ANDNOT cat:(cs.CV OR \"stat.X\")", "`stat.X` is not a category of arXiv", stat, 24),
            (
                "cat:CS",
                "`CS` is an archive, and no paper is filed under it: `cat:` finds none",
                "write cat:cs.* for all of its categories",
                4,
            ),
        ] {
            let wrong = require_known_categories(&Query::parse(query).unwrap(), query).unwrap_err();
            assert_eq!((wrong.message.as_str(), wrong.hint.as_str()), (words, right), "{query}");
            assert_eq!(wrong.char_index, Some(at), "{query}");
        }
        let wrong = require_known_categories(&Query::parse("cat:cs.XX").unwrap(), "cat:cs.XX").unwrap_err();
        assert!(wrong.hint.starts_with("cs has cs.AI, cs.AR, ") && wrong.hint.contains("cs.CV"), "{wrong:?}");
    }

    #[test]
    fn whatever_arxiv_takes_is_taken_and_what_it_may_found_is_not_refused() {
        for known in arxiv_categories() {
            let query = Query::parse(&format!("cat:{known}")).unwrap();
            assert_eq!(require_known_categories(&query, ""), Ok(()), "{known}");
            assert_eq!(unheard_categories(&query).count(), 0, "{known}");
        }
        for (query, unheard) in [
            ("cat:cs.* ANDNOT cat:cs.cv", &[][..]),
            ("cat:astro-ph OR cat:astro-ph*", &[]),
            ("cat:\"hep-th\" AND ti:CV AND all:cs.XX", &[]),
            ("cat:newfield.AB OR cat:68T45", &["newfield.AB", "68T45"]),
        ] {
            let parsed = Query::parse(query).unwrap();
            assert_eq!(require_known_categories(&parsed, query), Ok(()), "{query}");
            assert_eq!(unheard_categories(&parsed).collect::<Vec<_>>(), unheard, "{query}");
        }
    }
}
