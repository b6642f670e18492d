use super::{REST, error_message};

/// A config whose only source is this one.
fn error_for_source(section: &str) -> String {
    error_message(&format!("{REST}[[source]]\n{section}\n"))
}

#[test]
fn what_a_source_lacks_is_told_with_what_would_be_right() {
    let body = format!("{REST}[[source]]\n[[source]]\nname = \"journal\"\nkind = \"feed\"\n");
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:6:1: [[source]] number 1, name: is missing
    [[source]]
    ^
    what topics call it, as in name = "biorxiv"

paperwire.toml:6:1: [[source]] number 1, kind: is missing
    [[source]]
    ^
    kind = "feed", for RSS, Atom and JSON Feed alike

paperwire.toml:6:1: [[source]] number 1, url: is missing
    [[source]]
    ^
    the feed's address, as in url = "https://www.example.org/feed.xml"; if it is a secret, a file with it, as in url_file = "/etc/paperwire/feed-url", or a variable, as in url_env = "FEED_URL"

paperwire.toml:7:1: [[source]] "journal", url: is missing
    [[source]]
    ^
    the feed's address, as in url = "https://www.example.org/feed.xml"; if it is a secret, a file with it, as in url_file = "/etc/paperwire/feed-url", or a variable, as in url_env = "FEED_URL"
"#);
}

#[test]
fn a_name_that_is_taken_is_refused_whatever_its_capitals() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[source]]
name = "ArXiv"
kind = "feed"
url = "https://www.example.org/1.xml"
[[source]]
name = "journal"
kind = "feed"
url = "https://www.example.org/2.xml"
[[source]]
name = "Journal"
kind = "feed"
url = "https://www.example.org/3.xml"
[[topic]]
name = "A"
sources = ["journal"]
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:4:8: [[source]] "ArXiv", name: is the name of arXiv itself, which needs no [[source]]
    name = "ArXiv"
           ^
    a name of its own, as in "biorxiv"

paperwire.toml:12:8: [[source]] "Journal", name: another source is named "journal" already
    name = "Journal"
           ^
    a name of its own, not only in capitals: it is the source's identity
"#);
}

#[test]
fn a_word_that_is_no_value_of_its_key_is_told_what_may_be_meant() {
    let section = r#"name = "journal"
kind = "fed"
url = "https://www.example.org/feed.xml"
every = "5m"
keep = "paper"
allow_private = "yes"
patience = "10m""#;
    insta::assert_snapshot!(error_for_source(section), @r#"
paperwire.toml:8:8: [[source]] "journal", kind: `fed` is not known here
    kind = "fed"
           ^
    did you mean "feed"?

paperwire.toml:10:9: [[source]] "journal", every: is too often
    every = "5m"
            ^
    from 15m to 30d

paperwire.toml:11:8: [[source]] "journal", keep: `paper` is not known here
    keep = "paper"
           ^
    did you mean "papers"?

paperwire.toml:12:17: [[source]] "journal", allow_private: is a string, not true or false
    allow_private = "yes"
                    ^
    write it without quotes, as in allow_private = true

paperwire.toml:13:1: [[source]] "journal": unknown key `patience`
    patience = …
    ^
    `patience` belongs in [arxiv]
"#);
    let message = |kind: &str, every: &str| {
        error_for_source(&format!(
            "name = \"journal\"\nkind = \"{kind}\"\nurl = \"https://www.example.org/feed.xml\"\nevery = \"{every}\""
        ))
    };
    for (kind, every, words) in [
        ("rss", "1h", "one of \"feed\""),
        ("feed", "31d", "from 15m to 30d"),
        ("feed", "14m 59s", "is too often"),
        ("feed", "daily", "as in \"30m\", \"6h\" or \"1d\""),
    ] {
        let message = message(kind, every);
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn an_address_with_a_login_belongs_into_a_file_of_its_own() {
    let section =
        "name = \"journal\"\nkind = \"feed\"\nurl = \"https://ada:canary@www.example.org/feed.xml\"";
    insta::assert_snapshot!(error_for_source(section), @r#"
paperwire.toml:9:7: [[source]] "journal", url: has a user or password in it, and this file is no place for it
    url = …
          ^
    put the whole address into a file of its own and write url_file = "…"
"#);
}

#[test]
fn what_is_no_address_of_the_web_is_refused_and_not_shown() {
    for (url, words) in [
        ("canary", "is not an address"),
        ("", "is not an address"),
        ("feed://www.example.org/canary", "begins with neither http:// nor https://"),
        ("file:///canary", "begins with neither http:// nor https://"),
        ("https://", "is not an address"),
        ("https://canary@www.example.org/", "has a user or password in it"),
    ] {
        let message = error_for_source(&format!("name = \"journal\"\nkind = \"feed\"\nurl = \"{url}\""));
        assert!(message.contains(words) && !message.contains("canary"), "{message}");
        assert!(message.lines().filter(|line| line.starts_with("paperwire.toml")).count() == 1, "{message}");
    }
}

#[test]
fn an_address_is_given_once() {
    let section = r#"name = "journal"
kind = "feed"
url = "https://www.example.org/canary"
url_file = "feed-url"
url_env = "FEED_URL""#;
    insta::assert_snapshot!(error_for_source(section), @r#"
paperwire.toml:9:7: [[source]] "journal", url: url_env is set too
    url = …
          ^
    write only one of them

paperwire.toml:11:11: [[source]] "journal", url_env: url_file is set too
    url_env = …
              ^
    write only one of them
"#);
    let address = "https://www.example.org/feed.xml";
    for (one, other) in [
        (format!("url = \"{address}\""), format!("url = \"{address}#top\"")),
        ("url_file = \"a\"".to_owned(), "url_file = \"./a\"".to_owned()),
        ("url_env = \"A\"".to_owned(), "url_env = \"A\"".to_owned()),
    ] {
        let message = error_for_source(&format!(
            "name = \"one\"\nkind = \"feed\"\n{one}\n[[source]]\nname = \"other\"\nkind = \"feed\"\n{other}"
        ));
        assert!(message.contains("is the address of the source \"one\" already"), "{message}");
    }
}

#[test]
fn a_private_address_is_asked_only_if_that_is_said() {
    let section = "name = \"journal\"\nkind = \"feed\"\nurl = \"http://localhost:8080/feed.xml\"";
    insta::assert_snapshot!(error_for_source(section), @r#"
paperwire.toml:9:7: [[source]] "journal", url: leads to the loopback or into a private network
    url = …
          ^
    such an address is asked only with allow_private = true
"#);
    for host in ["127.0.0.1", "0x7f.1", "10.0.0.1:8080", "[::1]", "192.168.1.1", "papers.localhost"] {
        let message =
            error_for_source(&format!("name = \"journal\"\nkind = \"feed\"\nurl = \"http://{host}/\""));
        assert!(message.contains("asked only with allow_private = true"), "{message}");
    }
}

#[test]
fn a_secret_in_the_place_of_a_file_or_a_variable_is_not_shown() {
    for line in ["url_file = \"https://www.example.org/canary\"", "url_env = \"canary\""] {
        let message = error_for_source(&format!("name = \"journal\"\nkind = \"feed\"\n{line}"));
        assert!(!message.contains("canary"), "{message}");
    }
}

#[test]
fn a_topic_with_arxiv_has_a_query_and_names_sources_that_are_there() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[source]]
name = "biorxiv"
kind = "feed"
url = "https://www.example.org/feed.xml"
[[topic]]
name = "A"
sources = ["biorxiv", "arxiv"]
[[topic]]
name = "B"
[[topic]]
name = "C"
sources = ["bioarxiv"]
[[topic]]
name = "D"
sources = ["journal"]
query = "all:"
[[topic]]
name = "E"
sources = ["https://www.example.org/canary"]
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:7:1: [[topic]] "A", query: is missing
    [[topic]]
    ^
    arXiv's search expression, as in query = 'ti:"image classification"'

paperwire.toml:10:1: [[topic]] "B", query: is missing
    [[topic]]
    ^
    arXiv's search expression, as in query = 'ti:"image classification"'

paperwire.toml:14:12: [[topic]] "C", sources: no source is named "bioarxiv"
    sources = ["bioarxiv"]
               ^
    did you mean "biorxiv"?

paperwire.toml:17:12: [[topic]] "D", sources: no source is named "journal"
    sources = ["journal"]
               ^
    known sources are "arxiv", "biorxiv"

paperwire.toml:18:10: [[topic]] "D", query: nothing follows `all:`: write a word or a "phrase"
    query = "all:"
             ^
    fields are ti: au: abs: co: jr: cat: rn: id: all:, joined by AND, OR, ANDNOT and parentheses

paperwire.toml:21:12: [[topic]] "E", sources: is an address, not the name of a source
    sources = …
              ^
    an address belongs into a [[source]], and its name here
"#);
}

#[test]
fn who_names_a_source_with_another_mistake_is_not_blamed_for_it() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[source]]
name = "journal"
kind = "feed"
[[topic]]
name = "A"
sources = ["journal"]
"#;
    assert_eq!(error_message(body).matches("paperwire.toml:").count(), 1);
}
