//! What arXiv allows programs that ask it, and how its answers come.

use std::time::Duration;

use jiff::SignedDuration;

use super::{AnnouncementCalendar, Paging, SourcePollingPolicy};

/// What arXiv's API is called as a source.
pub const ARXIV_SOURCE: &str = "arxiv";

/// The policy of arXiv's API.
pub const ARXIV_POLICY: SourcePollingPolicy = SourcePollingPolicy {
    title: "arXiv",
    pace_min: PACE_MIN,
    look_back: LOOK_BACK,
    paging: Paging::Pages { window: WINDOW },
    // Before November 2025 every answer of a day was stamped with that day's midnight.
    day_stamp_zone: Some("America/New_York"),
    calendar: AnnouncementCalendar::Arxiv,
};

/// The least time between two requests to arXiv. Source: <https://info.arxiv.org/help/api/tou.html>.
const PACE_MIN: Duration = Duration::from_secs(3);

/// How far back a poll looks for papers that appear late. Of the rows that are new in one day's answer 4 % are dated before
/// the newest of the day before, by 22 days at the most.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(28 * 24);

/// arXiv answers only for results up to here, however many there are.
const WINDOW: u64 = 10_000;

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
