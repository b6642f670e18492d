//! The arXiv API: how it is asked, and how its answers are read.
//!
//! One call of [`Arxiv::fetch_result_page`] is one request over the wire. The wait before it and another try after it
//! are the caller's, for they hold over all topics and over restarts.

mod arxiv_client_builder;
pub mod atom;
mod body_detection;
mod clean_text;
mod damaged_page;
mod endpoint_settings;
mod entry_builder;
mod http_body;
mod http_status;
mod result_page_builder;
mod xml_namespaces_and_attributes;

use std::fmt;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Url};

use crate::domain::{
    ARXIV_POLICY, ARXIV_SOURCE, FetchError, FetchErrorKind, Query, ResultPage, SourcePollingPolicy,
};
use crate::source::{PageFuture, PageRequest, Source};
use arxiv_client_builder::host_name_of_url;
pub use endpoint_settings::ArxivEndpoint;

/// The whole of one request, from the name look-up to the last byte. A page of 200 takes arXiv a few seconds.
const TOTAL_MAX: Duration = Duration::from_mins(1);

/// The longest address that is asked for by GET. The query of a list of authors has more, and servers refuse what is too long
/// for them with 414: all take 2,000 bytes, some no more than 4,096. Longer ones go by POST, which arXiv takes as well:
/// <https://info.arxiv.org/help/api/user-manual.html>, 3.1.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// What a form is sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// What arXiv answers with: <https://info.arxiv.org/help/api/user-manual.html>, 3.3. At its throttle, a request
/// that names nothing fares worse.
const ACCEPT: &str = "application/atom+xml";

/// A client of the arXiv API, or of a mirror of it.
pub struct Arxiv {
    url: Url,
    client: Client,
}

/// One page of one query's results, newest version first.
#[derive(Debug, Clone, Copy)]
pub struct ArxivRequest<'a> {
    /// arXiv's expression, not yet URL-encoded: `ti:"image classification"`.
    pub query: &'a str,
    /// The first result wanted, from 0.
    pub start: u64,
    /// How many results are wanted.
    pub max_results: u32,
}

impl Arxiv {
    /// Prepares the connection and opens none. An error says which setting is wrong.
    pub fn new(settings: &ArxivEndpoint) -> anyhow::Result<Self> {
        Ok(Self { url: settings.url.clone(), client: arxiv_client_builder::build_client(settings)? })
    }

    /// One request over the wire, no retry, no waiting before it. `time_max` bounds it whole, and never
    /// lies above this module's own limit of one minute.
    pub async fn fetch_result_page(
        &self,
        request: &ArxivRequest<'_>,
        time_max: Duration,
    ) -> Result<ResultPage, FetchError> {
        let time_max = time_max.min(TOTAL_MAX);
        let answer = match tokio::time::timeout(time_max, self.send_request(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(http_body::timeout_error(time_max)),
        };
        // The host and no more of the address, for a mirror's may hold a password.
        answer.map_err(|fault| FetchError {
            message: format!("{}: {}", host_name_of_url(&self.url), fault.message),
            ..fault
        })
    }

    async fn send_request(&self, request: &ArxivRequest<'_>) -> Result<ResultPage, FetchError> {
        let asked = self.request_builder(request).header(reqwest::header::ACCEPT, ACCEPT);
        let mut response =
            asked.send().await.map_err(|error| http_body::unanswered_request_error(&error, &self.url))?;
        if response.status().is_redirection() {
            return Err(http_status::redirect_error(&self.url, &response));
        }
        if !response.status().is_success() {
            return Err(http_status::status_error(response).await);
        }
        atom::parse_result_page(&http_body::read_body(&mut response, http_body::BODY_BYTES_MAX).await?)
    }

    /// A GET, or a POST of the same parameters if the address would be too long.
    fn request_builder(&self, request: &ArxivRequest<'_>) -> RequestBuilder {
        let url = self.request_url(request);
        match url.query() {
            Some(form) if url.as_str().len() > ADDRESS_BYTES_MAX => {
                let posted = self.client.post(self.url.clone()).header(reqwest::header::CONTENT_TYPE, FORM);
                posted.body(form.to_owned())
            }
            Some(_) | None => self.client.get(url),
        }
    }

    /// arXiv wants a space as `+`, quotes as %22, parentheses as %28 and %29:
    /// <https://info.arxiv.org/help/api/user-manual.html>, 5.1.
    fn request_url(&self, request: &ArxivRequest<'_>) -> Url {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("search_query", request.query)
            .append_pair("start", &request.start.to_string())
            .append_pair("max_results", &request.max_results.to_string())
            .append_pair("sortBy", "lastUpdatedDate")
            .append_pair("sortOrder", "descending");
        url
    }
}

impl Source for Arxiv {
    fn name(&self) -> &'static str {
        ARXIV_SOURCE
    }

    fn host(&self) -> &str {
        host_name_of_url(&self.url)
    }

    fn policy(&self) -> SourcePollingPolicy {
        ARXIV_POLICY
    }

    fn fetch<'a>(&'a self, request: PageRequest<'a>, time_max: Duration) -> PageFuture<'a> {
        Box::pin(async move {
            let PageRequest { topic, start, max_results } = request;
            let Some(query) = topic.query.as_ref().map(Query::to_arxiv_query) else {
                let words = format!("the topic \"{}\" has no query to ask with", topic.name);
                return Err(FetchError::permanent(FetchErrorKind::Refused, words));
            };
            self.fetch_result_page(&ArxivRequest { query: &query, start, max_results }, time_max).await
        })
    }
}

impl fmt::Debug for Arxiv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arxiv").field("host", &host_name_of_url(&self.url)).finish_non_exhaustive()
    }
}
