//! The files of one volume of an archive: as many as its rows need.

use jiff::Timestamp;

use super::list_settings_and_report::FILE_BYTES_MAX;
use crate::domain::Column;
use crate::render::TableWriter;

/// An archive file is parted before it is full, so that its headings and what people write have room in it.
const PART_BYTES_MAX: usize = FILE_BYTES_MAX - 32_000;

/// A row as it is written, with the topic that it is of, and the time of its version.
#[derive(Debug)]
pub(super) struct DatedRow<'a> {
    pub(super) topic: &'a str,
    pub(super) updated: Timestamp,
    pub(super) row: String,
}

/// One file of an archive's volume.
#[derive(Debug)]
pub(super) struct ArchiveVolumeFile {
    pub(super) name: String,
    /// The file's tables: topics with their texts.
    pub(super) tables: Vec<(String, String)>,
}

/// The files that these rows fill, the oldest first, each named by its number from 1.
///
/// The rows come topic after topic, the newest of each first, and they stay in this order. Which file a row is in depends
/// on its time alone: the oldest rows fill the first file. So a full file stays as it is while newer rows come.
pub(super) fn split_volume_into_files(
    name: impl Fn(usize) -> String,
    columns: &[Column],
    rows: &[DatedRow<'_>],
) -> Vec<ArchiveVolumeFile> {
    let mut by_time: Vec<usize> = (0..rows.len()).rev().collect();
    by_time.sort_by_key(|at| rows[*at].updated);
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut bytes = 0;
    for at in by_time {
        // Only rows are counted: headings and headers come out of the bytes that are spare.
        let more = rows[at].row.len();
        match parts.last_mut() {
            Some(part) if bytes + more <= PART_BYTES_MAX => {
                part.push(at);
                bytes += more;
            }
            Some(_) | None => {
                parts.push(vec![at]);
                bytes = more;
            }
        }
    }
    let parts = parts.into_iter().zip(1..);
    parts
        .map(|(part, number)| ArchiveVolumeFile {
            name: name(number),
            tables: render_volume_tables(columns, rows, part),
        })
        .collect()
}

fn render_volume_tables(
    columns: &[Column],
    rows: &[DatedRow<'_>],
    mut part: Vec<usize>,
) -> Vec<(String, String)> {
    part.sort_unstable();
    let topics = part.chunk_by(|one, other| rows[*one].topic == rows[*other].topic);
    let table = |positions: &[usize]| {
        let topic = rows[positions[0]].topic;
        let mut table = TableWriter::begin_table(topic, columns);
        for at in positions {
            table.add_rendered_row(&rows[*at].row);
        }
        (topic.to_owned(), table.finish())
    };
    topics.map(table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of so many bytes, the first of them so many hours old, each a day older than the one before it.
    fn sample_rows(topic: &str, bytes: usize, hours: i64, count: i64) -> Vec<DatedRow<'_>> {
        let row = |number: i64| DatedRow {
            topic,
            updated: Timestamp::from_second((20_000 - number) * 86_400 - hours * 3_600).unwrap(),
            row: format!("| {topic}{number} {} |\n", "x".repeat(bytes - 8)),
        };
        (0..count).map(row).collect()
    }

    fn paper_titles_in_tables(part: &ArchiveVolumeFile) -> Vec<Vec<&str>> {
        let rows = part.tables.iter().map(|(topic, text)| {
            assert!(text.starts_with(&format!("## {topic}\n")), "{text}");
            text.lines().skip(4).filter_map(|line| line.split(' ').nth(1)).collect()
        });
        rows.collect()
    }

    #[test]
    fn one_file_after_the_other_is_filled_from_the_oldest_row_on_whatever_its_topic() {
        let mut all = sample_rows("A", 100_000, 0, 6);
        all.extend(sample_rows("B", 150_000, 12, 3));
        let parts = split_volume_into_files(|part| part.to_string(), &[Column::Title], &all);
        let files: Vec<_> =
            parts.iter().map(|part| (part.name.as_str(), paper_titles_in_tables(part))).collect();
        assert_eq!(
            files,
            [
                ("1", vec![vec!["A3", "A4", "A5"], vec!["B2"]]),
                ("2", vec![vec!["A1", "A2"], vec!["B1"]]),
                ("3", vec![vec!["A0"], vec!["B0"]]),
            ]
        );
        let bytes = parts.iter().map(|part| part.tables.iter().map(|(_, text)| text.len()).sum::<usize>());
        assert!(
            bytes.clone().all(|bytes| bytes < FILE_BYTES_MAX - 31_000),
            "{:?}",
            bytes.collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_is_full_stays_as_it_is_while_newer_rows_come() {
        let newer = || sample_rows("A", 90_000, 0, 12);
        let mut older = newer();
        older.drain(..2);
        let (before, after) = (
            split_volume_into_files(|part| part.to_string(), &[Column::Title], &older),
            split_volume_into_files(|part| part.to_string(), &[Column::Title], &newer()),
        );
        assert_eq!((before.len(), after.len(), &*after[2].name), (2, 3, "3"));
        assert_eq!(before[0].tables, after[0].tables);
        assert_eq!(
            split_volume_into_files(
                |part| part.to_string(),
                &[Column::Title],
                &sample_rows("A", 900_000, 0, 2)
            )
            .len(),
            2,
            "one row alone is too long"
        );
    }
}
