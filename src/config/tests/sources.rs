use std::time::Duration;

use super::{REST, load_config};
use crate::config::{FeedConfig, FeedLocation, SecretLocation};
use crate::domain::FeedItemKindsToKeep;

#[test]
fn a_feed_is_asked_as_it_wishes_and_gives_its_papers_unless_told_otherwise() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[source]]
name = "biorxiv"
kind = "feed"
url = "https://connect.example.org/xml.php?subject=all#top"
[[source]]
name = "Blog, of ours"
kind = "feed"
url = "http://127.0.0.1:8080/feed"
every = "1d 6h"
keep = "all"
allow_private = true
[[source]]
name = "file"
kind = "feed"
url_file = "feed-url"
every = "15m"
[[source]]
name = "variable"
kind = "feed"
url_env = "FEED_URL"
every = "30d"
[[topic]]
name = "A"
query = "all:a"
[[topic]]
name = "B"
sources = ["biorxiv"]
[[topic]]
name = "C"
query = "all:c"
archives = ["cs"]
sources = ["arxiv", "Blog, of ours", "file"]
"#;
    let config = load_config(body).unwrap();
    let plain = |text: &str| FeedLocation::Plain(text.parse().unwrap());
    let feed = |name: &str, location: FeedLocation| FeedConfig {
        name: name.to_owned(),
        location,
        every: None,
        keep: FeedItemKindsToKeep::Papers,
        allow_private: false,
    };
    let blog = FeedConfig {
        every: Some(Duration::from_hours(30)),
        keep: FeedItemKindsToKeep::All,
        allow_private: true,
        ..feed("Blog, of ours", plain("http://127.0.0.1:8080/feed"))
    };
    let file = FeedLocation::Secret(SecretLocation::File("conf/feed-url".into()));
    let variable = FeedLocation::Secret(SecretLocation::Variable("FEED_URL".into()));
    assert_eq!(
        config.feeds,
        [
            feed("biorxiv", plain("https://connect.example.org/xml.php?subject=all")),
            blog,
            FeedConfig { every: Some(Duration::from_mins(15)), ..feed("file", file) },
            FeedConfig { every: Some(Duration::from_hours(30 * 24)), ..feed("variable", variable) },
        ]
    );
    let topics: Vec<_> =
        config.topics.iter().map(|topic| (topic.query.is_some(), topic.sources.join("|"))).collect();
    assert_eq!(
        topics,
        [
            (true, "arxiv".to_owned()),
            (false, "biorxiv".to_owned()),
            (true, "arxiv|Blog, of ours|file".to_owned()),
        ]
    );
}

#[test]
fn an_address_is_read_from_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("feed-url");
    std::fs::write(&file, "https://www.example.org/canary\n").unwrap();
    let body = format!(
        "{REST}[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"https://www.example.org/feed\"\n\
         [[source]]\nname = \"b\"\nkind = \"feed\"\nurl_file = \"{0}\"\n\
         [[source]]\nname = \"c\"\nkind = \"feed\"\nurl_file = \"{0}-gone\"\n",
        file.display()
    );
    let config = load_config(&body).unwrap();
    let [plain, secret, gone] = &config.feeds[..] else { panic!("three") };
    assert_eq!(plain.location.read().unwrap().reveal(), "https://www.example.org/feed");
    assert_eq!(secret.location.read().unwrap().reveal(), "https://www.example.org/canary");
    let words = gone.location.read().unwrap_err().to_string();
    assert!(words.ends_with("feed-url-gone: there is no such file"), "{words}");
}
