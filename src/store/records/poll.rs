//! What a poll or an import leaves in the history.

use jiff::Timestamp;

use super::topic::{KnownPaper, SourceProgress};
use crate::domain::{DetectedChange, MetadataOrigin, Paper};

/// One paper as a source gave it to a topic, with what was known of it and what that means.
#[derive(Debug)]
pub struct PaperWithDetectedChange {
    /// The paper as the source gave it.
    pub paper: Paper,
    /// What the history had of it.
    pub known: KnownPaper,
    /// What is to be done about it.
    pub finding: DetectedChange,
}

/// What one poll or import leaves in the history.
#[derive(Debug)]
pub struct PollRecord {
    /// The present.
    pub now: Timestamp,
    /// Where the papers came from.
    pub origin: MetadataOrigin,
    /// The papers in the order in which they came.
    pub papers: Vec<PaperWithDetectedChange>,
    /// The source that was polled; of an import, those with which first contact is over by it.
    pub sources: Vec<SourceProgress>,
    /// Whether that source is had page by page: what it has shown ends the paging of its next poll.
    pub is_paged: bool,
    /// How far the topic has come with them; none if the poll was incomplete.
    pub watermark_update: Option<WatermarkUpdate>,
}

/// How far a topic has come with a source by a complete poll or an import.
#[derive(Debug, Clone, Copy)]
pub struct WatermarkUpdate {
    /// The watermark from now on.
    pub watermark: Timestamp,
    /// When the source made its answer.
    pub source_time: Option<Timestamp>,
    /// Whether the poll went back to the end of the look-back.
    pub is_full_sweep: bool,
}

/// What recording a poll changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordedPaperCounts {
    /// Papers that are news of the topic because they are new.
    pub new: u64,
    /// Versions that are news of the topic because they replace an earlier one.
    pub replaced: u64,
    /// Preprints that are news of the topic because they have appeared in a journal.
    pub published: u64,
    /// Papers that the topic saw for the first time and that are announced to nobody.
    pub seeded: u64,
    /// Papers that the topic has seen in all.
    pub paper_count: u64,
}

impl RecordedPaperCounts {
    /// Whether the topic has something that it had not.
    pub fn brought_anything(&self) -> bool {
        self.new + self.replaced + self.published + self.seeded > 0
    }
}

impl PollRecord {
    /// What an import leaves: everything is filled in silently, and first contact with these sources is over. They are had
    /// page by page, back to the newest paper of the list.
    pub fn of_import(
        now: Timestamp,
        papers: Vec<PaperWithDetectedChange>,
        sources: Vec<SourceProgress>,
    ) -> Self {
        let newest = papers.iter().map(|shown| shown.paper.updated).max();
        let watermark_update =
            newest.map(|watermark| WatermarkUpdate { watermark, source_time: None, is_full_sweep: false });
        Self { now, origin: MetadataOrigin::List, papers, sources, is_paged: true, watermark_update }
    }
}
