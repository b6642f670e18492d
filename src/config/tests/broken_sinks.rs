use super::{REST, error_message};

#[test]
fn a_sink_without_its_keys_is_told_what_it_needs() {
    let body = format!(
        r#"{REST}[[sink]]
[[sink]]
name = "a"
[[sink]]
name = "mail"
kind = "email"
[[sink]]
name = "box"
kind = "maildir"
[[sink]]
name = "lab"
kind = "slack"
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:6:1: [[sink]] number 1, name: is missing
    [[sink]]
    ^
    what its subscriptions and commands call it, as in name = "lab"

paperwire.toml:6:1: [[sink]] number 1, kind: is missing
    [[sink]]
    ^
    one of "email", "maildir", "slack", "discord", "webhook", "ntfy"

paperwire.toml:7:1: [[sink]] "a", kind: is missing
    [[sink]]
    ^
    one of "email", "maildir", "slack", "discord", "webhook", "ntfy"

paperwire.toml:9:1: [[sink]] "mail", server: is missing
    [[sink]]
    ^
    smtp://mail.example.org:587 (STARTTLS), smtps://mail.example.org:465 (TLS) or, on this machine alone, smtp+plain://localhost:25

paperwire.toml:9:1: [[sink]] "mail", from: is missing
    [[sink]]
    ^
    the sender, as in from = "Paperwire <papers@example.org>"

paperwire.toml:9:1: [[sink]] "mail", to: is missing
    [[sink]]
    ^
    who gets the mail, as in to = ["ada@example.org"]

paperwire.toml:12:1: [[sink]] "box", path: is missing
    [[sink]]
    ^
    the folder that the mail is put into, as in path = "papers/mail"

paperwire.toml:15:1: [[sink]] "lab", url_file: is missing
    [[sink]]
    ^
    a file with the webhook's address in it, as in url_file = "/etc/paperwire/slack-url", or a variable, as in url_env = "SLACK_URL"
"#);
}

#[test]
fn an_unknown_kind_is_told_the_one_that_may_be_meant() {
    let body = format!(
        r#"{REST}[[sink]]
name = "a"
kind = "slcak"
url_file = "a"
[[sink]]
name = "b"
kind = "telegram"
[[sink]]
name = "c"
kind = ["slack"]
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:8:8: [[sink]] "a", kind: `slcak` is not known here
    kind = "slcak"
           ^
    did you mean "slack"?

paperwire.toml:12:8: [[sink]] "b", kind: `telegram` is not known here
    kind = "telegram"
           ^
    one of "email", "maildir", "slack", "discord", "webhook", "ntfy"

paperwire.toml:15:8: [[sink]] "c", kind: is a list, not a string
    kind = ["slack"]
           ^
    write it in quotes, as in kind = "…"
"#);
}

#[test]
fn a_key_of_another_kind_is_told_where_it_belongs() {
    let body = format!(
        r#"{REST}[[sink]]
name = "lab"
kind = "slack"
url_env = "SLACK"
secret_env = "SIGNING"
server = "smtp://mail.example.org"
path = "mail"
[[sink]]
name = "box"
kind = "maildir"
path = "mail"
allow_private = true
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:10:1: [[sink]] "lab": `secret_env` means nothing for a sink of kind "slack"
    secret_env = …
    ^
    it belongs to a sink of kind "webhook"; this section may have name, kind, url_file, url_env, allow_private, ca_file

paperwire.toml:11:1: [[sink]] "lab": `server` means nothing for a sink of kind "slack"
    server = …
    ^
    it belongs to a sink of kind "email"; this section may have name, kind, url_file, url_env, allow_private, ca_file

paperwire.toml:12:1: [[sink]] "lab": `path` means nothing for a sink of kind "slack"
    path = …
    ^
    it belongs to a sink of kind "maildir"; this section may have name, kind, url_file, url_env, allow_private, ca_file

paperwire.toml:17:1: [[sink]] "box": `allow_private` means nothing for a sink of kind "maildir"
    allow_private = …
    ^
    it belongs to a sink of kind "slack" or "discord" or "webhook" or "ntfy"; this section may have name, kind, path, from, to
"#);
}

#[test]
fn two_sinks_of_one_name_are_refused() {
    let body = format!(
        r#"{REST}[[sink]]
name = "lab"
kind = "slack"
url_env = "SLACK"
[[sink]]
name = "Lab"
kind = "discord"
url_env = "DISCORD"
[[sink]]
name = "--all"
kind = "discord"
url_env = "DISCORD"
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:11:8: [[sink]] "Lab", name: another sink is named "lab" already
    name = "Lab"
           ^
    a name of its own, not only in capitals: it is the sink's identity

paperwire.toml:15:8: [[sink]] "--all", name: begins with a hyphen
    name = "--all"
           ^
    begin with a letter: a command takes it for an option
"#);
}

#[test]
fn a_flag_is_told_how_to_write_it() {
    let body = format!(
        r#"{REST}[[sink]]
name = "lab"
kind = "slack"
url_env = "SLACK"
allow_private = "yes"
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:10:17: [[sink]] "lab", allow_private: is a string, not true or false
    allow_private = "yes"
                    ^
    write it without quotes, as in allow_private = true
"#);
}

#[test]
fn a_maildir_in_the_place_of_another_file_is_refused() {
    let body = format!(
        r#"{REST}[[list]]
file = "a.md"
[[sink]]
name = "a"
kind = "maildir"
path = "papers/../papers/paperwire.db"
[[sink]]
name = "b"
kind = "maildir"
path = "a.md"
[[sink]]
name = "c"
kind = "maildir"
path = "~/mail"
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:11:8: [[sink]] "a", path: is the state file
    path = "papers/../papers/paperwire.db"
           ^
    a folder of its own

paperwire.toml:15:8: [[sink]] "b", path: is a list's file
    path = "a.md"
           ^
    a folder of its own

paperwire.toml:19:8: [[sink]] "c", path: begins with `~`, which only a shell knows
    path = "~/mail"
           ^
    write the whole path
"#);
}

#[test]
fn a_time_to_keep_bodies_has_days_and_an_end() {
    insta::assert_snapshot!(error_message(&format!("keep = \"3 months\"\n{REST}")), @r#"
paperwire.toml:1:8: keep: `3 months` is not a time in days
    keep = "3 months"
           ^
    a number and its unit, as in "90d", "12w" or "36h"
"#);
    insta::assert_snapshot!(error_message(&format!("keep = \"3651d\"\n{REST}")), @r#"
paperwire.toml:1:8: keep: is too long
    keep = "3651d"
           ^
    at most 3650d
"#);
}

#[test]
fn a_sink_of_ntfy_is_told_where_its_address_and_its_token_belong() {
    let body = format!(
        r#"{REST}[[sink]]
name = "phone"
kind = "ntfy"
token = "tk_canary"
topic = "canary"
[[sink]]
name = "tablet"
kind = "ntfy"
token_file = "tk_canaryabcdefghijklmnopqrstuvw"
list = "http://example.org/list"
"#
    );
    let shown = error_message(&body);
    assert!(!shown.contains("canary"), "{shown}");
    insta::assert_snapshot!(shown, @r#"
paperwire.toml:9:1: [[sink]] "phone": `token` would put a secret into this file
    token = …
    ^
    put it into a file of its own and write token_file = "…", or into an environment variable and write token_env = "…"

paperwire.toml:10:1: [[sink]] "phone": `topic` would put a secret into this file
    topic = …
    ^
    put it into a file of its own and write url_file = "…", or into an environment variable and write url_env = "…"

paperwire.toml:11:1: [[sink]] "tablet", url_file: is missing
    [[sink]]
    ^
    a file with the topic's address in it (https://ntfy.sh/mytopic), as in url_file = "/etc/paperwire/ntfy-url", or a variable, as in url_env = "NTFY_URL"

paperwire.toml:14:14: [[sink]] "tablet", token_file: is the secret itself, and this file is no place for it
    token_file = …
                 ^
    a file with the access token in it (tk_…), as in token_file = "/etc/paperwire/ntfy-token", or a variable, as in token_env = "NTFY_TOKEN"

paperwire.toml:15:8: [[sink]] "tablet", list: does not begin with https://
    list = …
           ^
    an https address, as in "https://github.com/owner/list"
"#);
}

#[test]
fn an_unknown_key_of_a_sink_is_answered_with_the_keys_of_its_kind() {
    let body =
        format!("{REST}[[sink]]\nname = \"lab\"\nkind = \"slack\"\nurl_file = \"x\"\ncolour = \"red\"\n");
    let told = error_message(&body);
    let words = "known keys are `name`, `kind`, `url_file`, `url_env`, `allow_private`, `ca_file`";
    assert!(told.contains("unknown key `colour`") && told.contains(words), "{told}");
    assert!(!told.contains("`password_file`"), "{told}");
}
