//! Tests of what counts as a change.

use super::*;
use crate::domain::paper_fixture::paper_with_only_id;
use crate::domain::{Abstract, ArxivId, PaperId};

fn paper_version(version: u32, updated: &str) -> Paper {
    Paper {
        revision: Revision::Numbered(Version::new(version).unwrap()),
        title: "VESTA".into(),
        abstract_: Abstract("Spikes.".into()),
        updated: updated.parse().unwrap(),
        ..paper_with_only_id(PaperId::from_arxiv_id(&"2503.20246".parse::<ArxivId>().unwrap()))
    }
}

fn stored_paper(version: u32, origin: MetadataOrigin) -> StoredPaperState {
    let Paper { revision, updated, categories, comment, journal_ref, doi, later_article, .. } =
        paper_version(version, "2025-03-26T00:00:00Z");
    StoredPaperState {
        revision,
        updated,
        addenda: PaperAddenda { categories, comment, journal_ref, doi, later_article },
        origin,
    }
}

fn content_of(text: &str) -> Revision {
    Revision::Content(crate::domain::Fingerprint::of_text(text))
}

fn sighting_of_version(version: u32) -> Sighting {
    Sighting { version: Version::new(version), is_settled: true, lacks_article: false }
}

#[test]
fn the_version_decides_what_is_told() {
    use News::{New, Replacement};
    use TopicBackfillPhase::{Backfill, Established};
    for (shown, known, seen, contact, news, changes) in [
        (1, None, None, Backfill, None, true),
        (1, None, None, Established, Some(New), true),
        (2, Some(1), Some(1), Established, Some(Replacement), true),
        (2, Some(1), Some(1), Backfill, None, true),
        (1, Some(1), Some(1), Established, None, false),
        (1, Some(3), Some(3), Established, None, false),
        // Another topic knew it; this one has not seen it, in whatever version.
        (3, Some(3), None, Established, Some(New), false),
        (2, Some(3), None, Established, Some(New), false),
        (3, Some(3), Some(2), Established, Some(Replacement), false),
    ] {
        let recorded = known.map(|v| stored_paper(v, MetadataOrigin::Source));
        let finding = detect_change(
            &paper_version(shown, "2025-03-26T00:00:00Z"),
            recorded.as_ref(),
            seen.map(sighting_of_version),
            contact,
        );
        assert_eq!((finding.news, finding.change.is_some()), (news, changes), "v{shown} {known:?} {seen:?}");
    }
}

#[test]
fn another_updated_for_a_known_version_changes_nothing() {
    let finding = detect_change(
        &paper_version(1, "2025-03-27T10:00:00Z"),
        Some(&stored_paper(1, MetadataOrigin::Source)),
        Some(sighting_of_version(1)),
        TopicBackfillPhase::Established,
    );
    assert_eq!(
        finding,
        DetectedChange { change: None, is_first_sighting: false, news: None, is_published: false }
    );
}

#[test]
fn a_comment_that_comes_later_is_taken_and_one_that_goes_missing_is_kept() {
    let with = Paper { comment: Some("CVPR".into()), ..paper_version(1, "2025-03-26T00:00:00Z") };
    let mut known = stored_paper(1, MetadataOrigin::Source);
    let added =
        detect_change(&with, Some(&known), Some(sighting_of_version(1)), TopicBackfillPhase::Established);
    known.addenda.comment = Some("CVPR".into());
    assert_eq!(added.change, Some(RecordedPaperChange::Amend(known.addenda.clone())));
    let gone = detect_change(
        &paper_version(1, "2025-03-26T00:00:00Z"),
        Some(&known),
        Some(sighting_of_version(1)),
        TopicBackfillPhase::Established,
    );
    assert_eq!((gone.change, gone.news), (None, None));
}

#[test]
fn a_preprint_is_published_when_its_own_source_or_another_one_says_so_first() {
    use TopicBackfillPhase::{Backfill, Established};
    let plain = paper_version(1, "2025-03-26T00:00:00Z");
    let own = Paper { doi: Some("10.1000/1".into()), ..plain.clone() };
    let later = ArticleOfPreprint { doi: Some("10.1000/1".into()), journal_ref: None };
    let others = Paper { later_article: Some(later.clone()), ..plain.clone() };
    let second = Paper { doi: own.doi.clone(), ..paper_version(2, "2025-03-27T00:00:00Z") };
    let older = Paper { doi: own.doi.clone(), ..paper_version(1, "2025-03-26T00:00:00Z") };
    for (what, shown, known, origin, contact, is_published, kept) in [
        ("its own", &own, 1, MetadataOrigin::Source, Established, true, Some(ArticleOfPreprint::default())),
        ("another's", &others, 1, MetadataOrigin::Source, Established, true, Some(later)),
        (
            "with a version",
            &second,
            1,
            MetadataOrigin::Source,
            Established,
            true,
            Some(ArticleOfPreprint::default()),
        ),
        (
            "first contact",
            &own,
            1,
            MetadataOrigin::Source,
            Backfill,
            false,
            Some(ArticleOfPreprint::default()),
        ),
        ("of a list", &own, 1, MetadataOrigin::List, Established, false, None),
        ("an older version", &older, 2, MetadataOrigin::Source, Established, false, None),
        ("nothing", &plain, 1, MetadataOrigin::Source, Established, false, None),
    ] {
        let known = stored_paper(known, origin);
        let finding = detect_change(shown, Some(&known), Some(sighting_of_version(1)), contact);
        let later_article = finding.change.as_ref().and_then(RecordedPaperChange::later_article).cloned();
        assert_eq!((finding.is_published, later_article), (is_published, kept), "{what}");
    }
    let first = detect_change(&own, None, None, Established);
    assert_eq!((first.news, first.is_published), (Some(News::New), false));
    let Some(RecordedPaperChange::Amend(known)) =
        detect_change(&own, Some(&stored_paper(1, MetadataOrigin::Source)), None, Established).change
    else {
        panic!("it is amended");
    };
    let known = StoredPaperState { addenda: known, ..stored_paper(1, MetadataOrigin::Source) };
    let other = Paper { doi: Some("10.1000/2".into()), journal_ref: Some("A Journal".into()), ..plain };
    let again = detect_change(&other, Some(&known), Some(sighting_of_version(1)), Established);
    assert!(again.change.is_some() && !again.is_published, "another DOI is no second article");
}

#[test]
fn no_list_adds_a_comment_to_a_version_that_its_source_showed_without_one() {
    let listed = Paper { comment: Some("mine".into()), ..paper_version(1, "2025-03-26T00:00:00Z") };
    let finding = detect_change_from_list(
        &listed,
        Some(&stored_paper(1, MetadataOrigin::Source)),
        Some(sighting_of_version(1)),
    );
    assert_eq!(
        finding,
        DetectedChange { change: None, is_first_sighting: false, news: None, is_published: false }
    );
    let finding = detect_change_from_list(
        &listed,
        Some(&stored_paper(1, MetadataOrigin::List)),
        Some(sighting_of_version(1)),
    );
    assert!(finding.change.is_some());
}

#[test]
fn a_paper_from_a_list_has_the_date_that_its_source_says_of_the_same_version() {
    for (shown, stands) in [
        ("2025-03-26T17:05:00Z", "2025-03-26T17:05:00Z"),
        ("2025-03-27T17:05:00Z", "2025-03-27T17:05:00Z"),
        ("2025-03-25T17:05:00Z", "2025-03-25T17:05:00Z"),
    ] {
        let finding = detect_change(
            &paper_version(1, shown),
            Some(&stored_paper(1, MetadataOrigin::List)),
            Some(sighting_of_version(1)),
            TopicBackfillPhase::Established,
        );
        assert_eq!(
            finding.change,
            Some(RecordedPaperChange::Replace { updated: stands.parse().unwrap(), later_article: None })
        );
        assert_eq!(finding.news, None);
    }
}

#[test]
fn a_paper_from_a_list_without_numbers_gains_the_time_of_its_day_and_no_other_day() {
    let known = StoredPaperState { revision: content_of("one"), ..stored_paper(1, MetadataOrigin::List) };
    let seen = Some(Sighting { version: None, is_settled: true, lacks_article: false });
    for (shown, stands) in
        [("2025-03-26T17:05:00Z", "2025-03-26T17:05:00Z"), ("2025-03-27T17:05:00Z", "2025-03-26T00:00:00Z")]
    {
        let shown = Paper { revision: content_of("other"), ..paper_version(1, shown) };
        let change = detect_change(&shown, Some(&known), seen, TopicBackfillPhase::Established).change;
        let updated = stands.parse().unwrap();
        assert_eq!(change, Some(RecordedPaperChange::Replace { updated, later_article: None }));
    }
}

#[test]
fn a_later_version_in_a_list_has_no_date_before_the_one_that_its_source_says_of_an_earlier_version() {
    for (listed, stands) in [
        ("2025-03-01T00:00:00Z", "2025-03-26T00:00:00.000001Z"),
        ("2025-03-26T00:00:00Z", "2025-03-26T00:00:00Z"),
        ("2025-03-28T00:00:00Z", "2025-03-28T00:00:00Z"),
    ] {
        let recorded = stored_paper(1, MetadataOrigin::Source);
        let finding = detect_change_from_list(&paper_version(2, listed), Some(&recorded), None);
        let updated = stands.parse().unwrap();
        assert_eq!(finding.change, Some(RecordedPaperChange::Replace { updated, later_article: None }));
    }
}

#[test]
fn without_numbers_another_content_is_taken_in_silence_and_keeps_its_date() {
    let of = |text: &str, updated: &str| Paper { revision: content_of(text), ..paper_version(1, updated) };
    let first = of("one", "2025-03-26T00:00:00Z");
    let known = StoredPaperState { revision: first.revision, ..stored_paper(1, MetadataOrigin::Source) };
    let seen = Some(Sighting { version: None, is_settled: true, lacks_article: false });
    let judge =
        |shown: &Paper, seen| detect_change(shown, Some(&known), seen, TopicBackfillPhase::Established);
    let same = judge(&of("one", "2025-03-28T00:00:00Z"), seen);
    assert_eq!(
        same,
        DetectedChange { change: None, is_first_sighting: false, news: None, is_published: false }
    );
    let other = judge(&of("other", "2025-03-28T00:00:00Z"), seen);
    let change = Some(RecordedPaperChange::Replace { updated: known.updated, later_article: None });
    assert_eq!(other, DetectedChange { change, is_first_sighting: false, news: None, is_published: false });
    assert_eq!(judge(&first, None).news, Some(News::New), "to another topic");
    // A source with numbers knows better, and that is no news either.
    let numbered = judge(&paper_version(2, "2025-03-28T00:00:00Z"), seen);
    let change = Some(RecordedPaperChange::Replace {
        updated: "2025-03-28T00:00:00Z".parse().unwrap(),
        later_article: None,
    });
    assert_eq!(numbered, DetectedChange { change, is_first_sighting: true, news: None, is_published: false });
    let known = stored_paper(2, MetadataOrigin::Source);
    let late =
        detect_change(&first, Some(&known), Some(sighting_of_version(2)), TopicBackfillPhase::Established);
    assert_eq!(
        late,
        DetectedChange { change: None, is_first_sighting: false, news: None, is_published: false }
    );
}
