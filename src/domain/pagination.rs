//! When a poll has seen enough: which page to ask for next, and whether it was complete at the end.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    Entry, EntryFlaw, FetchError, FetchErrorKind, Paging, Paper, PaperId, ResultPage, Revision, SourceTerms,
};

/// The text that one poll gathers before it ends. The 10,000 papers of arXiv's window have some 20 MiB of it.
const POLL_BYTES_MAX: usize = 24 << 20;

/// What a poll goes by.
#[derive(Debug, Clone, Copy)]
pub struct PollPlan {
    /// What the source asks, and how its answers come.
    pub terms: SourceTerms,
    /// The present; an entry dated past tomorrow is left for a later poll.
    pub now: Timestamp,
    /// Results asked for in one request.
    pub page_size: u32,
    /// How far back to look: whatever is older than this ends the paging.
    pub horizon: Timestamp,
    /// Papers to gather before the horizon counts, so that a new list is filled.
    pub papers_to_backfill: usize,
    /// What a whole page of known papers means.
    pub known_page_policy: KnownPagePolicy,
    /// When the last good poll's answer was made, as the source said.
    pub stamp_last: Option<Timestamp>,
    /// Whether the topic has papers, so that an answer without any is not believed.
    pub has_papers: bool,
}

/// What a page on which every paper is known means to a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownPagePolicy {
    /// Behind it is nothing new: the poll is complete.
    Stop,
    /// A paper that was held back may stand behind it: go on to the horizon.
    Continue,
}

/// What to do after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextPage {
    /// Ask for the results from this place on.
    Fetch {
        /// The first result's place, from 0.
        start: u64,
    },
    /// Enough was seen.
    Done,
}

/// The pages of one poll, gathered.
#[derive(Debug)]
pub struct Pagination {
    plan: PollPlan,
    seen: HashSet<(PaperId, Revision)>,
    /// What the text of all papers comes to.
    bytes: usize,
    /// The papers shown, each version once, in the source's order.
    pub papers: Vec<Paper>,
    /// When the source made the first page's answer.
    pub stamp: Option<Timestamp>,
    /// Results that the source says there are in all.
    pub total: u64,
    /// What was tolerated, in words.
    pub notes: Vec<String>,
    /// Why the poll cannot count as complete, in words; empty where it can.
    pub gaps: Vec<String>,
}

impl Pagination {
    /// A poll before its first page.
    pub fn new(plan: PollPlan) -> Self {
        Self {
            plan,
            seen: HashSet::new(),
            bytes: 0,
            papers: Vec::new(),
            stamp: None,
            total: 0,
            notes: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Whether an answer can be trusted at all. One that cannot is a fault, as if it had never come.
    pub fn check_page(&self, start: u64, answer: &ResultPage) -> Result<(), FetchError> {
        if let (Some(last), Some(stamp)) = (self.plan.stamp_last, answer.stamp)
            && latest_creation(stamp, self.plan.terms.day_stamp_zone) < last
        {
            let words = format!("an old answer, made {stamp}; that of the last good poll was made {last}");
            return Err(FetchError::transient(FetchErrorKind::Stale, words));
        }
        if answer.total == 0 && (self.plan.has_papers || start > 0) {
            return Err(FetchError::transient(
                FetchErrorKind::Empty,
                "no results at all, where there were papers before",
            ));
        }
        if answer.entries.is_empty() && answer.total > start {
            let words = format!("an empty page from result {start}, though there are {}", answer.total);
            return Err(FetchError::transient(FetchErrorKind::Empty, words));
        }
        Ok(())
    }

    /// Takes in a trusted page that was asked for from `start`, and says what to do next.
    /// `known` tells of the page's papers which ones a complete poll has recorded before.
    pub fn add_page(
        &mut self,
        start: u64,
        answer: ResultPage,
        known: impl Fn(&PaperId, Revision) -> bool,
    ) -> NextPage {
        let expected = u64::from(self.plan.page_size).min(answer.total.saturating_sub(start));
        let shown = answer.entries.len() as u64;
        self.total = answer.total;
        if !answer.is_total_stated && shown >= u64::from(self.plan.page_size) {
            self.gaps
                .push(format!("the page from result {start} is full and does not say how many there are"));
        }
        self.stamp = self.stamp.or(answer.stamp);
        if start == 0 && answer.start > 0 {
            self.gaps.push(format!("the first page begins at result {}", answer.start));
        }
        let page = self.add_entries(answer.entries, &known, start);
        if shown < expected {
            self.gaps.push(format!("a short page: {shown} of {expected} results from {start}"));
        }
        if !page.is_sorted && self.plan.terms.paging != Paging::Whole {
            self.notes.push(format!("the page from result {start} is not sorted by date"));
        }
        let may_end = page.is_sorted && shown >= expected;
        let is_known = page.is_known && self.plan.known_page_policy == KnownPagePolicy::Stop;
        if may_end && (is_known || self.is_past_horizon(&page)) {
            return NextPage::Done;
        }
        self.next_page(start, &page)
    }

    fn next_page(&mut self, start: u64, shown: &PageSummary) -> NextPage {
        let page = u64::from(self.plan.page_size);
        if shown.repeats {
            self.gaps.push(format!("the page from result {start} repeats the one before"));
            return NextPage::Done;
        }
        let Paging::Pages { window } = self.plan.terms.paging else { return NextPage::Done };
        if start + page >= self.total {
            return NextPage::Done;
        }
        if self.bytes > POLL_BYTES_MAX {
            let (count, limit) = (self.papers.len(), POLL_BYTES_MAX >> 20);
            self.gaps.push(format!(
                "the first {count} papers have more than {limit} MiB of text: the rest was not asked for"
            ));
            return NextPage::Done;
        }
        let next = start + page - page_overlap(self.plan.page_size);
        // Where only rows are still to be filled, the end of the window is the end of what can be had.
        if next + page > window && self.is_before_horizon(shown) {
            return NextPage::Done;
        }
        if next + page > window {
            let (title, total) = (self.plan.terms.title, self.total);
            self.gaps.push(format!("{title} shows {window} of {total} results: narrow the query"));
            return NextPage::Done;
        }
        NextPage::Fetch { start: next }
    }

    fn is_past_horizon(&self, page: &PageSummary) -> bool {
        self.papers.len() >= self.plan.papers_to_backfill && self.is_before_horizon(page)
    }

    /// Whether a page ends before the look-back does.
    fn is_before_horizon(&self, page: &PageSummary) -> bool {
        page.is_sorted && page.last.is_some_and(|last| last < self.plan.horizon)
    }

    /// Takes each entry of a page: a whole paper once, a flawed or future one as a gap.
    fn add_entries(
        &mut self,
        entries: Vec<Entry>,
        known: &impl Fn(&PaperId, Revision) -> bool,
        start: u64,
    ) -> PageSummary {
        let mut page = PageSummary {
            is_sorted: true,
            is_known: true,
            repeats: start > 0 && !entries.is_empty(),
            last: None,
        };
        let mut on_page = HashSet::new();
        let whole: HashSet<_> = entries.iter().filter_map(Entry::paper_revision).collect();
        for (place, entry) in (start..).zip(entries) {
            match entry {
                Entry::Complete(paper) => {
                    let name = (paper.id.clone(), paper.revision);
                    if !on_page.insert(name.clone()) {
                        self.notes.push(format!("{} stands twice on a page", paper_label(&name)));
                        continue;
                    }
                    self.add_paper(*paper, name, known, &mut page);
                }
                Entry::Flawed { id, flaw } => {
                    let known = |id: &PaperId, revision| {
                        known(id, revision) || whole.contains(&(id.clone(), revision))
                    };
                    self.add_flawed_entry(place, id, flaw, &known, &mut page);
                }
            }
        }
        page
    }

    fn add_paper(
        &mut self,
        paper: Paper,
        name: (PaperId, Revision),
        known: &impl Fn(&PaperId, Revision) -> bool,
        page: &mut PageSummary,
    ) {
        let is_known = known(&name.0, name.1);
        page.is_known &= is_known;
        page.repeats &= self.seen.contains(&name);
        if paper.updated >= day_after_tomorrow(self.plan.now) {
            if !is_known {
                self.gaps.push(format!("{} is dated {}, past tomorrow", paper_label(&name), paper.updated));
            }
            return;
        }
        page.is_sorted &= page.last.is_none_or(|last| paper.updated <= last);
        page.last = Some(paper.updated);
        if self.seen.insert(name) {
            self.bytes += paper.text_bytes();
            self.papers.push(paper);
        }
    }

    /// An entry that cannot be taken hides a paper, unless that very version is known or stands whole on the
    /// same page.
    fn add_flawed_entry(
        &mut self,
        place: u64,
        name: Option<(PaperId, Revision)>,
        flaw: EntryFlaw,
        known: &impl Fn(&PaperId, Revision) -> bool,
        page: &mut PageSummary,
    ) {
        let subject = name.as_ref().map_or_else(|| format!("result {place}"), paper_label);
        let words = format!("{subject} has {}", flaw.description());
        page.repeats = false;
        if name.is_some_and(|(id, revision)| known(&id, revision)) {
            self.notes.push(words);
        } else {
            page.is_known = false;
            self.gaps.push(words);
        }
    }
}

/// What one page was like.
struct PageSummary {
    is_sorted: bool,
    is_known: bool,
    /// Whether all of it stood on the pages before.
    repeats: bool,
    /// The date of its last paper.
    last: Option<Timestamp>,
}

impl Entry {
    /// Which state of which paper is there, if all of it does.
    fn paper_revision(&self) -> Option<(PaperId, Revision)> {
        match self {
            Self::Complete(paper) => Some((paper.id.clone(), paper.revision)),
            Self::Flawed { .. } => None,
        }
    }
}

impl EntryFlaw {
    /// What is wrong, to stand behind "has".
    pub fn description(self) -> &'static str {
        match self {
            Self::NoId => "no readable identifier",
            Self::NoTitle => "no title",
            Self::NoAbstract => "no abstract",
            Self::NoDate => "no readable date",
        }
    }
}

/// `arxiv:2503.20246 v2`; without a number the paper alone.
fn paper_label((id, revision): &(PaperId, Revision)) -> String {
    format!("{id} {revision}").trim_end().to_owned()
}

/// Results that two neighbouring pages share: equal dates are in no fixed order, and what is added
/// or removed between two requests moves the rest.
fn page_overlap(page: u32) -> u64 {
    u64::from(page / 20).max(u64::from(page > 1))
}

/// The latest moment at which an answer with this stamp can have been made: a stamp at midnight in that zone may be of any
/// moment of its day.
fn latest_creation(stamp: Timestamp, day_stamp_zone: Option<&str>) -> Timestamp {
    let is_midnight = day_stamp_zone.is_some_and(|zone| {
        stamp.in_tz(zone).is_ok_and(|zoned| zoned.time() == jiff::civil::Time::midnight())
    });
    if is_midnight { stamp + SignedDuration::from_hours(24) } else { stamp }
}

/// The first moment that lies past tomorrow, in UTC.
fn day_after_tomorrow(now: Timestamp) -> Timestamp {
    const DAY: i64 = 24 * 60 * 60;
    let days = now.as_second().div_euclid(DAY) + 2;
    Timestamp::from_second(days * DAY).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ARXIV_TERMS, Abstract};

    const NOW: &str = "2025-03-26T08:00:00Z";

    /// A paper numbered so, that many hours old.
    fn paper_entry(number: u32, hours: i64) -> Entry {
        Entry::Complete(Box::new(Paper {
            id: PaperId::arxiv(&format!("2503.{number:05}").parse().unwrap()),
            revision: Revision::FIRST,
            title: "T".into(),
            abstract_: Abstract("A".into()),
            authors: vec![],
            primary: None,
            categories: vec![],
            published: None,
            updated: NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(hours),
            comment: None,
            journal_ref: None,
            doi: None,
            later_article: None,
            links: vec![],
        }))
    }

    fn result_page(total: u64, entries: Vec<Entry>) -> ResultPage {
        ResultPage { stamp: Some(NOW.parse().unwrap()), total, is_total_stated: true, start: 0, entries }
    }

    fn poll_plan(page: u32) -> PollPlan {
        let now: Timestamp = NOW.parse().unwrap();
        PollPlan {
            now,
            page_size: page,
            horizon: now - ARXIV_TERMS.look_back,
            terms: ARXIV_TERMS,
            papers_to_backfill: 0,
            known_page_policy: KnownPagePolicy::Stop,
            stamp_last: None,
            has_papers: true,
        }
    }

    fn up_to(known: u32) -> impl Fn(&PaperId, Revision) -> bool {
        move |id, _| id.as_str()[12..].parse::<u32>().unwrap() <= known
    }

    /// A page of papers numbered down from `from`, an hour apart.
    fn page_from(from: u32, count: u32) -> Vec<Entry> {
        (0..count).map(|n| paper_entry(from - n, i64::from(1000 - from + n))).collect()
    }

    #[test]
    fn a_page_of_known_papers_ends_the_poll_unless_it_is_a_sweep() {
        let mut paging = Pagination::new(poll_plan(10));
        assert_eq!(
            paging.add_page(0, result_page(100, page_from(900, 10)), up_to(895)),
            NextPage::Fetch { start: 9 }
        );
        assert_eq!(paging.add_page(9, result_page(100, page_from(891, 10)), up_to(895)), NextPage::Done);
        assert_eq!((paging.papers.len(), paging.gaps.len()), (19, 0));

        let mut sweep =
            Pagination::new(PollPlan { known_page_policy: KnownPagePolicy::Continue, ..poll_plan(10) });
        assert_eq!(
            sweep.add_page(0, result_page(100, page_from(900, 10)), up_to(900)),
            NextPage::Fetch { start: 9 }
        );
    }

    #[test]
    fn what_is_older_than_the_look_back_ends_a_sweep_once_the_list_is_filled() {
        for (papers_to_backfill, next) in [(0, NextPage::Done), (11, NextPage::Fetch { start: 9 })] {
            let mut sweep = Pagination::new(PollPlan {
                papers_to_backfill,
                known_page_policy: KnownPagePolicy::Continue,
                ..poll_plan(10)
            });
            assert_eq!(sweep.add_page(0, result_page(100, page_from(400, 10)), up_to(0)), next);
        }
    }

    #[test]
    fn a_short_page_leaves_a_gap_and_never_ends_the_paging() {
        let mut paging = Pagination::new(poll_plan(10));
        assert_eq!(
            paging.add_page(0, result_page(100, page_from(900, 4)), up_to(900)),
            NextPage::Fetch { start: 9 }
        );
        assert_eq!(paging.gaps, ["a short page: 4 of 10 results from 0"]);
    }

    #[test]
    fn a_full_page_without_a_total_leaves_a_gap() {
        for (shown, gaps) in [(4, 0), (10, 1)] {
            let mut paging = Pagination::new(poll_plan(10));
            let untold = ResultPage {
                is_total_stated: false,
                ..result_page(shown, page_from(900, u32::try_from(shown).unwrap()))
            };
            assert_eq!(paging.add_page(0, untold, up_to(0)), NextPage::Done);
            assert_eq!(paging.gaps.len(), gaps, "{shown}");
        }
    }

    #[test]
    fn an_unsorted_page_is_noted_and_never_ends_the_paging() {
        let mut paging = Pagination::new(poll_plan(2));
        let page = vec![paper_entry(1, 900), paper_entry(2, 1)];
        assert_eq!(paging.add_page(0, result_page(100, page), up_to(900)), NextPage::Fetch { start: 1 });
        assert_eq!(paging.notes, ["the page from result 0 is not sorted by date"]);
        assert_eq!(paging.gaps.len(), 0);
    }

    #[test]
    fn a_source_that_repeats_its_page_is_not_asked_for_ever() {
        let mut paging = Pagination::new(poll_plan(10));
        assert_eq!(
            paging.add_page(0, result_page(100, page_from(900, 10)), up_to(0)),
            NextPage::Fetch { start: 9 }
        );
        assert_eq!(paging.add_page(9, result_page(100, page_from(900, 10)), up_to(0)), NextPage::Done);
        assert_eq!(paging.gaps, ["the page from result 9 repeats the one before"]);
    }

    #[test]
    fn a_last_page_that_is_the_first_again_leaves_a_gap() {
        let mut paging =
            Pagination::new(PollPlan { known_page_policy: KnownPagePolicy::Continue, ..poll_plan(10) });
        assert_eq!(
            paging.add_page(0, result_page(15, page_from(900, 10)), up_to(0)),
            NextPage::Fetch { start: 9 }
        );
        assert_eq!(paging.add_page(9, result_page(15, page_from(900, 10)), up_to(0)), NextPage::Done);
        assert_eq!(paging.gaps, ["the page from result 9 repeats the one before"]);
        let mut moved = Pagination::new(poll_plan(10));
        moved.add_page(0, ResultPage { start: 50, ..result_page(100, page_from(900, 10)) }, up_to(0));
        assert_eq!(moved.gaps, ["the first page begins at result 50"]);
    }

    #[test]
    fn results_past_the_window_are_a_gap_that_is_told() {
        let mut paging = Pagination::new(poll_plan(2000));
        let mut next = NextPage::Fetch { start: 0 };
        let mut number = 90_000;
        while let NextPage::Fetch { start } = next {
            number -= 2000;
            let page = (0..2000).map(|n| paper_entry(number + n, 1)).collect();
            next = paging.add_page(start, result_page(50_000, page), up_to(0));
        }
        assert_eq!(paging.gaps, ["arXiv shows 10000 of 50000 results: narrow the query"]);
    }

    #[test]
    fn a_poll_ends_when_its_papers_have_more_text_than_any_real_answer() {
        let long = |number| {
            let Entry::Complete(mut paper) = paper_entry(number, 1) else { unreachable!() };
            paper.abstract_ = Abstract("a".repeat(39_000));
            Entry::Complete(paper)
        };
        let mut paging = Pagination::new(poll_plan(200));
        let (mut next, mut number, mut pages) = (NextPage::Fetch { start: 0 }, 90_000, 0);
        while let NextPage::Fetch { start } = next {
            number -= 200;
            pages += 1;
            next = paging.add_page(
                start,
                result_page(9_000, (0..200).map(|n| long(number + n)).collect()),
                up_to(0),
            );
        }
        assert_eq!((pages, paging.papers.len()), (4, 800), "200 of them have 7.4 MiB");
        assert_eq!(
            paging.gaps,
            ["the first 800 papers have more than 24 MiB of text: the rest was not asked for"]
        );
    }

    #[test]
    fn a_flawed_or_future_entry_is_a_gap_unless_its_version_is_known_or_stands_whole_beside_it() {
        let id = |number: u32| PaperId::arxiv(&format!("2503.{number:05}").parse().unwrap());
        let flawed =
            |number| Entry::Flawed { id: Some((id(number), Revision::FIRST)), flaw: EntryFlaw::NoTitle };
        let mut paging = Pagination::new(poll_plan(10));
        let entries = vec![
            paper_entry(9, -49),
            flawed(8),
            flawed(3),
            paper_entry(2, -39),
            paper_entry(2, -39),
            flawed(5),
            paper_entry(5, 1),
        ];
        paging.add_page(0, result_page(5, entries), up_to(3));
        assert_eq!(
            paging.gaps,
            [
                "arxiv:2503.00009 v1 is dated 2025-03-28T09:00:00Z, past tomorrow",
                "arxiv:2503.00008 v1 has no title"
            ]
        );
        assert_eq!(paging.papers.len(), 2, "39 hours ahead is still tomorrow");
        assert_eq!(
            paging.notes,
            [
                "arxiv:2503.00003 v1 has no title",
                "arxiv:2503.00002 v1 stands twice on a page",
                "arxiv:2503.00005 v1 has no title"
            ]
        );
    }

    #[test]
    fn an_answer_without_papers_or_older_than_the_last_is_not_trusted() {
        let last: Timestamp = NOW.parse().unwrap();
        let paging = Pagination::new(PollPlan { stamp_last: Some(last), ..poll_plan(10) });
        let stamped = |stamp: &str| ResultPage {
            stamp: Some(stamp.parse().unwrap()),
            ..result_page(1, vec![paper_entry(1, 1)])
        };
        for (answer, kind) in [
            (result_page(0, vec![]), Some(FetchErrorKind::Empty)),
            (result_page(7, vec![]), Some(FetchErrorKind::Empty)),
            (stamped("2025-03-26T07:59:59Z"), Some(FetchErrorKind::Stale)),
            (stamped("2025-03-26T00:00:00-04:00"), None), // the old dialect's midnight holds all day
            (stamped("2025-03-25T00:00:00-04:00"), Some(FetchErrorKind::Stale)),
            (stamped("2025-03-26T08:00:00Z"), None),
        ] {
            assert_eq!(paging.check_page(0, &answer).err().map(|fault| fault.kind), kind, "{answer:?}");
        }
        let first = Pagination::new(PollPlan { has_papers: false, ..poll_plan(10) });
        assert_eq!(first.check_page(0, &result_page(0, vec![])), Ok(()));
    }

    #[test]
    fn a_source_that_shows_all_at_once_is_asked_once_and_in_whatever_order_it_answers() {
        let plan = PollPlan { terms: SourceTerms { paging: Paging::Whole, ..ARXIV_TERMS }, ..poll_plan(2) };
        let mut paging = Pagination::new(plan);
        let entries = vec![paper_entry(1, 9), paper_entry(2, 1), paper_entry(3, 5)];
        let answer = ResultPage { stamp: None, total: 3, is_total_stated: true, start: 0, entries };
        assert_eq!(paging.add_page(0, answer, up_to(0)), NextPage::Done);
        assert_eq!((paging.papers.len(), paging.gaps.len(), paging.notes.len()), (3, 0, 0));
    }
}
