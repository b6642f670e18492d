//! The bodies that one digest becomes, one a request, and how papers are packed into them.

use serde::Serialize;

use crate::domain::DigestPartNumber;

/// One request's body, and which part of its digest it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestPartBody {
    /// Which of how many.
    pub part: DigestPartNumber,
    /// The bytes to send: JSON in UTF-8.
    pub body: Vec<u8>,
}

/// Packs things in their order into as few pages as fit. What does not fit even alone gets a page of its own,
/// and nothing at all becomes one empty page.
pub(crate) fn pack_into_parts<T>(
    things: impl IntoIterator<Item = T>,
    fits: impl Fn(&[T]) -> bool,
) -> Vec<Vec<T>> {
    let mut full = Vec::new();
    let mut page = Vec::new();
    for thing in things {
        page.push(thing);
        if page.len() > 1 && !fits(&page) {
            let next = page.split_off(page.len() - 1);
            full.push(std::mem::replace(&mut page, next));
        }
    }
    full.push(page);
    full
}

/// Writes each page as a numbered part.
pub(crate) fn render_numbered_parts<T>(
    pages: Vec<Vec<T>>,
    body: impl Fn(DigestPartNumber, Vec<T>) -> Vec<u8>,
) -> Vec<DigestPartBody> {
    let of = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let parts = (1..=of).map(|number| DigestPartNumber { number, of });
    parts.zip(pages).map(|(part, page)| DigestPartBody { part, body: body(part, page) }).collect()
}

/// The value as JSON.
pub(crate) fn to_json_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("texts, numbers and lists of them always have a JSON form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_keep_their_order_and_fill_each_page() {
        let pages = pack_into_parts([4, 3, 2, 9, 1, 5], |page| page.iter().sum::<i32>() <= 7);
        assert_eq!(pages, [vec![4, 3], vec![2], vec![9], vec![1, 5]]);
    }

    #[test]
    fn nothing_is_still_one_part() {
        let parts = render_numbered_parts(pack_into_parts(Vec::<u8>::new(), |_| true), |_, page| page);
        assert_eq!(parts, [DigestPartBody { part: DigestPartNumber { number: 1, of: 1 }, body: vec![] }]);
    }
}
