use super::{REST, error_message};

/// What is reported of an email sink with these lines.
fn config_error_for_lines(lines: &str) -> String {
    error_message(&format!("{REST}[[sink]]\nname = \"mail\"\nkind = \"email\"\n{lines}"))
}

#[test]
fn a_server_that_is_none_is_told_what_one_looks_like() {
    let rest = "from = \"a@b.org\"\nto = [\"c@d.org\"]\n";
    for (server, words) in [
        ("mx.example.net:587", "begins with none of smtp://, smtps:// and smtp+plain://"),
        ("smtp+plain://mx.example.net", "would send mail over the network for everyone to read"),
    ] {
        let told = config_error_for_lines(&format!("server = \"{server}\"\n{rest}"));
        assert!(told.contains(words) && !told.contains(server), "{told}");
    }
    insta::assert_snapshot!(config_error_for_lines(&format!("server = \"smtp://bob:canary@mail.example.org\"\n{rest}")), @r#"
paperwire.toml:9:10: [[sink]] "mail", server: has a login in it
    server = …
             ^
    smtp://mail.example.org:587 (STARTTLS), smtps://mail.example.org:465 (TLS) or, on this machine alone, smtp+plain://localhost:25; the login belongs in user and password_file
"#);
    insta::assert_snapshot!(config_error_for_lines(&format!("server = \"smtp://mail.example.org/inbox\"\n{rest}")), @r#"
paperwire.toml:9:10: [[sink]] "mail", server: is not just a host and a port
    server = …
             ^
    smtp://mail.example.org:587 (STARTTLS), smtps://mail.example.org:465 (TLS) or, on this machine alone, smtp+plain://localhost:25
"#);
}

#[test]
fn an_address_that_is_none_is_told_and_not_shown() {
    let lines = r#"server = "smtps://mail.example.org"
from = "canary"
to = ["canary@example.org", "Canary <canary@>",
  "CANARY@example.org", "canary@example.org\r\nBcc: canary@example.net"]
"#;
    insta::assert_snapshot!(config_error_for_lines(lines), @r#"
paperwire.toml:10:8: [[sink]] "mail", from: has no `@` in it
    from = …
           ^
    as in "Ada <ada@example.org>" or "ada@example.org"

paperwire.toml:11:29: [[sink]] "mail", to: has no host's name behind its `@`
    to = …
         ^
    as in "Ada <ada@example.org>" or "ada@example.org"

paperwire.toml:12:3: [[sink]] "mail", to: names one address twice
    …
    ^
    once is enough: each gets one mail

paperwire.toml:12:25: [[sink]] "mail", to: has a line break or control character in it
    …
    ^
    as in "Ada <ada@example.org>" or "ada@example.org"
"#);
    let lines = "server = \"smtps://mail.example.org\"\nfrom = \"a@b.org\"\nto = []\n";
    insta::assert_snapshot!(config_error_for_lines(lines), @r#"
paperwire.toml:11:6: [[sink]] "mail", to: names nobody
    to = …
         ^
    as in to = ["ada@example.org"]
"#);
}

#[test]
fn a_user_and_a_password_belong_together() {
    let rest = "server = \"smtps://mail.example.org\"\nfrom = \"a@b.org\"\nto = [\"c@d.org\"]\n";
    insta::assert_snapshot!(config_error_for_lines(&format!("{rest}user = \"canary\"\n")), @r#"
paperwire.toml:12:8: [[sink]] "mail", user: has no password
    user = …
           ^
    add password_file or password_env; a server that asks for no password needs no user
"#);
    insta::assert_snapshot!(config_error_for_lines(&format!("{rest}password_env = \"SMTP\"\n")), @r#"
paperwire.toml:6:1: [[sink]] "mail", user: is missing
    [[sink]]
    ^
    whom to log in as, as in user = "papers"; or no password
"#);
}

#[test]
fn a_link_that_no_reader_could_follow_is_refused() {
    let lines = r#"server = "smtps://mail.example.org"
from = "a@b.org"
to = ["c@d.org"]
list = "http://example.org/list"
unsubscribe = "leave@example.org"
"#;
    insta::assert_snapshot!(config_error_for_lines(lines), @r#"
paperwire.toml:12:8: [[sink]] "mail", list: does not begin with https://
    list = …
           ^
    an https address, as in "https://github.com/owner/list"

paperwire.toml:13:15: [[sink]] "mail", unsubscribe: does not begin with https://
    unsubscribe = …
                  ^
    an address to click or to write to, as in "https://example.org/leave" or "mailto:papers@example.org?subject=leave"
"#);
}
