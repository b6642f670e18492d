//! A digest as Discord messages: one embed a paper, up to ten in a message.
//!
//! What others wrote is escaped with backslashes. It is never in the label of a link, where Discord takes no
//! escapes (<https://github.com/discord/discord-api-docs/issues/6185>): a title links by the embed's own `url`.

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::domain::{Digest, DigestPaper, DigestPartNumber, News, OperatorAlert};
use crate::render::digest_part_packing::{
    DigestPartBody, pack_into_parts, render_numbered_parts, to_json_bytes,
};
use crate::render::news_counts::NewsCounts;
use crate::render::safe_url::{ADDRESS_BYTES_MAX, article_url, safe_external_paper_url, safe_url};
use crate::render::tex_unicode::tex_to_unicode;
use crate::render::{chat_phrases, operator_alert};

// Source of the limits: <https://docs.discord.com/developers/resources/message#embed-object-embed-limits> and
// `IncomingWebhookRequestPartial` in <https://github.com/discord/discord-api-spec>. Discord counts code points
// (<https://github.com/discord/discord-api-docs/issues/1315>); UTF-16 units are never fewer.

/// Embeds in one message.
const EMBEDS_MAX: usize = 10;

/// Titles, descriptions, footers and author lines of all embeds of a message together.
const EMBEDS_UNITS_MAX: usize = 6_000;

/// The text above the embeds.
const CONTENT_UNITS_MAX: usize = 2_000;

/// One embed's title.
const TITLE_UNITS_MAX: usize = 256;

/// One embed's description.
const DESCRIPTION_UNITS_MAX: usize = 4_096;

/// The line above an embed's title.
const AUTHOR_UNITS_MAX: usize = 256;

/// One embed's footer.
const FOOTER_UNITS_MAX: usize = 2_048;

// Our own measures, of what reads well in a channel.
const HEADLINE_UNITS_MAX: usize = 300;
const LATE_UNITS_MAX: usize = 400;
const NAMES_UNITS_MAX: usize = 250;
const TOPIC_UNITS_MAX: usize = 60;
const FACTS_UNITS_MAX: usize = 300;
const ABSTRACT_UNITS_MAX: usize = 350;

const _: () = assert!(TOPIC_UNITS_MAX + chat_phrases::PUBLICATION_UNITS_MAX + 3 <= AUTHOR_UNITS_MAX);
const _: () = assert!(FACTS_UNITS_MAX <= FOOTER_UNITS_MAX);
// The journal, the code and "more".
const _: () =
    assert!(NAMES_UNITS_MAX + ABSTRACT_UNITS_MAX + 3 * ADDRESS_BYTES_MAX + 100 <= DESCRIPTION_UNITS_MAX);
const _: () = assert!(HEADLINE_UNITS_MAX + LATE_UNITS_MAX + 1_300 <= CONTENT_UNITS_MAX);

/// The stripe next to a paper: green for a new one, blue for a published one, amber for a replaced one.
const NEW_COLOR: u32 = 0x2D_A4_4E;
const PUBLISHED_COLOR: u32 = 0x3B_82_F6;
const REPLACED_COLOR: u32 = 0xD4_A7_2C;

/// The digest as the bodies of requests to a webhook.
pub fn render_digest_parts(digest: &Digest) -> Vec<DigestPartBody> {
    let sections = digest.sections.iter();
    let papers =
        sections.flat_map(|section| section.papers.iter().map(move |entry| (&*section.topic, entry)));
    let embeds = papers.map(|(topic, entry)| paper_embed(topic, entry, digest));
    let fits = |page: &[DiscordEmbed]| {
        page.len() <= EMBEDS_MAX
            && page.iter().map(DiscordEmbed::embed_units).sum::<usize>() <= EMBEDS_UNITS_MAX
    };
    render_numbered_parts(pack_into_parts(embeds, fits), |part, page| {
        to_json_bytes(&DiscordMessage::new(discord_message_text(digest, part), page))
    })
}

/// A harmless message that says that the sink of this name works.
pub fn render_test_message(name: &str) -> Vec<u8> {
    let words = format!(
        "Paperwire can post here. This tests its sink {}.",
        chat_phrases::sanitize_to_visible_line(name)
    );
    to_json_bytes(&DiscordMessage::new(
        chat_phrases::truncate_to_utf16_units(&words, CONTENT_UNITS_MAX, escape_discord_markdown),
        vec![],
    ))
}

/// Renders an alert to the operator as one message, cut if it is more than that holds.
pub fn render_alert(alert: &OperatorAlert) -> Vec<u8> {
    let headline = chat_phrases::truncate_to_utf16_units(
        &operator_alert::alert_headline(alert),
        HEADLINE_UNITS_MAX,
        escape_discord_markdown,
    );
    let mut content = format!("**{headline}**");
    for sentence in operator_alert::alert_sentences(alert) {
        let room = CONTENT_UNITS_MAX.saturating_sub(chat_phrases::utf16_units(&content) + "\n".len());
        if room > 0 {
            content = content
                + "\n"
                + &chat_phrases::truncate_to_utf16_units(&sentence, room, escape_discord_markdown);
        }
    }
    to_json_bytes(&DiscordMessage::new(content, vec![]))
}

/// What a webhook takes.
#[derive(Serialize)]
struct DiscordMessage {
    content: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    embeds: Vec<DiscordEmbed>,
    allowed_mentions: AllowedMentions,
}

/// Whom a message may ping.
#[derive(Serialize)]
struct AllowedMentions {
    /// Kinds of mentions that are looked for: none.
    parse: [&'static str; 0],
}

#[derive(Serialize)]
struct DiscordEmbed {
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<EmbedAuthor>,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    color: u32,
    footer: EmbedFooter,
}

/// The line above a title; Discord parses nothing in it.
#[derive(Serialize)]
struct EmbedAuthor {
    name: String,
}

/// The line below a description; Discord parses nothing in it.
#[derive(Serialize)]
struct EmbedFooter {
    text: String,
}

impl DiscordMessage {
    /// A message that pings nobody.
    fn new(content: String, embeds: Vec<DiscordEmbed>) -> Self {
        Self { content, embeds, allowed_mentions: AllowedMentions { parse: [] } }
    }
}

impl DiscordEmbed {
    /// What it takes of the sum over all embeds.
    fn embed_units(&self) -> usize {
        let author = self.author.as_ref().map_or("", |author| &author.name);
        [author, &self.title, &self.description, &self.footer.text]
            .into_iter()
            .map(chat_phrases::utf16_units)
            .sum()
    }
}

/// `**Image Classification** · 26 March 2025 · part 1 of 2`, the counts, and why the digest is late.
fn discord_message_text(digest: &Digest, part: DigestPartNumber) -> String {
    let headline = chat_phrases::truncate_to_utf16_units(
        &chat_phrases::digest_headline(digest),
        HEADLINE_UNITS_MAX,
        escape_discord_markdown,
    );
    let name = Some(headline).filter(|name| !name.is_empty()).map(|name| format!("**{name}**"));
    let facts = [
        name,
        Some(chat_phrases::long_date(digest.composed, &digest.zone)),
        chat_phrases::part_number_phrase(part),
    ];
    let first = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let late = digest.late.as_deref().filter(|_| part.number == 1);
    let late = late.map_or(String::new(), |late| {
        format!(
            "\n{}",
            chat_phrases::truncate_to_utf16_units(
                &chat_phrases::sanitize_to_visible_line(late),
                LATE_UNITS_MAX,
                escape_discord_markdown
            )
        )
    });
    format!("{first}\n{}{late}", NewsCounts::count_digest_news(digest).news_count_headline())
}

fn paper_embed(topic: &str, entry: &DigestPaper, digest: &Digest) -> DiscordEmbed {
    let address = safe_external_paper_url(&entry.paper);
    DiscordEmbed {
        author: embed_author(topic, entry, digest),
        title: chat_phrases::truncate_to_utf16_units(
            &chat_phrases::paper_title(&entry.paper),
            TITLE_UNITS_MAX,
            escape_discord_markdown,
        ),
        description: embed_description(entry, address.as_deref()),
        url: address,
        color: match entry.news {
            News::New => NEW_COLOR,
            News::Published => PUBLISHED_COLOR,
            News::Replacement => REPLACED_COLOR,
        },
        footer: EmbedFooter {
            text: chat_phrases::truncate_to_utf16_units(
                &chat_phrases::paper_facts(entry, &digest.zone),
                FACTS_UNITS_MAX,
                str::to_owned,
            ),
        },
    }
}

/// `Image Classification · Replaced by v2`: the topic where there are several, and what a new paper is not.
fn embed_author(topic: &str, entry: &DigestPaper, digest: &Digest) -> Option<EmbedAuthor> {
    let topic = chat_phrases::truncate_to_utf16_units(
        &chat_phrases::sanitize_to_visible_line(topic),
        TOPIC_UNITS_MAX,
        str::to_owned,
    );
    let topic = Some(topic).filter(|topic| digest.sections.len() > 1 && !topic.is_empty());
    let parts: Vec<_> = [topic, chat_phrases::news_phrase_of_paper(entry)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| EmbedAuthor { name: parts.join(" · ") })
}

/// The authors, the beginning of the abstract with a way to the rest of it, the journal and the code.
fn embed_description(entry: &DigestPaper, address: Option<&str>) -> String {
    let authors = chat_phrases::author_phrase(&entry.paper.authors);
    let code = entry.code_link.as_deref().and_then(safe_url);
    let links = [("Journal", article_url(&entry.paper)), ("Code", code)];
    let links = links.into_iter().filter_map(|(words, url)| Some(format!("[{words}](<{}>)", url?)));
    let links = links.collect::<Vec<_>>().join(" · ");
    let paragraphs = [
        authors.map(|names| {
            chat_phrases::truncate_to_utf16_units(&names, NAMES_UNITS_MAX, escape_discord_markdown)
        }),
        abstract_excerpt(entry, address),
        Some(links).filter(|links| !links.is_empty()),
    ];
    paragraphs.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn abstract_excerpt(entry: &DigestPaper, address: Option<&str>) -> Option<String> {
    let whole = chat_phrases::sanitize_to_visible_line(&tex_to_unicode(&entry.paper.abstract_.0));
    let shown = chat_phrases::truncate_to_utf16_units(&whole, ABSTRACT_UNITS_MAX, escape_discord_markdown);
    let more = address.filter(|_| shown != escape_discord_markdown(&whole));
    let more = more.map_or(String::new(), |url| format!(" [more](<{url}>)"));
    (!whole.is_empty()).then(|| shown + &more)
}

/// A text as Discord shows it unchanged. Some characters mean something anywhere; a colon only if it could
/// end a scheme or begin an emoji; others only at the beginning of a line, which a text may be put at.
fn escape_discord_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in text.char_indices() {
        let is_markup = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '@' => true,
            ':' => text[at + 1..].starts_with(|next: char| !next.is_whitespace()),
            '#' | '-' | '+' => at == 0,
            '.' => at > 0 && at == digits,
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
