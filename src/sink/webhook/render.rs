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
//!     "new": 3, "published": 1, "replaced": 1,   of the whole digest
//!     "late": null,                       or why it, or what is in it, comes late
//!     "papers": [{
//!       "id": "arxiv:2503.20246",         the paper, whatever its version
//!       "version": 1,                   null of a paper whose source has no numbers
//!       "news": "new",                    or "replacement", of an earlier version, or "published", in a journal
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
//!       "article": {                     what the preprint appeared as, or null
//!         "doi": "10.1000/1", "url": "https://doi.org/10.1000/1", "journal": "Nature 392"   or null, each
//!       },
//!       "code_url": "https://github.com/owner/repository",
//!       "links": [{"href": "…", "rel": "related", "media_type": "application/pdf", "title": "pdf"}]
//!     }]
//!   }
//! }
//! ```
//!
//! A digest without papers has an empty `papers`. A test has the type `paperwire.test` and only the sink's name in
//! its data. A notice to the operator has the type `paperwire.notice`, and in its data its `notice` number, what has
//! `begun`, each with `what`, `since`, `words` and `advice`, and what has `ended`, each with `what`, `since` and
//! `well_since`.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{Author, Digest, DigestPaper, DigestPartNumber, Link, News, OperatorAlert, Paper};
use crate::render::digest_part_packing::{
    DigestPartBody, pack_into_parts, render_numbered_parts, to_json_bytes,
};
use crate::render::news_counts::NewsCounts;
use crate::render::safe_url::{article_url, safe_external_paper_url};

/// One message. A paper that is larger alone still goes whole, in a message of its own. Source of "less than
/// 20kb": <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-size>.
const MESSAGE_BYTES_MAX: usize = 20_000;

/// The version of the shape that this module's head documents.
const SHAPE_VERSION: u32 = 1;

/// What parts two papers in a list.
const COMMA_BYTES: usize = ",".len();

/// The part whose number takes the most room, for measuring.
const LONGEST: DigestPartNumber = DigestPartNumber { number: u32::MAX, of: u32::MAX };

/// The digest as the bodies of requests. `key` gives a part its id: always the same for the same part, equally
/// long for all of them, and without a point, as the signature is over `id.timestamp.body`.
pub fn render_digest_parts(digest: &Digest, key: &dyn Fn(DigestPartNumber) -> String) -> Vec<DigestPartBody> {
    let sections = digest.sections.iter();
    let entries =
        sections.flat_map(|section| section.papers.iter().map(move |entry| (&*section.topic, entry)));
    let papers = entries.map(|(topic, entry)| WebhookPaper::new(topic, entry));
    let sized = papers.map(|paper| (to_json_bytes(&paper).len() + COMMA_BYTES, paper));
    let envelope_bytes = to_json_bytes(&webhook_digest_message(digest, &key(LONGEST), LONGEST, &[])).len();
    let fits = |page: &[(usize, WebhookPaper<'_>)]| {
        envelope_bytes + page.iter().map(|(bytes, _)| bytes).sum::<usize>() <= MESSAGE_BYTES_MAX
    };
    render_numbered_parts(pack_into_parts(sized, fits), |part, page| {
        let papers: Vec<_> = page.into_iter().map(|(_, paper)| paper).collect();
        to_json_bytes(&webhook_digest_message(digest, &key(part), part, &papers))
    })
}

/// A harmless message to the sink of this name; `at` is its timestamp.
pub fn render_test_message(name: &str, id: &str, at: Timestamp) -> Vec<u8> {
    to_json_bytes(&WebhookMessage {
        id,
        kind: "paperwire.test",
        version: SHAPE_VERSION,
        timestamp: at,
        data: WebhookTest { sink: name },
    })
}

/// Renders an alert to the operator.
pub fn render_alert(notice: &OperatorAlert, id: &str) -> Vec<u8> {
    let begun = notice.opened.iter().map(|trouble| WebhookIncident {
        what: &trouble.subject,
        since: trouble.since,
        words: &trouble.description,
        advice: &trouble.advice,
    });
    let ended = notice.resolved.iter().map(|ended| WebhookResolvedIncident {
        what: &ended.subject,
        since: ended.since,
        well_since: ended.well_since,
    });
    to_json_bytes(&WebhookMessage {
        id,
        kind: "paperwire.notice",
        version: SHAPE_VERSION,
        timestamp: notice.composed,
        data: WebhookAlert { notice: notice.number, begun: begun.collect(), ended: ended.collect() },
    })
}

/// The envelope.
#[derive(Serialize)]
struct WebhookMessage<'a, T> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    timestamp: Timestamp,
    data: T,
}

#[derive(Serialize)]
struct WebhookTest<'a> {
    sink: &'a str,
}

#[derive(Serialize)]
struct WebhookAlert<'a> {
    notice: u64,
    begun: Vec<WebhookIncident<'a>>,
    ended: Vec<WebhookResolvedIncident<'a>>,
}

#[derive(Serialize)]
struct WebhookIncident<'a> {
    what: &'a str,
    since: Timestamp,
    words: &'a str,
    advice: &'a str,
}

#[derive(Serialize)]
struct WebhookResolvedIncident<'a> {
    what: &'a str,
    since: Timestamp,
    well_since: Timestamp,
}

#[derive(Serialize)]
struct WebhookDigest<'a> {
    subscription: &'a str,
    digest: u64,
    part: u32,
    of: u32,
    new: usize,
    published: usize,
    replaced: usize,
    late: Option<&'a str>,
    papers: &'a [WebhookPaper<'a>],
}

#[derive(Serialize)]
struct WebhookPaper<'a> {
    id: &'a str,
    version: Option<u32>,
    news: &'static str,
    topics: Vec<&'a str>,
    url: Option<String>,
    title: &'a str,
    #[serde(rename = "abstract")]
    abstract_: &'a str,
    authors: Vec<WebhookAuthor<'a>>,
    primary_category: Option<&'a str>,
    categories: Vec<&'a str>,
    published: Option<Timestamp>,
    updated: Timestamp,
    comment: Option<&'a str>,
    journal_ref: Option<&'a str>,
    doi: Option<&'a str>,
    article: Option<WebhookJournalArticle<'a>>,
    code_url: Option<&'a str>,
    links: Vec<WebhookLink<'a>>,
}

#[derive(Serialize)]
struct WebhookJournalArticle<'a> {
    doi: Option<String>,
    url: Option<String>,
    journal: Option<&'a str>,
}

#[derive(Serialize)]
struct WebhookAuthor<'a> {
    name: &'a str,
    affiliations: &'a [String],
}

#[derive(Serialize)]
struct WebhookLink<'a> {
    href: &'a str,
    rel: Option<&'a str>,
    media_type: Option<&'a str>,
    title: Option<&'a str>,
}

fn webhook_digest_message<'a>(
    digest: &'a Digest,
    id: &'a str,
    part: DigestPartNumber,
    papers: &'a [WebhookPaper<'a>],
) -> WebhookMessage<'a, WebhookDigest<'a>> {
    let NewsCounts { new, published, replaced } = NewsCounts::count_digest_news(digest);
    let data = WebhookDigest {
        subscription: &digest.subscription,
        digest: digest.number,
        part: part.number,
        of: part.of,
        new,
        published,
        replaced,
        late: digest.late.as_deref(),
        papers,
    };
    WebhookMessage { id, kind: "paperwire.digest", version: SHAPE_VERSION, timestamp: digest.composed, data }
}

impl<'a> WebhookPaper<'a> {
    fn new(topic: &'a str, entry: &'a DigestPaper) -> Self {
        let paper = &entry.paper;
        Self {
            id: paper.id.as_str(),
            version: paper.revision.version_number(),
            news: match entry.news {
                News::New => "new",
                News::Replacement => "replacement",
                News::Published => "published",
            },
            topics: std::iter::once(topic).chain(entry.also_in.iter().map(String::as_str)).collect(),
            url: safe_external_paper_url(paper),
            title: &paper.title,
            abstract_: &paper.abstract_.0,
            authors: paper.authors.iter().map(WebhookAuthor::new).collect(),
            primary_category: paper.primary.as_ref().map(|category| category.0.as_str()),
            categories: paper.categories.iter().map(|category| category.0.as_str()).collect(),
            published: paper.published,
            updated: paper.updated,
            comment: paper.comment.as_deref(),
            journal_ref: paper.journal_ref.as_deref(),
            doi: paper.doi.as_deref(),
            article: WebhookJournalArticle::article_of_preprint(paper),
            code_url: entry.code_link.as_deref(),
            links: paper.links.iter().map(WebhookLink::new).collect(),
        }
    }
}

impl<'a> WebhookJournalArticle<'a> {
    fn article_of_preprint(paper: &'a Paper) -> Option<Self> {
        let (doi, journal) = (paper.article_doi(), paper.article_journal());
        let article = Self { doi: doi.map(|doi| doi.to_string()), url: article_url(paper), journal };
        (article.doi.is_some() || article.journal.is_some()).then_some(article)
    }
}

impl<'a> WebhookAuthor<'a> {
    fn new(author: &'a Author) -> Self {
        Self { name: &author.name, affiliations: &author.affiliations }
    }
}

impl<'a> WebhookLink<'a> {
    fn new(link: &'a Link) -> Self {
        Self {
            href: &link.href,
            rel: link.rel.as_deref(),
            media_type: link.media_type.as_deref(),
            title: link.title.as_deref(),
        }
    }
}
