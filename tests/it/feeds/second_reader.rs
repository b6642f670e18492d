//! Python's feedparser reads the same feeds and finds the same in each item, but for what `second_reader.py` explains.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use paperwire::source::feed::FeedItem;
use serde_json::{Map, Value, json};

use super::corpus::corpus;

#[test]
fn another_reader_finds_the_same_in_every_item() {
    let (Some(shared), Some(python)) = (env::var_os("PAPERWIRE_SHARED"), python()) else {
        assert!(env::var_os("PAPERWIRE_RIGS").is_none_or(|asked| asked != "1"), "the rigs are not installed");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let read = folder.path().join("read.json");
    let feeds: Map<String, Value> = corpus()
        .into_iter()
        .map(|(name, feed)| match feed {
            Ok(feed) => (name, json!({ "items": feed.items.iter().map(item_json).collect::<Vec<_>>() })),
            Err(refusal) => (name, json!({ "refused": refusal })),
        })
        .collect();
    std::fs::write(&read, Value::Object(feeds).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/feeds/second_reader.py");
    let corpus = PathBuf::from(shared).join("corpus");
    let compared = Command::new(python).arg(script).args([&corpus, &read]).output().unwrap();
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stderr));
}

/// Where the rigs have installed feedparser.
fn python() -> Option<PathBuf> {
    let default = || Some(PathBuf::from(env::var_os("HOME")?).join(".cache/paperwire-rigs"));
    let home = env::var_os("RIGS_HOME").map(PathBuf::from).or_else(default)?;
    Some(home.join("venv/bin/python")).filter(|python| python.exists())
}

fn item_json(item: &FeedItem) -> Value {
    json!({
        "title": item.title,
        "links": item.links.iter().map(|link| &link.href).collect::<Vec<_>>(),
        "keys": item.ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "authors": item.authors.iter().map(|author| &author.name).collect::<Vec<_>>(),
        "published": item.published.map(jiff::Timestamp::as_second),
        "updated": item.updated.map(jiff::Timestamp::as_second),
    })
}
