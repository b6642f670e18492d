//! A file of a list that is about to be written, with those that are written with it.

use crate::domain::Fingerprint;
use crate::store::FileRewrite;

/// A file that waits to be rewritten.
#[derive(Debug)]
pub(super) struct PendingFileRewrite {
    pub(super) rewrite: FileRewrite,
    /// What is in the file now.
    pub(super) current: Option<String>,
    /// Whether all that is written before it was.
    pub(super) are_earlier_written: bool,
}

impl PendingFileRewrite {
    /// Whether it was written, and is so still.
    pub(super) fn is_file_rewritten(&self) -> bool {
        self.are_earlier_written && self.current.as_deref() == Some(&*self.rewrite.text)
    }

    /// Whether the file is as it was before the rewrite.
    pub(super) fn is_as_before_rewrite(&self) -> bool {
        self.current.as_deref().map(Fingerprint::of_text) == self.rewrite.before
    }

    /// Whether somebody has changed it since: it is neither as it was nor as it was written.
    pub(super) fn is_edited_since_rewrite(&self) -> bool {
        !self.is_file_rewritten() && !self.is_as_before_rewrite()
    }
}
