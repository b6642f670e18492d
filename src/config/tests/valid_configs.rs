use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Config, REST, load_config};
use crate::config::{
    BUILT_IN, ConfigText, DEFAULT, SecretLocation, SinkConfig, config_sections_and_keys, parse_config_text,
};
use crate::domain::{Cadence, Crontab, DatabaseUrl, EmptyDigestPolicy, NewsFilter, Subscription};
use crate::render::mail::UnsubscribeLink;
use crate::sink::discord::DiscordConfig;
use crate::sink::slack::SlackConfig;
use crate::sink::webhook::WebhookConfig;
use crate::sink::{EmailConfig, EndpointConfig, MailAddress, MaildirConfig, SinkKindConfig, SmtpLoginConfig};

/// The example that is shipped, every key in it.
const EXAMPLE: &str = include_str!("../../../config/paperwire.toml");

#[test]
fn without_a_file_the_built_in_default_keeps_image_classification_in_this_folder() {
    let config = parse_config_text(&ConfigText::new(BUILT_IN.to_owned(), DEFAULT.to_owned()), None).unwrap();
    assert_eq!(config.file, None);
    assert_eq!(config.state, DatabaseUrl::Sqlite("papers/paperwire.db".into()));
    assert_eq!(config.arxiv.contact, env!("CARGO_PKG_REPOSITORY"));
    assert_eq!(config.arxiv.url.as_str(), "https://export.arxiv.org/api/query");
    assert_eq!(config.arxiv.poll.to_string(), "15 */6 * * *");
    assert_eq!((config.arxiv.pace, config.arxiv.patience), (Duration::from_secs(3), Duration::from_mins(10)));
    assert_eq!(config.arxiv.page, 200);
    assert_eq!(config.topics.len(), 1);
    assert_eq!(config.topics[0].name, "Image Classification");
    assert_eq!(config.topics[0].archives, ["cs", "stat"]);
    assert_eq!(config.lists.len(), 1);
    assert_eq!(config.lists[0].file, Path::new("papers/README.md"));
    assert_eq!(config.lists[0].name, "papers/README.md");
    assert_eq!(config.lists[0].topics, ["Image Classification"]);
    assert_eq!((config.lists[0].rows, config.lists[0].code_hosts.len()), (200, 0));
    assert_eq!(config.keep, Duration::from_hours(90 * 24));
    let maildir = MaildirConfig {
        path: "papers/mail".into(),
        from: MailAddress { name: None, address: "paperwire@localhost".into() },
        to: vec![MailAddress { name: None, address: "reader@localhost".into() }],
    };
    assert_eq!(config.sinks, [SinkConfig { name: "box".into(), kind: SinkKindConfig::Maildir(maildir) }]);
    let daily = Subscription {
        name: "box".into(),
        topics: vec!["Image Classification".into()],
        sink: "box".into(),
        cadence: Cadence::Scheduled { crontab: Crontab::parse("0 8 * * *").unwrap(), zone: TimeZone::UTC },
        include: NewsFilter { new: true, replacement: false, published: false },
        empty_digest: EmptyDigestPolicy::Skip,
        first_papers: 0,
    };
    assert_eq!(config.subscriptions, [daily]);
}

#[test]
fn the_shipped_example_loads_and_shows_the_true_defaults_behind_its_hashes() {
    let bare: String = EXAMPLE.lines().map(|line| without_comment_sign(line).to_owned() + "\n").collect();
    assert_ne!(bare, EXAMPLE);
    assert_eq!(load_config(EXAMPLE).unwrap(), load_config(&bare).unwrap());
}

#[test]
fn the_shipped_examples_of_sinks_load_without_their_hashes() {
    let config = load_config(&uncommented_example_config()).unwrap();
    let kinds: Vec<&str> = config.sinks.iter().map(|sink| sink.kind.sink_adapter().schema().kind).collect();
    assert_eq!(kinds, ["maildir", "email", "slack", "discord", "webhook", "ntfy"]);
}

#[test]
fn the_shipped_example_has_every_key_in_its_section() {
    let example = uncommented_example_config();
    for kind in config_sections_and_keys() {
        let mut title = "";
        let keys: Vec<&str> = example
            .lines()
            .filter(|line| {
                title = if line.starts_with('[') { line } else { title };
                title == kind.title
            })
            .map(|line| line.split(" = ").next().unwrap_or_default())
            .collect();
        let opens = |key: &str| {
            config_sections_and_keys().iter().any(|kind| kind.title.trim_matches(['[', ']']) == key)
        };
        for key in kind.keys.iter().filter(|key| !(kind.title.is_empty() && opens(key))) {
            let other = key.strip_suffix("_env").map(|stem| format!("{stem}_file"));
            let is_there = keys.contains(key) || other.is_some_and(|other| keys.contains(&other.as_str()));
            assert!(is_there, "{} {key}", kind.title);
        }
    }
    assert!(example.contains("url_env = "), "one of each pair is enough");
}

/// The example with its defaults, and with the sinks that it only shows.
fn uncommented_example_config() -> String {
    let in_force = |line: &str| {
        let line = without_comment_sign(line);
        let shown = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line);
        shown.to_owned() + "\n"
    };
    EXAMPLE.lines().map(in_force).collect()
}

/// `# key = value` without its hash; a line of words as it is.
fn without_comment_sign(line: &str) -> &str {
    let is_key = |rest: &str| {
        rest.split_once(" = ").is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line)
}

#[test]
fn relative_paths_start_at_the_configs_folder() {
    let config = load_config(&format!(
        "state = \"a.db\"\n{REST}[[list]]\nfile = \"b.md\"\n[[list]]\nfile = \"/srv/c.md\""
    ))
    .unwrap();
    assert_eq!(config.file, Some(PathBuf::from("conf/paperwire.toml")));
    assert_eq!(config.state, DatabaseUrl::Sqlite("conf/a.db".into()));
    assert_eq!(config.lists[0].file, Path::new("conf/b.md"));
    assert_eq!(config.lists[0].display_name, "b.md");
    assert_eq!(config.lists[1].file, Path::new("/srv/c.md"));
}

#[test]
fn what_is_left_away_has_its_default() {
    let config =
        load_config(&format!("{REST}[[topic]]\nname = 'B'\nquery = 'all:b'\n[[list]]\nfile = 'a.md'"))
            .unwrap();
    assert_eq!(config.state, DatabaseUrl::Sqlite("conf/papers/paperwire.db".into()));
    assert_eq!(config.topics[1].archives.len(), 0);
    assert_eq!(config.lists[0].topics, ["Image Classification", "B"]);
    assert_eq!(config.lists[0].rows, 200);
}

#[test]
fn each_kind_of_sink_means_what_it_says() {
    let config = load_config(&format!(
        r#"{REST}[[sink]]
name = "mail"
kind = "email"
server = "smtps://mail.example.org"
user = "papers"
password_env = "SMTP_PASSWORD"
from = "Paperwire <papers@example.org>"
to = ["ada@example.org", "Bob <bob@example.org>"]
list = "https://example.org/list"
unsubscribe = "https://example.org/leave"
hello = "papers.example.org"
ca_file = "ca.pem"
[[sink]]
name = "lab"
kind = "slack"
url_file = "slack-url"
[[sink]]
name = "guild"
kind = "discord"
url_env = "DISCORD_URL"
ca_file = "/etc/ca.pem"
[[sink]]
name = "hook"
kind = "webhook"
url_file = "${{CREDENTIALS_DIRECTORY}}/hook"
secret_file = "/run/secret"
allow_private = true
"#
    ))
    .unwrap();
    let address = |address: &str| MailAddress { name: None, address: address.into() };
    let named = |name: &str, address: &str| MailAddress { name: Some(name.into()), address: address.into() };
    let email = EmailConfig {
        server: "smtps://mail.example.org".into(),
        login: Some(SmtpLoginConfig {
            user: "papers".into(),
            password: SecretLocation::Variable("SMTP_PASSWORD".into()),
        }),
        from: named("Paperwire", "papers@example.org"),
        to: vec![address("ada@example.org"), named("Bob", "bob@example.org")],
        list: Some("https://example.org/list".into()),
        unsubscribe: Some(UnsubscribeLink::Https("https://example.org/leave".into())),
        hello: Some("papers.example.org".into()),
        ca_file: Some("conf/ca.pem".into()),
    };
    let slack = EndpointConfig {
        url: SecretLocation::File("conf/slack-url".into()),
        allow_private: false,
        ca_file: None,
    };
    let discord = EndpointConfig {
        url: SecretLocation::Variable("DISCORD_URL".into()),
        allow_private: false,
        ca_file: Some("/etc/ca.pem".into()),
    };
    let webhook = WebhookConfig {
        endpoint: EndpointConfig {
            url: SecretLocation::Credential("hook".into()),
            allow_private: true,
            ca_file: None,
        },
        secret: Some(SecretLocation::File("/run/secret".into())),
    };
    let kinds: Vec<SinkKindConfig> = config.sinks.into_iter().map(|sink| sink.kind).collect();
    assert_eq!(
        kinds,
        [
            SinkKindConfig::Email(email),
            SinkKindConfig::Slack(SlackConfig { endpoint: slack }),
            SinkKindConfig::Discord(DiscordConfig { endpoint: discord }),
            SinkKindConfig::Webhook(webhook)
        ]
    );
}

#[test]
fn a_subscription_is_named_after_its_sink_and_tells_all_topics() {
    let config = load_config(&format!(
        r#"keep = "0d"
{REST}[[topic]]
name = "B"
query = "all:b"
[[sink]]
name = "box"
kind = "maildir"
path = "mail"
[[subscription]]
sink = "box"
when = "now"
timezone = "asia/kolkata"
include = ["replacement"]
empty = "say so"
first = 100
[[subscription]]
name = "weekly"
sink = "box"
when = "@weekly"
topics = ["B"]
include = ["replacement", "published", "new"]
"#
    ))
    .unwrap();
    assert_eq!(config.keep, Duration::ZERO);
    let [now, weekly] = config.subscriptions.as_slice() else { panic!("{:?}", config.subscriptions) };
    assert_eq!((now.name.as_str(), now.sink.as_str()), ("box", "box"));
    assert_eq!(now.topics, ["Image Classification", "B"]);
    assert_eq!(now.cadence, Cadence::Immediately { zone: TimeZone::get("Asia/Kolkata").unwrap() });
    assert_eq!(now.include, NewsFilter { new: false, replacement: true, published: false });
    assert_eq!((now.empty_digest, now.first_papers), (EmptyDigestPolicy::Send, 100));
    assert_eq!((weekly.name.as_str(), weekly.sink.as_str()), ("weekly", "box"));
    assert_eq!(weekly.topics, ["B"]);
    assert_eq!(weekly.include, NewsFilter { new: true, replacement: true, published: true });
}

#[test]
fn a_topic_of_feeds_alone_has_the_categories_of_its_feeds() {
    let feed =
        "[[source]]\nname = \"journal\"\nkind = \"feed\"\nurl = \"https://www.example.org/feed.xml\"\n";
    let topic = "[[topic]]\nname = \"V\"\nsources = [\"journal\"]\nquery = \"cat:CV OR cat:cs\"\n";
    let config = load_config(&format!("[arxiv]\ncontact = \"you@example.org\"\n{feed}{topic}")).unwrap();
    assert!(config.topics[0].query.is_some());
}

#[test]
fn who_is_not_arxiv_may_be_asked_faster() {
    for (url, pace, millis) in [
        ("http://127.0.0.1:8080/api/query", "0s", 0),
        ("http://[::1]:8080/", "10ms", 10),
        ("https://arxiv.example.org/api", "2s", 2000),
        ("https://export.arxiv.org/api/query", "3s", 3000),
    ] {
        let body = REST.replace("[[topic]]", &format!("url = \"{url}\"\npace = \"{pace}\"\n[[topic]]"));
        assert_eq!(load_config(&body).unwrap().arxiv.pace, Duration::from_millis(millis), "{url}");
    }
}

#[test]
fn a_file_is_read_whatever_its_line_ends_and_mark() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.toml");
    std::fs::write(&file, format!("\u{feff}{}", REST.replace('\n', "\r\n"))).unwrap();
    let config = Config::load_or_default(Some(&file)).unwrap();
    assert_eq!(config.state, DatabaseUrl::Sqlite(folder.path().join("papers/paperwire.db")));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "reading makes nothing");
}
