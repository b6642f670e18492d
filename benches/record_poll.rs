//! What it costs to record a poll of two hundred papers: all of them new, and all of them known,
//! next to histories of different sizes.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use paperwire::domain::{
    ARXIV_SOURCE, Abstract, ArxivId, Author, Category, DatabaseUrl, MetadataOrigin, Paper, PaperId, Revision,
    detect_change,
};
use paperwire::store::{PaperWithDetectedChange, PollRecord, Store, WatermarkUpdate};
use tempfile::TempDir;

/// Papers of one page.
const PAPERS: u32 = 200;

/// Papers in the history when a page of known ones is recorded: what a poll costs must not depend on it.
const HISTORIES: [u32; 3] = [PAPERS, 1_000, 100_000];

fn record(bench: &mut Criterion) {
    let papers: Vec<Paper> = (0..PAPERS).map(paper).collect();
    let mut group = bench.benchmark_group("record");
    group.bench_function("200 new papers", |bencher| {
        let begin = || {
            let (folder, store) = empty();
            let poll = poll(&store, &papers);
            (folder, store, poll)
        };
        bencher.iter_batched(
            begin,
            |(folder, mut store, poll)| (fill(&mut store, &poll), folder),
            BatchSize::PerIteration,
        );
    });
    for history in HISTORIES {
        let (_folder, mut store) = empty();
        let all: Vec<Paper> = (0..history).map(paper).collect();
        let first = poll(&store, &all);
        fill(&mut store, &first);
        group.bench_function(format!("200 known papers of {history}"), |bencher| {
            bencher.iter(|| {
                let poll = poll(&store, black_box(&papers));
                fill(&mut store, &poll)
            });
        });
    }
    group.finish();
}

fn empty() -> (TempDir, Store) {
    let folder = tempfile::tempdir().expect("the system has a folder for such things");
    let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("paperwire.db")))
        .expect("an empty folder takes a store");
    (folder, store)
}

fn poll(store: &Store, papers: &[Paper]) -> PollRecord {
    let topic = store.ensure_topic("Image Classification").expect("the store answers");
    let ids: Vec<PaperId> = papers.iter().map(|paper| paper.id.clone()).collect();
    let source = store.ensure_topic_source(&topic, ARXIV_SOURCE).expect("the store answers");
    let known = store.known_papers(&topic, Some(&source), &ids).expect("the store answers");
    let shown = papers.iter().cloned().zip(known).map(|(paper, known)| {
        let finding = detect_change(&paper, known.recorded.as_ref(), known.sighting, source.contact);
        PaperWithDetectedChange { paper, known, finding }
    });
    let now = Timestamp::UNIX_EPOCH;
    let reached = Some(WatermarkUpdate { watermark: now, source_time: None, is_full_sweep: true });
    let (papers, sources) = (shown.collect(), vec![source]);
    PollRecord {
        now,
        origin: MetadataOrigin::Source,
        papers,
        sources,
        is_paged: true,
        watermark_update: reached,
    }
}

fn fill(store: &mut Store, poll: &PollRecord) -> u64 {
    let topic = store.ensure_topic("Image Classification").expect("the store answers");
    store.record_papers(&topic, poll).expect("the store takes it").paper_count
}

fn paper(number: u32) -> Paper {
    let id: ArxivId =
        format!("{}.{:05}", 2503 - number / 90_000, number % 90_000).parse().expect("arXiv's form");
    let updated = Timestamp::from_second(1_742_000_000 - i64::from(number) * 600).expect("a time of 2025");
    Paper {
        id: PaperId::from_arxiv_id(&id),
        revision: Revision::FIRST,
        title: format!("On the classification of images, part {number}"),
        abstract_: Abstract(
            "Images are classified, and the classes are compared with those of others. ".repeat(20),
        ),
        authors: ["Ada Lovelace", "Alan Turing", "Grace Hopper"]
            .map(|name| Author { name: name.to_owned(), affiliations: Vec::new() })
            .to_vec(),
        primary: Some(Category("cs.CV".to_owned())),
        categories: vec![Category("cs.CV".to_owned())],
        published: Some(updated),
        updated,
        comment: Some("12 pages, 4 figures".to_owned()),
        journal_ref: None,
        doi: None,
        later_article: None,
        links: Vec::new(),
    }
}

criterion_group!(benches, record);
criterion_main!(benches);
