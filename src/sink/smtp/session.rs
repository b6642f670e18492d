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

use super::error::SmtpError;
use super::limited_stream::{AttemptTimeLimit, LimitedSmtpStream};
use super::reply::{SmtpReply, SmtpReplyLine};
use super::stage::SmtpStage;
use crate::clock::Deadline;
use crate::network::CONNECT_LIMIT;

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
pub(super) struct SmtpMessage<'m> {
    pub(super) sender: Address,
    pub(super) recipient: Address,
    pub(super) message: &'m [u8],
}

/// What became of a letter that the server took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmtpAcceptanceReply {
    /// With a whole reply.
    WholeReply,
    /// With a reply that says yes and has no end.
    TruncatedReply,
}

/// The session.
#[derive(Debug)]
pub(super) struct SmtpSession {
    connection: LimitedSmtpStream,
    /// Who we say we are.
    client: ClientId,
    capabilities: ServerInfo,
    /// The ways to log in that the server offers.
    auth_mechanisms: Vec<String>,
    messages_max: u32,
    messages: u32,
    age: Deadline,
    /// Whether the last letter was not taken, so that the server still has parts of it.
    needs_reset: bool,
    /// Whether nothing more can be said on it.
    is_closed: bool,
}

impl SmtpSession {
    /// Connects to the first of the addresses that can be reached, in clear.
    pub(super) async fn connect(
        addresses: &[SocketAddr],
        limit: AttemptTimeLimit,
        client: &ClientId,
    ) -> Result<Self, SmtpError> {
        let mut last = SmtpError::UnresolvedHost;
        for address in addresses {
            let connecting = timeout(CONNECT_LIMIT, TcpStream::connect(address));
            match limit.within_time_limit(connecting).await? {
                Ok(Ok(stream)) => {
                    // A message is sent in pieces, and none of them may wait for the answer to the one before.
                    stream.set_nodelay(true)?;
                    return Ok(Self::from_connection(LimitedSmtpStream::new(stream, limit), client.clone()));
                }
                Ok(Err(error)) => last = error.into(),
                Err(_) => last = std::io::ErrorKind::TimedOut.into(),
            }
        }
        Err(last)
    }

    fn from_connection(connection: LimitedSmtpStream, client: ClientId) -> Self {
        Self {
            connection,
            client,
            capabilities: ServerInfo::default(),
            auth_mechanisms: Vec::new(),
            messages_max: MESSAGES_MAX,
            messages: 0,
            age: Deadline::starting_now(AGE_MAX),
            needs_reset: false,
            is_closed: false,
        }
    }

    /// The session, encrypted from here on.
    pub(super) async fn upgrade_to_tls(
        self,
        tls: &Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Self, SmtpError> {
        Ok(Self { connection: self.connection.encrypt_connection(tls, name).await?, ..self })
    }

    /// Hears the server's greeting and says who we are.
    pub(super) async fn read_greeting_and_send_ehlo(&mut self) -> Result<(), SmtpError> {
        self.read_greeting().await?;
        self.send_ehlo().await
    }

    /// Waits until the server says something, or goes.
    pub(super) async fn wait_for_first_byte(&mut self) {
        self.connection.wait_for_bytes().await;
    }

    /// Hears the server's greeting.
    pub(super) async fn read_greeting(&mut self) -> Result<(), SmtpError> {
        match self.read_reply().await {
            Err(SmtpError::Timeout(limit)) if self.connection.received_but_unparsed_bytes().is_empty() => {
                Err(SmtpError::NoGreeting(limit))
            }
            greeting => require_positive_smtp_reply(greeting?).map(drop),
        }
    }

    /// Says who we are and hears what the server offers.
    pub(super) async fn send_ehlo(&mut self) -> Result<(), SmtpError> {
        let offers = require_positive_smtp_reply(self.send_command(Ehlo::new(self.client.clone())).await?)?;
        self.messages_max = MESSAGES_MAX.min(offers.mailmax_from_ehlo_reply().unwrap_or(MESSAGES_MAX)).max(1);
        self.auth_mechanisms = offers.auth_mechanisms();
        self.capabilities = offers.ehlo_capabilities();
        Ok(())
    }

    /// Encrypts the session by STARTTLS.
    pub(super) async fn start_tls(&mut self) -> Result<(), SmtpError> {
        if !self.capabilities.supports_feature(Extension::StartTls) {
            return Err(SmtpError::NoEncryption);
        }
        require_positive_smtp_reply(self.send_command(Starttls).await?).map(drop)
    }

    /// Logs in with a name and a password.
    pub(super) async fn log_in(&mut self, login: &Credentials) -> Result<(), SmtpError> {
        let mechanism = self
            .capabilities
            .get_auth_mechanism(DEFAULT_MECHANISMS)
            .ok_or_else(|| SmtpError::NoAuthMechanism(self.auth_mechanisms.clone()))?;
        let first = Auth::new(mechanism, login.clone(), None).map_err(|_| SmtpError::ProtocolViolation)?;
        let mut reply = self.send_command(first).await?;
        for _ in 0..CHALLENGES {
            let Some(challenge) = reply.smtp_auth_challenge() else { break };
            let next = Auth::new_from_response(mechanism, login.clone(), &challenge);
            reply = self.send_command(next.map_err(|_| SmtpError::ProtocolViolation)?).await?;
        }
        require_positive_smtp_reply(reply).map(drop)
    }

    /// Whether another letter may be tried on it.
    pub(super) fn is_reusable(&self) -> bool {
        let is_young = !self.age.remaining_time().is_zero();
        is_young
            && !self.is_closed
            && self.messages < self.messages_max
            && !self.connection.has_unread_server_bytes()
    }

    /// Whether a stop of its next letter is perhaps not the letter's but its own: what the server says to a client that
    /// it has heard enough of, or what is left of a connection that was closed while nothing was said. The letter has
    /// not been sent then.
    pub(super) fn is_stale_session_error(stage: SmtpStage, stop: &SmtpError) -> bool {
        match (stage, stop) {
            (SmtpStage::Recipient, SmtpError::NegativeReply(reply)) => matches!(reply.code, 421 | 452),
            (SmtpStage::Sender | SmtpStage::Recipient, stop) => !matches!(
                stop,
                SmtpError::Timeout(_) | SmtpError::NoEightBit | SmtpError::NoInternationalAddress
            ),
            (SmtpStage::Greeting | SmtpStage::Encryption | SmtpStage::Login | SmtpStage::Message, _) => false,
        }
    }

    /// Sends one message.
    pub(super) async fn send_message(
        &mut self,
        letter: &SmtpMessage<'_>,
        limit: AttemptTimeLimit,
        stage: &mut SmtpStage,
    ) -> Result<SmtpAcceptanceReply, SmtpError> {
        self.connection.reset_smtp_attempt_limits(limit);
        self.messages += 1;
        let carried = self.transfer_message(letter, stage).await;
        self.is_closed |= match &carried {
            Ok(SmtpAcceptanceReply::WholeReply)
            | Err(SmtpError::NoEightBit | SmtpError::NoInternationalAddress) => false,
            Err(SmtpError::NegativeReply(reply)) => reply.code == 421,
            Ok(SmtpAcceptanceReply::TruncatedReply) | Err(_) => true,
        };
        carried
    }

    async fn transfer_message(
        &mut self,
        letter: &SmtpMessage<'_>,
        stage: &mut SmtpStage,
    ) -> Result<SmtpAcceptanceReply, SmtpError> {
        *stage = SmtpStage::Sender;
        let parameters = self.mail_command_parameters(letter)?;
        if self.needs_reset {
            require_positive_smtp_reply(self.send_command(Rset).await?)?;
        }
        self.needs_reset = true;
        require_positive_smtp_reply(
            self.send_command(Mail::new(Some(letter.sender.clone()), parameters)).await?,
        )?;
        *stage = SmtpStage::Recipient;
        require_positive_smtp_reply(
            self.send_command(Rcpt::new(letter.recipient.clone(), Vec::new())).await?,
        )?;
        expect_start_of_data(self.send_command(Data).await?)?;
        *stage = SmtpStage::Message;
        self.connection.send_bytes(&dot_stuff(letter.message)).await?;
        let taken = self.read_data_reply().await?;
        self.needs_reset = false;
        Ok(taken)
    }

    /// The reply to the message: its code says all, and a yes stays one whatever comes of the rest of the reply.
    async fn read_data_reply(&mut self) -> Result<SmtpAcceptanceReply, SmtpError> {
        let mut code = None;
        match self.read_rest_of_reply(&mut code).await {
            Ok(reply) => require_positive_smtp_reply(reply).map(|_| SmtpAcceptanceReply::WholeReply),
            Err(stop) => {
                match code.or_else(|| {
                    SmtpReplyLine::parse_reply_code(self.connection.received_but_unparsed_bytes())
                }) {
                    Some(200..=299) => Ok(SmtpAcceptanceReply::TruncatedReply),
                    _ => Err(stop),
                }
            }
        }
    }

    /// What the server must know of the message, and must have offered before.
    /// Sources: RFC 6531 section 3.4, RFC 6152.
    fn mail_command_parameters(&self, letter: &SmtpMessage<'_>) -> Result<Vec<MailParameter>, SmtpError> {
        let mut parameters = Vec::new();
        let addresses = [&letter.sender, &letter.recipient];
        if !addresses.iter().all(|address| AsRef::<str>::as_ref(*address).is_ascii()) {
            if !self.capabilities.supports_feature(Extension::SmtpUtfEight) {
                return Err(SmtpError::NoInternationalAddress);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !letter.message.is_ascii() {
            if !self.capabilities.supports_feature(Extension::EightBitMime) {
                return Err(SmtpError::NoEightBit);
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    /// Takes leave. Whether the server answers changes nothing.
    pub(super) async fn quit_session(mut self, limit: Duration) {
        if !self.is_closed {
            self.connection.reset_smtp_attempt_limits(AttemptTimeLimit::new(limit));
            let _ = self.send_command(Quit).await;
        }
    }

    async fn send_command(&mut self, command: impl Display) -> Result<SmtpReply, SmtpError> {
        // A reply that nobody asked for would pass for the one to this command.
        if self.connection.has_unread_server_bytes() {
            return Err(SmtpError::ProtocolViolation);
        }
        self.connection.send_bytes(command.to_string().as_bytes()).await?;
        self.read_reply().await
    }

    async fn read_reply(&mut self) -> Result<SmtpReply, SmtpError> {
        self.read_rest_of_reply(&mut None).await
    }

    /// The rest of a reply; the last code that was read of it is noted, whether it comes to its end or not.
    async fn read_rest_of_reply(&mut self, code: &mut Option<u16>) -> Result<SmtpReply, SmtpError> {
        let mut lines = Vec::new();
        while lines.len() < REPLY_LINES {
            let line = self.connection.read_line().await?;
            let SmtpReplyLine { code: said, is_last, text } =
                SmtpReplyLine::parse(&line).ok_or(SmtpError::ProtocolViolation)?;
            *code = Some(said);
            lines.push(text);
            if is_last {
                return Ok(SmtpReply { code: said, lines });
            }
        }
        Err(SmtpError::ReplyTooLong)
    }
}

/// The message as it is sent: a dot at the beginning of a line is doubled, and one alone ends it.
/// Source: RFC 5321 section 4.5.2.
fn dot_stuff(message: &[u8]) -> Vec<u8> {
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

/// The reply, if it is a 2yz.
fn require_positive_smtp_reply(reply: SmtpReply) -> Result<SmtpReply, SmtpError> {
    match reply.code {
        200..=299 => Ok(reply),
        400.. => Err(SmtpError::NegativeReply(reply)),
        _ => Err(SmtpError::ProtocolViolation),
    }
}

/// Whether the server waits for the message now. Only 354 says so: after anything else the message would be taken
/// for commands.
fn expect_start_of_data(reply: SmtpReply) -> Result<(), SmtpError> {
    match reply.code {
        354 => Ok(()),
        400.. => Err(SmtpError::NegativeReply(reply)),
        _ => Err(SmtpError::ProtocolViolation),
    }
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
            assert_eq!(String::from_utf8(dot_stuff(message.as_bytes())).unwrap(), sent, "{message:?}");
        }
    }
}
