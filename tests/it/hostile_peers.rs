//! Peers that send without end, close, reset, unfold to any size or speak no HTTP at all, in the place of each that the
//! program asks: it lives on in 64 MB, says what happened, and everything else is done in the same run.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::{Arc, Mutex};

use socket2::SockRef;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply};
use crate::support::loopback_server::LoopbackServer;
use crate::support::repository_env::RepositoryEnv;
use crate::support::sample_papers::{newest_first, sample_papers};
use crate::support::test_env::{NOW, OnceOutput, TestEnv};

/// Most memory of the program, and of each program that it starts, in KiB.
const MEMORY_KIB: u32 = 64 << 10;

/// What a peer does with every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeerBehavior {
    EndlessHeader,
    EndlessLine,
    EndlessBody,
    EndlessChunks,
    EndlessError,
    /// A small body that unfolds to a gigabyte.
    Bomb,
    /// Brackets without end, as JSON or XML may have them.
    Nested,
    /// Small things in great number, each of which takes much more memory than bytes.
    Links,
    Authors,
    EndlessRedirects,
    /// Each page is full, and links the next.
    EndlessPages,
    Garbage,
    Cut,
    Reset,
    Close,
}

pub(crate) const MANNERS: [PeerBehavior; 15] = [
    PeerBehavior::EndlessHeader,
    PeerBehavior::EndlessLine,
    PeerBehavior::EndlessBody,
    PeerBehavior::EndlessChunks,
    PeerBehavior::EndlessError,
    PeerBehavior::Bomb,
    PeerBehavior::Nested,
    PeerBehavior::Links,
    PeerBehavior::Authors,
    PeerBehavior::EndlessRedirects,
    PeerBehavior::EndlessPages,
    PeerBehavior::Garbage,
    PeerBehavior::Cut,
    PeerBehavior::Reset,
    PeerBehavior::Close,
];

/// A server of such a manner, which can be changed.
#[derive(Debug)]
pub(crate) struct HostilePeer {
    server: LoopbackServer,
    manner: Arc<Mutex<PeerBehavior>>,
    asked: Arc<Mutex<usize>>,
}

impl HostilePeer {
    pub(crate) fn start() -> Self {
        let (manner, asked) = (Arc::new(Mutex::new(PeerBehavior::Close)), Arc::new(Mutex::new(0)));
        let (mannered, counted) = (Arc::clone(&manner), Arc::clone(&asked));
        let server = LoopbackServer::start(move |connection| {
            *counted.lock().unwrap() += 1;
            // Whoever hangs up has had enough.
            let manner = *mannered.lock().unwrap();
            let _ = answer_request(&mut &*connection, connection, manner);
        });
        Self { server, manner, asked }
    }

    pub(crate) fn reply_with(&self, manner: PeerBehavior) {
        *self.manner.lock().unwrap() = manner;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    /// How often it was asked since the last time.
    pub(crate) fn take_request_count(&self) -> usize {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// Answers one request, if it must be without end. What is said goes over the stream, which the socket carries.
pub(crate) fn answer_request(
    to: &mut (impl Read + Write),
    socket: &TcpStream,
    manner: PeerBehavior,
) -> std::io::Result<()> {
    let mut from = BufReader::new(&mut *to);
    let mut line = String::from("-");
    let mut length = 0;
    while !line.trim().is_empty() {
        line.clear();
        from.read_line(&mut line)?;
        let header = line.to_ascii_lowercase();
        length =
            header.strip_prefix("content-length: ").map_or(length, |length| length.trim().parse().unwrap());
    }
    from.read_exact(&mut vec![0; length])?;
    let mut head =
        |status: &str, headers: &str| to.write_all(format!("HTTP/1.1 {status}\r\n{headers}").as_bytes());
    // Without a length: an answer that announces how large it is would be refused unread.
    let body = "Content-Type: application/json\r\nConnection: close\r\n\r\n";
    match manner {
        PeerBehavior::EndlessHeader => head("200 OK", "")?,
        PeerBehavior::EndlessLine => head("200 OK", "X: ")?,
        PeerBehavior::EndlessBody | PeerBehavior::Nested => head("200 OK", body)?,
        PeerBehavior::EndlessChunks => head("200 OK", "Transfer-Encoding: chunked\r\n\r\n")?,
        PeerBehavior::EndlessError => head("500 No", body)?,
        PeerBehavior::Links | PeerBehavior::Authors => {
            head("200 OK", body)?;
            let part = if manner == PeerBehavior::Links { LINK } else { AUTHOR };
            let feed = format!(
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{}</entry></feed>",
                part.repeat(PARTS_BYTES / part.len())
            );
            return to.write_all(feed.as_bytes());
        }
        PeerBehavior::Bomb => head("200 OK", "Content-Encoding: gzip\r\nConnection: close\r\n\r\n")?,
        PeerBehavior::EndlessRedirects => {
            return head("302 Found", "Location: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        PeerBehavior::EndlessPages => {
            let page = format!("[{}]", vec![PULL; 50].join(","));
            let headers = format!(
                "Link: </next>; rel=\"next\"\r\nX-Total-Count: 1000000\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{page}",
                page.len()
            );
            return head("200 OK", &headers);
        }
        PeerBehavior::Garbage => return to.write_all(&[0xff, 0, 1, 2, b'\n'].repeat(1000)),
        PeerBehavior::Cut => return head("200 OK", "Content-Length: 1000\r\n\r\n{"),
        PeerBehavior::Reset => {
            SockRef::from(socket).set_linger(Some(std::time::Duration::ZERO))?;
            return head("200 OK", "Content-Length: 1000\r\n\r\n{");
        }
        PeerBehavior::Close => return Ok(()),
    }
    if manner == PeerBehavior::Bomb {
        // A head of gzip (RFC 1952), and one block that unfolds to a megabyte, again and again.
        to.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])?;
        let mut block = Vec::with_capacity(1 << 16);
        let mut deflate = flate2::Compress::new(flate2::Compression::best(), false);
        deflate.compress_vec(&vec![b' '; 1 << 20], &mut block, flate2::FlushCompress::Full).unwrap();
        return (0..1024).try_for_each(|_| to.write_all(&block));
    }
    let piece = endless_piece(manner);
    let many = piece.repeat(65_536 / piece.len());
    loop {
        to.write_all(many.as_bytes())?;
    }
}

/// A pull request as small as GitHub's, Gitea's and GitLab's readers take one.
const PULL: &str = r#"{"number":1,"iid":1,"id":1,"state":"open","title":"","head":{"ref":""},"base":{"ref":""},"source_branch":"","target_branch":"","web_url":""}"#;

/// What is sent without end.
fn endless_piece(manner: PeerBehavior) -> String {
    match manner {
        PeerBehavior::EndlessHeader => "X-More: and more\r\n".to_owned(),
        PeerBehavior::EndlessChunks => format!("400\r\n{}\r\n", "x".repeat(0x400)),
        PeerBehavior::Nested => "[".to_owned(),
        _ => "x".to_owned(),
    }
}

/// Parts of an entry that take much more memory than bytes.
const LINK: &str = "<link href='a'/>";
const AUTHOR: &str = "<author><name>a</name></author>";

/// How many bytes of parts an answer may have that is still read, arXiv's or a feed's.
const PARTS_BYTES: usize = (15 << 20) - 256;

/// A run with this memory and no more; the program must end by itself.
pub(crate) fn run_once_limited(env: &TestEnv, now: &str, variables: &[(&str, String)]) -> OnceOutput {
    let limited = format!("ulimit -d {MEMORY_KIB} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_paperwire"), "once", "--json", "--now", now]);
    command.current_dir(env.folder()).envs(variables.iter().map(|(name, value)| (name, value)));
    OnceOutput::parse_output(&command.output().unwrap())
}

pub(crate) fn time_of_day_number(number: usize) -> String {
    format!("2025-04-{:02}T08:00:00Z", number + 1)
}

/// The subscription of a sink to everything, at once.
pub(crate) fn immediate_subscription(sink: &str) -> String {
    format!("[[subscription]]\nsink = \"{sink}\"\nwhen = \"now\"\n\n")
}

#[test]
fn an_arxiv_that_knows_no_end_ends_a_poll_and_nothing_else() {
    let (fake, peer, webhooks) =
        (FakeArxiv::serve_papers(sample_papers(3)), HostilePeer::start(), FakeWebhooks::start());
    let env = TestEnv::with_arxiv(&fake);
    let more = webhooks.sink_config(&env, "hook", "webhook") + &immediate_subscription("hook");
    let env = env.with_config_lines(&more);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    webhooks.reply_with("/hook", vec![WebhookReply::Refuse(503, ""); MANNERS.len() + 1]);
    run_once_limited(&env, &time_of_day_number(0), &[]);
    let list = env.list_text();
    let env = env.with_url(&peer.url("/api/query")).with_patience("2s");
    for (number, manner) in MANNERS.into_iter().enumerate() {
        peer.reply_with(manner);
        env.run_program(&["outbox", "retry", "1", "--now", &time_of_day_number(number + 1)]);
        let answer = run_once_limited(&env, &time_of_day_number(number + 1), &[]);
        assert_eq!(
            (answer.status, answer.status_and_counts()),
            (1, ("failed", 0, 0, 0)),
            "{manner:?}: {answer:?}"
        );
        assert!(!answer.reason().is_empty() && answer.reason().len() < 400, "{manner:?}: {answer:?}");
        assert!(peer.take_request_count() > 0, "{manner:?}");
        assert_eq!(env.list_text(), list, "{manner:?}");
        assert_eq!(
            webhooks.requests_at("/hook").len(),
            number + 2,
            "{manner:?}: the message was tried as well"
        );
    }
}

#[test]
fn receivers_that_know_no_end_hold_up_no_other_sink() {
    let (fake, peer, webhooks) =
        (FakeArxiv::serve_papers(sample_papers(3)), HostilePeer::start(), FakeWebhooks::start());
    let env = TestEnv::with_arxiv(&fake);
    let hostile = ["slack", "discord", "webhook"].map(|kind| {
        let file = format!("{kind}-url");
        std::fs::write(env.path(&file), peer.url("/canary")).unwrap();
        let sink = format!(
            "[[sink]]\nname = \"{kind}\"\nkind = \"{kind}\"\nurl_file = \"{file}\"\nallow_private = true\n\n"
        );
        sink + &immediate_subscription(kind)
    });
    let more =
        hostile.concat() + &webhooks.sink_config(&env, "well", "webhook") + &immediate_subscription("well");
    let env = env.with_config_lines(&more);
    env.run_once_without_failure(NOW);
    for (number, manner) in MANNERS.into_iter().enumerate() {
        peer.reply_with(manner);
        fake.set_papers(sample_papers(4 + number));
        let answer = run_once_limited(&env, &time_of_day_number(number), &[]);
        assert_eq!(answer.status_and_counts(), ("ok", 1, 0, 0), "{manner:?}: {answer:?}");
        let well = answer.sinks.iter().find(|sink| sink.sink == "well").unwrap();
        assert_eq!((well.delivered, well.reason.as_deref()), (1, None), "{manner:?}: {answer:?}");
        assert_eq!(webhooks.received_digests("well").len(), number + 1, "{manner:?}: {answer:?}");
        assert!(peer.take_request_count() >= 3, "{manner:?}: each was tried: {answer:?}");
        assert!(!answer.stderr.contains("canary"), "{manner:?}: {answer:?}");
        for sink in ["slack", "discord", "webhook"] {
            env.run_program(&["outbox", "resume", sink, "--now", &time_of_day_number(number)]);
        }
    }
}

#[test]
fn a_receiver_that_says_continue_without_end_leaves_the_others_their_time() {
    let (fake, webhooks) = (FakeArxiv::serve_papers(sample_papers(3)), Arc::new(FakeWebhooks::start()));
    let others = Arc::clone(&webhooks);
    // It goes on until the other sink has its message, and ends then: whoever reads it alone until a time limit has cut it
    // off before that.
    let peer = LoopbackServer::start(move |mut connection| {
        let many = "HTTP/1.1 100 Continue\r\n\r\n".repeat(2048);
        while others.requests_at("/well").is_empty() && connection.write_all(many.as_bytes()).is_ok() {}
    });
    let env = TestEnv::with_arxiv(&fake);
    std::fs::write(env.path("url"), format!("http://{}/hook", peer.address)).unwrap();
    let hostile = ["h1", "h2", "h3", "h4"].map(|name| {
        let sink = format!(
            "[[sink]]\nname = \"{name}\"\nkind = \"webhook\"\nurl_file = \"url\"\nallow_private = true\n\n"
        );
        sink + &immediate_subscription(name)
    });
    let well = webhooks.sink_config(&env, "well", "webhook") + &immediate_subscription("well");
    let env = env.with_config_lines(&(hostile.concat() + &well));
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    let answer = run_once_limited(&env, &time_of_day_number(0), &[]);
    for sink in answer.sinks.iter().filter(|sink| sink.sink != "well") {
        assert!(sink.reason.as_ref().unwrap().contains("the connection"), "{answer:?}");
    }
    assert_eq!(webhooks.received_digests("well").len(), 1, "{answer:?}");
}

#[test]
fn a_forge_that_knows_no_end_holds_up_its_list_alone() {
    for kind in ["github", "gitea", "gitlab"] {
        let peer = HostilePeer::start();
        let api = peer.url("/api");
        let mut env = RepositoryEnv::new(&format!(
            "forge = \"{kind}\"\napi = \"{api}\"\nproject = \"owner/list\"\ntoken_file = \"token\"\n"
        ));
        for (number, manner) in MANNERS.into_iter().enumerate() {
            peer.reply_with(manner);
            env.add_papers(1);
            env.arxiv.set_papers(newest_first(env.papers.clone()));
            let answer =
                run_once_limited(&env.local, &RepositoryEnv::run_time(i64::try_from(number).unwrap()), &[]);
            assert!(matches!(answer.only_topic().status.as_str(), "ok"), "{kind} {manner:?}: {answer:?}");
            assert!(peer.take_request_count() > 0, "{kind} {manner:?}");
            if manner != PeerBehavior::EndlessPages {
                let reason = answer.only_list().reason.clone().unwrap_or_default();
                assert!(!reason.is_empty() && reason.len() < 400, "{kind} {manner:?}: {answer:?}");
            }
        }
        assert!(env.open_pull_requests().is_empty());
    }
}

#[test]
fn a_repository_with_what_is_no_list_holds_up_its_list_alone() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    env.run_once_well();
    env.bare.refuse_pushes("%s' \"$(yes no | head -c 10000000)\" '");
    env.add_papers(1);
    let talkative = env.run_once();
    let reason = talkative.only_list().reason.clone().unwrap();
    assert!(reason.contains("git push gave more than 256 KiB"), "{reason}");
    assert_eq!(talkative.status_and_counts(), ("ok", 1, 0, 0), "{talkative:?}");

    std::fs::remove_file(env.bare.repository_path().join("hooks/pre-receive")).unwrap();
    env.bare.commit_as_person("main", "README.md", &"x".repeat(9 << 20));
    env.add_papers(1);
    env.arxiv.set_papers(newest_first(env.papers.clone()));
    let large = run_once_limited(&env.local, &RepositoryEnv::run_time(9), &[]);
    let reason = large.only_list().reason.clone().unwrap();
    assert!(reason.contains("README.md has 9437184 bytes in the repository"), "{reason}");
    assert_eq!(large.status_and_counts(), ("ok", 1, 0, 0), "{large:?}");
}

#[test]
fn a_git_server_or_a_proxy_that_knows_no_end_holds_up_its_list_alone() {
    let (fake, peer, webhooks) =
        (FakeArxiv::serve_papers(sample_papers(3)), HostilePeer::start(), FakeWebhooks::start());
    let env = TestEnv::with_arxiv(&fake);
    let more = webhooks.sink_config(&env, "well", "webhook") + &immediate_subscription("well");
    let lists = [
        ("direct", peer.url("/owner/list")),
        ("proxied", "https://git.canary.invalid/owner/list".to_owned()),
    ];
    let lists = lists.map(|(name, repository)| {
        format!("[[list]]\nname = \"{name}\"\nrepository = \"{repository}\"\nfile = \"README.md\"\nforge = \"none\"\n\n")
    });
    let proxied = "[[sink]]\nname = \"far\"\nkind = \"slack\"\nurl_env = \"FAR_URL\"\n\n".to_owned()
        + &immediate_subscription("far");
    let env = env.with_config_lines(&(lists.concat() + &more + &proxied));
    let variables = [
        ("FAR_URL", "https://hooks.canary.invalid/services/canary".to_owned()),
        ("HTTPS_PROXY", peer.url("").replace("http://", "http://user:canary@")),
    ];
    peer.reply_with(PeerBehavior::Close);
    run_once_limited(&env, NOW, &variables);
    for (number, manner) in MANNERS.into_iter().enumerate() {
        peer.reply_with(manner);
        fake.set_papers(sample_papers(4 + number));
        peer.take_request_count();
        let answer = run_once_limited(&env, &time_of_day_number(number), &variables);
        assert_eq!(answer.status_and_counts(), ("ok", 1, 0, 0), "{manner:?}: {answer:?}");
        assert_eq!(webhooks.received_digests("well").len(), number + 1, "{manner:?}: {answer:?}");
        assert!(peer.take_request_count() >= 3, "{manner:?}: {answer:?}");
        let reasons: Vec<_> =
            answer.lists.iter().map(|list| list.reason.as_deref().unwrap_or_default()).collect();
        assert!(reasons[0].is_empty() && reasons[1..].iter().all(|reason| !reason.is_empty()), "{answer:?}");
        assert!(reasons.iter().all(|reason| reason.len() < 800), "{answer:?}");
        assert!(!answer.stderr.replace("git.canary.invalid", "").contains("canary"), "{answer:?}");
        env.run_program(&["outbox", "resume", "far", "--now", &time_of_day_number(number)]);
    }
}
