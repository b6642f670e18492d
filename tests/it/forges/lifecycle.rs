//! From the first proposal to the merge, the same at every forge.

use std::time::{Duration, Instant};

use paperwire::list::forge::{
    ForgeClient, ForgeError, ForgePullRequestState, NewPullRequest, OpenedPullRequest, PullRequest,
    PullRequestBranches, WritePace,
};

use super::{
    CANARY, ForgeVendor, KINDS, forge_client, forge_settings, new_pull_request, pull_request_branches,
};
use crate::support::fake_forge::{FakeForge, FakePullRequest};

fn to_strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn new(opened: OpenedPullRequest) -> PullRequest {
    match opened {
        OpenedPullRequest::New(new) => new,
        OpenedPullRequest::Adopted(standing) => unreachable!("{standing:?}"),
    }
}

#[tokio::test]
async fn a_pull_request_is_opened_once_kept_current_and_closed() {
    for kind in KINDS {
        let fake = FakeForge::start(kind).await;
        let (forge, ours) = (forge_client(kind, &fake.api), pull_request_branches());
        assert_eq!(forge.find_open_pull_request(&ours).await.unwrap(), None);
        assert_eq!(forge.find_last_closed_pull_request(&ours).await.unwrap(), None);

        let first = new(forge.open_pull_request(&ours, &new_pull_request("Two papers")).await.unwrap());
        let expected = PullRequest {
            number: 1,
            url: "https://forge.example/pull/1".to_owned(),
            branches: ours.clone(),
            state: ForgePullRequestState::Open,
            head_sha: format!("{:040x}", 1),
            title: "Two papers".to_owned(),
            body: "Two papers came.\n".to_owned(),
            labels: vec![],
            draft: false,
        };
        assert_eq!(first, expected, "{kind:?}");
        forge.update_pull_request(&first, "Three papers", "Three came.", &ours.base).await.unwrap();
        let current =
            PullRequest { title: "Three papers".to_owned(), body: "Three came.".to_owned(), ..expected };
        assert_eq!(forge.find_open_pull_request(&ours).await.unwrap().as_ref(), Some(&current), "{kind:?}");
        let adopted = forge.open_pull_request(&ours, &new_pull_request("Two papers")).await.unwrap();
        assert_eq!(adopted, OpenedPullRequest::Adopted(current.clone()), "{kind:?}");

        forge.close_pull_request(&current).await.unwrap();
        assert_eq!(forge.find_open_pull_request(&ours).await.unwrap(), None);
        let closed = PullRequest { state: ForgePullRequestState::Closed, ..current };
        assert_eq!(forge.find_last_closed_pull_request(&ours).await.unwrap(), Some(closed), "{kind:?}");
        let second = new(forge.open_pull_request(&ours, &new_pull_request("Four papers")).await.unwrap());
        fake.lock_memory().pulls[1].is_closed = true;
        fake.lock_memory().pulls[1].is_merged = true;
        let merged = forge.find_last_closed_pull_request(&ours).await.unwrap().unwrap();
        assert_eq!((merged.number, merged.state), (second.number, ForgePullRequestState::Merged), "{kind:?}");
    }
}

#[tokio::test]
async fn labels_reviewers_and_comments_are_added_and_nothing_is_said_twice() {
    for kind in KINDS {
        let fake = FakeForge::start(kind).await;
        let (forge, ours) = (forge_client(kind, &fake.api), pull_request_branches());
        let others = (0..60).map(|n| format!("other {n}"));
        fake.lock_memory().labels = others.chain(["papers".to_owned()]).collect();
        let opened = new(forge.open_pull_request(&ours, &new_pull_request("Two papers")).await.unwrap());
        fake.lock_memory().pulls[0].labels.push("a person's".to_owned());
        forge.add_labels(&opened, &to_strings(&["papers", "automatic"])).await.unwrap();
        let labelled = forge.find_open_pull_request(&ours).await.unwrap().unwrap();
        assert_eq!(labelled.labels, ["a person's", "papers", "automatic"], "{kind:?}");
        let known = fake.lock_memory().labels.len();
        assert_eq!(known, if kind == ForgeVendor::Gitea { 62 } else { 61 }, "one label is new: {kind:?}");

        let text = "A person has edited the branch.\n\nWe wait.\n";
        forge.add_comment(&labelled, text).await.unwrap();
        let writes = fake.write_requests().len();
        forge.add_comment(&labelled, text).await.unwrap();
        forge.add_labels(&labelled, &to_strings(&["papers", "automatic"])).await.unwrap();
        forge.ask_reviewers(&labelled, &[]).await.unwrap();
        assert_eq!(fake.write_requests().len(), writes, "{kind:?}: {:?}", fake.write_requests());
        forge.add_comment(&labelled, "Something else.").await.unwrap();
        assert_eq!(fake.lock_memory().pulls[0].comments, [text, "Something else."], "{kind:?}");
    }
}

#[tokio::test]
async fn people_and_teams_are_asked_as_each_forge_wants_it() {
    for (kind, expected) in [
        (ForgeVendor::GitHub, r#"[{"reviewers":["ada"],"team_reviewers":["curators"]}]"#),
        (ForgeVendor::Gitea, r#"[{"reviewers":["ada"],"team_reviewers":["curators"]}]"#),
        (ForgeVendor::GitLab, "[3,7]"),
    ] {
        let fake = FakeForge::start(kind).await;
        let forge = forge_client(kind, &fake.api);
        let opened = new(forge
            .open_pull_request(&pull_request_branches(), &new_pull_request("Two papers"))
            .await
            .unwrap());
        let asked = if kind == ForgeVendor::GitLab {
            to_strings(&["ada"])
        } else {
            to_strings(&["ada", "owner/curators"])
        };
        if kind == ForgeVendor::GitLab {
            fake.lock_memory().pulls[0].reviewers.push(3.into());
        }
        forge.ask_reviewers(&opened, &asked).await.unwrap();
        let reviewers = serde_json::Value::from(fake.lock_memory().pulls[0].reviewers.clone());
        assert_eq!(reviewers.to_string(), expected, "{kind:?}");
    }
}

#[tokio::test]
async fn an_unknown_reviewer_is_named_and_the_others_are_asked() {
    for kind in KINDS {
        let fake = FakeForge::start(kind).await;
        let forge = forge_client(kind, &fake.api);
        let opened = new(forge
            .open_pull_request(&pull_request_branches(), &new_pull_request("Two papers"))
            .await
            .unwrap());
        let refused = forge.ask_reviewers(&opened, &to_strings(&["nobody", "ada"])).await.unwrap_err();
        let ForgeError::Rejected(words) = refused else { panic!("{kind:?}: {refused:?}") };
        assert!(words.contains("nobody") && !words.contains("ada"), "{kind:?}: {words}");
        let asked = serde_json::Value::from(fake.lock_memory().pulls[0].reviewers.clone()).to_string();
        let expected = match kind {
            ForgeVendor::GitLab => "[7]",
            ForgeVendor::GitHub | ForgeVendor::Gitea => r#"[{"reviewers":["ada"],"team_reviewers":[]}]"#,
        };
        assert_eq!(asked, expected, "{kind:?}");
    }
}

#[tokio::test]
async fn a_gitlab_user_who_is_not_there_is_named() {
    let fake = FakeForge::start(ForgeVendor::GitLab).await;
    let forge = forge_client(ForgeVendor::GitLab, &fake.api);
    let opened = new(forge
        .open_pull_request(&pull_request_branches(), &new_pull_request("Two papers"))
        .await
        .unwrap());
    let refused = forge.ask_reviewers(&opened, &to_strings(&["nobody"])).await.unwrap_err();
    let words = r#"GitLab: there is no user "nobody" to ask for a review"#;
    assert_eq!(refused, ForgeError::Rejected(words.to_owned()));
}

#[tokio::test]
async fn a_draft_is_one_at_every_forge_and_stays_one_until_a_person_says_otherwise() {
    for (kind, title) in [(ForgeVendor::Gitea, "WIP: Two papers"), (ForgeVendor::GitLab, "Draft: Two papers")]
    {
        let fake = FakeForge::start(kind).await;
        let (forge, ours) = (forge_client(kind, &fake.api), pull_request_branches());
        let draft = NewPullRequest { draft: true, ..new_pull_request("Two papers") };
        let opened = new(forge.open_pull_request(&ours, &draft).await.unwrap());
        assert_eq!((opened.title.as_str(), opened.draft), ("Two papers", true));
        assert_eq!(fake.lock_memory().pulls[0].title, title);
        forge.update_pull_request(&opened, "Three papers", "", &opened.branches.base).await.unwrap();
        assert_eq!(fake.lock_memory().pulls[0].title, title.replace("Two", "Three"));
        fake.lock_memory().pulls[0].title = "Ready".to_owned();
        let ready = forge.find_open_pull_request(&ours).await.unwrap().unwrap();
        forge.update_pull_request(&ready, "Four papers", "", &ready.branches.base).await.unwrap();
        assert_eq!(fake.lock_memory().pulls[0].title, "Four papers");
    }
    let fake = FakeForge::start(ForgeVendor::GitHub).await;
    let draft = NewPullRequest { draft: true, ..new_pull_request("Two papers") };
    forge_client(ForgeVendor::GitHub, &fake.api)
        .open_pull_request(&pull_request_branches(), &draft)
        .await
        .unwrap();
    assert_eq!(fake.lock_memory().heard[0].body["draft"], true);
}

#[tokio::test]
async fn our_pull_request_is_found_behind_many_pages_of_others_and_a_forks_is_not_ours() {
    for kind in KINDS {
        let fake = FakeForge::start(kind).await;
        let PullRequestBranches { head, base } = pull_request_branches();
        let ours = FakePullRequest {
            head: head.clone(),
            base: base.clone(),
            title: "ours".to_owned(),
            ..FakePullRequest::default()
        };
        let forks = FakePullRequest { is_a_forks: true, ..ours.clone() };
        let elsewhere = FakePullRequest { base: "next".to_owned(), ..ours.clone() };
        let others = (0..120).map(|n| FakePullRequest {
            head: format!("topic/{n}"),
            base: base.clone(),
            ..FakePullRequest::default()
        });
        let all = [vec![ours], others.collect(), vec![elsewhere, forks]].concat();
        fake.lock_memory().pulls = all;
        let found = forge_client(kind, &fake.api)
            .find_open_pull_request(&pull_request_branches())
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.number, found.title.as_str()), (1, "ours"), "{kind:?}");
        let asked = fake.lock_memory().heard.len();
        assert_eq!(asked, if kind == ForgeVendor::Gitea { 3 } else { 1 }, "{kind:?}");
    }
}

#[tokio::test]
async fn every_request_says_who_asks_and_what_is_understood() {
    for (kind, authorization, accept, version) in [
        (ForgeVendor::GitHub, "Bearer", "application/vnd.github+json", Some("2022-11-28")),
        (ForgeVendor::Gitea, "token", "application/json", None),
        (ForgeVendor::GitLab, "Bearer", "application/json", None),
    ] {
        let fake = FakeForge::start(kind).await;
        let forge = forge_client(kind, &fake.api);
        let opened = new(forge
            .open_pull_request(&pull_request_branches(), &new_pull_request("Two papers"))
            .await
            .unwrap());
        forge.add_comment(&opened, "Hello.").await.unwrap();
        for heard in &fake.lock_memory().heard {
            let expected = format!("{authorization} {CANARY}");
            assert_eq!(heard.header("authorization"), Some(expected.as_str()), "{kind:?}");
            assert_eq!(heard.header("accept"), Some(accept), "{kind:?}");
            assert_eq!(heard.header("x-github-api-version"), version, "{kind:?}");
            assert!(heard.header("user-agent").unwrap().starts_with("paperwire/"), "{kind:?}");
            assert!(!heard.line.contains(CANARY), "{}", heard.line);
        }
    }
}

#[tokio::test]
async fn writes_are_kept_apart_also_between_forges() {
    let fake = FakeForge::start(ForgeVendor::GitHub).await;
    let between = Duration::from_millis(60);
    let pace = WritePace::with_write_interval(between);
    let [one, other] = [pace.clone(), pace]
        .map(|pace| ForgeClient::new(forge_settings(ForgeVendor::GitHub, &fake.api), pace).unwrap());
    let begun = Instant::now();
    let opened =
        new(one.open_pull_request(&pull_request_branches(), &new_pull_request("Two papers")).await.unwrap());
    other.update_pull_request(&opened, "Three papers", "", &opened.branches.base).await.unwrap();
    one.close_pull_request(&opened).await.unwrap();
    assert!(begun.elapsed() >= 2 * between, "{:?}", begun.elapsed());
}
