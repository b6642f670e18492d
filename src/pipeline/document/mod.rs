//! All that brings a list's files up to date: what the history says of it is generated, merged with what people did to
//! it, and written, to files or to a repository. Knows the order of these steps; it must never know SQL, Markdown's
//! syntax, or a forge's.

mod archive_volume_splitting;
mod archive_volumes;
mod exports;
mod generate_tables;
mod pending_file_rewrite;
mod recover_interrupted_row_moves;
mod skip_unchanged_list;

pub mod adopt_papers_added_by_hand;
pub mod list_settings_and_report;
pub mod merge;
pub mod merged_list;
pub mod repository;
pub mod sync_list_files;
pub mod write_files;
