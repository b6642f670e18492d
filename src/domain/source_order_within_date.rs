//! The order of papers whose dates are equal.

/// Brings rows of one date into the order in which the source shows them: `current` is their order
/// now, `shown` the source's order of those it showed. A row that it did not show stays behind the
/// row that it is behind now.
pub fn reorder_as_source_shows<T: Copy + Eq + std::hash::Hash>(current: &[T], shown: &[T]) -> Vec<T> {
    let is_shown: std::collections::HashSet<T> = shown.iter().copied().collect();
    let mut behind: std::collections::HashMap<Option<T>, Vec<T>> = std::collections::HashMap::new();
    let mut before = None;
    for row in current {
        if is_shown.contains(row) {
            before = Some(*row);
        } else {
            behind.entry(before).or_default().push(*row);
        }
    }
    let mut order = Vec::with_capacity(current.len() + shown.len());
    order.extend(behind.remove(&None).unwrap_or_default());
    for row in shown {
        order.push(*row);
        order.extend(behind.remove(&Some(*row)).unwrap_or_default());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_dates_stand_as_the_source_gave_them() {
        for (current, shown, order) in [
            ("", "abc", "abc"),
            ("bc", "abc", "abc"),
            ("ab", "ba", "ba"),
            ("abx", "nab", "nabx"), // x was on a page not asked for
            ("xab", "nab", "xnab"),
            ("axb", "ba", "bax"),
            ("abc", "", "abc"),
        ] {
            let order_found = reorder_as_source_shows(current.as_bytes(), shown.as_bytes());
            assert_eq!(String::from_utf8(order_found).unwrap(), order, "{current} {shown}");
        }
    }
}
