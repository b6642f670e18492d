//! Gitea and Forgejo, which follow GitHub's example but for labels, drafts and what they answer to a
//! duplicate. Source: <https://docs.gitea.com/api/next/#tag/repository>.

use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Label, Pull, ask_reviewers, comment};
use super::host::{Host, Looked, Place};
use super::judge::Answered;
use super::pull_request::{marked, unmarked};
use super::{Branches, Opening, Proposal, PullRequest, Refusal};

/// The marks of a draft, unless a server names others; the first is ours. Source:
/// <https://docs.gitea.com/usage/issues-prs/pull-request#work-in-progress-pull-requests>.
const DRAFT_MARKS: [&str; 2] = ["WIP:", "[WIP]"];

/// The colour of a label that the repository lacked: a grey that is read in light and dark.
const LABEL_COLOUR: &str = "#6e7781";

#[derive(Debug)]
pub(super) struct Gitea {
    pub(super) host: Host,
}

impl Gitea {
    pub(super) fn new(host: Host) -> Self {
        Self { host }
    }

    pub(super) async fn find_open(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        match self.find("open", branches).await? {
            Looked::Found(found) => Ok(Some(found)),
            Looked::Nothing => Ok(None),
            Looked::NothingSoFar => Err(Refusal::Refused(
                "Gitea: there are more than 1,000 open pull requests, and ours is not among the newest"
                    .to_owned(),
            )),
        }
    }

    pub(super) async fn find_last_closed(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        match self.find("closed", branches).await? {
            Looked::Found(found) => Ok(Some(found)),
            Looked::Nothing | Looked::NothingSoFar => Ok(None),
        }
    }

    /// Not every version can be asked by branch; all list the newest first.
    async fn find(&self, state: &str, branches: &Branches) -> Result<Looked<PullRequest>, Refusal> {
        let ours = |pull: Pull| pull.is_of(branches).then(|| read(pull));
        self.host.look(Place::Repository(&["pulls"]), &[("state", state)], ours).await
    }

    pub(super) async fn open(&self, branches: &Branches, proposal: &Proposal) -> Result<Opening, Refusal> {
        let Branches { head, base } = branches;
        let title = marked(&proposal.title, DRAFT_MARKS[0], proposal.draft);
        let asked = json!({"title": title, "body": proposal.body, "head": head, "base": base});
        let reply = self.host.try_write(Method::POST, Place::Repository(&["pulls"]), &asked).await?;
        if reply.status == 409 {
            return Ok(Opening::Exists);
        }
        let reply = self.host.granted(reply)?;
        Ok(Opening::Opened(read(self.host.read(&reply)?)))
    }

    pub(super) async fn update(
        &self,
        standing: &PullRequest,
        title: &str,
        body: &str,
    ) -> Result<(), Refusal> {
        let title = marked(title, DRAFT_MARKS[0], standing.draft);
        self.change(standing, &json!({"title": title, "body": body})).await
    }

    pub(super) async fn close(&self, standing: &PullRequest) -> Result<(), Refusal> {
        self.change(standing, &json!({"state": "closed"})).await
    }

    async fn change(&self, standing: &PullRequest, asked: &Value) -> Result<(), Refusal> {
        let number = standing.number.to_string();
        self.host.write(Method::PATCH, Place::Repository(&["pulls", &number]), asked).await?;
        Ok(())
    }

    pub(super) async fn comment(&self, standing: &PullRequest, text: &str) -> Result<(), Refusal> {
        comment(&self.host, standing, text).await
    }

    /// Older versions take labels by number only. A label of the organisation counts as lacking: to see those
    /// a token needs a scope more.
    pub(super) async fn label(&self, standing: &PullRequest, labels: &[&str]) -> Result<(), Refusal> {
        let mut ids = Vec::new();
        for label in labels {
            ids.push(self.label_id(label).await?);
        }
        let number = standing.number.to_string();
        let place = Place::Repository(&["issues", &number, "labels"]);
        self.host.write(Method::POST, place, &json!({"labels": ids})).await?;
        Ok(())
    }

    async fn label_id(&self, name: &str) -> Result<u64, Refusal> {
        let place = Place::Repository(&["labels"]);
        let same = |label: Label| label.id.filter(|_| label.name == name);
        if let Looked::Found(id) = self.host.look(place, &[], same).await? {
            return Ok(id);
        }
        let new = json!({"name": name, "color": LABEL_COLOUR});
        let reply = self.host.write(Method::POST, place, &new).await?;
        let label: Label = self.host.read(&reply)?;
        label.id.ok_or_else(|| Refusal::Refused("Gitea: a new label has no number".to_owned()))
    }

    pub(super) async fn ask_reviewers(
        &self,
        standing: &PullRequest,
        names: &[String],
    ) -> Result<(), Refusal> {
        ask_reviewers(&self.host, standing, names).await
    }
}

/// What Gitea has rules of its own for. Source of the scopes:
/// <https://docs.gitea.com/development/oauth2-provider#scopes>.
pub(super) fn refusal(answered: &Answered<'_>) -> Option<Refusal> {
    match answered.reply.status {
        403 if answered.says("write:issue") => Some(answered.permission("issue: Read and Write")),
        403 if answered.says("scope") => Some(answered.permission("repository: Read and Write")),
        403 => Some(answered.permission("Write access to the repository's code and pull requests")),
        423 => Some(Refusal::Refused(answered.words("the repository is archived"))),
        _ => None,
    }
}

fn read(pull: Pull) -> PullRequest {
    let read = pull.read();
    let (title, is_marked) = unmarked(&read.title, &DRAFT_MARKS);
    PullRequest { title: title.to_owned(), draft: is_marked || read.draft, ..read }
}
