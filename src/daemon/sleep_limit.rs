//! How long a loop of the daemon sleeps at most.

use std::time::Duration;

/// The daemon looks at the clock at least so often, so that a machine that slept or whose clock was set is
/// noticed.
pub(super) const SLEEP_MAX: Duration = Duration::from_secs(30);
