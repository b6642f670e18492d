//! A forge on the loopback that remembers. Sources: <https://docs.github.com/en/rest>,
//! <https://docs.gitea.com/api/next/>, <https://docs.gitlab.com/api/merge_requests/>.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use paperwire::http_server::accept_connections;
use paperwire::list::forge::ForgeVendor;
use serde_json::{Value, json};

/// One repository's forge.
pub(crate) struct FakeForge {
    /// The interface's root.
    pub(crate) api: String,
    memory: Arc<Mutex<ForgeMemory>>,
    watching: SharedWatcher,
}

/// Called before each request is answered, with its line; whether it is to be answered at all.
pub(crate) type RequestWatcher = Box<dyn FnMut(&str) -> bool + Send>;

type SharedWatcher = Arc<Mutex<Option<RequestWatcher>>>;

/// What a git asks for before it goes to the remote; see [`FakeForge::set_watcher`].
pub(crate) const CONTACT: &str = "/api/contact";

/// What the forge knows.
#[derive(Debug, Default)]
pub(crate) struct ForgeMemory {
    pub(crate) pulls: Vec<FakePullRequest>,
    /// The repository whose branches it shows; without one every commit has a made-up name.
    pub(crate) repository: Option<PathBuf>,
    pub(crate) labels: Vec<String>,
    pub(crate) heard: Vec<ForgeRequest>,
    /// What it answers next instead: status, header, body.
    pub(crate) replies: VecDeque<CannedReply>,
    /// What it refuses once: a part of the request's line, and the status.
    pub(crate) refusals: Vec<(&'static str, u16)>,
}

/// An answer that was thought out before.
pub(crate) type CannedReply = (u16, Vec<(&'static str, String)>, String);

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct ForgeRequest {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

/// A pull request, whatever it is called.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakePullRequest {
    pub(crate) head: String,
    pub(crate) base: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) is_closed: bool,
    pub(crate) is_merged: bool,
    pub(crate) is_a_forks: bool,
    /// Where its branch was when it was merged.
    pub(crate) merged_head: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) comments: Vec<String>,
    pub(crate) reviewers: Vec<Value>,
}

impl ForgeRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl FakeForge {
    pub(crate) async fn start(kind: ForgeVendor) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}/api/", listener.local_addr().unwrap());
        let memory = Arc::new(Mutex::new(ForgeMemory::default()));
        let watching = SharedWatcher::default();
        let at_door = (Arc::clone(&memory), Arc::clone(&watching));
        let router = Router::new().fallback(move |request| {
            let (memory, watching) = at_door.clone();
            answer(kind, memory, watching, request)
        });
        tokio::spawn(async move { accept_connections(&listener, &router).await });
        Self { api, memory, watching }
    }

    /// What it knows, shared with whoever acts at it.
    pub(crate) fn shared_memory(&self) -> Arc<Mutex<ForgeMemory>> {
        Arc::clone(&self.memory)
    }

    /// Has this called before each request, [`CONTACT`] among them.
    pub(crate) fn set_watcher(&self, watch: RequestWatcher) {
        *self.watching.lock().unwrap() = Some(watch);
    }

    pub(crate) fn lock_memory(&self) -> MutexGuard<'_, ForgeMemory> {
        self.memory.lock().unwrap()
    }

    /// The requests so far that were to change something.
    pub(crate) fn write_requests(&self) -> Vec<String> {
        let memory = self.lock_memory();
        memory.heard.iter().map(|heard| heard.line.clone()).filter(|line| !line.starts_with("GET")).collect()
    }

    /// What it answers next instead of its own mind.
    pub(crate) fn reply_with(&self, status: u16, headers: &[(&'static str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.lock_memory().replies.push_back((status, headers, body.to_owned()));
    }
}

async fn answer(
    kind: ForgeVendor,
    memory: Arc<Mutex<ForgeMemory>>,
    watching: SharedWatcher,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let line = format!("{} {}", parts.method, parts.uri);
    let is_answered = watching.lock().unwrap().as_mut().is_none_or(|watch| watch(&line));
    if !is_answered || parts.uri.path() == CONTACT {
        let status = if is_answered { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        return (status, Body::empty()).into_response();
    }
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let headers =
        parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let heard = ForgeRequest { line, headers: headers.collect(), body: body.clone() };
    let mut memory = memory.lock().unwrap();
    let refusal = memory.refusals.iter().position(|(part, _)| heard.line.contains(part));
    if let Some(at) = refusal {
        let (_, status) = memory.refusals.remove(at);
        memory.replies.push_front((status, Vec::new(), "{}".to_owned()));
    }
    memory.heard.push(heard);
    let (status, headers, body) = memory.replies.pop_front().unwrap_or_else(|| {
        let asked = ForgeCall::parse_request(kind, &parts.method, &parts.uri.to_string(), body);
        let (status, lines, body) = memory.answer(&asked);
        (status, lines, body.to_string())
    });
    let mut response = (StatusCode::from_u16(status).unwrap(), Body::from(body)).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// A request, as far as this forge looks at it.
struct ForgeCall {
    kind: ForgeVendor,
    method: Method,
    /// What follows the repository.
    path: Vec<String>,
    query: Vec<(String, String)>,
    body: Value,
}

type ForgeResponse = (u16, Vec<(&'static str, String)>, Value);

impl ForgeCall {
    fn parse_request(kind: ForgeVendor, method: &Method, uri: &str, body: Value) -> Self {
        let url = reqwest::Url::parse("http://x").unwrap().join(uri).unwrap();
        let path = match kind {
            ForgeVendor::GitHub | ForgeVendor::Gitea => url.path().strip_prefix("/api/repos/owner/list/"),
            ForgeVendor::GitLab => url.path().strip_prefix("/api/projects/owner%2Flist/"),
        };
        let path = path.or(url.path().strip_prefix("/api/")).unwrap();
        let path = path.split('/').map(|part| if part == "merge_requests" { "pulls" } else { part });
        let path = path.map(|part| if part == "notes" { "comments" } else { part }.to_owned());
        let query = url.query_pairs().into_owned().collect();
        Self { kind, method: method.clone(), path: path.collect(), query, body }
    }

    fn body_text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.body[*name].as_str()).map(str::to_owned)
    }

    fn query_parameter(&self, names: &[&str]) -> Option<&str> {
        self.query.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_str())
    }

    /// Whether it is to ask somebody for a review who is unknown: the forge then asks none of them.
    fn asks_stranger_for_review(&self) -> bool {
        self.body["reviewers"].as_array().is_some_and(|names| names.iter().any(|name| name == "nobody"))
    }

    /// Whether all are counted, while others link the next page: so Gitea does with labels.
    fn reports_total_count(&self) -> bool {
        self.kind == ForgeVendor::Gitea && self.path == ["labels"]
    }

    /// The page that was asked for, with a link to the next one.
    fn paginate(&self, listed: Vec<Value>) -> ForgeResponse {
        let number =
            |names: &[&str]| self.query_parameter(names).map(|value| value.parse::<usize>().unwrap());
        let size = number(&["per_page", "limit"]).unwrap().min(50);
        let page = number(&["page"]).unwrap();
        let total = listed.len();
        let next = (total > size * page && !self.reports_total_count())
            .then(|| ("link", format!(r#"<http://elsewhere.invalid/?page={}>; rel="next""#, page + 1)));
        let shown: Vec<_> = listed.into_iter().skip(size * (page - 1)).take(size).collect();
        let count = self.reports_total_count().then(|| ("x-total-count", total.to_string()));
        (200, next.into_iter().chain(count).collect(), Value::Array(shown))
    }
}

impl ForgeMemory {
    fn answer(&mut self, asked: &ForgeCall) -> ForgeResponse {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let number = |text: &str| text.parse::<usize>().unwrap() - 1;
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["pulls"]) => self.list_pull_requests(asked),
            ("POST", ["pulls"]) => self.open_pull_request(asked),
            ("GET", ["pulls", at]) => (200, vec![], self.pull_request_json(asked.kind, number(at))),
            ("PATCH" | "PUT", ["pulls", at]) => self.update_pull_request(asked, number(at)),
            ("POST", ["pulls", _, "requested_reviewers"]) if asked.asks_stranger_for_review() => {
                let status = if asked.kind == ForgeVendor::Gitea { 404 } else { 422 };
                (status, vec![], json!({"message": "user does not exist"}))
            }
            ("POST", ["pulls", at, "requested_reviewers"]) => {
                self.pulls[number(at)].reviewers.push(asked.body.clone());
                (201, vec![], json!({}))
            }
            ("GET", ["issues" | "pulls", at, "comments"]) => {
                let comments = self.pulls[number(at)].comments.iter();
                asked.paginate(comments.map(|text| json!({"body": text.replace('\n', "\r\n")})).collect())
            }
            ("POST", ["issues" | "pulls", at, "comments"]) => {
                self.pulls[number(at)].comments.push(asked.body_text(&["body"]).unwrap());
                (201, vec![], json!({}))
            }
            ("POST", ["issues", at, "labels"]) => self.add_labels(asked, number(at)),
            ("GET", ["labels"]) => {
                let named = self.labels.iter().enumerate();
                asked.paginate(named.map(|(at, name)| json!({"id": at + 1, "name": name})).collect())
            }
            ("POST", ["labels"]) => {
                self.labels.push(asked.body_text(&["name"]).unwrap());
                (201, vec![], json!({"id": self.labels.len(), "name": asked.body["name"]}))
            }
            ("GET", ["users"]) => match asked.query_parameter(&["username"]) {
                Some("ada") => asked.paginate(vec![json!({"id": 7, "username": "ada"})]),
                _ => asked.paginate(vec![]),
            },
            _ => (404, vec![], json!({"message": "Not Found"})),
        }
    }

    /// Gitea lists all that are in a state; the others look at the branches too.
    fn list_pull_requests(&self, asked: &ForgeCall) -> ForgeResponse {
        let state = asked.query_parameter(&["state"]).unwrap();
        let head =
            asked.query_parameter(&["head", "source_branch"]).map(|head| head.trim_start_matches("owner:"));
        let base = asked.query_parameter(&["base", "target_branch"]);
        let listed = self.pulls.iter().enumerate().rev().filter(|(_, pull)| {
            let is_in_state = match (asked.kind, state) {
                (_, "all") => true,
                (_, "open" | "opened") => !pull.is_closed,
                (ForgeVendor::GitLab, "closed") => pull.is_closed && !pull.is_merged,
                (_, state) => state == "closed" && pull.is_closed,
            };
            is_in_state
                && head.is_none_or(|head| pull.head == head)
                && base.is_none_or(|base| pull.base == base)
        });
        asked.paginate(listed.map(|(at, _)| self.pull_request_json(asked.kind, at)).collect())
    }

    fn open_pull_request(&mut self, asked: &ForgeCall) -> ForgeResponse {
        let new = FakePullRequest {
            head: asked.body_text(&["head", "source_branch"]).unwrap(),
            base: asked.body_text(&["base", "target_branch"]).unwrap(),
            title: asked.body_text(&["title"]).unwrap(),
            body: asked.body_text(&["body", "description"]).unwrap(),
            ..FakePullRequest::default()
        };
        let same = |pull: &FakePullRequest| {
            !pull.is_closed && !pull.is_a_forks && (&pull.head, &pull.base) == (&new.head, &new.base)
        };
        if let Some(at) = self.pulls.iter().position(same) {
            return duplicate_response(asked.kind, at);
        }
        if asked.kind == ForgeVendor::GitHub && self.has_nothing_new(&new) {
            return (
                422,
                vec![],
                json!({"message": "Validation Failed", "errors": ["No commits between them"]}),
            );
        }
        self.pulls.push(new);
        (201, vec![], self.pull_request_json(asked.kind, self.pulls.len() - 1))
    }

    /// Whether a branch has no commits that its base has not; a branch that is not there has none.
    fn has_nothing_new(&self, pull: &FakePullRequest) -> bool {
        let Some(repository) = &self.repository else { return false };
        let range = format!("refs/heads/{}..refs/heads/{}", pull.base, pull.head);
        git_output(repository, &["rev-list", "--count", &range]).is_none_or(|count| count == "0")
    }

    /// A pull request as it is shown. Gitea names a branch's latest commit as long as the branch is there, also of
    /// one that was merged.
    fn pull_request_json(&self, kind: ForgeVendor, at: usize) -> Value {
        let pull = &self.pulls[at];
        let tip = || {
            let branch = format!("refs/heads/{}", pull.head);
            let repository = self.repository.as_deref()?;
            // A branch is a file unless git has packed it, and to read it takes no process.
            let loose = std::fs::read_to_string(repository.join(&branch)).map(|id| id.trim().to_owned());
            loose.ok().or_else(|| git_output(repository, &["rev-parse", "--verify", "--quiet", &branch]))
        };
        let merged = pull.merged_head.clone();
        let sha = if kind == ForgeVendor::Gitea { tip().or(merged) } else { merged.or_else(tip) };
        pull.to_json(kind, at, &sha.unwrap_or_else(|| format!("{:040x}", at + 1)))
    }

    fn update_pull_request(&mut self, asked: &ForgeCall, at: usize) -> ForgeResponse {
        let pull = &mut self.pulls[at];
        if let Some(title) = asked.body_text(&["title"]) {
            pull.title = title;
        }
        if let Some(body) = asked.body_text(&["body", "description"]) {
            pull.body = body;
        }
        if let Some(base) = asked.body_text(&["base", "target_branch"]) {
            pull.base = base;
        }
        pull.is_closed |=
            matches!(asked.body_text(&["state", "state_event"]).as_deref(), Some("closed" | "close"));
        if let Some(labels) = asked.body_text(&["add_labels"]) {
            pull.labels.extend(labels.split(',').map(str::to_owned));
        }
        if let Some(ids) = asked.body["reviewer_ids"].as_array() {
            pull.reviewers.clone_from(ids);
        }
        (
            if asked.kind == ForgeVendor::Gitea { 201 } else { 200 },
            vec![],
            self.pull_request_json(asked.kind, at),
        )
    }

    /// Gitea takes numbers, and answers 422 to names.
    fn add_labels(&mut self, asked: &ForgeCall, at: usize) -> ForgeResponse {
        for label in asked.body["labels"].as_array().unwrap() {
            let name = match (asked.kind, label.as_u64(), label.as_str()) {
                (ForgeVendor::Gitea, Some(id), _) => self.labels[usize::try_from(id).unwrap() - 1].clone(),
                (ForgeVendor::GitHub, _, Some(name)) => name.to_owned(),
                _ => return (422, vec![], json!({"message": "cannot unmarshal"})),
            };
            self.pulls[at].labels.push(name);
        }
        (200, vec![], json!([]))
    }
}

fn duplicate_response(kind: ForgeVendor, at: usize) -> ForgeResponse {
    let number = at + 1;
    match kind {
        ForgeVendor::GitHub => {
            let error = json!({"resource": "PullRequest", "code": "custom", "message": "A pull request already exists for owner:x."});
            (422, vec![], json!({"message": "Validation Failed", "errors": [error]}))
        }
        ForgeVendor::Gitea => {
            let words = format!("pull request already exists for these targets [id: {number}]");
            (409, vec![], json!({"message": words}))
        }
        ForgeVendor::GitLab => {
            let words =
                format!("Another open merge request already exists for this source branch: !{number}");
            (409, vec![], json!({"message": [words]}))
        }
    }
}

/// What git says in a repository; none if it fails.
fn git_output(repository: &Path, args: &[&str]) -> Option<String> {
    let run = Command::new("git").args(args).current_dir(repository).output().unwrap();
    run.status.success().then(|| String::from_utf8(run.stdout).unwrap().trim().to_owned())
}

impl FakePullRequest {
    fn to_json(&self, kind: ForgeVendor, at: usize, sha: &str) -> Value {
        let number = at + 1;
        let from = if self.is_a_forks { 2 } else { 1 };
        let state = if self.is_closed { "closed" } else { "open" };
        let named: Vec<_> = self.labels.iter().map(|name| json!({"id": 1, "name": name})).collect();
        let ends = json!({
            "head": {"ref": self.head, "label": format!("owner:{}", self.head), "sha": sha, "repo": {"id": from}},
            "base": {"ref": self.base, "sha": sha, "repo": {"id": 1}},
        });
        match kind {
            ForgeVendor::GitHub => json!({
                "number": number, "html_url": format!("https://forge.example/pull/{number}"), "state": state,
                "merged_at": self.is_merged.then_some("2026-11-25T08:00:00Z"), "title": self.title,
                "body": self.body, "draft": false, "labels": named, "head": ends["head"], "base": ends["base"],
            }),
            ForgeVendor::Gitea => json!({
                "number": number, "html_url": format!("https://forge.example/pull/{number}"), "state": state,
                "merged": self.is_merged, "title": self.title, "body": self.body, "labels": named,
                "head": {"ref": self.head, "label": self.head, "sha": sha, "repo": {"id": from}},
                "base": ends["base"],
            }),
            ForgeVendor::GitLab => json!({
                "iid": number, "web_url": format!("https://forge.example/pull/{number}"),
                "state": match state { "closed" if self.is_merged => "merged", "open" => "opened", other => other },
                "title": self.title, "description": self.body, "labels": self.labels, "sha": sha,
                "source_branch": self.head, "target_branch": self.base,
                "source_project_id": from, "target_project_id": 1,
                "reviewers": self.reviewers.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(),
            }),
        }
    }
}
