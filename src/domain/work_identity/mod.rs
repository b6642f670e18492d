//! Whether two sources describe one work.
//!
//! Two descriptions with an identifier in common are of one work. Without one, the same title, the same first author
//! or enough shared authors, and dates that fit are strong evidence, which can be undone. All else is two works: similar
//! titles are wrong too often (in 1,000 pairs some 50), and are only a hint for people.

mod author_names;
mod doi_kind;
mod find_known_work;
mod normalized_title;
mod prepared_work;
mod title_author_match;
mod title_markup;
mod title_symbols;
mod work_comparison_result;
mod work_identifier;
mod work_metadata;

pub use doi_kind::DoiKind;
pub use find_known_work::{KnownWork, SAME_TITLE_MAX, WorkChoice, choose_work};
pub use normalized_title::{TitleKey, title_key};
pub use title_author_match::{AuthorEvidence, TitleAndAuthorMatch};
pub use work_comparison_result::WorkComparison;
pub use work_identifier::{WorkIdentifier, are_two_articles, are_two_arxiv_works, parse_dois_in_field};
pub use work_metadata::{WorkDescription, ids_named_by_paper};

use prepared_work::{PreparedWork, similarity_percent};

/// Decides whether two descriptions are of one work. The answer is the same the other way round.
///
/// arXiv gives each work one identifier, so two with different ones are two works, even if their records name one DOI.
pub fn compare_for_same_work(one: &WorkDescription, other: &WorkDescription) -> WorkComparison {
    PreparedWork::new(one).compare_to_other_work(&PreparedWork::new(other))
}

/// Whether two descriptions have no author in common, though both name some, and no title that is the same or similar.
pub fn have_nothing_in_common(one: &WorkDescription, other: &WorkDescription) -> bool {
    PreparedWork::new(one).has_nothing_in_common(&PreparedWork::new(other))
}

/// How similar two titles are that are not the same, in percent, if that is worth a hint to a person.
pub fn title_similarity(one: &TitleKey, other: &TitleKey) -> Option<u8> {
    if one == other { Some(100) } else { similarity_percent(one.as_str(), other.as_str()) }
}

#[cfg(test)]
mod tests;
