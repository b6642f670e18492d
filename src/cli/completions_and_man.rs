//! `completions SHELL` and `man [FOLDER]`: what a shell and a reader want to know of the command line,
//! made from the command line itself.

use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use super::command_line::CommandLine;
use super::command_outcome::CommandOutcome;
use super::output;
use super::usage_error::UsageError;
use crate::list;

pub(super) fn print_completions(shell: Shell, json: bool) -> Result<CommandOutcome> {
    if json {
        return Err(UsageError(
            "completions --json: a script for a shell is no JSON; leave --json out".into(),
        )
        .into());
    }
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "paperwire", &mut script);
    output::print_text(&String::from_utf8(script).context("cannot write the script")?)?;
    Ok(CommandOutcome::Complete)
}

/// Without a folder, the program's own page is the answer.
pub(super) fn write_man_pages(folder: Option<&Path>, json: bool) -> Result<CommandOutcome> {
    let line = build_clap_command();
    let Some(folder) = folder else {
        if json {
            return Err(UsageError(
                "man --json: a page is no JSON; name a FOLDER, or leave --json out".into(),
            )
            .into());
        }
        output::print_text(&man_page(line)?.1)?;
        return Ok(CommandOutcome::Complete);
    };
    let mut pages = Vec::new();
    for command in line.get_subcommands().cloned().chain([line.clone()]) {
        let (name, text) = man_page(command)?;
        let file = folder.join(name);
        list::replace_file(&file, &text)?;
        pages.push(file.display().to_string());
    }
    pages.sort();
    output::print_answer(json, &serde_json::json!({ "pages": pages }), || pages.join("\n") + "\n")?;
    Ok(CommandOutcome::Complete)
}

/// The command line with the options of all commands handed down to each. `help` has no page: `man` is it.
fn build_clap_command() -> clap::Command {
    let mut line = CommandLine::command().disable_help_subcommand(true);
    line.build();
    line
}

/// The name of a command's page, and its text.
fn man_page(command: clap::Command) -> Result<(String, String)> {
    let man = clap_mangen::Man::new(command);
    let mut text = Vec::new();
    man.render(&mut text).context("cannot write the page")?;
    Ok((man.get_filename(), String::from_utf8(text).context("cannot write the page")?))
}
