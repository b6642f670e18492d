//! What a reader sees.

use std::io::{BufReader, Read as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::{HOSTILE, PATIENCE, PagesServer, exchange_bytes};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv, stdout};

const TOPIC: &str = "/topic/Nets%20%26%20C%2FC%2B%2B";

#[test]
fn every_page_is_there_and_names_what_it_is_about() {
    let server = PagesServer::start();
    for (path, words) in [
        ("/", "All in order"),
        ("/search", "All papers, newest first"),
        ("/search?q=classification", "Newest first"),
        (TOPIC, "Nets &amp; C&#x2f;C++"),
        ("/paper/2503.19999", "Identity"),
        ("/paper/2503.19999v2", "Identity"),
        ("/paper/hep-ex/0300016", "hep-ex&#x2f;0300016"),
        ("/paper/arXiv:2503.19999", "Identity"),
        ("/paper/https://arxiv.org/pdf/hep-ex/0300016.pdf", "hep-ex&#x2f;0300016"),
        ("/paper/https%3A%2F%2Fdoi.org%2F10.48550%2FarXiv.hep-ex%2F0300016", "hep-ex&#x2f;0300016"),
        ("/style.css", "color-scheme"),
        ("/search.js", "AbortController"),
        ("/icon.svg", "<svg"),
    ] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(words), "{path}: {}", page.body);
        if page.header("content-type").starts_with("text/html") {
            assert!(
                page.body.contains("Thank you to arXiv for use of its open access interoperability."),
                "{path}"
            );
        }
    }
    for path in
        ["/nothing", "/topic/None", "/topic/None.atom", "/paper/0000.00000", "/paper/x", "/topic/", "/paper/"]
    {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_chart_names_its_topics_if_it_has_several() {
    let server = PagesServer::start();
    let has_legend = |path| server.get(path).body.contains("<ul class=\"legend\">");
    assert!(has_legend("/"));
    assert!(!has_legend(TOPIC));
}

#[test]
fn a_search_finds_by_words_and_by_what_narrows_it() {
    let server = PagesServer::start();
    let count = |query: &str| {
        let page = server.get(&format!("/search?{query}"));
        assert_eq!(page.status, 200, "{query}");
        page.body.matches("<article>").count()
    };
    assert_eq!(count("q=classification"), 20);
    assert_eq!(count("q=classification&topic=Quiet"), 20);
    assert_eq!(count("q=classifica&live=1"), 10);
    assert_eq!(count("q=xyzzy"), 0);
    assert_eq!(count("q=classification&category=stat.ML"), 13);
    assert_eq!(count("q=classification&since=2025-03-25&until=2025-03-25"), 10);
    assert_eq!(count("q=nets&code=1"), 0);
    assert_eq!(count("q=https%3A%2F%2Farxiv.org%2Fhtml%2F2503.19999v2"), 1);
    assert_eq!((count("q=2503.19999&topic=Quiet"), count("q=2503.19999&category=math")), (1, 0));
    let page = server.get("/search?q=classification").body;
    let older = page.split("href=\"").find(|rest| rest.contains("rel=\"next\"")).unwrap();
    let older = older.split('"').next().unwrap().replace("&#x2f;", "/").replace("&amp;", "&");
    assert_eq!(server.get(&older).body.matches("<article>").count(), 19);
    let live = server.get("/search?q=classification&live=1").body;
    assert!(!live.contains("<html") && live.contains("<article>"));
    for wrong in ["q=classification&since=tomorrow", "behind=x"] {
        assert_eq!(server.get(&format!("/search?{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn a_formula_is_shown_as_a_reader_sees_it() {
    let server = PagesServer::start();
    let page = server.get("/search?q=nets").body;
    assert!(page.contains("Nets in ℓ₂."), "{page}");
}

#[test]
fn hostile_words_stay_words_on_every_page() {
    let server = PagesServer::start();
    let hostile = "%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E%22%3E%3Cimg%20src=x%3E";
    for path in [
        "/".to_owned(),
        TOPIC.to_owned(),
        "/search?q=alert".to_owned(),
        "/paper/2503.19997".to_owned(),
        format!("/search?q={hostile}"),
        format!("/search?q={hostile}&live=1"),
        format!("/search?topic={hostile}&category={hostile}&since={hostile}"),
        format!("/topic/{hostile}"),
        format!("/paper/{hostile}"),
        format!("/{hostile}"),
    ] {
        let page = server.get(&path).body;
        assert!(
            !page.contains("<script>") && !page.contains("<img") && !page.contains("49 &amp;"),
            "{path}: {page}"
        );
    }
    assert!(server.get("/paper/2503.19997").body.contains("&lt;script&gt;alert(1)"), "{HOSTILE}");
}

#[test]
fn every_answer_says_what_a_browser_may_do_with_it() {
    let server = PagesServer::start();
    for path in
        ["/", "/nothing", "/style.css", "/healthz", "/readyz", "/status", "/status.json", "/metrics", TOPIC]
    {
        let page = server.get(path);
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(page.header("set-cookie"), "", "{path}");
        assert!(!page.body.contains(" style=\"") && !page.body.contains(" onclick"), "{path}");
    }
}

#[test]
fn health_is_of_the_process_readiness_of_the_history_and_status_of_everything() {
    let server = PagesServer::start();
    assert_eq!((server.get("/healthz").status, server.get("/healthz").body.as_str()), (200, "ok\n"));
    assert_eq!((server.get("/readyz").status, server.get("/readyz").body.as_str()), (200, "ready\n"));
    assert!(server.get("/").body.contains("All in order"));
    assert_eq!(status_of_the_command(&server), 200);
    let db = rusqlite::Connection::open(server.env.path("paperwire.db")).unwrap();
    let failed = "INSERT INTO polls (topic_source, at, outcome, fault, words, new, replaced, seeded, requests)
         SELECT id, watermark, 'failed', 'throttled', 'arXiv <asked> for patience', 0, 0, 0, 3 FROM topic_sources
         WHERE topic = (SELECT id FROM topics WHERE name = 'Quiet')";
    db.execute(failed, []).unwrap();
    let words = "failing since 2025-03-26T20:00:00Z: arXiv <asked> for patience";
    assert_eq!(status_of_the_command(&server), 503);
    let in_text = words.replace("2025-03-26T20:00:00Z", "2025-03-26 20:00 UTC");
    assert!(server.get("/status").body.contains(&format!("! topic   Quiet: {in_text}\n")));
    for path in ["/healthz", "/readyz", "/"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    for path in ["/", "/topic/Quiet"] {
        let page = server.get(path).body;
        let shown = words.replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.contains(&format!("<strong>failing</strong>{}", &shown["failing".len()..])), "{page}");
        assert!(page.contains("What to do: it is tried again by itself"), "{page}");
    }
    assert!(server.get("/").body.contains("Something is wrong"));
    let metrics = server.get("/metrics").body;
    for line in [
        "paperwire_wrong{kind=\"topic\",name=\"Quiet\"} 1",
        "paperwire_wrong{kind=\"source\",name=\"127.0.0.1\"} 0",
        "paperwire_topic_judgement{topic=\"Quiet\",judgement=\"failing\"} 1",
        "paperwire_topic_judgement{topic=\"Quiet\",judgement=\"current\"} 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
    }
    let status = server.env.run_program(&["status", "--now", NOW]);
    assert_eq!(status.status.code(), Some(1));
    assert!(stdout(&status).contains(&in_text), "{}", stdout(&status));
}

/// The status of `/status` and `/status.json`, which say the same as the command, as its exit status does.
fn status_of_the_command(server: &PagesServer) -> u16 {
    let statuses = [("/status", "text/plain; charset=utf-8"), ("/status.json", "application/json")].map(
        |(path, media_type)| {
            let page = server.get(path);
            let options: &[&str] = if path == "/status" { &[] } else { &["--json"] };
            let command = server.env.run_program(&[&["status", "--now", NOW], options].concat());
            assert_eq!(page.body, stdout(&command));
            assert_eq!((page.header("content-type"), page.header("cache-control")), (media_type, "no-store"));
            assert_eq!(page.status == 200, command.status.success(), "{}", page.body);
            page.status
        },
    );
    assert_eq!(statuses[0], statuses[1]);
    statuses[0]
}

#[test]
fn a_history_that_cannot_be_read_makes_nothing_ready_and_each_address_says_so_in_its_format() {
    let server = PagesServer::start();
    let file = server.env.path("paperwire.db");
    let history = std::fs::read(&file).unwrap();
    std::fs::write(&file, "no history at all ".repeat(1_000)).unwrap();
    for (path, media_type) in [
        ("/readyz", "text/plain; charset=utf-8"),
        ("/status", "text/plain; charset=utf-8"),
        ("/status.json", "text/plain; charset=utf-8"),
        ("/metrics", "text/plain; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        (TOPIC, "text/html; charset=utf-8"),
    ] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (503, media_type), "{path}");
        assert!(answer.body.contains("The history does not answer just now"), "{path}: {}", answer.body);
        assert!(
            !answer.body.contains("database") && !answer.body.contains("paperwire.db"),
            "{path}: {}",
            answer.body
        );
    }
    assert_eq!(server.get("/healthz").status, 200);
    std::fs::write(&file, history).unwrap();
    assert_eq!((server.get("/readyz").status, status_of_the_command(&server)), (200, 200));
}

#[test]
fn metrics_are_those_of_the_history() {
    let server = PagesServer::start();
    let metrics = server.get("/metrics");
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "# TYPE paperwire_polls_total counter",
        "paperwire_polls_total{topic=\"Quiet\",source=\"arxiv\",outcome=\"complete\"} 1",
        "paperwire_requests_total{topic=\"Quiet\",source=\"arxiv\"} 1",
        "paperwire_topic_papers{topic=\"Nets & C/C++\"} 40",
        "paperwire_newest_paper_timestamp_seconds{topic=\"Quiet\"} 1743011999",
        "paperwire_newest_paper_age_seconds{topic=\"Quiet\"} 7201",
        &format!("paperwire_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(metrics.body.lines().any(|found| found == line), "{line}: {}", metrics.body);
    }
    let open = server.get_with("/metrics", "Accept: application/openmetrics-text; version=1.0.0");
    assert!(open.header("content-type").starts_with("application/openmetrics-text; version=1.0.0"));
    assert!(open.body.ends_with("# EOF\n") && open.body.contains("# TYPE paperwire_polls counter\n"));
}

#[test]
fn each_request_is_logged_once_without_what_somebody_looks_for() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let port = crate::support::loopback_server::free_port();
    let env =
        TestEnv::with_arxiv(&fake).with_config_lines(&format!("[http]\nlisten = \"127.0.0.1:{port}\"\n"));
    let mut command = env.program_command(&["run", "-vv", "--log-format", "json"]);
    let mut daemon = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(daemon.stderr.take().unwrap());
    let address = ([127, 0, 0, 1], port).into();
    wait_for_answer(&mut daemon, address, "/healthz");
    for (path, host) in [("/search?q=wombat&token=secret", "localhost"), ("/paper/x", "evil.example")] {
        exchange_bytes(
            address,
            format!("HEAD {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes(),
        );
    }
    stop_daemon(&mut daemon);
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    for secret in ["wombat", "secret", "evil.example"] {
        assert!(!text.contains(secret), "{text}");
    }
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let requests =
        events.filter(|event| event["message"] == "answered a request" && event["method"] == "HEAD");
    let requests: Vec<_> = requests
        .map(|event| {
            assert!(event["level"] == "DEBUG" && event["milliseconds"].as_u64().unwrap() < 10_000, "{event}");
            (event["path"].clone(), event["status"].clone())
        })
        .collect();
    assert_eq!(requests, [(json!("/search"), json!(200)), (json!("/paper/x"), json!(421))]);
}

#[test]
fn the_daemon_serves_what_its_configuration_says_and_stops_with_it() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let port = crate::support::loopback_server::free_port();
    let env =
        TestEnv::with_arxiv(&fake).with_config_lines(&format!("[http]\nlisten = \"127.0.0.1:{port}\"\n"));
    let mut daemon = env.spawn_program(&["run"]);
    let address = ([127, 0, 0, 1], port).into();
    wait_for_answer(&mut daemon, address, "/readyz");
    stop_daemon(&mut daemon);
    assert!(TcpStream::connect::<SocketAddr>(address).is_err(), "it still listens");
}

/// Waits until this path is answered with 200.
fn wait_for_answer(daemon: &mut Child, address: SocketAddr, path: &str) {
    let begun = Instant::now();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    loop {
        let answers = TcpStream::connect(address).is_ok();
        if answers && exchange_bytes(address, request.as_bytes()).starts_with(b"HTTP/1.1 200") {
            break;
        }
        assert!(begun.elapsed() < PATIENCE && daemon.try_wait().unwrap().is_none(), "it never serves");
        std::thread::yield_now();
    }
}

fn stop_daemon(daemon: &mut Child) {
    let stopped = std::process::Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status();
    assert!(stopped.unwrap().success() && daemon.wait().unwrap().success());
}
