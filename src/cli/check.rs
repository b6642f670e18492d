//! `check`: what the configuration means, and nothing is touched.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::command_outcome::CommandOutcome;
use super::output;
use super::runtime::build_runtime;
use crate::clock::Clock;
use crate::config::{
    Config, ConfigExplanation, ExplanationContext, ListConfig, ListFileReadiness, all_environment_variables,
};
use crate::daemon::health_report::{HealthReport, format_utc_to_minute};
use crate::domain::{TopicHealth, user_agent};
use crate::list;
use crate::list::git::{GitEnvironment, GitVersion, check_git_version};
use crate::render::splice_tables;
use crate::store;

pub(super) fn run_check_command(config: &Config, clock: Clock, json: bool) -> Result<CommandOutcome> {
    let lists: Vec<ListFileReadiness> = config.lists.iter().map(list_file_state).collect();
    let has_history = store::store_exists(&config.state);
    let explanation = ConfigExplanation::explain_config(
        config,
        clock.now(),
        ExplanationContext {
            user_agent: &user_agent(&config.arxiv.contact),
            // What may not be looked at may well be there.
            state_exists: *has_history.as_ref().unwrap_or(&true),
            lists: &lists,
        },
    )
    .with_notes(never_found_notes(config, clock.now()));
    output::print_answer(json, &explanation, || explanation.to_string())?;
    has_history?;
    store::require_plain_store_files(&config.state)?;
    let broken_lists =
        config.lists.iter().zip(&lists).filter_map(|(list, state)| {
            Some(format!("the list {}: {}", list.display_name, list_fault(state)?))
        });
    let faults: Vec<_> = broken_lists.chain(explanation.secret_faults()).collect();
    for fault in &faults {
        tracing::warn!("{fault}");
    }
    Ok(if faults.is_empty() { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

/// Why a list could not be written now; none if it could.
fn list_fault(state: &ListFileReadiness) -> Option<String> {
    match state {
        ListFileReadiness::Broken(reason) => Some(reason.replace('\n', "; ")),
        ListFileReadiness::Waiting(reasons) => Some(reasons.join("; ")),
        ListFileReadiness::Absent | ListFileReadiness::Ready | ListFileReadiness::Remote { .. } => None,
    }
}

/// Which topics have never found a paper, by the history. One that is not there or cannot be read says nothing of that: of it
/// speaks `status`.
fn never_found_notes(config: &Config, now: Timestamp) -> Vec<String> {
    let is_readable = store::require_plain_store_files(&config.state).is_ok();
    let health = is_readable.then(|| HealthReport::read_from_store(config, now).ok()).flatten();
    let topics = health.map(|health| health.topics).unwrap_or_default();
    let notes = topics.into_iter().filter_map(|topic| match topic.health {
        TopicHealth::Empty { since, .. } => Some(format!(
            "the topic \"{}\" has never found a paper, in all polls since {}: look at its query",
            topic.name,
            format_utc_to_minute(since)
        )),
        TopicHealth::Current(_)
        | TopicHealth::Quiet(_)
        | TopicHealth::Holiday(_)
        | TopicHealth::Late { .. }
        | TopicHealth::Waiting { .. }
        | TopicHealth::Incomplete { .. }
        | TopicHealth::Stale { .. }
        | TopicHealth::Failing { .. }
        | TopicHealth::Unpolled { .. } => None,
    });
    notes.collect()
}

/// The state of the place where a list is to be written.
fn list_file_state(list: &ListConfig) -> ListFileReadiness {
    if list.repository.is_some() {
        return match git_version() {
            Ok(git) => ListFileReadiness::Remote { git: git.to_string() },
            Err(error) => ListFileReadiness::Broken(format!("{error:#}")),
        };
    }
    let read = list::read_list_file(&list.file).and_then(|text| {
        read_archive_files(list)?;
        Ok(text)
    });
    match read {
        Err(error) => ListFileReadiness::Broken(format!("{error:#}")),
        Ok(None) => ListFileReadiness::Absent,
        Ok(Some(text)) => {
            let fault = |topic: &String| splice_tables(Some(&text), &[(topic, "")]).err();
            let faults: Vec<_> =
                list.topics.iter().filter_map(fault).map(|fault| fault.to_string()).collect();
            match faults.len() {
                0 => ListFileReadiness::Ready,
                all if all == list.topics.len() => ListFileReadiness::Broken(faults.join("\n")),
                _ => ListFileReadiness::Waiting(faults),
            }
        }
    }
}

/// An error if a file of a list's archive cannot be read.
fn read_archive_files(list: &ListConfig) -> Result<()> {
    let Some(pattern) = &list.archive else { return Ok(()) };
    let folder = list.file.parent().unwrap_or(Path::new(""));
    for name in list::find_archive_files(folder, pattern)? {
        list::read_list_file(&folder.join(name))?;
    }
    Ok(())
}

/// The git of this machine, which must be new enough.
fn git_version() -> Result<GitVersion> {
    let runtime = build_runtime()?;
    Ok(runtime.block_on(check_git_version(
        "git".as_ref(),
        &GitEnvironment::from_variables(all_environment_variables()),
    ))?)
}
