use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::render::digest_fixtures;

#[test]
fn a_small_digest_is_one_message() {
    let parts = render_digest_parts(&sample_digest::small_digest());
    assert_eq!(parts.len(), 1);
    insta::assert_snapshot!(pretty_json(&parts[0].body), @r##"
    {
      "allowed_mentions": {
        "parse": []
      },
      "content": "**Image Classification** · 27 March 2025\n1 new paper, 1 replaced",
      "embeds": [
        {
          "color": 2991182,
          "description": "Ada Lovelace, Bo Li, Cy Young and 2 more\n\nWe classify images. Code: https\\://github.com/lab/net\\_2\n\n[Code](<https://github.com/lab/net_2>)",
          "footer": {
            "text": "26 March 2025 · cs.CV, cs.LG · 12 pages · also in Robotics"
          },
          "title": "A \\*bold\\* \\<!channel\\> & \\[net\\_2\\]: 2 \\< 3",
          "url": "https://arxiv.org/abs/2503.20246v1"
        },
        {
          "author": {
            "name": "Replaced by v2"
          },
          "color": 13936428,
          "description": "Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words… [more](<https://arxiv.org/abs/2503.20246v2>)",
          "footer": {
            "text": "26 March 2025 · cs.CV, cs.LG"
          },
          "title": "Nets of nets",
          "url": "https://arxiv.org/abs/2503.20246v2"
        }
      ]
    }
    "##);
}

#[test]
fn a_published_preprint_is_shown_with_its_journal() {
    let parts = render_digest_parts(&sample_digest::digest_with_published_paper());
    insta::assert_snapshot!(pretty_json(&parts[0].body), @r##"
    {
      "allowed_mentions": {
        "parse": []
      },
      "content": "**Image Classification** · 27 March 2025\n1 new paper, 1 published",
      "embeds": [
        {
          "color": 2991182,
          "description": "We classify images. Code: https\\://github.com/lab/net\\_2\n\n[Journal](<https://doi.org/10.1000/new>)",
          "footer": {
            "text": "26 March 2025 · cs.CV, cs.LG"
          },
          "title": "New nets",
          "url": "https://arxiv.org/abs/2503.20246v1"
        },
        {
          "author": {
            "name": "Published in J. of *bold* <!channel> & [x](https://e.vil) 12"
          },
          "color": 3900150,
          "description": "Ada Lovelace, Bo Li, Cy Young and 2 more\n\nWe classify images. Code: https\\://github.com/lab/net\\_2\n\n[Journal](<https://doi.org/10.1000/a%28b%29_c>) · [Code](<https://github.com/lab/net_2>)",
          "footer": {
            "text": "26 March 2025 · cs.CV, cs.LG · 12 pages"
          },
          "title": "Nets of nets",
          "url": "https://arxiv.org/abs/2503.20246v1"
        }
      ]
    }
    "##);
}

#[test]
fn a_digest_without_news_says_so() {
    insta::assert_snapshot!(pretty_json(&render_digest_parts(&sample_digest::empty_digest())[0].body), @r##"
    {
      "allowed_mentions": {
        "parse": []
      },
      "content": "**daily** · 27 March 2025\nNo new papers"
    }
    "##);
}

#[test]
fn a_test_says_which_sink_it_tests() {
    insta::assert_snapshot!(pretty_json(&render_test_message("*lab*")), @r##"
    {
      "allowed_mentions": {
        "parse": []
      },
      "content": "Paperwire can post here. This tests its sink \\*lab\\*."
    }
    "##);
}

#[test]
fn what_means_something_to_discord_is_escaped_and_nothing_else() {
    for (text, written) in [
        ("Few-shot nets: v1.5, 50% off", "Few-shot nets: v1.5, 50% off"),
        ("# 1. a", r"\# 1. a"),
        ("1. a", r"1\. a"),
        ("- a - b", r"\- a - b"),
        ("**a** `b` ||c||", r"\*\*a\*\* \`b\` \|\|c\|\|"),
        ("<@1> @here :x: a:", r"\<\@1\> \@here \:x: a:"),
        ("[a](https://b)", r"\[a\](https\://b)"),
        (r"\*", r"\\\*"),
    ] {
        assert_eq!(escape_discord_markdown(text), written);
    }
}

#[test]
fn sixty_papers_come_in_numbered_parts() {
    let mut digest = sample_digest::small_digest();
    digest.sections[0].papers = sample_digest::repeat_papers(&digest.sections[0].papers, 30);
    let parts = render_digest_parts(&digest);
    let contents: Vec<_> = parts
        .iter()
        .map(|part| serde_json::from_slice::<Value>(&part.body).unwrap()["content"].clone())
        .collect();
    assert_eq!(
        contents[1],
        "**Image Classification** · 27 March 2025 · part 2 of 6\n30 new papers, 30 replaced"
    );
    assert_eq!(contents.len(), 6);
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(32))]

    #[test]
    fn hostile_words_stay_within_the_limits_and_mean_nothing(digest in sample_digest::hostile_digest()) {
        let mut told = 0;
        for DigestPartBody { body, .. } in render_digest_parts(&digest) {
            let message: Value = serde_json::from_slice(&body).unwrap();
            prop_assert_eq!(message["allowed_mentions"].to_string(), r#"{"parse":[]}"#);
            let content = message["content"].as_str().unwrap();
            prop_assert!((1..=CONTENT_UNITS_MAX).contains(&chat_phrases::utf16_units(content)));
            let bare = content.replacen("**", "", 2);
            prop_assert!(is_escaped(&bare), "{}", content);
            let embeds = message["embeds"].as_array().cloned().unwrap_or_default();
            prop_assert!(embeds.len() <= EMBEDS_MAX);
            let sum = embeds.iter().map(check_embed).sum::<Result<usize, _>>()?;
            prop_assert!(sum <= EMBEDS_UNITS_MAX, "{}", sum);
            told += embeds.len();
        }
        prop_assert_eq!(told, digest.paper_count());
    }
}

/// Checks one embed; what it takes of the sum.
fn check_embed(embed: &Value) -> Result<usize, TestCaseError> {
    let mut sum = 0;
    for (place, units_max, reads_markup) in [
        ("/title", TITLE_UNITS_MAX, true),
        ("/description", DESCRIPTION_UNITS_MAX, true),
        ("/author/name", AUTHOR_UNITS_MAX, false),
        ("/footer/text", FOOTER_UNITS_MAX, false),
    ] {
        let Some(text) = embed.pointer(place).and_then(Value::as_str) else { continue };
        prop_assert!((1..=units_max).contains(&chat_phrases::utf16_units(text)), "{}: {}", place, text);
        prop_assert!(!reads_markup || is_escaped(text), "{}: {}", place, text);
        sum += chat_phrases::utf16_units(text);
    }
    prop_assert!(embed["title"].is_string() && embed["footer"]["text"].is_string());
    Ok(sum)
}

#[test]
fn a_notice_to_the_operator_is_one_message_within_the_limit() {
    let content = |troubles| {
        let body: Value =
            serde_json::from_slice(&render_alert(&sample_digest::sample_operator_alert(troubles))).unwrap();
        body["content"].as_str().unwrap().to_owned()
    };
    insta::assert_snapshot!(content(1), @r#"
    **Wrong: topic "Birds \*b\* \<!channel\>"; Well again: sink "lab"**
    topic "Birds \*b\* \<!channel\>": failing since 2025-03-26T08\:00\:00Z: 429: throttled. What to do: wait.
    sink "lab": well again since 26 March 2025, 08\:00 UTC; it was wrong since 25 March 2025, 08\:00 UTC.
    "#);
    assert!(chat_phrases::utf16_units(&content(500)) <= CONTENT_UNITS_MAX);
}

/// Whether nothing but our own links is left to be read as markup.
fn is_escaped(text: &str) -> bool {
    let pairs = regex::Regex::new(r"\\[^0-9A-Za-z\s]").unwrap();
    let ours = r"\[(Journal|Code|more)\]\(<https?://[^\s<>()\[\]|*`\\]*>\)";
    let ours = regex::Regex::new(ours).unwrap();
    let bare = ours.replace_all(text, "");
    let bare = pairs.replace_all(&bare, "");
    let is_line_markup = |line: &str| line.starts_with(['#', '-', '+']);
    !bare.contains(['\\', '*', '_', '~', '`', '|', '<', '>', '[', ']', '@'])
        && !bare.contains("://")
        && !text.lines().any(is_line_markup)
}

fn pretty_json(body: &[u8]) -> String {
    serde_json::to_string_pretty(&serde_json::from_slice::<Value>(body).unwrap()).unwrap()
}
