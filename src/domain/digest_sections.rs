//! What goes into a digest: each paper once, under the first of its topics.

use super::{DigestPaper, News, Paper, Revision, Section, Version, code_link};

/// One piece of news as a subscription meets it.
#[derive(Debug, Clone, Copy)]
pub struct NewsItem<'a> {
    /// The topic that it is news of.
    pub topic: &'a str,
    /// Why it is news.
    pub news: News,
    /// The paper as it stands now.
    pub paper: &'a Paper,
}

/// What a reader was told of a paper before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastAnnouncement {
    /// Nothing.
    Never,
    /// This version of it at the latest; none if none had a number.
    Told(Option<Version>),
}

/// Why a paper is worth telling to somebody who was told that of it before; none where it is not. What is new to one topic
/// may have been told of another.
pub fn news_for_reader(news: News, revision: Revision, past: PastAnnouncement) -> Option<News> {
    match past {
        PastAnnouncement::Never => Some(news),
        PastAnnouncement::Told(Some(told)) if Some(told) < revision.version() => Some(News::Replacement),
        PastAnnouncement::Told(_) => None,
    }
}

/// Sorts news into sections, in the order of the subscription's topics. A paper that is news of several of
/// them stands under the first and names the others; one that is new and was replaced since is new.
pub fn digest_sections(topics: &[String], pieces: &[NewsItem<'_>], code_hosts: &[String]) -> Vec<Section> {
    let mut told: Vec<(usize, DigestPaper)> = Vec::new();
    for (place, topic) in topics.iter().enumerate() {
        for piece in pieces.iter().filter(|piece| piece.topic == topic) {
            match told.iter_mut().find(|(_, told)| told.paper.id == piece.paper.id) {
                Some((first, told)) => add_news(told, piece, place != *first),
                None => told.push((place, digest_paper(piece, code_hosts))),
            }
        }
    }
    let sections = topics.iter().enumerate().map(|(place, topic)| {
        let mut papers: Vec<DigestPaper> =
            told.iter().filter(|(first, _)| *first == place).map(|(_, told)| told.clone()).collect();
        papers.sort_by_key(|told| (told.news == News::Replacement, std::cmp::Reverse(told.paper.updated)));
        Section { topic: topic.clone(), papers }
    });
    sections.filter(|section| !section.papers.is_empty()).collect()
}

fn digest_paper(piece: &NewsItem<'_>, code_hosts: &[String]) -> DigestPaper {
    let paper = piece.paper.clone();
    let code_link = code_link(&paper.abstract_.one_line(), paper.comment.as_deref(), code_hosts);
    DigestPaper { paper, news: piece.news, also_in: Vec::new(), code_link }
}

fn add_news(told: &mut DigestPaper, piece: &NewsItem<'_>, is_other_topic: bool) {
    if piece.news == News::New {
        told.news = News::New;
    }
    if is_other_topic && !told.also_in.iter().any(|topic| topic == piece.topic) {
        told.also_in.push(piece.topic.to_owned());
    }
}
