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
pub enum RemoteError {
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
    pub fn transport(&self) -> GitTransport {
        self.transport
    }

    /// The address as git takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host in lower case, with its port where one is written; empty for a folder.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What a forge calls the repository: the path without its slashes at the ends and `.git`.
    pub fn project_path(&self) -> &str {
        let path = self.path.trim_matches('/');
        path.strip_suffix(".git").unwrap_or(path)
    }

    /// The part of the address that a token may be sent to: `https://host/`; none if no token is sent.
    pub fn token_origin(&self) -> Option<String> {
        match self.transport {
            GitTransport::Https => Some(format!("https://{}/", self.host)),
            GitTransport::Http => Some(format!("http://{}/", self.host)),
            GitTransport::Ssh | GitTransport::File => None,
        }
    }
}

impl FromStr for Remote {
    type Err = RemoteError;

    fn from_str(text: &str) -> Result<Self, RemoteError> {
        if text.is_empty() || text.len() > BYTES_MAX {
            return Err(RemoteError::Size);
        }
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(RemoteError::Character);
        }
        match text.split_once("://") {
            Some(("https", rest)) => parse_http(GitTransport::Https, text, rest),
            Some(("http", rest)) => parse_http(GitTransport::Http, text, rest),
            Some(("ssh", rest)) => parse_ssh(text, rest),
            Some(("file", path)) => parse_local_folder(path),
            Some(_) => Err(RemoteError::Scheme),
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

fn parse_http(transport: GitTransport, url: &str, rest: &str) -> Result<Remote, RemoteError> {
    let (host, path) = split_host_and_path(rest)?;
    if host.contains('@') {
        return Err(RemoteError::Credentials);
    }
    if transport == GitTransport::Http && !is_loopback(&host) {
        return Err(RemoteError::Cleartext);
    }
    checked_remote(transport, url, &host, path)
}

fn parse_ssh(url: &str, rest: &str) -> Result<Remote, RemoteError> {
    let (authority, path) = split_host_and_path(rest)?;
    let host = strip_user(&authority)?;
    checked_remote(GitTransport::Ssh, url, host, path)
}

/// `git@host:owner/list`, as forges show it.
fn parse_scp_like(text: &str) -> Result<Remote, RemoteError> {
    let (authority, path) = text.split_once(':').ok_or(RemoteError::Scheme)?;
    if authority.contains('/') || !authority.contains('@') {
        return Err(RemoteError::Scheme);
    }
    checked_remote(GitTransport::Ssh, text, strip_user(authority)?, path)
}

fn parse_local_folder(path: &str) -> Result<Remote, RemoteError> {
    // With two slashes it begins as an address does, perhaps with a login in it.
    if !path.starts_with('/') || path.starts_with("//") || path.trim_matches('/').is_empty() {
        return Err(RemoteError::Path);
    }
    let (url, path) = (format!("file://{path}"), path.to_owned());
    Ok(Remote { transport: GitTransport::File, url, host: String::new(), path })
}

fn checked_remote(transport: GitTransport, url: &str, host: &str, path: &str) -> Result<Remote, RemoteError> {
    if !is_host_with_optional_port(host) {
        return Err(RemoteError::Host);
    }
    if path.trim_matches('/').is_empty() || path.starts_with('-') {
        return Err(RemoteError::Path);
    }
    if path.contains(['?', '#']) {
        return Err(RemoteError::Query);
    }
    let (host, path) = (host.to_ascii_lowercase(), path.to_owned());
    Ok(Remote { transport, url: url.to_owned(), host, path })
}

/// Before and from the first slash.
fn split_host_and_path(rest: &str) -> Result<(String, &str), RemoteError> {
    let at = rest.find('/').ok_or(RemoteError::Path)?;
    Ok((rest[..at].to_owned(), &rest[at..]))
}

/// A user of ssh is no secret, a password is; and neither may look like an option of ssh.
fn strip_user(authority: &str) -> Result<&str, RemoteError> {
    match authority.split_once('@') {
        None => Ok(authority),
        Some((user, _)) if user.contains(':') => Err(RemoteError::Credentials),
        Some((user, _)) if user.is_empty() || user.starts_with('-') => Err(RemoteError::Host),
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
            assert_eq!(remote.transport(), transport, "{text}");
            assert_eq!(remote.url(), if url.is_empty() { text } else { url });
            assert_eq!((remote.host(), remote.project_path()), (host, project), "{text}");
        }
    }

    #[test]
    fn what_would_leak_a_token_or_pass_for_an_option_is_refused() {
        for (text, bad) in [
            ("", RemoteError::Size),
            ("http://example.org/list", RemoteError::Cleartext),
            ("http://127.0.0.1.example.org/list", RemoteError::Cleartext),
            ("https://token@github.com/owner/list", RemoteError::Credentials),
            ("https://user:canary@github.com/owner/list", RemoteError::Credentials),
            ("ssh://git:canary@host/list", RemoteError::Credentials),
            ("//bot:canary@host/list", RemoteError::Path),
            ("ssh://-oProxyCommand=x/list", RemoteError::Host),
            ("ssh://git@-oProxyCommand=x/list", RemoteError::Host),
            ("-o@host:list", RemoteError::Host),
            ("git@host:-u", RemoteError::Path),
            ("https://github.com", RemoteError::Path),
            ("https://github.com/", RemoteError::Path),
            ("https:///owner/list", RemoteError::Host),
            ("https://host:99999/list", RemoteError::Host),
            ("https://github.com/owner/list?x=1", RemoteError::Query),
            ("https://github.com/owner/list#x", RemoteError::Query),
            ("ssh://git@github.com/owner/list#x", RemoteError::Query),
            ("git@github.com:owner/list?x", RemoteError::Query),
            ("https://github.com/owner/my list", RemoteError::Character),
            ("https://github.com/owner\n/list", RemoteError::Character),
            ("ext::sh -c true", RemoteError::Character),
            ("ext::x", RemoteError::Scheme),
            ("git://github.com/owner/list", RemoteError::Scheme),
            ("owner/list", RemoteError::Scheme),
            ("file://host/list", RemoteError::Path),
        ] {
            assert_eq!(text.parse::<Remote>(), Err(bad), "{text:?}");
        }
    }

    #[test]
    fn a_token_goes_to_its_own_host_alone() {
        let token_origin = |text: &str| text.parse::<Remote>().unwrap().token_origin();
        assert_eq!(token_origin("https://github.com/owner/list").as_deref(), Some("https://github.com/"));
        assert_eq!(token_origin("http://127.0.0.1:4000/list").as_deref(), Some("http://127.0.0.1:4000/"));
        assert_eq!(token_origin("git@github.com:owner/list"), None);
        assert_eq!(token_origin("/srv/list.git"), None);
    }
}
