//! What a URL cannot make us reach, and the proxy that the environment names.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};

use paperwire::domain::{Attempt, Secret};
use paperwire::sink::http::{AddressPolicy, HttpSink};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};

use super::web_server::{WebReply, WebServer};
use super::{AttemptOutcome, CANARY, HttpSinkKind, attempt_outcome, attempt_outcome_words, deliver_message};
use crate::support::certificate_authority::CertificateAuthority;

#[tokio::test]
async fn a_private_address_is_refused_however_it_is_written_and_never_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in [
        "https://127.0.0.1",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://0x7f.0.0.1",
        "https://127.1",
        "https://127.0.0.1.",
        "https://LOCALHOST",
        "https://user:canary7f3a@localhost",
        "https://localhost",
        "https://[::ffff:7f00:1]",
        "https://0.0.0.0",
        "https://[::]",
        "http://127.0.0.1",
        "http://localhost",
    ] {
        let url = Secret::new(&format!("{host}:{port}/{CANARY}"));
        let sink = HttpSink::new(
            HttpSinkKind::Webhook { secret: None }.receiver_api(&url),
            &url,
            AddressPolicy::PublicOnly,
            None,
        )
        .unwrap();
        let attempt = deliver_message(&sink).await;
        assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Sink, "{host}: {attempt:?}");
        let told = attempt_outcome_words(&attempt);
        assert!(told.contains("allow_private = true") && told.contains("Nothing was sent"), "{told}");
        assert!(!told.contains(CANARY) && !told.contains("127") && !told.contains("localhost"), "{told}");
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody knocked");
}

/// Where the child finds its authority; set only for it.
const CHILD: &str = "PAPERWIRE_TEST_PROXIED";

/// A name that only the proxy knows.
const BEHIND: &str = "hooks.canary7f3a.invalid";

#[tokio::test]
async fn the_environments_proxy_is_used_and_resolves_the_name() {
    if let Ok(ca_file) = std::env::var(CHILD) {
        return behind_a_proxy(&ca_file).await;
    }
    let authority = CertificateAuthority::new("behind the proxy");
    let web =
        WebServer::start(WebReply::Says(200, "", "ok".to_owned()), Some(authority.tls_acceptor(BEHIND)))
            .await;
    let (proxy, asked) = proxy_to(web.address).await;
    let ca_file = authority.ca_file();
    let child = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "sink::private_addresses::the_environments_proxy_is_used_and_resolves_the_name",
            ])
            .env(CHILD, ca_file)
            .env("HTTPS_PROXY", format!("http://localhost:{proxy}"))
            .envs(["ALL_PROXY", "NO_PROXY", "all_proxy", "no_proxy", "https_proxy"].map(|name| (name, "")))
            .output()
            .unwrap()
    });
    let output = child.await.unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && shown.contains("1 passed"), "{shown}");
    assert_eq!(*asked.lock().unwrap(), [format!("CONNECT {BEHIND}:443 HTTP/1.1")]);
    assert_eq!(web.requests()[0].header("host"), Some(BEHIND));
}

async fn behind_a_proxy(ca_file: &str) {
    let url = Secret::new(&format!("https://{BEHIND}/{CANARY}"));
    let sink = HttpSink::new(
        HttpSinkKind::Slack.receiver_api(&url),
        &url,
        AddressPolicy::PublicOnly,
        Some(ca_file.as_ref()),
    )
    .unwrap();
    assert_eq!(deliver_message(&sink).await, Attempt::Accepted);
}

/// A proxy that leads every tunnel to `to`, and remembers what it was asked for.
async fn proxy_to(to: std::net::SocketAddr) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let memory = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let memory = Arc::clone(&memory);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    stream.read_line(&mut head).await.ok().filter(|read| *read > 0)?;
                }
                memory.lock().unwrap().extend(head.lines().next().map(str::to_owned));
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
                let mut behind = tokio::net::TcpStream::connect(to).await.ok()?;
                tokio::io::copy_bidirectional(&mut stream, &mut behind).await.ok()
            });
        }
    });
    (port, asked)
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_handshake_is_a_passing_fault() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.ok()?;
        let mut some = [0; 1024];
        stream.read(&mut some).await.ok()
    }));
    let sink = super::http_sink(HttpSinkKind::Slack, &format!("https://{address}/{CANARY}"));
    let attempt = deliver_message(&sink).await;
    assert_eq!(attempt_outcome(&attempt), AttemptOutcome::Later(None));
    assert!(attempt_outcome_words(&attempt).ends_with("nothing was sent"), "{attempt:?}");
}
