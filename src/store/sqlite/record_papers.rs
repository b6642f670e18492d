//! Recording a poll or an import: papers, versions, sightings, news and the topic's watermark, in one
//! transaction.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::connection::Store;
use super::join_duplicate_rows::assign_announced_version_number;
use super::list_tables_revision::{bump_list_tables_revision, read_list_tables_change_counter};
use super::mark_unindexed_papers::mark_unindexed;
use super::paper_row::{paper_by_row_id, version_number_or_zero, write_paper_addenda, write_paper_row};
use super::record_paper_titles::record_paper_title;
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows};
use crate::domain::{
    MetadataOrigin, News, Paper, RecordedPaperChange, ids_named_by_paper, merge_paper,
    reorder_as_source_shows,
};
use crate::store::records::{PaperWithDetectedChange, PollRecord, RecordedPaperCounts, TopicRecord};

impl Store {
    /// Records what a topic was shown.
    pub fn record_papers(&mut self, topic: &TopicRecord, record: &PollRecord) -> Result<RecordedPaperCounts> {
        let change = begin_nested_transaction(&mut self.db)?;
        let next = read_list_tables_change_counter(&change)? + 1;
        let mut filled = RecordedPaperCounts::default();
        let mut moved: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        let mut order: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for shown in &record.papers {
            let position = record_paper(&change, topic, record, shown, next)?;
            if needs_paper_reindex(shown) {
                mark_unindexed(&change, position.paper)?;
            }
            order.entry(position.updated).or_default().push(position.paper);
            if position.has_moved {
                moved.entry(position.updated).or_default().push(position.paper);
            }
            count_news(shown, &mut filled);
            filled.published += u64::from(position.is_published);
        }
        for updated in moved.keys() {
            if let Some(shown) = order.get(updated) {
                apply_source_order_to_ties(&change, topic, *updated, shown)?;
            }
        }
        filled.paper_count = topic.paper_count
            + record.papers.iter().filter(|shown| shown.known.sighting.is_none()).count() as u64;
        if filled.paper_count != topic.paper_count {
            let sql = "UPDATE topics SET known = ?2 WHERE id = ?1";
            execute_cached(&change, sql, params![topic.id, filled.paper_count])?;
        }
        record_progress(&change, topic, record)?;
        let is_reworked = record.papers.iter().any(|shown| shown.finding.change.is_some());
        if is_reworked || !moved.is_empty() {
            bump_list_tables_revision(&change)?;
        }
        change.commit()?;
        Ok(filled)
    }
}

/// A sighting after recording.
struct RecordedSighting {
    paper: i64,
    updated: i64,
    /// Whether its place among the others may have changed.
    has_moved: bool,
    /// Whether its article is news of this topic.
    is_published: bool,
}

fn record_paper(
    db: &Connection,
    topic: &TopicRecord,
    record: &PollRecord,
    shown: &PaperWithDetectedChange,
    revision: u64,
) -> rusqlite::Result<RecordedSighting> {
    let PaperWithDetectedChange { paper, known, finding } = shown;
    let before = known.recorded.as_ref();
    let (row, updated) = match (known.row.zip(before), &finding.change) {
        (Some((row, before)), None) => (row, before.updated),
        (Some((row, before)), Some(RecordedPaperChange::Amend(addenda))) => {
            write_paper_addenda(db, row, addenda, record.origin)?;
            (row, before.updated)
        }
        (Some((row, before)), Some(RecordedPaperChange::FillGaps)) => {
            let completed = merge_paper(paper.clone(), paper_by_row_id(db, row)?, MetadataOrigin::List);
            (write_paper_row(db, &completed, before.updated, MetadataOrigin::List)?, before.updated)
        }
        (Some((row, _)), Some(RecordedPaperChange::Replace { updated, later_article })) => {
            let merged = merge_paper(paper_by_row_id(db, row)?, paper.clone(), record.origin);
            let merged = Paper { later_article: later_article.clone(), ..merged };
            (write_paper_row(db, &merged, *updated, record.origin)?, *updated)
        }
        (None, _) => (write_paper_row(db, paper, paper.updated, record.origin)?, paper.updated),
    };
    if before.is_none() || finding.change.is_some() {
        insert_keys_named_by_paper(db, record, row, paper)?;
    }
    if before.is_none_or(|before| finding.change.is_some() || before.revision != paper.revision) {
        record_paper_title(db, row, &paper.title)?;
    }
    record_version(db, record, row, shown, updated)?;
    let updated = updated.as_microsecond();
    if let (Some(before), Some(version)) = (before, paper.revision.version_if_numbered())
        && before.revision.version_if_numbered().is_none()
    {
        assign_announced_version_number(db, row, version.version_number())?;
    }
    if before.is_some() && finding.change.is_some() {
        let sql = "UPDATE sightings SET updated = ?2, revision = ?3 WHERE paper = ?1";
        execute_cached(db, sql, params![row, updated, revision])?;
    }
    let is_published = finding.is_published && record_article_news(db, row, record.now)?.contains(&topic.id);
    let redated = before.is_some_and(|before| before.updated.as_microsecond() != updated);
    if finding.is_first_sighting {
        record_sighting(db, topic, record, (row, updated, revision), shown)?;
    } else if let Some(source) = record.paged_source_id()
        && known.sighting.is_some_and(|sighting| !sighting.is_settled)
    {
        let sql = "UPDATE sightings SET source = ?3, settled = ?4 WHERE topic = ?1 AND paper = ?2";
        execute_cached(db, sql, params![topic.id, row, source, record.watermark_update.is_some()])?;
    }
    let known_article = before.and_then(|before| before.addenda.later_article.as_ref());
    if finding.change.as_ref().and_then(RecordedPaperChange::later_article).or(known_article).is_some() {
        note_article_shown(db, topic, row, record.origin)?;
    }
    Ok(RecordedSighting {
        paper: row,
        updated,
        has_moved: redated || finding.is_first_sighting,
        is_published,
    })
}

/// Records when a version was submitted. What a list said of that holds until the source that numbers it says it.
fn record_version(
    db: &Connection,
    record: &PollRecord,
    row: i64,
    PaperWithDetectedChange { paper, known, finding }: &PaperWithDetectedChange,
    updated: Timestamp,
) -> rusqlite::Result<()> {
    let before = known.recorded.as_ref();
    let version = paper.revision.version_if_numbered();
    let submitted = match finding.change {
        Some(RecordedPaperChange::Replace { .. }) => updated,
        Some(RecordedPaperChange::FillGaps | RecordedPaperChange::Amend(_)) | None => paper.updated,
    };
    if before.is_none_or(|before| before.revision != paper.revision) {
        let sql = "INSERT OR IGNORE INTO versions (paper, version, updated, seen) VALUES (?1, ?2, ?3, ?4)";
        let (submitted, seen) = (submitted.as_microsecond(), record.now.as_microsecond());
        execute_cached(db, sql, params![row, version_number_or_zero(version), submitted, seen])?;
    }
    let is_of_list = before.is_some_and(|before| before.origin == MetadataOrigin::List);
    if is_of_list && record.origin == MetadataOrigin::Source && finding.change.is_some() && version.is_some()
    {
        let sql = "UPDATE versions SET updated = ?3 WHERE paper = ?1 AND version = ?2";
        execute_cached(db, sql, params![row, version_number_or_zero(version), submitted.as_microsecond()])?;
    }
    Ok(())
}

/// The keys that a paper's own record names: its identity, and the DOIs under which it appeared.
fn insert_keys_named_by_paper(
    db: &Connection,
    record: &PollRecord,
    row: i64,
    paper: &Paper,
) -> rusqlite::Result<()> {
    let source =
        record.sources.first().filter(|_| record.origin == MetadataOrigin::Source).map(|source| source.id);
    let sql = "INSERT OR IGNORE INTO paper_keys (key, paper, source)
         VALUES (?1, ?2, coalesce((SELECT source FROM topic_sources WHERE id = ?3), ''))";
    for id in ids_named_by_paper(paper) {
        execute_cached(db, sql, params![id.as_str(), row, source])?;
    }
    Ok(())
}

/// Whether a paper is to be found by something else from now on: other words, another date, code, another topic.
fn needs_paper_reindex(shown: &PaperWithDetectedChange) -> bool {
    shown.known.sighting.is_none() || shown.finding.change.is_some()
}

fn record_sighting(
    db: &Connection,
    topic: &TopicRecord,
    record: &PollRecord,
    (row, updated, revision): (i64, i64, u64),
    shown: &PaperWithDetectedChange,
) -> rusqlite::Result<()> {
    let version = version_number_or_zero(shown.paper.revision.version_if_numbered());
    let now = record.now.as_microsecond();
    let source = record.paged_source_id();
    let is_settled = source.is_some() && record.watermark_update.is_some();
    let sql = "INSERT INTO sightings (topic, paper, version, updated, tie, seen, settled, revision, source)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8) ON CONFLICT (topic, paper)
             DO UPDATE SET version = excluded.version, settled = excluded.settled, source = excluded.source";
    execute_cached(db, sql, params![topic.id, row, version, updated, now, is_settled, revision, source])?;
    if let Some(news) = shown.finding.news {
        let sql = "INSERT INTO news (topic, paper, version, kind, seen) VALUES (?1, ?2, ?3, ?4, ?5)";
        execute_cached(db, sql, params![topic.id, row, version, stored_name_of_news(news), now])?;
    }
    Ok(())
}

/// Records that a preprint has appeared in a journal, and for which topics that is news: for those that knew it, have not
/// been shown its article, and are past their first contact.
fn record_article_news(db: &Connection, row: i64, now: Timestamp) -> rusqlite::Result<Vec<i64>> {
    let told = "FROM sightings WHERE paper = ?1 AND has_article = 0 AND EXISTS (
         SELECT 1 FROM topic_sources f WHERE f.topic = sightings.topic AND f.phase = 'established')";
    let sql = format!(
        "INSERT OR IGNORE INTO news (topic, paper, version, kind, seen)
         SELECT topic, paper, version, 'published', ?2 {told} ORDER BY topic RETURNING topic"
    );
    let topics = query_all_rows(db, &sql, params![row, now.as_microsecond()], |row| row.get(0))?;
    let sql =
        format!("UPDATE sightings SET has_article = 1 WHERE paper = ?1 AND topic IN (SELECT topic {told})");
    execute_cached(db, &sql, [row])?;
    Ok(topics)
}

/// Notes that a topic has been shown the article of a paper. What a list says of one is no news for any.
fn note_article_shown(
    db: &Connection,
    topic: &TopicRecord,
    row: i64,
    origin: MetadataOrigin,
) -> rusqlite::Result<()> {
    let sql =
        "UPDATE sightings SET has_article = 1 WHERE paper = ?1 AND (topic = ?2 OR ?3) AND has_article = 0";
    execute_cached(db, sql, params![row, topic.id, origin == MetadataOrigin::List])?;
    Ok(())
}

/// Brings the papers of one date into the source's order.
fn apply_source_order_to_ties(
    db: &Connection,
    topic: &TopicRecord,
    updated: i64,
    shown: &[i64],
) -> rusqlite::Result<()> {
    let sql = "SELECT paper, tie FROM sightings WHERE topic = ?1 AND updated = ?2 ORDER BY tie";
    let current: Vec<(i64, i64)> = query_all_rows(db, sql, [topic.id, updated], |row| row.try_into())?;
    let papers: Vec<i64> = current.iter().map(|(paper, _)| *paper).collect();
    let sql = "UPDATE sightings SET tie = ?3 WHERE topic = ?1 AND paper = ?2";
    for (tie, paper) in (0_i64..).zip(reorder_as_source_shows(&papers, shown)) {
        if !current.contains(&(paper, tie)) {
            execute_cached(db, sql, [topic.id, paper, tie])?;
        }
    }
    Ok(())
}

fn record_progress(db: &Connection, topic: &TopicRecord, record: &PollRecord) -> rusqlite::Result<()> {
    let Some(reached) = record.watermark_update else { return Ok(()) };
    if let Some(source) = record.paged_source_id() {
        // Without the hint the topic's whole history is walked.
        let sql = "UPDATE sightings INDEXED BY sightings_unsettled SET settled = 1
             WHERE topic = ?1 AND settled = 0 AND source = ?2";
        execute_cached(db, sql, [topic.id, source])?;
    }
    let sql = "UPDATE topic_sources SET phase = 'established', watermark = max(?2, coalesce(watermark, ?2)),
             source_time = coalesce(?3, source_time), last_full_sweep = CASE WHEN ?4 THEN ?2 ELSE last_full_sweep END
         WHERE id = ?1";
    let source_time = reached.source_time.map(Timestamp::as_microsecond);
    let watermark = reached.watermark.as_microsecond();
    for source in &record.sources {
        execute_cached(db, sql, params![source.id, watermark, source_time, reached.is_full_sweep])?;
    }
    Ok(())
}

impl PollRecord {
    /// The source whose next poll may end at what this one has shown.
    fn paged_source_id(&self) -> Option<i64> {
        self.sources.first().filter(|_| self.is_paged).map(|source| source.id)
    }
}

fn count_news(shown: &PaperWithDetectedChange, filled: &mut RecordedPaperCounts) {
    match shown.finding.news {
        Some(News::New) => filled.new += 1,
        Some(News::Replacement) => filled.replaced += 1,
        Some(News::Published) => filled.published += 1,
        None if shown.known.sighting.is_none() => filled.seeded += 1,
        None => {}
    }
}

fn stored_name_of_news(news: News) -> &'static str {
    match news {
        News::New => "new",
        News::Replacement => "replacement",
        News::Published => "published",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper_fixture::paper_with_only_id;
    use crate::domain::{DatabaseUrl, PaperId, Sighting, TopicBackfillPhase, detect_change};
    use crate::store::WatermarkUpdate;

    /// Records a complete poll of a source that shows these papers; what it is paged by is known of each afterwards.
    fn record_complete_poll(store: &mut Store, source: &str, is_paged: bool, numbers: &[u32]) -> Vec<bool> {
        let topic = store.ensure_topic("Birds").unwrap();
        let progress = store.ensure_topic_source(&topic, source).unwrap();
        let ids: Vec<PaperId> = numbers
            .iter()
            .map(|number| PaperId::from_link(&format!("https://arxiv.org/abs/2503.{number:05}")).unwrap())
            .collect();
        let known = store.known_papers(&topic, Some(&progress), &ids).unwrap();
        let papers = ids.iter().zip(known).map(|(id, known)| {
            let paper = paper_with_only_id(id.clone());
            let finding = detect_change(
                &paper,
                known.recorded.as_ref(),
                known.sighting,
                TopicBackfillPhase::Established,
            );
            PaperWithDetectedChange { paper, known, finding }
        });
        let (papers, now, sources) = (papers.collect(), Timestamp::UNIX_EPOCH, vec![progress.clone()]);
        let watermark_update =
            Some(WatermarkUpdate { watermark: now, source_time: None, is_full_sweep: false });
        let poll =
            PollRecord { now, origin: MetadataOrigin::Source, papers, sources, is_paged, watermark_update };
        store.record_papers(&topic, &poll).unwrap();
        let known = store.known_papers(&topic, Some(&progress), &ids).unwrap();
        known
            .iter()
            .map(|known| known.sighting.is_some_and(|Sighting { is_settled, .. }| is_settled))
            .collect()
    }

    #[test]
    fn a_paper_ends_the_paging_of_a_source_once_a_complete_poll_of_that_source_has_shown_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("papers.db"))).unwrap();
        assert_eq!(record_complete_poll(&mut store, "arxiv", true, &[1]), [true]);
        assert_eq!(record_complete_poll(&mut store, "feed", false, &[1, 2]), [false, false]);
        // Its index is late: the complete poll has not been through with the feed's paper.
        assert_eq!(record_complete_poll(&mut store, "arxiv", true, &[1]), [true]);
        let topic = store.ensure_topic("Birds").unwrap();
        let arxiv = store.ensure_topic_source(&topic, "arxiv").unwrap();
        let second = [PaperId::from_link("https://arxiv.org/abs/2503.00002").unwrap()];
        let known = store.known_papers(&topic, Some(&arxiv), &second).unwrap();
        assert_eq!(known[0].sighting.map(|sighting| sighting.is_settled), Some(false));
        assert_eq!(record_complete_poll(&mut store, "arxiv", true, &[1, 2]), [true, true]);
        assert_eq!(record_complete_poll(&mut store, "feed", false, &[1, 2]), [false, false]);
        assert_eq!(record_complete_poll(&mut store, "arxiv", true, &[1]), [true]);
    }
}
