//! What matching papers with queries costs here: each paper is made ready once and asked by a hundred queries.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use paperwire::domain::{PreparedQuery, Query, SearchDocument, SearchablePaperFields};

const PAPERS: usize = 200;
const TITLE_WORDS: usize = 9;
const ABSTRACT_WORDS: usize = 160;

/// What titles and abstracts are made of.
const WORDS: [&str; 23] = [
    "deep",
    "image",
    "classification",
    "of",
    "time-series",
    "the",
    "transformers",
    "graph",
    "learning",
    "for",
    "robust",
    "networks",
    "with",
    "diffusion",
    "models",
    "and",
    "language",
    "in",
    "agents",
    "self-supervised",
    "a",
    "detection",
    "benchmarks",
];

struct BenchPaper {
    title: String,
    abstract_: String,
    author: String,
}

impl BenchPaper {
    fn new(number: usize) -> Self {
        // Strides that are prime to the count of words give each paper its own order of them.
        let words = |stride: usize, count: usize| -> String {
            let word = |at: usize| WORDS[(number + at * stride) % WORDS.len()];
            (0..count).map(word).collect::<Vec<_>>().join(" ")
        };
        Self {
            title: words(1 + number % 7, TITLE_WORDS),
            abstract_: words(1 + number % 11, ABSTRACT_WORDS),
            author: format!("Ada {} Noether{}", WORDS[number % WORDS.len()], number % 50),
        }
    }

    fn fields(&self) -> SearchablePaperFields<'_> {
        SearchablePaperFields {
            title: &self.title,
            abstract_: &self.abstract_,
            authors: vec![&self.author],
            categories: vec!["cs.CV", "cs.LG"],
            ..SearchablePaperFields::default()
        }
    }
}

/// A hundred queries of the shapes that topics have.
fn queries() -> Vec<PreparedQuery> {
    let texts = (0..20).flat_map(|number| {
        let (first, second) = (WORDS[number], WORDS[(number + 1 + number % 7) % WORDS.len()]);
        [
            format!("ti:\"{first} {second}\" OR abs:\"{first} {second}\""),
            format!("all:\"{first} {second}\" AND cat:cs.*"),
            format!("ti:{first} ANDNOT abs:\"{second} {first}\""),
            format!("au:\"Noether{number} Ada\""),
            format!("abs:{first}* OR all:{second}"),
        ]
    });
    texts.map(|text| PreparedQuery::new(&Query::parse(&text).expect("a query"))).collect()
}

fn query_match(criterion: &mut Criterion) {
    let papers: Vec<BenchPaper> = (0..PAPERS).map(BenchPaper::new).collect();
    let queries = queries();
    let documents: Vec<SearchDocument> =
        papers.iter().map(|paper| SearchDocument::new(&paper.fields())).collect();
    let mut group = criterion.benchmark_group("query_match");
    group.throughput(Throughput::Elements(PAPERS as u64));
    group.bench_function("prepare", |bench| {
        bench.iter(|| {
            for paper in &papers {
                black_box(SearchDocument::new(&paper.fields()));
            }
        });
    });
    group.bench_function("100 queries", |bench| {
        bench.iter(|| {
            let matches = |document| queries.iter().filter(|query| query.matches(document)).count();
            documents.iter().map(matches).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, query_match);
criterion_main!(benches);
