//! What a paper, a digest and a list look like to whoever reads them: Markdown, mail, pages, feeds,
//! and what the messages of all sinks share. Pure: the same values always become the same bytes. It must never know
//! SQL, a file, a socket, a secret, the present time or chance.

mod archive_links;
mod cell_placeholder;
mod cell_text;
pub(crate) mod chat_phrases;
mod code_fence;
mod emphasis_detection;
pub mod feed;
mod github_mention;
mod inline_link;
mod list_file;
pub mod mail;
mod markdown_title;
mod marker_error;
pub(crate) mod math;
pub(crate) mod message_body;
pub(crate) mod news_counts;
pub(crate) mod operator_alert;
pub mod page;
pub mod pull_request;
mod row_link_parser;
#[cfg(test)]
pub(crate) mod sample_digest;
mod single_line;
mod table;
mod table_header_parser;
mod table_import;
mod table_parser;
mod table_row_reader;
pub(crate) mod web_address;

#[cfg(test)]
mod tests;

/// Of what form tables and pages are; another one with every change of how the same papers read, so that what was made
/// before is made again. A new version of the program may read otherwise in any place, and says so by itself.
pub const FORM: &str = concat!("5 of ", env!("CARGO_PKG_VERSION"));

pub use archive_links::{archive_links, archive_page};
pub use cell_placeholder::is_placeholder;
pub use list_file::{
    append_missing_markers, append_tables, splice_tables, stray_markers, table_blocks, valid_table_blocks,
    with_lf_line_ends,
};
pub use marker_error::MarkerError;
pub use message_body::MessageBody;
pub use single_line::SingleLine;
pub use table::{OptionalCells, TableRow, TableWriter, render_row, render_table};
pub use table_import::{InvalidTableRow, MarkdownTable, read_tables};
pub use table_parser::{has_table, is_same_cell, parse_table, plain_cell, plain_title};
pub use table_row_reader::read_rows;
