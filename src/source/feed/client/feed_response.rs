//! What a feed's server answered.

use std::fmt;

use tokio::sync::Mutex;

use super::large_feed_permit::LargeFeedPermit;
use crate::domain::{FeedValidators, FetchError, NextRequestHints, RedirectTargetKind};
use crate::source::feed::address::FeedAddress;
use crate::source::feed::error::FeedError;
use crate::source::feed::secret_address_redaction::{redact_parsed_feed, strip_quotation_from_fetch_error};
use crate::source::feed::{ParsedFeed, parse_feed};

/// What a feed's server answered, redirects and all.
#[derive(Debug)]
pub struct FeedResponse {
    /// The feed, or that it is as it was.
    pub content: FeedContent,
    /// For the next request; to be kept only once all is recorded that the feed has. None if the server gives none.
    pub validators: Option<FeedValidators>,
    /// When the server wishes to be asked again.
    pub freshness: NextRequestHints,
    /// Where the answer came from. Relative links are resolved against it.
    pub address: FeedAddress,
    /// How the address that was asked led there.
    pub redirection: FeedRedirection,
    /// What the operator may want to know of the way there, in words.
    pub notes: Vec<String>,
}

/// The feed, or that it is as it was.
#[derive(Debug)]
pub enum FeedContent {
    /// 304: it is as it was when its validators came.
    NotModified,
    /// What it is now.
    Document(FeedBody),
}

/// A whole body, unpacked, that is no page for people: what [`parse_feed`](crate::source::feed::parse_feed) reads.
pub struct FeedBody {
    /// At most 15 MiB.
    pub bytes: Vec<u8>,
    /// What `Content-Type` says of its encoding.
    pub charset: Option<String>,
    /// If it is large. To be kept until all is recorded that the feed has.
    pub permit: Option<LargeFeedPermit>,
}

/// How the address that was asked led to the one that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedRedirection {
    /// It answered itself.
    None,
    /// Over redirects of which at least one is for now.
    Temporary,
    /// Over redirects that all call themselves permanent (301, 308).
    Permanent(RedirectTargetKind),
}

impl FeedBody {
    /// Reads the feed, on a thread of its own: one of many megabytes takes a second. It also takes as much memory again as the
    /// body, so one is read at a time. `address` is where it came from, and may be a secret as a whole.
    pub async fn parse(self, address: &FeedAddress, is_secret: bool) -> Result<ParsedFeed, FetchError> {
        static READING: Mutex<()> = Mutex::const_new(());
        let _alone = READING.lock().await;
        let base = address.link_base(is_secret);
        let read = move || parse_feed(self.bytes, self.charset.as_deref(), Some(&base));
        let parsed = tokio::task::spawn_blocking(read).await;
        let parsed = parsed.unwrap_or_else(|_| Err(FeedError::Broken("its reader broke off".to_owned())));
        match parsed {
            Ok(feed) if is_secret => Ok(redact_parsed_feed(feed, address)),
            Ok(feed) => Ok(feed),
            Err(error) => {
                let error = error.into_fetch_error();
                let error = if is_secret { strip_quotation_from_fetch_error(error) } else { error };
                Err(FetchError { message: format!("{address}: {}", error.message), ..error })
            }
        }
    }
}

impl fmt::Debug for FeedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedBody")
            .field("bytes", &self.bytes.len())
            .field("charset", &self.charset)
            .field("permit", &self.permit)
            .finish()
    }
}
