//! DOIs, the identifiers that publishers give their works: the one reader of whatever names one, and the one writer of
//! their addresses.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Resolvers of DOIs. Source: <https://www.doi.org/doi-handbook/HTML/resolution.html>.
const RESOLVERS: [&str; 3] = ["doi.org", "dx.doi.org", "www.doi.org"];

/// The servers of preprints whose DOIs end in a version, and what is written before its number. Nowhere else does such an
/// end mean a version: a journal's DOI may well end in `v2`.
const VERSIONED: [(&str, &[&str]); 12] = [
    // bioRxiv and medRxiv, before December 2025 and since.
    ("10.1101/", &["v"]),
    ("10.64898/", &["v"]),
    // ChemRxiv
    ("10.26434/", &["-v", "/v"]),
    // Research Square
    ("10.21203/", &["/v"]),
    // Preprints.org
    ("10.20944/", &[".v"]),
    // OSF, PsyArXiv, SocArXiv, EarthArXiv, EdArXiv, MetaArXiv
    ("10.31219/", &["_v"]),
    ("10.31234/", &["_v"]),
    ("10.31235/", &["_v"]),
    ("10.31223/", &["_v"]),
    ("10.35542/", &["_v"]),
    ("10.31222/", &["_v"]),
    // eLife's reviewed preprints
    ("10.7554/elife.", &["."]),
];

/// A work's DOI as somebody wrote it, without what is before it: `10.1016/S0140-6736(20)30183-5`. It is equal to
/// another that names the same work: in any case, and at the servers of preprints in any version.
#[derive(Debug, Clone)]
pub struct Doi(String);

impl Doi {
    /// Reads a resolver's address, `doi:10.1000/1`, or the DOI alone, percent-encoded or not.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let encoded = strip_doi_resolver(text).unwrap_or_else(|| strip_doi_label(text));
        let doi = percent_decode(encoded)?;
        let doi = trim_doi_punctuation(&doi);
        let (prefix, suffix) = doi.strip_prefix("10.")?.split_once('/')?;
        let is_registrant = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
        // What is encoded twice has no one form.
        let is_decoded = percent_decode(doi).is_some_and(|again| *again == *doi);
        (is_registrant && !suffix.is_empty() && suffix.chars().all(is_plain) && is_decoded)
            .then(|| Self(doi.to_owned()))
    }

    /// The DOI as its source wrote it, without a resolver.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two of one work are equal: lower case, without the version of a preprint.
    pub fn lower_case_doi_without_version(&self) -> String {
        self.work_form().into_owned()
    }

    fn work_form(&self) -> Cow<'_, str> {
        let is_lower = |b: u8| b.is_ascii() && !b.is_ascii_uppercase();
        if self.0.bytes().all(is_lower) {
            return Cow::Borrowed(strip_all_preprint_versions(&self.0));
        }
        let mut lower = self.lower_case();
        lower.truncate(strip_all_preprint_versions(&lower).len());
        Cow::Owned(lower)
    }

    /// The DOI as it is compared: <https://www.doi.org/doi-handbook/HTML/case-sensitivity.html>.
    pub fn lower_case(&self) -> String {
        self.0.to_lowercase()
    }

    /// The resolver's address of it, from which it is read back.
    pub fn resolver_url(&self) -> String {
        doi_resolver_url(&self.0)
    }
}

impl PartialEq for Doi {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.work_form() == other.work_form()
    }
}

impl Eq for Doi {}

impl Hash for Doi {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.work_form().hash(state);
    }
}

/// The resolver's address of what a source calls a DOI, whatever that is.
pub(super) fn doi_url(text: &str) -> String {
    Doi::parse(text).map_or_else(|| doi_resolver_url(text), |doi| doi.resolver_url())
}

fn doi_resolver_url(doi: &str) -> String {
    let mut address = "https://doi.org/".to_owned();
    for c in doi.chars() {
        match c {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3F"),
            '#' => address.push_str("%23"),
            c => address.push(c),
        }
    }
    address
}

impl fmt::Display for Doi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a resolver is asked for.
fn strip_doi_resolver(text: &str) -> Option<&str> {
    let schemes = ["https://", "http://", "//"];
    let address = schemes.iter().find_map(|scheme| strip_prefix_ignore_case(text, scheme)).unwrap_or(text);
    let (host, path) = address.split_once('/')?;
    let is_resolver = RESOLVERS.iter().any(|known| host.eq_ignore_ascii_case(known));
    is_resolver.then(|| path.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/'))
}

fn strip_doi_label(text: &str) -> &str {
    let labels = ["doi:", "info:doi/"];
    labels.iter().find_map(|label| strip_prefix_ignore_case(text, label)).unwrap_or(text).trim_start()
}

/// The end of a sentence or of an address is no part of a DOI, and a bracket is one only if it was opened.
fn trim_doi_punctuation(doi: &str) -> &str {
    let mut doi = doi;
    while let Some(last) = doi.chars().next_back() {
        let is_closed = || doi.matches(')').count() <= doi.matches('(').count();
        match last {
            '.' | ',' | ';' | '/' => {}
            ')' if !is_closed() => {}
            _ => break,
        }
        doi = &doi[..doi.len() - last.len_utf8()];
    }
    doi
}

/// A text without percent-encoding; none if that is no text.
fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let encoded = hex.filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let byte = encoded.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// A DOI in lower case without a version: what is left may end in one again, and is to be its own work.
fn strip_all_preprint_versions(lower: &str) -> &str {
    let mut work = lower;
    loop {
        let shorter = strip_preprint_version(work);
        if shorter.len() == work.len() {
            return work;
        }
        work = shorter;
    }
}

/// A DOI in lower case without the version of a preprint.
fn strip_preprint_version(lower: &str) -> &str {
    let Some((_, markers)) = VERSIONED.iter().find(|(prefix, _)| lower.starts_with(prefix)) else {
        return lower;
    };
    let unnumbered = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    if unnumbered.len() == lower.len() {
        return lower;
    }
    markers
        .iter()
        .find_map(|marker| unnumbered.strip_suffix(marker))
        .filter(|work| work.ends_with(|c: char| c.is_ascii_alphanumeric()) && !work.ends_with("elife"))
        .unwrap_or(lower)
}

/// What is behind a prefix, in whichever case that is written.
fn strip_prefix_ignore_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doi_is_read_from_whatever_names_it() {
        for (text, doi) in [
            ("10.1000/182", "10.1000/182"),
            ("doi:10.1000/182", "10.1000/182"),
            ("DOI: 10.1000/182.", "10.1000/182"),
            ("info:doi/10.1000/182", "10.1000/182"),
            ("https://doi.org/10.1000/182", "10.1000/182"),
            ("http://DX.DOI.ORG/10.1000/182?x=1#a", "10.1000/182"),
            ("//www.doi.org/10.1000%2F182", "10.1000/182"),
            ("doi.org/10.1000/182/", "10.1000/182"),
            ("10.1016/S0140-6736(20)30183-5", "10.1016/S0140-6736(20)30183-5"),
            ("(10.1000/a(b)),", ""),
            ("10.1000/a(b)),", "10.1000/a(b)"),
            (
                "https://doi.org/10.1002/%28SICI%291%3C1::AID%3E3.0.CO;2-X",
                "10.1002/(SICI)1<1::AID>3.0.CO;2-X",
            ),
            ("https://doi.org/10.1000/%C3%A9", "10.1000/é"),
            ("10.1000/100%", "10.1000/100%"),
            ("10.1000/a%252f", ""),
            ("10.1000/", ""),
            ("10.x/1", ""),
            ("10./1", ""),
            ("11.1000/1", ""),
            ("10.1000/1 2", ""),
            ("https://doi.org.example.org/10.1000/1", ""),
            ("https://example.org/10.1000/1", ""),
            ("", ""),
        ] {
            assert_eq!(Doi::parse(text).map(|doi| doi.to_string()).unwrap_or_default(), doi, "{text}");
        }
    }

    #[test]
    fn its_address_leads_back_to_it() {
        for doi in
            ["10.1000/182", "10.1002/(SICI)1<1::AID>3.0.CO;2-X", "10.1000/a?b#c", "10.1000/100%", "10.1000/é"]
        {
            let address = Doi::parse(doi).unwrap().resolver_url();
            assert_eq!(Doi::parse(&address).unwrap().to_string(), doi, "{address}");
        }
    }

    #[test]
    fn two_of_one_work_are_equal_and_a_version_counts_only_where_there_are_versions() {
        for (one, other, are_equal) in [
            ("10.1126/SCIENCE.ADX1234", "10.1126/science.adx1234", true),
            ("10.1101/743294v1", "10.1101/743294", true),
            ("10.64898/2026.04.01.123456v12", "10.64898/2026.04.01.123456", true),
            ("10.26434/chemrxiv-2024-abcde-v2", "10.26434/chemrxiv-2024-abcde", true),
            ("10.26434/chemrxiv.15000001/v1", "10.26434/chemrxiv.15000001/v3", true),
            ("10.21203/rs.3.rs-123456/v1", "10.21203/rs.3.rs-123456", true),
            ("10.20944/preprints202401.0001.v1", "10.20944/preprints202401.0001.v2", true),
            ("10.31234/osf.io/abcde_v1", "10.31234/osf.io/abcde", true),
            ("10.7554/eLife.12345.2", "10.7554/eLife.12345", true),
            ("10.7554/eLife.12345", "10.7554/eLife.12346", false),
            ("10.1109/tpami.v1", "10.1109/tpami", false),
            ("10.1101/gr.123v1", "10.1101/gr.123", true),
            ("10.1038/s1v2", "10.1038/s1", false),
        ] {
            assert_eq!(Doi::parse(one).unwrap() == Doi::parse(other).unwrap(), are_equal, "{one} {other}");
        }
    }
}
