//! What git gets of our own environment: what it takes to reach a remote, and nothing else. A variable that makes
//! git write down what it sends, leads it to another repository, or holds another's secret does not reach it.

use std::ffi::OsString;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::domain::GitTransport;

/// What git, ssh and their libraries need as programs, and what says how a remote is reached.
/// Source: <https://git-scm.com/docs/git#_environment_variables>, ssh(1), and OpenSSL's `SSL_CERT_FILE`.
const KEPT: [&str; 20] = [
    "GIT_HTTP_PROXY_AUTHMETHOD",
    "GIT_PROXY_SSL_CAINFO",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "HOME",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "NO_PROXY",
    "PATH",
    "SHELL",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
    "USER",
    "no_proxy",
];

/// The variables that name a proxy. Source: curl(1), "Environment".
const PROXIES: [&str; 6] =
    ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "http_proxy", "https_proxy"];

/// The kinds of proxies that curl knows.
const PROXY_SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// What is shown in place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// The variables that git gets. Shown, it has no value in it.
#[derive(Clone, Default)]
pub struct GitEnvironment {
    variables: Vec<(OsString, OsString)>,
    /// What of them is shown to nobody, the longest first.
    secrets: Vec<String>,
    /// The variables that should name a proxy and do not.
    invalid_proxies: Vec<&'static str>,
}

impl GitEnvironment {
    /// What git gets of these.
    pub fn from_variables(all: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in all {
            if let Some(proxy) = PROXIES.iter().find(|proxy| name == **proxy) {
                environment.add_proxy_variable(proxy, value);
            } else if KEPT.iter().any(|kept| name == *kept) {
                environment.secrets.extend(ssh_command_to_redact(&name, &value));
                environment.variables.push((name, value));
            }
        }
        environment.secrets.retain(|secret| !secret.is_empty());
        environment.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        environment
    }

    /// The variables with their values.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.variables.iter().map(|(name, value)| (name, value))
    }

    /// A variable that should name the proxy of such a remote, and does not. Git would show it as it is.
    pub(super) fn invalid_proxy_variable(&self, transport: GitTransport) -> Option<&'static str> {
        let scheme = match transport {
            GitTransport::Https => "https",
            GitTransport::Http => "http",
            GitTransport::Ssh | GitTransport::File => return None,
        };
        let is_for = |name: &str| {
            let name = name.to_ascii_lowercase();
            name == "all_proxy" || name.strip_suffix("_proxy") == Some(scheme)
        };
        self.invalid_proxies.iter().copied().find(|name| is_for(name))
    }

    /// A text without what of the environment is shown to nobody.
    pub(super) fn redact(&self, text: String) -> String {
        let by_value = |text: String, secret: &String| text.replace(secret.as_str(), REDACTED);
        strip_logins(&self.secrets.iter().fold(text, by_value))
    }

    fn add_proxy_variable(&mut self, name: &'static str, value: OsString) {
        let text = value.to_string_lossy().into_owned();
        if text.is_empty() {
            return;
        }
        if !is_proxy_url(&text) {
            return self.invalid_proxies.push(name);
        }
        if let Some(login) = userinfo_of_url(&text) {
            let plain = percent_decode(login);
            let password = |login: &str| login.split_once(':').map(|(_, password)| password.to_owned());
            self.secrets.extend([login, &plain].into_iter().filter_map(password));
            self.secrets.extend([STANDARD.encode(login), STANDARD.encode(&plain)]);
            self.secrets.extend([text.clone(), login.to_owned(), plain.clone()]);
        }
        self.variables.push((name.into(), value));
    }
}

impl fmt::Debug for GitEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.variables.iter().map(|(name, _)| name)).finish()
    }
}

/// A command may have a password among its arguments, and git shows a command that does not run.
fn ssh_command_to_redact(name: &OsString, value: &OsString) -> Option<String> {
    (name == "GIT_SSH_COMMAND").then(|| value.to_string_lossy().into_owned())
}

/// Whether it is `[scheme://][user[:password]@]host[:port][/]`. A password may hold what it should not; where it
/// ends must be plain, or a part of it would be taken for the host, and shown.
fn is_proxy_url(text: &str) -> bool {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (login, host) = rest.rsplit_once('@').unwrap_or(("", rest));
    let is_misleading = |c: char| matches!(c, '/' | '?' | '#' | '\\') || c.is_whitespace() || c.is_control();
    let known = PROXY_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    known && !login.contains(is_misleading) && is_host_with_port(host)
}

/// `proxy.example.org`, `10.0.0.1:3128`, `[::1]:3128`.
fn is_host_with_port(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (text, None),
    };
    let is_name = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
    };
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// The user and the password in an address.
fn userinfo_of_url(address: &str) -> Option<&str> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.rsplit_once('@').map(|(login, _)| login)
}

/// `a%40b` as `a@b`: what a proxy is sent, and could send back.
fn percent_decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let hex = (*first == b'%').then(|| others.get(..2)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        decoded.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A text whose addresses have no user and no password. The user of ssh is no secret.
fn strip_logins(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://").map(|at| at + 3) {
        let (before, behind) = rest.split_at(start);
        let (address, behind) = behind.split_at(behind.find(['\'', '"', '\n']).unwrap_or(behind.len()));
        shown.push_str(before);
        match address.rsplit_once('@') {
            Some((login, host)) if !before.ends_with("ssh://") || login.contains(':') => {
                shown.push_str(REDACTED);
                shown.push('@');
                shown.push_str(host);
            }
            _ => shown.push_str(address),
        }
        rest = behind;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_git_environment(variables: &[(&str, &str)]) -> GitEnvironment {
        GitEnvironment::from_variables(
            variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))),
        )
    }

    #[test]
    fn git_gets_what_it_needs_and_nothing_else() {
        let given = sample_git_environment(&[
            ("PATH", "/bin"),
            ("GIT_TRACE", "1"),
            ("GIT_TRACE_CURL_NO_DATA", "0"),
            ("GIT_CURL_VERBOSE", "1"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_DIR", "/elsewhere"),
            ("SMTP_PASSWORD", "canary"),
            ("https_proxy", "http://u:can%40ary@proxy:3128"),
            ("no_proxy", "localhost"),
        ]);
        let names: Vec<_> = given.variables().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        assert_eq!(names, ["PATH", "https_proxy", "no_proxy"]);
        assert_eq!(format!("{given:?}"), r#"["PATH", "https_proxy", "no_proxy"]"#);
    }

    #[test]
    fn an_address_of_a_proxy_is_told_from_what_is_none() {
        for address in [
            "proxy",
            "10.0.0.1:3128",
            "http://proxy.example.org/",
            "HTTP://u:canary@proxy:3128",
            "http://u:pa]ss@proxy",
            "http://u:p@ss@proxy",
            "socks5h://u@[::1]:1080",
        ] {
            assert!(is_proxy_url(address), "{address}");
            let given = sample_git_environment(&[("HTTPS_PROXY", address)]);
            assert_eq!(
                (given.variables().count(), given.invalid_proxy_variable(GitTransport::Https)),
                (1, None)
            );
        }
        for address in [
            "u:canary",
            "http://u:12/canary@proxy",
            "http://u:12#canary@proxy",
            "http://u:12?canary@proxy",
            "http://u:canary@pro xy",
            "http://u:can\nary@proxy",
            "http:/u:canary@proxy",
            "foo://u:canary@proxy",
            "http://u:canary@",
            "http://u:canary@proxy:x",
            "http://u:canary@proxy:99999",
            "http://u:canary@[::1",
            "http://proxy/canary",
            "://",
        ] {
            assert!(!is_proxy_url(address), "{address}");
            let given = sample_git_environment(&[("https_proxy", address), ("HTTP_PROXY", "proxy")]);
            assert_eq!(given.invalid_proxy_variable(GitTransport::Https), Some("https_proxy"), "{address}");
            assert_eq!(given.invalid_proxy_variable(GitTransport::Http), None);
            assert_eq!(given.invalid_proxy_variable(GitTransport::Ssh), None);
        }
    }

    #[test]
    fn nothing_of_a_proxys_address_but_its_host_is_shown() {
        let address = "http://user:can%40ary@proxy.example.org:3128";
        let given =
            sample_git_environment(&[("https_proxy", address), ("GIT_SSH_COMMAND", "sshpass -p canary ssh")]);
        for (said, shown) in [
            ("Unsupported proxy syntax in 'http://user:can%40ary@proxy.example.org:3128'", "[redacted]'"),
            ("Could not resolve proxy: proxy.example.org", "proxy.example.org"),
            ("remote: you sent dXNlcjpjYW5AYXJ5", "[redacted]"),
            ("remote: you sent can@ary and can%40ary", "[redacted] and [redacted]"),
            (
                "could not read Password for 'http://user@proxy.example.org'",
                "'http://[redacted]@proxy.example.org'",
            ),
            ("sshpass -p canary ssh: 1: sshpass: not found", "[redacted]: 1: sshpass: not found"),
            ("unable to access 'https://h/o/l/': as ssh://git@h/o/l", "'https://h/o/l/': as ssh://git@h/o/l"),
        ] {
            let redacted = given.redact(said.to_owned());
            assert!(redacted.ends_with(shown) && !redacted.contains("canary"), "{redacted}");
            assert!(!redacted.contains("can@ary") && !redacted.contains("%40"), "{redacted}");
        }
    }
}
