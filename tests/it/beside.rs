//! The files beside a list: the papers that it shows, in other forms.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;

use crate::fake_arxiv::FakeArxiv;
use crate::home::{Home, LATER, NEXT_DAY, NOW, TOPIC, stdout};
use crate::papers::sample;
use crate::repository::bare::{Bare, git};

const FILES: [&str; 3] = ["feed.xml", "papers.bib", "docs/index.html"];

const KEYS: &str = "feed = \"feed.xml\"\nbibtex = \"papers.bib\"\npage = \"docs/index.html\"\n";

/// The papers of each file.
fn counts(read: impl Fn(&str) -> String) -> [usize; 3] {
    let feed = feed_rs::parser::parse(read("feed.xml").as_bytes()).unwrap();
    let works = read("papers.bib").matches("@misc{").count();
    [feed.entries.len(), works, read("docs/index.html").matches("<article>").count()]
}

fn read(home: &Home) -> impl Fn(&str) -> String {
    |name| std::fs::read_to_string(home.path(name)).unwrap()
}

/// The row of a paper, which a person deletes.
fn without_row(list: &str, id: &str) -> String {
    let kept = list.split_inclusive('\n').filter(|line| !line.contains(&format!("arxiv.org/abs/{id}")));
    let kept: String = kept.collect();
    assert_eq!(kept.lines().count() + 1, list.lines().count());
    kept
}

#[test]
fn they_have_what_the_list_shows_and_are_written_only_when_they_differ() {
    let fake = FakeArxiv::serving(sample(5));
    let home = Home::asking(&fake).with_list(KEYS);
    home.once_well(NOW);
    let prints = || FILES.map(|name| std::fs::metadata(home.path(name)).unwrap().ino());
    let feed = feed_rs::parser::parse(read(&home)("feed.xml").as_bytes()).unwrap();
    assert_eq!(feed.title.unwrap().content, TOPIC);
    assert_eq!(counts(read(&home)), [5, 5, 5]);
    let page = read(&home)("docs/index.html");
    assert!(!page.contains(" src=") && !page.contains("<link"), "it needs nothing beside it");
    let before = prints();
    home.once_well(LATER);
    assert_eq!(prints(), before, "nothing differs");
    fake.set_papers(sample(6));
    home.once_well(NEXT_DAY);
    assert!(prints().iter().zip(before).all(|(now, before)| *now != before));
    assert_eq!(counts(read(&home)), [6, 6, 6]);
}

#[test]
fn they_follow_a_person_and_the_archive_and_come_back_when_they_are_gone() {
    let fake = FakeArxiv::serving(sample(5));
    let home = Home::asking(&fake).with_rows(4).with_list(&format!("archive = \"{{year}}.md\"\n{KEYS}"));
    home.once_well(NOW);
    assert_eq!(counts(read(&home)), [4, 4, 4], "what is in the archive is not in them");
    let id = sample(5)[1].id.as_arxiv().unwrap().to_string();
    home.write_list(&without_row(&home.list(), &id));
    home.once_well(LATER);
    assert_eq!(counts(read(&home)), [4, 4, 4], "the next one comes out of the archive");
    assert!(
        FILES.iter().all(|name| !read(&home)(name).contains(&id)),
        "what a person took out is not in them"
    );
    std::fs::remove_file(home.path("feed.xml")).unwrap();
    std::fs::write(home.path("papers.bib"), "mine").unwrap();
    home.once_well(NEXT_DAY);
    assert_eq!(counts(read(&home)), [4, 4, 4]);
}

#[test]
fn neither_check_nor_plan_writes_them() {
    let fake = FakeArxiv::serving(sample(5));
    let home = Home::asking(&fake).with_list(KEYS);
    home.once_well(NOW);
    for name in FILES {
        std::fs::remove_file(home.path(name)).unwrap();
    }
    let planned = home.run(&["plan", "--now", LATER]);
    assert!(stdout(&planned).contains("Beside it would be written: bibtex, feed, page\n"), "{planned:?}");
    let checked = home.run(&["check"]);
    assert!(checked.status.success() && stdout(&checked).contains("papers.bib\n"), "{checked:?}");
    assert!(FILES.iter().all(|name| !home.path(name).exists()));
}

#[test]
fn in_a_repository_they_are_a_part_of_what_is_proposed() {
    for (route, branch) in [("", "paperwire/list"), ("direct = true\n", "main")] {
        let fake = FakeArxiv::serving(sample(5));
        let bare = Bare::new();
        let home = Home::asking(&fake);
        let config = std::fs::read_to_string(home.path("paperwire.toml")).unwrap();
        let (head, _) = config.split_once("[[list]]").unwrap();
        let mut config = head.to_owned();
        let at = bare.url();
        write!(
            config,
            "[[list]]\nname = \"list\"\nrepository = \"{at}\"\nfile = \"papers.md\"\nforge = \"none\"\n{route}{KEYS}"
        )
        .unwrap();
        std::fs::write(home.path("paperwire.toml"), config).unwrap();
        home.once_well(NOW);
        let proposed = |name: &str| bare.text(branch, name);
        assert_eq!(counts(proposed), [5, 5, 5], "{branch}");
        let first = bare.head(branch).unwrap();
        home.once_well(LATER);
        assert_eq!(bare.head(branch).unwrap(), first, "{branch}: nothing differs");

        let person = bare.person();
        git(&person, &["fetch", "--quiet", "origin"]);
        git(&person, &["checkout", "--quiet", "-B", "main", &format!("origin/{branch}")]);
        git(&person, &["push", "--quiet", "origin", "main"]);
        let id = sample(5)[1].id.as_arxiv().unwrap().to_string();
        bare.persons_commit("main", "papers.md", &without_row(&bare.text("main", "papers.md"), &id));
        home.once_well(NEXT_DAY);
        assert_eq!(counts(proposed), [4, 4, 4], "{branch}");
        assert!(!home.path("feed.xml").exists() && !home.path("docs").exists());
    }
}
