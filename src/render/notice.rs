//! The sentences of a notice to the operator, the same in every kind of message.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::phrase;
use crate::domain::{Ended, Notice, Trouble};

/// Troubles that one notice tells one by one; of more the number is told.
const TROUBLES_MAX: usize = 8;

/// The longest sentence about one of them, in UTF-16 units: eight of them fit into the smallest of messages.
const SENTENCE_UNITS_MAX: usize = 400;

/// `Wrong: topic "Birds"`, `Wrong: 3 things`, `Well again: topic "Birds"`.
pub(super) fn headline(notice: &Notice) -> String {
    let begun = counted("Wrong", notice.begun.iter().map(|trouble| trouble.what.as_str()));
    let ended = counted("Well again", notice.ended.iter().map(|ended| ended.what.as_str()));
    [begun, ended].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn counted<'a>(word: &str, mut whats: impl ExactSizeIterator<Item = &'a str>) -> Option<String> {
    match (whats.next(), whats.len()) {
        (None, _) => None,
        (Some(only), 0) => Some(format!("{word}: {}", phrase::plain(only))),
        (Some(_), more) => Some(format!("{word}: {} things", more + 1)),
    }
}

/// One sentence for each trouble, and what can be done about it.
pub(super) fn sentences(notice: &Notice) -> Vec<String> {
    let all = notice.begun.iter().map(begun).chain(notice.ended.iter().map(ended));
    let all = all.map(|sentence| phrase::fit(&phrase::plain(&sentence), SENTENCE_UNITS_MAX, str::to_owned));
    let mut sentences: Vec<_> = all.collect();
    if sentences.len() > TROUBLES_MAX {
        let more = sentences.len() - TROUBLES_MAX;
        sentences.truncate(TROUBLES_MAX);
        sentences.push(format!("And {more} more: `paperwire status` has them all."));
    }
    sentences
}

fn begun(trouble: &Trouble) -> String {
    let Trouble { what, since: _, words, advice } = trouble;
    let advice = if advice.is_empty() { String::new() } else { format!(" What to do: {advice}.") };
    format!("{what}: {words}.{}", advice.replace("?.", "?"))
}

fn ended(ended: &Ended) -> String {
    let Ended { what, since, well_since } = ended;
    format!("{what}: well again since {}; it was wrong since {}.", moment(*well_since), moment(*since))
}

fn moment(moment: Timestamp) -> String {
    moment.to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    #[test]
    fn a_notice_names_one_thing_and_counts_several() {
        let one = fixture::notice(1);
        assert_eq!(headline(&one), "Wrong: topic \"Birds *b* <!channel>\"; Well again: sink \"lab\"");
        assert_eq!(headline(&fixture::notice(3)), "Wrong: 3 things; Well again: sink \"lab\"");
        insta::assert_snapshot!(sentences(&one).join("\n"), @r#"
        topic "Birds *b* <!channel>": failing since 2025-03-26T08:00:00Z: 429: throttled. What to do: wait.
        sink "lab": well again since 26 March 2025, 08:00 UTC; it was wrong since 25 March 2025, 08:00 UTC.
        "#);
        let many = sentences(&fixture::notice(30));
        assert_eq!((many.len(), many[8].as_str()), (9, "And 23 more: `paperwire status` has them all."));
    }
}
