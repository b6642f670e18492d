//! The order in which things happen: `poll` asks a source and records what it shows, `project` brings the
//! lists to what the history says, `compose` queues the digests that are due, `deliver` sends what is queued,
//! `operator` tells the operator what is wrong,
//! `import` reads a history out of an existing list. Knows the rooms it calls and their order; it
//! must never know SQL, XML, Markdown, or where the configuration came from.

mod archive;
mod arrivals;
mod asking;
mod beside;
pub mod curate;
mod left;
mod parts;
mod tables;

pub mod compose;
pub mod deliver;
pub mod import;
pub mod observe;
pub mod operator;
pub mod poll;
pub mod project;
pub mod repository;
pub mod rewriting;
pub mod style;
