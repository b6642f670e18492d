//! Whether a receiver's URL is used at all.

use std::fmt;

use reqwest::Url;

use crate::network::private_network_guard::{AddressPolicy, PrivateAddressError};

/// Why a URL is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressPolicyError {
    /// The address, or what its name resolves to, is not public.
    PrivateAddress,
    /// The address would carry the message and its own secret in clear.
    Unencrypted,
}

impl AddressPolicyError {
    /// The error in words for the operator.
    pub(super) fn explanation(self) -> &'static str {
        match self {
            Self::PrivateAddress => {
                "its host is on the loopback or in a private network; such a one is used only with \
                 allow_private = true. Nothing was sent"
            }
            Self::Unencrypted => {
                "its URL is http://, which anybody on the network can read; use https:// (allow_private = true \
                 allows http:// too). Nothing was sent"
            }
        }
    }
}

impl fmt::Display for AddressPolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.explanation())
    }
}

impl std::error::Error for AddressPolicyError {}

impl From<PrivateAddressError> for AddressPolicyError {
    fn from(_: PrivateAddressError) -> Self {
        Self::PrivateAddress
    }
}

/// Whether a receiver may be asked at this URL as far as its own text says: at a public address only by https.
pub(super) fn check_receiver_url(policy: AddressPolicy, url: &Url) -> Result<(), AddressPolicyError> {
    if policy == AddressPolicy::PublicOnly && url.scheme() != "https" {
        return Err(AddressPolicyError::Unencrypted);
    }
    Ok(policy.check_url_host(url)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_sent_in_clear() {
        let url = Url::parse("http://hooks.example.org/canary").unwrap();
        assert_eq!(check_receiver_url(AddressPolicy::PublicOnly, &url), Err(AddressPolicyError::Unencrypted));
        assert_eq!(check_receiver_url(AddressPolicy::AnyAddress, &url), Ok(()));
    }
}
