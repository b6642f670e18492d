mod size_limits;

use serde_json::Value;

use super::*;
use crate::render::digest_fixtures;

#[test]
#[expect(clippy::too_many_lines, reason = "a message gets a whole snapshot")]
fn a_small_digest_is_one_message() {
    let parts = render_digest_parts(&sample_digest::small_digest());
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
    let parts = render_digest_parts(&sample_digest::digest_with_published_paper());
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
    insta::assert_snapshot!(pretty_json(&render_digest_parts(&sample_digest::empty_digest())[0].body), @r##"
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
    insta::assert_snapshot!(pretty_json(&render_test_message("<lab>")), @r##"
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
    digest.sections.push(crate::domain::DigestSection { topic: "Robotics".to_owned(), papers });
    let parts = render_digest_parts(&digest);
    assert!(parts.len() > 2);
    for (at, DigestPartBody { part, body }) in parts.iter().enumerate() {
        assert_eq!((part.number as usize, part.of as usize), (at + 1, parts.len()));
        let message: Value = serde_json::from_slice(body).unwrap();
        let about = message["blocks"][1]["elements"][0]["text"].as_str().unwrap();
        assert!(about.ends_with(&format!("part {} of {}", at + 1, parts.len())), "{about}");
        let topic = message["blocks"][2]["text"]["text"].as_str().unwrap();
        assert!(["Image Classification", "Robotics"].contains(&topic));
    }
}

fn pretty_json(body: &[u8]) -> String {
    serde_json::to_string_pretty(&serde_json::from_slice::<Value>(body).unwrap()).unwrap()
}

#[test]
fn a_notice_to_the_operator_is_structure_and_pings_nobody() {
    insta::assert_snapshot!(String::from_utf8(render_alert(&sample_digest::sample_operator_alert(1))).unwrap(), @r##"{"text":"Wrong: topic \"Birds *b* &lt;!channel&gt;\"; Well again: sink \"lab\"","blocks":[{"type":"header","text":{"type":"plain_text","text":"Wrong: topic \"Birds *b* &lt;!channel&gt;\"; Well again: sink \"lab\"","emoji":false}},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"topic \"Birds *b* <!channel>\": failing since 2025-03-26T08:00:00Z: 429: throttled. What to do: wait."}]}]},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"sink \"lab\": well again since 26 March 2025, 08:00 UTC; it was wrong since 25 March 2025, 08:00 UTC."}]}]}],"unfurl_links":false,"unfurl_media":false}"##);
    let many = render_alert(&sample_digest::sample_operator_alert(500));
    assert!(many.len() <= BLOCKS_BYTES_MAX, "{}", many.len());
}
