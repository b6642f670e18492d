//! Items as their sources write them, and what they come to.

use super::*;
use crate::domain::{PaperLink, find_code_url, is_estimated};
use crate::source::feed::parse_feed;

const SEEN_AT: &str = "2026-11-22T08:00:00Z";

const VOCABULARIES: &str = "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
                            xmlns:prism=\"http://purl.org/rss/1.0/modules/prism/\" \
                            xmlns:arxiv=\"http://arxiv.org/schemas/atom\"";

fn read_rss_items(items: &str, policy: FeedItemKindsToKeep) -> FeedPapers {
    let body = format!(
        "<rss version=\"2.0\" {VOCABULARIES}><channel><title>T</title><link>https://e.org/</link>{items}</channel></rss>"
    );
    papers_from_items(
        parse_feed(body.as_bytes(), None, None).unwrap().items,
        policy,
        SEEN_AT.parse().unwrap(),
    )
}

/// The one paper of one item, and every item that becomes none is a failure.
fn only_paper(item: &str) -> Paper {
    let mut found = read_rss_items(&format!("<item>{item}</item>"), FeedItemKindsToKeep::Papers);
    assert_eq!((found.papers.len(), &found.omissions[..]), (1, &[][..]), "{item}");
    found.papers.remove(0).paper
}

fn omission_reason(item: &str) -> FeedItemOmissionReason {
    let mut found = read_rss_items(&format!("<item>{item}</item>"), FeedItemKindsToKeep::Papers);
    assert_eq!((found.papers.len(), found.omissions.len()), (0, 1), "{item}");
    found.omissions.remove(0).reason
}

fn author_names(paper: &Paper) -> Vec<&str> {
    paper.authors.iter().map(|author| author.name.as_str()).collect()
}

#[test]
fn a_preprint_of_biorxivs_is_known_by_its_doi_whatever_version_is_linked() {
    let item = |link: &str| {
        format!(
            "<title>Role of &lt;i&gt;E. coli&lt;/i&gt;</title><link>{link}</link>\
             <description>&lt;p&gt;We show it.&lt;/p&gt; Code: https://github.com/ada/engine.</description>\
             <dc:creator><![CDATA[ Lovelace, A., Babbage, C. M. ]]></dc:creator><dc:date>2026-11-20</dc:date>\
             <dc:identifier>doi:10.1101/743294</dc:identifier><dc:subject>Neuroscience</dc:subject>\
             <prism:publicationName>bioRxiv</prism:publicationName>"
        )
    };
    let paper = only_paper(&item("http://biorxiv.org/cgi/content/short/743294v1?rss=1"));
    assert_eq!(paper.id.as_str(), "doi:10.1101/743294");
    assert_eq!(paper.title, "Role of E. coli");
    assert_eq!(author_names(&paper), ["A. Lovelace", "C. M. Babbage"]);
    assert_eq!(paper.abstract_.0, "We show it.\nCode: https://github.com/ada/engine.");
    assert_eq!(
        find_code_url(&paper.abstract_.0, None, &[]).as_deref(),
        Some("https://github.com/ada/engine")
    );
    assert_eq!(paper.journal_ref.as_deref(), Some("bioRxiv"));
    assert_eq!(paper.doi.as_deref(), Some("10.1101/743294"));
    assert_eq!(paper.categories, [Category("Neuroscience".to_owned())]);
    assert_eq!(paper.updated.to_string(), "2026-11-20T00:00:00Z");
    assert_eq!(paper.published, Some(paper.updated));
    assert!(matches!(paper.revision, Revision::Content(_)));
    let second = only_paper(&item("http://biorxiv.org/cgi/content/short/743294v2?rss=1"));
    assert_eq!(second.id, paper.id);
}

#[test]
fn a_paper_of_arxivs_has_its_version_and_no_date_of_submission() {
    let paper = only_paper(
        "<title>On x</title><link>https://arxiv.org/abs/2611.01234</link>\
                     <guid isPermaLink=\"false\">oai:arXiv.org:2611.01234v2</guid><category>cs.LG</category>\
                     <description>arXiv:2611.01234v2 Announce Type: replace Abstract: We show.</description>\
                     <pubDate>Fri, 20 Nov 2026 00:00:00 -0500</pubDate><arxiv:DOI>10.1109/X.1</arxiv:DOI>\
                     <dc:creator>Ada Lovelace, Bob Brown</dc:creator>",
    );
    assert_eq!((paper.id.as_str(), paper.revision.version_number()), ("arxiv:2611.01234", Some(2)));
    assert_eq!((paper.updated.to_string().as_str(), paper.published), ("2026-11-20T05:00:00Z", None));
    assert_eq!(
        (paper.doi.as_deref(), author_names(&paper)),
        (Some("10.1109/X.1"), vec!["Ada Lovelace", "Bob Brown"])
    );
    assert_eq!(paper.abstract_.0, "We show.");
}

#[test]
fn an_article_with_nothing_but_its_page_is_known_by_what_lasts_of_its_address() {
    let item = |token: &str, date: &str| {
        format!(
            "<title>On tips</title><link>http://www.sciencedirect.com/science/article/pii/S1?{token}</link>\
             <description>Publication date: October 2027 Source: Int. J., Volume 139 Author(s): Ada Lovelace, Bob \
             Brown</description><pubDate>{date}</pubDate>"
        )
    };
    let paper = only_paper(&item("dgcid=rss_sd_all", "Sun, 16 Aug 2026 06:21:00 GMT"));
    assert_eq!(paper.id.as_str(), "url:https://www.sciencedirect.com/science/article/pii/S1");
    assert_eq!(author_names(&paper), ["Ada Lovelace", "Bob Brown"]);
    assert_eq!((paper.journal_ref.as_deref(), paper.abstract_.0.as_str()), (Some("Int. J. 139"), ""));
    let row = PaperLink::from_paper(&paper).unwrap();
    assert_eq!(row.address, "http://www.sciencedirect.com/science/article/pii/S1");
    assert!(paper.paper_page_urls()[0].ends_with("?dgcid=rss_sd_all"));
    let again = only_paper(&item("dgcid=other", "Mon, 17 Aug 2026 06:21:00 GMT"));
    assert_eq!((&again.id, again.revision), (&paper.id, paper.revision));
}

#[test]
fn what_is_dated_ahead_or_not_at_all_is_dated_by_when_it_was_seen() {
    let item = |rest: &str| {
        format!("<title>A</title><link>https://e.org/1</link><prism:doi>10.1000/1</prism:doi>{rest}")
    };
    let ahead = only_paper(&item("<prism:coverDate>2027-03-01</prism:coverDate>"));
    assert_eq!((ahead.updated.to_string().as_str(), ahead.published), (SEEN_AT, Some(ahead.updated)));
    let undated = only_paper(&item(""));
    assert!(is_estimated(undated.updated) && undated.published.is_none());
    let arxiv = only_paper("<title>A</title><link>https://arxiv.org/abs/2503.20246</link>");
    assert_eq!(arxiv.updated.to_string(), "2025-03-01T00:00:00.000001Z");
    assert!(matches!(arxiv.revision, Revision::Content(_)), "the feed does not say which version");
}

#[test]
fn each_correction_of_what_is_said_is_another_state_and_no_other_paper() {
    let item = |title: &str, rest: &str| {
        format!("<title>{title}</title><link>https://e.org/1</link><prism:doi>10.1000/1</prism:doi>{rest}")
    };
    let first = only_paper(&item("A", ""));
    for other in [
        item("B", ""),
        item("A", "<dc:creator>Ada Lovelace</dc:creator>"),
        item("A", "<description>We show.</description>"),
        item("A", "<category>x</category>"),
        item("A", "<prism:publicationName>J</prism:publicationName>"),
    ] {
        let other = only_paper(&other);
        assert_eq!(other.id, first.id);
        assert_ne!(other.revision, first.revision, "{other:?}");
    }
}

#[test]
fn what_is_no_paper_is_left_out_by_name() {
    let doi = "<prism:doi>10.1000/1</prism:doi>";
    let of = |of: &str| FeedItemOmissionReason::Correction { of: of.to_owned() };
    for (item, expected, words) in [
        (
            "<title>A</title><prism:doi>10.1038/d41586-024-02710-0</prism:doi>".to_owned(),
            FeedItemOmissionReason::News,
            "news, an editorial or a comment",
        ),
        (format!("<title>A</title><dc:type>Editorial</dc:type>{doi}"), FeedItemOmissionReason::News, "news"),
        (format!("<title>Author Correction: On x</title>{doi}"), of("On x"), "a notice about `On x`"),
        (format!("<title>Erratum</title>{doi}"), of(""), "a notice about another paper"),
        (
            "<title>Table of Contents</title><link>https://e.org/1</link>".to_owned(),
            FeedItemOmissionReason::NoPaper,
            "no paper: it has no DOI",
        ),
        (
            "<title>We are hiring</title><link>https://e.org/1</link><description>Come.</description>"
                .to_owned(),
            FeedItemOmissionReason::NoPaper,
            "no paper",
        ),
        (
            "<title>A</title><guid>1</guid><dc:creator>Ada</dc:creator><description>We show.</description>"
                .to_owned(),
            FeedItemOmissionReason::Flawed(EntryFlaw::NoId),
            "no page of its own",
        ),
        (doi.to_owned(), FeedItemOmissionReason::Flawed(EntryFlaw::NoTitle), "it has no title"),
    ] {
        let reason = omission_reason(&item);
        assert!(reason.to_string().contains(words), "{item}: {reason}");
        assert_eq!(reason, expected, "{item}");
    }
}

#[test]
fn with_all_kept_only_what_cannot_be_linked_is_left_out() {
    let items = "<item><title>We are hiring</title><link>https://e.org/1</link></item>\
                 <item><title>Erratum</title><link>https://e.org/2</link></item>\
                 <item><title>A</title><guid>1</guid></item>\
                 <item><title>First</title><link>https://e.org/log#1</link></item>\
                 <item><title>Second</title><link>https://e.org/log#2</link></item>";
    let found = read_rss_items(items, FeedItemKindsToKeep::All);
    let ids: Vec<&str> = found.papers.iter().map(|found| found.paper.id.as_str()).collect();
    assert_eq!(
        ids,
        ["url:https://e.org/1", "url:https://e.org/2", "url:https://e.org/log#1", "url:https://e.org/log#2"]
    );
    assert_eq!(found.omissions.len(), 1);
    assert_eq!(found.omissions[0].reason, FeedItemOmissionReason::Flawed(EntryFlaw::NoId));
}

#[test]
fn a_paper_that_is_there_twice_is_taken_once_in_its_later_version() {
    let item = |version: u32| {
        format!(
            "<item><title>On x {version}</title><link>https://arxiv.org/abs/2611.01234v{version}</link></item>"
        )
    };
    for versions in [[1, 2], [2, 1], [2, 2]] {
        let found = read_rss_items(&versions.map(item).concat(), FeedItemKindsToKeep::Papers);
        let [paper] = &found.papers[..] else { panic!("{found:?}") };
        assert_eq!((paper.paper.revision.version_number(), paper.paper.title.as_str()), (Some(2), "On x 2"));
        assert_eq!(found.omissions[0].reason, FeedItemOmissionReason::Repeated);
    }
}

#[test]
fn a_doi_that_works_of_three_titles_share_is_no_ones() {
    let item = |n: u32| {
        format!(
            "<item><title>Work {n}</title><link>https://e.org/{n}</link><prism:doi>10.1000/journal</prism:doi>\
             <dc:creator>Ada Lovelace</dc:creator><description>We show {n}.</description></item>"
        )
    };
    let found = read_rss_items(&[1, 2, 3].map(item).concat(), FeedItemKindsToKeep::Papers);
    assert_eq!(found.papers.len(), 3);
    for paper in found.papers.iter().map(|found| &found.paper) {
        assert!(paper.id.as_identifying_page_url().is_some() && paper.doi.is_none(), "{paper:?}");
    }
}
