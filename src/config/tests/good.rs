use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{BUILT_IN, DEFAULT, KINDS, Text, read};
use super::{Config, REST, loaded};

/// The example that is shipped, every key in it.
const EXAMPLE: &str = include_str!("../../../config/paperwire.toml");

#[test]
fn without_a_file_the_built_in_default_keeps_image_classification_in_this_folder() {
    let config = read(&Text::new(BUILT_IN.to_owned(), DEFAULT.to_owned()), None).unwrap();
    assert_eq!(config.file, None);
    assert_eq!(config.state, Path::new("papers/paperwire.db"));
    assert_eq!(config.arxiv.contact, env!("CARGO_PKG_REPOSITORY"));
    assert_eq!(config.arxiv.url.as_str(), "https://export.arxiv.org/api/query");
    assert_eq!(config.arxiv.poll.to_string(), "15 */6 * * *");
    assert_eq!((config.arxiv.pace, config.arxiv.patience), (Duration::from_secs(3), Duration::from_mins(10)));
    assert_eq!(config.arxiv.page, 200);
    assert_eq!(config.topics.len(), 1);
    assert_eq!(config.topics[0].name, "Image Classification");
    assert_eq!(config.topics[0].archives, ["cs", "stat"]);
    assert_eq!(config.lists.len(), 1);
    assert_eq!(config.lists[0].file, Path::new("papers/README.md"));
    assert_eq!(config.lists[0].name, "papers/README.md");
    assert_eq!(config.lists[0].topics, ["Image Classification"]);
    assert_eq!((config.lists[0].rows, config.lists[0].code_hosts.len()), (200, 0));
}

#[test]
fn the_shipped_example_loads_and_shows_the_true_defaults_behind_its_hashes() {
    let bare: String = EXAMPLE.lines().map(|line| uncommented(line).to_owned() + "\n").collect();
    assert_ne!(bare, EXAMPLE);
    assert_eq!(loaded(EXAMPLE).unwrap(), loaded(&bare).unwrap());
}

#[test]
fn the_shipped_example_has_every_key_in_its_section() {
    for kind in KINDS {
        let section = EXAMPLE.lines().skip_while(|line| !kind.title.is_empty() && *line != kind.title);
        let section: Vec<_> = section
            .enumerate()
            .take_while(|(number, line)| *number == 0 || !line.starts_with('['))
            .map(|(_, line)| uncommented(line))
            .collect();
        let opens = |key: &str| KINDS.iter().any(|kind| kind.title.trim_matches(['[', ']']) == key);
        for key in kind.keys.iter().filter(|key| !opens(key)) {
            let start = format!("{key} = ");
            assert!(section.iter().any(|line| line.starts_with(&start)), "{} {key}", kind.title);
        }
    }
}

/// `# key = value` without its hash; a line of words as it is.
fn uncommented(line: &str) -> &str {
    let is_key = |rest: &str| {
        rest.split_once(" = ").is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line)
}

#[test]
fn relative_paths_start_at_the_configs_folder() {
    let config =
        loaded(&format!("state = \"a.db\"\n{REST}[[list]]\nfile = \"b.md\"\n[[list]]\nfile = \"/srv/c.md\""))
            .unwrap();
    assert_eq!(config.file, Some(PathBuf::from("conf/paperwire.toml")));
    assert_eq!(config.state, Path::new("conf/a.db"));
    assert_eq!(config.lists[0].file, Path::new("conf/b.md"));
    assert_eq!(config.lists[0].shown, "b.md");
    assert_eq!(config.lists[1].file, Path::new("/srv/c.md"));
}

#[test]
fn what_is_left_away_has_its_default() {
    let config =
        loaded(&format!("{REST}[[topic]]\nname = 'B'\nquery = 'all:b'\n[[list]]\nfile = 'a.md'")).unwrap();
    assert_eq!(config.state, Path::new("conf/papers/paperwire.db"));
    assert_eq!(config.topics[1].archives.len(), 0);
    assert_eq!(config.lists[0].topics, ["Image Classification", "B"]);
    assert_eq!(config.lists[0].rows, 200);
}

#[test]
fn who_is_not_arxiv_may_be_asked_faster() {
    for (url, pace, millis) in [
        ("http://127.0.0.1:8080/api/query", "0s", 0),
        ("http://[::1]:8080/", "10ms", 10),
        ("https://arxiv.example.org/api", "2s", 2000),
        ("https://export.arxiv.org/api/query", "3s", 3000),
    ] {
        let body = REST.replace("[[topic]]", &format!("url = \"{url}\"\npace = \"{pace}\"\n[[topic]]"));
        assert_eq!(loaded(&body).unwrap().arxiv.pace, Duration::from_millis(millis), "{url}");
    }
}

#[test]
fn a_file_is_read_whatever_its_line_ends_and_mark() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.toml");
    std::fs::write(&file, format!("\u{feff}{}", REST.replace('\n', "\r\n"))).unwrap();
    let config = Config::load(Some(&file)).unwrap();
    assert_eq!(config.state, folder.path().join("papers/paperwire.db"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "reading makes nothing");
}
