//! The items of a document while it is read: built a batch at a time, so that no more of the document than two batches is
//! held a second time. Of these feed-rs reads one while the other is built and the second pass reads on.

use std::io::Read;
use std::sync::mpsc::Receiver;
use std::thread::Scope;

use feed_rs::model::Entry;
use reqwest::Url;

use super::feed_rs_first_pass::{FirstPassParser, match_feed_rs_entries_to_items};
use super::first_pass_thread::FirstPassReader;
use super::item::{FeedItem, build_item};
use super::item_keys::ItemKeyInputs;
use super::item_memory_size::item_memory_bytes;
use super::limits::{DOCUMENT_AND_ITEMS_MAX, ENTRIES_MAX};
use super::raw_feed::RawItem;

/// So much of the document is a batch, and what the last item of it has more.
pub(super) const BATCH_BYTES: usize = 128 * 1024;

/// So much memory the items of a batch take before they are built, and what the last of them takes more: a few bytes of the
/// document may make much of it, by addresses that are relative to a long one and by the feed's own authors.
const BATCH_MEMORY_BYTES: usize = 1 << 20;

/// The items that are read of a document.
pub(super) struct ItemBatches<'s, 'd> {
    base: Option<&'d Url>,
    first_pass: FirstPassReader<'s, 'd>,
    batch: Vec<RawItem>,
    batch_memory_bytes: usize,
    /// The batch before, which feed-rs reads or has read.
    ended: Option<EndedBatch>,
    bytes_max: usize,
    read: ReadItems,
}

/// A batch whose items are not built yet.
struct EndedBatch {
    items: Vec<RawItem>,
    /// What feed-rs finds in it.
    found: Receiver<Result<Vec<Entry>, String>>,
}

/// What became of the items of a document.
#[derive(Debug, Default)]
pub(super) struct ReadItems {
    /// Those that are read and not empty.
    pub(super) items: Vec<FeedItem>,
    /// For each of them what its keys are made of.
    pub(super) key_inputs: Vec<ItemKeyInputs>,
    /// How many the document has.
    pub(super) count: usize,
    /// How many are read: the first ones.
    pub(super) read: usize,
    /// How many of these are empty.
    pub(super) empty: usize,
    /// How many feed-rs drops.
    pub(super) dropped: usize,
    /// How many only feed-rs finds.
    pub(super) strays: usize,
    /// How many feed-rs was not asked about or failed over.
    pub(super) read_once: usize,
    /// Why, for the first of them.
    pub(super) read_once_reason: Option<String>,
    /// How much memory they take.
    bytes: usize,
    /// Whether they take as much as they may.
    is_full: bool,
}

impl<'s, 'd> ItemBatches<'s, 'd> {
    /// For a document of so many bytes, which is held as long as it is read.
    pub(super) fn new(document_bytes: usize, base: Option<&'d Url>, first_pass: FirstPassParser) -> Self {
        Self {
            base,
            first_pass: FirstPassReader::on_this_thread(first_pass, base),
            batch: Vec::new(),
            batch_memory_bytes: 0,
            ended: None,
            bytes_max: DOCUMENT_AND_ITEMS_MAX.saturating_sub(document_bytes),
            read: ReadItems::default(),
        }
    }

    /// The same, with feed-rs on a thread of its own if there is more than a batch to read.
    pub(super) fn beside_first_pass(
        scope: &'s Scope<'s, 'd>,
        document_bytes: usize,
        base: Option<&'d Url>,
        first_pass: FirstPassParser,
    ) -> Self {
        let mut batches = Self::new(document_bytes, base, first_pass);
        if document_bytes > BATCH_BYTES {
            batches.first_pass = FirstPassReader::on_own_thread(scope, first_pass, base);
        }
        batches
    }

    /// Takes the next item. Behind the last one that is read they are only counted.
    pub(super) fn add(&mut self, item: RawItem) {
        self.read.count += 1;
        if !self.is_full() {
            self.batch_memory_bytes += item.estimated_item_memory_bytes();
            self.batch.push(item);
        }
    }

    /// Whether the batch is to be built before more comes.
    pub(super) fn is_batch_memory_full(&self) -> bool {
        self.batch_memory_bytes >= BATCH_MEMORY_BYTES
    }

    /// Counts items that are not read.
    pub(super) fn count_items_not_read(&mut self, items: usize) {
        self.read.count += items;
    }

    /// Whether no more items are read.
    pub(super) fn is_full(&self) -> bool {
        let ended = self.ended.as_ref().map_or(0, |ended| ended.items.len());
        self.read.is_full || self.read.read + ended + self.batch.len() == ENTRIES_MAX
    }

    /// Makes a batch of the items since the last one. `document` has them and nothing else, and is of so many bytes.
    pub(super) fn finish_item_batch(&mut self, document: impl Read + Send + 's, bytes: usize) {
        let items = std::mem::take(&mut self.batch);
        self.batch_memory_bytes = 0;
        if items.is_empty() {
            return;
        }
        let ended = EndedBatch { items, found: self.first_pass.read(Box::new(document), bytes) };
        let finished = if self.first_pass.has_own_thread() { self.ended.replace(ended) } else { Some(ended) };
        if let Some(finished) = finished {
            self.build_items(finished);
        }
    }

    fn build_items(&mut self, ended: EndedBatch) {
        if self.read.is_full {
            return;
        }
        let batch = ended.items;
        let found = ended.found.recv().unwrap_or_else(|_| Err("feed-rs ended before it".to_owned()));
        let entries = match found {
            Ok(entries) => {
                self.read.dropped += batch.len().saturating_sub(entries.len());
                entries
            }
            Err(why) => {
                self.read.read_once += batch.len();
                self.read.read_once_reason.get_or_insert(why);
                Vec::new()
            }
        };
        let (aligned, strays) = match_feed_rs_entries_to_items(&batch, entries);
        self.read.strays += strays.len();
        drop(strays);
        for (item, entry) in batch.into_iter().zip(aligned) {
            if self.read.is_full {
                return;
            }
            self.read.read += 1;
            if item.leaves.is_empty() && item.about.is_none() {
                self.read.empty += 1;
                continue;
            }
            let (item, key_inputs) = build_item(&item, entry.as_ref(), self.base);
            self.read.bytes += item_memory_bytes(&item, &key_inputs);
            self.read.is_full = self.read.bytes > self.bytes_max;
            self.read.items.push(item);
            self.read.key_inputs.push(key_inputs);
        }
    }

    pub(super) fn into_read_items(mut self) -> ReadItems {
        if let Some(ended) = self.ended.take() {
            self.build_items(ended);
        }
        self.read
    }
}
