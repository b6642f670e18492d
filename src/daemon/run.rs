//! The daemon: polls by its crontab, keeps the lists current, composes what is due, and delivers at every
//! sink side by side, until it is told to stop.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::LocalSet;

use super::repositories::folder_of;
use super::standing::Standing;
use super::turn::Visits;
use super::watch::Pulse;
use super::{delivering, notify, page, sinks, turn, watch as watching};
use crate::clock::{self, Clock};
use crate::config::{Config, Sink};
use crate::domain::again_after;
use crate::pipeline::compose::Composition;
use crate::pipeline::deliver::deliver_one;
use crate::pipeline::poll::Status;
use crate::source::arxiv::Arxiv;
use crate::store::{Indexed, Outbox, Store, TextIndex};

/// The daemon looks at the clock at least so often, so that a machine that slept or whose clock was set is
/// noticed.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// How often what was delivered long ago is looked for, to let go of its body.
const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// A sink that cannot be made ready is looked at again after this: a secret may be put in place.
const NOT_READY_WAIT: Duration = Duration::from_mins(1);

/// Runs until SIGTERM or SIGINT; SIGHUP reads the configuration again.
pub async fn run(file: Option<&Path>, config: Config, clock: Clock) -> Result<()> {
    let mut store = Store::open(&config.state)?;
    let mut signals = Signals::new()?;
    let mut config = Rc::new(config);
    let mut server = page::serve(&config, clock)?;
    notify::ready();
    tracing::info!("topics watched: {}, sinks served: {}", config.topics.len(), config.sinks.len());
    loop {
        match Box::pin(serve(&config, &mut store, &mut signals, clock)).await? {
            Asked::ToStop => break,
            Asked::ToReload => {
                notify::reloading();
                config = reloaded(file, config);
                // The old one gives up its place first, for the new one may want the same.
                drop(server.take());
                server = page::serve(&config, clock).unwrap_or_else(|error| {
                    tracing::error!("no pages are served from now on: {error:#}");
                    None
                });
                notify::ready();
            }
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// The new configuration, or the old one where the new one is wrong. A file that is gone is wrong too: an editor may
/// just be putting a new one in its place.
fn reloaded(file: Option<&Path>, old: Rc<Config>) -> Rc<Config> {
    match Config::load(old.file.as_deref().or(file)) {
        Ok(new) if new.state == old.state => {
            tracing::info!("the configuration was read again; credentials given by systemd need a restart");
            Rc::new(new)
        }
        Ok(_) => {
            tracing::error!("the old configuration stays: another `state` needs a restart");
            old
        }
        Err(error) => {
            tracing::error!("the old configuration stays, the new one is wrong:\n{error}");
            old
        }
    }
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    ToStop,
    ToReload,
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::ToStop,
            _ = self.interrupt.recv() => Asked::ToStop,
            _ = self.hang_up.recv() => Asked::ToReload,
        }
    }
}

/// Serves with one configuration until a signal comes or the store fails. Turning is cut off at once, for a poll that
/// is not recorded leaves nothing behind; a delivery in flight is waited for, so that its answer is not lost.
async fn serve(config: &Rc<Config>, store: &mut Store, signals: &mut Signals, clock: Clock) -> Result<Asked> {
    let (stop, stopping) = watch::channel(false);
    let wake = Rc::new(Notify::new());
    let pulse = Pulse::default();
    let together = LocalSet::new();
    let deliverers: Vec<_> = config
        .sinks
        .iter()
        .map(|sink| {
            let sinks_turn = Delivering {
                config: Rc::clone(config),
                sink: sink.clone(),
                wake: Rc::clone(&wake),
                pulse: pulse.clone(),
                clock,
            };
            together.spawn_local(sinks_turn.until(stopping.clone()))
        })
        .collect();
    together.spawn_local(watching::feed(pulse.clone(), config.state.clone()));
    together
        .run_until(async {
            let turning = Turning { config, store, wake: &wake, pulse: &pulse, clock };
            let asked = tokio::select! {
                asked = signals.next() => Ok(asked),
                broken = Box::pin(turning.for_ever()) => broken.map(|()| Asked::ToStop),
            };
            if !matches!(asked, Ok(Asked::ToReload)) {
                notify::stopping();
            }
            let _ = stop.send(true);
            wake.notify_waiters();
            for deliverer in deliverers {
                deliverer.await.context("a delivery broke off")?;
            }
            asked
        })
        .await
}

/// The loop that polls, projects and composes.
struct Turning<'a> {
    config: &'a Config,
    store: &'a mut Store,
    wake: &'a Notify,
    pulse: &'a Pulse,
    clock: Clock,
}

impl<'a> Turning<'a> {
    async fn for_ever(mut self) -> Result<()> {
        let source = turn::source(self.config)?;
        turn::begin_all(self.config, self.store, self.clock.now())?;
        let visits = self.observe_all().await?;
        self.project_all(visits).await?;
        for (sink, messages) in delivering::stranded(self.config, self.store)? {
            tracing::error!("sink \"{sink}\": {}", delivering::stranded_words(messages));
        }
        let mut poll_next = self.first_poll()?;
        let mut incomplete = 0;
        self.store.note_poll_next(Some(poll_next))?;
        let mut tidied: Option<Timestamp> = None;
        loop {
            self.pulse.beat("turn");
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
            self.compose_all();
            self.tell_standing()?;
            if let Err(error) = self.index_words().await {
                tracing::error!("the words of new papers cannot be indexed now: {error:#}");
            }
            if tidied.is_none_or(|tidied| now.duration_since(tidied) >= TIDY_EVERY) {
                tidied = Some(now);
                if let Err(error) = turn::forget_bodies(self.config, now) {
                    tracing::error!("what was delivered long ago cannot be let go of now: {error:#}");
                }
            }
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
        for (file, list) in beating(self.pulse, projecting).await? {
            list.iter()
                .flat_map(|list| list.told.in_words())
                .for_each(|words| tracing::info!("{file}: {words}"));
            match list {
                Ok(list) if list.changed => tracing::info!("{file}: {} rows, written", list.rows),
                Ok(_) => {}
                Err(error) => tracing::error!("{error:#}"),
            }
        }
        Ok(())
    }

    fn compose_all(&mut self) {
        for (name, composed) in turn::compose_all(self.config, self.store, self.clock.now()) {
            match composed {
                Ok(Composition::Queued { papers, messages }) => {
                    tracing::info!("subscription \"{name}\": {papers} papers in {messages} messages");
                    self.wake.notify_waiters();
                }
                Ok(Composition::NotDue | Composition::Nothing) => {}
                Err(error) => tracing::error!("{error:#}"),
            }
        }
    }

    /// Tells systemd how things stand, and the operator where it is time.
    fn tell_standing(&mut self) -> Result<()> {
        let standing = Standing::of(self.config, self.clock.now())?;
        notify::status(&standing.summary());
        if turn::tell_operator(self.config, self.store, &standing)? {
            self.wake.notify_waiters();
        }
        Ok(())
    }

    /// Brings the full-text index up to date, a little at a time, so that deliveries go on meanwhile.
    async fn index_words(&self) -> Result<()> {
        let mut index = TextIndex::open(&self.config.state)?;
        while index.index_some()? == Indexed::Some {
            self.pulse.beat("turn");
            tokio::task::yield_now().await;
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

/// The loop that delivers at one sink.
struct Delivering {
    config: Rc<Config>,
    sink: Sink,
    wake: Rc<Notify>,
    pulse: Pulse,
    clock: Clock,
}

impl Delivering {
    async fn until(self, mut stopping: watch::Receiver<bool>) {
        let name = format!("sink {}", self.sink.name);
        while !*stopping.borrow() {
            self.pulse.beat(&name);
            let wait = match self.deliver_due(&mut stopping).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!("sink \"{}\": {error:#}", self.sink.name);
                    NOT_READY_WAIT
                }
            };
            tokio::select! {
                () = clock::sleep(wait) => {}
                () = self.wake.notified() => {}
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        }
        self.pulse.end(&name);
    }

    /// Delivers what is due; how long to wait then.
    async fn deliver_due(&self, stopping: &mut watch::Receiver<bool>) -> Result<Duration> {
        let mut outbox = Outbox::open(&self.config.state)?;
        delivering::refuse_foreign(&outbox, &self.sink)?;
        let mut way = None;
        loop {
            let now = self.clock.now();
            let wait = match outbox.next_due(&self.sink.name, now)? {
                Some(due) if due <= now => Duration::ZERO,
                Some(due) => Duration::try_from(due.duration_since(now)).unwrap_or(SLEEP_MAX).min(SLEEP_MAX),
                None => SLEEP_MAX,
            };
            if !wait.is_zero() || *stopping.borrow() {
                return Ok(wait);
            }
            let ready = match way.take() {
                Some(ready) => ready,
                None => sinks::way(&self.sink.kind)?,
            };
            self.pulse.beat(&format!("sink {}", self.sink.name));
            if let Some(delivered) =
                deliver_one(&mut outbox, &self.sink.name, &ready, self.clock, delivering::jitter()).await?
            {
                delivering::tell(&self.sink.name, &delivered);
                tokio::select! {
                    () = clock::sleep(delivering::pace(&self.sink.kind)) => {}
                    _ = stopping.wait_for(|stop| *stop) => {}
                }
            }
            way = Some(ready);
        }
    }
}
