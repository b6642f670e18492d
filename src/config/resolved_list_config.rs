//! What a `[[list]]` comes to.

use std::path::{Path, PathBuf};

use super::repository::RepositoryConfig;
use crate::config_table::config_file_paths;
use crate::domain::{ArchivePattern, Column, ExportFormat};

/// One Markdown file that carries tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListConfig {
    /// The name that identifies the list.
    pub name: String,
    /// The repository that its file is in; none for a file of this machine.
    pub repository: Option<RepositoryConfig>,
    /// Where it is, from where the program runs; in a repository, from its top.
    pub file: PathBuf,
    /// What messages call it: its path as the config writes it, or `owner/list: README.md`.
    pub display_name: String,
    /// The topics that it has a table of, in the tables' order.
    pub topics: Vec<String>,
    /// The most rows that one table has.
    pub rows: u32,
    /// Hosts other than GitHub whose repositories count as code links, in lower case.
    pub code_hosts: Vec<String>,
    /// The columns of its tables, in their order; the title among them.
    pub columns: Vec<Column>,
    /// Where its older rows go.
    pub archive: Option<ArchivePattern>,
    /// The exports that are written with it; their paths are relative, as that of `file` is.
    pub exports: Vec<(ExportFormat, PathBuf)>,
}

impl ListConfig {
    /// Whether a path leads to its own file. Of what is in a repository none does.
    pub fn is_path_of_list_file(&self, path: &Path) -> bool {
        self.repository.is_none()
            && config_file_paths::canonical_file_path(path)
                == config_file_paths::canonical_file_path(&self.file)
    }
}
