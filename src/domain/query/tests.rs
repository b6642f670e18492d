use proptest::prelude::*;

use super::date_range::DateRange;
use super::field::QueryField;
use super::node::SearchedWordOrPhrase;
use super::*;

fn parse_query(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|fault| panic!("{}", fault.with_query_excerpt(text)))
}

fn query_error(text: &str) -> QueryError {
    match Query::parse(text) {
        Err(fault) => fault,
        Ok(query) => panic!("`{text}` was read as {query}"),
    }
}

#[test]
fn what_is_sent_has_every_operation_in_parentheses() {
    for (text, sent) in [
        (
            r#"ti:"image classification" OR abs:"image classification""#,
            r#"(ti:"image classification" OR abs:"image classification")"#,
        ),
        (r#"ti:"a" OR abs:"b" AND cat:cs.CV"#, r#"(ti:"a" OR (abs:"b" AND cat:cs.CV))"#),
        ("ti:a AND ti:b OR ti:c", "((ti:a AND ti:b) OR ti:c)"),
        ("ti:a OR ti:b OR ti:c", "((ti:a OR ti:b) OR ti:c)"),
        ("ti:a OR ti:b OR ti:c OR ti:d", "((ti:a OR ti:b) OR (ti:c OR ti:d))"),
        ("(ti:a OR ti:b) AND ti:c", "((ti:a OR ti:b) AND ti:c)"),
        ("ti:a ANDNOT ti:b ANDNOT ti:c", "(ti:a ANDNOT (ti:b OR ti:c))"),
        ("ti:a ANDNOT ti:b AND ti:c", "((ti:a AND ti:c) ANDNOT ti:b)"),
        ("ti:a AND NOT ti:b", "(ti:a ANDNOT ti:b)"),
        ("ti:a NOT ti:b", "(ti:a ANDNOT ti:b)"),
        ("ti:a ANDNOT (ti:b AND ti:c)", "(ti:a ANDNOT (ti:b AND ti:c))"),
        ("transformer", "all:transformer"),
        ("((\"two words\"))", "all:\"two words\""),
        ("title:a", "ti:a"),
        ("ti: a AND\n\tti:\"  b   c \"", "(ti:a AND ti:\"b c\")"),
        (
            "ti:(a OR \"b c\") AND abs:(d AND (e OR co:f))",
            "(((ti:a OR ti:\"b c\") AND abs:d) AND (abs:e OR co:f))",
        ),
        ("cat:cs.*", "cat:cs.*"),
        ("doi:10.1038/418838a", "doi:10.1038/418838a"),
        (
            "au:del_maestro ANDNOT (ti:checkerboard OR ti:Pyrochlore)",
            "(au:\"del maestro\" ANDNOT (ti:checkerboard OR ti:Pyrochlore))",
        ),
        ("ti:and OR \"AND\"", "(ti:and OR all:\"AND\")"),
        ("C++ AND R@1", "(all:C++ AND all:R@1)"),
        ("id:hep-ex/0307015 OR rn:CERN-1 OR jr:PRL", "((id:hep-ex/0307015 OR rn:CERN-1) OR jr:PRL)"),
    ] {
        assert_eq!(parse_query(text).to_arxiv_query(), sent, "{text}");
    }
}

#[test]
fn what_is_shown_has_no_parentheses_but_those_that_matter() {
    for (text, shown) in [
        ("((ti:a AND (ti:b)) OR (ti:c))", "ti:a AND ti:b OR ti:c"),
        ("ti:a AND (ti:b OR ti:c)", "ti:a AND (ti:b OR ti:c)"),
        ("ti:a OR (ti:b OR ti:c)", "ti:a OR ti:b OR ti:c"),
        ("ti:a ANDNOT (ti:b OR ti:c)", "ti:a ANDNOT ti:b ANDNOT ti:c"),
        ("ti:a ANDNOT (ti:b AND ti:c)", "ti:a ANDNOT (ti:b AND ti:c)"),
        ("all:word OR \"a  phrase\" OR all:and OR all:a:b", "word OR \"a phrase\" OR all:and OR all:a:b"),
        ("au:del_maestro", "au:del_maestro"),
        ("submittedDate:[2025 TO 202503]", "submittedDate:[202501010000 TO 202503312359]"),
    ] {
        assert_eq!(parse_query(text).to_string(), shown, "{text}");
    }
}

#[test]
fn dates_are_completed_as_arxiv_completes_them() {
    for (text, sent) in [
        ("[20250131 TO 20250201]", "[202501310000 TO 202502012359]"),
        ("[202501310930 TO 202502011745]", "[202501310930 TO 202502011745]"),
        ("[ 2024   TO 202402 ]", "[202401010000 TO 202402292359]"),
        ("[20250131093059 TO 2025]", "[202501310930 TO 202512312359]"),
        ("\"202301010600 TO 202301030600\"", "[202301010600 TO 202301030600]"),
    ] {
        assert_eq!(
            parse_query(&format!("submittedDate:{text}")).to_arxiv_query(),
            format!("submittedDate:{sent}")
        );
    }
}

#[test]
fn each_fault_is_told_with_its_place() {
    for (text, at, words) in [
        ("", 0, "empty"),
        (" \n ", 0, "empty"),
        ("()", 1, "nothing in these parentheses"),
        ("(ti:a", 0, "never closed"),
        ("ti:a OR (ti:b AND (ti:c)", 8, "never closed"),
        ("ti:a OR (", 8, "never closed"),
        ("ti:a)", 4, "closes nothing"),
        ("au:_mt}___=m\\", 12, "a backslash at the end of a word"),
        ("(abs:b OR ti:foo\\)", 16, "a backslash at the end of a word"),
        ("x\\ AND abs:b", 1, "a backslash at the end of a word"),
        (")", 0, "closes nothing"),
        ("ti:a AND", 5, "nothing follows this AND"),
        ("(ti:a OR)", 8, "between OR and the parenthesis"),
        ("OR ti:a", 0, "a term must be before OR"),
        ("ANDNOT ti:a", 0, "cannot begin with ANDNOT"),
        ("ti:b AND (NOT ti:a)", 10, "cannot begin with NOT"),
        ("ti:a OR NOT ti:b", 8, "OR NOT"),
        ("ti:a AND OR ti:b", 9, "between AND and OR"),
        ("ti:a AND ANDNOT ti:b", 9, "between AND and ANDNOT"),
        ("ti:image classification", 9, "quotes around a phrase: ti:\"image classification\""),
        ("image classification", 6, "quotes around a phrase: \"image classification\""),
        ("ti:a abs:b", 5, "an operator is missing before this"),
        ("ti:a (ti:b)", 5, "an operator is missing before this"),
        ("ti:\"a\"\"b\"", 6, "an operator is missing before this"),
        ("ti:a and ti:b", 5, "in capitals: AND"),
        ("ti:a AndNot ti:b", 5, "in capitals: ANDNOT"),
        ("ti:a AND", 5, "nothing follows"),
        ("ti:AND", 3, "ti:\"AND\""),
        ("ti:", 0, "nothing follows `ti:`"),
        ("(ti:)", 1, "nothing follows `ti:`"),
        ("ti:\"a", 3, "never closed"),
        ("ti:\"\"", 3, "no word between these quotes"),
        ("ti:\" - \"", 3, "no word between these quotes"),
        ("ti:\"say \\\"hi\\\" now\"", 8, "no quote inside a phrase"),
        ("ti:“image classification”", 3, "straight quotes"),
        ("abstract:a", 0, "perhaps `abs:`"),
        ("abz:a", 0, "perhaps `abs:`"),
        ("TI:a", 0, "perhaps `ti:`"),
        ("submittedate:[2024 TO 2025]", 0, "perhaps `submittedDate:`"),
        ("http://arxiv.org/abs/1", 0, "the fields are ti, au, abs"),
        (":a", 0, "there is no field before this colon"),
        ("ti:abs:a", 3, "a field in a field"),
        ("lastUpdatedDate:[2024 TO 2025]", 0, "the day of version 1"),
        ("*", 0, "wildcard"),
        ("ti:*net", 3, "wildcard"),
        ("ti:a && ti:b", 5, "operators are AND, OR and ANDNOT"),
        ("ti:image+AND+abs:net", 3, "encoded as in an address"),
        ("ti:a\u{0}b", 4, "U+0000"),
        ("ti:a\u{200b} OR ti:b", 4, "U+200B"),
        ("é AND submittedDate:2024", 20, "two dates in brackets"),
        ("submittedDate:", 14, "two dates in brackets"),
        ("submittedDate:[2024 TO 2025", 14, "no `]` closes"),
        ("submittedDate:[2024]", 15, "a date, TO, and a date"),
        ("submittedDate:[2024 to 2025]", 20, "where TO must be"),
        ("submittedDate:[2024013 TO 2025]", 15, "has 7 digits"),
        ("submittedDate:[2024 TO *]", 23, "no open end"),
        ("submittedDate:[2024-01-31 TO 2025]", 15, "not a date in digits"),
        ("submittedDate:[20240230 TO 2025]", 15, "exist"),
        ("submittedDate:[202401312400 TO 2025]", 15, "exist"),
        ("submittedDate:[2025 TO 202413]", 23, "exist"),
        ("submittedDate:[2025 TO 2024]", 15, "after the second"),
    ] {
        let found = query_error(text);
        assert_eq!(found.position, at, "{text}: {}", found.message);
        assert!(found.message.contains(words), "{text}: {}", found.message);
    }
}

#[test]
fn the_caret_stands_under_the_fault() {
    let text = "ti:a AND\n\tabs:图像 and ti:b";
    assert_eq!(
        query_error(text).with_query_excerpt(text),
        "\tabs:图像 and ti:b\n\t    \u{3000}\u{3000} ^\n\
         operators are written in capitals: AND; to find the word itself, write \"and\""
    );
    assert_eq!(
        query_error("").with_query_excerpt(""),
        "\n^\nthe expression is empty: write at least a word, such as ti:transformer"
    );
    let long = format!("{} x", "ti:a OR ".repeat(100));
    let shown = query_error(&format!("{long} y {long}")).with_query_excerpt(&format!("{long} y {long}"));
    let lines: Vec<Vec<char>> = shown.lines().map(|line| line.chars().collect()).collect();
    assert!(lines[0].len() < 130, "{shown}");
    assert_eq!(lines[0][lines[1].len() - 1], 'y', "{shown}");
}

#[test]
fn an_expression_over_a_limit_is_refused() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(parse_query(&nested(QUERY_DEPTH_MAX)).to_string(), "a");
    assert_eq!(query_error(&nested(QUERY_DEPTH_MAX + 1)).position, QUERY_DEPTH_MAX);
    assert_eq!(
        parse_query(&"é".repeat(QUERY_CHARS_MAX)).to_arxiv_query().chars().count(),
        QUERY_CHARS_MAX + 4
    );
    assert_eq!(query_error(&"é".repeat(QUERY_CHARS_MAX + 1)).position, QUERY_CHARS_MAX);
    assert!(query_error(&"(".repeat(QUERY_CHARS_MAX)).message.contains("nest deeper"));
}

#[test]
fn the_longest_chains_fit_a_small_stack() {
    const STACK_BYTES: usize = 512 * 1024;
    let row = |operators: &[&str]| {
        let mut text = "a".to_owned();
        for operator in operators.iter().cycle() {
            if text.len() + operator.len() + 1 > QUERY_CHARS_MAX {
                break;
            }
            text = text + operator + "a";
        }
        text
    };
    let mut texts =
        vec![row(&[" OR "]), row(&[" AND "]), row(&[" ANDNOT "]), row(&[" AND ", " ANDNOT ", " OR "])];
    texts.push(format!("{}a{}", "a ANDNOT (b OR ".repeat(QUERY_DEPTH_MAX), ")".repeat(QUERY_DEPTH_MAX)));
    let walk = move || {
        for text in texts {
            let query = parse_query(&text);
            assert_eq!(parse_query(&query.to_string()), query);
            assert_eq!(parse_like_arxiv(&query.to_arxiv_query()), query.root);
        }
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(walk).unwrap().join().unwrap();
}

/// arXiv's parser in small: no precedence, and everything to the right of an operator is its right side.
fn parse_like_arxiv(sent: &str) -> QueryNode {
    let words: Vec<String> =
        sent.replace('(', "( ").replace(')', " )").split(' ').map(ToOwned::to_owned).collect();
    let mut words = words.into_iter().peekable();
    let node = parse_arxiv_expression(&mut words);
    assert_eq!(words.next(), None, "{sent}");
    node
}

fn parse_arxiv_expression(words: &mut std::iter::Peekable<std::vec::IntoIter<String>>) -> QueryNode {
    let first = words.next().unwrap();
    let left = if first == "(" {
        let inner = parse_arxiv_expression(words);
        assert_eq!(words.next().as_deref(), Some(")"));
        inner
    } else {
        let (field, word) = first.split_once(':').unwrap();
        QueryNode::Term {
            field: QueryField::from_name(field).unwrap(),
            text: SearchedWordOrPhrase::Word(word.to_owned()),
        }
    };
    if words.peek().is_none_or(|word| word == ")") {
        return left;
    }
    let operator = words.next().unwrap();
    let right = parse_arxiv_expression(words);
    match operator.as_str() {
        "AND" => QueryNode::all_of([left, right], []),
        "OR" => QueryNode::any_of([left, right]),
        "ANDNOT" => QueryNode::all_of([left], [right]),
        other => panic!("{other}"),
    }
}

/// Whether the tree holds where exactly these of `ti:a` to `ti:f` do.
fn node_matches(node: &QueryNode, known: u8) -> bool {
    match node {
        QueryNode::Term {
            text: SearchedWordOrPhrase::Word(word) | SearchedWordOrPhrase::Phrase(word),
            ..
        } => known >> (word.as_bytes()[0] - b'a') & 1 == 1,
        QueryNode::Submitted(_) => false,
        QueryNode::Any(nodes) => nodes.iter().any(|node| node_matches(node, known)),
        QueryNode::All { with, without } => {
            with.iter().all(|node| node_matches(node, known))
                && !without.iter().any(|node| node_matches(node, known))
        }
    }
}

/// An expression in the shape it is written, with its meaning told apart from the tree's.
#[derive(Debug, Clone)]
enum GeneratedQuery {
    Term(u8),
    Operation(&'static str, Box<GeneratedQuery>, Box<GeneratedQuery>),
}

impl GeneratedQuery {
    fn text(&self) -> String {
        match self {
            Self::Term(letter) => format!("ti:{}", char::from(b'a' + letter)),
            Self::Operation(operator, left, right) => {
                format!("({} {operator} {})", left.text(), right.text())
            }
        }
    }

    fn matches(&self, known: u8) -> bool {
        match self {
            Self::Term(letter) => known >> letter & 1 == 1,
            Self::Operation("AND", left, right) => left.matches(known) && right.matches(known),
            Self::Operation("OR", left, right) => left.matches(known) || right.matches(known),
            Self::Operation(_, left, right) => left.matches(known) && !right.matches(known),
        }
    }
}

fn any_operator() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("AND"), Just("OR"), Just("ANDNOT")]
}

fn any_written_query() -> impl Strategy<Value = GeneratedQuery> {
    (0..6_u8).prop_map(GeneratedQuery::Term).prop_recursive(6, 40, 2, |inner| {
        (any_operator(), inner.clone(), inner)
            .prop_map(|(o, l, r)| GeneratedQuery::Operation(o, Box::new(l), Box::new(r)))
    })
}

fn any_term() -> impl Strategy<Value = QueryNode> {
    let field = prop_oneof![Just("ti"), Just("abs"), Just("cat"), Just("all")]
        .prop_map(|name| QueryField::from_name(name).unwrap());
    let text = prop_oneof![
        "[a-zé0-9][a-z.*/+-]{0,6}".prop_map(SearchedWordOrPhrase::Word),
        "[a-z][a-zA-Z:()*'.-]{0,5}( [a-zA-Z:()*]{1,5}){0,2}".prop_map(SearchedWordOrPhrase::Phrase),
    ];
    let term = (field, text).prop_map(|(field, text)| QueryNode::Term { field, text });
    let days = (1..=28_u8, 1..=28_u8).prop_map(|(a, b)| {
        let text = format!("202501{:02} TO 202502{b:02}", a.min(28));
        QueryNode::Submitted(DateRange::parse(&text, 0).unwrap())
    });
    prop_oneof![8 => term, 1 => days]
}

fn any_query() -> impl Strategy<Value = Query> {
    any_term()
        .prop_recursive(5, 40, 4, |inner| {
            let some = prop::collection::vec(inner.clone(), 1..4);
            prop_oneof![
                some.clone().prop_map(QueryNode::any_of),
                (some, prop::collection::vec(inner, 0..3))
                    .prop_map(|(with, without)| QueryNode::all_of(with, without)),
            ]
        })
        .prop_map(|root| Query { root })
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(300))]

    #[test]
    fn an_expression_reads_back_as_itself(query in any_query()) {
        prop_assert_eq!(parse_query(&query.to_string()), query.clone());
        prop_assert_eq!(parse_query(&query.to_arxiv_query()), query);
    }

    #[test]
    fn arxiv_understands_what_was_written(written in any_written_query()) {
        let query = parse_query(&written.text());
        let read = parse_like_arxiv(&query.to_arxiv_query());
        for known in 0..64 {
            prop_assert_eq!(node_matches(&query.root, known), written.matches(known));
            prop_assert_eq!(node_matches(&read, known), written.matches(known));
        }
    }

    #[test]
    fn without_parentheses_and_binds_tighter_and_the_left_comes_first(
        first in 0..6_u8,
        rest in prop::collection::vec((any_operator(), 0..6_u8), 0..8),
    ) {
        let letter = |n: u8| format!("ti:{}", char::from(b'a' + n));
        let text = rest.iter().fold(letter(first), |text, (o, n)| format!("{text} {o} {}", letter(*n)));
        let query = parse_query(&text);
        for known in 0..64_u8 {
            let has = |n: u8| known >> n & 1 == 1;
            let (mut before, mut row) = (false, has(first));
            for (operator, n) in &rest {
                match *operator {
                    "AND" => row &= has(*n),
                    "ANDNOT" => row &= !has(*n),
                    _ => (before, row) = (before || row, has(*n)),
                }
            }
            prop_assert_eq!(node_matches(&query.root, known), before || row, "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_at_a_place_in_it(parts in prop::collection::vec(prop_oneof![
        prop::sample::select(vec![
            "(", ")", "\"", "AND", "OR", "ANDNOT", "NOT", "and", " ", " ", " ", "\n", "\t", "ti:", "cat:cs.*", "a", "x:",
            "submittedDate:", "[20250101 TO 20250201]", "[", "]", "TO", "*", ":", "\\", "é", "图", "“", "\r\n", "2025",
        ]).prop_map(ToOwned::to_owned),
        any::<char>().prop_map(String::from),
    ], 0..30)) {
        let text: String = parts.concat();
        match Query::parse(&text) {
            Ok(query) => prop_assert_eq!(parse_query(&query.to_string()), query),
            Err(fault) => {
                prop_assert!(fault.position <= text.chars().count());
                prop_assert_eq!(fault.with_query_excerpt(&text).lines().count(), 3);
            }
        }
    }
}
