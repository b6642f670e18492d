//! The three texts of one topic.

use super::parsed_table::TablePerFile;
use crate::domain::PaperId;

/// The three texts of one topic, in the same files.
#[derive(Debug)]
pub struct MergeInput<'a> {
    /// What was generated: the text that is known to have been written, and behind it those that were about to be
    /// and may have been.
    pub base: &'a [TablePerFile<'a>],
    /// Whether the first of these is known to have been written. If it is not, the list may be as others left it, and
    /// is taken over.
    pub is_base_known: bool,
    /// What was generated at other times: written before, or proposed. A cell that is as in one of these is the program's,
    /// for somebody took it from there.
    pub other_bases: &'a [TablePerFile<'a>],
    /// The papers whose rows a person deleted, here or in another text of the list.
    pub dismissed: &'a [PaperId],
    /// What is in the files now.
    pub edited: &'a TablePerFile<'a>,
    /// What would be generated, without the papers that were dismissed.
    pub desired: &'a TablePerFile<'a>,
}
