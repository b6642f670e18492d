//! `demo`: the real program over some simulated days of a loopback arXiv, with nothing to set up.

use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Done, answer};
use crate::config::Config;
use crate::daemon::demo::{LoopbackArxiv, days};
use crate::daemon::once::{Turn, once};
use crate::list;

/// The first line of the configuration that the demo writes: a folder without it is not the demo's.
const FIRST_LINE: &str = "# Written by `paperwire demo`.";

const CONFIG: &str = "paperwire.toml";
const LIST: &str = "README.md";
const STATE: &str = "paperwire.db";
const MAIL: &str = "mail";

pub(super) fn demo(folder: &Path, json: bool) -> Result<Done> {
    make_room(folder)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    let turns = runtime.block_on(live_through(folder, json))?;
    list::replace(&folder.join(CONFIG), &config_text(None))?;
    let last = Last::of(folder, &turns);
    if json {
        answer::print_json(&last)?;
    } else {
        answer::print(&last.in_words())?;
    }
    Ok(if turns.iter().all(|(_, turn)| turn.is_done()) { Done::Whole } else { Done::WithFailures })
}

/// One turn for each simulated day.
async fn live_through(folder: &Path, json: bool) -> Result<Vec<(Timestamp, Turn)>> {
    let arxiv = LoopbackArxiv::start().await?;
    list::replace(&folder.join(CONFIG), &config_text(Some(&arxiv.url())))?;
    let config = Config::load(Some(&folder.join(CONFIG)))?;
    let mut turns = Vec::new();
    for day in days() {
        arxiv.set_now(day);
        let turn = once(&config, day, &mut |_, _| {}).await?;
        if !json {
            answer::print(&day_in_words(day, &turn))?;
        }
        turns.push((day, turn));
    }
    Ok(turns)
}

fn day_in_words(day: Timestamp, turn: &Turn) -> String {
    let date = day.to_zoned(TimeZone::UTC).strftime("%a %Y-%m-%d");
    let told: Vec<String> = turn
        .topics
        .iter()
        .map(|(_, polled)| match (polled.seeded, polled.new, polled.replaced, &polled.reason) {
            (_, _, _, Some(reason)) => reason.clone(),
            (1.., _, _, None) => format!("first contact: {} papers filled in silently", polled.seeded),
            (_, 0, 0, None) => "a quiet day".to_owned(),
            (_, new, 0, None) => format!("{new} new"),
            (_, new, replaced, None) => format!("{new} new, {replaced} replaced by a later version"),
        })
        .collect();
    format!("{date}  {}\n", told.join("; "))
}

/// What the demo left to look at.
#[derive(Serialize)]
struct Last {
    list: String,
    mail: String,
    config: String,
    rows: usize,
    days: usize,
}

impl Last {
    fn of(folder: &Path, turns: &[(Timestamp, Turn)]) -> Self {
        let rows =
            turns.last().and_then(|(_, turn)| turn.lists.last()).and_then(|(_, list)| list.as_ref().ok());
        Self {
            list: folder.join(LIST).display().to_string(),
            mail: folder.join(MAIL).display().to_string(),
            config: folder.join(CONFIG).display().to_string(),
            rows: rows.map_or(0, |list| list.rows),
            days: turns.len(),
        }
    }

    fn in_words(&self) -> String {
        let Self { list, mail, config, rows, days } = self;
        format!(
            "\n{days} simulated days. Look at {list}: {rows} papers.\n\
             The digests are mails in {mail}/new.\n\
             Search them:       paperwire search --config {config} transformer\n\
             Ask the real arXiv: put your address into {config}, then paperwire once --config {config}\n"
        )
    }
}

/// The configuration of the demo, and afterwards, without the loopback's address, one to go on with.
fn config_text(url: Option<&str>) -> String {
    let loopback = url.map_or(String::new(), |url| format!("url = \"{url}\"\npace = \"0s\"\n"));
    format!(
        r#"{FIRST_LINE} Change the contact to your own address before you ask arXiv.
state = "{STATE}"

[arxiv]
contact = "{contact}"
{loopback}
[[topic]]
name = "Image Classification"
query = 'ti:"image classification" OR abs:"image classification"'
archives = ["cs", "stat"]

[[list]]
file = "{LIST}"
topics = ["Image Classification"]

[[sink]]
name = "box"
kind = "maildir"
path = "{MAIL}"

[[subscription]]
topics = ["Image Classification"]
sink = "box"
when = "0 6 * * *"
include = ["new", "replacement"]
"#,
        contact = env!("CARGO_PKG_REPOSITORY"),
    )
}

/// An earlier demo is cleared away; a folder with anything else in it is left alone.
fn make_room(folder: &Path) -> Result<()> {
    let is_empty = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", folder.display())),
        Ok(mut entries) => entries.next().is_none(),
    };
    if is_empty {
        return Ok(());
    }
    let is_ours = list::read(&folder.join(CONFIG))?.is_some_and(|text| text.starts_with(FIRST_LINE));
    if !is_ours {
        bail!("{} is not empty and not an earlier demo: name another folder with --folder", folder.display());
    }
    for name in [STATE, "paperwire.db-wal", "paperwire.db-shm", "paperwire.db.lock", LIST, CONFIG] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot clear away {}/{name}", folder.display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    match std::fs::remove_dir_all(folder.join(MAIL)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot clear away {}/{MAIL}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
