//! How far a long poll has come: a line that moves at a terminal, plain lines in a log.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::pipeline::poll_progress_event::PollProgress;

/// A wait that a log need not mention.
const SHORT_WAIT: Duration = Duration::from_secs(5);

/// What is shown of a running poll.
pub(super) struct ProgressDisplay {
    bar: ProgressBar,
}

impl ProgressDisplay {
    /// Nothing is shown before the first step. If standard error is no terminal, lines are logged instead.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}: {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Shows what the poll of a topic does now.
    pub(super) fn show_progress(&mut self, topic: &str, step: &PollProgress<'_>) {
        let words = progress_text(step);
        if self.bar.is_hidden() {
            log_poll_progress(topic, step, &words);
        } else {
            self.bar.set_prefix(topic.to_owned());
            self.bar.set_message(words);
            self.bar.tick();
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn log_poll_progress(topic: &str, step: &PollProgress<'_>, words: &str) {
    match step {
        PollProgress::Waiting { wait, after: None } if *wait <= SHORT_WAIT => {
            tracing::debug!(topic, "{words}");
        }
        PollProgress::Waiting { .. } | PollProgress::Fetching { .. } => tracing::info!(topic, "{words}"),
    }
}

fn progress_text(step: &PollProgress<'_>) -> String {
    match step {
        PollProgress::Fetching { start: 0, total: 0 } => "asking for the first page".to_owned(),
        PollProgress::Fetching { start, total } => format!("asking for results from {start} of {total}"),
        PollProgress::Waiting { wait, after: None } => {
            format!("waiting {:.0} s, as arXiv asks", wait.as_secs_f64())
        }
        PollProgress::Waiting { wait, after: Some(fault) } => {
            format!("{fault}; next try in {:.0} s", wait.as_secs_f64().ceil())
        }
    }
}
