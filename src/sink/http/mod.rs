//! One POST to a receiver. What is peculiar to a receiver is behind [`ReceiverApi`].

mod delivery_url_check;
mod read_receiver_response;
mod receiver_api;
mod response_verdict;
#[cfg(test)]
pub(crate) mod verdict_test_helpers;

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Url};

use super::MAYBE_THERE;
use crate::domain::{Attempt, RefusalScope, Secret};
use crate::network::http_client_builder::http_client_builder;
pub use crate::network::private_network_guard::AddressPolicy;
use crate::network::private_network_guard::{GuardedResolver, PrivateAddressError};
use crate::network::{CONNECT_LIMIT, connection_error_text};
use delivery_url_check::{AddressPolicyError, check_receiver_url};
pub use read_receiver_response::ReceiverResponse;
pub use receiver_api::ReceiverApi;
pub use response_verdict::{ResponseVerdict, UnexpectedBody, VerdictWithReceiverQuote};
pub(crate) use response_verdict::{classify_unexpected_body, verdict_of_status};

/// How long one attempt may take, from the name to the last byte of the answer.
/// Source: Standard Webhooks 1.0.0, "Request timeouts", 15 to 30 s.
const TOTAL_LIMIT: Duration = Duration::from_secs(30);

/// How many header lines an answer may have. hyper takes 100, and a row of proxies may add more. So many take it 64 kB
/// while it reads them.
const HEADER_LINES_MAX: usize = 1000;

/// A receiver that takes messages as JSON by POST. Redirects are never followed; `HTTPS_PROXY`, `HTTP_PROXY`
/// and `NO_PROXY` are honoured. Each attempt has a connection of its own: over one kept open, a message that
/// met its end could not be told from one that arrived.
pub struct HttpSink {
    receiver: Box<dyn ReceiverApi>,
    url: Url,
    policy: AddressPolicy,
    client: Client,
    time_limit: Duration,
}

impl HttpSink {
    /// Prepares the way to `url`; nothing is sent or resolved. An error says what is wrong with the URL or the
    /// `ca_file` without showing them.
    pub fn new(
        receiver: Box<dyn ReceiverApi>,
        url: &Secret,
        reach: AddressPolicy,
        ca_file: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let url = receiver.request_url(parse_receiver_url(url)?);
        let client = build_http_client(&url, reach, ca_file)?;
        Ok(Self { receiver, url, policy: reach, client, time_limit: TOTAL_LIMIT })
    }

    /// This sink with another time limit for one whole attempt.
    #[must_use]
    pub fn with_attempt_time_limit(self, total: Duration) -> Self {
        Self { time_limit: total, ..self }
    }

    /// Delivers `body` once and returns what came of it. `id` is the message's, the same on every attempt;
    /// `attempt_at` is the real present.
    pub async fn deliver(&self, body: &[u8], id: &str, attempt_at: Timestamp) -> Attempt {
        if let Err(unreachable) = check_receiver_url(self.policy, &self.url) {
            return self.forbidden_address_attempt(unreachable);
        }
        let body = self.receiver.request_body(body);
        let Ok(headers) = self.receiver.headers(&body, id, attempt_at) else {
            return self.refused_attempt(
                RefusalScope::Message,
                "the message's id holds a sign that no header may hold",
            );
        };
        match self.post_message(body.into_owned(), headers, attempt_at).await {
            Ok(answer) => {
                self.receiver.classify_response(&answer).into_attempt(self.receiver.display_name(), &answer)
            }
            Err(error) => self.classify_send_error(&error.without_url()),
        }
    }

    async fn post_message(
        &self,
        body: Vec<u8>,
        headers: HeaderMap,
        at: Timestamp,
    ) -> Result<ReceiverResponse, reqwest::Error> {
        let json = HeaderValue::from_static("application/json");
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, json).headers(headers);
        let request = request.timeout(self.time_limit);
        Ok(ReceiverResponse::read(request.body(body).send().await?, at).await)
    }

    fn classify_send_error(&self, error: &reqwest::Error) -> Attempt {
        let is_private = |cause: &(dyn std::error::Error + 'static)| cause.is::<PrivateAddressError>();
        if connection_error_text::error_and_its_causes(error).any(is_private) {
            return self.forbidden_address_attempt(AddressPolicyError::PrivateAddress);
        }
        let name = self.receiver.display_name();
        let words = if error.is_dns() {
            format!("{name}: its host could not be resolved; nothing was sent")
        } else if error.is_connect() && error.is_timeout() {
            format!(
                "{name}: no connection within {}; nothing was sent",
                format_seconds(CONNECT_LIMIT.min(self.time_limit))
            )
        } else if error.is_connect() {
            format!(
                "{name}: no connection to {}: {}; nothing was sent",
                shown_endpoint(&self.url),
                connection_error_text::describe_connection_error(error)
            )
        } else if error.is_timeout() {
            format!("{name}: no whole answer within {}; {MAYBE_THERE}", format_seconds(self.time_limit))
        } else {
            format!(
                "{name}: no whole answer: {}; {MAYBE_THERE}",
                connection_error_text::describe_connection_error(error)
            )
        };
        Attempt::Deferred { wait: None, words }
    }

    fn forbidden_address_attempt(&self, unreachable: AddressPolicyError) -> Attempt {
        self.refused_attempt(RefusalScope::Sink, unreachable.explanation())
    }

    fn refused_attempt(&self, what: RefusalScope, words: &str) -> Attempt {
        Attempt::Refused { what, words: format!("{}: {words}", self.receiver.display_name()) }
    }
}

impl fmt::Debug for HttpSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("receiver", &self.receiver.display_name()).finish_non_exhaustive()
    }
}

/// As much of an address as may be shown: a host's name may be a part of the secret, and where this machine or its network
/// is asked by a number is none.
fn shown_endpoint(url: &Url) -> String {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let is_number = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if is_number || host == "localhost" {
        format!("{host}:{port}")
    } else {
        format!("port {port} of its host")
    }
}

/// An address of the web. What is wrong with it is said without it, since it is a secret as a whole, and without the
/// parser's words, which mean nothing to an operator.
pub(super) fn parse_receiver_url(url: &Secret) -> anyhow::Result<Url> {
    let parsed = Url::parse(url.reveal())
        .map_err(|_| anyhow::anyhow!("the URL cannot be read; https://… is expected"))?;
    let web = matches!(parsed.scheme(), "https" | "http") && parsed.has_host();
    anyhow::ensure!(web, "the URL is none of the web; https://… is expected");
    Ok(parsed)
}

/// What is wrong with a header line is passed over: the status counts, and a message that was accepted must not be sent again
/// for the rest. No later answer can be misread for that, because each has a connection of its own.
fn build_http_client(url: &Url, reach: AddressPolicy, ca_file: Option<&Path>) -> anyhow::Result<Client> {
    http_client_builder(ca_file)?
        .pool_max_idle_per_host(0)
        .http1_max_headers(HEADER_LINES_MAX)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .dns_resolver(GuardedResolver::resolver_for_url(url, reach))
        .build()
        .map_err(reqwest::Error::without_url)
        .context("the way to send over HTTP could not be prepared")
}

fn format_seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct ReceiverForTests;

    impl ReceiverApi for ReceiverForTests {
        fn display_name(&self) -> &'static str {
            "a receiver"
        }

        fn classify_response(&self, response: &ReceiverResponse) -> VerdictWithReceiverQuote {
            VerdictWithReceiverQuote { verdict: verdict_of_status(response.status), quote: None }
        }
    }

    fn http_sink(url: &str) -> anyhow::Result<HttpSink> {
        HttpSink::new(Box::new(ReceiverForTests), &Secret::new(url), AddressPolicy::PublicOnly, None)
    }

    #[test]
    fn a_url_that_is_wrong_is_refused_without_being_shown() {
        for url in [
            "",
            "canary",
            "ftp://canary.example/x",
            "https://",
            "https://canary .example/",
            "mailto:canary@x",
        ] {
            let error = format!("{:#}", http_sink(url).unwrap_err());
            assert!(error.contains("https://… is expected") && !error.contains("canary"), "{url}: {error}");
        }
    }

    #[test]
    fn of_an_endpoint_that_refuses_the_port_is_shown_and_no_name() {
        for (url, shown) in [
            ("https://hooks.canary.example/T0", "port 443 of its host"),
            ("http://hooks.canary.example:8080/", "port 8080 of its host"),
            ("http://127.0.0.1:9/canary", "127.0.0.1:9"),
            ("https://[::1]/canary", "[::1]:443"),
            ("http://localhost/canary", "localhost:80"),
        ] {
            assert_eq!(shown_endpoint(&Url::parse(url).unwrap()), shown);
        }
    }

    #[test]
    fn debugging_a_sink_shows_no_secret() {
        let shown =
            format!("{:?}", http_sink("https://hooks.canary.example/services/T0/B0/canarytoken").unwrap());
        assert_eq!(shown, r#"Http { receiver: "a receiver", .. }"#);
    }
}
