//! Where lists are kept, read and replaced whole: files of this machine, and the [`forge`]s where a list's pull
//! requests are. Knows files, folders and forges; must never know what stands in them or where it came from.

mod file;
pub mod forge;

pub use file::{read, replace};
