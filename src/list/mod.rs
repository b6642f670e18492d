//! Where lists are kept, read and replaced whole: files of this machine, git repositories, and the [`forge`]s where a
//! list's pull requests are. Knows files, folders, what git says and what forges answer; must never know what is
//! in a list or where it came from.

mod find_local_archive_files;
pub mod forge;
pub mod git;
mod local_file;

pub use find_local_archive_files::find_archive_files;
pub use local_file::{finish_write_in_place, read_file_into, read_input_file, read_list_file, replace_file};
