//! `run`: the daemon.

use std::path::Path;

use anyhow::Result;

use super::command_outcome::CommandOutcome;
use super::runtime::build_runtime;
use crate::clock::Clock;
use crate::daemon::run::run_daemon;

pub(super) fn run_daemon_command(file: Option<&Path>, clock: Clock) -> Result<CommandOutcome> {
    let runtime = build_runtime()?;
    let ended = runtime.block_on(run_daemon(file.map(Path::to_owned), clock.into_ticking()));
    // What cannot be cut off, as reading a configuration from a pipe, ends with the process.
    runtime.shutdown_background();
    ended.map(|()| CommandOutcome::Complete)
}
