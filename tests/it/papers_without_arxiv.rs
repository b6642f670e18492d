//! A paper that is not arXiv's is curated as any other: one that is known by its DOI, and one that is known by its page.

use paperwire::domain::{Abstract, Link, Origin, Paper, PaperId, StoreUrl, TopicPhase, detect_change};
use paperwire::store::{PollRecord, ReceivedPaper, Store, WatermarkUpdate};
use serde_json::Value;

use crate::fake_arxiv::FakeArxiv;
use crate::sample_papers::{dated, sample};
use crate::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stdout};

const DOI: &str = "doi:10.1016/s0140-6736(20)30183-5";
const PAGE: &str = "url:https://example.org/papers?id=1&x=(2)";
const PAGE_ID: &str = "url:https://example.org/papers?id=1&x=%282%29";

/// Two papers that no arXiv shows.
pub(crate) fn papers() -> Vec<Paper> {
    let at = |link: &str, title: &str, hour: u32| Paper {
        id: PaperId::from_link(link).unwrap(),
        title: title.to_owned(),
        abstract_: Abstract(format!("What {title} is about.")),
        doi: PaperId::from_link(link).unwrap().as_doi().map(|_| "10.1016/S0140-6736(20)30183-5".to_owned()),
        links: vec![Link {
            href: link.replacen("url:", "", 1).replacen("doi:", "https://journal.example.org/", 1),
            rel: Some("alternate".to_owned()),
            media_type: None,
            title: None,
        }],
        ..dated("2503.20246", &format!("2025-03-26T1{hour}:30:00Z"))
    };
    vec![at(DOI, "In a journal", 2), at(PAGE, "On a page", 1)]
}

/// A folder whose list has five papers of arXiv's and these two.
fn env(fake: &FakeArxiv, list: &str) -> TestEnv {
    let env = TestEnv::asking(fake).with_list(list);
    env.once_well(NOW);
    let mut store = Store::open(&StoreUrl::Sqlite(env.path("paperwire.db"))).unwrap();
    let topic = store.ensure_topic(TOPIC).unwrap();
    let now = "2025-03-26T21:00:00Z".parse().unwrap();
    let ids: Vec<PaperId> = papers().iter().map(|paper| paper.id.clone()).collect();
    let known = store.known_papers(&topic, &ids).unwrap();
    let received = papers().into_iter().zip(known).map(|(paper, known)| {
        let finding = detect_change(&paper, known.recorded.as_ref(), known.sighting, TopicPhase::Established);
        ReceivedPaper { paper, known, finding }
    });
    let watermark_update = Some(WatermarkUpdate { watermark: now, source_time: None, is_full_sweep: false });
    let record = PollRecord { now, origin: Origin::Source, papers: received.collect(), watermark_update };
    assert_eq!(store.record(&topic, &record).unwrap().new, 2);
    drop(store);
    env.once_well(LATER);
    env
}

fn row_of<'l>(list: &'l str, title: &str) -> Vec<&'l str> {
    list.lines().filter(|line| line.contains(&format!("**[{title}]("))).collect()
}

fn without(list: &str, title: &str) -> String {
    let row = row_of(list, title);
    assert_eq!(row.len(), 1, "{title}: {list}");
    list.replacen(&format!("{}\n", row[0]), "", 1)
}

fn json(env: &TestEnv, line: &[&str]) -> Value {
    serde_json::from_str(stdout(&env.run(line))).unwrap()
}

#[test]
fn a_deleted_row_of_any_paper_stays_deleted_until_it_is_restored() {
    for (title, id, called) in [
        ("In a journal", DOI, "https://doi.org/10.1016/S0140-6736%2820%2930183-5"),
        ("On a page", PAGE_ID, "http://example.org/papers?id=1&x=(2)"),
    ] {
        let fake = FakeArxiv::serving(sample(5));
        let env = env(&fake, "");
        env.write_list(&without(&env.list(), title));
        let answer = env.once_well(NEXT_DAY);
        assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
        assert_eq!(row_of(&env.list(), title), [""; 0]);
        env.once_well("2025-03-28T20:00:00Z");
        assert_eq!(row_of(&env.list(), title), [""; 0]);
        let dismissed = env.run(&["list", "dismissed"]);
        assert!(stdout(&dismissed).contains(&format!("README.md: {id} in {TOPIC}")), "{dismissed:?}");
        let restored = env.run(&["list", "restore", called]);
        assert!(restored.status.success(), "{restored:?}");
        env.once_well("2025-03-29T20:00:00Z");
        assert_eq!(row_of(&env.list(), title).len(), 1, "{}", env.list());
    }
}

#[test]
fn what_a_person_writes_in_the_row_of_any_paper_stays() {
    let fake = FakeArxiv::serving(sample(5));
    let env = env(&fake, "");
    let list = env.list();
    let mut edited = list.clone();
    for title in ["In a journal", "On a page"] {
        let row = row_of(&list, title)[0];
        let mine = row.replacen("[Code Link](", "[mine](", 1);
        let mine = mine.replacen(
            ")** |",
            ")** [code](https://github.com/ada/y) |",
            usize::from(title.starts_with("In")),
        );
        assert_ne!(mine, row);
        edited = edited.replacen(row, &mine, 1);
    }
    env.write_list(&edited);
    for now in [NEXT_DAY, "2025-03-28T20:00:00Z"] {
        env.once_well(now);
        assert_eq!(env.list(), edited);
    }
}

#[test]
fn the_exports_of_a_list_have_what_the_history_says_of_any_paper() {
    let fake = FakeArxiv::serving(sample(5));
    let env = env(&fake, "feed = \"feed.xml\"\nbibtex = \"papers.bib\"\npage = \"page.html\"\n");
    for file in ["feed.xml", "papers.bib", "page.html"] {
        let text = std::fs::read_to_string(env.path(file)).unwrap();
        for title in ["In a journal", "On a page"] {
            assert!(text.contains(title), "{file}: {text}");
        }
        assert!(text.contains("Ada") || !papers()[0].authors.is_empty(), "{file}");
    }
    let bibtex = std::fs::read_to_string(env.path("papers.bib")).unwrap();
    assert!(bibtex.contains("doi = {10.1016/S0140-6736(20)30183-5}"), "{bibtex}");
}

#[test]
fn an_import_reads_the_row_of_any_paper() {
    let fake = FakeArxiv::serving(sample(5));
    let list = env(&fake, "").list();
    let other = TestEnv::asking(&fake);
    std::fs::write(other.path("list.md"), list).unwrap();
    let imported = json(&other, &["import", "list.md", "--json"]);
    assert_eq!(imported["topics"][0]["known"], 7, "{imported}");
    for id in [DOI, PAGE_ID] {
        assert_eq!(json(&other, &["explain", id, "--json"])["id"], id);
    }
}

#[test]
fn a_row_of_a_persons_own_that_links_any_page_is_nobodys_paper() {
    let fake = FakeArxiv::serving(sample(5));
    let env = TestEnv::asking(&fake);
    env.once_well(NOW);
    let list = env.list();
    let (head, rest) = list.split_once("| **[").unwrap();
    let own = "| [A book](https://doi.org/10.1000/182) | 2025-01-01 | mine | | |\n\
               | [A tool](https://example.org/tool) | 2025-01-01 | mine | | |\n";
    env.write_list(&format!("{head}{own}| **[{rest}"));
    for now in [LATER, NEXT_DAY] {
        env.once_well(now);
        assert_eq!(env.list().matches(own).count(), 1, "{}", env.list());
    }
    env.write_list(&list);
    let after = env.once_well("2025-03-28T20:00:00Z");
    assert_eq!((after.only_list().dismissed.len(), env.list()), (0, list));
    assert_eq!(stdout(&env.run(&["list", "dismissed"])), "nothing was taken out of any list\n");
}
