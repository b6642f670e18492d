//! No message is larger than Slack takes, whatever is in it.

use proptest::prelude::*;
use serde_json::Value;

use super::super::*;
use crate::render::digest_fixtures;

#[test]
fn why_a_digest_is_late_takes_its_room_in_the_first_part() {
    let mut digest = sample_digest::small_digest();
    digest.sections[0].papers = sample_digest::repeat_papers(&digest.sections[0].papers, 20);
    digest.late = Some("遅".repeat(LATE_UNITS_MAX));
    let parts = render_digest_parts(&digest);
    assert!(parts.len() > 2);
    let shown = parts.iter().map(|part| {
        let message: Value = serde_json::from_slice(&part.body).unwrap();
        let bytes = message["blocks"].to_string().len();
        assert!(bytes <= BLOCKS_BYTES_MAX, "{bytes} bytes in part {}", part.part.number);
        message["blocks"][1]["elements"].as_array().unwrap().len() == 2
    });
    assert!(shown.enumerate().all(|(at, late)| late == (at == 0)));
}

#[test]
fn the_only_part_has_room_for_why_it_is_late() {
    let mut digest = sample_digest::small_digest();
    let papers = digest.sections[0].papers.clone();
    digest.late = Some("遅".repeat(LATE_UNITS_MAX));
    for times in 1..10 {
        digest.sections[0].papers = sample_digest::repeat_papers(&papers, times);
        for DigestPartBody { part, body } in render_digest_parts(&digest) {
            let message: Value = serde_json::from_slice(&body).unwrap();
            let bytes = message["blocks"].to_string().len();
            assert!(bytes <= BLOCKS_BYTES_MAX, "{bytes} bytes in part {} of {}", part.number, part.of);
        }
    }
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(32))]

    #[test]
    fn hostile_words_stay_within_the_limits_and_mean_nothing(digest in sample_digest::hostile_digest()) {
        let parts = render_digest_parts(&digest);
        let mut told = 0;
        for DigestPartBody { body, .. } in &parts {
            let message: Value = serde_json::from_slice(body).unwrap();
            prop_assert!(is_escaped(message["text"].as_str().unwrap()));
            prop_assert_eq!(&message["unfurl_links"], &Value::Bool(false));
            let blocks = message["blocks"].as_array().unwrap();
            prop_assert!(blocks.len() <= BLOCKS_MAX);
            prop_assert!(message["blocks"].to_string().len() <= BLOCKS_BYTES_MAX);
            told += blocks.iter().filter(|block| block["type"] == "rich_text").count();
            for block in blocks {
                check_text_lengths(block)?;
            }
        }
        prop_assert_eq!(told, digest.paper_count());
    }
}

/// Every text has a length that Slack takes, and none is in markup.
fn check_text_lengths(value: &Value) -> Result<(), TestCaseError> {
    if let Some(text) = value["text"].as_str() {
        let units_max = if value["type"] == "header" { HEADER_UNITS_MAX } else { TEXT_UNITS_MAX };
        prop_assert!(
            (1..=units_max).contains(&chat_phrases::utf16_units(text)),
            "{} units",
            chat_phrases::utf16_units(text)
        );
        match value["type"].as_str().unwrap() {
            "plain_text" => prop_assert!(is_escaped(text), "{}", text),
            "text" | "link" => {
                let is_line = !text.trim_start_matches('\n').contains(|c: char| c.is_control());
                prop_assert!(is_line, "{}", text);
            }
            other => prop_assert!(false, "{} has a text", other),
        }
    }
    match value {
        Value::Object(members) => members.values().try_for_each(check_text_lengths),
        Value::Array(values) => values.iter().try_for_each(check_text_lengths),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn is_escaped(text: &str) -> bool {
    let entities = ["amp;", "lt;", "gt;"];
    let starts = |rest: &str| entities.iter().any(|entity| rest.starts_with(entity));
    !text.contains(['<', '>']) && text.split('&').skip(1).all(starts)
}
