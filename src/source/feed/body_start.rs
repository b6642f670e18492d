//! How a body begins: as a feed, or as something else.

use std::borrow::Cow;

use super::charset_decoding::decode_body;
use super::document_root::find_feed_root;
use super::error::FeedError;

/// As much of a body as shows what it is, behind whatever junk.
const START_BYTES: usize = 256 * 1024;

/// Whether a body begins as a feed does. What is wrong only further on, the reader of feeds finds.
pub(super) fn check_body_start(body: &[u8], charset: Option<&str>) -> Result<(), FeedError> {
    let head = &body[..body.len().min(START_BYTES)];
    let decoded = decode_body(Cow::Borrowed(head), charset)?;
    match find_feed_root(&decoded.text, &mut Vec::new()) {
        Err(error) if head.len() == body.len() || !matches!(error, FeedError::CutOff(_)) => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}
