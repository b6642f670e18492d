//! A list of the configuration, as the pipeline takes it.

use crate::config::ListConfig;
use crate::pipeline::document::list_settings_and_report::List;

/// The list as the pipeline takes it.
pub(super) fn config_list_to_pipeline_list(list: &ListConfig) -> List<'_> {
    List {
        name: &list.name,
        file: &list.file,
        topics: &list.topics,
        rows_max: list.rows,
        columns: &list.columns,
        archive: list.archive.as_ref(),
        code_hosts: &list.code_hosts,
        exports: &list.exports,
    }
}
