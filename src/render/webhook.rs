//! A digest as JSON for a program, in the form of Standard Webhooks.
//!
//! Each message is one object. Every member is always there; what is not known is `null` or an empty list.
//!
//! ```json
//! {
//!   "id": "msg_…",                        the same on every attempt, and the `webhook-id` header
//!   "type": "paperwire.digest",
//!   "version": 1,                         another number where a member changes its meaning or goes
//!   "timestamp": "2025-03-26T08:00:00Z",  when the digest was composed
//!   "data": {
//!     "subscription": "daily",
//!     "digest": 12,                       counts the subscription's digests, from 1
//!     "part": 1, "of": 2,                 a digest of many papers comes as several messages
//!     "new": 3, "replaced": 1,            of the whole digest
//!     "papers": [{
//!       "id": "arxiv:2503.20246",         the paper, whatever its version
//!       "version": 1,
//!       "news": "new",                    or "replacement", of an earlier version
//!       "topics": ["Image Classification"],
//!       "url": "https://arxiv.org/abs/2503.20246v1",
//!       "title": "…",                     TeX as the authors wrote it
//!       "abstract": "…",                  whole; paragraphs are parted by one newline
//!       "authors": [{"name": "…", "affiliations": []}],
//!       "primary_category": "cs.CV",
//!       "categories": ["cs.CV", "cs.LG"],
//!       "published": "2025-03-26T05:00:00Z",  version 1
//!       "updated": "2025-03-26T05:00:00Z",    this version
//!       "comment": "12 pages",
//!       "journal_ref": null,
//!       "doi": null,
//!       "code_url": "https://github.com/owner/repository",
//!       "links": [{"href": "…", "rel": "related", "media_type": "application/pdf", "title": "pdf"}]
//!     }]
//!   }
//! }
//! ```
//!
//! A digest without papers has an empty `papers`. A test has the type `paperwire.test` and only the sink's name in
//! its data.

use jiff::Timestamp;
use serde::Serialize;

use super::address::paper_address;
use super::body::{Rendered, json, paged, rendered};
use super::phrase;
use crate::domain::{Author, Digest, Link, News, Part, Told};

/// One message. A paper that is larger alone still goes whole, in a message of its own. Source of "less than
/// 20kb": <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-size>.
const MESSAGE_BYTES_MAX: usize = 20_000;

/// The version of the shape that this module's head documents.
const SHAPE_VERSION: u32 = 1;

/// What parts two papers in a list.
const COMMA_BYTES: usize = ",".len();

/// The part whose number takes the most room, for measuring.
const LONGEST: Part = Part { number: u32::MAX, of: u32::MAX };

/// The digest as the bodies of requests. `key` gives a part its id: always the same for the same part, equally
/// long for all of them, and without a point, as the signature is over `id.timestamp.body`.
pub fn render(digest: &Digest, key: &dyn Fn(Part) -> String) -> Vec<Rendered> {
    let sections = digest.sections.iter();
    let told = sections.flat_map(|section| section.papers.iter().map(move |told| (&*section.topic, told)));
    let papers = told.map(|(topic, told)| Paper::new(topic, told));
    let sized = papers.map(|paper| (json(&paper).len() + COMMA_BYTES, paper));
    let envelope_bytes = json(&message(digest, &key(LONGEST), LONGEST, &[])).len();
    let fits = |page: &[(usize, Paper<'_>)]| {
        envelope_bytes + page.iter().map(|(bytes, _)| bytes).sum::<usize>() <= MESSAGE_BYTES_MAX
    };
    rendered(paged(sized, fits), |part, page| {
        let papers: Vec<_> = page.into_iter().map(|(_, paper)| paper).collect();
        json(&message(digest, &key(part), part, &papers))
    })
}

/// A harmless message to the sink of this name; `at` is its timestamp.
pub fn render_test(name: &str, id: &str, at: Timestamp) -> Vec<u8> {
    json(&Message {
        id,
        kind: "paperwire.test",
        version: SHAPE_VERSION,
        timestamp: at,
        data: Test { sink: name },
    })
}

/// The envelope.
#[derive(Serialize)]
struct Message<'a, T> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    timestamp: Timestamp,
    data: T,
}

#[derive(Serialize)]
struct Test<'a> {
    sink: &'a str,
}

#[derive(Serialize)]
struct Content<'a> {
    subscription: &'a str,
    digest: u64,
    part: u32,
    of: u32,
    new: usize,
    replaced: usize,
    papers: &'a [Paper<'a>],
}

#[derive(Serialize)]
struct Paper<'a> {
    id: &'a str,
    version: u32,
    news: &'static str,
    topics: Vec<&'a str>,
    url: Option<String>,
    title: &'a str,
    #[serde(rename = "abstract")]
    abstract_: &'a str,
    authors: Vec<Name<'a>>,
    primary_category: Option<&'a str>,
    categories: Vec<&'a str>,
    published: Option<Timestamp>,
    updated: Timestamp,
    comment: Option<&'a str>,
    journal_ref: Option<&'a str>,
    doi: Option<&'a str>,
    code_url: Option<&'a str>,
    links: Vec<Address<'a>>,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
    affiliations: &'a [String],
}

#[derive(Serialize)]
struct Address<'a> {
    href: &'a str,
    rel: Option<&'a str>,
    media_type: Option<&'a str>,
    title: Option<&'a str>,
}

fn message<'a>(
    digest: &'a Digest,
    id: &'a str,
    part: Part,
    papers: &'a [Paper<'a>],
) -> Message<'a, Content<'a>> {
    let new = phrase::new_papers(digest);
    let data = Content {
        subscription: &digest.subscription,
        digest: digest.number,
        part: part.number,
        of: part.of,
        new,
        replaced: digest.papers() - new,
        papers,
    };
    Message { id, kind: "paperwire.digest", version: SHAPE_VERSION, timestamp: digest.composed, data }
}

impl<'a> Paper<'a> {
    fn new(topic: &'a str, told: &'a Told) -> Self {
        let paper = &told.paper;
        Self {
            id: paper.id.as_str(),
            version: paper.version.number(),
            news: match told.news {
                News::New => "new",
                News::Replacement => "replacement",
            },
            topics: std::iter::once(topic).chain(told.also_in.iter().map(String::as_str)).collect(),
            url: paper_address(paper),
            title: &paper.title,
            abstract_: &paper.abstract_.0,
            authors: paper.authors.iter().map(Name::new).collect(),
            primary_category: paper.primary.as_ref().map(|category| category.0.as_str()),
            categories: paper.categories.iter().map(|category| category.0.as_str()).collect(),
            published: paper.published,
            updated: paper.updated,
            comment: paper.comment.as_deref(),
            journal_ref: paper.journal_ref.as_deref(),
            doi: paper.doi.as_deref(),
            code_url: told.code_link.as_deref(),
            links: paper.links.iter().map(Address::new).collect(),
        }
    }
}

impl<'a> Name<'a> {
    fn new(author: &'a Author) -> Self {
        Self { name: &author.name, affiliations: &author.affiliations }
    }
}

impl<'a> Address<'a> {
    fn new(link: &'a Link) -> Self {
        Self {
            href: &link.href,
            rel: link.rel.as_deref(),
            media_type: link.media_type.as_deref(),
            title: link.title.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::render::fixture;

    #[test]
    fn a_small_digest_is_one_message() {
        let parts = render(&fixture::small(), &key);
        assert_eq!(parts.len(), 1);
        insta::assert_snapshot!(pretty(&parts[0].body), @r##"
        {
          "data": {
            "digest": 12,
            "new": 1,
            "of": 1,
            "papers": [
              {
                "abstract": "We classify images.\nCode: https://github.com/lab/net_2",
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
    fn a_digest_without_news_has_no_papers() {
        insta::assert_snapshot!(pretty(&render(&fixture::empty(), &key)[0].body), @r##"
        {
          "data": {
            "digest": 12,
            "new": 0,
            "of": 1,
            "papers": [],
            "part": 1,
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
        let body = render_test("lab", "msg_1", "2025-03-26T08:00:00Z".parse().unwrap());
        insta::assert_snapshot!(String::from_utf8(body).unwrap(), @r##"{"id":"msg_1","type":"paperwire.test","version":1,"timestamp":"2025-03-26T08:00:00Z","data":{"sink":"lab"}}"##);
    }

    #[test]
    fn a_paper_too_large_for_a_message_goes_whole_in_one_of_its_own() {
        let mut digest = fixture::small();
        digest.sections[0].papers[0].paper.authors = fixture::authors(&vec!["Ada Lovelace"; 3_000]);
        digest.sections[0].papers = fixture::repeated(&digest.sections[0].papers, 2);
        let papers: Vec<_> = render(&digest, &key).iter().map(|part| papers(&part.body)).collect();
        let authors = |paper: &Value| paper["authors"].as_array().unwrap().len();
        let authors: Vec<Vec<_>> = papers.iter().map(|papers| papers.iter().map(authors).collect()).collect();
        assert_eq!(authors, [vec![3_000], vec![0], vec![3_000], vec![0]]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_paper_arrives_whole_and_in_order(digest in fixture::hostile()) {
            let parts = render(&digest, &key);
            let mut arrived = Vec::new();
            for Rendered { part, body } in &parts {
                let papers = papers(body);
                prop_assert!(body.len() <= MESSAGE_BYTES_MAX || papers.len() <= 1);
                let message: Value = serde_json::from_slice(body).unwrap();
                prop_assert_eq!(&message["id"], &key(*part));
                prop_assert_eq!(&message["data"]["of"], parts.len());
                arrived.extend(papers.into_iter().map(|paper| (paper["title"].clone(), paper["abstract"].clone())));
            }
            let told = digest.sections.iter().flat_map(|section| &section.papers);
            let told: Vec<_> = told.map(|told| (told.paper.title.clone(), told.paper.abstract_.0.clone())).collect();
            let told: Vec<_> = told.into_iter().map(|(title, text)| (Value::from(title), Value::from(text))).collect();
            prop_assert_eq!(arrived, told);
        }
    }

    fn key(part: Part) -> String {
        format!("msg_{:010}", part.number)
    }

    fn papers(body: &[u8]) -> Vec<Value> {
        serde_json::from_slice::<Value>(body).unwrap()["data"]["papers"].as_array().unwrap().clone()
    }

    fn pretty(body: &[u8]) -> String {
        serde_json::to_string_pretty(&serde_json::from_slice::<Value>(body).unwrap()).unwrap()
    }
}
