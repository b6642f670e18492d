//! The paper that a cell links, however a person wrote the link.

use super::table::PaperLink;
use super::table_reading::read_title;
use crate::domain::ArxivId;

/// What ends an address that stands in a text.
const ADDRESS_ENDS: [char; 10] = [' ', '\t', ')', ']', '<', '>', '"', '\'', '|', '`'];

/// The paper that a title's cell links: the link of its title if that leads to arXiv, else any other link in the cell that
/// does, for a badge or a second link may stand before or behind the title.
pub(super) fn of_title(cell: &str) -> Option<PaperLink> {
    let title = read_title(cell).ok().map(|(link, _)| link);
    match title {
        Some(link @ PaperLink::Arxiv { .. }) => Some(link),
        other => addresses(cell).find_map(arxiv_link).or(other),
    }
}

/// The paper on arXiv that a cell links which has nothing but this link in it.
pub(super) fn alone(cell: &str) -> Option<PaperLink> {
    let bare = cell.trim_matches(['*', '_', '~', ' ']);
    let is_link = bare.starts_with('[') && bare.ends_with(')') && bare.matches("](").count() == 1;
    let address = if is_link {
        bare.split_once("](")?.1.trim_end_matches(')')
    } else {
        bare.trim_start_matches('<').trim_end_matches('>')
    };
    let is_address = is_link || address.starts_with("http://") || address.starts_with("https://");
    arxiv_link(address).filter(|_| is_address && !address.contains(ADDRESS_ENDS))
}

/// The work on arXiv that an address leads to.
fn arxiv_link(address: &str) -> Option<PaperLink> {
    let bare = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let (id, version) = ArxivId::split(bare).ok()?;
    Some(PaperLink::Arxiv { id, version })
}

/// Every web address in a cell, in its order.
fn addresses(cell: &str) -> impl Iterator<Item = &str> {
    cell.match_indices("http").filter_map(|(at, _)| cell[at..].split(ADDRESS_ENDS).next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PaperId;

    fn id(link: Option<PaperLink>) -> String {
        match link {
            Some(PaperLink::Arxiv { id, version: _ }) => PaperId::arxiv(&id).to_string(),
            Some(PaperLink::Elsewhere(address)) => address,
            Some(PaperLink::Nowhere) | None => String::new(),
        }
    }

    #[test]
    fn a_title_is_known_by_the_paper_that_it_links_however_it_is_dressed() {
        let paper = "arxiv:2503.20246";
        for (cell, known) in [
            ("**[T](http://arxiv.org/abs/2503.20246v1)**", paper),
            ("[T](https://arxiv.org/pdf/2503.20246v2.pdf)", paper),
            ("[T](https://arxiv.org/abs/2503.20246/)", paper),
            ("- [x] **[T](http://arxiv.org/abs/2503.20246v1)**", paper),
            ("🔥 ⭐ **[T](http://arxiv.org/abs/2503.20246v1)** (read)", paper),
            (
                "[![b](https://img.shields.io/b.svg)](https://x.org) **[T](http://arxiv.org/abs/2503.20246v1)**",
                paper,
            ),
            ("**[T](http://arxiv.org/abs/2503.20246v1)** [code](https://github.com/a/b)", paper),
            ("**[T](http://arxiv.org/abs/2503.20246v1)** ![b](https://img.shields.io/b.svg)", paper),
            ("<a href=\"http://arxiv.org/abs/2503.20246v1\">T</a>", paper),
            ("T <http://arxiv.org/abs/2503.20246v1>", paper),
            ("T, http://arxiv.org/abs/2503.20246v1", paper),
            ("[On http://arxiv.org/abs/2401.00001](http://arxiv.org/abs/2503.20246v1)", paper),
            ("[T](https://example.org/x)", "https://example.org/x"),
            ("T", ""),
        ] {
            assert_eq!(id(of_title(cell)), known, "{cell}");
        }
    }

    #[test]
    fn a_cell_is_a_link_alone_if_nothing_else_stands_in_it() {
        for (cell, is_alone) in [
            ("**[T](http://arxiv.org/abs/2503.20246v1)**", true),
            ("[link](https://arxiv.org/abs/2503.20246)", true),
            ("<https://arxiv.org/abs/2503.20246>", true),
            ("https://arxiv.org/abs/2503.20246", true),
            ("see [T](http://arxiv.org/abs/2503.20246v1)", false),
            ("[T](http://arxiv.org/abs/2503.20246v1) and more", false),
            ("[Code Link](https://github.com/a/b)", false),
            ("2503.20246", false),
            ("", false),
        ] {
            assert_eq!(alone(cell).is_some(), is_alone, "{cell}");
        }
    }
}
