//! All that brings a list's files up to date: what the history says of it is generated, merged with what people did to
//! it, and written, to files or to a repository. Knows the order of these steps; it must never know SQL, Markdown's
//! syntax, or a forge's.

mod archive_volumes;
mod checkpoint;
mod exports;
mod generate;
mod pending_rewrite;
mod recover_moved_rows;
mod volume_files;

pub mod adopt_papers;
pub mod list;
pub mod merge;
pub mod merged_list;
pub mod repository;
pub mod sync_files;
pub mod write_files;
