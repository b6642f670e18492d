//! Messages to a mail server, one after the other over a session that is kept while there are more. lettre writes the
//! commands and reads what a server offers; its own connection gives a session no end of bytes and of time, and takes
//! any yes for the one that was asked for, so the conversation is ours.

mod redaction;
mod reply;
mod server;
mod session;
mod wire;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::Verifier;

use crate::domain::{Attempt, Refused, Secret};
use crate::wire::roots;
use redaction::Redaction;
use reply::Reply;
use server::{Security, Server};
use session::{Letter, Session, Taken};
use wire::TimeLimit;

/// How long one attempt may take, from the name to the answer, a second connection included if the first one turns out
/// to be worn. RFC 5321 section 4.5.3.2 would grant minutes to each command, which would keep the other messages of
/// this sink waiting.
const TOTAL_LIMIT: Duration = Duration::from_mins(1);

/// How long a server may take to say goodbye.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// A mail server that takes messages.
pub struct Smtp {
    server: Server,
    tls: Option<Tls>,
    login: Option<Credentials>,
    redaction: Redaction,
    total: Duration,
    /// The session that was kept for the next message.
    session: Option<Session>,
}

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// TCP, for `smtps` TLS, the greeting and EHLO.
    Greeting,
    /// STARTTLS and TLS.
    Encryption,
    /// AUTH.
    Login,
    /// MAIL.
    Sender,
    /// RCPT and DATA.
    Recipient,
    /// The message and the answer to it: an attempt that breaks here may have delivered.
    Message,
}

/// What stopped an attempt.
#[derive(Debug)]
enum Stop {
    /// The name of the server resolves to nothing.
    Unknown,
    /// A server that is not on this machine would get the message unencrypted.
    Exposed,
    /// The server has no STARTTLS, or somebody on the way has taken it out.
    NoEncryption,
    /// The server knows no AUTH of ours.
    NoLogin,
    /// The message has bytes above 127 and the server takes none.
    NoEightBit,
    /// An address has signs above 127 and the server takes none.
    NoInternationalAddress,
    /// No whole answer within the limit.
    TooSlow(Duration),
    /// More bytes than any answer has.
    Endless,
    /// An answer that is no SMTP, or none to what was said.
    NoSmtp,
    /// The connection broke, or was never made.
    Broken(std::io::Error),
    /// The server's no.
    Said(Reply),
}

impl Smtp {
    /// Prepares the way to `server`: `smtp://host:587` by STARTTLS and never without, `smtps://host:465` by
    /// TLS, `smtp+plain://localhost:25` unencrypted and only to this machine. Nothing is sent or resolved. An
    /// error says what is wrong with the server, the login or the `ca_file`.
    pub fn new(
        server: &str,
        user: Option<&str>,
        password: Option<&Secret>,
        ca_file: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let server = Server::parse(server)?;
        let tls = match server.security {
            Security::StartTls | Security::Tls => Some(tls(&server.host, ca_file)?),
            Security::Loopback => None,
        };
        let (login, redaction) = match (user, password) {
            (None, None) => (None, Redaction::default()),
            (Some(user), Some(password)) if !user.is_empty() && !password.reveal().is_empty() => {
                let password = password.reveal();
                let login = Credentials::new(user.to_owned(), password.to_owned());
                (Some(login), Redaction::of_login(user, password))
            }
            _ => anyhow::bail!("user and password belong together; one of them is missing or empty"),
        };
        Ok(Self { server, tls, login, redaction, total: TOTAL_LIMIT, session: None })
    }

    /// The same with another limit for one whole attempt.
    #[must_use]
    pub fn within(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// Delivers `message`, rendered with CRLF, to one recipient once and tells what came of it. `from` and
    /// `to` may have a name beside the address. The session is kept for the next message until [`close`](Self::close).
    pub async fn deliver(&mut self, from: &str, to: &str, message: &[u8]) -> Attempt {
        let Ok(sender) = from.parse::<Mailbox>() else {
            let words = "mail: from is no mail address".to_owned();
            return Attempt::Refused { what: Refused::Sink, words };
        };
        let Ok(recipient) = to.parse::<Mailbox>() else {
            let words = "mail: the recipient is no mail address".to_owned();
            return Attempt::Refused { what: Refused::Message, words };
        };
        let letter = Letter { sender: sender.email, recipient: recipient.email, message };
        let limit = TimeLimit::new(self.total);
        let mut stage = Stage::Sender;
        let carried = match self.carry_on(&letter, limit, &mut stage).await {
            Some(carried) => carried,
            None => self.begin(&letter, limit, &mut stage).await,
        };
        match carried {
            Ok(Taken::Plainly) => Attempt::Accepted,
            Ok(Taken::Oddly) => Attempt::AcceptedOddly {
                words: "mail: the server took the message, and its answer broke off or has no end".to_owned(),
            },
            Err(stop) => reply::judge(stage, &stop, &letter.recipient, &self.redaction),
        }
    }

    /// Ends the session that was kept, if there is one.
    pub async fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.quit(QUIT_LIMIT).await;
        }
    }

    /// Tries the letter on the session that was kept; none if there is none, or if it turns out to be worn, which is no
    /// fault of the letter's: nothing of it was sent.
    async fn carry_on(
        &mut self,
        letter: &Letter<'_>,
        limit: TimeLimit,
        stage: &mut Stage,
    ) -> Option<Result<Taken, Stop>> {
        let mut session = self.session.take()?;
        let carried = session.carry(letter, limit, stage).await;
        match carried {
            Err(stop) if Session::may_be_worn(*stage, &stop) => {
                session.quit(QUIT_LIMIT).await;
                None
            }
            carried => {
                self.keep(session).await;
                Some(carried)
            }
        }
    }

    /// Tries the letter on a session of its own.
    async fn begin(
        &mut self,
        letter: &Letter<'_>,
        limit: TimeLimit,
        stage: &mut Stage,
    ) -> Result<Taken, Stop> {
        *stage = Stage::Greeting;
        let mut session = self.connect(limit, stage).await?;
        let carried = session.carry(letter, limit, stage).await;
        self.keep(session).await;
        carried
    }

    async fn keep(&mut self, session: Session) {
        if session.is_fit() {
            self.session = Some(session);
        } else {
            session.quit(QUIT_LIMIT).await;
        }
    }

    async fn connect(&self, limit: TimeLimit, stage: &mut Stage) -> Result<Session, Stop> {
        let addresses = limit.within(self.server.resolve()).await??;
        let mut session = Session::connect(&addresses, limit).await?;
        match (self.server.security, &self.tls) {
            (Security::Tls, Some((tls, name))) => {
                session = session.encrypted(tls, name.clone()).await?;
                session.greet().await?;
            }
            (Security::StartTls, Some((tls, name))) => {
                session.greet().await?;
                *stage = Stage::Encryption;
                session.start_tls().await?;
                session = session.encrypted(tls, name.clone()).await?;
                session.hello().await?;
            }
            (Security::Tls | Security::StartTls, None) => return Err(Stop::NoEncryption),
            (Security::Loopback, _) => session.greet().await?,
        }
        if let Some(login) = &self.login {
            *stage = Stage::Login;
            session.log_in(login).await?;
        }
        Ok(session)
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
}

/// Whom TLS believes, and the name that the certificate must be for.
type Tls = (Arc<ClientConfig>, ServerName<'static>);

fn tls(host: &str, ca_file: Option<&Path>) -> anyhow::Result<Tls> {
    let prepared = "TLS for mail could not be prepared";
    let roots = roots::beside_the_systems(ca_file)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).context(prepared)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context(prepared)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let name =
        ServerName::try_from(host.to_owned()).context("the mail server's name is none for a certificate")?;
    Ok((Arc::new(config), name))
}
