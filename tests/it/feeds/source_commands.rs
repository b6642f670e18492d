//! Feeds that a person adds by a command, and lists of feeds from and for other readers.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use serde_json::Value;

use super::fake_server::{FakeFeedServer, FeedReply};
use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::sample_papers;
use crate::support::test_env::{NOW, TestEnv, stderr, stdout};

const RSS: &str = "<rss version=\"2.0\"><channel><title>A &amp; B</title><link>https://lab.example.org/</link>\
     <item><title>Image classification of <i>birds</i></title><link>https://doi.org/10.1000/1</link></item>\
     <item><title>We have a new door</title><link>https://lab.example.org/door</link></item></channel></rss>";

fn env() -> (TestEnv, FakeFeedServer, FakeArxiv) {
    let arxiv = FakeArxiv::serve_papers(sample_papers(2));
    let env = TestEnv::with_arxiv(&arxiv).with_config_lines("# The end.\n");
    (env, FakeFeedServer::start_on_thread(), arxiv)
}

fn config_text(env: &TestEnv) -> String {
    std::fs::read_to_string(env.path("paperwire.toml")).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(stdout(output)).unwrap_or_else(|_| panic!("{output:?}"))
}

#[test]
fn a_feed_is_looked_at_and_written_behind_what_a_person_wrote() {
    let (env, server, _arxiv) = env();
    server.reply_at("/feed", FeedReply::status(200, "", RSS));
    let before = config_text(&env);
    let url = server.url("/feed");
    let line = ["source", "add", &url, "--name", "lab", "--every", "6h", "--allow-private"];
    let output = env.run_program(&line);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report = stdout(&output);
    for part in [
        "lab: RSS, \"A & B\"\n",
        "2 entries, 1 of them papers\n    Image classification of birds\n",
        "1 left out, such as \"We have a new door\": no paper",
        "fills the history of \"Image Classification\" with it silently",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    let sources = "sources = [\"arxiv\", \"lab\"]\n";
    let section = format!(
        "\n[[source]]\nname = \"lab\"\nkind = \"feed\"\nurl = \"{url}\"\nevery = \"6h\"\nallow_private = true\n"
    );
    let after = config_text(&env);
    let unchanged = after.replacen(sources, "", 1).replacen(&section, "", 1);
    assert_eq!(unchanged, before, "{after}");
    let run = env.run_once(NOW);
    assert!(run.topics.iter().any(|topic| topic.source == "lab" && topic.seeded == 1), "{run:?}");
    let again = env.run_program(&line);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("is the source \"lab\" already"), "{again:?}");
    assert_eq!(config_text(&env), after);
}

#[test]
fn a_page_leads_to_its_only_feed_and_of_several_the_person_chooses() {
    let (env, server, _arxiv) = env();
    let link = |path: &str| format!("<link rel=\"alternate\" type=\"application/rss+xml\" href=\"{path}\">");
    server.reply_at("/feed", FeedReply::status(200, "", RSS));
    server.reply_at("/one", FeedReply::status(200, "", &format!("<!doctype html><html>{}", link("feed"))));
    let two = format!("<html><head>{}{}</head>", link("/feed"), link("/other"));
    server.reply_at("/two", FeedReply::status(200, "", &two));
    server.reply_at("/none", FeedReply::status(200, "", "<html><body>Hello</body></html>"));
    let before = config_text(&env);
    for (page, code, words) in [
        ("/two", 2, "add one of them by its own address"),
        ("/none", 1, "is a page for people that names no feed"),
        ("/gone", 1, "404"),
    ] {
        let output = env.run_program(&["source", "add", &server.url(page), "--allow-private"]);
        assert_eq!(output.status.code(), Some(code), "{page}: {output:?}");
        assert!(stderr(&output).contains(words), "{page}: {output:?}");
        assert_eq!(stdout(&output), "");
    }
    for (line, words) in [
        (vec!["ftp://example.org/"], "https://… is expected"),
        (vec!["https://u:p@example.org/"], "url_file"),
        (vec!["https://example.org/", "--topic", "Fish"], "there is no topic \"Fish\""),
    ] {
        let output = env.run_program(&[&["source", "add"], &line[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(words) && !stderr(&output).contains("u:p"), "{output:?}");
    }
    let private = env.run_program(&["source", "add", &server.url("/feed")]);
    assert!(stderr(&private).contains("private network"), "{private:?}");
    assert_eq!(config_text(&env), before);
    let added =
        env.run_program(&["source", "add", &server.url("/one"), "--allow-private", "--keep-all", "--json"]);
    let report = json(&added);
    assert_eq!(
        (&report["name"], &report["papers"]),
        (&Value::from("127.0.0.1"), &Value::from(2)),
        "{report}"
    );
    assert!(config_text(&env).contains("keep = \"all\"\n"));
    assert_eq!(env.run_program(&["check"]).status.code(), Some(0));
}

#[test]
fn a_list_of_feeds_is_read_once_and_given_back() {
    let (env, _server, _arxiv) = env();
    let list = "<opml version=\"1.0\"><body><outline text=\"All\"><outline text=\"Birds & bees\" type=\"rss\" \
                xmlUrl=\"https://www.example.org/birds.xml\"/><outline text=\"\" xmlUrl=\"https://www.example.com/a?b=1&c=2\">\
                <outline text=\"Inside\" xmlUrl=\"http://127.0.0.1/feed\"/><outline text=\"Twice\" \
                xmlUrl=\"http://www.example.org/birds.xml/\"/></outline></body></opml>";
    std::fs::write(env.path("feeds.opml"), list).unwrap();
    let path = env.path("feeds.opml").display().to_string();
    let before = config_text(&env);
    let output = env.run_program(&["opml", "import", &path, "--topic", "Image Classification", "--json"]);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1), "one is refused: {report}");
    let names: Vec<&str> =
        report["added"].as_array().unwrap().iter().map(|new| new["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Birds & bees", "example"]);
    assert_eq!(report["known"], serde_json::json!(["Birds & bees"]));
    assert_eq!(report["refused"][0]["title"], "Inside");
    assert!(report["refused"][0]["reason"].as_str().unwrap().contains("private network"), "{report}");
    let after = config_text(&env);
    assert!(after.contains("sources = [\"arxiv\", \"Birds & bees\", \"example\"]\n"), "{after}");
    assert!(after.contains("# The end.\n") && after.starts_with(&before[..40]), "{after}");
    let again = json(&env.run_program(&["opml", "import", &path, "--json"]));
    assert_eq!(again["added"], serde_json::json!([]));
    assert_eq!(config_text(&env), after);

    let exported = env.run_program(&["opml", "export"]);
    let xml = roxmltree::Document::parse(stdout(&exported)).unwrap();
    let addresses: Vec<&str> = xml.descendants().filter_map(|node| node.attribute("xmlUrl")).collect();
    assert_eq!(addresses, ["https://www.example.org/birds.xml", "https://www.example.com/a?b=1&c=2"]);
    require_newsboat_reads(stdout(&exported), &addresses);
    for (line, words) in [
        (["opml", "import", "paperwire.toml"], "this is no OPML"),
        (["opml", "import", "none.opml"], "there is no file"),
    ] {
        let output = env.run_program(&line);
        assert!(output.status.code() == Some(1) && stderr(&output).contains(words), "{output:?}");
    }
}

#[test]
fn a_secret_address_is_in_no_list() {
    let (env, _server, _arxiv) = env();
    std::fs::write(env.path("address"), "https://www.example.org/feed?token=verysecret\n").unwrap();
    let env = env.with_config_lines("[[source]]\nname = \"mine\"\nkind = \"feed\"\nurl_file = \"address\"\n");
    let output = env.run_program(&["opml", "export"]);
    assert!(!stdout(&output).contains("outline") && stderr(&output).contains("\"mine\""), "{output:?}");
    assert!(!format!("{output:?}").contains("verysecret"));
}

#[test]
fn a_configuration_that_is_read_only_is_not_written() {
    let (env, server, _arxiv) = env();
    server.reply_at("/feed", FeedReply::status(200, "", RSS));
    let file = env.path("paperwire.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o440)).unwrap();
    let before = config_text(&env);
    let output = env.run_program(&["source", "add", &server.url("/feed"), "--allow-private"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), ""), "{output:?}");
    let words = "paperwire.toml is read-only: nothing is written; make it writable, or change it by hand";
    assert!(stderr(&output).contains(words), "{output:?}");
    assert_eq!(config_text(&env), before);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o440);
}

/// Another reader of feeds takes what is exported.
fn require_newsboat_reads(opml: &str, addresses: &[&str]) {
    let promised = std::env::var_os("PAPERWIRE_RIGS").is_some_and(|word| word == "1");
    let folder = tempfile::tempdir().unwrap();
    let [list, urls, cache, config] =
        ["list.opml", "urls", "cache.db", "config"].map(|name| folder.path().join(name));
    std::fs::write(&list, opml).unwrap();
    std::fs::write(&urls, "").unwrap();
    std::fs::write(&config, "").unwrap();
    let mut newsboat = Command::new("newsboat");
    newsboat.env("HOME", folder.path()).arg("-u").arg(&urls).arg("-c").arg(&cache).arg("-C").arg(&config);
    let Ok(read) = newsboat.arg("-i").arg(&list).output() else {
        assert!(!promised, "PAPERWIRE_RIGS=1, and there is no newsboat");
        return;
    };
    assert!(read.status.success(), "{read:?}");
    let urls = std::fs::read_to_string(&urls).unwrap();
    for address in addresses {
        assert!(urls.lines().any(|line| line.split(' ').next() == Some(address)), "{address}: {urls}");
    }
}
