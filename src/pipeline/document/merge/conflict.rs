//! What a person edited and what changed since, as a report of it.

use crate::domain::table_merge::CellConflict;
use crate::pipeline::document::list::ConflictReport;
use crate::render::{plain_cell, plain_title};

/// What there is to say of a conflict in a topic's table.
pub(super) fn conflict_report(topic: &str, conflict: CellConflict) -> ConflictReport {
    let plain = |cell: &str| if conflict.column == "title" { plain_title(cell) } else { plain_cell(cell) };
    ConflictReport {
        topic: topic.to_owned(),
        paper: conflict.key.to_string(),
        edited: plain(&conflict.edited),
        desired: plain(&conflict.desired),
        column: conflict.column,
    }
}
