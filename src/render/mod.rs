//! What a paper, a digest and a list look like to whoever reads them: Markdown, mail, pages, feeds,
//! and what the messages of all sinks share. Pure: the same values always become the same bytes. It must never know
//! SQL, a file, a socket, a secret, the present time or chance.

mod archive_links;
mod cell_escaping;
pub(crate) mod chat_phrases;
mod code_fence_tracker;
#[cfg(test)]
pub(crate) mod digest_fixtures;
pub(crate) mod digest_part_packing;
mod emphasis_detection;
pub mod feed;
mod github_mention_detection;
mod inline_link_parser;
mod list_file_markers;
pub mod mail;
pub(crate) mod news_counts;
pub(crate) mod operator_alert;
pub mod page;
mod paper_row_parser;
mod placeholder_detection;
pub mod pull_request;
mod row_link_parser;
pub(crate) mod safe_url;
mod single_line;
mod table;
mod table_header_parser;
mod table_import;
mod table_marker_error;
mod table_parser;
pub(crate) mod tex_unicode;
mod title_escaping;

#[cfg(test)]
mod tests;

/// Of what form tables and pages are; another one with every change of how the same papers read, so that what was made
/// before is made again. A new version of the program may read otherwise in any place, and says so by itself.
pub const FORM: &str = concat!("6 of ", env!("CARGO_PKG_VERSION"));

pub use archive_links::{archive_links, empty_archive_file};
pub use digest_part_packing::DigestPartBody;
pub use list_file_markers::{
    append_missing_markers, append_tables, splice_tables, stray_markers, texts_between_markers,
    texts_between_valid_markers, with_lf_line_ends,
};
pub use paper_row_parser::parse_paper_rows;
pub use placeholder_detection::is_placeholder_text;
pub use single_line::SingleLine;
pub use table::{OptionalCells, TableRow, TableWriter, render_row, render_table};
pub use table_import::{InvalidTableRow, MarkdownTable, parse_markdown_tables};
pub use table_marker_error::TableMarkerError;
pub use table_parser::{
    are_cells_equivalent, has_paper_table, parse_paper_table, plain_cell_text, plain_title_text,
};
