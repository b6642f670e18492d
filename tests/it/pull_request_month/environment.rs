//! The environment of the month: a repository with hooks, its forge, an arXiv, people, and the program.

use std::collections::BTreeMap;
use std::fs;
use std::iter;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use paperwire::domain::{CommitId, Paper, Revision};
use reqwest::Method;
use serde_json::Value;

use crate::forges::github_emulator::GitHubEmulator;
use crate::repository::git_server_rig::{RealGitServer, rig_folder, start_server};
use crate::support::bare_repository::{BareRepository, block_on, run_git};
use crate::support::executable_files;
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_arxiv::page::sample_paper;
use crate::support::http_backend::files_below;
use crate::support::sample_papers::{newest_first, versioned_ids};
use crate::support::test_env::{OnceOutput, TOPIC, TestEnv, rows_of_list, stderr, stdout};

pub(super) const BRANCH: &str = "paperwire/papers";
pub(super) const LIST: &str = "README.md";
const PROJECT: &str = "owner/awesome-list";
const TOKEN: &str = "tok_bot";
const USER: &str = "x-access-token";

/// The forge's own hook: nobody's token writes to the base, `deny` has words that refuse every push by a token, and
/// `race` is run once, after the pushed commits have come and before the branch is moved.
const PRE_RECEIVE: &str = r#"#!/bin/sh
[ -n "$REMOTE_USER" ] || exit 0
while read -r old new ref; do
    [ "$ref" != refs/heads/main ] || { echo "GH006: Protected branch update failed for $ref." >&2; exit 1; }
done
[ ! -f deny ] || { cat deny >&2; exit 1; }
if mv race raced 2>/dev/null; then env -i PATH="$PATH" ./raced; fi
exit 0
"#;

/// Stands before git in the program's path; `race` next to it is run once, just before a push.
const GIT: &str = r#"#!/bin/sh
here=${0%/*}
case " $* " in
*" push "*) if mv "$here/race" "$here/raced" 2>/dev/null; then env -i PATH="$PATH" "$here/raced"; fi ;;
esac
PATH=${PATH#*:} exec git "$@"
"#;

/// All of it.
pub(super) struct MonthEnv {
    arxiv: FakeArxiv,
    pub(super) bare: BareRepository,
    pub(super) rig: GitHubEmulator,
    _server: RealGitServer,
    pub(super) env: TestEnv,
    pub(super) papers: Vec<Paper>,
    pub(super) day: i64,
    pub(super) words: Vec<PersonsText>,
    /// The papers whose rows are a person's: deleted by one, or added by hand.
    pub(super) apart: Vec<Paper>,
}

/// What a person wrote, and where it must be.
pub(super) struct PersonsText {
    pub(super) branch: String,
    pub(super) file: String,
    pub(super) text: String,
}

/// What a run said, and what it asked of the forge.
pub(super) struct ObservedRun {
    pub(super) answer: OnceOutput,
    requests: Vec<Value>,
}

impl ObservedRun {
    /// The requests that change something at the forge.
    pub(super) fn write_requests(&self) -> Vec<String> {
        let writes = self.requests.iter().filter(|request| request["m"] != "GET");
        writes.map(|request| format!("{} {}", json_text(&request["m"]), json_text(&request["p"]))).collect()
    }

    pub(super) fn reason(&self) -> &str {
        self.answer.only_list().reason.as_deref().unwrap_or_default()
    }
}

pub(super) fn json_text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn run_time(day: i64) -> Timestamp {
    "2025-03-01T20:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * day)
}

impl MonthEnv {
    /// None if the rigs are not installed and need not be.
    pub(super) fn start() -> Option<Self> {
        let forge = GitHubEmulator::start()?;
        let (arxiv, bare) = (FakeArxiv::serve_papers(vec![]), BareRepository::new());
        let list = bare.repository_path();
        run_git(&list, &["config", "http.receivepack", "true"]);
        let mirror = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/pull_request_month/mirror.py");
        let mirror = format!(
            "#!/bin/sh\nexec {} {} {} {PROJECT}\n",
            forge.python.display(),
            mirror.display(),
            forge.behind
        );
        executable_files::write_script(&list.join("hooks/post-receive"), &mirror);
        executable_files::write_script(&list.join("hooks/pre-receive"), PRE_RECEIVE);
        let marked = format!(
            "# Mine\n\nHello.\n\n<!-- paperwire:begin {TOPIC} -->\n<!-- paperwire:end {TOPIC} -->\n\nThe end.\n"
        );
        bare.commit_as_person("main", LIST, &marked);
        let rig = rig_folder().expect("it stands beside that of the forge");
        let (url, server) = start_server(&rig, bare.folder(), &format!("{USER}:{TOKEN}"));
        let env = TestEnv::with_arxiv(&arxiv).with_list(&format!(
            "name = \"papers\"\nrepository = \"{url}\"\nforge = \"github\"\napi = \"{}\"\nproject = \"{PROJECT}\"\n\
             user = \"{USER}\"\ntoken_file = \"token\"\nlabels = [\"papers\"]\nreviewers = [\"paperbot\"]\n",
            forge.api
        ));
        fs::write(env.path("token"), TOKEN).unwrap();
        executable_files::write_script(&env.path("bin/git"), GIT);
        let env = Self {
            arxiv,
            bare,
            rig: forge,
            _server: server,
            env,
            papers: Vec::new(),
            day: 0,
            words: Vec::new(),
            apart: Vec::new(),
        };
        Some(env)
    }

    /// Adds so many papers that come on the next day.
    pub(super) fn add_papers(&mut self, count: usize) {
        for number in self.papers.len()..self.papers.len() + count {
            let earlier = SignedDuration::from_mins(60 + i64::try_from(number).unwrap());
            let updated = run_time(self.day + 1) - earlier;
            let dated = Paper {
                updated,
                published: Some(updated),
                revision: Revision::FIRST,
                ..sample_paper(number)
            };
            self.papers.push(dated);
        }
    }

    /// A run on the next day, after which everything holds that must hold at any time.
    pub(super) fn run_once(&mut self) -> ObservedRun {
        self.day += 1;
        let now = run_time(self.day);
        self.arxiv.set_papers(newest_first(self.papers.clone()));
        self.arxiv.set_stamp(now - SignedDuration::from_mins(10));
        let before = self.rig.requests().len();
        let path = format!("{}:{}", self.env.path("bin").display(), std::env::var("PATH").unwrap());
        let mut once = self.env.program_command(&["once", "--json", "--now", &now.to_string()]);
        let output = once.env("PATH", path).output().unwrap();
        let turn = ObservedRun {
            answer: OnceOutput::parse_output(&output),
            requests: self.rig.requests().split_off(before),
        };
        self.assert_invariants(&output);
        turn
    }

    /// A run in which all goes well, and after which the base and what is proposed have every paper once.
    pub(super) fn run_once_well(&mut self) -> ObservedRun {
        let turn = self.run_expecting_note(None);
        let list = self.bare.file_at_branch(&self.list_once_merged(), LIST);
        assert_eq!(rows_of_list(&list), self.expected_rows(), "day {}", self.day);
        turn
    }

    /// A run in which all goes well, and which notes this.
    pub(super) fn run_expecting_note(&mut self, words: Option<&str>) -> ObservedRun {
        let turn = self.run_once();
        let OnceOutput { status, stderr, .. } = &turn.answer;
        assert_eq!((*status, stderr.as_str()), (0, ""), "day {}: {:?}", self.day, turn.answer);
        self.assert_notes(&turn, words);
        turn
    }

    /// A run that leaves the list to a person for this reason.
    pub(super) fn run_expecting_wait(&mut self, words: &str) {
        let turn = self.run_once();
        let OnceOutput { status, stderr, .. } = &turn.answer;
        assert!(*status == 1 && stderr.contains(words), "day {}: {:?}", self.day, turn.answer);
        self.assert_notes(&turn, Some(words));
    }

    fn assert_notes(&self, turn: &ObservedRun, words: Option<&str>) {
        let notes = &turn.answer.only_list().notes;
        assert_eq!(notes.len(), words.iter().len(), "day {}: {notes:?}", self.day);
        assert!(notes.iter().zip(words).all(|(note, words)| note.contains(words)), "{notes:?}");
    }

    /// A run that the forge or the remote refuses with these words.
    pub(super) fn run_expecting_refusal(&mut self, words: &str) -> ObservedRun {
        let turn = self.run_once();
        assert!(turn.answer.status == 1 && turn.reason().contains(words), "{words}: {:?}", turn.answer);
        assert!(
            ["ok", "quiet"].contains(&turn.answer.only_topic().status.as_str()),
            "the poll is not blamed"
        );
        turn
    }

    fn assert_invariants(&self, output: &Output) {
        assert_eq!(self.rig.schema_violations(), Vec::<Value>::new());
        assert_eq!(self.forge_branches(), self.repository_branches(), "what the forge shows is what git has");
        let landing = self.list_once_merged();
        for PersonsText { branch, file, text } in &self.words {
            let landing = Some(&landing).filter(|_| branch == "main");
            for place in iter::once(branch).chain(landing) {
                let standing = self.bare.file_at_branch(place, file);
                assert!(standing.contains(text), "day {}: {text} of {place}:{file}: {standing}", self.day);
            }
        }
        let said = format!("{}{}", stdout(output), stderr(output));
        let login = STANDARD.encode(format!("{USER}:{TOKEN}"));
        let tells = |text: &str| [TOKEN, &login].iter().any(|secret| text.contains(secret));
        assert!(!tells(&said), "{said}");
        for file in files_below(self.env.folder()).iter().filter(|file| !file.ends_with("token")) {
            assert!(!tells(&String::from_utf8_lossy(&fs::read(file).unwrap())), "{}", file.display());
        }
    }

    /// What the base has once the open pull request is merged, of which there is one at the most: the name of a tree.
    /// Where it cannot be merged, and where there is none, that is the base itself.
    fn list_once_merged(&self) -> String {
        let open = self.open_pull_requests();
        assert!(open.len() < 2, "{open:?}");
        let merged = open.first().and_then(|(_, branch)| {
            let mut merge = Command::new("git");
            merge
                .args(["merge-tree", "--write-tree", "main", branch])
                .current_dir(self.bare.repository_path());
            let merge = merge.output().unwrap();
            merge.status.success().then(|| stdout(&merge).trim().to_owned())
        });
        merged.unwrap_or_else(|| "main".to_owned())
    }

    /// Which paper a row of the list is about.
    pub(super) fn paper_of(&self, row: &str) -> usize {
        let [address] = &rows_of_list(row)[..] else { panic!("a row of ours: {row}") };
        let all = versioned_ids(&self.papers);
        all.iter().position(|paper| paper == address).expect("a paper of the month")
    }

    /// The first parent of a branch's last commit.
    pub(super) fn parent_commit(&self, branch: &str) -> String {
        run_git(&self.bare.repository_path(), &["rev-parse", &format!("{branch}^")]).trim().to_owned()
    }

    /// A commit must be part of a branch.
    pub(super) fn assert_contains_commit(&self, commit: &CommitId, branch: &str) {
        run_git(&self.bare.repository_path(), &["merge-base", "--is-ancestor", commit.as_str(), branch]);
    }

    fn expected_rows(&self) -> Vec<String> {
        let ours = self.papers.iter().filter(|paper| !self.apart.iter().any(|apart| apart.id == paper.id));
        versioned_ids(&newest_first(ours.cloned().collect()))
    }

    /// The forge's branches, each with where it is.
    fn forge_branches(&self) -> BTreeMap<String, String> {
        let refs = self.send_request(Method::GET, "/git/matching-refs/heads/", &Value::Null);
        let refs = refs.as_array().unwrap().iter();
        refs.map(|one| (json_text(&one["ref"]).to_owned(), json_text(&one["object"]["sha"]).to_owned()))
            .collect()
    }

    /// The repository's branches, each with where it is.
    pub(super) fn repository_branches(&self) -> BTreeMap<String, String> {
        let refs = run_git(
            &self.bare.repository_path(),
            &["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/"],
        );
        let refs = refs.lines().map(|line| line.split_once(' ').unwrap());
        refs.map(|(name, id)| (name.to_owned(), id.to_owned())).collect()
    }

    pub(super) fn send_request(&self, method: Method, path: &str, body: &Value) -> Value {
        block_on(self.rig.send_unchecked(method, &format!("/repos/{PROJECT}{path}"), body))
    }

    /// The numbers and branches of the open pull requests.
    pub(super) fn open_pull_requests(&self) -> Vec<(u64, String)> {
        let pulls = self.send_request(Method::GET, "/pulls?state=open&per_page=100", &Value::Null);
        let pulls = pulls.as_array().unwrap().iter();
        pulls
            .map(|pull| (pull["number"].as_u64().unwrap(), json_text(&pull["head"]["ref"]).to_owned()))
            .collect()
    }

    pub(super) fn pull_request(&self, number: u64) -> Value {
        self.send_request(Method::GET, &format!("/pulls/{number}"), &Value::Null)
    }

    /// What was said under a pull request.
    pub(super) fn comments(&self, number: u64) -> Vec<String> {
        let comments = self.send_request(Method::GET, &format!("/issues/{number}/comments"), &Value::Null);
        comments.as_array().unwrap().iter().map(|comment| json_text(&comment["body"]).to_owned()).collect()
    }
}
