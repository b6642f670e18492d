use proptest::prelude::*;

use super::super::normalized_title::NormalizedTitle;
use super::*;

/// Descriptions that are often one work's: of few identifiers, titles, names and days.
fn descriptions() -> impl Strategy<Value = WorkDescription> {
    let identifiers = prop::sample::subsequence(
        vec![
            "2503.20246",
            "2503.20247",
            "10.1000/182",
            "10.1000/183",
            "10.1101/743294v1",
            "https://a.example/1",
        ],
        0..3,
    );
    let titles = prop::sample::subsequence(
        vec![
            TITLE,
            "Notes on the weaving of algebraic patterns.",
            "Patterns in the Weaving of Algebraic Notes",
            "Editorial",
        ],
        1..3,
    );
    let authors = prop::sample::subsequence(
        vec![
            "Ada Lovelace",
            "Lovelace, A.",
            "Wei Zhang",
            "Zhang, L.",
            "Li Zhang",
            "Garcia Lopez M",
            "ATLAS Collaboration",
        ],
        0..5,
    )
    .prop_shuffle();
    let day =
        prop::option::of(prop::sample::select(vec!["2019-01-01", "2025-01-01", "2025-03-26", "2025-10-26"]));
    (identifiers, titles, authors, day).prop_map(|(identifiers, titles, authors, day)| {
        work(&identifiers.join(" "), &titles.join("|"), &authors.join(";"), day.unwrap_or_default())
    })
}

fn known_works() -> impl Strategy<Value = Vec<KnownWork>> {
    let work =
        prop::collection::vec(descriptions(), 1..3).prop_map(|descriptions| KnownWork { descriptions });
    prop::collection::vec(work, 0..6)
}

/// The choice, with the works themselves in the place of their places, in an order of their own.
fn chosen(description: &WorkDescription, known: &[KnownWork]) -> (Vec<String>, Option<WorkComparison>) {
    let named = |at: usize| {
        let mut descriptions: Vec<String> =
            known[at].descriptions.iter().map(|one| format!("{one:?}")).collect();
        descriptions.sort();
        descriptions.concat()
    };
    match choose_work(description, known) {
        WorkChoice::New => (vec![], None),
        WorkChoice::Known { at, identity } => (vec![named(at)], Some(identity)),
        WorkChoice::Ambiguous { places } => {
            let mut works: Vec<String> = places.into_iter().map(named).collect();
            works.sort();
            (works, None)
        }
    }
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(512))]

    #[test]
    fn the_answer_is_the_same_the_other_way_round(one in descriptions(), other in descriptions()) {
        prop_assert_eq!(compare_for_same_work(&one, &other), compare_for_same_work(&other, &one));
    }

    #[test]
    fn it_does_not_matter_in_which_order_keys_and_titles_are(one in descriptions(), other in descriptions()) {
        let mut turned = one.clone();
        turned.identifiers.reverse();
        turned.titles.reverse();
        prop_assert_eq!(compare_for_same_work(&one, &other), compare_for_same_work(&turned, &other));
    }

    #[test]
    fn the_choice_does_not_depend_on_the_order_of_the_candidates(
        description in descriptions(),
        (known, shuffled) in known_works().prop_flat_map(|known| (Just(known.clone()), Just(known).prop_shuffle())),
    ) {
        let mut turned = shuffled;
        for work in &mut turned {
            work.descriptions.reverse();
        }
        prop_assert_eq!(chosen(&description, &known), chosen(&description, &turned));
    }

    #[test]
    fn the_form_of_a_title_is_its_own_form(title in "[ -~äßΔα×²₂ﬁ–’ℓ≤é\u{301}基カガİ]{0,40}") {
        let form = NormalizedTitle::new(&title);
        prop_assert_eq!(NormalizedTitle::new(form.as_str()), form, "{}", title);
    }

    #[test]
    fn titles_with_keys_have_equal_ones_just_if_they_are_one_for_the_decision(
        one in "(Notes|notes|<i>Notes</i>) on (the|\\$the\\$) (weaving|looming) of (algebraic|Algebraic) patterns[.!+]?",
        other in "(Notes|notes|<i>Notes</i>) on (the|\\$the\\$) (weaving|looming) of (algebraic|Algebraic) patterns[.!+]?",
    ) {
        let is_one = is_same_by_evidence(&preprint(&one, AUTHORS), &article(&other, AUTHORS));
        prop_assert_eq!(title_key(&one).unwrap() == title_key(&other).unwrap(), is_one);
    }

    #[test]
    fn no_text_makes_it_panic(title in "\\PC{0,60}", name in "\\PC{0,30}") {
        let one = work("", "", "", "2025-03-26");
        let one = WorkDescription { titles: vec![title.clone()], authors: vec![name.clone()], ..one };
        let _ = (compare_for_same_work(&one, &preprint(&title, &name)), title_key(&title), parse_dois_in_field(&title));
    }
}

#[test]
fn strong_links_do_not_chain() {
    let old = preprint(&format!("{TITLE} | An Old Title of the Same Long Work"), "Ada Lovelace");
    let middle = work("10.1000/182", TITLE, "Ada Lovelace", "2025-04-01");
    let far = work("10.1101/743294", "An Old Title of the Same Long Work", "Ada Lovelace", "2025-04-01");
    let joined = KnownWork { descriptions: vec![old.clone(), middle.clone()] };
    assert!(is_same_by_evidence(&old, &middle) && is_same_by_evidence(&old, &far));
    assert!(!answer(&middle, &far).is_same_work());
    assert_eq!(choose_work(&far, std::slice::from_ref(&joined)), WorkChoice::New);
    let certain = WorkDescription {
        identifiers: [far.identifiers.clone(), middle.identifiers.clone()].concat(),
        ..far.clone()
    };
    let by_identifier = WorkComparison::SameByIdentifier(middle.identifiers[0].clone());
    assert_eq!(choose_work(&certain, &[joined]), WorkChoice::Known { at: 0, identity: by_identifier });
    let alone = KnownWork { descriptions: vec![old] };
    assert!(matches!(choose_work(&far, &[alone]), WorkChoice::Known { at: 0, .. }));
}

#[test]
fn of_two_equally_good_candidates_none_is_chosen_and_a_key_is_better_than_evidence() {
    let known = |work: WorkDescription| KnownWork { descriptions: vec![work] };
    let (first, second) = (preprint(TITLE, AUTHORS), work("2503.20247", TITLE, AUTHORS, "2025-03-27"));
    let stranger = work("2503.20248", TITLE, "Wei Zhang", "2025-03-27");
    let new = article(TITLE, AUTHORS);
    let works = [known(stranger), known(first.clone()), known(second.clone())];
    assert_eq!(choose_work(&new, &works), WorkChoice::Ambiguous { places: vec![1, 2] });
    assert!(matches!(choose_work(&new, &works[..2]), WorkChoice::Known { at: 1, .. }));
    assert_eq!(choose_work(&new, &works[..1]), WorkChoice::New);
    assert_eq!(choose_work(&new, &[]), WorkChoice::New);
    let with_doi = WorkDescription {
        identifiers: [second.identifiers.clone(), new.identifiers.clone()].concat(),
        ..second
    };
    let identity = WorkComparison::SameByIdentifier(new.identifiers[0].clone());
    let works = [known(first.clone()), known(with_doi.clone())];
    assert_eq!(choose_work(&new, &works), WorkChoice::Known { at: 1, identity });
    let both = WorkDescription {
        identifiers: [first.identifiers.clone(), new.identifiers.clone()].concat(),
        ..first
    };
    assert_eq!(
        choose_work(&new, &[known(both), known(with_doi)]),
        WorkChoice::Ambiguous { places: vec![0, 1] }
    );
}
