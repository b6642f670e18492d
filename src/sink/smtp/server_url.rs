//! Where the mail server is and how it is spoken to.

use std::fmt;
use std::net::SocketAddr;

use reqwest::Url;
use tokio::net::lookup_host;

use super::error::SmtpError;

/// How a conversation is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmtpSecurity {
    /// Begun in clear and encrypted before anything is said; without that, ended.
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    /// In clear, and so never over a network.
    Loopback,
}

/// Where servers take mail of each other.
const RELAY_PORT: u16 = 25;

/// A server, as the config names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SmtpServerUrl {
    /// The server's name or address; the certificate must be for it.
    pub(super) host: String,
    port: u16,
    /// How the connection is encrypted.
    pub(super) security: SmtpSecurity,
}

impl SmtpServerUrl {
    /// Reads a server's URL. An error does not show it, for there may be a password in it that belongs
    /// elsewhere.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let expected = "smtp://host:587 (STARTTLS), smtps://host:465 (TLS) or smtp+plain://localhost:25";
        let url = Url::parse(text.trim()).map_err(|error| {
            anyhow::anyhow!("the mail server cannot be read: {error}; {expected} is expected")
        })?;
        let (security, port) = match url.scheme() {
            // Ports: RFC 6409 (submission), RFC 8314 (submissions), RFC 5321.
            "smtp" => (SmtpSecurity::StartTls, 587),
            "smtps" => (SmtpSecurity::Tls, 465),
            "smtp+plain" => (SmtpSecurity::Loopback, 25),
            _ => anyhow::bail!("the mail server has an unknown scheme; {expected} is expected"),
        };
        let login = !url.username().is_empty() || url.password().is_some();
        anyhow::ensure!(
            !login,
            "the mail server has a login in it; that belongs into user and password_file"
        );
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let host = url.host_str().map(|host| host.trim_matches(['[', ']'])).filter(|host| !host.is_empty());
        let host = host.filter(|_| bare);
        let host = host.and_then(ascii_host).ok_or_else(|| {
            anyhow::anyhow!("the mail server is not just a host and a port; {expected} is expected")
        })?;
        Ok(Self { host, port: url.port().unwrap_or(port), security })
    }

    /// Whether this port is for servers among each other, which never begin with TLS. Source: RFC 8314, section 3.
    pub(super) fn is_relay_port(&self) -> bool {
        self.port == RELAY_PORT
    }

    /// The server's addresses now; for an unencrypted one, all of this machine.
    pub(super) async fn resolve_addresses(&self) -> Result<Vec<SocketAddr>, SmtpError> {
        let found =
            lookup_host((self.host.as_str(), self.port)).await.map_err(|_| SmtpError::UnresolvedHost)?;
        let addresses: Vec<_> = found.collect();
        match self.security {
            SmtpSecurity::StartTls | SmtpSecurity::Tls => Ok(addresses),
            SmtpSecurity::Loopback
                if addresses.iter().all(|socket| socket.ip().to_canonical().is_loopback()) =>
            {
                Ok(addresses)
            }
            SmtpSecurity::Loopback => Err(SmtpError::UnencryptedRemote),
        }
    }
}

/// A host's name as name servers know it: an international one in its ASCII form, RFC 5890. The parser leaves it encoded
/// where it does not know the scheme.
fn ascii_host(host: &str) -> Option<String> {
    if !host.contains('%') {
        return Some(host.to_owned());
    }
    Url::parse(&format!("https://{host}/")).ok()?.host_str().map(str::to_owned)
}

/// `mail.example.org:587`.
impl fmt::Display for SmtpServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_with_the_port_that_is_usual_for_it() {
        for (text, host, port, security) in [
            ("smtp://mail.example.org", "mail.example.org", 587, SmtpSecurity::StartTls),
            ("smtp://mail.example.org:2587/", "mail.example.org", 2587, SmtpSecurity::StartTls),
            (" smtps://10.0.0.1\n", "10.0.0.1", 465, SmtpSecurity::Tls),
            ("smtps://[2001:db8::1]:466", "2001:db8::1", 466, SmtpSecurity::Tls),
            ("smtp+plain://localhost", "localhost", 25, SmtpSecurity::Loopback),
            ("smtp://mail.münchen.example", "mail.xn--mnchen-3ya.example", 587, SmtpSecurity::StartTls),
        ] {
            assert_eq!(
                SmtpServerUrl::parse(text).unwrap(),
                SmtpServerUrl { host: host.to_owned(), port, security }
            );
        }
    }

    #[test]
    fn a_server_of_another_shape_is_refused_without_being_shown() {
        for (text, words) in [
            ("", "cannot be read"),
            ("mail.canary.org", "cannot be read"),
            ("mail.canary.org:587", "unknown scheme"),
            ("http://mail.canary.org", "unknown scheme"),
            ("smtp+insecure://mail.canary.org", "unknown scheme"),
            ("smtp://", "just a host"),
            ("smtp:mail.canary.org", "just a host"),
            ("smtp://mail.canary.org/inbox", "just a host"),
            ("smtp://mail.canary.org?tls=none", "just a host"),
            ("smtp://bob:canary@mail.example.org", "password_file"),
            ("smtp://mail.canary.org:99999", "cannot be read"),
        ] {
            let error = SmtpServerUrl::parse(text).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("canary"), "{text}: {error}");
        }
    }

    #[tokio::test]
    async fn an_unencrypted_server_is_on_this_machine_or_none() {
        for text in [
            "smtp+plain://localhost",
            "smtp+plain://127.0.0.1",
            "smtp+plain://[::1]",
            "smtp+plain://127.8.8.8",
        ] {
            assert!(SmtpServerUrl::parse(text).unwrap().resolve_addresses().await.is_ok(), "{text}");
        }
        for text in [
            "smtp+plain://10.0.0.1",
            "smtp+plain://192.0.2.1",
            "smtp+plain://[2001:db8::1]",
            "smtp+plain://0.0.0.0",
        ] {
            let stop = SmtpServerUrl::parse(text).unwrap().resolve_addresses().await.unwrap_err();
            assert!(matches!(stop, SmtpError::UnencryptedRemote), "{text}");
        }
    }
}
