//! Which papers the items of a feed are, and by what each is known from now on.

use std::collections::HashSet;

use anyhow::Result;
use jiff::Timestamp;

use super::identify_works::{UnrecordedWorks, is_part_joined_by_evidence, resolve_work};
use crate::domain::{MetadataOrigin, Paper, PaperId, add_article_to_preprint};
use crate::source::feed::{FeedPaper, ItemKey};
use crate::store::{KeyedPaper, Store};

/// A paper's identity with the keys by which it is known from now on.
type PaperKeys = (PaperId, Vec<String>);

/// What a feed's items are.
#[derive(Debug)]
pub(super) struct IdentifiedFeedItems {
    /// The papers of the items, in their order; each is lent to a topic for a while.
    pub(super) papers: Vec<Option<Paper>>,
    /// The papers that were behind what the feed has shown until now.
    pub(super) came_into_view: HashSet<PaperId>,
    /// By what those of the history are known from now on that were found by what others are shown under.
    pub(super) known: Vec<PaperKeys>,
    /// The works that the history does not have.
    pub(super) new: UnrecordedWorks,
}

/// The papers of a feed's items. One that the history has keeps its identity, and what another source said of it first
/// stays, two that describe one work in other words would take turns forever; but for where it appeared. The items behind the
/// first `in_view` are behind all that the feed has shown until now.
pub(super) fn identify_feed_items(
    store: &mut Store,
    source: &str,
    items: Vec<FeedPaper>,
    in_view: usize,
    now: Timestamp,
) -> Result<IdentifiedFeedItems> {
    let shown: Vec<KeyedPaper> = items.into_iter().map(|item| keyed_paper(source, item)).collect();
    let mut papers: Vec<Option<Paper>> = shown.iter().map(|_| None).collect();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for (at, shown) in shown.into_iter().enumerate() {
        match find_known_paper_of_item(store, source, &shown, now)? {
            Some(paper) => {
                known.push((paper.id.clone(), shown.keys));
                papers[at] = Some(paper);
            }
            None => unknown.push((at, shown)),
        }
    }
    // What one of them is shown under is what another item may be known by.
    store.note_paper_keys(source, &known)?;
    known.clear();
    let mut new = UnrecordedWorks::default();
    for (at, shown) in unknown {
        papers[at] = match find_known_paper_of_item(store, source, &shown, now)? {
            Some(paper) => {
                known.push((paper.id.clone(), shown.keys));
                Some(paper)
            }
            None => new.add(shown),
        };
    }
    drop_joined_papers(store, &mut papers)?;
    let behind = papers.get(in_view..).unwrap_or_default();
    let came_into_view = behind.iter().flatten().map(|paper| paper.id.clone()).collect();
    papers.retain(Option::is_some);
    Ok(IdentifiedFeedItems { papers, came_into_view, known, new })
}

fn keyed_paper(source: &str, FeedPaper { paper, keys }: FeedPaper) -> KeyedPaper {
    let own = std::iter::once(paper.id.as_str().to_owned());
    KeyedPaper { keys: own.chain(keys.iter().map(|key| stored_item_key(source, key))).collect(), paper }
}

/// The paper of an item that the history has.
fn find_known_paper_of_item(
    store: &mut Store,
    source: &str,
    shown: &KeyedPaper,
    now: Timestamp,
) -> Result<Option<Paper>> {
    let Some(work) = resolve_work(store, source, shown, now)? else { return Ok(None) };
    let is_its_word = work.source == source || work.origin == MetadataOrigin::List;
    Ok(Some(if is_its_word && !is_part_joined_by_evidence(&work, shown) {
        Paper { id: work.paper.id, ..shown.paper.clone() }
    } else {
        add_article_to_preprint(work.paper, &shown.paper)
    }))
}

/// Leaves out what a later item has shown to be part of another paper, which that item has.
fn drop_joined_papers(store: &Store, papers: &mut [Option<Paper>]) -> Result<()> {
    let joined = store.displayed_ids_by_former_id(papers.iter().flatten().map(|paper| &paper.id))?;
    for paper in papers {
        if paper.as_ref().is_some_and(|paper| joined.contains_key(&paper.id)) {
            *paper = None;
        }
    }
    Ok(())
}

/// A key as the history keeps it: what identifies a work holds everywhere, the rest within its feed alone.
fn stored_item_key(source: &str, key: &ItemKey) -> String {
    match key {
        ItemKey::Arxiv(_) | ItemKey::Doi(_) => key.to_string(),
        ItemKey::Guid(_) | ItemKey::Link(_) | ItemKey::TitleOnDay { .. } => format!("{source} {key}"),
    }
}
