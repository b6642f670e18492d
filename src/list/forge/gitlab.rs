//! GitLab, which calls a pull request a merge request. Source:
//! <https://docs.gitlab.com/api/merge_requests/>.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::host::{Host, Looked, Place};
use super::judge::Answered;
use super::pull_request::{marked, unmarked};
use super::reply::Items;
use super::{Branches, Opening, Proposal, PullRequest, Refusal, State, says_the_same};

/// The marks of a draft; the first is ours, the last two are of versions before 14. Source:
/// <https://docs.gitlab.com/user/project/merge_requests/drafts/>.
const DRAFT_MARKS: [&str; 5] = ["Draft:", "[Draft]", "(Draft)", "WIP:", "[WIP]"];

#[derive(Debug)]
pub(super) struct GitLab {
    pub(super) host: Host,
}

impl GitLab {
    pub(super) fn new(host: Host) -> Self {
        Self { host }
    }

    pub(super) async fn find_open(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        self.find("opened", branches, |state| state == State::Open).await
    }

    /// To GitLab what was merged is not closed: all are asked for.
    pub(super) async fn find_last_closed(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        self.find("all", branches, |state| state != State::Open).await
    }

    async fn find(
        &self,
        state: &str,
        branches: &Branches,
        wanted: impl Fn(State) -> bool,
    ) -> Result<Option<PullRequest>, Refusal> {
        let newest_first = [("order_by", "created_at"), ("sort", "desc")];
        let filter = [
            ("state", state),
            ("source_branch", branches.head.as_str()),
            ("target_branch", branches.base.as_str()),
        ];
        let query = [&filter[..], &newest_first].concat();
        let ours =
            |merge: MergeRequest| (merge.is_of(branches) && wanted(merge.state())).then(|| merge.read());
        match self.host.look(Place::Repository(&["merge_requests"]), &query, ours).await? {
            Looked::Found(found) => Ok(Some(found)),
            Looked::Nothing | Looked::NothingSoFar => Ok(None),
        }
    }

    pub(super) async fn open(&self, branches: &Branches, proposal: &Proposal) -> Result<Opening, Refusal> {
        let asked = json!({
            "title": marked(&proposal.title, DRAFT_MARKS[0], proposal.draft),
            "description": proposal.body,
            "source_branch": branches.head,
            "target_branch": branches.base,
        });
        let reply = self.host.try_write(Method::POST, Place::Repository(&["merge_requests"]), &asked).await?;
        if reply.status == 409 {
            return Ok(Opening::Exists);
        }
        let reply = self.host.granted(reply)?;
        Ok(Opening::Opened(self.host.read::<MergeRequest>(&reply)?.read()))
    }

    pub(super) async fn update(
        &self,
        standing: &PullRequest,
        title: &str,
        body: &str,
    ) -> Result<(), Refusal> {
        let title = marked(title, DRAFT_MARKS[0], standing.draft);
        self.change(standing, &json!({"title": title, "description": body})).await
    }

    pub(super) async fn close(&self, standing: &PullRequest) -> Result<(), Refusal> {
        self.change(standing, &json!({"state_event": "close"})).await
    }

    /// GitLab adds to the project what labels it lacks. A comma stands between two.
    pub(super) async fn label(&self, standing: &PullRequest, labels: &[&str]) -> Result<(), Refusal> {
        self.change(standing, &json!({"add_labels": labels.join(",")})).await
    }

    async fn change(&self, standing: &PullRequest, asked: &Value) -> Result<(), Refusal> {
        let number = standing.number.to_string();
        self.host.write(Method::PUT, Place::Repository(&["merge_requests", &number]), asked).await?;
        Ok(())
    }

    pub(super) async fn comment(&self, standing: &PullRequest, text: &str) -> Result<(), Refusal> {
        let number = standing.number.to_string();
        let place = Place::Repository(&["merge_requests", &number, "notes"]);
        let same = |note: Note| says_the_same(&note.body.unwrap_or_default(), text).then_some(());
        if let Looked::Found(()) = self.host.look(place, &[], same).await? {
            return Ok(());
        }
        self.host.write(Method::POST, place, &json!({"body": text})).await?;
        Ok(())
    }

    /// GitLab wants people by number, sets those that it is told and no others, and knows no teams. Who was
    /// asked before stays asked.
    pub(super) async fn ask_reviewers(
        &self,
        standing: &PullRequest,
        names: &[String],
    ) -> Result<(), Refusal> {
        let number = standing.number.to_string();
        let place = Place::Repository(&["merge_requests", &number]);
        let asked: Reviewers = self.host.get(place).await?;
        let mut ids: Vec<u64> = asked.reviewers.unwrap_or_default().into_iter().map(|user| user.id).collect();
        for name in names {
            ids.push(self.user_id(name).await?);
        }
        self.change(standing, &json!({"reviewer_ids": ids})).await
    }

    async fn user_id(&self, name: &str) -> Result<u64, Refusal> {
        let query = [("username", name)];
        match self.host.look(Place::Root(&["users"]), &query, |user: User| Some(user.id)).await? {
            Looked::Found(id) => Ok(id),
            Looked::Nothing | Looked::NothingSoFar => {
                Err(Refusal::Refused(format!("GitLab: there is no user {name:?} to ask for a review")))
            }
        }
    }
}

/// What GitLab has rules of its own for. Source: <https://docs.gitlab.com/api/rest/troubleshooting/>.
pub(super) fn refusal(answered: &Answered<'_>) -> Option<Refusal> {
    match answered.reply.status {
        403 if answered.says("insufficient_scope") => Some(answered.permission("scope api")),
        403 => Some(answered.permission("role Developer")),
        _ => None,
    }
}

/// A merge request. `work_in_progress` is what `draft` was before version 14.
#[derive(Debug, Deserialize)]
struct MergeRequest {
    iid: u64,
    #[serde(default)]
    web_url: String,
    state: String,
    title: String,
    description: Option<String>,
    sha: Option<String>,
    labels: Option<Items<Label>>,
    draft: Option<bool>,
    work_in_progress: Option<bool>,
    source_branch: String,
    target_branch: String,
    source_project_id: Option<u64>,
    target_project_id: Option<u64>,
}

/// A label, by its name unless details were asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Details { name: String },
}

#[derive(Debug, Deserialize)]
struct Note {
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct User {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Reviewers {
    reviewers: Option<Vec<User>>,
}

impl MergeRequest {
    fn is_of(&self, Branches { head, base }: &Branches) -> bool {
        let is_a_forks = self.target_project_id.is_some() && self.source_project_id != self.target_project_id;
        self.source_branch == *head && self.target_branch == *base && !is_a_forks
    }

    /// One that is `locked` is being merged.
    fn state(&self) -> State {
        match self.state.as_str() {
            "merged" => State::Merged,
            "closed" => State::Closed,
            _ => State::Open,
        }
    }

    fn read(self) -> PullRequest {
        let (title, is_marked) = unmarked(&self.title, &DRAFT_MARKS);
        let name = |label| match label {
            Label::Name(name) | Label::Details { name } => name,
        };
        PullRequest {
            number: self.iid,
            state: self.state(),
            title: title.to_owned(),
            draft: is_marked || self.draft.or(self.work_in_progress) == Some(true),
            url: self.web_url,
            head_sha: self.sha.unwrap_or_default(),
            body: self.description.unwrap_or_default(),
            labels: self.labels.unwrap_or_default().0.into_iter().map(name).collect(),
        }
    }
}
