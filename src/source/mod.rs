//! Where papers come from: asked over the wire, and their answers read into papers or refused by name.
//! Knows addresses, XML, feed formats and what each source asks of those who ask it; must never know
//! what was seen before, or what becomes of a paper.

pub mod arxiv;
pub mod feed;
mod xml_repair;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::domain::{FetchError, ResultPage, SourcePollingPolicy, Topic};

/// One source of papers. Whoever polls it knows no more of it than this.
pub trait Source: fmt::Debug {
    /// What a topic's `sources` and the logs call it.
    fn name(&self) -> &str;

    /// The host whose gate each request passes; sources of one host share it.
    fn host(&self) -> &str;

    /// What it asks of those who ask it, and how its answers come.
    fn policy(&self) -> SourcePollingPolicy;

    /// One request over the wire, no other try, no waiting before it. `time_max` bounds it whole.
    fn fetch<'a>(&'a self, request: PageRequest<'a>, time_max: Duration) -> PageFuture<'a>;
}

/// The answer to come.
pub type PageFuture<'a> = Pin<Box<dyn Future<Output = Result<ResultPage, FetchError>> + 'a>>;

/// What a source is asked for.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest<'a> {
    /// The topic, with its query.
    pub topic: &'a Topic,
    /// The first result wanted, from 0.
    pub start: u64,
    /// How many results are wanted at the most. A source that shows all at once shows all.
    pub max_results: u32,
}
