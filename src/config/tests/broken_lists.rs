use super::{REST, error_message, load_config};

#[test]
fn a_list_of_an_unknown_topic_is_told_the_one_that_may_be_meant() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[list]]
file = "a.md"
topics = ["Image Clasification", "Robots", "Image Classification", "Image Classification"]
[[list]]
file = "b.md"
topics = []
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:8:11: [[list]] "a.md", topics: no topic is named "Image Clasification"
    topics = ["Image Clasification", "Robots", "Image Classification", "Image Classification"]
              ^
    did you mean "Image Classification"?

paperwire.toml:8:34: [[list]] "a.md", topics: no topic is named "Robots"
    topics = ["Image Clasification", "Robots", "Image Classification", "Image Classification"]
                                     ^
    known topics are "Image Classification"

paperwire.toml:8:68: [[list]] "a.md", topics: `Image Classification` is listed twice
    topics = ["Image Clasification", "Robots", "Image Classification", "Image Classification"]
                                                                       ^
    once is enough

paperwire.toml:11:10: [[list]] "b.md", topics: names no topic
    topics = []
             ^
    leave the key away for all topics
"#);
}

#[test]
fn a_topic_with_another_mistake_is_still_known_to_its_list() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "A"
query = 3
[[list]]
file = "a.md"
topics = ["A"]
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:5:9: [[topic]] "A", query: is a number, not a string
    query = 3
            ^
    write it in quotes, as in query = "…"
"#);
}

#[test]
fn two_lists_in_one_file_are_refused() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[list]]
file = "a.md"
[[list]]
file = "x/../a.md"
[[list]]
file = "papers/paperwire.db"
[[list]]
file = "paperwire.toml"
[[list]]
name = "a.md"
file = "b.md"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:9:8: [[list]] "x/../a.md", file: is the file of the list "a.md" already
    file = "x/../a.md"
           ^
    a file of its own: one list may carry any number of topics

paperwire.toml:11:8: [[list]] "papers/paperwire.db", file: is the state file
    file = "papers/paperwire.db"
           ^
    a file of its own: one list may carry any number of topics

paperwire.toml:13:8: [[list]] "paperwire.toml", file: is this config itself
    file = "paperwire.toml"
           ^
    a file of its own: one list may carry any number of topics

paperwire.toml:15:8: [[list]] "a.md", name: another list is named "a.md" already
    name = "a.md"
           ^
    a name of its own: it is the list's identity
"#);
}

#[test]
fn a_history_in_the_config_itself_is_refused() {
    let body = r#"
state = "./paperwire.toml"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:1:9: state: is this config itself
    state = "./paperwire.toml"
            ^
    a file of its own, for the history
"#);
}

#[test]
fn a_history_at_an_address_that_is_not_understood_is_refused_and_its_password_not_shown() {
    let body = r#"
state = "postgres://ada:canary@db.example.org/paperwire"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:1:9: state: is a PostgreSQL database, which this paperwire cannot use yet
    state = …
            ^
    the history is a SQLite file: write its path, as in papers/paperwire.db or sqlite:papers/paperwire.db
"#);
}

#[test]
fn a_list_that_cannot_be_a_file_is_refused() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[list]]
file = "papers/"
[[list]]
file = ""
[[list]]
file = "~/a.md"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:7:8: [[list]] "papers/", file: is a folder
    file = "papers/"
           ^
    the path of a file, from this config's folder

paperwire.toml:9:8: [[list]] "", file: is empty
    file = ""
           ^
    the path of a file, from this config's folder

paperwire.toml:11:8: [[list]] "~/a.md", file: begins with `~`, which only a shell knows
    file = "~/a.md"
           ^
    write the whole path
"#);
}

#[test]
fn a_code_host_stands_alone() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[list]]
file = "a.md"
rows = 100_001
code_hosts = ["https://gitlab.com", "codeberg.org", "Codeberg.org"]
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:8:8: [[list]] "a.md", rows: 100001 is out of range
    rows = 100_001
           ^
    a number from 1 to 100000, as in rows = 200

paperwire.toml:9:15: [[list]] "a.md", code_hosts: `https://gitlab.com` is not a host name
    code_hosts = ["https://gitlab.com", "codeberg.org", "Codeberg.org"]
                  ^
    a host's name alone, as in "gitlab.com"

paperwire.toml:9:53: [[list]] "a.md", code_hosts: `Codeberg.org` is listed twice
    code_hosts = ["https://gitlab.com", "codeberg.org", "Codeberg.org"]
                                                        ^
    once is enough
"#);
}

#[test]
fn a_file_beside_a_list_is_nothing_else_that_is_written() {
    for (lists, words) in [
        ("[[list]]\nfile = 'a.md'\nfeed = 'a.md'", "feed: is the file of the list \"a.md\""),
        ("[[list]]\nfile = 'a.md'\nfeed = 'x'\npage = './x'", "page: is the feed of the list \"a.md\""),
        ("[[list]]\nfile = 'a.md'\nbibtex = 'paperwire.toml'", "bibtex: is this config itself"),
        (
            "[[list]]\nfile = 'a.md'\n[[list]]\nfile = 'b.md'\npage = 'a.md'",
            "page: is the file of the list \"a.md\"",
        ),
        ("[[list]]\nfile = 'a.md'\nfeed = ''", "feed: is empty"),
    ] {
        let told = error_message(&format!("{REST}{lists}"));
        assert!(told.contains(words), "{lists}: {told}");
    }
}

#[test]
fn an_archive_is_files_below_the_lists_folder_one_for_each_year_at_least() {
    for (archive, words) in [
        ("archive/{month}.md", "has no {year} in it"),
        ("../{year}.md", "is no such file"),
        ("{year}/{day}.md", "is no such file"),
    ] {
        let told = error_message(&format!("{REST}[[list]]\nfile = 'a.md'\narchive = '{archive}'"));
        let right = "a file below the list's folder, as in \"archive/{year}-{month}.md\"";
        assert!(told.contains(&format!("archive: {words}")) && told.ends_with(right), "{told}");
    }
}

#[test]
fn an_archive_names_nothing_else_that_is_written() {
    for (lists, words) in [
        ("[[list]]\nfile = '2025.md'\narchive = '{year}.md'", "the file of the list \"2025.md\""),
        (
            "[[list]]\nfile = 'a.md'\narchive = 'old/{year}-{month}.md'\n[[list]]\nfile = 'x/../old/2025-03-2.md'",
            "the file of the list \"x/../old/2025-03-2.md\"",
        ),
        (
            "[[list]]\nfile = 'a.md'\nfeed = '2025-03.xml'\narchive = '{year}-{month}.xml'",
            "the feed of the list",
        ),
        (
            "[[list]]\nfile = 'docs/a.md'\narchive = '{year}'\n[[list]]\nfile = 'b.md'\nbibtex = 'docs/1999'\n",
            "the bibtex of the list \"b.md\"",
        ),
        ("[[list]]\nfile = '2025/a.md'\narchive = '{year}.db'", "the state file"),
    ] {
        let told = error_message(&format!("state = '2025/2026.db'\n{REST}{lists}"));
        assert!(told.contains(&format!("archive: can name {words}")), "{lists}: {told}");
    }
    for archive in ["old/{year}.md", "{year}-{month}.md", "{year}.txt", "{year}_{month}.xml"] {
        let beside = "feed = '2025-03.xml'\npage = 'old/2025-03.html'";
        load_config(&format!("{REST}[[list]]\nfile = '2025.md'\n{beside}\narchive = '{archive}'")).unwrap();
    }
}

#[test]
fn two_lists_whose_archives_can_name_one_file_are_refused() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "A"
query = "cat:cs.CV"
[[list]]
file = "a.md"
archive = "archive/{year}-{month}.md"
[[list]]
file = "x/../b.md"
archive = "archive/{year}.md"
[[list]]
file = "archive/c.md"
archive = "{year}-{month}.md"
[[list]]
file = "d/d.md"
archive = "archive/{year}-{month}.md"
[[list]]
file = "e.md"
archive = "archive/e-{year}.md"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:11:11: [[list]] "x/../b.md", archive: can name an archive file of the list "a.md"
    archive = "archive/{year}.md"
              ^
    files of its own: another folder, or another word next to {year}

paperwire.toml:14:11: [[list]] "archive/c.md", archive: can name an archive file of the list "a.md"
    archive = "{year}-{month}.md"
              ^
    files of its own: another folder, or another word next to {year}
"#);
}
