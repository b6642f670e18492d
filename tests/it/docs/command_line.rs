//! Every command and every option of the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Document, all_documents};
use crate::support::program_command::{help_commands, run_for_stdout};

/// The page that has all commands.
const PAGE: &str = "docs/operating.md";

/// The options of each command that not every command has, by the command's words: `outbox list`.
type OptionsByCommand = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_command_and_option_is_documented_and_no_other_is() {
    assert_eq!(documented_commands(), known_commands());
}

#[test]
fn every_option_of_all_commands_is_documented_and_no_other_is() {
    let rows = Document::read(PAGE).table_rows();
    let names =
        rows.iter().filter(|row| row.head == "option").flat_map(super::DocumentedRow::first_cell_names);
    let documented: BTreeSet<String> = names.map(|name| first_word(&name).to_owned()).collect();
    assert_eq!(documented, help_options(&[]));
}

#[test]
fn every_command_line_in_the_documents_is_one_that_the_program_knows() {
    let known = known_commands();
    let mut lines = 0;
    for document in all_documents() {
        for line in command_lines(&document) {
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            let command = longest_command(&known, &words)
                .unwrap_or_else(|| panic!("{}: paperwire {}", document.path, words.join(" ")));
            for option in words.iter().filter_map(|word| long_option(word)) {
                let is_known = known[&command].contains(option) || help_options(&[]).contains(option);
                assert!(is_known, "{}: paperwire {}", document.path, words.join(" "));
            }
            lines += 1;
        }
    }
    assert!(lines > 50, "the command lines are where this test looks: {lines}");
}

/// The commands as the program's help has them; one that is nothing without another word after it is none.
fn known_commands() -> OptionsByCommand {
    let common = help_options(&[]);
    let own = |words: &[&str]| help_options(words).difference(&common).cloned().collect();
    let mut known = OptionsByCommand::new();
    for command in help_commands() {
        if command == "help" {
            known.insert(command, BTreeSet::new());
            continue;
        }
        let help = help_text(&[&command]);
        if !help.contains("<COMMAND>\n") {
            known.insert(command.clone(), own(&[&command]));
        }
        for verb in listed_commands(&help).iter().filter(|verb| *verb != "help") {
            known.insert(format!("{command} {verb}"), own(&[&command, verb]));
        }
    }
    known
}

/// The commands in the page's table with their options.
fn documented_commands() -> OptionsByCommand {
    let mut documented = OptionsByCommand::new();
    for row in Document::read(PAGE).table_rows().iter().filter(|row| row.head == "command") {
        for line in row.first_cell_names() {
            let line = line
                .strip_prefix("paperwire ")
                .expect("a row of a command begins with the program")
                .to_owned();
            let command = line.split(' ').take_while(|word| word.chars().all(|c| c.is_ascii_lowercase()));
            let command = command.collect::<Vec<_>>().join(" ");
            let options = line.split(' ').filter_map(long_option).map(str::to_owned);
            documented.entry(command).or_default().extend(options);
        }
    }
    documented
}

/// What follows the program's name in code spans and code blocks.
fn command_lines(document: &Document) -> Vec<Vec<String>> {
    let spans = document.code_spans().into_iter().filter(|span| span.starts_with("paperwire "));
    let blocks = document.code_blocks();
    let lines = blocks.iter().flat_map(|block| block.text.lines()).map(str::to_owned);
    let words_after_name = |line: String| {
        let mut words =
            line.split_whitespace().map(str::to_owned).skip_while(|word| word != "paperwire").skip(1);
        let first = words.next()?;
        let rest = words.take_while(|word| word != "#" && word != "&&");
        Some(std::iter::once(first).chain(rest).collect())
    };
    spans.chain(lines).filter_map(words_after_name).collect()
}

fn longest_command(known: &OptionsByCommand, words: &[&str]) -> Option<String> {
    let long = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    [long, words[0].to_owned()].into_iter().find(|command| known.contains_key(command))
}

fn long_option(word: &str) -> Option<&str> {
    let word = word.trim_matches(['[', ']']);
    (word.starts_with("--") && word.len() > 2).then_some(word)
}

/// The options that the help of a command lists, short ones among them.
fn help_options(command: &[&str]) -> BTreeSet<String> {
    let help = help_text(command);
    let lines = help.split("Options:\n").nth(1).unwrap_or_default().lines().map(str::trim_start);
    let names = lines.filter(|line| line.starts_with('-')).flat_map(|line| {
        let (names, _) = line.split_once("  ").unwrap_or((line, ""));
        names.split(", ").map(|name| first_word(name).trim_end_matches('.').to_owned()).collect::<Vec<_>>()
    });
    names.collect()
}

fn listed_commands(help: &str) -> Vec<String> {
    let listed =
        help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let lines = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    lines.map(|line| first_word(line.trim_start()).to_owned()).collect()
}

fn help_text(command: &[&str]) -> String {
    let words: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
    run_for_stdout(Path::new("."), &words)
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}
