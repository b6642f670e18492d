//! Foreign text cut to a length: one line, nothing invisible, and cut behind a word or a sentence.

use crate::domain::sanitize_to_visible_line;

/// How much longer than its limit a text may be before it is cut: a cut that saves a line is not worth it.
const SLACK: f32 = 1.15;

/// How much of a limited text the last whole sentence must fill for the cut to be made there.
const SENTENCE_SHARE: f32 = 0.6;

/// What a point behind it does not end a sentence.
const ABBREVIATIONS: &[&str] = &["al.", "e.g.", "i.e.", "cf.", "vs.", "Fig.", "Eq.", "Sec.", "Dr.", "resp."];

/// The cleaned text, cut behind a word where it has more characters than that.
pub(super) fn truncate_at_word(text: &str, chars_max: usize) -> String {
    let text = sanitize_to_visible_line(text);
    cut_at_word(&text, chars_max).map_or(text.clone(), |kept| format!("{kept}…"))
}

/// The beginning of a cleaned text that is well over the limit, cut behind a sentence or at least a word,
/// and never inside of `$…$`; none if the whole may stay.
pub(super) fn truncate_at_sentence(text: &str, chars_max: usize) -> Option<String> {
    if text.chars().count() <= scale_limit(chars_max, SLACK) {
        return None;
    }
    let kept = trim_unclosed_math(cut_at_word(text, chars_max)?);
    let least = scale_limit(chars_max, SENTENCE_SHARE);
    let sentence = up_to_last_sentence(kept).filter(|sentence| sentence.chars().count() >= least);
    Some(sentence.map_or_else(|| format!("{} …", kept.trim_end_matches([',', ';', ':'])), str::to_owned))
}

/// The first so many characters without a word that they end in; none if that is the whole text.
fn cut_at_word(text: &str, chars_max: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(chars_max)?;
    let kept = &text[..end];
    // A text without spaces, as Chinese is, is cut at the limit.
    let words = kept.rsplit_once(' ').map_or(kept, |(words, _)| words);
    Some(if text[end..].starts_with(' ') || words.is_empty() { kept } else { words })
}

/// The text up to a `$` that is not closed.
fn trim_unclosed_math(text: &str) -> &str {
    let opened = text.match_indices('$').filter(|(at, _)| !text[..*at].ends_with('\\')).collect::<Vec<_>>();
    match opened.last() {
        Some((at, _)) if opened.len() % 2 == 1 => text[..*at].trim_end(),
        _ => text,
    }
}

/// The text up to its last end of a sentence.
fn up_to_last_sentence(text: &str) -> Option<&str> {
    let ends = text.match_indices(['.', '!', '?']).rev().map(|(at, _)| at + 1);
    ends.map(|end| text.split_at(end)).find_map(|(before, after)| {
        let begins = after.is_empty()
            || after.strip_prefix(' ').is_some_and(|next| next.starts_with(|c: char| !c.is_lowercase()));
        let word = before.rsplit(' ').next().unwrap_or_default();
        (begins && !ABBREVIATIONS.contains(&word)).then_some(before)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "limits of a few thousand characters, and a share does not need the last one"
)]
fn scale_limit(limit: usize, part: f32) -> usize {
    (limit as f32 * part) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_behind_a_sentence_or_a_word_and_not_within_math() {
        let text = "One two three. Four five et al. Six seven eight nine ten eleven twelve.";
        assert_eq!(truncate_at_sentence(text, 71), None);
        assert_eq!(truncate_at_sentence(text, 62), None, "what is a little over the limit stays whole");
        assert_eq!(truncate_at_sentence(text, 20).unwrap(), "One two three.");
        assert_eq!(
            truncate_at_sentence(text, 50).unwrap(),
            "One two three. Four five et al. Six seven eight …"
        );
        assert_eq!(
            truncate_at_sentence("We show $a + b + c + d + e$ holds for all", 20).unwrap(),
            "We show …"
        );
        assert_eq!(truncate_at_sentence(&"字".repeat(50), 20).unwrap(), format!("{} …", "字".repeat(20)));
        assert_eq!(truncate_at_word("Proceedings of everything", 15), "Proceedings of…");
        assert_eq!(truncate_at_word("Proceedings", 15), "Proceedings");
    }
}
