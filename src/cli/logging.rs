//! What goes to standard error: warnings always, more of what happens when asked for. As words for a
//! person, as words for systemd's journal, or as JSON lines for a machine.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::store::error_chain_message;

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LogFormat {
    Plain,
    /// The plain form as systemd's journal takes it; found out, not asked for.
    #[value(skip)]
    Journal,
    Json,
}

impl LogFormat {
    /// Begins to log at the level that the command line asks for.
    pub(super) fn start_logging(self, verbose: u8) -> Self {
        let level = match verbose {
            0 => Level::WARN,
            1 => Level::INFO,
            2.. => Level::TRACE,
        };
        let fmt = tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_ansi(has_colours())
            .with_max_level(level)
            .with_target(false)
            // It would be said on standard error, and if that is a file on a full disk, end the program.
            .log_internal_errors(false);
        // What HTTP's and TLS's crates log has hosts and headers in it, and those of a receiver are secret.
        let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), level);
        let logs = if self == Self::Plain && is_stderr_journald() { Self::Journal } else { self };
        match logs {
            Self::Plain => fmt.finish().with(own).init(),
            Self::Journal => fmt.event_format(JournaldFormat).finish().with(own).init(),
            Self::Json => fmt.json().flatten_event(true).finish().with(own).init(),
        }
        logs
    }

    /// Reports why the command failed, with what it was doing first.
    pub(super) fn report_error(self, error: &anyhow::Error) {
        let words = error_chain_message(error);
        match self {
            // If standard error is closed, nobody can read it.
            Self::Plain => drop(writeln!(std::io::stderr().lock(), "paperwire: {words}")),
            Self::Journal | Self::Json => tracing::error!("{words}"),
        }
    }
}

/// <https://no-color.org>
fn has_colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|word| word.is_empty())
}

/// Whether standard error leads to systemd's journal, and not some other program's: the variable is
/// inherited, and names the device and inode of the journal's own stream.
/// <https://www.freedesktop.org/software/systemd/man/systemd.exec.html#%24JOURNAL_STREAM>
fn is_stderr_journald() -> bool {
    let Some(stream) = std::env::var("JOURNAL_STREAM").ok() else { return false };
    let metadata =
        std::io::stderr().as_fd().try_clone_to_owned().and_then(|fd| std::fs::File::from(fd).metadata());
    metadata.is_ok_and(|metadata| stream == format!("{}:{}", metadata.dev(), metadata.ino()))
}

/// The journal has its own time stamps and colours. It takes each line for a message of its own, and its
/// level from the number before it.
/// <https://www.freedesktop.org/software/systemd/man/sd-daemon.html>
struct JournaldFormat;

impl<S, N> FormatEvent<S, N> for JournaldFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = String::new();
        ctx.format_fields(Writer::new(&mut text), event)?;
        let level = syslog_priority(*event.metadata().level());
        text.lines().try_for_each(|line| writeln!(out, "<{level}>{line}"))
    }
}

/// syslog's number for a level.
fn syslog_priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}
