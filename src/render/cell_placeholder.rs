//! What people and programs write into a cell that has nothing to say.

use crate::domain::is_invisible;

/// Words that say that there is nothing, in lower case and without the marks around them.
const WORDS: [&str; 9] = ["none", "n/a", "na", "n.a", "nil", "null", "nan", "tba", "tbd"];

/// A text that is longer says something, whatever its words are.
const BYTES_MAX: usize = 64;

/// Whether a text from a cell says nothing: it is empty or one of those words, or has nothing but punctuation, spaces and
/// line breaks.
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
    bare.is_empty() || WORDS.contains(&bare)
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
        ] {
            assert!(is_placeholder_text(text), "{text}");
        }
        for text in
            ["17 pages", "None of us is right", "C", "5", "NASA", "🔥", "無", "$\\alpha$", "<b>", "see n/a"]
        {
            assert!(!is_placeholder_text(text), "{text}");
        }
        assert!(!is_placeholder_text(&"-".repeat(100)));
    }
}
