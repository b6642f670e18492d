//! What a command's tasks run on.

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};

/// A runtime of one thread, for what a command's tasks share.
pub(super) fn build_runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("cannot start")
}
