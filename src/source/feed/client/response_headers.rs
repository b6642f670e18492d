//! The headers of an answer that count.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    AGE, CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, LAST_MODIFIED,
};

use crate::domain::{FeedValidators, Fingerprint, NextRequestHints, Retry};
use crate::network::retry_after_and_quote::retry_after;

/// A validator is sent again with each request; the usual ones have some dozen characters.
const VALIDATOR_BYTES_MAX: usize = 1024;

/// No encoding's name is longer.
const CHARSET_BYTES_MAX: usize = 40;

/// What Apache puts behind the tag of an answer that it packs, and does not recognise then:
/// <https://bz.apache.org/bugzilla/show_bug.cgi?id=45023>.
const PACKED_TAG_END: &str = "-gzip\"";

fn http_header_text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

/// When the server wishes to be asked again.
pub(super) fn read_freshness_headers(headers: &HeaderMap, now: Timestamp) -> NextRequestHints {
    let now = server_now(headers).unwrap_or(now);
    NextRequestHints {
        max_age: max_age(headers),
        expires_in: read_http_date_header(headers, EXPIRES)
            .and_then(|expires| Duration::try_from(expires.duration_since(now)).ok()),
        retry_after: retry_after(headers, now).filter(|wait| !wait.is_zero()),
    }
}

/// Asking again later, or after the wait that was named.
pub(super) fn retry_from_hints(freshness: NextRequestHints) -> Retry {
    freshness.retry_after.map_or(Retry::Later, Retry::After)
}

/// The server's clock, against which its dates are held: either may be wrong.
fn server_now(headers: &HeaderMap) -> Option<Timestamp> {
    read_http_date_header(headers, DATE)
}

fn read_http_date_header(headers: &HeaderMap, name: HeaderName) -> Option<Timestamp> {
    Timestamp::try_from(httpdate::parse_http_date(http_header_text(headers, name)?).ok()?).ok()
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let directives = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let max_age = directives.flat_map(|value| value.split(',')).find_map(|directive| {
        let (name, value) = directive.trim().split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("max-age") {
            return None;
        }
        value.trim().trim_matches('"').parse().ok()
    })?;
    let age = http_header_text(headers, AGE).and_then(|age| age.parse().ok()).unwrap_or(0);
    Some(Duration::from_secs(u64::saturating_sub(max_age, age)))
}

/// The validators of a whole answer, if it has any.
pub(super) fn received_validators(
    headers: &HeaderMap,
    origin: Fingerprint,
    received_at: Timestamp,
) -> Option<FeedValidators> {
    let (etag, last_modified) = (validator_header(headers, ETAG), validator_header(headers, LAST_MODIFIED));
    (etag.is_some() || last_modified.is_some()).then_some(FeedValidators {
        etag,
        last_modified,
        origin,
        received_at,
    })
}

/// Those that were sent, with what "not modified" says instead. Their age stays: the feed itself did not come.
pub(super) fn renewed_validators(headers: &HeaderMap, sent: &FeedValidators) -> FeedValidators {
    FeedValidators {
        etag: validator_header(headers, ETAG).or_else(|| sent.etag.clone()),
        last_modified: validator_header(headers, LAST_MODIFIED).or_else(|| sent.last_modified.clone()),
        ..sent.clone()
    }
}

fn validator_header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    http_header_text(headers, name).filter(|text| text.len() <= VALIDATOR_BYTES_MAX).map(str::to_owned)
}

/// The tag as it came; and one of Apache's for packed answers also as it was before.
pub(super) fn if_none_match_value(etag: &str) -> String {
    match etag.strip_suffix(PACKED_TAG_END) {
        Some(start) => format!("{etag}, {start}\""),
        None => etag.to_owned(),
    }
}

/// What `Content-Type` says of the encoding.
pub(super) fn content_type_charset(headers: &HeaderMap) -> Option<String> {
    let parameters = http_header_text(headers, CONTENT_TYPE)?.split(';').skip(1);
    let charset =
        parameters.filter_map(|parameter| parameter.split_once('=')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
        })?;
    (!charset.is_empty() && charset.len() <= CHARSET_BYTES_MAX).then(|| charset.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-22T08:00:00Z";

    fn header_map(lines: &[(&str, &str)]) -> HeaderMap {
        let lines = lines
            .iter()
            .map(|(name, value)| (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap()));
        lines.collect()
    }

    #[test]
    fn what_a_server_wishes_is_read_by_its_own_clock() {
        for (lines, max_age, expires_in, retry_after) in [
            (&[][..], None, None, None),
            (&[("cache-control", "public, max-age=600")], Some(600), None, None),
            (&[("cache-control", "Max-Age=\"600\""), ("age", "500")], Some(100), None, None),
            (&[("cache-control", "max-age=600"), ("age", "700")], Some(0), None, None),
            (&[("cache-control", "s-maxage=9, no-store")], None, None, None),
            (&[("cache-control", "max-age=soon")], None, None, None),
            (&[("expires", "Sun, 22 Nov 2026 09:00:00 GMT")], None, Some(3600), None),
            (
                &[("expires", "Sun, 22 Nov 2026 09:00:00 GMT"), ("date", "Sun, 22 Nov 2026 08:30:00 GMT")],
                None,
                Some(1800),
                None,
            ),
            (&[("expires", "Sun, 22 Nov 2026 07:00:00 GMT")], None, None, None),
            (&[("expires", "0")], None, None, None),
            (&[("retry-after", "120")], None, None, Some(120)),
            (&[("retry-after", "0")], None, None, None),
            (
                &[
                    ("retry-after", "Sun, 22 Nov 2026 09:00:00 GMT"),
                    ("date", "Sun, 22 Nov 2026 08:59:00 GMT"),
                ],
                None,
                None,
                Some(60),
            ),
        ] {
            let seconds = |seconds: Option<u64>| seconds.map(Duration::from_secs);
            let expected = NextRequestHints {
                max_age: seconds(max_age),
                expires_in: seconds(expires_in),
                retry_after: seconds(retry_after),
            };
            assert_eq!(
                read_freshness_headers(&header_map(lines), NOW.parse().unwrap()),
                expected,
                "{lines:?}"
            );
        }
    }

    #[test]
    fn an_encoding_is_read_from_the_content_type() {
        for (value, expected) in [
            ("text/xml; charset=ISO-8859-1", Some("ISO-8859-1")),
            ("text/xml;Charset=\"utf-8\"", Some("utf-8")),
            ("application/rss+xml; q=1; charset='gbk'", Some("gbk")),
            ("text/xml", None),
            ("text/xml; charset=", None),
            ("charset=utf-8", None),
        ] {
            assert_eq!(
                content_type_charset(&header_map(&[("content-type", value)])).as_deref(),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn a_tag_that_was_changed_by_packing_is_sent_in_both_forms() {
        assert_eq!(if_none_match_value("\"a-gzip\""), "\"a-gzip\", \"a\"");
        assert_eq!(if_none_match_value("W/\"a-gzip\""), "W/\"a-gzip\", W/\"a\"");
        assert_eq!(if_none_match_value("\"gzip\""), "\"gzip\"");
        assert_eq!(if_none_match_value("bare"), "bare");
    }

    #[test]
    fn validators_are_kept_as_they_came_unless_they_are_absurd() {
        let now: Timestamp = NOW.parse().unwrap();
        let origin = Fingerprint::of_text("x");
        let long = format!("\"{}\"", "a".repeat(VALIDATOR_BYTES_MAX));
        assert_eq!(received_validators(&header_map(&[("etag", &long)]), origin, now), None);
        let found = received_validators(
            &header_map(&[("etag", "W/\"a\""), ("last-modified", "yesterday")]),
            origin,
            now,
        );
        let found = found.unwrap();
        assert_eq!(
            (found.etag.as_deref(), found.last_modified.as_deref()),
            (Some("W/\"a\""), Some("yesterday"))
        );
        let renewed = renewed_validators(&header_map(&[("etag", "\"b\"")]), &found);
        assert_eq!(
            (renewed.etag.as_deref(), renewed.last_modified.as_deref()),
            (Some("\"b\""), Some("yesterday"))
        );
        assert_eq!(renewed.received_at, now);
    }
}
