//! The papers that a table's rows link, however a person wrote the links. The one reader of them: whoever keeps a table,
//! imports it or shows what is in it takes a row for the same paper.

use std::borrow::Cow;
use std::collections::HashSet;

use super::inline_link_parser::{
    ADDRESS_ENDS, InlineLink, bare_urls, find_inline_link, inline_links, last_link, parse_link_target,
    unescape_markdown_url,
};
use super::table::{ARTICLE, is_http_url};
use crate::domain::{ArxivIdError, PaperId, PaperLink};

/// A paper's link with the words that are its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TitleLink<'a> {
    /// The paper, and the address that the link leads to.
    pub(super) link: PaperLink,
    /// The title, as it is written.
    pub(super) text: &'a str,
}

impl TitleLink<'_> {
    /// The paper.
    pub(super) fn paper(&self) -> &PaperId {
        &self.link.paper
    }
}

/// The papers of a table's rows, given by their cells: what the title of a row links, or else a cell that links a paper in bold,
/// as titles are written, or that is nothing but a link to one. A person who changes the header does not always change every row with it. What is only known by
/// another cell than its title is no second row of a paper that the title of a row links.
pub(super) fn paper_links_of_rows<'a>(
    rows: &[&[&'a str]],
    title: usize,
    columns: usize,
) -> Vec<Option<TitleLink<'a>>> {
    let mut others = Vec::new();
    let mut links = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let link = row.get(title).and_then(|cell| parse_title_cell(cell).ok());
        if !link.as_ref().is_some_and(is_surely_paper) {
            others.extend(paper_link_outside_title(row, title, columns).map(|link| (place, link)));
        }
        links.push(link);
    }
    if !others.is_empty() {
        let titled: HashSet<&PaperId> =
            links.iter().flatten().filter(|link| is_surely_paper(link)).map(TitleLink::paper).collect();
        others.retain(|(_, link)| !titled.contains(link.paper()));
    }
    for (place, link) in others {
        links[place] = Some(link);
    }
    links
}

fn is_surely_paper(link: &TitleLink<'_>) -> bool {
    link.paper().is_surely_paper()
}

/// The paper that a title's cell links: what the title in bold leads to, or else the first of arXiv's, or else the first DOI,
/// or else whatever the first link leads to. Another link may be before or behind the title; an image, as badges are, is no
/// title if there is another link.
pub(super) fn parse_title_cell(cell: &str) -> Result<TitleLink<'_>, String> {
    let found =
        find_bold_title_link(cell).or_else(|| first_arxiv_link(cell)).or_else(|| first_doi_link(cell));
    if let Some(link) = found {
        return Ok(link);
    }
    let first = inline_links(cell).find(|link| !link.is_image);
    let InlineLink { text, address, .. } = first
        .or_else(|| last_link(cell))
        .ok_or("the title is not a link; `**[Title](http://arxiv.org/abs/2503.20246v1)**` is wanted")?;
    if is_arxiv_url(&address) {
        return Err(ArxivIdError(address.into_owned()).to_string());
    }
    let link = PaperLink::parse_row_link_url(&address);
    let link = link.ok_or_else(|| format!("`{address}` is no web address for a title to lead to"))?;
    Ok(TitleLink { link, text })
}

/// A title's cell without the link to the article as which its paper appeared, and where that leads.
pub(super) fn split_article_link(cell: &str) -> (&str, Option<Cow<'_, str>>) {
    let split = || {
        let (title, rest) = cell.rsplit_once(ARTICLE)?;
        let (bytes, address) = parse_link_target(rest.strip_prefix("](")?)?;
        let is_last = rest["](".len() + bytes..].trim() == ")";
        Some((title.strip_suffix('[')?.trim_end(), address)).filter(|_| is_last)
    };
    split().map_or((cell, None), |(title, address)| (title, Some(address)))
}

/// Whether a cell has nothing but one link, of whatever form, and emphasis around it.
pub(super) fn is_link_alone(cell: &str) -> bool {
    let bare = cell.trim_matches(['*', '_', '~', ' ']);
    let is_from_to = |start, end| bare.starts_with(start) && bare.ends_with(end);
    bare.matches("](").count() + bare.matches("<a ").count() == 1
        && (is_from_to("[", ")") || is_from_to("<a ", "</a>"))
}

/// The paper of a row whose title links none, with the words of its title: the title's cell has them, or the link itself
/// where the row is written in other columns than its header names.
fn paper_link_outside_title<'a>(row: &[&'a str], title: usize, columns: usize) -> Option<TitleLink<'a>> {
    let is_short = row.len() < columns;
    let in_bold = row.iter().find_map(|cell| bold_title_link_elsewhere(cell, is_short));
    if in_bold.is_some() {
        return in_bold;
    }
    let (at, link) = row.iter().enumerate().find_map(|(at, cell)| Some((at, lone_paper_link(cell)?)))?;
    let is_shifted = at < title && is_short;
    let words = row.get(title).map(|cell| cell.trim_matches('*')).filter(|words| !words.is_empty());
    let text = words.filter(|_| !is_shifted).map_or(link.text, |words| match last_link(words) {
        Some(elsewhere) => elsewhere.text,
        None => words,
    });
    Some(TitleLink { text, ..link })
}

/// The paper that a cell links in bold. In a row that has all of its cells no word stands before the link: a person's own cell
/// may mention a paper.
fn bold_title_link_elsewhere(cell: &str, is_row_short: bool) -> Option<TitleLink<'_>> {
    let before = &cell[..cell.find("**[")?];
    let link = parse_title_cell(cell).ok()?;
    let is_title = is_row_short || link.paper().is_surely_paper() && !before.contains(char::is_alphanumeric);
    is_title.then_some(link)
}

/// The paper on arXiv that a cell links which has nothing but this link in it.
fn lone_paper_link(cell: &str) -> Option<TitleLink<'_>> {
    let bare = cell.trim_matches(['*', '_', '~', ' ']);
    let is_link = bare.starts_with('[') && bare.ends_with(')') && bare.matches("](").count() == 1;
    let (text, address) = if is_link {
        let (text, address) = bare.split_once("](")?;
        (text.trim_start_matches('['), unescape_markdown_url(address.trim_end_matches(')')))
    } else {
        (bare, Cow::Borrowed(bare.trim_start_matches('<').trim_end_matches('>')))
    };
    let is_address = is_link || address.starts_with("http://") || address.starts_with("https://");
    let link =
        PaperLink::parse_arxiv_link(&address).filter(|_| is_address && !address.contains(ADDRESS_ENDS))?;
    Some(TitleLink { link, text })
}

/// The link that is a whole text in bold, as titles are in the rows that the program writes. One of arXiv's is found anyway.
fn find_bold_title_link(cell: &str) -> Option<TitleLink<'_>> {
    let bold = &cell[cell.find("**[")? + "**".len()..];
    let InlineLink { text, address, end, is_image } = find_inline_link(bold, 0)?;
    let is_whole = bold[end..].starts_with(")**") && !is_image && !is_arxiv_url(&address);
    let link = PaperLink::parse_row_link_url(&address)
        .filter(|link| is_whole && link.paper.as_arxiv_id().is_none())?;
    Some(TitleLink { link, text })
}

/// The first paper of arXiv's that a cell links: in brackets, or else without.
fn first_arxiv_link(cell: &str) -> Option<TitleLink<'_>> {
    let linked = inline_links(cell).find_map(|InlineLink { text, address, .. }| {
        Some(TitleLink { link: PaperLink::parse_arxiv_link(&address)?, text })
    });
    if linked.is_some() {
        return linked;
    }
    if let Some(link) = PaperLink::parse_arxiv_link(cell).filter(|_| !cell.contains("](")) {
        return Some(TitleLink { link, text: cell });
    }
    let (start, link) =
        bare_urls(cell).find_map(|(start, address)| Some((start, PaperLink::parse_arxiv_link(&address)?)))?;
    Some(TitleLink { link, text: title_of_bare_url(cell, start) })
}

/// The first DOI that a cell links in brackets.
fn first_doi_link(cell: &str) -> Option<TitleLink<'_>> {
    inline_links(cell).filter(|link| !link.is_image).find_map(|InlineLink { text, address, .. }| {
        let link = PaperLink::parse_row_link_url(&address).filter(|link| link.paper.as_doi().is_some())?;
        Some(TitleLink { link, text })
    })
}

/// The title of a bare address or of one in an HTML anchor: the anchor's words, else those before the address.
fn title_of_bare_url(cell: &str, start: usize) -> &str {
    let before = &cell[..start];
    let text = if before.trim_end_matches(['"', '\'']).ends_with("href=") {
        let inside = cell[start..].split_once('>').map_or("", |(_, inside)| inside);
        inside.split("</").next().unwrap_or(inside)
    } else {
        let anchor = before.rfind("</a>").map(|at| at + "</a>".len());
        let link = inline_links(cell).map(|link| link.end).filter(|end| *end < start);
        let behind = &before[link.chain(anchor).max().unwrap_or(0)..];
        let words = behind.split("http").next().unwrap_or(behind);
        words.trim_start_matches([' ', ')', ':', ',']).trim_end_matches([' ', '<', ':', '(', ','])
    };
    if text.is_empty() { cell } else { text }
}

fn is_arxiv_url(address: &str) -> bool {
    let host = address.split('/').nth(2).unwrap_or_default().to_ascii_lowercase();
    is_http_url(address) && (host == "arxiv.org" || host.ends_with(".arxiv.org"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of_link(link: Option<&TitleLink<'_>>) -> String {
        link.map(|link| link.paper().to_string()).unwrap_or_default()
    }

    #[test]
    fn a_title_is_known_by_the_first_paper_that_it_links_however_it_is_written() {
        let paper = "arxiv:2503.20246";
        for (cell, known, text) in [
            ("[T](https://arxiv.org/abs/2503.20246)", paper, "T"),
            ("**[T](http://arxiv.org/abs/2503.20246v1)**", paper, "T"),
            ("**[a [b] c](http://arxiv.org/abs/2503.20246v1)**", paper, "a [b] c"),
            ("[T](https://arxiv.org/pdf/2503.20246v2.pdf)", paper, "T"),
            ("[T](https://arxiv.org/abs/2503.20246/)", paper, "T"),
            ("[T](<https://arxiv.org/abs/2503.20246>) (best paper)", paper, "T"),
            ("[free](http://x) thing](http://arxiv.org/abs/2503.20246)", paper, "free](http://x) thing"),
            ("- [x] **[T](http://arxiv.org/abs/2503.20246v1)**", paper, "x] **[T"),
            ("🔥 ⭐ **[T](http://arxiv.org/abs/2503.20246v1)** (read)", paper, "T"),
            (
                "[![b](https://img.shields.io/b.svg)](https://x.org) **[T](http://arxiv.org/abs/2503.20246v1)**",
                paper,
                "T",
            ),
            ("**[T](http://arxiv.org/abs/2503.20246v1)** [code](https://github.com/a/b)", paper, "T"),
            ("**[T](http://arxiv.org/abs/2503.20246v1)** ![b](https://img.shields.io/b.svg)", paper, "T"),
            ("[T](https://arxiv.org/abs/2503.20246) on [U](https://arxiv.org/abs/2503.00001)", paper, "T"),
            (
                "[On http://arxiv.org/abs/2401.00001](http://arxiv.org/abs/2503.20246v1)",
                paper,
                "On http://arxiv.org/abs/2401.00001",
            ),
            (r"[T](https://arxiv.org/abs/2503\.20246)", paper, "T"),
            ("[T](https://arxiv.org/abs/2503&#46;20246)", paper, "T"),
            ("[T](https://arxiv.org/abs/2503&period;20246&ZeroWidthSpace;)", paper, "T"),
            (r"[T](https\://arxiv&#x2E;org/abs\/2503.20246&nbsp;)", paper, "T"),
            (r"[T](https://example.org/\&amp;a\b&copy)", "url:https://example.org/&amp;a%5Cb&copy", "T"),
            ("<a href=\"http://arxiv.org/abs/2503&#46;20246v1&#8203;\">T</a>", paper, "T"),
            ("<a href=\"http://arxiv.org/abs/2503.20246v1\">T</a>", paper, "T"),
            ("T <http://arxiv.org/abs/2503.20246v1>", paper, "T"),
            ("T: <https://arxiv.org/abs/2503.20246>", paper, "T"),
            ("T, http://arxiv.org/abs/2503.20246v1", paper, "T"),
            ("T (https://arxiv.org/abs/2503.20246).", paper, "T"),
            ("arXiv:2503.20246", paper, "arXiv:2503.20246"),
            ("[code](https://github.com/a/b) T: <https://arxiv.org/abs/2503.20246>", paper, "T"),
            (
                "<a href='https://github.com/a/b'>code</a> <a href='https://arxiv.org/abs/2503.20246'>T</a>",
                paper,
                "T",
            ),
            ("(Re)read: https://arxiv.org/abs/2503.20246", paper, "(Re)read"),
            ("T: https://arxiv.org/abs/2503.20246, [code](https://github.com/a/b)", paper, "T"),
            ("T <https://github.com/a/b> <HTTPS://arxiv.org/abs/2503.20246>", paper, "T"),
            ("[T](https://example.org/x)", "url:https://example.org/x", "T"),
            ("**[T](https://doi.org/10.1000/A)** [code](https://github.com/a/b)", "doi:10.1000/a", "T"),
            ("[b](https://x.org) [T](https://doi.org/10.1000/a%28b%29)", "doi:10.1000/a(b)", "T"),
            ("[T](https://example.org/a\\|b?c&amp;d)", "url:https://example.org/a%7Cb?c&d", "T"),
            (
                "**[T](https://example.org/x)** [code](https://github.com/a/b)",
                "url:https://example.org/x",
                "T",
            ),
            (
                "**[T](https://example.org/x)** [doi](https://doi.org/10.1000/a)",
                "url:https://example.org/x",
                "T",
            ),
            (
                "**[T](https://doi.org/10.1000/a)** [v1](https://arxiv.org/abs/2503.20246)",
                "doi:10.1000/a",
                "T",
            ),
            ("[T](https://example.org/x) [code](https://github.com/a/b)", "url:https://example.org/x", "T"),
            (
                "[T](https://example.org/x) ![b](https://img.shields.io/b.svg)",
                "url:https://example.org/x",
                "T",
            ),
            (
                "[![b](https://zenodo.org/badge/b.svg)](https://doi.org/10.5281/zenodo.1) [T](https://example.org/x)",
                "url:https://example.org/x",
                "T",
            ),
            (
                "[![b](https://zenodo.org/badge/b.svg)](https://doi.org/10.5281/zenodo.1)",
                "doi:10.5281/zenodo.1",
                "![b](https://zenodo.org/badge/b.svg)",
            ),
        ] {
            let link = parse_title_cell(cell).unwrap_or_else(|why| panic!("{cell}: {why}"));
            assert_eq!((id_of_link(Some(&link)).as_str(), link.text), (known, text), "{cell}");
        }
        for cell in ["T", "On arXiv:2503.20246", "[](", "[T]()", "https://x.org"] {
            assert_eq!(id_of_link(parse_title_cell(cell).ok().as_ref()), "", "{cell}");
        }
    }

    #[test]
    fn a_row_with_a_link_to_its_article_is_the_preprints() {
        for (title, id) in [
            ("**[T](http://arxiv.org/abs/2503.20246v1)**", "arxiv:2503.20246"),
            ("**[T](https://doi.org/10.1101/743294v2)**", "doi:10.1101/743294"),
        ] {
            let cell = format!("{title} [Published](https://doi.org/10.1016/S0140-6736%2820%291)");
            assert_eq!(id_of_link(parse_title_cell(&cell).ok().as_ref()), id);
            let (alone, article) = split_article_link(&cell);
            assert_eq!(
                (alone, article.as_deref()),
                (title, Some("https://doi.org/10.1016/S0140-6736%2820%291"))
            );
        }
        for cell in ["**[T](http://x.org)**", "[Published](http://x.org) [T](http://y.org)", "Published](x"] {
            assert_eq!(split_article_link(cell), (cell, None));
        }
    }

    #[test]
    fn a_cell_is_a_link_alone_if_nothing_else_stands_in_it() {
        for (cell, is_alone) in [
            ("**[T](http://arxiv.org/abs/2503.20246v1)**", true),
            ("[link](https://arxiv.org/abs/2503.20246)", true),
            ("<https://arxiv.org/abs/2503.20246>", true),
            ("https://arxiv.org/abs/2503.20246", true),
            (r"[pdf](https://arxiv.org/pdf/2503\.20246)", true),
            ("see [T](http://arxiv.org/abs/2503.20246v1)", false),
            ("[T](http://arxiv.org/abs/2503.20246v1) and more", false),
            ("[Code Link](https://github.com/a/b)", false),
            ("2503.20246", false),
            ("", false),
        ] {
            assert_eq!(lone_paper_link(cell).is_some(), is_alone, "{cell}");
        }
    }

    #[test]
    fn a_row_is_known_by_another_cell_if_its_title_links_no_paper() {
        let [one, two] = ["[pdf](https://arxiv.org/abs/2503.00001)", "[B](https://arxiv.org/abs/2503.00002)"];
        let rows: [&[&str]; 9] = [
            &["", "A", one],
            &["", two, one],
            &["", "C", "[pdf](https://arxiv.org/abs/2503.00002)"],
            &["[D](https://arxiv.org/abs/2503.00003)", "2025-03-26"],
            &["", "[E](https://x.org)", "https://arxiv.org/abs/2503.00004"],
            &["", "F"],
            &["⭐ **[G](http://arxiv.org/abs/2503.00006v1)** (read)", "2025-03-26"],
            &["**[H](http://arxiv.org/abs/2503.00007v1)** [Published](https://doi.org/10.1/x)", "", "x"],
            &["compare **[I](http://arxiv.org/abs/2503.00008v1)**", "a note", ""],
        ];
        let links = paper_links_of_rows(&rows, 1, 3);
        let known: Vec<_> = links
            .iter()
            .map(|link| (id_of_link(link.as_ref()), link.as_ref().map_or("", |link| link.text)))
            .collect();
        let expected = [
            ("arxiv:2503.00001", "A"),
            ("arxiv:2503.00002", "B"),
            ("", ""),
            ("arxiv:2503.00003", "D"),
            ("arxiv:2503.00004", "E"),
            ("", ""),
            ("arxiv:2503.00006", "G"),
            ("arxiv:2503.00007", "H"),
            ("", ""),
        ];
        assert_eq!(known, expected.map(|(id, text)| (id.to_owned(), text)));
    }
}
