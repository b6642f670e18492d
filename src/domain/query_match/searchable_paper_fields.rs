//! What of a paper can be searched.

use jiff::Timestamp;

use super::super::{ArxivId, Paper, Version};

/// A paper's fields by the names of arXiv's search. What is absent or empty matches nothing.
#[derive(Debug, Clone, Default)]
pub struct SearchablePaperFields<'a> {
    /// arXiv's identifier; none for a paper that is not arXiv's.
    pub id: Option<ArxivId>,
    /// The version that the rest describes.
    pub version: Option<Version>,
    /// The title.
    pub title: &'a str,
    /// The abstract.
    pub abstract_: &'a str,
    /// The authors' whole names, forename first.
    pub authors: Vec<&'a str>,
    /// The authors' affiliations.
    pub affiliations: Vec<&'a str>,
    /// Who submitted it, if the source says so.
    pub submitter: Option<&'a str>,
    /// The authors' comment.
    pub comment: Option<&'a str>,
    /// The journal reference.
    pub journal_ref: Option<&'a str>,
    /// The report number, if the source gives it.
    pub report_number: Option<&'a str>,
    /// All categories, the primary one among them.
    pub categories: Vec<&'a str>,
    /// Classes of the ACM and the MSC.
    pub subject_classes: Vec<&'a str>,
    /// The paper's DOIs.
    pub dois: Vec<&'a str>,
    /// When version 1 was submitted.
    pub published: Option<Timestamp>,
}

/// arXiv's API gives no submitter and no report number, so a paper has none.
///
/// A paper of a feed has what the feed gave it: its subjects count as categories as they are, and by no other name;
/// without an identifier of arXiv's `id` matches nothing, and `all` knows no month of its announcement.
impl<'a> From<&'a Paper> for SearchablePaperFields<'a> {
    fn from(paper: &'a Paper) -> Self {
        let id = paper.id.as_arxiv_id();
        let (categories, subject_classes) = paper
            .categories
            .iter()
            .map(|category| category.0.as_str())
            .partition(|category| id.is_none() || is_arxiv_category(category));
        Self {
            version: paper.revision.version_if_numbered(),
            id,
            title: &paper.title,
            abstract_: &paper.abstract_.0,
            authors: paper.authors.iter().map(|author| author.name.as_str()).collect(),
            affiliations: paper.authors.iter().flat_map(|a| &a.affiliations).map(String::as_str).collect(),
            submitter: None,
            comment: paper.comment.as_deref(),
            journal_ref: paper.journal_ref.as_deref(),
            report_number: None,
            categories,
            subject_classes,
            // Source: `_constructDOI` in `search/process/transform.py`.
            dois: paper.doi.iter().flat_map(|doi| doi.split_whitespace()).collect(),
            published: paper.published,
        }
    }
}

/// Whether a category is arXiv's own, and not a class of the ACM (`I.2.10`) or the MSC (`68T05`), which arXiv's answers
/// of before November 2025 list with them. Its archives are in lower case.
fn is_arxiv_category(category: &str) -> bool {
    category.starts_with(|c: char| c.is_ascii_lowercase()) && !category.contains(char::is_whitespace)
}
