//! The section of a sink with `kind = "email"`.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use reqwest::Url;

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::secret_location::{self, SecretConfigKeys, SecretLocation};
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;
use crate::render::mail::UnsubscribeLink;
use crate::sink::config_schema::{SinkConfigContext, SinkConfigKeys};
use crate::sink::https_link_parser::{is_header_safe, parse_https_url};
use crate::sink::mail_address::{MailAddress, parse_mail_address, read_recipients};

/// The keys of `kind = "email"`.
pub(crate) const SCHEMA: SinkConfigKeys = SinkConfigKeys {
    kind: "email",
    keys: &[
        "server",
        "user",
        "password_file",
        "password_env",
        "from",
        "to",
        "list",
        "unsubscribe",
        "hello",
        "ca_file",
    ],
    secrets: &[("password", "password"), ("pass", "password")],
};

/// What a server looks like.
const SERVER: &str = "smtp://mail.example.org:587 (STARTTLS), smtps://mail.example.org:465 (TLS) or, on this \
                      machine alone, smtp+plain://localhost:25";

/// A mail server's password.
const PASSWORD: SecretConfigKeys = SecretConfigKeys {
    file: "password_file",
    variable: "password_env",
    hint: "a file with the password in it, as in password_file = \"/etc/paperwire/smtp\", or a variable, as in \
            password_env = \"SMTP_PASSWORD\"",
};

/// Longest name to log in with: an address and more.
const USER_CHARS_MAX: usize = 320;

/// A mail server, and who gets mail by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailConfig {
    /// `smtp://host`, `smtps://host`, or `smtp+plain://` and a loopback host; perhaps with a port, and nothing else.
    pub server: String,
    /// Whom to log in as; none if the server asks for nobody.
    pub login: Option<SmtpLoginConfig>,
    /// The sender.
    pub from: MailAddress,
    /// Who gets it, each address once; at least one.
    pub to: Vec<MailAddress>,
    /// The https address of the Markdown list, for readers to look at.
    pub list: Option<String>,
    /// Where a reader leaves the list.
    pub unsubscribe: Option<UnsubscribeLink>,
    /// The name by which the server is greeted; the machine's own if there is none.
    pub hello: Option<String>,
    /// Certificate authorities to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
}

/// Whom to log in as at a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpLoginConfig {
    /// The name.
    pub user: String,
    /// Where the password is.
    pub password: SecretLocation,
}

impl EmailConfig {
    pub(crate) fn read(
        section: &ConfigTable,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) -> Option<Self> {
        let server = section.required_value("server", SERVER, parse_smtp_server, mistakes);
        let login = read_smtp_login(section, context.folder, mistakes);
        let right = "the sender, as in from = \"Paperwire <papers@example.org>\"";
        let from = section.required_value("from", right, parse_mail_address, mistakes);
        if !section.has_config_key("to") && !section.has_misspelling_of("to") {
            let right = "who gets the mail, as in to = [\"ada@example.org\"]";
            section.report_invalid("to", InvalidValue::new("is missing", right), mistakes);
        }
        let to = read_recipients(section, mistakes);
        let list = section.optional_value("list", parse_https_url, mistakes);
        let unsubscribe = section.optional_value("unsubscribe", parse_unsubscribe, mistakes);
        let hello = section.optional_value("hello", parse_client_name, mistakes);
        let ca_file = context.read_ca_file_path(section, mistakes);
        Some(Self { server: server?, login, from: from?, to: to?, list, unsubscribe, hello, ca_file })
    }
}

/// A user and a password, or neither.
fn read_smtp_login(
    section: &ConfigTable,
    folder: &Path,
    mistakes: &mut Diagnostics,
) -> Option<SmtpLoginConfig> {
    let user = section.optional_value("user", parse_login_user, mistakes);
    let password = secret_location::optional_secret_location(section, PASSWORD, folder, mistakes);
    let has_user = section.has_config_key("user") || section.has_misspelling_of("user");
    let has_password = secret_location::has_secret_location(section, PASSWORD);
    if has_user && !has_password {
        let right = "add password_file or password_env; a server that asks for no password needs no user";
        let wrong = InvalidValue::error_hiding_value("has no password", right);
        section.report_invalid("user", wrong, mistakes);
    }
    if has_password && !has_user {
        let right = "whom to log in as, as in user = \"papers\"; or no password";
        section.report_invalid("user", InvalidValue::new("is missing", right), mistakes);
    }
    Some(SmtpLoginConfig { user: user?, password: password? })
}

fn parse_login_user(text: &str) -> Result<String, InvalidValue> {
    let right = "whom to log in as, as in user = \"papers\"";
    if text.trim().is_empty() {
        return Err(InvalidValue::new("is empty", right));
    }
    if text.chars().any(value_parsers::breaks_line) || text.chars().count() > USER_CHARS_MAX {
        return Err(InvalidValue::error_hiding_value(
            "has a control character in it, or is too long for a user",
            right,
        ));
    }
    Ok(text.to_owned())
}

/// The server as it was written. An error does not show it, for a login may be in it.
fn parse_smtp_server(text: &str) -> Result<String, InvalidValue> {
    if text.contains('@') {
        let right = format!("{SERVER}; the login belongs in user and password_file");
        return Err(InvalidValue::error_hiding_value("has a login in it", right));
    }
    let wrong = |words: &str| Err(InvalidValue::error_hiding_value(words, SERVER));
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong("has a space or control character in it");
    }
    let Ok(url) = Url::parse(text) else { return wrong("is not an address of a server") };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let ip = host.parse::<IpAddr>().ok();
    let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "smtp" | "smtps" | "smtp+plain") {
        return wrong("begins with none of smtp://, smtps:// and smtp+plain://");
    }
    if !is_bare || !(ip.is_some() || value_parsers::is_valid_host_name(host)) || url.port() == Some(0) {
        return wrong("is not just a host and a port");
    }
    let is_loopback = ip.map_or_else(|| is_localhost(host), |ip| ip.to_canonical().is_loopback());
    if url.scheme() == "smtp+plain" && !is_loopback {
        return wrong("would send mail over the network for everyone to read");
    }
    Ok(text.to_owned())
}

/// Source: RFC 6761, section 6.3.
fn is_localhost(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

fn parse_client_name(text: &str) -> Result<String, InvalidValue> {
    if text.contains('.') && value_parsers::is_valid_host_name(text) && text.parse::<IpAddr>().is_err() {
        return Ok(text.to_owned());
    }
    let right =
        "the name by which the mail server may know this machine, as in hello = \"papers.example.org\"";
    Err(InvalidValue::error_hiding_value("is no whole name of a host", right))
}

fn parse_unsubscribe(text: &str) -> Result<UnsubscribeLink, InvalidValue> {
    let right = "an address to click or to write to, as in \"https://example.org/leave\" or \
                 \"mailto:papers@example.org?subject=leave\"";
    let told = |wrong: InvalidValue| InvalidValue::error_hiding_value(wrong.message, right);
    let Some(rest) = text.strip_prefix("mailto:") else {
        return parse_https_url(text).map(UnsubscribeLink::Https).map_err(told);
    };
    let address = parse_mail_address(rest.split('?').next().unwrap_or_default()).map_err(told)?;
    if address.name.is_some() || !is_header_safe(text) {
        return Err(InvalidValue::error_hiding_value(
            "has a character that no address has as it is, or is too long",
            right,
        ));
    }
    Ok(UnsubscribeLink::Mailto(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::https_link_parser::LINK_BYTES_MAX;

    #[test]
    fn a_server_is_a_host_with_its_way_to_be_spoken_to() {
        for text in [
            "smtp://mail.example.org",
            "smtp://mail.example.org:2587/",
            "smtps://10.0.0.1:465",
            "smtps://[2001:db8::1]:466",
            "smtp://relay",
            "smtp+plain://localhost",
            "smtp+plain://mail.localhost:2525",
            "smtp+plain://127.8.8.8",
            "smtp+plain://[::1]:25",
            "smtp+plain://[::ffff:127.0.0.1]",
        ] {
            assert_eq!(parse_smtp_server(text), Ok(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_server_is_greeted_by_a_whole_name() {
        assert_eq!(parse_client_name("papers.example.org").as_deref(), Ok("papers.example.org"));
        for other in ["", "papers", "192.0.2.1", "[127.0.0.1]", "a b.example.org", "a.b\r\nMAIL FROM:<>"] {
            assert!(parse_client_name(other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_server_that_would_tell_everyone_or_is_none_is_refused() {
        for (text, words) in [
            ("", "not an address"),
            ("mail.example.org", "not an address"),
            ("mail.example.org:587", "begins with none"),
            ("http://mail.example.org", "begins with none"),
            ("smtp://", "just a host"),
            ("smtp:mail.example.org", "just a host"),
            ("smtp://mail.example.org/inbox", "just a host"),
            ("smtp://mail.example.org?tls=none", "just a host"),
            ("smtp://mail.example.org#x", "just a host"),
            ("smtp://mail.example.org:0", "just a host"),
            ("smtp://mail.example.org:99999", "not an address"),
            ("smtp://mäil.example.org", "just a host"),
            (" smtp://mail.example.org", "a space"),
            ("smtp://mail.\nexample.org", "a space"),
            ("smtp+plain://mail.example.org", "everyone"),
            ("smtp+plain://10.0.0.1", "everyone"),
            ("smtp+plain://0.0.0.0", "everyone"),
            ("smtp+plain://localhost.example.org", "everyone"),
            ("smtp+plain://[2001:db8::1]", "everyone"),
            ("smtp://bob:canary@mail.example.org", "a login"),
            ("smtp:bob:canary@mail.example.org", "a login"),
        ] {
            let wrong = parse_smtp_server(text).expect_err(text);
            assert!(wrong.message.contains(words), "{text}: {}", wrong.message);
            assert!(!format!("{wrong:?}").contains("canary"));
        }
    }

    #[test]
    fn a_link_can_stand_in_a_header_as_it_is() {
        for text in ["https://example.org", "https://127.0.0.1:8443/a?b=c#d", "https://[::1]/%C3%A4"] {
            assert_eq!(parse_https_url(text), Ok(text.to_owned()), "{text}");
        }
        for text in ["mailto:leave@example.org", "mailto:leave@example.org?subject=leave%20it"] {
            assert_eq!(parse_unsubscribe(text), Ok(UnsubscribeLink::Mailto(text.to_owned())), "{text}");
        }
        let leave = "https://example.org/leave?list=1";
        assert_eq!(parse_unsubscribe(leave), Ok(UnsubscribeLink::Https(leave.to_owned())));
        let long = format!("https://example.org/{}", "x".repeat(LINK_BYTES_MAX));
        for text in [
            "",
            "http://example.org",
            "HTTPS://example.org",
            "https://",
            "https://ada:canary@example.org",
            "https://example.org/a b",
            "https://example.org/>",
            "https://example.org/\r\nBcc: x",
            "https://bücher.example",
            "ftp://example.org",
            "javascript:alert(1)",
            "mailto:",
            "mailto:leave",
            "mailto:Ada <ada@example.org>",
            "mailto:<ada@example.org>",
            "mailto:a@b.org, c@d.org",
            "mailto:a@b.org?subject=a\r\nBcc: x",
            &long,
        ] {
            assert!(parse_https_url(text).is_err() && parse_unsubscribe(text).is_err(), "{text}");
        }
    }
}
