//! What a search asks for, as its form sends it.

use axum::http::Uri;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::render::page::{SearchForm, percent_encode};
use crate::store::SearchQuery;

/// Characters of the words to look for.
const WORDS_CHARS_MAX: usize = 200;

/// Words to look for; each costs a walk of the index.
const WORDS_MAX: usize = 16;

/// The longest name of a topic and of a category that the configuration or arXiv has.
const NAME_CHARS_MAX: usize = 200;

/// The form's fields; one that is not there is empty.
#[derive(Debug, Default)]
pub(super) struct SearchParams {
    q: String,
    topic: String,
    category: String,
    since: String,
    until: String,
    code: String,
    behind: String,
    live: String,
}

impl SearchParams {
    /// The fields of an address. What the form does not send is nothing to it.
    pub(super) fn from_uri(uri: &Uri) -> Self {
        let mut params = Self::default();
        for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let field = match &*name {
                "q" => &mut params.q,
                "topic" => &mut params.topic,
                "category" => &mut params.category,
                "since" => &mut params.since,
                "until" => &mut params.until,
                "code" => &mut params.code,
                "behind" => &mut params.behind,
                "live" => &mut params.live,
                _ => continue,
            };
            *field = value.into_owned();
        }
        params
    }

    /// Whether the script asks while somebody types.
    pub(super) fn is_live_search(&self) -> bool {
        !self.live.is_empty()
    }

    /// What the page shows in its form.
    pub(super) fn to_search_page_form(&self) -> SearchForm {
        SearchForm {
            q: self.q.clone(),
            topic: self.topic.clone(),
            category: self.category.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            code: !self.code.is_empty(),
        }
    }

    /// What the store is asked for; in words what is wrong, if something is.
    pub(super) fn to_search_query(&self) -> Result<SearchQuery, String> {
        if self.q.chars().count() > WORDS_CHARS_MAX {
            return Err(format!("This is too long: at most {WORDS_CHARS_MAX} characters."));
        }
        let words: Vec<String> = self.q.split_whitespace().map(str::to_owned).collect();
        if words.len() > WORDS_MAX {
            return Err(format!("These are too many words: at most {WORDS_MAX}."));
        }
        if [&self.topic, &self.category].iter().any(|name| name.chars().count() > NAME_CHARS_MAX) {
            return Err("No topic and no category has so long a name.".to_owned());
        }
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(SearchQuery {
            is_last_word_prefix: self.is_live_search() && !self.q.ends_with(char::is_whitespace),
            words,
            topic: Some(self.topic.clone()).filter(|topic| !topic.is_empty()),
            category: some(&self.category),
            since: parse_day(&self.since)?
                .and_then(|day| day.to_zoned(TimeZone::UTC).ok())
                .map(|day| day.timestamp()),
            until: parse_day(&self.until)?
                .and_then(|day| day.checked_add(1.day()).ok()?.to_zoned(TimeZone::UTC).ok())
                .map(|day| day.timestamp()),
            with_code: !self.code.is_empty(),
            cursor: match self.behind.as_str() {
                "" => None,
                place => Some(place.parse().map_err(|_| "There is no such page of the answer.".to_owned())?),
            },
        })
    }

    /// The address of what was found behind that place.
    pub(super) fn older_page_url(&self, place: i64) -> String {
        let code = if self.code.is_empty() { "" } else { "1" };
        let place = place.to_string();
        let fields = [
            ("q", self.q.as_str()),
            ("topic", &self.topic),
            ("category", &self.category),
            ("since", &self.since),
            ("until", &self.until),
            ("code", code),
            ("behind", &place),
        ];
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        let parts: Vec<_> = given.map(|(name, value)| format!("{name}={}", percent_encode(value))).collect();
        format!("/search?{}", parts.join("&"))
    }
}

fn parse_day(text: &str) -> Result<Option<Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || "A day is written like 2025-03-26.".to_owned();
    if text.len() > "2025-03-26".len() { Err(wrong()) } else { text.parse().map(Some).map_err(|_| wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_params(query: &str) -> SearchParams {
        SearchParams::from_uri(&format!("/search?{query}").parse().unwrap())
    }

    #[test]
    fn a_form_is_read_as_it_is_sent() {
        let fields = parse_params(
            "q=deep+n%C3%A9t&topic=A+%26+B&category=cs.CV&since=2025-03-01&until=2025-03-02&code=1",
        );
        let sought = fields.to_search_query().unwrap();
        assert_eq!(sought.words, ["deep", "nét"]);
        assert_eq!((sought.topic.as_deref(), sought.category.as_deref()), (Some("A & B"), Some("cs.CV")));
        assert_eq!(sought.since.unwrap().to_string(), "2025-03-01T00:00:00Z");
        assert_eq!(sought.until.unwrap().to_string(), "2025-03-03T00:00:00Z");
        assert!(sought.with_code && !sought.is_last_word_prefix);
        assert_eq!(
            fields.older_page_url(7),
            "/search?q=deep%20n%C3%A9t&topic=A%20%26%20B&category=cs.CV&since=2025-03-01&until=2025-03-02&code=1&behind=7"
        );
    }

    #[test]
    fn only_the_word_that_is_being_typed_is_unfinished() {
        for (query, expected) in [("q=ne", false), ("q=ne&live=1", true), ("q=ne+&live=1", false)] {
            assert_eq!(
                parse_params(query).to_search_query().unwrap().is_last_word_prefix,
                expected,
                "{query}"
            );
        }
    }

    #[test]
    fn what_cannot_be_looked_for_is_told_in_words() {
        for query in [
            format!("q={}", "x".repeat(201)),
            format!("q={}", "x+".repeat(17)),
            format!("topic={}", "x".repeat(201)),
            "since=yesterday".to_owned(),
            "until=2025-02-30".to_owned(),
            "behind=a".to_owned(),
            "behind=99999999999999999999".to_owned(),
        ] {
            assert!(parse_params(&query).to_search_query().is_err(), "{query}");
        }
    }
}
