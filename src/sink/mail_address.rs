//! Mail addresses, with or without a name. No error shows one.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use reqwest::Url;

use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::toml_table::ConfigTable;
use crate::config_table::value_parsers;

/// Longest part of an address before the `@`. Source: RFC 5321, section 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;

/// Longest address. Source: RFC 5321, section 4.5.3.1.3, less its angle brackets.
const ADDRESS_BYTES_MAX: usize = 254;

/// Longest name; programs show no more of one.
const NAME_CHARS_MAX: usize = 80;

/// What an address may have before the `@` in addition to letters and digits. Source: RFC 5322, section 3.2.3.
const LOCAL_SIGNS: &str = ".!#$%&'*+-/=?^_`{|}~";

/// An address, and the name before it if there is one. Neither has a line break or control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// `Paperwire`; without quotes.
    pub name: Option<String>,
    /// `papers@example.org`, in ASCII.
    pub address: String,
}

/// `ada@example.org`, `Ada <ada@example.org>` or `"Lovelace, Ada" <ada@example.org>`.
pub(super) fn parse_mail_address(text: &str) -> Result<MailAddress, InvalidValue> {
    let right = "as in \"Ada <ada@example.org>\" or \"ada@example.org\"";
    let wrong = |words: &str| InvalidValue::error_hiding_value(words, right);
    if text.trim().is_empty() {
        return Err(wrong("is empty"));
    }
    if text.chars().any(value_parsers::breaks_line) {
        return Err(wrong("has a line break or control character in it"));
    }
    let (name, address) = match text.trim().strip_suffix('>').map(|text| text.rsplit_once('<')) {
        Some(Some((name, address))) => (name.trim(), address.trim()),
        Some(None) => return Err(wrong("has a `>` and no `<`")),
        None => ("", text.trim()),
    };
    Ok(MailAddress {
        name: parse_display_name(name).map_err(wrong)?,
        address: parse_bare_mail_address(address).map_err(wrong)?,
    })
}

/// The name without its quotes.
fn parse_display_name(name: &str) -> Result<Option<String>, &'static str> {
    let bare = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    let is_quoted = bare.is_some();
    let bare = bare.unwrap_or(name).trim();
    if bare.contains(['"', '\\']) {
        return Err("has a quote or a backslash in its name");
    }
    if !is_quoted && bare.contains(['<', '>', '@']) {
        return Err("has more than one address in it; each needs quotes of its own");
    }
    if bare.chars().count() > NAME_CHARS_MAX {
        return Err("has a name of more than 80 characters");
    }
    Ok((!bare.is_empty()).then(|| bare.to_owned()))
}

fn parse_bare_mail_address(address: &str) -> Result<String, &'static str> {
    if address.contains([',', ';']) {
        return Err("has more than one address in it; each needs quotes of its own");
    }
    let Some((local, domain)) = address.rsplit_once('@') else { return Err("has no `@` in it") };
    if !local.is_ascii() {
        return Err("has a letter before its `@` that is not ASCII, which few servers take");
    }
    let is_local = (1..=LOCAL_BYTES_MAX).contains(&local.len())
        && local.chars().all(|c| c.is_ascii_alphanumeric() || LOCAL_SIGNS.contains(c))
        && local.split('.').all(|part| !part.is_empty());
    if !is_local {
        return Err("has something before its `@` that no address has");
    }
    let address = ascii_domain(domain).map(|domain| format!("{local}@{domain}"));
    address.filter(|address| address.len() <= ADDRESS_BYTES_MAX).ok_or("has no host's name behind its `@`")
}

/// A domain as mail servers know it: an international one in its ASCII form, RFC 5890.
fn ascii_domain(domain: &str) -> Option<String> {
    let is_name = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-.".contains(c);
    let ascii = if domain.is_ascii() {
        domain.to_owned()
    } else if domain.chars().all(is_name) {
        Url::parse(&format!("https://{domain}/")).ok()?.host_str()?.to_owned()
    } else {
        return None;
    };
    Some(ascii).filter(|ascii| value_parsers::is_valid_host_name(ascii))
}

/// As a mail's header has it, before any encoding: the name in quotes where it has signs of its own.
impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        match &self.name {
            None => f.write_str(&self.address),
            Some(name) if name.chars().all(is_plain) => write!(f, "{name} <{}>", self.address),
            Some(name) => write!(f, "\"{name}\" <{}>", self.address),
        }
    }
}

/// Each address once; `None` where the section does not say.
pub(super) fn read_recipients(section: &ConfigTable, mistakes: &mut Diagnostics) -> Option<Vec<MailAddress>> {
    if section.is_empty_toml_array("to") {
        let wrong = InvalidValue::new("names nobody", "as in to = [\"ada@example.org\"]");
        section.report_invalid("to", wrong, mistakes);
    }
    let seen = RefCell::new(HashSet::new());
    let recipient = |text: &str| {
        let mailbox = parse_mail_address(text)?;
        if seen.borrow_mut().insert(mailbox.address.to_lowercase()) {
            return Ok(mailbox);
        }
        Err(InvalidValue::error_hiding_value("names one address twice", "once is enough: each gets one mail"))
    };
    section.string_list("to", recipient, mistakes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_and_without_its_name() {
        for (text, name, address, shown) in [
            ("ada@example.org", None, "ada@example.org", "ada@example.org"),
            (" Ada  <ada@example.org> ", Some("Ada"), "ada@example.org", "Ada <ada@example.org>"),
            ("\"Byron, Ada\" <a@b.org>", Some("Byron, Ada"), "a@b.org", "\"Byron, Ada\" <a@b.org>"),
            ("Byron, Ada <a@b.org>", Some("Byron, Ada"), "a@b.org", "\"Byron, Ada\" <a@b.org>"),
            ("Ångström <a+papers@b.org>", Some("Ångström"), "a+papers@b.org", "Ångström <a+papers@b.org>"),
            ("<reader@localhost>", None, "reader@localhost", "reader@localhost"),
            (
                "Ada <a@münchen.example>",
                Some("Ada"),
                "a@xn--mnchen-3ya.example",
                "Ada <a@xn--mnchen-3ya.example>",
            ),
            ("a@bücher.de", None, "a@xn--bcher-kva.de", "a@xn--bcher-kva.de"),
            ("\"<b@c>\" <a@b>", Some("<b@c>"), "a@b", "\"<b@c>\" <a@b>"),
        ] {
            let read = parse_mail_address(text).unwrap_or_else(|wrong| panic!("{text}: {}", wrong.message));
            assert_eq!((read.name.as_deref(), read.address.as_str()), (name, address), "{text}");
            assert_eq!(read.to_string(), shown);
            assert_eq!(parse_mail_address(shown), Ok(read), "{shown}");
        }
    }

    #[test]
    fn what_no_header_or_server_would_take_is_refused_and_never_shown() {
        let long = format!("canary{}@b.org", "x".repeat(LOCAL_BYTES_MAX));
        let name = format!("{} <canary@b.org>", "x".repeat(NAME_CHARS_MAX + 1));
        for text in [
            "",
            " ",
            "canary",
            "canary@",
            "@canary",
            "canary@b.org\r\nBcc: c@d.org",
            "canary\u{2028} <a@b.org>",
            "canary@b.org, b@b.org",
            "canary@b.org; b@b.org",
            "Canary <canary@b.org>, Bob <b@b.org>",
            "canary@b.org>",
            "<canary@b.org> x",
            "canary@bü cher.de",
            "canary@bü/cher.de",
            "canary@bücher.de:25",
            "canary@-bücher..de",
            "cänary@b.org",
            ".canary@b.org",
            "can..ary@b.org",
            "can ary@b.org",
            "canary@-b.org",
            "canary@b..org",
            "canary@b.org.",
            "canary@[127.0.0.1]",
            "can\"ary <a@b.org>",
            "\"can\\\"ary\" <a@b.org>",
            &long,
            &name,
        ] {
            let wrong = parse_mail_address(text).expect_err(text);
            assert!(!wrong.message.contains("canary") && !wrong.hint.contains("canary"), "{text}");
            assert_eq!(wrong, InvalidValue::error_hiding_value(wrong.message.clone(), wrong.hint.clone()));
        }
    }
}
