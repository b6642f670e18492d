//! `plan`: what the next run would write and send, writing and sending nothing.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Serialize;
use similar::TextDiff;

use super::command_outcome::CommandOutcome;
use super::composed_digest_report::ComposeReport;
use super::output;
use super::runtime::build_runtime;
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::dry_run::{
    MessagePreview, MessagePreviewContent, NextRunPlan, UnsentMessages, preview_next_run as make_plan,
};
use crate::domain::{ExportFormat, count_of};
use crate::list;
use crate::pipeline::compose_digest::ComposeOutcome;
use crate::pipeline::document::merged_list::ListFilesBeforeAndAfter;

/// Lines of a list that stay, shown around those that change.
const CONTEXT_LINES: usize = 2;

/// Opens a page in the reader's browser; the first that the machine has.
const OPENERS: [&str; 2] = ["xdg-open", "open"];

pub(super) fn run_plan_command(
    config: &Config,
    clock: Clock,
    open: bool,
    json: bool,
) -> Result<CommandOutcome> {
    let runtime = build_runtime()?;
    let plan = runtime.block_on(make_plan(config, clock.now()))?;
    let pages = if open { write_mail_pages(&plan)? } else { Vec::new() };
    let failures = plan.lists.iter().filter_map(|(_, list)| list.as_ref().err());
    let failures: Vec<_> =
        failures.chain(plan.digests.iter().filter_map(|(_, digest)| digest.as_ref().err())).collect();
    for error in &failures {
        tracing::warn!("{error:#}");
    }
    output::print_answer(json, &PlanReport::from_plan(&plan, &pages), || format_plan(&plan, &pages))?;
    if let Some(page) = pages.first() {
        open_in_browser(page);
    }
    Ok(if failures.is_empty() { CommandOutcome::Complete } else { CommandOutcome::WithFailures })
}

/// Leaves each mail's HTML as a page in a folder that stays.
fn write_mail_pages(plan: &NextRunPlan) -> Result<Vec<PathBuf>> {
    let mails = plan.messages.iter().filter_map(|message| match &message.content {
        MessagePreviewContent::Mail { html, .. } => Some(html),
        MessagePreviewContent::Json { .. } => None,
    });
    let mails: Vec<_> = mails.collect();
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let folder = tempfile::Builder::new()
        .prefix("paperwire-plan-")
        .tempdir()
        .context("cannot make a folder for the pages")?
        .keep();
    let mut pages = Vec::with_capacity(mails.len());
    for (number, html) in (1..).zip(mails) {
        let page = folder.join(format!("mail-{number}.html"));
        list::replace_file(&page, html)?;
        pages.push(page);
    }
    Ok(pages)
}

/// Shows a page; if the machine has nothing to show it with, its path is in the answer.
fn open_in_browser(page: &PathBuf) {
    let mut openers = OPENERS.iter().map(|opener| {
        let mut opener = Command::new(opener);
        opener.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    });
    if !openers.any(|opened| opened.is_ok()) {
        tracing::info!(page = %page.display(), "there is no program here to show the page with");
    }
}

#[derive(Serialize)]
struct PlanReport<'a> {
    lists: Vec<PlanListReport<'a>>,
    digests: Vec<ComposeReport<'a>>,
    messages: &'a [MessagePreview],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unsent: &'a [UnsentMessages],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pages: &'a [PathBuf],
}

#[derive(Serialize)]
struct PlanListReport<'a> {
    file: &'a str,
    rows: usize,
    changes: bool,
    diff: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl<'a> PlanReport<'a> {
    fn from_plan(plan: &'a NextRunPlan, pages: &'a [PathBuf]) -> Self {
        let lists =
            plan.lists.iter().map(|(file, list)| PlanListReport::report_from_list_changes(file, list));
        let digests = plan.digests.iter().map(ComposeReport::from_outcome);
        Self {
            lists: lists.collect(),
            digests: digests.collect(),
            messages: &plan.messages,
            unsent: &plan.unsent,
            pages,
        }
    }
}

impl<'a> PlanListReport<'a> {
    fn report_from_list_changes(file: &'a str, list: &'a Result<Option<ListFilesBeforeAndAfter>>) -> Self {
        let list_changes = list.as_ref().ok().and_then(Option::as_ref);
        Self {
            file,
            rows: list_changes.map_or(0, |list_changes| list_changes.merged.rows),
            changes: list_changes.is_some_and(ListFilesBeforeAndAfter::has_changes),
            diff: list_changes.map(|list_changes| unified_diff(file, list_changes)).unwrap_or_default(),
            beside: list_changes.map(changed_exports).unwrap_or_default(),
            body: list_changes.and_then(|list_changes| list_changes.body.as_deref()),
            reason: list.as_ref().err().map(|error| format!("{error:#}")),
        }
    }
}

/// What would change in a list's files, as unified diffs; empty if nothing would.
fn unified_diff(file: &str, list_changes: &ListFilesBeforeAndAfter) -> String {
    let shown = |name: &str| match file.rsplit_once('/') {
        _ if name.is_empty() => file.to_owned(),
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    };
    let own = list_changes.changed_list_files().filter(|(name, ..)| ExportFormat::from_name(name).is_none());
    let diffs = own.map(|(name, current, desired)| {
        let file = shown(name);
        TextDiff::from_lines(current.unwrap_or_default(), desired)
            .unified_diff()
            .context_radius(CONTEXT_LINES)
            .header(if current.is_some() { &file } else { "(no file yet)" }, &file)
            .to_string()
    });
    diffs.collect()
}

/// The exports of a list that would be written. An export is made of the same papers, so its own lines say nothing new.
fn changed_exports(list_changes: &ListFilesBeforeAndAfter) -> Vec<&'static str> {
    list_changes.changed_exports().into_iter().map(ExportFormat::name).collect()
}

fn format_plan(plan: &NextRunPlan, pages: &[PathBuf]) -> String {
    let mut text = String::new();
    for (file, list) in &plan.lists {
        let _ = match list {
            Ok(None) => writeln!(text, "{file}: nothing to say yet, no topic of it has been polled"),
            Ok(Some(list)) if list.has_changes() => {
                let body =
                    list.body.as_ref().map(|body| format!("\nThe pull request would say:\n\n{body}\n"));
                let body = body.unwrap_or_default();
                let exports = changed_exports(list);
                let also = if exports.is_empty() {
                    String::new()
                } else {
                    format!("Would be written as well: {}\n", exports.join(", "))
                };
                writeln!(
                    text,
                    "{file}: {}, would change\n{}{also}{body}",
                    count_of(list.merged.rows, "row"),
                    unified_diff(file, list)
                )
            }
            Ok(Some(list)) => {
                writeln!(text, "{file}: {}, would stay as it is", count_of(list.merged.rows, "row"))
            }
            Err(_) => writeln!(text, "{file}: would be left as it is"),
        };
        for words in list.iter().flatten().flat_map(|list| &list.merged.blocked) {
            let _ = writeln!(text, "{file}: {words}");
        }
    }
    for (subscription, digest) in &plan.digests {
        let _ = match digest {
            Ok(ComposeOutcome::Queued { papers, messages }) => {
                let (papers, messages) = (count_of(*papers, "paper"), count_of(*messages, "message"));
                writeln!(text, "subscription {subscription}: {papers} in {messages}")
            }
            Ok(ComposeOutcome::Nothing) => {
                writeln!(text, "subscription {subscription}: due, nothing to report")
            }
            Ok(ComposeOutcome::NotDue) => writeln!(text, "subscription {subscription}: not due"),
            Err(_) => writeln!(text, "subscription {subscription}: cannot be composed"),
        };
    }
    for UnsentMessages { sink, reason, messages: _ } in &plan.unsent {
        let _ = writeln!(text, "sink {sink}: {reason}");
    }
    plan.messages.iter().for_each(|message| text.push_str(&format_message_preview(message)));
    for page in pages {
        let _ = writeln!(text, "page: {}", page.display());
    }
    text.push_str(
        "Nothing was written or sent, and arXiv was not asked: papers that are new there are not in this plan.\n",
    );
    text
}

fn format_message_preview(message: &MessagePreview) -> String {
    let MessagePreview { sink, digest, part, recipients, content } = message;
    let whom = if *recipients > 1 { format!(", to {recipients} recipients") } else { String::new() };
    let head = format!("\nmessage {part} of {digest} to sink {sink}{whom}");
    match content {
        MessagePreviewContent::Mail { subject, text, .. } => format!("{head}: {subject}\n\n{text}\n"),
        MessagePreviewContent::Json { body } => format!("{head}:\n\n{body}\n\n"),
    }
}
