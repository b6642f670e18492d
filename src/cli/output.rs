//! What goes to standard output.

use std::io::{ErrorKind, Write};

use anyhow::{Context, Result};
use serde::Serialize;

/// Prints the answer. A reader that went away (`| head`) is no failure.
pub(super) fn print_text(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write the answer"),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Asks the person at the terminal. Standard output is for the answer alone.
pub(super) fn print_question(text: &str) -> Result<()> {
    let mut terminal = std::io::stderr().lock();
    terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush()).context("cannot ask")
}

/// Prints the answer, as one JSON object on one line or in words.
pub(super) fn print_answer<T: Serialize>(
    json: bool,
    answer: &T,
    words: impl FnOnce() -> String,
) -> Result<()> {
    if !json {
        return print_text(&words());
    }
    let mut text = serde_json::to_string(answer).context("cannot write the answer as JSON")?;
    text.push('\n');
    print_text(&text)
}
