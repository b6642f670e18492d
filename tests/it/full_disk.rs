//! A disk that fills up: nothing is lost, sent twice or left half-written, it is reported, and all goes on when there is
//! room.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::daemon::{BEFORE_A_POLL, Daemon, env_with_subscriptions};
use crate::random_kills::{AllSinksEnv, READERS, announced_papers as told_by};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::loopback_server::free_port;
use crate::support::random_month_of_papers::{
    DateSharing, RandomNumbers, SimulatedMonth, run_times, show_papers,
};
use crate::support::sample_papers::sample_papers;
use crate::support::small_disk::SmallDisk;
use crate::support::test_env::{NOW, TestEnv, stdout};
use crate::web::get_page;

/// What `status` ends with and says.
fn run_status(env: &TestEnv, now: &str) -> (Option<i32>, String) {
    let output = env.run_program(&["status", "--now", now]);
    (output.status.code(), stdout(&output).to_owned())
}

/// What is left of files that were not written to their end.
fn leftover_files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap());
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".paperwire-new") || name.ends_with(".paperwire")).collect()
}

#[test]
fn a_disk_that_fills_fifty_times_in_a_month_costs_no_paper_no_message_and_no_row() {
    let mut random = RandomNumbers(50);
    let month = SimulatedMonth::generate(60, DateSharing::Shared, &mut random);
    let fake = FakeArxiv::serve_papers(vec![]);
    let lists = |env: TestEnv| {
        env.with_rows(20).with_list(
            "archive = \"archive/{year}-{month}.md\"\nfeed = \"feed.xml\"\npage = \"index.html\"\n",
        )
    };
    let unharmed = AllSinksEnv::asking(&fake, Duration::ZERO).with_env(lists);
    let filled = AllSinksEnv::asking(&fake, Duration::ZERO).with_env(lists);
    let disk = SmallDisk::with_room(filled.env.folder());
    let filled = filled.with_env(|env| disk.limit_env(env));
    let (mut fills, mut failed) = (0, 0);
    for now in run_times(14) {
        show_papers(&fake, &month, now);
        unharmed.env.run_once_without_failure(&now.to_string());
        let before = std::fs::read_to_string(filled.env.path("README.md")).unwrap_or_default();
        disk.fill_up_to(u64::try_from(random.number_below(90)).unwrap() * 4096);
        let done = filled.env.run_program(&["once", "--now", &now.to_string()]);
        assert!(matches!(done.status.code(), Some(0 | 1)), "{done:?}");
        failed += usize::from(!done.status.success());
        let after = std::fs::read_to_string(filled.env.path("README.md")).unwrap_or_default();
        assert!(
            after == before || after.ends_with("<!-- paperwire:end Image Classification -->\n"),
            "{after}"
        );
        assert_eq!(leftover_files(filled.env.folder()), [""; 0]);
        assert_eq!(leftover_files(&filled.env.path("mail/tmp")), [""; 0]);
        fills += 1;
        disk.make_room();
        // What a receiver deferred, or a full disk, is tried again by then.
        filled.env.run_once(&(now + SignedDuration::from_hours(6)).to_string());
    }
    assert!(fills >= 50 && failed > 20, "{failed} of {fills}");
    let news = filled.env.announced_news();
    let new: BTreeSet<&str> = news
        .iter()
        .filter(|told| told.2 == "new")
        .map(|told| told.0.strip_prefix("arxiv:").unwrap())
        .collect();
    assert!(new.len() > 25, "a month that is too quiet");
    assert_eq!(news, unharmed.env.announced_news());
    assert_eq!(filled.env.list_text(), unharmed.env.list_text());
    for (sink, got) in filled.received_messages() {
        let readers = if sink == "mail" { READERS.len() } else { 1 };
        let each: Vec<_> = new.iter().flat_map(|paper| std::iter::repeat_n(*paper, readers)).collect();
        assert_eq!(told_by(sink, &got), each, "{sink}: each new paper once for each reader");
        let identities: BTreeSet<_> = got.iter().collect();
        assert_eq!(identities.len(), got.len(), "{sink}: no message came again");
    }
}

#[test]
fn a_daemon_outlives_a_full_disk_reports_it_once_and_recovers_when_there_is_room() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    let sinks = webhooks.sink_config(&env, "hook", "webhook") + &webhooks.sink_config(&env, "ops", "webhook");
    let env = env.with_config_lines(&format!(
        "{sinks}[[subscription]]\nsink = \"hook\"\nwhen = \"now\"\n\n[operator]\nsink = \"ops\"\nafter = \"0s\"\n"
    ));
    env.run_once_without_failure(NOW);
    let disk = SmallDisk::with_room(env.folder());
    let env = disk.limit_env(env);
    let daemon = Daemon::start(&env, BEFORE_A_POLL);
    daemon.wait_for_notification("next poll 2025-03-27T00:15:00Z");
    let (code, text) = run_status(&env, BEFORE_A_POLL);
    assert_eq!(code, Some(0), "{text}");
    let list = env.list_text();
    disk.fill_up_to(0);
    fake.set_papers(sample_papers(4));
    daemon.wait_for_log("the history cannot be written: ");
    daemon.wait_for_notification("STATUS=wrong: the history cannot be written: ");
    let (code, text) = run_status(&env, "2025-03-27T00:16:00Z");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.starts_with("wrong: 1 thing"), "{text}");
    assert!(
        text.contains("! history paperwire.db: cannot be written since 2025-03-27 00:1")
            && text.contains("is full"),
        "{text}"
    );
    assert_eq!((env.list_text(), webhooks.requests().len()), (list, 0));
    disk.make_room();
    daemon.wait_for_log("the history can be written again");
    assert_eq!(webhooks.wait_for_requests("/hook", 1).len(), 1);
    let notice = webhooks.wait_for_requests("/ops", 1).remove(0).body;
    assert!(notice.contains("the history") && notice.contains("cannot be written since"), "{notice}");
    assert_eq!(daemon.log_count("the history cannot be written: "), 1);
    assert_eq!(env.list_rows().len(), 4, "the list is current");
    assert_eq!(run_status(&env, "2025-03-27T00:16:00Z").0, Some(0));
    assert!(daemon.stop().0.success());
    assert_eq!(webhooks.requests_at("/hook").len(), 1);
}

#[test]
fn a_daemon_on_a_full_disk_is_alive_and_not_ready_and_its_pages_say_why() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let port = free_port();
    let env =
        TestEnv::with_arxiv(&fake).with_config_lines(&format!("[http]\nlisten = \"127.0.0.1:{port}\"\n"));
    env.run_once_without_failure(NOW);
    let disk = SmallDisk::with_room(env.folder());
    let env = disk.limit_env(env);
    let daemon = Daemon::start(&env, BEFORE_A_POLL);
    daemon.wait_for_notification("next poll 2025-03-27T00:15:00Z");
    let ready = || (get_page(port, "/readyz").status, get_page(port, "/readyz").body);
    assert_eq!((ready(), get_page(port, "/status").status), ((200, "ready\n".to_owned()), 200));
    disk.fill_up_to(0);
    daemon.wait_for_log("the history cannot be written: ");
    let (code, reason) = ready();
    assert!(
        code == 503 && reason.starts_with("the history: cannot be written since 2025-03-27T00:1"),
        "{reason}"
    );
    let status = get_page(port, "/status");
    assert!(status.status == 503 && status.body.starts_with("wrong: 1 thing"), "{}", status.body);
    assert_eq!((get_page(port, "/healthz").status, get_page(port, "/").status), (200, 200));
    disk.make_room();
    daemon.wait_for_log("the history can be written again");
    assert_eq!((ready().0, get_page(port, "/status").status), (200, 200));
    assert!(daemon.stop().0.success());
}

#[test]
fn a_daemon_begins_as_soon_as_its_disk_has_room() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let disk = SmallDisk::with_room(env.folder());
    disk.fill_up_to(0);
    let env = disk.limit_env(env);
    let daemon = Daemon::start(&env, NOW);
    daemon.wait_for_log("paperwire starts when it can");
    daemon.wait_for_notification("EXTEND_TIMEOUT_USEC=");
    disk.make_room();
    daemon.wait_for_notification("READY=1");
    assert!(daemon.stop().0.success());
}

/// A daemon whose message was sent and is not answered yet, on a small disk.
struct UnansweredDelivery {
    webhooks: FakeWebhooks,
    env: TestEnv,
    disk: SmallDisk,
    daemon: Daemon,
}

impl UnansweredDelivery {
    fn of(fake: &FakeArxiv) -> Self {
        let webhooks = FakeWebhooks::start();
        webhooks.hold_answers();
        let env = env_with_subscriptions(fake, &webhooks, &[("hook", "now")]);
        let disk = SmallDisk::with_room(env.folder());
        let env = disk.limit_env(env);
        let daemon = Daemon::start(&env, "2025-03-27T00:20:00Z");
        webhooks.wait_for_requests("/hook", 1);
        Self { webhooks, env, disk, daemon }
    }

    /// Fills the disk, and with it the room that is reserved for the answer, and lets the answer go.
    fn answer_that_cannot_be_noted(&self) {
        // Another program takes the room that is reserved.
        std::fs::remove_file(self.env.path("paperwire.db.reserve")).unwrap();
        self.disk.fill_up_to(0);
        self.webhooks.release_answers();
        self.daemon.wait_for_log("the history cannot be written: ");
    }

    /// The message went out once, and that is noted.
    fn ends_well(self) {
        let Self { webhooks, env, disk: _, daemon } = self;
        assert!(daemon.stop().0.success());
        let listed = env.run_program(&["outbox", "list", "--all"]);
        assert!(stdout(&listed).contains("delivered, 1 attempts"), "{}", stdout(&listed));
        assert_eq!(webhooks.requests().len(), 1);
    }
}

#[test]
fn a_message_whose_answer_meets_a_full_disk_is_not_sent_again() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let sending = UnansweredDelivery::of(&fake);
    sending.disk.fill_up_to(0);
    sending.webhooks.release_answers();
    sending.daemon.wait_for_log("message_id=1");
    sending.disk.make_room();
    sending.ends_well();
}

#[test]
fn an_answer_that_cannot_be_recorded_is_remembered_until_it_can() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let sending = UnansweredDelivery::of(&fake);
    sending.answer_that_cannot_be_noted();
    sending.disk.make_room();
    sending.daemon.wait_for_log("the history can be written again");
    sending.ends_well();
}

#[test]
fn an_answer_that_cannot_be_recorded_is_remembered_across_a_reload() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let sending = UnansweredDelivery::of(&fake);
    sending.answer_that_cannot_be_noted();
    sending.daemon.send_signal("-HUP");
    sending.daemon.wait_for_log("the configuration was read again");
    sending.disk.make_room();
    sending.daemon.wait_for_log("the history can be written again");
    sending.ends_well();
}

#[test]
fn a_list_on_a_full_disk_of_its_own_stops_no_poll_and_no_message() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = TestEnv::with_arxiv(&fake);
    std::fs::create_dir(env.path("far")).unwrap();
    let sinks = webhooks.sink_config(&env, "hook", "webhook") + &webhooks.sink_config(&env, "ops", "webhook");
    let env = env.with_config_lines(&format!(
        "[[list]]\nfile = \"far/LIST.md\"\n\n{sinks}[[subscription]]\nsink = \"hook\"\nwhen = \"now\"\n\n\
         [operator]\nsink = \"ops\"\nafter = \"0s\"\n"
    ));
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    let disk = SmallDisk::with_room(&env.path("far"));
    disk.fill_up_to(0);
    let env = disk.limit_env(env);
    let daemon = Daemon::start(&env, "2025-03-27T00:20:00Z");
    webhooks.wait_for_requests("/hook", 1);
    let notice = webhooks.wait_for_requests("/ops", 1).remove(0).body;
    assert!(notice.contains("far/LIST.md") && !notice.contains("cannot be written"), "{notice}");
    daemon.wait_for_log("message delivered sink=\"hook\" message_id=1");
    daemon.wait_for_notification("next poll 2025-03-27T06:15:00Z");
    assert_eq!(daemon.log_count("the history cannot be written"), 0);
    assert_eq!(env.list_rows().len(), 4, "the other list is current");
    let (code, text) = run_status(&env, "2025-03-27T00:21:00Z");
    assert!(code == Some(1) && text.starts_with("wrong: 1 thing"), "{text}");
    assert!(text.contains("far/LIST.md: left as it is") && !text.contains("! history"), "{text}");
    assert!(daemon.stop().0.success());
}

#[test]
fn a_daemon_that_was_killed_on_a_full_disk_says_nothing_of_it_any_more() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let sending = UnansweredDelivery::of(&fake);
    sending.answer_that_cannot_be_noted();
    let UnansweredDelivery { webhooks: _, env, disk, daemon } = sending;
    let (_, text) = run_status(&env, "2025-03-27T00:20:30Z");
    assert!(text.contains("! history paperwire.db: cannot be written since"), "{text}");
    drop(daemon);
    disk.make_room();
    let (_, text) = run_status(&env, "2025-03-27T00:20:30Z");
    assert!(!text.contains("cannot be written"), "{text}");
}

#[test]
fn a_log_on_a_full_disk_ends_nothing() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::with_room(folder.path());
    disk.fill_up_to(0);
    let env = disk.limit_env(env);
    let log = File::create(folder.path().join("log")).unwrap();
    let mut command = env.program_command(&["once", "-v", "-v", "--now", NOW]);
    let done = command.stdout(Stdio::null()).stderr(log).status().unwrap();
    assert_eq!((done.code(), folder.path().join("log").metadata().unwrap().len()), (Some(0), 0));
}

#[test]
fn a_daemon_whose_history_is_not_its_own_any_more_stops_with_a_sentence() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let daemon = Daemon::start(&env, BEFORE_A_POLL);
    daemon.wait_for_log("3 known");
    let db = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    daemon.wait_for_log("the daemon stops, because its history cannot be used any more: ");
    assert_eq!(daemon.wait_for_exit().code(), Some(1));
}

#[test]
fn a_damaged_full_text_index_is_built_again_and_ends_nothing() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    assert_eq!(stdout(&env.run_program(&["search", "image"])).lines().count(), 6, "two lines for each paper");
    let db = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
    db.execute("DELETE FROM papers_text_data", []).unwrap();
    drop(db);
    fake.set_papers(sample_papers(4));
    let daemon = Daemon::start(&env, "2025-03-27T00:20:00Z");
    daemon.wait_for_log("the full-text index was damaged and is rebuilt");
    daemon.wait_for_notification("next poll 2025-03-27T06:15:00Z");
    assert!(daemon.stop().0.success());
    assert_eq!(stdout(&env.run_program(&["search", "image"])).lines().count(), 8);
}

#[test]
fn no_room_that_the_programs_own_log_took_is_missing_at_the_next_start() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = env_with_subscriptions(&fake, &webhooks, &[("hook", "now")]);
    env.run_once_without_failure(NOW);
    let disk = SmallDisk::with_room(env.folder());
    disk.fill_up_to(1500 << 10);
    let env = disk.limit_env(env);
    let start: Timestamp = NOW.parse().unwrap();
    let run_at = |hours: i64| (start + SignedDuration::from_hours(hours)).to_string();
    let bytes = |name: &str| env.path(name).metadata().map_or(0, |file| file.len());
    let mut failed = 0;
    for run in 1..=11 {
        fake.set_papers(sample_papers(3 + 30 * usize::try_from(run).unwrap()));
        failed += usize::from(!env.run_program(&["once", "--now", &run_at(24 * run)]).status.success());
    }
    // What the papers take stays in the history, run by run, and the log gets the room back that is left.
    assert!(failed >= 5 && bytes("paperwire.db") > 1_300_000, "{failed}: {}", bytes("paperwire.db"));
    assert_eq!((bytes("paperwire.db-wal"), bytes("paperwire.db.reserve")), (0, 256 << 10));
    disk.make_room();
    env.run_once_without_failure(&run_at(24 * 12));
    assert_eq!((env.list_rows().len(), env.announced_news().len()), (333, 330));
    let bodies: String = webhooks.requests_at("/hook").into_iter().map(|request| request.body).collect();
    for paper in &sample_papers(333)[3..] {
        let id = format!("\"arxiv:{}\"", paper.id.as_arxiv_id().unwrap());
        assert_eq!(bodies.matches(&id).count(), 1, "{id} is told once");
    }
}
