//! The seeds of the tests that make their cases by chance. A plain run has the same cases every time; two variables ask
//! for others:
//!
//! - `PAPERWIRE_LIVES=1000`: so many cases of each test;
//! - `PAPERWIRE_SEED=random`: new cases, `PAPERWIRE_SEED=8`: those of this number, `PAPERWIRE_SEED=<64 digits>`: the one
//!   case that a failed test printed.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, FailurePersistence, PersistedSeed, RngSeed, TestRunner};

/// The seed of a plain run. Any other would do.
const USUAL: RngSeed = RngSeed::Fixed(7);

/// How a failed case's seed begins where proptest writes it.
const PREFIX: &str = "cc ";

/// What proptest is to do for a test that has time for so many cases in a plain run.
pub(crate) fn proptest_config(cases: u32) -> Config {
    let variable = |name| std::env::var(name).ok();
    config_from_variables(
        cases,
        variable("PAPERWIRE_LIVES").as_deref(),
        variable("PAPERWIRE_SEED").as_deref(),
    )
}

/// Which cases are asked for.
pub(crate) enum RequestedSeed {
    Usual,
    Random,
    Number(u64),
    Case(PersistedSeed),
}

impl RequestedSeed {
    pub(crate) fn from_variable(text: Option<&str>) -> Self {
        match text {
            None => Self::Usual,
            Some("random") => Self::Random,
            Some(seed) => match (seed.parse(), format!("{PREFIX}{seed}").parse()) {
                (Ok(number), _) => Self::Number(number),
                (_, Ok(case)) => Self::Case(case),
                _ => panic!(
                    "PAPERWIRE_SEED is a number, `random`, or what a failed test printed, and not {seed:?}"
                ),
            },
        }
    }
}

fn config_from_variables(cases: u32, lives: Option<&str>, seed: Option<&str>) -> Config {
    let cases = lives.map_or(cases, |lives| lives.parse().expect("PAPERWIRE_LIVES is a number"));
    let (rng_seed, failed) = match RequestedSeed::from_variable(seed) {
        RequestedSeed::Usual => (USUAL, None),
        RequestedSeed::Random => (RngSeed::Random, None),
        RequestedSeed::Number(number) => (RngSeed::Fixed(number), None),
        RequestedSeed::Case(case) => (USUAL, Some(case)),
    };
    let cases = if failed.is_some() { 0 } else { cases };
    Config { cases, rng_seed, failure_persistence: Some(Box::new(FailedSeed(failed))), ..Config::default() }
}

/// The one case that failed, if there is one. It is printed and not kept in a file: who mends it makes it a test of its
/// own.
#[derive(Debug, Clone, PartialEq)]
struct FailedSeed(Option<PersistedSeed>);

impl FailurePersistence for FailedSeed {
    fn load_persisted_failures2(&self, _: Option<&'static str>) -> Vec<PersistedSeed> {
        self.0.iter().cloned().collect()
    }

    fn save_persisted_failure2(&mut self, _: Option<&'static str>, seed: PersistedSeed, _: &dyn Debug) {
        eprintln!("to run this case again: PAPERWIRE_SEED={}", seed_text(&seed));
        self.0 = Some(seed);
    }

    fn box_clone(&self) -> Box<dyn FailurePersistence> {
        Box::new(self.clone())
    }

    fn eq(&self, other: &dyn FailurePersistence) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A failed case's seed as `PAPERWIRE_SEED` takes it.
fn seed_text(seed: &PersistedSeed) -> String {
    let seed = seed.to_string();
    seed.strip_prefix(PREFIX).unwrap_or(&seed).to_owned()
}

/// All cases that a run tries, up to the first one that is above this number, and the seed of that one.
fn tried_cases(config: Config, max: u64) -> (Vec<u64>, Option<String>) {
    let tried = RefCell::new(Vec::new());
    let mut runner = TestRunner::new(Config { max_shrink_iters: 0, ..config });
    let _ = runner.run(&any::<u64>(), |number| {
        tried.borrow_mut().push(number);
        prop_assert!(number <= max);
        Ok(())
    });
    let failed = runner.config().failure_persistence.as_ref().unwrap().load_persisted_failures2(None);
    (tried.into_inner(), failed.first().map(seed_text))
}

#[test]
fn a_plain_run_has_the_same_cases_every_time_and_another_number_has_others() {
    let cases = |seed| tried_cases(config_from_variables(9, None, seed), u64::MAX).0;
    assert_eq!((cases(None).len(), cases(None)), (9, cases(None)));
    assert_eq!(cases(Some("8")), cases(Some("8")));
    assert_ne!(cases(Some("8")), cases(None));
    assert_ne!(cases(Some("random")), cases(Some("random")));
}

#[test]
fn what_a_failed_test_prints_is_that_case_again() {
    let most = u64::MAX / 16 * 15;
    let (cases, failed) = tried_cases(config_from_variables(9, Some("1000"), Some("random")), most);
    let failed = failed.expect("of a thousand numbers one is among the highest sixteenth");
    assert_eq!(
        tried_cases(config_from_variables(9, Some("1000"), Some(&failed)), most).0,
        [*cases.last().unwrap()]
    );
}
