//! Random queries over random papers, judged by a second implementation.
//!
//! It shares nothing with the first but the query's tree: a field is split at its signs, a phrase is laid on every row
//! of words, and the words' stems come from a table. So its words are few, but they are put together in every way.

use std::collections::HashSet;

use fastrand::Rng;

use super::super::super::query::{QueryField, QueryNode, SearchedWordOrPhrase};
use super::*;

/// Words and their stems by Porter's rules; a stop word has none.
const WORDS: [(&str, &str); 18] = [
    ("image", "imag"),
    ("images", "imag"),
    ("imaging", "imag"),
    ("classification", "classif"),
    ("classifications", "classif"),
    ("generously", "gener"),
    ("general", "gener"),
    ("time", "time"),
    ("series", "seri"),
    ("art", "art"),
    ("state", "state"),
    ("deep", "deep"),
    ("the", ""),
    ("of", ""),
    ("a", ""),
    ("with", ""),
    ("x_y", "x_y"),
    ("v2.0", "v2.0"),
];

/// What parts words in a text.
const SIGNS: [&str; 6] = [" ", " ", "-", ", ", "/", ": "];

const SEED: u64 = 16;

/// Texts of the fields that the judge knows.
struct JudgedPaper {
    title: String,
    abstract_: String,
    comment: String,
    category: &'static str,
}

impl JudgedPaper {
    fn random_paper(rng: &mut Rng) -> Self {
        Self {
            title: random_text(rng, 6),
            abstract_: random_text(rng, 25),
            comment: random_text(rng, 4),
            category: CATEGORIES[rng.usize(..CATEGORIES.len())],
        }
    }

    fn fields(&self) -> SearchablePaperFields<'_> {
        SearchablePaperFields {
            title: &self.title,
            abstract_: &self.abstract_,
            comment: Some(&self.comment),
            categories: vec![self.category],
            ..SearchablePaperFields::default()
        }
    }

    fn matches(&self, node: &QueryNode) -> bool {
        match node {
            QueryNode::Term { field, text } => self.has_text(*field, text),
            QueryNode::Submitted(_) => false,
            QueryNode::Any(nodes) => nodes.iter().any(|node| self.matches(node)),
            QueryNode::All { with, without } => {
                with.iter().all(|node| self.matches(node)) && !without.iter().any(|node| self.matches(node))
            }
        }
    }

    fn has_text(&self, field: QueryField, text: &SearchedWordOrPhrase) -> bool {
        match field {
            QueryField::Title => has_stemmed(&self.title, text, WordForm::WordsWithoutStops),
            QueryField::Abstract => has_stemmed(&self.abstract_, text, WordForm::Words),
            QueryField::Comment => match text {
                SearchedWordOrPhrase::Word(word) if word.contains('*') => {
                    contains_phrase(&self.comment, word, WordForm::WordsWithoutStops)
                }
                SearchedWordOrPhrase::Word(word) => split_words(word).iter().all(|word| {
                    !reference_stem(word).is_empty() && contains_phrase(&self.comment, word, WordForm::Words)
                }),
                SearchedWordOrPhrase::Phrase(phrase) => {
                    contains_phrase(&self.comment, phrase, WordForm::WordsWithoutStops)
                }
            },
            QueryField::Category => {
                let (SearchedWordOrPhrase::Word(pattern) | SearchedWordOrPhrase::Phrase(pattern)) = text;
                let (pattern, category) = (pattern.to_lowercase(), self.category.to_lowercase());
                pattern.strip_suffix('*').map_or(category == pattern, |head| category.starts_with(head))
            }
            other => panic!("{other:?}"),
        }
    }
}

const CATEGORIES: [&str; 4] = ["cs.CV", "cs.LG", "math.NT", "hep-th"];

/// How a field's words are written down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WordForm {
    Stems,
    Words,
    WordsWithoutStops,
}

fn has_stemmed(field: &str, text: &SearchedWordOrPhrase, plain: WordForm) -> bool {
    match text {
        SearchedWordOrPhrase::Word(word) if word.contains('*') => {
            contains_phrase(field, word, WordForm::Stems)
        }
        SearchedWordOrPhrase::Word(word) => {
            let words: Vec<String> =
                split_words(word).into_iter().filter(|word| !reference_stem(word).is_empty()).collect();
            !words.is_empty() && words.iter().all(|word| contains_phrase(field, word, WordForm::Stems))
        }
        SearchedWordOrPhrase::Phrase(phrase) => {
            contains_phrase(field, phrase, WordForm::Stems) || contains_phrase(field, phrase, plain)
        }
    }
}

/// Whether the words come in a row in the field. A word that is not written down is a hole.
fn contains_phrase(field: &str, words: &str, form: WordForm) -> bool {
    let written = |word: &String| match (form, reference_stem(word)) {
        (WordForm::Stems | WordForm::WordsWithoutStops, stem) if stem.is_empty() => None,
        (WordForm::Stems, stem) => Some(stem),
        (WordForm::Words | WordForm::WordsWithoutStops, _) => Some(word.clone()),
    };
    let text: Vec<Option<String>> = split_words(field).iter().map(written).collect();
    if let Some(head) = words.strip_suffix('*') {
        return text.iter().flatten().any(|word| word.starts_with(head));
    }
    let mut parts: Vec<Option<String>> =
        split_words(words).iter().map(written).skip_while(Option::is_none).collect();
    while parts.last().is_some_and(Option::is_none) {
        parts.pop();
    }
    let fits = |window: &[Option<String>]| {
        parts.iter().zip(window).all(|(part, word)| part.is_none() || part == word)
    };
    !parts.is_empty() && text.windows(parts.len()).any(fits)
}

fn split_words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split([' ', '-', ',', '/', ':'])
        .filter(|w| !w.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

fn reference_stem(word: &str) -> String {
    WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map_or_else(|| word.to_owned(), |(_, stem)| (*stem).to_owned())
}

fn random_text(rng: &mut Rng, words: usize) -> String {
    let mut text = String::new();
    for _ in 0..rng.usize(1..=words) {
        let word = WORDS[rng.usize(..WORDS.len())].0;
        text += &if rng.bool() { word.to_uppercase() } else { word.to_owned() };
        text += SIGNS[rng.usize(..SIGNS.len())];
    }
    text
}

fn random_term(rng: &mut Rng) -> String {
    let field = ["ti", "ti", "abs", "abs", "co", "cat"][rng.usize(..6)];
    let word = |rng: &mut Rng| WORDS[rng.usize(..WORDS.len())].0;
    let text = match (field, rng.u8(..6)) {
        ("cat", 0) => "CS.*".to_owned(),
        ("cat", 1) => "cs*".to_owned(),
        ("cat", _) => CATEGORIES[rng.usize(..CATEGORIES.len())].to_owned(),
        (_, 0) => format!("{}*", word(rng).split_at(1).0),
        (_, 1) => word(rng).to_owned(),
        (_, 2) => format!("{}-{}", word(rng), word(rng)),
        _ => {
            let words: Vec<&str> = (0..rng.usize(1..=4)).map(|_| word(rng)).collect();
            format!("\"{}\"", words.join(" "))
        }
    };
    format!("{field}:{text}")
}

fn random_query(rng: &mut Rng, depth: u8) -> String {
    if depth == 0 || rng.u8(..3) == 0 {
        return random_term(rng);
    }
    let operator = ["AND", "OR", "OR", "ANDNOT"][rng.usize(..4)];
    format!("({} {operator} {})", random_query(rng, depth - 1), random_query(rng, depth - 1))
}

#[test]
fn random_queries_have_the_judges_answers() {
    let mut rng = Rng::with_seed(SEED);
    let papers: Vec<JudgedPaper> = (0..25).map(|_| JudgedPaper::random_paper(&mut rng)).collect();
    let documents: Vec<SearchDocument> =
        papers.iter().map(|paper| SearchDocument::new(&paper.fields())).collect();
    let mut answers = HashSet::new();
    for _ in 0..300 {
        let text = random_query(&mut rng, 2);
        let query = Query::parse(&text).unwrap();
        let prepared = PreparedQuery::new(&query);
        for (paper, document) in papers.iter().zip(&documents) {
            let expected = paper.matches(query.root_node());
            assert_eq!(prepared.matches(document), expected, "{text}\n{:?}", paper.fields());
            assert_eq!(prepared.find_matches(document).is_some(), expected, "{text}");
            answers.insert((text.contains('"'), expected));
        }
    }
    assert_eq!(answers.len(), 4, "phrases and words each match and do not");
}
