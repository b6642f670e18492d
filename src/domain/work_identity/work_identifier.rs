//! The identifiers of works in the one form in which equal ones are equal.

use std::fmt;

use super::super::{ArxivId, Doi, PaperId};
use super::doi_kind::DoiKind;

/// An identifier that is of one work only: arXiv's, a DOI, or the address of a page. The DOI that arXiv registers for a
/// preprint is the preprint's identifier, and all versions of a preprint have one DOI.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkIdentifier(String);

/// Identifiers of which a work has at most one, so that two different ones are of two works.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WorkIdentifierNamespace {
    /// arXiv's identifiers.
    Arxiv,
    /// The DOIs of one server of preprints, by its prefix.
    PreprintServer(String),
    /// The DOIs of all journals.
    Journal,
    /// The pages of one site, which may have the same title every week.
    Site(String),
}

const ARXIV: &str = "arxiv:";
const DOI: &str = "doi:";
const OTHER: &str = "other:";

/// What an address begins with as the identity of a paper, after [`OTHER`].
const PAGE: &str = "url:https://";

impl WorkIdentifier {
    /// The identifier of an arXiv work.
    pub fn from_arxiv_id(id: &ArxivId) -> Self {
        Self(format!("{ARXIV}{id}"))
    }

    /// The identifier of what a DOI names, whatever version of it.
    pub fn from_doi(doi: &Doi) -> Self {
        match ArxivId::parse_with_version(doi.as_str()) {
            Ok((id, _)) => Self::from_arxiv_id(&id),
            Err(_) => Self(format!("{DOI}{}", doi.lower_case_doi_without_version())),
        }
    }

    /// An identifier of any other kind: the address of a page, a source's own identifier. It is equal to none but itself.
    pub fn from_other_identifier(text: &str) -> Self {
        Self(format!("{OTHER}{text}"))
    }

    /// Whether it is arXiv's.
    pub(super) fn is_arxiv(&self) -> bool {
        self.0.starts_with(ARXIV)
    }

    /// The namespace that it is from; a source's own identifier is from none.
    pub(super) fn namespace(&self) -> Option<WorkIdentifierNamespace> {
        if self.is_arxiv() {
            return Some(WorkIdentifierNamespace::Arxiv);
        }
        if let Some(page) = self.0.strip_prefix(OTHER).and_then(|own| own.strip_prefix(PAGE)) {
            return Some(WorkIdentifierNamespace::Site(page.split('/').next().unwrap_or(page).to_owned()));
        }
        let doi = self.0.strip_prefix(DOI)?;
        Some(match DoiKind::of_lower_case_doi(doi) {
            DoiKind::Preprint => {
                WorkIdentifierNamespace::PreprintServer(doi.split('/').next().unwrap_or(doi).to_owned())
            }
            DoiKind::Article => WorkIdentifierNamespace::Journal,
        })
    }
}

impl From<&PaperId> for WorkIdentifier {
    fn from(id: &PaperId) -> Self {
        match (id.as_arxiv_id(), id.as_doi()) {
            (Some(arxiv), _) => Self::from_arxiv_id(&arxiv),
            (None, Some(doi)) => Self::from_doi(&doi),
            (None, None) => Self::from_other_identifier(id.as_str()),
        }
    }
}

impl fmt::Display for WorkIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether both of two works are on arXiv, and under different identifiers. arXiv gives each work one.
pub fn are_two_arxiv_works(one: &[WorkIdentifier], other: &[WorkIdentifier]) -> bool {
    let is_on_arxiv = |identifiers: &[WorkIdentifier]| identifiers.iter().any(WorkIdentifier::is_arxiv);
    is_on_arxiv(one)
        && is_on_arxiv(other)
        && !one.iter().any(|identifier| identifier.is_arxiv() && other.contains(identifier))
}

/// Whether both of two descriptions name articles in journals, and not one of both is the same. A work has one.
pub fn are_two_articles(one: &[WorkIdentifier], other: &[WorkIdentifier]) -> bool {
    let is_article =
        |identifier: &WorkIdentifier| identifier.namespace() == Some(WorkIdentifierNamespace::Journal);
    let names_article = |identifiers: &[WorkIdentifier]| identifiers.iter().any(is_article);
    names_article(one)
        && names_article(other)
        && !one.iter().any(|identifier| is_article(identifier) && other.contains(identifier))
}

/// The DOIs in a field that may name several, as the `doi` of an arXiv record does: parted by white space, commas or
/// semicolons. A comma or semicolon may be in a DOI, so it parts only in front of another one.
pub fn parse_dois_in_field(field: &str) -> Vec<Doi> {
    let mut parts: Vec<String> = Vec::new();
    for word in field.split_whitespace() {
        let mut rest = word;
        while let Some(at) =
            rest.match_indices([',', ';']).map(|(at, _)| at).find(|at| begins_with_doi(&rest[at + 1..]))
        {
            parts.push(rest[..at].to_owned());
            rest = &rest[at + 1..];
        }
        parts.push(rest.to_owned());
    }
    let mut dois: Vec<Doi> = Vec::new();
    for doi in parts.iter().filter_map(|part| Doi::parse(part)) {
        if !dois.contains(&doi) {
            dois.push(doi);
        }
    }
    dois
}

fn begins_with_doi(text: &str) -> bool {
    let lower = text.get(..4).map(str::to_ascii_lowercase).unwrap_or_default();
    lower.starts_with("10.") || lower == "doi:" || lower == "http"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(text: &str) -> String {
        WorkIdentifier::from(&PaperId::from_link(text).unwrap()).to_string()
    }

    #[test]
    fn whatever_names_one_work_gives_one_key() {
        for (text, expected) in [
            ("arXiv:2503.20246v2", "arxiv:2503.20246"),
            ("https://doi.org/10.48550/arXiv.2503.20246", "arxiv:2503.20246"),
            ("10.1101/743294v3", "doi:10.1101/743294"),
            ("https://doi.org/10.1126/SCIENCE.ADX1234", "doi:10.1126/science.adx1234"),
            ("10.26434/chemrxiv-2024-abcde-v2", "doi:10.26434/chemrxiv-2024-abcde"),
            ("https://example.org/1", "other:url:https://example.org/1"),
        ] {
            assert_eq!(identifier(text), expected, "{text}");
        }
    }

    #[test]
    fn two_articles_are_two_works_unless_one_is_named_by_both() {
        let identifiers = |words: &str| -> Vec<WorkIdentifier> {
            words
                .split_whitespace()
                .map(|word| WorkIdentifier::from(&PaperId::from_link(word).unwrap()))
                .collect()
        };
        for (one, other, are_two) in [
            ("2503.20246 10.1000/1", "10.1000/2", true),
            ("2503.20246 10.1000/1", "10.1000/1", false),
            ("2503.20246 10.1000/1 10.1000/2", "10.1000/2", false),
            ("2503.20246", "10.1000/2", false),
            ("2503.20246 10.1000/1", "10.1101/743294", false),
            ("2503.20246 10.1000/1", "https://example.org/1", false),
        ] {
            assert_eq!(are_two_articles(&identifiers(one), &identifiers(other)), are_two, "{one} {other}");
            assert_eq!(are_two_articles(&identifiers(other), &identifiers(one)), are_two, "{other} {one}");
        }
    }

    #[test]
    fn a_field_may_name_several_dois() {
        for (field, dois) in [
            ("10.1000/1", "10.1000/1"),
            ("10.1000/1 10.1000/2", "10.1000/1|10.1000/2"),
            ("10.1000/1, 10.1000/2", "10.1000/1|10.1000/2"),
            ("10.1000/1,10.1000/2;10.1000/3", "10.1000/1|10.1000/2|10.1000/3"),
            ("10.1000/1; doi:10.1000/2", "10.1000/1|10.1000/2"),
            ("10.1000/1;https://doi.org/10.1000/2", "10.1000/1|10.1000/2"),
            ("10.1002/(SICI)1<1::AID>3.0.CO;2-X", "10.1002/(SICI)1<1::AID>3.0.CO;2-X"),
            ("10.1000/1 10.1000/1", "10.1000/1"),
            ("none yet", ""),
            ("", ""),
        ] {
            let found: Vec<String> = parse_dois_in_field(field).iter().map(Doi::to_string).collect();
            assert_eq!(found.join("|"), dois, "{field}");
        }
    }
}
