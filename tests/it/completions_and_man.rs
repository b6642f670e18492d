//! `completions` and `man`: both say all that the command line takes, and nothing is hidden.

use std::fs;
use std::path::Path;

use crate::support::program_command::{
    help_commands, help_options, program_command, run_for_stdout, stderr_text,
};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

#[test]
fn every_shell_completes_every_command_and_option() {
    for shell in SHELLS {
        let script = run_for_stdout(Path::new("."), &["completions", shell]);
        for command in help_commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
        for option in help_options("import") {
            // fish wants its long options without the dashes.
            let option = option.trim_start_matches("--");
            assert!(script.contains(option), "{shell}: {option}");
        }
    }
}

#[test]
fn the_manual_has_a_page_for_every_command_with_every_option() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man/man1");
    let told = run_for_stdout(folder.path(), &["man", "share/man/man1"]);
    let own = man_page_text(&pages.join("paperwire.1"));
    let mut expected = vec!["share/man/man1/paperwire.1".to_owned()];
    for command in help_commands().iter().filter(|command| *command != "help") {
        let name = format!("paperwire-{command}.1");
        let text = man_page_text(&pages.join(&name));
        assert!(own.contains(&format!("paperwire-{command}(1)")), "{command}: {own}");
        for option in help_options(command) {
            assert!(text.contains(&option), "{command} {option}: {text}");
        }
        expected.push(format!("share/man/man1/{name}"));
    }
    expected.sort();
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    assert_eq!(fs::read_dir(&pages).unwrap().count(), expected.len());
    assert_eq!(
        run_for_stdout(folder.path(), &["man"]),
        fs::read_to_string(pages.join("paperwire.1")).unwrap()
    );
}

#[test]
fn what_is_no_json_is_refused_as_json() {
    for words in [&["completions", "bash", "--json"][..], &["man", "--json"]] {
        let done = program_command(Path::new("."), words).output().unwrap();
        assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0));
        assert!(stderr_text(&done).contains("is no JSON"), "{}", stderr_text(&done));
    }
    let folder = tempfile::tempdir().unwrap();
    let told = run_for_stdout(folder.path(), &["man", "pages", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(told["pages"].as_array().unwrap().contains(&"pages/paperwire.1".into()), "{told}");
}

/// A page as it reads, without the backslash before each dash.
fn man_page_text(file: &Path) -> String {
    fs::read_to_string(file).unwrap().replace("\\-", "-")
}
