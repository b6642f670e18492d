//! How far an attempt has come.

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmtpStage {
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
