//! Real feeds, and hostile ones: each of their items becomes a paper or is left out by name, and none is lost.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use paperwire::domain::{FeedItemKindsToKeep, Paper, PaperId, PaperLink, is_estimated};
use paperwire::source::feed::{FeedPapers, ParsedFeed, papers_from_items, parse_feed};

use super::now;

/// The files of the corpus that have feeds, each with the feed or why it is refused.
pub(super) fn corpus() -> Vec<(String, Result<ParsedFeed, String>)> {
    let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") else { return Vec::new() };
    let mut feeds = Vec::new();
    for folder in ["rss", "feeds", "journals", "hostile-feeds"] {
        let path = PathBuf::from(&shared).join("corpus").join(folder);
        for file in std::fs::read_dir(path).expect("PAPERWIRE_SHARED has a corpus") {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "xml" || end == "json") {
                let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
                let body = std::fs::read(path).unwrap();
                feeds.push((name, parse_feed(&body, None, None).map_err(|error| error.to_string())));
            }
        }
    }
    assert!(feeds.len() > 100, "the feeds are where this test looks");
    feeds
}

#[test]
fn no_item_of_the_corpus_is_lost() {
    for (name, feed) in corpus() {
        let Ok(feed) = feed else { continue };
        for policy in [FeedItemKindsToKeep::Papers, FeedItemKindsToKeep::All] {
            let found = papers_from_items(feed.items.clone(), policy, now());
            assert_eq!(found.papers.len() + found.omissions.len(), feed.items.len(), "{name}");
            check(&name, &feed, &found);
        }
    }
}

/// Each paper has what a paper must have, and each omission its reason.
fn check(name: &str, feed: &ParsedFeed, found: &FeedPapers) {
    let mut ids: HashSet<&PaperId> = HashSet::new();
    for paper in found.papers.iter().map(|found| &found.paper) {
        assert!(ids.insert(&paper.id), "{name}: {} is there twice", paper.id);
        assert!(!paper.title.is_empty() && !paper.title.contains('\n'), "{name}: {paper:?}");
        assert!(paper.updated <= now() || is_estimated(paper.updated), "{name}: {paper:?}");
        assert!(!paper.paper_page_urls().is_empty(), "{name}: {paper:?}");
        let row = PaperLink::from_paper(paper).unwrap_or_else(|| panic!("{name}: {paper:?}"));
        assert_eq!(
            PaperLink::parse_row_link_url(&row.address).map(|row| row.paper).as_ref(),
            Some(&paper.id),
            "{name}"
        );
    }
    for omission in &found.omissions {
        let of_item = |title: &str| feed.items.iter().any(|item| item.title == title);
        assert!(of_item(&omission.title) && !omission.reason.to_string().is_empty(), "{name}: {omission:?}");
    }
}

/// What each source's feed comes to, by the files that are the same for good.
#[test]
fn each_source_of_the_corpus_is_understood() {
    let feeds: BTreeMap<String, _> = corpus().into_iter().collect();
    if feeds.is_empty() {
        return;
    }
    for (name, papers, with_authors, with_abstract, left_out) in [
        ("feeds/distill_bair_blog.xml", 0, 0, 0, 3),
        ("feeds/feedrs_rss_1.0_biorxiv.xml", 1, 1, 1, 0),
        ("feeds/ieee_tcad_toc_excerpt.xml", 0, 0, 0, 1),
        ("journals/biorxiv_rss10_2019-08.xml", 8, 8, 8, 0),
        ("journals/jpeds_elsevier_atypon_rss10_2018-12.xml", 1, 1, 1, 0),
        // All of it is the magazine's, and one is a correction.
        ("journals/nature_rss10_2024-08.xml", 0, 0, 0, 14),
        ("journals/sciencedirect_republished.xml", 12, 12, 0, 0),
        ("rss/GENERATED_rss_cs_2016-02-22.xml", 167, 167, 167, 0),
        ("rss/distill_arxiv_cs_cl_2026-04-27.xml", 3, 3, 3, 0),
        ("rss/laya_rss_multi_2026-09-24.xml", 4, 4, 4, 0),
        ("rss/physbiblio_rss10_hep-ex_2021-07-08.xml", 3, 3, 3, 0),
    ] {
        let feed = feeds[name].as_ref().unwrap();
        let found = papers_from_items(feed.items.clone(), FeedItemKindsToKeep::Papers, now());
        let count =
            |has: &dyn Fn(&Paper) -> bool| found.papers.iter().filter(|found| has(&found.paper)).count();
        let counts = (
            found.papers.len(),
            count(&|paper| !paper.authors.is_empty()),
            count(&|paper| !paper.abstract_.0.is_empty()),
            found.omissions.len(),
        );
        assert_eq!(counts, (papers, with_authors, with_abstract, left_out), "{name}");
    }
}
