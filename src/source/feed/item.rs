//! One item of a feed, from what both passes found of it.

use feed_rs::model::Entry;
use jiff::Timestamp;
use jiff::tz::Offset;
use reqwest::Url;

use super::authors::read_authors;
use super::date::parse_date;
use super::description::ItemDescription;
use super::feed_field::FeedField;
use super::html_text::{html_to_text, one_line};
use super::item_keys::{ItemKey, ItemKeyInputs, link_key, title_key};
use super::item_kind::{ItemKind, ItemKindEvidence};
use super::journal_issue::JournalIssue;
use super::namespace::FeedVocabulary;
use super::raw_feed::{RawElement, RawElementAttribute, RawItem};
use crate::domain::{Abstract, ArxivId, Author, Doi, Link, Version};

/// The longest title of a paper has some 400 characters.
const TITLE_CHARS_MAX: usize = 1_000;

/// A title that is made of a text, for an item without one.
const MADE_TITLE_CHARS: usize = 100;

/// More than any item has.
const LINKS_MAX: usize = 100;

/// One item of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedItem {
    /// Every key by which it is known again, in order of trust.
    pub ids: Vec<ItemKey>,
    /// One line of text. The beginning of the abstract, if it has no title.
    pub title: String,
    /// The richest of its texts, in paragraphs; empty if there is none but its publisher's line about the issue.
    pub abstract_: Abstract,
    /// In the feed's order.
    pub authors: Vec<Author>,
    /// In the feed's order.
    pub categories: Vec<FeedCategory>,
    /// Absolute addresses, that of the item itself first.
    pub links: Vec<Link>,
    /// When it appeared.
    pub published: Option<Timestamp>,
    /// When it was changed.
    pub updated: Option<Timestamp>,
    /// Where it appeared.
    pub journal: Option<JournalIssue>,
    /// Its DOI; of a preprint with an article, the article's.
    pub doi: Option<Doi>,
    /// arXiv's identifier, and the version if the feed says which.
    pub arxiv: Option<(ArxivId, Option<Version>)>,
    /// Why arXiv announces it.
    pub announce_type: Option<AnnounceType>,
    /// What it is.
    pub kind: ItemKind,
}

/// A category, and whose list it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedCategory {
    /// `cs.CV`
    pub term: String,
    /// `http://arxiv.org/schemas/atom`
    pub scheme: Option<String>,
}

/// Why arXiv's feeds have a paper: <https://info.arxiv.org/help/rss_specifications.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnounceType {
    /// A first version, in its primary category.
    New,
    /// A first version, in another category of its.
    Cross,
    /// A later version.
    Replace,
    /// A later version, in another category of its.
    ReplaceCross,
}

impl AnnounceType {
    fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "new" => Some(Self::New),
            "cross" => Some(Self::Cross),
            "replace" => Some(Self::Replace),
            "replace-cross" => Some(Self::ReplaceCross),
            _ => None,
        }
    }
}

/// An item without its keys, for which all items of the feed must be known.
pub(super) fn build_item(
    raw: &RawItem,
    entry: Option<&Entry>,
    base: Option<&Url>,
) -> (FeedItem, ItemKeyInputs) {
    let guid = raw.first_text(FeedField::Guid);
    let (links, link_key) = item_links(raw, guid, base);
    let own_links: Vec<&str> =
        links.iter().filter(|link| is_link_to_item_page(link)).map(|link| link.href.as_str()).collect();
    let (title, old_suffix) = item_title(raw);
    let description = item_description(raw, entry);
    let arxiv = arxiv_id(raw, guid, &own_links, old_suffix.as_ref());
    let doi = doi_of_raw_item(raw, guid, &own_links);
    let journal = JournalIssue::from_item(raw).or(description.journal);
    let published = first_date_in_field(raw, FeedField::Published)
        .or_else(|| first_date_in_field(raw, FeedField::PublicationDate))
        .or(description.published);
    let authors = item_authors(raw, entry, description.authors.as_deref(), journal.as_ref());
    let title = if title.is_empty() { title_from_text(&description.text) } else { title };
    let labels: Vec<String> = raw
        .texts_of_feed_field(FeedField::WorkType)
        .chain(raw.texts_of_feed_field(FeedField::Section))
        .map(one_line)
        .collect();
    let mut addresses = own_links;
    addresses.extend(doi.as_ref().map(Doi::as_str));
    addresses.extend(guid);
    let kind = ItemKind::from_evidence(ItemKindEvidence {
        title: &title,
        labels: &labels,
        addresses: &addresses,
        has_identifier: doi.is_some() || arxiv.is_some(),
        // ScienceDirect's feeds have neither identifiers nor abstracts.
        is_described: !authors.is_empty() && (!description.text.is_empty() || journal.is_some()),
    });
    let announce_type = raw
        .first_text(FeedField::AnnounceType)
        .and_then(AnnounceType::parse)
        .or(old_suffix.and_then(|(_, announce_type)| announce_type));
    let keys = ItemKeyInputs {
        arxiv: arxiv.as_ref().map(|(id, _)| id.clone()),
        doi: doi.clone(),
        guid: guid.or(raw.about.as_deref()).map(ItemKeyInputs::guid_key),
        link: link_key,
        title: title_key(&title),
        day: published.map(|published| Offset::UTC.to_datetime(published).date()),
    };
    let item = FeedItem {
        ids: Vec::new(),
        title,
        abstract_: Abstract(description.text),
        authors,
        categories: item_categories(raw, entry),
        links,
        published,
        updated: first_date_in_field(raw, FeedField::Updated),
        journal,
        doi,
        arxiv,
        announce_type,
        kind,
    };
    (item, keys)
}

fn first_date_in_field(raw: &RawItem, field: FeedField) -> Option<Timestamp> {
    raw.texts_of_feed_field(field).find_map(parse_date)
}

type OldArxivTitleSuffix = (String, Option<AnnounceType>);

/// The title, and what arXiv's feeds of before 2024 put behind it: `A title. (arXiv:2107.03388v1 [hep-ex] UPDATED)`.
fn item_title(raw: &RawItem) -> (String, Option<OldArxivTitleSuffix>) {
    let title = raw.first_field_text_as_line(FeedField::Title).unwrap_or_default();
    // It has at least as many bytes as characters, and those need not be counted.
    let is_long = title.len() > TITLE_CHARS_MAX;
    let title = match is_long.then(|| title.char_indices().nth(TITLE_CHARS_MAX)).flatten() {
        Some((end, _)) => title[..end].to_owned(),
        None => title,
    };
    let suffixed = if title.ends_with(')') { title.rsplit_once(" (arXiv:") } else { None };
    let Some((start, behind)) = suffixed else { return (title, None) };
    let announce_type = match behind {
        _ if behind.ends_with("UPDATED)") => Some(AnnounceType::Replace),
        _ if behind.ends_with("CROSS LISTED)") => Some(AnnounceType::Cross),
        _ => None,
    };
    let id = behind.split([' ', ')']).next().unwrap_or_default();
    (start.trim_end_matches('.').to_owned(), Some((format!("arXiv:{id}"), announce_type)))
}

fn title_from_text(text: &str) -> String {
    let line = text.split('\n').next().unwrap_or_default();
    let Some((end, _)) = line.char_indices().nth(MADE_TITLE_CHARS) else { return line.to_owned() };
    let start = &line[..end];
    format!("{}…", &start[..start.rfind(' ').unwrap_or(end)])
}

fn item_description(raw: &RawItem, entry: Option<&Entry>) -> ItemDescription {
    let leaves = raw.elements_of_field(FeedField::Content).chain(raw.elements_of_field(FeedField::Summary));
    let mut texts: Vec<String> = leaves.map(RawElement::paragraphs).filter(|text| !text.is_empty()).collect();
    if let (true, Some(entry)) = (texts.is_empty(), entry) {
        let content = entry.content.iter().filter_map(|content| content.body.as_deref());
        let summary = entry.summary.iter().map(|summary| summary.content.as_str());
        texts.extend(content.chain(summary).map(html_to_text));
    }
    if texts.is_empty() {
        texts.extend(raw.elements_of_field(FeedField::MediaDescription).map(RawElement::paragraphs));
    }
    ItemDescription::from_texts(texts.into_iter())
}

/// Whether a link leads to the item itself.
fn is_link_to_item_page(link: &Link) -> bool {
    link.rel.as_deref().is_none_or(|rel| rel == "alternate")
}

/// Addresses of pages and files: those of the item itself first, and its guid if it has no other; and the key of the first
/// one that is the item's own.
fn item_links(raw: &RawItem, guid: Option<&str>, base: Option<&Url>) -> (Vec<Link>, Option<String>) {
    let count = raw.elements_of_field(FeedField::Link).take(LINKS_MAX).count();
    let mut links: Vec<Link> = Vec::with_capacity(count.max(1));
    let mut own_url = None;
    for leaf in raw.elements_of_field(FeedField::Link).take(LINKS_MAX) {
        let Some((href, url)) = absolute_url(leaf.text.trim(), base) else { continue };
        let text = |name| leaf.attribute(name).map(str::to_owned);
        let link = Link {
            href,
            rel: text(RawElementAttribute::Rel),
            media_type: text(RawElementAttribute::MediaType),
            title: text(RawElementAttribute::Title),
        };
        if is_link_to_item_page(&link) {
            own_url.get_or_insert(url);
        }
        if !links.contains(&link) {
            links.push(link);
        }
    }
    links.sort_by_key(|link| !is_link_to_item_page(link));
    if own_url.is_none() {
        let is_address = raw
            .elements_of_field(FeedField::Guid)
            .next()
            .is_none_or(|leaf| leaf.attribute(RawElementAttribute::IsPermaLink) != Some("false"));
        let guid = guid.filter(|guid| is_address && guid.contains("://"));
        if let Some((href, url)) =
            raw.about.as_deref().or(guid).and_then(|address| absolute_url(address, None))
        {
            links.insert(0, Link { href, rel: None, media_type: None, title: None });
            own_url = Some(url);
        }
    }
    (links, own_url.as_ref().and_then(link_key))
}

/// An address that a browser may be led to, as it is written if it is whole, and as it is read.
fn absolute_url(address: &str, base: Option<&Url>) -> Option<(String, Url)> {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    match Url::parse(address) {
        Ok(url) if is_web(&url) => Some((address.to_owned(), url)),
        Ok(_) => None,
        Err(_) if address.is_empty() => None,
        Err(_) => base?.join(address).ok().filter(is_web).map(|url| (url.as_str().to_owned(), url)),
    }
}

/// arXiv's identifier, if the item itself is arXiv's: by its guid, its own address or what identifies it. The version may be
/// in another of these than the first that names it.
fn arxiv_id(
    raw: &RawItem,
    guid: Option<&str>,
    own_links: &[&str],
    old_suffix: Option<&OldArxivTitleSuffix>,
) -> Option<(ArxivId, Option<Version>)> {
    let identifiers =
        raw.texts_of_feed_field(FeedField::Identifier).chain(raw.texts_of_feed_field(FeedField::Doi));
    let named = guid
        .into_iter()
        .chain(old_suffix.map(|(id, _)| id.as_str()))
        .chain(own_links.iter().copied())
        .chain(raw.about.as_deref())
        .chain(identifiers);
    let mut found: Option<(ArxivId, Option<Version>)> = None;
    for text in named.filter(|text| names_arxiv(text)) {
        let Ok((id, version)) = ArxivId::parse_with_version(text) else { continue };
        match &mut found {
            None => found = Some((id, version)),
            Some((known, missing @ None)) if *known == id => *missing = version,
            Some(_) => {}
        }
        if matches!(found, Some((_, Some(_)))) {
            break;
        }
    }
    found
}

/// Digits alone may be a number of any blog's: an identifier of arXiv's says that it is, or is in an address.
fn names_arxiv(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_named_from =
        |at| bytes.get(at..at + 5).is_some_and(|name: &[u8]| name.eq_ignore_ascii_case(b"arxiv"));
    text.starts_with("http")
        || memchr::memchr2_iter(b'x', b'X', bytes).any(|x| x.checked_sub(2).is_some_and(is_named_from))
}

fn doi_of_raw_item(raw: &RawItem, guid: Option<&str>, own_links: &[&str]) -> Option<Doi> {
    let is_arxivs =
        |doi: &Doi| names_arxiv(doi.as_str()) && ArxivId::parse_with_version(doi.as_str()).is_ok();
    let named = raw
        .texts_of_feed_field(FeedField::Doi)
        .chain(raw.texts_of_feed_field(FeedField::Identifier))
        .chain(guid);
    // arXiv's record may name several, parted by blanks.
    let named = named.flat_map(str::split_whitespace).filter(|text| text.contains("10."));
    let read = |text: &str| Doi::parse(text).or_else(|| Doi::find_doi_in_link(text));
    let addresses = own_links.iter().copied().chain(raw.about.as_deref());
    named.filter_map(read).chain(addresses.filter_map(Doi::find_doi_in_link)).find(|doi| !is_arxivs(doi))
}

/// The elements that name authors: the feed's own, or Dublin Core's if there are none.
fn item_authors(
    raw: &RawItem,
    entry: Option<&Entry>,
    described: Option<&str>,
    journal: Option<&JournalIssue>,
) -> Vec<Author> {
    let of = |is_dublin_core: bool| {
        raw.elements_of_field(FeedField::Creator)
            .filter(move |leaf| (leaf.vocabulary == FeedVocabulary::DublinCore) == is_dublin_core)
            .map(|leaf| leaf.text.as_str())
    };
    let mut authors = read_authors(of(true));
    if authors.is_empty() {
        authors = read_authors(of(false));
    }
    // Some name the journal as the author.
    authors.retain(|author| journal.is_none_or(|journal| journal.name != author.name));
    if authors.is_empty() {
        authors = read_authors(described.into_iter());
    }
    if let (true, Some(entry)) = (authors.is_empty(), entry) {
        authors = read_authors(entry.authors.iter().filter_map(|person| person.name.as_deref()));
        authors.retain(|author| journal.is_none_or(|journal| journal.name != author.name));
    }
    authors
}

fn item_categories(raw: &RawItem, entry: Option<&Entry>) -> Vec<FeedCategory> {
    let count = raw.elements_of_field(FeedField::Category).take(LINKS_MAX).count();
    let mut categories: Vec<FeedCategory> = Vec::with_capacity(count);
    let mut add = |term: String, scheme: Option<String>| {
        let category = FeedCategory { term, scheme };
        if !category.term.is_empty() && !categories.contains(&category) && categories.len() < LINKS_MAX {
            categories.push(category);
        }
    };
    for leaf in raw.elements_of_field(FeedField::Category) {
        add(leaf.one_line(), leaf.attribute(RawElementAttribute::Scheme).map(str::to_owned));
    }
    if let (true, Some(entry)) = (raw.elements_of_field(FeedField::Category).next().is_none(), entry) {
        for category in &entry.categories {
            add(one_line(&category.term), category.scheme.clone());
        }
    }
    categories
}
