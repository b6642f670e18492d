//! `check`: what the configuration means, and nothing is touched.

use anyhow::Result;

use super::{Done, answer, runtime};
use crate::clock::Clock;
use crate::config::{Config, Explanation, ListStanding, Standing, environment};
use crate::domain::user_agent;
use crate::list;
use crate::list::git::{Environment, Version, version};
use crate::render::splice;

pub(super) fn check(config: &Config, clock: Clock, json: bool) -> Result<Done> {
    let lists: Vec<ListStanding> = config.lists.iter().map(standing).collect();
    let explanation = Explanation::of(
        config,
        clock.now(),
        Standing {
            user_agent: &user_agent(&config.arxiv.contact),
            state_exists: config.state.exists(),
            lists: &lists,
        },
    );
    if json {
        answer::print_json(&explanation)?;
    } else {
        answer::print(&explanation.to_string())?;
    }
    let is_broken = |list: &ListStanding| match list {
        ListStanding::Broken(_) | ListStanding::Waiting(_) => true,
        ListStanding::Absent | ListStanding::Ready | ListStanding::Remote { .. } => false,
    };
    let fails = lists.iter().any(is_broken) || explanation.lacks_a_secret();
    Ok(if fails { Done::WithFailures } else { Done::Whole })
}

/// What stands where a list is to be written.
fn standing(list: &crate::config::List) -> ListStanding {
    if list.repository.is_some() {
        return match git() {
            Ok(git) => ListStanding::Remote { git: git.to_string() },
            Err(error) => ListStanding::Broken(format!("{error:#}")),
        };
    }
    match list::read(&list.file) {
        Err(error) => ListStanding::Broken(format!("{error:#}")),
        Ok(None) => ListStanding::Absent,
        Ok(Some(text)) => {
            let fault = |topic: &String| splice(Some(&text), &[(topic, "")]).err();
            let faults: Vec<_> =
                list.topics.iter().filter_map(fault).map(|fault| fault.to_string()).collect();
            match faults.len() {
                0 => ListStanding::Ready,
                all if all == list.topics.len() => ListStanding::Broken(faults.join("\n")),
                _ => ListStanding::Waiting(faults),
            }
        }
    }
}

/// The git of this machine, which must be new enough.
fn git() -> Result<Version> {
    let runtime = runtime()?;
    Ok(runtime.block_on(version("git".as_ref(), &Environment::of(environment())))?)
}
