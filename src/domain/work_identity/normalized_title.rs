//! The form in which titles are compared.

use super::super::text_analysis::fold_accents_and_case;
use super::title_markup::strip_tex_and_html;
use super::title_symbols::spell_out_symbols;

/// The fewest words of a title that says which work it is of.
const WORDS_MIN: usize = 5;

/// The fewest characters of such a title in the form in which it is compared.
const CHARS_MIN: usize = 25;

/// How the title of a notice about another work begins, in the form in which titles are compared. `correction` is also the
/// beginning of `corrections`, and of titles of works; those are two works too many, and no wrong one.
const NOTICES: [&str; 12] = [
    "correction",
    "erratum",
    "corrigendum",
    "retraction",
    "withdrawn",
    "reply",
    "comment on",
    "response to",
    "editorial",
    "author correction",
    "publisher correction",
    "supplement",
];

/// A title in the form in which titles are compared: words in lower case without accents, one space between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NormalizedTitle(String);

/// A title in the form in which equal titles are equal, of which only one of enough words and letters has one: by it a
/// history is asked which of its works may be the same as a new one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TitleKey(String);

/// The key of a title; none if the title is too short to say which work it is of. Two titles with keys have equal ones if
/// and only if they are equal for [`super::compare_for_same_work`].
pub fn title_key(title: &str) -> Option<TitleKey> {
    let title = NormalizedTitle::new(title);
    title.is_specific().then_some(TitleKey(title.0))
}

impl TitleKey {
    /// A key that [`Self::as_str`] gave out before.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NormalizedTitle {
    /// Brings a title into the form, step by step:
    ///
    /// 1. the markup of HTML and TeX is taken off, and what it prints is left (`$k$-means`, `<i>E. coli</i>`);
    /// 2. NFKD, so that ligatures, superscripts and wide letters are plain ones; accents off; letters such as `ø` and
    ///    `ß` become plain ones; all dashes one dash; lower case;
    /// 3. Greek letters that are signs, and signs such as `&`, `+` and `<`, become words;
    /// 4. all that is no letter and no digit parts words: punctuation, dashes, quotes.
    pub(super) fn new(title: &str) -> Self {
        plain_title_words(title).map_or_else(|| Self::normalize_any_title(title), Self)
    }

    fn normalize_any_title(title: &str) -> Self {
        // Folding would take it for an accented `=`.
        let plain = strip_tex_and_html(title).replace('≠', " unequal ");
        let named = spell_out_symbols(&fold_accents_and_case(&plain));
        let words: Vec<&str> =
            named.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        Self(words.join(" "))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has enough words and letters to say which work it is of. Chinese and Japanese have no spaces, so each
    /// of their characters counts as a word.
    pub(super) fn is_specific(&self) -> bool {
        let words = |word: &str| word.chars().filter(|c| is_east_asian(*c)).count().max(1);
        self.0.split(' ').map(words).sum::<usize>() >= WORDS_MIN && self.0.chars().count() >= CHARS_MIN
    }

    /// Whether it is of a notice about another work: a correction, a reply.
    pub(super) fn is_notice_about_other_work(&self) -> bool {
        NOTICES.iter().any(|notice| self.0.starts_with(notice))
    }
}

/// The words of a title that has nothing but ASCII letters, digits and marks that part words, as nearly all have; none if it
/// has anything else, or a dash that may be a number's sign.
fn plain_title_words(title: &str) -> Option<String> {
    let mut words = String::with_capacity(title.len());
    let mut is_parted = false;
    let mut before_digit = false;
    for byte in title.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                if before_digit && byte.is_ascii_digit() {
                    return None;
                }
                if is_parted && !words.is_empty() {
                    words.push(' ');
                }
                words.push(char::from(byte.to_ascii_lowercase()));
                (is_parted, before_digit) = (false, false);
            }
            b' ' | b',' | b'.' | b':' | b';' | b'!' | b'?' | b'(' | b')' | b'/' | b'"' | b'\'' | b'-' => {
                (is_parted, before_digit) = (true, byte == b'-');
            }
            _ => return None,
        }
    }
    Some(words)
}

/// Whether a character is of Chinese, Japanese or Korean.
pub(super) fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nearly_all_titles_are_read_without_a_look_at_markup() {
        for (title, words) in [
            (
                "Deep Residual Learning for Image Recognition",
                Some("deep residual learning for image recognition"),
            ),
            ("  YOLO-World: \"real\" time, open-vocabulary?", Some("yolo world real time open vocabulary")),
            ("", Some("")),
            ("GPT-4", None),
            ("A & B", None),
            ("$k$-means", None),
            ("naïve", None),
        ] {
            assert_eq!(plain_title_words(title).as_deref(), words, "{title}");
        }
    }

    proptest! {
        #![proptest_config(crate::seeds::proptest_config(2000))]

        #[test]
        fn plain_titles_have_the_form_that_any_title_has(title in "[ a-zA-Z0-9,.:;!?()/\"'*&-]{0,24}") {
            if let Some(words) = plain_title_words(&title) {
                prop_assert_eq!(words, NormalizedTitle::normalize_any_title(&title).0);
            }
        }
    }
}
