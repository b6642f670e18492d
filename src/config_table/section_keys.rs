//! The keys that one kind of section may have, and which of them a person may have meant.

use super::did_you_mean::nearest_name;

/// The keys that one kind of section may have.
#[derive(Debug)]
pub(crate) struct ConfigSectionSchema {
    /// As it is written: `[arxiv]`, `[[topic]]`; empty for the top of the file.
    pub(crate) title: &'static str,
    /// The section's keys, in the order in which messages list them.
    pub(crate) keys: &'static [&'static str],
    /// Keys whose value would be a secret, each with the stem of the two keys that name its file or variable:
    /// `password` and `pass` with `password`, for `password_file` and `password_env`.
    pub(crate) secrets: &'static [(&'static str, &'static str)],
}

impl ConfigSectionSchema {
    /// What would be right in the place of a key that it does not have; `fit` are those of its keys that may be meant, `all`
    /// the kinds of sections of the file.
    pub(super) fn suggest_key(&self, key: &str, fit: &[&str], all: &[&ConfigSectionSchema]) -> String {
        if let Some(near) = nearest_name(key, fit.iter().copied()) {
            return format!("did you mean {}?", self.format_key_for_hint(near, all));
        }
        let homes: Vec<&ConfigSectionSchema> =
            all.iter().filter(|kind| kind.keys.contains(&key)).copied().collect();
        match homes.first() {
            Some(home) if home.title.is_empty() => {
                format!(
                    "{} belongs at the top of the file, before the first section",
                    home.format_key_for_hint(key, all)
                )
            }
            Some(_) => {
                let titles: Vec<&str> = homes.iter().map(|home| home.title).collect();
                format!("`{key}` belongs in {}", titles.join(" or "))
            }
            None => {
                let keys: Vec<String> = fit.iter().map(|key| self.format_key_for_hint(key, all)).collect();
                format!("known keys are {}", keys.join(", "))
            }
        }
    }

    /// A key as it is written in the file: `query`, or `[[topic]]` if it opens a section.
    fn format_key_for_hint(&self, key: &str, all: &[&ConfigSectionSchema]) -> String {
        let is_opening = |kind: &&&ConfigSectionSchema| {
            self.title.is_empty() && kind.title.trim_matches(['[', ']']) == key
        };
        let section = all.iter().find(is_opening);
        section.map_or_else(|| format!("`{key}`"), |kind| format!("`{}`", kind.title))
    }
}
