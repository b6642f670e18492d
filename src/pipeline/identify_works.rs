//! Which paper of the history a source shows: one with a key in common, or one that strong evidence speaks for. Papers that
//! turn out to be one work become one here, before anything is judged news.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;

use crate::domain::{
    KnownWork, Paper, PaperId, SAME_TITLE_MAX, TitleKey, WorkChoice, WorkComparison, WorkDescription,
    WorkIdentifier, add_article_to_preprint, are_two_articles, are_two_arxiv_works, choose_work,
    have_nothing_in_common, ids_named_by_paper, title_key,
};
use crate::store::{
    DisplayedPaperChoice, JoinedPaper, KeyedPaper, PaperByKey, PaperDatabaseRowId, RecordedWork,
    SameWorkReason, Store,
};

/// The papers of a source that numbers versions, each under the identity by which the history displays it. One that has
/// another identifier of the same kind reads as the history has it: two that describe one work would take turns.
pub(super) fn assign_ids_to_versioned_papers(
    store: &mut Store,
    source: &str,
    papers: Vec<Paper>,
    now: Timestamp,
) -> Result<Vec<Paper>> {
    let identified = papers.into_iter().map(|paper| {
        let keys = ids_named_by_paper(&paper).iter().map(PaperId::to_string).collect();
        let shown = KeyedPaper { paper, keys };
        if is_sole_match_under_same_id(&store.papers_by_keys(&shown.keys)?, &shown) {
            return Ok(shown.paper);
        }
        Ok(match resolve_work(store, source, &shown, now)? {
            Some(work) if work.paper.id != shown.paper.id => work.paper,
            Some(_) | None => shown.paper,
        })
    });
    identified.collect()
}

/// Whether a paper is the only one that is found, under the identity under which it is shown, and nothing more that it is
/// shown under can say anything of its parts.
fn is_sole_match_under_same_id(found: &[PaperByKey], shown: &KeyedPaper) -> bool {
    let says_nothing_of_parts = |only: &PaperByKey| shown.keys.len() == 1 || !only.has_parts;
    matches!(found, [only] if only.id == shown.paper.id && says_nothing_of_parts(only))
}

/// The paper of the history that a source shows; none if it has none.
pub(super) fn resolve_work(
    store: &mut Store,
    source: &str,
    shown: &KeyedPaper,
    now: Timestamp,
) -> Result<Option<RecordedWork>> {
    let (certain, own): (Vec<String>, Vec<String>) =
        shown.keys.iter().cloned().partition(|key| is_work_identifier(key));
    let found = store.papers_by_keys(&certain)?;
    let mut known = compatible_works(store, shown, found)?;
    if known.is_empty() {
        known = find_plausible_work_by_feed_keys(store, shown, &own)?;
    }
    let Some((first, reason)) = join_known_works(store, known, now)? else {
        return join_by_evidence(store, source, shown, now);
    };
    store.confirm_joined_papers(&first, &certain)?;
    let first = split_off_contradicted_articles(store, first, &shown.paper, now)?;
    if !replaces_displayed_paper(&shown.paper, &first.paper) {
        return Ok(Some(first));
    }
    let shown = &with_article_of_known_work(shown, &first);
    let row = store.insert_paper_as_same_work(
        first.row,
        (source, shown),
        DisplayedPaperChoice::Shown,
        &reason,
        now,
    )?;
    Ok(Some(store.recorded_work_of_row(row)?))
}

/// The paper of the history that one of the feed's own keys leads to. Some feeds give all their items one guid or one link, and
/// show one item at a time: then that alone does not make one work of two that have neither a title nor an author in common.
fn find_plausible_work_by_feed_keys(
    store: &Store,
    shown: &KeyedPaper,
    own: &[String],
) -> Result<Vec<(RecordedWork, SameWorkReason)>> {
    let sure = find_rows_by_reliable_feed_keys(store, own)?;
    let description = description(shown);
    for (known, reason) in compatible_works(store, shown, store.papers_by_keys(own)?)? {
        let is_alike = |known: &WorkDescription| !have_nothing_in_common(known, &description);
        if sure.contains(&known.row)
            || store.described_work(known.row)?.work.descriptions.iter().any(is_alike)
        {
            return Ok(vec![(known, reason)]);
        }
    }
    Ok(Vec::new())
}

/// The rows that a feed's own keys lead to by more than one guid or one link: by any other key, or by both. A guid that is
/// the link says nothing more than the link.
fn find_rows_by_reliable_feed_keys(store: &Store, own: &[String]) -> Result<Vec<PaperDatabaseRowId>> {
    let (mut guids, mut links, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for key in own {
        match feed_key_kind(key) {
            FeedKeyKind::Guid(value) => guids.push((value, key.clone())),
            FeedKeyKind::Link(value) => links.push((value, key.clone())),
            FeedKeyKind::Other => others.push(key.clone()),
        }
    }
    guids.retain(|(guid, _)| links.iter().all(|(link, _)| guid != link));
    let rows = |keys: Vec<String>| -> Result<Vec<PaperDatabaseRowId>> {
        Ok(store.papers_by_keys(&keys)?.into_iter().map(|found| found.row).collect())
    };
    let [guids, links] = [guids, links].map(|keys| rows(keys.into_iter().map(|(_, key)| key).collect()));
    let (mut sure, links) = (guids?, links?);
    sure.retain(|row| links.contains(row));
    sure.extend(rows(others)?);
    Ok(sure)
}

/// What one of a feed's own keys is.
enum FeedKeyKind<'k> {
    Guid(&'k str),
    Link(&'k str),
    Other,
}

/// Neither an address nor the form of a title has a space and a colon.
fn feed_key_kind(key: &str) -> FeedKeyKind<'_> {
    if let Some((_, guid)) = key.split_once(" guid:") {
        FeedKeyKind::Guid(guid)
    } else if let Some((_, link)) = key.split_once(" link:") {
        FeedKeyKind::Link(link)
    } else {
        FeedKeyKind::Other
    }
}

/// Whether a source shows what is only part of a work by evidence: what the rest of it is described as stays.
pub(super) fn is_part_joined_by_evidence(work: &RecordedWork, shown: &KeyedPaper) -> bool {
    let keys = description(shown).identifiers;
    let mut parts = work.parts.iter().filter(|part| !part.reason.is_certain());
    parts.any(|part| part.description().identifiers.iter().any(|key| keys.contains(key)))
}

/// Whether a key identifies a work, whichever source shows it.
fn is_work_identifier(key: &str) -> bool {
    key.starts_with("arxiv:") || key.starts_with("doi:")
}

/// Whether a paper is displayed in the place of the one that the history has: arXiv's own record of a work is, for it names
/// the versions, and all else is where it was first.
fn replaces_displayed_paper(shown: &Paper, known: &Paper) -> bool {
    shown.revision.version_if_numbered().is_some() && known.id.as_arxiv_id().is_none()
}

/// A preprint that takes the place of its article, which has been news by itself.
fn with_article_of_known_work(shown: &KeyedPaper, known: &RecordedWork) -> KeyedPaper {
    KeyedPaper { paper: add_article_to_preprint(shown.paper.clone(), &known.paper), keys: shown.keys.clone() }
}

/// Which of the papers may be the one that is shown, with the key that says so. arXiv gives each work one identifier.
fn compatible_works(
    store: &Store,
    shown: &KeyedPaper,
    found: Vec<PaperByKey>,
) -> Result<Vec<(RecordedWork, SameWorkReason)>> {
    let keys = WorkDescription::from(&shown.paper).identifiers;
    let mut works = Vec::with_capacity(found.len());
    for PaperByKey { row, key, .. } in found {
        let work = store.recorded_work_of_row(row)?;
        if !are_two_arxiv_works(&keys, &work.identifiers) {
            // A key of what only evidence joined is no more than that.
            let reason = work.join_reason_of_part(&key).cloned().unwrap_or(SameWorkReason::Key(key));
            works.push((work, reason));
        }
    }
    Ok(works)
}

/// Makes one paper of those that a source shows as one, as far as they can be one work: the one on arXiv, or else the first
/// that was recorded.
fn join_known_works(
    store: &mut Store,
    mut known: Vec<(RecordedWork, SameWorkReason)>,
    now: Timestamp,
) -> Result<Option<(RecordedWork, SameWorkReason)>> {
    known.sort_by_key(|(work, _)| (work.paper.id.as_arxiv_id().is_none(), work.row.database_row_number()));
    let mut known = known.into_iter();
    let Some((mut first, reason)) = known.next() else { return Ok(None) };
    for (work, reason) in known {
        let is_apart = !reason.is_certain() && store.are_known_different_works(first.row, work.row)?;
        if !is_apart && !are_two_arxiv_works(&first.identifiers, &work.identifiers) {
            store.join_duplicate_papers(first.row, work.row, &reason, now)?;
            first = store.recorded_work_of_row(first.row)?;
        }
    }
    Ok(Some((first, reason)))
}

/// Takes the articles out of a paper that evidence has joined to it, if its own record names another one.
fn split_off_contradicted_articles(
    store: &mut Store,
    work: RecordedWork,
    shown: &Paper,
    now: Timestamp,
) -> Result<RecordedWork> {
    if shown.id != work.paper.id || shown.revision.version_if_numbered().is_none() {
        return Ok(work);
    }
    let named: Vec<WorkIdentifier> = ids_named_by_paper(shown).iter().map(WorkIdentifier::from).collect();
    let by_evidence = work.parts.iter().filter(|part| matches!(part.reason, SameWorkReason::Evidence(_)));
    let others: Vec<&JoinedPaper> =
        by_evidence.filter(|part| are_two_articles(&named, &part.description().identifiers)).collect();
    for part in &others {
        store.split_contradicted_paper(part, now)?;
    }
    if others.is_empty() { Ok(work) } else { store.recorded_work_of_row(work.row) }
}

fn join_by_evidence(
    store: &mut Store,
    source: &str,
    shown: &KeyedPaper,
    now: Timestamp,
) -> Result<Option<RecordedWork>> {
    let candidates = store.works_by_title(&shown.paper.title)?;
    if candidates.is_empty() {
        return Ok(None);
    }
    let works: Vec<KnownWork> = candidates.iter().map(|candidate| candidate.work.clone()).collect();
    let choice = choose_work(&description(shown), &works);
    let WorkChoice::Known { at, identity: WorkComparison::SameByEvidence(evidence) } = choice else {
        return Ok(None);
    };
    let known = &candidates[at].recorded;
    let displayed = if replaces_displayed_paper(&shown.paper, &known.paper) {
        DisplayedPaperChoice::Shown
    } else {
        DisplayedPaperChoice::Known
    };
    let reason = SameWorkReason::Evidence(evidence);
    let shown = match displayed {
        DisplayedPaperChoice::Known => shown,
        DisplayedPaperChoice::Shown => &with_article_of_known_work(shown, known),
    };
    let row = store.insert_paper_as_same_work(known.row, (source, shown), displayed, &reason, now)?;
    Ok(Some(store.recorded_work_of_row(row)?))
}

/// What a source says of a paper, with the keys that it shows it under.
fn description(shown: &KeyedPaper) -> WorkDescription {
    let mut description = WorkDescription::from(&shown.paper);
    let keys = shown.keys.iter().filter(|key| is_work_identifier(key));
    description.identifiers.extend(keys.map(|key| WorkIdentifier::from(&PaperId::from_stored(key.clone()))));
    description
}

/// The papers of one answer that the history does not have, each work once.
#[derive(Debug, Default)]
pub(super) struct UnrecordedWorks {
    works: Vec<NewWork>,
    by_key: HashMap<String, usize>,
    by_title: HashMap<TitleKey, Vec<usize>>,
}

#[derive(Debug)]
struct NewWork {
    /// The identity under which it is shown first.
    id: PaperId,
    keys: Vec<String>,
    work: KnownWork,
    /// What evidence says to be the same work.
    parts: Vec<(KeyedPaper, SameWorkReason)>,
}

impl UnrecordedWorks {
    /// Adds a paper, and gives it back unless it is of a work that is there already.
    pub(super) fn add(&mut self, shown: KeyedPaper) -> Option<Paper> {
        let description = description(&shown);
        let title = title_key(&shown.paper.title);
        let by_key = shown.keys.iter().find_map(|key| self.by_key.get(key)).copied();
        let by_title = title.as_ref().and_then(|title| self.by_title.get(title));
        let by_title = by_title.filter(|places| places.len() <= SAME_TITLE_MAX).into_iter().flatten();
        let by_title = by_title.copied().filter(|at| by_key != Some(*at));
        let places: Vec<usize> = by_key.into_iter().chain(by_title).collect();
        let works: Vec<KnownWork> = places.iter().map(|at| self.works[*at].work.clone()).collect();
        match (choose_work(&description, &works), by_key) {
            (WorkChoice::Known { at, identity: WorkComparison::SameByEvidence(evidence) }, _) => {
                self.add_paper_to_new_work(
                    places[at],
                    shown,
                    description,
                    SameWorkReason::Evidence(evidence),
                );
            }
            (WorkChoice::Known { at, .. }, _) => self.add_keys(places[at], shown, description),
            // Its guid or its page is in the answer already.
            (WorkChoice::New | WorkChoice::Ambiguous { .. }, Some(at))
                if !are_different_arxiv_works(&self.works[at], &description) =>
            {
                self.add_keys(at, shown, description);
            }
            (WorkChoice::New | WorkChoice::Ambiguous { .. }, _) => {
                return Some(self.add_work(shown, description, title));
            }
        }
        None
    }

    fn add_paper_to_new_work(
        &mut self,
        at: usize,
        shown: KeyedPaper,
        description: WorkDescription,
        reason: SameWorkReason,
    ) {
        self.by_key.extend(shown.keys.iter().map(|key| (key.clone(), at)));
        self.works[at].work.descriptions.push(description);
        self.works[at].parts.push((shown, reason));
    }

    fn add_keys(&mut self, at: usize, shown: KeyedPaper, description: WorkDescription) {
        self.by_key.extend(shown.keys.iter().map(|key| (key.clone(), at)));
        self.works[at].work.descriptions[0].identifiers.extend(description.identifiers);
        self.works[at].keys.extend(shown.keys);
    }

    fn add_work(
        &mut self,
        shown: KeyedPaper,
        description: WorkDescription,
        title: Option<TitleKey>,
    ) -> Paper {
        let at = self.works.len();
        for key in &shown.keys {
            self.by_key.entry(key.clone()).or_insert(at);
        }
        if let Some(title) = title {
            self.by_title.entry(title).or_default().push(at);
        }
        let KeyedPaper { paper, keys } = shown;
        let work = KnownWork { descriptions: vec![description] };
        self.works.push(NewWork { id: paper.id.clone(), keys, work, parts: Vec::new() });
        paper
    }

    /// Keeps the keys of those that were recorded since, and what evidence said of them.
    pub(super) fn note_keys_of_recorded_works(
        self,
        store: &mut Store,
        source: &str,
        now: Timestamp,
    ) -> Result<()> {
        let (mut keys, mut parts) = (Vec::with_capacity(self.works.len()), Vec::new());
        for work in self.works {
            parts.extend(work.parts.into_iter().map(|(part, reason)| (work.id.clone(), part, reason)));
            keys.push((work.id, work.keys));
        }
        store.note_paper_keys(source, &keys)?;
        for (id, part, reason) in parts {
            let row: Option<PaperDatabaseRowId> = store.database_row_ids_of_papers([&id])?.into_iter().next();
            if let Some(row) = row {
                store.insert_paper_as_same_work(
                    row,
                    (source, &part),
                    DisplayedPaperChoice::Known,
                    &reason,
                    now,
                )?;
            }
        }
        Ok(())
    }
}

/// Whether a work is on arXiv under another identifier than a description.
fn are_different_arxiv_works(work: &NewWork, description: &WorkDescription) -> bool {
    work.work
        .descriptions
        .iter()
        .any(|known| are_two_arxiv_works(&known.identifiers, &description.identifiers))
}
