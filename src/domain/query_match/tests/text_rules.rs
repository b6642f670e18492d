//! The rules for what is text, one table each.

use super::super::wildcard::WildcardPattern;
use super::*;

#[test]
fn a_word_in_the_title_goes_by_its_stem() {
    check_matches(
        &paper_with_title("On Imaging: Time-Series Classifications of the Transformers"),
        &[
            ("ti:image", true),
            ("ti:IMAGES", true),
            ("ti:classify", false),
            ("ti:classification", true),
            ("ti:time-series", true),
            ("ti:series-time", true),
            ("ti:time-travel", false),
            ("ti:time_series", false),
            ("ti:transformer's", true),
            ("ti:the", false),
            ("ti:state-of-the-image", false),
            ("ti:on-the-image", true),
            ("ti:vision", false),
            ("abs:image", false),
            ("co:imaging", false),
        ],
    );
}

#[test]
fn a_phrase_is_found_by_its_stems_or_its_words() {
    check_matches(
        &paper_with_title("Imaging-classifications with CNN/RNN: The State of a New Art, or not"),
        &[
            ("ti:\"image classification\"", true),
            ("ti:\"classification image\"", false),
            ("ti:\"image cnn\"", false),
            ("ti:\"classification cnn\"", false),
            ("ti:\"classification with cnn\"", true),
            ("ti:\"classifications for cnn rnn\"", true),
            ("ti:\"rnn state\"", false),
            ("ti:\"rnn the state\"", true),
            ("ti:\"state of the new art\"", true),
            ("ti:\"state of the art\"", false),
            ("ti:\"state new art\"", false),
            ("ti:\"the art of\"", true),
            ("ti:\"or not\"", false),
            ("ti:\"cnn-rnn\"", true),
            ("ti:\"cnn * rnn\"", true),
            ("ti:\"image classi*\"", false),
        ],
    );
}

#[test]
fn a_phrase_of_stop_words_is_found_in_the_abstract_alone() {
    let text = "To be, or not to be: that is a question";
    let both = SearchablePaperFields { title: text, abstract_: text, ..SearchablePaperFields::default() };
    check_matches(
        &both,
        &[
            ("abs:\"to be or not to be\"", true),
            ("abs:\"to be or not\"", true),
            ("abs:\"be to\"", false),
            ("abs:be", false),
            ("ti:\"to be or not to be\"", false),
            ("all:\"to be or not to be\"", true),
            ("abs:\"is the question\"", true),
        ],
    );
}

#[test]
fn wildcards_meet_the_words_as_they_are_indexed() {
    let both = SearchablePaperFields {
        title: "Transformers for Time-Series",
        comment: Some("Transformers, 12 pages"),
        ..SearchablePaperFields::default()
    };
    check_matches(
        &both,
        &[
            ("ti:transformers*", false),
            ("ti:transform*", true),
            ("ti:TRANSF*m", true),
            ("ti:transfor?", true),
            ("ti:trans?", false),
            ("ti:ser?", true),
            ("ti:time-ser*", false),
            ("co:transformers*", true),
            ("co:p?ges", true),
            ("co:p?g", false),
            // All fields together have it, but no field does.
            ("all:time-ser*", false),
            ("all:transformers*", true),
        ],
    );
    // In the field of all fields the word has no stem, but then no field by itself matches.
    check_matches(
        &paper_with_title("Transformers"),
        &[("all:transform*", true), ("all:transformer*", false)],
    );
}

#[test]
fn accents_count_in_title_and_abstract() {
    check_matches(
        &paper_with_title("On Erdős–Rényi graphs"),
        &[
            ("ti:Erdős", true),
            ("ti:erdos", false),
            ("ti:\"erdős rényi\"", true),
            ("all:Erdős", true),
            // All fields together have the word without accents, but no field does.
            ("all:erdos", false),
            ("all:erdős-rényi", true),
        ],
    );
}

#[test]
fn a_formula_is_found_as_it_is_written() {
    let both = SearchablePaperFields {
        title: "The $L_2$ norm and $SU(3)$",
        abstract_: "We bound $L_2$ by $x$",
        ..SearchablePaperFields::default()
    };
    check_matches(
        &both,
        &[
            ("ti:$L_2$", true),
            ("ti:$l_2$", false),
            ("ti:$L_2$$y$", true),
            ("ti:$L", false),
            ("ti:L_2", true),
            ("abs:$x$", true),
            ("all:$x$", true),
            ("all:$L_2$$x$", true),
            ("all:$x$$y$", false),
        ],
    );
}

#[test]
fn comments_and_references_have_no_stems() {
    let fields = SearchablePaperFields {
        comment: Some("12 pages, to appear in the Proceedings of CVPR 2025"),
        journal_ref: Some("Phys. Rev. D 67 (2003) 012001"),
        report_number: Some("CERN-TH/2003-17"),
        ..SearchablePaperFields::default()
    };
    check_matches(
        &fields,
        &[
            ("co:pages", true),
            ("co:page", false),
            ("co:CVPR", true),
            ("co:\"proceedings of cvpr\"", true),
            ("co:\"proceedings cvpr\"", false),
            ("co:\"appear in the proceedings\"", true),
            ("co:the", false),
            // A word keeps its stop words, and the index has none.
            ("co:to-appear", false),
            ("co:\"to appear\"", true),
            ("jr:phys", true),
            ("jr:\"phys rev d\"", true),
            ("jr:\"Phys. Rev. D\"", true),
            ("jr:rev-phys", true),
            ("jr:prl", false),
            ("rn:CERN-TH", true),
            ("rn:th/2003", true),
            ("rn:17", true),
            ("rn:18", false),
            ("all:CERN-TH/2003-17", true),
        ],
    );
}

#[test]
fn a_date_among_all_fields_is_a_month_of_announcement() {
    let fields = SearchablePaperFields {
        id: Some(arxiv_id("2011.00001")),
        title: "Deep nets in the wild",
        ..SearchablePaperFields::default()
    };
    check_matches(
        &fields,
        &[
            ("all:2020", true),
            ("all:2020-11", true),
            ("all:2020-12", false),
            // As YYMM it is November 2020.
            ("all:2011", true),
            ("all:2012", false),
            ("all:1066", false),
            ("all:\"deep 2020 nets\"", true),
            ("all:\"deep 2020-11 nets\"", true),
            ("all:\"deep 2019 nets\"", false),
            ("all:\"deep nets 2020\"", false),
            ("ti:2020", false),
        ],
    );
    let nameless = SearchablePaperFields { id: None, ..fields };
    check_matches(&nameless, &[("all:2020", false), ("all:\"deep 2020 nets\"", false), ("all:nets", true)]);
}

#[test]
fn all_fields_together_may_have_the_words() {
    let fields = SearchablePaperFields {
        title: "Self-Improvement of agents",
        abstract_: "We study LLM agents.",
        authors: vec!["Wei Zhang"],
        affiliations: vec!["Delft"],
        submitter: Some("Max Born"),
        ..SearchablePaperFields::default()
    };
    check_matches(
        &fields,
        &[
            ("all:Self-Improvement", true),
            ("self-improving", true),
            ("all:self-study", false),
            ("all:\"LLM agent\"", true),
            ("all:\"LLM agents\"", true),
            ("all:\"agents wei\"", false),
            ("all:\"agents we\"", false),
            ("all:\"zhang wei\"", true),
            ("all:\"wei zhang\"", true),
            ("all:born", true),
            ("au:born", true),
            // Only all fields together have it, and no field by itself.
            ("all:Delft", false),
        ],
    );
}

#[test]
fn patterns_match_as_they_read() {
    for (pattern, word, expected) in [
        ("a*", "a", true),
        ("a*", "ab", true),
        ("a?", "a", false),
        ("a?c", "aéc", true),
        ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxbyyd", false),
        ("a**", "a", true),
        ("abc", "abc", true),
        ("abc", "abcd", false),
        ("*/0307015", "hep-ex/0307015", true),
        ("*", "", true),
    ] {
        assert_eq!(WildcardPattern::new(pattern).matches(word), expected, "{pattern} {word}");
    }
}
