//! Where a repository is.

use std::fmt;
use std::str::FromStr;

/// Longest address in bytes; none in use has a quarter of it.
const BYTES_MAX: usize = 1000;

/// A repository's address, without user or password where it goes over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    transport: GitTransport,
    url: String,
    host: String,
    path: String,
}

/// How a remote is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitTransport {
    /// Over TLS; who may write says a token.
    Https,
    /// In clear, and so only to this machine.
    Http,
    /// By the user's own key and `~/.ssh/config`.
    Ssh,
    /// A folder of this machine.
    File,
}

/// An address that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RemoteAddressError {
    /// Nothing is there, or too much.
    #[error("is empty or too long")]
    Size,
    /// A space, a control character or a backslash.
    #[error("has a character in it that no address has")]
    Character,
    /// Not one of the four.
    #[error("is no address of a repository")]
    Scheme,
    /// `http://` to another machine would send the token in clear.
    #[error("would send the token in clear")]
    Cleartext,
    /// A user or a password is in it.
    #[error("has a user or a password in it, and this file is no place for it")]
    Credentials,
    /// No host, or one that is none.
    #[error("has no right host")]
    Host,
    /// No path, or one that is none.
    #[error("has no right path")]
    Path,
    /// A query or a fragment.
    #[error("has more behind its path, and no repository's address has a `?` or a `#`")]
    Query,
}

impl Remote {
    /// How git reaches the repository.
    pub fn git_transport(&self) -> GitTransport {
        self.transport
    }

    /// The address as git takes it.
    pub fn git_remote_url(&self) -> &str {
        &self.url
    }

    /// The host in lower case, with its port where one is written; empty for a folder.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What a forge calls the repository: the path without its slashes at the ends and `.git`.
    pub fn forge_project_path(&self) -> &str {
        let path = self.path.trim_matches('/');
        path.strip_suffix(".git").unwrap_or(path)
    }

    /// The part of the address that a token may be sent to: `https://host/`; none if no token is sent.
    pub fn origin_that_gets_token(&self) -> Option<String> {
        match self.transport {
            GitTransport::Https => Some(format!("https://{}/", self.host)),
            GitTransport::Http => Some(format!("http://{}/", self.host)),
            GitTransport::Ssh | GitTransport::File => None,
        }
    }
}

impl FromStr for Remote {
    type Err = RemoteAddressError;

    fn from_str(text: &str) -> Result<Self, RemoteAddressError> {
        if text.is_empty() || text.len() > BYTES_MAX {
            return Err(RemoteAddressError::Size);
        }
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(RemoteAddressError::Character);
        }
        match text.split_once("://") {
            Some(("https", rest)) => parse_http_remote(GitTransport::Https, text, rest),
            Some(("http", rest)) => parse_http_remote(GitTransport::Http, text, rest),
            Some(("ssh", rest)) => parse_ssh(text, rest),
            Some(("file", path)) => parse_local_folder(path),
            Some(_) => Err(RemoteAddressError::Scheme),
            None if text.starts_with('/') => parse_local_folder(text),
            None => parse_scp_like(text),
        }
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

fn parse_http_remote(transport: GitTransport, url: &str, rest: &str) -> Result<Remote, RemoteAddressError> {
    let (host, path) = split_host_and_path(rest)?;
    if host.contains('@') {
        return Err(RemoteAddressError::Credentials);
    }
    if transport == GitTransport::Http && !is_loopback(&host) {
        return Err(RemoteAddressError::Cleartext);
    }
    checked_remote(transport, url, &host, path)
}

fn parse_ssh(url: &str, rest: &str) -> Result<Remote, RemoteAddressError> {
    let (authority, path) = split_host_and_path(rest)?;
    let host = strip_user(&authority)?;
    checked_remote(GitTransport::Ssh, url, host, path)
}

/// `git@host:owner/list`, as forges show it.
fn parse_scp_like(text: &str) -> Result<Remote, RemoteAddressError> {
    let (authority, path) = text.split_once(':').ok_or(RemoteAddressError::Scheme)?;
    if authority.contains('/') || !authority.contains('@') {
        return Err(RemoteAddressError::Scheme);
    }
    checked_remote(GitTransport::Ssh, text, strip_user(authority)?, path)
}

fn parse_local_folder(path: &str) -> Result<Remote, RemoteAddressError> {
    // With two slashes it begins as an address does, perhaps with a login in it.
    if !path.starts_with('/') || path.starts_with("//") || path.trim_matches('/').is_empty() {
        return Err(RemoteAddressError::Path);
    }
    let (url, path) = (format!("file://{path}"), path.to_owned());
    Ok(Remote { transport: GitTransport::File, url, host: String::new(), path })
}

fn checked_remote(
    transport: GitTransport,
    url: &str,
    host: &str,
    path: &str,
) -> Result<Remote, RemoteAddressError> {
    if !is_host_with_optional_port(host) {
        return Err(RemoteAddressError::Host);
    }
    if path.trim_matches('/').is_empty() || path.starts_with('-') {
        return Err(RemoteAddressError::Path);
    }
    if path.contains(['?', '#']) {
        return Err(RemoteAddressError::Query);
    }
    let (host, path) = (host.to_ascii_lowercase(), path.to_owned());
    Ok(Remote { transport, url: url.to_owned(), host, path })
}

/// Before and from the first slash.
fn split_host_and_path(rest: &str) -> Result<(String, &str), RemoteAddressError> {
    let at = rest.find('/').ok_or(RemoteAddressError::Path)?;
    Ok((rest[..at].to_owned(), &rest[at..]))
}

/// A user of ssh is no secret, a password is; and neither may look like an option of ssh.
fn strip_user(authority: &str) -> Result<&str, RemoteAddressError> {
    match authority.split_once('@') {
        None => Ok(authority),
        Some((user, _)) if user.contains(':') => Err(RemoteAddressError::Credentials),
        Some((user, _)) if user.is_empty() || user.starts_with('-') => Err(RemoteAddressError::Host),
        Some((_, host)) => Ok(host),
    }
}

/// A name or an address, and a port or none.
fn is_host_with_optional_port(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (text, None),
    };
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '_';
    let is_name = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !name.is_empty() && !name.starts_with(['-', '.']) && name.chars().all(is_bare),
    };
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_is_https_ssh_or_a_folder() {
        for (text, transport, url, host, project) in [
            ("https://github.com/owner/list", GitTransport::Https, "", "github.com", "owner/list"),
            (
                "https://git.example.org:8443/a/b/list.git",
                GitTransport::Https,
                "",
                "git.example.org:8443",
                "a/b/list",
            ),
            ("http://127.0.0.1:4000/list.git", GitTransport::Http, "", "127.0.0.1:4000", "list"),
            ("http://[::1]:4000/owner/list/", GitTransport::Http, "", "[::1]:4000", "owner/list"),
            ("ssh://git@github.com/owner/list.git", GitTransport::Ssh, "", "github.com", "owner/list"),
            ("ssh://host:2222/list", GitTransport::Ssh, "", "host:2222", "list"),
            ("git@GitHub.com:owner/list.git", GitTransport::Ssh, "", "github.com", "owner/list"),
            ("file:///srv/list.git", GitTransport::File, "", "", "srv/list"),
            ("/srv/list.git", GitTransport::File, "file:///srv/list.git", "", "srv/list"),
        ] {
            let remote: Remote = text.parse().expect(text);
            assert_eq!(remote.git_transport(), transport, "{text}");
            assert_eq!(remote.git_remote_url(), if url.is_empty() { text } else { url });
            assert_eq!((remote.host(), remote.forge_project_path()), (host, project), "{text}");
        }
    }

    #[test]
    fn what_would_leak_a_token_or_pass_for_an_option_is_refused() {
        for (text, bad) in [
            ("", RemoteAddressError::Size),
            ("http://example.org/list", RemoteAddressError::Cleartext),
            ("http://127.0.0.1.example.org/list", RemoteAddressError::Cleartext),
            ("https://token@github.com/owner/list", RemoteAddressError::Credentials),
            ("https://user:canary@github.com/owner/list", RemoteAddressError::Credentials),
            ("ssh://git:canary@host/list", RemoteAddressError::Credentials),
            ("//bot:canary@host/list", RemoteAddressError::Path),
            ("ssh://-oProxyCommand=x/list", RemoteAddressError::Host),
            ("ssh://git@-oProxyCommand=x/list", RemoteAddressError::Host),
            ("-o@host:list", RemoteAddressError::Host),
            ("git@host:-u", RemoteAddressError::Path),
            ("https://github.com", RemoteAddressError::Path),
            ("https://github.com/", RemoteAddressError::Path),
            ("https:///owner/list", RemoteAddressError::Host),
            ("https://host:99999/list", RemoteAddressError::Host),
            ("https://github.com/owner/list?x=1", RemoteAddressError::Query),
            ("https://github.com/owner/list#x", RemoteAddressError::Query),
            ("ssh://git@github.com/owner/list#x", RemoteAddressError::Query),
            ("git@github.com:owner/list?x", RemoteAddressError::Query),
            ("https://github.com/owner/my list", RemoteAddressError::Character),
            ("https://github.com/owner\n/list", RemoteAddressError::Character),
            ("ext::sh -c true", RemoteAddressError::Character),
            ("ext::x", RemoteAddressError::Scheme),
            ("git://github.com/owner/list", RemoteAddressError::Scheme),
            ("owner/list", RemoteAddressError::Scheme),
            ("file://host/list", RemoteAddressError::Path),
        ] {
            assert_eq!(text.parse::<Remote>(), Err(bad), "{text:?}");
        }
    }

    #[test]
    fn a_token_goes_to_its_own_host_alone() {
        let origin_that_gets_token = |text: &str| text.parse::<Remote>().unwrap().origin_that_gets_token();
        assert_eq!(
            origin_that_gets_token("https://github.com/owner/list").as_deref(),
            Some("https://github.com/")
        );
        assert_eq!(
            origin_that_gets_token("http://127.0.0.1:4000/list").as_deref(),
            Some("http://127.0.0.1:4000/")
        );
        assert_eq!(origin_that_gets_token("git@github.com:owner/list"), None);
        assert_eq!(origin_that_gets_token("/srv/list.git"), None);
    }
}
