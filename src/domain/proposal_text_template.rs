//! What a commit or a pull request's title says, with counts and topics in their places.

use std::fmt;

/// A text with places for what a change brings: `{new}`, `{replaced}`, `{published}` and `{topics}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalTextTemplate(String);

/// What a change brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProposalCounts {
    /// Papers that the list does not have.
    pub new: usize,
    /// Papers that it has in another version.
    pub replaced: usize,
    /// Preprints that appeared in a journal.
    pub published: usize,
}

/// A name in braces that is none of the places.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("has {{{0}}}, which is no place for anything")]
pub struct UnknownPlaceError(pub String);

impl ProposalTextTemplate {
    /// The places, as they are written.
    pub const PLACES: [&str; 4] = ["{new}", "{replaced}", "{published}", "{topics}"];

    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, UnknownPlaceError> {
        let mut rest = text;
        while let Some((_, behind)) = rest.split_once('{') {
            let (name, behind) =
                behind.split_once('}').ok_or_else(|| UnknownPlaceError(behind.to_owned()))?;
            if !Self::PLACES.contains(&format!("{{{name}}}").as_str()) {
                return Err(UnknownPlaceError(name.to_owned()));
            }
            rest = behind;
        }
        Ok(Self(text.to_owned()))
    }

    /// The text for a change that brings so much to these topics.
    pub fn fill(&self, counts: ProposalCounts, topics: &[&str]) -> String {
        // Topics last: a name may look like a place.
        self.0
            .replace("{new}", &counts.new.to_string())
            .replace("{replaced}", &counts.replaced.to_string())
            .replace("{published}", &counts.published.to_string())
            .replace("{topics}", &topics.join(", "))
    }
}

impl fmt::Display for ProposalTextTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_filled_and_no_other_is_taken() {
        let template = ProposalTextTemplate::parse("{new} new, {replaced} replaced in {topics}").unwrap();
        let counts = ProposalCounts { new: 3, replaced: 1, published: 0 };
        assert_eq!(
            template.fill(counts, &["Nets {new}", "Vision"]),
            "3 new, 1 replaced in Nets {new}, Vision"
        );
        assert_eq!(ProposalTextTemplate::parse("plain").unwrap().fill(counts, &[]), "plain");
        for (text, name) in [("{news}", "news"), ("{}", ""), ("{new} {", ""), ("{new", "new")] {
            assert_eq!(ProposalTextTemplate::parse(text), Err(UnknownPlaceError(name.to_owned())), "{text}");
        }
    }
}
