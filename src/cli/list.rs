//! `list`: what people took out of the lists, and taking it back.

use std::fmt::Write;

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::{BadCommand, Done, answer};
use crate::config::{Config, List};
use crate::domain::{ArxivId, PaperId};
use crate::store::Dismissals;

/// What to do with a list.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Shows the papers that people took out of the lists
    Dismissed,
    /// Lets a paper that was taken out be written again, from the next turn on
    Restore {
        /// The paper: 2503.20246, arxiv:2503.20246 or its address
        id: String,
        /// Only in this list, by its name or file [default: in every list]
        #[arg(long, value_name = "NAME")]
        list: Option<String>,
    },
}

pub(super) fn list(config: &Config, verb: &Verb, json: bool) -> Result<Done> {
    match verb {
        Verb::Dismissed => dismissed(config, &Dismissals::open_to_read(&config.state)?, json),
        Verb::Restore { id, list } => {
            let lists = chosen(config, list.as_deref())?;
            restore(&lists, &Dismissals::open(&config.state)?, &paper(id)?, json)
        }
    }
}

#[derive(Serialize)]
struct DismissedAnswer<'a> {
    list: &'a str,
    topic: String,
    paper: String,
    seen: String,
}

fn dismissed(config: &Config, dismissals: &Dismissals, json: bool) -> Result<Done> {
    let mut all = Vec::new();
    for list in &config.lists {
        for one in dismissals.of(&list.name)? {
            let (topic, paper, seen) = (one.topic, one.paper.to_string(), format!("{:.0}", one.seen));
            all.push(DismissedAnswer { list: &list.shown, topic, paper, seen });
        }
    }
    if json {
        answer::print_json(&all)?;
        return Ok(Done::Whole);
    }
    let mut text = String::new();
    for DismissedAnswer { list, topic, paper, seen } in &all {
        let _ = writeln!(text, "{list}: {paper} in {topic}, seen {seen}");
    }
    if all.is_empty() {
        text.push_str("nothing was taken out of any list\n");
    }
    answer::print(&text)?;
    Ok(Done::Whole)
}

fn restore(lists: &[&List], dismissals: &Dismissals, paper: &PaperId, json: bool) -> Result<Done> {
    let mut restored = Vec::new();
    for list in lists {
        if dismissals.restore(&list.name, paper)? {
            restored.push(list.shown.as_str());
        }
    }
    if restored.is_empty() {
        return Err(
            BadCommand(format!("{paper} was taken out of no list: see `paperwire list dismissed`")).into()
        );
    }
    if json {
        answer::print_json(&restored)?;
    } else {
        let files = restored.join(", ");
        answer::print(&format!("{paper} is written to {files} again from the next turn on\n"))?;
    }
    Ok(Done::Whole)
}

fn chosen<'a>(config: &'a Config, name: Option<&str>) -> Result<Vec<&'a List>> {
    let lists: Vec<&List> = config
        .lists
        .iter()
        .filter(|list| name.is_none_or(|name| list.name == name || list.shown == name))
        .collect();
    match name {
        Some(name) if lists.is_empty() => {
            let names: Vec<_> = config.lists.iter().map(|list| format!("\"{}\"", list.name)).collect();
            Err(BadCommand(format!("there is no list \"{name}\"; there is {}", names.join(", "))).into())
        }
        _ => Ok(lists),
    }
}

fn paper(words: &str) -> Result<PaperId> {
    match ArxivId::split(words) {
        Ok((id, _)) => Ok(PaperId::arxiv(&id)),
        Err(bad) => Err(BadCommand(bad.to_string()).into()),
    }
}
