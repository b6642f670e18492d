//! What is added to a paper without a new version of it.

use super::{ArticleOfPreprint, Category, JournalPublication, Paper, PaperId, is_newly_published};

/// What authors add to a paper without a new version of it, such as where it appeared; the fields are those of [`Paper`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented where the paper has it")]
pub struct PaperAddenda {
    pub categories: Vec<Category>,
    pub comment: Option<String>,
    pub journal_ref: Option<String>,
    pub doi: Option<String>,
    pub later_article: Option<ArticleOfPreprint>,
}

impl<'a> From<&'a PaperAddenda> for JournalPublication<'a> {
    fn from(addenda: &'a PaperAddenda) -> Self {
        Self {
            doi: addenda.doi.as_deref(),
            journal_ref: addenda.journal_ref.as_deref(),
            later: addenda.later_article.as_ref(),
        }
    }
}

/// What is known, with what the shown paper adds to it. A field that the answer does not have stays as it is known.
pub(super) fn merge_addenda(shown: &Paper, known: &PaperAddenda) -> PaperAddenda {
    let latest = |shown: &Option<String>, known: &Option<String>| shown.clone().or_else(|| known.clone());
    let addenda = PaperAddenda {
        categories: if shown.categories.is_empty() { &known.categories } else { &shown.categories }.clone(),
        comment: latest(&shown.comment, &known.comment),
        journal_ref: latest(&shown.journal_ref, &known.journal_ref),
        doi: latest(&shown.doi, &known.doi),
        later_article: shown.later_article.clone().or_else(|| known.later_article.clone()),
    };
    let later_article = merge_later_article(&shown.id, known, &addenda);
    PaperAddenda { later_article, ..addenda }
}

/// What is kept of a preprint's article: what others say of it, or else that there is one, if that is news.
fn merge_later_article(
    id: &PaperId,
    known: &PaperAddenda,
    latest: &PaperAddenda,
) -> Option<ArticleOfPreprint> {
    let has_changed = (&latest.doi, &latest.journal_ref) != (&known.doi, &known.journal_ref);
    let is_published = || has_changed && is_newly_published(id, known, latest);
    latest.later_article.clone().or_else(|| is_published().then(ArticleOfPreprint::default))
}
