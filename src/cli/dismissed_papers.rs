//! `list`: the papers that people deleted from the lists, and how they are restored.

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use super::usage_error::UsageError;
use crate::config::{Config, ListConfig};
use crate::domain::PaperId;
use crate::store::DismissalStore;

/// What to do with a list.
#[derive(Debug, Subcommand)]
pub(super) enum ListCommand {
    /// Shows the papers that people deleted from the lists
    Dismissed,
    /// Lets a deleted paper be written again, from the next run on
    Restore {
        /// The paper: 2503.20246, doi:10.1000/182 or its address
        id: String,
        /// Only in this list, by its name or file [default: in every list]
        #[arg(long, value_name = "NAME")]
        list: Option<String>,
    },
}

pub(super) fn run_list_command(config: &Config, verb: &ListCommand, json: bool) -> Result<CommandOutcome> {
    match verb {
        ListCommand::Dismissed => {
            print_dismissed(config, &DismissalStore::open_store_for_reading(&config.state)?, json)
        }
        ListCommand::Restore { id, list } => {
            let lists = select_lists(config, list.as_deref())?;
            restore_paper(&lists, &DismissalStore::open(&config.state)?, &parse_paper_id(id)?, json)
        }
    }
}

#[derive(Serialize)]
struct DismissedPaper<'a> {
    list: &'a str,
    topic: String,
    paper: String,
    seen: String,
}

fn print_dismissed(config: &Config, dismissals: &DismissalStore, json: bool) -> Result<CommandOutcome> {
    let mut all = Vec::new();
    for list in &config.lists {
        for one in dismissals.dismissals(&list.name)? {
            let (topic, paper, seen) = (one.topic, one.paper.to_string(), format!("{:.0}", one.noticed_at));
            all.push(DismissedPaper { list: &list.display_name, topic, paper, seen });
        }
    }
    output::print_answer(json, &all, || format_dismissed(&all))?;
    Ok(CommandOutcome::Complete)
}

fn format_dismissed(all: &[DismissedPaper<'_>]) -> String {
    if all.is_empty() {
        return "nothing was taken out of any list\n".to_owned();
    }
    let line = |dismissal: &DismissedPaper<'_>| {
        let DismissedPaper { list, topic, paper, seen } = dismissal;
        format!("{list}: {paper} in {topic}, noticed {seen}\n")
    };
    all.iter().map(line).collect()
}

fn restore_paper(
    lists: &[&ListConfig],
    dismissals: &DismissalStore,
    paper: &PaperId,
    json: bool,
) -> Result<CommandOutcome> {
    let (mut restored, mut rows) = (Vec::new(), None);
    for list in lists {
        if dismissals.restore_dismissed_papers(&list.name, paper)? {
            restored.push(list.display_name.as_str());
            rows = rows.or(Some(list.rows).filter(|_| list.archive.is_none()));
        }
    }
    if restored.is_empty() {
        return Err(
            UsageError(format!("{paper} was taken out of no list: see `paperwire list dismissed`")).into()
        );
    }
    output::print_answer(json, &restored, || {
        let among = rows.map(|rows| format!(", if it is among the newest {rows} rows"));
        let (lists, among) = (restored.join(", "), among.unwrap_or_default());
        format!("{paper} is written to {lists} again from the next run on{among}\n")
    })?;
    Ok(CommandOutcome::Complete)
}

fn select_lists<'a>(config: &'a Config, name: Option<&str>) -> Result<Vec<&'a ListConfig>> {
    let is_it = |list: &&ListConfig| name.is_none_or(|name| list.name == name || list.display_name == name);
    let lists: Vec<&ListConfig> = config.lists.iter().filter(is_it).collect();
    match name {
        Some(name) if lists.is_empty() => {
            let known = config.lists.iter().map(|list| list.name.as_str());
            Err(UsageError::unknown_name_error("list", name, known).into())
        }
        _ => Ok(lists),
    }
}

fn parse_paper_id(words: &str) -> Result<PaperId> {
    PaperId::from_link(words).ok_or_else(|| {
        let right =
            "give its arXiv identifier, its DOI or its address, as `paperwire list dismissed` shows it";
        UsageError(format!("`{words}` names no paper: {right}")).into()
    })
}
