use super::error_message;

#[test]
fn a_broken_crontab_is_told_what_one_looks_like() {
    let body = r#"
[arxiv]
contact = "a"
poll = "every day"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:8: [arxiv], poll: a crontab line has five fields, minute hour day-of-month month day-of-week, and this one has 2
    poll = "every day"
           ^
    as in "15 */6 * * *", four times a day
"#);
}

#[test]
fn a_control_character_in_a_crontab_does_not_reach_the_terminal() {
    let told = error_message("[arxiv]\ncontact = \"a\"\npoll = \"\\u009B2J 0 * * *\"\n");
    assert!(told.contains("minute is \u{fffd}2J: ") && !told.contains('\u{9b}'), "{told}");
}

#[test]
fn what_could_break_the_request_header_is_refused() {
    let body = r#"
[arxiv]
contact = "a@b.org\r\nX-Evil: 1"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:2:11: [arxiv], contact: goes into a request header, which takes no line break, control or non-ASCII character
    contact = "a@b.org\r\nX-Evil: 1"
              ^
    a mail address or a page, as in "you@example.org"
"#);
}

#[test]
fn an_address_that_cannot_be_asked_is_refused() {
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "export.arxiv.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:7: [arxiv], url: is not an address
    url = "export.arxiv.org"
          ^
    as in "https://export.arxiv.org/api/query"
"#);
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "ftp://export.arxiv.org/x"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:7: [arxiv], url: begins with `ftp:`, not http: or https:
    url = "ftp://export.arxiv.org/x"
          ^
    as in "https://export.arxiv.org/api/query"
"#);
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "https://ada:s3cret@localhost/"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:7: [arxiv], url: has a user or password in it; an address here is shown in logs, so take them out
    url = …
          ^
    as in "https://export.arxiv.org/api/query"
"#);
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "http:ada:s3cret@localhost"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:7: [arxiv], url: has a user or password in it; an address here is shown in logs, so take them out
    url = …
          ^
    as in "https://export.arxiv.org/api/query"
"#);
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "http://localhost/?key=s3cret"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:7: [arxiv], url: has a `?` in it; the query is added to it
    url = …
          ^
    as in "https://export.arxiv.org/api/query"
"#);
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "http://localhost/#x"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:7: [arxiv], url: has a `#` in it, which no server gets to see
    url = "http://localhost/#**
          ^
    as in "https://export.arxiv.org/api/query"
"#);
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "http://"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:7: [arxiv], url: is not an address
    url = "http://"
          ^
    as in "https://export.arxiv.org/api/query"
"#);
}

#[test]
fn arxivs_own_pace_cannot_be_lowered() {
    let body = r#"
[arxiv]
contact = "you@example.org"
pace = "1s"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:8: [arxiv], pace: 1s between requests is less than arXiv's terms allow
    pace = "1s"
           ^
    at least 3s; only for a `url` that is not arXiv's own may it be less
"#);
}

#[test]
fn a_time_out_of_bounds_is_refused() {
    let body = r#"
[arxiv]
contact = "you@example.org"
url = "http://localhost"
pace = "2h"
patience = "0s"
page = 2001
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:4:8: [arxiv], pace: is too long
    pace = "2h"
           ^
    at most 1h

paperwire.toml:5:12: [arxiv], patience: is no time at all
    patience = "0s"
               ^
    more than 0s and at most 24h

paperwire.toml:6:8: [arxiv], page: 2001 is out of range
    page = 2001
           ^
    a number from 1 to 2000, as in page = 200
"#);
}

#[test]
fn a_duration_without_unit_is_told_how_to_write_it() {
    let body = r#"
[arxiv]
contact = "you@example.org"
pace = "3"
patience = "25h"
page = 0
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:8: [arxiv], pace: `3` is not a duration
    pace = "3"
           ^
    a number and its unit, as in "500ms", "3s", "10m" or "1h 30m"

paperwire.toml:4:12: [arxiv], patience: is too long
    patience = "25h"
               ^
    more than 0s and at most 24h

paperwire.toml:5:8: [arxiv], page: 0 is out of range
    page = 0
           ^
    a number from 1 to 2000, as in page = 200
"#);
}
