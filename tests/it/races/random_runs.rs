//! Random lives of a list at a forge, in which a person acts at any moment, also in the middle of a run, and the program
//! is killed at any moment. A plain run lives the same few every time. `PAPERWIRE_LIVES=150` lives those of the seeds from 1
//! to 150, with `PAPERWIRE_SEED=random` as many new ones. A failing life shows its seed and its steps: `PAPERWIRE_SEED=7`
//! lives that of seed 7 alone.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use paperwire::list::forge::ForgeVendor;

use super::person::{MergeMethod, git_output};
use super::random_person::{ExpectedState, PersonAction, RandomPerson, without_version};
use super::{ContactAction as Before, RaceEnv};
use crate::support::random_month_of_papers::RandomNumbers;
use crate::support::random_seeds::RequestedSeed;
use crate::support::sample_papers::versioned_id;
use crate::support::test_env::{OnceOutput, rows_of_list};

/// The seeds of a plain run: 1020, 300146, 500149, 1000196 and 8000228 once failed, at a Gitea, 700163 at a GitLab, 1800066,
/// 2000273 and 8100121 at a GitHub, 54030, 90206 and 8200150 without a forge; and one with commits to the base.
const USUAL: [u64; 13] = [
    1020, 1_800_066, 2_000_273, 54030, 90206, 300_146, 500_149, 700_163, 1_000_196, 7, 8_000_228, 8_100_121,
    8_200_150,
];

/// How many days a life has.
const DAYS: usize = 5;

/// More contacts than a run has; later acts happen after it.
const CONTACTS: i64 = 34;

/// A life so far.
struct RandomRun {
    race: RaceEnv,
    truth: Arc<Mutex<ExpectedState>>,
    random: RandomNumbers,
}

impl RandomRun {
    fn with_seed(seed: u64) -> Self {
        let random = RandomNumbers(seed);
        let race = match seed % 8 {
            0..3 => RaceEnv::at_forge(ForgeVendor::GitHub),
            3 => RaceEnv::at_forge(ForgeVendor::GitLab),
            4 | 5 => RaceEnv::at_forge(ForgeVendor::Gitea),
            6 => RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\n"),
            _ => RaceEnv::new(ForgeVendor::GitHub, "forge = \"none\"\ndirect = true\n"),
        };
        Self { race, truth: Arc::default(), random }
    }

    fn random_person(&self) -> RandomPerson {
        let program = Arc::clone(&self.race.program);
        let (person, truth) = (self.race.person.clone(), Arc::clone(&self.truth));
        RandomPerson { person, truth, program, history: self.race.env.local.path("paperwire.db") }
    }

    fn run_all_days(&mut self) {
        self.race.run_undisturbed();
        self.random_person()
            .perform_and_tell_if_program_lives(PersonAction::Merge(MergeMethod::Commit), "at first");
        for day in 0..DAYS {
            self.race.add_papers(usize::try_from(self.random.number_below(3)).unwrap());
            if self.random.is_below_percent(30) {
                let which =
                    usize::try_from(self.random.number_below(1000)).unwrap() % self.race.env.papers.len();
                self.race.revise_paper(which);
            }
            self.run_disturbed(day);
            self.assert_settled(day);
        }
        self.race.revise_all();
        self.assert_settled(DAYS);
    }

    /// A run in which one or two things happen at any moment.
    fn run_disturbed(&mut self, day: usize) {
        let mut acts: Vec<(usize, Before)> = Vec::new();
        for _ in 0..=self.random.number_below(2) {
            let before = usize::try_from(self.random.number_below(CONTACTS)).unwrap();
            let (act, hand) = (PersonAction::random_action(&mut self.random), self.random_person());
            let when = format!("day {day}, before contact {before}");
            acts.push((before, Box::new(move || hand.perform_and_tell_if_program_lives(act, &when))));
        }
        self.race.run_with_actions(acts);
        // What the run did not come to happens after it.
        let rest = std::mem::take(&mut self.race.contacts.lock().unwrap().acts);
        *self.race.program.lock().unwrap() = None;
        for (_, act) in rest {
            act();
        }
    }

    /// Once nobody does anything any more, everything is where it belongs.
    fn assert_settled(&mut self, day: usize) {
        let mut answer = self.race.run_undisturbed();
        for _ in 0..2 {
            let notes = answer.only_list().notes.concat();
            if notes.contains("change the same lines") {
                self.random_person().perform_and_tell_if_program_lives(
                    PersonAction::DeleteBranch,
                    &format!("day {day}, stuck"),
                );
            } else if !notes.contains("was closed by somebody") {
                break;
            }
            self.race.add_papers(1);
            answer = self.race.run_undisturbed();
        }
        self.assert_invariants(&answer);
    }

    fn assert_invariants(&self, answer: &OnceOutput) {
        let mut truth = self.truth.lock().unwrap();
        truth.unseen.clear();
        let list = self
            .race
            .list_once_merged()
            .unwrap_or_else(|| panic!("what is proposed can be merged: {answer:?}"));
        let mut found = rows_of_list(&list);
        found.sort();
        let proposed = self.race.proposed_branch();
        let known_deleted = self.random_person().papers_known_as_deleted();
        let gone = truth.rows_that_are_gone(proposed.as_ref(), &known_deleted);
        let papers = self.race.env.papers.iter().map(versioned_id);
        let mut expected: Vec<_> = papers.filter(|paper| !gone.contains(without_version(paper))).collect();
        expected.sort();
        assert_eq!(found, expected, "the rows: {answer:?}");
        for (branch, row, text) in &truth.words {
            let is_there = !gone.contains(row) && (branch == "main" || Some(branch) == proposed.as_ref());
            assert!(!is_there || list.contains(text), "{text} of {row} on {branch}: {list}");
        }
        let bare = self.race.env.bare.repository_path();
        for (branch, commit) in &truth.commits {
            let is_in = ["main", branch].iter().any(|branch| {
                git_output(&bare, &["merge-base", "--is-ancestor", commit, &format!("refs/heads/{branch}")])
                    .is_some()
            });
            assert!(is_in, "the person's {commit} on {branch} is gone");
        }
        let news = self.race.env.local.announced_news();
        let new: Vec<_> = news.iter().filter(|(.., kind)| kind == "new").map(|(paper, ..)| paper).collect();
        assert_eq!(new.iter().collect::<BTreeSet<_>>().len(), new.len(), "news: {news:?}");
    }
}

/// The seeds of a test that has one for each of its cases and lives these if it is not asked for others.
fn case_seeds(usual: &[u64]) -> Vec<u64> {
    let variable = |name| std::env::var(name).ok();
    seeds_from_variables(usual, variable("PAPERWIRE_LIVES").as_deref(), variable("PAPERWIRE_SEED").as_deref())
}

fn seeds_from_variables(usual: &[u64], lives: Option<&str>, seed: Option<&str>) -> Vec<u64> {
    let lives = lives.map(|lives| lives.parse().expect("PAPERWIRE_LIVES is a number"));
    let from = |first: u64, lives| (0..lives).map(|life| first.wrapping_add(life)).collect();
    match (RequestedSeed::from_variable(seed), lives) {
        (RequestedSeed::Usual, None) => usual.to_vec(),
        (RequestedSeed::Usual, Some(lives)) => from(1, lives),
        (RequestedSeed::Random, lives) => {
            from(RandomState::new().build_hasher().finish(), lives.unwrap_or(1))
        }
        (RequestedSeed::Number(first), lives) => from(first, lives.unwrap_or(1)),
        (RequestedSeed::Case(_), _) => {
            panic!("PAPERWIRE_SEED is a number or `random` for a test that prints one")
        }
    }
}

/// Lives that of a seed; what failed in it, in words.
#[expect(clippy::print_stderr, reason = "who searches for hours wants to see how far it is")]
fn failure_of_seed(seed: u64) -> Option<String> {
    eprintln!("seed {seed}");
    let mut life = RandomRun::with_seed(seed);
    let lived = catch_unwind(AssertUnwindSafe(|| life.run_all_days())).err()?;
    let words = lived.downcast_ref::<String>().cloned();
    let words = words.or_else(|| lived.downcast_ref::<&str>().map(|words| (*words).to_owned()));
    let steps = match life.truth.lock() {
        Ok(truth) => truth.steps.clone(),
        Err(poisoned) => poisoned.into_inner().steps.clone(),
    };
    let failure = format!("seed {seed}:\n{steps}{}\n", words.unwrap_or_default());
    eprintln!("{failure}");
    Some(failure)
}

#[test]
fn whatever_a_person_does_at_whatever_moment_no_row_is_lost_and_none_comes_back() {
    let seeds = case_seeds(&USUAL);
    let lives = seeds.len();
    let failures: Vec<String> = seeds.into_iter().filter_map(failure_of_seed).collect();
    assert!(failures.is_empty(), "{} of {lives} lives failed\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_test_with_a_seed_for_each_case_lives_the_usual_ones_or_those_that_are_asked_for() {
    assert_eq!(seeds_from_variables(&[9, 4], None, None), [9, 4]);
    assert_eq!(seeds_from_variables(&[9, 4], Some("3"), None), [1, 2, 3]);
    assert_eq!(seeds_from_variables(&[9, 4], None, Some("7")), [7]);
    assert_eq!(seeds_from_variables(&[9, 4], Some("2"), Some("7")), [7, 8]);
    let random = || seeds_from_variables(&[9, 4], Some("2"), Some("random"));
    assert_ne!(random(), random());
    assert!(catch_unwind(|| seeds_from_variables(&[9, 4], None, Some("no number"))).is_err());
}
