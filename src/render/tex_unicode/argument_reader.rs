//! How the reader of a text is handed to those that read its parts: a command's argument is a text again.

/// Arguments within arguments; authors' texts have a few.
const DEPTH_MAX: u32 = 8;

/// Reads what a command is given, within so many others.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArgumentReader {
    depth: u32,
    read_text: fn(&str, ArgumentReader) -> String,
}

impl ArgumentReader {
    /// The reader of a text that is no argument.
    pub(super) fn new(read_text: fn(&str, ArgumentReader) -> String) -> Self {
        Self { depth: 0, read_text }
    }

    /// Whether an argument of an argument would be too deep.
    pub(super) fn is_at_its_end(self) -> bool {
        self.depth == DEPTH_MAX
    }

    /// An argument as a reader sees it.
    pub(super) fn read(self, argument: &str) -> String {
        (self.read_text)(argument, Self { depth: self.depth + 1, ..self })
    }
}
