//! How many papers of a digest are new, published and replaced, as every message says it.

use super::chat_phrases::{capitalize_first, group_digits};
use crate::domain::{Digest, DigestPaper, News, noun_of_count};

/// How many papers are announced for which reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NewsCounts {
    pub(crate) new: usize,
    pub(crate) published: usize,
    pub(crate) replaced: usize,
}

impl NewsCounts {
    pub(crate) fn count_news<'a>(papers: impl IntoIterator<Item = &'a DigestPaper>) -> Self {
        papers.into_iter().fold(Self::default(), |counts, paper| match paper.news {
            News::New => Self { new: counts.new + 1, ..counts },
            News::Published => Self { published: counts.published + 1, ..counts },
            News::Replacement => Self { replaced: counts.replaced + 1, ..counts },
        })
    }

    pub(crate) fn count_digest_news(digest: &Digest) -> Self {
        Self::count_news(digest.sections.iter().flat_map(|section| &section.papers))
    }

    /// `4 new papers, 2 published, 1 replaced`; `2 replaced papers`; `no new papers`.
    pub(crate) fn news_count_sentence(self) -> String {
        let mut counts = self.nonzero_counts();
        let Some((count, word)) = counts.next() else { return "no new papers".to_owned() };
        let noun = noun_of_count(count, "paper");
        counts.fold(format!("{} {word} {noun}", group_digits(count)), |sentence, (count, word)| {
            format!("{sentence}, {} {word}", group_digits(count))
        })
    }

    /// The counts in words, with a capital at the beginning.
    pub(crate) fn news_count_headline(self) -> String {
        capitalize_first(&self.news_count_sentence())
    }

    /// `4 new, 1 replaced`, for a line among others of its kind; empty if there is nothing.
    pub(crate) fn news_count_phrase(self) -> String {
        let counts = self.nonzero_counts().map(|(count, word)| format!("{} {word}", group_digits(count)));
        counts.collect::<Vec<_>>().join(", ")
    }

    /// What there is any of.
    fn nonzero_counts(self) -> impl Iterator<Item = (usize, &'static str)> {
        let counts = [(self.new, "new"), (self.published, "published"), (self.replaced, "replaced")];
        counts.into_iter().filter(|(count, _)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_a_person_says_them() {
        for (new, published, replaced, sentence, phrase) in [
            (0, 0, 0, "no new papers", ""),
            (1, 0, 0, "1 new paper", "1 new"),
            (4, 0, 1, "4 new papers, 1 replaced", "4 new, 1 replaced"),
            (0, 0, 2, "2 replaced papers", "2 replaced"),
            (2, 1, 0, "2 new papers, 1 published", "2 new, 1 published"),
            (0, 1, 1, "1 published paper, 1 replaced", "1 published, 1 replaced"),
            (1_200, 3, 2, "1,200 new papers, 3 published, 2 replaced", "1,200 new, 3 published, 2 replaced"),
        ] {
            let counts = NewsCounts { new, published, replaced };
            assert_eq!(
                (counts.news_count_sentence(), counts.news_count_phrase()),
                (sentence.into(), phrase.into())
            );
        }
    }
}
