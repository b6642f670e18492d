//! A digest as Slack messages in Block Kit.
//!
//! What others wrote never meets Slack's markup: `mrkdwn` has no escape for `*`, `_`, `~` and the backtick, so
//! titles, names and abstracts stand in `rich_text` and `plain_text`, where nothing is parsed: no emphasis, no
//! mention, no link but ours. Source: <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>.

mod blocks;
#[cfg(test)]
mod tests;

use super::address::{ADDRESS_BYTES_MAX, paper_address, web_address};
use super::body::{Rendered, json, paged, rendered};
use super::math::readable;
use super::{notice, phrase};
use crate::domain::{Digest, Notice, Part, Told};
use blocks::{Block, Message, Rich, Run, Text};

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

// One paper alone always fits: three bytes to a unit, one address for its title, its code, "more" and the list.
const _: () = assert!(
    3 * (2 * HEADER_UNITS_MAX + LATE_UNITS_MAX + TITLE_UNITS_MAX + FACTS_UNITS_MAX + ABSTRACT_UNITS_MAX)
        + 3 * phrase::AUTHORS_UNITS_MAX
        + 4 * ADDRESS_BYTES_MAX
        + 1_500
        <= BLOCKS_BYTES_MAX
);

const _: () = assert!(CONTEXT_UNITS_MAX <= TEXT_UNITS_MAX && TITLE_UNITS_MAX <= TEXT_UNITS_MAX);
const _: () = assert!(FACTS_UNITS_MAX <= TEXT_UNITS_MAX && ABSTRACT_UNITS_MAX <= TEXT_UNITS_MAX);

/// The parts that take the most room, for measuring: the first says why a digest is late, the last has the list,
/// and the only one has both.
const LONGEST: [Part; 3] =
    [Part { number: 1, of: u32::MAX }, Part { number: u32::MAX, of: u32::MAX }, Part { number: 1, of: 1 }];

/// The digest as the bodies of requests to an incoming webhook; `list` is the address of the whole list.
pub fn render(digest: &Digest, list: Option<&str>) -> Vec<Rendered> {
    let sections = digest.sections.iter();
    let papers = sections.flat_map(|section| section.papers.iter().map(move |told| (&*section.topic, told)));
    let entries = papers.map(|(topic, told)| Entry { topic, block: paper(told, digest) });
    let fits = |page: &[Entry<'_>]| {
        LONGEST.into_iter().all(|part| {
            let blocks = blocks(digest, list, part, page);
            blocks.len() <= BLOCKS_MAX && json(&blocks).len() <= BLOCKS_BYTES_MAX
        })
    };
    rendered(paged(entries, fits), |part, page| {
        json(&Message::new(fallback(digest, part), blocks(digest, list, part, &page)))
    })
}

/// A harmless message that says that the sink of this name works.
pub fn render_test(name: &str) -> Vec<u8> {
    let words = format!("Paperwire can post here. This tests its sink {}.", phrase::plain(name));
    let block = Block::Context { elements: vec![Text::plain(&words, CONTEXT_UNITS_MAX)] };
    json(&Message::new(phrase::fit(&words, FALLBACK_UNITS_MAX, blocks::escaped), vec![block]))
}

/// What the operator is told, in one message.
pub fn render_notice(told: &Notice) -> Vec<u8> {
    let headline = notice::headline(told);
    let section = |sentence| Rich::RichTextSection { elements: vec![Run::text(sentence)] };
    let sentences = notice::sentences(told).into_iter();
    let sentences = sentences.map(|sentence| Block::RichText { elements: vec![section(sentence)] });
    let blocks = std::iter::once(header(&headline)).chain(sentences).collect();
    json(&Message::new(phrase::fit(&headline, FALLBACK_UNITS_MAX, blocks::escaped), blocks))
}

/// One paper of a topic, ready to be packed.
struct Entry<'a> {
    topic: &'a str,
    block: Block,
}

/// `Image Classification: 3 new papers (part 1 of 2)`.
fn fallback(digest: &Digest, part: Part) -> String {
    let part = phrase::part(part).map_or(String::new(), |part| format!(" ({part})"));
    let tail = format!(": {}{part}", phrase::counts(digest));
    let room = FALLBACK_UNITS_MAX - phrase::units(&tail);
    phrase::fit(&phrase::headline(digest), room, blocks::escaped) + &tail
}

/// A header, a line about the digest, the papers with their topics where there are several, and the list at the
/// end of the last part.
fn blocks(digest: &Digest, list: Option<&str>, part: Part, page: &[Entry<'_>]) -> Vec<Block> {
    let mut blocks = vec![header(&phrase::headline(digest)), about(digest, part)];
    let mut topic = None;
    for entry in page {
        if digest.sections.len() > 1 && topic.replace(entry.topic) != Some(entry.topic) {
            blocks.push(header(&phrase::plain(entry.topic)));
        }
        blocks.push(entry.block.clone());
    }
    if let Some(list) = list.and_then(web_address).filter(|_| part.number == part.of) {
        blocks
            .extend(Text::link(&list, "The whole list").map(|link| Block::Context { elements: vec![link] }));
    }
    blocks
}

fn header(words: &str) -> Block {
    let words = if words.is_empty() { "Papers" } else { words };
    Block::Header { text: Text::plain(words, HEADER_UNITS_MAX) }
}

/// `26 March 2025 · 3 new papers, 1 replaced · part 1 of 2`.
fn about(digest: &Digest, part: Part) -> Block {
    let date = phrase::date(digest.composed, &digest.zone);
    let facts = [Some(date), Some(phrase::counts(digest)), phrase::part(part)];
    let line = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let late = digest.late.as_deref().filter(|_| part.number == 1).map(phrase::plain);
    let late = late.filter(|late| !late.is_empty()).map(|late| Text::plain(&late, LATE_UNITS_MAX));
    let elements = std::iter::once(Text::plain(&line, CONTEXT_UNITS_MAX)).chain(late).collect();
    Block::Context { elements }
}

/// The linked title, the authors, the facts, and the beginning of the abstract behind a bar.
fn paper(told: &Told, digest: &Digest) -> Block {
    let address = paper_address(&told.paper);
    let title = phrase::fit(&phrase::title(&told.paper), TITLE_UNITS_MAX, str::to_owned);
    let authors = phrase::authors(&told.paper.authors).map(|names| Run::text(format!("\n{names}")));
    let mut head = vec![Run::bold(title, address.as_deref())];
    head.extend(authors);
    head.push(Run::text(format!("\n{}", facts(told, digest))));
    if let Some(code) = told.code_link.as_deref().and_then(web_address) {
        head.extend([Run::text(" · "), Run::link(&code, "Code")]);
    }
    let mut elements = vec![Rich::RichTextSection { elements: head }];
    elements.extend(abstract_(told, address.as_deref()));
    Block::RichText { elements }
}

fn facts(told: &Told, digest: &Digest) -> String {
    let facts = [phrase::replaced(told), Some(phrase::facts(told, &digest.zone))];
    let line = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    phrase::fit(&line, FACTS_UNITS_MAX, str::to_owned)
}

/// As much of the abstract as reads well, and a way to the rest of it.
fn abstract_(told: &Told, address: Option<&str>) -> Option<Rich> {
    let whole = phrase::plain(&readable(&told.paper.abstract_.0));
    let shown = phrase::fit(&whole, ABSTRACT_UNITS_MAX, str::to_owned);
    let more = address.filter(|_| shown != whole);
    let more = more.map(|url| [Run::text(" "), Run::link(url, "more")]);
    let mut elements = vec![Run::text(shown)];
    elements.extend(more.into_iter().flatten());
    (!whole.is_empty()).then_some(Rich::RichTextQuote { elements })
}
