//! What is above and below the papers of a mail.

use serde::Serialize;

use super::sender_and_links::MailRenderSettings;
use super::truncation::truncate_at_word;
use super::wording::{NAME_CHARS_MAX, no_news_sentence, sections_with_papers, subject_line};
use crate::domain::{Digest, DigestPartNumber};
use crate::render::news_counts::NewsCounts;

/// How many topics the contents name; more are counted.
const CONTENTS_MAX: usize = 12;

/// What a mail program shows behind the subject is about so long.
pub(super) const PREVIEW_CHARS_MAX: usize = 140;

/// How much is said of why a digest comes late.
const LATE_CHARS_MAX: usize = 400;

/// What is above and below the papers.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct MailFrame {
    pub(super) subject: String,
    /// What a mail program shows behind the subject.
    pub(super) preview: String,
    /// `Wednesday, 26 March 2025`.
    pub(super) date: String,
    /// `4 new papers, 1 replaced`; none if there are `lines` instead.
    pub(super) counts: Option<String>,
    /// What is said if there are no papers, a paragraph each.
    pub(super) lines: Vec<String>,
    /// `Part 2 of 3`.
    pub(super) place: Option<String>,
    /// `Continued in part 3`.
    pub(super) next: Option<String>,
    /// Topics with what they bring, where there are several.
    pub(super) contents: Vec<(String, String)>,
    /// Why one gets this.
    pub(super) why: String,
    pub(super) list: Option<String>,
    pub(super) unsubscribe: Option<String>,
}

impl MailFrame {
    /// The frame of one part of a digest; `titles` are those of the part's first papers.
    pub(super) fn frame_for_part(
        digest: &Digest,
        part: DigestPartNumber,
        titles: &[&str],
        settings: &MailRenderSettings,
    ) -> Self {
        let counts = NewsCounts::count_digest_news(digest).news_count_headline();
        let line = (digest.paper_count() == 0).then(|| no_news_sentence(digest));
        let late = digest
            .late
            .iter()
            .filter(|_| part.number == 1)
            .map(|late| truncate_at_word(late, LATE_CHARS_MAX));
        let lines: Vec<_> = late.chain(line.iter().cloned()).collect();
        let preview = titles
            .iter()
            .map(|title| truncate_at_word(title, PREVIEW_CHARS_MAX))
            .collect::<Vec<_>>()
            .join(" · ");
        let date = digest.composed.to_zoned(digest.zone.clone()).strftime("%A, %-d %B %Y").to_string();
        Self {
            subject: subject_line(digest, part),
            preview: truncate_at_word(line.as_deref().unwrap_or(&preview), PREVIEW_CHARS_MAX),
            date,
            counts: line.is_none().then_some(counts),
            lines,
            place: (part.of > 1).then(|| format!("Part {} of {}", part.number, part.of)),
            next: (part.number < part.of).then(|| format!("Continued in part {}", part.number + 1)),
            contents: if part.number == 1 { digest_table_of_contents(digest) } else { vec![] },
            why: format!(
                "You get this because your address is on the subscription “{}” of a Paperwire, a wire service for papers.",
                truncate_at_word(&digest.subscription, NAME_CHARS_MAX)
            ),
            list: settings.list.clone(),
            unsubscribe: settings.unsubscribe.as_ref().map(|way| way.unsubscribe_uri().to_owned()),
        }
    }
}

fn digest_table_of_contents(digest: &Digest) -> Vec<(String, String)> {
    let all: Vec<_> = sections_with_papers(digest).collect();
    if all.len() < 2 {
        return vec![];
    }
    let row = |section: &&crate::domain::DigestSection| {
        (
            truncate_at_word(&section.topic, NAME_CHARS_MAX),
            NewsCounts::count_news(&section.papers).news_count_phrase(),
        )
    };
    let named = if all.len() > CONTENTS_MAX { CONTENTS_MAX - 1 } else { all.len() };
    let mut rows: Vec<_> = all[..named].iter().map(row).collect();
    if all.len() > named {
        let rest = all[named..].iter().flat_map(|section| &section.papers);
        rows.push((
            format!("{} more topics", all.len() - named),
            NewsCounts::count_news(rest).news_count_phrase(),
        ));
    }
    rows
}
