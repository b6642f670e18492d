//! What GitHub would make a mention or a reference of, in any text that a pull request shows.

/// Stands behind `@`, `#` or `GH-` so that GitHub sees no name and no number there: a space of no
/// width, which the reader does not see. GitHub looks at the text after the Markdown is rendered, so
/// no escape would do. Source: <https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>.
pub(super) const BREAK: &str = "&#8203;";

/// Whether the mark at `at` (`@`, `#` or `-`) begins a mention of somebody (`@name`, not `R@1`) or a
/// reference to an issue (`#1`, `owner/repo#1`, `GH-1`).
pub(super) fn begins_mention(bytes: &[u8], at: usize) -> bool {
    let Some(next) = bytes.get(at + 1) else { return false };
    match bytes[at] {
        b'@' => next.is_ascii_alphanumeric() && is_word_start(bytes, at),
        b'#' => next.is_ascii_digit(),
        b'-' => next.is_ascii_digit() && is_dash_of_gh_issue_mention(bytes, at),
        _ => false,
    }
}

/// Where a [`BREAK`] at `at` was put by us, so that reading drops it.
pub(super) fn is_mention_break(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(BREAK.as_bytes()) && at > 0 && matches!(bytes[at - 1], b'@' | b'#' | b'-')
}

fn is_dash_of_gh_issue_mention(bytes: &[u8], at: usize) -> bool {
    at >= 2 && bytes[at - 2..at].eq_ignore_ascii_case(b"gh") && is_word_start(bytes, at - 2)
}

/// An underscore does not count as a letter: where it is emphasis, the word starts behind it.
fn is_word_start(bytes: &[u8], at: usize) -> bool {
    at == 0 || !bytes[at - 1].is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_and_references_are_told_from_mere_marks() {
        let at = |text: &str| (0..text.len()).find(|i| begins_mention(text.as_bytes(), *i));
        for (text, found) in [
            ("@octocat", Some(0)),
            ("by (@octocat)", Some(4)),
            ("_@octocat_", Some(1)),
            ("\u{e9}@octocat", Some(2)),
            ("R@1, mR@10, FPR@95TPR", None),
            ("2025 @ NAACL", None),
            ("mail@example.org", None),
            ("see #1", Some(4)),
            ("owner/repo#12", Some(10)),
            ("C# 5 and #hash", None),
            ("GH-1", Some(2)),
            ("gh-7 (", Some(2)),
            ("HIGH-1, GPT-4", None),
            ("@", None),
        ] {
            assert_eq!(at(text), found, "{text}");
        }
    }
}
