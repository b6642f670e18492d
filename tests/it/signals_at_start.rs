//! Signals at the moments of a start and of a reload: each moment is held open, so that nothing depends on speed.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::daemon::Daemon;
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv};

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Asserts that a daemon that gets a signal to stop does so in order, and was not ended by the signal.
fn stops_in_order(daemon: Daemon) {
    daemon.send_signal("-TERM");
    daemon.wait_for_notification("STOPPING=1");
    daemon.wait_for_log("stopped");
    assert!(daemon.wait_for_exit().success());
}

#[test]
fn signals_work_while_the_configuration_is_read() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let file = env.path("paperwire.toml");
    std::fs::remove_file(&file).unwrap();
    make_fifo(&file);
    let daemon = Daemon::start(&env, NOW);
    // It can be opened once the daemon is about to read it.
    let _held = OpenOptions::new().write(true).open(&file).unwrap();
    stops_in_order(daemon);
}

#[test]
fn a_reload_that_is_requested_during_the_start_follows_it_and_signals_work_meanwhile() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let file = env.path("paperwire.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    make_fifo(&file);
    let daemon = Daemon::start(&env, NOW);
    let mut written = OpenOptions::new().write(true).open(&file).unwrap();
    daemon.send_signal("-HUP");
    written.write_all(config.as_bytes()).unwrap();
    drop(written);
    daemon.wait_for_notification("READY=1");
    daemon.wait_for_notification("RELOADING=1");
    let _held = OpenOptions::new().write(true).open(&file).unwrap();
    stops_in_order(daemon);
}

#[test]
fn signals_work_while_the_daemon_waits_for_its_history() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let held = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
    held.execute_batch("PRAGMA locking_mode = exclusive; BEGIN IMMEDIATE;").unwrap();
    held.pragma_update(None, "user_version", 98).unwrap();
    let daemon = Daemon::start(&env, NOW);
    daemon.wait_for_log(
        "paperwire starts when it can error=cannot use paperwire.db as the history: database is locked",
    );
    daemon.send_signal("-HUP");
    stops_in_order(daemon);
}

#[test]
fn signals_work_while_a_repository_is_fetched() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let remote = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = std::fs::read_to_string(env.path("paperwire.toml")).unwrap();
    let list =
        format!("repository = \"http://{}/list\"\nforge = \"none\"\nfile =", remote.local_addr().unwrap());
    std::fs::write(env.path("paperwire.toml"), config.replace("file =", &list)).unwrap();
    let daemon = Daemon::start(&env, NOW);
    let _held = remote.accept().unwrap();
    stops_in_order(daemon);
}
