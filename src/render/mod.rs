//! What a paper, a digest and a list look like to whoever reads them: Markdown, mail, each vendor's JSON,
//! their markup and their limits. Pure: the same values always become the same bytes. It must never know
//! SQL, a file, a socket, a secret, the present time or chance.

mod address;
mod archive;
mod body;
mod cell_link;
pub mod discord;
mod emphasis;
pub mod feed;
mod fence;
#[cfg(test)]
mod fixture;
mod line;
mod list;
pub mod mail;
mod marker_fault;
mod math;
mod mention;
mod notice;
pub mod page;
mod phrase;
mod prose;
pub mod pull_request;
mod rows;
mod sheet;
pub mod slack;
mod table;
mod table_reading;
mod title;
mod topic_name;
pub mod webhook;

#[cfg(test)]
mod tests;

/// Of what form tables and pages are; another one with every change of how the same papers read, so that what was made
/// before is made again. A new version of the program may read otherwise in any place, and says so by itself.
pub const FORM: &str = concat!("4 of ", env!("CARGO_PKG_VERSION"));

pub use archive::{archive_links, archive_page};
pub use body::Rendered;
pub use line::Line;
pub use list::{blocks, sound_blocks, splice, stray_markers, with_places, with_plain_ends, with_tables};
pub use marker_fault::MarkerFault;
pub use rows::read_rows;
pub use sheet::{has_sheet, mean_the_same, read_sheet, title_words, words};
pub use table::{More, PaperLink, Row, Table, row, table};
pub use table_reading::{ReadTable, RefusedRow, read_tables};
pub use topic_name::{BadTopicName, TOPIC_NAME_CHARS, judge_topic_name};
