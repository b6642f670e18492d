//! `plan` shows what the next run then does, and does none of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mailparse::MailHeaderMap as _;
use rusqlite::Connection;
use serde_json::Value;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::repository_env::RepositoryEnv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NEXT_DAY, NOW, TestEnv, stderr, stdout};

/// Part of the receivers' addresses, which nobody may see.
const PLANTED: &str = "s3cr3t-path";

/// An environment with a mail box of two readers, a channel and a receiver, each with a digest every morning.
fn test_env(fake: &FakeArxiv, webhooks: &FakeWebhooks) -> TestEnv {
    let env = TestEnv::with_arxiv(fake);
    for name in ["slack", "hook"] {
        let url = webhooks.url(&format!("/{name}/{PLANTED}"));
        fs::write(env.path(&format!("{name}-url")), url).unwrap();
    }
    env.with_config_lines(
        r#"
[[sink]]
name = "box"
kind = "maildir"
path = "mail"
to = ["ada@example.org", "bob@example.org"]

[[sink]]
name = "lab"
kind = "slack"
url_file = "slack-url"
allow_private = true

[[sink]]
name = "hook"
kind = "webhook"
url_file = "hook-url"
allow_private = true

[[subscription]]
sink = "box"
when = "0 8 * * *"

[[subscription]]
sink = "lab"
when = "0 8 * * *"

[[subscription]]
sink = "hook"
when = "0 8 * * *"
"#,
    )
}

/// Every file below a folder with its text, but for what a reader of a live history leaves: its index of
/// the log, and a log with nothing in it.
fn folder_files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(folder_files(&path));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let name = path.display().to_string();
        if !(name.ends_with("-shm") || name.ends_with("-wal") && bytes.is_empty()) {
            found.insert(name, bytes.escape_ascii().to_string());
        }
    }
    found
}

fn plan_json(env: &TestEnv, now: &str) -> Value {
    let output = env.run_program(&["plan", "--json", "--now", now]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_a_plan_shows_is_what_the_next_run_does() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks).with_rows(10);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(8));
    // News of a poll whose run ended before its list was written and its digests were composed.
    let page = fs::read_to_string(env.path("README.md")).unwrap();
    env.run_once_without_failure("2025-03-27T01:00:00Z");
    let current = fs::read_to_string(env.path("README.md")).unwrap();
    env.write_list(&page);
    let db = Connection::open(env.path("paperwire.db")).unwrap();
    assert_eq!(db.execute("UPDATE generated_files SET text = ?1", [&page]).unwrap(), 1);
    drop(db);

    let (before, asked) = (folder_files(env.folder()), fake.requests().len());
    let planned = plan_json(&env, NEXT_DAY);
    assert!(folder_files(env.folder()) == before, "a plan touches nothing");
    assert_eq!((fake.requests().len(), webhooks.requests().len()), (asked, 0), "and asks and tells nobody");

    let diff = planned["lists"][0]["diff"].as_str().unwrap();
    assert_eq!(planned["lists"][0]["changes"], true);
    assert_eq!(apply_diff(&page, diff), current);
    let messages = planned["messages"].as_array().unwrap();
    let shown: Vec<_> =
        messages.iter().map(|m| (m["sink"].as_str().unwrap(), m["recipients"].as_u64().unwrap())).collect();
    assert_eq!(shown, [("box", 2), ("lab", 1), ("hook", 1)]);

    let turn = env.run_once_without_failure(NEXT_DAY);
    assert_eq!(turn.digest_sizes(), [3, 3, 3]);
    assert_eq!(env.list_text(), current);
    for (message, path) in messages[1..].iter().zip(["slack", "hook"]) {
        let heard = webhooks.requests_at(&format!("/{path}/{PLANTED}"));
        assert_eq!(heard.len(), 1);
        assert_eq!(serde_json::from_str::<Value>(&heard[0].body).unwrap(), message["body"], "{path}");
    }
    let mails: Vec<_> = fs::read_dir(env.path("mail/new"))
        .unwrap()
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        let mail = mailparse::parse_mail(&mail).unwrap();
        let text = mail.subparts[0].get_body().unwrap().replace("\r\n", "\n");
        assert_eq!(messages[0]["text"].as_str().unwrap(), text);
        assert_eq!(
            messages[0]["subject"].as_str().unwrap(),
            mail.headers.get_first_value("Subject").unwrap()
        );
    }
    let after = plan_json(&env, NEXT_DAY);
    assert_eq!(
        (&after["lists"][0]["changes"], &after["messages"]),
        (&Value::Bool(false), &Value::Array(vec![]))
    );
}

/// A text with a unified diff applied to it.
fn apply_diff(text: &str, diff: &str) -> String {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut new, mut done) = (String::new(), 0);
    for line in diff.split_inclusive('\n').skip(2) {
        if let Some(range) = line.strip_prefix("@@ -") {
            let start: usize = range.split([',', ' ']).next().unwrap().parse().unwrap();
            new.extend(old[done..start - 1].iter().copied());
            done = start - 1;
        } else if let Some(added) = line.strip_prefix('+') {
            new.push_str(added);
        } else {
            assert_eq!(old[done], &line[1..]);
            if line.starts_with(' ') {
                new.push_str(old[done]);
            }
            done += 1;
        }
    }
    new.extend(old[done..].iter().copied());
    new
}

#[test]
fn a_plan_as_text_has_the_messages_and_no_secret() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    env.run_once_without_failure("2025-03-27T01:00:00Z");
    let output = env.run_program(&["plan", "-vv", "--now", NEXT_DAY]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0));
    assert!(said.contains("README.md: 4 rows, would stay as it is\n"), "{said}");
    assert!(said.contains("message 1/1 of box #1 to sink box, to 2 recipients: "), "{said}");
    assert!(said.contains("message 1/1 of lab #1 to sink lab:\n"), "{said}");
    assert!(said.ends_with(
        "Nothing was written or sent, and arXiv was not asked: papers that are new there are not in this plan.\n"
    ));
    for planted in [PLANTED, "ada@example.org", "bob@example.org"] {
        assert!(!said.contains(planted) && !stderr(&output).contains(planted), "{planted}: {said}");
    }
}

#[test]
fn a_plan_is_made_while_a_writer_runs_and_leaves_pages_to_look_at() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let webhooks = FakeWebhooks::start();
    let env = test_env(&fake, &webhooks);
    env.run_once_without_failure(NOW);
    fake.set_papers(sample_papers(4));
    env.run_once_without_failure("2025-03-27T01:00:00Z");
    let _writer =
        paperwire::store::Store::open(&paperwire::domain::DatabaseUrl::Sqlite(env.path("paperwire.db")))
            .unwrap();
    let output = env.run_program(&["plan", "--open", "--json", "--now", NEXT_DAY]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let planned: Value = serde_json::from_slice(&output.stdout).unwrap();
    let pages = planned["pages"].as_array().unwrap();
    let page = Path::new(pages[0].as_str().unwrap());
    assert_eq!(fs::read_to_string(page).unwrap(), planned["messages"][0]["html"].as_str().unwrap());
    fs::remove_dir_all(page.parent().unwrap()).unwrap();
}

#[test]
fn a_plan_of_a_repository_is_made_while_a_program_works_on_it() {
    let mut env = RepositoryEnv::new("forge = \"none\"\n");
    env.run_once_well();
    let repositories = env.local.path("repositories");
    let locks = fs::read_dir(&repositories).unwrap().map(|entry| entry.unwrap().path());
    let lock = locks.filter(|path| path.extension().is_some_and(|end| end == "lock")).collect::<Vec<_>>();
    let [lock] = &lock[..] else { panic!("{lock:?}") };
    let lock = fs::File::open(lock).unwrap();
    lock.try_lock().unwrap();
    let before = folder_files(env.local.folder());
    let planned = plan_json(&env.local, &RepositoryEnv::run_time(2));
    let diff = planned["lists"][0]["diff"].as_str().unwrap();
    assert_eq!(diff.matches("/abs/").count(), 5, "{diff}");
    assert!(folder_files(env.local.folder()) == before, "a plan touches nothing");
}

#[test]
fn without_a_history_a_plan_says_how_to_start_one() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/");
    let output = env.run_program(&["plan"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), ""));
    assert!(stderr(&output).contains("`paperwire once` asks arXiv and begins one"), "{}", stderr(&output));
    assert!(!env.path("paperwire.db").exists());
}

#[test]
fn a_list_that_must_be_left_fails_the_plan_too() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    env.write_list("# no markers\n");
    let output = env.run_program(&["plan", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let planned: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(planned["lists"][0]["reason"].as_str().unwrap().contains("there are no markers"), "{planned}");
    assert_eq!(env.list_text(), "# no markers\n");
}
