//! One message to a mail server.

mod reply;
mod server;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use crate::domain::{Attempt, Refused, Secret};
use crate::wire::{CONNECT_LIMIT, roots};
use server::{Security, Server};

/// How long one attempt may take, from the name to the answer. lettre limits connecting alone, and RFC 5321
/// section 4.5.3.2 would grant minutes to each command, which would keep the other messages of this sink
/// waiting.
const TOTAL_LIMIT: Duration = Duration::from_mins(1);

/// How long a server may take to say goodbye to a message that it has.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// A mail server that takes messages. Each attempt has a connection of its own.
pub struct Smtp {
    server: Server,
    tls: Option<TlsParameters>,
    login: Option<Credentials>,
    total: Duration,
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
    /// The server's no, or a broken connection.
    Smtp(lettre::transport::smtp::Error),
}

impl From<lettre::transport::smtp::Error> for Stop {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        Self::Smtp(error)
    }
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
        let login = match (user, password) {
            (None, None) => None,
            (Some(user), Some(password)) if !user.is_empty() && !password.reveal().is_empty() => {
                Some(Credentials::new(user.to_owned(), password.reveal().to_owned()))
            }
            _ => anyhow::bail!("user and password belong together; one of them is missing or empty"),
        };
        Ok(Self { server, tls, login, total: TOTAL_LIMIT })
    }

    /// The same with another limit for one whole attempt.
    #[must_use]
    pub fn within(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// Delivers `message`, rendered with CRLF, to one recipient once and tells what came of it. `from` and
    /// `to` may have a name beside the address.
    pub async fn deliver(&self, from: &str, to: &str, message: &[u8]) -> Attempt {
        let Ok(sender) = from.parse::<Mailbox>() else {
            let words = "mail: from is no mail address".to_owned();
            return Attempt::Refused { what: Refused::Sink, words };
        };
        let Ok(recipient) = to.parse::<Mailbox>() else {
            let words = "mail: the recipient is no mail address".to_owned();
            return Attempt::Refused { what: Refused::Message, words };
        };
        let mut stage = Stage::Greeting;
        let sent = timeout(self.total, self.send(&mut stage, sender.email, recipient.email.clone(), message));
        let stop = match sent.await {
            Ok(Ok(mut connection)) => {
                // The message has arrived; whether the goodbye is answered changes nothing.
                let _ = timeout(QUIT_LIMIT, connection.quit()).await;
                return Attempt::Accepted;
            }
            Ok(Err(stop)) => stop,
            Err(_) => Stop::TooSlow(self.total),
        };
        reply::judge(stage, &stop, &recipient.email)
    }

    async fn send(
        &self,
        stage: &mut Stage,
        sender: Address,
        recipient: Address,
        message: &[u8],
    ) -> Result<AsyncSmtpConnection, Stop> {
        let mut connection = self.connect(stage).await?;
        if let Some(login) = &self.login {
            *stage = Stage::Login;
            authenticate(&mut connection, login).await?;
        }
        *stage = Stage::Sender;
        let parameters = parameters(&connection, [&sender, &recipient], message)?;
        connection.command(Mail::new(Some(sender), parameters)).await?;
        *stage = Stage::Recipient;
        connection.command(Rcpt::new(recipient, Vec::new())).await?;
        connection.command(Data).await?;
        *stage = Stage::Message;
        // lettre ends the last line by itself, whether it has an end or not.
        connection.message(message.strip_suffix(b"\r\n").unwrap_or(message)).await?;
        Ok(connection)
    }

    async fn connect(&self, stage: &mut Stage) -> Result<AsyncSmtpConnection, Stop> {
        let addresses = self.server.resolve().await?;
        match (self.server.security, &self.tls) {
            (Security::Tls, tls) => greet(&addresses, tls.clone()).await,
            (Security::StartTls, Some(tls)) => {
                let mut connection = greet(&addresses, None).await?;
                *stage = Stage::Encryption;
                if !connection.can_starttls() {
                    return Err(Stop::NoEncryption);
                }
                connection.starttls(tls.clone(), &hello()).await?;
                Ok(connection)
            }
            (Security::StartTls, None) => Err(Stop::NoEncryption),
            (Security::Loopback, _) => greet(&addresses, None).await,
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
}

fn tls(host: &str, ca_file: Option<&Path>) -> anyhow::Result<TlsParameters> {
    let mut tls = TlsParameters::builder(host.to_owned());
    for root in roots::beside_the_systems(ca_file)? {
        tls = tls.add_root_certificate(Certificate::from_der(root.to_vec())?);
    }
    tls.build().context("TLS for mail could not be prepared")
}

/// An address literal, as RFC 5321 section 4.1.4 wants of a client that has no name of its own; the
/// loopback's, so that no mail tells the addresses of the network behind it.
fn hello() -> ClientId {
    ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
}

async fn greet(addresses: &[SocketAddr], tls: Option<TlsParameters>) -> Result<AsyncSmtpConnection, Stop> {
    Ok(AsyncSmtpConnection::connect_tokio1(addresses, Some(CONNECT_LIMIT), &hello(), tls, None).await?)
}

async fn authenticate(connection: &mut AsyncSmtpConnection, login: &Credentials) -> Result<(), Stop> {
    if connection.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
        return Err(Stop::NoLogin);
    }
    connection.auth(DEFAULT_MECHANISMS, login).await?;
    Ok(())
}

/// What the server must be told of the message, and must have offered before.
/// Sources: RFC 6531 section 3.4, RFC 6152.
fn parameters(
    connection: &AsyncSmtpConnection,
    addresses: [&Address; 2],
    message: &[u8],
) -> Result<Vec<MailParameter>, Stop> {
    let offers = |extension| connection.server_info().supports_feature(extension);
    let mut parameters = Vec::new();
    if !addresses.iter().all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        if !offers(Extension::SmtpUtfEight) {
            return Err(Stop::NoInternationalAddress);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        if !offers(Extension::EightBitMime) {
            return Err(Stop::NoEightBit);
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}
