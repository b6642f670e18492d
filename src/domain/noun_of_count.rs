//! Nouns behind counts.

use std::fmt::Display;

/// A noun as it stands behind a count: `1 paper`, `0 papers`, `2 entries`.
pub fn noun_of_count<N: Copy + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if count == N::from(1) => noun.to_owned(),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

/// `1 paper`, `16537 papers`.
pub fn count_of<N: Display + Copy + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    format!("{count} {}", noun_of_count(count, noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_all_else_plural() {
        let counts = [(0_u64, "row"), (1, "row"), (2, "row"), (1, "entry"), (2, "entry"), (21, "day")];
        let expected = ["0 rows", "1 row", "2 rows", "1 entry", "2 entries", "21 days"];
        assert_eq!(counts.map(|(count, noun)| count_of(count, noun)), expected);
    }
}
