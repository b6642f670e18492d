//! Any feed: RSS of every version, Atom and JSON Feed, from bytes to items that are known again.
//!
//! Feeds are written by programs that nobody looks after, and read here in two passes. feed-rs reads them as their formats
//! say, a batch of items at a time, on a thread of its own if there is more than one. It panics on plausible input, and drops
//! what it does not know, without a word: identifiers, whole titles, whole feeds.
//! So the second pass reads the same text for what identifies an item and for how many there are, and what it finds counts.
//! What neither can read is a gap, in words.
//!
//! [`FeedClient`] asks for a feed. All else here asks nobody, keeps nothing and does not know the time: the same bytes always
//! give the same items.

mod address;
mod authors;
mod autodiscovery;
mod body_start;
mod charset_decoding;
mod client;
mod date;
mod description;
mod document_root;
mod element_text;
mod error;
mod feed_field;
mod feed_rs_first_pass;
mod first_pass_thread;
mod html_tag;
mod html_text;
mod item;
mod item_batch_parsing;
mod item_keys;
mod item_kind;
mod item_memory_size;
mod journal_issue;
mod json_feed_parser;
mod limits;
mod namespace;
mod opml;
mod paper;
mod raw_feed;
mod secret_address_redaction;
mod tag_lengths;
mod xml_feed_parser;

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

pub use address::{FeedAddress, FeedAddressError};
pub use autodiscovery::DiscoveredFeedLink;
pub use client::{
    FeedBody, FeedClient, FeedContent, FeedRedirection, FeedRequest, FeedResponse, FetchedFeedOrPage,
    LargeFeedPermit,
};
pub use error::FeedError;
pub use item::{AnnounceType, FeedCategory, FeedItem};
pub use item_keys::ItemKey;
pub use item_kind::ItemKind;
pub use journal_issue::JournalIssue;
pub use limits::{BODY_BYTES_MAX, ENTRIES_MAX};
pub use opml::{OpmlError, OpmlFeed, read_opml, write_opml};
pub use paper::{FeedItemOmissionReason, FeedPaper, FeedPapers, ItemOmission, papers_from_items};
pub use raw_feed::FeedSyntax;
pub use secret_address_redaction::strip_quotation_from_fetch_error;

pub use crate::network::private_network_guard::AddressPolicy;
use crate::source::xml_repair::escape_bare_xml_markup;

use charset_decoding::DecodedText;
use date::parse_date;
use document_root::XmlOrJsonDocument;
use feed_field::FeedField;
use feed_rs_first_pass::{FirstPassParser, read_with_feed_rs};
use item_batch_parsing::{ItemBatches, ReadItems};
use item_keys::assign_item_keys;
use raw_feed::{RawElement, RawElementAttribute, RawFeedHeader, RawItem};

/// What a feed says, and how it had to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedFeed {
    /// One line; empty if it has none.
    pub title: String,
    /// Its shape.
    pub format: FeedSyntax,
    /// The page for people that it belongs to.
    pub home_page: Option<String>,
    /// `en-us`
    pub language: Option<String>,
    /// How long an answer may be kept, by its own word.
    pub ttl: Option<Duration>,
    /// How often it changes, by its own word.
    pub update_interval: Option<Duration>,
    /// When it was changed.
    pub updated: Option<Timestamp>,
    /// In the feed's order.
    pub items: Vec<FeedItem>,
    /// What was mended or is odd, in words for the operator.
    pub notes: Vec<String>,
    /// Why the items may not be all that the feed has, in words for the operator.
    pub gaps: Vec<String>,
    /// Whether it has more items than are read: they are its first ones.
    pub is_cut: bool,
}

/// Reads a feed, whole or not at all. `charset` is what HTTP says of its encoding, `base` its address, against which relative
/// links are resolved. A body that is given away is not held a second time.
pub fn parse_feed<'b>(
    body: impl Into<Cow<'b, [u8]>>,
    charset: Option<&str>,
    base: Option<&Url>,
) -> Result<ParsedFeed, FeedError> {
    parse_in_two_passes(body.into(), charset, base, read_with_feed_rs)
}

fn parse_in_two_passes(
    body: Cow<'_, [u8]>,
    charset: Option<&str>,
    base: Option<&Url>,
    first_pass: FirstPassParser,
) -> Result<ParsedFeed, FeedError> {
    if body.len() > BODY_BYTES_MAX {
        return Err(FeedError::TooLong(body.len()));
    }
    let DecodedText { text, mut notes } = charset_decoding::decode_body(body, charset)?;
    let (mut raw, items) = read_document(text, base, first_pass, &mut notes)?;
    if items.count == 0 && raw.header.leaves.is_empty() {
        return Err(FeedError::Broken("it has neither a title nor items".to_owned()));
    }
    notes.append(&mut raw.notes);
    Ok(combine_feed_parsing_passes(&raw, items, base, notes))
}

/// Reads a document, and gives its memory back before more is made of its items.
fn read_document(
    text: Cow<'_, str>,
    base: Option<&Url>,
    first_pass: FirstPassParser,
    notes: &mut Vec<String>,
) -> Result<(RawFeedHeader, ReadItems), FeedError> {
    match document_root::find_feed_root(&text, notes)? {
        XmlOrJsonDocument::Json(text) => {
            let mut items = ItemBatches::new(text.len(), base, first_pass);
            Ok((json_feed_parser::read_json_feed(text, &mut items)?, items.into_read_items()))
        }
        XmlOrJsonDocument::Xml(root) => match read_xml_items(root, base, first_pass) {
            Err(error @ (FeedError::Broken(_) | FeedError::CutOff(_))) => {
                let start = text.len() - root.len();
                read_repaired_xml(text, start, base, first_pass, error, notes)
            }
            read => read,
        },
    }
}

fn read_xml_items(
    root: &str,
    base: Option<&Url>,
    first_pass: FirstPassParser,
) -> Result<(RawFeedHeader, ReadItems), FeedError> {
    std::thread::scope(|scope| {
        let mut items = ItemBatches::beside_first_pass(scope, root.len(), base, first_pass);
        let raw = xml_feed_parser::read_xml_feed(root, base, &mut items)?;
        Ok((raw, items.into_read_items()))
    })
}

/// Reads broken XML, whose root begins there, with its bare `&` and `<` escaped.
fn read_repaired_xml(
    text: Cow<'_, str>,
    start: usize,
    base: Option<&Url>,
    first_pass: FirstPassParser,
    error: FeedError,
    notes: &mut Vec<String>,
) -> Result<(RawFeedHeader, ReadItems), FeedError> {
    let mut root = text.into_owned();
    root.drain(..start);
    let Some(repaired) = escape_bare_xml_markup(root) else { return Err(error) };
    // What is wrong with the document as it came says more than what is wrong with the repaired one.
    let read = read_xml_items(&repaired.text, base, first_pass).map_err(|_| error)?;
    for (count, what) in [(repaired.ampersands, "&"), (repaired.angles, "<")] {
        if count > 0 {
            notes.push(format!("{count} bare `{what}` read as text"));
        }
    }
    Ok(read)
}

/// What both passes found, as one feed.
fn combine_feed_parsing_passes(
    raw: &RawFeedHeader,
    read: ReadItems,
    base: Option<&Url>,
    mut notes: Vec<String>,
) -> ParsedFeed {
    let mut gaps = raw.gaps.clone();
    let is_cut = read.count > read.read;
    if is_cut {
        gaps.push(format!("it has {} items, and only the first {} are read", read.count, read.read));
    }
    note_items_lost_by_feed_rs(&read, &mut notes);
    if read.strays > 0 {
        gaps.push(format!("feed-rs shows {} items that the second pass does not find", read.strays));
    }
    if read.empty > 0 {
        notes.push(format!("{} items are empty, and left out", read.empty));
    }
    let home_page = feed_home_page_url(&raw.header, base);
    let mut items = read.items;
    let keys = assign_item_keys(read.key_inputs, home_page.as_deref(), &mut notes);
    for (item, keys) in items.iter_mut().zip(keys) {
        item.ids = keys;
    }
    let nameless = items.iter().filter(|item| item.ids.is_empty()).count();
    if nameless > 0 {
        gaps.push(format!("{nameless} items have nothing by which they could be known again"));
    }
    let header = &raw.header;
    ParsedFeed {
        title: header.first_field_text_as_line(FeedField::Title).unwrap_or_default(),
        format: raw.format,
        home_page,
        language: header.first_field_text_as_line(FeedField::Language),
        ttl: ttl_minutes(header),
        update_interval: update_interval(header),
        updated: [FeedField::Updated, FeedField::Published]
            .into_iter()
            .find_map(|field| header.texts_of_feed_field(field).find_map(parse_date)),
        items,
        notes,
        gaps,
        is_cut,
    }
}

/// What feed-rs drops or fails over counts: it is named, and read by the second pass alone.
fn note_items_lost_by_feed_rs(read: &ReadItems, notes: &mut Vec<String>) {
    if let Some(why) = &read.read_once_reason {
        let (items, all) = (read.read_once, read.read);
        notes.push(format!("{why}; the second pass alone is read for {items} of {all} items"));
    }
    if read.dropped > 0 {
        notes.push(format!("feed-rs drops {} of {} items", read.dropped, read.read));
    }
}

fn feed_home_page_url(header: &RawItem, base: Option<&Url>) -> Option<String> {
    let is_home =
        |leaf: &&RawElement| leaf.attribute(RawElementAttribute::Rel).is_none_or(|rel| rel == "alternate");
    let address = header
        .elements_of_field(FeedField::Link)
        .filter(is_home)
        .map(|leaf| leaf.text.trim())
        .find(|text| !text.is_empty())?;
    match base {
        Some(base) => base.join(address).ok().map(String::from),
        None => Url::parse(address).ok().map(String::from),
    }
}

/// RSS's `ttl`, which is in minutes.
fn ttl_minutes(header: &RawItem) -> Option<Duration> {
    let minutes: u32 = header.first_text(FeedField::Ttl)?.parse().ok()?;
    (minutes > 0).then(|| Duration::from_secs(u64::from(minutes) * 60))
}

/// `updatePeriod` and `updateFrequency`: how often in an hour, a day, …
fn update_interval(header: &RawItem) -> Option<Duration> {
    let hours: u64 = match header.first_text(FeedField::UpdatePeriod)?.to_ascii_lowercase().as_str() {
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 24 * 7,
        "monthly" => 24 * 30,
        "yearly" => 24 * 365,
        _ => return None,
    };
    let often: u64 =
        header.first_text(FeedField::UpdateFrequency).and_then(|text| text.parse().ok()).unwrap_or(1);
    (often > 0).then(|| Duration::from_secs(hours * 3600 / often)).filter(|interval| !interval.is_zero())
}

#[cfg(test)]
mod tests;
