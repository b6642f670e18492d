//! What Prometheus collects. Counts come from the store, so that they go on after a restart.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::app_state::AppState;
use super::cache_control_headers::uncacheable_response;
use super::health_snapshot::ServedHealth;
use super::http_error::HttpError;
use crate::domain::{FeedHealth, PollOutcome, TopicHealth};
use crate::render::page::{ComponentHealth, TopicSummary};
use crate::store::{DeliveryOutcomeCount, PollOutcomeCount, SinkQueueStatus, StoreReader};

/// <https://prometheus.io/docs/specs/om/open_metrics_spec/>
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
const PLAIN: &str = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Vec<(&'static str, String)>;
type Counters = Family<Labels, Counter>;
type Gauges = Family<Labels, Gauge>;

pub(super) async fn serve_metrics(
    State(app): State<Arc<AppState>>,
    request_headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (check, now) = (Arc::clone(&app.settings.health_check), app.now());
    let read = move |reader: &StoreReader| {
        Ok(MetricsSnapshot {
            papers: reader.paper_count()?,
            health: check(reader, now)?,
            polls: reader.poll_tallies()?,
            deliveries: reader.delivery_tallies()?,
        })
    };
    let snapshot = app.readers.read(read).await?;
    let mut text = String::new();
    encode(&mut text, &snapshot.build_metrics_registry(now)).map_err(HttpError::from_template_error)?;
    let accepted = request_headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    Ok(if accepted.is_some_and(|accepted| accepted.contains("application/openmetrics-text")) {
        uncacheable_response(StatusCode::OK, OPEN_METRICS, text)
    } else {
        uncacheable_response(StatusCode::OK, PLAIN, to_prometheus_text(&text))
    })
}

/// What the store has counted, and the health of everything.
struct MetricsSnapshot {
    papers: u64,
    health: ServedHealth,
    polls: Vec<PollOutcomeCount>,
    deliveries: Vec<DeliveryOutcomeCount>,
}

impl MetricsSnapshot {
    fn build_metrics_registry(&self, now: Timestamp) -> Registry {
        let mut registry = Registry::with_prefix("paperwire");
        let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
        register_gauges(&mut registry, "build_info", "The program that answers", [(version, 1)]);
        register_gauges(&mut registry, "papers", "Papers of the history", [(vec![], to_i64(self.papers))]);
        self.add_health_metrics(&mut registry);
        self.add_topic_metrics(&mut registry, now);
        self.add_feed_metrics(&mut registry);
        self.add_poll_metrics(&mut registry);
        self.add_outbox_metrics(&mut registry, now);
        registry
    }

    fn add_health_metrics(&self, registry: &mut Registry) {
        let ServedHealth { topics, components: things, .. } = &self.health;
        let labels = |kind: &str, name: &str| vec![("kind", kind.to_owned()), ("name", name.to_owned())];
        let topics = topics
            .iter()
            .map(|topic| (labels("topic", &topic.name), i64::from(topic.health.wrong_since().is_some())));
        let things = things.iter().map(|thing| {
            (labels(thing.kind, &thing.name), i64::from(thing.health != ComponentHealth::Healthy))
        });
        register_gauges(registry, "wrong", "Whether something is wrong with it", topics.chain(things));
    }

    fn add_topic_metrics(&self, registry: &mut Registry, now: Timestamp) {
        let topics = &self.health.topics;
        let of = |topic: &TopicSummary| vec![("topic", topic.name.clone())];
        let judged = topics.iter().flat_map(|topic| {
            TopicHealth::NAMES.into_iter().map(|name| {
                let labels = vec![("topic", topic.name.clone()), ("judgement", name.to_owned())];
                (labels, i64::from(topic.health.name() == name))
            })
        });
        register_gauges(registry, "topic_judgement", "What a topic is: one of these is 1", judged);
        let known = topics.iter().map(|topic| (of(topic), to_i64(topic.known_papers)));
        register_gauges(registry, "topic_papers", "Papers that a topic has seen", known);
        let newest = || topics.iter().filter_map(|topic| Some((topic, topic.newest_paper?)));
        let dates = newest().map(|(topic, newest)| (of(topic), newest.as_second()));
        register_gauges(registry, "newest_paper_timestamp_seconds", "Date of a topic's newest paper", dates);
        let ages = newest().map(|(topic, newest)| (of(topic), now.duration_since(newest).as_secs()));
        register_gauges(registry, "newest_paper_age_seconds", "Age of a topic's newest paper", ages);
        let polls =
            topics.iter().filter_map(|topic| Some((of(topic), topic.last_complete_poll?.as_second())));
        register_gauges(
            registry,
            "last_complete_poll_timestamp_seconds",
            "A topic's last complete poll",
            polls,
        );
    }

    fn add_feed_metrics(&self, registry: &mut Registry) {
        let feeds = &self.health.feeds;
        let of = |name: &str| vec![("source", name.to_owned())];
        let judged = feeds.iter().flat_map(|feed| {
            FeedHealth::NAMES.into_iter().map(|name| {
                let labels = vec![("source", feed.name.clone()), ("judgement", name.to_owned())];
                (labels, i64::from(feed.health.name() == name))
            })
        });
        register_gauges(registry, "source_judgement", "What a feed is: one of these is 1", judged);
        let counted = || feeds.iter().filter_map(|feed| Some((&feed.name, feed.new_items?)));
        let new = counted().map(|(name, count)| (of(name), i64::from(count.four_weeks)));
        register_gauges(registry, "source_new_items", "New items of a feed in the last 28 days", new);
        let last = counted().filter_map(|(name, count)| Some((of(name), count.last_new?.as_second())));
        register_gauges(
            registry,
            "source_last_new_item_timestamp_seconds",
            "When something new came from a feed",
            last,
        );
    }

    fn add_poll_metrics(&self, registry: &mut Registry) {
        let labels = |tally: &PollOutcomeCount, name: &'static str, value: &str| {
            let [topic, source] = [&tally.topic, &tally.source].map(Clone::clone);
            vec![("topic", topic), ("source", source), (name, value.to_owned())]
        };
        let polls = self
            .polls
            .iter()
            .map(|tally| (labels(tally, "outcome", outcome_name(tally.outcome)), tally.polls));
        register_counters(registry, "polls", "Polls by what they came to", polls);
        let faults = self
            .polls
            .iter()
            .filter_map(|tally| Some((labels(tally, "kind", tally.fault.as_deref()?), tally.polls)));
        register_counters(registry, "faults", "Polls that a fault of the source ended", faults);
        let requests = self.polls.iter().map(|tally| {
            let [topic, source] = [&tally.topic, &tally.source].map(Clone::clone);
            (vec![("topic", topic), ("source", source)], tally.requests)
        });
        register_counters(registry, "requests", "Requests made of a source, tries among them", requests);
    }

    fn add_outbox_metrics(&self, registry: &mut Registry, now: Timestamp) {
        let deliveries = self.deliveries.iter().map(|tally| {
            (vec![("sink", tally.sink.clone()), ("outcome", tally.outcome.clone())], tally.deliveries)
        });
        register_counters(registry, "deliveries", "Tries to deliver a message", deliveries);
        let messages = self.health.queues.iter().flat_map(|(sink, queue)| {
            let SinkQueueStatus { waiting, failed, .. } = queue;
            [("queued", waiting), ("failed", failed)].map(|(state, count)| {
                (vec![("sink", sink.clone()), ("state", state.to_owned())], to_i64(*count))
            })
        });
        register_gauges(registry, "outbox_messages", "Messages on their way or given up", messages);
        let ages = self.health.queues.iter().filter_map(|(sink, queue)| {
            Some((vec![("sink", sink.clone())], now.duration_since(queue.oldest?).as_secs()))
        });
        register_gauges(registry, "outbox_oldest_age_seconds", "Age of the oldest message on its way", ages);
    }
}

fn outcome_name(outcome: PollOutcome) -> &'static str {
    match outcome {
        PollOutcome::Complete => "complete",
        PollOutcome::Incomplete => "incomplete",
        PollOutcome::Failed => "failed",
    }
}

fn register_counters(
    registry: &mut Registry,
    name: &str,
    help: &str,
    counts: impl Iterator<Item = (Labels, u64)>,
) {
    let family = Counters::default();
    registry.register(name, help, family.clone());
    for (labels, count) in counts {
        family.get_or_create(&labels).inc_by(count);
    }
}

fn register_gauges(
    registry: &mut Registry,
    name: &str,
    help: &str,
    values: impl IntoIterator<Item = (Labels, i64)>,
) {
    let family = Gauges::default();
    registry.register(name, help, family.clone());
    for (labels, value) in values {
        family.get_or_create(&labels).set(value);
    }
}

fn to_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// OpenMetrics as Prometheus' older text form has it: there a counter's samples come after its whole name, and
/// there is no sign of the end.
fn to_prometheus_text(text: &str) -> String {
    let is_counter = |name: &str| text.contains(&format!("\n# TYPE {name} counter\n"));
    let mut plain = String::with_capacity(text.len());
    for line in text.lines().filter(|line| *line != "# EOF") {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some(what @ ("HELP" | "TYPE")), Some(name), Some(rest)) if is_counter(name) => {
                let _ = writeln!(plain, "# {what} {name}_total {rest}");
            }
            _ => {
                let _ = writeln!(plain, "{line}");
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_has_its_whole_name_in_the_older_form() {
        let text = "# HELP a_b Bs.\n# TYPE a_b counter\na_b_total{x=\"# TYPE a_c\"} 1\n# HELP a_c Cs.\n# TYPE a_c gauge\n\
                    a_c 2\n# EOF\n";
        assert_eq!(
            to_prometheus_text(text),
            "# HELP a_b_total Bs.\n# TYPE a_b_total counter\na_b_total{x=\"# TYPE a_c\"} 1\n# HELP a_c Cs.\n\
             # TYPE a_c gauge\na_c 2\n"
        );
    }
}
