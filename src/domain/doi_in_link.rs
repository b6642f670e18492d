//! DOIs in publishers' addresses, in forms that are known for certain: a wrong one would take two works for one.

use super::Doi;
use super::arxiv_link::percent_decode;

/// Behind a DOI in a publisher's address: the form of the page, which is no part of the DOI.
const PAGES: [&str; 14] = [
    "/full",
    "/abstract",
    "/pdf",
    "/pdfft",
    "/epdf",
    "/html",
    "/fulltext",
    "/meta",
    "/summary",
    ".full.pdf",
    ".full",
    ".short",
    ".abstract",
    ".pdf",
];

impl Doi {
    /// The DOI of the page that an address leads to: a resolver's, or one in a form of a publisher's that is known for
    /// certain (<https://www.nature.com/articles/s41586-024-07956-2> is 10.1038/s41586-024-07956-2).
    pub fn find_doi_in_link(address: &str) -> Option<Self> {
        let address = address.trim();
        let (scheme, rest) = address.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        let (host, path) = rest.split_once('/')?;
        let host = host.to_ascii_lowercase();
        let path = path.split('#').next().unwrap_or_default();
        if host == "doi.org" || host.ends_with(".doi.org") {
            return Self::parse(path.split('?').next().unwrap_or_default());
        }
        let decoded = percent_decode(path);
        doi_from_publisher_url(host.strip_prefix("www.").unwrap_or(&host), &decoded)
    }
}

/// The DOI that a path of an address holds to its end.
fn doi_from_path(path: &str) -> Option<Doi> {
    let path = path.split(['?', '&']).next().unwrap_or_default().trim_end_matches('/');
    let page = PAGES.iter().find_map(|page| path.strip_suffix(page));
    Doi::parse(page.unwrap_or(path))
}

/// What a publisher's address says of the DOI.
fn doi_from_publisher_url(host: &str, path: &str) -> Option<Doi> {
    let is_at = |site: &str| host.strip_suffix(site).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
    let parts: Vec<&str> =
        path.split(['?', '/']).filter(|part| !part.is_empty() && !part.contains('=')).collect();
    let made = match parts.as_slice() {
        ["articles", id, ..] if is_at("nature.com") => {
            Some(format!("10.1038/{}", id.trim_end_matches(".pdf")))
        }
        ["articles" | "reviewed-preprints", id, ..] if is_at("elifesciences.org") && is_number(id) => {
            Some(format!("10.7554/eLife.{id}"))
        }
        ["article", id, version, ..] if is_at("researchsquare.com") && id.starts_with("rs-") => {
            Some(format!("10.21203/rs.3.{id}/{version}"))
        }
        ["manuscript", id, version, ..] if is_at("preprints.org") && version.starts_with('v') => {
            Some(format!("10.20944/preprints{id}.{version}"))
        }
        ["record" | "records", id, ..] if is_at("zenodo.org") && is_number(id) => {
            Some(format!("10.5281/zenodo.{id}"))
        }
        // Numbers of this kind are of before the servers' second prefix.
        ["cgi", "content", _, id, ..] if is_preprint_server(host) && is_number(id.split('v').next()?) => {
            Some(format!("10.1101/{id}"))
        }
        _ => None,
    };
    match made {
        Some(text) => doi_from_path(&text),
        None => doi_from_path(&path[start_of_doi(path)?..]),
    }
}

fn is_preprint_server(host: &str) -> bool {
    ["biorxiv.org", "medrxiv.org"].iter().any(|site| host == *site || host.ends_with(&format!(".{site}")))
}

/// Where a DOI begins that is written in a path or a query: `/doi/abs/10.1126/…`, `/content/10.1101/…`,
/// `/article?id=10.1371/…`, `/article/10.1007/…`.
fn start_of_doi(path: &str) -> Option<usize> {
    path.match_indices("10.").map(|(at, _)| at).find(|&at| {
        let before = &path[..at];
        let is_start = ["/", "id=", "doi="].iter().any(|end| before.ends_with(end));
        is_start && has_four_digit_registrant(&path[at..]) && doi_from_path(&path[at..]).is_some()
    })
}

/// All registrants have four digits or more: `/releases/10.1/notes` is a path and no DOI.
fn has_four_digit_registrant(text: &str) -> bool {
    text.get(3..7).is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publishers_address_names_its_doi() {
        for (address, doi) in [
            ("https://www.nature.com/articles/s41586-024-07956-2", "10.1038/s41586-024-07956-2"),
            ("https://www.nature.com/articles/s41586-024-07956-2.pdf", "10.1038/s41586-024-07956-2"),
            ("https://www.science.org/doi/abs/10.1126/science.adx1234?af=R", "10.1126/science.adx1234"),
            ("https://pubs.acs.org/doi/10.1021/acs.jctc.5c00001", "10.1021/acs.jctc.5c00001"),
            ("https://onlinelibrary.wiley.com/doi/full/10.1002/anie.202400001", "10.1002/anie.202400001"),
            ("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
            ("https://www.biorxiv.org/content/10.1101/743294v1.full.pdf", "10.1101/743294v1"),
            (
                "https://www.biorxiv.org/content/10.64898/2026.04.01.123456v2?rss=1",
                "10.64898/2026.04.01.123456v2",
            ),
            ("http://biorxiv.org/cgi/content/short/743294v1?rss=1", "10.1101/743294v1"),
            ("https://link.springer.com/article/10.1007/s11263-024-01234-5", "10.1007/s11263-024-01234-5"),
            (
                "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0000001",
                "10.1371/journal.pone.0000001",
            ),
            (
                "https://www.frontiersin.org/articles/10.3389/fnins.2024.00001/full",
                "10.3389/fnins.2024.00001",
            ),
            ("https://iopscience.iop.org/article/10.1088/1361-6560/ad0001/meta", "10.1088/1361-6560/ad0001"),
            ("https://elifesciences.org/articles/12345", "10.7554/eLife.12345"),
            ("https://www.researchsquare.com/article/rs-123456/v1", "10.21203/rs.3.rs-123456/v1"),
            ("https://www.preprints.org/manuscript/202401.0001/v1", "10.20944/preprints202401.0001.v1"),
            ("https://zenodo.org/records/1234567", "10.5281/zenodo.1234567"),
            ("HTTPS://DOI.ORG/10.1000/182", "10.1000/182"),
        ] {
            assert_eq!(
                Doi::find_doi_in_link(address).map(|doi| doi.as_str().to_owned()),
                Some(doi.to_owned()),
                "{address}"
            );
        }
    }

    #[test]
    fn an_address_that_names_no_doi_for_certain_names_none() {
        for address in [
            "https://www.sciencedirect.com/science/article/pii/S0278431926001970?dgcid=rss_sd_all",
            "https://example.org/releases/10.1/notes",
            "https://www.jpeds.com/article/S0022-3476(18)31119-3/fulltext?rss=yes",
            "http://biorxiv.org/cgi/content/short/2026.04.01.123456v1?rss=1",
            "https://blog.example.org/v10.2/articles/",
            "ftp://doi.org/10.1000/182",
            "10.1000/182",
            "",
        ] {
            let found = Doi::find_doi_in_link(address).map(|doi| doi.as_str().to_owned());
            assert_eq!(found, None, "{address}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        for text in [
            "10.1/é",
            "https://é.org/é",
            "https://doi.org/%é",
            "http://a/10.1/%C3%A9?",
            "doi:",
            "://",
            "10.7554/eLife.5",
        ] {
            let _ = (Doi::parse(text), Doi::find_doi_in_link(text));
        }
    }
}
