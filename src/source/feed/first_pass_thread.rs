//! The thread of the first pass: its own, next to that of the second pass, if there is much to read.

use std::io::Read;
use std::sync::mpsc::{Receiver, SendError, Sender, channel};
use std::thread::{Builder, Scope};

use feed_rs::model::Entry;
use reqwest::Url;

use super::feed_rs_first_pass::FirstPassParser;

/// feed-rs keeps every element that it knows, at a hundred bytes and more for each: a document that is longer, which has an
/// item as no paper is, is left to the second pass, which keeps little.
const FIRST_PASS_BYTES_MAX: usize = 512 * 1024;

/// Reads documents in the first pass, on a thread that ends with this or on the one that asks.
pub(super) struct FirstPassReader<'s, 'd> {
    first_pass: FirstPassParser,
    base: Option<&'d Url>,
    /// None if it has no thread of its own.
    requests: Option<Sender<FirstPassRequest<'s>>>,
}

/// A document that is to be read, and where what is found in it goes.
struct FirstPassRequest<'s> {
    document: Box<dyn Read + Send + 's>,
    found: Sender<Result<Vec<Entry>, String>>,
}

impl<'s, 'd> FirstPassReader<'s, 'd> {
    /// Reads on the thread that asks.
    pub(super) fn on_this_thread(first_pass: FirstPassParser, base: Option<&'d Url>) -> Self {
        Self { first_pass, base, requests: None }
    }

    /// Reads on a thread, if the system has one to give.
    pub(super) fn on_own_thread(
        scope: &'s Scope<'s, 'd>,
        first_pass: FirstPassParser,
        base: Option<&'d Url>,
    ) -> Self {
        let (requests, waiting) = channel();
        let read_all =
            move || waiting.into_iter().for_each(|request| read_document(request, first_pass, base));
        let thread = Builder::new().name("feed-rs".to_owned()).spawn_scoped(scope, read_all);
        Self { first_pass, base, requests: thread.ok().map(|_| requests) }
    }

    pub(super) fn has_own_thread(&self) -> bool {
        self.requests.is_some()
    }

    /// Begins to read a document of so many bytes. What is found in it comes out of the receiver.
    pub(super) fn read(
        &self,
        document: Box<dyn Read + Send + 's>,
        bytes: usize,
    ) -> Receiver<Result<Vec<Entry>, String>> {
        let (sender, found) = channel();
        if bytes > FIRST_PASS_BYTES_MAX {
            let _ = sender.send(Err(format!("feed-rs is not asked for {} KiB at once", bytes >> 10)));
            return found;
        }
        let request = FirstPassRequest { document, found: sender };
        let refused = match &self.requests {
            Some(requests) => requests.send(request).err().map(|SendError(request)| request),
            None => Some(request),
        };
        if let Some(request) = refused {
            read_document(request, self.first_pass, self.base);
        }
        found
    }
}

fn read_document(request: FirstPassRequest<'_>, first_pass: FirstPassParser, base: Option<&Url>) {
    // Nobody waits any more once the rest of the feed turned out to be broken.
    let _ = request.found.send(first_pass(request.document, base));
}
