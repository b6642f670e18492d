//! Messages to a mail server, one after the other over a session that is kept while there are more. lettre writes the
//! commands and reads what a server offers; its own connection gives a session no end of bytes and of time, and takes
//! any yes for the one that was asked for, so the conversation is ours.

mod client_name;
mod error;
mod error_classification;
mod limited_stream;
mod login_redaction;
mod reply;
mod server_url;
mod session;
mod stage;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::time::timeout;

use crate::domain::{Attempt, RefusalScope, Secret};
use crate::network::connection_error_text::error_and_its_causes;
use crate::network::tls_roots;
use error::SmtpError;
use limited_stream::AttemptTimeLimit;
use login_redaction::LoginRedaction;
use server_url::{SmtpSecurity, SmtpServerUrl};
use session::{SmtpAcceptanceReply, SmtpMessage, SmtpSession};
use stage::SmtpStage;

/// How long one attempt may take, from the name to the answer, a second connection included if the first one turns out
/// to be worn. RFC 5321 section 4.5.3.2 would grant minutes to each command, which would keep the other messages of
/// this sink waiting.
const TOTAL_LIMIT: Duration = Duration::from_mins(1);

/// A server that has not greeted within this time may wait for TLS to begin.
const GREETING_PATIENCE: Duration = Duration::from_secs(5);

/// How long it may take to find out whether it does.
const TLS_PROBE_LIMIT: Duration = Duration::from_secs(5);

/// How long a server may take to say goodbye.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// A mail server that takes messages.
pub struct SmtpSink {
    server: SmtpServerUrl,
    tls: Option<SmtpTls>,
    login: Option<Credentials>,
    redaction: LoginRedaction,
    client: ClientId,
    time_limit: Duration,
    /// The session that was kept for the next message.
    session: Option<SmtpSession>,
}

impl SmtpSink {
    /// Prepares the way to `server`: `smtp://host:587` by STARTTLS and never without, `smtps://host:465` by
    /// TLS, `smtp+plain://localhost:25` unencrypted and only to this machine. Nothing is sent or resolved. An
    /// error says what is wrong with the server, the login or the `ca_file`.
    pub fn new(
        server: &str,
        user: Option<&str>,
        password: Option<&Secret>,
        ca_file: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let server = SmtpServerUrl::parse(server)?;
        let tls = match server.security {
            SmtpSecurity::StartTls | SmtpSecurity::Tls => Some(tls_config(&server.host, ca_file)?),
            SmtpSecurity::Loopback => None,
        };
        let (login, redaction) = match (user, password) {
            (None, None) => (None, LoginRedaction::default()),
            (Some(user), Some(password)) if !user.is_empty() && !password.reveal().is_empty() => {
                let password = password.reveal();
                let login = Credentials::new(user.to_owned(), password.to_owned());
                (Some(login), LoginRedaction::of_login(user, password))
            }
            _ => anyhow::bail!("user and password belong together; one of them is missing or empty"),
        };
        let client = match server.security {
            SmtpSecurity::StartTls | SmtpSecurity::Tls => client_name::client_id_of_machine(),
            SmtpSecurity::Loopback => client_name::LOOPBACK,
        };
        Ok(Self { server, tls, login, redaction, client, time_limit: TOTAL_LIMIT, session: None })
    }

    /// This sink, which says that it is the host of this name, whatever the machine is called.
    #[must_use]
    pub fn with_client_name(self, name: &str) -> Self {
        Self { client: ClientId::Domain(name.to_owned()), ..self }
    }

    /// This sink with another time limit for one whole attempt.
    #[must_use]
    pub fn with_attempt_time_limit(self, total: Duration) -> Self {
        Self { time_limit: total, ..self }
    }

    /// Delivers `message`, rendered with CRLF, to one recipient once and returns what came of it. `from` and
    /// `to` may have a name next to the address. The session is kept for the next message until [`close`](Self::close_kept_session).
    pub async fn deliver(&mut self, from: &str, to: &str, message: &[u8]) -> Attempt {
        let Ok(sender) = from.parse::<Mailbox>() else {
            let words = "mail: from is no mail address".to_owned();
            return Attempt::Refused { what: RefusalScope::Sink, words };
        };
        let Ok(recipient) = to.parse::<Mailbox>() else {
            let words = "mail: the recipient is no mail address".to_owned();
            return Attempt::Refused { what: RefusalScope::Message, words };
        };
        let letter = SmtpMessage { sender: sender.email, recipient: recipient.email, message };
        let limit = AttemptTimeLimit::new(self.time_limit);
        let mut stage = SmtpStage::Sender;
        let carried = match self.send_on_open_session(&letter, limit, &mut stage).await {
            Some(carried) => carried,
            None => self.send_on_new_session(&letter, limit, &mut stage).await,
        };
        match carried {
            Ok(SmtpAcceptanceReply::WholeReply) => Attempt::Accepted,
            Ok(SmtpAcceptanceReply::TruncatedReply) => Attempt::AcceptedWithWarning {
                words: "mail: the server took the message, and its answer broke off or has no end".to_owned(),
            },
            Err(stop) => {
                let (recipient, server) = (&letter.recipient, &self.server);
                error_classification::classify_smtp_error(stage, &stop, recipient, server, &self.redaction)
            }
        }
    }

    /// Ends the session that was kept, if there is one.
    pub async fn close_kept_session(&mut self) {
        if let Some(session) = self.session.take() {
            session.quit_session(QUIT_LIMIT).await;
        }
    }

    /// Tries the letter on the session that was kept; none if there is none, or if it turns out to be worn, which is no
    /// fault of the letter's: nothing of it was sent.
    async fn send_on_open_session(
        &mut self,
        letter: &SmtpMessage<'_>,
        limit: AttemptTimeLimit,
        stage: &mut SmtpStage,
    ) -> Option<Result<SmtpAcceptanceReply, SmtpError>> {
        let mut session = self.session.take()?;
        let carried = session.send_message(letter, limit, stage).await;
        match carried {
            Err(stop) if SmtpSession::is_stale_session_error(*stage, &stop) => {
                session.quit_session(QUIT_LIMIT).await;
                None
            }
            carried => {
                self.keep_or_quit_session(session).await;
                Some(carried)
            }
        }
    }

    /// Tries the letter on a session of its own.
    async fn send_on_new_session(
        &mut self,
        letter: &SmtpMessage<'_>,
        limit: AttemptTimeLimit,
        stage: &mut SmtpStage,
    ) -> Result<SmtpAcceptanceReply, SmtpError> {
        *stage = SmtpStage::Greeting;
        let mut session = self.connect(limit, stage).await?;
        let carried = session.send_message(letter, limit, stage).await;
        self.keep_or_quit_session(session).await;
        carried
    }

    async fn keep_or_quit_session(&mut self, session: SmtpSession) {
        if session.is_reusable() {
            self.session = Some(session);
        } else {
            session.quit_session(QUIT_LIMIT).await;
        }
    }

    async fn connect(
        &self,
        limit: AttemptTimeLimit,
        stage: &mut SmtpStage,
    ) -> Result<SmtpSession, SmtpError> {
        let addresses = limit.within_time_limit(self.server.resolve_addresses()).await??;
        let mut session = SmtpSession::connect(&addresses, limit, &self.client).await?;
        match (self.server.security, &self.tls) {
            (SmtpSecurity::Tls, Some((tls, name))) => {
                session = match session.upgrade_to_tls(tls, name.clone()).await {
                    Err(SmtpError::Io(error)) if speaks_no_tls(&error) => {
                        return Err(SmtpError::NoTlsAtStart);
                    }
                    upgraded => upgraded?,
                };
                session.read_greeting_and_send_ehlo().await?;
            }
            (SmtpSecurity::StartTls, Some((tls, name))) => {
                if !self.server.is_relay_port()
                    && timeout(GREETING_PATIENCE, session.wait_for_first_byte()).await.is_err()
                {
                    drop(session);
                    if self.expects_tls(&addresses, (tls, name)).await {
                        return Err(SmtpError::TlsExpected);
                    }
                    session = SmtpSession::connect(&addresses, limit, &self.client).await?;
                }
                session.read_greeting_and_send_ehlo().await?;
                *stage = SmtpStage::Encryption;
                session.start_tls().await?;
                session = session.upgrade_to_tls(tls, name.clone()).await?;
                session.send_ehlo().await?;
            }
            (SmtpSecurity::Tls | SmtpSecurity::StartTls, None) => return Err(SmtpError::NoEncryption),
            (SmtpSecurity::Loopback, _) => session.read_greeting_and_send_ehlo().await?,
        }
        if let Some(login) = &self.login {
            *stage = SmtpStage::Login;
            session.log_in(login).await?;
        }
        Ok(session)
    }

    /// Whether the server answers to the first words of TLS. A connection of its own is made for that: a server that is only
    /// slow would take them for commands. Who it says it is does not matter here.
    async fn expects_tls(
        &self,
        addresses: &[SocketAddr],
        (tls, name): (&Arc<ClientConfig>, &ServerName<'static>),
    ) -> bool {
        let limit = AttemptTimeLimit::new(TLS_PROBE_LIMIT);
        let Ok(session) = SmtpSession::connect(addresses, limit, &self.client).await else { return false };
        match session.upgrade_to_tls(tls, name.clone()).await {
            Ok(_) => true,
            Err(SmtpError::Io(error)) => tls_error(&error).is_some() && !speaks_no_tls(&error),
            Err(_) => false,
        }
    }
}

impl fmt::Debug for SmtpSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
}

/// What TLS found wrong, if it was TLS.
fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error_and_its_causes(error).find_map(|cause| cause.downcast_ref())
}

/// Whether what came was no TLS at all.
fn speaks_no_tls(error: &io::Error) -> bool {
    matches!(tls_error(error), Some(rustls::Error::InvalidMessage(_)))
}

/// Whom TLS believes, and the name that the certificate must be for.
type SmtpTls = (Arc<ClientConfig>, ServerName<'static>);

fn tls_config(host: &str, ca_file: Option<&Path>) -> anyhow::Result<SmtpTls> {
    let tls = tls_roots::tls_client_config(ca_file)?;
    let name =
        ServerName::try_from(host.to_owned()).context("the mail server's name is none for a certificate")?;
    Ok((tls, name))
}
