//! A paper that is not arXiv's is treated as any other, wherever it comes by: one that is known by its DOI, and one that is
//! known by its page. Both come from a source that the program does not know.

use paperwire::domain::DatabaseUrl;
use paperwire::pipeline::poll::PollStatus;
use paperwire::render::feed::{PublishedFeed, json_feed};
use paperwire::store::StoreReader;
use serde_json::Value;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::fake_journal_source::{FakeJournal, JournalArticle, WITH_DOI, WITH_PAGE};
use crate::support::repository_env::{BRANCH, RepositoryEnv};
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TOPIC, TestEnv, stdout};

/// When the journal is polled, between the turns at `NOW` and `LATER`.
const POLLED: &str = "2025-03-26T21:00:00Z";

const BOTH: [JournalArticle; 2] = [WITH_DOI, WITH_PAGE];

/// What a person adds that is no paper.
const OWN_ROW: &str = "| **[My slides](https://example.org/slides)** | 2025-03-27 | best |  |  |";

/// A env whose list has five papers of arXiv's and these two.
fn env_with_journal(fake: &FakeArxiv, list: &str, more: &str) -> (TestEnv, FakeJournal) {
    let env = TestEnv::with_arxiv(fake).with_list(list).with_config_lines(more);
    env.run_once_without_failure(NOW);
    let journal = FakeJournal::begun_before_articles(env.folder());
    journal.set_articles(&BOTH);
    let polled = journal.poll_topic(env.folder(), POLLED);
    assert_eq!((polled.status, polled.new), (PollStatus::Ok, 2), "{polled:?}");
    env.run_once_without_failure(LATER);
    (env, journal)
}

fn rows_of<'l>(list: &'l str, title: &str) -> Vec<&'l str> {
    list.lines().filter(|line| line.contains(&format!("**[{title}]("))).collect()
}

fn without_row(list: &str, title: &str) -> String {
    let row = rows_of(list, title);
    assert_eq!(row.len(), 1, "{title}: {list}");
    list.replacen(&format!("{}\n", row[0]), "", 1)
}

fn run_json(env: &TestEnv, line: &[&str]) -> Value {
    serde_json::from_str(stdout(&env.run_program(line))).unwrap()
}

#[test]
fn a_second_look_brings_nothing_new_and_a_corrected_title_is_corrected_in_silence() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let (env, journal) = env_with_journal(&fake, "", "");
    let again = journal.poll_topic(env.folder(), "2025-03-27T08:00:00Z");
    assert_eq!((again.status, again.new, again.replaced, again.reason), (PollStatus::Quiet, 0, 0, None));
    let corrected = JournalArticle { title: "In another journal", date: "2025-03-27T09:00:00Z", ..WITH_DOI };
    journal.set_articles(&[corrected, WITH_PAGE]);
    let polled = journal.poll_topic(env.folder(), "2025-03-27T10:00:00Z");
    assert_eq!((polled.status, polled.new, polled.replaced), (PollStatus::Quiet, 0, 0), "{polled:?}");
    let news = env.announced_news();
    env.run_once_without_failure(NEXT_DAY);
    assert_eq!((env.announced_news(), rows_of(&env.list_text(), WITH_DOI.title)), (news, vec![]));
    let row = rows_of(&env.list_text(), corrected.title)[0].to_owned();
    assert!(row.contains("| 2025-03-26 |") && !row.contains("arxiv"), "{row}");
}

#[test]
fn a_source_that_is_added_to_a_topic_of_long_ago_begins_silently() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let journal = FakeJournal::with_articles(&BOTH);
    let polled = journal.poll_topic(env.folder(), POLLED);
    assert_eq!((polled.new, polled.seeded, polled.known), (0, 2, 7), "{polled:?}");
    env.run_once_without_failure(LATER);
    assert_eq!((env.announced_news(), rows_of(&env.list_text(), WITH_DOI.title).len()), (vec![], 1));
    // Neither does it end what the topic has with arXiv.
    fake.set_papers(sample_papers(6));
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!(answer.status_and_counts(), ("ok", 1, 0, 0), "{answer:?}");
}

#[test]
fn a_deleted_row_of_any_paper_stays_deleted_until_it_is_restored() {
    for (article, called) in [
        (WITH_DOI, "10.1016/S0140-6736(20)30183-5"),
        (WITH_PAGE, "https://Journal.example.org/papers?id=1&x=(2)"),
    ] {
        let fake = FakeArxiv::serve_papers(sample_papers(5));
        let (env, journal) = env_with_journal(&fake, "", "");
        env.write_list(&without_row(&env.list_text(), article.title));
        let answer = env.run_once_without_failure(NEXT_DAY);
        assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
        journal.poll_topic(env.folder(), "2025-03-28T08:00:00Z");
        env.run_once_without_failure("2025-03-28T20:00:00Z");
        assert_eq!(rows_of(&env.list_text(), article.title), [""; 0]);
        let dismissed = env.run_program(&["list", "dismissed"]);
        assert!(
            stdout(&dismissed).contains(&format!("README.md: {} in {TOPIC}", article.id)),
            "{dismissed:?}"
        );
        let restored = env.run_program(&["list", "restore", called]);
        assert!(restored.status.success(), "{restored:?}");
        env.run_once_without_failure("2025-03-29T20:00:00Z");
        assert_eq!(rows_of(&env.list_text(), article.title).len(), 1, "{}", env.list_text());
    }
}

#[test]
fn what_a_person_writes_in_the_row_of_any_paper_stays() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let (env, _) = env_with_journal(&fake, "", "");
    let list = env.list_text();
    let mut edited = list.clone();
    for article in BOTH {
        let row = rows_of(&list, article.title)[0];
        let mine = row.replacen("| None |", "| [mine](https://github.com/ada/x) |", 1);
        assert_ne!(mine, row);
        edited = edited.replacen(row, &mine, 1);
    }
    let row = rows_of(&edited, WITH_DOI.title)[0].to_owned();
    edited = edited.replacen(&row, &row.replacen(")** |", ")** [code](https://github.com/ada/y) |", 1), 1);
    env.write_list(&edited);
    for now in [NEXT_DAY, "2025-03-28T20:00:00Z"] {
        env.run_once_without_failure(now);
        assert_eq!(env.list_text(), edited);
    }
}

#[test]
fn a_digest_tells_it_with_its_own_link() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let more = "\n[[sink]]\nname = \"box\"\nkind = \"maildir\"\npath = \"mail\"\n\
                \n[[subscription]]\nsink = \"box\"\nwhen = \"now\"\n";
    let (env, _) = env_with_journal(&fake, "", more);
    let mails: Vec<_> = std::fs::read_dir(env.path("mail/new")).unwrap().collect();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    let raw = std::fs::read(mail.as_ref().unwrap().path()).unwrap();
    let mail = mailparse::parse_mail(&raw).unwrap();
    let text: String = mail.subparts.iter().map(|part| part.get_body().unwrap()).collect();
    for part in
        ["In a journal", "doi.org/10.1016/S0140-6736", "On a page", "http://journal.example.org/papers?id=1"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.to_lowercase().contains("version"), "{text}");
}

#[test]
fn a_pull_request_proposes_it_and_not_again_what_was_deleted_there() {
    let mut env = RepositoryEnv::at_a_forge();
    env.run_once_well();
    let journal = FakeJournal::begun_before_articles(env.local.folder());
    journal.set_articles(&BOTH);
    let polled = journal.poll_topic(env.local.folder(), "2025-03-27T21:00:00Z");
    assert_eq!(polled.new, 2, "{polled:?}");
    env.run_once_well();
    let body = env.forge.lock_memory().pulls[0].body.clone();
    for article in BOTH {
        assert!(body.contains(&format!("- [{}](", article.title)), "{body}");
    }
    env.edit_list(BRANCH, |text| without_row(text, WITH_DOI.title));
    env.edit_list(BRANCH, |text| {
        text.replacen(
            "| --- | --- | --- | --- | --- |\n",
            &format!("| --- | --- | --- | --- | --- |\n{OWN_ROW}\n"),
            1,
        )
    });
    let answer = env.run_once_well();
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    env.add_papers(1);
    env.run_once_well();
    let body = env.forge.lock_memory().pulls[0].body.clone();
    assert!(body.contains(WITH_PAGE.title) && !body.contains(WITH_DOI.title), "{body}");
    assert!(!body.contains("My slides"), "a person's own row is no paper that is proposed: {body}");
    let proposed = env.bare.file_at_branch(BRANCH, "README.md");
    assert!(proposed.contains(WITH_PAGE.title) && !proposed.contains(WITH_DOI.title), "{proposed}");
    assert!(proposed.contains(OWN_ROW), "{proposed}");
}

#[test]
fn exports_and_feeds_have_it_with_where_it_is() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let (env, _) =
        env_with_journal(&fake, "feed = \"feed.xml\"\nbibtex = \"papers.bib\"\npage = \"page.html\"\n", "");
    for file in ["feed.xml", "papers.bib", "page.html"] {
        let text = std::fs::read_to_string(env.path(file)).unwrap();
        for article in BOTH {
            assert!(text.contains(article.title), "{file}: {text}");
        }
    }
    let bibtex = std::fs::read_to_string(env.path("papers.bib")).unwrap();
    assert!(bibtex.contains("doi = {10.1016/S0140-6736(20)30183-5}"), "{bibtex}");
    let reader = StoreReader::open(&DatabaseUrl::Sqlite(env.path("paperwire.db"))).unwrap().unwrap();
    let entries = reader.latest_feed_entries(TOPIC, 9).unwrap();
    for text in [
        json_feed(&PublishedFeed { title: TOPIC, entries: &entries }),
        std::fs::read_to_string(env.path("feed.xml")).unwrap(),
    ] {
        let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
        for article in BOTH {
            let titled = |entry: &&feed_rs::model::Entry| {
                entry.title.as_ref().is_some_and(|title| title.content == article.title)
            };
            let entry = feed.entries.iter().find(titled).unwrap();
            let link = article.link.replace('(', "%28").replace(')', "%29");
            assert_eq!(entry.links[0].href, link, "{text}");
        }
    }
}

#[test]
fn an_import_reads_its_row_but_takes_no_page_for_a_paper_that_no_source_has_shown() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let (env, _) = env_with_journal(&fake, "", "");
    let other = TestEnv::with_arxiv(&fake);
    std::fs::write(other.path("list.md"), env.list_text()).unwrap();
    let imported = run_json(&other, &["import", "list.md", "--json"]);
    let topic = &imported["topics"][0];
    assert_eq!((&topic["rows"], &topic["known"]), (&7.into(), &6.into()), "{imported}");
    // What was imported is no news when its source shows it.
    let journal = FakeJournal::begun_before_articles(other.folder());
    journal.set_articles(&BOTH);
    let polled = journal.poll_topic(other.folder(), POLLED);
    assert_eq!((polled.new, polled.replaced, polled.known), (1, 0, 7), "{polled:?}");
    assert_eq!(run_json(&other, &["explain", WITH_PAGE.link, "--json"])["id"], WITH_PAGE.id);
    // Once the history has it, its row is read as any other.
    let again = run_json(&other, &["import", "list.md", "--json"]);
    assert_eq!(
        (&again["topics"][0]["seeded"], &again["topics"][0]["known"]),
        (&0.into(), &7.into()),
        "{again}"
    );
}

#[test]
fn an_import_takes_no_archive_of_data_for_a_paper_and_says_so() {
    let fake = FakeArxiv::serve_papers(sample_papers(1));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let row = |doi: &str| format!("| **[T](https://doi.org/{doi})** | 2025-01-01 | mine | | |\n");
    let (head, rest) =
        env.list_text().split_once("| **[").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let data = row("10.5281/zenodo.1234567");
    env.write_list(&format!("{head}{data}{}| **[{rest}", row("10.1000/182")));
    std::fs::remove_file(env.path("paperwire.db")).unwrap();
    let imported = run_json(&env, &["import", "README.md", "--json"]);
    let topic = &imported["topics"][0];
    assert_eq!((&topic["rows"], &topic["known"]), (&3.into(), &2.into()), "{imported}");
    assert_eq!(topic["own_rows"], serde_json::json!(["doi:10.5281/zenodo.1234567"]));
    let again = env.run_program(&["import", "README.md"]);
    let words = "doi:10.5281/zenodo.1234567 is not known as a paper: its row stays your own";
    assert!(stdout(&again).contains(words), "{again:?}");
    env.run_once_without_failure(LATER);
    assert!(env.list_text().contains(&data), "{}", env.list_text());
}

#[test]
fn an_import_leaves_a_persons_row_of_a_page_to_its_person() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env = TestEnv::with_arxiv(&fake).with_rows(3);
    env.run_once_without_failure(NOW);
    let list = env.list_text();
    let (head, rest) = list.split_once("| **[").unwrap();
    let own = "| **[My slides](http://github.com/me/slides)** | 2025-01-01 | mine | | |\n";
    let list = format!("{head}{own}| **[{rest}");
    env.write_list(&list);
    std::fs::remove_file(env.path("paperwire.db")).unwrap();
    let imported = env.run_program(&["import", "README.md", "--json"]);
    assert_eq!(imported.status.code(), Some(0), "{imported:?}");
    let imported: Value = serde_json::from_str(stdout(&imported)).unwrap();
    let topic = &imported["topics"][0];
    assert_eq!((&topic["rows"], &topic["known"]), (&4.into(), &3.into()), "{imported}");
    for now in [LATER, NEXT_DAY] {
        let answer = env.run_once_without_failure(now);
        assert_eq!(answer.only_list().dismissed.len(), 0, "{answer:?}");
        assert!(env.list_text().contains(own), "{}", env.list_text());
    }
    let moved = own.replace(")** |", ")** [video](https://example.org/video) |");
    env.write_list(&env.list_text().replace(own, &moved));
    let answer = env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!(answer.only_list().dismissed.len(), 0, "{answer:?}");
    assert!(env.list_text().contains(&moved), "{}", env.list_text());
}

#[test]
fn a_link_that_a_person_puts_behind_a_title_leaves_the_row_its_papers() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let (env, _) = env_with_journal(&fake, "", "");
    for (article, more) in
        [(WITH_PAGE, "[code](https://github.com/a/b)"), (WITH_DOI, "[doi](https://doi.org/10.1000/182)")]
    {
        let list = env.list_text();
        let row = rows_of(&list, article.title)[0];
        let edited = list.replace(row, &row.replacen(")** |", &format!(")** {more} |"), 1));
        assert_ne!(edited, list);
        env.write_list(&edited);
        for now in [NEXT_DAY, "2025-03-28T20:00:00Z"] {
            let output = env.run_once_without_failure(now);
            assert_eq!((output.only_list().dismissed.len(), env.list_text()), (0, edited.clone()), "{more}");
        }
    }
}

#[test]
fn search_and_explain_find_it_by_whatever_names_it() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let (env, _) = env_with_journal(&fake, "", "");
    for (article, forms) in [
        (
            WITH_DOI,
            ["doi:10.1016/S0140-6736(20)30183-5", "http://dx.doi.org/10.1016/s0140-6736%2820%2930183-5"],
        ),
        (WITH_PAGE, [WITH_PAGE.id, WITH_PAGE.link]),
    ] {
        for form in forms {
            let life = run_json(&env, &["explain", form, "--json"]);
            assert_eq!((life["id"].as_str(), &life["version"]), (Some(article.id), &Value::Null), "{form}");
            let found = run_json(&env, &["search", form, "--json"]);
            assert_eq!(found["papers"].as_array().unwrap().len(), 1, "{form}: {found}");
            assert_eq!(found["papers"][0]["url"], article.link, "{form}");
        }
        let words = env.run_program(&["explain", article.id]);
        assert!(stdout(&words).contains(&format!("{}\n\n", article.id)), "{words:?}");
    }
}

#[test]
fn a_row_of_a_persons_own_that_links_any_page_is_nobodys_paper() {
    let fake = FakeArxiv::serve_papers(sample_papers(5));
    let env = TestEnv::with_arxiv(&fake);
    env.run_once_without_failure(NOW);
    let list = env.list_text();
    let (head, rest) = list.split_once("| **[").unwrap();
    let own = "| [A book](https://doi.org/10.1000/182) | 2025-01-01 | mine | | |\n\
               | [A tool](https://example.org/tool) | 2025-01-01 | mine | | |\n";
    env.write_list(&format!("{head}{own}| **[{rest}"));
    for now in [LATER, NEXT_DAY] {
        env.run_once_without_failure(now);
        assert_eq!(env.list_text().matches(own).count(), 1, "{}", env.list_text());
    }
    env.write_list(&list);
    let after = env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!((after.only_list().dismissed.len(), env.list_text()), (0, list));
    assert_eq!(stdout(&env.run_program(&["list", "dismissed"])), "nothing was taken out of any list\n");
}
