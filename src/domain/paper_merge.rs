//! One paper of two texts: what one of them does not say never erases what the other says.

use super::{Abstract, MetadataOrigin, Paper, is_estimated};

/// The known paper with what is said of it now. What is not said stays as it was known, and so does an abstract of
/// which a list has no more than the beginning. arXiv says of each version whether it has a comment, so one that a
/// source shows without has none; a list without a column for comments says nothing. Where it appeared, later too,
/// and its DOI are of the work, whatever version names them.
pub fn merge_paper(known: Paper, received: Paper, origin: MetadataOrigin) -> Paper {
    let Paper {
        id: _,
        revision,
        title,
        abstract_,
        authors,
        primary,
        categories,
        published,
        updated,
        comment,
        journal_ref,
        doi,
        later_article,
        links,
    } = received;
    Paper {
        id: known.id,
        revision,
        title: if title.is_empty() { known.title } else { title },
        abstract_: match origin {
            _ if abstract_ == Abstract::default() => known.abstract_,
            MetadataOrigin::List if is_teaser(&abstract_, &known.abstract_) => known.abstract_,
            MetadataOrigin::List | MetadataOrigin::Source => abstract_,
        },
        authors: if authors.is_empty() { known.authors } else { authors },
        primary: primary.or(known.primary),
        categories: if categories.is_empty() { known.categories } else { categories },
        published: published.or(known.published),
        updated: if is_estimated(updated) { known.updated } else { updated },
        comment: match origin {
            MetadataOrigin::Source => comment,
            MetadataOrigin::List => comment.or(known.comment),
        },
        journal_ref: journal_ref.or(known.journal_ref),
        doi: doi.or(known.doi),
        later_article: later_article.or(known.later_article),
        links: if links.is_empty() { known.links } else { links },
    }
}

/// Whether an abstract is clipped, and more of it is known.
fn is_teaser(abstract_: &Abstract, known: &Abstract) -> bool {
    let is_clipped = ["…", "..."].iter().any(|end| abstract_.0.trim_end().ends_with(end));
    is_clipped && abstract_.0.len() < known.0.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ArticleOfPreprint, ArxivId, Author, Category, Link, PaperId, Revision, Version};

    fn paper_with_all_fields(version: u32) -> Paper {
        Paper {
            id: PaperId::from_arxiv_id(&"2503.20246".parse::<ArxivId>().unwrap()),
            revision: Revision::Numbered(Version::new(version).unwrap()),
            title: format!("Title {version}"),
            abstract_: Abstract(format!("Abstract {version}")),
            authors: vec![Author { name: format!("Author {version}"), affiliations: vec![] }],
            primary: Some(Category(format!("cs.{version}"))),
            categories: vec![Category(format!("cs.{version}"))],
            published: Some(format!("2025-01-0{version}T00:00:00Z").parse().unwrap()),
            updated: format!("2025-02-0{version}T00:00:00Z").parse().unwrap(),
            comment: Some(format!("Comment {version}")),
            journal_ref: Some(format!("Journal {version}")),
            doi: Some(format!("10.1000/{version}")),
            later_article: Some(ArticleOfPreprint {
                doi: None,
                journal_ref: Some(format!("Journal {version}")),
            }),
            links: vec![Link {
                href: format!("https://example.org/{version}"),
                rel: None,
                media_type: None,
                title: None,
            }],
        }
    }

    fn paper_with_few_fields(version: u32) -> Paper {
        Paper {
            title: String::new(),
            abstract_: Abstract::default(),
            authors: vec![],
            primary: None,
            categories: vec![],
            published: None,
            comment: None,
            journal_ref: None,
            doi: None,
            later_article: None,
            links: vec![],
            ..paper_with_all_fields(version)
        }
    }

    #[test]
    fn a_teaser_in_a_list_takes_no_longer_abstract_away() {
        for (origin, received, is_kept) in [
            (MetadataOrigin::List, "An abs…", true),
            (MetadataOrigin::List, "Abst... ", true),
            (MetadataOrigin::List, "Abstract of its own, longer than the one that is known …", false),
            (MetadataOrigin::List, "Abs.", false),
            (MetadataOrigin::Source, "Abs...", false),
        ] {
            let [known, other] = [paper_with_all_fields(1), paper_with_all_fields(2)];
            let other = Paper { abstract_: Abstract(received.to_owned()), ..other };
            let merged = merge_paper(known.clone(), other, origin);
            let expected = if is_kept { &known.abstract_.0 } else { received };
            assert_eq!(merged.abstract_.0, expected);
        }
    }

    #[test]
    fn what_is_said_counts_and_what_is_not_said_stays() {
        for origin in [MetadataOrigin::Source, MetadataOrigin::List] {
            assert_eq!(
                merge_paper(paper_with_all_fields(1), paper_with_all_fields(2), origin),
                paper_with_all_fields(2)
            );
            assert_eq!(
                merge_paper(paper_with_few_fields(1), paper_with_all_fields(2), origin),
                paper_with_all_fields(2)
            );
            let comment = match origin {
                MetadataOrigin::Source => None,
                MetadataOrigin::List => paper_with_all_fields(1).comment,
            };
            let kept = Paper {
                revision: paper_with_all_fields(2).revision,
                updated: paper_with_all_fields(2).updated,
                comment,
                ..paper_with_all_fields(1)
            };
            assert_eq!(merge_paper(paper_with_all_fields(1), paper_with_few_fields(2), origin), kept);
        }
    }
}
