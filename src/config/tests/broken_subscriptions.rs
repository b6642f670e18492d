use super::{REST, error_message};

/// What is reported of subscriptions, next to a good sink.
fn config_error_for_lines(lines: &str) -> String {
    error_message(&format!("{REST}[[sink]]\nname = \"box\"\nkind = \"maildir\"\npath = \"mail\"\n{lines}"))
}

#[test]
fn a_subscription_without_its_keys_is_told_what_it_needs() {
    insta::assert_snapshot!(config_error_for_lines("[[subscription]]\n"), @r#"
paperwire.toml:10:1: [[subscription]] number 1, sink: is missing
    [[subscription]]
    ^
    the name of the [[sink]] that is told, as in sink = "lab"

paperwire.toml:10:1: [[subscription]] number 1, when: is missing
    [[subscription]]
    ^
    a crontab line, as in "0 8 * * Mon-Fri", or "now"
"#);
}

#[test]
fn a_subscription_to_an_unknown_sink_or_topic_is_told_the_one_that_may_be_meant() {
    let lines = r#"[[subscription]]
sink = "bax"
when = "now"
topics = ["Image Clasification"]
[[subscription]]
sink = "https://hooks.example.org/canary"
when = "now"
topics = []
"#;
    insta::assert_snapshot!(config_error_for_lines(lines), @r#"
paperwire.toml:11:8: [[subscription]] "bax", sink: no sink is named "bax"
    sink = "bax"
           ^
    did you mean "box"?

paperwire.toml:13:11: [[subscription]] "bax", topics: no topic is named "Image Clasification"
    topics = ["Image Clasification"]
              ^
    did you mean "Image Classification"?

paperwire.toml:15:8: [[subscription]] number 2, sink: is an address, not the name of a sink
    sink = …
           ^
    an address belongs into a [[sink]], and its name here

paperwire.toml:17:10: [[subscription]] number 2, topics: names no topic
    topics = []
             ^
    leave the key away for all topics
"#);
    insta::assert_snapshot!(error_message(&format!("{REST}[[subscription]]\nsink = \"lab\"\nwhen = \"now\"\n")), @r#"
paperwire.toml:7:8: [[subscription]] "lab", sink: no sink is named "lab"
    sink = "lab"
           ^
    write a [[sink]] of that name
"#);
}

#[test]
fn a_sink_with_another_mistake_is_still_known_to_its_subscription() {
    let body = format!(
        "{REST}[[sink]]\nname = \"lab\"\nkind = \"slak\"\n[[subscription]]\nsink = \"lab\"\nwhen = \"now\"\n"
    );
    insta::assert_snapshot!(error_message(&body), @r#"
paperwire.toml:8:8: [[sink]] "lab", kind: `slak` is not known here
    kind = "slak"
           ^
    did you mean "slack"?
"#);
}

#[test]
fn a_time_that_is_none_is_told_what_one_looks_like() {
    let lines = r#"[[subscription]]
sink = "box"
when = "daily"
timezone = "Berlin"
[[subscription]]
name = "b"
sink = "box"
when = "Now"
timezone = "+01:00"
[[subscription]]
name = "c"
sink = "box"
when = "0 8 31 feb *"
"#;
    insta::assert_snapshot!(config_error_for_lines(lines), @r#"
paperwire.toml:12:8: [[subscription]] "box", when: a crontab line has five fields, minute hour day-of-month month day-of-week, and this one has 1
    when = "daily"
           ^
    a crontab line, as in "0 8 * * Mon-Fri", or "now"

paperwire.toml:13:12: [[subscription]] "box", timezone: no time zone is named "Berlin"
    timezone = "Berlin"
               ^
    did you mean "Europe/Berlin"?

paperwire.toml:17:8: [[subscription]] "b", when: `Now` is not known here
    when = "Now"
           ^
    did you mean "now"?

paperwire.toml:18:12: [[subscription]] "b", timezone: no time zone is named "+01:00"
    timezone = "+01:00"
               ^
    a name of the IANA database, as in "Europe/Berlin", "America/New_York" or "UTC"

paperwire.toml:22:8: [[subscription]] "c", when: day of month is 31 and month is feb: there is no such day in any year
    when = "0 8 31 feb *"
           ^
    a crontab line, as in "0 8 * * Mon-Fri", or "now"
"#);
}

#[test]
fn a_word_that_is_not_known_is_told_those_that_are() {
    let lines = r#"[[subscription]]
sink = "box"
when = "now"
include = ["new", "replacements", "papers", "new"]
empty = "sayso"
first = 101
[[subscription]]
name = "b"
sink = "box"
when = "now"
include = []
empty = "never"
first = "5"
"#;
    insta::assert_snapshot!(config_error_for_lines(lines), @r#"
paperwire.toml:13:19: [[subscription]] "box", include: `replacements` is not known here
    include = ["new", "replacements", "papers", "new"]
                      ^
    did you mean "replacement"?

paperwire.toml:13:35: [[subscription]] "box", include: `papers` is not known here
    include = ["new", "replacements", "papers", "new"]
                                      ^
    one of "new", "replacement", "published"

paperwire.toml:13:45: [[subscription]] "box", include: `new` is listed twice
    include = ["new", "replacements", "papers", "new"]
                                                ^
    once is enough

paperwire.toml:14:9: [[subscription]] "box", empty: `sayso` is not known here
    empty = "sayso"
            ^
    did you mean "say so"?

paperwire.toml:15:9: [[subscription]] "box", first: 101 is out of range
    first = 101
            ^
    a number from 0 to 100, as in first = 0

paperwire.toml:20:11: [[subscription]] "b", include: names no news
    include = []
              ^
    as in include = ["new", "replacement"]

paperwire.toml:21:9: [[subscription]] "b", empty: `never` is not known here
    empty = "never"
            ^
    one of "skip", "say so"

paperwire.toml:22:9: [[subscription]] "b", first: is a string, not a whole number
    first = "5"
            ^
    a number from 0 to 100, as in first = 0
"#);
}

#[test]
fn two_subscriptions_of_one_name_are_refused() {
    let lines = r#"[[subscription]]
sink = "box"
when = "now"
[[subscription]]
sink = "box"
when = "@weekly"
[[subscription]]
name = "Box"
sink = "box"
when = "@weekly"
"#;
    insta::assert_snapshot!(config_error_for_lines(lines), @r#"
paperwire.toml:14:8: [[subscription]] "box", sink: another subscription is named "box" already
    sink = "box"
           ^
    without a name it is named after its sink; give it one of its own, as in name = "weekly"

paperwire.toml:17:8: [[subscription]] "Box", name: another subscription is named "box" already
    name = "Box"
           ^
    a name of its own, not only in capitals: it is the subscription's identity
"#);
}
