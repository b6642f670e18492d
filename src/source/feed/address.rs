//! The address of a feed, which may be a secret as a whole.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::domain::{Fingerprint, RedirectTargetKind, is_same_site};

/// Each relative link of a feed is made as long as its base: a longer path is left out of that.
const LINK_BASE_PATH_BYTES_MAX: usize = 512;

/// The address of a feed. It is shown with its scheme and host alone.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedAddress(Url);

/// Why a text is no address of a feed. It does not show the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedAddressError {
    /// Not an address.
    #[error("the address cannot be read; https://… is expected")]
    Unreadable,
    /// An address of something else than a web page.
    #[error("the address is none of the web; https://… is expected")]
    OtherScheme,
}

impl FeedAddress {
    /// Reads an http or https address.
    pub fn parse(text: &str) -> Result<Self, FeedAddressError> {
        let mut url = Url::parse(text.trim()).map_err(|_| FeedAddressError::Unreadable)?;
        url.set_fragment(None);
        Self::from_url(url).ok_or(FeedAddressError::OtherScheme)
    }

    fn from_url(url: Url) -> Option<Self> {
        (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(Self(url))
    }

    /// The whole of it, for those who ask it or resolve against it.
    pub fn full_feed_url(&self) -> &Url {
        &self.0
    }

    /// What relative links of the feed are resolved against: lists and messages show them, so it has no login and no query,
    /// and of a secret address nothing but its origin.
    pub(super) fn link_base(&self, is_secret: bool) -> Url {
        let mut base = self.0.clone();
        // An http address takes both.
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base.set_query(None);
        if is_secret || base.path().len() > LINK_BASE_PATH_BYTES_MAX {
            base.set_path("/");
        }
        base
    }

    /// What identifies it without showing it.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_text(self.0.as_str())
    }

    /// Its host, whose gate a request passes.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Where a redirect at this address leads. Its credentials go with it to the same origin and nowhere else; what a
    /// redirect itself has of credentials is dropped. None if that is no page of the web.
    pub(super) fn redirect_target(&self, location: &str) -> Option<Self> {
        let mut target = self.0.join(location).ok()?;
        target.set_fragment(None);
        let is_same_origin = target.origin() == self.0.origin();
        let (user, password) =
            if is_same_origin { (self.0.username(), self.0.password()) } else { ("", None) };
        target.set_username(user).and_then(|()| target.set_password(password)).ok()?;
        Self::from_url(target)
    }

    /// Where a permanent redirect from here to there leads.
    pub(super) fn classify_redirect_target(&self, to: &Self) -> RedirectTargetKind {
        let is_front_page = matches!(to.0.path(), "/" | "") && to.0.query().is_none();
        match is_same_site(self.host(), to.host()) {
            _ if is_front_page => RedirectTargetKind::FrontPage,
            _ if self.is_https() && !to.is_https() => RedirectTargetKind::LessSecure,
            true => RedirectTargetKind::SameSite,
            false => RedirectTargetKind::OtherSite,
        }
    }

    /// Whether it is this machine itself, which no proxy can reach.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// What validators are bound to: the address that is asked, and the page that answers it. That page's query is left
    /// out, for some have a token in it that is made for each request.
    pub(super) fn fingerprint_for_validators(&self, answering: &Self) -> Fingerprint {
        Fingerprint::of_text(format!("{}\n{}{}", self.0, answering.0.authority(), answering.0.path()))
    }
}

impl fmt::Display for FeedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.0.scheme(), self.host())
    }
}

impl fmt::Debug for FeedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FeedAddress({self}/…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed_feed_address(text: &str) -> FeedAddress {
        FeedAddress::parse(text).unwrap()
    }

    #[test]
    fn an_address_shows_no_more_than_its_host() {
        let secret = parsed_feed_address("https://ada:canary@example.org:8443/canary?token=canary#canary");
        assert_eq!(secret.to_string(), "https://example.org");
        assert_eq!(format!("{secret:?}"), "FeedAddress(https://example.org/…)");
        for text in ["", "canary", "ftp://canary.example.org/", "mailto:canary@example.org", "https://"] {
            let error = FeedAddress::parse(text).unwrap_err().to_string();
            assert!(error.contains("https://… is expected") && !error.contains("canary"), "{text}: {error}");
        }
    }

    #[test]
    fn a_relative_link_has_nothing_of_a_secret_in_it() {
        let secret = parsed_feed_address("https://ada:canary@example.org/canary/feed?token=canary");
        let link = |is_secret| secret.link_base(is_secret).join("paper/1").unwrap().to_string();
        assert_eq!(link(true), "https://example.org/paper/1");
        assert_eq!(link(false), "https://example.org/canary/paper/1");
    }

    #[test]
    fn credentials_go_to_the_same_origin_and_nowhere_else() {
        let secured = parsed_feed_address("https://ada:word@example.org/a/feed");
        for (location, target) in [
            ("new", Some("https://ada:word@example.org/a/new")),
            ("https://example.org:443/new#x", Some("https://ada:word@example.org/new")),
            ("//example.org/new", Some("https://ada:word@example.org/new")),
            ("https://bob:other@example.org/new", Some("https://ada:word@example.org/new")),
            ("http://example.org/new", Some("http://example.org/new")),
            ("https://example.org:8443/new", Some("https://example.org:8443/new")),
            ("https://www.example.org/new", Some("https://www.example.org/new")),
            ("https://ada:word@elsewhere.org/", Some("https://elsewhere.org/")),
            ("", Some("https://ada:word@example.org/a/feed")),
            ("ftp://example.org/new", None),
            ("javascript:alert(1)", None),
            ("https://", None),
        ] {
            let found = secured.redirect_target(location);
            assert_eq!(found.as_ref().map(|found| found.full_feed_url().as_str()), target, "{location}");
        }
    }

    #[test]
    fn a_move_leads_to_the_same_site_or_not() {
        use RedirectTargetKind::{FrontPage, LessSecure, OtherSite, SameSite};
        let secure = parsed_feed_address("https://www.example.org/feed");
        assert_eq!(
            secure.classify_redirect_target(&parsed_feed_address("http://www.example.org/new")),
            LessSecure
        );
        let from = parsed_feed_address("http://www.example.org/feed");
        for (to, target) in [
            ("https://www.example.org/feed", SameSite),
            ("https://feeds.example.org/rss", SameSite),
            ("https://elsewhere.org/feed", OtherSite),
            ("https://elsewhere.org/", FrontPage),
            ("https://www.example.org", FrontPage),
            ("https://elsewhere.org/?feed=rss", OtherSite),
        ] {
            assert_eq!(from.classify_redirect_target(&parsed_feed_address(to)), target, "{to}");
        }
    }

    #[test]
    fn validators_are_bound_to_what_is_asked_and_what_answers() {
        let [asked, other] =
            ["https://example.org/feed?a=1", "https://example.org/feed?a=2"].map(parsed_feed_address);
        let answering = |token: &str| parsed_feed_address(&format!("https://example.org/final?code={token}"));
        let bound = asked.fingerprint_for_validators(&answering("1"));
        assert_eq!(asked.fingerprint_for_validators(&answering("2")), bound);
        assert_ne!(other.fingerprint_for_validators(&answering("1")), bound);
        assert_ne!(asked.fingerprint_for_validators(&asked), bound);
    }
}
