//! What an item is, as far as its feed says: a paper, news, a correction of another, or something else.

use crate::source::xml_repair::decode_entities;

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// A work: it has a DOI, an arXiv id, or authors and an abstract or a journal.
    Paper,
    /// News, an editorial, a comment, a book review.
    News,
    /// A correction, a retraction or the like.
    Correction {
        /// The title, or the DOI, of what it is about; empty if it does not say.
        of: String,
    },
    /// What is none of these: front matter, or an item of which too little is known.
    Other,
}

/// What is known of an item when its kind is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct ItemKindEvidence<'e> {
    pub(super) title: &'e str,
    /// `dc:type`, `prism:section`, `prism:genre`.
    pub(super) labels: &'e [String],
    /// Its DOI, link and guid, as far as there are.
    pub(super) addresses: &'e [&'e str],
    pub(super) has_identifier: bool,
    /// Authors, and an abstract or a journal.
    pub(super) is_described: bool,
}

/// What begins the title of a notice about another work.
const NOTICES: [&str; 20] = [
    "author correction",
    "publisher correction",
    "editorial correction",
    "correction notice",
    "correction",
    "corrigendum",
    "erratum",
    "errata",
    "addendum",
    "retraction notice",
    "retraction note",
    "retraction",
    "retracted article",
    "retracted",
    "withdrawal notice",
    "withdrawal",
    "withdrawn",
    "editorial expression of concern",
    "expression of concern",
    "removal notice",
];

/// Labels of what is written about science and is no work of it.
const NEWS: [&str; 34] = [
    "news",
    "news & views",
    "news and views",
    "news feature",
    "news focus",
    "news in brief",
    "news & analysis",
    "editorial",
    "editorials",
    "comment",
    "commentary",
    "opinion",
    "correspondence",
    "world view",
    "career feature",
    "career column",
    "career q&a",
    "careers",
    "working life",
    "books & arts",
    "books et al.",
    "book review",
    "book reviews",
    "obituary",
    "podcast",
    "nature podcast",
    "nature briefing",
    "research highlight",
    "research highlights",
    "policy forum",
    "where i work",
    "in depth",
    "technology feature",
    "outlook",
];

/// Titles, and labels, of the pages around the works of an issue.
const FRONT_MATTER: [&str; 16] = [
    "issue information",
    "table of contents",
    "front cover",
    "back cover",
    "cover picture",
    "cover image",
    "inside front cover",
    "masthead",
    "editorial board",
    "contents",
    "front matter",
    "back matter",
    "in this issue",
    "graphical abstract",
    "author index",
    "volume contents",
];

impl ItemKind {
    pub(super) fn from_evidence(evidence: ItemKindEvidence<'_>) -> Self {
        if let Some(of) = title_in_correction_notice(evidence.title) {
            return Self::Correction { of };
        }
        let labels: Vec<String> =
            evidence.labels.iter().map(|label| decode_entities(label).trim().to_lowercase()).collect();
        let is_labelled = |known: &[&str]| labels.iter().any(|label| known.contains(&label.as_str()));
        if is_labelled(&NOTICES) || is_labelled(&["corrections", "errata and corrections"]) {
            return Self::Correction { of: String::new() };
        }
        let title = evidence.title.to_lowercase();
        if FRONT_MATTER.iter().any(|known| title == *known) || is_labelled(&FRONT_MATTER) {
            return Self::Other;
        }
        // Nature's own numbers: d is its magazine, s its journals.
        if is_labelled(&NEWS) || evidence.addresses.iter().any(|address| address.contains("d41586-")) {
            return Self::News;
        }
        if evidence.has_identifier || evidence.is_described { Self::Paper } else { Self::Other }
    }
}

/// The title that a notice is about: `Author Correction: X`, `Correction to: X`, `Corrigendum to “X” [J. 12 (2020)]`,
/// `[Retracted] X`. A work called `Correction of motion artefacts` is no notice.
fn title_in_correction_notice(title: &str) -> Option<String> {
    let bare = title.trim_start_matches(['[', '(', '*']).trim_start();
    let notice = NOTICES.iter().find(|notice| {
        let rest = bare.get(notice.len()..);
        bare.get(..notice.len()).is_some_and(|head| head.eq_ignore_ascii_case(notice))
            && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })?;
    let rest = bare[notice.len()..].trim_start();
    let rest = rest.strip_prefix([']', ')']).map_or(rest, |rest| rest);
    if rest.is_empty() {
        return Some(String::new());
    }
    let joined = ["to", "for", "of"].iter().find_map(|word| {
        let behind = rest.strip_prefix(word)?.strip_prefix([':', ' '])?.trim_start_matches([':', ' ']);
        let is_notice = rest[word.len()..].starts_with(':') || behind.starts_with(['“', '"', '‘', '\'', '«']);
        is_notice.then_some(behind)
    });
    let is_bracketed = title.starts_with(['[', '(']);
    let of = match (joined, rest.strip_prefix([':', '.', '–', '—'])) {
        (Some(of), _) | (None, Some(of)) => of,
        (None, None) if is_bracketed => rest,
        (None, None) => return None,
    };
    Some(title_within_quotes(of.trim()))
}

/// A title without its quotes, and without the reference behind them.
fn title_within_quotes(text: &str) -> String {
    let pairs = [('“', '”'), ('"', '"'), ('‘', '’'), ('\'', '\''), ('«', '»')];
    for (open, close) in pairs {
        if let Some((inner, _)) = text.strip_prefix(open).and_then(|rest| rest.rsplit_once(close)) {
            return inner.trim().to_owned();
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify_item_kind(title: &str, labels: &[&str], addresses: &[&str]) -> ItemKind {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        ItemKind::from_evidence(ItemKindEvidence {
            title,
            labels: &labels,
            addresses,
            has_identifier: !addresses.is_empty(),
            is_described: false,
        })
    }

    #[test]
    fn a_notice_names_what_it_is_about() {
        for (title, of) in [
            ("Author Correction: A title", Some("A title")),
            ("Correction: A title", Some("A title")),
            ("Correction to: A title", Some("A title")),
            ("Corrigendum to “A title” [J. Foo 12 (2020) 1]", Some("A title")),
            ("Erratum for ‘A title’", Some("A title")),
            ("Retraction Note: A title", Some("A title")),
            ("RETRACTED: A title", Some("A title")),
            ("[Retracted] A title", Some("A title")),
            ("Erratum", Some("")),
            ("Editorial Expression of Concern: A title", Some("A title")),
            ("Correction of motion artefacts in MRI", None),
            ("Correction to the second order of the field", None),
            ("Corrections: a novel", None),
            ("Error correction: a survey", None),
            ("Retraction methods for manifolds", None),
            ("Addendums", None),
            ("é", None),
        ] {
            let found = match classify_item_kind(title, &[], &["10.1/x"]) {
                ItemKind::Correction { of } => Some(of),
                ItemKind::Paper | ItemKind::News | ItemKind::Other => None,
            };
            assert_eq!(found.as_deref(), of, "{title}");
        }
    }

    #[test]
    fn an_item_is_what_its_feed_calls_it() {
        for (title, labels, addresses, expected) in [
            ("A title", vec![], vec!["10.1038/s41586-024-07956-2"], ItemKind::Paper),
            ("A title", vec![], vec!["10.1038/d41586-024-02710-0"], ItemKind::News),
            ("A title", vec!["Editorial"], vec!["10.1/x"], ItemKind::News),
            ("A title", vec!["News &amp; Views"], vec!["10.1/x"], ItemKind::News),
            ("A title", vec!["Research Article"], vec!["10.1/x"], ItemKind::Paper),
            ("A title", vec!["Erratum"], vec!["10.1/x"], ItemKind::Correction { of: String::new() }),
            ("Issue Information", vec![], vec!["10.1/x"], ItemKind::Other),
            ("A title", vec![], vec![], ItemKind::Other),
        ] {
            assert_eq!(classify_item_kind(title, &labels, &addresses), expected, "{title} {labels:?}");
        }
    }
}
