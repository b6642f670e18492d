use super::{REST, error_message};

#[test]
fn a_secret_in_the_config_is_refused_and_not_shown() {
    let body = format!(
        r#"{REST}[[sink]]
name = "lab"
kind = "slack"
url = "https://hooks.example.org/canary"
[[sink]]
name = "mail"
kind = "email"
server = "smtp://mail.example.org"
user = "papers"
password = "canary"
from = "papers@example.org"
to = ["ada@example.org"]
[[sink]]
name = "hook"
kind = "webhook"
url_env = "HOOK"
secret = "whsec_canary"
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:9:1: [[sink]] "lab": `url` would put a secret into this file
    url = …
    ^
    put it into a file of its own and write url_file = "…", or into an environment variable and write url_env = "…"

paperwire.toml:15:1: [[sink]] "mail": `password` would put a secret into this file
    password = …
    ^
    put it into a file of its own and write password_file = "…", or into an environment variable and write password_env = "…"

paperwire.toml:22:1: [[sink]] "hook": `secret` would put a secret into this file
    secret = …
    ^
    put it into a file of its own and write secret_file = "…", or into an environment variable and write secret_env = "…"
"#);
}

#[test]
fn a_secret_in_the_place_of_its_place_is_refused_and_not_shown() {
    let body = format!(
        r#"{REST}[[sink]]
name = "lab"
kind = "slack"
url_file = "https://hooks.example.org/canary"
[[sink]]
name = "guild"
kind = "discord"
url_env = "https://discord.example.org/canary"
[[sink]]
name = "hook"
kind = "webhook"
url_env = "HOOK"
secret_env = "whsec_canary"
[[sink]]
name = "second"
kind = "webhook"
url_file = "$HOME/canary"
secret_file = 12345678
[[sink]]
name = "third"
kind = "slack"
url_file = "${{CREDENTIALS_DIRECTORY}}/../canary"
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:9:12: [[sink]] "lab", url_file: is the secret itself, and this file is no place for it
    url_file = …
               ^
    a file with the webhook's address in it, as in url_file = "/etc/paperwire/slack-url", or a variable, as in url_env = "SLACK_URL"

paperwire.toml:13:11: [[sink]] "guild", url_env: is not the name of an environment variable, in capitals
    url_env = …
              ^
    a file with the webhook's address in it, as in url_file = "/etc/paperwire/slack-url", or a variable, as in url_env = "SLACK_URL"

paperwire.toml:18:14: [[sink]] "hook", secret_env: is not the name of an environment variable, in capitals
    secret_env = …
                 ^
    a file with the `whsec_…` in it, as in secret_file = "/etc/paperwire/signing", or a variable, as in secret_env = "WEBHOOK_SECRET"

paperwire.toml:22:12: [[sink]] "second", url_file: begins with a variable, and only CREDENTIALS_DIRECTORY is known
    url_file = …
               ^
    write the whole path, or "${CREDENTIALS_DIRECTORY}/name" for a credential of systemd

paperwire.toml:23:15: [[sink]] "second", secret_file: is a number, not a string
    secret_file = …
                  ^
    write it in quotes, as in secret_file = "…"

paperwire.toml:27:12: [[sink]] "third", url_file: names no credential
    url_file = …
               ^
    as in "${CREDENTIALS_DIRECTORY}/smtp", for LoadCredential=smtp:/etc/paperwire/smtp in the unit
"#);
}

#[test]
fn a_secret_in_two_places_is_refused() {
    let body = format!(
        r#"{REST}[[sink]]
name = "lab"
kind = "slack"
url_file = "a"
url_env = "A"
"#
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:10:11: [[sink]] "lab", url_env: url_file is set too
    url_env = …
              ^
    write only one of them
"#);
}

#[test]
fn a_line_with_a_secret_is_not_shown_whatever_else_is_wrong_with_it() {
    let body = format!(
        r#"{REST}
sink = [{{ name = "lab", kind = "slcak", url = "https://hooks.example.org/canary" }}]
"#
    );
    insta::assert_snapshot!(error_message(&body.replace("[arxiv]\n", "").replace("contact", "arxiv.contact")), @r#"
paperwire.toml:6:1: [[topic]] "Image Classification": unknown key `sink`
    sink = …
    ^
    `[[sink]]` belongs at the top of the file, before the first section
"#);
    let body =
        format!("{REST}[[sink]]\nname = \"lab\"\nurl = https://hooks.example.org/canary\npassword canary\n");
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:8:7: not TOML: string values must be quoted, expected literal string
    url = …
          ^

paperwire.toml:9:10: not TOML: key with no value, expected `=`
    …
    ^
"#);
}
