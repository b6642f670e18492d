use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::render::digest_fixtures;

fn parse_json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

fn pretty_json(body: &[u8]) -> String {
    serde_json::to_string_pretty(&parse_json(body)).unwrap()
}

#[test]
fn a_small_digest_is_one_notification() {
    let list = Some("https://github.com/lab/list");
    insta::assert_snapshot!(pretty_json(&render_digest_body(&sample_digest::small_digest(), list).body), @r##"
    {
      "click": "https://github.com/lab/list",
      "message": "A *bold* <!channel> & [net_2]: 2 < 3\nhttps://arxiv.org/abs/2503.20246v1\n\nNets of nets (Replaced by v2)\nhttps://arxiv.org/abs/2503.20246v2",
      "tags": [
        "page_facing_up"
      ],
      "title": "1 new, 1 replaced: Image Classification"
    }
    "##);
}

#[test]
fn a_published_preprint_is_shown_with_its_journal() {
    insta::assert_snapshot!(pretty_json(&render_digest_body(&sample_digest::digest_with_published_paper(), None).body), @r##"
    {
      "message": "New nets\nhttps://arxiv.org/abs/2503.20246v1\nhttps://doi.org/10.1000/new\n\nNets of nets (Published in J. of *bold* <!channel> & [x](https://e.vil) 12)\nhttps://arxiv.org/abs/2503.20246v1\nhttps://doi.org/10.1000/a%28b%29_c",
      "tags": [
        "page_facing_up"
      ],
      "title": "1 new, 1 published: Image Classification"
    }
    "##);
}

#[test]
fn a_digest_without_news_says_so() {
    insta::assert_snapshot!(pretty_json(&render_digest_body(&sample_digest::empty_digest(), None).body), @r##"
    {
      "message": "27 March 2025",
      "tags": [
        "page_facing_up"
      ],
      "title": "No new papers: daily"
    }
    "##);
}

#[test]
fn a_test_says_which_sink_it_tests() {
    insta::assert_snapshot!(String::from_utf8(render_test_message("<lab>")).unwrap(), @r#"{"title":"Paperwire","message":"Paperwire can post here. This tests its sink <lab>."}"#);
}

#[test]
fn a_tap_opens_the_only_paper_and_none_of_several() {
    let mut digest = sample_digest::small_digest();
    assert_eq!(parse_json(&render_digest_body(&digest, None).body).get("click"), None);
    digest.sections[0].papers.truncate(1);
    assert_eq!(
        parse_json(&render_digest_body(&digest, None).body)["click"],
        "https://arxiv.org/abs/2503.20246v1"
    );
}

#[test]
fn each_of_several_topics_heads_its_papers() {
    let mut digest = sample_digest::small_digest();
    digest.sections.push(crate::domain::DigestSection {
        topic: "Robotics".to_owned(),
        papers: vec![digest.sections[0].papers[1].clone()],
    });
    let message = parse_json(&render_digest_body(&digest, None).body)["message"].as_str().unwrap().to_owned();
    let headings: Vec<_> = message.lines().filter(|line| line.ends_with(':')).collect();
    assert_eq!(headings, ["Image Classification:", "Robotics:"]);
}

#[test]
fn what_does_not_fit_is_left_out_as_whole_papers_and_counted() {
    for title in ["A title of some words", "題名は多くの文字から成る", "\"\\\"\\\"\\\"\\\"\\\"\\\"\\\"\\"]
    {
        let mut digest = sample_digest::small_digest();
        digest.late = Some("遅".repeat(400));
        let mut told = digest.sections[0].papers[0].clone();
        told.paper.title = title.repeat(9);
        digest.sections[0].papers = sample_digest::repeat_papers(&[told], 50);
        let rendered = render_digest_body(&digest, None);
        assert_eq!(rendered.part, DigestPartNumber { number: 1, of: 1 });
        let message = parse_json(&rendered.body)["message"].as_str().unwrap().to_owned();
        let shown = message.matches("https://arxiv.org/abs/").count();
        assert!(shown > 0 && message.len() <= TEXT_BYTES_MAX, "{} bytes", message.len());
        assert!(message.ends_with(&format!("\n\nand {} more", 50 - shown)), "{message}");
        assert!(rendered.body.len() + 100 <= REQUEST_BYTES_MAX, "{} bytes", rendered.body.len());
    }
}

#[test]
fn all_is_shown_if_all_fits() {
    let mut digest = sample_digest::small_digest();
    let papers = digest.sections[0].papers.clone();
    for count in 1..60 {
        digest.sections[0].papers = papers.iter().cycle().take(count).cloned().collect();
        let message =
            parse_json(&render_digest_body(&digest, None).body)["message"].as_str().unwrap().to_owned();
        let shown = message.matches("https://arxiv.org/abs/").count();
        let left_out = message.rsplit("\n\nand ").next().and_then(|tail| tail.strip_suffix(" more"));
        assert_eq!(shown + left_out.map_or(0, |tail| tail.parse::<usize>().unwrap()), count);
        assert!(message.len() <= TEXT_BYTES_MAX);
    }
}

#[test]
fn what_is_wrong_has_a_higher_priority_than_what_is_well_again() {
    insta::assert_snapshot!(String::from_utf8(render_alert(&sample_digest::sample_operator_alert(1))).unwrap(), @r#"{"title":"Wrong: topic \"Birds *b* <!channel>\"; Well again: sink \"lab\"","message":"topic \"Birds *b* <!channel>\": failing since 2025-03-26T08:00:00Z: 429: throttled. What to do: wait.\n\nsink \"lab\": well again since 26 March 2025, 08:00 UTC; it was wrong since 25 March 2025, 08:00 UTC.","priority":4,"tags":["warning"]}"#);
    let mut well = sample_digest::sample_operator_alert(1);
    well.opened.clear();
    let message = parse_json(&render_alert(&well));
    assert_eq!((message.get("priority"), &message["tags"][0]), (None, &Value::from("white_check_mark")));
    let many = render_alert(&sample_digest::sample_operator_alert(500));
    assert!(parse_json(&many)["message"].as_str().unwrap().len() <= TEXT_BYTES_MAX);
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(32))]

    #[test]
    fn hostile_words_stay_within_the_limits_and_are_plain_text(digest in sample_digest::hostile_digest()) {
        let rendered = render_digest_body(&digest, None);
        let message = parse_json(&rendered.body);
        let text = message["message"].as_str().unwrap();
        prop_assert!((1..=TEXT_BYTES_MAX).contains(&text.len()), "{} bytes", text.len());
        prop_assert!(rendered.body.len() + 100 <= REQUEST_BYTES_MAX, "{} bytes", rendered.body.len());
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        let title = message["title"].as_str().unwrap();
        prop_assert!(chat_phrases::utf16_units(title) <= TITLE_UNITS_MAX && !title.contains(char::is_control));
        // Nothing asks for what ntfy would do more than show: no Markdown, no attachment, no action, no mail.
        let members: Vec<_> = message.as_object().unwrap().keys().map(String::as_str).collect();
        prop_assert!(members.iter().all(|name| ["click", "message", "tags", "title"].contains(name)), "{:?}", members);
    }
}
