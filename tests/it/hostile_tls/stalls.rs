//! Peers behind TLS that stall: each is given up once its time is over, and not later.

use std::time::Duration;

use paperwire::domain::{Attempt, Secret};
use paperwire::list::forge::{
    ForgeClient, ForgeCredential, ForgeSettings, ForgeVendor, PullRequestBranches, WritePace,
};
use paperwire::list::git::{GitEnvironment, GitError, LocalCloneSettings, Repository};
use paperwire::sink::SmtpSink;
use paperwire::sink::http::{AddressPolicy, HttpSink};
use tokio::task::{JoinSet, LocalSet};

use super::tls_peer::{STALLS, StallPoint, TlsBehavior, TlsPeer};
use super::trusting_once;
use crate::sink::HttpSinkKind;
use crate::support::bare_repository::{BareRepository, list_branch};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NEXT_DAY, NOW, TestEnv};

/// The first limit of an attempt. It is doubled until the conversation comes to where the peer stalls.
const IMPATIENT: Duration = Duration::from_secs(1);

/// No machine needs longer for one conversation.
const IMPATIENT_MAX: Duration = Duration::from_mins(10);

/// Attempts with longer and longer limits, until one comes to where the peer stalls.
async fn assert_gives_up<T>(
    peer: &TlsPeer,
    stall: StallPoint,
    attempt: impl AsyncFn(Duration) -> T,
) -> (T, Duration) {
    peer.set_behavior(TlsBehavior::Stall(stall));
    let mut limit = IMPATIENT;
    loop {
        let ended = attempt(limit).await;
        if peer.take_reached_count() > 0 {
            return (ended, limit);
        }
        assert!(limit < IMPATIENT_MAX, "{stall:?} was not reached");
        limit *= 2;
    }
}

#[test]
fn an_arxiv_behind_tls_that_stalls_is_given_up_in_time() {
    let authority = TlsPeer::start();
    std::thread::scope(|scope| {
        for (stall, peer) in STALLS.map(|stall| (stall, authority.start_with_same_authority())) {
            scope.spawn(move || {
                let fake = FakeArxiv::serve_papers(sample_papers(3));
                let env = TestEnv::with_arxiv(&fake);
                env.run_once_without_failure(NOW);
                let mut env = env.with_url(&peer.url("/api/query"));
                peer.set_behavior(TlsBehavior::Stall(stall));
                let mut seconds = 1;
                loop {
                    env = env.with_patience(&format!("{seconds}s"));
                    let answer = trusting_once(&env, NEXT_DAY, &peer);
                    assert_eq!(answer.status_and_counts(), ("failed", 0, 0, 0), "{stall:?}: {answer:?}");
                    if peer.take_reached_count() > 0 {
                        return assert!(answer.reason().contains("no "), "{stall:?}: {answer:?}");
                    }
                    assert!(seconds < 600, "{stall:?} was not reached");
                    seconds *= 2;
                }
            });
        }
    });
}

fn webhook_sink(peer: &TlsPeer) -> HttpSink {
    let url = Secret::new(&peer.url("/canary"));
    HttpSink::new(
        HttpSinkKind::Slack.receiver_api(&url),
        &url,
        AddressPolicy::AnyAddress,
        Some(&peer.ca_file()),
    )
    .unwrap()
}

async fn post_message(sink: HttpSink) -> Attempt {
    sink.deliver(b"{}", "msg_1", jiff::Timestamp::now()).await
}

/// In the handshake its limit is what it is: that of every connection.
async fn stalled_webhook(peer: TlsPeer, stall: StallPoint) {
    let attempt = match stall {
        StallPoint::SilentHandshake | StallPoint::DrippedHandshake => {
            peer.set_behavior(TlsBehavior::Stall(stall));
            post_message(webhook_sink(&peer)).await
        }
        StallPoint::SilentAnswer | StallPoint::DrippedAnswer => {
            assert_gives_up(&peer, stall, async |limit| {
                post_message(webhook_sink(&peer).with_attempt_time_limit(limit)).await
            })
            .await
            .0
        }
    };
    is_given_up(attempt, stall);
}

async fn stalled_mail(peer: TlsPeer, scheme: &str, stall: StallPoint) {
    let server = format!("{scheme}://localhost:{}", peer.port());
    let attempt = async |limit| {
        let sink = SmtpSink::new(&server, None, None, Some(&peer.ca_file())).unwrap();
        sink.with_attempt_time_limit(limit)
            .deliver("from@example.org", "to@example.org", b"Subject: x\r\n\r\n")
            .await
    };
    is_given_up(assert_gives_up(&peer, stall, attempt).await.0, stall);
}

fn is_given_up(attempt: Attempt, stall: StallPoint) {
    let Attempt::Deferred { words, wait: None } = attempt else { panic!("{stall:?}: {attempt:?}") };
    let is_sent = matches!(stall, StallPoint::SilentAnswer | StallPoint::DrippedAnswer);
    assert_eq!(words.contains("nothing was sent"), !is_sent, "{stall:?}: {words}");
}

async fn stalled_git(peer: TlsPeer, stall: StallPoint) {
    let bare = BareRepository::new();
    let ca_file = ("GIT_SSL_CAINFO".into(), peer.ca_file().into_os_string());
    let environment = GitEnvironment::from_variables(std::env::vars_os().chain([ca_file]));
    let place =
        LocalCloneSettings { environment, ..bare.repository_options_at(&peer.url("/owner/list"), None) };
    let attempt = async |network_time| {
        let mut repository =
            Repository::open(LocalCloneSettings { network_time, ..place.clone() }).await.unwrap();
        repository.fetch_branch_heads(None, &list_branch()).await.unwrap_err()
    };
    let (error, limit) = assert_gives_up(&peer, stall, attempt).await;
    assert_eq!(error, GitError::TimedOut(limit), "{stall:?}");
}

/// Its limit is what it is, as a webhook's.
async fn stalled_forge(peer: TlsPeer, stall: StallPoint) {
    peer.set_behavior(TlsBehavior::Stall(stall));
    let settings = ForgeSettings {
        kind: ForgeVendor::Gitea,
        api: peer.url("/api").parse().unwrap(),
        project: "owner/list".to_owned(),
        credential: ForgeCredential::Token(Secret::new("canary")),
    };
    let forge = ForgeClient::new(settings, WritePace::with_write_interval(Duration::ZERO)).unwrap();
    let branches = PullRequestBranches { head: "ours".to_owned(), base: "main".to_owned() };
    let error = forge.find_open_pull_request(&branches).await.unwrap_err().to_string();
    assert!(error.contains("no connection within 10 s"), "{stall:?}: {error}");
}

#[tokio::test]
async fn receivers_forges_and_git_servers_behind_tls_that_stall_are_given_up_in_time() {
    let authority = TlsPeer::start();
    let (local, mut attempts) = (LocalSet::new(), JoinSet::new());
    for stall in STALLS {
        attempts.spawn_local_on(stalled_webhook(authority.start_with_same_authority(), stall), &local);
        attempts.spawn_local_on(stalled_git(authority.start_with_same_authority(), stall), &local);
    }
    for stall in [StallPoint::SilentHandshake, StallPoint::DrippedHandshake] {
        attempts.spawn_local_on(stalled_mail(authority.start_with_same_authority(), "smtps", stall), &local);
        attempts.spawn_local_on(stalled_mail(authority.neighbour_with_starttls(), "smtp", stall), &local);
        attempts.spawn_local_on(stalled_forge(authority.start_with_same_authority(), stall), &local);
    }
    local.run_until(attempts.join_all()).await;
}
