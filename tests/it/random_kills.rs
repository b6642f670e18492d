//! The program is killed at any moment of a month with five sinks that remember: each paper is in exactly one
//! digest of each subscription, and a message is repeated only if its answer was lost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;

use crate::support::accepting_fake_smtp::FakeSmtp;
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::FakeWebhooks;
use crate::support::random_month_of_papers::{
    DateSharing, RandomNumbers, SimulatedMonth, kill_once, number_from_variable, run_times, show_papers,
};
use crate::support::test_env::{TestEnv, measure_time};

/// Every sink, and when its digests are due.
const SINKS: [(&str, &str); 5] =
    [("hook", "now"), ("lab", "now"), ("den", "0 5 * * *"), ("box", "0 5 * * *"), ("mail", "now")];

/// Each mail goes to both.
pub(crate) const READERS: [&str; 2] = ["ada@example.org", "bob@example.org"];

/// Long enough that kills meet messages which have arrived and whose answers have not.
const LATENCY: Duration = Duration::from_millis(50);

/// An environment with every kind of sink, and what they remember.
pub(crate) struct AllSinksEnv {
    pub(crate) env: TestEnv,
    webhooks: FakeWebhooks,
    smtp: FakeSmtp,
}

/// One message as its sink got it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ReceivedMessage {
    /// By what a receiver can recognise a repeat: the webhook-id, the Message-ID; else the body.
    identity: String,
    body: String,
}

impl AllSinksEnv {
    pub(crate) fn asking(fake: &FakeArxiv, latency: Duration) -> Self {
        let (webhooks, smtp) = (FakeWebhooks::answering_after(latency), FakeSmtp::answering_after(latency));
        let env = TestEnv::with_arxiv(fake).with_page(30);
        let mut more = [("hook", "webhook"), ("lab", "slack"), ("den", "discord")]
            .map(|(name, kind)| webhooks.sink_config(&env, name, kind))
            .concat();
        more += "[[sink]]\nname = \"box\"\nkind = \"maildir\"\npath = \"mail\"\n\n";
        more += &smtp.sink_config("mail", &READERS);
        more += &SINKS.map(|(sink, when)| subscription_config(sink, when)).concat();
        Self { env: env.with_config_lines(&more), webhooks, smtp }
    }

    /// All sinks, in an environment that is changed first.
    pub(crate) fn with_env(self, change: impl FnOnce(TestEnv) -> TestEnv) -> Self {
        Self { env: change(self.env), ..self }
    }

    /// What every sink got so far, in the order in which it came, a Maildir's in none.
    pub(crate) fn received_messages(&self) -> BTreeMap<&'static str, Vec<ReceivedMessage>> {
        let posted = |name: &str| self.webhooks.requests_at(&format!("/{name}"));
        let by_id = posted("hook").into_iter().map(|heard| {
            let identity = heard.headers["webhook-id"].clone();
            ReceivedMessage { identity, body: heard.body }
        });
        let by_body = |name| {
            let heard = posted(name).into_iter();
            heard.map(|heard| ReceivedMessage { identity: heard.body.clone(), body: heard.body }).collect()
        };
        BTreeMap::from([
            ("hook", by_id.collect()),
            ("lab", by_body("lab")),
            ("den", by_body("den")),
            ("box", self.maildir_mails().iter().map(|text| parse_mail(text)).collect()),
            ("mail", self.smtp.received_messages().iter().map(|text| parse_mail(text)).collect()),
        ])
    }

    fn maildir_mails(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.env.path("mail/new")) else { return Vec::new() };
        folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

fn subscription_config(sink: &str, when: &str) -> String {
    format!("[[subscription]]\nsink = \"{sink}\"\nwhen = \"{when}\"\ntimezone = \"UTC\"\n\n")
}

fn parse_mail(text: &str) -> ReceivedMessage {
    let parsed = mailparse::parse_mail(text.as_bytes()).unwrap();
    let header = |name: &str| {
        let found = parsed.headers.iter().find(|header| header.get_key().eq_ignore_ascii_case(name));
        found.unwrap().get_value()
    };
    let body = parsed.subparts[0].get_body().unwrap();
    ReceivedMessage { identity: format!("{} {}", header("To"), header("Message-ID")), body }
}

/// The papers that a message announces.
fn papers_in_body(body: &str) -> BTreeSet<&str> {
    let addresses = body.split("arxiv.org/abs/").skip(1);
    addresses.map(without_version).collect()
}

/// The work that an address ends with, without its version.
fn without_version(address: &str) -> &str {
    let end = address.find(|c: char| !(c.is_ascii_alphanumeric() || "./-".contains(c)));
    let id = address[..end.unwrap_or(address.len())].trim_end_matches('.');
    let version = |(_, version): &(&str, &str)| version.bytes().all(|digit| digit.is_ascii_digit());
    id.rsplit_once('v').filter(version).map_or(id, |(work, _)| work)
}

/// The papers of all messages of a sink, repeats left out; sorted.
pub(crate) fn announced_papers<'g>(sink: &str, got: &'g [ReceivedMessage]) -> Vec<&'g str> {
    let messages: BTreeSet<_> = got.iter().collect();
    let identities: BTreeSet<_> = got.iter().map(|got| &got.identity).collect();
    assert_eq!(messages.len(), identities.len(), "{sink}: what is the same message has the same bytes");
    let mut told: Vec<_> = messages.into_iter().flat_map(|got| papers_in_body(&got.body)).collect();
    told.sort_unstable();
    told
}

/// Asserts that no message came again but the last that a sink got in a run that was killed: only its answer can be
/// lost.
fn assert_only_the_last_is_repeated(
    sink: &str,
    got: &[ReceivedMessage],
    may_repeat: &BTreeSet<usize>,
) -> usize {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut repeats = 0;
    for (at, got) in got.iter().enumerate() {
        if let Some(before) = seen.insert(&got.identity, at) {
            assert!(may_repeat.contains(&before), "{sink}: {} came again", got.identity);
            repeats += 1;
        }
    }
    repeats
}

#[test]
fn kills_at_any_moment_lose_no_message_and_repeat_one_only_if_its_answer_was_lost() {
    let mut random = RandomNumbers(31);
    let month = SimulatedMonth::generate(60, DateSharing::Shared, &mut random);
    let fake = FakeArxiv::serve_papers(vec![]);
    let (unharmed, killed) = (AllSinksEnv::asking(&fake, LATENCY), AllSinksEnv::asking(&fake, LATENCY));
    let turns = run_times(48);
    let kills_each = number_from_variable("PAPERWIRE_KILLS", 32).div_ceil(turns.len());
    let mut may_repeat: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for now in turns {
        show_papers(&fake, &month, now);
        let (_, whole) = measure_time(|| unharmed.env.run_once_without_failure(&now.to_string()));
        for _ in 0..kills_each {
            let before = killed.received_messages();
            kill_once(&killed.env, &now.to_string(), whole, &mut random);
            killed.webhooks.wait_until_idle();
            killed.smtp.wait_until_idle();
            for (sink, got) in killed.received_messages() {
                if got.len() > before[sink].len() {
                    may_repeat.entry(sink).or_default().insert(got.len() - 1);
                }
            }
        }
        // A try that never came to an end is repeated a little later.
        killed.env.run_once_without_failure(&(now + SignedDuration::from_hours(1)).to_string());
    }
    let news = killed.env.announced_news();
    let new: BTreeSet<&str> = news
        .iter()
        .filter(|told| told.2 == "new")
        .map(|told| told.0.strip_prefix("arxiv:").unwrap())
        .collect();
    assert!(new.len() > 25, "a month that is too quiet");
    assert_eq!(news, unharmed.env.announced_news());
    let (whole, mut repeats) = (unharmed.received_messages(), BTreeMap::new());
    for (sink, got) in killed.received_messages() {
        let readers = if sink == "mail" { READERS.len() } else { 1 };
        let each: Vec<_> = new.iter().flat_map(|paper| std::iter::repeat_n(*paper, readers)).collect();
        assert_eq!(announced_papers(sink, &got), each, "{sink}: each new paper once for each reader");
        assert_eq!(announced_papers(sink, &whole[sink]), each, "{sink}: as without kills");
        let may_repeat = may_repeat.entry(sink).or_default();
        repeats.insert(sink, assert_only_the_last_is_repeated(sink, &got, may_repeat));
    }
    assert_eq!(repeats["box"], 0, "a Maildir knows what it has");
    println!("{} papers, messages sent again: {repeats:?}", new.len());
}
