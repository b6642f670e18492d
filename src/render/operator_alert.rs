//! The sentences of a notice to the operator, the same in every kind of message.

use super::chat_phrases;
use crate::domain::{Incident, OperatorAlert, ResolvedIncident};

/// How many incidents one alert reports one by one; of more it says the number.
const TROUBLES_MAX: usize = 8;

/// The longest sentence about one of them, in UTF-16 units: eight of them fit into the smallest of messages.
const SENTENCE_UNITS_MAX: usize = 400;

/// `Wrong: topic "Birds"`, `Wrong: 3 things`, `Well again: topic "Birds"`.
pub(crate) fn alert_headline(notice: &OperatorAlert) -> String {
    let begun = alert_subject_phrase("Wrong", notice.opened.iter().map(|trouble| trouble.subject.as_str()));
    let ended =
        alert_subject_phrase("Well again", notice.resolved.iter().map(|ended| ended.subject.as_str()));
    [begun, ended].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn alert_subject_phrase<'a>(word: &str, mut whats: impl ExactSizeIterator<Item = &'a str>) -> Option<String> {
    match (whats.next(), whats.len()) {
        (None, _) => None,
        (Some(only), 0) => Some(format!("{word}: {}", chat_phrases::sanitize_to_visible_line(only))),
        (Some(_), more) => Some(format!("{word}: {} things", more + 1)),
    }
}

/// One sentence for each incident, and what can be done about it.
pub(crate) fn alert_sentences(notice: &OperatorAlert) -> Vec<String> {
    let all =
        notice.opened.iter().map(incident_sentence).chain(notice.resolved.iter().map(resolved_sentence));
    let all = all.map(|sentence| {
        chat_phrases::truncate_to_utf16_units(
            &chat_phrases::sanitize_to_visible_line(&sentence),
            SENTENCE_UNITS_MAX,
            str::to_owned,
        )
    });
    let mut sentences: Vec<_> = all.collect();
    if sentences.len() > TROUBLES_MAX {
        let more = sentences.len() - TROUBLES_MAX;
        sentences.truncate(TROUBLES_MAX);
        sentences.push(format!("And {more} more: `paperwire status` has them all."));
    }
    sentences
}

fn incident_sentence(trouble: &Incident) -> String {
    let Incident { subject: what, since: _, description: words, advice } = trouble;
    let advice = if advice.is_empty() { String::new() } else { format!(" What to do: {advice}.") };
    format!("{what}: {words}.{}", advice.replace("?.", "?"))
}

fn resolved_sentence(ended: &ResolvedIncident) -> String {
    let ResolvedIncident { subject: what, since, well_since } = ended;
    format!(
        "{what}: well again since {}; it was wrong since {}.",
        chat_phrases::format_utc_date_time(*well_since),
        chat_phrases::format_utc_date_time(*since)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::digest_fixtures;

    #[test]
    fn a_notice_names_one_thing_and_counts_several() {
        let one = sample_digest::sample_operator_alert(1);
        assert_eq!(alert_headline(&one), "Wrong: topic \"Birds *b* <!channel>\"; Well again: sink \"lab\"");
        assert_eq!(
            alert_headline(&sample_digest::sample_operator_alert(3)),
            "Wrong: 3 things; Well again: sink \"lab\""
        );
        insta::assert_snapshot!(alert_sentences(&one).join("\n"), @r#"
        topic "Birds *b* <!channel>": failing since 2025-03-26T08:00:00Z: 429: throttled. What to do: wait.
        sink "lab": well again since 26 March 2025, 08:00 UTC; it was wrong since 25 March 2025, 08:00 UTC.
        "#);
        let many = alert_sentences(&sample_digest::sample_operator_alert(30));
        assert_eq!((many.len(), many[8].as_str()), (9, "And 23 more: `paperwire status` has them all."));
    }
}
