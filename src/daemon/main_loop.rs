//! The daemon's main loop: polls, and brings the lists up to date.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use super::configured_paged_sources::ConfiguredSources;
use super::due_message_composer::DueMessageComposer;
use super::feed_polls::{ConcurrentFeedPolls, FeedPollReport, FetchedFeed};
use super::list_fetch_outcome::ListFetchOutcomes;
use super::list_repositories::repositories_folder;
use super::maintenance::MaintenanceTasks;
use super::sleep_limit::SLEEP_MAX;
use super::store_failures::{PROBE_EVERY, StoreFailures, catch_panic, log_unless_store_failure};
use super::watchdog::{Heartbeats, MAIN_LOOP};
use super::{run_steps, sink_delivery};
use crate::clock::{self, Clock, Deadline};
use crate::config::Config;
use crate::domain::{ARXIV_SOURCE, backoff_after_incomplete_polls};
use crate::pipeline::poll::{PollReport, PollStatus};
use crate::pipeline::poll_progress_event::PollProgress;
use crate::store::Store;

/// The longest wait after a failure. Each try may ask arXiv and a forge.
const FAILURE_WAIT_MAX: Duration = Duration::from_mins(10);

/// The loop that polls, updates the lists, and composes what is due.
pub(super) struct MainLoop<'a> {
    pub(super) config: &'a Config,
    pub(super) store: &'a mut Store,
    pub(super) wake: &'a Notify,
    pub(super) heartbeats: &'a Heartbeats,
    pub(super) health: &'a StoreFailures,
    pub(super) clock: Clock,
    pub(super) maintenance: MaintenanceTasks,
    /// How often it has failed since it did all its work.
    pub(super) failures: u32,
    /// Whether it was logged that requests fail, since one poll was complete.
    pub(super) is_request_failure_logged: bool,
}

impl<'a> MainLoop<'a> {
    /// Goes on whatever happens; gives back why the history cannot be used any more.
    pub(super) async fn run_forever(mut self) -> Result<Infallible> {
        loop {
            let Err(error) = catch_panic(Box::pin(self.run_until_error())).await;
            self.failures = self.failures.saturating_add(1);
            self.health.record_loop_failure(MAIN_LOOP, error, self.clock.now());
            self.back_off_until_store_writable().await?;
        }
    }

    /// Waits, the longer the more often it has failed in a row, and then for as long as the history cannot be written
    /// at all: nobody is asked in vain meanwhile.
    async fn back_off_until_store_writable(&mut self) -> Result<()> {
        let mut wait = FAILURE_WAIT_MAX.min(PROBE_EVERY * 2_u32.saturating_pow(self.failures - 1));
        loop {
            self.health.ensure_usable()?;
            self.sleep_with_heartbeat(wait).await;
            match self.ensure_writable() {
                Ok(()) => return Ok(()),
                Err(error) => self.health.record_loop_failure(MAIN_LOOP, error, self.clock.now()),
            }
            wait = PROBE_EVERY;
        }
    }

    async fn sleep_with_heartbeat(&self, mut wait: Duration) {
        while !wait.is_zero() {
            self.heartbeats.record_heartbeat(MAIN_LOOP);
            let step = wait.min(SLEEP_MAX);
            clock::sleep(step).await;
            wait -= step;
        }
    }

    /// An error while the history cannot be written, as some loop has found.
    fn ensure_writable(&self) -> Result<()> {
        self.health.ensure_usable()?;
        if self.health.current_write_failure().is_some() {
            self.store.check_store_writable(self.clock.now())
        } else {
            Ok(())
        }
    }

    async fn run_until_error(&mut self) -> Result<Infallible> {
        let sources = ConfiguredSources::from_config(self.config)?;
        let mut feeds = ConcurrentFeedPolls::new(self.config, self.store)?;
        let mut composer = DueMessageComposer {
            config: self.config,
            store: self.store.open_second_connection()?,
            wake: self.wake,
            heartbeats: self.heartbeats,
            health: self.health,
            clock: self.clock,
            waits: Deadline::starting_now(Duration::ZERO),
        };
        composer.begin_work();
        self.store.note_daemon_stop(None)?;
        run_steps::start_new_subscriptions(self.config, self.store, self.clock.now())?;
        let began = self.clock.now();
        run_steps::finish_interrupted_writes(self.config, self.store);
        // A repository may be slow, and a poll that is due looks at it anyway.
        let fetched = if self.first_poll_at()? > began {
            self.observe_lists(&mut composer).await?
        } else {
            run_steps::observe_file_lists(self.config, self.store, began)?
        };
        self.update_lists(fetched, &mut composer).await?;
        // The first poll is seconds away: what is in doubt since now would be believed then.
        self.store.forget_suspect_deletions_since(began)?;
        for (sink, messages) in sink_delivery::orphaned_messages(self.config, self.store)? {
            tracing::error!(sink, messages, "{}", sink_delivery::orphaned_messages_text(messages));
        }
        let mut poll_next = self.first_poll_at()?;
        let mut incomplete = 0;
        self.store.note_next_poll_time(Some(poll_next))?;
        loop {
            self.heartbeats.record_heartbeat(MAIN_LOOP);
            self.ensure_writable()?;
            composer.begin_work();
            let now = self.clock.now();
            // A clock that was ahead and is set back must not put the next poll off until it is there again.
            poll_next = poll_next.min(self.next_poll_after(now));
            if now >= poll_next {
                let is_whole = self.poll_all_topics(&sources, &mut composer).await?;
                let by_crontab = self.next_poll_after(self.clock.now());
                incomplete = if is_whole { 0 } else { incomplete + 1 };
                poll_next = if is_whole {
                    by_crontab
                } else {
                    by_crontab.min(now + backoff_after_incomplete_polls(incomplete))
                };
                self.store.note_next_poll_time(Some(poll_next))?;
            }
            let unasked = feeds.begin_due_feed_polls(self.store, false, now)?;
            self.record_feeds_and_update_lists(&feeds, unasked, &mut composer).await?;
            composer.compose_due_messages()?;
            self.maintenance.run_due_tasks(self.config, self.heartbeats, now).await;
            self.failures = 0;
            self.health.record_success(MAIN_LOOP);
            let next_feed = feeds.next_feed_poll_time(self.store, self.clock.now())?;
            let sleep =
                clock::sleep(composer.sleep_time(next_feed.map_or(poll_next, |next| next.min(poll_next))));
            let fetched = tokio::select! {
                fetched = feeds.next_fetched_feeds() => fetched,
                () = sleep => Vec::new(),
            };
            composer.begin_work();
            self.record_feeds_and_update_lists(&feeds, fetched, &mut composer).await?;
        }
    }

    /// At once, if a time of the crontab has passed since the last complete poll of any topic.
    fn first_poll_at(&self) -> Result<Timestamp> {
        let now = self.clock.now();
        for topic in &self.config.topics {
            let record = self.store.ensure_topic(&topic.name)?;
            for source in topic.sources.iter().filter(|source| *source == ARXIV_SOURCE) {
                let polled = self.store.ensure_topic_source(&record, source)?.watermark;
                if polled.is_none_or(|polled| self.next_poll_after(polled) <= now) {
                    return Ok(now);
                }
            }
        }
        Ok(self.next_poll_after(now))
    }

    fn next_poll_after(&self, moment: Timestamp) -> Timestamp {
        self.config.arxiv.poll.next_after(moment, &TimeZone::UTC).unwrap_or(Timestamp::MAX)
    }

    /// Polls every topic and updates the lists; whether every poll was complete.
    async fn poll_all_topics(
        &mut self,
        sources: &ConfiguredSources,
        composer: &mut DueMessageComposer<'a>,
    ) -> Result<bool> {
        let mut is_whole = true;
        let fetched = self.observe_lists(composer).await?;
        for (topic, source) in sources.topic_source_pairs(&self.config.topics) {
            let patience = self.config.arxiv.patience;
            let heartbeats = self.heartbeats;
            let is_logged = &mut self.is_request_failure_logged;
            let mut watch = |topic: &str, step: PollProgress<'_>| {
                heartbeats.record_heartbeat(MAIN_LOOP);
                // A poll may try for minutes before there is anything else to say of it.
                if let PollProgress::Waiting { after: Some(error), .. } = step
                    && !std::mem::replace(is_logged, true)
                {
                    tracing::warn!(topic, source = source.name(), %error, "a request failed: it is tried again for up to {patience:?}");
                }
            };
            let now = self.clock.now();
            let polling = run_steps::poll_source_for_topic(
                self.config,
                source,
                self.store,
                topic,
                patience,
                now,
                &mut watch,
            );
            let polled = composer.compose_while_working(polling).await??;
            let is_complete = log_poll(&topic.name, source.name(), &polled);
            self.is_request_failure_logged &= !is_complete;
            is_whole &= is_complete;
        }
        // What has come is told before the lists are updated, which may take a while.
        composer.compose_digests()?;
        self.update_lists(fetched, composer).await?;
        Ok(is_whole)
    }

    /// Records what came of feeds, and updates the lists if papers may have come.
    async fn record_feeds_and_update_lists(
        &mut self,
        feeds: &ConcurrentFeedPolls<'a>,
        fetched: Vec<FetchedFeed>,
        composer: &mut DueMessageComposer<'a>,
    ) -> Result<()> {
        let may_bring_papers = fetched.iter().any(FetchedFeed::has_parsed_feed);
        let lists = if may_bring_papers { Some(self.observe_lists(composer).await?) } else { None };
        for FeedPollReport { topic, source, poll } in
            feeds.record_fetched_feeds(self.store, fetched, self.clock.now())?
        {
            log_poll(topic, source, &poll);
        }
        let Some(lists) = lists else { return Ok(()) };
        // As after a poll of all topics.
        composer.compose_digests()?;
        self.update_lists(lists, composer).await
    }

    async fn observe_lists(
        &mut self,
        composer: &mut DueMessageComposer<'a>,
    ) -> Result<ListFetchOutcomes<'a>> {
        run_steps::finish_interrupted_writes(self.config, self.store);
        let repositories = repositories_folder(self.config)?;
        let fetching = run_steps::observe_lists(self.config, self.store, &repositories, self.clock.now());
        composer.compose_while_working(fetching).await?
    }

    async fn update_lists(
        &mut self,
        fetched: ListFetchOutcomes<'a>,
        composer: &mut DueMessageComposer<'a>,
    ) -> Result<()> {
        let updating = run_steps::update_lists(self.config, self.store, fetched, self.clock.now());
        let mut is_whole = true;
        for (file, list) in composer.compose_while_working(updating).await?? {
            list.iter()
                .flat_map(|list| list.remarks.list_remark_sentences())
                .for_each(|remark| tracing::info!(list = file, "{remark}"));
            match list {
                Ok(list) if list.changed => tracing::info!(list = file, rows = list.rows, "list written"),
                Ok(_) => {}
                Err(error) => {
                    is_whole = false;
                    log_unless_store_failure(error, |error| {
                        tracing::error!(list = file, %error, "the list was not written");
                    })?;
                }
            }
        }
        // A list may lie on the history's disk. If that is full, all is tried again as soon as there is room.
        if is_whole { Ok(()) } else { self.store.check_store_writable(self.clock.now()) }
    }
}

/// Logs how a poll went; whether it was complete.
fn log_poll(topic: &str, source: &str, poll: &PollReport) -> bool {
    let PollReport { status, reason, new, replaced, published, seeded, known, .. } = poll;
    match status {
        PollStatus::Ok | PollStatus::Quiet => {
            tracing::info!(topic, source, new, replaced, seeded, known, published, "polled");
            true
        }
        PollStatus::Skipped => {
            let reason = reason.as_deref().unwrap_or("no reason known");
            tracing::info!(topic, source, "{reason}");
            true
        }
        PollStatus::Incomplete | PollStatus::Failed => {
            let error = reason.as_deref().unwrap_or("no fault");
            tracing::warn!(topic, source, %error, "the poll was not complete");
            false
        }
    }
}
