//! The daemon: polls by its crontab, keeps the lists current, composes what is due, and delivers at every
//! sink side by side, until it is told to stop.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::{Notify, watch};
use tokio::task::LocalSet;

use super::main_loop::Turning;
use super::signals::{Asked, Signals};
use super::sink_loop::Delivering;
use super::watch::Pulse;
use super::{notify, page, watch as watching};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;

/// The daemon looks at the clock at least so often, so that a machine that slept or whose clock was set is
/// noticed.
pub(super) const SLEEP_MAX: Duration = Duration::from_secs(30);

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
