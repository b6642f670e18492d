//! Peers behind TLS that send without end, reset, close or talk nonsense, in the handshake and after it, in the place of
//! each that the program asks: it lives on in 64 MB, says what happened, and everything else is done in the same run.

mod stalls;
mod tls_peer;

use tls_peer::{HANDSHAKES, Handshake, TlsBehavior, TlsPeer};

use crate::hostile_peers::{PeerBehavior, immediate_subscription, run_once_limited, time_of_day_number};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::repository_env::RepositoryEnv;
use crate::support::sample_papers::{newest_first, sample_papers};
use crate::support::test_env::{NOW, OnceOutput, TestEnv};

/// What a peer does with a request, once TLS is agreed on: of each kind that its bytes can be of.
const MANNERS: [PeerBehavior; 7] = [
    PeerBehavior::EndlessHeader,
    PeerBehavior::EndlessLine,
    PeerBehavior::EndlessBody,
    PeerBehavior::Bomb,
    PeerBehavior::Cut,
    PeerBehavior::Reset,
    PeerBehavior::Close,
];

fn all_behaviors() -> impl Iterator<Item = TlsBehavior> {
    let handshakes = HANDSHAKES.into_iter().map(TlsBehavior::Handshake);
    handshakes.chain(MANNERS.into_iter().map(TlsBehavior::Answer))
}

/// A run in which the peer's authority is trusted, by git as well.
fn trusting_once(env: &TestEnv, now: &str, peer: &TlsPeer) -> OnceOutput {
    let ca_file = peer.ca_file().display().to_string();
    run_once_limited(env, now, &[("SSL_CERT_FILE", ca_file.clone()), ("GIT_SSL_CAINFO", ca_file)])
}

#[test]
fn an_arxiv_behind_tls_that_knows_no_end_ends_a_poll_and_nothing_else() {
    let (fake, peer) = (FakeArxiv::serve_papers(sample_papers(3)), TlsPeer::start());
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let list = env.list_text();
    let env = env.with_url(&peer.url("/api/query")).with_patience("2s");
    for (number, conduct) in all_behaviors().enumerate() {
        peer.set_behavior(conduct);
        let answer = trusting_once(&env, &time_of_day_number(number), &peer);
        assert_eq!(
            (answer.status, answer.status_and_counts()),
            (1, ("failed", 0, 0, 0)),
            "{conduct:?}: {answer:?}"
        );
        assert!(!answer.reason().is_empty() && answer.reason().len() < 400, "{conduct:?}: {answer:?}");
        assert!(peer.take_reached_count() > 0, "{conduct:?}: {answer:?}");
        assert_eq!(env.list_text(), list, "{conduct:?}");
    }
}

/// Two sinks that mail and one that posts, each to a peer of its own.
fn sinks_config(env: &TestEnv, [hook, implicit, explicit]: [&TlsPeer; 3]) -> String {
    std::fs::write(env.path("hook-url"), hook.url("/canary")).unwrap();
    let mails = [("smtps", implicit), ("smtp", explicit)].map(|(scheme, peer)| {
        format!(
            "[[sink]]\nname = \"{scheme}\"\nkind = \"email\"\nserver = \"{scheme}://localhost:{}\"\n\
             from = \"papers@example.org\"\nto = [\"canary@example.org\"]\n\n{}",
            peer.port(),
            immediate_subscription(scheme)
        )
    });
    let hook =
        "[[sink]]\nname = \"hook\"\nkind = \"webhook\"\nurl_file = \"hook-url\"\nallow_private = true\n\n";
    mails.concat() + hook + &immediate_subscription("hook")
}

/// Whether a receiver says with the status that it has taken the message, whatever follows.
fn has_status(conduct: TlsBehavior) -> bool {
    matches!(
        conduct,
        TlsBehavior::Answer(
            PeerBehavior::EndlessBody | PeerBehavior::Bomb | PeerBehavior::Cut | PeerBehavior::Reset
        )
    )
}

#[test]
fn receivers_forges_and_git_servers_behind_tls_hold_up_nothing_but_themselves() {
    let authority = TlsPeer::start();
    let [hook, implicit, forge, git] = [(); 4].map(|()| authority.start_with_same_authority());
    let explicit = authority.neighbour_with_starttls();
    let peers = [&hook, &implicit, &explicit, &forge, &git];
    let receivers = FakeWebhooks::start();
    let mut env = RepositoryEnv::new(&format!(
        "forge = \"gitea\"\napi = \"{}\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n\n\
         [[list]]\nname = \"far\"\nrepository = \"{}\"\nfile = \"README.md\"\nforge = \"none\"\n\n\
         MORE",
        forge.url("/api"),
        git.url("/owner/list")
    ));
    let config = env.local.path("paperwire.toml");
    let more = sinks_config(&env.local, [&hook, &implicit, &explicit])
        + &receivers.sink_config(&env.local, "well", "webhook")
        + &immediate_subscription("well");
    let text = std::fs::read_to_string(&config).unwrap().replace("MORE", &more);
    std::fs::write(&config, text).unwrap();
    env.run_once();
    for (number, conduct) in all_behaviors().enumerate() {
        for peer in peers {
            peer.set_behavior(conduct);
        }
        // What a mail server says after the handshake has tests of its own.
        for mail in [&implicit, &explicit].into_iter().filter(|_| matches!(conduct, TlsBehavior::Answer(_))) {
            mail.set_behavior(TlsBehavior::Handshake(Handshake::Close));
        }
        env.add_papers(1);
        env.arxiv.set_papers(newest_first(env.papers.clone()));
        // A message that was tried often is tried again after a day.
        let now = RepositoryEnv::run_time(2 * i64::try_from(number + 1).unwrap());
        let answer = trusting_once(&env.local, &now, &authority);
        assert_eq!(answer.status_and_counts(), ("ok", 1, 0, 0), "{conduct:?}: {answer:?}");
        assert_eq!(receivers.received_digests("well").len(), number + 1, "{conduct:?}: {answer:?}");
        let reached = peers.map(TlsPeer::take_reached_count);
        assert!(reached.iter().all(|times| *times > 0), "{conduct:?}: {reached:?}: {answer:?}");
        let accepted = answer.sinks.iter().filter(|sink| sink.delivered > 0);
        assert!(accepted.count() <= if has_status(conduct) { 2 } else { 1 }, "{conduct:?}: {answer:?}");
        let failed = answer.sinks.iter().filter(|sink| sink.delivered == 0);
        let reasons = failed.map(|sink| &sink.reason).chain(answer.lists.iter().map(|list| &list.reason));
        for reason in reasons.map(|reason| reason.as_deref().unwrap_or_default()) {
            assert!(!reason.is_empty() && reason.len() < 800, "{conduct:?}: {answer:?}");
        }
        assert!(!answer.stderr.contains("canary"), "{conduct:?}: {answer:?}");
    }
    assert!(env.open_pull_requests().is_empty());
}
