//! Addresses that a message may link to.

use std::net::IpAddr;

use reqwest::Url;

use crate::config_table::diagnostic::InvalidValue;
use crate::config_table::value_parsers;

/// Longest address that a message links to, in bytes.
pub(super) const LINK_BYTES_MAX: usize = 500;

/// An https address that a header and a page can have.
pub(super) fn parse_https_url(text: &str) -> Result<String, InvalidValue> {
    let right = "an https address, as in \"https://github.com/owner/list\"";
    let wrong = |words: &str| Err(InvalidValue::error_hiding_value(words, right));
    if !text.starts_with("https://") {
        return wrong("does not begin with https://");
    }
    let host = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none());
    let Some(host) = host.as_ref().and_then(Url::host_str) else {
        return wrong("is not an address, or has a user in it");
    };
    let is_host =
        value_parsers::is_valid_host_name(host) || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if !is_host || !is_header_safe(text) {
        return wrong("has a character that no address has as it is, or is too long");
    }
    Ok(text.to_owned())
}

/// Whether an address can be in a header between angle brackets. Source: RFC 3986, appendix A.
pub(super) fn is_header_safe(text: &str) -> bool {
    let is_of_address = |byte: u8| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte);
    text.bytes().all(is_of_address) && text.len() <= LINK_BYTES_MAX
}
