//! A term searched for among the authors.
//!
//! Source for all of it: `search/services/index/authors.py`.

use super::super::query::SearchedWordOrPhrase;
use super::super::text_analysis::Analyzer;
use super::author_text::IndexedAuthorNames;
use super::indexed_text::{IndexedText, PhraseWord};
use super::search_document::SearchDocument;
use super::term_match_result::MatchPlace;
use super::text_query::{WordMatchMode, combine_word_match_places, phrase_words};
use super::wildcard::{WildcardPattern, begins_with_wildcard, has_wildcard};

/// A term for the authors' names.
#[derive(Debug)]
pub(super) enum AuthorQuery {
    /// A phrase: its words in the whole name of one author, in any order (`string_query`).
    OneName(Vec<NameWordQuery>),
    /// A word among all names, or in one.
    AnyNames(Vec<NameWordQuery>),
    /// A word with `;` or `,`: each of its parts for one author (`part_query`).
    Persons(Vec<PersonQuery>),
}

/// A word of a name.
#[derive(Debug)]
pub(super) enum NameWordQuery {
    Whole(String),
    Pattern(WildcardPattern),
    /// The word begins with a wildcard, which arXiv refuses.
    Never,
}

/// What one author is searched for.
#[derive(Debug)]
pub(super) enum PersonQuery {
    /// Words of the name in any of its forms.
    Words(Vec<NameWordQuery>),
    /// `surname,forename`.
    Parted { surname: Vec<NameWordQuery>, forename: Option<ForenameQuery> },
}

/// A forename, its beginning, or its initials.
#[derive(Debug)]
pub(super) struct ForenameQuery {
    /// With a wildcard: the words, in any order.
    words: Option<Vec<NameWordQuery>>,
    /// Without one: the words in a row, the last one perhaps cut short. arXiv looks at the first 50 words that it could
    /// be completed to; here it is all.
    phrase: Vec<PhraseWord>,
    /// As initials: the words in a row, the last one perhaps cut short.
    initials: Vec<PhraseWord>,
}

impl AuthorQuery {
    /// A term of the field `au`. `_` in a word is a blank, and is sent to arXiv as a phrase with blanks.
    pub(super) fn for_author_field(text: &SearchedWordOrPhrase) -> Self {
        Self::new(&text.for_author_field())
    }

    pub(super) fn new(text: &SearchedWordOrPhrase) -> Self {
        match text {
            SearchedWordOrPhrase::Phrase(phrase) => Self::OneName(name_words(phrase)),
            SearchedWordOrPhrase::Word(word) if word.contains(';') => {
                let parts = word.split(';').filter(|part| !part.is_empty());
                Self::Persons(parts.map(PersonQuery::new).collect())
            }
            SearchedWordOrPhrase::Word(word) if word.contains(',') => {
                Self::Persons(vec![PersonQuery::new(word)])
            }
            SearchedWordOrPhrase::Word(word) => Self::AnyNames(name_words(word)),
        }
    }

    pub(super) fn find_match_places(
        &self,
        document: &SearchDocument,
        rule: WordMatchMode,
    ) -> Option<Vec<MatchPlace>> {
        let in_one_name = |words: &[NameWordQuery]| {
            document.authors.iter().find_map(|author| match_author_name_words(&author.full, words, rule))
        };
        match self {
            Self::OneName(words) => in_one_name(words),
            Self::AnyNames(words) => {
                match_author_name_words(&document.all_authors, words, WordMatchMode::Every)
                    .or_else(|| in_one_name(words))
            }
            Self::Persons(persons) => {
                let found = persons
                    .iter()
                    .map(|person| document.authors.iter().find_map(|a| person.find_match_places(a)));
                match rule {
                    WordMatchMode::Every => found.collect::<Option<Vec<_>>>().map(|places| places.concat()),
                    WordMatchMode::Any => found.flatten().next(),
                }
            }
        }
    }
}

impl PersonQuery {
    fn new(part: &str) -> Self {
        let Some((surname, forename)) = part.split_once(',') else { return Self::Words(name_words(part)) };
        let forename = forename.replace(',', " ");
        let forename = forename.trim();
        Self::Parted {
            surname: name_words(surname),
            forename: (!forename.is_empty()).then(|| ForenameQuery::new(forename)),
        }
    }

    fn find_match_places(&self, author: &IndexedAuthorNames) -> Option<Vec<MatchPlace>> {
        match self {
            Self::Words(words) => {
                let find = |word: &NameWordQuery| {
                    word.find_match_places(&author.full)
                        .or_else(|| word.find_match_places(&author.initialized))
                };
                combine_word_match_places(words.iter().map(find), WordMatchMode::Every)
            }
            Self::Parted { surname, forename } => {
                let places = match_author_name_words(&author.surname, surname, WordMatchMode::Every)?;
                match forename {
                    Some(forename) => forename.find_match_places(author).map(|more| [places, more].concat()),
                    None => Some(places),
                }
            }
        }
    }
}

impl ForenameQuery {
    fn new(forename: &str) -> Self {
        Self {
            words: has_wildcard(forename).then(|| name_words(forename)),
            phrase: prefix_phrase(forename, Analyzer::AuthorName),
            initials: prefix_phrase(forename, Analyzer::AuthorInitials),
        }
    }

    fn find_match_places(&self, author: &IndexedAuthorNames) -> Option<Vec<MatchPlace>> {
        let whole = match &self.words {
            Some(words) => match_author_name_words(&author.forename, words, WordMatchMode::Every),
            None => author.forename.find_phrase(&self.phrase).map(|place| vec![place]),
        };
        whole.or_else(|| author.initials.find_phrase(&self.initials).map(|place| vec![place]))
    }
}

impl NameWordQuery {
    fn find_match_places(&self, text: &IndexedText) -> Option<MatchPlace> {
        match self {
            Self::Whole(word) => text.find_word(word),
            Self::Pattern(pattern) => text.find_word_matching_wildcard(pattern),
            Self::Never => None,
        }
    }
}

/// The words of a name that is searched for; in a name, a phrase too may have wildcards.
fn name_words(text: &str) -> Vec<NameWordQuery> {
    let analyzer = Analyzer::AuthorName;
    let words = text.split_whitespace().flat_map(|word| {
        if begins_with_wildcard(word) {
            vec![NameWordQuery::Never]
        } else if has_wildcard(word) {
            vec![NameWordQuery::Pattern(WildcardPattern::new(&analyzer.normalize_wildcard_word(word)))]
        } else {
            analyzer.analyze(word).into_iter().map(|token| NameWordQuery::Whole(token.text)).collect()
        }
    });
    words.collect()
}

fn match_author_name_words(
    text: &IndexedText,
    words: &[NameWordQuery],
    rule: WordMatchMode,
) -> Option<Vec<MatchPlace>> {
    combine_word_match_places(words.iter().map(|word| word.find_match_places(text)), rule)
}

/// The words in a row, of which the last may be cut short: Elasticsearch's `match_phrase_prefix`.
fn prefix_phrase(text: &str, analyzer: Analyzer) -> Vec<PhraseWord> {
    let mut words = phrase_words(text, analyzer);
    if let Some(last) = words.last_mut() {
        last.is_prefix = true;
    }
    words
}
