//! What goes to standard error: warnings always, more of what happens when asked for.

use std::io::{IsTerminal, Write};

use tracing::Level;

/// Begins to log at the level that the command line asks for.
pub(super) fn begin(verbose: u8) {
    let level = match verbose {
        0 => Level::WARN,
        1 => Level::INFO,
        2.. => Level::TRACE,
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_max_level(level)
        .with_target(false)
        .init();
}

/// Tells why the command came to nothing, with what it was doing first.
pub(super) fn tell_error(error: &anyhow::Error) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "paperwire: {error:#}");
}
