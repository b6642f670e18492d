//! `paper`: a person's word on which papers are one work.

use anyhow::Result;
use clap::Subcommand;

use super::command_outcome::CommandOutcome;
use super::output;
use super::usage_error::UsageError;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::PaperId;
use crate::store::{JoinedPaper, PaperIdentityRecord, SameWorkReason, Store, StoreReader};

/// What to do with papers.
#[derive(Debug, Subcommand)]
pub(super) enum PaperCommand {
    /// Takes apart what was taken for one work: both are papers again, and neither is announced
    Split {
        /// The paper, or the identifier of its part that is no part of it: doi:10.1000/182
        id: String,
    },
    /// Makes one paper of two that are one work, silently
    Merge {
        /// A paper: 2503.20246, doi:10.1000/182 or its address
        one: String,
        /// The other one, which becomes part of the first; arXiv's is displayed if one of them is
        other: String,
    },
}

pub(super) fn run_paper_command(
    config: &Config,
    verb: &PaperCommand,
    clock: Clock,
    json: bool,
) -> Result<CommandOutcome> {
    // What is wrong on the command line is wrong whatever the history has.
    match verb {
        PaperCommand::Split { id } => {
            let id = parse_paper_id_argument(id)?;
            let mut store = open_existing_store(config)?;
            let record = require_work_record(&store, &id)?;
            let part = choose_part_to_split(&record, &id)?;
            store.split_joined_paper_by_hand(part, clock.now())?;
            let (paper, part) = (record.paper.id.as_str(), part.paper.id.as_str());
            let words = format!("{part} is a paper of its own again, next to {paper}");
            print_merge_or_split(&words, (paper, part), json)
        }
        PaperCommand::Merge { one, other } => {
            let (one, other) = (parse_paper_id_argument(one)?, parse_paper_id_argument(other)?);
            let mut store = open_existing_store(config)?;
            let (one, other) = (require_work_record(&store, &one)?, require_work_record(&store, &other)?);
            if one.row == other.row {
                return Err(UsageError(format!("{} is one paper already", one.paper.id)).into());
            }
            let is_other_first =
                one.paper.id.as_arxiv_id().is_none() && other.paper.id.as_arxiv_id().is_some();
            let (into, part) = if is_other_first { (&other, &one) } else { (&one, &other) };
            store.join_duplicate_papers(into.row, part.row, &SameWorkReason::Hand, clock.now())?;
            let (paper, part) = (into.paper.id.as_str(), part.paper.id.as_str());
            let words = format!("{part} is {paper} from now on; `paperwire paper split {part}` undoes that");
            print_merge_or_split(&words, (paper, part), json)
        }
    }
}

/// A history that is not there is not made by this.
fn open_existing_store(config: &Config) -> Result<Store> {
    drop(StoreReader::open_existing(&config.state)?);
    Store::open(&config.state)
}

fn parse_paper_id_argument(words: &str) -> Result<PaperId, UsageError> {
    let right = "give its arXiv identifier, its DOI or its address, as `paperwire search` shows it";
    PaperId::from_link(words).ok_or_else(|| UsageError(format!("`{words}` names no paper: {right}")))
}

fn require_work_record(store: &Store, id: &PaperId) -> Result<PaperIdentityRecord> {
    let unknown = || UsageError(format!("the history has no {id}: see `paperwire search`"));
    Ok(store.paper_identity_record(id)?.ok_or_else(unknown)?)
}

/// The part that is meant: the one that has this identity, or else the latest one that is not certain.
fn choose_part_to_split<'r>(
    record: &'r PaperIdentityRecord,
    id: &PaperId,
) -> Result<&'r JoinedPaper, UsageError> {
    let paper = &record.paper.id;
    let part = if id == paper {
        let latest = record.parts.iter().rev().find(|part| record.certain_common_key(part).is_none());
        latest
            .or(record.parts.last())
            .ok_or_else(|| UsageError(format!("{paper} is one paper: nothing was joined to it")))?
    } else {
        let named = record.parts.iter().find(|part| part.keys.iter().any(|key| key == id.as_str()));
        let certain = || format!("{id} is certainly {paper}, as a source names both: they cannot be split");
        named.ok_or_else(|| UsageError(certain()))?
    };
    match record.certain_common_key(part) {
        None => Ok(part),
        Some(key) => Err(UsageError(format!(
            "{} and {paper} are certainly one work, by the key {key}: they cannot be split",
            part.paper.id
        ))),
    }
}

fn print_merge_or_split(words: &str, (paper, part): (&str, &str), json: bool) -> Result<CommandOutcome> {
    let answer = serde_json::json!({ "done": words, "paper": paper, "part": part });
    output::print_answer(json, &answer, || format!("{words}\n"))?;
    Ok(CommandOutcome::Complete)
}
