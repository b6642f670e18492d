//! A digest as one notification of ntfy.
//!
//! Its text is plain. In plain text nothing is parsed, so what others wrote is shown as it is; Markdown would be shown
//! with its marks by the apps for phones. Source: <https://docs.ntfy.sh/publish/#markdown-formatting>.

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::domain::{Digest, DigestPaper, DigestPartNumber, OperatorAlert};
use crate::render::DigestPartBody;
use crate::render::digest_part_packing::to_json_bytes;
use crate::render::news_counts::NewsCounts;
use crate::render::safe_url::{ADDRESS_BYTES_MAX, article_url, safe_external_paper_url};
use crate::render::{chat_phrases, operator_alert};

/// The text of a message; a longer one would become an attachment.
/// Source: <https://docs.ntfy.sh/publish/#limitations>.
const TEXT_BYTES_MAX: usize = 4_096;

/// A whole request, topic and all: twice the longest text.
/// Source: `transformBodyJSON` in <https://github.com/binwiederhier/ntfy>, `server/server.go`.
const REQUEST_BYTES_MAX: usize = 8_192;

/// What is kept of a request for all but the text and what a tap opens: the title, the tags and the topic, which is put in
/// later.
const FRAME_BYTES: usize = 1_000;

/// The text as JSON, in which a quote takes two bytes.
const TEXT_JSON_BYTES_MAX: usize = REQUEST_BYTES_MAX - ADDRESS_BYTES_MAX - FRAME_BYTES;

// Our own measures, of what reads well on a phone.
const TITLE_UNITS_MAX: usize = 150;
const TOPIC_UNITS_MAX: usize = 150;
const LATE_UNITS_MAX: usize = 300;
const PAPER_UNITS_MAX: usize = 300;

/// The address of a journal's article. Of the DOIs of articles hardly any is longer than 100.
const ARTICLE_BYTES_MAX: usize = 500;

// One paper alone always fits below its topic and why the digest is late: three bytes to a unit, and its addresses.
const _: () = assert!(
    3 * (LATE_UNITS_MAX + TOPIC_UNITS_MAX + PAPER_UNITS_MAX) + ADDRESS_BYTES_MAX + ARTICLE_BYTES_MAX + 200
        <= TEXT_BYTES_MAX
);
const _: () = assert!(TEXT_BYTES_MAX <= TEXT_JSON_BYTES_MAX && 3 * TITLE_UNITS_MAX + 250 <= FRAME_BYTES);

/// A word that ntfy shows as a sheet of paper. Source: <https://docs.ntfy.sh/emojis/>.
const DIGEST_TAG: &str = "page_facing_up";

/// A word that ntfy shows as a warning sign.
const ALERT_TAG: &str = "warning";

/// A word that ntfy shows as a check mark.
const RESOLVED_TAG: &str = "white_check_mark";

/// Of five; it makes a phone sound for longer. Source: <https://docs.ntfy.sh/publish/#message-priority>.
const HIGH_PRIORITY: u8 = 4;

/// The digest as one request's body, without its topic; `list` is the address that a tap opens. What does not fit is
/// counted.
pub fn render_digest_body(digest: &Digest, list: Option<&str>) -> DigestPartBody {
    let message = NtfyMessage {
        title: digest_title(digest),
        message: fit_paragraphs(&lateness_or_date_line(digest), &ntfy_paper_paragraphs(digest)),
        priority: None,
        tags: &[DIGEST_TAG],
        click: list.map(str::to_owned).or_else(|| single_paper_digest_url(digest)),
    };
    DigestPartBody { part: DigestPartNumber { number: 1, of: 1 }, body: to_json_bytes(&message) }
}

/// Renders an alert to the operator. What is wrong is shown with a higher priority.
pub fn render_alert(alert: &OperatorAlert) -> Vec<u8> {
    let is_wrong = !alert.opened.is_empty();
    to_json_bytes(&NtfyMessage {
        title: chat_phrases::truncate_to_utf16_units(
            &operator_alert::alert_headline(alert),
            TITLE_UNITS_MAX,
            str::to_owned,
        ),
        message: fit_paragraphs("", &operator_alert::alert_sentences(alert)),
        priority: is_wrong.then_some(HIGH_PRIORITY),
        tags: if is_wrong { &[ALERT_TAG] } else { &[RESOLVED_TAG] },
        click: None,
    })
}

/// A harmless message that says that the sink of this name works.
pub fn render_test_message(name: &str) -> Vec<u8> {
    let words = format!(
        "Paperwire can post here. This tests its sink {}.",
        chat_phrases::sanitize_to_visible_line(name)
    );
    let message = chat_phrases::truncate_to_utf16_units(&words, LATE_UNITS_MAX, str::to_owned);
    to_json_bytes(&NtfyMessage {
        title: "Paperwire".to_owned(),
        message,
        priority: None,
        tags: &[],
        click: None,
    })
}

/// What a server takes, but for the topic. Source: <https://docs.ntfy.sh/publish/#publish-as-json>.
#[derive(Debug, Serialize)]
struct NtfyMessage<'a> {
    title: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<u8>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<String>,
}

/// `6 new, 1 published, 1 replaced: Image Classification`.
fn digest_title(digest: &Digest) -> String {
    let counts = match NewsCounts::count_digest_news(digest).news_count_phrase() {
        counts if counts.is_empty() => "No new papers".to_owned(),
        counts => counts,
    };
    let room = TITLE_UNITS_MAX - chat_phrases::utf16_units(&counts) - ": ".len();
    let headline =
        chat_phrases::truncate_to_utf16_units(&chat_phrases::digest_headline(digest), room, str::to_owned);
    if headline.is_empty() { counts } else { format!("{counts}: {headline}") }
}

/// Why the digest is late; the date if there is nothing else to say.
fn lateness_or_date_line(digest: &Digest) -> String {
    let late = chat_phrases::sanitize_to_visible_line(digest.late.as_deref().unwrap_or_default());
    match (late.is_empty(), digest.paper_count()) {
        (true, 0) => chat_phrases::long_date(digest.composed, &digest.zone),
        _ => chat_phrases::truncate_to_utf16_units(&late, LATE_UNITS_MAX, str::to_owned),
    }
}

/// A paragraph for each paper, the first of a topic below the topic's name if there are several.
fn ntfy_paper_paragraphs(digest: &Digest) -> Vec<String> {
    let mut paragraphs = Vec::new();
    for section in &digest.sections {
        let topic = chat_phrases::truncate_to_utf16_units(
            &chat_phrases::sanitize_to_visible_line(&section.topic),
            TOPIC_UNITS_MAX,
            str::to_owned,
        );
        for (at, entry) in section.papers.iter().enumerate() {
            let heads_topic = at == 0 && digest.sections.len() > 1 && !topic.is_empty();
            let heading = if heads_topic { format!("{topic}:\n") } else { String::new() };
            paragraphs.push(heading + &paper_paragraph(entry));
        }
    }
    paragraphs
}

/// The title, that it is replaced or published if it is, and its addresses on lines of their own.
fn paper_paragraph(entry: &DigestPaper) -> String {
    let news = chat_phrases::news_phrase_of_paper(entry).map_or(String::new(), |words| format!(" ({words})"));
    let room = PAPER_UNITS_MAX - chat_phrases::utf16_units(&news);
    let title =
        chat_phrases::truncate_to_utf16_units(&chat_phrases::paper_title(&entry.paper), room, str::to_owned)
            + &news;
    let article = article_url(&entry.paper).filter(|address| address.len() <= ARTICLE_BYTES_MAX);
    let lines = [Some(title), safe_external_paper_url(&entry.paper), article];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Where the only paper of a digest can be read.
fn single_paper_digest_url(digest: &Digest) -> Option<String> {
    let mut papers = digest.sections.iter().flat_map(|section| &section.papers);
    let only = papers.next().filter(|_| digest.paper_count() == 1)?;
    safe_external_paper_url(&only.paper)
}

/// As many whole paragraphs as fit below the opening, and how many more there are.
fn fit_paragraphs(opening: &str, paragraphs: &[String]) -> String {
    let mut text = opening.to_owned();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let left = paragraphs.len() - at;
        let next = join_paragraphs(&text, paragraph);
        let with_tail =
            if left > 1 { join_paragraphs(&next, &more_papers_line(left - 1)) } else { next.clone() };
        if !is_within_ntfy_limits(&with_tail) {
            return join_paragraphs(&text, &more_papers_line(left));
        }
        text = next;
    }
    text
}

fn more_papers_line(count: usize) -> String {
    format!("and {count} more")
}

fn join_paragraphs(text: &str, next: &str) -> String {
    if text.is_empty() { next.to_owned() } else { format!("{text}\n\n{next}") }
}

fn is_within_ntfy_limits(text: &str) -> bool {
    text.len() <= TEXT_BYTES_MAX && to_json_bytes(&text).len() <= TEXT_JSON_BYTES_MAX
}
