//! Papers to make digests of: real ones where the shared corpus is, own ones in their shapes elsewhere, and
//! among either a few whose authors meant harm.

use std::collections::HashSet;
use std::path::Path;

use paperwire::domain::{
    Abstract, ArxivId, Author, Category, DigestPaper, Link, News, Paper, PaperId, Revision, Version,
};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const ARXIV: &str = "http://arxiv.org/schemas/atom";

/// Titles that no author should have: every seventh paper has one, from the third on.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script> & \"quotes\" 'n' <b>bold</b> &amp; {{ 7*7 }}",
    "\u{202e}reversed\u{2066} title\u{200b} with\r\nBcc: victim@example.org\r\n\r\nbody",
    "=?utf-8?B?PGI+?= a|pipe `code` $\\ell_2$ [link](javascript:alert(1)) @everyone <!channel>",
    "深度学习用于图像分类的综述：方法、数据集与未来方向的全面分析与比较研究，以及对可解释性的讨论与展望和更多更多的内容",
    "Averyveryveryverylongword/that\\has_no-spaces.at.all:andgoesonandonandonandonandonandonandonandonandonandonandon",
    "\u{fffd}\u{0}\u{ffff} Ünïcödé 👩\u{200d}🔬 عنوان بالعربية <img src=x onerror=alert(1)> -->",
];

/// A digest's papers, so many, the last of them replaced ones.
pub(crate) fn digest_papers(count: usize) -> Vec<DigestPaper> {
    let mut papers = match std::env::var_os("PAPERWIRE_SHARED") {
        Some(shared) => corpus_papers(&Path::new(&shared).join("corpus/api")),
        None => (0..40).map(made_up_paper).collect(),
    };
    assert!(papers.len() >= 40, "{} papers to begin with", papers.len());
    let known = papers.len();
    for at in known..count {
        let mut paper = papers[at % known].clone();
        let id: ArxivId = format!("9901.{at:05}").parse().unwrap();
        paper.id = PaperId::from_arxiv_id(&id);
        paper.links.clear();
        papers.push(paper);
    }
    papers.truncate(count);
    papers.into_iter().enumerate().map(|(at, paper)| to_digest_paper(at, paper, count)).collect()
}

fn to_digest_paper(at: usize, mut paper: Paper, count: usize) -> DigestPaper {
    if at % 7 == 2 {
        HOSTILE[at / 7 % HOSTILE.len()].clone_into(&mut paper.title);
    }
    let replaced = at * 5 >= count * 4 && count > 4;
    let code_link = at.is_multiple_of(3).then(|| format!("https://github.com/owner{at}/repository"));
    let also_in = if at % 11 == 1 { vec!["Medical Imaging".to_owned()] } else { vec![] };
    if replaced && paper.revision == Revision::FIRST {
        paper.revision = Revision::Numbered(Version::new(2).unwrap());
    }
    DigestPaper { paper, news: if replaced { News::Replacement } else { News::New }, also_in, code_link }
}

/// A paper of our own, as long as real ones are, with an abstract up to the limit of arXiv's form and over.
fn made_up_paper(at: usize) -> Paper {
    let id: ArxivId = format!("2503.{at:05}").parse().unwrap();
    let sentence =
        "We study the classification of images with few labels, and show that a small network learns it. ";
    let authors = (0..[3, 1, 12, 6, 2900][at % 5])
        .map(|n| Author { name: format!("Ada B. Author{n}"), affiliations: vec![] });
    let updated = "2025-03-25T17:00:00Z".parse().unwrap();
    Paper {
        id: PaperId::from_arxiv_id(&id),
        revision: Revision::FIRST,
        title: format!("Way {at} to Classify Images: A Study of Networks and Their Labels"),
        abstract_: Abstract(sentence.repeat([8, 14, 19, 36][at % 4]).trim().to_owned()),
        authors: authors.collect(),
        primary: Some(Category("cs.CV".into())),
        categories: vec![Category("cs.CV".into()), Category("cs.LG".into())],
        published: Some(updated),
        updated,
        comment: at.is_multiple_of(2).then(|| "17 pages, 12 figures".to_owned()),
        journal_ref: None,
        doi: None,
        later_article: None,
        links: vec![],
    }
}

/// The papers of the corpus's pages, each once.
fn corpus_papers(folder: &Path) -> Vec<Paper> {
    let files = std::fs::read_dir(folder).expect("PAPERWIRE_SHARED has the corpus");
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let pages = files.iter().filter(|file| file.extension().is_some_and(|end| end == "xml"));
    let pages = pages.filter_map(|file| std::fs::read_to_string(file).ok());
    let mut papers: Vec<_> = pages.flat_map(|page| papers_of(&page)).collect();
    let mut seen = HashSet::new();
    papers.retain(|paper| seen.insert(paper.id.clone()));
    papers.sort_by_key(|paper| std::cmp::Reverse(paper.updated));
    papers
}

fn papers_of(page: &str) -> Vec<Paper> {
    // The corpus has broken pages too; what is reported of them is another test's subject.
    let Ok(feed) = roxmltree::Document::parse(page) else { return vec![] };
    feed.root_element()
        .children()
        .filter(|node| node.has_tag_name((ATOM, "entry")))
        .filter_map(paper_of)
        .collect()
}

fn paper_of(entry: roxmltree::Node<'_, '_>) -> Option<Paper> {
    let child = |space: &'static str, name: &'static str| {
        let node = entry.children().find(|node| node.has_tag_name((space, name)))?;
        Some(node.text()?.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let all = |name: &'static str| entry.children().filter(move |node| node.has_tag_name((ATOM, name)));
    let (id, version) = ArxivId::parse_with_version(&child(ATOM, "id")?).ok()?;
    let term = |node: roxmltree::Node<'_, '_>| Some(Category(node.attribute("term")?.to_owned()));
    let attribute = |node: roxmltree::Node<'_, '_>, name| node.attribute(name).map(str::to_owned);
    let name = |node: roxmltree::Node<'_, '_>| {
        let name = node.children().find(|node| node.has_tag_name((ATOM, "name")))?;
        Some(Author { name: name.text()?.to_owned(), affiliations: vec![] })
    };
    let link = |node: roxmltree::Node<'_, '_>| {
        let (rel, media_type) = (attribute(node, "rel"), attribute(node, "type"));
        Some(Link { href: attribute(node, "href")?, rel, media_type, title: attribute(node, "title") })
    };
    Some(Paper {
        id: PaperId::from_arxiv_id(&id),
        revision: Revision::Numbered(version?),
        title: child(ATOM, "title")?,
        abstract_: Abstract(child(ATOM, "summary")?),
        authors: all("author").filter_map(name).collect(),
        primary: entry.children().find(|node| node.has_tag_name((ARXIV, "primary_category"))).and_then(term),
        categories: all("category").filter_map(term).collect(),
        published: child(ATOM, "published").and_then(|time| time.parse().ok()),
        updated: child(ATOM, "updated")?.parse().ok()?,
        comment: child(ARXIV, "comment"),
        journal_ref: child(ARXIV, "journal_ref"),
        doi: child(ARXIV, "doi"),
        later_article: None,
        links: all("link").filter_map(link).collect(),
    })
}
