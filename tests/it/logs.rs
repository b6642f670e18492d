//! Logs on standard error: as words, for the journal, as JSON lines.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::support::program_command::{config_folder, program_command, run_for_stdout, stderr_text};

const SENTENCE: &str = "list.md: a table was left out: its heading names no topic";

/// In words, its fields follow it.
const WARNING: &str =
    "list.md: a table was left out: its heading names no topic file=\"list.md\" heading=\"Fish\"";

/// A configuration with two mistakes, reported in two lines.
const WRONG: &str = "[arxiv]\ncontact = 1\n\n[[topic]]\nname = \"Birds\"\nquery = \"bird:\"\n";

#[test]
fn plain_logs_have_a_time_and_a_level_and_no_colours_without_a_terminal() {
    let folder = config_folder();
    let done = program_command(folder.path(), &["import", "list.md"]).output().unwrap();
    let logs = stderr_text(&done);
    let line = logs.strip_suffix('\n').unwrap();
    let (time, words) = line.split_once(' ').unwrap();
    time.parse::<jiff::Timestamp>().unwrap();
    assert_eq!(words.trim_start(), format!("WARN {WARNING}"));
    assert!(!logs.contains('\u{1b}'), "{logs}");
}

#[test]
fn json_logs_are_one_object_a_line_errors_among_them() {
    let folder = config_folder();
    let done =
        program_command(folder.path(), &["--log-format", "json", "import", "list.md"]).output().unwrap();
    assert_eq!(parse_log_lines(&stderr_text(&done)), [("WARN".to_owned(), SENTENCE.to_owned())]);
    let object: serde_json::Value = serde_json::from_str(stderr_text(&done).trim_end()).unwrap();
    assert_eq!((&object["file"], &object["heading"]), (&"list.md".into(), &"Fish".into()), "{object}");

    fs::write(folder.path().join("wrong.toml"), WRONG).unwrap();
    let words = ["check", "--config", "wrong.toml"];
    let plain = stderr_text(&program_command(folder.path(), &words).output().unwrap());
    let done = program_command(folder.path(), &words).args(["--log-format", "json"]).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    let told = plain.strip_prefix("paperwire: ").unwrap().trim_end();
    assert!(told.lines().count() > 1, "{told}");
    assert_eq!(parse_log_lines(&stderr_text(&done)), [("ERROR".to_owned(), told.to_owned())]);
}

#[test]
fn the_journal_gets_levels_and_no_second_time_stamp() {
    let folder = config_folder();
    assert_eq!(in_the_journal(folder.path(), &["import", "list.md"], true), format!("<4>{WARNING}\n"));
    fs::write(folder.path().join("wrong.toml"), WRONG).unwrap();
    let told = in_the_journal(folder.path(), &["check", "--config", "wrong.toml"], true);
    assert!(told.lines().count() > 1 && told.lines().all(|line| line.starts_with("<3>")), "{told}");
}

#[test]
fn another_programs_journal_is_not_taken_for_ones_own() {
    let folder = config_folder();
    let told = in_the_journal(folder.path(), &["import", "list.md"], false);
    assert!(!told.starts_with('<') && told.contains("WARN"), "{told}");
}

#[test]
fn an_unknown_log_format_is_refused_with_the_known_ones() {
    let done = program_command(Path::new("."), &["check", "--log-format", "xml"]).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(stderr_text(&done).contains("[possible values: plain, json]"), "{}", stderr_text(&done));
    assert!(run_for_stdout(Path::new("."), &["check", "--help"]).contains("--log-format"));
}

/// The program's logs, in a file that `JOURNAL_STREAM` names, or does not.
fn in_the_journal(folder: &Path, words: &[&str], is_named: bool) -> String {
    let file = folder.join("journal");
    let stream = File::create(&file).unwrap();
    let meta = stream.metadata().unwrap();
    let inode = meta.ino() + u64::from(!is_named);
    let named = format!("{}:{inode}", meta.dev());
    program_command(folder, words).env("JOURNAL_STREAM", named).stderr(stream).output().unwrap();
    fs::read_to_string(file).unwrap()
}

/// Level and message of each line.
fn parse_log_lines(logs: &str) -> Vec<(String, String)> {
    let text = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = logs.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines
        .map(|line| {
            text(&line, "timestamp").parse::<jiff::Timestamp>().unwrap();
            (text(&line, "level"), text(&line, "message"))
        })
        .collect()
}
