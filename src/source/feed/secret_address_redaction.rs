//! What may be said of a feed whose address is a secret: its server knows the secret, and may name it in what it answers.

use super::ParsedFeed;
use super::address::FeedAddress;
use crate::domain::FetchError;

/// The error without what it quotes of the answer.
pub fn strip_quotation_from_fetch_error(mut error: FetchError) -> FetchError {
    error.message = before_quotation(&error.message);
    error
}

/// The feed with notes that quote nothing of it, and without a title that names the secret.
pub(super) fn redact_parsed_feed(mut feed: ParsedFeed, address: &FeedAddress) -> ParsedFeed {
    for words in feed.notes.iter_mut().chain(&mut feed.gaps) {
        *words = before_quotation(words);
    }
    if address.is_revealed_by(&feed.title) {
        feed.title.clear();
    }
    feed
}

/// The words up to the first quotation: a quotation may have a part of the secret, cut off at any place.
fn before_quotation(words: &str) -> String {
    let quotation = ["`", "\"", " '", "(", "<"].iter().filter_map(|mark| words.find(mark)).min();
    match quotation {
        Some(at) => {
            format!("{} … (quoted no further, since the address is a secret)", words[..at].trim_end())
        }
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_before_what_they_quote() {
        let cut = " … (quoted no further, since the address is a secret)";
        for (words, kept) in [
            ("the answer is empty", "the answer is empty".to_owned()),
            ("the feed's end is cut off", "the feed's end is cut off".to_owned()),
            ("text that begins with `Key 7`, not a feed", format!("text that begins with{cut}")),
            ("unknown encoding \"key7\"", format!("unknown encoding{cut}")),
            ("feed-rs refuses it (key7)", format!("feed-rs refuses it{cut}")),
        ] {
            assert_eq!(before_quotation(words), kept);
        }
    }
}
