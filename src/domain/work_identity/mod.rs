//! Whether two sources describe one work.
//!
//! Two descriptions with a key in common are of one work. Without one, the same title, the same first author or enough
//! shared authors, and dates that fit are strong evidence, which can be undone. All else is two works: similar titles are
//! wrong too often (in 1,000 pairs some 50), and are only a hint for people.

mod author_names;
mod decision;
mod description;
mod doi_kind;
mod evidence;
mod known_works;
mod normalized_title;
mod prepared_work;
mod title_markup;
mod title_signs;
mod work_key;

pub use decision::WorkIdentity;
pub use description::{WorkDescription, named_ids};
pub use doi_kind::DoiKind;
pub use evidence::{AuthorEvidence, StrongEvidence};
pub use known_works::{KnownWork, SAME_TITLE_MAX, WorkChoice, choose_work};
pub use normalized_title::{TitleKey, title_key};
pub use work_key::{WorkKey, are_two_articles, are_two_arxiv_works, dois_of_field};

use prepared_work::{PreparedWork, similarity};

/// Decides whether two descriptions are of one work. The answer is the same the other way round.
///
/// arXiv gives each work one identifier, so two with different ones are two works, even if their records name one DOI.
pub fn compare_works(one: &WorkDescription, other: &WorkDescription) -> WorkIdentity {
    PreparedWork::new(one).compare(&PreparedWork::new(other))
}

/// Whether two descriptions have no author in common, though both name some, and no title that is the same or similar.
pub fn are_unlike(one: &WorkDescription, other: &WorkDescription) -> bool {
    PreparedWork::new(one).is_unlike(&PreparedWork::new(other))
}

/// How similar two titles are that are not the same, in percent, if that is worth a hint to a person.
pub fn title_similarity(one: &TitleKey, other: &TitleKey) -> Option<u8> {
    if one == other { Some(100) } else { similarity(one.as_str(), other.as_str()) }
}

#[cfg(test)]
mod tests;
