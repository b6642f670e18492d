//! The order in which things happen: `poll` asks a source and records what it shows, `document` brings the
//! lists to what the history says, `compose` queues the digests that are due, `deliver` sends what is queued,
//! `operator_alert` reports to the operator what is wrong,
//! `import` reads a history out of an existing list. Knows the modules it calls and their order; it
//! must never know SQL, XML, Markdown, or where the configuration came from.

mod feed_poll_history;
mod fetch_page;
mod first_contact;
mod identify_items;
mod identify_works;
mod outbox_message;

pub mod compose;
pub mod deliver;
pub mod document;
pub mod feed_address;
pub mod feed_fetch;
pub mod import;
pub mod operator_alert;
pub mod poll;
pub mod poll_feed;
pub mod poll_progress;
pub mod request_limits;
