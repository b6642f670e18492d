//! What goes into a digest: each paper once, under the first of its topics.

use super::{DigestPaper, DigestSection, News, Paper, Revision, Version, find_code_url};

/// One piece of news as a subscription meets it.
#[derive(Debug, Clone, Copy)]
pub struct NewsItem<'a> {
    /// The topic that it is news of.
    pub topic: &'a str,
    /// Why the paper is news.
    pub news: News,
    /// The paper as it is now.
    pub paper: &'a Paper,
}

/// What was announced of a paper to a reader before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAnnouncementToReader {
    /// The paper was not announced before.
    Never,
    /// This version of the paper at the latest; none if none had a number.
    Latest(Option<Version>),
    /// This version at the latest, and the article as which the paper appeared.
    WithArticle(Option<Version>),
}

/// Why a paper is worth announcing to somebody to whom that was announced of it before; none if it is not. What is new
/// to one topic may have been announced for another.
pub fn news_after_past_announcement(
    news: News,
    revision: Revision,
    past: LastAnnouncementToReader,
) -> Option<News> {
    let is_later =
        |latest: Option<Version>| latest.is_some_and(|latest| Some(latest) < revision.version_if_numbered());
    match (news, past) {
        (news, LastAnnouncementToReader::Never) => Some(news),
        (News::Published, LastAnnouncementToReader::Latest(_)) => Some(News::Published),
        (News::Published, LastAnnouncementToReader::WithArticle(_)) => None,
        (
            News::New | News::Replacement,
            LastAnnouncementToReader::Latest(latest) | LastAnnouncementToReader::WithArticle(latest),
        ) => is_later(latest).then_some(News::Replacement),
    }
}

/// Sorts news into sections, in the order of the subscription's topics. A paper that is news of several of
/// them is under the first and names the others; one that is new and was replaced or published since is new, and one that
/// was published in a later version is published.
pub fn digest_sections(
    topics: &[String],
    pieces: &[NewsItem<'_>],
    code_hosts: &[String],
) -> Vec<DigestSection> {
    let mut entries: Vec<(usize, DigestPaper)> = Vec::new();
    for (place, topic) in topics.iter().enumerate() {
        for piece in pieces.iter().filter(|piece| piece.topic == topic) {
            match entries.iter_mut().find(|(_, entry)| entry.paper.id == piece.paper.id) {
                Some((first, entry)) => {
                    entry.news = entry.news.min(piece.news);
                    if place != *first && !entry.also_in.iter().any(|topic| topic == piece.topic) {
                        entry.also_in.push(piece.topic.to_owned());
                    }
                }
                None => entries.push((place, digest_paper(piece, code_hosts))),
            }
        }
    }
    let sections = topics.iter().enumerate().map(|(place, topic)| {
        let mut papers: Vec<DigestPaper> =
            entries.iter().filter(|(first, _)| *first == place).map(|(_, entry)| entry.clone()).collect();
        papers.sort_by_key(|entry| (entry.news, std::cmp::Reverse(entry.paper.updated)));
        DigestSection { topic: topic.clone(), papers }
    });
    sections.filter(|section| !section.papers.is_empty()).collect()
}

fn digest_paper(piece: &NewsItem<'_>, code_hosts: &[String]) -> DigestPaper {
    let paper = piece.paper.clone();
    let code_link = find_code_url(&paper.abstract_.one_line(), paper.comment.as_deref(), code_hosts);
    DigestPaper { paper, news: piece.news, also_in: Vec::new(), code_link }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_told_of_a_paper_once_of_its_article_once_and_of_each_later_version() {
        use News::{New, Published, Replacement};
        let version = |number| Version::new(number);
        let latest = |number| LastAnnouncementToReader::Latest(version(number));
        let with_article = |number| LastAnnouncementToReader::WithArticle(version(number));
        for (news, past, told) in [
            (New, LastAnnouncementToReader::Never, Some(New)),
            (Published, LastAnnouncementToReader::Never, Some(Published)),
            (New, latest(2), None),
            (New, latest(1), Some(Replacement)),
            (Replacement, latest(2), None),
            (Published, latest(1), Some(Published)),
            (Published, latest(2), Some(Published)),
            (Published, latest(0), Some(Published)),
            (Published, with_article(1), None),
            (Replacement, with_article(1), Some(Replacement)),
            (New, with_article(2), None),
        ] {
            let revision = Revision::Numbered(Version::new(2).unwrap());
            assert_eq!(news_after_past_announcement(news, revision, past), told, "{news:?} {past:?}");
        }
    }
}
