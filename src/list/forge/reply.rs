//! A forge's answer: its status, what its headers say about coming again, and its body.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Response;
use reqwest::header::{HeaderMap, LINK};
use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::network::retry_after_and_quote::{WAIT_MAX, reason_if_safe_to_quote, retry_after};

/// How much of an answer is read: a page of 50 pull requests with a body of 65,536 characters each, and what
/// forges say around them.
const BODY_BYTES: usize = 8 << 20;

/// How much is read of an answer that is no success. It says why in a few hundred bytes, and is read as any JSON,
/// which takes many times as much memory.
const ERROR_BYTES: usize = 64 << 10;

/// Most items of a list in an answer. No forge gives more than 100 in a page.
const ITEMS_MAX: usize = 1000;

/// Longest header of an answer that is quoted; GitHub's longest names some six permissions.
const HEADER_CHARS: usize = 200;

/// How long to stay away from a forge that does not say for how long. Source:
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>.
const WAIT_UNNAMED: Duration = Duration::from_mins(1);

/// How many texts of an error are quoted: what it is, and GitHub's code and field.
const QUOTES: usize = 3;

/// A forge's answer to one request.
#[derive(Debug)]
pub(super) struct ForgeReply {
    pub(super) status: u16,
    /// When to come again, if a header says that we asked too much.
    pub(super) rate_limited_until: Option<Timestamp>,
    has_next: bool,
    total: Option<usize>,
    /// The permissions that GitHub asks for, as `pull_requests=write`.
    pub(super) permissions: Option<String>,
    pub(super) body: Vec<u8>,
    now: Timestamp,
}

/// A list in an answer, which is not longer than any forge gives one.
#[derive(Debug)]
pub(super) struct BoundedJsonArray<T>(pub(super) Vec<T>);

impl<T> Default for BoundedJsonArray<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for BoundedJsonArray<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(BoundedJsonArrayVisitor(PhantomData))
    }
}

struct BoundedJsonArrayVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for BoundedJsonArrayVisitor<T> {
    type Value = BoundedJsonArray<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {ITEMS_MAX}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<BoundedJsonArray<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element()? {
            if items.len() == ITEMS_MAX {
                return Err(Error::invalid_length(ITEMS_MAX + 1, &self));
            }
            items.push(item);
        }
        Ok(BoundedJsonArray(items))
    }
}

impl ForgeReply {
    /// Reads an answer whole, or none that is too large; of one that is no success its beginning.
    pub(super) async fn read(mut response: Response, now: Timestamp) -> reqwest::Result<Option<Self>> {
        let mut reply = Self::from_headers(response.status().as_u16(), response.headers(), now);
        while let Some(chunk) = response.chunk().await? {
            if !reply.is_success() && reply.body.len() + chunk.len() > ERROR_BYTES {
                break;
            }
            if reply.body.len() + chunk.len() > BODY_BYTES {
                return Ok(None);
            }
            reply.body.extend_from_slice(&chunk);
        }
        Ok(Some(reply))
    }

    fn from_headers(status: u16, headers: &HeaderMap, now: Timestamp) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let next = headers.get_all(LINK).iter().filter_map(|link| link.to_str().ok());
        Self {
            status,
            rate_limited_until: rate_limited_until(headers, now),
            has_next: next.flat_map(|links| links.split(',')).any(|link| link.contains(r#"rel="next""#)),
            total: text("x-total-count").and_then(|total| total.parse().ok()),
            permissions: text("x-accepted-github-permissions")
                .filter(|header| header.len() <= HEADER_CHARS)
                .map(str::to_owned),
            body: Vec::new(),
            now,
        }
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether there are more than the `seen` on this page and those before it. Gitea links no next page of
    /// labels, and counts all of them instead.
    pub(super) fn has_more_items_than(&self, seen: usize) -> bool {
        self.has_next || self.total.is_some_and(|total| total > seen)
    }

    /// The reply's body as JSON of this shape, if it is that.
    pub(super) fn body_as_json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// When to come again, for an answer that says that we asked too much: as a header has it, or in a
    /// minute.
    pub(super) fn retry_at(&self) -> Timestamp {
        self.rate_limited_until.unwrap_or_else(|| time_after(self.now, WAIT_UNNAMED))
    }

    /// Everything that an error says, from whatever member: one text, several, or texts by field.
    pub(super) fn api_error_messages(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(Value::Object(members)) = self.body_as_json() {
            for member in ["message", "errors", "error", "error_description"] {
                members.get(member).into_iter().for_each(|value| collect_json_texts(value, &mut said));
            }
        }
        said
    }

    /// The reply's status, with what it says first, as far as that may be quoted: `422 (Validation Failed; invalid;
    /// head)`.
    pub(super) fn describe_status(&self) -> String {
        let said = self.api_error_messages();
        let quotes: Vec<_> =
            said.iter().filter_map(|text| reason_if_safe_to_quote(text)).take(QUOTES).collect();
        if quotes.is_empty() {
            self.status.to_string()
        } else {
            format!("{} ({})", self.status, quotes.join("; "))
        }
    }
}

fn collect_json_texts(value: &Value, said: &mut Vec<String>) {
    match value {
        Value::String(text) => said.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect_json_texts(value, said)),
        Value::Object(members) => members.values().for_each(|value| collect_json_texts(value, said)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `Retry-After`; else the reset of a limit of which nothing remains. GitHub and GitLab name it alike but for
/// a prefix. Source: the page of [`WAIT_UNNAMED`], and
/// <https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers>.
fn rate_limited_until(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    if let Some(wait) = retry_after(headers, now) {
        return Some(time_after(now, wait));
    }
    ["x-ratelimit", "ratelimit"].iter().find_map(|prefix| {
        let number = |name: &str| headers.get(format!("{prefix}-{name}"))?.to_str().ok()?.trim().parse().ok();
        let reset = (number("remaining")? == 0).then(|| number("reset"))??;
        Some(Timestamp::from_second(reset).ok()?.clamp(now, time_after(now, WAIT_MAX)))
    })
}

fn time_after(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
impl ForgeReply {
    /// An answer for the tests of the readers.
    pub(super) fn sample_reply(
        status: u16,
        headers: &[(&'static str, &str)],
        body: &str,
        now: Timestamp,
    ) -> Self {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Self { body: body.into(), ..Self::from_headers(status, &headers.collect(), now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate_limit_reset(headers: &[(&'static str, &str)]) -> String {
        let now = "2026-11-25T08:00:00Z".parse().unwrap();
        ForgeReply::sample_reply(403, headers, "", now).retry_at().to_string()
    }

    #[test]
    fn when_to_come_again_is_taken_from_the_header_that_knows_best() {
        let reset = "1795594200"; // 2026-11-25T08:10:00Z
        for (headers, expected) in [
            (&[("retry-after", "30")][..], "2026-11-25T08:00:30Z"),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)], "2026-11-25T08:10:00Z"),
            (&[("ratelimit-remaining", "0"), ("ratelimit-reset", reset)], "2026-11-25T08:10:00Z"),
            (
                &[("retry-after", "5"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)],
                "2026-11-25T08:00:05Z",
            ),
            (&[("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", reset)], "2026-11-25T08:01:00Z"),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")], "2026-11-25T08:00:00Z"),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9999999999")], "2026-11-26T08:00:00Z"),
            (&[("x-ratelimit-remaining", "0")], "2026-11-25T08:01:00Z"),
            (&[], "2026-11-25T08:01:00Z"),
        ] {
            assert_eq!(rate_limit_reset(headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn an_error_is_read_in_every_form_and_quoted_where_it_is_plain() {
        for (body, said, told) in [
            (r#"{"message": "Not Found"}"#, &["Not Found"][..], "409 (Not Found)"),
            (r#"{"message": ["one", "two"]}"#, &["one", "two"], "409 (one; two)"),
            (r#"{"message": {"source_branch": ["is gone"]}}"#, &["is gone"], "409 (is gone)"),
            (
                r#"{"error": "insufficient_scope", "scope": "api"}"#,
                &["insufficient_scope"],
                "409 (insufficient_scope)",
            ),
            (r#"{"message": "see https://canary"}"#, &["see https://canary"], "409"),
            ("<html>", &[], "409"),
            ("[]", &[], "409"),
        ] {
            let reply = ForgeReply::sample_reply(409, &[], body, Timestamp::UNIX_EPOCH);
            assert_eq!(
                (reply.api_error_messages(), reply.describe_status().as_str()),
                (said.iter().map(|text| (*text).to_owned()).collect(), told)
            );
        }
    }

    #[test]
    fn a_list_that_no_forge_gives_is_not_read() {
        let list = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        let read = |body: &str| {
            ForgeReply::sample_reply(200, &[], body, Timestamp::UNIX_EPOCH)
                .body_as_json::<BoundedJsonArray<u8>>()
        };
        assert_eq!(read(&list(ITEMS_MAX)).unwrap().0.len(), ITEMS_MAX);
        assert!(read(&list(ITEMS_MAX + 1)).is_none() && read("{}").is_none());
    }

    #[test]
    fn a_next_page_is_linked_or_counted() {
        for (header, value, expected) in [
            ("link", r#"<https://x/y?page=2>; rel="next", <https://x/y?page=9>; rel="last""#, true),
            ("link", r#"<https://x/y?page=1>; rel="prev""#, false),
            ("x-total-count", "51", true),
            ("x-total-count", "50", false),
            ("x-other", "51", false),
        ] {
            let reply = ForgeReply::sample_reply(200, &[(header, value)], "", Timestamp::UNIX_EPOCH);
            assert_eq!(reply.has_more_items_than(50), expected, "{header}: {value}");
        }
    }
}
