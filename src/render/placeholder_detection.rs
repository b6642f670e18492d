//! What people and programs write into a cell that has nothing to say.

use crate::domain::is_invisible;

/// Words that say that there is nothing, in lower case and without the marks around them.
const WORDS: [&str; 9] = ["none", "n/a", "na", "n.a", "nil", "null", "nan", "tba", "tbd"];

/// What a sentence is about that says so: `Abstract not available.`, `No comment yet`.
const SUBJECTS: [&str; 5] = ["abstract", "summary", "description", "comment", "comments"];

/// How such a sentence denies it, alone or around its subject.
const DENIALS: [&str; 6] = ["not", "no", "unavailable", "missing", "unknown", "pending"];

/// The other words of such a sentence.
const FILLERS: [&str; 9] = ["is", "was", "yet", "available", "found", "provided", "given", "online", "here"];

/// A text that is longer says something, whatever its words are.
const BYTES_MAX: usize = 64;

/// Whether a text from a cell says nothing: it is empty, one of those words or such a sentence, or has nothing but punctuation,
/// spaces and line breaks.
pub fn is_placeholder_text(text: &str) -> bool {
    if text.len() > BYTES_MAX {
        return false;
    }
    let text = html_escape::decode_html_entities(text).to_lowercase();
    let bare =
        ["<br>", "<br/>", "<br />"].iter().fold(text, |text, line_break| text.replace(line_break, " "));
    let bare = bare.trim_matches(|c: char| {
        c.is_whitespace()
            || c.is_ascii_punctuation()
            || is_invisible(c)
            || matches!(c, '‐'..='―' | '−' | '…' | '·')
    });
    bare.is_empty() || WORDS.contains(&bare) || is_denial(bare)
}

/// Whether a sentence, in lower case, says no more than that its subject, or what is asked for, is not there.
fn is_denial(sentence: &str) -> bool {
    let words = || sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_denied = words().any(|word| DENIALS.contains(&word));
    let says_what = words().any(|word| SUBJECTS.contains(&word) || FILLERS.contains(&word));
    let all = [&SUBJECTS[..], &DENIALS, &FILLERS].concat();
    is_denied && (says_what || words().count() == 1) && words().all(|word| all.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_nothing_to_say_is_known() {
        for text in [
            "",
            " ",
            "None",
            "N/A",
            "n.a.",
            "NA",
            "-",
            "--",
            "–",
            "—",
            "…",
            "...",
            "?",
            "&nbsp;",
            "&#160;",
            "<br>",
            "<BR/>&nbsp;<br />",
            "TBD",
            "null",
            "NaN",
            "*None*",
            "(none)",
            "`-`",
            "\u{200b}",
            "Abstract not available.",
            "not available",
            "No abstract.",
            "*No abstract available*",
            "Abstract: unavailable",
            "Summary is missing",
            "no comment",
        ] {
            assert!(is_placeholder_text(text), "{text}");
        }
        for text in [
            "17 pages",
            "None of us is right",
            "C",
            "5",
            "NASA",
            "🔥",
            "無",
            "$\\alpha$",
            "<b>",
            "see n/a",
            "code is not available",
            "available",
            "abstract",
        ] {
            assert!(!is_placeholder_text(text), "{text}");
        }
        assert!(!is_placeholder_text(&"-".repeat(100)));
    }
}
