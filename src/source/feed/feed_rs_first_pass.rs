//! The first pass: feed-rs, behind a wall. It panics on plausible input and drops what it does not know, so nothing that
//! identifies an item comes from it, and its panic costs no more than what it would have added.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::Entry;
use feed_rs::parser::Builder;
use reqwest::Url;

use super::document_root::feed_text_excerpt;
use super::feed_field::FeedField;
use super::raw_feed::RawItem;

/// What finds the entries of a document, or says why it finds none.
pub(super) type FirstPassParser = for<'d> fn(Box<dyn Read + 'd>, Option<&Url>) -> Result<Vec<Entry>, String>;

/// What feed-rs makes of a document, or why it makes nothing of it.
pub(super) fn read_with_feed_rs<'d>(
    document: Box<dyn Read + 'd>,
    base: Option<&Url>,
) -> Result<Vec<Entry>, String> {
    let parser = Builder::new()
        .base_uri(base.map(Url::as_str))
        // A made-up identifier would look like a real one, and changes when a title is corrected.
        .id_generator(|_, _, _| String::new())
        // Dates are read once, by the second pass, from their text.
        .timestamp_parser(|_| None)
        .build();
    // The parser is dropped here, whatever state a panic leaves it in.
    match catch_unwind(AssertUnwindSafe(|| parser.parse(document))) {
        Ok(Ok(feed)) => Ok(feed.entries),
        Ok(Err(error)) => Err(format!("feed-rs refuses it ({})", feed_text_excerpt(&error.to_string()))),
        Err(_) => Err("feed-rs panicked over it".to_owned()),
    }
}

/// For each raw item the entry that feed-rs made of it, by identifier, link or title, and the entries that are of none.
pub(super) fn match_feed_rs_entries_to_items(
    items: &[RawItem],
    entries: Vec<Entry>,
) -> (Vec<Option<Entry>>, Vec<Entry>) {
    let mut entries = entries.into_iter().peekable();
    let mut aligned = Vec::with_capacity(items.len());
    for item in items {
        aligned.push(entries.next_if(|entry| feed_rs_entry_matches_item(entry, item)));
    }
    let mut left: Vec<Entry> = entries.collect();
    if !left.is_empty() {
        for (item, place) in items.iter().zip(&mut aligned).filter(|(_, place)| place.is_none()) {
            let found =
                left.iter().take(SEARCHED_MAX).position(|entry| feed_rs_entry_matches_item(entry, item));
            *place = found.map(|at| left.remove(at));
        }
    }
    (aligned, left)
}

/// Among how many entries that are out of order an item's is looked for.
const SEARCHED_MAX: usize = 200;

fn feed_rs_entry_matches_item(entry: &Entry, item: &RawItem) -> bool {
    let id = entry.id.trim();
    if !id.is_empty() {
        return item.texts_of_feed_field(FeedField::Guid).any(|guid| guid == id);
    }
    if let Some(link) = entry.links.first() {
        let href = link.href.trim();
        return item.texts_of_feed_field(FeedField::Link).any(|known| known == href || href.ends_with(known));
    }
    match &entry.title {
        Some(title) => item.first_text(FeedField::Title) == Some(title.content.trim()),
        None => false,
    }
}
