//! One page, asked for as often as patience allows.

use std::time::Duration;

use anyhow::Result;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use jiff::SignedDuration;

use super::poll::{Manner, Step};
use crate::clock::{self, Deadline};
use crate::domain::{Answer, Fault, FaultKind, Paging, Retry, WAIT_MAX};
use crate::source::arxiv::{Arxiv, Request};
use crate::store::Store;

/// The first wait after a fault that may pass; it doubles, with jitter, up to [`BACKOFF_MAX`].
const BACKOFF_MIN: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_mins(2);

/// The requests of one poll.
pub(super) struct Asking<'a> {
    source: &'a Arxiv,
    query: String,
    manner: &'a Manner,
    deadline: Deadline,
    watch: &'a mut dyn FnMut(Step<'_>),
    total: u64,
    /// Requests made, tries among them.
    pub(super) requests: u32,
}

impl<'a> Asking<'a> {
    /// The requests of a poll whose patience begins to run now.
    pub(super) fn new(
        source: &'a Arxiv,
        query: String,
        manner: &'a Manner,
        watch: &'a mut dyn FnMut(Step<'_>),
    ) -> Self {
        Self {
            source,
            query,
            manner,
            deadline: Deadline::after(manner.patience),
            watch,
            total: 0,
            requests: 0,
        }
    }

    /// The page from `start`, or the fault that outlasted the patience. An error is one of the store.
    pub(super) async fn ask(
        &mut self,
        store: &Store,
        paging: &Paging,
        start: u64,
    ) -> Result<Result<Answer, Fault>> {
        let mut backoff = backoff();
        let mut last: Option<Fault> = None;
        let mut tries = 0;
        loop {
            let wait = self.wait(store, &mut backoff, last.as_ref())?;
            if wait >= self.time_left(last.as_ref()) {
                return Ok(Err(self.given_up(store, last, tries)?));
            }
            self.wait_out(wait, last.as_ref()).await;
            tries += 1;
            let fault = match self.try_once(store, start).await?.and_then(|answer| {
                paging.trust(start, &answer)?;
                Ok(answer)
            }) {
                Ok(answer) => {
                    self.total = answer.total;
                    return Ok(Ok(answer));
                }
                Err(fault) => fault,
            };
            tracing::debug!(kind = %fault.kind, "{fault}");
            let fault = self.telling(fault, last.take());
            if fault.retry == Retry::Never {
                return Ok(Err(fault));
            }
            last = Some(fault);
        }
    }

    /// A try that the end of the patience cut off says less than the one before it.
    fn telling(&self, fault: Fault, before: Option<Fault>) -> Fault {
        match before {
            Some(before) if fault.kind == FaultKind::Timeout && self.deadline.left().is_zero() => before,
            Some(_) | None => fault,
        }
    }

    /// One request. That it is made is on the disk before it is, for a program that is killed meanwhile; and
    /// again when it has ended, for what counts is when requests arrive, and one may be slow on its way.
    async fn try_once(&mut self, store: &Store, start: u64) -> Result<Result<Answer, Fault>> {
        store.note_asked(&self.manner.host, clock::real_now())?;
        self.requests += 1;
        (self.watch)(Step::Asking { start, total: self.total });
        let request = Request { query: &self.query, start, max_results: self.manner.page };
        let answer = self.source.ask(&request, self.deadline.left()).await;
        store.note_asked(&self.manner.host, clock::real_now())?;
        if let Err(Fault { retry: Retry::After(wait), .. }) = &answer {
            let wait = SignedDuration::try_from(*wait).unwrap_or(WAIT_MAX).min(WAIT_MAX);
            store.note_shut(&self.manner.host, clock::real_now() + wait)?;
        }
        Ok(answer)
    }

    /// How long the next try has to wait: for the gate always, and after a fault that named no wait also
    /// for the fault to pass.
    fn wait(
        &self,
        store: &Store,
        backoff: &mut ExponentialBackoff,
        last: Option<&Fault>,
    ) -> Result<Duration> {
        let gate = store.gate(&self.manner.host)?.wait(clock::real_now(), self.manner.pace);
        Ok(match last.map(|fault| fault.retry) {
            Some(Retry::Later) => gate.max(backoff.next().unwrap_or(BACKOFF_MAX)),
            Some(Retry::After(_) | Retry::Never) | None => gate,
        })
    }

    /// What is left of the patience; where nothing can be reached at all there is less of it.
    fn time_left(&self, last: Option<&Fault>) -> Duration {
        let left = self.deadline.left();
        match last {
            Some(fault) if fault.kind == FaultKind::Unreachable => {
                left.min(self.manner.unreachable_max.saturating_sub(self.deadline.elapsed()))
            }
            Some(_) | None => left,
        }
    }

    async fn wait_out(&mut self, wait: Duration, after: Option<&Fault>) {
        let mut left = wait;
        while !left.is_zero() {
            (self.watch)(Step::Waiting { wait: left, after });
            let slice = left.min(WAIT_TOLD_EVERY);
            clock::sleep(slice).await;
            left -= slice;
        }
    }

    /// The last fault with how often it was tried; or, where the gate let nothing through, until when.
    fn given_up(&self, store: &Store, last: Option<Fault>, tries: u32) -> Result<Fault> {
        let shut = store.gate(&self.manner.host)?.is_shut_until(clock::real_now());
        let until = shut.map(|until| format!("{} asked to be left alone until {until:.0}", self.manner.host));
        Ok(match (last, until) {
            (Some(fault), Some(until)) => Fault { words: format!("{fault}; {until}"), ..fault },
            (Some(fault), None) if tries > 1 => Fault { words: format!("{fault} ({tries} tries)"), ..fault },
            (Some(fault), None) => fault,
            (None, Some(until)) => Fault::later(FaultKind::Throttled, format!("{until}: not asked")),
            (None, None) => Fault::later(FaultKind::Timeout, "no time was left to ask: raise `patience`"),
        })
    }
}

/// A long wait is told again and again, so that whoever watches knows that the program is at it.
const WAIT_TOLD_EVERY: Duration = Duration::from_secs(30);

fn backoff() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(BACKOFF_MIN)
        .with_max_delay(BACKOFF_MAX)
        .without_max_times()
        .with_jitter()
        .build()
}
