//! The links in a cell of Markdown, and their addresses without its escapes.

use std::borrow::Cow;

use memchr::{memchr_iter, memchr2, memrchr_iter};

/// More links than these are no title's: a badge or two, the paper, its code.
const LINKS_MAX: usize = 8;

/// What ends an address in a text; a pipe in a cell has a backslash before it.
pub(super) const ADDRESS_ENDS: [char; 13] =
    [' ', '\t', '(', ')', ']', '<', '>', '"', '\'', '|', '\\', '`', '*'];

/// One `[text](address)` of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InlineLink<'a> {
    /// The text that is linked.
    pub(super) text: &'a str,
    /// The address that the link leads to.
    pub(super) address: Cow<'a, str>,
    /// Where its closing bracket is.
    pub(super) end: usize,
    /// Whether it is an image, or an image is what is linked.
    pub(super) is_image: bool,
}

/// The last `[text](address)` of a cell, with all before it as its text: a title may have brackets in it.
pub(super) fn last_link(cell: &str) -> Option<InlineLink<'_>> {
    let start = cell.find('[')?;
    let end = memrchr_iter(b']', cell.as_bytes()).find(|end| is_link_text_end(cell, *end))?;
    if end <= start {
        return None;
    }
    let (bytes, address) = parse_link_target(&cell[end + 2..])?;
    Some(inline_link_between(cell, (start, end), address, bytes))
}

/// Every `[text](address)` of a cell.
pub(super) fn inline_links(cell: &str) -> impl Iterator<Item = InlineLink<'_>> {
    let (mut places, mut from) = (0..=LINKS_MAX, 0);
    let links = std::iter::from_fn(move || {
        if places.next()? == LINKS_MAX {
            return last_link(cell);
        }
        let link = find_inline_link(cell, from)?;
        from = link.end;
        Some(link)
    });
    links.fuse()
}

/// The first `[text](address)` of a cell that ends behind a place.
pub(super) fn find_inline_link(cell: &str, from: usize) -> Option<InlineLink<'_>> {
    let mut middles = memchr_iter(b']', &cell.as_bytes()[from..]).map(|step| from + step);
    let end = middles.find(|end| is_link_text_end(cell, *end))?;
    let start = cell[from..end].find('[').map(|step| from + step).or_else(|| cell[..end].find('['))?;
    let (bytes, address) = parse_link_target(&cell[end + 2..])?;
    Some(inline_link_between(cell, (start, end), address, bytes))
}

/// The link whose text is between the brackets at these places, and whose address takes so many bytes.
fn inline_link_between<'a>(
    cell: &'a str,
    (start, end): (usize, usize),
    address: Cow<'a, str>,
    bytes: usize,
) -> InlineLink<'a> {
    let text = &cell[start + 1..end];
    let is_image = cell[..start].ends_with('!') || text.starts_with("![");
    InlineLink { text, address, end: end + "](".len() + bytes, is_image }
}

/// Whether a closing bracket is followed by `(`.
fn is_link_text_end(cell: &str, bracket: usize) -> bool {
    cell.as_bytes().get(bracket + 1) == Some(&b'(')
}

/// The address behind `](`, and how long it is as it is written.
pub(super) fn parse_link_target(rest: &str) -> Option<(usize, Cow<'_, str>)> {
    let address = rest.trim_start();
    let before = rest.len() - address.len();
    let bytes = match address.strip_prefix('<').and_then(|inside| inside.find('>')) {
        Some(end) => end + 2,
        None => memchr2(b')', b' ', address.as_bytes()).unwrap_or(address.len()),
    };
    let bare = address[..bytes].trim_start_matches('<').trim_end_matches('>');
    (!bare.is_empty()).then(|| (before + bytes, unescape_markdown_url(bare)))
}

/// An address as it is without Markdown, in which an entity is a character, and a backslash makes punctuation itself.
pub(super) fn unescape_markdown_url(written: &str) -> Cow<'_, str> {
    if memchr2(b'&', b'\\', written.as_bytes()).is_none() {
        return Cow::Borrowed(written);
    }
    let mut address = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, behind)) = rest.split_once('\\') {
        html_escape::decode_html_entities_to_string(before, &mut address);
        let escaped = behind.chars().next().filter(char::is_ascii_punctuation);
        address.push(escaped.unwrap_or('\\'));
        rest = &behind[escaped.map_or(0, char::len_utf8)..];
    }
    html_escape::decode_html_entities_to_string(rest, &mut address);
    Cow::Owned(address)
}

/// Every address of a cell that begins with a scheme, in their order, and where each begins.
pub(super) fn bare_urls(cell: &str) -> impl Iterator<Item = (usize, String)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let mark = from + cell[from..].find("://")?;
        let scheme = cell[from..mark].bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        let end = cell[mark..].find(ADDRESS_ENDS).map_or(cell.len(), |step| mark + step);
        from = end;
        let address = html_escape::decode_html_entities(&cell[mark - scheme..end]);
        Some((mark - scheme, address.trim_end_matches(['.', ',', ';', ':']).to_owned()))
    })
}
