//! `demo`: the real program over some simulated days of an arXiv and a journal on the loopback, with nothing to set up.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::command_outcome::CommandOutcome;
use super::output;
use super::runtime::build_runtime;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::demo_servers::{
    DemoJournalFeedServer, LoopbackArxiv, LoopbackReceiver, PostedMessage, demo_poll_times,
};
use crate::daemon::once::{RunReport, TopicPollReport, run_all_steps_once};
use crate::daemon::start_http_server;
use crate::domain::count_of;
use crate::http_server::HttpServer;
use crate::list;
use crate::render::mail::parse_mail;
use crate::store::TextIndex;

/// The first line of the configuration that the demo writes: a folder without it is not the demo's.
const FIRST_LINE: &str = "# Written by `paperwire demo`.";

const CONFIG: &str = "paperwire.toml";
const LIST: &str = "README.md";
const FEED: &str = "feed.xml";
const BIBTEX: &str = "papers.bib";
const PAGE: &str = "index.html";
const STATE: &str = "paperwire.db";
const MAIL: &str = "mail";
const MESSAGES: &str = "messages";

/// The receivers whose messages are shown next to the mails: each is a sink's name and its kind.
const RECEIVERS: [&str; 3] = ["slack", "discord", "webhook"];

/// Where the pages are, unless something else is there already.
const PAGE_PORT: u16 = 8717;

pub(super) fn run_demo_command(folder: &Path, serve: bool, json: bool) -> Result<CommandOutcome> {
    clear_demo_folder(folder)?;
    let runtime = build_runtime()?;
    let runs = runtime.block_on(run_simulated_days(folder, json))?;
    list::replace_file(&folder.join(CONFIG), &demo_config_text(None))?;
    save_mails(folder)?;
    let server = if serve { Some(serve_finished_demo(folder, &runs)?) } else { None };
    let last = DemoReport {
        page: server.as_ref().map(demo_server_url),
        ..DemoReport::from_demo_runs(folder, &runs)
    };
    output::print_answer(json, &last, || last.to_plain_text())?;
    if server.is_some() {
        runtime.block_on(start_http_server::wait_for_stop_signal())?;
    }
    Ok(if runs.iter().all(|(_, run)| run.has_every_step_succeeded()) {
        CommandOutcome::Complete
    } else {
        CommandOutcome::WithFailures
    })
}

/// Serves what the demo left, as if its last day went on.
fn serve_finished_demo(folder: &Path, runs: &[(Timestamp, RunReport)]) -> Result<HttpServer> {
    let config = Config::load_or_default(Some(&folder.join(CONFIG)))?;
    TextIndex::open(&config.state)?.index_all_changed_papers()?;
    let clock = runs.last().map_or(Clock::Real, |(day, _)| Clock::Fixed(*day)).into_ticking();
    let at = |port| start_http_server::serve_http_at(&config, (Ipv4Addr::LOCALHOST, port).into(), clock);
    at(PAGE_PORT).or_else(|_| at(0))
}

fn demo_server_url(server: &HttpServer) -> String {
    format!("http://{}", server.listen_address())
}

/// One run for each simulated day.
async fn run_simulated_days(folder: &Path, json: bool) -> Result<Vec<(Timestamp, RunReport)>> {
    let (arxiv, journal) = (LoopbackArxiv::start().await?, DemoJournalFeedServer::start().await?);
    let receiver = LoopbackReceiver::start().await?;
    let addresses = DemoSourceUrls { arxiv: arxiv.url(), journal: journal.url() };
    list::replace_file(&folder.join(CONFIG), &demo_config_text(Some(&addresses)))?;
    for name in RECEIVERS {
        list::replace_file(&folder.join(demo_receiver_url_file(name)), &receiver.url(name))?;
    }
    let config = Config::load_or_default(Some(&folder.join(CONFIG)))?;
    let mut runs = Vec::new();
    let mut messages = MessageFolder::new(folder)?;
    for day in demo_poll_times() {
        arxiv.set_now(day);
        journal.set_now(day);
        let run = run_all_steps_once(&config, day, &mut |_, _| {}).await?;
        for PostedMessage { name, body } in receiver.take_posted_messages() {
            messages.save_demo_message(&name, &[("json", &body)])?;
        }
        if !json {
            output::print_text(&format_simulated_day(day, &run))?;
        }
        runs.push((day, run));
    }
    for name in RECEIVERS {
        std::fs::remove_file(folder.join(demo_receiver_url_file(name)))
            .context("cannot clear away a receiver's address")?;
    }
    Ok(runs)
}

/// The file with a receiver's address, while the demo runs.
fn demo_receiver_url_file(name: &str) -> String {
    format!("{name}-url")
}

/// Leaves each mail of the Maildir, oldest digest first, to be looked at with a mail reader and a browser.
fn save_mails(folder: &Path) -> Result<()> {
    let (new, mut messages) = (folder.join(MAIL).join("new"), MessageFolder::new(folder)?);
    let mut mails = Vec::new();
    for entry in std::fs::read_dir(&new).with_context(|| format!("cannot read {}", new.display()))? {
        let file = entry?.path();
        let mail = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        mails.extend(parse_mail(&mail).map(|look| (look, mail)));
    }
    mails.sort_by_key(|(look, _)| look.date);
    mails.iter().try_for_each(|(look, mail)| {
        messages.save_demo_message("mail", &[("eml", mail), ("html", look.html.as_bytes())])
    })
}

/// The folder with the messages, numbered for each kind.
struct MessageFolder {
    folder: PathBuf,
    count: BTreeMap<String, usize>,
}

impl MessageFolder {
    fn new(folder: &Path) -> Result<Self> {
        let folder = folder.join(MESSAGES);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self { folder, count: BTreeMap::new() })
    }

    /// Keeps one message, in each of these forms.
    fn save_demo_message(&mut self, kind: &str, forms: &[(&str, &[u8])]) -> Result<()> {
        let number = self.count.entry(kind.to_owned()).or_default();
        *number += 1;
        for (form, bytes) in forms {
            let file = self.folder.join(format!("{kind}-{number}.{form}"));
            File::create(&file)
                .and_then(|mut file| file.write_all(bytes))
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(())
    }
}

fn format_simulated_day(day: Timestamp, run: &RunReport) -> String {
    let date = day.to_zoned(TimeZone::UTC).strftime("%a %Y-%m-%d");
    let summaries: Vec<String> = run.topics.iter().map(format_poll).collect();
    format!("{date}  {}\n", summaries.join("; "))
}

/// What one source had: `arxiv: 3 new, 1 replaced by a later version`.
fn format_poll(TopicPollReport { source, poll, .. }: &TopicPollReport) -> String {
    let counts = [
        (poll.new, "new"),
        (poll.replaced, "replaced by a later version"),
        (poll.published, "published in a journal"),
    ];
    let news = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let news: Vec<String> = news.collect();
    let words = match (&poll.reason, poll.seeded) {
        (Some(reason), _) => reason.clone(),
        (None, 1..) => format!("first contact, {} filled in silently", count_of(poll.seeded, "paper")),
        (None, 0) if news.is_empty() => "nothing new".to_owned(),
        (None, 0) => news.join(", "),
    };
    format!("{source}: {words}")
}

/// What the demo left to look at.
#[derive(Serialize)]
struct DemoReport {
    list: String,
    mail: String,
    messages: String,
    config: String,
    rows: usize,
    days: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

impl DemoReport {
    fn from_demo_runs(folder: &Path, runs: &[(Timestamp, RunReport)]) -> Self {
        let rows = runs.last().and_then(|(_, run)| run.lists.last()).and_then(|(_, list)| list.as_ref().ok());
        Self {
            list: folder.join(LIST).display().to_string(),
            mail: folder.join(MAIL).display().to_string(),
            messages: folder.join(MESSAGES).display().to_string(),
            config: folder.join(CONFIG).display().to_string(),
            rows: rows.map_or(0, |list| list.rows),
            days: runs.len(),
            page: None,
        }
    }

    fn to_plain_text(&self) -> String {
        let Self { list, mail, messages, config, rows, days, page } = self;
        let page = page
            .as_ref()
            .map_or_else(String::new, |page| format!("Pages and feeds:   {page} until Ctrl-C\n"));
        format!(
            "\n{days} simulated days. Look at {list}: {rows} papers.\n\
             The digests are mails in {mail}/new, and as they went to a mail reader, Slack, Discord and a webhook\n\
             in {messages}: open {messages}/mail-1.html in a browser.\n\
             {page}Search them:       paperwire search --config {config} transformer\n\
             Ask the real arXiv: put your address into {config}, then paperwire once --config {config}\n"
        )
    }
}

/// Where the demo's own sources are.
struct DemoSourceUrls {
    arxiv: String,
    journal: String,
}

/// The configuration of the demo, and afterwards, without what listens on the loopback, one to go on with.
fn demo_config_text(loopback: Option<&DemoSourceUrls>) -> String {
    let text = |text: &dyn Fn(&DemoSourceUrls) -> String| loopback.map_or(String::new(), text);
    let arxiv = text(&|at| format!("url = \"{}\"\npace = \"0s\"\n", at.arxiv));
    let journal = text(&|at| demo_journal_source_toml(&at.journal));
    let sources = text(&|_| "sources = [\"arxiv\", \"journal\"]\n".to_owned());
    let receivers = text(&|_| RECEIVERS.map(sink_toml).concat());
    format!(
        r#"{FIRST_LINE} Change the contact to your own address before you ask arXiv.
state = "{STATE}"

[arxiv]
contact = "{contact}"
{arxiv}{journal}
[[topic]]
name = "Image Classification"
query = 'ti:"image classification" OR abs:"image classification"'
archives = ["cs", "stat"]
{sources}
[[list]]
file = "{LIST}"
topics = ["Image Classification"]
feed = "{FEED}"
bibtex = "{BIBTEX}"
page = "{PAGE}"

[[sink]]
name = "box"
kind = "maildir"
path = "{MAIL}"
{subscription}{receivers}"#,
        contact = env!("CARGO_PKG_REPOSITORY"),
        subscription = demo_subscription_toml("box"),
    )
}

/// The journal on the loopback.
fn demo_journal_source_toml(url: &str) -> String {
    format!(
        r#"
[[source]]
name = "journal"
kind = "feed"
url = "{url}"
allow_private = true
"#
    )
}

/// A receiver on the loopback, which gets what the mail box gets.
fn sink_toml(kind: &str) -> String {
    format!(
        r#"
[[sink]]
name = "{kind}"
kind = "{kind}"
url_file = "{url_file}"
allow_private = true
{subscription}"#,
        url_file = demo_receiver_url_file(kind),
        subscription = demo_subscription_toml(kind),
    )
}

fn demo_subscription_toml(sink: &str) -> String {
    format!(
        r#"
[[subscription]]
topics = ["Image Classification"]
sink = "{sink}"
when = "0 6 * * *"
include = ["new", "replacement", "published"]
"#
    )
}

/// An earlier demo is cleared away; a folder with anything else in it is left alone.
fn clear_demo_folder(folder: &Path) -> Result<()> {
    let is_empty = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", folder.display())),
        Ok(mut entries) => entries.next().is_none(),
    };
    if is_empty {
        return Ok(());
    }
    let is_ours =
        list::read_list_file(&folder.join(CONFIG))?.is_some_and(|text| text.starts_with(FIRST_LINE));
    if !is_ours {
        bail!("{} is not empty and not an earlier demo: name another folder with --folder", folder.display());
    }
    let files = [
        STATE,
        "paperwire.db-wal",
        "paperwire.db-shm",
        "paperwire.db.lock",
        LIST,
        FEED,
        BIBTEX,
        PAGE,
        CONFIG,
    ];
    let files = files.map(str::to_owned).into_iter().chain(RECEIVERS.map(demo_receiver_url_file));
    let removals = files.map(|name| (std::fs::remove_file(folder.join(&name)), name));
    let folders = [MAIL, MESSAGES].map(|name| (std::fs::remove_dir_all(folder.join(name)), name.to_owned()));
    for (removed, name) in removals.chain(folders) {
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot clear away {}/{name}", folder.display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
