//! The environment of a list in a repository: an arXiv, the repository, its forge, the program, and a person.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use paperwire::domain::Paper;
use paperwire::list::forge::ForgeVendor;
use tokio::runtime::Builder;

use crate::support::bare_repository::{BareRepository, run_git};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_forge::FakeForge;
use crate::support::random_month_of_papers::RandomNumbers;
use crate::support::sample_papers::{newest_first, sample_papers, versioned_ids};
use crate::support::test_env::{OnceOutput, TOPIC, TestEnv, rows_of_list};

pub(crate) const TOKEN: &str = "github_pat_planted0123456789";
pub(crate) const BRANCH: &str = "paperwire/papers";

/// An arXiv, a repository, its forge, and the program.
pub(crate) struct RepositoryEnv {
    pub(crate) arxiv: FakeArxiv,
    pub(crate) bare: BareRepository,
    pub(crate) forge: FakeForge,
    pub(crate) local: TestEnv,
    pub(crate) papers: Vec<Paper>,
    pub(crate) day: i64,
}

/// A forge on a thread of its own, which ends with the test's process.
fn start_fake_forge(kind: ForgeVendor) -> FakeForge {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            tell.send(FakeForge::start(kind).await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv().unwrap()
}

impl RepositoryEnv {
    /// A environment whose list has these more lines in the config.
    pub(crate) fn new(more: &str) -> Self {
        Self::at_forge_with(ForgeVendor::GitHub, more)
    }

    /// An environment at a forge of this kind; its list has these more lines in the config.
    pub(crate) fn at_forge_with(kind: ForgeVendor, more: &str) -> Self {
        let forge = start_fake_forge(kind);
        let (arxiv, bare) = (FakeArxiv::serve_papers(vec![]), BareRepository::new());
        forge.lock_memory().repository = Some(bare.repository_path());
        let marked = format!(
            "# Mine\n\n<!-- paperwire:begin {TOPIC} -->\n<!-- paperwire:end {TOPIC} -->\n\nThe end.\n"
        );
        bare.commit_as_person("main", "README.md", &marked);
        let local = TestEnv::with_arxiv(&arxiv);
        std::fs::write(local.path("token"), TOKEN).unwrap();
        let config = std::fs::read_to_string(local.path("paperwire.toml")).unwrap();
        let (head, _) = config.split_once("[[list]]").unwrap();
        let mut config = head.to_owned();
        write!(
            config,
            "[[list]]\nname = \"papers\"\nrepository = \"{}\"\nfile = \"README.md\"\n{more}",
            bare.url()
        )
        .unwrap();
        let config = config.replace("API", &forge.api);
        std::fs::write(local.path("paperwire.toml"), config).unwrap();
        Self { arxiv, bare, forge, local, papers: sample_papers(5), day: 0 }
    }

    pub(crate) fn at_a_forge() -> Self {
        Self::new(
            "forge = \"github\"\napi = \"API\"\nproject = \"owner/list\"\ntoken_file = \"token\"\nlabels = [\"papers\"]\n",
        )
    }

    /// Adds so many papers, a day later.
    pub(crate) fn add_papers(&mut self, count: usize) {
        let next = self.papers.len();
        self.papers.extend(sample_papers(next + count).split_off(next));
    }

    /// A run on the next day.
    pub(crate) fn run_once(&mut self) -> OnceOutput {
        self.day += 1;
        self.arxiv.set_papers(newest_first(self.papers.clone()));
        let now = Self::run_time(self.day);
        self.local.run_once(&now)
    }

    pub(crate) fn run_time(day: i64) -> String {
        let first: Timestamp = "2025-03-26T20:00:00Z".parse().unwrap();
        (first + SignedDuration::from_hours(24 * day)).to_string()
    }

    pub(crate) fn run_once_well(&mut self) -> OnceOutput {
        let answer = self.run_once();
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{answer:?}");
        self.check_invariants();
        answer
    }

    /// What holds at any time: one open pull request at the most, and no secret anywhere.
    pub(crate) fn check_invariants(&self) {
        assert!(self.open_pull_requests().len() < 2, "{:?}", self.forge.lock_memory().pulls);
        assert!(self.bare.file_at_branch("main", "README.md").contains("# Mine\n"));
    }

    /// The numbers of the open pull requests.
    pub(crate) fn open_pull_requests(&self) -> Vec<usize> {
        let memory = self.forge.lock_memory();
        let numbered = memory.pulls.iter().enumerate();
        numbered.filter(|(_, pull)| !pull.is_closed && !pull.is_merged).map(|(at, _)| at + 1).collect()
    }

    /// The papers that the list has on a branch.
    pub(crate) fn rows(&self, branch: &str) -> Vec<String> {
        rows_of_list(&self.bare.file_at_branch(branch, "README.md"))
    }

    pub(crate) fn expected_rows(&self) -> Vec<String> {
        versioned_ids(&newest_first(self.papers.clone()))
    }

    /// A person works in a clone, then the remote has it.
    pub(crate) fn run_in_clone(&self, commands: &[&[&str]]) {
        let folder = self.bare.persons_clone();
        run_git(&folder, &["fetch", "--quiet", "--prune", "origin"]);
        run_git(&folder, &["checkout", "--quiet", "-B", "main", "origin/main"]);
        self.continue_in_clone(commands);
    }

    /// Runs more commands in the clone as the last ones left it.
    pub(crate) fn continue_in_clone(&self, commands: &[&[&str]]) {
        for command in commands {
            run_git(&self.bare.persons_clone(), command);
        }
    }

    pub(crate) fn merge_pull_request(&self, number: usize) {
        let head = self.forge.lock_memory().pulls[number - 1].head.clone();
        let from = format!("origin/{head}");
        self.run_in_clone(&[
            &["merge", "--quiet", "--no-ff", "-m", "Merge", &from],
            &["push", "--quiet", "origin", "main"],
        ]);
        self.close_pull_request(number, true);
    }

    pub(crate) fn squash_pull_request(&self, number: usize) {
        let head = self.forge.lock_memory().pulls[number - 1].head.clone();
        let from = format!("origin/{head}");
        self.run_in_clone(&[
            &["merge", "--quiet", "--squash", &from],
            &["commit", "--quiet", "-m", "Squash"],
            &["push", "--quiet", "origin", "main"],
        ]);
        self.close_pull_request(number, true);
    }

    pub(crate) fn close_pull_request(&self, number: usize, is_merged: bool) {
        let mut memory = self.forge.lock_memory();
        let head = memory.pulls[number - 1].head.clone();
        memory.pulls[number - 1].merged_head = self.bare.branch_head(&head).map(|head| head.to_string());
        memory.pulls[number - 1].is_closed = true;
        memory.pulls[number - 1].is_merged = is_merged;
    }

    /// A person changes the list on a branch.
    pub(crate) fn edit_list(&self, branch: &str, change: impl FnOnce(&str) -> String) {
        let text = self.bare.file_at_branch(branch, "README.md");
        let changed = change(&text);
        assert_ne!(changed, text);
        self.bare.commit_as_person(branch, "README.md", &changed);
    }
}

impl RepositoryEnv {
    /// Begins the next day's run and kills it at a random moment of the time that a whole one takes.
    pub(crate) fn spawn_and_kill(&mut self, whole: Duration, random: &mut RandomNumbers) {
        self.arxiv.set_papers(newest_first(self.papers.clone()));
        let now = Self::run_time(self.day + 1);
        let mut child = self.local.spawn_program(&["once", "--now", &now]);
        // Not to wait for anything: the random moment itself is the test.
        std::thread::sleep(whole * u32::try_from(random.number_below(100)).unwrap() / 100);
        let _ = child.kill();
        child.wait().unwrap();
    }
}
