//! What a paper looks like in Markdown: the table, the list file around it, and how both are read
//! back. Knows the markup and what it would do with an author's text; must never know a file, a
//! socket, the store or the present time: text and values in, text out.

mod emphasis;
mod fence;
mod line;
mod list;
mod mention;
mod prose;
mod table;
mod table_reading;
mod title;

#[cfg(test)]
mod tests;

pub use line::Line;
pub use list::{BadTopicName, MarkerFault, TOPIC_NAME_CHARS, judge_topic_name, splice};
pub use table::{PaperLink, Row, table};
pub use table_reading::{ReadTable, RefusedRow, read_tables};
