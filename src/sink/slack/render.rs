//! A digest as Slack messages in Block Kit.
//!
//! What others wrote never meets Slack's markup: `mrkdwn` has no escape for `*`, `_`, `~` and the backtick, so
//! titles, names and abstracts are in `rich_text` and `plain_text`, in which nothing is parsed: no emphasis, no
//! mention, no link but ours. Source: <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>.

#[cfg(test)]
mod tests;

use super::block_kit::{RichTextParagraph, RichTextRun, SlackBlock, SlackMessage, SlackText, escape_mrkdwn};
use crate::domain::{Digest, DigestPaper, DigestPartNumber, OperatorAlert};
use crate::render::digest_part_packing::{
    DigestPartBody, pack_into_parts, render_numbered_parts, to_json_bytes,
};
use crate::render::news_counts::NewsCounts;
use crate::render::safe_url::{ADDRESS_BYTES_MAX, article_url, safe_external_paper_url, safe_url};
use crate::render::tex_unicode::tex_to_unicode;
use crate::render::{chat_phrases, operator_alert};

/// Blocks in one message. Source: <https://docs.slack.dev/reference/block-kit/blocks>.
const BLOCKS_MAX: usize = 50;

/// All blocks of a message together, as JSON. Slack publishes no number; it refused 13,297 characters, and its
/// people name 12,000 with a buffer for the containers: <https://github.com/slackapi/bolt-js/issues/2509>.
/// Bytes of the whole JSON are the strictest reading of that.
const BLOCKS_BYTES_MAX: usize = 12_000;

/// The text of a header. Source: <https://docs.slack.dev/reference/block-kit/blocks/header-block>.
const HEADER_UNITS_MAX: usize = 150;

/// Any other text. Source: <https://docs.slack.dev/reference/block-kit/composition-objects/text-object>.
const TEXT_UNITS_MAX: usize = 3_000;

// Our own measures, of what reads well in a channel.
const FALLBACK_UNITS_MAX: usize = 300;
const CONTEXT_UNITS_MAX: usize = 300;
const LATE_UNITS_MAX: usize = 400;
const TITLE_UNITS_MAX: usize = 300;
const FACTS_UNITS_MAX: usize = 300;
const ABSTRACT_UNITS_MAX: usize = 300;

// One paper alone always fits: three bytes to a unit, one address for its title, its journal, its code and "more".
const _: () = assert!(
    3 * (2 * HEADER_UNITS_MAX + LATE_UNITS_MAX + TITLE_UNITS_MAX + FACTS_UNITS_MAX + ABSTRACT_UNITS_MAX)
        + 3 * chat_phrases::AUTHORS_UNITS_MAX
        + 4 * ADDRESS_BYTES_MAX
        + 1_500
        <= BLOCKS_BYTES_MAX
);

const _: () = assert!(CONTEXT_UNITS_MAX <= TEXT_UNITS_MAX && TITLE_UNITS_MAX <= TEXT_UNITS_MAX);
const _: () = assert!(FACTS_UNITS_MAX <= TEXT_UNITS_MAX && ABSTRACT_UNITS_MAX <= TEXT_UNITS_MAX);

/// The parts that take the most room, for measuring: the first says why a digest is late, the last has the longest
/// number.
const LONGEST: [DigestPartNumber; 2] =
    [DigestPartNumber { number: 1, of: u32::MAX }, DigestPartNumber { number: u32::MAX, of: u32::MAX }];

/// The digest as the bodies of requests to an incoming webhook.
pub fn render_digest_parts(digest: &Digest) -> Vec<DigestPartBody> {
    let sections = digest.sections.iter();
    let papers =
        sections.flat_map(|section| section.papers.iter().map(move |entry| (&*section.topic, entry)));
    let entries = papers.map(|(topic, entry)| PaperBlock { topic, block: paper_block(entry, digest) });
    let fits = |page: &[PaperBlock<'_>]| {
        LONGEST.into_iter().all(|part| {
            let blocks = message_blocks(digest, part, page);
            blocks.len() <= BLOCKS_MAX && to_json_bytes(&blocks).len() <= BLOCKS_BYTES_MAX
        })
    };
    render_numbered_parts(pack_into_parts(entries, fits), |part, page| {
        to_json_bytes(&SlackMessage::new(fallback_text(digest, part), message_blocks(digest, part, &page)))
    })
}

/// A harmless message that says that the sink of this name works.
pub fn render_test_message(name: &str) -> Vec<u8> {
    let words = format!(
        "Paperwire can post here. This tests its sink {}.",
        chat_phrases::sanitize_to_visible_line(name)
    );
    let block =
        SlackBlock::Context { elements: vec![SlackText::plain_text_object(&words, CONTEXT_UNITS_MAX)] };
    to_json_bytes(&SlackMessage::new(
        chat_phrases::truncate_to_utf16_units(&words, FALLBACK_UNITS_MAX, escape_mrkdwn),
        vec![block],
    ))
}

/// Renders an alert to the operator as one message.
pub fn render_alert(alert: &OperatorAlert) -> Vec<u8> {
    let headline = operator_alert::alert_headline(alert);
    let section =
        |sentence| RichTextParagraph::RichTextSection { elements: vec![RichTextRun::plain_run(sentence)] };
    let sentences = operator_alert::alert_sentences(alert).into_iter();
    let sentences = sentences.map(|sentence| SlackBlock::RichText { elements: vec![section(sentence)] });
    let blocks = std::iter::once(header_block(&headline)).chain(sentences).collect();
    to_json_bytes(&SlackMessage::new(
        chat_phrases::truncate_to_utf16_units(&headline, FALLBACK_UNITS_MAX, escape_mrkdwn),
        blocks,
    ))
}

/// One paper of a topic, ready to be packed.
struct PaperBlock<'a> {
    topic: &'a str,
    block: SlackBlock,
}

/// `Image Classification: 3 new papers (part 1 of 2)`.
fn fallback_text(digest: &Digest, part: DigestPartNumber) -> String {
    let part = chat_phrases::part_number_phrase(part).map_or(String::new(), |part| format!(" ({part})"));
    let tail = format!(": {}{part}", NewsCounts::count_digest_news(digest).news_count_headline());
    let room = FALLBACK_UNITS_MAX - chat_phrases::utf16_units(&tail);
    chat_phrases::truncate_to_utf16_units(&chat_phrases::digest_headline(digest), room, escape_mrkdwn) + &tail
}

/// A header, a line about the digest, and the papers with their topics if there are several.
fn message_blocks(digest: &Digest, part: DigestPartNumber, page: &[PaperBlock<'_>]) -> Vec<SlackBlock> {
    let mut blocks = vec![header_block(&chat_phrases::digest_headline(digest)), context_block(digest, part)];
    let mut topic = None;
    for entry in page {
        if digest.sections.len() > 1 && topic.replace(entry.topic) != Some(entry.topic) {
            blocks.push(header_block(&chat_phrases::sanitize_to_visible_line(entry.topic)));
        }
        blocks.push(entry.block.clone());
    }
    blocks
}

fn header_block(words: &str) -> SlackBlock {
    let words = if words.is_empty() { "Papers" } else { words };
    SlackBlock::Header { text: SlackText::plain_text_object(words, HEADER_UNITS_MAX) }
}

/// `26 March 2025 · 3 new papers, 1 replaced · part 1 of 2`.
fn context_block(digest: &Digest, part: DigestPartNumber) -> SlackBlock {
    let date = chat_phrases::long_date(digest.composed, &digest.zone);
    let facts = [
        Some(date),
        Some(NewsCounts::count_digest_news(digest).news_count_headline()),
        chat_phrases::part_number_phrase(part),
    ];
    let line = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let late =
        digest.late.as_deref().filter(|_| part.number == 1).map(chat_phrases::sanitize_to_visible_line);
    let late =
        late.filter(|late| !late.is_empty()).map(|late| SlackText::plain_text_object(&late, LATE_UNITS_MAX));
    let elements =
        std::iter::once(SlackText::plain_text_object(&line, CONTEXT_UNITS_MAX)).chain(late).collect();
    SlackBlock::Context { elements }
}

/// The linked title, the authors, the facts, and the beginning of the abstract behind a bar.
fn paper_block(entry: &DigestPaper, digest: &Digest) -> SlackBlock {
    let address = safe_external_paper_url(&entry.paper);
    let title = chat_phrases::truncate_to_utf16_units(
        &chat_phrases::paper_title(&entry.paper),
        TITLE_UNITS_MAX,
        str::to_owned,
    );
    let authors = chat_phrases::author_phrase(&entry.paper.authors)
        .map(|names| RichTextRun::plain_run(format!("\n{names}")));
    let mut head = vec![RichTextRun::bold_run(title, address.as_deref())];
    head.extend(authors);
    head.push(RichTextRun::plain_run(format!("\n{}", facts_line(entry, digest))));
    let code = entry.code_link.as_deref().and_then(safe_url);
    for (address, words) in [(article_url(&entry.paper), "Journal"), (code, "Code")] {
        let link = address.map(|address| RichTextRun::rich_text_link(&address, words));
        head.extend(link.into_iter().flat_map(|link| [RichTextRun::plain_run(" · "), link]));
    }
    let mut elements = vec![RichTextParagraph::RichTextSection { elements: head }];
    elements.extend(abstract_quote(entry, address.as_deref()));
    SlackBlock::RichText { elements }
}

fn facts_line(entry: &DigestPaper, digest: &Digest) -> String {
    let facts =
        [chat_phrases::news_phrase_of_paper(entry), Some(chat_phrases::paper_facts(entry, &digest.zone))];
    let line = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    chat_phrases::truncate_to_utf16_units(&line, FACTS_UNITS_MAX, str::to_owned)
}

/// As much of the abstract as reads well, and a way to the rest of it.
fn abstract_quote(entry: &DigestPaper, address: Option<&str>) -> Option<RichTextParagraph> {
    let whole = chat_phrases::sanitize_to_visible_line(&tex_to_unicode(&entry.paper.abstract_.0));
    let shown = chat_phrases::truncate_to_utf16_units(&whole, ABSTRACT_UNITS_MAX, str::to_owned);
    let more = address.filter(|_| shown != whole);
    let more = more.map(|url| [RichTextRun::plain_run(" "), RichTextRun::rich_text_link(url, "more")]);
    let mut elements = vec![RichTextRun::plain_run(shown)];
    elements.extend(more.into_iter().flatten());
    (!whole.is_empty()).then_some(RichTextParagraph::RichTextQuote { elements })
}
