//! Whole feeds: those written here, and those of a corpus if there is one.

use std::path::PathBuf;

use super::*;

fn parse_sample(body: &str) -> ParsedFeed {
    parse_feed(body.as_bytes(), None, None).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn rss_feed(items: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>T</title><link>https://e.org/</link>{items}</channel></rss>"
    )
}

fn item_keys(item: &FeedItem) -> Vec<String> {
    item.ids.iter().map(ToString::to_string).collect()
}

const ITEM: &str = "<item><title>A</title><link>https://e.org/1</link><guid>g1</guid></item>";

#[test]
fn an_item_is_the_same_in_every_format() {
    let rdf = |namespace: &str| {
        format!(
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"{namespace}\"><channel>\
             <title>T</title><link>https://e.org/</link></channel>{ITEM}</rdf:RDF>"
        )
    };
    let atom = |namespace: &str| {
        format!(
            "<feed xmlns=\"{namespace}\"><title>T</title><link href=\"https://e.org/\"/><entry><id>g1</id>\
             <title>A</title><link href=\"https://e.org/1\"/></entry></feed>"
        )
    };
    for (body, format) in [
        (rss_feed(ITEM), FeedSyntax::Rss),
        (rss_feed(ITEM).replace("2.0", "2.0.1"), FeedSyntax::Rss),
        (rss_feed(ITEM).replace("2.0", "0.91"), FeedSyntax::Rss),
        (rss_feed(ITEM).replace(" version=\"2.0\"", ""), FeedSyntax::Rss),
        (rss_feed(ITEM).replace("rss", "RSS").replace("item", "Item"), FeedSyntax::Rss),
        (rss_feed(ITEM).replace("<rss ", "<rss xmlns=\"http://backend.userland.com/rss2\" "), FeedSyntax::Rss),
        (rss_feed(ITEM).replace("<rss ", "<rss xmlns=\"urn:whatever\" "), FeedSyntax::Rss),
        (format!("<!DOCTYPE rss SYSTEM \"x.dtd\">{}", rss_feed(ITEM)), FeedSyntax::Rss),
        (format!("PHP Warning: x\n<br />{}", rss_feed(ITEM)), FeedSyntax::Rss),
        (rdf("http://purl.org/rss/1.0/"), FeedSyntax::Rdf),
        (rdf("http://my.netscape.com/rdf/simple/0.9/"), FeedSyntax::Rdf),
        (atom("http://www.w3.org/2005/Atom"), FeedSyntax::Atom),
        (atom("https://www.w3.org/2005/Atom/"), FeedSyntax::Atom),
        (atom("http://purl.org/atom/ns#"), FeedSyntax::Atom),
        (
            "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"T\",\"home_page_url\":\"https://e.org/\",\
             \"items\":[{\"id\":\"g1\",\"title\":\"A\",\"url\":\"https://e.org/1\"}]}"
                .to_owned(),
            FeedSyntax::Json,
        ),
    ] {
        let feed = parse_sample(&body);
        assert_eq!((feed.title.as_str(), feed.format), ("T", format), "{body}");
        assert_eq!(feed.home_page.as_deref(), Some("https://e.org/"), "{body}");
        assert_eq!(feed.items.len(), 1, "{body}");
        assert_eq!(item_keys(&feed.items[0]), ["guid:g1", "link:e.org/1", "title::a"], "{body}");
        assert!(feed.gaps.is_empty(), "{body}: {:?}", feed.gaps);
    }
}

#[test]
fn a_paper_of_arxivs_is_known_by_its_identifier_in_both_formats() {
    let rss = rss_feed(
        "<item><title>On x</title><link>https://arxiv.org/abs/2609.26811</link><description>arXiv:2609.26811v2 \
         Announce Type: replace-cross&#10;Abstract: We show.</description>\
         <guid isPermaLink=\"false\">oai:arXiv.org:2609.26811v2</guid><category>cs.LG</category>\
         <pubDate>Thu, 24 Sep 2026 00:00:00 -0400</pubDate><arxiv:announce_type>replace-cross</arxiv:announce_type>\
         <arxiv:DOI>10.1109/X.1</arxiv:DOI><dc:creator>Ada Lovelace, Bob Brown</dc:creator></item>",
    );
    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:arxiv=\"http://arxiv.org/schemas/atom\" \
                xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><title>T</title><entry>\
                <id>oai:arXiv.org:2609.26811v2</id><title>On x</title>\
                <link href=\"https://arxiv.org/abs/2609.26811\" rel=\"alternate\"/><summary>arXiv:2609.26811v2 \
                Announce Type: replace-cross Abstract: We show.</summary><category term=\"cs.LG\"/>\
                <published>2026-09-24T00:00:00-04:00</published><arxiv:DOI>10.1109/X.1</arxiv:DOI>\
                <arxiv:announce_type>replace-cross</arxiv:announce_type><dc:creator>Ada Lovelace, Bob Brown</dc:creator>\
                </entry></feed>";
    for body in [rss.as_str(), atom] {
        let feed = parse_sample(body);
        let item = &feed.items[0];
        let (id, version) = item.arxiv.clone().unwrap();
        assert_eq!(
            (id.as_str(), version.map(crate::domain::Version::version_number)),
            ("2609.26811", Some(2))
        );
        assert_eq!(item_keys(item)[..2], ["arxiv:2609.26811", "doi:10.1109/x.1"]);
        assert_eq!(item.announce_type, Some(AnnounceType::ReplaceCross));
        assert_eq!(item.abstract_.0, "We show.");
        assert_eq!(
            item.authors.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(),
            ["Ada Lovelace", "Bob Brown"]
        );
        assert_eq!(item.published.unwrap().to_string(), "2026-09-24T04:00:00Z");
        assert_eq!(item.categories[0].term, "cs.LG");
        assert_eq!(item.kind, ItemKind::Paper);
    }
}

#[test]
fn what_breaks_feed_rs_costs_no_item_and_is_noted() {
    for (item, note) in [
        ("<author>wang@e.org（王小明）</author>", "panicked"),
        ("<x:y>R&D</x:y>", "bare `&`"),
        ("<description>p < 0.05</description>", "bare `<`"),
        ("<description>\u{8}</description>", "control character"),
    ] {
        let feed = parse_sample(&rss_feed(&ITEM.replace("</item>", &format!("{item}</item>"))));
        assert_eq!(item_keys(&feed.items[0]), ["guid:g1", "link:e.org/1", "title::a"], "{item}");
        assert!(feed.notes.iter().any(|noted| noted.contains(note)), "{item}: {:?}", feed.notes);
        assert!(feed.gaps.is_empty(), "{item}");
    }
}

#[test]
fn what_is_inside_a_title_is_a_part_of_it() {
    for (title, text) in [
        ("Role of <i>E. coli</i> in CO<sub>2</sub>", "Role of E. coli in CO2"),
        ("Role of &lt;i&gt;E. coli&lt;/i&gt; &amp;amp; more", "Role of E. coli & more"),
        ("<![CDATA[T<sub>reg</sub> & x]]>", "Treg & x"),
        ("A&nbsp;B&eacute;C", "A BéC"),
        ("R&D in AT&T", "R&D in AT&T"),
        ("p < 0.05", "p < 0.05"),
        ("  two\n lines ", "two lines"),
        ("&foo; stays", "&foo; stays"),
        ("<i>all</i>", "all"),
    ] {
        let feed = parse_sample(&rss_feed(&ITEM.replace('A', title)));
        assert_eq!(feed.items[0].title, text, "{title}");
    }
}

#[test]
fn a_relative_address_is_resolved_against_the_nearest_base() {
    let base = Url::parse("https://e.org/feeds/a.xml").unwrap();
    let body = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title>\
                <entry><id>1</id><title>A</title><link href=\"x\"/></entry>\
                <entry xml:base=\"/b/\"><id>2</id><title>B</title><link href=\"x\"/></entry>\
                <entry><id>3</id><title>C</title><link href=\"//f.org/x\"/><link href=\"javascript:a()\"/></entry></feed>";
    let feed = parse_feed(body.as_bytes(), None, Some(&base)).unwrap();
    let links: Vec<&str> =
        feed.items.iter().flat_map(|item| &item.links).map(|link| link.href.as_str()).collect();
    assert_eq!(links, ["https://e.org/feeds/x", "https://e.org/b/x", "https://f.org/x"]);
}

#[test]
fn what_a_feed_wishes_is_read() {
    let feed = parse_sample(
        "<rss xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel><title>T</title><ttl>60</ttl>\
         <language>en-us</language><lastBuildDate>Thu, 24 Sep 2026 08:00:00 GMT</lastBuildDate>\
         <image><title>no</title><link>no</link></image>\
         <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel></rss>",
    );
    assert_eq!(feed.title, "T");
    assert_eq!(feed.ttl, Some(Duration::from_hours(1)));
    assert_eq!(feed.update_interval, Some(Duration::from_hours(6)));
    assert_eq!(feed.language.as_deref(), Some("en-us"));
    assert_eq!(feed.updated.unwrap().to_string(), "2026-09-24T08:00:00Z");
}

#[test]
fn what_is_past_a_limit_is_refused_or_named() {
    let item = |n: usize| format!("<item><guid>{n}</guid><title>A {n}</title></item>");
    let many = rss_feed(&(0..=ENTRIES_MAX).map(item).collect::<Vec<_>>().concat());
    let feed = parse_sample(&many);
    assert_eq!(feed.items.len(), ENTRIES_MAX);
    assert_eq!(feed.gaps, ["it has 5001 items, and only the first 5000 are read"]);
    let deep = rss_feed(&format!("<item>{}{}</item>", "<a>".repeat(200), "</a>".repeat(200)));
    let wide = rss_feed(&format!("<item {}/>", "a=\"\" ".repeat(300)));
    for (body, says) in [
        (deep, "the feed is not read: it nests deeper than 100 elements"),
        (wide, "the feed is not read: an element has more than 256 attributes"),
        (
            " ".repeat(BODY_BYTES_MAX + 1),
            "the answer has 15728641 bytes, and no feed of more than 15728640 is read",
        ),
        (rss_feed(ITEM)[..90].to_owned(), "the feed is cut off after 90 bytes"),
        ("<rss/>".to_owned(), "the feed is broken: it has neither a title nor items"),
    ] {
        assert_eq!(parse_feed(body.as_bytes(), None, None).unwrap_err().to_string(), says);
    }
}

#[test]
fn a_second_feed_behind_the_first_is_a_gap() {
    let body = format!("{}{}", rss_feed(ITEM), rss_feed(ITEM));
    assert_eq!(parse_sample(&body).gaps, ["there is a second feed behind its end, which is not read"]);
}

#[test]
fn an_item_without_anything_is_named() {
    let feed =
        parse_sample(&rss_feed(&format!("<item/>{ITEM}<item><description>Text alone.</description></item>")));
    assert_eq!(feed.items.len(), 2);
    assert_eq!(feed.items[1].title, "Text alone.");
    assert!(feed.notes.iter().any(|note| note == "1 items are empty, and left out"), "{:?}", feed.notes);
}

/// Damage of single bytes, cuts and doublings, the same in every run.
#[test]
fn no_damage_makes_it_panic_or_lie() {
    let mut random = fastrand::Rng::with_seed(7);
    let seeds = [
        rss_feed(&ITEM.repeat(3)),
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>é</title><entry><id>1</id><author><name>王</name></author>\
         <content type=\"xhtml\"><div>x<b>y</b></div></content></entry></feed>"
            .to_owned(),
        "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"id\":1,\"tags\":[\"é\"]}]}".to_owned(),
    ];
    for round in 0..3_000 {
        let mut body = seeds[round % seeds.len()].clone().into_bytes();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..body.len());
            match random.u8(..4) {
                0 => body[at] = random.u8(..),
                1 => body.insert(at, *b"<>&;\"'/=!?[]{}:\0\xff".get(random.usize(..17)).unwrap()),
                2 => drop(body.remove(at)),
                _ => {
                    let end = (at + random.usize(1..20)).min(body.len());
                    let piece = body[at..end].to_vec();
                    body.splice(at..at, piece);
                }
            }
            if body.is_empty() {
                break;
            }
        }
        let first = parse_feed(&body, None, None);
        assert_eq!(first, parse_feed(&body, None, None), "{}", String::from_utf8_lossy(&body));
    }
}

/// The files of the corpus that have feeds.
fn corpus_files() -> Vec<(PathBuf, Vec<u8>)> {
    let Some(shared) = std::env::var_os("PAPERWIRE_SHARED") else { return Vec::new() };
    let mut files = Vec::new();
    for folder in ["rss", "feeds", "journals", "hostile-feeds", "api"] {
        let folder = PathBuf::from(&shared).join("corpus").join(folder);
        for file in std::fs::read_dir(folder).expect("PAPERWIRE_SHARED has a corpus") {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "xml" || extension == "json") {
                files.push((path.clone(), std::fs::read(path).unwrap()));
            }
        }
    }
    files
}

#[test]
fn every_feed_of_the_corpus_has_the_items_that_an_independent_reader_counts() {
    for (path, body) in corpus_files() {
        let Ok(feed) = parse_feed(&body, None, None) else { continue };
        let Ok(text) = std::str::from_utf8(&body) else { continue };
        let Ok(document) = roxmltree::Document::parse(text) else { continue };
        let is_item = |node: &roxmltree::Node<'_, '_>| matches!(node.tag_name().name(), "item" | "entry");
        let count = document.descendants().filter(is_item).count();
        assert_eq!(feed.items.len(), count, "{}", path.display());
        assert!(feed.gaps.is_empty(), "{}: {:?}", path.display(), feed.gaps);
    }
}

#[test]
fn every_item_of_the_corpus_keeps_its_keys() {
    for (path, body) in corpus_files() {
        let Ok(feed) = parse_feed(&body, None, None) else { continue };
        assert_eq!(parse_feed(&body, None, None).as_ref(), Ok(&feed), "{}", path.display());
        let Ok(text) = std::str::from_utf8(&body) else { continue };
        let corrected = parse_sample(&text.replace("</title>", " (corrected)</title>"));
        for (before, after) in feed.items.iter().zip(&corrected.items) {
            let is_lasting = |key: &&ItemKey| !matches!(key, ItemKey::TitleOnDay { .. });
            let lasting: Vec<&ItemKey> = before.ids.iter().filter(is_lasting).collect();
            // Of an item with neither a link nor a guid the title is all that there is.
            assert!(!lasting.is_empty() || before.links.is_empty(), "{}: {:?}", path.display(), before.ids);
            assert_eq!(
                lasting,
                after.ids.iter().filter(is_lasting).collect::<Vec<_>>(),
                "{}",
                path.display()
            );
        }
    }
}

/// Nothing that a reader sees may depend on whether feed-rs liked the other items of the day.
#[test]
fn every_feed_of_the_corpus_reads_the_same_without_feed_rs() {
    for (path, body) in corpus_files() {
        let Ok(feed) = parse_feed(&body, None, None) else { continue };
        let without = parse_in_two_passes((&body).into(), None, None, |_, _| Err("not asked".to_owned()));
        assert_eq!(without.unwrap().items, feed.items, "{}", path.display());
    }
}

#[test]
fn an_item_of_any_batch_is_read_in_both_passes() {
    let text = "We show that. ".repeat(40);
    let item = |n: usize| {
        format!(
            "<item><title>A {n}</title><link>https://e.org/{n}</link><description>{text}</description></item>"
        )
    };
    let entry = |n: usize| {
        format!(
            "<x:entry><x:id>g{n}</x:id><x:title>A {n}</x:title><x:link href=\"{n}\"/><x:summary>{text}</x:summary></x:entry>"
        )
    };
    let json = |n: usize| {
        format!(
            "{{\"id\":\"g{n}\",\"title\":\"A {n}\",\"url\":\"https://e.org/{n}\",\"content_text\":\"{text}\"}}"
        )
    };
    let all = |one: &dyn Fn(usize) -> String| (0..1_000).map(one).collect::<Vec<_>>();
    for body in [
        rss_feed(&all(&item).concat()),
        format!(
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\"><channel>\
             <title>T</title></channel>{}</rdf:RDF>",
            all(&item).concat()
        ),
        format!(
            "<x:feed xml:base=\"https://e.org/\" xmlns:x=\"http://www.w3.org/2005/Atom\"><x:title>T</x:title>{}</x:feed>",
            all(&entry).concat()
        ),
        format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\"items\":[{}]}}",
            all(&json).join(", ")
        ),
    ] {
        let feed = parse_sample(&body);
        // Nothing is dropped by feed-rs, and nothing refused.
        assert_eq!((feed.notes, feed.gaps), (vec![], vec![]), "{}", &body[..200]);
        let links: Vec<String> = feed.items.iter().map(|item| item.links[0].href.clone()).collect();
        assert_eq!(links, (0..1_000).map(|n| format!("https://e.org/{n}")).collect::<Vec<_>>());
    }
}

#[test]
fn of_what_is_longer_than_any_item_the_beginning_is_read() {
    let long = |length: usize| "We show\r\nthat. ".repeat(length / 15);
    let (text, title) = (long(3 << 20), long(1 << 20));
    let name = format!("<dc:creator>{}</dc:creator>", "A B, ".repeat(1 << 20));
    let body = rss_feed(&format!(
        "<item><description><![CDATA[{text}]]></description><description>{text}</description><title>{title}</title>{name}\
         <link>https://e.org/1</link><link>https://e.org/{}</link><guid isPermaLink=\"{title}\">g1</guid></item>",
        "x".repeat(1 << 20)
    ));
    let feed = parse_sample(&body);
    let item = &feed.items[0];
    assert!(item.title.starts_with("We show that. We") && item.title.chars().count() == 1_000);
    assert!(item.abstract_.0.starts_with("We show that. We") && item.abstract_.0.len() <= 20_000);
    assert!(item.links.iter().all(|link| link.href.len() <= 64 << 10), "{}", item.links.len());
    assert_eq!(item_keys(item)[..2], ["guid:g1", "link:e.org/1"]);
    assert_eq!(
        feed.notes,
        ["feed-rs is not asked for 14336 KiB at once; the second pass alone is read for 1 of 1 items"]
    );
}

#[test]
fn no_more_items_are_read_than_there_is_memory_for() {
    let text = "We show that. ".repeat(1_400);
    let items = |count: usize| {
        let item = |n: usize| format!("<item><title>A {n}</title><description>{text}</description></item>");
        rss_feed(&(0..count).map(item).collect::<String>())
    };
    assert_eq!(parse_sample(&items(500)).gaps, Vec::<String>::new());
    let feed = parse_sample(&items(780));
    let [gap] = &feed.gaps[..] else { panic!("{:?}", feed.gaps) };
    assert!(gap.starts_with("it has 780 items, and only the first 3"), "{gap}");
    let texts: usize = feed.items.iter().map(|item| item.abstract_.0.len()).sum();
    assert!(texts + items(780).len() < limits::DOCUMENT_AND_ITEMS_MAX, "{texts}");
}

#[test]
fn what_takes_more_memory_than_its_bytes_is_refused() {
    let name = "x".repeat(5 << 20);
    for (body, says) in [
        (rss_feed(&format!("<item><{name}/></item>")), "the feed is not read: a tag has more than 4 MiB"),
        (rss_feed(&format!("<item xmlns=\"{name}\"/>")), "the feed is not read: a tag has more than 4 MiB"),
    ] {
        assert_eq!(parse_feed(body.as_bytes(), None, None).unwrap_err().to_string(), says);
    }
    let wide =
        [b"<rss><channel><title>".as_slice(), &vec![0x80; 6 << 20], b"</title></channel></rss>"].concat();
    let error = parse_feed(wide, Some("windows-1252"), None).unwrap_err().to_string();
    assert_eq!(error, "the feed is not read: as UTF-8 it has more than 15 MiB");
    let pictured =
        rss_feed(&format!("<item><description><![CDATA[a < b <img src=\"{name}\">]]></description></item>"));
    assert_eq!(parse_sample(&pictured).items.len(), 1);
}
