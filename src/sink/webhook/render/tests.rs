use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::render::digest_fixtures;

#[test]
fn a_small_digest_is_one_message() {
    let parts = render_digest_parts(&sample_digest::small_digest(), &sample_message_key);
    assert_eq!(parts.len(), 1);
    insta::assert_snapshot!(pretty_json(&parts[0].body), @r##"
    {
      "data": {
        "digest": 12,
        "late": null,
        "new": 1,
        "of": 1,
        "papers": [
          {
            "abstract": "We classify images.\nCode: https://github.com/lab/net_2",
            "article": null,
            "authors": [
              {
                "affiliations": [],
                "name": "Ada Lovelace"
              },
              {
                "affiliations": [],
                "name": "Bo Li"
              },
              {
                "affiliations": [],
                "name": "Cy Young"
              },
              {
                "affiliations": [],
                "name": "Di Wu"
              },
              {
                "affiliations": [],
                "name": "Ed Poe"
              }
            ],
            "categories": [
              "cs.CV",
              "cs.LG"
            ],
            "code_url": "https://github.com/lab/net_2",
            "comment": "12 pages",
            "doi": null,
            "id": "arxiv:2503.20246",
            "journal_ref": null,
            "links": [],
            "news": "new",
            "primary_category": "cs.CV",
            "published": "2025-03-26T05:12:44Z",
            "title": "A *bold* <!channel> & [net_2]: 2 < 3",
            "topics": [
              "Image Classification",
              "Robotics"
            ],
            "updated": "2025-03-26T05:12:44Z",
            "url": "https://arxiv.org/abs/2503.20246v1",
            "version": 1
          },
          {
            "abstract": "Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words. Long words.",
            "article": null,
            "authors": [],
            "categories": [
              "cs.CV",
              "cs.LG"
            ],
            "code_url": null,
            "comment": null,
            "doi": null,
            "id": "arxiv:2503.20246",
            "journal_ref": null,
            "links": [],
            "news": "replacement",
            "primary_category": "cs.CV",
            "published": null,
            "title": "Nets of nets",
            "topics": [
              "Image Classification"
            ],
            "updated": "2025-03-26T05:12:44Z",
            "url": "https://arxiv.org/abs/2503.20246v2",
            "version": 2
          }
        ],
        "part": 1,
        "published": 0,
        "replaced": 1,
        "subscription": "daily"
      },
      "id": "msg_0000000001",
      "timestamp": "2025-03-26T23:30:00Z",
      "type": "paperwire.digest",
      "version": 1
    }
    "##);
}

#[test]
fn a_published_preprint_names_its_article() {
    let parts = render_digest_parts(&sample_digest::digest_with_published_paper(), &sample_message_key);
    let message: Value = serde_json::from_slice(&parts[0].body).unwrap();
    let data = &message["data"];
    let counts = ["new", "published", "replaced"].map(|kind| data[kind].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 0]);
    let said =
        |paper: &Value| (paper["news"].clone(), paper["article"].clone(), paper["journal_ref"].clone());
    let said: Vec<_> = papers_of_body(&parts[0].body).iter().map(said).collect();
    let journal = "J. of *bold* <!channel> & [x](https://e.vil)\n12";
    let article = |doi: &str, url: &str, journal: Option<&str>| serde_json::json!({ "doi": doi, "url": format!("https://doi.org/{url}"), "journal": journal });
    let expected = [
        ("new".into(), article("10.1000/new", "10.1000/new", None), Value::Null),
        ("published".into(), article("10.1000/a(b)_c", "10.1000/a%28b%29_c", Some(journal)), journal.into()),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_digest_without_news_has_no_papers() {
    insta::assert_snapshot!(pretty_json(&render_digest_parts(&sample_digest::empty_digest(), &sample_message_key)[0].body), @r##"
    {
      "data": {
        "digest": 12,
        "late": null,
        "new": 0,
        "of": 1,
        "papers": [],
        "part": 1,
        "published": 0,
        "replaced": 0,
        "subscription": "daily"
      },
      "id": "msg_0000000001",
      "timestamp": "2025-03-26T23:30:00Z",
      "type": "paperwire.digest",
      "version": 1
    }
    "##);
}

#[test]
fn a_test_is_of_its_own_type() {
    let body = render_test_message("lab", "msg_1", "2025-03-26T08:00:00Z".parse().unwrap());
    insta::assert_snapshot!(String::from_utf8(body).unwrap(), @r##"{"id":"msg_1","type":"paperwire.test","version":1,"timestamp":"2025-03-26T08:00:00Z","data":{"sink":"lab"}}"##);
}

#[test]
fn a_notice_is_of_its_own_type_and_has_what_began_and_what_ended() {
    let body = render_alert(&sample_digest::sample_operator_alert(1), "msg_1");
    insta::assert_snapshot!(String::from_utf8(body).unwrap(), @r##"{"id":"msg_1","type":"paperwire.notice","version":1,"timestamp":"2025-03-26T08:00:00Z","data":{"notice":7,"begun":[{"what":"topic \"Birds *b* <!channel>\"","since":"2025-03-25T08:00:00Z","words":"failing since 2025-03-26T08:00:00Z: 429: throttled","advice":"wait"}],"ended":[{"what":"sink \"lab\"","since":"2025-03-25T08:00:00Z","well_since":"2025-03-26T08:00:00Z"}]}}"##);
}

#[test]
fn a_paper_too_large_for_a_message_goes_whole_in_one_of_its_own() {
    let mut digest = sample_digest::small_digest();
    digest.sections[0].papers[0].paper.authors =
        sample_digest::authors_of_names(&vec!["Ada Lovelace"; 3_000]);
    digest.sections[0].papers = sample_digest::repeat_papers(&digest.sections[0].papers, 2);
    let papers: Vec<_> = render_digest_parts(&digest, &sample_message_key)
        .iter()
        .map(|part| papers_of_body(&part.body))
        .collect();
    let authors = |paper: &Value| paper["authors"].as_array().unwrap().len();
    let authors: Vec<Vec<_>> = papers.iter().map(|papers| papers.iter().map(authors).collect()).collect();
    assert_eq!(authors, [vec![3_000], vec![0], vec![3_000], vec![0]]);
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(32))]

    #[test]
    fn every_paper_arrives_whole_and_in_order(digest in sample_digest::hostile_digest()) {
        let parts = render_digest_parts(&digest, &sample_message_key);
        let mut arrived = Vec::new();
        for DigestPartBody { part, body } in &parts {
            let papers = papers_of_body(body);
            prop_assert!(body.len() <= MESSAGE_BYTES_MAX || papers.len() <= 1);
            let message: Value = serde_json::from_slice(body).unwrap();
            prop_assert_eq!(&message["id"], &sample_message_key(*part));
            prop_assert_eq!(&message["data"]["of"], parts.len());
            arrived.extend(papers.into_iter().map(|paper| (paper["title"].clone(), paper["abstract"].clone())));
        }
        let told = digest.sections.iter().flat_map(|section| &section.papers);
        let told: Vec<_> = told.map(|told| (told.paper.title.clone(), told.paper.abstract_.0.clone())).collect();
        let told: Vec<_> = told.into_iter().map(|(title, text)| (Value::from(title), Value::from(text))).collect();
        prop_assert_eq!(arrived, told);
    }
}

fn sample_message_key(part: DigestPartNumber) -> String {
    format!("msg_{:010}", part.number)
}

fn papers_of_body(body: &[u8]) -> Vec<Value> {
    serde_json::from_slice::<Value>(body).unwrap()["data"]["papers"].as_array().unwrap().clone()
}

fn pretty_json(body: &[u8]) -> String {
    serde_json::to_string_pretty(&serde_json::from_slice::<Value>(body).unwrap()).unwrap()
}
