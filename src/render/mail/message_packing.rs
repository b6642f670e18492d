//! A digest in as few messages as it fits, of about the same size, with abstracts as long as they can be
//! without costing one message more.

use std::ops::Range;

use super::content::MailContent;
use super::error::MailRenderError;
use super::frame::MailFrame;
use super::headers::{HEADERS_BYTES_MAX, mime_content_len, quoted_printable_len};
use super::html::MailPaperTemplate;
use super::paper_card::MailPaperCard;
use super::section::{MailSection, NewsKindGroup, PaperTextAndHtml, news_label};
use super::sender_and_links::MailRenderSettings;
use super::text;
use super::truncation::truncate_at_word;
use super::wording::NAME_CHARS_MAX;
use crate::domain::{Digest, DigestPaper, DigestPartNumber, News};

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

/// One paper in both forms, and its place.
struct RenderedPaper<'a> {
    /// The place of the paper's section in the digest.
    section: usize,
    paper: &'a DigestPaper,
    forms: PaperTextAndHtml,
    /// What both weigh when encoded.
    bytes: usize,
}

/// What there is to fill.
struct PartByteBudget {
    /// What the papers of a part and their headings may weigh.
    bytes: usize,
    /// What the heading of each section weighs, with the labels of its groups.
    headings: Vec<usize>,
}

/// The parts of a digest, in order; one for a digest without papers.
pub(super) fn pack_digest(
    digest: &Digest,
    settings: &MailRenderSettings,
) -> Result<Vec<MailContent>, MailRenderError> {
    let room = PartByteBudget::budget_without_frame(digest, settings)?;
    let (leaves, parts) = render_with_longest_abstracts(digest, &room)?;
    let cuts = balance_parts(&leaves, &room, parts);
    let of = u32::try_from(cuts.len()).unwrap_or(u32::MAX);
    let numbered = cuts.into_iter().zip(1..);
    numbered
        .map(|(cut, number)| render_part(digest, settings, &leaves, cut, DigestPartNumber { number, of }))
        .collect()
}

impl PartByteBudget {
    /// What the frame of any part leaves.
    fn budget_without_frame(digest: &Digest, settings: &MailRenderSettings) -> Result<Self, MailRenderError> {
        // The first part has the contents, and all that another has but for digits.
        let part = DigestPartNumber { number: 1, of: u32::MAX };
        let weigh = |sections: &[MailSection]| {
            let page = MailContent::from_sections(
                MailFrame::frame_for_part(digest, part, &[], settings),
                part,
                sections,
            );
            page.map(|page| mime_content_len(&page))
        };
        let frame = weigh(&[])?;
        let groups = [News::New, News::Published, News::Replacement]
            .map(|news| NewsKindGroup { label: news_label(news), papers: vec![] });
        let heading = |section: &crate::domain::DigestSection| {
            let topic = truncate_at_word(&section.topic, NAME_CHARS_MAX);
            weigh(&[MailSection { topic, continued: true, groups: groups.to_vec() }])
                .map(|bytes| bytes - frame)
        };
        let headings = digest.sections.iter().map(heading).collect::<Result<_, _>>()?;
        Ok(Self { bytes: CONTENT_BYTES_MAX.saturating_sub(frame + PREVIEW_BYTES_MAX), headings })
    }
}

/// The papers with the longest abstracts that need no more parts than the shortest would, and that number.
fn render_with_longest_abstracts<'a>(
    digest: &'a Digest,
    room: &PartByteBudget,
) -> Result<(Vec<RenderedPaper<'a>>, usize), MailRenderError> {
    let papers = MailPaperTemplate::new()?;
    let mut longest = render_papers(digest, &papers, ABSTRACT_CHARS_LEAST)?;
    let alone = |leaf: &RenderedPaper<'_>| leaf.bytes + room.headings[leaf.section];
    let needed = longest.iter().map(alone).max().unwrap_or_default();
    if needed > room.bytes {
        return Err(MailRenderError::TooLarge { needed, bytes_max: room.bytes });
    }
    let parts = pack_papers_into_parts(&longest, room, room.bytes).len();
    for chars in ABSTRACT_CHARS_MORE {
        let longer = render_papers(digest, &papers, chars)?;
        let fits = longer.iter().all(|leaf| alone(leaf) <= room.bytes);
        if !fits || pack_papers_into_parts(&longer, room, room.bytes).len() > parts {
            break;
        }
        longest = longer;
    }
    Ok((longest, parts))
}

fn render_papers<'a>(
    digest: &'a Digest,
    papers: &MailPaperTemplate,
    abstract_chars: usize,
) -> Result<Vec<RenderedPaper<'a>>, MailRenderError> {
    let sections = digest.sections.iter().enumerate();
    let all = sections.flat_map(|(at, section)| section.papers.iter().map(move |paper| (at, paper)));
    let render = |(section, paper)| {
        let card = MailPaperCard::from_digest_paper(paper, abstract_chars, &digest.zone);
        let forms = PaperTextAndHtml { text: text::render_paper(&card), html: papers.render_paper(&card)? };
        let bytes = quoted_printable_len(&forms.text) + quoted_printable_len(&forms.html);
        Ok(RenderedPaper { section, paper, forms, bytes })
    };
    all.map(render).collect()
}

/// The parts such that the heaviest is as light as that number of parts allows.
fn balance_parts(leaves: &[RenderedPaper<'_>], room: &PartByteBudget, parts: usize) -> Vec<Range<usize>> {
    let (mut too_small, mut enough) = (0, room.bytes);
    while enough - too_small > 1 {
        let middle = too_small.midpoint(enough);
        if pack_papers_into_parts(leaves, room, middle).len() <= parts {
            enough = middle;
        } else {
            too_small = middle;
        }
    }
    pack_papers_into_parts(leaves, room, enough)
}

/// Each part filled up to so many bytes, though with one paper at least.
fn pack_papers_into_parts(
    leaves: &[RenderedPaper<'_>],
    room: &PartByteBudget,
    bytes_max: usize,
) -> Vec<Range<usize>> {
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

fn render_part(
    digest: &Digest,
    settings: &MailRenderSettings,
    leaves: &[RenderedPaper<'_>],
    cut: Range<usize>,
    part: DigestPartNumber,
) -> Result<MailContent, MailRenderError> {
    let before = cut.start.checked_sub(1).map(|last| leaves[last].section);
    let leaves = &leaves[cut];
    let titles: Vec<_> = leaves.iter().take(PREVIEWED).map(|leaf| leaf.paper.paper.title.as_str()).collect();
    let frame = MailFrame::frame_for_part(digest, part, &titles, settings);
    let page =
        MailContent::from_sections(frame, part, &group_papers_by_mail_section(digest, leaves, before))?;
    let needed = mime_content_len(&page);
    if needed > CONTENT_BYTES_MAX {
        return Err(MailRenderError::TooLarge { needed, bytes_max: CONTENT_BYTES_MAX });
    }
    Ok(page)
}

/// The papers of one part under their topics; `before` is the section that the part before ended in.
fn group_papers_by_mail_section(
    digest: &Digest,
    leaves: &[RenderedPaper<'_>],
    before: Option<usize>,
) -> Vec<MailSection> {
    let of_section = |papers: &[RenderedPaper<'_>]| {
        let section = papers[0].section;
        let group = |papers: &[RenderedPaper<'_>]| NewsKindGroup {
            label: news_label(papers[0].paper.news),
            papers: papers.iter().map(|paper| paper.forms.clone()).collect(),
        };
        MailSection {
            topic: truncate_at_word(&digest.sections[section].topic, NAME_CHARS_MAX),
            continued: before == Some(section),
            groups: papers.chunk_by(|one, next| one.paper.news == next.paper.news).map(group).collect(),
        }
    };
    leaves.chunk_by(|one, next| one.section == next.section).map(of_section).collect()
}
