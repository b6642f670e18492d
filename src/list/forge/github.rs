//! GitHub and its Enterprise servers. Source: <https://docs.github.com/en/rest/pulls/pulls>.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::host::{Host, Looked, Place};
use super::judge::Answered;
use super::reply::Items;
use super::{Branches, Opening, Proposal, PullRequest, Refusal, State, says_the_same};

/// What a token needs for all that is done here.
const PERMISSION: &str = "Pull requests: write";

/// What a repository's or an organisation's owner must allow before a workflow's own token may open any.
const WORKFLOWS: &str =
    "Settings, Actions, General: Allow GitHub Actions to create and approve pull requests";

#[derive(Debug)]
pub(super) struct GitHub {
    pub(super) host: Host,
    owner: String,
}

impl GitHub {
    pub(super) fn new(host: Host, project: &str) -> Self {
        let owner = project.split('/').next().unwrap_or_default().to_owned();
        Self { host, owner }
    }

    pub(super) async fn find_open(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        self.find("open", branches).await
    }

    pub(super) async fn find_last_closed(&self, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        self.find("closed", branches).await
    }

    /// GitHub leaves out a filter that it does not understand, so that what it lists is looked at again.
    async fn find(&self, state: &str, branches: &Branches) -> Result<Option<PullRequest>, Refusal> {
        let head = format!("{}:{}", self.owner, branches.head);
        let newest_first = [("sort", "created"), ("direction", "desc")];
        let filter = [("state", state), ("head", head.as_str()), ("base", branches.base.as_str())];
        let query = [&filter[..], &newest_first].concat();
        let ours = |pull: Pull| pull.is_of(branches).then(|| pull.read());
        match self.host.look(Place::Repository(&["pulls"]), &query, ours).await? {
            Looked::Found(found) => Ok(Some(found)),
            Looked::Nothing | Looked::NothingSoFar => Ok(None),
        }
    }

    pub(super) async fn open(&self, branches: &Branches, proposal: &Proposal) -> Result<Opening, Refusal> {
        let Branches { head, base } = branches;
        let Proposal { title, body, draft } = proposal;
        let asked = json!({"title": title, "body": body, "head": head, "base": base, "draft": draft});
        let reply = self.host.try_write(Method::POST, Place::Repository(&["pulls"]), &asked).await?;
        if reply.status == 422 && reply.said().iter().any(|text| text.contains("already exists")) {
            return Ok(Opening::Exists);
        }
        let reply = self.host.granted(reply)?;
        Ok(Opening::Opened(self.host.read::<Pull>(&reply)?.read()))
    }

    pub(super) async fn update(
        &self,
        standing: &PullRequest,
        title: &str,
        body: &str,
    ) -> Result<(), Refusal> {
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

    pub(super) async fn label(&self, standing: &PullRequest, labels: &[&str]) -> Result<(), Refusal> {
        let number = standing.number.to_string();
        let place = Place::Repository(&["issues", &number, "labels"]);
        self.host.write(Method::POST, place, &json!({"labels": labels})).await?;
        Ok(())
    }

    pub(super) async fn ask_reviewers(
        &self,
        standing: &PullRequest,
        names: &[String],
    ) -> Result<(), Refusal> {
        ask_reviewers(&self.host, standing, names).await
    }
}

/// Says something once; Gitea is asked in the same way.
pub(super) async fn comment(host: &Host, standing: &PullRequest, text: &str) -> Result<(), Refusal> {
    let number = standing.number.to_string();
    let place = Place::Repository(&["issues", &number, "comments"]);
    let same = |comment: Comment| says_the_same(&comment.body.unwrap_or_default(), text).then_some(());
    if let Looked::Found(()) = host.look(place, &[], same).await? {
        return Ok(());
    }
    host.write(Method::POST, place, &json!({"body": text})).await?;
    Ok(())
}

/// Asks people and teams; Gitea is asked in the same way.
pub(super) async fn ask_reviewers(
    host: &Host,
    standing: &PullRequest,
    names: &[String],
) -> Result<(), Refusal> {
    let number = standing.number.to_string();
    let people: Vec<&String> = names.iter().filter(|name| !name.contains('/')).collect();
    let teams: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('/')?.1)).collect();
    let place = Place::Repository(&["pulls", &number, "requested_reviewers"]);
    host.write(Method::POST, place, &json!({"reviewers": people, "team_reviewers": teams})).await?;
    Ok(())
}

/// What GitHub has rules of its own for.
pub(super) fn refusal(answered: &Answered<'_>) -> Option<Refusal> {
    match answered.reply.status {
        403 if answered.says("github actions is not permitted to create") => Some(Refusal::Permission {
            missing: WORKFLOWS.to_owned(),
            words: answered.words(&format!("a setting of the repository forbids it ({WORKFLOWS})")),
        }),
        403 if answered.says("saml") => Some(Refusal::NoAccess(
            answered.words("the organisation wants the token to be authorised for SSO"),
        )),
        403 if answered.says("archived") => {
            Some(Refusal::Refused(answered.words("the repository is archived")))
        }
        403 if answered.says("not accessible by") || answered.reply.permissions.is_some() => {
            let wanted = answered.reply.permissions.as_deref().and_then(named);
            Some(answered.permission(wanted.as_deref().unwrap_or(PERMISSION)))
        }
        422 if answered.says("no commits between") => {
            Some(Refusal::NothingToPropose(answered.words("the branch holds nothing that the base has not")))
        }
        _ => None,
    }
}

/// The permissions of GitHub's header as its pages call them: `pull_requests=write` is `Pull requests:
/// write`. Semicolons stand between what will do alone, commas between what is needed together. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible>.
fn named(header: &str) -> Option<String> {
    let mut ways = header.split(';').map(str::trim);
    let first = ways.clone().next()?;
    let way = ways.find(|way| way.contains("pull_requests")).unwrap_or(first);
    let permissions: Option<Vec<_>> = way
        .split(',')
        .map(|permission| {
            let (what, access) = permission.trim().split_once('=')?;
            let plain =
                |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let words = (plain(what) && plain(access)).then(|| what.replace('_', " "))?;
            Some(format!("{}{}: {access}", words[..1].to_ascii_uppercase(), &words[1..]))
        })
        .collect();
    permissions.map(|permissions| permissions.join(" and "))
}

/// A pull request as GitHub has it, and Gitea after its example. `merged` stands in a single one only,
/// `merged_at` in a list too; of a fork that is gone there is no `repo`.
#[derive(Debug, Deserialize)]
pub(super) struct Pull {
    number: u64,
    #[serde(default)]
    html_url: String,
    state: String,
    merged: Option<bool>,
    merged_at: Option<String>,
    pub(super) title: String,
    body: Option<String>,
    pub(super) draft: Option<bool>,
    labels: Option<Items<Label>>,
    head: End,
    base: End,
}

#[derive(Debug, Deserialize)]
struct End {
    #[serde(rename = "ref")]
    branch: String,
    /// Gitea keeps the branch's name here when the branch is gone; GitHub has `owner:branch`.
    label: Option<String>,
    sha: Option<String>,
    repo: Option<Repository>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Repository {
    id: u64,
}

/// A label, of which Gitea wants to know the number.
#[derive(Debug, Deserialize)]
pub(super) struct Label {
    pub(super) id: Option<u64>,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
struct Comment {
    body: Option<String>,
}

impl Pull {
    /// Whether it goes from one of these branches into the other, within one repository.
    pub(super) fn is_of(&self, Branches { head, base }: &Branches) -> bool {
        let is_from = self.head.branch == *head || self.head.label.as_ref() == Some(head);
        let is_a_forks = self.base.repo.is_some() && self.head.repo != self.base.repo;
        is_from && self.base.branch == *base && !is_a_forks
    }

    /// What it says, read.
    pub(super) fn read(self) -> PullRequest {
        let is_merged = self.merged == Some(true) || self.merged_at.is_some();
        PullRequest {
            number: self.number,
            url: self.html_url,
            state: match self.state.as_str() {
                _ if is_merged => State::Merged,
                "open" => State::Open,
                _ => State::Closed,
            },
            head_sha: self.head.sha.unwrap_or_default(),
            title: self.title,
            body: self.body.unwrap_or_default(),
            labels: self.labels.unwrap_or_default().0.into_iter().map(|label| label.name).collect(),
            draft: self.draft == Some(true),
        }
    }
}
