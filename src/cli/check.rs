//! `check`: what the configuration means, and nothing is touched.

use anyhow::Result;

use super::command_outcome::CommandOutcome;
use super::output;
use super::runtime::build_runtime;
use crate::clock::Clock;
use crate::config::{Config, Explanation, ExplanationContext, ListFileState, environment_variables};
use crate::domain::user_agent;
use crate::list;
use crate::list::git::{GitEnvironment, GitVersion, check_git_version};
use crate::render::splice_tables;
use crate::store;

pub(super) fn run_check_command(config: &Config, clock: Clock, json: bool) -> Result<CommandOutcome> {
    let lists: Vec<ListFileState> = config.lists.iter().map(check_list_file).collect();
    let explanation = Explanation::explain_config(
        config,
        clock.now(),
        ExplanationContext {
            user_agent: &user_agent(&config.arxiv.contact),
            state_exists: store::store_exists(&config.state),
            lists: &lists,
        },
    );
    output::print_answer(json, &explanation, || explanation.to_string())?;
    let is_broken = |list: &ListFileState| match list {
        ListFileState::Broken(_) | ListFileState::Waiting(_) => true,
        ListFileState::Absent | ListFileState::Ready | ListFileState::Remote { .. } => false,
    };
    let fails = lists.iter().any(is_broken) || explanation.lacks_a_secret();
    Ok(if fails { CommandOutcome::WithFailures } else { CommandOutcome::Complete })
}

/// The state of the place where a list is to be written.
fn check_list_file(list: &crate::config::ListConfig) -> ListFileState {
    if list.repository.is_some() {
        return match git_version() {
            Ok(git) => ListFileState::Remote { git: git.to_string() },
            Err(error) => ListFileState::Broken(format!("{error:#}")),
        };
    }
    match list::read_list_file(&list.file) {
        Err(error) => ListFileState::Broken(format!("{error:#}")),
        Ok(None) => ListFileState::Absent,
        Ok(Some(text)) => {
            let fault = |topic: &String| splice_tables(Some(&text), &[(topic, "")]).err();
            let faults: Vec<_> =
                list.topics.iter().filter_map(fault).map(|fault| fault.to_string()).collect();
            match faults.len() {
                0 => ListFileState::Ready,
                all if all == list.topics.len() => ListFileState::Broken(faults.join("\n")),
                _ => ListFileState::Waiting(faults),
            }
        }
    }
}

/// The git of this machine, which must be new enough.
fn git_version() -> Result<GitVersion> {
    let runtime = build_runtime()?;
    Ok(runtime.block_on(check_git_version(
        "git".as_ref(),
        &GitEnvironment::from_variables(environment_variables()),
    ))?)
}
