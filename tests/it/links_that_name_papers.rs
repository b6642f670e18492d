//! A paper is known by whatever link names it: in a row that a person made, in an import, on the command line.

use paperwire::domain::{DatabaseUrl, Paper, PaperId, Version};
use serde_json::Value;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::{paper_of_date, sample_papers};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stdout};

/// The addresses that lead to an arXiv paper or name it, `ID` for its identifier.
const ADDRESSES: [&str; 41] = [
    "https://arxiv.org/abs/ID",
    "http://arxiv.org/abs/IDv1",
    "arxiv.org/abs/ID",
    "https://ArXiv.org/abs/ID",
    "HTTPS://ARXIV.ORG/ABS/IDV1",
    "https://arxiv.org/abs/ID/",
    "https://arxiv.org/abs/ID#section",
    "https://arxiv.org/abs/IDv1?context=cs.CV",
    "https://arxiv.org/abs/arXiv:ID",
    "https://arxiv.org/pdf/ID",
    "https://arxiv.org/pdf/IDv1.pdf",
    "https://arxiv.org/pdf/ID.PDF#page=3",
    "https://arxiv.org/html/ID",
    "https://arxiv.org/html/IDv1#S3.F1",
    "https://arxiv.org/format/ID",
    "https://arxiv.org/src/IDv1",
    "https://arxiv.org/src/IDv1/anc/readme.txt",
    "https://arxiv.org/ps/ID",
    "https://arxiv.org/e-print/ID",
    "https://www.arxiv.org/abs/ID",
    "https://export.arxiv.org/abs/IDv1",
    "https://browse.arxiv.org/html/IDv1",
    "http://xxx.lanl.gov/abs/ID",
    "https://ar5iv.org/abs/ID",
    "https://ar5iv.labs.arxiv.org/html/ID",
    "https://doi.org/10.48550/arXiv.ID",
    "https://doi.org/10.48550/ARXIV.ID",
    "http://dx.doi.org/10.48550/arxiv.ID",
    "https://doi.org/10.48550%2FarXiv.ID",
    "doi:10.48550/arXiv.ID",
    "10.48550/arXiv.ID",
    "https://huggingface.co/papers/ID",
    "https://hf.co/papers/ID",
    "https://www.alphaxiv.org/abs/ID",
    "https://alphaxiv.org/overview/IDv1",
    "https://api.semanticscholar.org/arXiv:ID",
    "https://www.semanticscholar.org/arxiv/ID",
    "https://scirate.com/arxiv/ID",
    "https://www.arxiv-vanity.com/papers/ID/",
    "https://papers.cool/arxiv/ID",
    "arXiv:IDv1",
];

/// Ways to put an address into a title, `URL` for the address.
const TITLES: [&str; 11] = [
    "[Mine](URL)",
    "**[Mine](URL)**",
    "[Mine](<URL>)",
    "[Mine](URL \"as a tooltip\")",
    "[![badge](https://img.shields.io/x.svg)](https://example.org/1) [Mine](URL)",
    "[Mine](URL) ([code](https://github.com/ada/2503.12345))",
    "Mine <URL>",
    "[code](https://github.com/ada/2503.12345) Mine: <URL>",
    "Mine: <URL>, [code](https://github.com/ada/2503.12345)",
    "[Mine](https://example.org/1) (URL)",
    "<a href=\"URL\">Mine</a>",
];

/// What looks like a paper of arXiv's and is none.
const OTHERS: [&str; 9] = [
    "https://github.com/ada/2503.20246",
    "https://example.org/abs/2503.20246",
    "https://arxiv.org.example.org/abs/2503.20246",
    "https://notarxiv.org/abs/2503.20246",
    "https://doi.org/10.1000/arXiv.2503.20246",
    "https://doi.org/10.1109/5.771073",
    "https://openreview.net/forum?id=2503.20246",
    "https://huggingface.co/datasets/2503.20246",
    "https://huggingface.co/papers?date=2503.20246",
];

fn sample_identifiers(count: usize) -> Vec<String> {
    let of_form = |number: usize| match number % 5 {
        3 => format!("hep-ex/0307{:03}", number % 1000),
        4 => format!("0704.{number:04}"),
        _ => format!("2503.{number:05}"),
    };
    (1..=count).map(of_form).collect()
}

fn paper_with_id(id: &str) -> Paper {
    paper_of_date(id, "2025-03-26T12:00:00Z")
}

fn insert_rows(env: &TestEnv, rows: &str) {
    let list = env.list_text();
    let rule = "| --- | --- | --- | --- | --- |\n";
    assert_eq!(list.matches(rule).count(), 1, "{list}");
    env.write_list(&list.replacen(rule, &format!("{rule}{rows}"), 1));
}

fn table_lines(env: &TestEnv) -> usize {
    env.list_text().lines().filter(|line| line.starts_with("| ")).count() - 2
}

#[test]
fn a_row_that_a_person_made_is_its_papers_whatever_form_its_link_has() {
    let in_text = ADDRESSES.iter().map(|address| TITLES[0].replace("URL", address));
    let in_titles = TITLES.iter().flat_map(|title| {
        ["https://arxiv.org/html/IDv1", "https://doi.org/10.48550/arXiv.ID"]
            .map(|address| title.replace("URL", address))
    });
    let bare = ["https://arxiv.org/abs/ID", "Mine: https://arxiv.org/pdf/ID.", "arXiv:ID"];
    let titles: Vec<String> = in_text.chain(in_titles).chain(bare.map(str::to_owned)).collect();
    let rows = titles.iter().map(|title| format!("| {title} | 2025-01-01 | mine | | |\n"));
    let known_by_another_cell = [
        "| Mine | 2025-01-01 | mine | <https://arxiv.org/abs/ID> | |\n",
        "| [Mine](https://example.org/1) | 2025-01-01 | mine | [pdf](https://arxiv.org/pdf/IDv1) | |\n",
    ];
    let rows: Vec<String> = rows.chain(known_by_another_cell.map(str::to_owned)).collect();
    let ids = sample_identifiers(rows.len());
    let rows: Vec<String> = rows.iter().zip(&ids).map(|(row, id)| row.replace("ID", id)).collect();
    let first = paper_with_id("2412.00001");
    let fake = FakeArxiv::serve_papers(vec![first.clone()]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    insert_rows(&env, &rows.concat());
    fake.set_papers(ids.iter().map(|id| paper_with_id(id)).chain([first]).collect());
    for now in [LATER, NEXT_DAY] {
        let answer = env.run_once_without_failure(now);
        assert_eq!((answer.only_topic().new, env.announced_news()), (0, vec![]), "{answer:?}");
        let list = env.list_text();
        for row in &rows {
            assert_eq!(list.matches(row.as_str()).count(), 1, "{row} in {list}");
        }
        assert_eq!(table_lines(&env), rows.len() + 1, "{list}");
    }
}

#[test]
fn a_link_that_only_looks_like_arxivs_is_nobodys_paper() {
    let rows: Vec<String> =
        OTHERS.iter().map(|other| format!("| [Mine]({other}) | 2025-01-01 | mine | | |\n")).collect();
    let fake = FakeArxiv::serve_papers(vec![paper_with_id("2412.00001")]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    insert_rows(&env, &rows.concat());
    fake.set_papers(vec![paper_with_id("2503.20246"), paper_with_id("2412.00001")]);
    assert_eq!(env.run_once_without_failure(LATER).only_topic().new, 1);
    assert_eq!(table_lines(&env), rows.len() + 2);
    assert!(rows.iter().all(|row| env.list_text().contains(row)));
}

#[test]
fn the_subject_class_of_an_old_identifier_is_no_part_of_it() {
    let fake = FakeArxiv::serve_papers(vec![paper_with_id("2412.00001")]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    insert_rows(&env, "| [Mine](https://arxiv.org/abs/cs.CV/0501001) | 2025-01-01 | mine | | |\n");
    fake.set_papers(vec![paper_with_id("cs/0501001"), paper_with_id("2412.00001")]);
    assert_eq!(env.run_once_without_failure(LATER).only_topic().new, 0);
    assert_eq!(table_lines(&env), 2);
}

#[test]
fn every_form_is_read_by_import_explain_search_and_restore() {
    let one = Paper { title: "The one".into(), ..paper_with_id("hep-ex/0307015") };
    let fake = FakeArxiv::serve_papers(vec![one.clone(), sample_papers(1).remove(0)]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let json = |line: &[&str]| -> Value { serde_json::from_str(stdout(&env.run_program(line))).unwrap() };
    let forms = ADDRESSES.map(|address| address.replace("ID", "hep-ex/0307015"));
    for form in &forms {
        assert_eq!(json(&["explain", form, "--json"])["title"], "The one", "{form}");
        let found = json(&["search", form, "--json"]);
        assert_eq!(found["papers"].as_array().unwrap().len(), 1, "{form}: {found}");
        assert_eq!(found["papers"][0]["id"], "arxiv:hep-ex/0307015", "{form}");
    }
    let rows = forms.clone().map(|form| format!("| [T]({form}) | 2025-03-26 |\n")).concat();
    std::fs::write(env.path("other.md"), format!("## {TOPIC}\n\n| Title | Date |\n| --- | --- |\n{rows}"))
        .unwrap();
    let imported = json(&["import", "other.md", "--json"]);
    assert_eq!((&imported["topics"][0]["rows"], &imported["topics"][0]["known"]), (&41.into(), &2.into()));
    for (day, form) in (27..).zip(["arXiv:hep-ex/0307015", "https://doi.org/10.48550/arXiv.hep-ex/0307015"]) {
        let list = env.list_text();
        let kept = list.split_inclusive('\n').filter(|line| !line.contains("The one"));
        env.write_list(&kept.collect::<String>());
        assert_eq!(
            env.run_once(&format!("2025-03-{day}T08:00:00Z")).only_list().dismissed.len(),
            1,
            "{form}"
        );
        let restored = env.run_program(&["list", "restore", form]);
        assert!(restored.status.success(), "{form}: {restored:?}");
        let dismissed = env.run_program(&["list", "dismissed"]);
        assert!(stdout(&dismissed).contains("nothing was taken out"), "{form}: {dismissed:?}");
        env.write_list(&list);
        env.run_once(&format!("2025-03-{day}T12:00:00Z"));
    }
}

#[test]
fn a_row_without_a_date_is_its_papers_too_and_gets_arxivs_date() {
    for (columns, cells) in [("[\"Title\", \"Comment\"]", ""), ("[\"Title\", \"Date\"]", " some day |")] {
        let fake = FakeArxiv::serve_papers(vec![paper_with_id("2412.00001")]);
        let env = TestEnv::with_arxiv(&fake).with_list(&format!("columns = {columns}\n"));
        env.run_once_without_failure(NOW);
        let list = env.list_text();
        let (head, rest) = list.split_once("| **[").unwrap();
        let row = format!("| [Mine](https://arxiv.org/abs/2503.20246v1) |{cells}\n");
        env.write_list(&format!("{head}{row}| **[{rest}"));
        env.run_once_without_failure(LATER);
        fake.set_papers(vec![paper_with_id("2503.20246"), paper_with_id("2412.00001")]);
        env.run_once_without_failure(NEXT_DAY);
        assert_eq!(env.announced_news(), [], "{columns}");
        assert_eq!(env.list_text().matches("2503.20246").count(), 1, "{}", env.list_text());
        let reader = paperwire::store::StoreReader::open(&DatabaseUrl::Sqlite(env.path("paperwire.db")))
            .unwrap()
            .unwrap();
        let known = reader.paper_timeline(&paper_with_id("2503.20246").id).unwrap().unwrap().paper;
        assert_eq!(known.updated, paper_with_id("2503.20246").updated, "{columns}");
    }
}

#[test]
fn an_empty_date_stays_empty_until_arxiv_says_one() {
    let fake = FakeArxiv::serve_papers(vec![paper_with_id("2412.00001")]);
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let row = "| [Mine](https://arxiv.org/abs/2503.20246v1) |  | mine |  |  |\n";
    insert_rows(&env, row);
    for now in [LATER, NEXT_DAY] {
        env.run_once_without_failure(now);
        assert!(env.list_text().contains(row), "{}", env.list_text());
    }
    fake.set_papers(vec![paper_with_id("2503.20246"), paper_with_id("2412.00001")]);
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    let list = env.list_text();
    let row = list.lines().find(|line| line.contains("2503.20246")).unwrap();
    assert!(row.contains("| 2025-03-26 | mine |"), "{row}");
}

#[test]
fn a_version_in_a_link_is_the_version_of_the_row() {
    let env = TestEnv::with_arxiv_url("http://127.0.0.1:9/");
    let row = "| [T](https://alphaxiv.org/overview/2503.20246v3) | 2025-03-26 |\n";
    std::fs::write(env.path("other.md"), format!("## {TOPIC}\n\n| Title | Date |\n| --- | --- |\n{row}"))
        .unwrap();
    assert!(env.run_program(&["import", "other.md"]).status.success());
    let reader =
        paperwire::store::StoreReader::open(&DatabaseUrl::Sqlite(env.path("paperwire.db"))).unwrap().unwrap();
    let id = PaperId::from_arxiv_id(&"2503.20246".parse().unwrap());
    assert_eq!(
        reader.paper_timeline(&id).unwrap().unwrap().paper.revision.version_if_numbered(),
        Version::new(3)
    );
}
