//! The daemon: polls by its crontab, keeps the lists current, composes what is due, and delivers at every
//! sink side by side, until a signal says to stop.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::{Notify, watch};
use tokio::task::{LocalSet, spawn_blocking};

use super::main_loop::MainLoop;
use super::maintenance::MaintenanceTasks;
use super::signals::{DaemonSignal, SignalListener};
use super::sink_loop::{SinkLoop, UnsettledOutboxes};
use super::store_failures::{PROBE_EVERY, StoreFailures};
use super::watchdog::Heartbeats;
use super::{start_http_server, systemd_notify, watchdog};
use crate::clock::{self, Clock};
use crate::config::{Config, ConfigError};
use crate::domain::DatabaseUrl;
use crate::http_server::HttpServer;
use crate::store::{Store, StoreErrorKind, error_chain_message, store_error_kind};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A start that waits for the history asks the service manager for so much time, again and again: more than one try takes.
const START_TAKES: Duration = Duration::from_mins(2);

/// Runs until SIGTERM or SIGINT; SIGHUP reads the configuration again. The signals are listened to before anything else
/// is done, so that they are obeyed in the same way at every moment.
pub async fn run_daemon(file: Option<PathBuf>, clock: Clock) -> Result<()> {
    let mut signals = SignalListener::listen_for_signals()?;
    if let Some(DaemonStartInputs { config, mut store, health }) =
        load_daemon_state(file, &mut signals).await?
    {
        let mut unsettled = UnsettledOutboxes::default();
        let stopped =
            run_until_stopped(config, &mut store, &health, &mut unsettled, &mut signals, clock).await;
        unsettled.settle_at_shutdown();
        stopped?;
        // If it cannot be noted, whoever asks finds that nobody holds the lock.
        let _ = store.note_daemon_stop(Some(clock.now()));
    }
    tracing::info!("stopped");
    Ok(())
}

/// All that the daemon needs to begin.
struct DaemonStartInputs {
    config: Rc<Config>,
    store: Store,
    health: StoreFailures,
}

/// Reads the configuration and opens the history; none if a signal to stop came first.
async fn load_daemon_state(
    file: Option<PathBuf>,
    signals: &mut SignalListener,
) -> Result<Option<DaemonStartInputs>> {
    let starting = async {
        let config = load_config(file).await??;
        let store = open_store(&config.state).await?;
        let health = StoreFailures::new(&store)?;
        Ok(DaemonStartInputs { config: Rc::new(config), store, health })
    };
    let started = signals.unless_stopped(starting).await;
    if started.is_none() {
        systemd_notify::notify_stopping();
    }
    started.transpose()
}

/// Reads a configuration, which may take its time if its file is a pipe.
async fn load_config(file: Option<PathBuf>) -> Result<Result<Config, ConfigError>> {
    spawn_blocking(move || Config::load_or_default(file.as_deref()))
        .await
        .context("reading the configuration broke off")
}

/// Opens the history, as soon as that is possible: the disk may be full just now, or another program may hold the file.
async fn open_store(state: &DatabaseUrl) -> Result<Store> {
    let mut is_reported = false;
    loop {
        let state = state.clone();
        let opened =
            spawn_blocking(move || Store::open(&state)).await.context("opening the history broke off")?;
        match opened {
            Err(error) if store_error_kind(&error) == Some(StoreErrorKind::Transient) => {
                let words = error_chain_message(&error);
                if !is_reported {
                    tracing::error!(error = %words, "the history cannot be opened: paperwire starts when it can");
                }
                is_reported = true;
                systemd_notify::notify_status(&format!("wrong: {words}"));
                systemd_notify::extend_start_timeout(START_TAKES);
                clock::sleep(PROBE_EVERY).await;
            }
            opened => return opened,
        }
    }
}

/// One line by which an operator knows what was started: which program, on what, and when it polls next.
fn log_start(config: &Config, now: Timestamp) {
    let file = config.file.as_ref().map_or_else(|| "built-in".to_owned(), |file| file.display().to_string());
    let next_poll = config.arxiv.poll.next_after(now, &TimeZone::UTC);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        config = file,
        state = %config.state,
        topics = config.topics.len(),
        lists = config.lists.len(),
        sinks = config.sinks.len(),
        next_poll = next_poll.map(|next| format!("{next:.0}")),
        "paperwire is running"
    );
}

async fn run_until_stopped(
    mut config: Rc<Config>,
    store: &mut Store,
    health: &StoreFailures,
    unsettled: &mut UnsettledOutboxes,
    signals: &mut SignalListener,
    clock: Clock,
) -> Result<()> {
    let mut server = start_http_server::start_http_server(&config, health, clock)?;
    systemd_notify::notify_ready();
    log_start(&config, clock.now());
    while Box::pin(run_daemon_with_config(&config, store, health, unsettled, signals, clock)).await?
        == DaemonSignal::Reload
    {
        systemd_notify::notify_reloading();
        let file = config.file.clone();
        let Some(new) = signals.unless_stopped(load_config(file)).await else {
            systemd_notify::notify_stopping();
            break;
        };
        if let Some(new) = usable_reloaded_config(new?, &config) {
            match replace_http_server(&mut server, &config, &new, health, clock) {
                Ok(()) => {
                    tracing::info!(
                        "the configuration was read again; credentials given by systemd need a restart"
                    );
                    config = Rc::new(new);
                }
                Err(error) => {
                    let error = format_args!("{error:#}");
                    tracing::error!(%error, "the old configuration is kept: the pages of the new one cannot be served");
                }
            }
        }
        systemd_notify::notify_ready();
    }
    Ok(())
}

/// The new configuration, unless it is wrong. A file that is gone is wrong too: an editor may just be putting a new one in
/// its place.
fn usable_reloaded_config(new: Result<Config, ConfigError>, old: &Config) -> Option<Config> {
    match new {
        Ok(new) if new.state == old.state => Some(new),
        Ok(_) => {
            tracing::error!("the old configuration is kept: another `state` needs a restart");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the old configuration is kept: the new one is wrong");
            None
        }
    }
}

/// Serves the pages of a new configuration instead of an old one's, or goes on with these.
fn replace_http_server(
    server: &mut Option<HttpServer>,
    old: &Config,
    new: &Config,
    health: &StoreFailures,
    clock: Clock,
) -> Result<()> {
    let port = |config: &Config| config.http.as_ref().map(|http| http.listen.port());
    // Only one of them can have it.
    if port(old) == port(new) {
        drop(server.take());
    }
    match start_http_server::start_http_server(new, health, clock) {
        Ok(started) => {
            *server = started;
            Ok(())
        }
        Err(error) => {
            if server.is_none() {
                *server = start_http_server::start_http_server(old, health, clock).unwrap_or_else(|error| {
                    tracing::error!(error = %format_args!("{error:#}"), "pages are no longer served");
                    None
                });
            }
            Err(error)
        }
    }
}

/// Serves with one configuration until a signal comes or the history cannot be used any more. Polling is cut off at once, for a poll that
/// is not recorded leaves nothing behind; a delivery in flight is waited for, so that its answer is not lost.
async fn run_daemon_with_config(
    config: &Rc<Config>,
    store: &mut Store,
    health: &StoreFailures,
    unsettled: &mut UnsettledOutboxes,
    signals: &mut SignalListener,
    clock: Clock,
) -> Result<DaemonSignal> {
    unsettled.flush_all();
    let (stop, stopping) = watch::channel(false);
    let wake = Rc::new(Notify::new());
    let heartbeats = Heartbeats::default();
    let tasks = LocalSet::new();
    let sink_tasks: Vec<_> = config
        .sinks
        .iter()
        .map(|sink| {
            let sink_loop = SinkLoop {
                config: Rc::clone(config),
                sink: sink.clone(),
                wake: Rc::clone(&wake),
                heartbeats: heartbeats.clone(),
                health: health.clone(),
                clock,
            };
            let outbox = unsettled.take_outbox_of_sink(&sink.name);
            (sink.name.clone(), tasks.spawn_local(sink_loop.deliver_until_stopped(outbox, stopping.clone())))
        })
        .collect();
    tasks.spawn_local(watchdog::keep_pinging_systemd_watchdog(heartbeats.clone()));
    tasks
        .run_until(async {
            let main_loop = MainLoop {
                config,
                store,
                wake: &wake,
                heartbeats: &heartbeats,
                health,
                clock,
                maintenance: MaintenanceTasks::new(),
                failures: 0,
                is_request_failure_logged: false,
            };
            let signal = tokio::select! {
                signal = signals.next() => Ok(signal),
                failed = Box::pin(main_loop.run_forever()) => failed.map(|never| match never {}),
            };
            if !matches!(signal, Ok(DaemonSignal::Reload)) {
                systemd_notify::notify_stopping();
            }
            let _ = stop.send(true);
            wake.notify_waiters();
            for (sink, task) in sink_tasks {
                if let Some(outbox) = task.await.context("a delivery broke off")? {
                    unsettled.keep_unsettled_outbox(sink, outbox);
                }
            }
            signal
        })
        .await
}
