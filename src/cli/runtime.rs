//! What a command's tasks run on.

use anyhow::Context as _;
use tokio::runtime::{Builder, Runtime};

/// What a command's tasks run on: one thread, for what they share.
pub(super) fn build_runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("cannot start")
}
