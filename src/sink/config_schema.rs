//! What a kind of sink has in its section, and what such a section is read against.

use std::path::{Path, PathBuf};

use crate::config_table::config_file_paths;
use crate::config_table::diagnostic::Diagnostics;
use crate::config_table::toml_table::ConfigTable;

/// The keys of one kind of sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinkConfigKeys {
    /// As the configuration writes it: `email`, `slack`.
    pub kind: &'static str,
    /// The section's keys other than `name` and `kind`, in the order in which messages list them.
    pub keys: &'static [&'static str],
    /// Keys whose value would be a secret, each with the stem of the two keys that name its file or variable.
    pub secrets: &'static [(&'static str, &'static str)],
}

/// What the section of a sink is read and checked against.
#[derive(Debug)]
pub(crate) struct SinkConfigContext<'a> {
    /// The configuration's folder.
    pub(crate) folder: &'a Path,
    /// The identities of the files that no mail may be put into, each with what it is.
    pub(crate) reserved_files: Vec<(&'static str, PathBuf)>,
}

impl SinkConfigContext<'_> {
    /// Certificate authorities to trust as well as the system's.
    pub(super) fn read_ca_file_path(
        &self,
        section: &ConfigTable,
        mistakes: &mut Diagnostics,
    ) -> Option<PathBuf> {
        section.optional_value(
            "ca_file",
            |text| config_file_paths::parse_file_path(text, self.folder),
            mistakes,
        )
    }
}
