//! The arXiv API: how it is asked, and how its answers are read.
//!
//! One call of [`Arxiv::ask`] is one request over the wire. The wait before it and another try after it
//! are the caller's, for they hold over all topics and over restarts.

pub mod atom;
mod client;
mod draft;
mod element;
mod opening;
mod page;
mod status;
mod text;
mod wire;

use std::fmt;
use std::time::Duration;

use reqwest::{Client, Url};

use crate::domain::{Answer, Fault};

/// The whole of one request, from the name look-up to the last byte. A page of 200 takes arXiv a few seconds.
const TOTAL_MAX: Duration = Duration::from_mins(1);

/// What arXiv answers with: <https://info.arxiv.org/help/api/user-manual.html>, 3.3. At its throttle, a request
/// that names nothing fares worse.
const ACCEPT: &str = "application/atom+xml";

/// The door to the arXiv API, or to a mirror of it.
pub struct Arxiv {
    url: Url,
    client: Client,
}

/// What an operator may set of it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the API is, without a query: `https://export.arxiv.org/api/query`.
    pub url: Url,
    /// Whom arXiv can write to, in the User-Agent: a mail address or a web page.
    pub contact: String,
}

/// One page of one query's results, newest version first.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// arXiv's expression, not yet URL-encoded: `ti:"image classification"`.
    pub query: &'a str,
    /// The first result wanted, from 0.
    pub start: u64,
    /// How many results are wanted.
    pub max_results: u32,
}

impl Arxiv {
    /// Prepares the connection and opens none. An error says which setting is wrong.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self { url: settings.url.clone(), client: client::build(settings)? })
    }

    /// One request over the wire, no retry, no waiting before it. `time_max` bounds it whole, and never
    /// lies above the room's own limit of one minute.
    pub async fn ask(&self, request: &Request<'_>, time_max: Duration) -> Result<Answer, Fault> {
        let time_max = time_max.min(TOTAL_MAX);
        let answer = match tokio::time::timeout(time_max, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(wire::too_slow(time_max)),
        };
        // The host and no more of the address, for a mirror's may hold a password.
        answer.map_err(|fault| Fault { words: format!("{}: {}", host(&self.url), fault.words), ..fault })
    }

    async fn exchange(&self, request: &Request<'_>) -> Result<Answer, Fault> {
        let asked = self.client.get(self.address(request)).header(reqwest::header::ACCEPT, ACCEPT);
        let mut response = asked.send().await.map_err(|error| wire::unsent(&error))?;
        if response.status().is_redirection() {
            return Err(status::redirected(&self.url, &response));
        }
        if !response.status().is_success() {
            return Err(status::refused(response).await);
        }
        atom::parse(&wire::body(&mut response, wire::BODY_BYTES_MAX).await?)
    }

    /// arXiv wants a space as `+`, quotes as %22, parentheses as %28 and %29:
    /// <https://info.arxiv.org/help/api/user-manual.html>, 5.1.
    fn address(&self, request: &Request<'_>) -> Url {
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

impl fmt::Debug for Arxiv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arxiv").field("host", &host(&self.url)).finish_non_exhaustive()
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}
