//! Whose DOIs are preprints'.

use super::super::Doi;

/// What kind of publication a DOI is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoiKind {
    /// A server of preprints, or another archive that keeps copies of works: the work may also appear in a journal.
    Preprint,
    /// A journal, a conference or a publisher.
    Article,
}

/// The prefixes that are of such servers alone.
const SERVERS: [&str; 19] = [
    // bioRxiv and medRxiv since December 2025
    "10.64898/",
    // ChemRxiv
    "10.26434/",
    // Research Square
    "10.21203/",
    // Preprints.org
    "10.20944/",
    // OSF, PsyArXiv, SocArXiv, EarthArXiv, EdArXiv, MetaArXiv, EcoEvoRxiv
    "10.31219/",
    "10.31234/",
    "10.31235/",
    "10.31223/",
    "10.35542/",
    "10.31222/",
    "10.32942/",
    // arXiv
    "10.48550/",
    // SSRN
    "10.2139/",
    // TechRxiv
    "10.36227/",
    // Authorea and ESS Open Archive
    "10.22541/",
    // SciELO Preprints
    "10.1590/scielopreprints.",
    // Zenodo
    "10.5281/",
    // figshare
    "10.6084/",
    // EGU's preprints of all its journals
    "10.5194/egusphere-",
];

/// bioRxiv's and medRxiv's prefix until December 2025, which they share with the journals of Cold Spring Harbor
/// (`10.1101/gr.123`). Their own DOIs have a number or a date behind it.
const COLD_SPRING_HARBOR: &str = "10.1101/";

/// The prefixes of archives of data and software. Some keep texts as well, which a DOI does not say.
const DATA_ARCHIVES: [&str; 10] = [
    // Zenodo
    "10.5281/zenodo.",
    // figshare
    "10.6084/m9.figshare.",
    // Dryad
    "10.5061/dryad.",
    // Harvard Dataverse
    "10.7910/dvn/",
    // PANGAEA
    "10.1594/pangaea.",
    // Mendeley Data
    "10.17632/",
    // IEEE DataPort
    "10.21227/",
    // Code Ocean
    "10.24433/co.",
    // Kaggle
    "10.34740/kaggle/",
    // Hugging Face
    "10.57967/hf/",
];

impl Doi {
    /// Whether it is an archive's of data and software.
    pub fn is_of_data_archive(&self) -> bool {
        let doi = self.lower_case();
        DATA_ARCHIVES.iter().any(|archive| doi.starts_with(archive))
    }

    /// Whether it is a preprint's or an article's, by its prefix.
    pub fn kind_by_prefix(&self) -> DoiKind {
        DoiKind::of_lower_case_doi(&self.lower_case())
    }
}

impl DoiKind {
    pub(super) fn of_lower_case_doi(doi: &str) -> Self {
        let is_biorxiv = doi
            .strip_prefix(COLD_SPRING_HARBOR)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if is_biorxiv || SERVERS.iter().any(|server| doi.starts_with(server)) {
            Self::Preprint
        } else {
            Self::Article
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doi_says_whether_it_is_an_archives_of_data() {
        for (doi, is_of_data) in [
            ("10.5281/ZENODO.1234567", true),
            ("10.5061/dryad.abc", true),
            ("10.7910/DVN/ABC", true),
            ("10.1038/s41586-024-07956-2", false),
            ("10.1101/743294", false),
        ] {
            assert_eq!(Doi::parse(doi).unwrap().is_of_data_archive(), is_of_data, "{doi}");
        }
    }

    #[test]
    fn a_doi_says_whether_it_is_a_preprints() {
        for (doi, kind) in [
            ("10.1101/743294", DoiKind::Preprint),
            ("10.1101/2020.01.01.123456v2", DoiKind::Preprint),
            ("10.1101/gr.123456.120", DoiKind::Article),
            ("10.64898/2026.04.01.123456", DoiKind::Preprint),
            ("10.48550/arXiv.2503.20246", DoiKind::Preprint),
            ("10.26434/chemrxiv-2024-abcde-v2", DoiKind::Preprint),
            ("10.5281/ZENODO.123", DoiKind::Preprint),
            ("10.1590/SciELOPreprints.1", DoiKind::Preprint),
            ("10.1590/0001-3765202120200001", DoiKind::Article),
            ("10.5194/egusphere-2023-1", DoiKind::Preprint),
            ("10.5194/acp-23-1-2023", DoiKind::Article),
            ("10.1038/s41586-024-07956-2", DoiKind::Article),
            ("10.7554/eLife.12345", DoiKind::Article),
        ] {
            assert_eq!(Doi::parse(doi).unwrap().kind_by_prefix(), kind, "{doi}");
        }
    }
}
