//! What reading a feed of 5,000 items costs in both passes, and what feed-rs alone costs, which gives less: no identifier
//! but its own, no DOI, no text without markup.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use paperwire::source::feed::{ENTRIES_MAX, parse_feed};

fn feed(items: usize) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:prism=\"http://prismstandard.org/namespaces/basic/2.0/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>A journal</title>\
         <link>https://example.org/</link><description>All its works</description>",
    );
    for n in 0..items {
        write!(
            text,
            "<item><title>On the {n}th of &lt;i&gt;many&lt;/i&gt; works</title>\
             <link>https://example.org/doi/abs/10.1000/w.{n}?af=R</link><guid isPermaLink=\"false\">10.1000/w.{n}</guid>\
             <dc:creator>Ada Lovelace {n}, Charles Babbage, Grace Hopper</dc:creator><prism:doi>10.1000/w.{n}</prism:doi>\
             <category>cs.LG</category><pubDate>Tue, 24 Nov 2026 10:00:00 +0000</pubDate>\
             <description>&lt;p&gt;{}&lt;/p&gt;</description></item>",
            "We show what nobody has shown before, by a method of our own &amp;amp; others. ".repeat(12),
        )
        .expect("a text takes what is written");
    }
    text + "</channel></rss>"
}

fn bench(criterion: &mut Criterion) {
    let body = feed(ENTRIES_MAX).into_bytes();
    let mut group = criterion.benchmark_group("feed");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.sample_size(10);
    group.bench_function("paperwire", |bench| {
        bench.iter(|| parse_feed(black_box(&body), None, None).expect("a feed"));
    });
    group.bench_function("feed-rs", |bench| {
        bench.iter(|| feed_rs::parser::parse(black_box(&body[..])).expect("a feed"));
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
