//! What reading a page of 200 costs, compared with feed-rs, a general reader, on the same page. feed-rs gives less:
//! it drops arXiv's own elements and the count of all results.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use paperwire::source::arxiv::atom;

#[expect(clippy::unwrap_used, reason = "it belongs to the tests")]
#[path = "../tests/it/support/fake_arxiv/page.rs"]
mod page;

use page::{AtomDialect, first_page};

fn parse(criterion: &mut Criterion) {
    for dialect in AtomDialect::ALL {
        let body = first_page(dialect, 200).into_bytes();
        let mut group = criterion.benchmark_group(format!("parse/{dialect:?}"));
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function("paperwire", |bench| {
            bench.iter(|| atom::parse_result_page(black_box(&body)).expect("a page"));
        });
        group.bench_function("feed-rs", |bench| {
            bench.iter(|| feed_rs::parser::parse(black_box(&body[..])).expect("a page"));
        });
        group.finish();
    }
}

criterion_group!(benches, parse);
criterion_main!(benches);
