//! Code blocks between fences, in which nothing of a Markdown text is what it looks like.

/// Whether a reader of lines is in a fenced code block.
/// Source: <https://github.github.com/gfm/#fenced-code-blocks>.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CodeFenceTracker {
    open: Option<(u8, usize)>,
}

impl CodeFenceTracker {
    /// Takes the next line, and says whether it belongs to a code block, its fences counted in.
    pub(super) fn advance_line_in_code_block(&mut self, line: &str) -> bool {
        let Some((mark, length, rest)) = parse_fence(line) else { return self.open.is_some() };
        match self.open {
            Some((open_mark, open_length)) => {
                if mark == open_mark && length >= open_length && rest.trim().is_empty() {
                    self.open = None;
                }
                true
            }
            None if mark == b'`' && rest.contains('`') => false,
            None => {
                self.open = Some((mark, length));
                true
            }
        }
    }
}

/// The mark of a fence, how many there are, and what is behind them.
fn parse_fence(line: &str) -> Option<(u8, usize, &str)> {
    let bare = line.trim_start_matches(' ');
    let mark = *bare.as_bytes().first().filter(|mark| matches!(mark, b'`' | b'~'))?;
    let rest = bare.trim_start_matches(char::from(mark));
    let length = bare.len() - rest.len();
    (length >= 3 && line.len() - bare.len() <= 3).then_some((mark, length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_fence_covers_is_told_line_by_line() {
        let text =
            "a\n```md\nb\n~~~\n``\n````  \nc\n``` x`y\nd\n   ~~~~\ne\n~~~\n    ~~~~\n~~~~\nf\n```\nend";
        let mut fence = CodeFenceTracker::default();
        let outside: Vec<&str> =
            text.lines().filter(|line| !fence.advance_line_in_code_block(line)).collect();
        assert_eq!(outside, ["a", "c", "``` x`y", "d", "f"]);
    }
}
