//! The links of a title's cell, in whatever way a person wrote them.

use crate::domain::{ArxivId, Version};

/// More links than these are no title's: a badge or two, the paper, its code.
const LINKS_MAX: usize = 8;

/// One link of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TitleLink<'a> {
    /// What is linked.
    pub(super) text: &'a str,
    /// Where it leads.
    pub(super) address: String,
}

/// The paper of arXiv's that a title links, with the text of that link: the first of them if there are several.
pub(super) fn arxiv_link(cell: &str) -> Option<(ArxivId, Option<Version>, &str)> {
    let links = inline(cell);
    let links = if links.is_empty() { unmarked(cell) } else { links };
    links.into_iter().find_map(|link| {
        let (id, version) = ArxivId::split(&link.address).ok()?;
        Some((id, version, link.text))
    })
}

/// The last `[text](address)` of a cell, with all before it as its text: a title may have brackets in it.
pub(super) fn last_link(cell: &str) -> Option<TitleLink<'_>> {
    let start = cell.find('[')?;
    let end = cell.rfind("](").filter(|end| *end > start)?;
    Some(TitleLink { text: &cell[start + 1..end], address: target(&cell[end + 2..])?.1 })
}

/// Every `[text](address)` of a cell.
fn inline(cell: &str) -> Vec<TitleLink<'_>> {
    let (mut links, mut from) = (Vec::new(), 0);
    while links.len() < LINKS_MAX {
        let Some(end) = cell[from..].find("](").map(|step| from + step) else { break };
        let start = cell[from..end].find('[').map(|step| from + step).or_else(|| cell[..end].find('['));
        let Some((start, (bytes, address))) = start.zip(target(&cell[end + 2..])) else { break };
        links.push(TitleLink { text: &cell[start + 1..end], address });
        from = end + 2 + bytes;
    }
    links.extend(last_link(cell).filter(|_| links.len() == LINKS_MAX));
    links
}

/// The address behind `](`, and how long it is as it is written.
fn target(rest: &str) -> Option<(usize, String)> {
    let address = rest.trim_start();
    let before = rest.len() - address.len();
    let bytes = match address.strip_prefix('<').and_then(|inside| inside.find('>')) {
        Some(end) => end + 2,
        None => address.find([')', ' ']).unwrap_or(address.len()),
    };
    let bare = address[..bytes].trim_start_matches('<').trim_end_matches('>');
    (!bare.is_empty()).then(|| (before + bytes, bare.replace("&amp;", "&")))
}

/// Links that need no brackets: an HTML anchor, an address that stands for itself, an identifier alone.
fn unmarked(cell: &str) -> Vec<TitleLink<'_>> {
    if ArxivId::split(cell).is_ok() {
        return vec![TitleLink { text: cell, address: cell.to_owned() }];
    }
    let words = cell.split([' ', '<', '>', '"', '\'', '*', '(', ')']).filter(|word| word.contains("://"));
    let text = cell.split_once("href=").and_then(|(_, anchor)| {
        let (_, inside) = anchor.split_once('>')?;
        Some(inside.split("</").next().unwrap_or(inside))
    });
    let text = text.or_else(|| Some(cell[..cell.find("http")?].trim_end_matches([' ', '<', ':', '('])));
    let text = text.filter(|text| !text.is_empty()).unwrap_or(cell);
    let address = |word: &str| word.trim_end_matches(['.', ',', ';', ':']).replace("&amp;", "&");
    words.take(LINKS_MAX).map(|word| TitleLink { text, address: address(word) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paper_of_a_title_is_the_first_that_is_linked_in_it() {
        for (cell, text) in [
            ("[T](https://arxiv.org/abs/2503.20246)", "T"),
            ("**[a [b] c](http://arxiv.org/abs/2503.20246v1)**", "a [b] c"),
            ("[free](http://x) thing](http://arxiv.org/abs/2503.20246)", "free](http://x) thing"),
            ("[T](<https://arxiv.org/abs/2503.20246>) (best paper)", "T"),
            ("[![b](https://x.org/b.svg)](https://x.org) [T](https://arxiv.org/abs/2503.20246)", "T"),
            ("[x] [T](https://arxiv.org/abs/2503.20246) ([code](https://github.com/a/b))", "x] [T"),
            ("[T](https://arxiv.org/abs/2503.20246) on [U](https://arxiv.org/abs/2503.00001)", "T"),
            ("<a href=\"https://arxiv.org/abs/2503.20246\">T</a>", "T"),
            ("T: <https://arxiv.org/abs/2503.20246>", "T"),
            ("T (https://arxiv.org/abs/2503.20246).", "T"),
            ("arXiv:2503.20246", "arXiv:2503.20246"),
        ] {
            let (id, _, found) = arxiv_link(cell).unwrap_or_else(|| panic!("{cell}"));
            assert_eq!((id.as_str(), found), ("2503.20246", text), "{cell}");
        }
        for cell in ["T", "On arXiv:2503.20246", "[T](https://x.org)", "[](", "[T]()", "https://x.org"] {
            assert_eq!(arxiv_link(cell), None, "{cell}");
        }
    }
}
