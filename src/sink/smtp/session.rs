//! A session with a mail server: one connection that carries one message after the other. It knows which command comes
//! next and which reply lets it go on; what a no means for a message is for [`reply`](super::reply) to say.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter, ServerInfo};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::reply::{Reply, ReplyLine};
use super::wire::{TimeLimit, Wire};
use super::{Stage, Stop};
use crate::clock::Deadline;
use crate::wire::CONNECT_LIMIT;

/// No reply has more lines; the longest are those to EHLO, of some twenty.
const REPLY_LINES: usize = 256;

/// A login by LOGIN has two challenges.
const CHALLENGES: usize = 4;

/// A connection carries so many messages at the most, and lives so long: servers count both, and Postfix's own client
/// ends after 300 s (`smtp_connection_reuse_time_limit`). A server that wants fewer messages says so (RFC 9422) or
/// ends the connection.
const MESSAGES_MAX: u32 = 100;
const AGE_MAX: Duration = Duration::from_mins(5);

/// A message with its envelope.
#[derive(Debug, Clone)]
pub(super) struct Letter<'m> {
    pub(super) sender: Address,
    pub(super) recipient: Address,
    pub(super) message: &'m [u8],
}

/// What became of a letter that the server took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// With a whole reply.
    Plainly,
    /// With a reply that says yes and has no end.
    Oddly,
}

/// The session.
#[derive(Debug)]
pub(super) struct Session {
    wire: Wire,
    offers: ServerInfo,
    messages_max: u32,
    messages: u32,
    age: Deadline,
    /// Whether the last letter was not taken, so that the server still has parts of it.
    has_rest: bool,
    /// Whether nothing more can be said on it.
    is_over: bool,
}

impl Session {
    /// Connects to the first of the addresses that can be reached, in clear.
    pub(super) async fn connect(addresses: &[SocketAddr], limit: TimeLimit) -> Result<Self, Stop> {
        let mut last = Stop::Unknown;
        for address in addresses {
            let connecting = timeout(CONNECT_LIMIT, TcpStream::connect(address));
            match limit.within(connecting).await? {
                Ok(Ok(stream)) => {
                    // A message is sent in pieces, and none of them may wait for the answer to the one before.
                    stream.set_nodelay(true)?;
                    return Ok(Self::over(Wire::new(stream, limit)));
                }
                Ok(Err(error)) => last = error.into(),
                Err(_) => last = std::io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }

    fn over(wire: Wire) -> Self {
        Self {
            wire,
            offers: ServerInfo::default(),
            messages_max: MESSAGES_MAX,
            messages: 0,
            age: Deadline::after(AGE_MAX),
            has_rest: false,
            is_over: false,
        }
    }

    /// The same, encrypted from here on.
    pub(super) async fn encrypted(
        self,
        tls: &Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Self, Stop> {
        Ok(Self { wire: self.wire.encrypt(tls, name).await?, ..self })
    }

    /// Hears the server's greeting and says who we are.
    pub(super) async fn greet(&mut self) -> Result<(), Stop> {
        self.reply().await?.yes()?;
        self.hello().await
    }

    /// Says who we are and hears what the server offers.
    pub(super) async fn hello(&mut self) -> Result<(), Stop> {
        let offers = self.command(Ehlo::new(client())).await?.yes()?;
        self.messages_max = MESSAGES_MAX.min(offers.messages_max().unwrap_or(MESSAGES_MAX)).max(1);
        self.offers = offers.offers();
        Ok(())
    }

    /// Asks for encryption.
    pub(super) async fn start_tls(&mut self) -> Result<(), Stop> {
        if !self.offers.supports_feature(Extension::StartTls) {
            return Err(Stop::NoEncryption);
        }
        self.command(Starttls).await?.yes().map(drop)
    }

    /// Logs in.
    pub(super) async fn log_in(&mut self, login: &Credentials) -> Result<(), Stop> {
        let mechanism = self.offers.get_auth_mechanism(DEFAULT_MECHANISMS).ok_or(Stop::NoLogin)?;
        let first = Auth::new(mechanism, login.clone(), None).map_err(|_| Stop::NoSmtp)?;
        let mut reply = self.command(first).await?;
        for _ in 0..CHALLENGES {
            let Some(challenge) = reply.challenge() else { break };
            let next = Auth::new_from_response(mechanism, login.clone(), &challenge);
            reply = self.command(next.map_err(|_| Stop::NoSmtp)?).await?;
        }
        reply.yes().map(drop)
    }

    /// Whether another letter may be tried on it.
    pub(super) fn is_fit(&self) -> bool {
        let is_young = !self.age.left().is_zero();
        is_young && !self.is_over && self.messages < self.messages_max && !self.wire.has_unread()
    }

    /// Whether a stop of its next letter is perhaps not the letter's but its own: what the server says to a client that
    /// it has heard enough of, or what is left of a connection that was closed while nothing was said. The letter has
    /// not been sent then.
    pub(super) fn may_be_worn(stage: Stage, stop: &Stop) -> bool {
        match (stage, stop) {
            (Stage::Recipient, Stop::Said(reply)) => matches!(reply.code, 421 | 452),
            (Stage::Sender | Stage::Recipient, stop) => {
                !matches!(stop, Stop::TooSlow(_) | Stop::NoEightBit | Stop::NoInternationalAddress)
            }
            (Stage::Greeting | Stage::Encryption | Stage::Login | Stage::Message, _) => false,
        }
    }

    /// Carries one letter.
    pub(super) async fn carry(
        &mut self,
        letter: &Letter<'_>,
        limit: TimeLimit,
        stage: &mut Stage,
    ) -> Result<Taken, Stop> {
        self.wire.begin(limit);
        self.messages += 1;
        let carried = self.hand_over(letter, stage).await;
        self.is_over |= match &carried {
            Ok(Taken::Plainly) | Err(Stop::NoEightBit | Stop::NoInternationalAddress) => false,
            Err(Stop::Said(reply)) => reply.code == 421,
            Ok(Taken::Oddly) | Err(_) => true,
        };
        carried
    }

    async fn hand_over(&mut self, letter: &Letter<'_>, stage: &mut Stage) -> Result<Taken, Stop> {
        *stage = Stage::Sender;
        let parameters = self.parameters(letter)?;
        if self.has_rest {
            self.command(Rset).await?.yes()?;
        }
        self.has_rest = true;
        self.command(Mail::new(Some(letter.sender.clone()), parameters)).await?.yes()?;
        *stage = Stage::Recipient;
        self.command(Rcpt::new(letter.recipient.clone(), Vec::new())).await?.yes()?;
        self.command(Data).await?.go_on()?;
        *stage = Stage::Message;
        self.wire.send(&transparent(letter.message)).await?;
        let taken = self.receipt().await?;
        self.has_rest = false;
        Ok(taken)
    }

    /// The reply to the message: its code says all, and a yes stays one whatever comes of the rest of the reply.
    async fn receipt(&mut self) -> Result<Taken, Stop> {
        let mut code = None;
        match self.rest_of_reply(&mut code).await {
            Ok(reply) => reply.yes().map(|_| Taken::Plainly),
            Err(stop) => match code.or_else(|| ReplyLine::code_of(self.wire.unread())) {
                Some(200..=299) => Ok(Taken::Oddly),
                _ => Err(stop),
            },
        }
    }

    /// What the server must be told of the message, and must have offered before.
    /// Sources: RFC 6531 section 3.4, RFC 6152.
    fn parameters(&self, letter: &Letter<'_>) -> Result<Vec<MailParameter>, Stop> {
        let mut parameters = Vec::new();
        let addresses = [&letter.sender, &letter.recipient];
        if !addresses.iter().all(|address| AsRef::<str>::as_ref(*address).is_ascii()) {
            if !self.offers.supports_feature(Extension::SmtpUtfEight) {
                return Err(Stop::NoInternationalAddress);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !letter.message.is_ascii() {
            if !self.offers.supports_feature(Extension::EightBitMime) {
                return Err(Stop::NoEightBit);
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    /// Takes leave. Whether the server answers changes nothing.
    pub(super) async fn quit(mut self, limit: Duration) {
        if !self.is_over {
            self.wire.begin(TimeLimit::new(limit));
            let _ = self.command(Quit).await;
        }
    }

    async fn command(&mut self, command: impl Display) -> Result<Reply, Stop> {
        // A reply that nobody asked for would pass for the one to this command.
        if self.wire.has_unread() {
            return Err(Stop::NoSmtp);
        }
        self.wire.send(command.to_string().as_bytes()).await?;
        self.reply().await
    }

    async fn reply(&mut self) -> Result<Reply, Stop> {
        self.rest_of_reply(&mut None).await
    }

    /// The rest of a reply; the last code that was read of it is noted, whether it comes to its end or not.
    async fn rest_of_reply(&mut self, code: &mut Option<u16>) -> Result<Reply, Stop> {
        let mut lines = Vec::new();
        while lines.len() < REPLY_LINES {
            let line = self.wire.line().await?;
            let ReplyLine { code: said, is_last, text } = ReplyLine::parse(&line).ok_or(Stop::NoSmtp)?;
            *code = Some(said);
            lines.push(text);
            if is_last {
                return Ok(Reply { code: said, lines });
            }
        }
        Err(Stop::Endless)
    }
}

/// An address literal, as RFC 5321 section 4.1.4 wants of a client that has no name of its own; the
/// loopback's, so that no mail tells the addresses of the network behind it.
fn client() -> ClientId {
    ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
}

/// The message as it is sent: a dot at the beginning of a line is doubled, and one alone ends it.
/// Source: RFC 5321 section 4.5.2.
fn transparent(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + 8);
    let mut begins_line = true;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if begins_line && line.starts_with(b".") {
            bytes.push(b'.');
        }
        bytes.extend_from_slice(line);
        begins_line = line.ends_with(b"\r\n");
    }
    if !begins_line {
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b".\r\n");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_arrives_as_it_is_and_ends_no_message() {
        for (message, sent) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n..\r\na.b\r\n", "..\r\n...\r\na.b\r\n.\r\n"),
            ("a\n.\nb\r\n", "a\n.\nb\r\n.\r\n"),
            ("", ".\r\n"),
        ] {
            assert_eq!(String::from_utf8(transparent(message.as_bytes())).unwrap(), sent, "{message:?}");
        }
    }
}
