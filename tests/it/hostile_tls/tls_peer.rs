//! A server that agrees on TLS as nobody should, or does as it should and answers as nobody should.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, Stream};
use socket2::SockRef;

use crate::hostile_peers::{PeerBehavior, answer_request};
use crate::support::certificate_authority::CertificateAuthority;
use crate::support::loopback_server::LoopbackServer;

/// What a peer does instead of a handshake, or right after one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handshake {
    /// No TLS at all.
    EndlessLine,
    /// Each of what a handshake may have a few of.
    EndlessAlerts,
    EndlessEmptyRecords,
    EndlessCipherChanges,
    /// A certificate as large as its length can say.
    EndlessCertificate,
    /// The largest that may be taken, a byte in each record.
    CrumbledCertificate,
    /// A chain of a megabyte that is otherwise in order.
    LargeChain,
    /// A chain whose certificates all have one name, and lead to nobody.
    Maze,
    Garbage,
    Cut,
    Reset,
    Close,
    /// Tickets for sessions to come, in great number.
    Tickets,
    /// New keys without end.
    KeyUpdates,
}

pub(super) const HANDSHAKES: [Handshake; 14] = [
    Handshake::EndlessLine,
    Handshake::EndlessAlerts,
    Handshake::EndlessEmptyRecords,
    Handshake::EndlessCipherChanges,
    Handshake::EndlessCertificate,
    Handshake::CrumbledCertificate,
    Handshake::LargeChain,
    Handshake::Maze,
    Handshake::Garbage,
    Handshake::Cut,
    Handshake::Reset,
    Handshake::Close,
    Handshake::Tickets,
    Handshake::KeyUpdates,
];

/// What a peer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TlsBehavior {
    /// A fault in the handshake.
    Handshake(Handshake),
    /// A fault after a handshake as it should be, with a request.
    Answer(PeerBehavior),
    Stall(StallPoint),
}

/// Where a peer says nothing more, or one byte after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StallPoint {
    SilentHandshake,
    DrippedHandshake,
    SilentAnswer,
    DrippedAnswer,
}

pub(super) const STALLS: [StallPoint; 4] = [
    StallPoint::SilentHandshake,
    StallPoint::DrippedHandshake,
    StallPoint::SilentAnswer,
    StallPoint::DrippedAnswer,
];

/// How long it is from one drop to the next.
const DRIP_TIME: Duration = Duration::from_millis(20);

/// What comes before the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StartTlsPrelude {
    Nothing,
    /// A mail server's conversation up to STARTTLS.
    StartTls,
}

/// The sides of TLS that need certificates.
struct ServerConfigs {
    plain: Arc<ServerConfig>,
    large: Arc<ServerConfig>,
    maze: Arc<ServerConfig>,
    tickets: Arc<ServerConfig>,
}

/// A server of such a conduct, which can be changed.
pub(super) struct TlsPeer {
    authority: Arc<CertificateAuthority>,
    configs: Arc<ServerConfigs>,
    server: LoopbackServer,
    conduct: Arc<Mutex<TlsBehavior>>,
    reached: Arc<Mutex<usize>>,
}

impl TlsPeer {
    pub(super) fn start() -> Self {
        let authority = Arc::new(CertificateAuthority::new("ours"));
        let mut tickets = authority.server_config("localhost", &[]);
        tickets.send_tls13_tickets = 5000;
        let maze: Vec<_> = (0..100).map(|_| CertificateAuthority::new("maze").certificate()).collect();
        let configs = ServerConfigs {
            plain: Arc::new(authority.server_config("localhost", &[])),
            large: Arc::new(authority.server_config("localhost", &vec![authority.certificate(); 4000])),
            maze: Arc::new(CertificateAuthority::new("maze").server_config("localhost", &maze)),
            tickets: Arc::new(tickets),
        };
        Self::start_with(authority, Arc::new(configs), StartTlsPrelude::Nothing)
    }

    /// Another one of the same authority.
    pub(super) fn start_with_same_authority(&self) -> Self {
        Self::start_with(Arc::clone(&self.authority), Arc::clone(&self.configs), StartTlsPrelude::Nothing)
    }

    /// A neighbour with which a mail server's words are exchanged before the handshake.
    pub(super) fn neighbour_with_starttls(&self) -> Self {
        Self::start_with(Arc::clone(&self.authority), Arc::clone(&self.configs), StartTlsPrelude::StartTls)
    }

    fn start_with(
        authority: Arc<CertificateAuthority>,
        configs: Arc<ServerConfigs>,
        prelude: StartTlsPrelude,
    ) -> Self {
        let conduct = Arc::new(Mutex::new(TlsBehavior::Handshake(Handshake::Close)));
        let reached = Arc::new(Mutex::new(0));
        let (inside, conducted, counted) = (Arc::clone(&configs), Arc::clone(&conduct), Arc::clone(&reached));
        let server = LoopbackServer::start(move |socket| {
            let conduct = *conducted.lock().unwrap();
            let count = || *counted.lock().unwrap() += 1;
            // Whoever hangs up has had enough.
            let _ = speak_prelude(prelude, socket).and_then(|()| inside.serve_tls(socket, conduct, count));
        });
        Self { authority, configs, server, conduct, reached }
    }

    pub(super) fn set_behavior(&self, conduct: TlsBehavior) {
        *self.conduct.lock().unwrap() = conduct;
    }

    pub(super) fn port(&self) -> u16 {
        self.server.address.port()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port())
    }

    pub(super) fn ca_file(&self) -> PathBuf {
        self.authority.ca_file()
    }

    /// How often it came to where its conduct begins since the last time.
    pub(super) fn take_reached_count(&self) -> usize {
        std::mem::take(&mut self.reached.lock().unwrap())
    }
}

/// Speaks until both sides want TLS.
fn speak_prelude(prelude: StartTlsPrelude, socket: &TcpStream) -> std::io::Result<()> {
    if prelude == StartTlsPrelude::Nothing {
        return Ok(());
    }
    let mut to = socket;
    for said in ["220 localhost\r\n", "250-localhost\r\n250 STARTTLS\r\n", "220 go\r\n"] {
        to.write_all(said.as_bytes())?;
        if !said.ends_with("go\r\n") {
            BufReader::new(socket).read_line(&mut String::new())?;
        }
    }
    Ok(())
}

impl ServerConfigs {
    fn serve_tls(&self, socket: &TcpStream, conduct: TlsBehavior, count: impl Fn()) -> std::io::Result<()> {
        let agree = |config: &Arc<ServerConfig>| {
            let mut tls = ServerConnection::new(Arc::clone(config)).unwrap();
            while tls.is_handshaking() {
                tls.complete_io(&mut &*socket)?;
            }
            count();
            std::io::Result::Ok(tls)
        };
        match conduct {
            TlsBehavior::Answer(manner) => {
                let mut tls = agree(&self.plain)?;
                answer_request(&mut Stream::new(&mut tls, &mut &*socket), socket, manner)
            }
            TlsBehavior::Stall(stall @ (StallPoint::SilentHandshake | StallPoint::DrippedHandshake)) => {
                read_hello(socket)?;
                count();
                let start = [HANDSHAKE, 3, 3, 0x40, 0, CERTIFICATE, 0, 0x40, 0];
                drip_bytes(&mut &*socket, if stall == StallPoint::DrippedHandshake { &start } else { &[] })
            }
            TlsBehavior::Stall(stall @ (StallPoint::SilentAnswer | StallPoint::DrippedAnswer)) => {
                let mut tls = agree(&self.plain)?;
                let start: &[u8] =
                    if stall == StallPoint::DrippedAnswer { b"HTTP/1.1 200 OK\r\nX: " } else { &[] };
                drip_bytes(&mut Stream::new(&mut tls, &mut &*socket), start)
            }
            TlsBehavior::Handshake(Handshake::Tickets) => {
                let mut tls = agree(&self.tickets)?;
                while tls.wants_write() {
                    tls.write_tls(&mut &*socket)?;
                }
                Ok(())
            }
            TlsBehavior::Handshake(Handshake::KeyUpdates) => {
                let mut tls = agree(&self.plain)?;
                loop {
                    tls.refresh_traffic_keys().unwrap();
                    tls.write_tls(&mut &*socket)?;
                }
            }
            TlsBehavior::Handshake(Handshake::LargeChain) => {
                count();
                agree(&self.large).map(drop)
            }
            TlsBehavior::Handshake(Handshake::Maze) => {
                count();
                agree(&self.maze).map(drop)
            }
            TlsBehavior::Handshake(handshake) => {
                read_hello(socket)?;
                count();
                break_handshake(socket, handshake)
            }
        }
    }
}

/// Says this much and then one byte after another; if it has nothing to say, nothing. Until the other side hangs up.
fn drip_bytes(stream: &mut (impl Read + Write), start: &[u8]) -> std::io::Result<()> {
    if start.is_empty() {
        return std::io::copy(stream, &mut std::io::sink()).map(drop);
    }
    stream.write_all(start)?;
    loop {
        // Not to wait for anything: this is what it does.
        std::thread::sleep(DRIP_TIME);
        stream.write_all(b"x")?;
        stream.flush()?;
    }
}

/// Reads the other side's first record, and nothing of it.
fn read_hello(mut socket: &TcpStream) -> std::io::Result<()> {
    let mut header = [0; 5];
    socket.read_exact(&mut header)?;
    socket.read_exact(&mut vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))])
}

/// Kinds of records and of parts of a handshake. Source: RFC 5246, sections 6.2.1 and 7.4.
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;

fn tls_record(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[kind, 3, 3], &length[..], bytes].concat()
}

/// A part of a handshake that says it has so many bytes, up to those that are there.
fn handshake_message(kind: u8, length: u32, bytes: &[u8]) -> Vec<u8> {
    [&[kind], &length.to_be_bytes()[1..], bytes].concat()
}

/// A ServerHello of TLS 1.2, after which a certificate follows in clear.
fn server_hello() -> Vec<u8> {
    let random = [7; 32];
    // No session, ECDHE-RSA with AES-128-GCM, no compression, and the extensions that clients insist on:
    // extended_master_secret and renegotiation_info.
    let rest = [0, 0xc0, 0x2f, 0, 0, 9, 0, 0x17, 0, 0, 0xff, 1, 0, 1, 0];
    let body = [&[3, 3], &random[..], &rest].concat();
    tls_record(HANDSHAKE, &handshake_message(SERVER_HELLO, u32::try_from(body.len()).unwrap(), &body))
}

fn break_handshake(mut socket: &TcpStream, handshake: Handshake) -> std::io::Result<()> {
    let (start, more) = match handshake {
        Handshake::EndlessLine => (Vec::new(), b"x".to_vec()),
        Handshake::EndlessAlerts => (Vec::new(), tls_record(ALERT, &[1, 90])),
        Handshake::EndlessEmptyRecords => (server_hello(), tls_record(HANDSHAKE, &[])),
        Handshake::EndlessCipherChanges => (server_hello(), tls_record(CHANGE_CIPHER_SPEC, &[1])),
        Handshake::EndlessCertificate => (
            [server_hello(), tls_record(HANDSHAKE, &handshake_message(CERTIFICATE, 0x00ff_ffff, &[0xff; 8]))]
                .concat(),
            tls_record(HANDSHAKE, &[0xff; 1 << 14]),
        ),
        Handshake::CrumbledCertificate => (
            [server_hello(), tls_record(HANDSHAKE, &handshake_message(CERTIFICATE, 0xffff, &[0xff; 8]))]
                .concat(),
            tls_record(HANDSHAKE, &[0xff]),
        ),
        Handshake::Garbage => {
            let garbage = tls_record(HANDSHAKE, &handshake_message(SERVER_HELLO, 200, &[0xff; 200]));
            return socket.write_all(&garbage);
        }
        Handshake::Cut => return socket.write_all(&server_hello()[..20]),
        Handshake::Reset => return SockRef::from(socket).set_linger(Some(Duration::ZERO)),
        Handshake::Close => return Ok(()),
        Handshake::LargeChain | Handshake::Maze | Handshake::Tickets | Handshake::KeyUpdates => {
            unreachable!("these need TLS that works")
        }
    };
    socket.write_all(&start)?;
    let many = more.repeat(65_536 / more.len());
    loop {
        socket.write_all(&many)?;
    }
}
