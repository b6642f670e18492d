//! How far a long poll has come: a line that moves at a terminal, plain lines in a log.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::pipeline::poll::Step;

/// A wait that a log need not mention.
const SHORT_WAIT: Duration = Duration::from_secs(5);

/// What is shown of a running poll.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Nothing is shown before the first step; where standard error is no terminal, lines are logged instead.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}: {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Shows what the poll of a topic does now.
    pub(super) fn show(&mut self, topic: &str, step: &Step<'_>) {
        let words = in_words(step);
        if self.bar.is_hidden() {
            log(topic, step, &words);
        } else {
            self.bar.set_prefix(topic.to_owned());
            self.bar.set_message(words);
            self.bar.tick();
        }
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn log(topic: &str, step: &Step<'_>, words: &str) {
    match step {
        Step::Waiting { wait, after } if after.is_some() || *wait > SHORT_WAIT => {
            tracing::info!("{topic}: {words}");
        }
        Step::Waiting { .. } => tracing::debug!("{topic}: {words}"),
        Step::Asking { .. } => tracing::info!("{topic}: {words}"),
    }
}

fn in_words(step: &Step<'_>) -> String {
    match step {
        Step::Asking { start: 0, total: 0 } => "asking for the first page".to_owned(),
        Step::Asking { start, total } => format!("asking for results from {start} of {total}"),
        Step::Waiting { wait, after: None } => format!("waiting {:.0} s, as arXiv asks", wait.as_secs_f64()),
        Step::Waiting { wait, after: Some(fault) } => {
            format!("{fault}; next try in {:.0} s", wait.as_secs_f64().ceil())
        }
    }
}
