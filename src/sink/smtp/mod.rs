//! One message to a mail server.

mod connecting;
mod lent;
mod limited;
mod reply;
mod server;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use crate::domain::{Attempt, Refused, Secret};
use connecting::Tls;
use limited::AnswerStart;
use server::{Security, Server};

/// How long one attempt may take, from the name to the answer. lettre limits connecting alone, and RFC 5321
/// section 4.5.3.2 would grant minutes to each command, which would keep the other messages of this sink
/// waiting.
const TOTAL_LIMIT: Duration = Duration::from_mins(1);

/// How long a server may take for what changes nothing any more: the goodbye, or to forget a message that it refused.
const AFTERWARDS_LIMIT: Duration = Duration::from_secs(2);

/// So many messages go over one connection. Servers have limits of their own, and many end a connection after a hundred.
const MESSAGES_MAX: u32 = 100;

/// A mail server that takes messages, one after the other over one connection, which is kept until [`Smtp::close`].
pub struct Smtp {
    server: Server,
    tls: Option<Tls>,
    login: Option<Credentials>,
    total: Duration,
    kept: Mutex<Option<Conversation>>,
    /// How the server's latest answer begins.
    answer: AnswerStart,
}

/// A connection over which messages go.
struct Conversation {
    connection: AsyncSmtpConnection,
    /// Messages that went over it.
    messages: u32,
    /// Whether the server was told of a message that it has not got whole.
    is_open: bool,
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
    /// No connection, or no TLS.
    Unconnected(std::io::Error),
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
            Security::StartTls | Security::Tls => Some(Tls::new(&server.host, ca_file)?),
            Security::Loopback => None,
        };
        let login = match (user, password) {
            (None, None) => None,
            (Some(user), Some(password)) if !user.is_empty() && !password.reveal().is_empty() => {
                Some(Credentials::new(user.to_owned(), password.reveal().to_owned()))
            }
            _ => anyhow::bail!("user and password belong together; one of them is missing or empty"),
        };
        Ok(Self {
            server,
            tls,
            login,
            total: TOTAL_LIMIT,
            kept: Mutex::new(None),
            answer: AnswerStart::default(),
        })
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
        let mail = Envelope { sender: sender.email, recipient: recipient.email, message };
        let mut stage = Stage::Greeting;
        // A connection that is cut off here is dropped, and not used again.
        let (conversation, sent) = match timeout(self.total, self.send(&mut stage, &mail)).await {
            Ok((conversation, sent)) => (conversation, sent),
            Err(_) => (None, Err(Stop::TooSlow(self.total))),
        };
        if let Some(conversation) = conversation {
            self.keep(conversation).await;
        }
        match sent {
            Ok(()) => Attempt::Accepted,
            // It said yes, in whatever way it went on: it has the message.
            Err(stop) if stage == Stage::Message && stop.code().is_none() && self.answer.is_positive() => {
                Attempt::Accepted
            }
            Err(stop) => reply::judge(stage, &stop, &mail.recipient),
        }
    }

    /// Says goodbye to the server, if a connection is kept.
    pub async fn close(&self) {
        if let Some(conversation) = self.take_kept() {
            conversation.end().await;
        }
    }

    /// Sends one message over the connection that is kept, or over a new one; gives back what can be used again.
    async fn send(&self, stage: &mut Stage, mail: &Envelope<'_>) -> (Option<Conversation>, Result<(), Stop>) {
        if let Some(mut kept) = self.take_kept() {
            match kept.send(stage, mail).await {
                // The server has ended the conversation, or wants no more messages in it. It has nothing of this one.
                Err(stop) if stage.asks_for_another(&stop) => {}
                sent => return (kept.if_whole(&sent), sent),
            }
        }
        *stage = Stage::Greeting;
        let mut new = match self.begin(stage).await {
            Ok(new) => new,
            Err(stop) => return (None, Err(stop)),
        };
        let sent = new.send(stage, mail).await;
        (new.if_whole(&sent), sent)
    }

    async fn begin(&self, stage: &mut Stage) -> Result<Conversation, Stop> {
        let mut connection =
            connecting::connect(&self.server, self.tls.as_ref(), &self.answer, stage).await?;
        if let Some(login) = &self.login {
            *stage = Stage::Login;
            authenticate(&mut connection, login).await?;
        }
        Ok(Conversation { connection, messages: 0, is_open: false })
    }

    /// Keeps a connection for the next message, if it is good for another.
    async fn keep(&self, mut conversation: Conversation) {
        if conversation.messages >= MESSAGES_MAX {
            return conversation.end().await;
        }
        if conversation.is_open {
            let reset = timeout(AFTERWARDS_LIMIT, conversation.connection.command(Rset)).await;
            if !matches!(reset, Ok(Ok(_))) {
                return;
            }
            conversation.is_open = false;
        }
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(conversation);
    }

    fn take_kept(&self) -> Option<Conversation> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A message with its way.
struct Envelope<'a> {
    sender: Address,
    recipient: Address,
    message: &'a [u8],
}

impl Conversation {
    async fn send(&mut self, stage: &mut Stage, mail: &Envelope<'_>) -> Result<(), Stop> {
        let Envelope { sender, recipient, message } = mail;
        let connection = &mut self.connection;
        *stage = Stage::Sender;
        let parameters = parameters(connection, [sender, recipient], message)?;
        self.messages += 1;
        self.is_open = true;
        connection.command(Mail::new(Some(sender.clone()), parameters)).await?;
        *stage = Stage::Recipient;
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
        connection.command(Data).await?;
        *stage = Stage::Message;
        // lettre ends the last line by itself, whether it has an end or not.
        connection.message(message.strip_suffix(b"\r\n").unwrap_or(message)).await?;
        self.is_open = false;
        Ok(())
    }

    /// Itself, unless what came of a message says that the connection is at its end.
    fn if_whole(self, sent: &Result<(), Stop>) -> Option<Self> {
        let is_over = sent.as_ref().is_err_and(Stop::ends_the_conversation);
        (!is_over).then_some(self)
    }

    async fn end(mut self) {
        let _ = timeout(AFTERWARDS_LIMIT, self.connection.quit()).await;
    }
}

impl Stop {
    /// The code of the server's reply, if it was one.
    fn code(&self) -> Option<u16> {
        match self {
            Self::Smtp(error) => error.status().map(u16::from),
            _ => None,
        }
    }

    /// Whether nothing can follow it: the connection broke, or the server closes it (RFC 5321 section 3.8).
    fn ends_the_conversation(&self) -> bool {
        match self {
            Self::NoEightBit | Self::NoInternationalAddress => false,
            _ => self.code().is_none_or(|code| code == 421),
        }
    }
}

impl Stage {
    /// Whether a message that came to this stage over a connection that was kept is to be tried over a new one: the server
    /// has ended the old one, or will not have another sender in it.
    fn asks_for_another(self, stop: &Stop) -> bool {
        match self {
            Self::Greeting | Self::Encryption | Self::Login | Self::Message => false,
            Self::Sender => stop.ends_the_conversation() || stop.code().is_some(),
            Self::Recipient => stop.ends_the_conversation(),
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
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
