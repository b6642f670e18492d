//! What a feed reader gets.

use std::collections::BTreeSet;
use std::process::Command;

use paperwire::domain::Paper;

use super::{HOSTILE, PageResponse, PagesServer};
use crate::support::sample_papers::{newest_first, next_version, paper_of_date, sample_papers};
use crate::support::test_env::{NEXT_DAY, NOW};

const TOPIC: &str = "/topic/Nets%20%26%20C%2FC%2B%2B";

/// Reads the four feeds, judges each with its own kind's reader, and exits with 1 if one is not as it should be.
const JUDGE: &str = r"
import json, sys, urllib.request
import feedparser, jsonschema
base, hostile = sys.argv[1:]
def read(ending):
    with urllib.request.urlopen(base + ending) as answer: return answer.read()
feed = feedparser.parse(read('.atom'))
assert not feed.bozo, feed.bozo_exception
assert len(feed.entries) == 40 and all(e.id and e.updated and e.link and e.authors for e in feed.entries)
assert feed.feed.title == 'Nets & C/C++'
text = {'type': 'string', 'minLength': 1}
person = {'type': 'object', 'required': ['name'], 'properties': {'name': text}}
item = {'type': 'object', 'required': ['id', 'content_text'], 'additionalProperties': False, 'properties': {
    'id': text, 'url': {**text, 'format': 'uri'}, 'external_url': {**text, 'format': 'uri'}, 'title': text, 'content_text': text,
    'date_published': {**text, 'format': 'date-time'}, 'date_modified': {**text, 'format': 'date-time'},
    'authors': {'type': 'array', 'items': person}, 'tags': {'type': 'array', 'items': text}}}
schema = {'type': 'object', 'required': ['version', 'title', 'items'], 'additionalProperties': False, 'properties': {
    'version': {'const': 'https://jsonfeed.org/version/1.1'}, 'title': text, 'description': text, 'language': text,
    'items': {'type': 'array', 'minItems': 40, 'maxItems': 40, 'items': item}}}
document = json.loads(read('.json'))
jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())
assert len({i['id'] for i in document['items']}) == 40
from pybtex.database import parse_string
works = parse_string(read('.bib').decode(), 'bibtex')
assert len(works.entries) == 40
assert all(w.persons['author'] and w.fields['eprint'] for w in works.entries.values())
";

#[test]
fn a_feed_reader_that_asks_again_learns_that_nothing_changed() {
    let wire = PagesServer::start();
    for ending in [".atom", ".json", ".md", ".bib"] {
        let path = format!("{TOPIC}{ending}");
        let first = wire.get(&path);
        assert_eq!(first.status, 200, "{path}");
        let (tag, date) = (first.header("etag"), first.header("last-modified"));
        assert!(tag.starts_with('"') && tag.ends_with('"') && date.ends_with("GMT"), "{first:?}");
        for header in [
            format!("If-None-Match: {tag}"),
            format!("If-None-Match: \"other\", W/{tag}"),
            "If-None-Match: *".to_owned(),
            format!("If-Modified-Since: {date}"),
        ] {
            let again = wire.get_with(&path, &header);
            assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag), "{header}");
        }
        for header in [
            "If-None-Match: \"other\"".to_owned(),
            format!("If-None-Match: \"other\"\r\nIf-Modified-Since: {date}"),
            "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT".to_owned(),
            "If-Modified-Since: soon".to_owned(),
        ] {
            assert_eq!(wire.get_with(&path, &header).status, 200, "{header}");
        }
        let db = rusqlite::Connection::open(wire.env.path("paperwire.db")).unwrap();
        db.execute("UPDATE papers SET title = title || ' again'", []).unwrap();
        let changed = wire.get_with(&path, &format!("If-None-Match: {tag}"));
        assert_eq!(changed.status, 200, "{path}");
        assert_ne!(
            changed.header("last-modified"),
            date,
            "{path}: two changes within a second are told apart"
        );
        let since = wire.get_with(&path, &format!("If-Modified-Since: {date}"));
        assert_eq!(since.status, 200, "{path}");
    }
}

#[test]
fn a_client_that_accepts_gzip_gets_the_same_content_in_fewer_bytes_under_the_same_tag() {
    let wire = PagesServer::start();
    let feed = format!("{TOPIC}.atom");
    let gzip = "Accept-Encoding: br, gzip;q=0.8";
    for path in [feed.as_str(), "/", "/style.css", "/metrics"] {
        let (plain, packed) = (wire.get(path), wire.get_with(path, gzip));
        assert_eq!(
            (plain.header("content-encoding"), packed.header("content-encoding")),
            ("", "gzip"),
            "{path}"
        );
        assert_eq!(
            (plain.header("vary"), packed.header("vary")),
            ("accept-encoding", "accept-encoding"),
            "{path}"
        );
        assert!(packed.sent < plain.sent / 2, "{path}: {} of {}", packed.sent, plain.sent);
        // The order of metrics within one family is by chance.
        let lines = |answer: &PageResponse| answer.body.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(lines(&packed), lines(&plain), "{path}");
    }
    for refusal in ["Accept-Encoding: gzip;q=0", "Accept-Encoding: br", "Accept-Encoding: identity"] {
        assert_eq!(wire.get_with(&feed, refusal).header("content-encoding"), "", "{refusal}");
    }
    assert_eq!(wire.get_with("/healthz", gzip).header("content-encoding"), "", "it is small");
    let strong = wire.get(&feed).header("etag").to_owned();
    let weak = wire.get_with(&feed, gzip).header("etag").to_owned();
    assert_eq!(weak, format!("W/{strong}"));
    for named in [&strong, &weak] {
        for (accepted, tag) in [("Accept: */*", &strong), (gzip, &weak)] {
            let again = wire.get_with(&feed, &format!("{accepted}\r\nIf-None-Match: {named}"));
            assert_eq!(
                (again.status, again.header("etag"), again.sent),
                (304, tag.as_str(), 0),
                "{accepted}"
            );
            assert_eq!((again.header("content-encoding"), again.header("vary")), ("", "accept-encoding"));
        }
    }
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let wire = PagesServer::start();
    let feed = format!("{TOPIC}.atom");
    for path in [feed.as_str(), "/", "/nothing", "/healthz", "/readyz", "/status", "/status.json", "/metrics"]
    {
        for accepted in ["Accept: */*", "Accept-Encoding: gzip"] {
            let get = wire.get_with(path, accepted);
            let head = wire.send_request(&format!(
                "HEAD {path} HTTP/1.1\r\nHost: localhost\r\n{accepted}\r\nConnection: close\r\n\r\n"
            ));
            assert_eq!((head.status, head.sent), (get.status, 0), "{path}");
            for name in
                ["content-type", "content-encoding", "content-length", "etag", "vary", "last-modified"]
            {
                assert_eq!(head.header(name), get.header(name), "{path} {accepted} {name}");
            }
        }
    }
}

#[test]
fn each_feed_has_every_paper_with_its_words_as_they_are() {
    let wire = PagesServer::start();
    for ending in [".atom", ".json"] {
        let body = wire.get(&format!("{TOPIC}{ending}")).body;
        let feed = feed_rs::parser::parse(body.as_bytes()).unwrap();
        assert_eq!(feed.entries.len(), 40, "{ending}");
        let titles: Vec<_> = feed.entries.iter().map(|entry| entry.title.clone().unwrap().content).collect();
        assert!(titles.contains(&HOSTILE.to_owned()), "{ending}: {titles:?}");
    }
    let table = wire.get(&format!("{TOPIC}.md")).body;
    assert!(table.starts_with("## Nets & C/C++\n") && table.matches("\n| **[").count() == 40);
    assert!(table.contains("$\\ell_2$"), "the table keeps the source");
    let works = wire.get(&format!("{TOPIC}.bib")).body;
    assert_eq!(works.matches("\n@misc{").count(), 40);
}

#[test]
fn a_paper_that_was_held_back_is_a_feeds_newest_entry_when_it_comes() {
    let wire = PagesServer::start();
    let held = paper_of_date("2503.11111", "2025-03-16T10:00:00Z");
    let held = Paper { published: Some(held.updated), ..held };
    let next = next_version(&sample_papers(8)[7], 2);
    let known = sample_papers(40).into_iter().filter(|paper| paper.id != next.id);
    wire.fake.set_papers(newest_first(known.chain([held.clone(), next.clone()]).collect()));
    wire.env.run_once_without_failure(NEXT_DAY);
    let id = |paper: &Paper| format!("https://arxiv.org/abs/{}", paper.id.as_arxiv_id().unwrap());
    let atom = wire.get(&format!("{TOPIC}.atom")).body;
    let feed = feed_rs::parser::parse(atom.as_bytes()).unwrap();
    let dates = |at: usize| {
        let entry = &feed.entries[at];
        let moment = |date: Option<_>| format!("{:?}", date.unwrap());
        (entry.id.clone(), moment(entry.published), moment(entry.updated))
    };
    assert_eq!(dates(0), (id(&next), NOW.to_owned(), NEXT_DAY.to_owned()));
    assert_eq!(dates(1), (id(&held), NEXT_DAY.to_owned(), NEXT_DAY.to_owned()));
    assert_eq!(
        dates(2),
        (id(&sample_papers(1)[0]), NOW.to_owned(), NOW.to_owned()),
        "within a poll by the papers' dates"
    );
    assert!(feed.entries[1].summary.as_ref().unwrap().content.contains("2025-03-16"));
    let json = wire.get(&format!("{TOPIC}.json")).body;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let item = |at: usize, key: &str| json["items"][at][key].as_str().unwrap().to_owned();
    assert_eq!((item(0, "id"), item(0, "date_published"), item(0, "date_modified")), dates(0));
    assert_eq!((item(1, "id"), item(1, "date_published"), item(1, "date_modified")), dates(1));
    assert!(item(1, "content_text").contains("2025-03-16"));
    let table = wire.get(&format!("{TOPIC}.md")).body;
    assert!(table.find("2503.11111") > table.find("2503.19970"), "the table is by the papers' dates");
}

#[test]
fn outside_readers_take_the_feeds() {
    if std::env::var_os("PAPERWIRE_RIGS").is_none() {
        return;
    }
    let home = std::env::var("RIGS_HOME")
        .unwrap_or_else(|_| format!("{}/.cache/paperwire-rigs", std::env::var("HOME").unwrap()));
    let wire = PagesServer::start();
    let base = format!("http://{}{TOPIC}", wire.server.listen_address());
    let judged =
        Command::new(format!("{home}/venv/bin/python")).args(["-c", JUDGE, &base, HOSTILE]).output().unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    let metrics = wire.get("/metrics").body;
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut promtool.stdin.take().unwrap(), metrics.as_bytes()).unwrap();
    let judged = promtool.wait_with_output().unwrap();
    assert_eq!((judged.status.success(), String::from_utf8_lossy(&judged.stderr).as_ref()), (true, ""));
}
