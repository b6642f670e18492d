//! Random changes by the program and by a person, one after the other, on a list with its archive: nothing that the
//! person did is undone, whatever comes.

mod column_edits;
mod person_edits;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{
    ARXIV_SOURCE, Column, DatabaseUrl, MetadataOrigin, Paper, PaperId, TopicBackfillPhase, detect_change,
};
use paperwire::pipeline::document::adopt_papers_added_by_hand::adopt_papers_added_by_hand;
use paperwire::pipeline::document::list_settings_and_report::List;
use paperwire::pipeline::document::sync_list_files::{preview_list_in_files, sync_list_files};
use paperwire::store::{PaperWithDetectedChange, PollRecord, Store, TextCacheByFingerprint, WatermarkUpdate};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::support::fake_arxiv::page::sample_paper;
use crate::support::sample_papers::next_version;

/// The topics that a list may have; each paper that comes is of one of them.
const TOPICS: [&str; 2] = ["T", "U"];

/// One thing that happens to a list. Numbers choose among what is there.
#[derive(Debug, Clone)]
enum ListEdit {
    /// So many new papers come.
    Come(usize),
    /// A paper gets another version.
    Revise(usize),
    /// A paper's authors add a comment to the version that is there.
    Amend(usize),
    /// A person deletes a row.
    Delete(usize),
    /// A person writes another text into a cell.
    Edit(usize, usize),
    /// A person adds a row of a paper that has not come yet, or of none, above another.
    Add(usize, bool),
    /// A person moves a row above another.
    Move(usize, usize),
    /// A person moves a row above one of another file.
    Carry(usize, usize),
    /// A person writes into a column of their own, which is new in its file at first.
    Mark(usize, usize),
    /// A person gives a column of a file another name.
    Rename(usize, usize),
    /// A person puts a column into a header, and into its rows or not.
    PutIn(usize, usize, bool),
    /// A person moves the first column of a file to the end.
    TurnColumns(usize),
    /// A person takes a column out.
    TakeOut(usize, usize),
    /// A person aligns the columns.
    Align(usize),
    /// A person writes a note above a table.
    Note(usize),
    /// A person takes the tables of a file away, and puts them back after a run or does not.
    Clear(usize, bool),
    /// A person deletes more than half of the rows of a file.
    Sweep(usize),
    /// The list gets other columns from now on.
    Columns(&'static [Column]),
    /// A person writes below the markers.
    Write,
    /// The list keeps fewer or more rows from now on.
    Rows(u32),
    /// The archive gets other files from now on, or none.
    Archive(Option<&'static str>),
    /// An editor writes all line ends again.
    Ends(bool),
}

fn any_archive_pattern() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), Just(Some("archive/{year}-{month}.md")), Just(Some("archive/{year}.md"))]
}

/// Columns that a list may have.
const COLUMNS: [&[Column]; 4] = [
    &Column::USUAL,
    &[Column::Title, Column::Authors, Column::Date],
    &[Column::Date, Column::Title, Column::Abstract, Column::CodeRepository, Column::Pdf],
    &[Column::Title, Column::Comment, Column::Category],
];

fn step_of_columns() -> impl Strategy<Value = ListEdit> {
    prop_oneof![
        3 => (any::<usize>(), any::<usize>(), any::<bool>()).prop_map(|(file, at, rows)| ListEdit::PutIn(file, at, rows)),
        1 => any::<usize>().prop_map(ListEdit::TurnColumns),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(file, column)| ListEdit::TakeOut(file, column)),
        1 => any::<usize>().prop_map(ListEdit::Align),
        1 => any::<usize>().prop_map(ListEdit::Note),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(file, is_put_back)| ListEdit::Clear(file, is_put_back)),
        1 => any::<usize>().prop_map(ListEdit::Sweep),
        2 => (0..COLUMNS.len()).prop_map(|columns| ListEdit::Columns(COLUMNS[columns])),
    ]
}

fn any_edit() -> impl Strategy<Value = ListEdit> {
    prop_oneof![
        8 => step_of_columns(),
        3 => (1..4_usize).prop_map(ListEdit::Come),
        3 => any::<usize>().prop_map(ListEdit::Revise),
        2 => any::<usize>().prop_map(ListEdit::Amend),
        2 => any::<usize>().prop_map(ListEdit::Delete),
        3 => (any::<usize>(), 0..5_usize).prop_map(|(row, cell)| ListEdit::Edit(row, cell)),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(row, is_paper)| ListEdit::Add(row, is_paper)),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(from, to)| ListEdit::Move(from, to)),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(from, to)| ListEdit::Carry(from, to)),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(file, row)| ListEdit::Mark(file, row)),
        1 => (any::<usize>(), 0..5_usize).prop_map(|(file, column)| ListEdit::Rename(file, column)),
        1 => Just(ListEdit::Write),
        1 => (3..30_u32).prop_map(ListEdit::Rows),
        1 => any_archive_pattern().prop_map(ListEdit::Archive),
        1 => any::<bool>().prop_map(ListEdit::Ends),
    ]
}

/// A list, its history, and what the person did.
struct RandomEdits {
    folder: tempfile::TempDir,
    store: Store,
    papers: Vec<Paper>,
    rows: u32,
    archive: Option<&'static str>,
    columns: &'static [Column],
    topics: Vec<String>,
    now: Timestamp,
    /// Papers whose rows the person deleted.
    deleted: Vec<PaperId>,
    /// Texts that the person wrote, each by the paper in whose row it is.
    edits: BTreeMap<String, String>,
    /// Rows that the person wrote, each by its cells; no two rows share one.
    added: Vec<Vec<String>>,
    /// Notes above the tables.
    notes: Vec<String>,
    outside: String,
    written: usize,
    /// Whether the last step may have deleted more than half of a table.
    is_swept: bool,
}

impl RandomEdits {
    fn new(archive: Option<&'static str>, topics: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("p.db"))).unwrap();
        let now = "2025-04-01T00:00:00Z".parse().unwrap();
        let (papers, deleted, edits, added) = (vec![], vec![], BTreeMap::new(), vec![]);
        let (outside, written) = (String::new(), 0);
        let topics = TOPICS[..topics].iter().map(|topic| (*topic).to_owned()).collect();
        let mut new = Self {
            folder,
            store,
            papers,
            rows: 12,
            archive,
            columns: &Column::USUAL,
            topics,
            now,
            deleted,
            edits,
            added,
            notes: Vec::new(),
            outside,
            written,
            is_swept: false,
        };
        new.apply_edit(&ListEdit::Come(8));
        new
    }

    fn list_file(&self) -> PathBuf {
        self.folder.path().join("README.md")
    }

    /// Every file of the list, its own first.
    fn list_and_archive_files(&self) -> Vec<PathBuf> {
        let archive = std::fs::read_dir(self.folder.path().join("archive"));
        let mut files: Vec<_> = archive.into_iter().flatten().map(|file| file.unwrap().path()).collect();
        files.sort();
        files.insert(0, self.list_file());
        files
    }

    /// What the program does in a run: it looks at the list, polls, and projects. Whether a file was written.
    fn run_once(&mut self) -> bool {
        let (topics, file) = (self.topics.clone(), self.list_file());
        let archive = self.archive.map(|pattern| pattern.parse().unwrap());
        let list = List {
            name: "list",
            file: &file,
            topics: &topics,
            rows_max: self.rows,
            columns: self.columns,
            archive: archive.as_ref(),
            code_hosts: &[],
            exports: &[],
        };
        adopt_papers_added_by_hand(&mut self.store, &list, self.now).unwrap();
        for topic in 0..topics.len() {
            self.add_polled_papers(topic);
        }
        self.now += SignedDuration::from_hours(24);
        self.assert_same_without_archive_volume_records(&list);
        let stands = |file: &PathBuf| std::fs::read_to_string(file).ok();
        let before: Vec<_> = self.list_and_archive_files().iter().map(stands).collect();
        match sync_list_files(&mut self.store, &list, self.now) {
            Ok(projected) => projected.changed,
            Err(error) => {
                assert!(self.is_swept && error.to_string().contains("at once"), "{error:#}");
                assert_eq!(self.list_and_archive_files().iter().map(stands).collect::<Vec<_>>(), before);
                self.now += SignedDuration::from_hours(1);
                sync_list_files(&mut self.store, &list, self.now)
                    .expect("it is believed the second time")
                    .changed
            }
        }
    }

    /// Asserts that a list is the same whether or not it is known how its archive was made before.
    fn assert_same_without_archive_volume_records(&self, list: &List<'_>) {
        let proposed = || {
            let mut list_changes = preview_list_in_files(&self.store, list, self.now).ok()??;
            list_changes.merged.regenerated_archive_volumes.clear();
            Some(list_changes)
        };
        let as_known = proposed();
        let beside = Connection::open(self.folder.path().join("p.db")).unwrap();
        beside
            .execute_batch(
                "CREATE TEMP TABLE kept AS SELECT * FROM archive_volumes; DELETE FROM archive_volumes",
            )
            .unwrap();
        assert_eq!(proposed(), as_known);
        beside.execute_batch("INSERT INTO archive_volumes SELECT * FROM kept").unwrap();
    }

    fn add_polled_papers(&mut self, which: usize) {
        let topic = self.store.ensure_topic(&self.topics[which]).unwrap();
        let of_topic = self.papers.iter().skip(which).step_by(self.topics.len());
        let mut papers: Vec<Paper> = of_topic.cloned().collect();
        papers.sort_by_key(|paper| std::cmp::Reverse(paper.updated));
        let ids: Vec<_> = papers.iter().map(|paper| paper.id.clone()).collect();
        let source = self.store.ensure_topic_source(&topic, ARXIV_SOURCE).unwrap();
        let known = self.store.known_papers(&topic, Some(&source), &ids).unwrap();
        let shown = papers.into_iter().zip(known).map(|(paper, known)| {
            let finding = detect_change(
                &paper,
                known.recorded.as_ref(),
                known.sighting,
                TopicBackfillPhase::Established,
            );
            PaperWithDetectedChange { paper, known, finding }
        });
        let reached = Some(WatermarkUpdate { watermark: self.now, source_time: None, is_full_sweep: true });
        let record = PollRecord {
            now: self.now,
            origin: MetadataOrigin::Source,
            papers: shown.collect(),
            sources: vec![source],
            is_paged: true,
            watermark_update: reached,
        };
        self.store.record_papers(&topic, &record).unwrap();
    }

    fn apply_edit(&mut self, step: &ListEdit) {
        self.is_swept = matches!(step, ListEdit::Delete(_) | ListEdit::Sweep(_));
        match step {
            ListEdit::Come(count) => {
                let next = self.papers.len();
                self.papers.extend((next..next + count).map(sample_paper));
            }
            ListEdit::Revise(which) => {
                let which = which % self.papers.len();
                self.papers[which] = next_version(&self.papers[which], 30);
            }
            ListEdit::Amend(which) => {
                let which = which % self.papers.len();
                self.papers[which].comment = Some(format!("page {}", self.now));
            }
            ListEdit::Delete(which) => self.change_row(*which, |text, row| text.replacen(row, "", 1)),
            ListEdit::Edit(which, cell) => self.edit_cell(*which, *cell),
            ListEdit::Add(which, is_paper) => self.add_row(*which, *is_paper),
            ListEdit::Move(from, to) => {
                let to = *to;
                self.change_row(*from, |text, row| {
                    let rest = text.replacen(row, "", 1);
                    let rows: Vec<&str> = rest.split_inclusive('\n').filter(|line| is_row(line)).collect();
                    match rows.get(to % rows.len().max(1)) {
                        Some(above) => rest.replacen(above, &format!("{row}{above}"), 1),
                        None => text.to_owned(),
                    }
                });
            }
            ListEdit::Carry(from, to) => self.move_row(*from, *to),
            ListEdit::Mark(file, row) => self.annotate_row(*file, *row),
            ListEdit::Rename(file, column) => self.rename_column(*file, *column),
            ListEdit::PutIn(file, place, with_rows) => self.insert_column(*file, *place, *with_rows),
            ListEdit::TurnColumns(file) => self.rotate_columns(*file),
            ListEdit::TakeOut(file, column) => self.remove_column(*file, *column),
            ListEdit::Align(file) => self.align_columns(*file),
            ListEdit::Note(file) => self.write_note_above_table(*file),
            ListEdit::Clear(file, is_put_back) => self.clear_tables(*file, *is_put_back),
            ListEdit::Sweep(file) => self.delete_most_rows(*file),
            ListEdit::Columns(columns) => self.columns = columns,
            ListEdit::Write => {
                self.outside.push_str("A word of mine.\n");
                let text = read_file(&self.list_file());
                let line = if text.contains('\r') { "A word of mine.\r\n" } else { "A word of mine.\n" };
                write_file(&self.list_file(), &(text + line));
            }
            ListEdit::Rows(rows) => self.rows = *rows,
            ListEdit::Archive(archive) => self.archive = *archive,
            ListEdit::Ends(is_dos) => {
                for file in self.list_and_archive_files() {
                    let plain = read_file(&file).replace("\r\n", "\n");
                    write_file(&file, &if *is_dos { plain.replace('\n', "\r\n") } else { plain });
                }
            }
        }
    }

    /// What must hold after every run.
    fn check_invariants(&self) -> Result<(), TestCaseError> {
        let mut rows: Vec<String> = Vec::new();
        for file in self.list_and_archive_files() {
            rows.extend(
                read_file(&file).lines().filter(|line| is_row(line)).map(|row| row.trim_end().to_owned()),
            );
        }
        let ids: Vec<PaperId> = rows.iter().filter_map(|row| paper_of_row(row)).collect();
        for id in &self.deleted {
            prop_assert!(!ids.contains(id), "{id} was deleted and stands again");
        }
        let mut once = ids.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), ids.len(), "a paper stands twice: {:?}", ids);
        for (whose, edit) in &self.edits {
            let id = whose.split(' ').next().unwrap();
            let has_it =
                |row: &&String| row.contains(&id[6..]) && row_cells(row).any(|cell| cell == edit.as_str());
            prop_assert!(rows.iter().any(|row| has_it(&row)), "{} of {} is gone", edit, id);
        }
        for file in self.list_and_archive_files() {
            let text = read_file(&file);
            let mut columns = 0;
            for line in text.lines() {
                columns = if is_table_header(line) { row_cells(line).count() } else { columns };
                // A row of the person's own stays as they wrote it.
                let is_free = !is_row(line) || self.is_added(line);
                prop_assert!(
                    is_free || row_cells(line).count() <= columns,
                    "behind the last column: {}",
                    line
                );
            }
        }
        for added in &self.added {
            let has_all = |row: &String| added.iter().all(|own| row_cells(row).any(|cell| cell == own));
            prop_assert!(rows.iter().any(has_all), "{:?} is gone", added);
        }
        for note in &self.notes {
            let stands =
                self.list_and_archive_files().iter().any(|file| read_file(file).contains(note.as_str()));
            prop_assert!(stands, "{} is gone", note);
        }
        let text = read_file(&self.list_file()).replace("\r\n", "\n");
        let end = format!("<!-- paperwire:end {} -->\n", self.topics.last().unwrap());
        let (_, outside) = text.split_once(&end).unwrap();
        prop_assert_eq!(outside, &self.outside);
        if self.archive.is_some() {
            for paper in self.papers.iter().filter(|paper| !self.deleted.contains(&paper.id)) {
                prop_assert!(ids.contains(&paper.id), "{} is lost", paper.id);
            }
        }
        Ok(())
    }
}

fn row_cells(row: &str) -> impl Iterator<Item = &str> {
    let row = row.trim().trim_start_matches('|');
    row.strip_suffix('|').unwrap_or(row).split('|').map(str::trim)
}

fn is_row(line: &str) -> bool {
    line.starts_with('|') && !is_table_header(line) && !is_delimiter_row(line)
}

fn is_table_header(line: &str) -> bool {
    line.starts_with('|') && row_cells(line).any(|cell| cell.starts_with("**") && !cell.starts_with("**["))
}

fn is_delimiter_row(line: &str) -> bool {
    line.starts_with('|') && line.contains('-') && line.trim_end().chars().all(|c| "|-: ".contains(c))
}

/// The paper of a row.
fn paper_of_row(row: &str) -> Option<PaperId> {
    let (_, address) = row.split_once("arxiv.org/abs/")?;
    let end = address.find([')', 'v'])?;
    Some(PaperId::from_arxiv_id(&address[..end].parse().unwrap()))
}

fn read_file(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

fn write_file(file: &Path, text: &str) {
    std::fs::write(file, text).unwrap();
}

/// Lives such a life: after each step a run, and a second one that has nothing to do.
fn run_edits(steps: &[ListEdit], archive: Option<&'static str>, topics: usize) -> Result<(), TestCaseError> {
    let mut together = RandomEdits::new(archive, topics);
    together.run_once();
    for step in steps {
        together.apply_edit(step);
        together.run_once();
        together.check_invariants()?;
        prop_assert!(!together.run_once(), "a second turn writes nothing, after {:?}", step);
    }
    Ok(())
}

#[test]
fn each_life_that_once_failed_is_lived_well() {
    use Column::{Authors, Category, Comment, Date, Title};
    use ListEdit::{Add, Archive, Columns, Come, Mark, PutIn, Rename};
    const MONTHS: Option<&str> = Some("archive/{year}-{month}.md");
    let lives = [
        (vec![Archive(MONTHS), Rename(0, 2), Add(0, true), Come(1), Come(3)], None, 1),
        (vec![Mark(0, 0), PutIn(0, 0, false)], None, 1),
        (vec![Columns(&[Title, Comment, Category]), Add(0, true), Columns(&[Title, Authors, Date])], None, 1),
    ];
    for (steps, archive, topics) in lives {
        run_edits(&steps, archive, topics).unwrap_or_else(|failure| panic!("{failure} in {steps:?}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..crate::support::random_seeds::proptest_config(16) })]

    #[test]
    fn what_a_person_does_to_a_list_stays_whatever_comes(
        steps in proptest::collection::vec(any_edit(), 1..25),
        archive in any_archive_pattern(),
        topics in 1..=TOPICS.len(),
    ) {
        run_edits(&steps, archive, topics)?;
    }

    #[test]
    fn a_list_that_nobody_touches_is_what_was_generated(
        steps in proptest::collection::vec(prop_oneof![
            (1..4_usize).prop_map(ListEdit::Come),
            any::<usize>().prop_map(ListEdit::Revise),
            any::<usize>().prop_map(ListEdit::Amend),
            (3..30_u32).prop_map(ListEdit::Rows),
        ], 1..15),
        archive in any_archive_pattern(),
        topics in 1..=TOPICS.len(),
    ) {
        let mut together = RandomEdits::new(archive, topics);
        together.run_once();
        for step in &steps {
            together.apply_edit(step);
            together.run_once();
            let generated = together.store.recorded_generated_files("list", &mut TextCacheByFingerprint::default()).unwrap().written;
            prop_assert_eq!(&*generated[""], read_file(&together.list_file()));
            for (file, text) in generated.iter().filter(|(file, _)| !file.is_empty()) {
                prop_assert_eq!(&**text, read_file(&together.folder.path().join(file)));
            }
        }
    }
}
