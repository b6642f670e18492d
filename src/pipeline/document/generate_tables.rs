//! What a list would be by the history alone: its tables, and those of its archive.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use super::archive_volumes;
use super::archive_volumes::{ArchiveVolume, TopicPapersForArchive};
use super::list_settings_and_report::{FILE_BYTES_MAX, LIST_FILE, List};
use crate::render::{TableRow, TableWriter, archive_links};
use crate::store::{
    ArchiveVolumeRecord, Dismissal, FileTexts, PaperDatabaseRowId, PaperPlaceInTopic, Store, TopicRecord,
};

/// How long each table of the list's own file is, in bytes: with no row, with one, and so on.
#[derive(Debug, Clone)]
pub(super) struct TableBytesByRowCount(Vec<Vec<usize>>);

impl TableBytesByRowCount {
    /// How many rows each table may have so that all have room in a file with so much around them, with some to spare.
    /// If people have changed rows, `merged` is how long all tables are after the merge; the fewer will be
    /// changed in the same measure. A little more are the links to the archive, for which there is room.
    pub(super) fn rows_that_fit(&self, around: usize, merged: usize) -> u32 {
        let all = self.table_bytes_at_row_count(usize::MAX).max(1);
        let merged = if (all..=all * 102 / 100).contains(&merged) { all } else { merged };
        let room = FILE_BYTES_MAX.saturating_sub(around.max(AROUND_BYTES_MIN)) * 98 / 100;
        let fits = |rows: &usize| {
            self.table_bytes_at_row_count(*rows) as u64 * merged as u64 <= room as u64 * all as u64
        };
        let rows = (1..self.0.iter().map(Vec::len).max().unwrap_or(0)).take_while(fits).last();
        rows.and_then(|rows| u32::try_from(rows).ok()).unwrap_or(1)
    }

    /// How many rows each table may have if nobody changes one and there is so much around them.
    pub(super) fn row_limit_if_unedited(&self, around: usize) -> u32 {
        self.rows_that_fit(around, self.table_bytes_at_row_count(usize::MAX))
    }

    /// Whether tables of so many rows are longer than a file may be, whatever is around them. One row each is never too many.
    pub(super) fn exceeds_file_limit(&self, rows_max: u32) -> bool {
        let ends = self.0.len();
        rows_max > 1 && self.table_bytes_at_row_count(rows_max as usize) + ends > FILE_BYTES_MAX
    }

    fn table_bytes_at_row_count(&self, rows: usize) -> usize {
        self.0.iter().filter_map(|lengths| lengths.get(rows).or(lengths.last())).sum()
    }
}

/// A new file has about so much around its tables: its title, and markers.
const AROUND_BYTES_MIN: usize = 1_000;

/// The tables of a list.
#[derive(Debug)]
pub(super) struct GeneratedTables {
    /// The tables of the list's own file: its topics with their texts, in the list's order.
    list_file: Vec<(String, String)>,
    /// The papers in them, in the same order.
    list_papers: Vec<Vec<PaperDatabaseRowId>>,
    /// Rows in all tables of the list's own file.
    pub(super) rows: usize,
    volumes: Vec<ArchiveVolume>,
    pub(super) lengths: TableBytesByRowCount,
}

impl GeneratedTables {
    /// The names of all files.
    pub(super) fn file_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(LIST_FILE).chain(self.volumes.iter().flat_map(ArchiveVolume::file_names))
    }

    /// Whether this text, by its fingerprint, is what would be generated for this file.
    pub(super) fn is_as_generated(&self, file: &str, text: &str) -> bool {
        self.volumes.iter().any(|volume| volume.is_as_generated(file, text))
    }

    /// The tables of one file: its topics with their texts, in the list's order.
    pub(super) fn tables_of_file(
        &self,
        store: &Store,
        list: &List<'_>,
        file: &str,
    ) -> Result<Vec<(&str, Cow<'_, str>)>> {
        let volume = self.volumes.iter().find(|volume| volume.file_names().any(|name| name == file));
        let tables = match volume {
            None if file == LIST_FILE => &*self.list_file,
            None => &[],
            Some(volume) => volume.archive_tables_of_file(store, list, file)?,
        };
        Ok(tables.iter().map(|(topic, text)| (&**topic, Cow::Borrowed(&**text))).collect())
    }

    /// The papers of a topic, in whichever files they are.
    pub(super) fn tabled_papers_of_topic<'t>(
        &'t self,
        topic: &'t str,
    ) -> impl Iterator<Item = PaperDatabaseRowId> + 't {
        let list_file =
            self.list_file.iter().zip(&self.list_papers).filter(move |((name, _), _)| name == topic);
        let archived = self.volumes.iter().flat_map(move |volume| volume.tabled_papers_of_topic(topic));
        list_file.flat_map(|(_, papers)| papers.iter().copied()).chain(archived)
    }

    /// The volumes of the archive that were generated again, by their names, if these files are generated from them.
    pub(super) fn regenerated_archive_volumes(
        &self,
        generated: &FileTexts,
    ) -> BTreeMap<String, ArchiveVolumeRecord> {
        self.volumes
            .iter()
            .filter_map(|volume| Some((volume.name(), volume.new_record(generated)?)))
            .collect()
    }
}

/// What decides how a list's tables are generated, the history and the configuration aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowSelection {
    /// Rows in each table at the most.
    pub(super) rows_max: u32,
    /// What is left out, and uses up no row.
    pub(super) dismissed: Vec<Dismissal>,
}

impl RowSelection {
    /// Where the papers of a topic are: those of its table, and those after them, if the list has an archive for them.
    fn table_and_archive_positions(
        &self,
        store: &Store,
        list: &List<'_>,
        topic: &TopicRecord,
        name: &str,
    ) -> Result<(Vec<PaperPlaceInTopic>, Vec<PaperPlaceInTopic>)> {
        let dismissed = self.dismissed.iter().filter(|dismissed| dismissed.topic == name);
        let dismissed = store.database_row_ids_of_papers(dismissed.map(|dismissed| &dismissed.paper))?;
        let limit = match list.archive {
            Some(_) => u32::MAX,
            None => self.rows_max.saturating_add(u32::try_from(dismissed.len()).unwrap_or(u32::MAX)),
        };
        let mut positions = store.newest_paper_positions(topic, limit)?;
        positions.retain(|position| !dismissed.contains(&position.paper));
        let older = positions.split_off(positions.len().min(self.rows_max as usize));
        Ok((positions, older))
    }
}

/// After so many rows it is looked at whether a table is too long already.
const ROWS_MEASURED_AT_ONCE: usize = 100;

/// A topic's table in the list's own file, as far as it was written.
struct RenderedTopicTable<'a> {
    topic: &'a str,
    text: String,
    papers: Vec<PaperDatabaseRowId>,
    /// How long it is with no row, with one, and so on.
    lengths: Vec<usize>,
    /// The papers after its own, if the list has an archive for them.
    older: Vec<PaperPlaceInTopic>,
}

/// Writes a topic's table. One that is longer than so many bytes is not written to its end: it may have a hundred thousand
/// rows.
fn render_topic_table<'a>(
    store: &Store,
    list: &List<'_>,
    (name, topic): (&'a str, &TopicRecord),
    selection: &RowSelection,
    bytes_max: usize,
) -> Result<RenderedTopicTable<'a>> {
    let (positions, older) = selection.table_and_archive_positions(store, list, topic, name)?;
    let mut table = TableWriter::begin_table(name, list.columns);
    let mut lengths = vec![table.byte_count()];
    for positions in positions.chunks(ROWS_MEASURED_AT_ONCE) {
        if table.byte_count() > bytes_max {
            break;
        }
        store.read_papers_at_positions(positions, list.columns, |paper| {
            table.add_row(&TableRow::from_paper(paper, list.code_hosts));
            lengths.push(table.byte_count());
        })?;
    }
    let papers = positions.iter().map(|position| position.paper).collect();
    Ok(RenderedTopicTable { topic: name, text: table.finish(), papers, lengths, older })
}

/// The tables of a list, its archive's among them, if those of its own file are these.
fn generated_tables(
    store: &Store,
    list: &List<'_>,
    written: Vec<RenderedTopicTable<'_>>,
) -> Result<GeneratedTables> {
    let (mut list_file, mut list_papers, mut older) = (Vec::new(), Vec::new(), Vec::new());
    let mut lengths = Vec::new();
    for table in written {
        list_file.push((table.topic.to_owned(), table.text));
        list_papers.push(table.papers);
        older.push(TopicPapersForArchive { topic: table.topic, papers: table.older });
        lengths.push(table.lengths);
    }
    let mut volumes = Vec::new();
    if let Some(pattern) = list.archive {
        volumes = archive_volumes::archive_volumes_from_store(store, list, pattern, &older)?;
        for (topic, text) in &mut list_file {
            let files = volumes.iter().flat_map(|volume| volume.files_of_topic(topic));
            text.push_str(&archive_links(pattern, files));
        }
    }
    let rows = list_papers.iter().map(Vec::len).sum();
    Ok(GeneratedTables { list_file, list_papers, rows, volumes, lengths: TableBytesByRowCount(lengths) })
}

/// The tables of a list's topics as far as they were generated already: a run that looks at a list several times generates
/// them once.
#[derive(Debug)]
pub struct GeneratedTableCache {
    /// All of the list.
    topics: BTreeMap<String, TopicRecord>,
    /// For topics and a selection, their tables.
    cached: Vec<(Vec<String>, RowSelection, Arc<GeneratedTables>)>,
}

impl GeneratedTableCache {
    /// None generated yet; the topics are those of the list, in its order.
    pub(super) fn new(list: &List<'_>, topics: Vec<TopicRecord>) -> Self {
        Self { topics: list.topics.iter().cloned().zip(topics).collect(), cached: Vec::new() }
    }

    /// How long the tables of the list's topics would be, up to the limit. If they fit, they are generated now.
    pub(super) fn measure_tables(
        &mut self,
        store: &Store,
        list: &List<'_>,
        selection: RowSelection,
    ) -> Result<TableBytesByRowCount> {
        if let Some(tables) = self.find_cached_tables(list, &selection) {
            return Ok(tables.lengths.clone());
        }
        let (mut lengths, mut fitting, mut bytes) = (Vec::new(), Vec::new(), 0);
        for name in list.topics {
            let topic = (name.as_str(), &self.topics[name]);
            let table = render_topic_table(store, list, topic, &selection, FILE_BYTES_MAX)?;
            lengths.push(table.lengths.clone());
            bytes += table.text.len();
            if bytes <= FILE_BYTES_MAX {
                fitting.push(table);
            }
        }
        if bytes <= FILE_BYTES_MAX {
            self.cache_generated_tables(list, selection, generated_tables(store, list, fitting)?);
        }
        Ok(TableBytesByRowCount(lengths))
    }

    /// The tables of the list's topics as [`generated_tables`] makes them. The history must be as it was.
    pub(super) fn get_or_generate_tables(
        &mut self,
        store: &Store,
        list: &List<'_>,
        selection: RowSelection,
    ) -> Result<Arc<GeneratedTables>> {
        if let Some(tables) = self.find_cached_tables(list, &selection) {
            return Ok(tables);
        }
        let written = list
            .topics
            .iter()
            .map(|name| render_topic_table(store, list, (name, &self.topics[name]), &selection, usize::MAX));
        let tables = generated_tables(store, list, written.collect::<Result<_>>()?)?;
        Ok(self.cache_generated_tables(list, selection, tables))
    }

    fn find_cached_tables(&self, list: &List<'_>, selection: &RowSelection) -> Option<Arc<GeneratedTables>> {
        let mut cached = self.cached.iter();
        let found = cached.find(|(topics, of, _)| topics == list.topics && of == selection);
        found.map(|(.., tables)| Arc::clone(tables))
    }

    fn cache_generated_tables(
        &mut self,
        list: &List<'_>,
        selection: RowSelection,
        tables: GeneratedTables,
    ) -> Arc<GeneratedTables> {
        let tables = Arc::new(tables);
        self.cached.push((list.topics.to_vec(), selection, Arc::clone(&tables)));
        tables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_rows_fit_as_have_room_after_the_merge() {
        let table = |rows: usize, bytes: usize| (0..=rows).map(|row| 100 + row * bytes).collect::<Vec<_>>();
        for (tables, around, merged, rows) in [
            (vec![table(1000, 1000)], 0, None, 500),
            (vec![table(1000, 1000)], 100_760, None, 402),
            // Shown as long as it would be generated, and half as long.
            (vec![table(1000, 1000)], 100_760, Some(1_000_100), 402),
            (vec![table(1000, 1000)], 100_760, Some(500_050), 805),
            (vec![table(1000, 1000)], 100_760, Some(1_002_000), 402),
            (vec![table(1000, 1000)], 100_760, Some(2_000_200), 201),
            (vec![table(1000, 1000), table(10, 1000)], 0, None, 490),
            (vec![table(1000, 1000), table(1000, 1000)], 0, None, 250),
            (vec![table(10, 600_000)], 0, None, 1),
            (vec![table(1000, 1000)], 600_000, None, 1),
        ] {
            let lengths = TableBytesByRowCount(tables);
            let merged = merged.unwrap_or_else(|| lengths.table_bytes_at_row_count(usize::MAX));
            assert_eq!(lengths.rows_that_fit(around, merged), rows, "{around} {merged}");
        }
    }
}
