//! Words with wildcards.

/// A word in which `*` stands for any characters and `?` for one. Source: Lucene's `WildcardQuery`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WildcardPattern {
    /// All before the first wildcard.
    literal_prefix: String,
    /// The rest, from the first wildcard on.
    tail: Vec<char>,
}

impl WildcardPattern {
    pub(super) fn new(pattern: &str) -> Self {
        let first = pattern.find(['*', '?']).unwrap_or(pattern.len());
        Self { literal_prefix: pattern[..first].to_owned(), tail: pattern[first..].chars().collect() }
    }

    /// What every match begins with: the pattern up to its first wildcard.
    pub(super) fn literal_prefix(&self) -> &str {
        &self.literal_prefix
    }

    pub(super) fn matches(&self, word: &str) -> bool {
        let Some(rest) = word.strip_prefix(self.literal_prefix.as_str()) else { return false };
        let rest: Vec<char> = rest.chars().collect();
        // Which of the rest's beginnings match the tail's beginning so far.
        let mut reached = vec![false; rest.len() + 1];
        reached[0] = true;
        for sign in &self.tail {
            reached = match sign {
                '*' => reached_prefixes_after_star(&reached),
                '?' => advance_wildcard_matches(&reached, |_| true),
                sign => advance_wildcard_matches(&reached, |at| rest[at] == *sign),
            };
        }
        reached[rest.len()]
    }
}

/// Every beginning from the first that was reached on.
fn reached_prefixes_after_star(reached: &[bool]) -> Vec<bool> {
    let first = reached.iter().position(|is_reached| *is_reached).unwrap_or(reached.len());
    (0..reached.len()).map(|at| at >= first).collect()
}

/// Each beginning that was reached, one character longer if that one is right.
fn advance_wildcard_matches(reached: &[bool], is_right: impl Fn(usize) -> bool) -> Vec<bool> {
    (0..reached.len()).map(|at| at > 0 && reached[at - 1] && is_right(at - 1)).collect()
}

/// Whether a word has a wildcard behind its first character. Source: `has_wildcard` in `util.py`; a wildcard in front
/// arXiv refuses.
pub(super) fn has_wildcard(word: &str) -> bool {
    word.contains(['*', '?']) && !begins_with_wildcard(word)
}

pub(super) fn begins_with_wildcard(word: &str) -> bool {
    word.starts_with(['*', '?'])
}
