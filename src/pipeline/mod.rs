//! The order in which things happen: `poll` asks a source and records what it shows, `document` brings the
//! lists to what the history says, `compose` queues the digests that are due, `deliver` sends what is queued,
//! `operator_alert` reports to the operator what is wrong,
//! `import` reads a history out of an existing list. Knows the modules it calls and their order; it
//! must never know SQL, XML, Markdown, or where the configuration came from.

mod feed_first_contact;
mod fetch_page;
mod identify_feed_items;
mod identify_works;
mod outbox_rows_of_messages;
mod update_feed_history;

pub mod compose_digest;
pub mod deliver;
pub mod document;
pub mod effective_feed_url;
pub mod feed_fetch;
pub mod import;
pub mod operator_alert;
pub mod poll;
pub mod poll_feed;
pub mod poll_limits;
pub mod poll_progress_event;
