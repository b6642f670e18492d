//! Digests to render in tests: a small, readable one, and ones made of hostile words.

use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::domain::{
    Abstract, ArticleOfPreprint, ArxivId, Author, Category, Digest, DigestPaper, DigestSection, Incident,
    Link, News, OperatorAlert, Paper, PaperId, PublishedFeedEntry, ResolvedIncident, Revision, Version,
};

/// A paper with everything in its place.
pub(crate) fn sample_paper(title: &str) -> Paper {
    Paper {
        id: PaperId::from_arxiv_id(&"2503.20246".parse::<ArxivId>().unwrap()),
        revision: Revision::FIRST,
        title: title.to_owned(),
        abstract_: Abstract("We classify images.\nCode: https://github.com/lab/net_2".to_owned()),
        authors: authors_of_names(&["Ada Lovelace", "Bo Li", "Cy Young", "Di Wu", "Ed Poe"]),
        primary: Some(Category("cs.CV".to_owned())),
        categories: vec![Category("cs.CV".to_owned()), Category("cs.LG".to_owned())],
        published: Some("2025-03-26T05:12:44Z".parse().unwrap()),
        updated: "2025-03-26T05:12:44Z".parse().unwrap(),
        comment: Some("12 pages".to_owned()),
        journal_ref: None,
        doi: None,
        later_article: None,
        links: vec![],
    }
}

/// A paper that came some days after it was submitted, and a day later in the version that it has.
pub(crate) fn sample_feed_entry(paper: Paper) -> PublishedFeedEntry {
    let seen = |moment: &str| moment.parse().unwrap();
    PublishedFeedEntry {
        paper,
        first_seen: seen("2025-04-01T06:15:00Z"),
        version_seen: seen("2025-04-02T06:15:00Z"),
    }
}

/// One new paper with a hostile title and a replaced one of which little is known.
pub(crate) fn small_digest() -> Digest {
    let new = DigestPaper {
        paper: sample_paper("A *bold* <!channel> & [net_2]: 2 < 3"),
        news: News::New,
        also_in: vec!["Robotics".to_owned()],
        code_link: Some("https://github.com/lab/net_2".to_owned()),
    };
    let replaced = DigestPaper {
        paper: Paper {
            revision: Revision::Numbered(Version::new(2).unwrap()),
            abstract_: Abstract("Long words. ".repeat(40).trim().to_owned()),
            authors: vec![],
            comment: None,
            published: None,
            ..sample_paper("Nets of nets")
        },
        news: News::Replacement,
        also_in: vec![],
        code_link: None,
    };
    let section = DigestSection { topic: "Image Classification".to_owned(), papers: vec![new, replaced] };
    Digest { sections: vec![section], ..empty_digest() }
}

/// One preprint that was published in a journal with a hostile name, and one that is new and has an article.
pub(crate) fn digest_with_published_paper() -> Digest {
    let published = DigestPaper {
        paper: Paper {
            doi: Some("10.1000/a(b)_c".to_owned()),
            journal_ref: Some("J. of *bold* <!channel> & [x](https://e.vil)\n12".to_owned()),
            later_article: Some(ArticleOfPreprint::default()),
            ..sample_paper("Nets of nets")
        },
        news: News::Published,
        also_in: vec![],
        code_link: Some("https://github.com/lab/net_2".to_owned()),
    };
    let new = DigestPaper {
        paper: Paper {
            doi: Some("10.1000/new".to_owned()),
            authors: vec![],
            comment: None,
            ..sample_paper("New nets")
        },
        news: News::New,
        also_in: vec![],
        code_link: None,
    };
    let section = DigestSection { topic: "Image Classification".to_owned(), papers: vec![new, published] };
    Digest { sections: vec![section], ..empty_digest() }
}

/// A digest that says that there is no news.
pub(crate) fn empty_digest() -> Digest {
    Digest {
        subscription: "daily".to_owned(),
        number: 12,
        composed: "2025-03-26T23:30:00Z".parse().unwrap(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        late: None,
        sections: vec![],
    }
}

/// A notice of so many troubles that have begun and one that is over.
pub(crate) fn sample_operator_alert(troubles: usize) -> OperatorAlert {
    let since = "2025-03-25T08:00:00Z".parse().unwrap();
    let now = "2025-03-26T08:00:00Z".parse().unwrap();
    let trouble = Incident {
        subject: "topic \"Birds *b* <!channel>\"".to_owned(),
        since,
        description: "failing since 2025-03-26T08:00:00Z: 429: throttled".to_owned(),
        advice: "wait".to_owned(),
    };
    let ended = ResolvedIncident { subject: "sink \"lab\"".to_owned(), since, well_since: now };
    OperatorAlert { number: 7, composed: now, opened: vec![trouble; troubles], resolved: vec![ended] }
}

/// Digests in which every text may be long and try to break out of its place.
pub(crate) fn hostile_digest() -> impl Strategy<Value = Digest> {
    let section = (hostile_text(), vec(hostile_digest_paper(), 0..9))
        .prop_map(|(topic, papers)| DigestSection { topic, papers });
    (hostile_text(), option::of(hostile_text()), vec(section, 0..4))
        .prop_map(|(subscription, late, sections)| Digest { subscription, late, sections, ..empty_digest() })
}

/// What a text may hold that means something to Slack, Discord, JSON or the eye.
const TRAPS: [&str; 34] = [
    "*b*",
    "_i_",
    "~s~",
    "`c`",
    "```",
    "||x||",
    "> q",
    ">>> q",
    "# h",
    "-# s",
    "- l",
    "1. l",
    "<!channel>",
    "<@U1>",
    "<#C1>",
    "<@&9>",
    "@everyone",
    "@here",
    "<https://e.vil|x>",
    "[x](https://e.vil)",
    "https://e.vil/a_b_c",
    "&amp;",
    "&",
    "<",
    "|",
    "\\",
    ":smile:",
    "<:a:1>",
    "\u{202E}",
    "\n\n",
    "\u{0}",
    "𝔸👩‍👩‍👧",
    "é",
    "word ",
];

fn hostile_text() -> impl Strategy<Value = String> {
    let trap = proptest::sample::select(&TRAPS[..]).prop_map(str::to_owned);
    let short = vec(prop_oneof![4 => trap, 1 => any::<String>()], 0..8).prop_map(|words| words.concat());
    (short, prop_oneof![6 => Just(1_usize), 1 => Just(60)]).prop_map(|(text, times)| text.repeat(times))
}

fn hostile_url() -> impl Strategy<Value = String> {
    (hostile_text(), prop_oneof![Just("https://github.com/a/"), Just("")])
        .prop_map(|(path, host)| format!("{host}{path}"))
}

prop_compose! {
    fn hostile_digest_paper()(
        arxiv in any::<bool>(), version in 1..4_u32, title in hostile_text(), text in hostile_text(), names in vec(hostile_text(), 0..6),
        categories in vec(hostile_text(), 0..3), comment in option::of(hostile_text()), doi in option::of(hostile_text()),
        href in hostile_url(), code_link in option::of(hostile_url()), also_in in vec(hostile_text(), 0..3),
        news in prop_oneof![Just(News::New), Just(News::Published), Just(News::Replacement)],
        journal_ref in option::of(hostile_text()), article_doi in option::of(hostile_text()),
    ) -> DigestPaper {
        let paper = sample_paper(&title);
        let paper = Paper {
            id: if arxiv { paper.id } else { PaperId::from_stored(format!("feed:{href}")) },
            revision: Revision::Numbered(Version::new(version).unwrap()),
            abstract_: Abstract(text),
            authors: names.into_iter().map(|name| Author { name, affiliations: vec![] }).collect(),
            categories: categories.into_iter().map(Category).collect(),
            comment,
            doi,
            journal_ref,
            later_article: article_doi.map(|path| ArticleOfPreprint {
                doi: Some(format!("10.1000/{}", path.split_whitespace().collect::<String>())),
                journal_ref: Some(path),
            }),
            links: vec![Link { href, rel: None, media_type: None, title: None }],
            ..paper
        };
        DigestPaper { paper, news, also_in, code_link }
    }
}

/// Authors of these names.
pub(crate) fn authors_of_names(names: &[&str]) -> Vec<Author> {
    names.iter().map(|name| Author { name: (*name).to_owned(), affiliations: vec![] }).collect()
}

/// These papers, repeated so many times.
pub(crate) fn repeat_papers(papers: &[DigestPaper], times: usize) -> Vec<DigestPaper> {
    papers.iter().cycle().take(papers.len() * times).cloned().collect()
}
