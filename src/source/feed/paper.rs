//! From the items of a feed to papers, or to the reason why one is none.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;

use super::item::FeedItem;
use super::item_keys::{ItemKey, canonical_link};
use super::item_kind::ItemKind;
use crate::domain::{
    Category, EntryFlaw, FeedItemKindsToKeep, Fingerprint, Link, Paper, PaperId, Revision, estimated_date,
    mark_estimated,
};

/// What the items of a feed come to. Each item is in one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPapers {
    /// In the feed's order.
    pub papers: Vec<FeedPaper>,
    /// In the feed's order.
    pub omissions: Vec<ItemOmission>,
}

/// A paper, and every key by which its item is known again, in order of trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPaper {
    /// The paper.
    pub paper: Paper,
    /// To be remembered all: an item is known if any of its keys is.
    pub keys: Vec<ItemKey>,
}

/// An item that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOmission {
    /// Its title.
    pub title: String,
    /// Every key by which it is known again.
    pub keys: Vec<ItemKey>,
    /// Why.
    pub reason: FeedItemOmissionReason,
}

/// Why an item is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedItemOmissionReason {
    /// News, an editorial, a comment, a book review.
    News,
    /// A correction, a retraction or the like.
    Correction {
        /// The title, or the DOI, of the paper that it is about; empty if it does not say.
        of: String,
    },
    /// Front matter, or an item of which too little is known.
    NoPaper,
    /// The same paper is in the feed a second time.
    Repeated,
    /// It has no title, or nothing that a link could lead to.
    Flawed(EntryFlaw),
}

impl fmt::Display for FeedItemOmissionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::News => f.write_str("news, an editorial or a comment"),
            Self::Correction { of } if of.is_empty() => f.write_str("a notice about another paper"),
            Self::Correction { of } => write!(f, "a notice about `{of}`"),
            Self::NoPaper => f.write_str(
                "no paper: it has no DOI, no arXiv id, and no authors with an abstract or a journal",
            ),
            Self::Repeated => f.write_str("the same paper is in the feed a second time"),
            Self::Flawed(EntryFlaw::NoTitle) => f.write_str("it has no title"),
            Self::Flawed(
                EntryFlaw::NoId | EntryFlaw::NoAbstract | EntryFlaw::NoDate | EntryFlaw::BrokenForm,
            ) => f.write_str("it has no DOI, no arXiv id and no page of its own"),
        }
    }
}

/// Makes papers of the items of a whole feed. `seen_at` is the present: the date of a paper that has none, as an estimate,
/// and of one that is dated ahead, as issues of journals are.
pub fn papers_from_items(
    items: Vec<FeedItem>,
    policy: FeedItemKindsToKeep,
    seen_at: Timestamp,
) -> FeedPapers {
    let mut found = FeedPapers { papers: Vec::with_capacity(items.len()), omissions: Vec::new() };
    let mut places: HashMap<PaperId, usize> = HashMap::new();
    for item in items {
        let id = match item_identity_or_omission(&item, policy) {
            Ok(id) => id,
            Err(reason) => {
                found.omissions.push(ItemOmission { title: item.title, keys: item.ids, reason });
                continue;
            }
        };
        let paper = paper_from_item(id.clone(), item, seen_at);
        let Some(&place) = places.get(&id) else {
            places.insert(id, found.papers.len());
            found.papers.push(paper);
            continue;
        };
        // Of two versions the later one counts.
        let known = &mut found.papers[place];
        let is_later =
            paper.paper.revision.version_if_numbered() > known.paper.revision.version_if_numbered();
        let repeated = if is_later { std::mem::replace(known, paper) } else { paper };
        found.omissions.push(ItemOmission {
            title: repeated.paper.title,
            keys: repeated.keys,
            reason: FeedItemOmissionReason::Repeated,
        });
    }
    found
}

fn item_identity_or_omission(
    item: &FeedItem,
    policy: FeedItemKindsToKeep,
) -> Result<PaperId, FeedItemOmissionReason> {
    let reason = match (policy, &item.kind) {
        (FeedItemKindsToKeep::All, _) | (FeedItemKindsToKeep::Papers, ItemKind::Paper) => None,
        (FeedItemKindsToKeep::Papers, ItemKind::News) => Some(FeedItemOmissionReason::News),
        (FeedItemKindsToKeep::Papers, ItemKind::Correction { of }) => {
            Some(FeedItemOmissionReason::Correction { of: of.clone() })
        }
        (FeedItemKindsToKeep::Papers, ItemKind::Other) => Some(FeedItemOmissionReason::NoPaper),
    };
    if let Some(reason) = reason {
        return Err(reason);
    }
    if item.title.is_empty() {
        return Err(FeedItemOmissionReason::Flawed(EntryFlaw::NoTitle));
    }
    item_identity(item).ok_or(FeedItemOmissionReason::Flawed(EntryFlaw::NoId))
}

/// What the item is known by over all sources: arXiv's identifier, or else its DOI, or else its page. What it shares with
/// other items of the feed is no key of it, and so is no identity either.
fn item_identity(item: &FeedItem) -> Option<PaperId> {
    let arxiv = item.ids.iter().find_map(|key| match key {
        ItemKey::Arxiv(id) => Some(PaperId::from_arxiv_id(id)),
        ItemKey::Doi(_) | ItemKey::Guid(_) | ItemKey::Link(_) | ItemKey::TitleOnDay { .. } => None,
    });
    let other = || {
        item.ids.iter().find_map(|key| match key {
            ItemKey::Doi(doi) => PaperId::from_link(doi.as_str()),
            ItemKey::Link(link) => PaperId::from_link(&format!("https://{link}")),
            ItemKey::Arxiv(_) | ItemKey::Guid(_) | ItemKey::TitleOnDay { .. } => None,
        })
    };
    // Many items may share a page and each have a place in it.
    let place = || own_link(item).filter(|href| href.contains('#')).and_then(PaperId::from_link);
    arxiv.or_else(other).or_else(place)
}

fn own_link(item: &FeedItem) -> Option<&str> {
    item.links
        .first()
        .filter(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))
        .map(|link| link.href.as_str())
}

fn paper_from_item(id: PaperId, item: FeedItem, seen_at: Timestamp) -> FeedPaper {
    let arxiv = item.arxiv.as_ref().filter(|_| id.as_arxiv_id().is_some());
    let version = arxiv.and_then(|(_, version)| *version);
    let said = item.published.or(item.updated).map(|said| said.min(seen_at));
    let estimate = || match arxiv {
        Some((arxiv, _)) => estimated_date(arxiv, seen_at),
        None => mark_estimated(seen_at),
    };
    let is_own = |key: &ItemKey| matches!(key, ItemKey::Doi(_));
    let page = missing_page_link(&id, &item);
    let paper = Paper {
        revision: version.map_or_else(|| Revision::Content(item_fingerprint(&item)), Revision::Numbered),
        updated: said.unwrap_or_else(estimate),
        // arXiv's feeds say when a version was announced, and not when the first one was submitted.
        published: said.filter(|_| arxiv.is_none()),
        doi: item.doi.as_ref().filter(|_| item.ids.iter().any(is_own)).map(|doi| doi.as_str().to_owned()),
        journal_ref: item.journal.as_ref().map(ToString::to_string),
        later_article: None,
        links: item.links.into_iter().chain(page).collect(),
        title: item.title,
        abstract_: item.abstract_,
        authors: item.authors,
        primary: None,
        categories: item.categories.into_iter().map(|category| Category(category.term)).collect(),
        comment: None,
        id,
    };
    FeedPaper { paper, keys: item.ids }
}

/// The page that an item is known by if none of its links leads there as it is written: one with what changes from request to
/// request is no address of a row.
fn missing_page_link(id: &PaperId, item: &FeedItem) -> Option<Link> {
    let leads_there = |link: &Link| PaperId::from_link(&link.href).as_ref() == Some(id);
    if id.as_identifying_page_url().is_none() || item.links.iter().any(leads_there) {
        return None;
    }
    let own = own_link(item)?;
    let href = format!("{}://{}", own.split_once("://")?.0, canonical_link(own)?);
    Some(Link { href, rel: Some("canonical".to_owned()), media_type: None, title: None })
}

/// What identifies all that the item says, without what changes though it says the same: its dates, and what is in its
/// address for one request.
fn item_fingerprint(item: &FeedItem) -> Fingerprint {
    let mut text = String::new();
    let mut part = |of: &str| {
        text.push_str(of);
        text.push('\u{1e}');
    };
    part(&item.title);
    part(&item.abstract_.0);
    for author in &item.authors {
        part(&author.name);
        author.affiliations.iter().for_each(|affiliation| part(affiliation));
    }
    part("categories");
    item.categories.iter().for_each(|category| part(&category.term));
    part("place");
    part(&item.journal.as_ref().map(ToString::to_string).unwrap_or_default());
    part(item.doi.as_ref().map_or("", |doi| doi.as_str()));
    part(&own_link(item).and_then(canonical_link).unwrap_or_default());
    Fingerprint::of_text(text)
}

#[cfg(test)]
mod tests;
