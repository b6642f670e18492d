//! When a poll has seen enough: which page to ask for next, and whether it was complete at the end.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    EntryFlaw, FetchError, FetchErrorKind, FlawedEntry, Paging, Paper, PaperId, ResultEntry, ResultPage,
    Revision, SourcePollingPolicy,
};

/// The text that one poll gathers before it ends. The 10,000 papers of arXiv's window have some 20 MiB of it.
const POLL_BYTES_MAX: usize = 24 << 20;

/// What all entries of a source are called that have no identifier: there is nothing to tell them apart by.
const NAMELESS: &str = "entries without a readable identifier";

/// What a poll goes by.
#[derive(Debug, Clone, Copy)]
pub struct PagingPlan {
    /// What the source asks, and how its answers come.
    pub policy: SourcePollingPolicy,
    /// The present; an entry dated past tomorrow is left for a later poll.
    pub now: Timestamp,
    /// Results asked for in one request.
    pub page_size: u32,
    /// How far back to look: whatever is older than this ends the paging.
    pub horizon: Timestamp,
    /// Papers to gather before the horizon counts, so that a new list is filled.
    pub backfill_paper_count: usize,
    /// What a whole page of known papers means.
    pub known_page_policy: KnownPagePolicy,
    /// When the last good poll's answer was made, as the source said.
    pub stamp_last: Option<Timestamp>,
    /// Whether the topic has papers of such a source, so that an answer without any is not believed.
    pub has_papers: bool,
}

/// What a page on which every paper is known means to a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownPagePolicy {
    /// Behind it is nothing new: the poll is complete.
    Stop,
    /// A paper that was held back may be behind it: go on to the horizon.
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
    plan: PagingPlan,
    seen: HashSet<(PaperId, Revision)>,
    /// What the text of all papers comes to.
    bytes: usize,
    /// The names of the entries that cannot be taken and are not waited for any longer.
    lasting_flaws: HashSet<String>,
    /// The papers shown, each version once, in the source's order.
    pub papers: Vec<Paper>,
    /// When the source made the first page's answer.
    pub stamp: Option<Timestamp>,
    /// Results that the source says there are in all.
    pub total: u64,
    /// What was tolerated, in words.
    pub notes: Vec<String>,
    /// Why the poll cannot count as complete, in words; empty if it can.
    pub gaps: Vec<String>,
    /// The entries that could not be taken, each time that one was shown.
    pub flawed: Vec<FlawedEntry>,
}

impl Pagination {
    /// A poll before its first page.
    pub fn new(plan: PagingPlan) -> Self {
        Self::without_waiting_for(plan, HashSet::new())
    }

    /// The same, which is complete also if entries of these names cannot be taken.
    pub fn without_waiting_for(plan: PagingPlan, lasting_flaws: HashSet<String>) -> Self {
        Self {
            plan,
            seen: HashSet::new(),
            bytes: 0,
            lasting_flaws,
            papers: Vec::new(),
            stamp: None,
            total: 0,
            notes: Vec::new(),
            gaps: Vec::new(),
            flawed: Vec::new(),
        }
    }

    /// The names of the papers shown, as [`FlawedEntry`] has them.
    pub fn names_of_papers(&self) -> HashSet<String> {
        self.papers.iter().map(|paper| paper_label(&(paper.id.clone(), paper.revision))).collect()
    }

    /// Whether an answer can be trusted at all. One that cannot is a fault, as if it had never come.
    pub fn require_trustworthy_page(&self, start: u64, answer: &ResultPage) -> Result<(), FetchError> {
        if let (Some(last), Some(stamp)) = (self.plan.stamp_last, answer.stamp)
            && latest_possible_answer_time(stamp, self.plan.policy.day_stamp_zone) < last
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
    /// `known` says of the page's papers which ones a complete poll has recorded before.
    pub fn add_page(
        &mut self,
        start: u64,
        answer: ResultPage,
        known: impl Fn(&PaperId, Revision) -> bool,
    ) -> NextPage {
        let expected = u64::from(self.plan.page_size).min(answer.total.saturating_sub(start));
        let shown = answer.entries.len() as u64;
        self.total = answer.total;
        self.notes.extend(answer.notes);
        if !answer.is_total_stated && shown >= u64::from(self.plan.page_size) {
            self.gaps
                .push(format!("the page from result {start} is full and does not say how many there are"));
        }
        self.stamp = self.stamp.or(answer.stamp);
        if start == 0 && answer.start > 0 {
            self.gaps.push(format!("the first page begins at result {}", answer.start));
        }
        let page = self.add_page_entries(answer.entries, &known, start);
        if shown < expected {
            self.gaps.push(format!("a short page: {shown} of {expected} results from {start}"));
        }
        if !page.is_sorted && self.plan.policy.paging != Paging::Whole {
            self.notes.push(format!("the page from result {start} is not sorted by date"));
        }
        let may_end = page.is_sorted && shown >= expected;
        let is_known = page.is_known && self.plan.known_page_policy == KnownPagePolicy::Stop;
        if may_end && (is_known || self.has_paged_past_horizon(&page)) {
            return NextPage::Done;
        }
        self.next_page(start, &page)
    }

    fn next_page(&mut self, start: u64, shown: &ResultPageSummary) -> NextPage {
        let page = u64::from(self.plan.page_size);
        if shown.repeats {
            self.gaps.push(format!("the page from result {start} repeats the one before"));
            return NextPage::Done;
        }
        let Paging::Pages { window } = self.plan.policy.paging else { return NextPage::Done };
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
        if next + page > window && self.has_page_passed_horizon(shown) {
            return NextPage::Done;
        }
        if next + page > window {
            let (title, total) = (self.plan.policy.title, self.total);
            self.gaps.push(format!("{title} shows {window} of {total} results: narrow the query"));
            return NextPage::Done;
        }
        NextPage::Fetch { start: next }
    }

    fn has_paged_past_horizon(&self, page: &ResultPageSummary) -> bool {
        self.papers.len() >= self.plan.backfill_paper_count && self.has_page_passed_horizon(page)
    }

    /// Whether a page ends before the look-back does.
    fn has_page_passed_horizon(&self, page: &ResultPageSummary) -> bool {
        page.is_sorted && page.last.is_some_and(|last| last < self.plan.horizon)
    }

    /// Takes each entry of a page: a whole paper once, a flawed or future one as a gap.
    fn add_page_entries(
        &mut self,
        entries: Vec<ResultEntry>,
        known: &impl Fn(&PaperId, Revision) -> bool,
        start: u64,
    ) -> ResultPageSummary {
        let mut page = ResultPageSummary {
            is_sorted: true,
            is_known: true,
            repeats: start > 0 && !entries.is_empty(),
            last: None,
        };
        let mut on_page = HashSet::new();
        let whole: HashSet<_> = entries.iter().filter_map(ResultEntry::paper_id_and_revision).collect();
        for (place, entry) in (start..).zip(entries) {
            match entry {
                ResultEntry::Complete(paper) => {
                    let name = (paper.id.clone(), paper.revision);
                    if !on_page.insert(name.clone()) {
                        self.notes.push(format!("{} is twice on a page", paper_label(&name)));
                        continue;
                    }
                    self.add_paper_to_poll(*paper, name, known, &mut page);
                }
                ResultEntry::Flawed { id, flaw } => {
                    let known = |id: &PaperId, revision| {
                        known(id, revision) || whole.contains(&(id.clone(), revision))
                    };
                    self.add_flawed_entry(place, id, flaw, &known, &mut page);
                }
            }
        }
        page
    }

    fn add_paper_to_poll(
        &mut self,
        paper: Paper,
        name: (PaperId, Revision),
        known: &impl Fn(&PaperId, Revision) -> bool,
        page: &mut ResultPageSummary,
    ) {
        let is_known = known(&name.0, name.1);
        page.repeats &= self.seen.contains(&name);
        if paper.updated >= day_after_tomorrow(self.plan.now) {
            if !is_known {
                let label = paper_label(&name);
                let description = format!("{label} is dated {}, past tomorrow", paper.updated);
                page.is_known &= self.is_flaw_lasting(FlawedEntry { name: label, description });
            }
            return;
        }
        page.is_known &= is_known;
        page.is_sorted &= page.last.is_none_or(|last| paper.updated <= last);
        page.last = Some(paper.updated);
        if self.seen.insert(name) {
            self.bytes += paper.paper_text_bytes();
            self.papers.push(paper);
        }
    }

    /// An entry that cannot be taken hides a paper, unless that very version is known or is whole on the
    /// same page.
    fn add_flawed_entry(
        &mut self,
        place: u64,
        name: Option<(PaperId, Revision)>,
        flaw: EntryFlaw,
        known: &impl Fn(&PaperId, Revision) -> bool,
        page: &mut ResultPageSummary,
    ) {
        let subject = name.as_ref().map_or_else(|| format!("result {place}"), paper_label);
        let words = format!("{subject} has {}", flaw.description());
        let flawed_name = name.as_ref().map_or_else(|| NAMELESS.to_owned(), paper_label);
        page.repeats = false;
        if name.is_some_and(|(id, revision)| known(&id, revision)) {
            self.notes.push(words);
        } else {
            page.is_known &= self.is_flaw_lasting(FlawedEntry { name: flawed_name, description: words });
        }
    }

    /// Notes an entry that hides a paper. It is a gap, unless it has been there for so long that nobody waits for it: then
    /// it is as good as known.
    fn is_flaw_lasting(&mut self, entry: FlawedEntry) -> bool {
        let is_lasting = self.lasting_flaws.contains(&entry.name);
        if is_lasting {
            self.notes.push(format!("{}: it is left out until it can be read", entry.description));
        } else {
            self.gaps.push(entry.description.clone());
        }
        self.flawed.push(entry);
        is_lasting
    }
}

/// What one page was like.
struct ResultPageSummary {
    is_sorted: bool,
    is_known: bool,
    /// Whether all of it stood on the pages before.
    repeats: bool,
    /// The date of its last paper.
    last: Option<Timestamp>,
}

impl ResultEntry {
    /// Which state of which paper is there, if all of it does.
    fn paper_id_and_revision(&self) -> Option<(PaperId, Revision)> {
        match self {
            Self::Complete(paper) => Some((paper.id.clone(), paper.revision)),
            Self::Flawed { .. } => None,
        }
    }
}

impl EntryFlaw {
    /// What is wrong, as words that go behind "has".
    pub fn description(self) -> &'static str {
        match self {
            Self::NoId => "no readable identifier",
            Self::NoTitle => "no title",
            Self::NoAbstract => "no abstract",
            Self::NoDate => "no readable date",
            Self::BrokenForm => "a form that cannot be read",
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
fn latest_possible_answer_time(stamp: Timestamp, day_stamp_zone: Option<&str>) -> Timestamp {
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
