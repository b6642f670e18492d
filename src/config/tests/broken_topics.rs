use super::error_message;

#[test]
fn a_broken_query_has_its_caret_under_the_place() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = 'ti:"image classification'
[[topic]]
name = "B"
query = """
ti:"a"
AND (abs:b"""
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:5:13: [[topic]] "Image Classification", query: this quote is never closed
    query = 'ti:"image classification'
                ^
    fields are ti: au: abs: co: jr: cat: rn: id: all:, joined by AND, OR, ANDNOT and parentheses

paperwire.toml:10:5: [[topic]] "B", query: this parenthesis is never closed
    AND (abs:b"""
        ^
    fields are ti: au: abs: co: jr: cat: rn: id: all:, joined by AND, OR, ANDNOT and parentheses
"#);
}

#[test]
fn a_broken_query_with_escapes_is_shown_as_it_is_read() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "ti:\"image classification"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:5:9: [[topic]] "Image Classification", query: this quote is never closed
    query = "ti:\"image classification"
            ^
    which reads
    ti:"image classification
       ^
    fields are ti: au: abs: co: jr: cat: rn: id: all:, joined by AND, OR, ANDNOT and parentheses
"#);
}

#[test]
fn a_category_that_finds_nothing_has_its_caret_under_it() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Vision"
query = 'ti:CV AND cat:CV'
[[topic]]
name = "Statistics"
query = "cat:stat.ML OR cat:stat.XX"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:5:24: [[topic]] "Vision", query: `CV` is not a category of arXiv
    query = 'ti:CV AND cat:CV'
                           ^
    did you mean cs.CV or math.CV?

paperwire.toml:8:29: [[topic]] "Statistics", query: `stat.XX` is not a category of arXiv
    query = "cat:stat.ML OR cat:stat.XX"
                                ^
    stat has stat.AP, stat.CO, stat.ME, stat.ML, stat.OT, stat.TH
"#);
}

#[test]
fn two_topics_of_one_name_are_refused() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
[[topic]]
name = "image classification"
query = "all:b"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:7:8: [[topic]] "image classification", name: another topic is named "Image Classification" already
    name = "image classification"
           ^
    a name of its own, not only in capitals: it is the topic's heading and identity
"#);
}

#[test]
fn a_name_that_could_end_its_comment_is_refused() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "A --> B"
query = "all:a"
[[topic]]
name = " C"
query = "all:c"
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:4:8: [[topic]] "A --> B", name: has `--` in it
    name = "A --> B"
           ^
    write one hyphen: two would end the comment that marks the table in the list

paperwire.toml:7:8: [[topic]] " C", name: begins or ends with a space
    name = " C"
           ^
    write "C"
"#);
}

#[test]
fn a_category_is_told_its_archive() {
    let body = r#"
[arxiv]
contact = "you@example.org"
[[topic]]
name = "Image Classification"
query = "cat:cs.CV"
archives = ["cs.CV", "stat", "stat", "asto-ph", "CS"]
"#;
    insta::assert_snapshot!(error_message(body), @r#"
paperwire.toml:6:13: [[topic]] "Image Classification", archives: `cs.CV` is a category; its archive is cs
    archives = ["cs.CV", "stat", "stat", "asto-ph", "CS"]
                ^
    write "cs"

paperwire.toml:6:30: [[topic]] "Image Classification", archives: `stat` is listed twice
    archives = ["cs.CV", "stat", "stat", "asto-ph", "CS"]
                                 ^
    once is enough

paperwire.toml:6:38: [[topic]] "Image Classification", archives: `asto-ph` is not an archive of arXiv
    archives = ["cs.CV", "stat", "stat", "asto-ph", "CS"]
                                         ^
    did you mean "astro-ph"?

paperwire.toml:6:49: [[topic]] "Image Classification", archives: `CS` has capitals in it
    archives = ["cs.CV", "stat", "stat", "asto-ph", "CS"]
                                                    ^
    write "cs"
"#);
}

#[test]
fn a_source_that_is_not_there_is_refused_with_what_may_be_meant() {
    for (sources, words) in [
        ("[\"arxif\"]", "did you mean \"arxiv\"?"),
        ("[\"journal\"]", "known sources are \"arxiv\""),
        ("[]", "names no source"),
        ("[\"https://example.org/secret\"]", "is an address, not the name of a source"),
    ] {
        let body = format!(
            "[arxiv]\ncontact = \"you@example.org\"\n[[topic]]\nname = \"A\"\nquery = \"all:b\"\nsources = {sources}\n"
        );
        let message = error_message(&body);
        assert!(message.contains(words) && !message.contains("secret"), "{message}");
    }
}
