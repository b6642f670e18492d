//! A term searched for among identifiers, which are not broken into words.

use super::super::query::SearchedWordOrPhrase;
use super::wildcard::{WildcardPattern, begins_with_wildcard, has_wildcard};

/// The signs before which arXiv puts a backslash. Source: `SPECIAL_CHARACTERS` in `util.py`; its `&&` and `||` are
/// compared with single characters and so never found.
const ESCAPED: [char; 17] =
    ['+', '=', '>', '<', '!', '(', ')', '{', '}', '[', ']', '^', '~', ':', '\\', '/', '-'];

/// A term for a field of Elasticsearch's type `keyword`.
#[derive(Debug)]
pub(super) enum KeywordFieldQuery {
    Exact(String),
    Pattern(WildcardPattern),
    /// What arXiv's own escaping keeps from ever matching, or arXiv refuses.
    Never,
}

impl KeywordFieldQuery {
    /// A term for arXiv's identifier, with or without version. Source: `_query_paper_id` and `Q_`.
    ///
    /// arXiv escapes the value of a comparison that knows no escapes, so `id:hep-ex/0307015` never matches there, nor
    /// here: what is said of arXiv's answer must be true. `id:0307015` and `id:hep-ex/030701*` do match.
    pub(super) fn query_for_arxiv_id(text: &SearchedWordOrPhrase) -> Self {
        let SearchedWordOrPhrase::Word(word) = text else { return Self::Never };
        if has_wildcard(word) {
            Self::Pattern(WildcardPattern::new(&word.to_lowercase()))
        } else if is_old_arxiv_number(word) {
            Self::Pattern(WildcardPattern::new(&format!("*/{word}")))
        } else if word.contains(ESCAPED) || begins_with_wildcard(word) {
            Self::Never
        } else {
            Self::Exact(word.clone())
        }
    }

    /// A term for a DOI, which is compared as it was deposited, capitals and all; a pattern is put in lower case first,
    /// which a DOI with capitals does not match. Source: `_query_doi`.
    pub(super) fn keyword_query_for_doi(text: &SearchedWordOrPhrase) -> Self {
        let word = text.as_str();
        if has_wildcard(word) {
            Self::Pattern(WildcardPattern::new(&word.to_lowercase()))
        } else if begins_with_wildcard(word) {
            Self::Never
        } else {
            Self::Exact(word.to_owned())
        }
    }

    /// A term for a class of the ACM or the MSC in lower case. Source: `_query_acm_class` and `_query_msc_class`, which
    /// leave a phrase its quotes; the normalizer `simple`.
    pub(super) fn for_acm_or_msc_class(text: &SearchedWordOrPhrase) -> Self {
        match text {
            SearchedWordOrPhrase::Phrase(_) => Self::Never,
            SearchedWordOrPhrase::Word(word) if has_wildcard(word) => {
                Self::Pattern(WildcardPattern::new(&word.to_lowercase()))
            }
            SearchedWordOrPhrase::Word(word) => Self::Exact(word.to_lowercase()),
        }
    }

    pub(super) fn matches(&self, keyword: &str) -> bool {
        match self {
            Self::Exact(word) => word == keyword,
            Self::Pattern(pattern) => pattern.matches(keyword),
            Self::Never => false,
        }
    }
}

/// Whether a term is the number of an identifier of before April 2007: `YYMMNNN`. Source: `OLD_ID_NUMBER` in `util.py`.
fn is_old_arxiv_number(word: &str) -> bool {
    if word.len() != 7 || !word.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let (month, number) = word.split_at(4);
    let is_month = |month: &str| ("01"..="12").contains(&month);
    let in_use = match &month[..2] {
        "91" => ("07"..="12").contains(&&month[2..]),
        "07" => ("01"..="03").contains(&&month[2..]),
        year => (year >= "92" || year <= "06") && is_month(&month[2..]),
    };
    in_use && number != "000"
}
