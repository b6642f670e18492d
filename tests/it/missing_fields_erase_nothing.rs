//! What a source does not say erases nothing that is known, whichever source it is and in whichever order they speak.

use paperwire::domain::{Abstract, Author, DatabaseUrl, Paper, Revision, Version};
use paperwire::store::StoreReader;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::{next_version, sample_papers, versioned_id};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv};

const HOLLOW: &str = "| Title | Date |\n| --- | --- |\n";
const FULL: &str = "| Title | Date | Abstract | Comment |\n| --- | --- | --- | --- |\n";

fn stored_paper(env: &TestEnv, paper: &Paper) -> Paper {
    let reader = StoreReader::open(&DatabaseUrl::Sqlite(env.path("paperwire.db"))).unwrap().unwrap();
    reader.paper_timeline(&paper.id).unwrap().unwrap().paper
}

fn list_row(paper: &Paper, rest: &str) -> String {
    format!("| [T](https://arxiv.org/abs/{}) | 2025-03-27 |{rest}\n", versioned_id(paper))
}

fn import_list(env: &TestEnv, text: &str) {
    std::fs::write(env.path("other.md"), text).unwrap();
    let imported = env.run_program(&["import", "other.md", "--now", LATER]);
    assert!(imported.status.success(), "{imported:?}");
}

#[test]
fn an_imported_row_of_a_newer_version_without_abstract_keeps_what_is_known() {
    let papers: Vec<Paper> = sample_papers(4)
        .into_iter()
        .map(|paper| Paper { comment: Some("12 pages".into()), ..paper })
        .collect();
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let newer: Vec<Paper> = papers.iter().map(|paper| next_version(paper, 30)).collect();
    let rows: String = newer.iter().map(|paper| list_row(paper, "")).collect();
    import_list(&env, &format!("## {TOPIC}\n\n{HOLLOW}{rows}"));
    for (paper, newer) in papers.iter().zip(&newer) {
        let known = stored_paper(&env, paper);
        assert_eq!((known.revision, known.title.as_str()), (newer.revision, "T"));
        let expected = Paper {
            revision: known.revision,
            title: known.title.clone(),
            updated: known.updated,
            links: known.links.clone(),
            ..paper.clone()
        };
        assert_eq!(known, expected);
    }
    fake.set_papers(newer.iter().cloned().map(|paper| Paper { comment: None, ..paper }).collect());
    env.run_once_without_failure(NEXT_DAY);
    assert_eq!(env.announced_news(), [], "an import is told to nobody, nor is what it has");
    assert!(
        newer.iter().all(|paper| stored_paper(&env, paper).comment.is_none()),
        "arXiv says of each version that it has no comment"
    );
}

#[test]
fn two_lists_say_together_what_each_of_them_says() {
    let paper = sample_papers(1).remove(0);
    let next = next_version(&paper, 1);
    let words = " The abstract. | 12 pages |";
    let full = |paper: &Paper| format!("## {TOPIC}\n\n{FULL}{}", list_row(paper, words));
    let hollow = |paper: &Paper| format!("## {TOPIC}\n\n{HOLLOW}{}", list_row(paper, ""));
    for (lists, version) in [
        (vec![full(&paper), hollow(&paper)], paper.revision),
        (vec![hollow(&paper), full(&paper)], paper.revision),
        (vec![full(&paper), hollow(&next)], next.revision),
        (vec![hollow(&next), full(&paper)], next.revision),
        (vec![full(&next), hollow(&paper)], next.revision),
        (vec![format!("{}\n{}", full(&paper), hollow(&next))], next.revision),
        (vec![format!("{}\n{}", hollow(&paper), full(&paper))], paper.revision),
    ] {
        let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/");
        for list in &lists {
            import_list(&env, list);
        }
        let known = stored_paper(&env, &paper);
        let said = (known.revision, known.abstract_.0.as_str(), known.comment.as_deref());
        assert_eq!(said, (version, "The abstract.", Some("12 pages")), "{lists:?}");
    }
}

#[test]
fn a_list_overrules_no_word_of_its_source_in_the_same_version() {
    let paper = Paper { comment: Some("12 pages".into()), ..sample_papers(1).remove(0) };
    let fake = FakeArxiv::serve_papers(vec![paper.clone()]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    import_list(&env, &format!("## {TOPIC}\n\n{FULL}{}", list_row(&paper, " Mine. | My favourite |")));
    assert_eq!(stored_paper(&env, &paper).comment.as_deref(), Some("12 pages"));
    assert_eq!(stored_paper(&env, &paper).abstract_, paper.abstract_);
}

#[test]
fn a_version_that_arxiv_shows_without_authors_or_categories_keeps_those_that_are_known() {
    let paper = Paper { doi: Some("10.1000/1".into()), ..sample_papers(3).remove(2) };
    let fake = FakeArxiv::serve_papers(vec![paper.clone()]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let hollow = Paper {
        abstract_: Abstract("Another one.".into()),
        authors: Vec::<Author>::new(),
        categories: vec![],
        primary: None,
        published: None,
        doi: None,
        ..next_version(&paper, 3)
    };
    fake.set_papers(vec![hollow]);
    env.run_once_without_failure(LATER);
    let known = stored_paper(&env, &paper);
    assert_eq!(
        (known.revision, known.abstract_.0.as_str()),
        (Revision::Numbered(Version::new(4).unwrap()), "Another one.")
    );
    assert_eq!((known.authors, known.categories), (paper.authors, paper.categories));
    assert_eq!((known.primary, known.published, known.doi), (paper.primary, paper.published, paper.doi));
}
