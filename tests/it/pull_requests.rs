//! A list in a repository by whole turns: one pull request that is kept current, and nothing of a person's lost.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::Paper;
use paperwire::list::forge::Kind;
use tokio::runtime::Builder;

use crate::fake_arxiv::FakeArxiv;
use crate::forges::fake::Fake;
use crate::home::{Answer, Home, TOPIC, rows, timed};
use crate::papers::{addresses, revised, sample, sorted};
use crate::repository::bare::{Bare, git};
use crate::simulated::Dice;

const TOKEN: &str = "github_pat_planted0123456789";
pub(crate) const BRANCH: &str = "paperwire/papers";

/// An arXiv, a repository, its forge, and the program.
pub(crate) struct Desk {
    arxiv: FakeArxiv,
    bare: Bare,
    forge: Fake,
    pub(crate) home: Home,
    papers: Vec<Paper>,
    pub(crate) day: i64,
}

/// A forge on a thread of its own, which ends with the test's process.
fn forge() -> Fake {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            tell.send(Fake::start(Kind::GitHub).await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv().unwrap()
}

impl Desk {
    /// A desk whose list has these more lines in the config.
    pub(crate) fn new(more: &str) -> Self {
        let forge = forge();
        let (arxiv, bare) = (FakeArxiv::serving(vec![]), Bare::new());
        let marked = format!(
            "# Mine\n\n<!-- paperwire:begin {TOPIC} -->\n<!-- paperwire:end {TOPIC} -->\n\nThe end.\n"
        );
        bare.persons_commit("main", "README.md", &marked);
        let home = Home::asking(&arxiv);
        std::fs::write(home.path("token"), TOKEN).unwrap();
        let config = std::fs::read_to_string(home.path("paperwire.toml")).unwrap();
        let (head, _) = config.split_once("[[list]]").unwrap();
        let mut config = head.to_owned();
        write!(
            config,
            "[[list]]\nname = \"papers\"\nrepository = \"{}\"\nfile = \"README.md\"\n{more}",
            bare.url()
        )
        .unwrap();
        let config = config.replace("API", &forge.api);
        std::fs::write(home.path("paperwire.toml"), config).unwrap();
        Self { arxiv, bare, forge, home, papers: sample(5), day: 0 }
    }

    pub(crate) fn at_a_forge() -> Self {
        Self::new(
            "forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\nlabels = [\"papers\"]\n",
        )
    }

    /// So many papers come, and a day passes.
    pub(crate) fn come(&mut self, count: usize) {
        let next = self.papers.len();
        self.papers.extend(sample(next + count).split_off(next));
    }

    /// A turn on the next day.
    pub(crate) fn turn(&mut self) -> Answer {
        self.day += 1;
        self.arxiv.set_papers(sorted(self.papers.clone()));
        let now = Self::moment(self.day);
        self.home.once(&now)
    }

    pub(crate) fn moment(day: i64) -> String {
        let first: Timestamp = "2025-03-26T20:00:00Z".parse().unwrap();
        (first + SignedDuration::from_hours(24 * day)).to_string()
    }

    pub(crate) fn turn_well(&mut self) -> Answer {
        let answer = self.turn();
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{answer:?}");
        self.holds();
        answer
    }

    /// What holds at any time: one open pull request at the most, and no secret anywhere.
    fn holds(&self) {
        assert!(self.open().len() < 2, "{:?}", self.forge.memory().pulls);
        assert!(self.bare.text("main", "README.md").contains("# Mine\n"));
    }

    /// The numbers of the open pull requests.
    fn open(&self) -> Vec<usize> {
        let memory = self.forge.memory();
        let numbered = memory.pulls.iter().enumerate();
        numbered.filter(|(_, pull)| !pull.is_closed && !pull.is_merged).map(|(at, _)| at + 1).collect()
    }

    /// The papers that the list has on a branch.
    fn rows(&self, branch: &str) -> Vec<String> {
        rows(&self.bare.text(branch, "README.md"))
    }

    fn expected(&self) -> Vec<String> {
        addresses(&sorted(self.papers.clone()))
    }

    /// A person works in a clone, then the remote has it.
    fn person(&self, commands: &[&[&str]]) {
        let folder = self.bare.person();
        git(&folder, &["fetch", "--quiet", "--prune", "origin"]);
        git(&folder, &["checkout", "--quiet", "-B", "main", "origin/main"]);
        for command in commands {
            git(&folder, command);
        }
    }

    pub(crate) fn merge(&self, number: usize) {
        let head = self.forge.memory().pulls[number - 1].head.clone();
        let from = format!("origin/{head}");
        self.person(&[
            &["merge", "--quiet", "--no-ff", "-m", "Merge", &from],
            &["push", "--quiet", "origin", "main"],
        ]);
        self.end(number, true);
    }

    fn squash(&self, number: usize) {
        let head = self.forge.memory().pulls[number - 1].head.clone();
        let from = format!("origin/{head}");
        self.person(&[
            &["merge", "--quiet", "--squash", &from],
            &["commit", "--quiet", "-m", "Squash"],
            &["push", "--quiet", "origin", "main"],
        ]);
        self.end(number, true);
    }

    pub(crate) fn end(&self, number: usize, is_merged: bool) {
        let mut memory = self.forge.memory();
        memory.pulls[number - 1].is_closed = true;
        memory.pulls[number - 1].is_merged = is_merged;
    }

    /// A person changes the list on a branch.
    pub(crate) fn edits(&self, branch: &str, change: impl FnOnce(&str) -> String) {
        let text = self.bare.text(branch, "README.md");
        let changed = change(&text);
        assert_ne!(changed, text);
        self.bare.persons_commit(branch, "README.md", &changed);
    }
}

#[test]
fn a_pull_request_is_opened_once_and_updated_in_place() {
    let mut desk = Desk::at_a_forge();
    let answer = desk.turn_well();
    assert!(answer.only_list().changed && answer.only_list().rows == 5, "{answer:?}");
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    assert_eq!(desk.rows("main"), Vec::<String>::new(), "a person merges it, not we");
    {
        let memory = desk.forge.memory();
        assert_eq!(
            (memory.pulls[0].base.as_str(), &memory.pulls[0].labels),
            ("main", &vec!["papers".to_owned()])
        );
        assert!(
            memory.pulls[0].body.contains("**New**")
                && memory.pulls[0].body.contains("This pull request is kept current")
        );
    }
    let (writes, head) = (desk.forge.writes().len(), desk.bare.head(BRANCH));
    let answer = desk.turn_well();
    assert_eq!(
        (answer.only_list().changed, desk.forge.writes().len(), desk.bare.head(BRANCH)),
        (false, writes, head.clone())
    );
    assert!(answer.only_list().pull_request.is_some());

    desk.come(2);
    desk.papers[1] = revised(&desk.papers[1], 40);
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    assert_ne!(desk.bare.head(BRANCH), head);

    desk.bare.persons_commit("main", "other.md", "new\n");
    desk.turn_well();
    let parent = git(&desk.bare.list(), &["rev-parse", &format!("{BRANCH}^")]);
    assert_eq!(parent.trim(), desk.bare.head("main").unwrap().as_str(), "it is rebuilt on the base");
    assert_eq!(desk.bare.text(BRANCH, "other.md"), "new\n");
}

#[test]
fn a_persons_commits_on_our_branch_are_kept_and_ours_go_on_top() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.edits(BRANCH, |text| text.replacen("| None |", "| [ours](https://example.org/x) |", 1));
    let by_hand = desk.bare.head(BRANCH).unwrap();
    desk.turn_well();
    assert_eq!(desk.bare.head(BRANCH).as_ref(), Some(&by_hand), "nothing came, and it is left alone");
    desk.come(2);
    desk.bare.persons_commit("main", "other.md", "new\n");
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    let text = desk.bare.text(BRANCH, "README.md");
    assert!(text.contains("| [ours](https://example.org/x) |"), "{text}");
    assert_eq!(desk.bare.text(BRANCH, "other.md"), "new\n");
    git(&desk.bare.list(), &["merge-base", "--is-ancestor", by_hand.as_str(), BRANCH]);
    desk.merge(1);
    desk.turn_well();
    desk.come(1);
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![2], desk.expected()));
    assert!(desk.bare.text(BRANCH, "README.md").contains("| [ours](https://example.org/x) |"));
}

#[test]
fn what_was_merged_is_the_new_ground_and_what_a_person_deletes_there_stays_deleted() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.squash(1);
    let first = desk.bare.text("main", "README.md");
    let row = first.lines().find(|line| line.starts_with("| **[")).unwrap().to_owned();
    desk.edits("main", |text| text.replace(&format!("{row}\n"), ""));
    let gone = desk
        .papers
        .iter()
        .map(|paper| addresses(std::slice::from_ref(paper)).remove(0))
        .find(|at| row.contains(at.as_str()))
        .unwrap();
    let answer = desk.turn_well();
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    assert_eq!(desk.open(), Vec::<usize>::new());
    assert_eq!(desk.bare.head(BRANCH), None, "its branch is of no use any more");
    desk.come(1);
    desk.turn_well();
    let expected: Vec<_> = desk.expected().into_iter().filter(|row| *row != gone).collect();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![2], expected.clone()));
    desk.merge(2);
    git(&desk.bare.list(), &["branch", "-D", BRANCH]);
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows("main")), (vec![], expected));
}

#[test]
fn a_pull_request_that_a_person_closed_stays_closed_until_the_content_changes() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.end(1, false);
    let head = desk.bare.head(BRANCH);
    let answer = desk.turn_well();
    assert!(answer.only_list().notes[0].contains("was closed by somebody"), "{answer:?}");
    assert_eq!((desk.open(), desk.bare.head(BRANCH)), (vec![], head.clone()));
    desk.come(1);
    desk.turn_well();
    assert_eq!((desk.open(), desk.bare.head(BRANCH)), (vec![2], head), "its branch is left as it is");
    assert_eq!(desk.rows(&format!("{BRANCH}-2")), desk.expected());
}

#[test]
fn what_the_base_has_already_is_withdrawn_with_a_word_why() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    let proposed = desk.bare.text(BRANCH, "README.md");
    desk.bare.persons_commit("main", "README.md", &proposed);
    desk.turn_well();
    let memory = desk.forge.memory();
    assert!(memory.pulls[0].is_closed && memory.pulls[0].comments[0].contains("nothing left to propose"));
    drop(memory);
    assert_eq!(desk.bare.head(BRANCH), None);
    assert!(!desk.turn_well().only_list().changed);
}

#[test]
fn what_a_forge_or_a_remote_refuses_is_told_and_done_in_a_later_turn() {
    let mut desk = Desk::at_a_forge();
    desk.bare.refuse("not today");
    let answer = desk.turn();
    let reason = answer.only_list().reason.clone().unwrap_or_default();
    assert!(answer.status == 1 && reason.contains("not today"), "{reason}");
    assert_eq!(answer.topic().status, "ok", "the poll is not blamed");
    std::fs::remove_file(desk.bare.list().join("hooks/pre-receive")).unwrap();
    for (status, headers, body, told) in [
        (403, vec![], "{\"message\":\"Resource not accessible by personal access token\"}", "write"),
        (403, vec![("retry-after", "60")], "{\"message\":\"You have exceeded a secondary rate limit\"}", ""),
        (502, vec![], "bad gateway", ""),
    ] {
        desk.forge.will(status, &headers, body);
        let answer = desk.turn();
        let reason = answer.only_list().reason.clone().unwrap_or_default();
        assert!(answer.status == 1 && reason.contains(told) && !reason.is_empty(), "{status}: {answer:?}");
        assert!(!reason.contains(TOKEN) && !answer.stderr.contains(TOKEN));
        desk.holds();
    }
    desk.turn_well();
    assert_eq!((desk.open(), desk.rows(BRANCH)), (vec![1], desk.expected()));
    let state = desk.home.folder().join("repositories");
    for file in walk(&state) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()), "{}", file.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn without_a_forge_the_branch_is_pushed_or_the_base_itself() {
    let mut desk = Desk::new("forge = \"none\"\n");
    desk.turn_well();
    assert_eq!((desk.rows(BRANCH), desk.rows("main")), (desk.expected(), vec![]));
    let mut desk =
        Desk::new("forge = \"none\"\ndirect = true\narchive = \"archive/{year}-{month}.md\"\nrows = 3\n");
    desk.turn_well();
    assert_eq!(desk.rows("main"), desk.expected()[..3]);
    assert_eq!(desk.bare.head(BRANCH), None);
    desk.edits("main", |text| text.replacen("[Code Link]", "[mine]", 1));
    desk.come(1);
    desk.turn_well();
    assert_eq!(desk.rows("main"), desk.expected()[..3]);
    let listed = git(&desk.bare.list(), &["log", "--format=%an", "main"]);
    assert_eq!(listed.lines().filter(|name| *name == "paperwire").count(), 2, "a commit for each change");
}

#[test]
fn a_paper_that_a_person_put_into_the_base_is_never_told() {
    let mut desk = Desk::at_a_forge();
    desk.turn_well();
    desk.merge(1);
    desk.come(1);
    let paper = desk.papers[5].clone();
    let row =
        format!("| [Mine](https://arxiv.org/abs/{}) | 2025-01-01 | | | |\n", paper.id.as_arxiv().unwrap());
    desk.edits("main", |text| text.replacen("| **[", &format!("{row}| **["), 1));
    let answer = desk.turn_well();
    assert_eq!(answer.counts(), ("quiet", 0, 0, 0), "{answer:?}");
    assert_eq!(desk.open(), Vec::<usize>::new());
}

#[test]
fn a_program_that_is_killed_anywhere_on_the_way_ends_where_it_would_have_ended() {
    let (mut unharmed, mut killed) = (Desk::at_a_forge(), Desk::at_a_forge());
    let mut dice = Dice(7);
    for day in 0..6 {
        for desk in [&mut unharmed, &mut killed] {
            desk.come(1);
            if day == 3 {
                desk.merge(1);
            }
        }
        let (_, whole) = timed(|| unharmed.turn_well());
        for _ in 0..4 {
            killed.begin_and_kill(whole, &mut dice);
        }
        killed.turn_well();
        for branch in ["main", BRANCH] {
            assert_eq!(killed.rows(branch), unharmed.rows(branch), "{day} {branch}");
        }
        assert_eq!(killed.open(), unharmed.open(), "{day}");
        let bodies =
            |desk: &Desk| desk.forge.memory().pulls.iter().map(|pull| pull.body.clone()).collect::<Vec<_>>();
        assert_eq!(bodies(&killed), bodies(&unharmed), "{day}");
    }
    assert_eq!(unharmed.open(), [2]);
}

impl Desk {
    /// Begins the next day's turn and kills it at a random moment of the time that a whole one takes.
    fn begin_and_kill(&mut self, whole: Duration, dice: &mut Dice) {
        self.arxiv.set_papers(sorted(self.papers.clone()));
        let now = Self::moment(self.day + 1);
        let mut child = self.home.begin(&["once", "--now", &now]);
        // Not to wait for anything: the random moment itself is the test.
        std::thread::sleep(whole * u32::try_from(dice.below(100)).unwrap() / 100);
        let _ = child.kill();
        child.wait().unwrap();
    }
}

/// The script of a step of README's workflow.
fn step(name: &str) -> String {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once(&format!("- name: {name}\n")).expect("README has the step");
    let (_, script) = rest.split_once("run: |\n").expect("the step has a script");
    let lines = script.lines().take_while(|line| line.starts_with("          "));
    lines.flat_map(|line| [line.trim_start(), "\n"]).collect()
}

#[test]
fn readmes_workflow_keeps_its_history_on_a_branch_of_its_own() {
    let mut desk = Desk::new("forge = \"none\"\n");
    let config = std::fs::read_to_string(desk.home.path("paperwire.toml")).unwrap();
    let config = config.replace("state = \"paperwire.db\"", "state = \"papers/paperwire.db\"");
    for (day, seeded) in [(1, 5), (2, 0)] {
        // Each run is on a machine of its own, with a fresh checkout.
        let machine = tempfile::tempdir().unwrap();
        let checkout = machine.path().join("list");
        git(machine.path(), &["clone", "--quiet", &desk.bare.url(), "list"]);
        std::fs::write(checkout.join("paperwire.toml"), &config).unwrap();
        std::fs::write(checkout.join("token"), TOKEN).unwrap();
        desk.come(usize::from(day == 2));
        desk.arxiv.set_papers(sorted(desk.papers.clone()));
        let once = format!("paperwire once --json --now {}", Desk::moment(day));
        let script = format!("{}{once}\n{}", step("Fetch the history"), step("Keep the history"));
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_paperwire")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut run = std::process::Command::new("bash");
        run.args(["-euc", &script]).current_dir(&checkout);
        let run = run.env("PATH", path).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
        let told = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(
            run.status.success() && told.contains(&format!("\"seeded\":{seeded}")),
            "{told}{}",
            String::from_utf8_lossy(&run.stderr)
        );
        assert_eq!(desk.rows(BRANCH), desk.expected());
    }
    let history = git(&desk.bare.list(), &["rev-list", "--count", "paperwire-history"]);
    assert_eq!(history.trim(), "1", "one commit, replaced each time");
}
