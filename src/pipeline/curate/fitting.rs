//! A list that would be longer than a file may be is made shorter until it fits.

use anyhow::Result;
use jiff::Timestamp;

use super::round::Round;
use super::waiting::{WaitingTopic, written};
use super::{Curation, Ours, ReadFile};
use crate::pipeline::project::List;
use crate::pipeline::tables::{Drafts, FILE_BYTES_MAX, Made, OWN};
use crate::render::sound_blocks;
use crate::store::Store;

/// How often a list is made shorter until it fits.
const SHORTER_MAX: usize = 8;

/// What becomes of a list's files, without what is kept beside it.
pub(super) fn fitting(
    store: &Store,
    list: &List<'_>,
    ours: Ours<'_>,
    drafts: &mut Drafts,
    waiting: &[WaitingTopic],
    read: &mut ReadFile<'_>,
    now: Timestamp,
) -> Result<Curation> {
    let (topics, records) = written(list, &drafts.topics, waiting);
    let list = &List { topics: &topics, ..*list };
    let known = store.dismissed(list.name)?;
    let mut rows_max = list.rows_max;
    let mut shorter = 0;
    loop {
        let mut round =
            Round { store, list, ours, drafts, topics: &records, waiting, rows_max, known: &known, now };
        let fewer = match round.curate(read)? {
            Made::Fits((curation, lengths)) => {
                let own = curation.wanted.get(OWN).map_or("", AsRef::as_ref);
                if own.len() <= FILE_BYTES_MAX || rows_max <= 1 {
                    return Ok(curation.with_notes_on_length(list, rows_max));
                }
                let around = around(own, list);
                lengths.rows_that_fit(around, Some(own.len() - around))
            }
            Made::TooLong(lengths) => {
                lengths.rows_that_fit(read(OWN)?.map_or(0, |own| around(&own, list)), None)
            }
        };
        let fewer = fewer.min(rows_max.saturating_sub(1)).max(1);
        shorter += 1;
        rows_max = if shorter < SHORTER_MAX { fewer } else { 1 };
    }
}

/// How much of a list's own file stands around its tables, in bytes.
fn around(own: &str, list: &List<'_>) -> usize {
    let blocks = sound_blocks(own).into_iter();
    let tables = blocks.filter(|(its, _)| list.topics.iter().any(|topic| topic == its));
    let tables: usize = tables.map(|(_, table)| table.len()).sum();
    own.len() - tables
}

impl Curation {
    fn with_notes_on_length(mut self, list: &List<'_>, rows_max: u32) -> Self {
        if rows_max < list.rows_max {
            self.notes.push(format!(
                "shortened to {rows_max} rows in each table: with {} it would pass the {FILE_BYTES_MAX} bytes that \
                 GitHub shows of a file",
                list.rows_max
            ));
        }
        // Room is left for what people write, and they may need more.
        for (file, text) in self.wanted.iter().filter(|(_, text)| text.len() > FILE_BYTES_MAX) {
            let path = list.path(file);
            let (path, bytes) = (path.display(), text.len());
            self.notes.push(format!("{path} has {bytes} bytes, of which GitHub shows {FILE_BYTES_MAX}"));
        }
        self
    }
}
