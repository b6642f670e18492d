//! The real program, in a folder of its own.

use std::path::Path;
use std::process::{Command, Output};

/// A configuration that asks nobody.
pub(crate) const CONFIG: &str = r#"state = "paperwire.db"

[arxiv]
contact = "you@example.org"

[[topic]]
name = "Birds"
query = "ti:bird"
"#;

/// Two papers under a topic, and one under a heading that is none.
pub(crate) const LIST: &str = "\
## Birds

| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |
| --- | --- | --- | --- | --- |
| **[A Thrush Sings](http://arxiv.org/abs/2501.00001v1)** | 2025-01-01 | <details><summary>Show</summary><p>Song.</p></details> |  | None |
| **[A Wren Hides](http://arxiv.org/abs/2501.00002v1)** | 2025-01-02 | <details><summary>Show</summary><p>Hedge.</p></details> |  | None |

## Fish

| **Title** | **Date** | **Abstract** | **Comment** | **CodeRepository** |
| --- | --- | --- | --- | --- |
| **[A Pike Waits](http://arxiv.org/abs/2501.00003v1)** | 2025-01-03 | <details><summary>Show</summary><p>Reed.</p></details> |  | None |
";

/// A folder with the configuration and the list in it.
pub(crate) fn config_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("paperwire.toml"), CONFIG).unwrap();
    std::fs::write(folder.path().join("list.md"), LIST).unwrap();
    folder
}

/// The program, about to run in this folder, with nothing around it that changes its ways.
pub(crate) fn program_command(folder: &Path, words: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_paperwire"));
    program.current_dir(folder).args(words).env_remove("JOURNAL_STREAM").env_remove("NOTIFY_SOCKET");
    program
}

/// What it answers, which must do its work whole.
pub(crate) fn run_for_stdout(folder: &Path, words: &[&str]) -> String {
    let done = program_command(folder, words).output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", stderr_text(&done));
    String::from_utf8(done.stdout).unwrap()
}

/// What it said on standard error.
pub(crate) fn stderr_text(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// The program's commands, as its own help lists them.
pub(crate) fn help_commands() -> Vec<String> {
    let help = run_for_stdout(Path::new("."), &["--help"]);
    let listed = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let names = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<String> = names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert!(names.len() > 5 && names.contains(&"once".to_owned()), "{names:?}");
    names
}

/// The options that a command takes, as its own help lists them.
pub(crate) fn help_options(command: &str) -> Vec<String> {
    let help = run_for_stdout(Path::new("."), &[command, "--help"]);
    let words = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let words = words.flat_map(|line| line.split([' ', ',', '.', '=']).filter(|word| word.starts_with("--")));
    words.map(str::to_owned).collect()
}
