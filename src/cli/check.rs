//! `check`: what the configuration means, and nothing is touched.

use anyhow::Result;

use super::{Done, answer};
use crate::clock::Clock;
use crate::config::{Config, Explanation, ListStanding, Standing};
use crate::domain::user_agent;
use crate::list;
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
        ListStanding::Broken(_) => true,
        ListStanding::Absent | ListStanding::Ready => false,
    };
    let fails = lists.iter().any(is_broken) || explanation.lacks_a_secret();
    Ok(if fails { Done::WithFailures } else { Done::Whole })
}

/// What stands where a list is to be written.
fn standing(list: &crate::config::List) -> ListStanding {
    let tables: Vec<_> = list.topics.iter().map(|topic| (topic.as_str(), String::new())).collect();
    match list::read(&list.file) {
        Err(error) => ListStanding::Broken(format!("{error:#}")),
        Ok(None) => ListStanding::Absent,
        Ok(Some(text)) => match splice(Some(&text), &tables) {
            Err(fault) => ListStanding::Broken(fault.to_string()),
            Ok(_) => ListStanding::Ready,
        },
    }
}
