use proptest::prelude::*;

use super::{REST, error_message, load_config};

/// A config with something of everything, to be broken.
const WHOLE: &str = r#"state = "a.db"
arxiv.contact = "a@b.org"
[[topic]]
name = "Ä \u0042"
query = '''
ti:"x y" AND cat:cs.CV'''
archives = ["cs", "stat"]
sources = ["arxiv", "x y"]
[[source]]
name = "x y"
kind = "feed"
url_file = "feed-url"
every = "6h"
keep = "all"
allow_private = true
[[topic]]
name = "C"
sources = ["x y"]
[[list]]
file = "a.md"
topics = ["Ä B"]
rows = 0x10
code_hosts = ["gitlab.com"]
[[sink]]
name = "mail"
kind = "email"
server = "smtp://mail.example.org:587"
user = "canary.user"
password_file = "smtp"
from = "Paperwire <canary.from@example.org>"
to = ["canary.ada@example.org",
  "canary.bob@example.org"]
[[sink]]
name = "hook"
kind = "webhook"
url_env = "HOOK"
allow_private = true
[[subscription]]
sink = "hook"
when = "0 8 * * Mon-Fri"
timezone = "Europe/Berlin"
include = ["new", "replacement"]
empty = "say so"
first = 5
[operator]
sink = "hook"
after = "2d"
"#;

/// A config whose writer put every secret into it, in many ways.
const SPILT: &str = r#"[arxiv]
contact = "a@b.org"
[[topic]]
name = "A"
query = "all:a"
[[sink]]
name = "lab"
kind = "slack"
url = "https://hooks.example.org/canary"
url_file = "https://hooks.example.org/canary"
url_env = "canary-token"
[[sink]]
name = "mail"
kind = "email"
server = "smtp://papers:canary@mail.example.org"
user = "canary.user"
password = "canary"
password_env = "canary"
from = "canary@example.org, canary@example.org"
to = ["canary@example", "canary", 'canary@@', "canary@example",
  "canary <canary>"]
unsubscribe = "http://canary"
[[sink]]
name = "hook"
kind = "webhook"
secret = "whsec_canary"
secret_env = "whsec_canary"
token = "canary"
[[source]]
name = "feed"
kind = "feed"
url = "https://ada:canary@feeds.example.org/canary?key=canary"
url_file = "https://feeds.example.org/canary"
url_env = "canary"
password = "canary"
[[source]]
name = "other"
kind = "feed"
url = "ftp://canary.example.org/canary"
[smtp]
login = "canary"
password = "canary"
"#;

/// An error is lines of plain text, and says in which file.
fn assert_error_is_readable(body: &str) {
    let Err(bad) = load_config(body) else { return };
    let told = bad.to_string();
    assert!(told.starts_with("paperwire.toml"), "{told}");
    assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "{told:?}");
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(400))]

    #[test]
    fn no_text_at_all_makes_the_reading_fall_over(body in any::<String>()) {
        assert_error_is_readable(&body);
    }

    #[test]
    fn no_change_to_a_good_config_makes_the_reading_fall_over(
        from in 0..WHOLE.len(), bytes in 0..20usize, new in "[ -~\\n\\r\\t\u{80}-\u{2030}]{0,6}",
    ) {
        let from = WHOLE.floor_char_boundary(from);
        let until = WHOLE.floor_char_boundary((from + bytes).min(WHOLE.len()));
        assert_error_is_readable(&format!("{}{new}{}", &WHOLE[..from], &WHOLE[until..]));
    }

    #[test]
    fn no_change_to_a_config_full_of_secrets_shows_one(
        from in 0..SPILT.len(), bytes in 0..8usize, new in "[ \\n\"'=,\\[\\]{}#.a]{0,4}",
    ) {
        let until = (from + bytes).min(SPILT.len());
        let told = error_message(&format!("{}{new}{}", &SPILT[..from], &SPILT[until..]));
        assert!(!told.contains("canary"), "{told}");
    }

    #[test]
    fn no_string_value_makes_the_reading_fall_over(value in any::<String>(), key in 0..32usize) {
        let (section, key) = [
            ("", "state"), ("[arxiv]", "contact"), ("[arxiv]", "poll"), ("[arxiv]", "url"), ("[arxiv]", "pace"),
            ("[[topic]]", "name"), ("[[topic]]", "query"), ("[[list]]", "file"), ("[[list]]", "name"),
            ("", "keep"), ("[[sink]]", "name"), ("[[sink]]", "kind"),
            ("[[sink]]\nkind = 'slack'", "url_file"), ("[[sink]]\nkind = 'slack'", "url_env"),
            ("[[sink]]\nkind = 'email'", "server"), ("[[sink]]\nkind = 'email'", "user"),
            ("[[sink]]\nkind = 'email'", "from"), ("[[sink]]\nkind = 'email'", "list"),
            ("[[sink]]\nkind = 'email'", "unsubscribe"), ("[[sink]]\nkind = 'maildir'", "path"),
            ("[[subscription]]", "sink"), ("[[subscription]]", "when"), ("[[subscription]]", "timezone"),
            ("[[source]]", "name"), ("[[source]]", "kind"), ("[[source]]\nkind = 'feed'", "url"),
            ("[[source]]\nkind = 'feed'", "url_file"), ("[[source]]\nkind = 'feed'", "every"),
            ("[[source]]\nkind = 'feed'", "keep"),
            ("[[subscription]]", "empty"), ("[operator]", "sink"), ("[operator]", "after"),
        ][key];
        assert_error_is_readable(&format!("{section}\n{key} = {}", toml::Value::from(value)));
    }
}

#[test]
fn a_config_made_to_exhaust_the_reading_is_refused() {
    assert!(error_message(&format!("a = {}", "[".repeat(100_000))).contains("not TOML"));
    assert!(error_message(&"{".repeat(100_000)).contains("not TOML"));
    assert!(error_message(&"x.".repeat(100_000)).contains("not TOML"));
    let keys: String = (0..30_000).fold(String::new(), |keys, n| keys + &format!("k{n} = 1\n"));
    assert!(error_message(&keys).ends_with("and 29982 more"));
    assert!(error_message(&format!("{REST}{}", "[[topic]]\n".repeat(50_000))).contains("at most 1000"));
}
