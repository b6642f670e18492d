use super::*;

fn commit_id(letter: char) -> CommitId {
    letter.to_string().repeat(40).parse().unwrap()
}

fn content_of_word(word: &str) -> ProposedContentFingerprints {
    ProposedContentFingerprints::from_texts([word].into_iter())
}

/// The commit `c` with the content "new".
fn new_commit() -> DesiredListCommit {
    DesiredListCommit::NewCommit { commit: commit_id('c'), content: content_of_word("new") }
}

fn our_branch(number: u32, commit: char) -> ObservedBranch {
    ObservedBranch { number, commit: commit_id(commit), ownership: BranchOwnership::Ours }
}

fn persons_branch(number: u32, on_top: BranchMerge) -> ObservedBranch {
    ObservedBranch { number, commit: commit_id('d'), ownership: BranchOwnership::Persons(on_top) }
}

fn observed_pull_request(id: u64, branch: u32, state: PullRequestState) -> ObservedPullRequest {
    ObservedPullRequest { id, branch, state }
}

fn current_pull_request(id: u64, branch: u32) -> ObservedPullRequest {
    observed_pull_request(id, branch, PullRequestState::Open(DescriptionFreshness::Current))
}

fn closed_pull_request(id: u64, branch: u32, word: &str) -> ObservedPullRequest {
    observed_pull_request(id, branch, PullRequestState::ClosedByPerson(Some(content_of_word(word))))
}

fn push_step(branch: u32, commit: char, expected: Option<char>) -> PullRequestStep {
    PullRequestStep::Push { branch, commit: commit_id(commit), expected: expected.map(commit_id) }
}

fn close_step(pull: u64) -> PullRequestStep {
    PullRequestStep::Close { pull, why: ClosingReason::NothingToPropose }
}

fn delete_step(branch: u32, expected: char) -> PullRequestStep {
    PullRequestStep::Delete { branch, expected: commit_id(expected) }
}

fn wait_step(branch: u32, pull: Option<u64>) -> PullRequestStep {
    PullRequestStep::Wait { branch, pull }
}

fn decide_step(
    desired: DesiredListCommit,
    branches: &[ObservedBranch],
    pulls: &[ObservedPullRequest],
) -> PullRequestStep {
    next_pull_request_step(&PullRequestPlanInput {
        desired,
        branches: branches.to_vec(),
        pulls: ObservedPullRequests::Listing(pulls.to_vec()),
    })
}

#[test]
fn what_is_to_be_proposed_is_pushed_opened_and_kept_current() {
    let outdated = observed_pull_request(7, 1, PullRequestState::Open(DescriptionFreshness::Outdated));
    for (why, branches, pulls, step) in [
        ("nothing is there yet", vec![], vec![], push_step(1, 'c', None)),
        ("pushed, then killed", vec![our_branch(1, 'c')], vec![], PullRequestStep::Open { branch: 1 }),
        ("an old push was never opened", vec![our_branch(1, 'a')], vec![], push_step(1, 'c', Some('a'))),
        ("all is well", vec![our_branch(1, 'c')], vec![current_pull_request(7, 1)], PullRequestStep::Nothing),
        (
            "content or base moved",
            vec![our_branch(1, 'a')],
            vec![current_pull_request(7, 1)],
            push_step(1, 'c', Some('a')),
        ),
        (
            "its words are old",
            vec![our_branch(1, 'c')],
            vec![outdated.clone()],
            PullRequestStep::Update { pull: 7 },
        ),
        (
            "first the commits, then the words",
            vec![our_branch(1, 'a')],
            vec![outdated],
            push_step(1, 'c', Some('a')),
        ),
        (
            "its branch was deleted under it",
            vec![],
            vec![current_pull_request(7, 1)],
            push_step(1, 'c', None),
        ),
        (
            "two are open: a person opened the earlier again",
            vec![our_branch(1, 'a'), our_branch(2, 'c')],
            vec![current_pull_request(7, 1), current_pull_request(9, 2)],
            PullRequestStep::Close { pull: 7, why: ClosingReason::AnotherIsOpen },
        ),
    ] {
        assert_eq!(decide_step(new_commit(), &branches, &pulls), step, "{why}");
    }
}

#[test]
fn a_persons_commits_are_kept_and_ours_go_on_top() {
    let merged = BranchMerge::Merged(commit_id('e'));
    for (why, branches, pulls, step) in [
        (
            "ours go on top",
            vec![persons_branch(1, merged.clone())],
            vec![current_pull_request(7, 1)],
            push_step(1, 'e', Some('d')),
        ),
        (
            "ours are in",
            vec![persons_branch(1, BranchMerge::AlreadyIn)],
            vec![current_pull_request(7, 1)],
            PullRequestStep::Nothing,
        ),
        (
            "they are at odds",
            vec![persons_branch(1, BranchMerge::Conflict)],
            vec![current_pull_request(7, 1)],
            wait_step(1, Some(7)),
        ),
        (
            "a branch never opened",
            vec![persons_branch(1, BranchMerge::AlreadyIn)],
            vec![],
            PullRequestStep::Open { branch: 1 },
        ),
        (
            "at odds, and nobody to report it to",
            vec![persons_branch(1, BranchMerge::Conflict)],
            vec![],
            push_step(2, 'c', None),
        ),
        (
            "merged, and the person went on there",
            vec![persons_branch(1, merged)],
            vec![observed_pull_request(7, 1, PullRequestState::Merged)],
            push_step(2, 'c', None),
        ),
    ] {
        assert_eq!(decide_step(new_commit(), &branches, &pulls), step, "{why}");
    }
}

#[test]
fn after_the_end_of_one_the_next_begins() {
    let merged = || observed_pull_request(7, 1, PullRequestState::Merged);
    let by_us = || observed_pull_request(7, 1, PullRequestState::ClosedByUs);
    for (why, branches, pulls, step) in [
        ("merged, its branch deleted", vec![], vec![merged()], push_step(1, 'c', None)),
        (
            "merged by squash, its branch left",
            vec![our_branch(1, 'a')],
            vec![merged()],
            push_step(1, 'c', Some('a')),
        ),
        (
            "closed with this content",
            vec![our_branch(1, 'a')],
            vec![closed_pull_request(7, 1, "new")],
            PullRequestStep::LeaveClosed { branch: 1, pull: 7 },
        ),
        (
            "closed, its branch deleted",
            vec![],
            vec![closed_pull_request(7, 1, "new")],
            PullRequestStep::LeaveClosed { branch: 1, pull: 7 },
        ),
        (
            "closed, and the content changed",
            vec![our_branch(1, 'a')],
            vec![closed_pull_request(7, 1, "old")],
            push_step(2, 'c', None),
        ),
        (
            "closed with a content nobody knows",
            vec![],
            vec![observed_pull_request(7, 1, PullRequestState::ClosedByPerson(None))],
            push_step(2, 'c', None),
        ),
        (
            "the next is there",
            vec![our_branch(1, 'a'), our_branch(2, 'c')],
            vec![closed_pull_request(7, 1, "old"), current_pull_request(8, 2)],
            PullRequestStep::Nothing,
        ),
        (
            "opened again by a person",
            vec![our_branch(1, 'a')],
            vec![current_pull_request(7, 1)],
            push_step(1, 'c', Some('a')),
        ),
        (
            "two were closed",
            vec![our_branch(1, 'a'), our_branch(2, 'b')],
            vec![closed_pull_request(7, 1, "older"), closed_pull_request(8, 2, "old")],
            push_step(3, 'c', None),
        ),
        (
            "an earlier closed one has the content, the later was merged",
            vec![],
            vec![closed_pull_request(7, 1, "new"), observed_pull_request(8, 2, PullRequestState::Merged)],
            push_step(2, 'c', None),
        ),
        ("closed by us", vec![], vec![by_us()], push_step(2, 'c', None)),
        (
            "closed by us, its branch not deleted yet",
            vec![our_branch(1, 'a'), our_branch(2, 'c')],
            vec![by_us(), current_pull_request(8, 2)],
            delete_step(1, 'a'),
        ),
    ] {
        assert_eq!(decide_step(new_commit(), &branches, &pulls), step, "{why}");
    }
}

#[test]
fn nothing_to_propose_closes_ours_and_spares_a_person() {
    let in_there = || persons_branch(1, BranchMerge::AlreadyIn);
    for (why, branches, pulls, step) in [
        ("nothing at all", vec![], vec![], PullRequestStep::Nothing),
        ("open still", vec![our_branch(1, 'a')], vec![current_pull_request(7, 1)], close_step(7)),
        (
            "closed now",
            vec![our_branch(1, 'a')],
            vec![observed_pull_request(7, 1, PullRequestState::ClosedByUs)],
            delete_step(1, 'a'),
        ),
        (
            "merged",
            vec![our_branch(1, 'a')],
            vec![observed_pull_request(7, 1, PullRequestState::Merged)],
            delete_step(1, 'a'),
        ),
        ("pushed and never opened", vec![our_branch(1, 'a')], vec![], delete_step(1, 'a')),
        ("a person's work is in it", vec![in_there()], vec![current_pull_request(7, 1)], close_step(7)),
        (
            "and stays",
            vec![in_there()],
            vec![observed_pull_request(7, 1, PullRequestState::ClosedByUs)],
            PullRequestStep::Nothing,
        ),
        (
            "a person closed it",
            vec![our_branch(1, 'a')],
            vec![closed_pull_request(7, 1, "new")],
            PullRequestStep::Nothing,
        ),
    ] {
        assert_eq!(decide_step(DesiredListCommit::SameAsBase, &branches, &pulls), step, "{why}");
    }
}

#[test]
fn without_a_forge_there_is_the_branch_alone() {
    let decided = |desired: DesiredListCommit, branches: Vec<ObservedBranch>| {
        next_pull_request_step(&PullRequestPlanInput {
            desired,
            branches,
            pulls: ObservedPullRequests::NoForge,
        })
    };
    assert_eq!(decided(new_commit(), vec![]), push_step(1, 'c', None));
    assert_eq!(decided(new_commit(), vec![our_branch(1, 'c')]), PullRequestStep::Nothing);
    assert_eq!(decided(new_commit(), vec![our_branch(1, 'a')]), push_step(1, 'c', Some('a')));
    assert_eq!(
        decided(new_commit(), vec![persons_branch(1, BranchMerge::Merged(commit_id('e')))]),
        push_step(1, 'e', Some('d'))
    );
    let conflict = persons_branch(1, BranchMerge::Conflict);
    assert_eq!(decided(new_commit(), vec![conflict]), wait_step(1, None));
    assert_eq!(decided(DesiredListCommit::SameAsBase, vec![our_branch(1, 'a')]), delete_step(1, 'a'));
    let left = |merge| decided(DesiredListCommit::SameAsBase, vec![persons_branch(1, merge)]);
    assert_eq!(left(BranchMerge::AlreadyIn), PullRequestStep::Nothing);
    assert_eq!(left(BranchMerge::Merged(commit_id('e'))), push_step(1, 'e', Some('d')));
    assert_eq!(left(BranchMerge::Conflict), wait_step(1, None));
}

/// Every state of two branches and of one pull request on each, and what must never come of any.
#[test]
fn no_step_ever_loses_a_persons_commits_or_touches_what_was_closed() {
    let holds = [
        None,
        Some(('c', BranchOwnership::Ours)),
        Some(('a', BranchOwnership::Ours)),
        Some(('d', BranchOwnership::Persons(BranchMerge::AlreadyIn))),
        Some(('d', BranchOwnership::Persons(BranchMerge::Merged(commit_id('e'))))),
        Some(('d', BranchOwnership::Persons(BranchMerge::Conflict))),
    ];
    let states = [
        None,
        Some(PullRequestState::Open(DescriptionFreshness::Current)),
        Some(PullRequestState::Open(DescriptionFreshness::Outdated)),
        Some(PullRequestState::Merged),
        Some(PullRequestState::ClosedByUs),
        Some(PullRequestState::ClosedByPerson(Some(content_of_word("new")))),
        Some(PullRequestState::ClosedByPerson(Some(content_of_word("old")))),
    ];
    let mut looked_at = 0;
    for (first, second) in holds.iter().flat_map(|one| holds.iter().map(move |two| (one, two))) {
        for (left, right) in states.iter().flat_map(|one| states.iter().map(move |two| (one, two))) {
            let branches = [(1, first), (2, second)].into_iter().filter_map(|(number, held)| {
                let (commit, holds) = held.clone()?;
                Some(ObservedBranch { number, commit: commit_id(commit), ownership: holds })
            });
            let pulls = [(7, 1, left), (8, 2, right)]
                .into_iter()
                .filter_map(|(id, branch, state)| Some(observed_pull_request(id, branch, state.clone()?)));
            let (branches, pulls): (Vec<_>, Vec<_>) = (branches.collect(), pulls.collect());
            for desired in [new_commit(), DesiredListCommit::SameAsBase] {
                let input = PullRequestPlanInput {
                    desired,
                    branches: branches.clone(),
                    pulls: ObservedPullRequests::Listing(pulls.clone()),
                };
                assert_plan_invariants(&input, &next_pull_request_step(&input));
                looked_at += 1;
            }
        }
    }
    assert_eq!(looked_at, 6 * 6 * 7 * 7 * 2);
}

fn assert_plan_invariants(input: &PullRequestPlanInput, step: &PullRequestStep) {
    let has_open =
        |branch: u32| input.observed_pull_requests_of_branch(branch).any(ObservedPullRequest::is_open);
    let was_closed = |branch: u32| {
        input.observed_pull_requests_of_branch(branch).any(|pull| {
            matches!(pull.state, PullRequestState::ClosedByUs | PullRequestState::ClosedByPerson(_))
        })
    };
    let persons = |branch: u32| {
        input
            .observed_branch(branch)
            .is_some_and(|branch| matches!(branch.ownership, BranchOwnership::Persons(_)))
    };
    match step {
        PullRequestStep::Push { branch, commit, expected: lease } => {
            assert!(!was_closed(*branch) || has_open(*branch), "{input:?} {step:?}");
            assert_eq!(
                lease.as_ref(),
                input.observed_branch(*branch).map(|branch| &branch.commit),
                "{input:?}"
            );
            assert!(!persons(*branch) || *commit == commit_id('e'), "{input:?} {step:?}");
        }
        PullRequestStep::Delete { branch, .. } => {
            assert!(!persons(*branch) && !has_open(*branch), "{input:?} {step:?}");
        }
        PullRequestStep::Open { branch } => {
            assert!(
                !input.listed_pull_requests().iter().any(ObservedPullRequest::is_open),
                "{input:?} {step:?}"
            );
            assert!(input.observed_branch(*branch).is_some() && !was_closed(*branch), "{input:?} {step:?}");
        }
        PullRequestStep::Nothing
        | PullRequestStep::LeaveClosed { .. }
        | PullRequestStep::Close { .. }
        | PullRequestStep::Update { .. }
        | PullRequestStep::Wait { .. } => {}
    }
}

#[test]
fn a_branch_is_proposed_unless_it_was_merged_or_another_one_is() {
    let merged = |branch| observed_pull_request(5, branch, PullRequestState::Merged);
    for (pulls, proposed) in [
        (vec![], vec![1, 2]),
        (vec![current_pull_request(7, 1)], vec![1]),
        (vec![merged(1)], vec![2]),
        (vec![merged(1), current_pull_request(7, 2)], vec![2]),
        (vec![current_pull_request(7, 1), merged(1)], vec![1]),
        (vec![closed_pull_request(6, 1, "new")], vec![1, 2]),
        (vec![closed_pull_request(6, 1, "new"), current_pull_request(7, 2)], vec![2]),
        (vec![merged(1), closed_pull_request(6, 1, "new")], vec![1, 2]),
    ] {
        let input = PullRequestPlanInput {
            desired: new_commit(),
            branches: Vec::new(),
            pulls: ObservedPullRequests::Listing(pulls),
        };
        let is_proposed: Vec<u32> =
            [1, 2].into_iter().filter(|branch| input.is_branch_proposed(*branch)).collect();
        assert_eq!(is_proposed, proposed, "{input:?}");
    }
    let plain = PullRequestPlanInput {
        desired: new_commit(),
        branches: Vec::new(),
        pulls: ObservedPullRequests::NoForge,
    };
    assert!(plain.is_branch_proposed(1));
}
