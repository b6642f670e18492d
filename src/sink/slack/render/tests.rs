use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::render::sample_digest;

#[test]
#[expect(clippy::too_many_lines, reason = "a message gets a whole snapshot")]
fn a_small_digest_is_one_message() {
    let parts = render(&sample_digest::small_digest());
    assert_eq!(parts.len(), 1);
    insta::assert_snapshot!(pretty_json(&parts[0].body), @r##"
    {
      "blocks": [
        {
          "text": {
            "emoji": false,
            "text": "Image Classification",
            "type": "plain_text"
          },
          "type": "header"
        },
        {
          "elements": [
            {
              "emoji": false,
              "text": "27 March 2025 · 1 new paper, 1 replaced",
              "type": "plain_text"
            }
          ],
          "type": "context"
        },
        {
          "elements": [
            {
              "elements": [
                {
                  "style": {
                    "bold": true
                  },
                  "text": "A *bold* <!channel> & [net_2]: 2 < 3",
                  "type": "link",
                  "url": "https://arxiv.org/abs/2503.20246v1"
                },
                {
                  "text": "\nAda Lovelace, Bo Li, Cy Young and 2 more",
                  "type": "text"
                },
                {
                  "text": "\n26 March 2025 · cs.CV, cs.LG · 12 pages · also in Robotics",
                  "type": "text"
                },
                {
                  "text": " · ",
                  "type": "text"
                },
                {
                  "text": "Code",
                  "type": "link",
                  "url": "https://github.com/lab/net_2"
                }
              ],
              "type": "rich_text_section"
            },
            {
              "elements": [
                {
                  "text": "We classify images. Code: https://github.com/lab/net_2",
                  "type": "text"
                }
              ],
              "type": "rich_text_quote"
            }
          ],
          "type": "rich_text"
        },
        {
          "elements": [
            {
              "elements": [
                {
                  "style": {
                    "bold": true
                  },
                  "text": "Nets of nets",
                  "type": "link",
                  "url": "https://arxiv.org/abs/2503.20246v2"
                },
                {
                  "text": "\nReplaced by v2 · 26 March 2025 · cs.CV, cs.LG",
                  "type": "text"
                }
              ],
              "type": "rich_text_section"
            },
            {
              "elements": [
                {
                  "text": "Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long…",
                  "type": "text"
                },
                {
                  "text": " ",
                  "type": "text"
                },
                {
                  "text": "more",
                  "type": "link",
                  "url": "https://arxiv.org/abs/2503.20246v2"
                }
              ],
              "type": "rich_text_quote"
            }
          ],
          "type": "rich_text"
        }
      ],
      "text": "Image Classification: 1 new paper, 1 replaced",
      "unfurl_links": false,
      "unfurl_media": false
    }
    "##);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a message gets a whole snapshot")]
fn a_published_preprint_is_shown_with_its_journal() {
    let parts = render(&sample_digest::published_digest());
    insta::assert_snapshot!(pretty_json(&parts[0].body), @r##"
    {
      "blocks": [
        {
          "text": {
            "emoji": false,
            "text": "Image Classification",
            "type": "plain_text"
          },
          "type": "header"
        },
        {
          "elements": [
            {
              "emoji": false,
              "text": "27 March 2025 · 1 new paper, 1 published",
              "type": "plain_text"
            }
          ],
          "type": "context"
        },
        {
          "elements": [
            {
              "elements": [
                {
                  "style": {
                    "bold": true
                  },
                  "text": "New nets",
                  "type": "link",
                  "url": "https://arxiv.org/abs/2503.20246v1"
                },
                {
                  "text": "\n26 March 2025 · cs.CV, cs.LG",
                  "type": "text"
                },
                {
                  "text": " · ",
                  "type": "text"
                },
                {
                  "text": "Journal",
                  "type": "link",
                  "url": "https://doi.org/10.1000/new"
                }
              ],
              "type": "rich_text_section"
            },
            {
              "elements": [
                {
                  "text": "We classify images. Code: https://github.com/lab/net_2",
                  "type": "text"
                }
              ],
              "type": "rich_text_quote"
            }
          ],
          "type": "rich_text"
        },
        {
          "elements": [
            {
              "elements": [
                {
                  "style": {
                    "bold": true
                  },
                  "text": "Nets of nets",
                  "type": "link",
                  "url": "https://arxiv.org/abs/2503.20246v1"
                },
                {
                  "text": "\nAda Lovelace, Bo Li, Cy Young and 2 more",
                  "type": "text"
                },
                {
                  "text": "\nPublished in J. of *bold* <!channel> & [x](https://e.vil) 12 · 26 March 2025 · cs.CV, cs.LG · 12 pages",
                  "type": "text"
                },
                {
                  "text": " · ",
                  "type": "text"
                },
                {
                  "text": "Journal",
                  "type": "link",
                  "url": "https://doi.org/10.1000/a%28b%29_c"
                },
                {
                  "text": " · ",
                  "type": "text"
                },
                {
                  "text": "Code",
                  "type": "link",
                  "url": "https://github.com/lab/net_2"
                }
              ],
              "type": "rich_text_section"
            },
            {
              "elements": [
                {
                  "text": "We classify images. Code: https://github.com/lab/net_2",
                  "type": "text"
                }
              ],
              "type": "rich_text_quote"
            }
          ],
          "type": "rich_text"
        }
      ],
      "text": "Image Classification: 1 new paper, 1 published",
      "unfurl_links": false,
      "unfurl_media": false
    }
    "##);
}

#[test]
fn a_digest_without_news_says_so() {
    insta::assert_snapshot!(pretty_json(&render(&sample_digest::empty_digest())[0].body), @r##"
    {
      "blocks": [
        {
          "text": {
            "emoji": false,
            "text": "daily",
            "type": "plain_text"
          },
          "type": "header"
        },
        {
          "elements": [
            {
              "emoji": false,
              "text": "27 March 2025 · No new papers",
              "type": "plain_text"
            }
          ],
          "type": "context"
        }
      ],
      "text": "daily: No new papers",
      "unfurl_links": false,
      "unfurl_media": false
    }
    "##);
}

#[test]
fn a_test_says_which_sink_it_tests() {
    insta::assert_snapshot!(pretty_json(&render_test("<lab>")), @r##"
    {
      "blocks": [
        {
          "elements": [
            {
              "emoji": false,
              "text": "Paperwire can post here. This tests its sink &lt;lab&gt;.",
              "type": "plain_text"
            }
          ],
          "type": "context"
        }
      ],
      "text": "Paperwire can post here. This tests its sink &lt;lab&gt;.",
      "unfurl_links": false,
      "unfurl_media": false
    }
    "##);
}

#[test]
fn each_part_of_several_topics_names_its_topic_and_its_number() {
    let mut digest = sample_digest::small_digest();
    let papers = sample_digest::repeat_papers(&digest.sections[0].papers, 20);
    digest.sections[0].papers.clone_from(&papers);
    digest.sections.push(crate::domain::Section { topic: "Robotics".to_owned(), papers });
    let parts = render(&digest);
    assert!(parts.len() > 2);
    for (at, MessageBody { part, body }) in parts.iter().enumerate() {
        assert_eq!((part.number as usize, part.of as usize), (at + 1, parts.len()));
        let message: Value = serde_json::from_slice(body).unwrap();
        let about = message["blocks"][1]["elements"][0]["text"].as_str().unwrap();
        assert!(about.ends_with(&format!("part {} of {}", at + 1, parts.len())), "{about}");
        let topic = message["blocks"][2]["text"]["text"].as_str().unwrap();
        assert!(["Image Classification", "Robotics"].contains(&topic));
    }
}

#[test]
fn why_a_digest_is_late_takes_its_room_in_the_first_part() {
    let mut digest = sample_digest::small_digest();
    digest.sections[0].papers = sample_digest::repeat_papers(&digest.sections[0].papers, 20);
    digest.late = Some("遅".repeat(LATE_UNITS_MAX));
    let parts = render(&digest);
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
        for MessageBody { part, body } in render(&digest) {
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
        let parts = render(&digest);
        let mut told = 0;
        for MessageBody { body, .. } in &parts {
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

fn pretty_json(body: &[u8]) -> String {
    serde_json::to_string_pretty(&serde_json::from_slice::<Value>(body).unwrap()).unwrap()
}

#[test]
fn a_notice_to_the_operator_is_structure_and_pings_nobody() {
    insta::assert_snapshot!(String::from_utf8(render_alert(&sample_digest::operator_alert(1))).unwrap(), @r##"{"text":"Wrong: topic \"Birds *b* &lt;!channel&gt;\"; Well again: sink \"lab\"","blocks":[{"type":"header","text":{"type":"plain_text","text":"Wrong: topic \"Birds *b* &lt;!channel&gt;\"; Well again: sink \"lab\"","emoji":false}},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"topic \"Birds *b* <!channel>\": failing since 2025-03-26T08:00:00Z: 429: throttled. What to do: wait."}]}]},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"sink \"lab\": well again since 26 March 2025, 08:00 UTC; it was wrong since 25 March 2025, 08:00 UTC."}]}]}],"unfurl_links":false,"unfurl_media":false}"##);
    let many = render_alert(&sample_digest::operator_alert(500));
    assert!(many.len() <= BLOCKS_BYTES_MAX, "{}", many.len());
}
