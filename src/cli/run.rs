//! `run`: the daemon.

use std::path::Path;

use anyhow::Result;

use super::{Done, runtime};
use crate::clock::Clock;
use crate::daemon::run::run as turn_for_ever;

pub(super) fn run(file: Option<&Path>, clock: Clock) -> Result<Done> {
    let runtime = runtime()?;
    let ended = runtime.block_on(turn_for_ever(file.map(Path::to_owned), clock.moving()));
    // What cannot be cut off, as reading a configuration from a pipe, ends with the process.
    runtime.shutdown_background();
    ended.map(|()| Done::Whole)
}
