//! A list's archive: its files in volumes, each generated only if what it depends on has changed. A file that is as it
//! was generated is known by its fingerprint.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use anyhow::Result;
use jiff::tz::Offset;

use super::archive_volume_splitting::{ArchiveVolumeFile, DatedRow, split_volume_into_files};
use super::list_settings_and_report::List;
use crate::domain::{ArchivePattern, Fingerprint};
use crate::render::{FORM, TableRow, render_row};
use crate::store::{
    ArchiveVolumeRecord, ArchiveVolumeTableRecord, FileTexts, PaperDatabaseRowId, PaperPlaceInTopic, Store,
};

/// A topic's papers that are too old for the list itself, newest first.
#[derive(Debug)]
pub(super) struct TopicPapersForArchive<'a> {
    pub(super) topic: &'a str,
    pub(super) papers: Vec<PaperPlaceInTopic>,
}

/// Topics in the list's order, each with its papers, newest first.
type VolumeTopics = Vec<(String, Vec<PaperPlaceInTopic>)>;

/// The archive files that share a name by the list's pattern: the first, and its later parts where one file is too
/// small for all.
#[derive(Debug)]
pub(super) struct ArchiveVolume {
    pattern: ArchivePattern,
    year: i16,
    month: i8,
    input_fingerprint: Fingerprint,
    topics: VolumeTopics,
    /// The files that were generated from the same before.
    cached: Option<Vec<ArchiveVolumeTableRecord>>,
    /// The files once they are generated, the oldest first.
    generated: OnceLock<Vec<ArchiveVolumeFile>>,
}

/// The volumes of a list's archive, the newest first.
pub(super) fn archive_volumes_from_store(
    store: &Store,
    list: &List<'_>,
    pattern: &ArchivePattern,
    older: &[TopicPapersForArchive<'_>],
) -> Result<Vec<ArchiveVolume>> {
    let mut topics: BTreeMap<(i16, i8), VolumeTopics> = BTreeMap::new();
    for TopicPapersForArchive { topic, papers: positions } in older {
        for position in positions {
            let date = Offset::UTC.to_datetime(position.updated).date();
            let volume = topics
                .entry((date.year(), if pattern.has_files_per_month() { date.month() } else { 0 }))
                .or_default();
            match volume.last_mut().filter(|(last, _)| last == topic) {
                Some((_, positions)) => positions.push(*position),
                None => volume.push(((*topic).to_owned(), vec![*position])),
            }
        }
    }
    let mut known = store.recorded_archive_volumes(list.name)?;
    let volumes = topics.into_iter().rev().map(|((year, month), topics)| {
        let name = pattern.file_path(year, month, 1);
        let input_fingerprint = input_fingerprint(list, &name, &topics);
        let known = known.remove(&name).filter(|known| known.inputs_fingerprint == input_fingerprint);
        let cached = known.map(|known| known.tables);
        let (pattern, generated) = (pattern.clone(), OnceLock::new());
        let volume = ArchiveVolume { pattern, year, month, input_fingerprint, topics, cached, generated };
        if volume.cached.is_none() {
            volume.generate_files(store, list)?;
        }
        Ok(volume)
    });
    volumes.collect()
}

/// The fingerprint of all that the tables of a volume depend on: the papers as they read, its configuration, and the
/// form.
fn input_fingerprint(list: &List<'_>, name: &str, topics: &VolumeTopics) -> Fingerprint {
    let mut of = format!("{FORM} {name:?} {:?} {:?}", list.columns, list.code_hosts).into_bytes();
    for (topic, positions) in topics {
        of.extend(format!("{topic:?} {} ", positions.len()).into_bytes());
        for PaperPlaceInTopic { paper, revision, .. } in positions {
            of.extend(paper.database_row_number().to_le_bytes());
            of.extend(revision.to_le_bytes());
        }
    }
    Fingerprint::of_text(of)
}

impl ArchiveVolume {
    /// What all its files are named after: the first of them.
    pub(super) fn name(&self) -> String {
        self.file_name(1)
    }

    fn file_name(&self, number: usize) -> String {
        self.pattern.file_path(self.year, self.month, number)
    }

    /// The names of its files; one may come more than once.
    pub(super) fn file_names(&self) -> impl Iterator<Item = &str> {
        self.table_topics_and_files().map(|(_, file)| file)
    }

    /// The names of the files that have a topic's tables, the newest first.
    pub(super) fn files_of_topic<'v>(&'v self, topic: &'v str) -> impl Iterator<Item = &'v str> {
        let files: Vec<_> =
            self.table_topics_and_files().filter(|(name, _)| *name == topic).map(|(_, file)| file).collect();
        files.into_iter().rev()
    }

    /// The papers of a topic in it.
    pub(super) fn tabled_papers_of_topic<'v>(
        &'v self,
        topic: &'v str,
    ) -> impl Iterator<Item = PaperDatabaseRowId> + 'v {
        let of_topic = self.topics.iter().filter(move |(name, _)| name == topic);
        of_topic.flat_map(|(_, positions)| positions.iter().map(|position| position.paper))
    }

    /// Whether this text, by its fingerprint, is one of its files as it was generated.
    pub(super) fn is_as_generated(&self, file: &str, text: &str) -> bool {
        let mut known = self.cached.iter().flatten();
        known
            .find(|table| table.file == file)
            .is_some_and(|table| table.file_fingerprint == Fingerprint::of_text(text))
    }

    /// The tables of one of its files: the topics with their texts.
    pub(super) fn archive_tables_of_file(
        &self,
        store: &Store,
        list: &List<'_>,
        file: &str,
    ) -> Result<&[(String, String)]> {
        let part = self.generate_files(store, list)?.iter().find(|part| part.name == file);
        Ok(part.map_or(&[], |part| &part.tables))
    }

    /// What it was generated from, if it was generated just now, and these files are generated from it.
    pub(super) fn new_record(&self, generated: &FileTexts) -> Option<ArchiveVolumeRecord> {
        let tables = self.generated.get()?.iter().flat_map(|ArchiveVolumeFile { name: file, tables }| {
            let fingerprint = generated.get(file).map(|text| Fingerprint::of_text(text.as_bytes()));
            let table = move |topic: &String| {
                Some(ArchiveVolumeTableRecord {
                    topic: topic.clone(),
                    file: file.clone(),
                    file_fingerprint: fingerprint?,
                })
            };
            tables.iter().map(move |(topic, _)| table(topic))
        });
        Some(ArchiveVolumeRecord {
            inputs_fingerprint: self.input_fingerprint,
            tables: tables.collect::<Option<_>>()?,
        })
    }

    /// The volume's tables, each a topic and a file.
    fn table_topics_and_files(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = self.cached.iter().flatten().map(|table| (&*table.topic, &*table.file));
        let generated = self.generated.get().filter(|_| self.cached.is_none()).into_iter().flatten();
        known.chain(generated.flat_map(|ArchiveVolumeFile { name: file, tables }| {
            tables.iter().map(|(topic, _)| (&**topic, &**file))
        }))
    }

    /// Generates its tables, unless that is done already.
    fn generate_files(&self, store: &Store, list: &List<'_>) -> Result<&[ArchiveVolumeFile]> {
        if let Some(generated) = self.generated.get() {
            return Ok(generated);
        }
        let mut rows = Vec::new();
        for (topic, positions) in &self.topics {
            store.read_papers_at_positions(positions, list.columns, |paper| {
                let updated = paper.updated;
                let row = render_row(list.columns, &TableRow::from_paper(paper, list.code_hosts));
                rows.push(DatedRow { topic, updated, row });
            })?;
        }
        Ok(self
            .generated
            .get_or_init(|| split_volume_into_files(|number| self.file_name(number), list.columns, &rows)))
    }
}
