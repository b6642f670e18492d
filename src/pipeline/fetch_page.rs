//! One page, asked for as often as patience allows.

use std::time::Duration;

use anyhow::Result;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use jiff::SignedDuration;

use super::poll_limits::PollLimits;
use super::poll_progress_event::PollProgress;
use crate::clock::{self, Deadline};
use crate::domain::{FetchError, FetchErrorKind, Pagination, ResultPage, Retry, Topic, WAIT_MAX};
use crate::source::{PageRequest, Source};
use crate::store::Store;

/// The first wait after a fault that may pass; it doubles, with jitter, up to [`BACKOFF_MAX`].
const BACKOFF_MIN: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_mins(2);

/// The requests of one poll.
pub(super) struct PageFetcher<'a> {
    source: &'a dyn Source,
    topic: &'a Topic,
    settings: &'a PollLimits,
    deadline: Deadline,
    on_progress: &'a mut dyn FnMut(PollProgress<'_>),
    total: u64,
    /// Requests made, tries among them.
    pub(super) requests: u32,
}

impl<'a> PageFetcher<'a> {
    /// The requests of a poll whose patience begins to run now.
    pub(super) fn new(
        source: &'a dyn Source,
        topic: &'a Topic,
        settings: &'a PollLimits,
        on_progress: &'a mut dyn FnMut(PollProgress<'_>),
    ) -> Self {
        Self {
            source,
            topic,
            settings,
            deadline: Deadline::starting_now(settings.patience),
            on_progress,
            total: 0,
            requests: 0,
        }
    }

    /// The page from `start`, or the fault that outlasted the patience. An error is one of the store.
    pub(super) async fn fetch_page(
        &mut self,
        store: &Store,
        paging: &Pagination,
        start: u64,
    ) -> Result<Result<ResultPage, FetchError>> {
        let mut backoff = fetch_backoff();
        let mut last: Option<FetchError> = None;
        let mut tries = 0;
        loop {
            let wait = self.delay_before_next_request(store, &mut backoff, last.as_ref())?;
            if wait >= self.patience_left(last.as_ref()) {
                return Ok(Err(self.final_error(store, last, tries)?));
            }
            self.sleep_with_progress(wait, last.as_ref()).await;
            tries += 1;
            let fault = match self.request_page_once(store, start).await?.and_then(|answer| {
                paging.require_trustworthy_page(start, &answer)?;
                Ok(answer)
            }) {
                Ok(answer) => {
                    store.note_request_failure(self.source.host(), None, clock::real_now())?;
                    self.total = answer.total;
                    return Ok(Ok(answer));
                }
                Err(fault) => fault,
            };
            tracing::debug!(source = self.source.host(), kind = %fault.kind, error = %fault, "a request failed");
            let fault = self.more_informative_error(fault, last.take());
            store.note_request_failure(self.source.host(), Some(&fault), clock::real_now())?;
            if fault.retry == Retry::Never {
                return Ok(Err(fault));
            }
            last = Some(fault);
        }
    }

    /// A try that the end of the patience cut off says less than the one before it.
    fn more_informative_error(&self, fault: FetchError, before: Option<FetchError>) -> FetchError {
        match before {
            Some(before)
                if fault.kind == FetchErrorKind::Timeout && self.deadline.remaining_time().is_zero() =>
            {
                before
            }
            Some(_) | None => fault,
        }
    }

    /// One request. That it is made is on the disk before it is, for a program that is killed meanwhile; and
    /// again when it has ended, for what counts is when requests arrive, and one may be slow on its way.
    async fn request_page_once(
        &mut self,
        store: &Store,
        start: u64,
    ) -> Result<Result<ResultPage, FetchError>> {
        store.note_request(self.source.host(), clock::real_now())?;
        self.requests += 1;
        (self.on_progress)(PollProgress::Fetching { start, total: self.total });
        let request = PageRequest { topic: self.topic, start, max_results: self.settings.page_size };
        let answer = self.source.fetch(request, self.deadline.remaining_time()).await;
        store.note_request(self.source.host(), clock::real_now())?;
        if let Err(FetchError { retry: Retry::After(wait), .. }) = &answer {
            let wait = SignedDuration::try_from(*wait).unwrap_or(WAIT_MAX).min(WAIT_MAX);
            store.note_retry_after(self.source.host(), clock::real_now() + wait)?;
        }
        Ok(answer)
    }

    /// How long the next try has to wait: for the gate always, and after a fault that named no wait also
    /// for the fault to pass.
    fn delay_before_next_request(
        &self,
        store: &Store,
        backoff: &mut ExponentialBackoff,
        last: Option<&FetchError>,
    ) -> Result<Duration> {
        let gate = store
            .recorded_request_gate(self.source.host())?
            .time_until_request_allowed(clock::real_now(), self.settings.pace);
        Ok(match last.map(|fault| fault.retry) {
            Some(Retry::Later) => gate.max(backoff.next().unwrap_or(BACKOFF_MAX)),
            Some(Retry::After(_) | Retry::Never) | None => gate,
        })
    }

    /// What is left of the patience; where nothing can be reached at all there is less of it.
    fn patience_left(&self, last: Option<&FetchError>) -> Duration {
        let left = self.deadline.remaining_time();
        match last {
            Some(fault) if fault.kind == FetchErrorKind::Unreachable => {
                left.min(self.settings.unreachable_max.saturating_sub(self.deadline.elapsed()))
            }
            Some(_) | None => left,
        }
    }

    async fn sleep_with_progress(&mut self, wait: Duration, after: Option<&FetchError>) {
        let mut left = wait;
        while !left.is_zero() {
            (self.on_progress)(PollProgress::Waiting { wait: left, after });
            let slice = left.min(WAIT_TOLD_EVERY);
            clock::sleep(slice).await;
            left -= slice;
        }
    }

    /// The last fault with how often it was tried; or, where the gate let nothing through, until when.
    fn final_error(&self, store: &Store, last: Option<FetchError>, tries: u32) -> Result<FetchError> {
        let shut = store.recorded_request_gate(self.source.host())?.blocked_until(clock::real_now());
        let until =
            shut.map(|until| format!("{} asked to be left alone until {until:.0}", self.source.host()));
        Ok(match (last, until) {
            (Some(fault), Some(until)) => FetchError { message: format!("{fault}; {until}"), ..fault },
            (Some(fault), None) if tries > 1 => {
                FetchError { message: format!("{fault} ({tries} tries)"), ..fault }
            }
            (Some(fault), None) => fault,
            (None, Some(until)) => {
                FetchError::transient(FetchErrorKind::Throttled, format!("{until}: not asked"))
            }
            (None, None) => {
                FetchError::transient(FetchErrorKind::Timeout, "no time was left to ask: raise `patience`")
            }
        })
    }
}

/// A long wait is reported again and again, so that whoever watches knows that the program is at it.
const WAIT_TOLD_EVERY: Duration = Duration::from_secs(30);

fn fetch_backoff() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(BACKOFF_MIN)
        .with_max_delay(BACKOFF_MAX)
        .without_max_times()
        .with_jitter()
        .build()
}
