//! What is said of a list's change.

use crate::domain::CommitId;
use crate::domain::pull_request_plan::ContentFingerprints;
use crate::pipeline::document::merged_list::MergedList;
use crate::render::pull_request::TopicChanges;

/// What is said of what becomes of a list's files at a commit.
#[derive(Debug)]
pub(super) struct ChangeDescription {
    pub(super) base: CommitId,
    pub(super) merged: MergedList,
    pub(super) changes: Vec<TopicChanges>,
    pub(super) content: ContentFingerprints,
}
