//! The files of a list as they were generated, with their texts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::Fingerprint;

/// The files of a list with their texts. A name is a path from the folder of the list's own file, which itself is
/// the empty name. A text is shared by all who have it as it is: most of a long list's files are in every turn what
/// they were in the last.
pub type FileTexts = BTreeMap<String, Arc<str>>;

/// Texts that were read already, so that what the history has of them is not read once more.
#[derive(Debug, Default)]
pub struct TextCacheByFingerprint(HashMap<Fingerprint, Arc<str>>);

impl TextCacheByFingerprint {
    /// Takes a text for read.
    pub fn cache_text(&mut self, text: &Arc<str>) {
        self.0.insert(Fingerprint::of_text(text.as_bytes()), Arc::clone(text));
    }

    /// The text of this fingerprint, read only if it is not at hand.
    pub(in crate::store) fn get_or_read<E>(
        &mut self,
        print: Option<Fingerprint>,
        read: impl FnOnce() -> Result<Arc<str>, E>,
    ) -> Result<Arc<str>, E> {
        if let Some(text) = print.and_then(|print| self.0.get(&print)) {
            return Ok(Arc::clone(text));
        }
        let text = read()?;
        self.cache_text(&text);
        Ok(text)
    }
}

/// The files of a list as they were generated: what was written, and what was about to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GeneratedFiles {
    /// What is known to have been written; empty if nothing was.
    pub written: FileTexts,
    /// What was about to be written, and may have been.
    pub intended: FileTexts,
}

impl GeneratedFiles {
    /// Whether these very files are known to have been written, and nothing else was about to be.
    pub fn is_known_written(&self, files: &FileTexts) -> bool {
        self.intended.is_empty() && self.written == *files
    }
}

/// One of the files that are written together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRewrite {
    /// The file's name among the list's.
    pub file: String,
    /// The fingerprint of what was there; none if nothing was.
    pub before: Option<Fingerprint>,
    /// What is to be written there.
    pub text: String,
}
