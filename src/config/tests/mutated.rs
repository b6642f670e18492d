use proptest::prelude::*;

use super::{REST, loaded, told};

/// A config with something of everything, to be broken.
const WHOLE: &str = r#"state = "a.db"
arxiv.contact = "a@b.org"
[[topic]]
name = "Ä \u0042"
query = '''
ti:"x y" AND cat:cs.CV'''
archives = ["cs", "stat"]
[[list]]
file = "a.md"
topics = ["Ä B"]
rows = 0x10
code_hosts = ["gitlab.com"]
"#;

/// An error is lines of plain text, and says in which file.
fn assert_is_told_well(body: &str) {
    let Err(bad) = loaded(body) else { return };
    let told = bad.to_string();
    assert!(told.starts_with("paperwire.toml"), "{told}");
    assert!(!told.chars().any(|c| c.is_control() && c != '\n'), "{told:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_at_all_makes_the_reading_fall_over(body in any::<String>()) {
        assert_is_told_well(&body);
    }

    #[test]
    fn no_change_to_a_good_config_makes_the_reading_fall_over(
        from in 0..WHOLE.len(), bytes in 0..20usize, new in "[ -~\\n\\r\\t\u{80}-\u{2030}]{0,6}",
    ) {
        let from = WHOLE.floor_char_boundary(from);
        let until = WHOLE.floor_char_boundary((from + bytes).min(WHOLE.len()));
        assert_is_told_well(&format!("{}{new}{}", &WHOLE[..from], &WHOLE[until..]));
    }

    #[test]
    fn no_string_value_makes_the_reading_fall_over(value in any::<String>(), key in 0..9usize) {
        let (section, key) = [
            ("", "state"), ("[arxiv]", "contact"), ("[arxiv]", "poll"), ("[arxiv]", "url"), ("[arxiv]", "pace"),
            ("[[topic]]", "name"), ("[[topic]]", "query"), ("[[list]]", "file"), ("[[list]]", "name"),
        ][key];
        assert_is_told_well(&format!("{section}\n{key} = {}", toml::Value::from(value)));
    }
}

#[test]
fn a_config_made_to_exhaust_the_reading_ends_soon() {
    let started = std::time::Instant::now();
    assert!(told(&format!("a = {}", "[".repeat(100_000))).contains("not TOML"));
    assert!(told(&"{".repeat(100_000)).contains("not TOML"));
    assert!(told(&"x.".repeat(100_000)).contains("not TOML"));
    let keys: String = (0..30_000).fold(String::new(), |keys, n| keys + &format!("k{n} = 1\n"));
    assert!(told(&keys).ends_with("and 29982 more"));
    assert!(told(&format!("{REST}{}", "[[topic]]\n".repeat(50_000))).contains("at most 1000"));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
