//! English stems, by M. F. Porter, "An algorithm for suffix stripping", 1980.
//!
//! This is the algorithm that arXiv's index uses (`PorterStemFilter` in Lucene's English analyzer), with the two
//! departures from the paper that its author's own program has: `bli` for `abli`, and `logi`. Porter's later algorithm,
//! Snowball's `english`, gives other stems (`generously`: `gener` here, `generous` there).

/// The stem of a word in lower case. What is not an English letter counts as a consonant.
pub(super) fn porter_stem(word: &str) -> String {
    let mut stemmer = PorterStemmer { word: word.chars().collect() };
    // Two letters are too few to take any away. Source: the author's program; the paper does not say it.
    if stemmer.word.len() > 2 {
        stemmer.strip_plural();
        stemmer.strip_past_and_gerund();
        stemmer.turn_final_y_to_i();
        stemmer.replace_longest_suffix(DOUBLE_SUFFIXES);
        stemmer.replace_longest_suffix(SINGLE_SUFFIXES);
        stemmer.strip_last_suffix();
        stemmer.strip_final_e();
        stemmer.strip_final_double_l();
    }
    stemmer.word.into_iter().collect()
}

/// Step 2: double suffixes and the single ones that they become.
const DOUBLE_SUFFIXES: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
];

/// Step 3.
const SINGLE_SUFFIXES: &[(&str, &str)] = &[
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

/// Step 4: suffixes that go if enough is left. `ion` goes behind `s` and `t` alone.
const LAST_SUFFIXES: &[&str] = &[
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism",
    "ate", "iti", "ous", "ive", "ize",
];

struct PorterStemmer {
    word: Vec<char>,
}

impl PorterStemmer {
    /// Step 1a: `caresses`, `ponies`, `cats`.
    fn strip_plural(&mut self) {
        if self.length_without_suffix("sses").is_some() || self.length_without_suffix("ies").is_some() {
            self.word.truncate(self.word.len() - 2);
        } else if self.length_without_suffix("s").is_some() && self.length_without_suffix("ss").is_none() {
            self.word.pop();
        }
    }

    /// Step 1b: `agreed`, `plastered`, `motoring`.
    fn strip_past_and_gerund(&mut self) {
        if let Some(stem) = self.length_without_suffix("eed") {
            if self.count_vowel_consonant_pairs(stem) > 0 {
                self.word.pop();
            }
            return;
        }
        let stem = self.length_without_suffix("ed").or_else(|| self.length_without_suffix("ing"));
        if let Some(stem) = stem.filter(|stem| self.has_vowel(*stem)) {
            self.word.truncate(stem);
            self.restore_stem_ending();
        }
    }

    /// What is left of step 1b gets back the letter that makes it a word: `conflat`, `hopp`, `fil`.
    fn restore_stem_ending(&mut self) {
        let length = self.word.len();
        if ["at", "bl", "iz"].iter().any(|end| self.length_without_suffix(end).is_some()) {
            self.word.push('e');
        } else if self.ends_with_double_consonant(length) {
            if !matches!(self.word[length - 1], 'l' | 's' | 'z') {
                self.word.pop();
            }
        } else if self.count_vowel_consonant_pairs(length) == 1 && self.ends_with_short_syllable(length) {
            self.word.push('e');
        }
    }

    /// Step 1c: `happy`, but not `sky`.
    fn turn_final_y_to_i(&mut self) {
        if let Some(stem) = self.length_without_suffix("y").filter(|stem| self.has_vowel(*stem)) {
            self.word[stem] = 'i';
        }
    }

    /// Replaces the longest of these suffixes if a vowel and a consonant come before it.
    fn replace_longest_suffix(&mut self, suffixes: &[(&str, &str)]) {
        let found = suffixes.iter().filter_map(|(from, to)| Some((self.length_without_suffix(from)?, *to)));
        let Some((stem, to)) = found.min_by_key(|(stem, _)| *stem) else { return };
        if self.count_vowel_consonant_pairs(stem) > 0 {
            self.word.truncate(stem);
            self.word.extend(to.chars());
        }
    }

    /// Step 4: `revival`, `adjustment`, `adoption`.
    fn strip_last_suffix(&mut self) {
        let Some(stem) = LAST_SUFFIXES.iter().filter_map(|suffix| self.stem_before_last_suffix(suffix)).min()
        else {
            return;
        };
        if self.count_vowel_consonant_pairs(stem) > 1 {
            self.word.truncate(stem);
        }
    }

    fn stem_before_last_suffix(&self, suffix: &str) -> Option<usize> {
        let stem = self.length_without_suffix(suffix)?;
        let may_end_so =
            suffix != "ion" || stem.checked_sub(1).is_some_and(|at| "st".contains(self.word[at]));
        may_end_so.then_some(stem)
    }

    /// Step 5a: `probate`, but not `rate`.
    fn strip_final_e(&mut self) {
        let Some(stem) = self.length_without_suffix("e") else { return };
        let measure = self.count_vowel_consonant_pairs(stem);
        if measure > 1 || (measure == 1 && !self.ends_with_short_syllable(stem)) {
            self.word.pop();
        }
    }

    /// Step 5b: `controll`.
    fn strip_final_double_l(&mut self) {
        let length = self.word.len();
        if self.word.last() == Some(&'l')
            && self.ends_with_double_consonant(length)
            && self.count_vowel_consonant_pairs(length) > 1
        {
            self.word.pop();
        }
    }

    /// How long the word is without this ending, if it has it.
    fn length_without_suffix(&self, ending: &str) -> Option<usize> {
        let stem = self.word.len().checked_sub(ending.len())?;
        self.word[stem..].iter().copied().eq(ending.chars()).then_some(stem)
    }

    fn is_consonant(&self, at: usize) -> bool {
        match self.word[at] {
            'a' | 'e' | 'i' | 'o' | 'u' => false,
            'y' => at == 0 || !self.is_consonant(at - 1),
            _ => true,
        }
    }

    /// How often a consonant follows a vowel in the first `length` letters: the paper's *m*.
    fn count_vowel_consonant_pairs(&self, length: usize) -> usize {
        (1..length).filter(|&at| self.is_consonant(at) && !self.is_consonant(at - 1)).count()
    }

    fn has_vowel(&self, length: usize) -> bool {
        (0..length).any(|at| !self.is_consonant(at))
    }

    fn ends_with_double_consonant(&self, length: usize) -> bool {
        length >= 2 && self.word[length - 1] == self.word[length - 2] && self.is_consonant(length - 1)
    }

    /// Whether the first `length` letters end in consonant, vowel, consonant, the last not `w`, `x` or `y`: the paper's
    /// *o*, as in `hop`.
    fn ends_with_short_syllable(&self, length: usize) -> bool {
        length >= 3
            && self.is_consonant(length - 3)
            && !self.is_consonant(length - 2)
            && self.is_consonant(length - 1)
            && !matches!(self.word[length - 1], 'w' | 'x' | 'y')
    }
}
