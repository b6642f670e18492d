//! What is remembered of a feed as such: how its polls went, when something new came, and its new address if it has moved.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};

use super::connection::{Store, StoreReader};
use super::paper_row::{read_optional_time, read_timestamp_column};
use super::poll_outcome_names::{outcome_name, read_outcome};
use super::statement::{begin_nested_transaction, execute_cached, query_all_rows, query_first_row};
use crate::domain::{
    FeedHistory, FeedMove, FeedPoll, FetchErrorKind, Fingerprint, PermanentRedirect, RedirectTargetKind,
};

/// Each place that a move may lead to, as it is stored.
const TARGETS: [(&str, RedirectTargetKind); 4] = [
    ("same-site", RedirectTargetKind::SameSite),
    ("other-site", RedirectTargetKind::OtherSite),
    ("front-page", RedirectTargetKind::FrontPage),
    ("less-secure", RedirectTargetKind::LessSecure),
];

impl Store {
    /// What is remembered of a feed; none before its first poll.
    pub fn feed_history(&self, source: &str) -> Result<Option<FeedHistory>> {
        find_feed_history(&self.db, source)
    }

    /// The fingerprint of a feed's address in the configuration as it was polled last; none before its first poll.
    pub fn polled_url_fingerprint(&self, source: &str) -> Result<Option<Fingerprint>> {
        let sql = "SELECT address FROM feed_histories WHERE source = ?1";
        Ok(query_first_row(&self.db, sql, [source], |row| Ok(Fingerprint::from_stored(row.get(0)?)))?)
    }

    /// Remembers this of a feed, of which the history has the earlier.
    pub fn note_feed_history(
        &mut self,
        source: &str,
        earlier: Option<&FeedHistory>,
        history: &FeedHistory,
    ) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        write_feed_history(&change, source, history)?;
        // Most polls change nothing of the rest, and it is the longest.
        if earlier.map(|earlier| &earlier.item_keys) != Some(&history.item_keys) {
            write_item_keys(&change, source, &history.item_keys)?;
        }
        if earlier.map(|earlier| &earlier.active_days) != Some(&history.active_days) {
            write_feed_days(&change, source, &history.active_days)?;
        }
        if earlier.map(|earlier| &earlier.moved) != Some(&history.moved) {
            write_feed_move(&change, source, history.moved.as_ref())?;
        }
        change.commit()?;
        Ok(())
    }

    /// Forgets how a feed has done and how far topics have come with it, because another one is at its place: first contact with
    /// that is to come. Its papers stay.
    pub fn forget_feed_progress(&mut self, source: &str) -> Result<()> {
        let change = begin_nested_transaction(&mut self.db)?;
        for table in ["feeds", "feed_histories", "feed_item_keys", "feed_days", "feed_moves"] {
            execute_cached(&change, &format!("DELETE FROM {table} WHERE source = ?1"), [source])?;
        }
        let sql = "DELETE FROM polls WHERE topic_source IN (SELECT id FROM topic_sources WHERE source = ?1)";
        execute_cached(&change, sql, [source])?;
        let sql = "UPDATE topic_sources SET phase = 'backfill', watermark = NULL, source_time = NULL, last_full_sweep = NULL
             WHERE source = ?1";
        execute_cached(&change, sql, [source])?;
        change.commit()?;
        Ok(())
    }
}

impl StoreReader {
    /// What is remembered of a feed; none before its first poll.
    pub fn feed_history(&self, source: &str) -> Result<Option<FeedHistory>> {
        find_feed_history(&self.db, source)
    }
}

fn write_feed_history(db: &Connection, source: &str, history: &FeedHistory) -> rusqlite::Result<()> {
    let FeedPoll { at, outcome, since, fault, message } = &history.last_poll;
    let sql = "INSERT OR REPLACE INTO feed_histories
             (source, address, polled, outcome, since, fault, words, first_read, last_new, newest_item)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let values = params![
        source,
        history.address.to_stored_bytes(),
        at.as_microsecond(),
        outcome_name(*outcome),
        since.as_microsecond(),
        fault.map(FetchErrorKind::name),
        message,
        history.first_read.map(Timestamp::as_microsecond),
        history.last_new.map(Timestamp::as_microsecond),
        history.newest_item.map(Timestamp::as_microsecond),
    ];
    execute_cached(db, sql, values)?;
    Ok(())
}

fn write_item_keys(db: &Connection, source: &str, keys: &[u64]) -> rusqlite::Result<()> {
    let keys: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
    let sql = "INSERT OR REPLACE INTO feed_item_keys (source, keys) VALUES (?1, ?2)";
    execute_cached(db, sql, params![source, keys])?;
    Ok(())
}

fn write_feed_days(db: &Connection, source: &str, days: &BTreeMap<Date, u32>) -> rusqlite::Result<()> {
    let sql = "INSERT INTO feed_days (source, day, items) VALUES (?1, ?2, ?3)
         ON CONFLICT (source, day) DO UPDATE SET items = excluded.items WHERE items <> excluded.items";
    for (day, items) in days {
        execute_cached(db, sql, params![source, day.to_string(), items])?;
    }
    let first = days.keys().next().map_or_else(String::new, Date::to_string);
    execute_cached(db, "DELETE FROM feed_days WHERE source = ?1 AND day < ?2", [source, first.as_str()])?;
    Ok(())
}

fn write_feed_move(db: &Connection, source: &str, moved: Option<&FeedMove>) -> rusqlite::Result<()> {
    let Some(FeedMove { redirect, polls, first_seen, last_seen }) = moved else {
        execute_cached(db, "DELETE FROM feed_moves WHERE source = ?1", [source])?;
        return Ok(());
    };
    let target = TARGETS.iter().find(|(_, target)| *target == redirect.target).map(|(name, _)| name);
    let sql = "INSERT OR REPLACE INTO feed_moves (source, target, fingerprint, address, polls, first_seen, last_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![
        source,
        target,
        redirect.fingerprint.to_stored_bytes(),
        redirect.address,
        polls,
        first_seen.as_microsecond(),
        last_seen.as_microsecond(),
    ];
    execute_cached(db, sql, values)?;
    Ok(())
}

fn find_feed_history(db: &Connection, source: &str) -> Result<Option<FeedHistory>> {
    let sql = "SELECT address, polled, outcome, since, fault, words, first_read, last_new, newest_item, keys
         FROM feed_histories JOIN feed_item_keys USING (source) WHERE source = ?1";
    let Some(history) = query_first_row(db, sql, [source], feed_history_from_row)? else { return Ok(None) };
    let sql = "SELECT day, items FROM feed_days WHERE source = ?1";
    let days: Vec<(String, u32)> = query_all_rows(db, sql, [source], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let active_days = days.into_iter().filter_map(|(day, items)| Some((day.parse().ok()?, items))).collect();
    let sql =
        "SELECT target, fingerprint, address, polls, first_seen, last_seen FROM feed_moves WHERE source = ?1";
    let moved = query_first_row(db, sql, [source], read_feed_move)?;
    Ok(Some(FeedHistory { active_days, moved, ..history }))
}

/// Without its days and its move.
fn feed_history_from_row(row: &Row<'_>) -> rusqlite::Result<FeedHistory> {
    let fault: Option<String> = row.get(4)?;
    let keys = row.get_ref(9)?.as_blob()?;
    Ok(FeedHistory {
        first_read: read_optional_time(row, 6)?,
        last_new: read_optional_time(row, 7)?,
        newest_item: read_optional_time(row, 8)?,
        item_keys: keys.as_chunks().0.iter().map(|key| u64::from_be_bytes(*key)).collect(),
        ..FeedHistory::new(
            Fingerprint::from_stored(row.get(0)?),
            FeedPoll {
                at: read_timestamp_column(row, 1)?,
                outcome: read_outcome(row, 2)?,
                since: read_timestamp_column(row, 3)?,
                fault: fault.as_deref().and_then(FetchErrorKind::from_name),
                message: row.get(5)?,
            },
        )
    })
}

fn read_feed_move(row: &Row<'_>) -> rusqlite::Result<FeedMove> {
    let target = row.get_ref(0)?.as_str()?;
    let target = TARGETS.iter().find(|(name, _)| *name == target);
    Ok(FeedMove {
        redirect: PermanentRedirect {
            target: target.map_or(RedirectTargetKind::OtherSite, |(_, target)| *target),
            fingerprint: Fingerprint::from_stored(row.get(1)?),
            address: row.get(2)?,
        },
        polls: row.get(3)?,
        first_seen: read_timestamp_column(row, 4)?,
        last_seen: read_timestamp_column(row, 5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DatabaseUrl, PollOutcome};
    use crate::store::FeedRecord;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3600).unwrap()
    }

    fn history_with_all_fields() -> FeedHistory {
        let poll = FeedPoll {
            at: at(9),
            outcome: PollOutcome::Failed,
            since: at(7),
            fault: Some(FetchErrorKind::NotFound),
            message: Some("why".to_owned()),
        };
        let redirect = PermanentRedirect {
            target: RedirectTargetKind::LessSecure,
            fingerprint: Fingerprint::of_text("b"),
            address: Some("https://example.org/b".to_owned()),
        };
        FeedHistory {
            first_read: Some(at(1)),
            last_new: Some(at(2)),
            newest_item: Some(at(3)),
            active_days: [("2026-11-20".parse().unwrap(), 3), ("2026-11-22".parse().unwrap(), 1)].into(),
            item_keys: vec![1, u64::MAX, 7],
            moved: Some(FeedMove { redirect, polls: 2, first_seen: at(4), last_seen: at(5) }),
            ..FeedHistory::new(Fingerprint::of_text("a"), poll)
        }
    }

    #[test]
    fn what_is_remembered_of_a_feed_is_read_back_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("feeds.db"))).unwrap();
        assert_eq!(store.feed_history("lab").unwrap(), None);
        let whole = history_with_all_fields();
        let mut later = FeedHistory { moved: None, item_keys: vec![7], ..whole.clone() };
        later.active_days = [("2026-11-22".parse().unwrap(), 5)].into();
        let first = FeedHistory::new(Fingerprint::of_text("a"), whole.last_poll.clone());
        let mut earlier = None;
        for history in [&first, &whole, &later] {
            store.note_feed_history("lab", earlier, history).unwrap();
            assert_eq!(store.feed_history("lab").unwrap().as_ref(), Some(history));
            assert_eq!(store.polled_url_fingerprint("lab").unwrap(), Some(history.address));
            earlier = Some(history);
        }
        store.save_feed_poll_record("lab", &FeedRecord { failures: 3, ..FeedRecord::default() }).unwrap();
        store.note_feed_history("other", None, &whole).unwrap();
        store.forget_feed_progress("lab").unwrap();
        assert_eq!(
            (store.feed_history("lab").unwrap(), store.feed_record("lab").unwrap()),
            (None, FeedRecord::default())
        );
        assert_eq!(store.feed_history("other").unwrap(), Some(whole));
    }

    #[test]
    fn every_place_that_a_move_may_lead_to_has_a_name() {
        use RedirectTargetKind::{FrontPage, LessSecure, OtherSite, SameSite};
        for target in [SameSite, OtherSite, FrontPage, LessSecure] {
            assert!(TARGETS.iter().any(|(_, known)| *known == target), "{target:?}");
        }
    }
}
