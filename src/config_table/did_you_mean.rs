//! What a person may have meant who wrote a word that is not known.

use super::diagnostic::InvalidValue;
use super::excerpt::redacted_excerpt;

/// Longer words are not compared; no key or topic's name is as long.
const WORD_CHARS_MAX: usize = 200;

/// The known word that differs from this one by the fewest letters, if it is near enough to be meant.
pub(crate) fn nearest_name<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= edit_distance_max(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What one of a few words means.
pub(crate) fn parse_choice<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, InvalidValue> {
    if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*meaning);
    }
    let known: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    let right = match nearest_name(text, words.iter().map(|(word, _)| *word)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("one of {}", known.join(", ")),
    };
    Err(InvalidValue::new(format!("`{}` is not known here", redacted_excerpt(text)), right))
}

/// The name of a `what`, one of those that the file has.
pub(crate) fn require_known_name(text: &str, what: &str, known: &[String]) -> Result<String, InvalidValue> {
    if known.iter().any(|name| name == text) {
        return Ok(text.to_owned());
    }
    if is_url(text) {
        let words = format!("is an address, not the name of a {what}");
        return Err(InvalidValue::error_hiding_value(
            words,
            format!("an address belongs into a [[{what}]], and its name here"),
        ));
    }
    let right = match nearest_name(text, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if known.is_empty() => format!("write a [[{what}]] of that name"),
        None => format!("known {what}s are {}", quote_first_names(known)),
    };
    Err(InvalidValue::new(format!("no {what} is named \"{}\"", redacted_excerpt(text)), right))
}

/// Whether a name is an address by mistake: who has it may write there, so that no error shows it.
pub(crate) fn is_url(name: &str) -> bool {
    name.contains("://")
}

/// The first few names, and how many more there are.
fn quote_first_names(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("\"{name}\"")).collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len() - SHOWN));
    }
    shown.join(", ")
}

/// A third of the letters may be wrong, and one always may.
fn edit_distance_max(word: &str) -> usize {
    (word.chars().count() / 3).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_another_word_is_not() {
        let known = ["name", "query", "archives"];
        for (word, meant) in [
            ("qurey", Some("query")),
            ("Query", Some("query")),
            ("archive", Some("archives")),
            ("nmae", Some("name")),
            ("pace", None),
            ("", None),
            ("password", None),
        ] {
            assert_eq!(nearest_name(word, known), meant, "{word}");
        }
        assert_eq!(nearest_name(&"q".repeat(100_000), known), None);
    }
}
