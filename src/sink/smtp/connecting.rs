//! How a conversation with a mail server begins: TCP, TLS, the greeting and EHLO.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::Starttls;
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::lent::Lent;
use super::limited::{AnswerStart, Limited};
use super::server::{Security, Server};
use super::{Stage, Stop};
use crate::wire::{CONNECT_LIMIT, roots};

/// Whom a server must prove to be.
pub(super) struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    /// For a server of this name, by the system's authorities, the web's, and those of the file.
    pub(super) fn new(host: &str, ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let roots = roots::beside_the_systems(ca_file)?;
        let name = ServerName::try_from(host.to_owned())
            .context("the mail server's name is none that a certificate can be for")?;
        let config = (|| {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let verifier = Arc::new(Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?);
            let config =
                ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
            let config = config.dangerous().with_custom_certificate_verifier(verifier);
            Ok::<_, rustls::Error>(config.with_no_client_auth())
        })();
        let config = Arc::new(config.context("TLS for mail could not be prepared")?);
        Ok(Self { connector: TlsConnector::from(config), name })
    }

    /// Encrypts a connection. Of a message of the handshake rustls reads 64 KiB at the most.
    async fn over(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, Stop> {
        in_time(self.connector.connect(self.name.clone(), stream)).await
    }
}

/// Begins a conversation, in which it is known how the server's latest answer begins.
pub(super) async fn connect(
    server: &Server,
    tls: Option<&Tls>,
    answer: &AnswerStart,
    stage: &mut Stage,
) -> Result<AsyncSmtpConnection, Stop> {
    let addresses = server.resolve().await?;
    let (stream, peer) = in_time(open(&addresses)).await?;
    match (server.security, tls) {
        (Security::Loopback, _) => greet(Limited::new(stream, peer, answer)).await,
        (Security::Tls, Some(tls)) => greet(Limited::new(tls.over(stream).await?, peer, answer)).await,
        (Security::StartTls, Some(tls)) => {
            let lent = Lent::new(stream);
            let mut clear = greet(Limited::new(lent.clone(), peer, answer)).await?;
            *stage = Stage::Encryption;
            if !clear.can_starttls() {
                return Err(Stop::NoEncryption);
            }
            clear.command(Starttls).await?;
            // What somebody on the way has put behind the answer goes with lettre's buffer.
            drop(clear);
            let stream = tls.over(lent.take_back().map_err(Stop::Unconnected)?).await?;
            greet(Limited::greeted(stream, peer, answer)).await
        }
        (Security::Tls | Security::StartTls, None) => Err(Stop::NoEncryption),
    }
}

/// The first address that takes the connection; the last one's error if none does.
async fn open(addresses: &[SocketAddr]) -> io::Result<(TcpStream, SocketAddr)> {
    let stream = TcpStream::connect(addresses).await?;
    // Each command waits for its answer, so none must wait to be sent.
    stream.set_nodelay(true)?;
    let peer = stream.peer_addr()?;
    Ok((stream, peer))
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> Result<T, Stop> {
    match timeout(CONNECT_LIMIT, work).await {
        Ok(done) => done.map_err(Stop::Unconnected),
        Err(_) => Err(Stop::TooSlow(CONNECT_LIMIT)),
    }
}

async fn greet(stream: impl AsyncTokioStream + 'static) -> Result<AsyncSmtpConnection, Stop> {
    Ok(AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello()).await?)
}

/// An address literal, as RFC 5321 section 4.1.4 wants of a client that has no name of its own; the
/// loopback's, so that no mail tells the addresses of the network behind it.
fn hello() -> ClientId {
    ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
}
