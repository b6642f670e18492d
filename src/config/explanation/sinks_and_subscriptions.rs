//! What a config says about sinks and subscriptions, in plain words. It says where a secret is, and whether
//! it can be read; no secret, no webhook's address and no person's.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::explanation_line::write_explanation_line;
use super::secret::{SecretExplanation, world_readable_secret_note};
use crate::config::{Config, SinkConfig};
use crate::domain::{Cadence, EmptyDigestPolicy, NewsFilter, Subscription};
use crate::sink::SinkDestinationSummary;

/// One sink: how it is reached.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SinkExplanation {
    pub(super) name: String,
    kind: &'static str,
    #[serde(flatten)]
    facts: SinkDestinationSummary,
    secrets: Vec<SecretExplanation>,
}

/// One subscription: who gets what, and when.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SubscriptionExplanation {
    name: String,
    sink: String,
    topics: Vec<String>,
    include: Vec<&'static str>,
    when: String,
    timezone: String,
    next_due: Option<Timestamp>,
    /// `next_due` as text, in the subscription's own time zone.
    #[serde(skip)]
    next_due_text: Option<String>,
    empty: &'static str,
    first: u32,
}

impl SinkExplanation {
    pub(super) fn from_config(sink: &SinkConfig) -> Self {
        let adapter = sink.kind.sink_adapter();
        let secrets = adapter.secret_locations().into_iter();
        let secrets = secrets
            .map(|(what, from)| {
                SecretExplanation::from_secret_location(what, from, from.secret_availability())
            })
            .collect();
        Self { name: sink.name.clone(), kind: adapter.schema().kind, facts: adapter.sink_summary(), secrets }
    }

    /// Whether it cannot be reached now, for want of a secret.
    pub(super) fn lacks_a_secret(&self) -> bool {
        self.secrets.iter().any(SecretExplanation::is_secret_unreadable)
    }
}

impl SubscriptionExplanation {
    pub(super) fn explain_subscription(subscription: &Subscription, now: Timestamp) -> Self {
        let zone = subscription.cadence.display_time_zone();
        let next_due = subscription.cadence.next_after(now);
        let next_due_text =
            next_due.map(|next| next.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string());
        Self {
            name: subscription.name.clone(),
            sink: subscription.sink.clone(),
            topics: subscription.topics.clone(),
            include: included_news_names(subscription.include),
            when: match &subscription.cadence {
                Cadence::Immediately { .. } => "now".to_owned(),
                Cadence::Scheduled { crontab, .. } => crontab.to_string(),
            },
            timezone: zone.iana_name().unwrap_or("UTC").to_owned(),
            next_due,
            next_due_text,
            empty: match subscription.empty_digest {
                EmptyDigestPolicy::Skip => "skip",
                EmptyDigestPolicy::Send => "say so",
            },
            first: subscription.first_papers,
        }
    }

    pub(super) fn delivers_to_sink(&self, sink: &SinkExplanation) -> bool {
        self.sink == sink.name
    }
}

fn included_news_names(include: NewsFilter) -> Vec<&'static str> {
    let words =
        [("new", include.new), ("replacement", include.replacement), ("published", include.published)];
    words.into_iter().filter(|(_, is_included)| *is_included).map(|(word, _)| word).collect()
}

/// `new papers, replacements and preprints that were published`.
fn included_news_phrase(include: &[&str]) -> String {
    let phrases = include.iter().map(|news| match *news {
        "replacement" => "replacements",
        "published" => "preprints that were published",
        _ => "new papers",
    });
    match phrases.collect::<Vec<_>>().as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        all => all.concat(),
    }
}

/// What is allowed about sinks and subscriptions and yet may not be meant.
pub(super) fn sink_config_warnings(config: &Config) -> impl Iterator<Item = String> {
    let unused = config.sinks.iter().filter(|sink| !config.uses_sink(&sink.name));
    let unused = unused.map(|sink| format!("the sink \"{}\" has no subscription", sink.name));
    let secrets = config.sinks.iter().flat_map(|sink| {
        sink.kind.sink_adapter().secret_locations().into_iter().map(move |(what, from)| (sink, what, from))
    });
    let open = secrets.filter_map(|(sink, what, from)| {
        world_readable_secret_note(from, format_args!("{what} of the sink \"{}\"", sink.name))
    });
    let meant = config
        .sinks
        .iter()
        .filter_map(|sink| Some((sink, sink.kind.sink_adapter().suspicious_config_warning()?)));
    let meant = meant.map(|(sink, words)| format!("the sink \"{}\": {words}", sink.name));
    unused.chain(meant).chain(open)
}

impl fmt::Display for SinkExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_explanation_line(f, "sink", &self.name)?;
        write_explanation_line(f, "  kind", self.kind)?;
        self.facts.server.iter().try_for_each(|server| write_explanation_line(f, "  server", server))?;
        self.facts.path.iter().try_for_each(|path| write_explanation_line(f, "  path", path))?;
        match self.facts.recipients {
            None => {}
            Some(1) => write_explanation_line(f, "  to", "1 recipient")?,
            Some(count) => write_explanation_line(f, "  to", format_args!("{count} recipients"))?,
        }
        self.secrets.iter().try_for_each(|secret| write!(f, "{secret}"))?;
        if self.facts.allow_private == Some(true) {
            write_explanation_line(f, "  reaches", "loopback and private addresses too")?;
        }
        self.facts.ca_file.iter().try_for_each(|file| write_explanation_line(f, "  ca_file", file))
    }
}

impl fmt::Display for SubscriptionExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let news = included_news_phrase(&self.include);
        let told = format_args!("the sink \"{}\" of {news} in {}", self.sink, self.topics.join(", "));
        write_explanation_line(f, "subscribed", &self.name)?;
        write_explanation_line(f, "  tells", told)?;
        match &self.next_due_text {
            Some(next) => {
                write_explanation_line(
                    f,
                    "  when",
                    format_args!("{} in {}, next {next}", self.when, self.timezone),
                )?;
            }
            None if self.when == "now" => {
                write_explanation_line(
                    f,
                    "  when",
                    format_args!("as soon as there is any; dates are in {}", self.timezone),
                )?;
            }
            None => write_explanation_line(
                f,
                "  when",
                format_args!("{} in {}, never again", self.when, self.timezone),
            )?,
        }
        if self.empty == "say so" {
            write_explanation_line(f, "  empty", "says so where there is no news")?;
        }
        if self.first > 0 {
            write_explanation_line(
                f,
                "  first",
                format_args!("the latest {} at once when it is new", self.first),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::explain_with_secret::explain_with_secret;
    use crate::config::{ConfigExplanation, ConfigText, ExplanationContext, parse_config_text};

    const FULL: &str = r#"
keep = "30d"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[topic]]
name = "Robots"
query = "all:robot"
[[sink]]
name = "mail"
kind = "email"
server = "smtp://mail.example.org:465"
user = "canary-user"
password_file = "smtp"
from = "Paperwire <canary@example.org>"
to = ["canary@example.org", "canary@example.net"]
ca_file = "ca.pem"
[[sink]]
name = "box"
kind = "maildir"
path = "papers/mail"
[[sink]]
name = "lab"
kind = "slack"
url_file = "gone"
[[sink]]
name = "hook"
kind = "webhook"
url_env = "PAPERWIRE_NO_SUCH_VARIABLE"
secret_file = "${CREDENTIALS_DIRECTORY}/signing"
allow_private = true
[[subscription]]
sink = "mail"
when = "0 8 * * Mon-Fri"
timezone = "europe/berlin"
topics = ["Robots"]
first = 5
[[subscription]]
name = "weekly"
sink = "mail"
when = "@weekly"
include = ["published", "replacement", "new"]
empty = "say so"
[[subscription]]
sink = "lab"
when = "now"
include = ["replacement", "published"]
[operator]
sink = "box"
"#;

    #[test]
    fn sinks_and_subscriptions_are_explained_without_a_secret_or_an_address() {
        let (explanation, shown) = explain_with_secret("smtp", "canary-password", FULL);
        let telling = &shown[shown.find("sink ").unwrap()..];
        insta::assert_snapshot!(telling, @r#"
sink        mail
  kind      email
  server    smtp://mail.example.org:465
  to        2 recipients
  password  in the file conf/smtp (can be read)
  ca_file   conf/ca.pem

sink        box
  kind      maildir
  path      conf/papers/mail
  to        1 recipient

sink        lab
  kind      slack
  url       in the file conf/gone (cannot be read: there is no such file)

sink        hook
  kind      webhook
  url       in the variable PAPERWIRE_NO_SUCH_VARIABLE (cannot be read: it is not set)
  secret    in systemd's credential signing (given when systemd starts the unit)
  reaches   loopback and private addresses too

subscribed  mail
  tells     the sink "mail" of new papers in Robots
  when      0 8 * * Mon-Fri in Europe/Berlin, next 2025-03-31 08:00 CEST
  first     the latest 5 at once when it is new

subscribed  weekly
  tells     the sink "mail" of new papers, replacements and preprints that were published in Image Classification, Robots
  when      @weekly in UTC, next 2025-03-30 00:00 UTC
  empty     says so where there is no news

subscribed  lab
  tells     the sink "lab" of replacements and preprints that were published in Image Classification, Robots
  when      as soon as there is any; dates are in UTC

operator    told at the sink "box" of what has been wrong for 12h

note        the sink "hook" has no subscription
note        the sink "mail": port 465 is mostly for TLS from the first byte, which is smtps://
note        the file conf/smtp can be read by every user of this machine, and the password of the sink "mail" is in it; chmod 600 keeps it
"#);
        assert!(!format!("{shown}{}", serde_json::to_string(&explanation).unwrap()).contains("canary"));
        assert!(explanation.lacks_a_secret());
    }

    #[test]
    fn a_sink_that_nobody_uses_may_lack_its_secret() {
        let unused = FULL.split("[[subscription]]").next().unwrap();
        assert!(!explain_with_secret("smtp", "canary-password", unused).0.lacks_a_secret());
    }

    #[test]
    fn a_program_is_told_the_same_of_sinks_and_subscriptions() {
        let json = serde_json::to_value(explain_with_secret("smtp", "canary-password", FULL).0).unwrap();
        assert_eq!(json["state"]["keep"], "30d");
        assert_eq!(json["sinks"][0]["secrets"][0]["standing"], "readable");
        assert_eq!(json["sinks"][0]["recipients"], 2);
        assert_eq!(json["sinks"][1]["secrets"], serde_json::json!([]));
        assert_eq!(json["sinks"][1].get("allow_private"), None);
        assert_eq!(json["sinks"][2]["secrets"][0]["standing"]["unreadable"], "there is no such file");
        assert_eq!(json["sinks"][3]["secrets"][1]["standing"], "given-by-unit");
        assert_eq!(json["sinks"][3]["allow_private"], true);
        assert_eq!(json["subscriptions"][0]["next_due"], "2025-03-31T06:00:00Z");
        assert_eq!(json["subscriptions"][0]["timezone"], "Europe/Berlin");
        assert_eq!(
            json["subscriptions"][1]["include"],
            serde_json::json!(["new", "replacement", "published"])
        );
        assert_eq!(json["subscriptions"][2]["when"], "now");
        assert_eq!(json["subscriptions"][2]["next_due"], serde_json::Value::Null);
    }

    #[test]
    fn who_has_no_config_lacks_no_secret() {
        let text = ConfigText::new("built-in".into(), crate::config::DEFAULT.into());
        let config = parse_config_text(&text, None).unwrap();
        let standing = ExplanationContext { user_agent: "paperwire", state_exists: false, lists: &[] };
        let explanation =
            ConfigExplanation::explain_config(&config, "2025-03-28T09:30:00Z".parse().unwrap(), standing);
        assert!(!explanation.lacks_a_secret());
        assert_eq!(config.sinks.len(), 1);
        assert_eq!(config.subscriptions[0].cadence.display_time_zone(), &jiff::tz::TimeZone::UTC);
        assert_eq!(config.sinks[0].kind.sink_adapter().schema().kind, "maildir");
    }
}
