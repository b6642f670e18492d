//! The pages, feeds and metrics through real sockets: what a browser, a feed reader and Prometheus get, and what
//! somebody gets who means no good.

mod feeds;
mod hostile_requests;
mod pages;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use flate2::read::GzDecoder;
use paperwire::clock::Clock;
use paperwire::config::Config;
use paperwire::daemon::start_http_server::serve_http_at;
use paperwire::domain::{Abstract, DatabaseUrl, Paper};
use paperwire::http_server::HttpServer;
use paperwire::store::TextIndex;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv};

/// A missing answer must fail the test and not hang it.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the server is called; where it listens the test says.
const HTTP: &str = "[http]\nlisten = \"127.0.0.1:8717\"\nhosts = [\"papers.example.org\"]\n";

/// What tries to break out of whatever it is in.
const HOSTILE: &str =
    "</title><script>alert(1)</script> \"><img src=x onerror=alert(2)> ${{7*7}} {{ 7*7 }} & ]]>";

/// A history that is served.
struct PagesServer {
    env: TestEnv,
    server: HttpServer,
    fake: FakeArxiv,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct PageResponse {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    /// The body as text, out of its chunks and its compression.
    pub(crate) body: String,
    /// The bytes of the body on the wire, chunks and compression included.
    sent: usize,
}

impl PagesServer {
    /// Serves forty papers, one of them hostile, under a topic with a difficult name.
    fn start() -> Self {
        let mut papers = sample_papers(40);
        papers[3] = Paper {
            title: HOSTILE.to_owned(),
            abstract_: Abstract(format!("Nets in $\\ell_2$. {HOSTILE}")),
            comment: Some(HOSTILE.to_owned()),
            ..papers[3].clone()
        };
        let fake = FakeArxiv::serve_papers(papers);
        let env =
            TestEnv::with_arxiv(&fake).with_topics(&[("Nets & C/C++", "ti:net"), ("Quiet", "ti:quiet")]);
        let env = env.with_config_lines(HTTP);
        env.run_once_without_failure(NOW);
        TextIndex::open(&DatabaseUrl::Sqlite(env.path("paperwire.db")))
            .unwrap()
            .index_all_changed_papers()
            .unwrap();
        let config = Config::load_or_default(Some(&env.path("paperwire.toml"))).unwrap();
        let clock = Clock::Fixed(NOW.parse().unwrap());
        let server = serve_http_at(&config, "127.0.0.1:0".parse().unwrap(), clock).unwrap();
        Self { env, server, fake }
    }

    fn get(&self, path: &str) -> PageResponse {
        self.send_request(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
    }

    fn get_with(&self, path: &str, header: &str) -> PageResponse {
        self.send_request(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n"
        ))
    }

    fn send_request(&self, request: &str) -> PageResponse {
        PageResponse::parse_response(&exchange_bytes(self.server.listen_address(), request.as_bytes()))
    }
}

/// What a server on this machine answers.
pub(crate) fn get_page(port: u16, path: &str) -> PageResponse {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    PageResponse::parse_response(&exchange_bytes(([127, 0, 0, 1], port).into(), request.as_bytes()))
}

/// All that comes back until the connection is closed.
fn exchange_bytes(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server that refuses early may close before all is sent.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

impl PageResponse {
    fn parse_response(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let (head, sent) = end.map_or((bytes, &[][..]), |end| (&bytes[..end], &bytes[end + 4..]));
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let status = lines.next().unwrap_or_default().split(' ').nth(1).unwrap_or("0").parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        let mut answer = Self { status, headers, body: String::new(), sent: sent.len() };
        let chunked = answer.header("transfer-encoding") == "chunked";
        let body = if chunked { decode_chunked(sent) } else { sent.to_vec() };
        answer.body = match answer.header("content-encoding") {
            "gzip" if !body.is_empty() => std::io::read_to_string(GzDecoder::new(body.as_slice())).unwrap(),
            _ => String::from_utf8_lossy(&body).into_owned(),
        };
        answer
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The body of <https://www.rfc-editor.org/rfc/rfc9112#section-7.1>.
fn decode_chunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 2 + size + 2..];
        if size == 0 {
            break;
        }
    }
    body
}
