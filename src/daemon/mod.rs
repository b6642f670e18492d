//! What drives the program: one run for `once`, the loops of `run`, and the demo's simulated days. Knows the
//! present and the order of the steps; must never know how a poll, a list or a message is made.

mod configured_paged_sources;
pub mod demo_servers;
pub mod dry_run;
mod due_message_composer;
pub mod feed_contents_summary;
pub mod feed_discovery;
mod feed_polls;
pub mod health_report;
mod list_fetch_outcome;
pub mod list_repositories;
mod main_loop;
mod maintenance;
pub mod once;
pub mod opml_import_export;
mod pipeline_list_from_config;
pub mod run;
mod run_steps;
mod signals;
mod sink_delivery;
mod sink_loop;
mod sleep_limit;
pub mod start_http_server;
mod store_failures;
pub mod systemd_notify;
pub mod test_feed;
pub mod test_message;
mod watchdog;
