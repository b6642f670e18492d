//! What arXiv asks of programs that ask it.

use std::time::Duration;

/// The least time between two requests to arXiv. Source: <https://info.arxiv.org/help/api/tou.html>.
pub const PACE_MIN: Duration = Duration::from_secs(3);

/// Whether a host is arXiv's own, so that its terms hold: `arxiv.org` or a name under it.
pub fn is_arxiv_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "arxiv.org" || host.ends_with(".arxiv.org")
}

/// Who we say we are. arXiv asks for no User-Agent in writing, but throttles nameless ones harder.
pub fn user_agent(contact: &str) -> String {
    let (version, page) = (env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_REPOSITORY"));
    if contact == page {
        format!("paperwire/{version} (+{page})")
    } else {
        format!("paperwire/{version} (+{page}; {contact})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arxivs_own_hosts_are_known_and_no_others() {
        for host in ["arxiv.org", "export.arxiv.org", "ARXIV.org", "export.arxiv.org."] {
            assert!(is_arxiv_host(host), "{host}");
        }
        for host in ["", "127.0.0.1", "notarxiv.org", "arxiv.org.example", "arxiv.organic", "example.org"] {
            assert!(!is_arxiv_host(host), "{host}");
        }
    }
}
