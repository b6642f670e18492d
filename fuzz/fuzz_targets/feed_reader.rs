//! Any bytes as a feed: read or refused, within the limits, and no item of it lost.
#![no_main]

use std::alloc::System;

use cap::Cap;
use jiff::Timestamp;
use libfuzzer_sys::{Corpus, fuzz_target};
use paperwire::domain::FeedItemKindsToKeep;
use paperwire::source::feed::{ENTRIES_MAX, papers_from_items, parse_feed};

/// What one feed may take while it is read, several times over: an input here is at most some kilobytes long.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, 512 << 20);

/// What HTTP may say of the encoding, by the first byte of the input.
const CHARSETS: [Option<&str>; 6] =
    [None, Some("utf-8"), Some("iso-8859-1"), Some("utf-16le"), Some("gb18030"), Some("no such charset")];

fuzz_target!(|input: &[u8]| -> Corpus {
    let [first, body @ ..] = input else { return Corpus::Reject };
    let charset = CHARSETS[usize::from(*first) % CHARSETS.len()];
    let Ok(feed) = parse_feed(body, charset, None) else { return Corpus::Keep };
    assert!(feed.items.len() <= ENTRIES_MAX);
    let again = parse_feed(body, charset, None);
    assert_eq!(again.as_ref(), Ok(&feed), "the same bytes give the same items");
    for policy in [FeedItemKindsToKeep::Papers, FeedItemKindsToKeep::All] {
        let found = papers_from_items(feed.items.clone(), policy, Timestamp::UNIX_EPOCH);
        assert_eq!(found.papers.len() + found.omissions.len(), feed.items.len());
        for paper in found.papers {
            assert!(!paper.paper.title.trim().is_empty() && !paper.paper.title.contains('\n'));
            assert!(!paper.keys.is_empty());
        }
    }
    Corpus::Keep
});
