//! A wire service for papers: it watches arXiv and feeds for new papers on a topic, knows what it
//! has seen, and keeps a Markdown list of papers current.
//!
//! A small pure core decides ([`domain`], [`render`]). All that reaches out of the process is at its edges: [`source`]
//! asks, [`store`] remembers, [`sink`] and [`list`] write. [`pipeline`] orders the steps, [`daemon`] runs them at their
//! times, and [`http_server`] shows what there is.
//!
//! ```text
//! main → cli → daemon → pipeline → { source, store, sink, list } → render → domain
//!          │         └→ http → { store's readers, render } ────────────────────^
//!          └→ config → sink → config_table ────────────────────────────────────^
//! ```
//!
//! The edges never import each other; what their clients share is in `network`. A test keeps it so: `tests/it/tidy.rs`.

pub mod cli;
pub mod clock;
pub mod config;
mod config_table;
pub mod daemon;
pub mod domain;
pub mod http_server;
pub mod list;
mod network;
pub mod pipeline;
mod regular_file;
pub mod render;
pub mod sink;
pub mod source;
pub mod store;

#[cfg(test)]
#[path = "../tests/it/support/random_seeds.rs"]
mod seeds;
