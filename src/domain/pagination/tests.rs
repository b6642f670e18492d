//! Tests of how pages of answers are asked for.

use super::*;
use crate::domain::paper_fixture::paper_with_only_id;
use crate::domain::{ARXIV_POLICY, Abstract};

const NOW: &str = "2025-03-26T08:00:00Z";

/// A paper numbered so, that many hours old.
fn paper_entry(number: u32, hours: i64) -> ResultEntry {
    ResultEntry::Complete(Box::new(Paper {
        title: "T".into(),
        abstract_: Abstract("A".into()),
        updated: NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(hours),
        ..paper_with_only_id(PaperId::from_arxiv_id(&format!("2503.{number:05}").parse().unwrap()))
    }))
}

fn result_page(total: u64, entries: Vec<ResultEntry>) -> ResultPage {
    ResultPage {
        stamp: Some(NOW.parse().unwrap()),
        total,
        is_total_stated: true,
        start: 0,
        entries,
        notes: Vec::new(),
    }
}

fn poll_plan(page: u32) -> PagingPlan {
    let now: Timestamp = NOW.parse().unwrap();
    PagingPlan {
        now,
        page_size: page,
        horizon: now - ARXIV_POLICY.look_back,
        policy: ARXIV_POLICY,
        backfill_paper_count: 0,
        known_page_policy: KnownPagePolicy::Stop,
        stamp_last: None,
        has_papers: true,
    }
}

fn known_up_to(known: u32) -> impl Fn(&PaperId, Revision) -> bool {
    move |id, _| id.as_str()[12..].parse::<u32>().unwrap() <= known
}

/// A page of papers numbered down from `from`, an hour apart.
fn entries_numbered_down_from(from: u32, count: u32) -> Vec<ResultEntry> {
    (0..count).map(|n| paper_entry(from - n, i64::from(1000 - from + n))).collect()
}

#[test]
fn a_page_of_known_papers_ends_the_poll_unless_it_is_a_sweep() {
    let mut paging = Pagination::new(poll_plan(10));
    assert_eq!(
        paging.add_page(0, result_page(100, entries_numbered_down_from(900, 10)), known_up_to(895)),
        NextPage::Fetch { start: 9 }
    );
    assert_eq!(
        paging.add_page(9, result_page(100, entries_numbered_down_from(891, 10)), known_up_to(895)),
        NextPage::Done
    );
    assert_eq!((paging.papers.len(), paging.gaps.len()), (19, 0));

    let mut sweep =
        Pagination::new(PagingPlan { known_page_policy: KnownPagePolicy::Continue, ..poll_plan(10) });
    assert_eq!(
        sweep.add_page(0, result_page(100, entries_numbered_down_from(900, 10)), known_up_to(900)),
        NextPage::Fetch { start: 9 }
    );
}

#[test]
fn what_is_older_than_the_look_back_ends_a_sweep_once_the_list_is_filled() {
    for (backfill_paper_count, next) in [(0, NextPage::Done), (11, NextPage::Fetch { start: 9 })] {
        let mut sweep = Pagination::new(PagingPlan {
            backfill_paper_count,
            known_page_policy: KnownPagePolicy::Continue,
            ..poll_plan(10)
        });
        assert_eq!(
            sweep.add_page(0, result_page(100, entries_numbered_down_from(300, 10)), known_up_to(0)),
            next
        );
    }
}

#[test]
fn a_short_page_leaves_a_gap_and_never_ends_the_paging() {
    let mut paging = Pagination::new(poll_plan(10));
    assert_eq!(
        paging.add_page(0, result_page(100, entries_numbered_down_from(900, 4)), known_up_to(900)),
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
            ..result_page(shown, entries_numbered_down_from(900, u32::try_from(shown).unwrap()))
        };
        assert_eq!(paging.add_page(0, untold, known_up_to(0)), NextPage::Done);
        assert_eq!(paging.gaps.len(), gaps, "{shown}");
    }
}

#[test]
fn an_unsorted_page_is_noted_and_never_ends_the_paging() {
    let mut paging = Pagination::new(poll_plan(2));
    let page = vec![paper_entry(1, 900), paper_entry(2, 1)];
    assert_eq!(paging.add_page(0, result_page(100, page), known_up_to(900)), NextPage::Fetch { start: 1 });
    assert_eq!(paging.notes, ["the page from result 0 is not sorted by date"]);
    assert_eq!(paging.gaps.len(), 0);
}

#[test]
fn a_source_that_repeats_its_page_is_not_asked_for_ever() {
    let mut paging = Pagination::new(poll_plan(10));
    assert_eq!(
        paging.add_page(0, result_page(100, entries_numbered_down_from(900, 10)), known_up_to(0)),
        NextPage::Fetch { start: 9 }
    );
    assert_eq!(
        paging.add_page(9, result_page(100, entries_numbered_down_from(900, 10)), known_up_to(0)),
        NextPage::Done
    );
    assert_eq!(paging.gaps, ["the page from result 9 repeats the one before"]);
}

#[test]
fn a_last_page_that_is_the_first_again_leaves_a_gap() {
    let mut paging =
        Pagination::new(PagingPlan { known_page_policy: KnownPagePolicy::Continue, ..poll_plan(10) });
    assert_eq!(
        paging.add_page(0, result_page(15, entries_numbered_down_from(900, 10)), known_up_to(0)),
        NextPage::Fetch { start: 9 }
    );
    assert_eq!(
        paging.add_page(9, result_page(15, entries_numbered_down_from(900, 10)), known_up_to(0)),
        NextPage::Done
    );
    assert_eq!(paging.gaps, ["the page from result 9 repeats the one before"]);
    let mut moved = Pagination::new(poll_plan(10));
    moved.add_page(
        0,
        ResultPage { start: 50, ..result_page(100, entries_numbered_down_from(900, 10)) },
        known_up_to(0),
    );
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
        next = paging.add_page(start, result_page(50_000, page), known_up_to(0));
    }
    assert_eq!(paging.gaps, ["arXiv shows 10000 of 50000 results: narrow the query"]);
}

#[test]
fn a_poll_ends_when_its_papers_have_more_text_than_any_real_answer() {
    let long = |number| {
        let ResultEntry::Complete(mut paper) = paper_entry(number, 1) else { unreachable!() };
        paper.abstract_ = Abstract("a".repeat(39_000));
        ResultEntry::Complete(paper)
    };
    let mut paging = Pagination::new(poll_plan(200));
    let (mut next, mut number, mut pages) = (NextPage::Fetch { start: 0 }, 90_000, 0);
    while let NextPage::Fetch { start } = next {
        number -= 200;
        pages += 1;
        next = paging.add_page(
            start,
            result_page(9_000, (0..200).map(|n| long(number + n)).collect()),
            known_up_to(0),
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
    let id = |number: u32| PaperId::from_arxiv_id(&format!("2503.{number:05}").parse().unwrap());
    let flawed =
        |number| ResultEntry::Flawed { id: Some((id(number), Revision::FIRST)), flaw: EntryFlaw::NoTitle };
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
    paging.add_page(0, result_page(5, entries), known_up_to(3));
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
            "arxiv:2503.00002 v1 is twice on a page",
            "arxiv:2503.00005 v1 has no title"
        ]
    );
}

#[test]
fn a_flaw_that_lasts_is_named_and_neither_a_gap_nor_a_reason_to_go_on() {
    let id = |number: u32| PaperId::from_arxiv_id(&format!("2503.{number:05}").parse().unwrap());
    let flawed =
        |number| ResultEntry::Flawed { id: Some((id(number), Revision::FIRST)), flaw: EntryFlaw::NoAbstract };
    let nameless = || ResultEntry::Flawed { id: None, flaw: EntryFlaw::NoId };
    let page = || vec![paper_entry(2, -49), flawed(3), nameless(), paper_entry(1, 1)];
    let label = |number| format!("arxiv:2503.{number:05} v1");
    let lasting = [label(2), label(3), NAMELESS.to_owned()];
    let mut paging = Pagination::without_waiting_for(poll_plan(4), lasting.clone().into());
    assert_eq!(paging.add_page(0, result_page(40, page()), known_up_to(1)), NextPage::Done);
    assert_eq!((paging.gaps.len(), paging.papers.len()), (0, 1));
    assert_eq!(paging.flawed.iter().map(|flawed| flawed.name.clone()).collect::<Vec<_>>(), lasting);
    assert_eq!(
        paging.notes[1..],
        [
            "arxiv:2503.00003 v1 has no abstract: it is left out until it can be read",
            "result 2 has no readable identifier: it is left out until it can be read"
        ]
    );
    let mut waiting = Pagination::without_waiting_for(poll_plan(4), lasting[1..].iter().cloned().collect());
    assert_eq!(waiting.add_page(0, result_page(40, page()), known_up_to(1)), NextPage::Fetch { start: 3 });
    assert_eq!(waiting.gaps, ["arxiv:2503.00002 v1 is dated 2025-03-28T09:00:00Z, past tomorrow"]);
}

#[test]
fn an_answer_without_papers_or_older_than_the_last_is_not_trusted() {
    let last: Timestamp = NOW.parse().unwrap();
    let paging = Pagination::new(PagingPlan { stamp_last: Some(last), ..poll_plan(10) });
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
        assert_eq!(
            paging.require_trustworthy_page(0, &answer).err().map(|fault| fault.kind),
            kind,
            "{answer:?}"
        );
    }
    let first = Pagination::new(PagingPlan { has_papers: false, ..poll_plan(10) });
    assert_eq!(first.require_trustworthy_page(0, &result_page(0, vec![])), Ok(()));
}

#[test]
fn a_source_that_shows_all_at_once_is_asked_once_and_in_whatever_order_it_answers() {
    let plan =
        PagingPlan { policy: SourcePollingPolicy { paging: Paging::Whole, ..ARXIV_POLICY }, ..poll_plan(2) };
    let mut paging = Pagination::new(plan);
    let entries = vec![paper_entry(1, 9), paper_entry(2, 1), paper_entry(3, 5)];
    let answer =
        ResultPage { stamp: None, total: 3, is_total_stated: true, start: 0, entries, notes: Vec::new() };
    assert_eq!(paging.add_page(0, answer, known_up_to(0)), NextPage::Done);
    assert_eq!((paging.papers.len(), paging.gaps.len(), paging.notes.len()), (3, 0, 0));
}
