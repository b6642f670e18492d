//! What a person may have meant who wrote a word that is not known.

/// Longer words are not compared; no key or topic's name is as long.
const WORD_CHARS_MAX: usize = 200;

/// The known word that differs from this one by the fewest letters, if it is near enough to be meant.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= distance_max(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A third of the letters may be wrong, and one always may.
fn distance_max(word: &str) -> usize {
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
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(nearest(&"q".repeat(100_000), known), None);
    }
}
