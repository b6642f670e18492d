//! A folder in which the real program runs: its config, its lists and its history.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;
use tempfile::TempDir;

use crate::support::fake_arxiv::FakeArxiv;

/// The topic of every environment that has none of its own.
pub(crate) const TOPIC: &str = "Image Classification";

/// The times of most runs: some hours later no sweep is due, on the next day one is.
pub(crate) const NOW: &str = "2025-03-26T20:00:00Z";
pub(crate) const LATER: &str = "2025-03-26T23:00:00Z";
pub(crate) const NEXT_DAY: &str = "2025-03-27T20:00:00Z";

/// What the history decides by, table by table, without the numbers that rows happen to have.
const HISTORY: [&str; 5] = [
    "SELECT paper_id, version, title, abstract, authors, primary_category, categories, published, updated,
         comment, journal_ref, doi, later_article, links, origin FROM papers ORDER BY paper_id",
    "SELECT paper_id, v.version, v.updated, v.seen FROM versions v JOIN papers p ON p.id = v.paper
         ORDER BY paper_id, v.version",
    "SELECT t.name, paper_id, s.version, s.updated, s.tie, s.seen, s.settled FROM sightings s
         JOIN topics t ON t.id = s.topic JOIN papers p ON p.id = s.paper ORDER BY t.name, paper_id",
    "SELECT t.name, paper_id, n.version, n.kind, n.seen FROM news n
         JOIN topics t ON t.id = n.topic JOIN papers p ON p.id = n.paper ORDER BY t.name, paper_id, n.version, n.kind",
    "SELECT name, phase, watermark, source_time, last_full_sweep, known, source
         FROM topics t JOIN topic_sources s ON s.topic = t.id
         WHERE phase = 'established' OR known > 0 ORDER BY name, source",
];

/// A temporary folder with a config. Each constructor writes the config again; history and lists stay.
#[derive(Debug)]
pub(crate) struct TestEnv {
    folder: TempDir,
    url: String,
    pace: String,
    patience: String,
    page: u32,
    rows: u32,
    /// More lines of the list.
    list: String,
    /// Name, query, and more lines of each topic.
    topics: Vec<(String, String, String)>,
    /// The end of the config: sinks, subscriptions.
    more: String,
    /// What the program finds in its environment.
    pub(crate) environment: Vec<(&'static str, PathBuf)>,
}

/// One announcement of a topic: which paper, in which version, and why.
pub(crate) type AnnouncedPaper = (String, u32, String);

impl TestEnv {
    /// An environment with one topic and one list, `README.md`, that asks this arXiv without delay.
    pub(crate) fn with_arxiv(fake: &FakeArxiv) -> Self {
        Self::with_arxiv_url(&fake.url())
    }

    /// An environment that asks arXiv at this address.
    pub(crate) fn with_arxiv_url(url: &str) -> Self {
        let topic = (TOPIC.to_owned(), r#"ti:"image classification""#.to_owned(), String::new());
        let env = Self {
            folder: tempfile::tempdir().unwrap(),
            url: url.to_owned(),
            pace: "0s".to_owned(),
            patience: "2m".to_owned(),
            page: 200,
            rows: 1000,
            list: String::new(),
            topics: vec![topic],
            more: String::new(),
            environment: vec![],
        };
        env.write_config()
    }

    pub(crate) fn with_url(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }.write_config()
    }

    pub(crate) fn with_pace(self, pace: &str) -> Self {
        Self { pace: pace.to_owned(), ..self }.write_config()
    }

    pub(crate) fn with_patience(self, patience: &str) -> Self {
        Self { patience: patience.to_owned(), ..self }.write_config()
    }

    pub(crate) fn with_page(self, page: u32) -> Self {
        Self { page, ..self }.write_config()
    }

    pub(crate) fn with_rows(self, rows: u32) -> Self {
        Self { rows, ..self }.write_config()
    }

    /// A list with these more lines.
    pub(crate) fn with_list(self, list: &str) -> Self {
        Self { list: list.to_owned(), ..self }.write_config()
    }

    /// The environment with these topics, each by its name and its query.
    pub(crate) fn with_topics(self, topics: &[(&str, &str)]) -> Self {
        let topics =
            topics.iter().map(|(name, query)| ((*name).to_owned(), (*query).to_owned(), String::new()));
        Self { topics: topics.collect(), ..self }.write_config()
    }

    /// Every topic keeps these archives alone.
    pub(crate) fn with_archives(self, archives: &[&str]) -> Self {
        self.with_topic_lines(&format!("archives = {archives:?}\n"))
    }

    /// Every topic has these more lines.
    pub(crate) fn with_topic_lines(self, lines: &str) -> Self {
        let topics =
            self.topics.iter().map(|(name, query, _)| (name.clone(), query.clone(), lines.to_owned()));
        let topics = topics.collect();
        Self { topics, ..self }.write_config()
    }

    /// The environment with these lines at the end of its configuration: sinks and subscriptions.
    pub(crate) fn with_config_lines(self, more: &str) -> Self {
        Self { more: more.to_owned(), ..self }.write_config()
    }

    fn write_config(self) -> Self {
        let Self { url, pace, patience, page, rows, list, more, .. } = &self;
        let mut config = format!(
            "state = \"paperwire.db\"\n\n[arxiv]\ncontact = \"ada@example.org\"\nurl = \"{url}\"\n\
             pace = \"{pace}\"\npatience = \"{patience}\"\npage = {page}\n"
        );
        for (name, query, more) in &self.topics {
            write!(config, "\n[[topic]]\nname = \"{name}\"\nquery = '{query}'\n{more}").unwrap();
        }
        write!(config, "\n[[list]]\nfile = \"README.md\"\nrows = {rows}\n{list}\n{more}").unwrap();
        std::fs::write(self.path("paperwire.toml"), config).unwrap();
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The list as it is.
    pub(crate) fn list_text(&self) -> String {
        std::fs::read_to_string(self.path("README.md")).unwrap()
    }

    pub(crate) fn write_list(&self, text: &str) {
        std::fs::write(self.path("README.md"), text).unwrap();
    }

    /// What changes when the list is written, even with the same bytes.
    pub(crate) fn list_file_id(&self) -> (u64, i64, i64) {
        let metadata = std::fs::metadata(self.path("README.md")).unwrap();
        (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
    }

    /// The papers of the list's rows with their versions, from the top: `2503.20000v1`.
    pub(crate) fn list_rows(&self) -> Vec<String> {
        rows_of_list(&self.list_text())
    }

    /// One run at this time.
    pub(crate) fn run_once(&self, now: &str) -> OnceOutput {
        OnceOutput::parse_output(&self.run_program(&["once", "--json", "--now", now]))
    }

    /// One run at this time with no step that failed.
    pub(crate) fn run_once_without_failure(&self, now: &str) -> OnceOutput {
        let answer = self.run_once(now);
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{answer:?}");
        answer
    }

    /// The program with this command line, in this folder.
    pub(crate) fn run_program(&self, line: &[&str]) -> Output {
        self.program_command(line).output().unwrap()
    }

    /// The program with this command line, begun and left alone.
    pub(crate) fn spawn_program(&self, line: &[&str]) -> Child {
        self.program_command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The program with this command line in this folder, about to begin.
    pub(crate) fn program_command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paperwire"));
        command.args(line).current_dir(self.folder.path()).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Everything that the history decides by; nothing before there is one.
    pub(crate) fn history_rows(&self) -> Vec<Vec<Vec<Value>>> {
        HISTORY.iter().map(|sql| self.query_rows(sql)).collect()
    }

    /// What was ever news.
    pub(crate) fn announced_news(&self) -> Vec<AnnouncedPaper> {
        let rows = self.query_rows(
            "SELECT paper_id, n.version, n.kind FROM news n JOIN papers p ON p.id = n.paper
             ORDER BY paper_id, n.version, n.kind",
        );
        let told = rows.into_iter().map(|row| match &row[..] {
            [Value::Text(paper), Value::Integer(version), Value::Text(kind)] => {
                (paper.clone(), u32::try_from(*version).unwrap(), kind.clone())
            }
            other => panic!("{other:?}"),
        });
        told.collect()
    }

    fn query_rows(&self, sql: &str) -> Vec<Vec<Value>> {
        let file = self.path("paperwire.db");
        if !file.exists() {
            return Vec::new();
        }
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect());
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
}

/// The papers of a list's rows with their versions, from the top.
pub(crate) fn rows_of_list(list: &str) -> Vec<String> {
    let rows = list.lines().filter(|line| line.starts_with("| **["));
    let address = |row: &str| {
        let (_, address) = row.split_once("](http://arxiv.org/abs/").expect("a title leads to arXiv");
        address.split_once(")**").expect("a link ends").0.to_owned()
    };
    rows.map(address).collect()
}

/// What a run answered.
#[derive(Debug)]
pub(crate) struct OnceOutput {
    pub(crate) status: i32,
    pub(crate) topics: Vec<OnceTopicOutput>,
    pub(crate) lists: Vec<OnceListOutput>,
    pub(crate) digests: Vec<DigestOutput>,
    pub(crate) sinks: Vec<SinkOutput>,
    pub(crate) stderr: String,
}

/// A topic as `once --json` reports it; every key must be there and no other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnceTopicOutput {
    pub(crate) topic: String,
    pub(crate) source: String,
    pub(crate) status: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) reason: Option<String>,
    pub(crate) new: u64,
    pub(crate) replaced: u64,
    pub(crate) published: u64,
    pub(crate) seeded: u64,
    pub(crate) known: u64,
    pub(crate) requests: usize,
}

/// A list as `once --json` reports it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnceListOutput {
    pub(crate) file: String,
    pub(crate) rows: usize,
    pub(crate) changed: bool,
    pub(crate) reason: Option<String>,
    pub(crate) pull_request: Option<String>,
    #[serde(default)]
    pub(crate) archives: Vec<String>,
    #[serde(default)]
    pub(crate) dismissed: Vec<DismissedOutput>,
    #[serde(default)]
    pub(crate) conflicts: Vec<ConflictOutput>,
    #[serde(default)]
    pub(crate) notes: Vec<String>,
}

/// A row that a person deleted from a list, as `once --json` reports it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DismissedOutput {
    pub(crate) topic: String,
    pub(crate) paper: String,
}

/// A cell with two texts, as `once --json` reports it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConflictOutput {
    pub(crate) topic: String,
    pub(crate) paper: String,
    pub(crate) column: String,
    pub(crate) stands: String,
    pub(crate) would_be: String,
}

/// A subscription as `once --json` reports it, if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigestOutput {
    pub(crate) subscription: String,
    pub(crate) papers: usize,
    pub(crate) messages: usize,
    pub(crate) reason: Option<String>,
}

/// A sink as `once --json` reports it, if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SinkOutput {
    pub(crate) sink: String,
    pub(crate) delivered: u64,
    pub(crate) deferred: u64,
    pub(crate) failed: u64,
    pub(crate) paused: bool,
    pub(crate) reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnceJson {
    topics: Vec<OnceTopicOutput>,
    lists: Vec<OnceListOutput>,
    #[serde(default)]
    digests: Vec<DigestOutput>,
    #[serde(default)]
    sinks: Vec<SinkOutput>,
}

impl OnceOutput {
    /// Standard output must be one object on one line, whatever failed.
    pub(crate) fn parse_output(output: &Output) -> Self {
        let stdout = stdout(output);
        let stderr = stderr(output).to_owned();
        let whole = || serde_json::from_str::<OnceJson>(stdout).ok().filter(|_| stdout.lines().count() == 1);
        let OnceJson { topics, lists, digests, sinks } =
            whole().unwrap_or_else(|| panic!("{stdout:?}, and told was {stderr}"));
        Self {
            status: output.status.code().expect("no signal ended it"),
            topics,
            lists,
            digests,
            sinks,
            stderr,
        }
    }

    /// The answer's one topic.
    pub(crate) fn only_topic(&self) -> &OnceTopicOutput {
        let [topic] = &self.topics[..] else { panic!("one topic: {self:?}") };
        topic
    }

    /// The answer's one list.
    pub(crate) fn only_list(&self) -> &OnceListOutput {
        let [list] = &self.lists[..] else { panic!("one list: {self:?}") };
        list
    }

    /// How many papers each subscription's digest has.
    pub(crate) fn digest_sizes(&self) -> Vec<usize> {
        self.digests.iter().map(|digest| digest.papers).collect()
    }

    /// Status, and how many were new, replaced and seeded.
    pub(crate) fn status_and_counts(&self) -> (&str, u64, u64, u64) {
        let topic = self.only_topic();
        (&topic.status, topic.new, topic.replaced, topic.seeded)
    }

    pub(crate) fn reason(&self) -> &str {
        self.only_topic().reason.as_deref().unwrap_or_default()
    }
}

pub(crate) fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

/// How long something took.
pub(crate) fn measure_time<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (act(), begun.elapsed())
}
