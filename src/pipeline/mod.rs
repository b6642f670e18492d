//! The order in which things happen: `poll` asks a source and records what it shows, `sync` brings the
//! lists to what the history says, `compose` queues the digests that are due, `deliver` sends what is queued,
//! `operator_alert` reports to the operator what is wrong,
//! `import` reads a history out of an existing list. Knows the rooms it calls and their order; it
//! must never know SQL, XML, Markdown, or where the configuration came from.

mod archive;
mod archive_files;
mod checkpoint;
mod exports;
mod fetch_page;
mod generate;
pub mod merge;
mod recover;

pub mod adopt;
pub mod compose;
pub mod deliver;
pub mod import;
pub mod operator_alert;
pub mod poll;
pub mod renderer;
pub mod repository;
pub mod sync;
pub mod write;
