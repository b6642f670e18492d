//! Git's own `http-backend` behind a small server on the loopback, with Basic auth and with faults.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The token that opens it, next to the user `bot`.
pub(crate) const TOKEN: &str = "tok-canary-0123456789";

/// How it answers.
#[derive(Debug, Clone)]
pub(crate) enum ServerBehavior {
    /// As a forge does.
    Well,
    /// With this status to every request.
    Status(u16),
    /// With this status to what would write.
    NoWriting(u16),
    /// With a redirect to this root.
    Moved(String),
    /// Never.
    Silent,
}

/// One request that came.
#[derive(Debug, Clone)]
pub(crate) struct SeenRequest {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    /// The command lines of the git processes that ran when it came.
    pub(crate) lines: Vec<String>,
}

/// The server; it ends with the test.
#[derive(Debug)]
pub(crate) struct GitHttpServer {
    pub(crate) root: String,
    asked: Arc<Mutex<Vec<SeenRequest>>>,
}

/// What git sends by a login.
pub(crate) fn basic_auth_header() -> String {
    STANDARD.encode(format!("bot:{TOKEN}"))
}

impl GitHttpServer {
    /// Serves the repositories of a folder.
    pub(crate) fn serve_folder(folder: &Path, manner: ServerBehavior) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (folder, seen) = (folder.to_owned(), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (folder, manner, seen) = (folder.clone(), manner.clone(), Arc::clone(&seen));
                thread::spawn(move || answer_request(stream, &folder, &manner, &seen));
            }
        });
        Self { root, asked }
    }

    pub(crate) fn requests(&self) -> Vec<SeenRequest> {
        self.asked.lock().unwrap().clone()
    }
}

/// A request's line, its headers in lower case, and its body.
struct ParsedRequest {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl ParsedRequest {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// None if the other end hangs up.
fn read_request(stream: &TcpStream) -> Option<ParsedRequest> {
    let mut from = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let mut request = ParsedRequest { method, target, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    if request.header("transfer-encoding") == Some("chunked") {
        loop {
            let mut size = String::new();
            from.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            from.read_exact(&mut chunk).ok()?;
            if size == 0 {
                break;
            }
            request.body.extend(&chunk[..size]);
        }
    } else {
        request.body = vec![0; length.unwrap_or(0)];
        from.read_exact(&mut request.body).ok()?;
    }
    Some(request)
}

fn answer_request(
    mut stream: TcpStream,
    folder: &Path,
    manner: &ServerBehavior,
    seen: &Mutex<Vec<SeenRequest>>,
) {
    let Some(request) = read_request(&stream) else { return };
    let authorization = request.header("authorization").map(str::to_owned);
    seen.lock().unwrap().push(SeenRequest {
        path: request.target.clone(),
        authorization,
        lines: git_command_lines(),
    });
    let is_writing = request.target.contains("receive-pack");
    let reply = match manner {
        ServerBehavior::Silent => {
            // Until the other end gives up.
            let _ = stream.read(&mut [0]);
            return;
        }
        ServerBehavior::Status(status) => empty_response(*status, ""),
        ServerBehavior::Moved(root) => {
            empty_response(301, &format!("Location: {root}{}\r\n", request.target))
        }
        ServerBehavior::Well | ServerBehavior::NoWriting(_)
            if request.header("authorization") != Some(&format!("Basic {}", basic_auth_header())) =>
        {
            empty_response(401, "WWW-Authenticate: Basic realm=\"git\"\r\n")
        }
        ServerBehavior::NoWriting(status) if is_writing => empty_response(*status, ""),
        ServerBehavior::Well | ServerBehavior::NoWriting(_) => run_http_backend(&request, folder),
    };
    let _ = stream.write_all(&reply);
}

fn empty_response(status: u16, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Said\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

/// Runs git's CGI program. Source: <https://git-scm.com/docs/git-http-backend>.
fn run_http_backend(request: &ParsedRequest, folder: &Path) -> Vec<u8> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let mut child = Command::new("git")
        .arg("http-backend")
        .envs([("GIT_HTTP_EXPORT_ALL", "1"), ("PATH_INFO", path), ("QUERY_STRING", query)])
        .envs([("REMOTE_USER", "bot"), ("REMOTE_ADDR", "127.0.0.1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
        .env("GIT_PROJECT_ROOT", folder)
        .env("REQUEST_METHOD", &request.method)
        .env("CONTENT_TYPE", request.header("content-type").unwrap_or_default())
        .env("HTTP_CONTENT_ENCODING", request.header("content-encoding").unwrap_or_default())
        .env("GIT_PROTOCOL", request.header("git-protocol").unwrap_or_default())
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut input, body) = (child.stdin.take().unwrap(), request.body.clone());
    let writing = thread::spawn(move || drop(input.write_all(&body)));
    let output = child.wait_with_output().unwrap().stdout;
    writing.join().unwrap();
    let end = output.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(output[..end].to_vec()).unwrap();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let body = &output[end + 4..];
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// The command lines of all processes of git that can be seen now.
pub(crate) fn git_command_lines() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains("git"))
        .collect()
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}
