//! A pull request's life against GitHub's own description of its interface, which checks every request, with a
//! stateful emulator behind it. `PAPERWIRE_SHARED` names the folder that holds `rigs/`; what they need is in
//! `RIGS_HOME`. Without them there is nothing to do, unless `PAPERWIRE_RIGS=1` says that they must be there.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use paperwire::domain::Secret;
use paperwire::list::forge::{
    ForgeClient, ForgeCredential, ForgeError, ForgePullRequestState, ForgeSettings, ForgeVendor,
    OpenedPullRequest, WritePace,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{forge_settings, new_pull_request, pull_request_branches};

/// How long the emulator may take to come up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The emulator and the proxy that checks, both stopped when this is dropped.
pub(crate) struct GitHubEmulator {
    children: Vec<Child>,
    /// The interface, every request checked.
    pub(crate) api: String,
    /// The emulator's own address: unchecked, and out of reach of the faults that the test asks of the other.
    pub(crate) behind: String,
    /// A Python of the rig's own.
    pub(crate) python: PathBuf,
    folder: tempfile::TempDir,
}

impl GitHubEmulator {
    /// Starts it; none if it is not installed and need not be.
    pub(crate) fn start() -> Option<Self> {
        let Some((rigs, home)) = installed_paths() else {
            let demanded = std::env::var("PAPERWIRE_RIGS").is_ok_and(|value| value == "1");
            assert!(!demanded, "PAPERWIRE_RIGS=1, but rigs/setup.sh core github has not been run");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let (behind, front) =
            (crate::support::loopback_server::free_port(), crate::support::loopback_server::free_port());
        let mut emulator = Command::new(home.join("node"));
        emulator.arg(home.join("github/node_modules/emulate/dist/index.js"));
        emulator.args(["start", "--service", "github", "--port", &behind.to_string(), "--seed"]);
        emulator.arg(rigs.join("github/seed.yaml"));
        let python = home.join("venv/bin/python");
        let mut proxy = Command::new(&python);
        proxy
            .arg(rigs.join("github/ghproxy.py"))
            .args([front.to_string(), format!("http://127.0.0.1:{behind}")]);
        proxy.arg("--transcript").arg(folder.path().join("transcript"));
        let children = [emulator, proxy].map(|mut program| {
            program
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            program.spawn().unwrap()
        });
        let [api, emulated] = [front, behind].map(|port| format!("http://127.0.0.1:{port}"));
        let rig = Self { children: children.into(), api, behind: emulated, python, folder };
        let begun = Instant::now();
        while [behind, front].iter().any(|port| TcpStream::connect(("127.0.0.1", *port)).is_err()) {
            assert!(begun.elapsed() < PATIENCE, "the rig is not up after {PATIENCE:?}");
            std::thread::yield_now();
        }
        Some(rig)
    }

    fn forge_client(&self, project: &str, token: &str) -> ForgeClient {
        let credential = ForgeCredential::Token(Secret::new(token));
        let settings = ForgeSettings {
            project: project.to_owned(),
            credential,
            ..forge_settings(ForgeVendor::GitHub, &self.api)
        };
        ForgeClient::new(settings, WritePace::with_write_interval(Duration::ZERO)).unwrap()
    }

    /// Something that our program does not do itself: a branch, a file, a fault. What is asked without a body is
    /// so by `Value::Null`.
    pub(crate) async fn send_request(&self, method: Method, path: &str, body: &Value) -> Value {
        request_json(method, &format!("{}{path}", self.api), body).await
    }

    /// A request behind the proxy: neither checked nor noted.
    pub(crate) async fn send_unchecked(&self, method: Method, path: &str, body: &Value) -> Value {
        request_json(method, &format!("{}{path}", self.behind), body).await
    }

    /// Puts a commit on our branch, which is made again from the base.
    async fn push_commit(&self, project: &str, content: &str) {
        let repository = format!("/repos/{project}");
        let main =
            self.send_request(Method::GET, &format!("{repository}/git/ref/heads/main"), &Value::Null).await;
        let branch = json!({"ref": format!("refs/heads/{}", pull_request_branches().head), "sha": main["object"]["sha"]});
        self.send_request(Method::POST, &format!("{repository}/git/refs"), &branch).await;
        let file = json!({"message": "papers", "content": content, "branch": pull_request_branches().head});
        self.send_request(Method::PUT, &format!("{repository}/contents/papers.md"), &file).await;
    }

    /// Every request so far, as the proxy noted it: `m` its method, `p` its path, `status` the answer's.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let lines = fs::read_to_string(self.folder.path().join("transcript")).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The requests that GitHub's own description objects to.
    pub(crate) fn schema_violations(&self) -> Vec<Value> {
        let is_objection = |error: &Value| !["OVERLAY", "INJECTED"].iter().any(|marker| error == marker);
        let is_objected_to = |line: &Value| line["errs"].as_array().unwrap().iter().any(is_objection);
        self.requests().into_iter().filter(is_objected_to).collect()
    }
}

async fn request_json(method: Method, url: &str, body: &Value) -> Value {
    // Whoever comes first provides TLS with its cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let request = reqwest::Client::new().request(method, url);
    let request = request.header("authorization", "Bearer tok_bot").header("user-agent", "tests");
    let request = request.header("accept", "application/vnd.github+json");
    let request = request.header("x-github-api-version", "2022-11-28");
    let request = match body {
        Value::Null => request,
        body => request.header("content-type", "application/json").body(body.to_string()),
    };
    let answer = request.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{url}: {status}: {text}");
    serde_json::from_str(&text).unwrap()
}

impl Drop for GitHubEmulator {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn installed_paths() -> Option<(PathBuf, PathBuf)> {
    let rigs = Path::new(&std::env::var_os("PAPERWIRE_SHARED")?).join("rigs");
    let home = std::env::var_os("RIGS_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache/paperwire-rigs")))?;
    (rigs.is_dir() && home.join("github/node_modules/emulate").is_dir()).then_some((rigs, home))
}

#[tokio::test]
async fn githubs_own_description_takes_every_request_of_a_pull_requests_life() {
    let Some(rig) = GitHubEmulator::start() else { return };
    let (project, ours) = ("owner/awesome-list", pull_request_branches());
    let forge = rig.forge_client(project, "tok_bot");
    assert_eq!(forge.find_open_pull_request(&ours).await.unwrap(), None);
    let nothing = forge.open_pull_request(&ours, &new_pull_request("Two papers")).await.unwrap_err();
    assert!(matches!(nothing, ForgeError::Rejected(_)), "there is no such branch: {nothing:?}");
    rig.push_commit(project, "IyBsCg==").await;

    let opened = forge.open_pull_request(&ours, &new_pull_request("Two papers")).await.unwrap();
    let OpenedPullRequest::New(opened) = opened else { unreachable!("{opened:?}") };
    assert_eq!(
        (opened.title.as_str(), opened.state, opened.head_sha.len()),
        ("Two papers", ForgePullRequestState::Open, 40)
    );
    forge.add_labels(&opened, &["papers".to_owned(), "automatic".to_owned()]).await.unwrap();
    forge.ask_reviewers(&opened, &["paperbot".to_owned()]).await.unwrap();
    forge
        .update_pull_request(&opened, "Three papers", "Three papers came.", &opened.branches.base)
        .await
        .unwrap();
    for _ in 0..2 {
        forge.add_comment(&opened, "A person has edited the branch.").await.unwrap();
    }
    let adopted = forge.open_pull_request(&ours, &new_pull_request("Two papers")).await.unwrap();
    let OpenedPullRequest::Adopted(adopted) = adopted else { unreachable!("{adopted:?}") };
    assert_eq!((adopted.number, adopted.title.as_str()), (opened.number, "Three papers"));
    assert_eq!((adopted.body.as_str(), adopted.labels.len()), ("Three papers came.", 2));
    forge.close_pull_request(&adopted).await.unwrap();
    assert_eq!(forge.find_open_pull_request(&ours).await.unwrap(), None);
    let closed = forge.find_last_closed_pull_request(&ours).await.unwrap().unwrap();
    assert_eq!((closed.number, closed.state), (opened.number, ForgePullRequestState::Closed));

    let missing = rig.forge_client("owner/none", "tok_bot").find_open_pull_request(&ours).await.unwrap_err();
    assert!(matches!(missing, ForgeError::NoAccess(_)), "{missing:?}");
    let fault = json!([{
        "method": "POST", "path": "/pulls", "status": 403, "headers": {"retry-after": "60"},
        "body": {"message": "You have exceeded a secondary rate limit."},
    }]);
    rig.send_request(Method::POST, "/__fault", &fault).await;
    let limited = forge.open_pull_request(&ours, &new_pull_request("Four papers")).await.unwrap_err();
    assert!(matches!(limited, ForgeError::RateLimited { .. }), "{limited:?}");
    assert_eq!(rig.schema_violations(), Vec::<Value>::new());
}
