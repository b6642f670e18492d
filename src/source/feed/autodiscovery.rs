//! The feeds that a page for people names.

use super::address::FeedAddress;
use super::html_tag::{HtmlTag, next_html_tag};
use super::html_text::one_line;

/// What a `<link>` to a feed may say that it leads to:
/// <https://www.rssboard.org/rss-autodiscovery>, <https://www.jsonfeed.org/version/1.1/#discovery>.
const FEED_TYPES: [&str; 5] = [
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
];

/// How the address of a feed ends that a page links to without saying that it is one.
const FEED_ENDINGS: [&str; 9] =
    [".rss", ".rdf", ".atom", "/feed", "/rss", "/atom", "rss.xml", "atom.xml", "feed.xml"];

/// A page that names more is a directory of feeds.
const LINKS_MAX: usize = 50;

/// No feed has a longer address.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredFeedLink {
    /// What the page calls it, one line; empty if it gives no name.
    pub title: String,
    /// Where it is.
    pub address: FeedAddress,
}

/// The feeds that a page at this address names in its head; if it names none, those that it seems to link to. Each once, in
/// the page's order.
pub(super) fn find_feed_links(page: &str, address: &FeedAddress) -> Vec<DiscoveredFeedLink> {
    let base = next_html_tag(page, &["base"])
        .and_then(|tag| address.redirect_target(href_within_limit(&tag)?))
        .unwrap_or_else(|| address.clone());
    let named = collect_feed_links(page, "link", &base, is_feed_link_element);
    if named.is_empty() { collect_feed_links(page, "a", &base, is_likely_feed_url) } else { named }
}

fn collect_feed_links(
    page: &str,
    element: &str,
    base: &FeedAddress,
    is_feed: fn(&HtmlTag<'_>, &FeedAddress) -> bool,
) -> Vec<DiscoveredFeedLink> {
    let mut links: Vec<DiscoveredFeedLink> = Vec::new();
    let mut rest = page;
    while let Some(tag) = next_html_tag(rest, &[element]) {
        rest = tag.rest;
        let Some(address) = href_within_limit(&tag).and_then(|href| base.redirect_target(href)) else {
            continue;
        };
        if is_feed(&tag, &address) && links.iter().all(|link| link.address != address) {
            let title = tag.attribute("title").map(one_line).unwrap_or_default();
            links.push(DiscoveredFeedLink { title, address });
        }
        if links.len() == LINKS_MAX {
            break;
        }
    }
    links
}

fn href_within_limit<'t>(tag: &'t HtmlTag<'_>) -> Option<&'t str> {
    tag.attribute("href").filter(|href| (1..=ADDRESS_BYTES_MAX).contains(&href.len()))
}

fn is_feed_link_element(tag: &HtmlTag<'_>, _: &FeedAddress) -> bool {
    let relations = tag.attribute("rel").unwrap_or_default();
    let mut relations = relations.split_whitespace();
    let media_type = tag.attribute("type").unwrap_or_default().split(';').next().unwrap_or_default();
    relations
        .any(|relation| relation.eq_ignore_ascii_case("alternate") || relation.eq_ignore_ascii_case("feed"))
        && FEED_TYPES.iter().any(|known| known.eq_ignore_ascii_case(media_type.trim()))
}

fn is_likely_feed_url(_: &HtmlTag<'_>, address: &FeedAddress) -> bool {
    let path = address.full_feed_url().path().trim_end_matches('/').to_ascii_lowercase();
    // Atypon's pages, which most large publishers have.
    let is_atypon = address.full_feed_url().query().is_some_and(|query| query.contains("feed=rss"));
    is_atypon || FEED_ENDINGS.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_feed_links(page: &str) -> Vec<(String, String)> {
        let address = FeedAddress::parse("https://lab.example.org/blog/index.html?x=1").unwrap();
        let links = find_feed_links(page, &address);
        links.into_iter().map(|link| (link.title, link.address.full_feed_url().to_string())).collect()
    }

    fn link(title: &str, address: &str) -> (String, String) {
        (title.to_owned(), address.to_owned())
    }

    #[test]
    fn the_feeds_that_the_head_names_are_found_each_once() {
        let page = r#"<html><head><link rel="stylesheet" href="/a.css">
            <!-- <link rel="alternate" type="application/rss+xml" href="/old.rss"> -->
            <link rel="alternate" type="application/rss+xml; charset=utf-8" title="All &amp; news" href="feed.xml">
            <LINK TYPE='application/atom+xml' REL='home alternate' HREF='//other.example.org/atom'>
            <link rel=alternate type=application/feed+json href=/feed.json>
            <link rel="alternate" type="application/rss+xml" href="https://lab.example.org/blog/feed.xml#top">
            <link rel="alternate" hreflang="de" href="/de/">
            </head><body><a href="/comments.rss">x</a>"#;
        assert_eq!(
            found_feed_links(page),
            [
                link("All & news", "https://lab.example.org/blog/feed.xml"),
                link("", "https://other.example.org/atom"),
                link("", "https://lab.example.org/feed.json"),
            ]
        );
    }

    #[test]
    fn links_that_look_like_feeds_are_the_second_choice() {
        let page = r#"<base href="https://www.example.org/j/"><a href="toc.rss" title="Contents">RSS</a>
            <a href="/action/showFeed?type=etoc&amp;feed=rss&amp;jc=x">RSS</a><a href="/about">About</a>
            <a href="mailto:a@example.org">Mail</a><a href="javascript:feed()">x</a><a>y</a>"#;
        assert_eq!(
            found_feed_links(page),
            [
                link("Contents", "https://www.example.org/j/toc.rss"),
                link("", "https://www.example.org/action/showFeed?type=etoc&feed=rss&jc=x"),
            ]
        );
        assert_eq!(found_feed_links("<p>no feed, no link"), []);
    }
}
