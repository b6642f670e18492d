//! `source add URL`: a feed, or one that a page names, becomes a section of the configuration.

use std::fmt::Write as _;
use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use serde::Serialize;

use crate::cli::command_outcome::CommandOutcome;
use crate::cli::editable_config_file::EditableConfigFile;
use crate::cli::output;
use crate::cli::require_known_topics::require_known_topics;
use crate::cli::runtime::build_runtime;
use crate::cli::usage_error::{UsageError, quote_names};
use crate::clock::Clock;
use crate::config::{Config, FeedLocation, NewFeedSource, UniqueSourceNameGenerator};
use crate::daemon::feed_contents_summary::FeedInspection;
use crate::daemon::feed_discovery::{
    DiscoveredFeed, FeedFinding, FeedPreview, FeedPreviewError, FeedPreviewOptions, preview_feed,
};
use crate::domain::{FeedItemKindsToKeep, count_of};

/// How many titles are shown as a sample of a feed.
const TITLES_MAX: usize = 5;

/// A feed that is to be added.
#[derive(Debug, Args)]
pub(crate) struct NewSource {
    /// The feed's address, or that of a page that names it
    url: String,
    /// What topics call it [default: after its site]
    #[arg(long)]
    name: Option<String>,
    /// A topic that takes papers from it; may be repeated [default: the only topic, if there is one]
    #[arg(long = "topic", value_name = "NAME")]
    topics: Vec<String>,
    /// Takes everything that has a title and a page, not only papers
    #[arg(long)]
    keep_all: bool,
    /// How often it is asked, such as 6h [default: as the feed asks]
    #[arg(long, value_name = "TIME")]
    every: Option<String>,
    /// Allows an address in a private network
    #[arg(long)]
    allow_private: bool,
}

#[derive(Serialize)]
struct SourceAdditionReport<'a> {
    name: &'a str,
    url: &'a str,
    title: &'a str,
    format: String,
    entries: usize,
    papers: usize,
    titles: &'a [String],
    left_out: usize,
    notes: &'a [String],
    topics: &'a [String],
    file: String,
}

pub(super) fn add_source(
    config: &Config,
    new: &NewSource,
    clock: Clock,
    json: bool,
) -> Result<CommandOutcome> {
    let file = EditableConfigFile::open(config)?;
    let topics = choose_topics(config, &new.topics)?;
    let runtime = build_runtime()?;
    let preview = runtime.block_on(find_feed(config, new, clock));
    runtime.shutdown_background();
    let preview = preview?;
    let url = preview.url.clone();
    require_unknown_feed(config, &url)?;
    let name = new.name.clone().unwrap_or_else(|| {
        UniqueSourceNameGenerator::new(config).suggest_unused_source_name("", &preview.host)
    });
    let source = NewFeedSource {
        name: name.clone(),
        url: url.clone(),
        keep: new.keep_all.then(|| "all".to_owned()),
        every: new.every.clone(),
        allow_private: new.allow_private,
    };
    source.validate_feed_source()?;
    let file = file.edit_and_save(|edit| {
        edit.add_source(&source)?;
        topics.iter().try_for_each(|topic| edit.add_topic_source(topic, &name))?;
        Ok(())
    })?;
    let FeedPreview { reading, .. } = &preview;
    let titles = &reading.papers[..reading.papers.len().min(TITLES_MAX)];
    let addition = SourceAdditionReport {
        name: &name,
        url: &url,
        title: &reading.title,
        format: reading.format.to_string(),
        entries: reading.entry_count(),
        papers: reading.papers.len(),
        titles,
        left_out: reading.omissions.len(),
        notes: &reading.notes,
        topics: &topics,
        file: file.display().to_string(),
    };
    output::print_answer(json, &addition, || format_source_addition(&addition, reading))?;
    Ok(CommandOutcome::Complete)
}

/// The topics that take the feed: those that were named, else the only one that there is.
fn choose_topics(config: &Config, named: &[String]) -> Result<Vec<String>> {
    require_known_topics(config, named)?;
    Ok(match (named, &config.topics[..]) {
        ([], [only]) => vec![only.name.clone()],
        _ => named.to_vec(),
    })
}

fn require_unknown_feed(config: &Config, url: &str) -> Result<()> {
    let twin = config.feeds.iter().find(|feed| match &feed.location {
        FeedLocation::Plain(known) => known.as_str() == url,
        FeedLocation::Secret(_) => false,
    });
    match twin {
        Some(twin) => bail!("{url} is the source \"{}\" already", twin.name),
        None => Ok(()),
    }
}

/// The feed at the address, or the one that the page there names.
async fn find_feed(config: &Config, new: &NewSource, clock: Clock) -> Result<FeedPreview> {
    let look = FeedPreviewOptions {
        contact: &config.arxiv.contact,
        allow_private: new.allow_private,
        keep: if new.keep_all { FeedItemKindsToKeep::All } else { FeedItemKindsToKeep::Papers },
    };
    let preview = async |url: &str| match preview_feed(look, url, clock.now()).await {
        Ok(finding) => Ok(finding),
        Err(FeedPreviewError::Address(words)) => Err(UsageError(format!("source add: {words}")).into()),
        Err(FeedPreviewError::Answer(words)) => Err(anyhow!(words)),
    };
    let links = match preview(&new.url).await? {
        FeedFinding::Feed(preview) => return Ok(preview),
        FeedFinding::Page(links) => links,
    };
    let link = choose_feed_link(&new.url, &links)?;
    match preview(&link.url).await? {
        FeedFinding::Feed(preview) => Ok(preview),
        FeedFinding::Page(_) => {
            bail!("{} names {} as its feed, and that is a page for people too", new.url, link.url)
        }
    }
}

/// The feed that a page means; of several, the one that the person at the terminal says.
fn choose_feed_link<'l>(page: &str, links: &'l [DiscoveredFeed]) -> Result<&'l DiscoveredFeed> {
    let (first, others) = links.split_first().with_context(|| {
        format!("{page} is a page for people that names no feed; look there for a link to RSS or Atom")
    })?;
    if others.is_empty() {
        return Ok(first);
    }
    let mut question = format!("{page} names {}:\n", count_of(links.len(), "feed"));
    for (number, link) in (1..).zip(links) {
        let gap = if link.title.is_empty() { "" } else { "  " };
        // A text takes what is written.
        let _ = writeln!(question, "{number:>3}  {}{gap}{}", link.url, link.title);
    }
    if !std::io::stdin().is_terminal() {
        return Err(UsageError(format!("{question}add one of them by its own address")).into());
    }
    output::print_question(&format!("{question}Which one? [1-{}] ", links.len()))?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the answer")?;
    let chosen = line.trim().parse::<usize>().ok().and_then(|number| links.get(number.checked_sub(1)?));
    chosen.with_context(|| format!("`{}` is none of them; nothing was added", line.trim()))
}

fn format_source_addition(addition: &SourceAdditionReport<'_>, reading: &FeedInspection) -> String {
    let title = if addition.title.is_empty() { String::new() } else { format!(", \"{}\"", addition.title) };
    let mut lines = vec![
        format!("{}: {}{title}", addition.name, addition.format),
        format!("  {}", addition.url),
        format!("  {}, {} of them papers", count_of(addition.entries, "entry"), addition.papers),
    ];
    lines.extend(addition.titles.iter().map(|title| format!("    {title}")));
    if let Some(omission) = reading.omissions.first() {
        let (title, reason) = (&omission.title, &omission.reason);
        lines.push(format!("  {} left out, such as \"{title}\": {reason}", addition.left_out));
    }
    if addition.papers == 0 && addition.entries > 0 {
        lines.push("  with --keep-all everything is taken that has a title and a page".to_owned());
    }
    lines.extend(addition.notes.iter().map(|note| format!("  note: {note}")));
    let next = if addition.topics.is_empty() {
        format!(
            "no topic takes it yet: name it in a topic's `sources`, as in sources = [\"arxiv\", \"{}\"]",
            addition.name
        )
    } else {
        let topics = quote_names(addition.topics.iter().map(String::as_str));
        format!("the next poll fills the history of {topics} with it silently, and what comes after is news")
    };
    lines.push(format!("written into {}; {next}\n", addition.file));
    lines.join("\n")
}
