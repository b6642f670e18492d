//! Redirects, followed by hand: each one is looked at as the first address was.

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};

use super::body;
use super::feed_response::FeedRedirection;
use crate::domain::{FetchError, FetchErrorKind, RedirectTargetKind, is_same_site};
use crate::network::connection_error_text::error_and_its_causes;
use crate::network::private_network_guard::PrivateAddressError;
use crate::source::feed::address::FeedAddress;

/// The most redirects that are followed. Nature's feeds need three.
const REDIRECTS_MAX: usize = 5;

/// The addresses from the one that was asked to the present one.
#[derive(Debug)]
pub(super) struct RedirectChain<'a> {
    first: &'a FeedAddress,
    redirects: Vec<FeedAddress>,
    are_permanent: bool,
    /// Whether one of them led from https to http.
    is_downgraded: bool,
    notes: Vec<String>,
}

impl<'a> RedirectChain<'a> {
    pub(super) fn new(first: &'a FeedAddress) -> Self {
        Self { first, redirects: Vec::new(), are_permanent: true, is_downgraded: false, notes: Vec::new() }
    }

    pub(super) fn asked_address(&self) -> &FeedAddress {
        self.first
    }

    pub(super) fn latest_redirect_address(&self) -> &FeedAddress {
        self.redirects.last().unwrap_or(self.first)
    }

    /// Goes where an answer points to, if it does. An error says why that is not followed.
    pub(super) fn follow_redirect(&mut self, response: &Response) -> Result<bool, FetchError> {
        let status = response.status();
        if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(false);
        }
        let location =
            response.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        let target = location.and_then(|location| self.latest_redirect_address().redirect_target(location));
        let Some(target) = target else {
            return Err(redirect_error(format!(
                "{status}: it points elsewhere, and not to a page of the web"
            )));
        };
        self.check_redirect_target(&target)?;
        if self.latest_redirect_address().is_https() && !target.is_https() {
            self.is_downgraded = true;
            self.notes
                .push(format!("it redirects from https to {target}, which anybody on the network can read"));
        }
        self.are_permanent &=
            matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
        self.redirects.push(target);
        Ok(true)
    }

    fn check_redirect_target(&self, target: &FeedAddress) -> Result<(), FetchError> {
        if target == self.first || self.redirects.contains(target) {
            return Err(redirect_error(format!("it redirects in a circle, over {target}")));
        }
        if self.redirects.len() == REDIRECTS_MAX {
            return Err(redirect_error(format!("more than {REDIRECTS_MAX} redirects, the last to {target}")));
        }
        let is_front_page = self.first.classify_redirect_target(target) == RedirectTargetKind::FrontPage;
        if is_front_page && !is_same_site(self.first.host(), target.host()) {
            return Err(redirect_error(format!(
                "it redirects to the front page of another site, {target}; the feed may have moved, or a network that \
                 wants a login is in between"
            )));
        }
        Ok(())
    }

    /// A request without an answer's head.
    pub(super) fn unanswered_request_error(&self, error: &reqwest::Error) -> FetchError {
        let is_private = |cause: &(dyn std::error::Error + 'static)| cause.is::<PrivateAddressError>();
        if error_and_its_causes(error).any(is_private) {
            return self.private_address_error();
        }
        let error = body::unanswered_request_error(error);
        match self.redirects.last() {
            Some(target) => {
                FetchError { message: format!("redirected to {target}: {}", error.message), ..error }
            }
            None => error,
        }
    }

    pub(super) fn private_address_error(&self) -> FetchError {
        let words = match self.redirects.last() {
            Some(target) => format!(
                "it redirects to {target}, which is on the loopback or in a private network; that is followed only with \
                 allow_private = true"
            ),
            None => "its host is on the loopback or in a private network; such a one is asked only with \
                     allow_private = true"
                .to_owned(),
        };
        FetchError::permanent(FetchErrorKind::PrivateAddress, words)
    }

    /// The address that answered, the way to it, and what is to be said of that.
    pub(super) fn into_address_and_redirection(self) -> (FeedAddress, FeedRedirection, Vec<String>) {
        let address = self.latest_redirect_address().clone();
        let redirection = match self.redirects.last() {
            None => FeedRedirection::None,
            Some(_) if self.are_permanent && self.is_downgraded => {
                FeedRedirection::Permanent(RedirectTargetKind::LessSecure)
            }
            Some(last) if self.are_permanent => {
                FeedRedirection::Permanent(self.first.classify_redirect_target(last))
            }
            Some(_) => FeedRedirection::Temporary,
        };
        (address, redirection, self.notes)
    }
}

fn redirect_error(words: String) -> FetchError {
    FetchError::transient(FetchErrorKind::Redirected, words)
}
