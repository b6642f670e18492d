//! A wire service for papers: it watches arXiv and feeds for new papers on a topic, knows what it
//! has seen, and keeps a Markdown list of papers current.
//!
//! A small pure core decides ([`domain`], [`render`]); a few doors do ([`source`] in, [`store`]
//! beside, [`sink`] and [`list`] out); [`pipeline`] orders the steps, [`daemon`] turns the handle, and
//! [`http`] shows what there is.
//!
//! ```text
//! main → cli → daemon → pipeline → { source, store, sink, list } → render → domain
//!          │         └→ http → { store's readers, render } ────────────────────^
//!          └→ config → sink → config_table ────────────────────────────────────^
//! ```
//!
//! Doors never import doors; what they share on the wire is in `wire`. `tests/it/tidy.rs` keeps these
//! walls.

pub mod cli;
pub mod clock;
pub mod config;
mod config_table;
pub mod daemon;
pub mod domain;
pub mod http;
pub mod list;
pub mod pipeline;
mod plain_file;
pub mod render;
pub mod sink;
pub mod source;
pub mod store;
mod wire;

#[cfg(test)]
#[path = "../tests/it/random_seeds.rs"]
mod seeds;
