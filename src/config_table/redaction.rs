//! Which part of a config's line an error may show: no secret, and nobody's mail address, whatever else
//! is wrong with the line.

use toml::de::DeTable;

/// The sections that have nothing delicate.
const OPEN_SECTIONS: [&str; 4] = ["arxiv", "topic", "list", "subscription"];

/// What may be shown in any other section.
const OPEN_KEYS: [&str; 7] = ["name", "kind", "path", "allow_private", "ca_file", "every", "keep"];

/// What is in the names of keys whose values are secret, right or wrong.
const SECRET_WORDS: [&str; 6] = ["sink", "pass", "secret", "token", "hook", "url"];

/// Keys whose values are about persons.
const PRIVATE_KEYS: [&str; 4] = ["user", "from", "to", "unsubscribe"];

/// The part of a line that may be shown, its comment perhaps left out; none where none of its values may.
/// `before` is the file up to the line.
pub(super) fn secret_free_line_part<'l>(before: &str, line: &'l str) -> Option<&'l str> {
    if let Some(header) = toml_section_header(line) {
        // In quotes it may be a list's first string.
        return Some(header).filter(|header| !header.contains(['"', '\'']));
    }
    let section = before.lines().rev().find_map(toml_section_header).map(config_section_name);
    let names_a_sink = section == Some("subscription") && !line.contains('{');
    let is_delicate = |key: &str| is_sensitive(key, section) && !(names_a_sink && key == "sink");
    let is_open = match section {
        // In the place of a sink's name, its address may be by mistake.
        Some("subscription") => !line.contains("://"),
        Some(section) if !OPEN_SECTIONS.contains(&section) => has_only_nonsecret_keys(line),
        Some(_) | None => true,
    };
    (is_open && !config_keys_in_line(line).any(is_delicate)).then_some(line)
}

/// Whether the line is whole, has no comment, and is about nothing but a key that may be shown.
fn has_only_nonsecret_keys(line: &str) -> bool {
    let is_open = |table: DeTable| table.keys().all(|key| OPEN_KEYS.contains(&key.get_ref().as_ref()));
    !line.contains('#') && DeTable::parse(line).is_ok_and(|table| is_open(table.into_inner()))
}

/// `[[sink]]`, without a comment behind it, closed or not.
fn toml_section_header(line: &str) -> Option<&str> {
    let inner = line.trim_start().strip_prefix('[')?.trim_start_matches('[');
    let name = inner.split(']').next().unwrap_or_default();
    let rest = inner[name.len()..].trim_start_matches(']');
    let is_header = !name.trim().is_empty()
        && name.chars().all(|c| is_key_char(c) || c == ' ' || c == '\t')
        && (rest.trim_start().is_empty() || rest.trim_start().starts_with('#'));
    is_header.then(|| line[..line.len() - rest.len()].trim_end())
}

/// `sink` of `[[sink]]` and of `[sink.lab]`.
fn config_section_name(header: &str) -> &str {
    let inner = header.trim_matches(|c: char| "[]\"' \t".contains(c));
    inner.split('.').next().unwrap_or_default().trim_matches(|c: char| "\"' \t".contains(c))
}

/// What is before each `=`.
fn config_keys_in_line(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('=').map(|(at, _)| {
        let before = line[..at].trim_end();
        before.rsplit(|c| !is_key_char(c)).next().unwrap_or_default()
    })
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'')
}

fn is_sensitive(key: &str, section: Option<&str>) -> bool {
    let key = key.to_ascii_lowercase();
    let is_arxivs = section == Some("arxiv") || key.starts_with("arxiv.");
    SECRET_WORDS.iter().any(|word| key.contains(word) && !(is_arxivs && *word == "url"))
        || key.split('.').any(|part| PRIVATE_KEYS.contains(&part.trim_matches(['"', '\''])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_where_nothing_delicate_can_stand() {
        for (before, line) in [
            ("", "state = 'a.db'"),
            ("[arxiv]", "url = 'http://x'"),
            ("", "arxiv.url = 'http://x'"),
            ("[[topic]]", "query = 'ti:\"secret sharing\"'"),
            ("[[sink]]\nname = 'a'\n[[topic]]", "AND (abs:b\"\"\""),
            ("[[sink]]", "kind = 'slcak'"),
            ("[[source]]", "every = '5m'"),
            ("[[subscription]]", "sink = 'lab'"),
        ] {
            assert_eq!(secret_free_line_part(before, line), Some(line), "{line}");
        }
    }

    #[test]
    fn a_line_with_what_may_be_delicate_is_not_shown() {
        for (before, line) in [
            ("[[sink]]", "url = https://hooks"),
            ("[[sink]]", "url https://hooks"),
            ("[[source]]", "url = 'https://feed'"),
            ("[[source]]", "every = '5m' # https://feed"),
            ("[[sink]]", "server = \"smtp://ada:hunter2"),
            ("[[sink]]", "kind = 'webhooecret = 'hunter2'"),
            ("[[sink]]", "kind = 'slack' 'https://hooks'"),
            ("[[sink]]", "kind = 'slack' # https://hooks"),
            ("[[sink]]", "kind = { url = 'https://hooks' }"),
            ("[[sink]]", "name = 'a', url = 'https://hooks'"),
            ("[[sink]", "password hunter2"),
            ("[ \"sink\" . lab ] # now", "hunter2"),
            ("[[sinks]]", "\"ada@example.org\","),
            ("[mail]", "address = 'ada@example.org'"),
            ("", "sink = [{ name = 'a' }]"),
            ("", "{ name = 'a', url = 'https://hooks' },"),
            ("[[subscription]]", "sink = 'https://hooks'"),
            ("[[subscription]]", "s,ink = 'https://hooks'"),
            ("[[subscription]]", "sink = [{ a = 'https://hooks' }]"),
            ("[[list]]", "SMTP_PASSWORD = 'hunter2'"),
            ("[[subscription]]", "\"to\" = 'ada@example.org'"),
            ("[[topic]]", "smtp.'from'= 'ada@example.org'"),
            ("[[sink]]\nto = [", "[\"ada@example.org\"],"),
            ("[[sink]]\nto =", "[ \"hunter2\""),
        ] {
            assert_eq!(secret_free_line_part(before, line), None, "{line}");
        }
    }

    #[test]
    fn a_sections_name_is_shown_and_its_comment_is_not() {
        assert_eq!(secret_free_line_part("", " [[sink]] # hunter2"), Some(" [[sink]]"));
        assert_eq!(secret_free_line_part("", "[sink"), Some("[sink"));
    }
}
