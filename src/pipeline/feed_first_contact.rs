//! First contact of a topic with a feed: when it is over, and what of a later answer still belongs to it.

use std::collections::HashSet;

use anyhow::Result;
use jiff::Timestamp;

use super::update_feed_history::item_keys_and_date;
use crate::domain::{
    AnswerExtent, FeedHistory, Paper, PaperId, Topic, TopicBackfillPhase, is_estimated, is_gap_permanent,
};
use crate::source::feed::{FeedItem, ParsedFeed};
use crate::store::{KnownPaper, SourceProgress, Store, WatermarkUpdate};

/// How much of its feed an answer shows.
pub(super) fn feed_answer_completeness(parsed: &ParsedFeed) -> AnswerExtent {
    let unreadable = parsed.items.iter().filter(|item| item.ids.is_empty()).count();
    if parsed.gaps.is_empty() {
        AnswerExtent::Whole
    } else if parsed.items.len() <= unreadable * 2 {
        AnswerExtent::Unreadable
    } else if parsed.is_cut {
        AnswerExtent::Beginning
    } else {
        AnswerExtent::Flawed
    }
}

/// Takes off those items that are behind the last one that the feed has shown before, if a topic's first contact was with no
/// more than the beginning of it.
pub(super) fn split_off_older_items(
    store: &Store,
    source: &str,
    topics: &[&Topic],
    items: &mut Vec<FeedItem>,
    history: Option<&FeedHistory>,
) -> Result<Vec<FeedItem>> {
    let mut has_seen_only_feed_start = false;
    for topic in topics {
        let progress = store.ensure_topic_source(&store.ensure_topic(&topic.name)?, source)?;
        has_seen_only_feed_start |= progress.has_seen_only_feed_start();
    }
    if !has_seen_only_feed_start {
        return Ok(Vec::new());
    }
    let known: HashSet<u64> = history.into_iter().flat_map(|history| &history.item_keys).copied().collect();
    // By the key that says the most: items that are called alike share a title.
    let is_known =
        |item: &FeedItem| item_keys_and_date(item).keys.first().is_some_and(|key| known.contains(key));
    Ok(items.split_off(items.iter().rposition(is_known).map_or(0, |last| last + 1)))
}

/// How far a topic has come with its feed by an answer; none if that is no farther than before. A gap that is there to stay
/// ends first contact, and from then on only a whole answer counts.
pub(super) fn watermark_after_feed_answer(
    store: &Store,
    progress: &SourceProgress,
    extent: AnswerExtent,
    now: Timestamp,
) -> Result<Option<WatermarkUpdate>> {
    let counts = match (extent, progress.contact) {
        (AnswerExtent::Whole, _) => true,
        (AnswerExtent::Flawed | AnswerExtent::Beginning, TopicBackfillPhase::Backfill) => {
            is_gap_permanent(&store.kept_polls(progress)?, now)
        }
        (AnswerExtent::Flawed | AnswerExtent::Beginning, TopicBackfillPhase::Established)
        | (AnswerExtent::Unreadable, _) => false,
    };
    let is_full_sweep = extent != AnswerExtent::Beginning;
    Ok(counts.then_some(WatermarkUpdate { watermark: now, source_time: None, is_full_sweep }))
}

/// Whether a paper is no news though first contact is over: if that was with the beginning of a feed, what comes into view
/// from behind it was there before, unless its date says otherwise.
pub(super) fn first_contact_phase_of_paper(
    paper: &Paper,
    known: &KnownPaper,
    progress: &SourceProgress,
    came_into_view: &HashSet<PaperId>,
) -> TopicBackfillPhase {
    let is_later = !is_estimated(paper.updated) && Some(paper.updated) > progress.watermark;
    let was_there = progress.has_seen_only_feed_start()
        && known.sighting.is_none()
        && came_into_view.contains(&paper.id)
        && !is_later;
    if was_there { TopicBackfillPhase::Backfill } else { progress.contact }
}
