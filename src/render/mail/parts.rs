//! A digest in as few messages as it fits, of about the same size, with abstracts as long as they can be
//! without costing one message more.

use std::ops::Range;

use super::card::Card;
use super::clean::short;
use super::html::Papers;
use super::letter::{HEADERS_BYTES_MAX, content_bytes, encoded_bytes};
use super::page::{Block, Frame, Group, Page, label};
use super::wording::NAME_CHARS_MAX;
use super::{Error, Settings, text};
use crate::domain::{Digest, News, Part, Told};

/// What a whole message may weigh. Gmail shows the first 102 KB of a mail's HTML and hides the rest, its
/// footer with it (<https://github.com/hteumeuleu/email-bugs/issues/41>).
pub(super) const MESSAGE_BYTES_MAX: usize = 90_000;

/// What is left of it under the headers.
const CONTENT_BYTES_MAX: usize = MESSAGE_BYTES_MAX - HEADERS_BYTES_MAX;

/// What a preview may weigh, at four bytes for each of its characters and three for each byte, and the
/// digits by which one part's number is longer than another's.
const PREVIEW_BYTES_MAX: usize = 2_000;

/// The least that is shown of an abstract, in characters: three sentences or so.
const ABSTRACT_CHARS_LEAST: usize = 450;

/// What may be shown of an abstract: the most that the number of messages allows. arXiv takes 1,920
/// (<https://info.arxiv.org/help/prep.html>), and most have fewer than 1,600.
const ABSTRACT_CHARS_MORE: [usize; 4] = [650, 900, 1_200, 1_600];

/// How many titles a part's preview takes.
const PREVIEWED: usize = 3;

/// One paper in both forms, and where it stands.
struct Leaf<'a> {
    /// Its section's place in the digest.
    section: usize,
    told: &'a Told,
    text: String,
    html: String,
    /// What both weigh when encoded.
    bytes: usize,
}

/// What there is to fill.
struct Room {
    /// What the papers of a part and their headings may weigh.
    bytes: usize,
    /// What the heading of each section weighs, with the labels of its groups.
    headings: Vec<usize>,
}

/// The parts of a digest, in order; one for a digest without papers.
pub(super) fn pages(digest: &Digest, settings: &Settings) -> Result<Vec<Page>, Error> {
    let room = Room::beside_frame(digest, settings)?;
    let (leaves, parts) = longest_leaves(digest, &room)?;
    let cuts = balanced(&leaves, &room, parts);
    let of = u32::try_from(cuts.len()).unwrap_or(u32::MAX);
    let numbered = cuts.into_iter().zip(1..);
    numbered.map(|(cut, number)| page(digest, settings, &leaves, cut, Part { number, of })).collect()
}

impl Room {
    /// What the frame of any part leaves.
    fn beside_frame(digest: &Digest, settings: &Settings) -> Result<Self, Error> {
        // The first part has the contents, and all that another has but for digits.
        let part = Part { number: 1, of: u32::MAX };
        let weigh = |blocks: &[Block]| {
            let page = Frame::of(digest, part, &[], settings).fill(part, blocks, blocks);
            page.map(|page| content_bytes(&page))
        };
        let frame = weigh(&[])?;
        let groups = [News::New, News::Replacement].map(|news| Group { label: label(news), papers: vec![] });
        let heading = |section: &crate::domain::Section| {
            let topic = short(&section.topic, NAME_CHARS_MAX);
            weigh(&[Block { topic, continued: true, groups: groups.to_vec() }]).map(|bytes| bytes - frame)
        };
        let headings = digest.sections.iter().map(heading).collect::<Result<_, _>>()?;
        Ok(Self { bytes: CONTENT_BYTES_MAX.saturating_sub(frame + PREVIEW_BYTES_MAX), headings })
    }
}

/// The papers with the longest abstracts that need no more parts than the shortest would, and that number.
fn longest_leaves<'a>(digest: &'a Digest, room: &Room) -> Result<(Vec<Leaf<'a>>, usize), Error> {
    let papers = Papers::new()?;
    let mut longest = leaves(digest, &papers, ABSTRACT_CHARS_LEAST)?;
    let alone = |leaf: &Leaf<'_>| leaf.bytes + room.headings[leaf.section];
    let needed = longest.iter().map(alone).max().unwrap_or_default();
    if needed > room.bytes {
        return Err(Error::TooLarge { needed, bytes_max: room.bytes });
    }
    let parts = cuts(&longest, room, room.bytes).len();
    for chars in ABSTRACT_CHARS_MORE {
        let longer = leaves(digest, &papers, chars)?;
        let fits = longer.iter().all(|leaf| alone(leaf) <= room.bytes);
        if !fits || cuts(&longer, room, room.bytes).len() > parts {
            break;
        }
        longest = longer;
    }
    Ok((longest, parts))
}

fn leaves<'a>(digest: &'a Digest, papers: &Papers, abstract_chars: usize) -> Result<Vec<Leaf<'a>>, Error> {
    let sections = digest.sections.iter().enumerate();
    let all = sections.flat_map(|(at, section)| section.papers.iter().map(move |told| (at, told)));
    let leaf = |(section, told)| {
        let card = Card::of(told, abstract_chars, &digest.zone);
        let (text, html) = (text::card(&card), papers.card(&card)?);
        let bytes = encoded_bytes(&text) + encoded_bytes(&html);
        Ok(Leaf { section, told, text, html, bytes })
    };
    all.map(leaf).collect()
}

/// The parts such that the heaviest is as light as that number of parts allows.
fn balanced(leaves: &[Leaf<'_>], room: &Room, parts: usize) -> Vec<Range<usize>> {
    let (mut too_small, mut enough) = (0, room.bytes);
    while enough - too_small > 1 {
        let middle = too_small.midpoint(enough);
        if cuts(leaves, room, middle).len() <= parts { enough = middle } else { too_small = middle }
    }
    cuts(leaves, room, enough)
}

/// Each part filled up to so many bytes, though with one paper at least.
fn cuts(leaves: &[Leaf<'_>], room: &Room, bytes_max: usize) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let (mut from, mut filled) = (0, 0);
    for (at, leaf) in leaves.iter().enumerate() {
        let heads = at == from || leaves[at - 1].section != leaf.section;
        let heading = room.headings[leaf.section];
        let more = leaf.bytes + if heads { heading } else { 0 };
        if at > from && filled + more > bytes_max {
            cuts.push(from..at);
            (from, filled) = (at, leaf.bytes + heading);
        } else {
            filled += more;
        }
    }
    cuts.push(from..leaves.len());
    cuts
}

fn page(
    digest: &Digest,
    settings: &Settings,
    leaves: &[Leaf<'_>],
    cut: Range<usize>,
    part: Part,
) -> Result<Page, Error> {
    let before = cut.start.checked_sub(1).map(|last| leaves[last].section);
    let leaves = &leaves[cut];
    let titles: Vec<_> = leaves.iter().take(PREVIEWED).map(|leaf| leaf.told.paper.title.as_str()).collect();
    let frame = Frame::of(digest, part, &titles, settings);
    let texts = blocks(digest, leaves, before, |leaf| leaf.text.clone());
    let htmls = blocks(digest, leaves, before, |leaf| leaf.html.clone());
    let page = frame.fill(part, &texts, &htmls)?;
    let needed = content_bytes(&page);
    if needed > CONTENT_BYTES_MAX {
        return Err(Error::TooLarge { needed, bytes_max: CONTENT_BYTES_MAX });
    }
    Ok(page)
}

/// The papers of one part under their topics; `before` is the section that the part before ended in.
fn blocks(
    digest: &Digest,
    leaves: &[Leaf<'_>],
    before: Option<usize>,
    form: impl Fn(&Leaf<'_>) -> String,
) -> Vec<Block> {
    let of_section = |papers: &[Leaf<'_>]| {
        let section = papers[0].section;
        let group = |papers: &[Leaf<'_>]| Group {
            label: label(papers[0].told.news),
            papers: papers.iter().map(&form).collect(),
        };
        Block {
            topic: short(&digest.sections[section].topic, NAME_CHARS_MAX),
            continued: before == Some(section),
            groups: papers.chunk_by(|one, next| one.told.news == next.told.news).map(group).collect(),
        }
    };
    leaves.chunk_by(|one, next| one.section == next.section).map(of_section).collect()
}
