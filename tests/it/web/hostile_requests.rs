//! What somebody gets who means no good.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{PATIENCE, PageResponse, PagesServer, exchange_bytes};

/// A slow client is let go after five seconds; this is that with room for a busy machine.
const SLOW_MAX: Duration = Duration::from_secs(20);

#[test]
fn only_get_and_head_are_allowed() {
    let wire = PagesServer::start();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let answer = wire
            .send_request(&format!("{method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method}");
    }
    let head = wire.send_request("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for header in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
        let answer = wire.get_with("/", header);
        assert!(matches!(answer.status, 400 | 413), "{header}: {answer:?}");
    }
}

#[test]
fn a_foreign_host_name_is_refused() {
    let wire = PagesServer::start();
    for (host, status) in [
        ("Host: localhost", 200),
        ("Host: 127.0.0.1:8717", 200),
        ("Host: papers.example.org", 200),
        ("Host: evil.example", 421),
        ("Host: localhost.evil.example", 421),
        ("Host: ", 421),
        ("X-Forwarded-Host: localhost", 421),
        ("Host: localhost\r\nHost: evil.example", 421),
    ] {
        let answer = wire.send_request(&format!("GET / HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n"));
        assert!(answer.status == status || (status == 421 && answer.status == 400), "{host}: {answer:?}");
    }
    for path in [
        "/healthz",
        "/readyz",
        "/status",
        "/status.json",
        "/metrics",
        "/style.css",
        "/topic/Quiet.atom",
        "/nothing",
    ] {
        let answer = wire
            .send_request(&format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"));
        assert_eq!(answer.status, 421, "{path}");
    }
    let answer = wire
        .send_request("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(answer.status, 421);
}

#[test]
fn what_is_too_long_is_refused_before_it_is_looked_at() {
    let wire = PagesServer::start();
    assert_eq!(wire.get(&format!("/search?q={}", "x".repeat(3_000))).status, 414);
    assert_eq!(wire.get(&format!("/search?q={}", "x".repeat(300))).status, 400);
    assert_eq!(wire.get(&format!("/search?q={}", "x+".repeat(50))).status, 400);
    let long = wire.get_with("/", &format!("X: {}", "y".repeat(40_000)));
    assert!(matches!(long.status, 431 | 400), "{long:?}");
    let many = "X: 1\r\n".repeat(200);
    assert_eq!(wire.send_request(&format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n")).status, 431);
}

#[test]
fn no_address_leads_out_of_the_pages() {
    let wire = PagesServer::start();
    for path in [
        "/../../etc/passwd",
        "/topic/..%2f..%2fetc%2fpasswd",
        "/paper/..%2f..%2fetc%2fpasswd",
        "/paper/../../paperwire.db",
        "/topic/%00",
        "/paper/%00%ff%fe",
        "/paper/%e2%82",
        "/topic/%25%32%65",
        "/search?q=%",
        "/search?q=%00&topic=%00&category=%00",
        "/search?q=%00bird%00",
        "/search?q=%ff",
        "/search?q=a&q=b",
        "/search?q=\"*\"%20NEAR(a%20b)%20title:x%20OR%20-%20(",
        "/search?behind=-1",
        "/search?behind=9223372036854775807",
        "/search?since=9999-12-31&until=9999-12-31",
        "/search?since=-9999-01-01",
        "//evil.example/",
        "/%0d%0aSet-Cookie:%20a=b",
        "/topic/Quiet.atom.atom",
        "/?a=%f0%9f%98%80",
    ] {
        let answer = wire.get(path);
        assert!(matches!(answer.status, 200 | 400 | 404), "{path}: {answer:?}");
        assert!(!answer.body.contains("root:") && !answer.body.contains("SQLite"), "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
    assert_eq!(wire.get("/healthz").status, 200);
}

#[test]
fn bytes_that_are_no_request_end_their_connection_alone() {
    let wire = PagesServer::start();
    for bytes in [
        &b"\x00\x01\x02\x03\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: local\xffhost\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(wire.server.listen_address()).unwrap();
        stream.write_all(bytes).unwrap();
        drop(stream);
    }
    assert_eq!(wire.get("/healthz").status, 200);
}

#[test]
fn a_slow_client_is_disconnected_and_delays_nobody() {
    let wire = PagesServer::start();
    let address = wire.server.listen_address();
    let begun = Instant::now();
    let slow: Vec<TcpStream> = (0..60)
        .map(|n| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let head: &[u8] =
                if n % 2 == 0 { b"GET / HT" } else { b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" };
            stream.write_all(head).unwrap();
            stream
        })
        .collect();
    // Others are served meanwhile.
    assert_eq!(wire.get("/").status, 200);
    assert!(begun.elapsed() < SLOW_MAX);
    // Half a head, and a connection with nothing more to say, both end by themselves.
    for mut stream in slow {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    assert!(begun.elapsed() < SLOW_MAX, "{:?}", begun.elapsed());
}

#[test]
fn connections_beyond_the_limit_wait_their_turn() {
    let wire = PagesServer::start();
    let address = wire.server.listen_address();
    let idle: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(address).unwrap()).collect();
    let begun = Instant::now();
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(PageResponse::parse_response(&exchange_bytes(address, request)).status, 200);
    assert!(begun.elapsed() < SLOW_MAX, "{:?}", begun.elapsed());
    drop(idle);
}
