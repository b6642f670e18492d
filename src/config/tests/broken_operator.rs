use std::time::Duration;

use super::{REST, error_message, load_config};
use crate::config::OperatorConfig;

/// A config with a sink and these lines.
fn config_toml_with(lines: &str) -> String {
    format!("{REST}[[sink]]\nname = \"box\"\nkind = \"maildir\"\npath = \"mail\"\n{lines}")
}

#[test]
fn the_operator_is_told_at_a_sink_after_half_a_day_or_when_they_say() {
    let after =
        |lines: &str| load_config(&config_toml_with(lines)).unwrap().operator.map(|operator| operator.after);
    assert_eq!(after(""), None);
    assert_eq!(after("[operator]\nsink = \"box\"\n"), Some(Duration::from_hours(12)));
    assert_eq!(after("[operator]\nsink = \"box\"\nafter = \"2d\"\n"), Some(Duration::from_hours(48)));
    let told_all =
        load_config(&config_toml_with("[operator]\nsink = \"box\"\nafter = \"0s\"\n")).unwrap().operator;
    assert_eq!(told_all, Some(OperatorConfig { sink: "box".into(), after: Duration::ZERO }));
}

#[test]
fn an_operator_who_cannot_be_told_is_told_so() {
    insta::assert_snapshot!(error_message(&config_toml_with("[operator]\nsnk = \"box\"\nafter = \"tomorrow\"\n")), @r#"
paperwire.toml:11:1: [operator]: unknown key `snk`
    snk = …
    ^
    did you mean `sink`?

paperwire.toml:12:9: [operator], after: `tomorrow` is not a time in days
    after = …
            ^
    a number and its unit, as in "90d", "12w" or "36h"
"#);
    insta::assert_snapshot!(error_message(&config_toml_with("[operator]\nsink = \"bax\"\nafter = \"90d\"\n")), @r#"
paperwire.toml:11:8: [operator], sink: no sink is named "bax"
    sink = …
           ^
    did you mean "box"?

paperwire.toml:12:9: [operator], after: is too long
    after = …
            ^
    at most 30d
"#);
    insta::assert_snapshot!(error_message(&config_toml_with("[[operator]]\nsink = \"box\"\n")), @r"
paperwire.toml:10:1: [operator] may be here once, as a section
    [[operator]]
    ^
    write [operator]
");
}
