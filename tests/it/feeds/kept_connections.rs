//! Feeds of one host are asked over one connection, as long as it holds.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use paperwire::source::feed::{AddressPolicy, FeedRequest};

use super::{AMPLE, FEED, address, client, now};
use crate::support::loopback_server::LoopbackServer;

/// More than it takes on any machine until a request comes before its connection is given up as idle.
const TRIES_MAX: usize = 50;

/// Answers a first request on a connection, and each later one if it `keeps` the connection. Counts the later ones.
fn converse(connection: &TcpStream, keeps: bool, later: &AtomicUsize) -> Option<()> {
    let mut lines = BufReader::new(connection).lines();
    for request in 0.. {
        // The head, to its blank line.
        while !lines.next()?.ok()?.is_empty() {}
        if request > 0 {
            later.fetch_add(1, Ordering::SeqCst);
            if !keeps {
                return None;
            }
        }
        let mut connection = connection;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", FEED.len());
        connection.write_all(format!("{head}{FEED}").as_bytes()).ok()?;
    }
    None
}

/// Asks a server until it had a request on a connection that it knew; every one is answered.
async fn ask_until_connection_is_used_again(keeps: bool) {
    let later = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&later);
    let server = LoopbackServer::start(move |connection| {
        converse(connection, keeps, &seen);
    });
    let client = client();
    for feed in 0..TRIES_MAX {
        let asked = address(&format!("http://{}/{feed}", server.address));
        let request = FeedRequest {
            address: &asked,
            validators: None,
            policy: AddressPolicy::AnyAddress,
            time_max: AMPLE,
        };
        client.fetch(&request, now()).await.unwrap();
        if later.load(Ordering::SeqCst) > 0 {
            return;
        }
    }
    panic!("each of {TRIES_MAX} requests had a connection of its own");
}

#[tokio::test]
async fn feeds_of_one_host_share_a_connection() {
    ask_until_connection_is_used_again(true).await;
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closes_without_a_word_is_no_fault_of_the_feed() {
    ask_until_connection_is_used_again(false).await;
}
