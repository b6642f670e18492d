//! Where the words of a text begin and end.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// The longest word; what is longer is cut into words of this length. Source: `max_token_length` of Elasticsearch's
/// tokenizers.
const WORD_CHARS_MAX: usize = 255;

/// Numbers that are no digits, as in x² or ½: the word breaks of UAX #29 know them as no part of any word, so Lucene's
/// standard tokenizer drops them like a sign.
const NUMBERS_WITHOUT_DIGITS: [(char, char); 12] = [
    ('\u{b2}', '\u{b3}'),
    ('\u{b9}', '\u{b9}'),
    ('\u{bc}', '\u{be}'),
    ('\u{2070}', '\u{2089}'),
    ('\u{2150}', '\u{215f}'),
    ('\u{2189}', '\u{2189}'),
    ('\u{2460}', '\u{249b}'),
    ('\u{24ea}', '\u{24ff}'),
    ('\u{2776}', '\u{2793}'),
    ('\u{3192}', '\u{3195}'),
    ('\u{3220}', '\u{325f}'),
    ('\u{3280}', '\u{32bf}'),
];

/// The places of a text's words by UAX #29, as Lucene's `StandardTokenizer` has them: `_` joins, `-` and `/` part, `.`,
/// `:` and `'` join letters, each CJK ideograph is a word. What has no letter and no digit is no word.
pub(super) fn uax29_word_ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let segments = text.split_word_bound_indices().filter(|(_, segment)| segment.chars().any(is_word_char));
    segments.flat_map(|(start, segment)| split_word(start, segment))
}

/// The place of a word that begins at `start`, or of the words that it is cut into.
fn split_word(start: usize, word: &str) -> Vec<Range<usize>> {
    let ends = word.char_indices().map(|(at, _)| at).chain([word.len()]);
    let cuts: Vec<usize> = ends.step_by(WORD_CHARS_MAX).chain([word.len()]).collect();
    cuts.windows(2).map(|cut| start + cut[0]..start + cut[1]).filter(|place| !place.is_empty()).collect()
}

fn is_word_char(c: char) -> bool {
    c.is_alphabetic() || (c.is_numeric() && !is_nondecimal_number_char(c))
}

fn is_nondecimal_number_char(c: char) -> bool {
    NUMBERS_WITHOUT_DIGITS.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// The places of what is between white space. Source: Lucene's `WhitespaceTokenizer`, which goes by Java's
/// `Character.isWhitespace`: a no-break space does not part.
pub(super) fn whitespace_words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive(is_java_whitespace).flat_map(move |part| {
        let begin = start;
        start += part.len();
        split_word(begin, part.trim_end_matches(is_java_whitespace))
    })
}

fn is_java_whitespace(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// The places of the TeX formulas `$…$`. Source: `tex_tokenizer`, the pattern `(\$[^\$]+\$)`.
pub(super) fn tex_formulas(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('$').map(|at| from + at) {
        let Some(close) = text[open + 1..].find('$').map(|at| open + 1 + at) else { break };
        if close == open + 1 {
            from = close;
        } else {
            found.push(open..close + 1);
            from = close + 1;
        }
    }
    found
}
