use super::error_message;

#[test]
fn an_unknown_key_is_told_the_one_that_may_be_meant() {
    let body = r#"
[arxiv]
contact = "you@example.org"
patence = "10m"
[[topic]]
name = "Image Classification"
qurey = "cat:cs.CV"
[[topics]]
name = "B"
[[list]]
files = "a.md"
colour = "red"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:1: [arxiv]: unknown key `patence`
    patence = …
    ^
    did you mean `patience`?

paperwire.toml:6:1: [[topic]] "Image Classification": unknown key `qurey`
    qurey = …
    ^
    did you mean `query`?

paperwire.toml:7:3: unknown key `topics`
    [[topics]]
      ^
    did you mean `[[topic]]`?

paperwire.toml:10:1: [[list]] number 1: unknown key `files`
    files = …
    ^
    did you mean `file`?

paperwire.toml:11:1: [[list]] number 1: unknown key `colour`
    colour = …
    ^
    known keys are `file`, `topics`, `rows`, `name`, `code_hosts`, `columns`, `archive`, `feed`, `bibtex`, `page`, `repository`, `base`, `branch`, `user`, `token_file`, `token_env`, `app_id`, `key_file`, `key_env`, `forge`, `api`, `project`, `labels`, `reviewers`, `title`, `draft`, `direct`, `commit_message`, `signoff`
"#);
}

#[test]
fn a_key_in_the_wrong_section_is_told_where_it_belongs() {
    let body = r#"
page = 100
[arxiv]
contact = "you@example.org"
state = "a.db"
rows = 7
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[arxiv.topic]
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:1:1: unknown key `page`
    page = …
    ^
    `page` belongs in [arxiv] or [[list]]

paperwire.toml:4:1: [arxiv]: unknown key `state`
    state = …
    ^
    `state` belongs at the top of the file, before the first section

paperwire.toml:5:1: [arxiv]: unknown key `rows`
    rows = …
    ^
    `rows` belongs in [[list]]

paperwire.toml:9:8: [arxiv]: unknown key `topic`
    [arxiv.topic]
           ^
    `[[topic]]` belongs at the top of the file, before the first section
"#);
}

#[test]
fn what_stands_behind_an_unknown_key_is_not_shown() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[sinks]] # s3cret
kind = "slack"
url = "https://hooks.example.org/T0/B0/s3cret"
[owner]
password = "s3cret"
"#;
    insta::assert_snapshot!(error_message(body), @"
paperwire.toml:6:3: unknown key `sinks`
    [[sinks]]
      ^
    did you mean `[[sink]]`?

paperwire.toml:9:2: unknown key `owner`
    [owner]
     ^
    known keys are `state`, `keep`, `[arxiv]`, `[http]`, `[[source]]`, `[[topic]]`, `[[list]]`, `[[sink]]`, `[[subscription]]`, `[operator]`
");
}

#[test]
fn a_key_that_stands_in_several_sections_is_told_all_of_them() {
    let body = r#"
[arxiv]
contact = "you@example.org"
topics = ["Image Classification"]
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[list]]
file = "a.md"
list = "https://example.org"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:1: [arxiv]: unknown key `topics`
    topics = …
    ^
    `topics` belongs in [[list]] or [[subscription]]

paperwire.toml:9:1: [[list]] "a.md": unknown key `list`
    list = …
    ^
    `[[list]]` belongs at the top of the file, before the first section
"#);
}

#[test]
fn a_missing_key_is_told_at_its_section() {
    let body = r#"
[arxiv]
poll = "0 8 * * *"
[[topic]]
archives = ["cs"]
[[list]]
rows = 3
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:1:1: [arxiv], contact: is missing
    [arxiv]
    ^
    your mail address or a page about you, as arXiv asks: contact = "you@example.org"

paperwire.toml:3:1: [[topic]] number 1, name: is missing
    [[topic]]
    ^
    a heading for the list, as in name = "Image Classification"

paperwire.toml:3:1: [[topic]] number 1, query: is missing
    [[topic]]
    ^
    arXiv's search expression, as in query = 'ti:"image classification"'

paperwire.toml:5:1: [[list]] number 1, file: is missing
    [[list]]
    ^
    the Markdown file to keep, as in file = "papers/README.md"
"#);
}

#[test]
fn a_file_without_anything_is_told_what_it_needs() {
    insta::assert_snapshot!(error_message(""), @r#"
paperwire.toml: [arxiv], contact: is missing
    your mail address or a page about you, as arXiv asks: contact = "you@example.org"

paperwire.toml: has no [[topic]]
    a topic says what is watched:
        [[topic]]
        name = "Image Classification"
        query = 'ti:"image classification"'
"#);
}

#[test]
fn a_section_of_the_wrong_shape_is_told_its_brackets() {
    let body = r#"
[[arxiv]]
contact = "a"
[topic]
name = "A"
[list]
file = "a.md"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:1:1: [arxiv] may be here once, as a section
    [[arxiv]]
    ^
    write [arxiv]

paperwire.toml:3:1: `topic` is not a list of sections
    [topic]
    ^
    write [[topic]], with two brackets

paperwire.toml:5:1: `list` is not a list of sections
    [list]
    ^
    write [[list]], with two brackets
"#);
}

#[test]
fn a_value_of_the_wrong_kind_is_told_how_to_write_it() {
    let body = r#"
state = 1
keep = 90
[arxiv]
contact = true
poll = ["15 */6 * * *"]
pace = 3
page = "200"
[[topic]]
name = 1979-05-27
query = {}
archives = "cs"
[[list]]
file = 1.5
rows = -1
topics = [1]
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:1:9: state: is a number, not a string
    state = 1
            ^
    write it in quotes, as in state = "papers/paperwire.db"

paperwire.toml:2:8: keep: is a number, not a string
    keep = 90
           ^
    write it in quotes, as in keep = "90d"

paperwire.toml:4:11: [arxiv], contact: is true or false, not a string
    contact = true
              ^
    write it in quotes, as in contact = "…"

paperwire.toml:5:8: [arxiv], poll: is a list, not a string
    poll = ["15 */6 * * *"]
           ^
    write it in quotes, as in poll = "15 */6 * * *"

paperwire.toml:6:8: [arxiv], pace: is a number, not a string
    pace = 3
           ^
    write it in quotes, as in pace = "3s"

paperwire.toml:7:8: [arxiv], page: is a string, not a whole number
    page = "200"
           ^
    a number from 1 to 2000, as in page = 200

paperwire.toml:9:8: [[topic]] number 1, name: is a date or time, not a string
    name = 1979-05-27
           ^
    write it in quotes, as in name = "…"

paperwire.toml:10:9: [[topic]] number 1, query: is a section, not a string
    query = {}
            ^
    write it in quotes, as in query = "…"

paperwire.toml:11:12: [[topic]] number 1, archives: is a string, not a list of strings
    archives = "cs"
               ^
    write it in brackets, as in archives = ["…"]

paperwire.toml:13:8: [[list]] number 1, file: is a number, not a string
    file = 1.5
           ^
    write it in quotes, as in file = "…"

paperwire.toml:14:8: [[list]] number 1, rows: -1 is out of range
    rows = -1
           ^
    a number from 1 to 100000, as in rows = 200

paperwire.toml:15:11: [[list]] number 1, topics: is a number, not a string
    topics = [1]
              ^
    write it in quotes, as in topics = ["…"]
"#);
}

#[test]
fn what_is_not_toml_is_told_where_it_breaks() {
    let body = r#"
state = papers
[arxiv
contact = "a
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:1:9: not TOML: string values must be quoted, expected literal string
    state = papers
            ^

paperwire.toml:2:7: not TOML: unclosed table, expected `]`
    [arxiv
          ^
"#);
}

#[test]
fn a_key_that_stands_twice_is_told_where() {
    let body = r#"
[arxiv]
contact = "you@example.org"
contact = "b"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:3:1: not TOML: duplicate key
    contact = "b"
    ^
"#);
}
