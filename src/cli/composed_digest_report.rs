//! What is answered of composing one subscription's digest.

use anyhow::Result;
use serde::Serialize;

use crate::pipeline::compose_digest::ComposeOutcome;

/// What composing one subscription's digest came to.
#[derive(Serialize)]
pub(super) struct ComposeReport<'a> {
    subscription: &'a str,
    papers: usize,
    messages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl<'a> ComposeReport<'a> {
    pub(super) fn from_outcome((subscription, digest): &'a (String, Result<ComposeOutcome>)) -> Self {
        let (papers, messages, reason) = match digest {
            Ok(ComposeOutcome::Queued { papers, messages }) => (*papers, *messages, None),
            Ok(ComposeOutcome::NotDue | ComposeOutcome::Nothing) => (0, 0, None),
            Err(error) => (0, 0, Some(format!("{error:#}"))),
        };
        Self { subscription, papers, messages, reason }
    }
}
