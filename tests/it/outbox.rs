//! The outbox: what a receiver's answer makes of a message, and what a person can do about it, by whole runs and
//! a receiver that remembers.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_webhooks::{FakeWebhooks, WebhookReply, WebhookRequest};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, SinkOutput, TestEnv, stderr, stdout};

/// An environment with a history, and these webhooks, each subscribed to what is new, at once.
struct OutboxEnv {
    fake: FakeArxiv,
    webhooks: FakeWebhooks,
    env: TestEnv,
    papers: usize,
}

/// The outbox as `outbox list --json` reports it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboxListing {
    messages: Vec<ListedMessage>,
    paused: Vec<ListedPause>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedMessage {
    id: i64,
    sink: String,
    digest: String,
    part: String,
    state: String,
    attempts: u32,
    due: Option<Timestamp>,
    words: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedPause {
    sink: String,
    since: Timestamp,
    words: String,
}

impl OutboxEnv {
    fn with_webhooks(names: &[&str]) -> Self {
        let fake = FakeArxiv::serve_papers(sample_papers(3));
        let webhooks = FakeWebhooks::start();
        let env = TestEnv::with_arxiv(&fake);
        let sinks: String = names.iter().map(|name| webhooks.sink_config(&env, name, "webhook")).collect();
        let subscriptions: String = names.iter().map(|name| immediate_subscription(name)).collect();
        let env = env.with_config_lines(&(sinks + &subscriptions));
        env.run_once_without_failure(NOW);
        Self { fake, webhooks, env, papers: 3 }
    }

    /// One more paper is news.
    fn add_news(&mut self) {
        self.papers += 1;
        self.fake.set_papers(sample_papers(self.papers));
    }

    /// One run so many seconds after [`NOW`]: what the sinks came to, the exit status, and what was reported of it.
    fn run_after(&self, seconds: i64) -> (Vec<SinkOutput>, i32, String) {
        let answer = self.env.run_once(&seconds_after_now(seconds).to_string());
        (answer.sinks, answer.status, answer.stderr)
    }

    /// The one sink's share of such a run.
    fn sink_output_after(&self, seconds: i64) -> SinkOutput {
        let (mut sinks, ..) = self.run_after(seconds);
        assert_eq!(sinks.len(), 1, "{sinks:?}");
        sinks.remove(0)
    }

    /// A run at that time that is killed when its request has arrived, when there were so many.
    fn killed_in_try(&self, tries: usize, seconds: i64) {
        let mut turn = self.env.spawn_program(&["once", "--now", &seconds_after_now(seconds).to_string()]);
        self.webhooks.wait_for_requests("/hook", tries);
        turn.kill().unwrap();
        turn.wait().unwrap();
    }

    fn requests(&self) -> Vec<WebhookRequest> {
        self.webhooks.requests_at("/hook")
    }

    fn list_outbox(&self, more: &[&str]) -> OutboxListing {
        let done = self.env.run_program(&[&["outbox", "list", "--json"], more].concat());
        assert_eq!((done.status.code(), stderr(&done)), (Some(0), ""));
        serde_json::from_str(stdout(&done)).unwrap()
    }

    /// What `outbox` says to these words, which must do them.
    fn outbox_command(&self, words: &[&str]) -> String {
        let done =
            self.env.run_program(&[&["outbox", "--now", &seconds_after_now(60).to_string()], words].concat());
        assert_eq!((done.status.code(), stderr(&done)), (Some(0), ""), "{words:?}");
        stdout(&done).to_owned()
    }

    /// What `outbox` says where it cannot do them.
    fn outbox_command_error(&self, words: &[&str]) -> String {
        let done = self.env.run_program(&[&["outbox"], words].concat());
        assert_eq!((done.status.code(), stdout(&done)), (Some(2), ""), "{words:?}");
        stderr(&done).to_owned()
    }
}

fn immediate_subscription(sink: &str) -> String {
    format!("[[subscription]]\nsink = \"{sink}\"\nwhen = \"now\"\n\n")
}

fn seconds_after_now(seconds: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn delivery_counts(sink: &SinkOutput) -> (u64, u64, u64, bool) {
    (sink.delivered, sink.deferred, sink.failed, sink.paused)
}

/// What makes one message the same as another to its receiver.
fn message_identity(heard: &WebhookRequest) -> (&str, &str) {
    (&heard.headers["webhook-id"], &heard.body)
}

#[test]
fn a_receiver_that_comes_back_gets_the_same_bytes_under_the_same_id_when_it_is_due() {
    for (reply, wait, words) in [
        (WebhookReply::Refuse(429, "Retry-After: 600\r\n"), 600, "answered 429: it wants us to come later"),
        (WebhookReply::Refuse(503, "Retry-After: 90\r\n"), 90, "answered 503"),
        (WebhookReply::Refuse(500, ""), 5, "answered 500"),
        (WebhookReply::Vanish, 5, "may have arrived"),
    ] {
        let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
        outbox.webhooks.reply_with("/hook", [reply.clone()]);
        outbox.add_news();
        let (sinks, status, told) = outbox.run_after(0);
        assert_eq!((delivery_counts(&sinks[0]), status), ((0, 1, 0, false), 1), "{reply:?}");
        assert!(sinks[0].reason.as_ref().unwrap().contains(words), "{reply:?}: {sinks:?}");
        assert!(told.contains(words) && told.contains("next try 2025-03-26T20:"), "{reply:?}: {told}");
        let listing = outbox.list_outbox(&[]);
        let [message] = &listing.messages[..] else { panic!("{listing:?}") };
        assert_eq!((message.state.as_str(), message.attempts), ("queued", 1));
        let due = message.due.unwrap();
        // Jitter lengthens a wait of our own by up to a tenth, and the listing shows whole seconds.
        assert!(due >= seconds_after_now(wait) && due <= seconds_after_now(wait + 1), "{reply:?}: {due}");
        let answer = outbox.env.run_once_without_failure(&seconds_after_now(wait - 1).to_string());
        assert_eq!(delivery_counts(&answer.sinks[0]), (0, 0, 0, false), "{reply:?}: it is too early");
        let answer = outbox.env.run_once_without_failure(&seconds_after_now(wait + 1).to_string());
        assert_eq!(delivery_counts(&answer.sinks[0]), (1, 0, 0, false), "{reply:?}");
        let heard = outbox.requests();
        let [first, second] = &heard[..] else { panic!("{reply:?}: {heard:?}") };
        assert_eq!(message_identity(first), message_identity(second), "{reply:?}");
        assert_eq!(outbox.list_outbox(&[]).messages.len(), 0, "{reply:?}");
    }
}

#[test]
fn a_receiver_that_stays_away_is_given_up_after_its_last_try_and_the_message_is_kept() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
    outbox.webhooks.reply_with("/hook", std::iter::repeat_n(WebhookReply::Refuse(502, ""), 11));
    outbox.add_news();
    for attempt in 1..=10 {
        assert_eq!(
            delivery_counts(&outbox.sink_output_after(attempt * 2 * 86_400)),
            (0, 1, 0, false),
            "attempt {attempt}"
        );
    }
    let (sinks, status, told) = outbox.run_after(22 * 86_400);
    assert_eq!((delivery_counts(&sinks[0]), status), ((0, 0, 1, false), 1));
    assert!(told.contains("kept as failed: `paperwire outbox retry 1` sends it again"), "{told}");
    assert_eq!(
        delivery_counts(&outbox.sink_output_after(30 * 86_400)),
        (0, 0, 0, false),
        "it is not tried again"
    );
    let heard = outbox.requests();
    assert_eq!(heard.len(), 11);
    assert!(heard.iter().all(|again| message_identity(again) == message_identity(&heard[0])));
    assert_eq!(outbox.list_outbox(&[]).messages[0].state, "failed");
}

#[test]
fn a_message_that_is_refused_is_kept_as_failed_and_holds_up_no_other() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
    outbox.webhooks.reply_with("/hook", [WebhookReply::Refuse(400, "")]);
    outbox.add_news();
    let (sinks, status, told) = outbox.run_after(0);
    assert_eq!((delivery_counts(&sinks[0]), status), ((0, 0, 1, false), 1));
    let words = "the webhook's receiver answered 400: it refuses this message";
    assert_eq!(sinks[0].reason.as_deref(), Some(words));
    assert!(told.contains(words) && told.contains("`paperwire outbox retry 1`"), "{told}");
    outbox.add_news();
    assert_eq!(delivery_counts(&outbox.sink_output_after(60)), (1, 0, 0, false), "the next one is well");
    let listing = outbox.list_outbox(&[]);
    let [message] = &listing.messages[..] else { panic!("{listing:?}") };
    assert_eq!(
        (message.state.as_str(), message.due, message.words.as_deref()),
        ("failed", None, Some(words))
    );
    assert_eq!(outbox.outbox_command(&["retry", "1"]), "message 1 is queued again\n");
    assert_eq!(delivery_counts(&outbox.sink_output_after(120)), (1, 0, 0, false));
    let heard = outbox.requests();
    let ids: Vec<_> = heard.iter().map(message_identity).collect();
    assert_eq!((ids.len(), ids[0]), (3, ids[2]), "a retry is the same message");
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn a_sink_that_is_gone_or_refuses_us_is_paused_with_its_messages_until_a_person_resumes_it() {
    for (status, words) in [
        (410, "answered 410: there is no receiver at this URL any more; it needs a new one"),
        (404, "answered 404: there is no receiver at this URL any more; it needs a new one"),
        (401, "answered 401: it refuses our credentials; the URL or the secret is wrong or withdrawn"),
        (403, "answered 403: it refuses our credentials; the URL or the secret is wrong or withdrawn"),
    ] {
        let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
        outbox.webhooks.reply_with("/hook", [WebhookReply::Refuse(status, "")]);
        outbox.add_news();
        let (sinks, ended, told) = outbox.run_after(0);
        assert_eq!((delivery_counts(&sinks[0]), ended), ((0, 0, 0, true), 1), "{status}");
        assert!(told.contains(words) && told.contains("`paperwire outbox resume hook`"), "{told}");
        outbox.add_news();
        let (sinks, ended, told) = outbox.run_after(30 * 86_400);
        let held =
            "paused since 2025-03-26T20:00:00Z (messages held back: 2): the webhook's receiver answered";
        assert_eq!((delivery_counts(&sinks[0]), ended), ((0, 0, 0, true), 1), "{status}: no quiet day");
        assert!(sinks[0].reason.as_ref().unwrap().starts_with(held), "{sinks:?}");
        assert!(
            told.contains("`paperwire outbox resume hook` releases them")
                && told.contains(
                    "messages=2 paused_since=2025-03-26T20:00:00Z error=the webhook's receiver answered"
                ),
            "{told}"
        );
        assert_eq!(outbox.requests().len(), 1, "{status}: nothing is sent to a paused sink");
        let listing = outbox.list_outbox(&[]);
        assert_eq!(listing.messages.iter().filter(|message| message.state == "queued").count(), 2);
        let [paused] = &listing.paused[..] else { panic!("{listing:?}") };
        assert_eq!((paused.sink.as_str(), paused.since), ("hook", seconds_after_now(0)));
        assert!(paused.words.contains(words), "{listing:?}");
        assert_eq!(outbox.outbox_command(&["resume", "hook"]), "sink \"hook\" goes on\n");
        assert_eq!(
            delivery_counts(&outbox.sink_output_after(30 * 86_400 + 60)),
            (2, 0, 0, false),
            "{status}"
        );
        let heard = outbox.requests();
        let ids: Vec<_> = heard.iter().map(message_identity).collect();
        assert_eq!((ids.len(), ids[0]), (3, ids[1]), "{status}: the one that was refused goes first");
    }
}

#[test]
fn a_later_message_never_overtakes_one_that_waits() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
    outbox.webhooks.reply_with("/hook", [WebhookReply::Refuse(429, "Retry-After: 600\r\n")]);
    outbox.add_news();
    outbox.sink_output_after(0);
    outbox.add_news();
    assert_eq!(
        delivery_counts(&outbox.sink_output_after(300)),
        (0, 0, 0, false),
        "the second one waits behind the first"
    );
    assert_eq!(outbox.requests().len(), 1);
    assert_eq!(delivery_counts(&outbox.sink_output_after(601)), (2, 0, 0, false));
    let digests: Vec<u64> =
        outbox.webhooks.received_digests("hook").iter().map(|digest| digest.number).collect();
    assert_eq!(digests, [1, 2]);
}

#[test]
fn a_broken_sink_delays_no_other() {
    let mut outbox = OutboxEnv::with_webhooks(&["broken", "gone", "hook"]);
    outbox.webhooks.reply_with("/broken", [WebhookReply::Refuse(500, ""), WebhookReply::Vanish]);
    outbox.webhooks.reply_with("/gone", [WebhookReply::Refuse(410, "")]);
    outbox.add_news();
    let (sinks, status, _) = outbox.run_after(0);
    let counted: Vec<_> = sinks.iter().map(delivery_counts).collect();
    assert_eq!(counted, [(0, 1, 0, false), (0, 0, 0, true), (1, 0, 0, false)]);
    assert_eq!(status, 1);
    outbox.add_news();
    let (sinks, ..) = outbox.run_after(60);
    assert_eq!(delivery_counts(&sinks[2]), (1, 0, 0, false));
    assert_eq!(outbox.requests().len(), 2);
}

#[test]
fn a_slow_sink_delays_no_other() {
    let mut outbox = OutboxEnv::with_webhooks(&["slow", "hook"]);
    outbox.webhooks.reply_with("/slow", [WebhookReply::Hang]);
    outbox.add_news();
    let mut turn = outbox.env.spawn_program(&["once", "--now", NOW]);
    outbox.webhooks.wait_for_requests("/slow", 1);
    outbox.webhooks.wait_for_requests("/hook", 1);
    assert!(turn.try_wait().unwrap().is_none(), "the slow one was waited for meanwhile");
    turn.kill().unwrap();
    turn.wait().unwrap();
}

#[test]
fn a_message_that_ends_the_program_at_every_try_is_given_up_and_holds_up_no_other() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
    outbox.webhooks.reply_with("/hook", std::iter::repeat_n(WebhookReply::Hang, 3));
    outbox.add_news();
    for (tries, seconds) in [(1, 0), (2, 5), (3, 400)] {
        outbox.killed_in_try(tries, seconds);
        assert_eq!(
            delivery_counts(&outbox.sink_output_after(seconds + 4)),
            (0, 0, 0, false),
            "it is not tried again at once"
        );
        assert_eq!(outbox.requests().len(), tries);
    }
    outbox.add_news();
    let (sinks, status, told) = outbox.run_after(3000);
    assert_eq!((delivery_counts(&sinks[0]), status), ((1, 0, 1, false), 1), "{told}");
    let words = "paperwire was ended during 3 of its 3 tries, the last one among them; it is not tried again";
    assert!(told.contains("kept as failed") && told.contains(words), "{told}");
    assert_eq!(outbox.list_outbox(&[]).messages[0].attempts, 3);
    assert_eq!(outbox.outbox_command(&["retry", "1"]), "message 1 is queued again\n");
    assert_eq!(
        delivery_counts(&outbox.sink_output_after(3060)),
        (1, 0, 0, false),
        "a person may have mended what ended it"
    );
    let heard = outbox.requests();
    let ids: Vec<_> = heard.iter().map(message_identity).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids[..3].iter().chain(&ids[4..]).all(|id| *id == ids[0]) && ids[3] != ids[0]);
}

#[test]
fn a_try_that_comes_to_an_end_wipes_out_those_that_did_not() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
    let (hang, no) = (WebhookReply::Hang, WebhookReply::Refuse(500, ""));
    outbox.webhooks.reply_with("/hook", [hang.clone(), hang.clone(), no, hang.clone(), hang]);
    outbox.add_news();
    outbox.killed_in_try(1, 0);
    outbox.killed_in_try(2, 5);
    assert_eq!(delivery_counts(&outbox.sink_output_after(1000)), (0, 1, 0, false));
    outbox.killed_in_try(4, 86_400);
    outbox.killed_in_try(5, 2 * 86_400);
    assert_eq!(delivery_counts(&outbox.sink_output_after(4 * 86_400)), (1, 0, 0, false));
}

#[test]
fn a_person_holds_a_sink_back_and_lets_it_go_again() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook", "other"]);
    assert_eq!(outbox.outbox_command(&["pause", "hook"]), "sink \"hook\" is paused; its messages wait\n");
    let (sinks, status, _) = outbox.run_after(60);
    assert_eq!(
        (delivery_counts(&sinks[0]), &sinks[0].reason, status),
        ((0, 0, 0, true), &None, 0),
        "it holds nothing back"
    );
    outbox.add_news();
    let (sinks, status, _) = outbox.run_after(60);
    let held = "paused since 2025-03-26T20:01:00Z (messages held back: 1): paused by hand";
    assert_eq!((sinks[0].reason.as_deref(), status), (Some(held), 1));
    assert_eq!((outbox.requests().len(), sinks[1].delivered), (0, 1), "the other one gets its own");
    let listing = outbox.outbox_command(&["list"]);
    assert!(
        listing.starts_with("sink \"hook\" is paused since 2025-03-26T20:01:00Z: paused by hand\n"),
        "{listing}"
    );
    assert!(
        listing.contains("1  hook  hook #1  part 1/1  queued, 0 attempts, due 2025-03-26T20:01:00Z\n"),
        "{listing}"
    );
    assert_eq!(outbox.outbox_command(&["resume", "hook"]), "sink \"hook\" goes on\n");
    assert_eq!(outbox.outbox_command(&["resume", "hook"]), "sink \"hook\" was not paused\n");
    let (sinks, ..) = outbox.run_after(120);
    assert_eq!((sinks[0].delivered, outbox.requests().len()), (1, 1));
    assert_eq!(outbox.outbox_command(&["list"]), "nothing is on its way\n");
}

#[test]
fn a_person_gives_a_message_up_and_the_next_one_goes() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
    outbox.webhooks.reply_with("/hook", [WebhookReply::Refuse(429, "Retry-After: 6000\r\n")]);
    outbox.add_news();
    outbox.sink_output_after(0);
    outbox.add_news();
    outbox.sink_output_after(30);
    assert_eq!(outbox.outbox_command(&["drop", "1"]), "message 1 is dropped\n");
    assert_eq!(delivery_counts(&outbox.sink_output_after(120)), (1, 0, 0, false));
    let states = outbox.list_outbox(&["--all"]).messages.into_iter().map(|message| {
        assert_eq!((message.sink.as_str(), message.part.as_str()), ("hook", "1/1"));
        (message.id, message.digest, message.state)
    });
    let expected = [(1, "hook #1", "dropped"), (2, "hook #2", "delivered")];
    assert_eq!(
        states.collect::<Vec<_>>(),
        expected.map(|(id, digest, state)| (id, digest.into(), state.into()))
    );
    assert_eq!(
        outbox.outbox_command(&["retry", "1"]),
        "message 1 is queued again\n",
        "a person may think again"
    );
    assert_eq!(delivery_counts(&outbox.sink_output_after(180)), (1, 0, 0, false));
}

#[test]
fn what_cannot_be_done_to_a_message_or_a_sink_is_reported() {
    let mut outbox = OutboxEnv::with_webhooks(&["hook"]);
    outbox.add_news();
    outbox.sink_output_after(0);
    for words in [["retry", "1"], ["drop", "1"], ["retry", "7"], ["drop", "7"]] {
        let id = words[1];
        let expected = format!(
            "paperwire: there is no message {id} of which that can be done: see `paperwire outbox list --all`\n"
        );
        assert_eq!(outbox.outbox_command_error(&words), expected, "{words:?}");
    }
    for words in [["pause", "nobody"], ["resume", "nobody"]] {
        assert_eq!(
            outbox.outbox_command_error(&words),
            "paperwire: there is no sink \"nobody\"; there is \"hook\"\n"
        );
    }
}
