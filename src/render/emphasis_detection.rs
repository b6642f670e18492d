//! Whether Markdown would take some of a text's marks for emphasis.

/// How a neighbour of a run of marks counts; `Either` where renderers disagree about a character,
/// or where the text ends and something else may follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AdjacentChar {
    Space,
    Punctuation,
    Letter,
    Either,
}

/// Whether two runs of `mark` (`*`, `_` or `~`) may open and close emphasis between them. A text
/// without such a pair shows its marks as they are. Errs towards yes.
/// Source: <https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis>.
pub(super) fn may_form_emphasis(text: &str, mark: char) -> bool {
    let mut is_open = false;
    let mut rest = text;
    while let Some(start) = rest.find(mark) {
        let after = rest[start..].trim_start_matches(mark);
        let left = AdjacentChar::classify(rest[..start].chars().next_back());
        let right = AdjacentChar::classify(after.chars().next());
        let is_inside_a_word = left == AdjacentChar::Letter && right == AdjacentChar::Letter;
        if mark != '_' || !is_inside_a_word {
            if is_open && is_flanking(left, right) {
                return true;
            }
            is_open |= is_flanking(right, left);
        }
        rest = after;
    }
    false
}

/// Whether a run clings to what it has on its inner side, as it must to open or close there.
fn is_flanking(inner: AdjacentChar, outer: AdjacentChar) -> bool {
    inner != AdjacentChar::Space && (inner != AdjacentChar::Punctuation || outer != AdjacentChar::Letter)
}

impl AdjacentChar {
    fn classify(c: Option<char>) -> Self {
        match c {
            Some(c) if c.is_alphanumeric() => Self::Letter,
            Some(c) if c.is_whitespace() => Self::Space,
            Some('*' | '_' | '~') => Self::Either,
            Some(c) if c.is_ascii_punctuation() => Self::Punctuation,
            Some(_) | None => Self::Either,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_may_pair_are_found() {
        for (text, mark) in [
            ("*a*", '*'),
            ("a *b c* d", '*'),
            ("f^*$ and $g^*$", '*'),
            ("_a_ b", '_'),
            ("$\\mathcal{L}_{1}$ and $\\mathcal{L}_{2}$", '_'),
            ("~~gone~~", '~'),
            ("2*3*4", '*'),
        ] {
            assert!(may_form_emphasis(text, mark), "{text}");
        }
    }

    #[test]
    fn marks_that_stand_alone_are_let_be() {
        for (text, mark) in [
            ("", '*'),
            ("plain", '*'),
            ("C*-algebras", '*'),
            ("a * b * c", '*'),
            ("****", '*'),
            ("snake_case and other_case", '_'),
            ("$x_1$ and $x_2$", '_'),
            ("by~\\cite{a}", '~'),
            ("a* *b", '*'),
            ("ends* here* too *", '*'),
        ] {
            assert!(!may_form_emphasis(text, mark), "{text}");
        }
    }
}
