//! The daemon's main loop: polls, brings the lists up to date and composes.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::{Error, Result};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use super::chores::Chores;
use super::health::{Health, unbroken};
use super::repositories::folder_of;
use super::run::SLEEP_MAX;
use super::standing::Standing;
use super::turn::Visits;
use super::watch::Pulse;
use super::{delivering, notify, turn};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::domain::again_after;
use crate::pipeline::compose::Composition;
use crate::pipeline::poll::Status;
use crate::source::arxiv::Arxiv;
use crate::store::{Reader, Store, failure_of};

/// What it is called where it says that it cannot go on.
const NAME: &str = "main loop";

/// While the history cannot be written, it is looked at so often. That costs one small write.
pub(super) const PROBE_EVERY: Duration = Duration::from_secs(10);

/// The longest wait after a failure. Each try may ask arXiv and a forge.
const FAILURE_WAIT_MAX: Duration = Duration::from_mins(10);

/// The loop that polls, projects and composes.
pub(super) struct Turning<'a> {
    pub(super) config: &'a Config,
    pub(super) store: &'a mut Store,
    pub(super) wake: &'a Notify,
    pub(super) pulse: &'a Pulse,
    pub(super) health: &'a Health,
    pub(super) clock: Clock,
    pub(super) chores: Chores,
    /// How often it has failed since it did all its work.
    pub(super) failures: u32,
}

impl<'a> Turning<'a> {
    /// Goes on whatever happens; gives back why the history cannot be used any more.
    pub(super) async fn for_ever(mut self) -> Result<Infallible> {
        loop {
            let Err(error) = unbroken(Box::pin(self.turns())).await;
            self.failures = self.failures.saturating_add(1);
            self.health.failed(NAME, error, self.clock.now());
            self.wait_after_failure().await?;
        }
    }

    /// Waits, the longer the more often it has failed in a row, and then for as long as the history cannot be written
    /// at all: nobody is asked in vain meanwhile.
    async fn wait_after_failure(&mut self) -> Result<()> {
        let mut wait = FAILURE_WAIT_MAX.min(PROBE_EVERY * 2_u32.saturating_pow(self.failures - 1));
        loop {
            self.health.usable()?;
            beating(self.pulse, clock::sleep(wait)).await;
            match self.needs_history() {
                Ok(()) => return Ok(()),
                Err(error) => self.health.failed(NAME, error, self.clock.now()),
            }
            wait = PROBE_EVERY;
        }
    }

    /// An error while the history cannot be written, as some loop has found.
    fn needs_history(&self) -> Result<()> {
        self.health.usable()?;
        if self.health.fault().is_some() { self.store.probe(self.clock.now()) } else { Ok(()) }
    }

    async fn turns(&mut self) -> Result<Infallible> {
        let source = turn::source(self.config)?;
        turn::begin_all(self.config, self.store, self.clock.now())?;
        let began = self.clock.now();
        turn::finish_all(self.config, self.store);
        // A repository may be slow, and a poll that is due looks at it anyway.
        let visits = if self.first_poll()? > began {
            self.observe_all().await?
        } else {
            turn::observe_files(self.config, self.store, began)?
        };
        self.project_all(visits).await?;
        // The first poll is seconds away: what is in doubt since now would be believed then.
        self.store.forget_doubts_since(began)?;
        for (sink, messages) in delivering::stranded(self.config, self.store)? {
            tracing::error!("sink \"{sink}\": {}", delivering::stranded_words(messages));
        }
        let mut poll_next = self.first_poll()?;
        let mut incomplete = 0;
        self.store.note_poll_next(Some(poll_next))?;
        loop {
            self.pulse.beat("turn");
            self.needs_history()?;
            let now = self.clock.now();
            // A clock that was ahead and is set back must not put the next poll off until it is there again.
            poll_next = poll_next.min(self.poll_after(now));
            if now >= poll_next {
                let is_whole = self.poll_all(&source).await?;
                let by_crontab = self.poll_after(self.clock.now());
                incomplete = if is_whole { 0 } else { incomplete + 1 };
                poll_next = if is_whole { by_crontab } else { by_crontab.min(now + again_after(incomplete)) };
                self.store.note_poll_next(Some(poll_next))?;
            }
            self.compose_all()?;
            self.tell_standing()?;
            self.chores.do_due(self.config, self.pulse, now).await;
            self.failures = 0;
            self.health.succeeded(NAME);
            clock::sleep(self.sleep(poll_next)).await;
        }
    }

    /// At once, if a time of the crontab has passed since the last complete poll of any topic.
    fn first_poll(&self) -> Result<Timestamp> {
        let now = self.clock.now();
        for topic in &self.config.topics {
            let polled = self.store.topic(&topic.name)?.watermark;
            if polled.is_none_or(|polled| self.poll_after(polled) <= now) {
                return Ok(now);
            }
        }
        Ok(self.poll_after(now))
    }

    fn poll_after(&self, moment: Timestamp) -> Timestamp {
        self.config.arxiv.poll.next_after(moment, &TimeZone::UTC).unwrap_or(Timestamp::MAX)
    }

    /// Polls every topic and projects the lists; whether every poll was complete.
    async fn poll_all(&mut self, source: &Arxiv) -> Result<bool> {
        let mut is_whole = true;
        let visits = self.observe_all().await?;
        for topic in &self.config.topics {
            let patience = self.config.arxiv.patience;
            let pulse = self.pulse;
            let mut turns = |_: &str, _: crate::pipeline::poll::Step<'_>| pulse.beat("turn");
            let now = self.clock.now();
            let polled =
                turn::poll_topic(self.config, source, self.store, topic, patience, now, &mut turns).await?;
            let reason = polled.reason.as_deref().unwrap_or("no fault");
            match polled.status {
                Status::Ok | Status::Quiet => tracing::info!(
                    "{}: {} new, {} replaced, {} filled in silently, {} known",
                    topic.name,
                    polled.new,
                    polled.replaced,
                    polled.seeded,
                    polled.known
                ),
                Status::Incomplete | Status::Failed => {
                    is_whole = false;
                    tracing::warn!("{}: the poll was not complete: {reason}", topic.name);
                }
            }
        }
        // Before the lists: a repository may be slow.
        self.compose_all()?;
        self.project_all(visits).await?;
        Ok(is_whole)
    }

    async fn observe_all(&mut self) -> Result<Visits<'a>> {
        turn::finish_all(self.config, self.store);
        let repositories = folder_of(self.config)?;
        let observing = turn::observe_all(self.config, self.store, &repositories, self.clock.now());
        beating(self.pulse, observing).await
    }

    async fn project_all(&mut self, visits: Visits<'a>) -> Result<()> {
        let projecting = turn::project_all(self.config, self.store, visits, self.clock.now());
        let mut is_whole = true;
        for (file, list) in beating(self.pulse, projecting).await? {
            list.iter()
                .flat_map(|list| list.told.in_words())
                .for_each(|words| tracing::info!("{file}: {words}"));
            match list {
                Ok(list) if list.changed => tracing::info!("{file}: {} rows, written", list.rows),
                Ok(_) => {}
                Err(error) => {
                    is_whole = false;
                    told(error)?;
                }
            }
        }
        // A list may lie on the history's disk. If that is full, all is tried again as soon as there is room.
        if is_whole { Ok(()) } else { self.store.probe(self.clock.now()) }
    }

    fn compose_all(&mut self) -> Result<()> {
        for (name, composed) in turn::compose_all(self.config, self.store, self.clock.now()) {
            match composed {
                Ok(Composition::Queued { papers, messages }) => {
                    tracing::info!("subscription \"{name}\": {papers} papers in {messages} messages");
                    self.wake.notify_waiters();
                }
                Ok(Composition::NotDue | Composition::Nothing) => {}
                Err(error) => told(error)?,
            }
        }
        Ok(())
    }

    /// Tells systemd how things stand, and the operator where it is time.
    fn tell_standing(&mut self) -> Result<()> {
        let reader = Reader::open(&self.config.state)?;
        let standing = Standing::read(self.config, reader.as_ref(), self.health.fault(), self.clock.now())?;
        notify::status(&standing.summary());
        if turn::tell_operator(self.config, self.store, &standing)? {
            self.wake.notify_waiters();
        }
        Ok(())
    }

    /// Until the next poll or digest, and never for long.
    fn sleep(&self, poll_next: Timestamp) -> Duration {
        let now = self.clock.now();
        let dues =
            self.config.subscriptions.iter().filter_map(|subscription| subscription.cadence.next_after(now));
        let next = dues.fold(poll_next, Timestamp::min);
        Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO).min(SLEEP_MAX)
    }
}

/// Reports what is wrong with one thing; what is wrong with the history itself is given back.
fn told(error: Error) -> Result<()> {
    if failure_of(&error).is_some() {
        return Err(error);
    }
    tracing::error!("{error:#}");
    Ok(())
}

/// Does something of many steps, each of which ends within its own limit, and says meanwhile that the loop turns.
async fn beating<T>(pulse: &Pulse, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        pulse.beat("turn");
        tokio::select! {
            done = &mut work => return done,
            () = clock::sleep(SLEEP_MAX) => {}
        }
    }
}
