//! What is added to a paper without a new version of it.

use super::{Category, Paper};

/// What authors add where a paper appeared, without sending a new version; the fields are those of [`Paper`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is told of where the paper has it")]
pub struct Addenda {
    pub categories: Vec<Category>,
    pub comment: Option<String>,
    pub journal_ref: Option<String>,
    pub doi: Option<String>,
}

/// What stands there with what the shown paper adds; dates and text stay. A field that is missing from an answer is
/// not thereby withdrawn. None where nothing was added.
pub(super) fn amended_addenda(shown: &Paper, known: &Addenda) -> Option<Addenda> {
    let adds = |shown: &Option<String>, known: &Option<String>| shown.is_some() && shown != known;
    let recategorised = !shown.categories.is_empty() && shown.categories != known.categories;
    let is_amended = recategorised
        || adds(&shown.comment, &known.comment)
        || adds(&shown.journal_ref, &known.journal_ref)
        || adds(&shown.doi, &known.doi);
    is_amended.then(|| Addenda {
        categories: if recategorised { &shown.categories } else { &known.categories }.clone(),
        comment: shown.comment.clone().or_else(|| known.comment.clone()),
        journal_ref: shown.journal_ref.clone().or_else(|| known.journal_ref.clone()),
        doi: shown.doi.clone().or_else(|| known.doi.clone()),
    })
}
