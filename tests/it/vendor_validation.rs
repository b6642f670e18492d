//! Slack, Discord and Standard Webhooks take every message of digests of real papers: judged by Slack's SDK and
//! types, Discord's OpenAPI and the official webhook library.
//!
//! The judges are in `rigs` of the folder that `PAPERWIRE_SHARED` names, what they need is installed in
//! `RIGS_HOME`. Without them the test looks at papers of its own; with `PAPERWIRE_RIGS=1` it fails.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use paperwire::domain::{
    Abstract, ArxivId, Author, Category, Digest, DigestPaper, DigestPartNumber, DigestSection, News, Paper,
    PaperId, Revision, Version,
};
use paperwire::render::DigestPartBody;
use paperwire::sink::{discord, slack, webhook};

/// What an author might write to disturb a channel.
const HOSTILE: [&str; 8] = [
    "<!channel> <@U024BE7LH> @everyone *bold* _it_ ~no~ `code` ```fence```",
    "](https://evil.example) [x](https://evil.example) <https://evil.example|click>",
    "||spoiler|| <@&1> <#2> <:emoji:3> :smile: # heading\n> quote\n- list",
    "\u{202E}reversed\u{202C} \u{0}nul \u{7}bell \u{FEFF}mark",
    r#"\"},"blocks":[],"content":"@here" & &amp; <b>&lt;</b> \\"#,
    "𝔸𝔹ℂ 👩‍👩‍👧‍👦 深度学习 نص عربي é",
    "",
    "   ",
];

#[test]
fn every_message_of_real_papers_passes_the_vendors_own_rules() {
    let shared = env::var_os("PAPERWIRE_SHARED").map(PathBuf::from);
    let papers = shared.as_deref().map_or_else(|| papers_of_page(FIXTURE), corpus_papers);
    let digests = sample_digests(&papers);
    let folder = tempfile::tempdir().unwrap();
    let written =
        digests.iter().map(|(name, digest)| write_bodies(folder.path(), name, digest)).sum::<usize>();
    assert!(written >= 3 * digests.len());
    let Some((rigs, home)) = shared.and_then(|shared| validator_paths(&shared)) else {
        assert!(env::var_os("PAPERWIRE_RIGS").is_none_or(|asked| asked != "1"), "the rigs are not installed");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/vendor_validation.py");
    let python = home.join("venv/bin/python");
    let judged = Command::new(python).arg(script).args([&rigs, &home, folder.path()]).output().unwrap();
    let said = [judged.stdout, judged.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(judged.status.success(), "{}", said.concat());
}

/// The rigs, and what they need; nothing if either is missing.
fn validator_paths(shared: &Path) -> Option<(PathBuf, PathBuf)> {
    let default = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/paperwire-rigs"));
    let home = env::var_os("RIGS_HOME").map(PathBuf::from).or_else(default)?;
    let rigs = shared.join("rigs");
    (rigs.is_dir() && home.join("venv/bin/python").exists()).then_some((rigs, home))
}

/// Digests of 0, 1, 7, 60 and 500 papers, as many as there are, and of hostile ones.
fn sample_digests(papers: &[Paper]) -> Vec<(String, Digest)> {
    let real = [0, 1, 7, 60, 500].map(|number| {
        let told = papers
            .iter()
            .cycle()
            .take(number)
            .cloned()
            .enumerate()
            .map(|(at, paper)| to_digest_paper(at, paper));
        (format!("real{number}"), digest_of_topics(number, &told.collect::<Vec<_>>()))
    });
    let hostile: Vec<_> = (0..24).map(|at| hostile_paper(at, &papers[at % papers.len()])).collect();
    real.into_iter().chain([("hostile".to_owned(), digest_of_topics(900, &hostile))]).collect()
}

/// A real paper, each fifth replaced, each ninth with a hostile title.
fn to_digest_paper(at: usize, mut paper: Paper) -> DigestPaper {
    let text = format!("{} {}", paper.abstract_.0, paper.comment.as_deref().unwrap_or_default());
    if at % 9 == 8 {
        paper.title = HOSTILE[at % HOSTILE.len()].to_owned() + &paper.title;
    }
    DigestPaper {
        paper,
        news: if at % 5 == 4 { News::Replacement } else { News::New },
        also_in: if at % 7 == 3 { vec!["Robotics & <Vision>".to_owned()] } else { vec![] },
        code_link: text.split_whitespace().find(|word| word.contains("github.com/")).map(str::to_owned),
    }
}

/// A paper with hostile words everywhere, some of them very many.
fn hostile_paper(at: usize, paper: &Paper) -> DigestPaper {
    let words = HOSTILE[at % HOSTILE.len()].repeat(if (8..23).contains(&at) { 200 } else { 1 });
    let author = Author { name: words.clone(), affiliations: vec![words.clone()] };
    DigestPaper {
        paper: Paper {
            title: words.clone(),
            abstract_: Abstract(words.clone()),
            authors: vec![author; if at == 23 { 3_000 } else { at }],
            categories: vec![Category(words.clone())],
            comment: Some(words.clone()),
            ..paper.clone()
        },
        news: News::New,
        also_in: vec![words.clone()],
        code_link: Some(format!("https://github.com/owner/{words}")),
    }
}

/// One topic where the papers are few, else two.
fn digest_of_topics(number: usize, papers: &[DigestPaper]) -> Digest {
    let mut sections = vec![];
    let topics = if papers.len() > 7 { 2 } else { 1 };
    for (topic, papers) in papers.chunks(papers.len().div_ceil(topics).max(1)).enumerate() {
        let (new, replaced): (Vec<_>, Vec<_>) =
            papers.iter().cloned().partition(|told| told.news == News::New);
        let topic = ["Image Classification", "Graphs & *Nets* <2>"][topic].to_owned();
        sections.push(DigestSection { topic, papers: [new, replaced].concat() });
    }
    Digest {
        subscription: "daily".to_owned(),
        number: number as u64,
        composed: "2025-03-26T08:00:00Z".parse().unwrap(),
        zone: TimeZone::UTC,
        late: None,
        sections,
    }
}

/// Writes every body of the digest for the judges; how many there are.
fn write_bodies(folder: &Path, name: &str, digest: &Digest) -> usize {
    let key = |part: DigestPartNumber| format!("msg_{name}_{:05}", part.number);
    let tests = [slack::render_test_message(HOSTILE[0]), discord::render_test_message(HOSTILE[0])];
    let [slack_test, discord_test] =
        tests.map(|body| DigestPartBody { part: DigestPartNumber { number: 0, of: 0 }, body });
    let slack = [slack::render_digest_parts(digest), vec![slack_test]].concat();
    let discord = [discord::render_digest_parts(digest), vec![discord_test]].concat();
    let webhook = webhook::render_digest_parts(digest, &key);
    let mut written = 0;
    for (kind, bodies) in [("slack", slack), ("discord", discord), ("webhook", webhook)] {
        fs::create_dir_all(folder.join(kind)).unwrap();
        for (at, DigestPartBody { body, .. }) in bodies.iter().enumerate() {
            fs::write(folder.join(kind).join(format!("{name}-{at:04}.json")), body).unwrap();
            written += 1;
        }
    }
    written
}

/// Five hundred works of the corpus's API pages, in the state in which they came first.
fn corpus_papers(shared: &Path) -> Vec<Paper> {
    let pages = fs::read_dir(shared.join("corpus/api")).expect("PAPERWIRE_SHARED has the corpus");
    let mut pages: Vec<_> = pages.map(|page| page.unwrap().path()).collect();
    pages.sort();
    let texts = pages.iter().filter_map(|page| fs::read_to_string(page).ok());
    let mut known = HashSet::new();
    let papers: Vec<_> =
        texts.flat_map(|text| papers_of_page(&text)).filter(|paper| known.insert(paper.id.clone())).collect();
    assert!(papers.len() >= 500, "only {} papers", papers.len());
    papers
}

/// The papers of an Atom page; none if it is not one.
fn papers_of_page(text: &str) -> Vec<Paper> {
    let Ok(page) = roxmltree::Document::parse(text) else { return vec![] };
    page.descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2005/Atom", "entry")))
        .filter_map(parse_entry)
        .collect()
}

fn parse_entry(entry: roxmltree::Node<'_, '_>) -> Option<Paper> {
    let texts = |name: &'static str| {
        let nodes = entry.descendants().filter(move |node| node.tag_name().name() == name);
        nodes.filter_map(|node| node.text()).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let instant = |name| texts(name).next().and_then(|text| text.parse::<Timestamp>().ok());
    let (id, version) = ArxivId::parse_with_version(&texts("id").next()?).ok()?;
    let categories = entry.children().filter(|node| node.tag_name().name() == "category");
    let categories: Vec<_> =
        categories.filter_map(|node| node.attribute("term")).map(|term| Category(term.to_owned())).collect();
    Some(Paper {
        id: PaperId::from_arxiv_id(&id),
        revision: Revision::Numbered(version.unwrap_or(Version::FIRST)),
        title: texts("title").next()?,
        abstract_: Abstract(texts("summary").next()?),
        authors: texts("name").map(|name| Author { name, affiliations: vec![] }).collect(),
        primary: categories.first().cloned(),
        categories,
        published: instant("published"),
        updated: instant("updated")?,
        comment: texts("comment").next(),
        journal_ref: texts("journal_ref").next(),
        doi: texts("doi").next(),
        later_article: None,
        links: vec![],
    })
}

/// Papers in the shape of the API's answer, in words of our own.
const FIXTURE: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <entry>
    <id>http://arxiv.org/abs/2503.00001v1</id>
    <updated>2025-03-01T10:00:00Z</updated>
    <published>2025-03-01T10:00:00Z</published>
    <title>Nets that fold:
  a study of $x_i$ &amp; more</title>
    <summary>  We fold nets. Code is at https://github.com/owner/fold_nets.</summary>
    <author><name>Ada Lovelace</name></author>
    <author><name>Bo Li</name></author>
    <arxiv:comment>12 pages</arxiv:comment>
    <category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
  <entry>
    <id>http://arxiv.org/abs/hep-ex/0307015v2</id>
    <updated>2003-08-01T10:00:00Z</updated>
    <published>2003-07-01T10:00:00Z</published>
    <title>A beam</title>
    <summary>We measured a beam.</summary>
    <author><name>The Beam Collaboration</name></author>
    <category term="hep-ex" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
</feed>"#;
