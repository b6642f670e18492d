//! Planted secrets, a table of failures, and everything that the program leaves behind: none of them is in it.

use crate::support::accepting_fake_smtp::FakeSmtp;
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv, stderr, stdout};

/// Stands in every URL and password.
const CANARY: &str = "canary7f3a";

/// `whsec_` and the canary in base64.
const KEY: &str = "whsec_Y2FuYXJ5N2YzYWNhbmFyeTdmM2FjYW5hcnk=";

/// A reader's address: the store has it, and no log.
const READER: &str = "reader7f3a@example.org";

const SINKS: [&str; 5] = ["hook", "lab", "den", "mail", "phone"];

/// An environment with a secret of each kind, first contact behind it and one message for each sink before it.
struct SecretsEnv {
    env: TestEnv,
    webhooks: FakeWebhooks,
    _smtp: FakeSmtp,
    _fake: FakeArxiv,
}

impl SecretsEnv {
    fn start() -> Self {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        let (webhooks, smtp) = (FakeWebhooks::start(), FakeSmtp::answering_after(std::time::Duration::ZERO));
        let env = TestEnv::with_arxiv(&fake);
        let hooks = [
            ("hook", "webhook", "secret_file = \"key\"\n"),
            ("lab", "slack", ""),
            ("den", "discord", ""),
            ("phone", "ntfy", "token_file = \"token\"\n"),
        ];
        let hooks = hooks.map(|(name, kind, more)| {
            let address = if kind == "ntfy" { format!("/{CANARY}-topic") } else { sink_path(name) };
            std::fs::write(env.path(&format!("{name}-url")), webhooks.url(&address)).unwrap();
            format!(
                "[[sink]]\nname = \"{name}\"\nkind = \"{kind}\"\nurl_file = \"{name}-url\"\nallow_private = true\n{more}\n"
            )
        });
        std::fs::write(env.path("key"), KEY).unwrap();
        std::fs::write(env.path("token"), format!("tk_{CANARY}")).unwrap();
        std::fs::write(env.path("password"), format!("{CANARY}-password")).unwrap();
        let login = "user = \"papers\"\npassword_file = \"password\"\n\n";
        let mail = smtp.sink_config("mail", &[READER]).trim_end().to_owned() + "\n" + login;
        let told =
            SINKS.map(|sink| format!("[[subscription]]\nsink = \"{sink}\"\nwhen = \"now\"\n\n")).concat();
        let env = env.with_config_lines(&(hooks.concat() + &mail + &told));
        env.run_once_without_failure(NOW);
        fake.set_papers(sample_papers(4));
        Self { env, webhooks, _smtp: smtp, _fake: fake }
    }

    /// All that the program says to these words, whatever comes of it.
    fn run_for_output(&self, words: &[&str]) -> String {
        let output = self.env.run_program(words);
        format!("{}{}", stdout(&output), stderr(&output))
    }

    /// The receivers' host, which nobody shall read either.
    fn host(&self) -> String {
        self.webhooks.url("").trim_start_matches("http://").to_owned()
    }

    #[track_caller]
    fn assert_tells_none(&self, of: &str, text: &str) {
        let key = KEY.trim_start_matches("whsec_");
        for secret in [CANARY, key, READER, &self.host()] {
            assert!(!text.contains(secret), "{of}: {secret} in {text}");
        }
    }
}

/// Where a sink posts. To an ntfy server that is its root; the topic is in the body.
fn sink_path(sink: &str) -> String {
    if sink == "phone" { "/".to_owned() } else { format!("/{CANARY}/{sink}") }
}

#[test]
fn no_log_answer_or_listing_has_a_secret_in_it_whatever_goes_wrong() {
    let secrets = SecretsEnv::start();
    let failures = [
        WebhookReply::Refuse(429, "Retry-After: 600\r\n"),
        WebhookReply::Refuse(500, "X-Echo: canary7f3a\r\n"),
        WebhookReply::Refuse(302, "Location: http://canary7f3a.example/canary7f3a\r\n"),
        WebhookReply::Refuse(400, ""),
        WebhookReply::Refuse(401, ""),
        WebhookReply::Refuse(410, ""),
        WebhookReply::Vanish,
    ];
    let mut told = String::new();
    for (day, failure) in failures.iter().enumerate() {
        let now = format!("2025-04-{:02}T08:00:00Z", day + 1);
        for sink in ["hook", "lab", "den", "phone"] {
            secrets.webhooks.reply_with(&sink_path(sink), [failure.clone()]);
        }
        let format = if day % 2 == 0 { "json" } else { "plain" };
        let heard = secrets.webhooks.requests().len();
        for words in [
            &["once", "-vv", "--log-format", format, "--now", &now][..],
            &["outbox", "list", "--all", "-vv"],
            &["once", "--json", "--now", &now],
            &["outbox", "list", "--all", "--json"],
        ] {
            let said = secrets.run_for_output(words);
            secrets.assert_tells_none(&format!("{failure:?} {words:?}"), &said);
            told += &said;
        }
        assert_eq!(secrets.webhooks.requests().len(), heard + 4, "{failure:?}: each was asked once");
        for (sink, id) in SINKS.iter().zip(["1", "2", "3", "4", "5"]) {
            secrets.run_for_output(&["outbox", "resume", sink, "--now", &now]);
            secrets.run_for_output(&["outbox", "retry", id, "--now", &now]);
        }
    }
    for words in ["answered 429", "answered 302", "answered 410", "may have arrived", "offers no login"] {
        assert!(told.contains(words), "the failures were told: {words}");
    }
}

#[test]
fn no_test_message_check_plan_or_page_has_a_secret_in_it_nor_has_the_store() {
    let secrets = SecretsEnv::start();
    let now = "2025-03-27T20:00:00Z";
    for sink in SINKS {
        secrets.webhooks.reply_with(&sink_path(sink), [WebhookReply::Refuse(403, "")]);
        for words in [&["test", sink, "-vv"][..], &["test", sink, "-vv", "--log-format", "json", "--json"]] {
            secrets.assert_tells_none(&format!("{words:?}"), &secrets.run_for_output(words));
        }
    }
    secrets.run_for_output(&["once", "--now", now]);
    for words in [&["check", "-vv"][..], &["check", "--json"], &["plan", "-vv", "--now", now]] {
        let said = secrets.run_for_output(words).replace(READER, "");
        secrets.assert_tells_none(&format!("{words:?}"), &said);
    }
    for name in std::fs::read_dir(secrets.env.folder()).unwrap().map(|file| file.unwrap().file_name()) {
        let name = name.to_string_lossy();
        if name.starts_with("paperwire.db") || name.starts_with("README") {
            let bytes = std::fs::read(secrets.env.path(&name)).unwrap();
            let text = String::from_utf8_lossy(&bytes).replace(READER, "");
            secrets.assert_tells_none(&name, &text);
        }
    }
}

#[test]
fn something_else_in_a_secrets_file_is_refused_with_its_key_and_its_file() {
    let secrets = SecretsEnv::start();
    let topic = secrets.webhooks.url("/canary7f3a-topic/canary7f3a");
    for (sink, key, file, content, wrong) in [
        ("lab", "url", "lab-url", "canary7f3a", "the URL cannot be read; https://… is expected"),
        (
            "den",
            "url",
            "den-url",
            "https://canary7f3a:port/",
            "the URL cannot be read; https://… is expected",
        ),
        ("phone", "url", "phone-url", "canary7f3a", "the URL cannot be read; https://… is expected"),
        (
            "phone",
            "url",
            "phone-url",
            &topic,
            "the URL is not the address of a topic; https://ntfy.sh/mytopic is expected",
        ),
        ("hook", "secret", "key", "canary7f3a", "whsec_ and the base64 of 24 to 64 bytes are expected"),
    ] {
        let path = secrets.env.path(file);
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, content).unwrap();
        let said = secrets.run_for_output(&["test", sink]);
        let expected = format!("sink \"{sink}\": {key}: the file {file}: {wrong}\n");
        assert!(said.ends_with(&expected), "{said}");
        secrets.assert_tells_none(sink, &said);
        std::fs::write(&path, before).unwrap();
    }
}

#[test]
fn a_page_of_a_plan_has_no_secret_in_it() {
    let secrets = SecretsEnv::start();
    std::fs::create_dir(secrets.env.path("pages")).unwrap();
    let now = "2025-03-27T20:00:00Z";
    // The news is in the history, and no message announces it yet.
    for sink in SINKS {
        secrets.run_for_output(&["outbox", "pause", sink, "--now", now]);
    }
    secrets.run_for_output(&["once", "--now", now]);
    for sink in SINKS {
        secrets.run_for_output(&["outbox", "resume", sink, "--now", now]);
    }
    let pages = secrets.env.path("pages");
    let output = secrets
        .env
        .program_command(&["plan", "--open", "--json", "-vv", "--now", now])
        .env("TMPDIR", &pages)
        .output()
        .unwrap();
    secrets.assert_tells_none("plan --open", stderr(&output));
    secrets.assert_tells_none("plan --open --json", &stdout(&output).replace(READER, ""));
    let mut read = 0;
    for folder in std::fs::read_dir(&pages).unwrap() {
        for page in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let text = std::fs::read_to_string(page.unwrap().path()).unwrap();
            secrets.assert_tells_none("a page", &text);
            read += 1;
        }
    }
    assert!(read > 0, "a page was left");
}

#[test]
fn of_a_proxys_address_nothing_but_its_host_is_shown_however_it_is_written() {
    let fake = FakeArxiv::serve_papers(sample_papers(3));
    let env = TestEnv::with_arxiv(&fake);
    let list = "[[list]]\nrepository = \"https://git.example.invalid/owner/list\"\nfile = \"README.md\"\nforge = \"none\"\n\n\
                [[sink]]\nname = \"far\"\nkind = \"slack\"\nurl_env = \"FAR_URL\"\n\n\
                [[subscription]]\nsink = \"far\"\nwhen = \"now\"\n";
    let env = env.with_config_lines(list);
    for (number, proxy) in [
        "http://usr:canary7f3a@127.0.0.1:1",
        "http://usr:can%61ry7f3a@127.0.0.1:1/",
        "http://usr:canary7f3a]@127.0.0.1:1",
        "http://usr:can@ary7f3a@127.0.0.1:1",
        "http://usr:12/canary7f3a@127.0.0.1",
        "http://usr:12#canary7f3a@127.0.0.1",
        "http://usr:12?canary7f3a@127.0.0.1",
        "http://usr:can ary7f3a@127.0.0.1:1",
        "http://usr:can\nary7f3a@127.0.0.1:1",
        "http://usr:canary7f3a@127.0.0.1:port",
        "http://usr:canary7f3a@127.0.0.1:1/canary7f3a",
        "socks9://usr:canary7f3a@127.0.0.1:1",
        "socks5://usr:canary7f3a@127.0.0.1:1",
        "https://usr:canary7f3a@127.0.0.1:1",
        "http:/usr:canary7f3a@127.0.0.1:1",
        "usr:canary7f3a@127.0.0.1:1",
        "usr:canary7f3a",
        "http://usr:canary7f3a@",
        "http://usr:canary7f3a@[::1",
    ]
    .into_iter()
    .enumerate()
    {
        fake.set_papers(sample_papers(4 + number));
        let variable = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"][number % 4];
        let now = format!("2025-04-{:02}T08:00:00Z", number + 1);
        let mut told = String::new();
        for words in [
            &["once", "-vv", "--log-format", "json", "--now", &now][..],
            &["once", "-vv", "--json", "--now", &now],
            &["status", "--now", &now],
            &["status", "--json", "--now", &now],
            &["outbox", "list", "--all", "--json"],
            &["test", "far", "-vv"],
            &["check", "-vv"],
            &["plan", "-vv", "--now", &now],
        ] {
            let mut command = env.program_command(words);
            command.env(variable, proxy).env("FAR_URL", "https://hooks.example.invalid/services/canary7f3a");
            let output = command.output().unwrap();
            told += stdout(&output);
            told += stderr(&output);
        }
        for secret in ["nary7f3a", "ry7f3a", "usr", "dXNyOm"] {
            assert!(!told.contains(secret), "{proxy}: {secret} in {told}");
        }
        assert!(told.contains("git.example.invalid/owner/list") || told.contains("owner/list"), "{told}");
        let is_named = told.contains(&format!("the variable {variable} is no address of a proxy"));
        assert!(is_named || told.contains("the remote cannot be reached"), "{proxy}: {told}");
    }
    for name in ["paperwire.db", "paperwire.db-wal"] {
        let bytes = std::fs::read(env.path(name)).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&bytes).contains("ary7f3a"), "{name}");
    }
}
