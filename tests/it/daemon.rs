//! `run` as its operator meets it: started, watched, reloaded and stopped.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::fake_arxiv::{ArxivReply, FakeArxiv, refusing_url};
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply};
use crate::support::loopback_server::free_port;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NOW, TestEnv, measure_time, stderr, stdout};

/// What does not come must fail the test and not hang it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Some seconds before a poll of the default crontab.
pub(crate) const BEFORE_A_POLL: &str = "2025-03-27T00:14:55Z";

/// The program as a daemon, with its log and what systemd hears of it.
pub(crate) struct Daemon {
    child: Child,
    log: Receiver<String>,
    /// What was read of the log.
    read: RefCell<Vec<String>>,
    socket: UnixDatagram,
}

impl Daemon {
    pub(crate) fn start(env: &TestEnv, now: &str) -> Self {
        let path = env.path("notify");
        let _ = std::fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut command = env.program_command(&["run", "--now", now]);
        let mut child =
            command.env("NOTIFY_SOCKET", &path).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (tell, log) = channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, log, read: RefCell::default(), socket }
    }

    /// Waits for a line of the log with these words.
    pub(crate) fn wait_for_log(&self, words: &str) -> String {
        while let Ok(line) = self.log.recv_timeout(PATIENCE) {
            self.read.borrow_mut().push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
        panic!("{words} was not said: {:#?}", self.read);
    }

    /// How many lines with these words were read of the log so far.
    pub(crate) fn log_count(&self, words: &str) -> usize {
        self.read.borrow().iter().filter(|line| line.contains(words)).count()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait_for_exit(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Waits until systemd hears a message that begins so.
    pub(crate) fn wait_for_notification(&self, words: &str) {
        let mut bytes = [0; 4096];
        loop {
            let length = self.socket.recv(&mut bytes).unwrap_or_else(|error| panic!("no {words}: {error}"));
            if String::from_utf8_lossy(&bytes[..length]).contains(words) {
                return;
            }
        }
    }

    pub(crate) fn send_signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it as systemd does, and how long that took.
    pub(crate) fn stop(mut self) -> (ExitStatus, Duration) {
        measure_time(|| {
            self.send_signal("-TERM");
            self.child.wait().unwrap()
        })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An environment with these webhooks, each with a subscription, whose first contact is behind it and for which news has come since.
pub(crate) fn env_with_subscriptions(
    fake: &FakeArxiv,
    webhooks: &FakeWebhooks,
    sinks: &[(&str, &str)],
) -> TestEnv {
    let env = subscribe_sinks(TestEnv::with_arxiv(fake), webhooks, sinks);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    env
}

fn subscribe_sinks(env: TestEnv, webhooks: &FakeWebhooks, sinks: &[(&str, &str)]) -> TestEnv {
    let told = |(name, when): &(&str, &str)| {
        let sink = webhooks.sink_config(&env, name, "webhook");
        format!("{sink}[[subscription]]\nsink = \"{name}\"\nwhen = \"{when}\"\ntimezone = \"UTC\"\n\n")
    };
    let more = sinks.iter().map(told).collect::<Vec<_>>().concat();
    env.with_config_lines(&more)
}

#[test]
fn a_daemon_polls_at_once_and_by_its_crontab_announces_the_news_and_ends_in_time() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = subscribe_sinks(TestEnv::with_arxiv(&fake), &webhooks, &[("hook", "now")]);
    let daemon = Daemon::start(&env, BEFORE_A_POLL);
    daemon.wait_for_notification("READY=1");
    let start = daemon.wait_for_log("paperwire is running");
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    for field in [
        &*version,
        "paperwire.toml",
        "state=paperwire.db",
        "topics=1 lists=1 sinks=1",
        "next_poll=\"2025-03-2",
    ] {
        assert!(start.contains(field), "{field}: {start}");
    }
    daemon.wait_for_log("seeded=3 known=3");
    daemon.wait_for_notification("next poll 2025-03-27T00:15:00Z");
    fake.set_papers(sample_papers(4));
    assert_eq!(webhooks.wait_for_requests("/hook", 1).len(), 1);
    daemon.wait_for_log("message_id=1");
    daemon.wait_for_notification("next poll 2025-03-27T06:15:00Z");
    assert_eq!(env.list_rows().len(), 4, "the list is current");
    let socket = daemon.socket.try_clone().unwrap();
    let (status, time) = daemon.stop();
    assert!(status.success() && time < Duration::from_secs(2), "{status} after {time:?}");
    let mut bytes = [0; 64];
    let length = socket.recv(&mut bytes).unwrap();
    assert_eq!(&bytes[..length], b"STOPPING=1\n");
    assert_eq!(webhooks.requests().len(), 1);
}

#[test]
fn after_downtime_a_daemon_polls_at_once() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = env_with_subscriptions(&fake, &webhooks, &[("hook", "now")]);
    let daemon = Daemon::start(&env, "2025-03-29T13:00:00Z");
    webhooks.wait_for_requests("/hook", 1);
    daemon.wait_for_notification("next poll 2025-03-29T18:15:00Z");
    assert!(daemon.stop().0.success());
}

#[test]
fn a_second_writer_next_to_a_daemon_is_refused_by_name_and_readers_are_not() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let daemon = Daemon::start(&env, NOW);
    daemon.wait_for_log("3 known");
    let expected = format!("another paperwire (process {}) is at work on", daemon.child.id());
    for second in ["once", "run"] {
        let done = env.run_program(&[second, "--now", NOW]);
        assert_eq!(done.status.code(), Some(1), "{second}");
        assert!(stderr(&done).contains(&expected), "{second}: {}", stderr(&done));
    }
    for reader in [&["search", "image"][..], &["outbox"], &["plan"], &["check"]] {
        let done = env.run_program(reader);
        assert!(done.status.success(), "{reader:?}: {}", stderr(&done));
    }
    assert!(daemon.stop().0.success());
}

#[test]
fn a_wrong_configuration_leaves_the_old_one_in_force_and_a_right_one_replaces_it() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = subscribe_sinks(TestEnv::with_arxiv(&fake), &webhooks, &[("hook", "now")]);
    let daemon = Daemon::start(&env, BEFORE_A_POLL);
    daemon.wait_for_log("3 known");
    let right = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
    std::fs::write(env.path("paperwire.toml"), right.replace("when =", "wehn =")).unwrap();
    daemon.send_signal("-HUP");
    daemon.wait_for_log("the old configuration is kept: the new one is wrong");
    daemon.wait_for_log("wehn");
    daemon.wait_for_notification("RELOADING=1");
    daemon.wait_for_notification("READY=1");
    fake.set_papers(sample_papers(4));
    webhooks.wait_for_requests("/hook", 1);
    let env = env.with_topics(&[("Other", "cat:cs.CV")]);
    daemon.send_signal("-HUP");
    daemon.wait_for_log("the configuration was read again; credentials given by systemd need a restart");
    daemon.wait_for_log("polled topic=\"Other\" source=\"arxiv\" new=0 replaced=0 seeded=4 known=4");
    let moved = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
    std::fs::write(env.path("paperwire.toml"), moved.replace("paperwire.db", "elsewhere.db")).unwrap();
    daemon.send_signal("-HUP");
    daemon.wait_for_log("the old configuration is kept: another `state` needs a restart");
    assert!(daemon.stop().0.success());
}

#[test]
fn a_new_address_that_is_taken_leaves_the_old_configuration_and_its_pages_in_force() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let (old, new) = (free_port(), free_port());
    let lines = format!("[http]\nlisten = \"127.0.0.1:{old}\"\n");
    let env = TestEnv::with_arxiv(&fake).with_config_lines(&lines);
    let daemon = Daemon::start(&env, BEFORE_A_POLL);
    daemon.wait_for_log("pages, feeds and metrics are served");
    let taken = TcpListener::bind(("127.0.0.1", new)).unwrap();
    let config = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
    let config = config.replace(&old.to_string(), &new.to_string());
    std::fs::write(env.path("paperwire.toml"), config).unwrap();
    daemon.send_signal("-HUP");
    daemon.wait_for_log("the old configuration is kept: the pages of the new one cannot be served");
    assert!(TcpStream::connect(("127.0.0.1", old)).is_ok(), "the old pages are gone");
    drop(taken);
    daemon.send_signal("-HUP");
    daemon.wait_for_log("the configuration was read again");
    assert!(TcpStream::connect(("127.0.0.1", new)).is_ok(), "the new pages are not there");
    assert!(TcpStream::connect(("127.0.0.1", old)).is_err(), "the old pages are still there");
    assert!(daemon.stop().0.success());
}

#[test]
fn a_delivery_that_hangs_keeps_no_later_message_from_the_other_sinks() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let sinks = [("slow", "now"), ("hook", "now"), ("late", "16 0 * * *")];
    let env = env_with_subscriptions(&fake, &webhooks, &sinks);
    webhooks.reply_with("/slow", [WebhookReply::Hang]);
    let daemon = Daemon::start(&env, "2025-03-27T00:15:55Z");
    webhooks.wait_for_requests("/slow", 1);
    webhooks.wait_for_requests("/hook", 1);
    // Its digest is composed some seconds later, when the slow sink has hung for as long.
    daemon.wait_for_log("sink=\"late\"");
    assert_eq!(webhooks.requests_at("/late").len(), 1);
    let listed = env.run_program(&["outbox", "--json"]);
    let listed: Value = serde_json::from_str(stdout(&listed)).unwrap();
    let [message] = &listed["messages"].as_array().unwrap()[..] else { panic!("{listed}") };
    assert_eq!((&message["sink"], &message["state"]), (&"slow".into(), &"queued".into()));
}

#[test]
fn a_digest_comes_at_its_time_while_arxiv_keeps_a_poll_waiting() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = env_with_subscriptions(&fake, &webhooks, &[("hook", "16 0 * * *")]).with_patience("1m");
    assert_eq!(env.run_once_without_failure(LATER).topics[0].new, 1);
    fake.reply_next([ArxivReply::Hang]);
    let asked = fake.watch_requests();
    let daemon = Daemon::start(&env, "2025-03-27T00:15:55Z");
    asked.recv_timeout(PATIENCE).unwrap();
    webhooks.wait_for_requests("/hook", 1);
    assert_eq!(daemon.log_count("polled"), 0, "the poll waits still");
    assert!(daemon.stop().0.success());
}

#[test]
fn a_delivery_in_flight_is_waited_for_so_that_its_answer_is_not_lost() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::answering_after(Duration::from_secs(1));
    let env = env_with_subscriptions(&fake, &webhooks, &[("hook", "now")]);
    let daemon = Daemon::start(&env, "2025-03-27T00:20:00Z");
    webhooks.wait_for_requests("/hook", 1);
    let (status, time) = daemon.stop();
    assert!(status.success() && time < Duration::from_secs(3), "{status} after {time:?}, one for the answer");
    let listed = env.run_program(&["outbox", "list", "--all"]);
    assert!(stdout(&listed).contains("delivered, 1 attempts"), "{}", stdout(&listed));
}

#[test]
fn a_wait_that_a_receiver_names_counts_from_its_answer() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::answering_after(Duration::from_secs(3));
    webhooks.reply_with("/hook", [WebhookReply::Refuse(429, "Retry-After: 2\r\n")]);
    let env = env_with_subscriptions(&fake, &webhooks, &[("hook", "now")]);
    let _daemon = Daemon::start(&env, "2025-03-27T00:20:00Z");
    webhooks.wait_for_requests("/hook", 1);
    let (_, time) = measure_time(|| webhooks.wait_for_requests("/hook", 2));
    assert!(
        time > Duration::from_millis(4900),
        "{time:?}: three seconds until it answers, and the two it names"
    );
}

#[test]
fn a_daemon_that_is_stopped_or_killed_is_missed_until_it_runs_again_or_once_polls() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let status = |now: &str| {
        let done = env.run_program(&["status", "--now", now]);
        (done.status.code(), stdout(&done).to_owned())
    };
    let start = || {
        let daemon = Daemon::start(&env, BEFORE_A_POLL);
        daemon.wait_for_notification("next poll 2025-03-27T");
        daemon
    };
    let daemon = start();
    let (code, text) = status(BEFORE_A_POLL);
    assert!(code == Some(0) && text.contains("next poll"), "{text}");
    daemon.stop();
    let (code, text) = status(BEFORE_A_POLL);
    assert!(code == Some(1) && text.contains(": the daemon was stopped at 2025-03-27 00:1"), "{text}");
    assert!(
        text.contains("what to do: `systemctl start paperwire`") && !text.contains("next poll"),
        "{text}"
    );
    let daemon = start();
    assert_eq!(status(BEFORE_A_POLL).0, Some(0), "it runs again");
    daemon.send_signal("-KILL");
    daemon.wait_for_exit();
    let (code, text) = status(BEFORE_A_POLL);
    assert!(
        code == Some(1) && text.contains(": the daemon is not running: it ended without being stopped"),
        "{text}"
    );
    env.run_once("2025-03-27T00:20:00Z");
    assert_eq!(status("2025-03-27T00:20:00Z").0, Some(0), "who lets `once` poll misses no daemon");
}

#[test]
fn a_daemon_without_a_network_says_so_once_at_the_first_request_that_fails() {
    let env = TestEnv::with_arxiv_url(&refusing_url()).with_patience("2m");
    let daemon = Daemon::start(&env, NOW);
    let line = daemon.wait_for_log("a request failed: it is tried again");
    assert!(line.contains("connection refused"), "{line}");
    let text = stdout(&env.run_program(&["status", "--now", NOW])).to_owned();
    assert!(text.contains(": failing since ") && text.contains("connection refused"), "{text}");
    assert!(text.contains("in vain since ") && !text.contains("never asked"), "{text}");
    daemon.stop();
}
